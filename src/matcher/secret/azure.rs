//! Checksums in the keys and tokens of Microsoft's services; the generic algorithms stand in `checksum.rs`.
//!
//! For each kind there is one function that says whether a token carries its checksum, and one that makes a token that
//! does from given characters, which the examples of rules use.

use std::sync::LazyLock;

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde::Deserialize;

use super::checksum::{base62, marvin32};

/// Base 64 that takes what people paste: with or without padding, trailing bits as they are.
pub(crate) const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent).with_decode_allow_trailing_bits(true),
);

/// The same for the alphabet of URLs.
pub(crate) const LENIENT_URL: GeneralPurpose = GeneralPurpose::new(
    &alphabet::URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent).with_decode_allow_trailing_bits(true),
);

/// How long a checksum is, in bytes and as characters of base 64 counted from the end.
const CHECK_BYTES: usize = 4;
const CHECK_CHARACTERS: usize = 6;
const SIGNATURE: usize = 4;

/// What a service puts into its keys.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Signature {
    /// The four characters.
    pub(crate) text: String,
    /// The service.
    pub(crate) service: String,
    /// Length of the decoded key.
    pub(crate) bytes: usize,
    /// Eight letters each; which one depends on the kind of key.
    seeds: Vec<String>,
    /// Written in the alphabet of URLs.
    #[serde(default)]
    pub(crate) url_safe: bool,
    /// Holds letters and digits only.
    #[serde(default)]
    pub(crate) alphanumeric: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    signature: Vec<Signature>,
}

static SIGNATURES: LazyLock<Vec<Signature>> = LazyLock::new(|| {
    crate::facts::table::<Table>("azure-signatures.toml", include_str!("../../../rules/data/azure-signatures.toml")).signature
});

/// The entry of a signature.
pub(crate) fn signature(text: &str) -> Option<&'static Signature> {
    SIGNATURES.iter().find(|known| known.text == text)
}

/// Whether a key bears the signature of a service and its checksum: the service, and whether the checksum holds.
pub(crate) fn identify(key: &[u8]) -> Option<(&'static Signature, bool)> {
    let bare = key.iter().rposition(|byte| *byte != b'=').map_or(0, |at| at + 1);
    let at = bare.checked_sub(CHECK_CHARACTERS + SIGNATURE)?;
    let text = std::str::from_utf8(&key[at..at + SIGNATURE]).ok()?;
    let known = signature(text)?;
    let engine = if known.url_safe { &LENIENT_URL } else { &LENIENT };
    let decoded = engine.decode(&key[..bare]).ok()?;
    let (data, check) = decoded.split_at(decoded.len().checked_sub(CHECK_BYTES)?);
    Some((known, known.seeds.iter().any(|seed| marvin32(data, seed_of(seed)).to_le_bytes() == check)))
}

/// Makes a key of this service from random characters of its alphabet.
pub(crate) fn make_key(known: &Signature, random: impl Fn(usize) -> u8) -> Option<String> {
    let engine = if known.url_safe { &base64::engine::general_purpose::URL_SAFE } else { &base64::engine::general_purpose::STANDARD };
    let characters = (known.bytes * 8).div_ceil(6);
    let signed = characters - CHECK_CHARACTERS - SIGNATURE;
    let mut text: Vec<u8> = (0..signed).map(random).collect();
    text.extend(known.text.as_bytes());
    text.extend([b'A'; CHECK_CHARACTERS]);
    let mut bytes = if known.url_safe { LENIENT_URL.decode(&text) } else { LENIENT.decode(&text) }.ok()?;
    let data = bytes.len().checked_sub(CHECK_BYTES)?;
    let check = marvin32(&bytes[..data], seed_of(known.seeds.first()?));
    bytes[data..].copy_from_slice(&check.to_le_bytes());
    Some(engine.encode(bytes))
}

/// Eight ASCII letters read as a number, the first the most significant.
fn seed_of(letters: &str) -> u64 {
    letters.bytes().fold(0, |seed, byte| seed << 8 | u64::from(byte))
}

/// Where the checksum of a common annotated key (`JQQJ99`) starts.
const ANNOTATED_CHECK: usize = 80;

/// Whether a common annotated key carries its checksum, in base 62 or as plain base 64 of its first bytes.
pub(crate) fn annotated_holds(key: &[u8]) -> bool {
    let Some(check) = key.get(ANNOTATED_CHECK..) else { return false };
    let check = check.strip_suffix(b"==").unwrap_or(check);
    let Some(sum) = annotated_sum(&key[..ANNOTATED_CHECK]) else { return false };
    let bytes = if check.len() > 4 { &sum[..] } else { &sum[..3] };
    annotated_text(sum).starts_with(check) || base64::engine::general_purpose::STANDARD_NO_PAD.encode(bytes).as_bytes() == check
}

/// Appends its checksum to the first 80 characters of a common annotated key.
pub(crate) fn make_annotated(body: &[u8]) -> Option<Vec<u8>> {
    Some([body, &annotated_text(annotated_sum(body)?)[..4]].concat())
}

fn annotated_sum(body: &[u8]) -> Option<[u8; 4]> {
    Some(marvin32(&LENIENT.decode(body).ok()?, seed_of("Default0")).to_le_bytes())
}

fn annotated_text(sum: [u8; 4]) -> Vec<u8> {
    let mut text = base62(u32::from_be_bytes(sum));
    text.resize(CHECK_CHARACTERS, b'0');
    text
}

