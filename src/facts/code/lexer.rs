//! Cuts code into tokens and matches brackets. Strings are cut by `strings`.

use std::ops::Range;

use super::strings::{self, Text};
use super::{Code, Comment, Kind, Language, NONE, Part, Token};

/// How deep holes in strings are followed into strings in holes.
const DEPTH: usize = 3;

/// Signs of two characters that are one token.
const PAIRS: [&[u8; 2]; 11] = [b"=>", b"?.", b"::", b"->", b"==", b"!=", b"??", b"||", b"&&", b":=", b"+="];

/// Words behind which `/` opens a regular expression, though a word stands before it.
const BEFORE_REGEX: [&str; 7] = ["return", "typeof", "case", "in", "of", "delete", "void"];

struct Lexer<'t> {
    language: Language,
    bytes: &'t [u8],
    at: usize,
    end: usize,
    line: u32,
    depth: usize,
    tokens: Vec<Token>,
    comments: Vec<Comment>,
    parts: Vec<Vec<Part>>,
    holes: Vec<Code<'t>>,
    open: Vec<usize>,
}

/// Cuts a part of a file into tokens; `line` is the one that the part begins on.
pub(super) fn lex(language: Language, bytes: &[u8], range: Range<usize>, line: u32, depth: usize) -> Code<'_> {
    let mut lexer = Lexer {
        language,
        bytes,
        at: range.start,
        end: range.end.min(bytes.len()),
        line,
        depth,
        tokens: Vec::new(),
        comments: Vec::new(),
        parts: Vec::new(),
        holes: Vec::new(),
        open: Vec::new(),
    };
    lexer.run();
    let Lexer { tokens, comments, parts, holes, .. } = lexer;
    Code { language, tokens, comments, holes, bytes, parts }
}

pub(super) fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$') || byte >= 0x80
}

