//! Source code as tokens with matched brackets, for readers that look for calls, attributes and literals.
//!
//! One lexer for all languages that are read: comments and strings are told from code, the literal parts of a string
//! from what is filled in, and each bracket knows its mate. No grammar: what stands before and behind a bracket is for
//! the reader to judge, which finds what it looks for in code that no longer, or not yet, compiles. Why there is no parser is told
//! in `docs/adr/0007`.

mod language;
mod lexer;
mod strings;
pub(crate) mod value;

use std::ops::Range;

pub(crate) use language::Language;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A name or a keyword.
    Word,
    /// A number.
    Number,
    /// A string; its parts are [`Code::parts`].
    Text,
    /// `(`, `[` or `{`.
    Open,
    /// `)`, `]` or `}`.
    Close,
    /// Any other sign, of one or two characters (`=>`, `?.`, `::`, `->`, `==`, `!=`, `??`, `||`, `&&`, `:=`).
    Sign,
}

/// A token of a file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Token {
    /// What it is.
    pub kind: Kind,
    /// Offset of its first byte.
    pub start: u32,
    /// Offset behind its last byte.
    pub end: u32,
    /// Line, from 1.
    pub line: u32,
    /// The bracket that belongs to this one, or where the parts of a string begin; see [`Code::mate`].
    mate: u32,
}

/// A piece of a string.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    /// Written out, with escapes as they stand.
    Literal(Range<u32>),
    /// Filled in when it runs.
    Hole(Range<u32>),
}

/// A comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Comment {
    /// Offset of its first byte, that of the sign that opens it.
    pub start: u32,
    /// Offset behind its last byte.
    pub end: u32,
    /// Line of its start, from 1.
    pub line: u32,
}

/// The tokens of a file, or of a hole in one of its strings.
#[derive(Debug)]
pub(crate) struct Code<'t> {
    /// The language it was read as.
    pub language: Language,
    /// The tokens in order.
    pub tokens: Vec<Token>,
    /// The comments in order.
    pub comments: Vec<Comment>,
    /// What is filled into strings, as code of its own; offsets and lines are those of the file.
    pub holes: Vec<Code<'t>>,
    bytes: &'t [u8],
    parts: Vec<Vec<Part>>,
}

/// Where a token has no mate.
const NONE: u32 = u32::MAX;

/// A larger file is seldom code that a person wrote, and is not cut into tokens; see [`LeftWhole`].
const LIMIT: usize = 1024 * 1024;

/// A file that holds what a reader looks for, and is too large to be cut into tokens.
#[derive(Debug)]
pub(crate) struct LeftWhole {
    file: String,
    packed: bool,
}

/// Lines of code that a person wrote are shorter than this on average.
const LONG_LINES: usize = 250;

impl LeftWhole {
    /// `None` where the file is cut into tokens.
    pub(crate) fn of(file: &str, bytes: &[u8]) -> Option<Self> {
        if bytes.len() <= LIMIT {
            return None;
        }
        let lines = bytes.iter().filter(|byte| **byte == b'\n').count() + 1;
        Some(Self { file: file.to_owned(), packed: bytes.len() / lines > LONG_LINES })
    }

    /// Says that a part of the facts lacks it. What a program packed into long lines says nothing that the code it was
    /// made of does not say; it is told as a part of its own.
    pub(crate) fn note(&self, part: &str, notes: &mut super::Notes) {
        let reason = format!("{} is larger than 1 MiB and is not read as code", self.file);
        if self.packed { notes.unread(&format!("{part}.packed"), reason) } else { notes.unread(part, reason) }
    }
}

impl<'t> Code<'t> {
    /// Cuts a file into tokens. A file of more than 1 MiB has none: whoever asks says so by [`LeftWhole`].
    pub(crate) fn lex(language: Language, bytes: &'t [u8]) -> Self {
        let end = if bytes.len() > LIMIT { 0 } else { bytes.len() };
        lexer::lex(language, bytes, 0..end, 1, 0)
    }

