//! Tells files that hold private keys by their content: key stores of Java, of KeePass, PKCS#12, keys in DER.
//!
//! Whether a password protects the key is not asked: it can be guessed at leisure, and tends to stand nearby.

/// The kind of a store of PKCS#12, which holds certificates and, most of the time, a key.
pub(super) const CERTIFICATE: &str = "certificate";

/// What a binary file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Store {
    /// A private key, in a file of this kind.
    Key(&'static str),
    /// Trusted certificates only.
    Trust,
}

/// `SEQUENCE { INTEGER 3, SEQUENCE {` of PKCS#12, after the length of the first.
const PKCS12: &[u8] = &[0x02, 0x01, 0x03, 0x30];
/// The object id of PKCS#7, which stands near the start of every such store.
const PKCS7: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07];
/// How Java's stores begin: JKS and JCEKS.
const JAVA: [[u8; 4]; 2] = [[0xFE, 0xED, 0xFE, 0xED], [0xCE, 0xCE, 0xCE, 0xCE]];
/// How databases of KeePass begin.
const KEEPASS: [u8; 4] = [0x03, 0xD9, 0xA2, 0x9A];
/// `INTEGER 0` and an integer of 128 bytes or more: a key by PKCS#1.
const PKCS1: [&[u8]; 2] = [&[0x02, 0x01, 0x00, 0x02, 0x81], &[0x02, 0x01, 0x00, 0x02, 0x82]];
/// `INTEGER 0` or `1` and a SEQUENCE: a key by PKCS#8, where that holds an object id.
const PKCS8: [&[u8]; 2] = [&[0x02, 0x01, 0x00, 0x30], &[0x02, 0x01, 0x01, 0x30]];
/// `INTEGER 1` and an octet string: a key by SEC 1, where that is as long as a number of a curve.
const SEC1: &[u8] = &[0x02, 0x01, 0x01, 0x04];
/// How many bytes the private number has on the curves in use, from 224 bits to 521.
const ON_CURVES: [u8; 4] = [28, 32, 48, 66];
/// The object ids of encryption with a password begin so, by PKCS#5 and by PKCS#12.
const ENCRYPTED: [&[u8]; 2] =
    [&[0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x05], &[0x06, 0x0A, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x0C]];
/// What the salt of a store of Bouncy Castle measures, in bytes.
const SALT: usize = 20;

/// So many of the first bytes tell whether the others are worth reading.
pub(super) const HEAD: usize = 4;

/// Whether these may be the first bytes of a store or key.
pub(super) fn may_begin(head: &[u8]) -> bool {
    let java = JAVA.iter().any(|java| head.starts_with(java));
    java || head.starts_with(&KEEPASS) || matches!(head, [0x30, ..] | [0, 0, 0, 1 | 2, ..])
}

/// What these bytes hold, as far as it has to do with keys.
pub(super) fn read(bytes: &[u8]) -> Option<Store> {
    let (magic, rest) = bytes.split_at_checked(4)?;
    if JAVA.iter().any(|java| magic == java) {
        return java(rest);
    }
    if matches!(magic, [0, 0, 0, 1 | 2]) {
        return bouncy_castle(rest);
    }
    if bytes.starts_with(&KEEPASS) && bytes.len() > 64 {
        return Some(Store::Key("keystore"));
    }
    let content = sequence(bytes)?;
    let near = |id: &[u8]| content.iter().take(48).collect::<Vec<_>>().windows(id.len()).any(|part| part.iter().copied().eq(id));
    if content.starts_with(PKCS12) && near(PKCS7) {
        return Some(Store::Key(CERTIFICATE));
    }
    let encrypted = |content: &[u8]| sequence(content).is_some_and(|inner| ENCRYPTED.iter().any(|id| inner.starts_with(id)));
    if sequence(content).is_some_and(encrypted) {
        // The form of Bouncy Castle for FIPS.
        return Some(Store::Key("keystore"));
    }
    (encrypted(content) || is_key(content)).then_some(Store::Key("private-key"))
}

