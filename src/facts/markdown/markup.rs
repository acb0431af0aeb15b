//! reStructuredText and AsciiDoc, as far as headings, prose, literal blocks, inline code and links go.
//!
//! Tolerant line readers: what they do not know is read as prose.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;

use super::{Block, Document, Kind, Line, Link};

fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the pattern is constant")
}

/// What both readers share: the open paragraph, and inline code and links by their patterns.
struct Builder {
    document: Document,
    open: Option<Block>,
}

impl Builder {
    fn new() -> Self {
        Self { document: Document::default(), open: None }
    }

    fn close(&mut self) {
        self.document.blocks.extend(self.open.take());
    }

    fn block(&mut self, kind: Kind, number: usize, text: &str) {
        self.close();
        let mut block = Block::new(kind);
        block.push(number, text);
        self.document.blocks.push(block);
    }

    fn prose(&mut self, number: usize, raw: &str, code: &Regex, link: &Regex) {
        let item = ["* ", "- ", "+ ", "#. ", ". "].iter().find_map(|mark| raw.trim_start().strip_prefix(mark));
        if item.is_some() || self.open.is_none() {
            self.close();
            self.open = Some(Block::new(if item.is_some() { Kind::Item } else { Kind::Paragraph }));
        }
        let text = item.unwrap_or(raw).trim();
        for found in link.captures_iter(text) {
            let part = |name| found.name(name).map_or_else(String::new, |part| part.as_str().trim().to_owned());
            self.document.links.push(Link { line: number, target: part("target"), text: part("text") });
        }
        let Some(block) = &mut self.open else { return };
        let spans = code.captures_iter(text).map(|found| Line { number, text: found[1].trim().to_owned() });
        block.spans.extend(spans);
        let plain = link.replace_all(text, "$text").replace(['`', '*'], "");
        block.push(number, &plain);
    }
}

