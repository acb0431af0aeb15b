//! Paths made fit to print: whatever a terminal, a report or a reader's eye could take for something else becomes `\xNN`.

use std::fmt::Write;
use std::path::Path;

/// The path as text. Bytes that are no UTF-8, control characters and invisible marks stand as `\xNN`, byte by byte.
pub(crate) fn printable(raw: &[u8]) -> String {
    let mut text = String::with_capacity(raw.len());
    for chunk in raw.utf8_chunks() {
        for c in chunk.valid().chars() {
            if misleads(c) { escape(&mut text, c.encode_utf8(&mut [0; 4]).as_bytes()) } else { text.push(c) }
        }
        escape(&mut text, chunk.invalid());
    }
    text
}

/// The bytes of a relative path on disk, with `/` between its parts.
pub(crate) fn raw_path(path: &Path) -> Vec<u8> {
    let bytes = path.as_os_str().as_encoded_bytes();
    if cfg!(windows) { bytes.iter().map(|&byte| if byte == b'\\' { b'/' } else { byte }).collect() } else { bytes.to_vec() }
}

fn escape(text: &mut String, bytes: &[u8]) {
    for byte in bytes {
        let _ = write!(text, "\\x{byte:02X}");
    }
}

/// Control characters, line separators, and the marks that reorder or hide text (Unicode UAX #9 and #14), tags among them.
pub(crate) fn misleads(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{00AD}' | '\u{E0000}'..='\u{E007F}' | '\u{061C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::printable;

    #[test]
    fn what_misleads_is_spelled_out() {
        assert_eq!(printable("Größe/日本.txt".as_bytes()), "Größe/日本.txt");
        assert_eq!(printable(b"a\x1b[31mred\n"), r"a\x1B[31mred\x0A");
        assert_eq!(printable(b"caf\xe9"), r"caf\xE9");
        assert_eq!(printable("fdp.\u{202E}exe".as_bytes()), r"fdp.\xE2\x80\xAEexe");
    }
}