/// Whether the content of a SEQUENCE is that of a private key.
fn is_key(content: &[u8]) -> bool {
    let after = |start: &&[u8]| content.strip_prefix(*start);
    let pkcs8 = || PKCS8.iter().find_map(after).is_some_and(|algorithm| algorithm.get(1) == Some(&0x06));
    // A message of SNMP begins like a key of SEC 1.
    let sec1 = || content.strip_prefix(SEC1).and_then(<[u8]>::first).is_some_and(|length| ON_CURVES.contains(length));
    PKCS1.iter().any(|start| content.starts_with(start)) || pkcs8() || sec1()
}

/// The content of a DER SEQUENCE that reaches to the end of these bytes, or of one whose length is left open.
fn sequence(bytes: &[u8]) -> Option<&[u8]> {
    let (length, content) = match bytes {
        [0x30, 0x80, rest @ ..] => return Some(rest),
        [0x30, length @ 0..0x80, rest @ ..] | [0x30, 0x81, length, rest @ ..] => (usize::from(*length), rest),
        [0x30, 0x82, high, low, rest @ ..] => (usize::from(*high) << 8 | usize::from(*low), rest),
        [0x30, 0x83, top, high, low, rest @ ..] => (usize::from(*top) << 16 | usize::from(*high) << 8 | usize::from(*low), rest),
        _ => return None,
    };
    // An inner sequence is followed by others; what is cut short is none.
    (length >= 16 && content.len() >= length).then_some(content)
}

/// The entries of a store of Java, as far as the first private or secret key.
fn java(rest: &[u8]) -> Option<Store> {
    let mut bytes = Bytes(rest);
    let version = bytes.number(4)?;
    let entries = bytes.number(4)?;
    if !(1..=2).contains(&version) {
        return None;
    }
    for _ in 0..entries {
        if bytes.number(4)? != 2 {
            return Some(Store::Key("keystore"));
        }
        let name = bytes.number(2)?;
        bytes.skip(name)?;
        bytes.skip(8)?;
        if version == 2 {
            let kind = bytes.number(2)?;
            bytes.skip(kind)?;
        }
        let certificate = bytes.number(4)?;
        bytes.skip(certificate)?;
    }
    Some(Store::Trust)
}

/// The entries of a store of Bouncy Castle, as far as the first key.
fn bouncy_castle(rest: &[u8]) -> Option<Store> {
    let mut bytes = Bytes(rest);
    if bytes.number(4)? != SALT {
        return None;
    }
    // Salt and iterations.
    bytes.skip(SALT + 4)?;
    loop {
        match bytes.number(1)? {
            0 => return Some(Store::Trust),
            1 => {}
            2..=4 => return Some(Store::Key("keystore")),
            _ => return None,
        }
        let name = bytes.number(2)?;
        bytes.skip(name)?;
        bytes.skip(8)?;
        let chain = bytes.number(4)?;
        for _ in 0..=chain {
            let kind = bytes.number(2)?;
            bytes.skip(kind)?;
            let certificate = bytes.number(4)?;
            bytes.skip(certificate)?;
        }
    }
}

