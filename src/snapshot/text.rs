//! The content of one file as bytes with lines: positions from offsets, and back.
//!
//! UTF-16 becomes UTF-8 on the way in; other bytes stay as they are, so patterns work on bytes
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
    marks: OnceLock<Vec<Mark>>,
}

/// How many columns lie before an offset, on lines so long that counting them each time would not do.
#[derive(Debug, Clone, Copy)]
struct Mark {
    offset: usize,
    columns: usize,
}

/// Columns are counted from the start of the line up to this many bytes, from the last mark beyond.
const LONG_LINE: usize = 64 * 1024;
/// The distance of marks.
const MARK_EVERY: usize = 4 * 1024;

/// How many bytes are looked at to tell UTF-16 that has no byte order mark.
const UTF16_PROBE: usize = 1024;
/// How many bytes are looked at to tell text from binary; the figure git uses.
const BINARY_PROBE: usize = 8000;

impl Text {
    /// Takes the content of a file, or says why it is no text.
    pub(crate) fn decode(bytes: Vec<u8>) -> Result<Self, String> {
        let bytes = match Self::view(&bytes).ok_or("binary")? {
            Cow::Owned(converted) => converted,
            Cow::Borrowed(part) if part.len() < bytes.len() => part.to_vec(),
            Cow::Borrowed(_) => bytes,
        };
        Ok(Self { bytes, starts: OnceLock::new(), marks: OnceLock::new() })
    }

    /// The text in the content of a file, without a copy where it can be had as it is; `None` for what is no text.
    pub(crate) fn view(bytes: &[u8]) -> Option<Cow<'_, [u8]>> {
        let text = match bytes {
            [0xFF, 0xFE, rest @ ..] => Cow::Owned(from_utf16(rest, u16::from_le_bytes)),
            [0xFE, 0xFF, rest @ ..] => Cow::Owned(from_utf16(rest, u16::from_be_bytes)),
            [0xEF, 0xBB, 0xBF, rest @ ..] => Cow::Borrowed(rest),
            _ => match unmarked_utf16(bytes) {
                Some(unit) => Cow::Owned(from_utf16(bytes, unit)),
                None => Cow::Borrowed(bytes),
            },
        };
        (!text[..text.len().min(BINARY_PROBE)].contains(&0)).then_some(text)
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

    /// The line of a byte offset; on long lines much faster than its place.
    #[must_use]
    pub fn line_of(&self, offset: usize) -> usize {
        self.starts().partition_point(|&start| start <= offset)
    }

    /// The place of a byte offset.
    #[must_use]
    pub fn position(&self, offset: usize) -> Position {
        let offset = offset.min(self.bytes.len());
        let line = self.line_of(offset);
        let start = self.starts()[line - 1];
        let before = if offset - start <= LONG_LINE {
            columns(&self.bytes[start..offset])
        } else {
            self.columns_before(offset) - self.columns_before(start)
        };
        Position { line, column: before + 1 }
    }

    /// The columns of all that stands before an offset, newlines counted as any other.
    fn columns_before(&self, offset: usize) -> usize {
        let marks = self.marks();
        let mark = marks[marks.partition_point(|mark| mark.offset <= offset) - 1];
        mark.columns + columns(&self.bytes[mark.offset..offset])
    }

    /// Marks between characters, the first at the start.
    fn marks(&self) -> &[Mark] {
        self.marks.get_or_init(|| {
            let mut marks = vec![Mark { offset: 0, columns: 0 }];
            let mut last = Mark { offset: 0, columns: 0 };
            while self.bytes.len() - last.offset > MARK_EVERY {
                let end = last.offset + MARK_EVERY;
                // Back to where a character starts. A byte that goes on for the fourth time belongs to none.
                let end = (0..4).map(|back| end - back).find(|&at| self.bytes[at] & 0xC0 != 0x80).unwrap_or(end);
                last = Mark { offset: end, columns: last.columns + columns(&self.bytes[last.offset..end]) };
                marks.push(last);
            }
            marks
        })
    }

    fn starts(&self) -> &[usize] {
        self.starts.get_or_init(|| {
            let after_newlines = self.bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1);
            std::iter::once(0).chain(after_newlines).collect()
        })
    }
}

