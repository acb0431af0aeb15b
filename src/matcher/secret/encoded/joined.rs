//! Strings that are put together over several lines: literals with an operator or nothing between them, lines that end
//! in a backslash, and lines of `key=value;` inside one string or block of YAML.
//!
//! They are looked for around a keyword, and only for rules whose parts people write on lines of their own.

use std::ops::Range;

use super::{Form, Out, Stretch};

/// How many lines to each side belong to a string at most.
const LINES: usize = 12;
/// A longer line is no part of one.
const LONGEST_LINE: usize = 1024;
/// The longest name in front of `=` of a part.
const NAME: usize = 30;

/// What lies between the parts on two lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Junction {
    /// Where the first part ends, from the start of its line.
    end: usize,
    /// Where the second one starts, from the start of its line.
    start: usize,
    /// Nothing but a line end stands between them: a string must have been opened before.
    bare: bool,
}

/// The string around a keyword, if it stands on more than one line.
pub(crate) fn around(text: &[u8], keyword: &Range<usize>) -> Option<Stretch> {
    let line = line_at(text, keyword.start)?;
    let mut span = line.clone();
    let mut bare = false;
    for _ in 0..LINES {
        let Some(before) = span.start.checked_sub(1).and_then(|end| line_at(text, end)) else { break };
        let Some(first) = line_at(text, span.start) else { break };
        let Some(found) = junction(&text[before.clone()], &text[first]) else { break };
        bare |= found.bare;
        span.start = before.start;
    }
    for _ in 0..LINES {
        let Some(after) = (span.end < text.len()).then(|| line_at(text, span.end + 1)).flatten() else { break };
        let Some(last) = line_at(text, span.end) else { break };
        let Some(found) = junction(&text[last], &text[after.clone()]) else { break };
        bare |= found.bare;
        span.end = after.end;
    }
    if span == line || bare && !is_opened(text, span.start) {
        return None;
    }
    let mut out = Out::default();
    decode(text, span.clone(), &mut out);
    Some(Stretch { form: Form::Joined, span, bytes: out.bytes })
}

/// Joins the lines of a string.
pub(super) fn decode(text: &[u8], span: Range<usize>, out: &mut Out) {
    let mut at = span.start;
    while let Some(line) = line_at(text, at.min(span.end)) {
        let after = (line.end < span.end).then(|| line_at(text, line.end + 1)).flatten();
        let between = after.and_then(|after| Some((junction(&text[line.clone()], &text[after.clone()])?, after)));
        let Some((found, after)) = between else {
            out.copy(text, at..line.end);
            return;
        };
        // A part may lie wholly between two junctions that touch.
        out.copy(text, at..(line.start + found.end).max(at));
        at = after.start + found.start;
    }
}

/// The line of an offset without its line end; `None` where it is too long.
fn line_at(text: &[u8], at: usize) -> Option<Range<usize>> {
    let floor = at.saturating_sub(LONGEST_LINE);
    let start = match memchr::memrchr(b'\n', &text[floor..at]) {
        Some(newline) => floor + newline + 1,
        None if floor == 0 => 0,
        None => return None,
    };
    let ahead = at.saturating_add(LONGEST_LINE).min(text.len());
    let end = match memchr::memchr(b'\n', &text[at..ahead]) {
        Some(newline) => at + newline,
        None if ahead == text.len() => ahead,
        None => return None,
    };
    Some(start..end)
}

fn junction(first: &[u8], second: &[u8]) -> Option<Junction> {
    let head = first.trim_ascii_end();
    let indent = second.len() - second.trim_ascii_start().len();
    let continued = head.strip_suffix(b"\\").map(<[u8]>::trim_ascii_end);
    let (before, operators) = without_operator(continued.unwrap_or(head));
    let (after, more) = operator_at_start(&second[indent..]);
    if let (Some(quote @ (b'"' | b'\'' | b'`')), true) = (before.last(), operators + more <= 1) {
        let marks = after.iter().take(2).take_while(|byte| b"fFrRbBuU$@".contains(byte)).count();
        if after.get(marks) == Some(quote) {
            return Some(Junction { end: before.len() - 1, start: second.len() - after.len() + marks + 1, bare: false });
        }
    }
    if continued.is_some() {
        return Some(Junction { end: head.len() - 1, start: indent, bare: false });
    }
    let bare = head.ends_with(b";") && starts_with_part(&second[indent..]);
    bare.then_some(Junction { end: head.len(), start: indent, bare })
}

/// What stands before an operator that joins strings, or the sign with which a line of Basic goes on.
fn without_operator(line: &[u8]) -> (&[u8], usize) {
    let line = line.strip_suffix(b" _").unwrap_or(line).trim_ascii_end();
    match line.split_last() {
        Some((b'+' | b'&' | b'.', rest)) => (rest.trim_ascii_end(), 1),
        _ => (line, 0),
    }
}

fn operator_at_start(line: &[u8]) -> (&[u8], usize) {
    match line.split_first() {
        Some((b'+' | b'&' | b'.', rest)) => (rest.trim_ascii_start(), 1),
        _ => (line, 0),
    }
}

/// `Password=`, `User ID=`.
fn starts_with_part(line: &[u8]) -> bool {
    let name = line.iter().take(NAME).take_while(|byte| byte.is_ascii_alphabetic() || **byte == b' ').count();
    name > 2 && line.get(name) == Some(&b'=') && line.get(name + 1).is_some_and(|byte| *byte != b'=' && *byte != b' ')
}

/// Whether a string begins on this line and goes on in the next, or a block of YAML in the line before.
fn is_opened(text: &[u8], start: usize) -> bool {
    let Some(line) = line_at(text, start) else { return false };
    if memchr::memchr_iter(b'"', &text[line]).count() % 2 == 1 {
        return true;
    }
    let before = start.checked_sub(1).and_then(|end| line_at(text, end)).map(|line| text[line].trim_ascii_end());
    before.is_some_and(|line| [": >-", ": >", ": |-", ": |", ": >+", ": |+"].iter().any(|end| line.ends_with(end.as_bytes())))
}