    /// How many tokens there are.
    pub(crate) fn len(&self) -> usize {
        self.tokens.len()
    }

    /// The token's own text; empty where there is no such token or it is no UTF-8.
    pub(crate) fn text(&self, at: usize) -> &'t str {
        self.tokens.get(at).map_or("", |token| self.slice(token.start..token.end))
    }

    /// The text between two offsets; empty where they are out of reach or no UTF-8 stands there.
    pub(crate) fn slice(&self, range: Range<u32>) -> &'t str {
        let bytes = self.bytes.get(range.start as usize..range.end as usize).unwrap_or_default();
        std::str::from_utf8(bytes).unwrap_or_default()
    }

    /// The line of a token, from 1; that of the last one where there is no such token.
    pub(crate) fn line(&self, at: usize) -> usize {
        self.tokens.get(at).or(self.tokens.last()).map_or(1, |token| token.line as usize)
    }

    /// The kind of a token.
    pub(crate) fn kind(&self, at: usize) -> Option<Kind> {
        self.tokens.get(at).map(|token| token.kind)
    }

    /// Whether a token is this word.
    pub(crate) fn is_word(&self, at: usize, word: &str) -> bool {
        self.kind(at) == Some(Kind::Word) && self.text(at) == word
    }

    /// The word at a place, where one stands there.
    pub(crate) fn word(&self, at: usize) -> Option<&'t str> {
        (self.kind(at) == Some(Kind::Word)).then(|| self.text(at))
    }

    /// Whether a token is this sign or bracket.
    pub(crate) fn is_sign(&self, at: usize, sign: &str) -> bool {
        matches!(self.kind(at), Some(Kind::Sign | Kind::Open | Kind::Close)) && self.text(at) == sign
    }

    /// The bracket that belongs to the one at a place.
    pub(crate) fn mate(&self, at: usize) -> Option<usize> {
        let token = self.tokens.get(at).filter(|token| matches!(token.kind, Kind::Open | Kind::Close))?;
        (token.mate != NONE).then_some(token.mate as usize)
    }

    /// The parts of the string at a place.
    pub(crate) fn parts(&self, at: usize) -> &[Part] {
        let token = self.tokens.get(at).filter(|token| token.kind == Kind::Text);
        token.and_then(|token| self.parts.get(token.mate as usize)).map_or(&[], Vec::as_slice)
    }

    /// The string at a place, where nothing is filled into it.
    pub(crate) fn literal(&self, at: usize) -> Option<&'t str> {
        match (self.kind(at)?, self.parts(at)) {
            (Kind::Text, []) => Some(""),
            (Kind::Text, [Part::Literal(range)]) => Some(self.slice(range.clone())),
            _ => None,
        }
    }

    /// The tokens inside the bracket at a place; to the end of the file where its mate is missing.
    pub(crate) fn inside(&self, open: usize) -> Range<usize> {
        open + 1..self.mate(open).unwrap_or(self.len()).max(open + 1).min(self.len().max(open + 1))
    }

    /// The first token behind the one at a place, the whole bracket where one opens there.
    pub(crate) fn after(&self, at: usize) -> usize {
        match self.kind(at) {
            Some(Kind::Open) => self.mate(at).unwrap_or(self.len()) + 1,
            _ => at + 1,
        }
    }

    /// The first token of the bracket that closes at a place, else the place itself.
    pub(crate) fn opening(&self, at: usize) -> usize {
        match self.kind(at) {
            Some(Kind::Close) => self.mate(at).unwrap_or(at),
            _ => at,
        }
    }

    /// What stands between the commas inside the bracket at a place, each as a range of tokens.
    pub(crate) fn arguments(&self, open: usize) -> Vec<Range<usize>> {
        let inside = self.inside(open);
        let mut found = Vec::new();
        let (mut from, mut at) = (inside.start, inside.start);
        while at < inside.end {
            if self.is_sign(at, ",") {
                found.push(from..at);
                from = at + 1;
            }
            at = self.after(at);
        }
        if from < inside.end {
            found.push(from..inside.end);
        }
        found
    }

    /// The bracket of the call whose name stands at a place: `name(`, `name<T>(`, `name?.(`.
    pub(crate) fn call(&self, name: usize) -> Option<usize> {
        let mut at = name + 1;
        if self.is_sign(at, "<") {
            at = self.generic_end(at)?;
        }
        if self.is_sign(at, "?.") {
            at += 1;
        }
        self.is_sign(at, "(").then_some(at)
    }

    /// The token behind the `>` that closes the `<` at a place, where what stands between can be types.
    pub(crate) fn generic_end(&self, open: usize) -> Option<usize> {
        let mut depth = 0_usize;
        let mut at = open;
        while at < self.len() && at < open + GENERIC_REACH {
            match self.text(at) {
                "<" => depth += 1,
                ">" => depth = depth.checked_sub(1)?,
                "(" | ")" | "{" | "}" | ";" if self.kind(at) != Some(Kind::Text) => return None,
                _ => {}
            }
            at = if self.is_sign(at, "[") { self.after(at) } else { at + 1 };
            if depth == 0 {
                return Some(at);
            }
        }
        None
    }

    /// Where the chain begins that ends before the name at a place: for `app` `.` `group("a")` `.` `get`, asked at `get`,
    /// that of `app`. The place itself where no chain precedes it.
    pub(crate) fn chain_start(&self, name: usize) -> usize {
        let mut start = name;
        let links = |at: usize| [".", "?.", "::", "->"].iter().any(|sign| self.is_sign(at, sign));
        for _ in 0..CHAIN_REACH {
            if start < 2 || !links(start - 1) {
                return start;
            }
            let mut at = start - 2;
            // Calls and indexes, one behind the other, then the name that they belong to.
            while self.kind(at) == Some(Kind::Close) && self.text(at) != "}" {
                let open = self.opening(at);
                if open == at || open == 0 {
                    return start;
                }
                at = open - 1;
            }
            if self.is_sign(at, ">") {
                at = self.generic_start(at).filter(|open| *open > 0).map_or(at, |open| open - 1);
            }
            if !matches!(self.kind(at), Some(Kind::Word | Kind::Text)) {
                return start;
            }
            start = at;
        }
        start
    }

    fn generic_start(&self, close: usize) -> Option<usize> {
        let mut depth = 0_usize;
        for at in (close.saturating_sub(GENERIC_REACH)..=close).rev() {
            match self.text(at) {
                ">" => depth += 1,
                "<" => depth = depth.checked_sub(1)?,
                _ => {}
            }
            if depth == 0 {
                return Some(at);
            }
        }
        None
    }

    /// How many bytes stand before a token on its line, which is how far Python indents it where it begins the line.
    pub(crate) fn column(&self, at: usize) -> usize {
        let start = self.tokens.get(at).map_or(0, |token| token.start as usize);
        self.bytes.get(..start).unwrap_or_default().iter().rev().take_while(|byte| **byte != b'\n').count()
    }

    /// For each token the bracket that it stands in.
    pub(crate) fn enclosing(&self) -> Vec<Option<usize>> {
        let mut open: Vec<usize> = Vec::new();
        let mut found = Vec::with_capacity(self.len());
        for at in 0..self.len() {
            if self.kind(at) == Some(Kind::Close)
                && let Some(mate) = self.mate(at)
            {
                while open.pop().is_some_and(|top| top != mate) {}
            }
            found.push(open.last().copied());
            if self.kind(at) == Some(Kind::Open) {
                open.push(at);
            }
        }
        found
    }

    /// This code and that of all holes in its strings.
    pub(crate) fn with_holes(&self) -> Vec<&Code<'t>> {
        let mut all = vec![self];
        let mut at = 0;
        while let Some(code) = all.get(at).copied() {
            all.extend(&code.holes);
            at += 1;
        }
        all
    }
}

/// How many links of a chain are followed.
const CHAIN_REACH: usize = 512;

/// How many tokens a list of type arguments may have.
const GENERIC_REACH: usize = 64;

#[cfg(test)]
mod tests;
