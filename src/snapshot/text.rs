//! The content of one file as bytes with lines: positions from offsets, and back.
//!
//! UTF-16 with a byte order mark becomes UTF-8 on the way in; other bytes stay as they are, so patterns work on bytes
//! and positions count characters, one for each byte that is no UTF-8.

use std::borrow::Cow;
use std::sync::OnceLock;

/// A place in a text: line and column from 1, the column in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

/// A text with an index of its lines.
#[derive(Debug)]
pub struct Text {
    bytes: Vec<u8>,
    starts: OnceLock<Vec<usize>>,
}

/// How many bytes are looked at to tell text from binary; the figure git uses.
const BINARY_PROBE: usize = 8000;

impl Text {
    /// Takes the content of a file, or says why it is no text.
    pub(crate) fn decode(bytes: Vec<u8>) -> Result<Self, String> {
        let bytes = match bytes.as_slice() {
            [0xFF, 0xFE, rest @ ..] => from_utf16(rest, u16::from_le_bytes),
            [0xFE, 0xFF, rest @ ..] => from_utf16(rest, u16::from_be_bytes),
            _ if bytes[..bytes.len().min(BINARY_PROBE)].contains(&0) => return Err("binary".into()),
            [0xEF, 0xBB, 0xBF, ..] => bytes[3..].to_vec(),
            _ => bytes,
        };
        Ok(Self { bytes, starts: OnceLock::new() })
    }

    /// The content, without a byte order mark.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The content as a string; bytes that are no UTF-8 become U+FFFD, which moves offsets but no lines.
    #[must_use]
    pub fn as_str(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.bytes)
    }

    /// How many lines there are; a last line without a newline counts, an empty one after the last newline does not.
    #[must_use]
    pub fn line_count(&self) -> usize {
        let starts = self.starts();
        starts.len() - usize::from(starts.last() == Some(&self.bytes.len()))
    }

    /// Line `number` (from 1) without its line end; empty where there is no such line.
    #[must_use]
    pub fn line(&self, number: usize) -> &[u8] {
        let starts = self.starts();
        let Some(&start) = number.checked_sub(1).and_then(|at| starts.get(at)) else { return &[] };
        let end = starts.get(number).copied().unwrap_or(self.bytes.len());
        let line = &self.bytes[start..end];
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        line.strip_suffix(b"\r").unwrap_or(line)
    }

    /// The offset at which line `number` (from 1) starts.
    #[must_use]
    pub fn line_start(&self, number: usize) -> usize {
        number.checked_sub(1).and_then(|at| self.starts().get(at).copied()).unwrap_or(self.bytes.len())
    }

    /// The place of a byte offset.
    #[must_use]
    pub fn position(&self, offset: usize) -> Position {
        let offset = offset.min(self.bytes.len());
        let line = self.starts().partition_point(|&start| start <= offset);
        let start = self.starts()[line - 1];
        let column =
            self.bytes[start..offset].utf8_chunks().map(|chunk| chunk.valid().chars().count() + chunk.invalid().len()).sum::<usize>() + 1;
        Position { line, column }
    }

    fn starts(&self) -> &[usize] {
        self.starts.get_or_init(|| {
            let after_newlines = self.bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1);
            std::iter::once(0).chain(after_newlines).collect()
        })
    }
}

fn from_utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Vec<u8> {
    let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    let text: String = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
    text.into_bytes()
}
