//! Generators of private keys: the right headers and lengths around random bytes, so that they open nothing.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::random::Random;

/// Characters in a line of a PEM block.
const LINE: usize = 64;

/// A PEM block of this kind.
pub(super) fn pem(kind: Option<&str>, random: &mut Random) -> Result<String, String> {
    let (label, headers, body) = match kind.unwrap_or_default() {
        "rsa" => ("RSA PRIVATE KEY", "", sequence(&[0x02, 0x01, 0x00], &random.bytes(1187))),
        "rsa-encrypted" => ("RSA PRIVATE KEY", LEGACY, random.bytes(1200)),
        "ec" => ("EC PRIVATE KEY", "", sequence(&[0x02, 0x01, 0x01, 0x04, 0x20], &random.bytes(114))),
        "pkcs8" => ("PRIVATE KEY", "", sequence(&[0x02, 0x01, 0x00, 0x30, 0x0D], &random.bytes(1211))),
        "encrypted" => ("ENCRYPTED PRIVATE KEY", "", sequence(&[0x30, 0x57], &random.bytes(1290))),
        "openssh" => ("OPENSSH PRIVATE KEY", "", openssh("none", random)),
        "openssh-encrypted" => ("OPENSSH PRIVATE KEY", "", openssh("aes256-ctr", random)),
        "pgp" => ("PGP PRIVATE KEY BLOCK", "Version: Example\n\n", [&[0x95, 0x03, 0xBE], random.bytes(700).as_slice()].concat()),
        "public" => ("PUBLIC KEY", "", sequence(&[0x30, 0x0D], &random.bytes(290))),
        _ => {
            return Err("`{pem:KIND}` knows rsa, rsa-encrypted, ec, pkcs8, encrypted, openssh, openssh-encrypted, pgp and public".into());
        }
    };
    Ok(format!("-----BEGIN {label}-----\n{headers}{}-----END {label}-----", lines(&STANDARD.encode(body))))
}

const LEGACY: &str = "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00000000000000000000000000000000\n\n";

/// A DER SEQUENCE with these first bytes.
fn sequence(start: &[u8], rest: &[u8]) -> Vec<u8> {
    let length = start.len() + rest.len();
    let [.., high, low] = length.to_be_bytes();
    let head = if length < 256 { vec![0x30, 0x81, low] } else { vec![0x30, 0x82, high, low] };
    [&head, start, rest].concat()
}

fn openssh(cipher: &str, random: &mut Random) -> Vec<u8> {
    let length = u32::try_from(cipher.len()).unwrap_or(0).to_be_bytes();
    [b"openssh-key-v1\0".as_slice(), &length, cipher.as_bytes(), &random.bytes(360)].concat()
}

fn lines(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / LINE + 1);
    for (at, character) in text.chars().enumerate() {
        if at > 0 && at % LINE == 0 {
            out.push('\n');
        }
        out.push(character);
    }
    out.push('\n');
    out
}
