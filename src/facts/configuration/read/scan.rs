//! Finds the calls, indexes and members of the table in the tokens of a file.

use std::ops::Range;

use super::absence::{self, of_read};
use super::names::{is_name, is_own, is_upper};
use super::{Absence, Found, Read, Readers, Wrapper, passed};
use crate::facts::At;
use crate::facts::code::value::{self, Constants, Piece, Value};
use crate::facts::code::{Code, Kind, Language};
use crate::facts::configuration::table::{Form, Reader, TABLE};
use crate::snapshot::File;

/// One pass over the tokens of a file, or of a hole in one of its strings.
pub(super) struct Scan<'a, 't> {
    pub file: &'a File,
    pub code: &'a Code<'t>,
    pub readers: &'a Readers,
    /// Whether the file holds what a reader asks for.
    pub needs: &'a dyn Fn(&Reader) -> bool,
    pub constants: &'a Constants,
    pub found: &'a mut Found,
}

/// How many sections one behind the other make a name.
const SECTIONS: usize = 5;

impl Scan<'_, '_> {
    /// Finds all.
    pub(super) fn run(&mut self) {
        let aliases = absence::aliases(self.code);
        for at in 0..self.code.len() {
            let Some(word) = self.code.word(at) else { continue };
            self.calls(at, word);
            self.indexes(at, word);
            self.members(at, word);
            if word == "AddEnvironmentVariables" {
                let prefix = self.code.call(at).and_then(|open| self.code.literal(open + 1));
                self.found.prefixes.extend(prefix.map(str::to_owned));
            }
            if aliases.contains(&word) && self.code.is_sign(at + 1, ".") && !self.code.is_sign(at.wrapping_sub(1), ".") {
                self.member(at, at + 2, true);
            }
        }
    }

    fn calls(&mut self, at: usize, word: &str) {
        let Some(rows) = self.readers.calls.get(word) else { return };
        // `ENV.key?("X")` of Ruby.
        let asks = self.code.language == Language::Ruby && self.code.is_sign(at + 1, "?");
        let Some(open) = self.code.call(if asks { at + 1 } else { at }) else { return };
        for (path, reader) in rows {
            if let Some(start) = self.fits(at, path, reader) {
                self.call(start, open, reader);
                return;
            }
        }
    }

    fn indexes(&mut self, at: usize, word: &str) {
        let code = self.code;
        let behind = if code.is_sign(at + 1, "(") && code.is_sign(at + 2, ")") { at + 3 } else { at + 1 };
        let behind = if code.is_sign(behind, "!") { behind + 1 } else { behind };
        let behind = if code.is_sign(behind, "?.") { behind + 1 } else { behind };
        if let Some(rows) = self.readers.indexes.get(word) {
            for (path, reader) in rows {
                let Some(start) = self.fits(at, path, reader) else { continue };
                if code.is_sign(behind, "[") {
                    self.index(start, behind, reader, "");
                } else if start >= 2 && code.is_word(start - 1, "in") {
                    let name = start - 2..start - 1;
                    if !self.note_wrapper(name.clone(), reader, Absence::Answered) {
                        self.name(name, reader, "", Absence::Answered);
                    }
                }
            }
        }
        if let Some(rows) = self.readers.indexes.get("").filter(|_| code.is_sign(behind, "[")) {
            for (_, reader) in rows {
                if is_one_of(&reader.on, word) && (self.needs)(reader) && !self.is_declared(at) {
                    self.index(code.chain_start(at), behind, reader, "");
                }
            }
        }
    }

    fn members(&mut self, at: usize, word: &str) {
        let Some(rows) = self.readers.members.get(word) else { return };
        for (path, reader) in rows {
            let Some(start) = self.fits(at, path, reader) else { continue };
            let dot = if self.code.is_sign(at + 1, "!") { at + 2 } else { at + 1 };
            if self.code.is_sign(dot, ".") || self.code.is_sign(dot, "?.") {
                if !reader.except.iter().any(|other| self.code.is_word(dot + 1, other)) {
                    self.member(start, dot + 1, false);
                }
            } else {
                self.destructured(start);
            }
        }
    }

