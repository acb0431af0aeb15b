//! Documents for people as a flat list of blocks with exact lines: Markdown, reStructuredText and AsciiDoc alike.
//!
//! Headings, paragraphs, list items, table rows and code blocks, each line with its own number, and the links. The readers
//! of READMEs, decision records and documents of operation share it; what a section means is left to them.

mod commonmark;
mod markup;

/// A line of text with its number in the file, from 1.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Line {
    /// Line, from 1.
    pub number: usize,
    /// Its text, without markup and without line end.
    pub text: String,
}

/// What a block is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A heading of this level, from 1.
    Heading(u8),
    /// A paragraph.
    Paragraph,
    /// The text of a list item, without the items nested in it.
    Item,
    /// A row of a table; each of its lines is a cell.
    Row,
    /// A block of code; `info` is what stands behind the fence, empty for an indented block.
    Code {
        /// The info string.
        info: String,
    },
}

/// A block of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// What it is.
    pub kind: Kind,
    /// Its lines that hold text.
    pub lines: Vec<Line>,
    /// Code within its text.
    pub spans: Vec<Line>,
}

impl Block {
    fn new(kind: Kind) -> Self {
        Self { kind, lines: Vec::new(), spans: Vec::new() }
    }

    /// The line that it starts on.
    #[must_use]
    pub fn line(&self) -> usize {
        self.lines.first().map_or(1, |line| line.number)
    }

    /// Its text, lines joined by a space.
    #[must_use]
    pub fn text(&self) -> String {
        self.lines.iter().map(|line| line.text.trim()).collect::<Vec<_>>().join(" ").trim().to_owned()
    }

    /// The line that holds this byte of [`Self::text`].
    #[must_use]
    pub fn line_at(&self, offset: usize) -> usize {
        let mut end = 0;
        for line in &self.lines {
            end += line.text.trim().len() + 1;
            if offset < end {
                return line.number;
            }
        }
        self.lines.last().map_or(1, |line| line.number)
    }

    /// [`Self::line_at`] for offsets that do not go back, in one pass over the lines.
    pub fn lines_at(&self) -> impl FnMut(usize) -> usize + '_ {
        let mut lines = self.lines.iter().peekable();
        let mut end = lines.peek().map_or(0, |line| line.text.trim().len() + 1);
        move |offset| {
            while offset >= end
                && lines.len() > 1
                && let Some(next) = lines.next().and_then(|_| lines.peek())
            {
                end += next.text.trim().len() + 1;
            }
            lines.peek().map_or(1, |line| line.number)
        }
    }

    /// Prose, that is a paragraph or a list item.
    #[must_use]
    pub fn is_prose(&self) -> bool {
        matches!(self.kind, Kind::Paragraph | Kind::Item)
    }

    /// The level, if it is a heading.
    #[must_use]
    pub fn level(&self) -> Option<u8> {
        match self.kind {
            Kind::Heading(level) => Some(level),
            _ => None,
        }
    }

    /// Adds text that starts on this line; text that continues a line is appended to it.
    fn push(&mut self, number: usize, text: &str) {
        for (more, piece) in text.split('\n').enumerate() {
            let number = number + more;
            let piece = piece.strip_suffix('\r').unwrap_or(piece);
            match self.lines.last_mut() {
                Some(last) if last.number >= number => last.text.push_str(piece),
                _ if piece.is_empty() => {}
                _ => self.lines.push(Line { number, text: piece.to_owned() }),
            }
        }
    }
}

/// A link or an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Line, from 1.
    pub line: usize,
    /// The target as written.
    pub target: String,
    /// The text that carries it.
    pub text: String,
}

/// A document.
#[derive(Debug, Default)]
pub struct Document {
    /// The lines of the YAML front matter, without its fences.
    pub front_matter: Vec<Line>,
    /// The blocks in order.
    pub blocks: Vec<Block>,
    /// Links and images in order.
    pub links: Vec<Link>,
    /// For each block the heading above it, as an index into `blocks`.
    above: Vec<Option<usize>>,
}

/// File name extensions of documents that can be read.
pub const EXTENSIONS: [&str; 9] = ["md", "markdown", "mdown", "mkd", "mdx", "rst", "adoc", "asciidoc", "txt"];

impl Document {
    /// Reads a document by the extension of its path; without a known one it is read as Markdown.
    #[must_use]
    pub fn parse(path: &str, text: &str) -> Self {
        let mut document = match extension(path).as_str() {
            "rst" => markup::restructured(text),
            "adoc" | "asciidoc" | "asc" => markup::asciidoc(text),
            _ => commonmark::parse(text),
        };
        document.above = above(&document.blocks);
        document
    }