/// Reads numbers, the high byte first.
struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn number(&mut self, length: usize) -> Option<usize> {
        let (number, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(number.iter().fold(0, |number, byte| number << 8 | usize::from(*byte)))
    }

    fn skip(&mut self, length: usize) -> Option<()> {
        self.0 = self.0.get(length..)?;
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn der(content: &[u8]) -> Vec<u8> {
        let content = [content, &[7; 300]].concat();
        let [.., high, low] = content.len().to_be_bytes();
        [&[0x30, 0x82, high, low], content.as_slice()].concat()
    }

    fn jks(tags: &[u8]) -> Vec<u8> {
        let count = u8::try_from(tags.len()).unwrap();
        let mut bytes = vec![0xFE, 0xED, 0xFE, 0xED, 0, 0, 0, 2, 0, 0, 0, count];
        for tag in tags {
            bytes.extend([0, 0, 0, *tag, 0, 1, b'a', 0, 0, 0, 0, 0, 0, 0, 0]);
            bytes.extend([0, 5]);
            bytes.extend(b"X.509");
            bytes.extend([0, 0, 0, 2, 0x30, 0]);
        }
        bytes
    }

    fn bks(tags: &[u8]) -> Vec<u8> {
        let mut bytes = [&[0, 0, 0, 2, 0, 0, 0, 20], [7; 24].as_slice()].concat();
        for tag in tags {
            bytes.extend([*tag, 0, 1, b'a', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5]);
            bytes.extend(b"X.509");
            bytes.extend([0, 0, 0, 2, 0x30, 0]);
        }
        bytes
    }

    #[test]
    fn stores_and_keys_are_known_by_their_first_bytes() {
        let pkcs12 = der(&[PKCS12, &[0x82, 1, 0, 0x06, 0x09], PKCS7, &[1]].concat());
        assert_eq!(read(&pkcs12), Some(Store::Key("certificate")));
        let pkcs8 = PKCS8.map(|start| [start, &[0x13, 0x06]].concat());
        let sec1 = ON_CURVES.map(|length| [SEC1, &[length]].concat());
        for key in PKCS1.iter().copied().chain(pkcs8.iter().chain(&sec1).map(Vec::as_slice)) {
            assert_eq!(read(&der(key)), Some(Store::Key("private-key")));
        }
        for id in ENCRYPTED {
            let encrypted = [&[0x30, 0x40], id, &[7; 60]].concat();
            assert_eq!(read(&der(&encrypted)), Some(Store::Key("private-key")));
            assert_eq!(read(&der(&[&[0x30, 0x48], encrypted.as_slice(), &[7; 60]].concat())), Some(Store::Key("keystore")));
        }
        assert_eq!(read(&bks(&[1, 2])), Some(Store::Key("keystore")));
        assert_eq!(read(&bks(&[1, 1, 0])), Some(Store::Trust));
        assert_eq!(read(&[KEEPASS.as_slice(), &[7; 80]].concat()), Some(Store::Key("keystore")));
    }

    proptest! {
        #[test]
        fn whatever_begins_like_a_store_is_read_to_an_end(
            head in prop::sample::select(vec![&[0xFE, 0xED, 0xFE, 0xED][..], &[0, 0, 0, 2, 0, 0, 0, 20], &[0x30, 0x82], &[0x30, 0x80, 0x30, 0x80], &KEEPASS]),
            rest in prop::collection::vec(prop_oneof![Just(0_u8), Just(1), Just(0x30), any::<u8>()], 0..200),
        ) {
            let bytes = [head, &rest].concat();
            let found = read(&bytes);
            prop_assert!(found.is_none() || may_begin(&bytes[..HEAD]));
        }
    }

    #[test]
    fn certificates_and_other_files_are_none() {
        // A certificate, a public key, and bytes that only begin alike.
        assert_eq!(read(&der(&[0x30, 0x82, 0x01, 0x00, 0xA0, 0x03])), None);
        assert_eq!(read(&der(&[0x30, 0x0D, 0x06, 0x09])), None);
        // A message of SNMP, and what begins like a store of Bouncy Castle.
        assert_eq!(read(&der(b"\x02\x01\x01\x04\x06public\xA0\x19")), None);
        assert_eq!(read(&bks(&[9])), None);
        for bytes in [b"PK\x03\x04 and so on".as_slice(), b"\x89PNG", b"", &[0x30, 0x82], &[0x30, 0x82, 0xFF, 0xFF, 2, 1, 3, 0x30]] {
            assert_eq!(read(bytes), None);
        }
    }

    #[test]
    fn a_store_of_trust_holds_no_key() {
        assert_eq!(read(&jks(&[2, 2])), Some(Store::Trust));
        assert_eq!(read(&jks(&[2, 1])), Some(Store::Key("keystore")));
        assert_eq!(read(&jks(&[2])[..30]), None);
    }
}