/// Lines with their numbers, without line ends.
fn numbered(text: &str) -> Vec<Line> {
    text.lines().enumerate().map(|(at, line)| Line { number: at + 1, text: line.trim_end().to_owned() }).collect()
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// The character of a line that underlines a heading.
fn underline(line: &str) -> Option<char> {
    let first = line.chars().next()?;
    let ruled = "=-~`'\"^_*+#:.<>".contains(first) && line.chars().all(|c| c == first) && line.len() >= 3;
    ruled.then_some(first)
}

pub(super) fn restructured(text: &str) -> Document {
    static CODE: LazyLock<Regex> = LazyLock::new(|| regex(r"``([^`]+)``"));
    static LINK: LazyLock<Regex> = LazyLock::new(|| regex(r"`(?P<text>[^`<]*)<(?P<target>[^`>]+)>`_{0,2}"));
    static DIRECTIVE: LazyLock<Regex> = LazyLock::new(|| regex(r"^\s*\.\. (?:code|code-block|sourcecode)::\s*(\S*)"));
    let lines = numbered(text);
    let (mut builder, mut levels, mut at) = (Builder::new(), Vec::new(), 0);
    while let Some(line) = lines.get(at) {
        let below = lines.get(at + 1).map_or("", |next| next.text.as_str());
        let directive = DIRECTIVE.captures(&line.text).map(|found| found[1].to_owned());
        if line.text.trim().is_empty() || (underline(&line.text).is_some() && builder.open.is_none()) {
            builder.close();
            at += 1;
        } else if let Some(mark) =
            underline(below).filter(|_| indent(&line.text) <= 1 && below.chars().count() + 2 >= line.text.trim().chars().count())
        {
            let level = levels.iter().position(|other| *other == mark).unwrap_or_else(|| {
                levels.push(mark);
                levels.len() - 1
            });
            builder.block(Kind::Heading((level + 1).min(6) as u8), line.number, line.text.trim());
            at += 2;
        } else if directive.is_some() || line.text.ends_with("::") {
            if directive.is_none() && line.text.trim() != "::" && !line.text.trim_start().starts_with("..") {
                builder.prose(line.number, line.text.trim_end_matches(':'), &CODE, &LINK);
            }
            builder.close();
            at = literal(&mut builder.document, &lines, at, directive.unwrap_or_default());
        } else if line.text.starts_with(".. ") {
            builder.close();
            at += 1;
        } else {
            builder.prose(line.number, &line.text, &CODE, &LINK);
            at += 1;
        }
    }
    builder.close();
    builder.document.links.extend(by_name(&lines));
    builder.document.links.sort_by_key(|link| link.line);
    builder.document
}

/// Links of reStructuredText whose target is given elsewhere in the document, by their text.
fn by_name(lines: &[Line]) -> Vec<Link> {
    static NAMED: LazyLock<Regex> = LazyLock::new(|| regex(r"^\s*\.\. _`?(?P<name>[^`:]+)`?:\s+(?P<target>\S+)\s*$"));
    static USED: LazyLock<Regex> = LazyLock::new(|| regex(r"(?:^|[^`:])`(?P<text>[^`<>]+)`_{1,2}"));
    let key = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let named = lines.iter().filter_map(|line| NAMED.captures(&line.text));
    let targets: BTreeMap<String, String> = named.map(|found| (key(&found["name"]), found["target"].to_owned())).collect();
    let used =
        lines.iter().flat_map(|line| USED.captures_iter(&line.text).map(move |found| (line.number, found["text"].trim().to_owned())));
    used.filter_map(|(line, text)| Some(Link { line, target: targets.get(&key(&text))?.clone(), text })).collect()
}

/// Takes the block that is indented deeper than the line at `at`; returns the index of what follows it.
fn literal(document: &mut Document, lines: &[Line], at: usize, info: String) -> usize {
    let outer = indent(&lines[at].text);
    let mut block = Block::new(Kind::Code { info });
    let mut next = at + 1;
    while let Some(line) = lines.get(next) {
        let option = block.lines.is_empty() && line.text.trim_start().starts_with(':');
        if !line.text.trim().is_empty() && indent(&line.text) <= outer {
            break;
        }
        if !line.text.trim().is_empty() && !option {
            block.push(line.number, line.text.trim());
        }
        next += 1;
    }
    if !block.lines.is_empty() {
        document.blocks.push(block);
    }
    next
}

pub(super) fn asciidoc(text: &str) -> Document {
    static CODE: LazyLock<Regex> = LazyLock::new(|| regex(r"[`+]([^`+]+)[`+]"));
    static LINK: LazyLock<Regex> =
        LazyLock::new(|| regex(r"(?:link:|xref:|image::?|(?P<x><<))?(?P<target>[^\s\[\]<>,`]+)(?:\[(?P<text>[^\]]*)\])"));
    static HEADING: LazyLock<Regex> = LazyLock::new(|| regex(r"^(={1,6}|#{1,6})\s+(\S.*)$"));
    static SOURCE: LazyLock<Regex> = LazyLock::new(|| regex(r"^\[source(?:%\w+)?(?:,\s*([\w+-]+))?"));
    let lines = numbered(text);
    let (mut builder, mut info, mut at) = (Builder::new(), String::new(), 0);
    while let Some(line) = lines.get(at) {
        at += 1;
        if let Some(fence) = adoc_fence(&line.text) {
            builder.close();
            let named = line.text.strip_prefix("```").map_or("", str::trim);
            let kind = Kind::Code { info: if named.is_empty() { std::mem::take(&mut info) } else { named.to_owned() } };
            at = fenced(&mut builder.document, &lines, at, fence, kind);
        } else if let Some(found) = HEADING.captures(&line.text) {
            builder.block(Kind::Heading(found[1].len() as u8), line.number, found[2].trim_end_matches(['=', '#', ' ']));
        } else if let Some(found) = SOURCE.captures(&line.text) {
            builder.close();
            info = found.get(1).map_or_else(String::new, |name| name.as_str().to_owned());
        } else if line.text.trim().is_empty() || line.text.starts_with("//") || line.text.starts_with('[') {
            builder.close();
        } else if builder.open.is_none() && line.text.starts_with(' ') && !line.text.trim_start().starts_with(['*', '-', '.']) {
            builder.block(Kind::Code { info: String::new() }, line.number, line.text.trim());
        } else if line.text.starts_with(':') {
            builder.close();
        } else {
            builder.prose(line.number, line.text.trim_start_matches('*'), &CODE, &LINK);
        }
    }
    builder.close();
    builder.document
}

fn adoc_fence(line: &str) -> Option<&'static str> {
    if line.starts_with("```") {
        return Some("```");
    }
    ["----", "...."]
        .into_iter()
        .find(|fence| line.starts_with(fence) && line.trim_matches(&fence[..1].chars().collect::<Vec<_>>()[..]).is_empty())
}

fn fenced(document: &mut Document, lines: &[Line], from: usize, fence: &str, kind: Kind) -> usize {
    let mut block = Block::new(kind);
    let mut at = from;
    while let Some(line) = lines.get(at) {
        at += 1;
        if line.text.starts_with(fence) {
            break;
        }
        block.push(line.number, &line.text);
    }
    if !block.lines.is_empty() {
        document.blocks.push(block);
    }
    at
}
