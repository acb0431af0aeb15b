//! One decision record: number, title, status, date and successor, wherever its template puts them.

use std::sync::LazyLock;

use regex::Regex;

use super::Record;
use super::words::WORDS;
use crate::facts::markdown::{Block, Document, Kind, Line, Link};
use crate::snapshot::{File, Snapshot};

fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the pattern is constant")
}

/// What the name of a file says of the record in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name {
    /// Its number.
    pub(super) number: Option<u32>,
    dated: bool,
    slug: String,
}

impl Name {
    /// The name's parts; `None` for templates, indexes and the like.
    pub(super) fn of(file: &str) -> Option<Self> {
        static DATED: LazyLock<Regex> = LazyLock::new(|| regex(r"^(?:19|20)\d\d-?[01]\d-?[0-3]\d(?:[-_. ]|$)"));
        static NUMBERED: LazyLock<Regex> = LazyLock::new(|| regex(r"(?i)^(?:m?adr|ad|arch|decision|dr)?[-_ .#]*(\d{1,5})(?:[-_. ]+|$)"));
        let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
        let (number, dated, slug) = if let Some(date) = DATED.find(stem) {
            (None, true, &stem[date.end()..])
        } else if let Some(found) = NUMBERED.captures(stem) {
            (found[1].parse().ok(), false, &stem[found.get(0).map_or(0, |all| all.end())..])
        } else {
            (None, false, stem)
        };
        let slug = slug.to_lowercase();
        let words: Vec<&str> = slug.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
        let template = words.iter().any(|word| matches!(*word, "template" | "tmpl"))
            && words.iter().all(|word| WORDS.template_words.iter().any(|known| known == word));
        let other = number.is_none() && WORDS.no_records.contains(&slug);
        (!template && !other && slug != "index" && slug != "readme").then_some(Self { number, dated, slug })
    }

    pub(super) fn is_numbered(&self) -> bool {
        self.number.is_some() || self.dated
    }
}

/// Which parts of a record a document has.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Shape {
    status: bool,
    context: bool,
    decision: bool,
    consequences: bool,
}

impl Shape {
    /// Enough in a folder that is named for records.
    pub(super) fn is_record(self) -> bool {
        (self.status && (self.context || self.decision)) || (self.context && self.decision)
    }

    /// Enough anywhere.
    pub(super) fn is_surely_record(self) -> bool {
        self.status && self.decision && (self.context || self.consequences)
    }
}

/// A record with what its life cycle is judged by.
#[derive(Debug)]
pub(super) struct Read {
    pub(super) record: Record,
    pub(super) numbered: bool,
    pub(super) shape: Shape,
    /// The number in the title.
    pub(super) title_number: Option<u32>,
    pub(super) title_line: usize,
    /// Where the status stands.
    pub(super) status_line: usize,
    pub(super) date_line: usize,
    /// Another record took over, as the status, the head or the links say.
    pub(super) is_superseded: bool,
    /// Where it says so.
    pub(super) superseded_line: usize,
    /// Links, for what leads nowhere.
    pub(super) links: Vec<Link>,
    /// The lines that say that it took over from another.
    pub(super) supersedes: Vec<Line>,
    pub(super) text: String,
}

/// A value that a record states of itself: its lines, and the block they stand in.
struct Stated<'a> {
    lines: Vec<Line>,
    blocks: Vec<&'a Block>,
}

pub(super) fn read(snapshot: &Snapshot, file: &File, name: &Name) -> Option<Read> {
    let content = snapshot.read(file)?;
    let text = content.as_str().into_owned();
    let document = Document::parse(&file.path, &text);
    if document.blocks.is_empty() {
        return None;
    }
    let (title, title_number, title_line) = title(&document, name);
    let status = stated(&document, &WORDS.status_keys);
    let date = stated(&document, &WORDS.date_keys).and_then(|stated| stated.lines.into_iter().next());
    let over = successor(&document, status.as_ref());
    let shape = shape(&document, status.is_some());
    let status_line = status.as_ref().and_then(|stated| stated.lines.first()).map_or(title_line, |line| line.number);
    let status = status.map(|stated| joined(&stated.lines)).filter(|text| !text.is_empty());
    let is_superseded = status.as_deref().is_some_and(is_superseded) || over.is_some();
    let superseded_line = over.as_ref().map_or(status_line, |over| over.line);
    let superseded_by = over.and_then(|over| over.by).or_else(|| front(&document, &["superseded-by", "superseded_by", "supersededBy"]));
    let record = Record {
        file: file.path.clone(),
        number: name.number.or(if name.dated { None } else { title_number }),
        ritual: WORDS.ritual.is_match(title.trim_end_matches('.')),
        title,
        status,
        date: date.as_ref().map(|line| line.text.clone()),
        superseded_by,
    };
    let supersedes = document.blocks.iter().filter(|block| block.level().is_none()).flat_map(|block| &block.lines);
    let supersedes = supersedes.filter(|line| WORDS.supersedes.is_match(&line.text)).cloned().collect();
    let date_line = date.map_or(title_line, |line| line.number);
    let numbered = name.is_numbered();
    let links = document.links;
    Some(Read {
        record,
        numbered,
        shape,
        title_number,
        title_line,
        status_line,
        date_line,
        is_superseded,
        superseded_line,
        links,
        supersedes,
        text,
    })
}