    /// The blocks under the heading at this index, up to the next heading of its level or above.
    #[must_use]
    pub fn under(&self, heading: usize) -> &[Block] {
        let Some(level) = self.blocks.get(heading).and_then(Block::level) else { return &[] };
        let rest = &self.blocks[heading + 1..];
        let end = rest.iter().position(|block| block.level().is_some_and(|other| other <= level)).unwrap_or(rest.len());
        &rest[..end]
    }

    /// The headings above the block at this index, innermost first; a heading is not above itself.
    pub fn headings_above(&self, block: usize) -> impl Iterator<Item = usize> + '_ {
        let parent = |at: usize| self.above.get(at).copied().flatten();
        std::iter::successors(parent(block), move |at| parent(*at))
    }

    /// The index of the title: the first heading, where it is of the first level.
    #[must_use]
    pub fn title(&self) -> Option<usize> {
        let first = self.blocks.iter().position(|block| block.level().is_some())?;
        (self.blocks[first].level() == Some(1)).then_some(first)
    }

    /// The value of a key at the top of the front matter, with its line; the items of a list stand with commas between.
    ///
    /// Where the front matter is no YAML, the rest of the key's line is taken as it is written.
    #[must_use]
    pub fn front(&self, key: &str) -> Option<Line> {
        let named = |line: &&Line| line.text.split_once(':').is_some_and(|(name, _)| name.trim_end().eq_ignore_ascii_case(key));
        let line = self.front_matter.iter().find(named)?;
        let (name, written) = line.text.split_once(':')?;
        let parsed = self.front_values().and_then(|values| plain(values.get(name.trim_end())?));
        Some(Line { number: line.number, text: parsed.unwrap_or_else(|| written.trim().trim_matches(['"', '\'']).trim().to_owned()) })
    }

    /// The front matter as YAML; positions do not matter in it, so a general reader serves.
    fn front_values(&self) -> Option<serde_yaml::Mapping> {
        let lines: Vec<&str> = self.front_matter.iter().map(|line| line.text.as_str()).collect();
        let text = lines.join("\n");
        if text.len() > MOST_FRONT_MATTER { None } else { serde_yaml::from_str(&text).ok() }
    }

    /// The links on the lines of a block.
    pub fn links_in<'a>(&'a self, block: &'a Block) -> impl Iterator<Item = &'a Link> {
        self.links.iter().filter(|link| block.lines.iter().any(|line| line.number == link.line))
    }
}

/// Longer front matter is data of some other kind.
const MOST_FRONT_MATTER: usize = 64 * 1024;

/// A value of the front matter in words.
fn plain(value: &serde_yaml::Value) -> Option<String> {
    match value {
        serde_yaml::Value::String(text) => Some(text.trim().to_owned()),
        serde_yaml::Value::Number(number) => Some(number.to_string()),
        serde_yaml::Value::Bool(whether) => Some(whether.to_string()),
        serde_yaml::Value::Null => Some(String::new()),
        serde_yaml::Value::Sequence(items) => Some(items.iter().filter_map(plain).collect::<Vec<_>>().join(", ")),
        _ => None,
    }
}

/// The extension of a path in lower case, empty without one.
#[must_use]
pub fn extension(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rsplit_once('.').map_or_else(String::new, |(_, extension)| extension.to_ascii_lowercase())
}

/// The heading above each block.
fn above(blocks: &[Block]) -> Vec<Option<usize>> {
    let mut open: Vec<(u8, usize)> = Vec::new();
    let mut all = Vec::with_capacity(blocks.len());
    for (at, block) in blocks.iter().enumerate() {
        if let Some(level) = block.level() {
            open.retain(|(other, _)| *other < level);
            all.push(open.last().map(|(_, heading)| *heading));
            open.push((level, at));
        } else {
            all.push(open.last().map(|(_, heading)| *heading));
        }
    }
    all
}

/// Where a relative link leads: the path from the root of the repository, without fragment and query.
///
/// `None` for what is no path in the repository: other schemes, anchors, templates, and paths that climb out of it.
#[must_use]
pub fn resolve(folder: &str, target: &str) -> Option<String> {
    let target = target.trim().split(['#', '?']).next().unwrap_or_default();
    if target.is_empty() || target.starts_with("//") || target.contains(['{', '<', '$', '*']) || has_scheme(target) {
        return None;
    }
    let target = percent_decoded(target)?.replace('\\', "/");
    let mut parts: Vec<&str> =
        if target.starts_with('/') { Vec::new() } else { folder.split('/').filter(|part| !part.is_empty()).collect() };
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

fn has_scheme(target: &str) -> bool {
    target.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic()) && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+.-".contains(c))
    })
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let escaped = (*first == b'%').then(|| tail.get(..2).and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok()));
        if let Some(Some(byte)) = escaped {
            bytes.push(byte);
            rest = &tail[2..];
        } else {
            bytes.push(*first);
            rest = tail;
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests;
