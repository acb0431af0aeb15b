//! YAML as a tree with the place of every node, for files whose lines findings point at.
//!
//! Built over parser events, so that duplicate keys, tags, several documents and the order of keys stay as written, `on`
//! stays a word, and whatever stands before a fault is kept. Aliases are resolved within a budget. What a document
//! *means* is left to the readers; files whose positions do not matter are read elsewhere.

use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle, Span};

/// Nodes a file may have once its aliases are resolved; a scalar counts once more for each 64 bytes.
const NODE_BUDGET: usize = 200_000;

/// How deep nodes may nest.
const DEPTH_LIMIT: usize = 64;

/// What a file holds, as far as it could be read.
#[derive(Debug, Default)]
pub struct Tree {
    /// The root of each document that has one.
    pub documents: Vec<Node>,
    /// Where and why reading ended early.
    pub fault: Option<Fault>,
}

/// Where and why reading ended early.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Line, from 1.
    pub line: usize,
    /// The parser's words.
    pub message: String,
}

/// One node with its place.
#[derive(Debug, Clone)]
pub struct Node {
    /// Scalar, sequence or mapping.
    pub kind: Kind,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// The tag as written, for example `!reference`.
    pub tag: Option<String>,
}

/// The kinds of nodes.
#[derive(Debug, Clone)]
pub enum Kind {
    /// Text as written; whether it is a number or a word is left to the reader.
    Scalar {
        /// The text, quotes removed.
        text: String,
        /// How it was written.
        style: Style,
    },
    /// A list.
    Sequence(Vec<Node>),
    /// Keys and values in order, duplicates kept.
    Mapping(Vec<Entry>),
}

/// How a scalar was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Without quotes.
    Plain,
    /// In single or double quotes.
    Quoted,
    /// A block after `|`.
    Literal,
    /// A block after `>`.
    Folded,
}

/// A key with its place and its value.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The key; empty where it is no scalar.
    pub key: String,
    /// Line of the key, from 1.
    pub line: usize,
    /// Column of the key in characters, from 1.
    pub column: usize,
    /// The value.
    pub value: Node,
}

impl Tree {
    /// Reads a file. Never fails: a fault ends the tree early.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut builder = Builder::default();
        for event in Parser::new_from_str(text) {
            let step = match event {
                Ok((event, span)) => builder.take(event, span),
                Err(error) => Err(Fault { line: error.marker().line().max(1), message: error.info().to_owned() }),
            };
            if let Err(fault) = step {
                builder.unwind();
                return Self { documents: builder.documents, fault: Some(fault) };
            }
        }
        Self { documents: builder.documents, fault: None }
    }

    /// The root of the first document.
    #[must_use]
    pub fn root(&self) -> Option<&Node> {
        self.documents.first()
    }
}

impl Node {
    /// The text of a scalar.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }

    /// Whether nothing is written here: no text, `~` or `null`.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(&self.kind, Kind::Scalar { text, style: Style::Plain } if matches!(text.as_str(), "" | "~" | "null" | "Null" | "NULL"))
    }

    /// `true` or `false`, also when quoted, as pipeline files often have it.
    #[must_use]
    pub fn bool(&self) -> Option<bool> {
        match self.text()?.to_ascii_lowercase().as_str() {
            "true" | "yes" => Some(true),
            "false" | "no" => Some(false),
            _ => None,
        }
    }

    /// The nodes of a sequence; empty for all else.
    #[must_use]
    pub fn items(&self) -> &[Node] {
        match &self.kind {
            Kind::Sequence(items) => items,
            _ => &[],
        }
    }

    /// The nodes of a sequence, or the one node itself: for keys that take "one or many".
    #[must_use]
    pub fn one_or_many(&self) -> &[Node] {
        match &self.kind {
            Kind::Sequence(items) => items,
            _ if self.is_null() => &[],
            _ => std::slice::from_ref(self),
        }
    }

    /// The entries of a mapping as written, merge keys not applied; empty for all else.
    #[must_use]
    pub fn own_entries(&self) -> &[Entry] {
        match &self.kind {
            Kind::Mapping(entries) => entries,
            _ => &[],
        }
    }

    /// The entries of a mapping with merge keys (`<<`) applied, in order; what is written beats what is merged.
    #[must_use]
    pub fn entries(&self) -> Vec<&Entry> {
        let mut found = Vec::new();
        self.collect_entries(&mut found, DEPTH_LIMIT);
        found
    }

    fn collect_entries<'a>(&'a self, found: &mut Vec<&'a Entry>, depth: usize) {
        let own = self.own_entries();
        let known = found.len();
        found.extend(own.iter().filter(|entry| entry.key != "<<"));
        let merged: Vec<&Node> = own.iter().filter(|entry| entry.key == "<<").flat_map(|entry| entry.value.one_or_many()).collect();
        if depth == 0 || merged.is_empty() {
            return;
        }
        let mut from_merges = Vec::new();
        for node in merged {
            node.collect_entries(&mut from_merges, depth - 1);
        }
        for entry in from_merges {
            if !found[known..].iter().any(|seen| seen.key == entry.key) {
                found.push(entry);
            }
        }
    }

    /// The entry of a key, merge keys applied; of duplicates the last, as the providers have it.
    #[must_use]
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entry_within(key, DEPTH_LIMIT)
    }

    fn entry_within(&self, key: &str, depth: usize) -> Option<&Entry> {
        let own = self.own_entries();
        if let Some(entry) = own.iter().rev().find(|entry| entry.key == key) {
            return Some(entry);
        }
        let depth = depth.checked_sub(1)?;
        own.iter()
            .filter(|entry| entry.key == "<<")
            .flat_map(|entry| entry.value.one_or_many())
            .find_map(|node| node.entry_within(key, depth))
    }

    /// The value of a key, merge keys applied.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// The scalar under a key.
    #[must_use]
    pub fn text_of(&self, key: &str) -> Option<&str> {
        self.get(key).and_then(Node::text)
    }

    /// The line on which the scalar's text starts. A block's own line is that of its first line that is not blank.
    #[must_use]
    pub fn first_text_line(&self) -> usize {
        match &self.kind {
            Kind::Scalar { text, style: Style::Literal | Style::Folded } => {
                self.line.saturating_sub(text.chars().take_while(|c| *c == '\n').count()).max(1)
            }
            _ => self.line,
        }
    }

    /// Whether each line of the scalar's text is a line of the file, so that offsets within it can be added up.
    #[must_use]
    pub fn keeps_lines(&self) -> bool {
        matches!(self.kind, Kind::Scalar { style: Style::Literal, .. })
    }
}