fn front(document: &Document, keys: &[&str]) -> Option<String> {
    keys.iter().find_map(|key| document.front(key)).map(|line| line.text).filter(|text| !text.is_empty() && text != "null")
}

/// The title without number and prefix, the number in it, and its line.
fn title(document: &Document, name: &Name) -> (String, Option<u32>, usize) {
    static PREFIX: LazyLock<Regex> = LazyLock::new(|| {
        regex(r"(?i)^\[?(?:(?:architectur(?:e|al)\s+)?(?:m?adr|decision(?:\s+record)?)\b[\s#:_-]*)?(\d{1,5})?\]?\s*([-.:)–—|]*)\s*")
    });
    let written = document.blocks.iter().find(|block| block.level().is_some()).map(|block| (block.text(), block.line()));
    let front = document.front("title").map(|line| (line.text, line.number));
    let fallback = || (name.slug.replace(['-', '_'], " "), 1);
    let (text, line) = written.filter(|(text, _)| !text.is_empty()).or(front).unwrap_or_else(fallback);
    let Some(found) = PREFIX.captures(&text) else { return (text, None, line) };
    let all = found.get(0).map_or("", |all| all.as_str());
    let number: Option<u32> = found.get(1).and_then(|digits| digits.as_str().parse().ok());
    // "2 factors" is a title, "2. Factors", "ADR 2 Factors" and the file's own number are a number.
    let marked = found.get(2).is_some_and(|mark| !mark.as_str().is_empty()) || all.starts_with(|c: char| c.is_alphabetic() || c == '[');
    let rest = text[all.len()..].trim();
    if rest.is_empty() || all.is_empty() || !(marked || number.is_some() && number == name.number) {
        return (text, None, line);
    }
    (rest.to_owned(), number, line)
}

fn shape(document: &Document, status: bool) -> Shape {
    let has = |words: &[String]| {
        let headings = document.blocks.iter().filter(|block| block.level().is_some());
        let starts = |text: &str| words.iter().any(|word| text.trim_start_matches(|c: char| !c.is_alphabetic()).starts_with(word.as_str()));
        headings.skip(1).any(|block| starts(&block.text().to_lowercase()))
    };
    let sections = &WORDS.sections;
    Shape { status, context: has(&sections.context), decision: has(&sections.decision), consequences: has(&sections.consequences) }
}

/// What the record states under one of these keys: front matter, a `Key: value` line, a table row or a section.
fn stated<'a>(document: &'a Document, keys: &[String]) -> Option<Stated<'a>> {
    let front = keys.iter().find_map(|key| document.front(key)).filter(|line| !line.text.is_empty());
    if let Some(line) = front {
        return Some(Stated { lines: vec![line], blocks: Vec::new() });
    }
    // The head of the document first: a later line "Status: 500" is no status.
    let first_section =
        document.blocks.iter().position(|block| block.level().is_some_and(|level| level > 1)).unwrap_or(document.blocks.len());
    let head = &document.blocks[..first_section];
    in_lines(head, keys)
        .or_else(|| in_rows(&document.blocks, keys))
        .or_else(|| in_section(document, keys))
        .or_else(|| in_lines(&document.blocks, keys))
}

fn is_key(text: &str, keys: &[String]) -> bool {
    let text = text.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    keys.contains(&text)
}

fn in_lines<'a>(blocks: &'a [Block], keys: &[String]) -> Option<Stated<'a>> {
    for (at, block) in blocks.iter().enumerate().filter(|(_, block)| block.is_prose()) {
        for line in &block.lines {
            let value = line.text.split_once(':').filter(|(key, _)| is_key(key, keys)).map(|(_, value)| value.trim());
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                return Some(Stated { lines: vec![Line { number: line.number, text: value.to_owned() }], blocks: vec![block] });
            }
        }
        // A bold "Status" alone, and its value in the next block.
        let next = blocks.get(at + 1).filter(|next| next.is_prose());
        if let Some(next) = next.filter(|_| block.lines.len() == 1 && is_key(&block.text(), keys)) {
            return Some(Stated { lines: next.lines.clone(), blocks: vec![next] });
        }
    }
    None
}

