//! Looks into a PEM block: whether its body is what its header says, and whether a password protects it.

use base64::Engine;

use super::azure::LENIENT;
use super::outcome::Outcome;

/// What the body of a block holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Body {
    Plain,
    Encrypted,
    /// Not what its header says: cut short, replaced or made up.
    Damaged,
}

const OPENSSH: &[u8] = b"openssh-key-v1\0";

/// For rules about keys that anybody can use as they are.
pub(crate) fn plain(block: &[u8]) -> Outcome {
    match body(block) {
        Body::Plain => Outcome::Silent,
        Body::Encrypted => Outcome::NoSecret,
        Body::Damaged => Outcome::Fails("its body is not that of a key"),
    }
}

/// For rules about keys that a password protects.
pub(crate) fn encrypted(block: &[u8]) -> Outcome {
    if body(block) == Body::Encrypted { Outcome::Silent } else { Outcome::NoSecret }
}

fn body(block: &[u8]) -> Body {
    let text = String::from_utf8_lossy(block).replace("\\r", "").replace("\\n", "\n");
    let mut between = text.split("-----");
    let (Some(header), Some(content)) = (between.find(|part| part.contains("BEGIN ")), between.next()) else { return Body::Damaged };
    if header.contains("ENCRYPTED") || content.contains("ENCRYPTED") {
        return Body::Encrypted;
    }
    // Each line of a difference begins with a sign; at the edge of any other line it is a digit of base 64.
    let added = content.lines().skip(1).filter(|line| !line.trim().is_empty()).all(|line| line.starts_with('+'));
    let lines = content.lines().map(|line| body_of(if added { line.trim_start_matches('+') } else { line }));
    let base64: String = lines.filter(|line| !line.contains(':') && !line.starts_with('=')).collect();
    let Ok(bytes) = LENIENT.decode(base64.trim_end_matches('=')) else { return Body::Damaged };
    if header.contains("PGP") {
        // A packet's first byte has its top bit set; whether a passphrase protects it stands deeper.
        return if bytes.first().is_some_and(|byte| byte & 0x80 != 0) { Body::Plain } else { Body::Damaged };
    }
    match bytes.strip_prefix(OPENSSH) {
        Some(rest) => openssh(rest),
        None if is_sequence(&bytes) => Body::Plain,
        None => Body::Damaged,
    }
}

/// A line of the body without what a program has around it: quotes and what joins them.
fn body_of(line: &str) -> &str {
    let quote = |c: char| matches!(c, '"' | '\'');
    let inner = match (line.find(quote), line.rfind(quote)) {
        (Some(first), Some(last)) if first < last => &line[first + 1..last],
        // The other quote stands on another line; what joins the two is no digit.
        (Some(only), _) => {
            let longer = [&line[..only], &line[only + 1..]].into_iter().max_by_key(|part| part.trim().len()).unwrap_or_default();
            if longer.trim() == "+" { "" } else { longer }
        }
        _ => line,
    };
    inner.trim_matches(|c: char| c.is_whitespace() || matches!(c, ',' | '\\' | '|' | '>'))
}

/// The first field names the cipher: a length in four bytes and as many characters.
fn openssh(rest: &[u8]) -> Body {
    match rest.get(..4) {
        Some([0, 0, 0, 4]) if rest.get(4..8) == Some(b"none") => Body::Plain,
        Some(_) => Body::Encrypted,
        None => Body::Damaged,
    }
}

/// Whether these bytes are one DER SEQUENCE. A block that was cut short in the middle still counts for half its length.
fn is_sequence(bytes: &[u8]) -> bool {
    let length = match bytes {
        [0x30, short @ 0..=0x7F, ..] => usize::from(*short) + 2,
        [0x30, 0x81, one, ..] => usize::from(*one) + 3,
        [0x30, 0x82, high, low, ..] => (usize::from(*high) << 8 | usize::from(*low)) + 4,
        _ => return false,
    };
    bytes.len() >= length / 2 && bytes.len() <= length + 8
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::placeholder::expand;

    fn judged(kind: &str) -> (Outcome, Outcome) {
        let block = expand(&format!("{{pem:{kind}}}"), "pem tests").unwrap();
        (plain(block.as_bytes()), encrypted(block.as_bytes()))
    }

    #[test]
    fn plain_and_encrypted_keys_are_told_apart() {
        for kind in ["rsa", "ec", "pkcs8", "openssh", "pgp"] {
            assert_eq!(judged(kind), (Outcome::Silent, Outcome::NoSecret), "{kind}");
        }
        for kind in ["encrypted", "rsa-encrypted", "openssh-encrypted"] {
            assert_eq!(judged(kind), (Outcome::NoSecret, Outcome::Silent), "{kind}");
        }
    }

    #[test]
    fn a_plus_at_the_edge_of_a_line_is_a_digit_and_a_sign_between_quotes_none() {
        // A sequence of 60 bytes in lines of 16 digits, of which the second begins and the third ends with a plus.
        let mut bytes = [&[0x30, 58][..], &[7; 58]].concat();
        (bytes[12], bytes[33], bytes[34], bytes[35]) = (0xF8, 0x01, 0xC0, 0x3E);
        let digits = base64::engine::general_purpose::STANDARD.encode(&bytes);
        let lines: Vec<&str> = (0..digits.len()).step_by(16).map(|at| &digits[at..(at + 16).min(digits.len())]).collect();
        assert!(lines[1].starts_with('+') && lines[2].ends_with('+'), "{lines:?}");
        let block = |lines: Vec<String>| format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----", lines.join("\n"));
        let written: [&dyn Fn(&&str) -> String; 4] =
            [&|line| (*line).to_owned(), &|line| format!("    {line}\r"), &|line| format!("  \"{line}\\n\" +"), &|line| format!("+{line}")];
        for form in written {
            let text = block(lines.iter().map(form).collect());
            assert_eq!(plain(text.as_bytes()), Outcome::Silent, "{text}");
        }
    }

    #[test]
    fn a_made_up_body_fails() {
        let block = expand("-----BEGIN RSA PRIVATE KEY-----\n{alnum:64}\n{alnum:64}\n-----END RSA PRIVATE KEY-----", "x").unwrap();
        assert!(matches!(plain(block.as_bytes()), Outcome::Fails(_)));
    }
}