/// Characters, and one for each byte that is no UTF-8.
fn columns(bytes: &[u8]) -> usize {
    bytes.utf8_chunks().map(|chunk| chunk.valid().chars().count() + chunk.invalid().len()).sum()
}

/// How the units of UTF-16 without a byte order mark are read, where the start of a file is plain ASCII in it.
fn unmarked_utf16(bytes: &[u8]) -> Option<fn([u8; 2]) -> u16> {
    let (pairs, _) = bytes[..bytes.len().min(UTF16_PROBE)].as_chunks::<2>();
    if pairs.len() < 8 || !pairs[0].contains(&0) {
        return None;
    }
    let plain = |byte: u8| matches!(byte, b' '..=b'~' | b'\t' | b'\r' | b'\n');
    let mostly = |is: fn(&[u8; 2]) -> (u8, u8)| {
        let fitting = pairs.iter().map(is).filter(|(low, high)| *high == 0 && plain(*low)).count();
        fitting * 10 >= pairs.len() * 9 && !pairs.contains(&[0, 0])
    };
    match () {
        () if mostly(|[low, high]| (*low, *high)) => Some(u16::from_le_bytes),
        () if mostly(|[high, low]| (*low, *high)) => Some(u16::from_be_bytes),
        () => None,
    }
}

fn from_utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Vec<u8> {
    let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    let text: String = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
    text.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::{Position, Text};

    fn text(bytes: impl Into<Vec<u8>>) -> Text {
        Text::decode(bytes.into()).unwrap()
    }

    #[test]
    fn utf16_is_known_without_its_mark_and_numbers_are_no_text() {
        let text = "PASSWORD=ä secret, or so\r\n";
        let le: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let be: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        for bytes in [&le, &be] {
            assert_eq!(Text::view(bytes).as_deref(), Some(text.as_bytes()));
        }
        for numbers in
            [&[1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8, 0][..], &[b'a', 0, 0, 0, b'b', 0, 0, 0, b'c', 0, 0, 0, b'd', 0, 0, 0], &[0; 32]]
        {
            assert_eq!(Text::view(numbers), None);
        }
    }

    #[test]
    fn byte_order_marks_go_and_utf16_becomes_utf8() {
        assert_eq!(text(b"\xEF\xBB\xBFa").bytes(), b"a");
        assert_eq!(text(b"\xFF\xFEa\0\xE9\0\n\0").as_str(), "a\u{e9}\n");
        assert_eq!(text(b"\xFE\xFF\0a\0\n\0b").line_count(), 2);
        assert_eq!(text(b"\xFF\xFEa\0b").as_str(), "a", "half a character at the end is dropped");
    }

    #[test]
    fn a_zero_byte_near_the_start_makes_it_binary() {
        assert_eq!(Text::decode(b"PK\0\x03".to_vec()).unwrap_err(), "binary");
        assert_eq!(Text::decode(b"\xFF\xFE\0\0a\0\0\0".to_vec()).unwrap_err(), "binary", "UTF-32 is not read");
        assert!(Text::decode([vec![b'a'; 9000], vec![0]].concat()).is_ok());
    }

    #[test]
    fn lines_and_positions_agree() {
        let text = text("one\r\ntw\u{f6} \u{1F600}x\n");
        assert_eq!((text.line_count(), text.line(1), text.line(3)), (2, b"one".as_slice(), b"".as_slice()));
        let x = text.bytes().iter().position(|&byte| byte == b'x').unwrap();
        assert_eq!(text.position(x), Position { line: 2, column: 6 });
        assert_eq!(text.position(usize::MAX).line, 3);
        assert_eq!(text.line_start(2), 5);
    }

    #[test]
    fn columns_on_a_long_line_are_those_of_counting() {
        let part = b"ab\xC3\xB6\xF0\x9F\x98\x80\xFF\xE2\x82".as_slice();
        let text = text([b"first\n".as_slice(), &part.repeat(20_000), &[0x80; 9000], part].concat());
        for offset in (6..text.bytes().len()).step_by(997).chain([text.bytes().len()]) {
            assert_eq!(text.position(offset).column, super::columns(&text.bytes()[6..offset]) + 1, "at {offset}");
        }
    }
}