fn in_rows<'a>(blocks: &'a [Block], keys: &[String]) -> Option<Stated<'a>> {
    let rows = || blocks.iter().enumerate().filter(|(_, block)| block.kind == Kind::Row);
    let beside = rows().find(|(_, row)| {
        row.lines.len() == 2 && row.lines.first().is_some_and(|cell| is_key(&cell.text, keys)) && !row.lines[1].text.trim().is_empty()
    });
    if let Some((_, row)) = beside {
        return Some(Stated { lines: vec![row.lines[1].clone()], blocks: vec![row] });
    }
    let below = rows().find_map(|(at, row)| Some((at, row.lines.iter().position(|cell| is_key(&cell.text, keys))?)));
    let (at, column) = below?;
    let next = blocks.get(at + 1).filter(|next| next.kind == Kind::Row)?;
    Some(Stated { lines: vec![next.lines.get(column).filter(|cell| !cell.text.trim().is_empty())?.clone()], blocks: vec![next] })
}

fn in_section<'a>(document: &'a Document, keys: &[String]) -> Option<Stated<'a>> {
    for (at, block) in document.blocks.iter().enumerate().filter(|(_, block)| block.level().is_some_and(|level| level > 1)) {
        let text = block.text();
        if let Some((_, value)) = text.split_once(':').filter(|(key, value)| is_key(key, keys) && !value.trim().is_empty()) {
            return Some(Stated { lines: vec![Line { number: block.line(), text: value.trim().to_owned() }], blocks: vec![block] });
        }
        if is_key(&text, keys) {
            let section = document.under(at).iter();
            let blocks: Vec<&Block> = section.take_while(|block| block.level().is_none()).collect();
            let lines: Vec<Line> = blocks.iter().flat_map(|block| block.lines.clone()).collect();
            return (!lines.is_empty()).then_some(Stated { lines, blocks });
        }
    }
    None
}

/// A status of more than this many characters is an essay; it is cut.
const LONGEST_STATUS: usize = 240;

fn joined(lines: &[Line]) -> String {
    let all: Vec<&str> = lines.iter().map(|line| line.text.trim()).filter(|text| !text.is_empty()).collect();
    all.join("; ").chars().take(LONGEST_STATUS).collect()
}

/// The status is that another record took over, and not only that this one took over from another.
fn is_superseded(status: &str) -> bool {
    WORDS.superseded.find(status).is_some_and(|found| {
        let before = status[..found.start()].to_lowercase();
        !["partially ", "partly ", "not ", "partial "].iter().any(|word| before.ends_with(word))
    })
}

/// Where a record says that another took over, and the other's name if it gives it.
struct Successor {
    line: usize,
    by: Option<String>,
}

/// By the status, by a line that starts with it at the head, or by one with a link anywhere.
fn successor(document: &Document, status: Option<&Stated<'_>>) -> Option<Successor> {
    let first_section =
        document.blocks.iter().position(|block| block.level().is_some_and(|level| level > 1)).unwrap_or(document.blocks.len());
    let linked = |line: &Line| document.links.iter().find(|link| link.line == line.number).map(|link| link.target.clone());
    let starts = |line: &Line| {
        let start = line.text.trim_start().get(..6).map(str::to_ascii_lowercase);
        matches!(start.as_deref(), Some("supers" | "superc"))
    };
    let of_body = document
        .blocks
        .iter()
        .enumerate()
        .filter(|(_, block)| block.is_prose())
        .flat_map(|(at, block)| block.lines.iter().filter(move |line| starts(line) && (at < first_section || linked(line).is_some())));
    let of_status = status.into_iter().flat_map(|stated| &stated.lines);
    let lines: Vec<&Line> = of_status.chain(of_body).filter(|line| is_superseded(&line.text)).collect();
    let first = lines.first()?;
    let continued = || status.and_then(|stated| continued_link(document, stated));
    let by = lines.iter().find_map(|line| linked(line)).or_else(|| lines.iter().find_map(|line| named(&line.text))).or_else(continued);
    Some(Successor { line: first.number, by })
}

/// "Superseded by" on one line and the link on the next.
fn continued_link(document: &Document, status: &Stated<'_>) -> Option<String> {
    let open = status.lines.iter().find(|line| line.text.trim_end().to_lowercase().ends_with("by"))?;
    let near =
        |link: &&Link| link.line > open.number && status.blocks.iter().any(|block| block.lines.iter().any(|line| line.number == link.line));
    document.links.iter().find(near).map(|link| link.target.clone())
}

/// The name of the successor behind "superseded by": a number or a title.
fn named(text: &str) -> Option<String> {
    let found = WORDS.superseded_by.find(text)?;
    let by = found.as_str().to_lowercase();
    let rest = text[found.end()..].trim().trim_end_matches(['.', ')', ']', '"', '\'']);
    let explicit = by.contains("by") || by.contains("with");
    let number = rest.to_lowercase().starts_with("adr") || rest.starts_with(|c: char| c.is_ascii_digit() || c == '#');
    (!rest.is_empty() && (explicit || number)).then(|| rest.to_owned())
}
