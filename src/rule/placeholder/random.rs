//! Numbers that look random and are the same on every machine: SplitMix64 from a hash of seed and place.

use xxhash_rust::xxh3::xxh3_64_with_seed;

pub(super) const DIGITS: &[u8] = b"0123456789";
pub(super) const HEX: &[u8] = b"0123456789abcdef";
pub(super) const UPPER32: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
pub(super) const LOWER32: &[u8] = b"abcdefghijklmnopqrstuvwxyz234567";
pub(super) const ALNUM: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
pub(super) const BASE64: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
pub(super) const BASE64URL: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// A short value may lack a kind of character by chance; from this length on none does.
const MIXED_FROM: usize = 8;

pub(super) struct Random(u64);

impl Random {
    pub(super) fn of(seed: &str, place: u64) -> Self {
        Self(xxh3_64_with_seed(seed.as_bytes(), place))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ mixed >> 31
    }

    #[expect(clippy::cast_possible_truncation, reason = "the remainder is below the length of an alphabet")]
    fn one_of(&mut self, alphabet: &[u8]) -> u8 {
        alphabet[(self.next() % alphabet.len() as u64) as usize]
    }

    /// Characters of this alphabet; from eight on with a letter and a digit where the alphabet has both.
    pub(super) fn characters(&mut self, alphabet: &[u8], length: usize) -> Vec<u8> {
        let wants = |test: fn(&u8) -> bool| length >= MIXED_FROM && alphabet.iter().any(test);
        let kinds = [u8::is_ascii_digit, u8::is_ascii_uppercase, u8::is_ascii_lowercase].map(|test| (test, wants(test)));
        loop {
            let value: Vec<u8> = (0..length).map(|_| self.one_of(alphabet)).collect();
            if kinds.iter().all(|(test, wanted)| !wanted || value.iter().filter(|byte| test(byte)).count() > 1) {
                return value;
            }
        }
    }

    pub(super) fn text(&mut self, alphabet: &[u8], length: usize) -> String {
        self.characters(alphabet, length).into_iter().map(char::from).collect()
    }

    pub(super) fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.next().to_le_bytes()[3]).collect()
    }

    /// A UUID of version 4.
    pub(super) fn uuid(&mut self) -> String {
        let digits = self.text(HEX, 30);
        format!("{}-{}-4{}-a{}-{}", &digits[..8], &digits[8..12], &digits[12..15], &digits[15..18], &digits[18..])
    }
}