impl Lexer<'_> {
    fn peek(&self, ahead: usize) -> u8 {
        let at = self.at + ahead;
        if at < self.end { self.bytes[at] } else { 0 }
    }

    fn run(&mut self) {
        while self.at < self.end {
            let byte = self.bytes[self.at];
            match byte {
                b'\n' => {
                    self.line += 1;
                    self.at += 1;
                }
                _ if byte.is_ascii_whitespace() || byte == 0 => self.at += 1,
                b'/' if self.language.has_slash_comments() && matches!(self.peek(1), b'/' | b'*') => self.comment(),
                b'#' if self.language.has_hash_comments(self.peek(1)) => self.comment(),
                b'#' if self.language.has_directives() && self.begins_line() => self.comment(),
                b'/' if self.language.has_regex_literals() && self.regex() => {}
                _ => match strings::at(self.language, self.bytes, self.at, self.end) {
                    Some(text) => self.string(text),
                    None if byte.is_ascii_digit() => self.number(),
                    None if is_name(byte) || byte == b'@' && self.is_verbatim_name() => self.name(),
                    None => self.sign(byte),
                },
            }
        }
    }

    /// `@class` of C# is a name.
    fn is_verbatim_name(&self) -> bool {
        self.language == Language::CSharp && (self.peek(1).is_ascii_alphabetic() || self.peek(1) == b'_')
    }

    fn begins_line(&self) -> bool {
        let before = &self.bytes[..self.at];
        before.iter().rev().take_while(|byte| **byte != b'\n').all(u8::is_ascii_whitespace)
    }

    fn comment(&mut self) {
        let (start, line) = (self.at, self.line);
        let rest = &self.bytes[self.at..self.end];
        let length = if rest.starts_with(b"/*") {
            rest.windows(2).skip(2).position(|pair| pair == b"*/").map(|at| at + 4)
        } else {
            rest.iter().position(|byte| *byte == b'\n')
        };
        self.advance(length.unwrap_or(rest.len()));
        self.comments.push(Comment { start: offset(start), end: offset(self.at), line });
    }

    /// Goes on by this many bytes and counts the lines among them.
    fn advance(&mut self, length: usize) {
        let to = (self.at + length).min(self.end);
        let lines = self.bytes[self.at..to].iter().filter(|byte| **byte == b'\n').count();
        self.line += u32::try_from(lines).unwrap_or(0);
        self.at = to;
    }

    /// Passes over a regular expression, where one can stand here and ends on its line.
    fn regex(&mut self) -> bool {
        let value_before = self.tokens.last().is_some_and(|token| match token.kind {
            Kind::Word => {
                let word = &self.bytes[token.start as usize..token.end as usize];
                !BEFORE_REGEX.iter().any(|before| before.as_bytes() == word)
            }
            Kind::Number | Kind::Text => true,
            Kind::Close => self.bytes.get(token.start as usize) != Some(&b'}'),
            Kind::Open | Kind::Sign => false,
        });
        let line = self.bytes[self.at..self.end].split(|byte| *byte == b'\n').next().unwrap_or_default();
        let Some(length) = (!value_before).then(|| regex_length(line)).flatten() else { return false };
        let start = self.at;
        self.at += length;
        self.parts.push(Vec::new());
        // A string that no literal is: an empty list of parts would read as one.
        if let Some(parts) = self.parts.last_mut() {
            parts.push(Part::Hole(offset(start)..offset(start + length)));
        }
        self.push(Kind::Text, start, self.line, offset(self.parts.len() - 1));
        true
    }

    fn string(&mut self, text: Text) {
        let (start, line) = (self.at, self.line);
        for part in &text.parts {
            if let Part::Hole(hole) = part
                && self.depth < DEPTH
            {
                let from = hole.start as usize;
                let before = self.bytes[start..from].iter().filter(|byte| **byte == b'\n').count();
                let line = line + u32::try_from(before).unwrap_or(0);
                self.holes.push(lex(self.language, self.bytes, from..hole.end as usize, line, self.depth + 1));
            }
        }
        self.advance(text.end.saturating_sub(start).max(1));
        self.parts.push(text.parts);
        self.push(Kind::Text, start, line, offset(self.parts.len() - 1));
    }

    fn number(&mut self) {
        let start = self.at;
        while is_name(self.peek(0)) || self.peek(0) == b'.' && self.peek(1).is_ascii_digit() {
            self.at += 1;
        }
        self.push(Kind::Number, start, self.line, NONE);
    }

    fn name(&mut self) {
        let start = self.at;
        self.at += 1;
        while self.at < self.end && is_name(self.bytes[self.at]) {
            self.at += 1;
        }
        self.push(Kind::Word, start, self.line, NONE);
    }

    fn sign(&mut self, byte: u8) {
        let start = self.at;
        self.at += 1;
        match byte {
            b'(' | b'[' | b'{' => {
                self.open.push(self.tokens.len());
                self.push(Kind::Open, start, self.line, NONE);
            }
            b')' | b']' | b'}' => self.close(byte, start),
            _ => {
                let pair = [byte, self.peek(0)];
                if PAIRS.contains(&&pair) && !(pair == *b"?." && self.peek(1).is_ascii_digit()) {
                    self.at += 1;
                }
                self.push(Kind::Sign, start, self.line, NONE);
            }
        }
    }

    /// A closing bracket belongs to the last open one of its kind; those between have no mate.
    fn close(&mut self, byte: u8, start: usize) {
        let opens = match byte {
            b')' => b'(',
            b']' => b'[',
            _ => b'{',
        };
        let found = self.open.iter().rev().take(REPAIR).position(|open| self.bytes[self.tokens[*open].start as usize] == opens);
        let mate = found.map(|back| {
            let at = self.open.len() - 1 - back;
            let open = self.open[at];
            self.open.truncate(at);
            open
        });
        if let Some(open) = mate {
            self.tokens[open].mate = offset(self.tokens.len());
        }
        self.push(Kind::Close, start, self.line, mate.map_or(NONE, offset));
    }

    fn push(&mut self, kind: Kind, start: usize, line: u32, mate: u32) {
        self.tokens.push(Token { kind, start: offset(start), end: offset(self.at), line, mate });
    }
}

/// How many open brackets are looked through for the one that a closing one belongs to.
const REPAIR: usize = 32;

/// Files are far smaller than what an offset of 32 bits can name.
pub(super) fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(NONE)
}

fn regex_length(line: &[u8]) -> Option<usize> {
    let mut inside_class = false;
    let mut at = 1;
    while at < line.len() {
        match line[at] {
            b'\\' => at += 1,
            b'[' => inside_class = true,
            b']' => inside_class = false,
            b'/' if !inside_class && at > 1 => {
                let flags = line[at + 1..].iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
                return Some(at + 1 + flags);
            }
            _ => {}
        }
        at += 1;
    }
    None
}