    /// Where what stands at a word begins, if it is this path on what the reader asks for.
    fn fits(&self, at: usize, path: &[&str], reader: &Reader) -> Option<usize> {
        let code = self.code;
        let is_joint = |at: usize| code.is_sign(at, ".") || code.is_sign(at, "?.") || code.is_sign(at, "::") || code.is_sign(at, "->");
        let mut start = at;
        for word in path.iter().rev() {
            if start < 2 || !is_joint(start - 1) {
                return None;
            }
            start -= 2;
            if let Some(word) = word.strip_suffix("()") {
                start = code.opening(start).checked_sub(1).filter(|_| code.is_sign(start, ")"))?;
                code.is_word(start, word).then_some(())?;
            } else {
                code.is_word(start, word).then_some(())?;
            }
        }
        let joined = start > 0 && is_joint(start - 1);
        let right = if reader.on.is_empty() {
            path.is_empty() && !joined && !self.is_defined(start)
                || !path.is_empty()
                || reader.form == Form::Section
                || reader.form == Form::Connection
        } else {
            joined && is_one_of(&reader.on, receiver(code, start).unwrap_or_default())
        };
        (right && (self.needs)(reader)).then(|| code.chain_start(start))
    }

    fn is_defined(&self, at: usize) -> bool {
        at > 0 && matches!(self.code.text(at - 1), "def" | "func" | "function" | "fn" | "fun" | "class" | "new" | "string" | "String")
    }

    /// `new string[1]` and `string[] config` are no reads.
    fn is_declared(&self, at: usize) -> bool {
        at > 0 && matches!(self.code.text(at - 1), "new" | "]")
    }

    fn call(&mut self, start: usize, open: usize, reader: &Reader) {
        let code = self.code;
        let arguments = code.arguments(open);
        let Some(name) = arguments.get(reader.name_at).cloned() else { return };
        let end = code.after(open);
        if reader.form == Form::Placeholder {
            let text = name.clone().filter_map(|at| code.literal(at)).next().unwrap_or_default();
            super::placeholder::of(text, &At::new(&self.file.path, code.line(open)), false, &mut self.found.reads);
            return;
        }
        let prefix = self.prefix(code.mate(open).map_or(start, |_| open), 0);
        if reader.form == Form::Section && self.goes_on(end) {
            return self.part(name, end, &prefix);
        }
        let generic_bool = open >= 2 && code.is_sign(open - 1, ">") && matches!(code.text(open - 2), "bool" | "Boolean");
        let has_default = reader.absent || generic_bool || has_default(code, &arguments, reader, end);
        let absence = if has_default { Absence::Answered } else { of_read(code, start, end) };
        if arguments.len() > reader.name_at && !self.note_wrapper(name.clone(), reader, absence) {
            self.name(name, reader, &prefix, absence);
        }
    }

    /// `GetSection("A")["B"]` and `GetSection("A").Value`.
    fn part(&mut self, section: Range<usize>, end: usize, prefix: &str) {
        let code = self.code;
        let as_key = Reader { form: Form::Key, ..Reader::default() };
        if code.is_sign(end, "[") {
            let Some(section) = self.value(section).whole().map(|section| format!("{prefix}{section}:")) else { return };
            self.index(end, end, &as_key, &section);
        } else if code.is_word(end + 1, "Value") {
            let absence = of_read(code, section.start, end + 2);
            self.name(section, &as_key, prefix, absence);
        }
    }

    /// Whether a section is only the way to what is read.
    fn goes_on(&self, end: usize) -> bool {
        let next = self.code.text(end + 1);
        self.code.is_sign(end, "[") || self.code.is_sign(end, ".") && (next == "Value" || next == "GetSection" || next == "GetValue")
    }

    /// The sections that a call stands on, with `:` behind each.
    fn prefix(&self, open: usize, depth: usize) -> String {
        let code = self.code;
        let mut name = open.saturating_sub(1);
        if code.is_sign(name, ">") {
            while name > 0 && !code.is_sign(name, "<") {
                name -= 1;
            }
            name = name.saturating_sub(1);
        }
        if depth > SECTIONS || name < 2 || !code.is_sign(name - 1, ".") || !code.is_sign(name - 2, ")") {
            return String::new();
        }
        let section = code.opening(name - 2);
        if section == 0 || !matches!(code.text(section - 1), "GetSection" | "GetRequiredSection") {
            return String::new();
        }
        let value = self.value(code.inside(section));
        value.whole().map_or_else(String::new, |value| format!("{}{value}:", self.prefix(section, depth + 1)))
    }

    fn index(&mut self, start: usize, open: usize, reader: &Reader, prefix: &str) {
        let end = self.code.after(open);
        let is_write = self.code.is_sign(end, "=") || self.code.is_sign(end, "+=");
        if is_write || start > 0 && matches!(self.code.text(start - 1), "delete" | "del") {
            return;
        }
        let absence = of_read(self.code, start, end);
        let inside = self.code.inside(open);
        if !self.note_wrapper(inside.clone(), reader, absence) {
            self.name(inside, reader, prefix, absence);
        }
    }