/// The alphabet of client secrets in their checksum.
const ENTRA: &[u8; 66] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ1234567890.-_~";

/// Whether a client secret carries its checksum; `None` for the older form (`7Q~`), which has none.
pub(crate) fn client_secret_holds(secret: &[u8]) -> Option<bool> {
    let (body, check) = secret.split_at_checked(secret.len().checked_sub(3)?)?;
    (secret.get(3..6)? == b"8Q~").then(|| client_secret_check(body) == check)
}

/// The last three characters of a client secret.
pub(crate) fn client_secret_check(body: &[u8]) -> [u8; 3] {
    let mut rest = marvin32(body, seed_of("AadPwd00"));
    let mut digits = [0; 6];
    for digit in digits.iter_mut().rev() {
        *digit = ENTRA[(rest % 66) as usize];
        rest /= 66;
    }
    [digits[0], digits[1], digits[2]]
}

const BASE32: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
/// Where the four bytes of the checksum stand in the 32 bytes of a DevOps token, the least significant first.
const DEVOPS_CHECK: [usize; 4] = [22, 8, 7, 2];
/// What the checksum is combined with: tokens of people, tokens of applications.
const DEVOPS_MAGIC: [u32; 2] = [0xE0B9_692D, 0x1019_F92E];

/// Whether an Azure DevOps token of 52 characters carries its checksum.
pub(crate) fn devops_holds(token: &[u8]) -> bool {
    let Some(bytes) = from_base32(token) else { return false };
    let check = u32::from_le_bytes(DEVOPS_CHECK.map(|at| bytes[at]));
    let sum = devops_sum(&bytes);
    DEVOPS_MAGIC.iter().any(|magic| sum ^ magic == check)
}

/// Makes an Azure DevOps token of 32 bytes by putting the checksum in.
pub(crate) fn make_devops(mut bytes: [u8; 32]) -> String {
    let check = (devops_sum(&bytes) ^ DEVOPS_MAGIC[0]).to_le_bytes();
    for (at, byte) in DEVOPS_CHECK.iter().zip(check) {
        bytes[*at] = byte;
    }
    (0..52).map(|character| char::from(BASE32[usize::from(five_bits(&bytes, character * 5))])).collect()
}

fn devops_sum(bytes: &[u8; 32]) -> u32 {
    let covered: Vec<u8> = bytes.iter().enumerate().filter(|(at, _)| !DEVOPS_CHECK.contains(at)).map(|(_, byte)| *byte).collect();
    crc32fast::hash(&covered)
}

fn five_bits(bytes: &[u8], from: usize) -> u8 {
    (from..from + 5).fold(0, |value, bit| value << 1 | bytes.get(bit / 8).map_or(0, |byte| byte >> (7 - bit % 8) & 1))
}

fn from_base32(token: &[u8]) -> Option<[u8; 32]> {
    if token.len() != 52 {
        return None;
    }
    let mut bytes = [0; 32];
    for (at, character) in token.iter().enumerate() {
        let value = BASE32.iter().position(|known| *known == character.to_ascii_lowercase())?;
        for bit in (0..5).filter(|bit| value >> (4 - bit) & 1 == 1) {
            if let Some(byte) = bytes.get_mut((at * 5 + bit) / 8) {
                *byte |= 1 << (7 - (at * 5 + bit) % 8);
            }
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_signature_can_be_made_and_identified() {
        for known in SIGNATURES.iter() {
            assert_eq!((known.text.len(), known.seeds.iter().all(|seed| seed.len() == 8)), (4, true), "{}", known.text);
            let key = make_key(known, |at| b"aZ3kQ9xT0b"[at % 10]).unwrap();
            let (found, holds) = identify(key.as_bytes()).unwrap();
            assert_eq!((found.text.as_str(), holds), (known.text.as_str(), true));
            let mut forged = key.into_bytes();
            forged[0] = b'b';
            assert!(!identify(&forged).unwrap().1);
        }
    }

    #[test]
    fn a_devops_token_holds_until_it_is_changed() {
        let token = make_devops([0x5A; 32]);
        assert_eq!((token.len(), devops_holds(token.as_bytes())), (52, true));
        let other = if token.starts_with('b') { "c" } else { "b" };
        assert!(!devops_holds(format!("{other}{}", &token[1..]).as_bytes()));
    }

    #[test]
    fn a_client_secret_holds_until_it_is_changed() {
        let body = [&b"aB1"[..], b"8Q~", b"0123456789abcdefghijABCDEFGHIJ~"].concat();
        let secret = [body.as_slice(), &client_secret_check(&body)].concat();
        assert_eq!(client_secret_holds(&secret), Some(true));
        assert_eq!(client_secret_holds(&[b"b".as_slice(), &secret[1..]].concat()), Some(false));
        assert_eq!(client_secret_holds(&[b"aB1", &b"7Q~"[..], &body[6..]].concat()), None);
    }

    #[test]
    fn an_annotated_key_holds_until_it_is_changed() {
        let body = [&[b'k'; 52][..], b"JQQJ99BBACAAAAAAAAAAAAAAAZDO"].concat();
        let key = make_annotated(&body).unwrap();
        assert_eq!((key.len(), annotated_holds(&key)), (84, true));
        assert!(!annotated_holds(&[b"j".as_slice(), &key[1..]].concat()));
    }
}
