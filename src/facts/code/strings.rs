//! Where a string begins and ends, and which of its parts are filled in.

use super::lexer::{is_name, offset};
use super::{Language, Part};

/// A string in a file.
#[derive(Debug)]
pub(super) struct Text {
    /// Offset behind its closing quote.
    pub(super) end: usize,
    pub(super) parts: Vec<Part>,
}

/// How the string at hand is written.
struct Form {
    /// Where its content begins.
    content: usize,
    quote: u8,
    /// How many quotes close it.
    quotes: usize,
    /// How many `#` must follow the closing quote.
    hashes: usize,
    /// Whether `\` takes the next character's meaning.
    escapes: bool,
    /// Whether a doubled quote stands for one.
    doubled: bool,
    /// Whether it may go over several lines.
    multiline: bool,
    /// What opens a hole, and how many braces.
    hole: Hole,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Hole {
    None,
    /// `{x}`, with a doubled brace for one; this many braces open it.
    Braces(usize),
    /// `${x}`.
    Dollar,
    /// `${x}` and `$x`.
    DollarOrName,
    /// `{$x}`, `${x}` and `$x`.
    DollarOrBraced,
    /// `#{x}`.
    Hash,
}

/// The string that begins at an offset, if one does.
pub(super) fn at(language: Language, bytes: &[u8], start: usize, end: usize) -> Option<Text> {
    let form = form(language, bytes.get(start..end)?)?;
    Some(cut(&Form { content: start + form.content, ..form }, bytes, end))
}

/// The form of the string that begins here; its content as an offset from here.
fn form(language: Language, rest: &[u8]) -> Option<Form> {
    let prefix = rest.iter().take(PREFIX).take_while(|byte| is_prefix(language, **byte)).count();
    let quote = *rest.get(prefix)?;
    let backtick = quote == b'`' && language.has_backticks();
    let single = quote == b'\'';
    if !(quote == b'"' || single || backtick) || prefix > 0 && !prefix_fits(language, &rest[..prefix]) {
        return None;
    }
    // Counted only now: what is no quote may stand in a row of thousands.
    let quotes = rest[prefix..].iter().take(LONGEST_QUOTES).take_while(|byte| **byte == quote).count();
    let plain =
        Form { content: prefix + 1, quote, quotes: 1, hashes: 0, escapes: true, doubled: false, multiline: false, hole: Hole::None };
    let triple = quotes >= 3 && !backtick && language.has_triple_quotes() && (quote == b'"' || language == Language::Python);
    let has = |byte: u8| rest[..prefix].iter().any(|found| found.eq_ignore_ascii_case(&byte));
    let dollars = rest[..prefix].iter().filter(|byte| **byte == b'$').count();
    Some(match language {
        _ if backtick => {
            Form { multiline: true, escapes: language != Language::Go, hole: dollar_if(language == Language::JavaScript), ..plain }
        }
        Language::CSharp if single => return character(rest).map(|_| plain),
        Language::CSharp if triple => {
            Form { content: prefix + quotes, quotes, escapes: false, multiline: true, hole: braces(dollars), ..plain }
        }
        Language::CSharp => Form { escapes: !has(b'@'), doubled: has(b'@'), multiline: has(b'@'), hole: braces(dollars), ..plain },
        Language::Python => {
            let hole = braces(usize::from(has(b'f')));
            let quotes = if triple { 3 } else { 1 };
            Form { content: prefix + quotes, quotes, multiline: triple, hole, ..plain }
        }
        Language::Java | Language::Kotlin if triple => {
            let hole = if language == Language::Kotlin { Hole::DollarOrName } else { Hole::None };
            Form { content: 3, quotes: 3, multiline: true, escapes: language == Language::Java, hole, ..plain }
        }
        Language::Java | Language::Kotlin | Language::Go if single => return character(rest).map(|_| plain),
        Language::Kotlin => Form { hole: Hole::DollarOrName, ..plain },
        // `'a` alone is a lifetime.
        Language::Rust if single => return lone_character(rest).map(|_| plain),
        Language::Rust => rust(&rest[..prefix], &plain),
        Language::Php | Language::Ruby if single => Form { multiline: true, ..plain },
        Language::Php => Form { multiline: true, hole: Hole::DollarOrBraced, ..plain },
        Language::Ruby => Form { multiline: true, hole: Hole::Hash, ..plain },
        _ => plain,
    })
}

/// `"…"`, `b"…"` and `r#"…"#`.
fn rust(prefix: &[u8], plain: &Form) -> Form {
    let hashes = prefix.iter().filter(|byte| **byte == b'#').count();
    Form { multiline: true, escapes: !prefix.contains(&b'r'), hashes, ..*plain }
}

fn dollar_if(holes: bool) -> Hole {
    if holes { Hole::Dollar } else { Hole::None }
}

fn braces(count: usize) -> Hole {
    if count == 0 { Hole::None } else { Hole::Braces(count) }
}

/// Letters and signs that may stand before a quote, and how many at most.
const PREFIX: usize = 4;

fn is_prefix(language: Language, byte: u8) -> bool {
    match language {
        Language::CSharp => matches!(byte, b'$' | b'@'),
        Language::Python => matches!(byte.to_ascii_lowercase(), b'r' | b'b' | b'u' | b'f' | b't'),
        Language::Rust => matches!(byte, b'r' | b'b' | b'#'),
        _ => false,
    }
}

fn prefix_fits(language: Language, prefix: &[u8]) -> bool {
    match language {
        Language::CSharp => true,
        Language::Rust => prefix.first() != Some(&b'#') && (!prefix.contains(&b'#') || prefix.contains(&b'r')),
        _ => prefix.len() <= 2,
    }
}

/// A single character in quotes, with or without an escape; anything else that begins with `'` is none.
fn character(rest: &[u8]) -> Option<()> {
    let line = rest.get(1..rest.len().min(12))?;
    let close = line.iter().skip(1).position(|byte| *byte == b'\'')? + 1;
    (line[0] == b'\\' || close <= 4).then_some(())
}

/// A single character of Rust in quotes.
fn lone_character(rest: &[u8]) -> Option<()> {
    let first = *rest.get(1)?;
    (first == b'\\' || first >= 0x80 || rest.get(2) == Some(&b'\'')).then(|| character(rest)).flatten()
}

fn cut(form: &Form, bytes: &[u8], end: usize) -> Text {
    let mut parts = Vec::new();
    let mut at = form.content.min(end);
    let mut literal = at;
    let push = |from: usize, to: usize, parts: &mut Vec<Part>| {
        if from < to {
            parts.push(Part::Literal(offset(from)..offset(to)));
        }
    };
    while at < end {
        let byte = bytes[at];
        if byte == b'\\' && form.escapes {
            at += 2;
        } else if byte == form.quote {
            let run = bytes[at..end].iter().take(LONGEST_QUOTES).take_while(|found| **found == form.quote).count();
            if form.doubled && run >= 2 {
                at += 2;
            } else if form.hashes > 0 && !bytes[at + 1..end].iter().take(form.hashes).all(|byte| *byte == b'#') {
                at += 1;
            } else if run >= form.quotes {
                // Quotes before the closing ones belong to the content.
                let close = at + run.min(if form.quotes == 1 { 1 } else { run }) - form.quotes;
                push(literal, close, &mut parts);
                return Text { end: (close + form.quotes + form.hashes).min(end), parts };
            } else {
                at += run;
            }
        } else if byte == b'\n' && !form.multiline {
            break;
        } else if let Some((from, to, behind)) = hole(form, bytes, at, end) {
            push(literal, at, &mut parts);
            parts.push(Part::Hole(offset(from)..offset(to)));
            at = behind;
            literal = behind;
        } else if matches!(form.hole, Hole::Braces(_)) && byte == b'{' && bytes.get(at + 1) == Some(&b'{') {
            at += 2;
        } else {
            at += 1;
        }
    }
    // Nobody closed it: it ends with its line.
    let stop = at.min(end);
    push(literal, stop, &mut parts);
    Text { end: stop, parts }
}

/// The hole that opens here: where its content begins and ends, and where the string goes on.
fn hole(form: &Form, bytes: &[u8], at: usize, end: usize) -> Option<(usize, usize, usize)> {
    let rest = &bytes[at..end];
    let opening = match form.hole {
        Hole::None => return None,
        Hole::Braces(count) => {
            let run = rest.iter().take_while(|byte| **byte == b'{').count();
            // One brace alone opens a hole of `$"…"`, a doubled one stands for itself.
            let opens = if count == 1 { run % 2 == 1 } else { run >= count };
            if !opens || count == 1 && run != 1 {
                return None;
            }
            count
        }
        Hole::Dollar | Hole::DollarOrName | Hole::DollarOrBraced if rest.starts_with(b"${") => 2,
        Hole::DollarOrBraced if rest.starts_with(b"{$") => 1,
        Hole::Hash if rest.starts_with(b"#{") => 2,
        Hole::DollarOrName | Hole::DollarOrBraced if rest.first() == Some(&b'$') => {
            let name = rest[1..].iter().take_while(|byte| is_name(**byte) && **byte != b'$').count();
            return (name > 0).then_some((at + 1, at + 1 + name, at + 1 + name));
        }
        Hole::Dollar | Hole::DollarOrName | Hole::DollarOrBraced | Hole::Hash => return None,
    };
    let from = at + opening;
    let to = hole_end(bytes, from, end, form)?;
    let closing = if let Hole::Braces(count) = form.hole { count } else { 1 };
    Some((from, to, (to + closing).min(end)))
}

/// How many quotes may open a string.
const LONGEST_QUOTES: usize = 64;

/// How far a hole may go.
const HOLE_REACH: usize = 1024;

/// The closing brace of a hole, brackets and strings inside it passed over.
fn hole_end(bytes: &[u8], from: usize, end: usize, form: &Form) -> Option<usize> {
    let end = end.min(from + HOLE_REACH);
    let mut depth = 0_usize;
    let mut quoted: Option<u8> = None;
    let mut at = from;
    while at < end {
        let byte = bytes[at];
        match quoted {
            Some(_) if byte == b'\\' => at += 1,
            Some(quote) if byte == quote => quoted = None,
            Some(_) => {}
            None => match byte {
                b'\n' if !form.multiline => return None,
                b'"' | b'\'' | b'`' if byte == form.quote && form.quotes == 1 && !form.multiline && byte != b'"' => return None,
                b'"' | b'\'' | b'`' => quoted = Some(byte),
                b'{' => depth += 1,
                b'}' if depth == 0 => return Some(at),
                b'}' => depth -= 1,
                _ => {}
            },
        }
        at += 1;
    }
    None
}