    fn member(&mut self, start: usize, at: usize, alias: bool) {
        let code = self.code;
        let Some(name) = code.word(at) else { return };
        let is_write = code.is_sign(at + 1, "=") && !code.is_sign(at + 2, "=") || start > 0 && code.is_word(start - 1, "delete");
        if is_write || code.is_sign(at + 1, "(") || alias && !is_upper(name) {
            return;
        }
        self.read(name.to_owned(), at, Form::Variable, of_read(code, start, at + 1));
    }

    /// `const { A, B: b, C = 'd' } = process.env`.
    fn destructured(&mut self, start: usize) {
        let code = self.code;
        if start < 2 || !code.is_sign(start - 1, "=") || !code.is_sign(start - 2, "}") {
            return;
        }
        for argument in code.arguments(code.opening(start - 2)) {
            let Some(name) = code.word(argument.start) else { continue };
            let bound = if code.is_sign(argument.start + 1, ":") { code.word(argument.start + 2).unwrap_or(name) } else { name };
            let default = argument.clone().any(|at| code.is_sign(at, "="));
            let answer = if default { Absence::Answered } else { absence::of_variable(code, bound, start) };
            self.read(name.to_owned(), argument.start, Form::Variable, answer);
        }
    }

    fn value(&self, range: Range<usize>) -> Value {
        value::of(self.code, range, self.constants)
    }

    /// Notes the read of the name that an expression is worth.
    fn name(&mut self, range: Range<usize>, reader: &Reader, prefix: &str, absence: Absence) {
        let at = range.start;
        let range = unnamed(self.code, range);
        let value = self.value(range);
        let prefix = if reader.form == Form::Connection { "ConnectionStrings:" } else { prefix };
        match (value.whole(), value.0.as_slice()) {
            (Some(name), _) if is_name(reader.form, name) => self.read(format!("{prefix}{name}"), at, reader.form, absence),
            (None, [Piece::Hole(constant)]) if is_path(constant) && self.readers.language == Language::CSharp => {
                let read = self.at(format!("{prefix}\0"), at, reader.form, absence);
                self.found.open.push((constant.clone(), read));
            }
            _ => {}
        }
    }

    fn read(&mut self, name: String, at: usize, form: Form, absence: Absence) {
        if is_own(&name) && is_name(if form == Form::Variable { form } else { Form::Key }, &name) {
            let read = self.at(name, at, form, absence);
            self.found.reads.push(read);
        }
    }

    fn at(&self, name: String, at: usize, form: Form, absence: Absence) -> Read {
        let exact = !matches!(form, Form::Key | Form::Section | Form::Connection);
        let passed = absence == Absence::Open && passed::is_passed_on(self.file, self.code, at);
        let absence = if passed { Absence::HandedOn } else { absence };
        Read { name, at: At::new(&self.file.path, self.code.line(at)), absence, form, exact }
    }

    /// Notes that the name is a parameter of the function around it.
    fn note_wrapper(&mut self, range: Range<usize>, reader: &Reader, absence: Absence) -> bool {
        let Some(parameter) = self.code.word(range.start).filter(|_| range.len() == 1) else { return false };
        let Some((name, name_at)) = function_with(self.code, range.start, parameter) else { return false };
        if !matches!(reader.form, Form::Variable | Form::Upper) {
            return true;
        }
        let speaks = |word: &str| word.to_ascii_lowercase().contains("env");
        let known = self.readers.calls.get(name).is_some_and(|rows| rows.iter().any(|(_, reader)| reader.needs.is_none()));
        if !(speaks(name) || speaks(parameter)) || known {
            return true;
        }
        let wrapper = Wrapper { language: self.readers.word, name: name.to_owned(), name_at, absent: absence == Absence::Answered };
        self.found.wrappers.push(wrapper);
        true
    }
}