/// A node under construction, with the key that waits for its value.
struct Open {
    node: Node,
    key: Option<(String, usize, usize)>,
    anchor: usize,
    size: usize,
}

#[derive(Default)]
struct Builder {
    documents: Vec<Node>,
    open: Vec<Open>,
    anchors: HashMap<usize, (Node, usize)>,
    spent: usize,
}

impl Builder {
    fn take(&mut self, event: Event<'_>, span: Span) -> Result<(), Fault> {
        let (line, column) = (span.start.line().max(1), span.start.col() + 1);
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let size = 1 + text.len() / 64;
                self.spend(size, line)?;
                let style = style_of(style);
                // The parser places a block at its first line that is not blank, but at the anchor or tag where there is one.
                let headed = (anchor > 0 || tag.is_some()) && matches!(style, Style::Literal | Style::Folded);
                let line = if headed { line + 1 + text.chars().take_while(|c| *c == '\n').count() } else { line };
                let kind = Kind::Scalar { text: text.into_owned(), style };
                let node = Node { kind, line, column, tag: tag.map(|tag| tag.to_string()) };
                self.remember(anchor, &node, size);
                self.place(node, size);
            }
            Event::SequenceStart(anchor, tag) => {
                self.begin(Kind::Sequence(Vec::new()), anchor, tag.map(|t| t.to_string()), line, column)?;
            }
            Event::MappingStart(anchor, tag) => self.begin(Kind::Mapping(Vec::new()), anchor, tag.map(|t| t.to_string()), line, column)?,
            Event::SequenceEnd | Event::MappingEnd => self.end(),
            Event::Alias(anchor) => {
                let Some(size) = self.anchors.get(&anchor).map(|(_, size)| *size) else { return Ok(()) };
                self.spend(size, line)?;
                if let Some((node, _)) = self.anchors.get(&anchor).cloned() {
                    self.place(node, size);
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn spend(&mut self, size: usize, line: usize) -> Result<(), Fault> {
        self.spent += size;
        if self.spent > NODE_BUDGET {
            return Err(Fault { line, message: "more nodes than a pipeline file can mean, once aliases are resolved".into() });
        }
        Ok(())
    }

    fn begin(&mut self, kind: Kind, anchor: usize, tag: Option<String>, line: usize, column: usize) -> Result<(), Fault> {
        self.spend(1, line)?;
        if self.open.len() >= DEPTH_LIMIT {
            return Err(Fault { line, message: "nested too deeply".into() });
        }
        self.open.push(Open { node: Node { kind, line, column, tag }, key: None, anchor, size: 1 });
        Ok(())
    }

    fn end(&mut self) {
        if let Some(done) = self.open.pop() {
            self.remember(done.anchor, &done.node, done.size);
            self.place(done.node, done.size);
        }
    }

    fn remember(&mut self, anchor: usize, node: &Node, size: usize) {
        if anchor > 0 {
            self.anchors.insert(anchor, (node.clone(), size));
        }
    }

    fn place(&mut self, node: Node, size: usize) {
        let Some(parent) = self.open.last_mut() else {
            self.documents.push(node);
            return;
        };
        parent.size += size;
        match &mut parent.node.kind {
            Kind::Sequence(items) => items.push(node),
            Kind::Mapping(entries) => match parent.key.take() {
                Some((key, line, column)) => entries.push(Entry { key, line, column, value: node }),
                None => parent.key = Some((node.text().unwrap_or_default().to_owned(), node.line, node.column)),
            },
            Kind::Scalar { .. } => {}
        }
    }

    /// Closes what is open when reading ends early.
    fn unwind(&mut self) {
        while !self.open.is_empty() {
            self.end();
        }
    }
}

fn style_of(style: ScalarStyle) -> Style {
    match style {
        ScalarStyle::Plain => Style::Plain,
        ScalarStyle::Literal => Style::Literal,
        ScalarStyle::Folded => Style::Folded,
        ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => Style::Quoted,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_keys_and_values() {
        let tree = Tree::parse("on:\n  push:\n    branches: [a, b]\n\"x\": 'yes'\n");
        let root = tree.root().unwrap();
        let on = root.entry("on").unwrap();
        assert_eq!((on.line, on.column), (1, 1));
        let push = on.value.entry("push").unwrap();
        assert_eq!((push.line, push.column), (2, 3));
        assert_eq!(push.value.get("branches").unwrap().items()[1].column, 19);
        assert_eq!(root.text_of("x"), Some("yes"));
        assert!(tree.fault.is_none());
    }

    #[test]
    fn knows_the_line_of_each_line_of_a_block() {
        let tree = Tree::parse("a:\n  - run: |\n\n      one\n      two\n  - run: &x |- # why\n      three\n  - >\n    four\n    five\n");
        let steps = tree.root().unwrap().get("a").unwrap().items();
        let run = steps[0].get("run").unwrap();
        assert!(run.keeps_lines());
        let at = run.text().unwrap().lines().position(|line| line == "two").unwrap();
        assert_eq!(run.first_text_line() + at, 5);
        assert_eq!(steps[1].get("run").unwrap().first_text_line(), 7);
        assert_eq!(steps[2].first_text_line(), 9);
        assert!(!steps[2].keeps_lines());
    }

    #[test]
    fn merges_on_lookup_and_keeps_duplicates() {
        let tree = Tree::parse("base: &b {x: 1, y: 2}\njob:\n  <<: *b\n  y: 3\n  z: 4\n  z: 5\nmany:\n  <<: [*b, {w: 6}]\n");
        let root = tree.root().unwrap();
        let job = root.get("job").unwrap();
        assert_eq!(job.text_of("x"), Some("1"));
        assert_eq!(job.text_of("y"), Some("3"));
        assert_eq!(job.text_of("z"), Some("5"));
        assert_eq!(job.own_entries().len(), 4);
        assert_eq!(job.entries().iter().map(|entry| entry.key.as_str()).collect::<Vec<_>>(), ["y", "z", "z", "x"]);
        assert_eq!(root.get("many").unwrap().text_of("w"), Some("6"));
    }

    #[test]
    fn keeps_tags_and_documents() {
        let tree = Tree::parse("a: !reference [x, script]\n---\nb: !Ref c\n");
        assert_eq!(tree.documents.len(), 2);
        assert_eq!(tree.documents[0].get("a").unwrap().tag.as_deref(), Some("!reference"));
        assert_eq!(tree.documents[1].get("b").unwrap().tag.as_deref(), Some("!Ref"));
    }

    #[test]
    fn keeps_what_stands_before_a_fault() {
        let tree = Tree::parse("one:\n  - a\n  - b\ntwo: [x\nthree: }\n");
        assert!(tree.fault.as_ref().is_some_and(|fault| fault.line >= 4));
        assert_eq!(tree.root().unwrap().get("one").unwrap().items().len(), 2);
    }

    #[test]
    fn survives_alias_bombs_deep_nests_and_nothing() {
        let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for i in 1..12 {
            let aliases = vec![format!("*a{}", i - 1); 10].join(", ");
            bomb.push_str(&format!("a{i}: &a{i} [{aliases}]\n"));
        }
        assert!(Tree::parse(&bomb).fault.is_some());
        assert!(Tree::parse(&"[".repeat(5000)).fault.is_some());
        assert!(Tree::parse("").root().is_none());
        assert!(Tree::parse("# only a comment\n").root().is_none_or(Node::is_null));
        let self_reference = Tree::parse("a: &a\n  <<: *a\n  b: 1\n");
        assert!(self_reference.root().is_some() || self_reference.fault.is_some());
    }
}
