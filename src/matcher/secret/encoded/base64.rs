//! Base 64: runs that decode to a text.
//!
//! A run costs a look at every 24th byte, a candidate the decoding of its first twelve characters: hashes, identifiers and
//! images are no text there, so that hardly any is decoded whole.

use std::ops::Range;

use super::{Form, LONGEST, Out, Stretch, is_printable};

/// A shorter run holds no credential together with what tells that it is one.
const SHORTEST: usize = 24;
/// How many characters tell whether the whole may be a text.
const PROBE: usize = 12;
/// From this length on a line of base 64 may go on in the next.
const WRAPPED: usize = 60;
/// How deep the next line may be indented.
const INDENT: usize = 40;
/// What is no digit of base 64.
const NONE: u8 = 0xFF;
/// One byte in so many may be a control character in a text.
const CONTROLS: usize = 20;
/// How a source map begins: it repeats files that stand in the repository.
const SOURCE_MAP: &[u8] = b"{\"version\":3";

/// The value of each character in either alphabet.
static DIGITS: [u8; 256] = digits();

const fn digits() -> [u8; 256] {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut digits = [NONE; 256];
    let mut value = 0_u8;
    while value < 64 {
        digits[alphabet[value as usize] as usize] = value;
        value += 1;
    }
    digits[b'-' as usize] = 62;
    digits[b'_' as usize] = 63;
    digits
}

fn is_digit(byte: u8) -> bool {
    DIGITS[usize::from(byte)] != NONE
}

/// The runs of base 64 that hold a text.
pub(super) fn stretches(text: &[u8]) -> impl Iterator<Item = Stretch> {
    let mut from = 0;
    std::iter::from_fn(move || {
        loop {
            let run = next_run(text, from)?;
            from = run.end;
            if may_be_text(&text[run.start..run.start + PROBE]) {
                let span = with_next_lines(text, run);
                from = span.end;
                if let Some(stretch) = look_into(text, span) {
                    return Some(stretch);
                }
            }
        }
    })
}

/// The next run of digits that is long enough, found from its far end: where that is no digit nothing before it counts.
fn next_run(text: &[u8], mut from: usize) -> Option<Range<usize>> {
    loop {
        let probe = text.get(from..from + SHORTEST)?;
        match probe.iter().rposition(|byte| !is_digit(*byte)) {
            Some(at) => from += at + 1,
            None => {
                let rest = &text[from + SHORTEST..];
                let more = rest.iter().position(|byte| !is_digit(*byte)).unwrap_or(rest.len());
                return Some(from..from + SHORTEST + more);
            }
        }
    }
}

/// Whether the first bytes are those of a text, in UTF-8 or in UTF-16. Most are told by the first of them.
fn may_be_text(start: &[u8]) -> bool {
    let mut bytes = [0; PROBE / 4 * 3];
    for (four, three) in start.chunks_exact(4).zip(bytes.chunks_exact_mut(3)) {
        let bits = four.iter().fold(0_u32, |bits, byte| bits << 6 | u32::from(DIGITS[usize::from(*byte)]));
        three.copy_from_slice(&bits.to_be_bytes()[1..]);
        if !is_printable(three[0]) && three[0] != 0 {
            return false;
        }
    }
    bytes.iter().all(|byte| is_printable(*byte)) || is_utf16(&bytes)
}

/// ASCII in UTF-16, the low byte first: each second byte is zero.
fn is_utf16(bytes: &[u8]) -> bool {
    bytes.len() >= 8 && bytes.chunks_exact(2).take(64).all(|pair| is_printable(pair[0]) && pair[1] == 0)
}

/// A long line of base 64 goes on in the next ones, the last of which may be short.
fn with_next_lines(text: &[u8], mut run: Range<usize>) -> Range<usize> {
    let mut length = run.len();
    while length >= WRAPPED && run.len() <= LONGEST {
        let Some(start) = start_of_next_line(text, run.end) else { break };
        let digits = text[start..].iter().take(LONGEST).take_while(|byte| is_digit(**byte)).count();
        // A line that is longer than the one before it is something else, as is a word.
        if digits == 0 || digits > length || digits < length && !ends_here(text, start + digits) {
            break;
        }
        length = digits;
        run.end = start + digits;
    }
    run
}

/// Whether a run may go on over the newline at this place. Over no other newline does what is decoded depend on two lines.
pub(crate) fn may_go_on(text: &[u8], newline: usize) -> bool {
    let line = text[..newline].strip_suffix(b"\r").unwrap_or(&text[..newline]);
    line.last_chunk::<WRAPPED>().is_some_and(|end| end.iter().all(|byte| is_digit(*byte)))
}

fn start_of_next_line(text: &[u8], at: usize) -> Option<usize> {
    let rest = text.get(at..)?;
    let newline = if rest.starts_with(b"\r\n") { 2 } else { usize::from(rest.starts_with(b"\n")) };
    let indent = rest[newline..].iter().take(INDENT).take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    (newline > 0).then_some(at + newline + indent)
}

fn ends_here(text: &[u8], at: usize) -> bool {
    matches!(text.get(at), None | Some(b'=' | b'\r' | b'\n' | b'"' | b'\'' | b' '))
}

/// Decodes a run, if that makes a text.
fn look_into(text: &[u8], span: Range<usize>) -> Option<Stretch> {
    if span.len() > LONGEST {
        return None;
    }
    let mut out = Out { bytes: Vec::with_capacity(span.len() / 4 * 3 + 3), ..Out::default() };
    decode(text, span.clone(), &mut out);
    let controls = out.bytes.iter().filter(|byte| byte.is_ascii() && !is_printable(**byte)).count();
    (controls * CONTROLS <= out.bytes.len() && !out.bytes.starts_with(SOURCE_MAP)).then_some(Stretch {
        form: Form::Base64,
        span,
        bytes: out.bytes,
    })
}

/// Decodes digits over one or more lines; UTF-16 becomes what it says, as far as that is ASCII.
pub(super) fn decode(text: &[u8], span: Range<usize>, out: &mut Out) {
    decode_digits(text, span, out);
    if !is_utf16(&out.bytes) {
        return;
    }
    let half = out.bytes.len() / 2;
    out.bytes = out.bytes.chunks_exact(2).map(|pair| if pair[1] == 0 { pair[0] } else { b'?' }).collect();
    if let Some(origins) = &mut out.origins {
        *origins = (0..half).map(|at| origins[at * 2].start..origins[at * 2 + 1].end).collect();
    }
}

fn decode_digits(text: &[u8], span: Range<usize>, out: &mut Out) {
    let mut bits = 0_u32;
    let mut waiting = 0;
    let mut start = span.start;
    for at in span {
        let digit = DIGITS[usize::from(text[at])];
        if digit == NONE {
            continue;
        }
        if waiting == 0 {
            start = at;
        }
        bits = bits << 6 | u32::from(digit);
        waiting += 6;
        if waiting >= 8 {
            waiting -= 8;
            out.push((bits >> waiting & 0xFF) as u8, start..at + 1);
            // The next byte begins in this digit, unless all of its bits are spent.
            start = at;
        }
    }
}