/// The reads through functions that pass a name on.
pub(super) fn wrapped(file: &File, code: &Code<'_>, wrappers: &[&Wrapper]) -> Vec<Read> {
    let mut found = Vec::new();
    for part in code.with_holes() {
        for at in 0..part.len() {
            let Some(wrapper) = part.word(at).and_then(|word| wrappers.iter().find(|wrapper| wrapper.name == word)) else { continue };
            let Some(open) = part.call(at) else { continue };
            let arguments = part.arguments(open);
            let name = arguments.get(wrapper.name_at).filter(|range| range.len() == 1).and_then(|range| part.literal(range.start));
            let Some(name) = name.filter(|name| is_upper(name) && is_own(name)) else { continue };
            let end = part.after(open);
            let reader = Reader { default_at: Some(wrapper.name_at + 1), ..Reader::default() };
            let has_default = has_default(part, &arguments, &reader, end) || of_read(part, part.chain_start(at), end) == Absence::Answered;
            let at = At::new(&file.path, part.line(open));
            let absent = wrappers.iter().any(|other| other.name == wrapper.name && other.absent);
            // A function that answers absence has a default of its own.
            found.push(Read {
                name: name.to_owned(),
                at,
                absence: Absence::from(has_default || absent),
                form: Form::Variable,
                exact: true,
            });
        }
    }
    found
}

/// Whether a call gives a default, by place, by name, or as a block of Ruby.
fn has_default(code: &Code<'_>, arguments: &[Range<usize>], reader: &Reader, end: usize) -> bool {
    let is_named = |range: &Range<usize>| {
        code.kind(range.start) == Some(Kind::Word) && (code.is_sign(range.start + 1, "=") || code.is_sign(range.start + 1, ":"))
    };
    let named = |range: &Range<usize>| is_named(range) && TABLE.defaults.named.iter().any(|name| code.is_word(range.start, name));
    let block = code.language == Language::Ruby && (code.is_sign(end, "{") || code.is_word(end, "do"));
    block || arguments.iter().any(named) || reader.default_at.is_some_and(|at| arguments.iter().skip(at).any(|range| !is_named(range)))
}

/// An argument without its name: `name: "X"`, `key = "X"`.
fn unnamed(code: &Code<'_>, range: Range<usize>) -> Range<usize> {
    let named = range.len() > 2
        && code.kind(range.start) == Some(Kind::Word)
        && (code.is_sign(range.start + 1, ":") || code.is_sign(range.start + 1, "="));
    if named { range.start + 2..range.end } else { range }
}

/// The word that a call or member stands on: `config` of `this._config!.GetValue`, `GetSection` of `GetSection("A").GetValue`.
fn receiver<'t>(code: &Code<'t>, at: usize) -> Option<&'t str> {
    let mut back = at.checked_sub(2)?;
    if code.is_sign(back, "!") {
        back = back.checked_sub(1)?;
    }
    if code.kind(back) == Some(Kind::Close) {
        back = code.opening(back).checked_sub(1)?;
    }
    code.word(back)
}

/// Whether a word is one of these, whatever its case and with or without `_` before it.
fn is_one_of(words: &[String], word: &str) -> bool {
    let word = word.trim_start_matches('_');
    words.iter().any(|known| known.eq_ignore_ascii_case(word))
}

fn is_path(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.'))
}

/// How far back the head of a function is looked for.
const FUNCTION_REACH: usize = 250;

/// The function around a place that has a parameter of this name, and which one it is.
fn function_with<'t>(code: &Code<'t>, at: usize, parameter: &str) -> Option<(&'t str, usize)> {
    for open in (at.saturating_sub(FUNCTION_REACH)..at).rev() {
        if !code.is_sign(open, "(") || code.mate(open).is_none_or(|close| close > at) || open == 0 {
            continue;
        }
        let own = |range: &Range<usize>| range.clone().take(4).any(|at| code.is_word(at, parameter));
        let Some(which) = code.arguments(open).iter().position(own) else { continue };
        if let Some(name) = function_name(code, open) {
            let with_self = matches!(code.arguments(open).first().map(|range| code.text(range.start)), Some("self" | "cls"));
            return Some((name, which - usize::from(with_self && which > 0)));
        }
    }
    None
}

/// The name of the function whose parameters stand in a bracket.
fn function_name<'t>(code: &Code<'t>, open: usize) -> Option<&'t str> {
    let mut at = open - 1;
    if code.is_sign(at, ">") {
        at = (at.saturating_sub(12)..at).rev().find(|at| code.is_sign(*at, "<"))?.checked_sub(1)?;
    }
    if code.is_word(at, "async") {
        at = at.checked_sub(1)?;
    }
    if code.is_sign(at, "=") {
        return code.word(at.checked_sub(1)?);
    }
    let name = code.word(at)?;
    let before = code.text(at.checked_sub(1)?);
    let declares = matches!(before, "def" | "func" | "function" | "fn" | "fun" | "string" | "String" | ")" | "static" | "bool" | "int");
    let body = code.after(open);
    let opens = code.is_sign(body, "{") && before != "." && !matches!(name, "if" | "while" | "for" | "switch" | "catch");
    (declares || opens).then_some(name)
}
