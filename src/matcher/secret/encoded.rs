//! Looks into what a text holds in another form: base 64, percent-encoding, escapes, strings put together over lines.
//!
//! This is a step of its own, apart from the matching. Which stretches there are and what they decode to depends on the
//! stretch and at most [`REACH`] bytes around it (of a string over lines: on [`joined`]'s few lines around a keyword), never
//! on the path, the rules or the rest of the text, so a stretch that was seen before may be passed over by its bytes. A
//! stretch is at most [`LONGEST`] long and no two of one form overlap, so that the time grows with the text only. What is
//! found in a stretch is told at the place where it stands encoded.

mod base64;
mod escapes;
pub(crate) mod joined;

use std::ops::Range;

/// How far around an escape a stretch reaches on its line.
const REACH: usize = 512;
/// The longest stretch that is looked into; what is longer in base 64 is an image, a source map or an archive.
const LONGEST: usize = 64 * 1024;
/// How often what was decoded is looked into again: base 64 in base 64 is seen, a third layer is not.
pub(crate) const DEPTH: usize = 2;

/// A form in which a text may hold another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// Base 64 in the standard alphabet or that of URLs, perhaps of UTF-16 (`powershell -EncodedCommand`).
    Base64,
    /// `%41`.
    Percent,
    /// `\u0041`, `\x41`, `\/`.
    Escapes,
    /// A string that is put together over several lines.
    Joined,
}

impl Form {
    /// How a message tells it.
    pub(crate) fn told(self) -> &'static str {
        match self {
            Self::Base64 => "written in base64",
            Self::Percent => "written with percent signs",
            Self::Escapes => "written with escapes",
            Self::Joined => "put together over several lines",
        }
    }
}

/// A stretch of a text, decoded.
#[derive(Debug)]
pub(crate) struct Stretch {
    /// What it was written in.
    pub(crate) form: Form,
    /// Where it stands.
    pub(crate) span: Range<usize>,
    /// What it holds.
    pub(crate) bytes: Vec<u8>,
}

impl Stretch {
    /// Where each byte comes from. Most stretches hold nothing, so this is made only when asked for, by decoding again.
    pub(crate) fn origins(&self, text: &[u8]) -> Origins {
        let mut out = Out { origins: Some(Vec::with_capacity(self.bytes.len())), ..Out::default() };
        match self.form {
            Form::Base64 => base64::decode(text, self.span.clone(), &mut out),
            Form::Percent => escapes::decode(text, self.span.clone(), escapes::PERCENT, &mut out),
            Form::Escapes => escapes::decode(text, self.span.clone(), escapes::BACKSLASH, &mut out),
            Form::Joined => joined::decode(text, self.span.clone(), &mut out),
        }
        Origins(out.origins.unwrap_or_default())
    }
}

/// Where the bytes of a stretch stand in the text that holds it.
#[derive(Debug)]
pub(crate) struct Origins(Vec<Range<usize>>);

impl Origins {
    /// The place of a part of what was decoded; `None` where it is no part.
    pub(crate) fn of(&self, part: &Range<usize>) -> Option<Range<usize>> {
        let parts = self.0.get(part.clone()).filter(|parts| !parts.is_empty())?;
        Some(parts.first()?.start..parts.last()?.end)
    }
}

/// Takes what is decoded, and where it comes from where somebody wants to know.
#[derive(Debug, Default)]
struct Out {
    bytes: Vec<u8>,
    origins: Option<Vec<Range<usize>>>,
}

impl Out {
    fn push(&mut self, byte: u8, from: Range<usize>) {
        self.bytes.push(byte);
        if let Some(origins) = &mut self.origins {
            origins.push(from);
        }
    }

    fn copy(&mut self, text: &[u8], from: Range<usize>) {
        self.bytes.extend_from_slice(&text[from.clone()]);
        if let Some(origins) = &mut self.origins {
            origins.extend(from.map(|at| at..at + 1));
        }
    }
}

/// The stretches of a text, but for strings over several lines, which are looked for around keywords.
pub(crate) fn stretches(text: &[u8]) -> impl Iterator<Item = Stretch> {
    let percent = escapes::stretches(text, escapes::PERCENT, Form::Percent);
    base64::stretches(text).chain(percent).chain(escapes::stretches(text, escapes::BACKSLASH, Form::Escapes))
}

pub(crate) use base64::may_go_on;

/// Whether a byte stands in a text that people read.
fn is_printable(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | b'\r' | 0x20..=0x7E)
}

#[cfg(test)]
mod tests;
