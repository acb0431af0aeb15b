//! Markdown by its grammar: a CommonMark parser's events, folded into blocks with lines.

use std::ops::Range;
use std::sync::LazyLock;

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};
use regex::Regex;

use super::{Block, Document, Kind, Line, Link};

pub(super) fn parse(text: &str) -> Document {
    let (front_matter, skipped_lines, body) = split_front_matter(text);
    let mut builder = Builder::new(body, skipped_lines);
    builder.document.front_matter = front_matter;
    let options = Options::ENABLE_TABLES | Options::ENABLE_TASKLISTS | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_GFM;
    for (event, range) in Parser::new_ext(body, options).into_offset_iter() {
        builder.event(event, range);
    }
    builder.close();
    builder.document
}

/// The front matter's lines, how many lines it takes with its fences, and what follows it.
fn split_front_matter(text: &str) -> (Vec<Line>, usize, &str) {
    let none = (Vec::new(), 0, text);
    let mut lines = text.split_inclusive('\n');
    let Some(first) = lines.next().filter(|line| line.trim_end() == "---") else { return none };
    let (mut taken, mut inside) = (first.len(), Vec::new());
    for (at, line) in lines.enumerate() {
        taken += line.len();
        if matches!(line.trim_end(), "---" | "...") {
            let keyed = inside.iter().any(|line: &Line| line.text.contains(':'));
            return if keyed { (inside, at + 2, text.get(taken..).unwrap_or_default()) } else { none };
        }
        inside.push(Line { number: at + 2, text: line.trim_end().to_owned() });
    }
    none
}

struct Builder {
    document: Document,
    starts: Vec<usize>,
    lines_before: usize,
    open: Option<Block>,
    html: Option<Block>,
    items: usize,
    links: Vec<Link>,
}

impl Builder {
    fn new(body: &str, lines_before: usize) -> Self {
        let starts = std::iter::once(0).chain(body.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1)).collect();
        Self { document: Document::default(), starts, lines_before, open: None, html: None, items: 0, links: Vec::new() }
    }

    fn line(&self, offset: usize) -> usize {
        self.starts.partition_point(|start| *start <= offset) + self.lines_before
    }

    fn event(&mut self, event: Event<'_>, range: Range<usize>) {
        let line = self.line(range.start);
        match event {
            Event::Start(tag) => self.start(tag, line),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => self.text(line, &text),
            Event::Code(code) => {
                if let Some(open) = &mut self.open {
                    open.spans.push(Line { number: line, text: code.trim().to_owned() });
                }
                self.text(line, &code);
            }
            Event::Html(html) => {
                if let Some(block) = &mut self.html {
                    block.push(line, &html);
                }
            }
            Event::InlineHtml(html) => {
                self.text(line, " ");
                self.document.links.extend(anchors(&html, line));
            }
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>, line: usize) {
        match tag {
            Tag::Heading { level, .. } => self.begin(Kind::Heading(level as u8)),
            Tag::Paragraph => self.paragraph(),
            Tag::Item => {
                self.items += 1;
                self.begin(Kind::Item);
            }
            Tag::CodeBlock(CodeBlockKind::Fenced(info)) => self.begin(Kind::Code { info: info.trim().to_owned() }),
            Tag::CodeBlock(CodeBlockKind::Indented) => self.begin(Kind::Code { info: String::new() }),
            Tag::TableHead | Tag::TableRow => self.begin(Kind::Row),
            Tag::TableCell => {
                if let Some(row) = &mut self.open {
                    row.lines.push(Line { number: line, text: String::new() });
                }
            }
            Tag::HtmlBlock => {
                self.close();
                self.html = Some(Block::new(Kind::Paragraph));
            }
            Tag::List(_) | Tag::BlockQuote(_) => self.close(),
            Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. } => {
                self.links.push(Link { line, target: dest_url.into_string(), text: String::new() });
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Item => {
                self.items = self.items.saturating_sub(1);
                self.close();
            }
            TagEnd::HtmlBlock => self.html_block(),
            TagEnd::Link | TagEnd::Image => self.document.links.extend(self.links.pop()),
            TagEnd::Heading(_) | TagEnd::Paragraph | TagEnd::CodeBlock | TagEnd::TableHead | TagEnd::TableRow => self.close(),
            _ => {}
        }
    }

    /// A paragraph of an item continues the item that has no text yet.
    fn paragraph(&mut self) {
        let fresh_item = self.open.as_ref().is_some_and(|block| block.kind == Kind::Item && block.lines.is_empty());
        if !fresh_item {
            self.begin(if self.items > 0 { Kind::Item } else { Kind::Paragraph });
        }
    }

    fn begin(&mut self, kind: Kind) {
        self.close();
        self.open = Some(Block::new(kind));
    }

    fn close(&mut self) {
        if let Some(block) = self.open.take().filter(|block| !block.lines.is_empty()) {
            self.document.blocks.push(block);
        }
    }

    fn text(&mut self, line: usize, text: &str) {
        if let Some(link) = self.links.last_mut() {
            link.text.push_str(text);
        }
        match &mut self.open {
            Some(row) if row.kind == Kind::Row => {
                if let Some(cell) = row.lines.last_mut() {
                    cell.text.push_str(text);
                }
            }
            Some(block) => block.push(line, text),
            None => {}
        }
    }

    /// READMEs centre their headings in HTML; the rest of such a block is layout.
    fn html_block(&mut self) {
        static HEADING: LazyLock<Regex> =
            LazyLock::new(|| Regex::new(r"(?is)<h([1-6])\b[^>]*>(.*?)</h[1-6]\s*>").expect("the pattern is constant"));
        let Some(block) = self.html.take() else { return };
        let first = block.line();
        let mut html = String::new();
        for line in &block.lines {
            html.extend(std::iter::repeat_n('\n', (line.number - first).saturating_sub(html.matches('\n').count())));
            html.push_str(&line.text);
        }
        let html = without_comments(&html);
        for found in HEADING.captures_iter(&html) {
            let line = first + html[..found.get(2).map_or(0, |text| text.start())].matches('\n').count();
            let mut heading = Block::new(Kind::Heading(found[1].parse().unwrap_or(1)));
            heading.push(line, without_tags(&found[2]).trim());
            if !heading.lines.is_empty() {
                self.document.blocks.push(heading);
            }
        }
        self.document.links.extend(anchors(&html, first));
    }
}

/// The links of HTML that starts on this line.
fn anchors(html: &str, line: usize) -> Vec<Link> {
    static ANCHOR: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r#"(?i)<a\s[^>]*?href\s*=\s*["']([^"']+)["']"#).expect("the pattern is constant"));
    let link = |found: regex::Captures<'_>| {
        let start = found.get(0).map_or(0, |all| all.start());
        Link { line: line + html[..start].matches('\n').count(), target: found[1].to_owned(), text: String::new() }
    };
    ANCHOR.captures_iter(html).map(link).collect()
}

fn without_tags(html: &str) -> String {
    static TAG: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"<[^>]*>").expect("the pattern is constant"));
    TAG.replace_all(html, " ").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Comments become the line ends they held, so that lines stay right.
fn without_comments(html: &str) -> String {
    static COMMENT: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?s)<!--.*?(?:-->|\z)").expect("the pattern is constant"));
    COMMENT.replace_all(html, |found: &regex::Captures<'_>| "\n".repeat(found[0].matches('\n').count())).into_owned()
}
