//! Escapes of single characters: `%41` in addresses, `\u0041`, `\x41` and `\/` in strings.
//!
//! Only those that stand for a printable character of ASCII count: no credential holds others, and texts in other
//! languages are full of them.

use std::ops::Range;

use super::{Form, LONGEST, Out, REACH, Stretch};

pub(super) const PERCENT: u8 = b'%';
pub(super) const BACKSLASH: u8 = b'\\';

/// The stretches with escapes that this byte begins, each on one line.
pub(super) fn stretches(text: &[u8], sign: u8, form: Form) -> impl Iterator<Item = Stretch> {
    let mut from = 0;
    std::iter::from_fn(move || {
        let span = next_span(text, from, sign)?;
        from = span.end;
        let mut out = Out { bytes: Vec::with_capacity(span.len()), ..Out::default() };
        decode(text, span.clone(), sign, &mut out);
        Some(Stretch { form, span, bytes: out.bytes })
    })
}

/// The next escape, with what is near it and near those that follow it on the line.
fn next_span(text: &[u8], from: usize, sign: u8) -> Option<Range<usize>> {
    let (first, length) = next_escape(text, from..text.len(), sign)?;
    let floor = first.saturating_sub(REACH).max(from);
    let start = text[floor..first].iter().rposition(|byte| *byte == b'\n').map_or(floor, |at| floor + at + 1);
    let mut end = first + length;
    loop {
        let ahead = end.saturating_add(REACH).min(text.len());
        let line = memchr::memchr(b'\n', &text[end..ahead]).map_or(ahead, |at| end + at);
        match next_escape(text, end..line, sign) {
            Some((at, length)) if at + length - start < LONGEST => end = at + length,
            Some((at, _)) => return Some(start..at),
            None => return Some(start..line),
        }
    }
}

fn next_escape(text: &[u8], within: Range<usize>, sign: u8) -> Option<(usize, usize)> {
    let found = memchr::memchr_iter(sign, &text[within.clone()]).map(|at| within.start + at);
    found.filter_map(|at| escape(&text[at..], sign).map(|(_, length)| (at, length))).next()
}

/// The character that an escape at the start of a text stands for, and the escape's length.
fn escape(text: &[u8], sign: u8) -> Option<(u8, usize)> {
    if sign == PERCENT {
        return hex(text.get(1..3)?).map(|byte| (byte, 3));
    }
    match text {
        [_, b'/', ..] => Some((b'/', 2)),
        [_, b'x', rest @ ..] => hex(rest.get(..2)?).map(|byte| (byte, 4)),
        [_, b'u', b'0', b'0', rest @ ..] => hex(rest.get(..2)?).map(|byte| (byte, 6)),
        // An escape in a string that stands in a string.
        [_, b'\\', b'u', b'0', b'0', rest @ ..] => hex(rest.get(..2)?).map(|byte| (byte, 7)),
        _ => None,
    }
}

/// Two hexadecimal digits of a printable character.
fn hex(digits: &[u8]) -> Option<u8> {
    let value = |digit: u8| char::from(digit).to_digit(16);
    let byte = u8::try_from(value(digits[0])? << 4 | value(digits[1])?).ok()?;
    matches!(byte, 0x20..=0x7E).then_some(byte)
}

/// Decodes the escapes of a stretch; all else stays as it is.
pub(super) fn decode(text: &[u8], span: Range<usize>, sign: u8, out: &mut Out) {
    let mut from = span.start;
    while let Some((at, length)) = next_escape(text, from..span.end, sign) {
        let (byte, _) = escape(&text[at..], sign).unwrap_or_default();
        out.copy(text, from..at);
        out.push(byte, at..at + length);
        from = (at + length).min(span.end);
    }
    out.copy(text, from..span.end);
}
