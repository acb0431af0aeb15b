//! Checksums that issuers build into their tokens, so that an invented one can be told from a real one offline.
//!
//! Each function computes; `check.rs` compares, and the generators of examples append. Keys of Azure services have more
//! to them and stand in `azure.rs`.

const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// How long the part of a GitHub or npm token is that the checksum covers.
pub(crate) const BODY: usize = 30;
const CHECK: usize = 6;

/// The last six characters of a GitHub or npm token: CRC-32 of the 30 before them in base 62, padded with zeros.
pub(crate) fn crc_base62(body: &[u8]) -> [u8; CHECK] {
    let mut rest = crc32fast::hash(body);
    let mut digits = [b'0'; CHECK];
    for digit in digits.iter_mut().rev() {
        *digit = BASE62[(rest % 62) as usize];
        rest /= 62;
    }
    digits
}

/// Whether a token of the form `prefix_` and 36 characters carries its own checksum.
pub(crate) fn ends_in_crc(token: &[u8]) -> bool {
    let Some(from) = token.len().checked_sub(BODY + CHECK) else { return false };
    let (body, check) = token[from..].split_at(BODY);
    crc_base62(body) == check
}

/// A number in base 62, most significant digit first, without padding.
pub(crate) fn base62(mut number: u32) -> Vec<u8> {
    let mut digits = Vec::new();
    loop {
        digits.push(BASE62[(number % 62) as usize]);
        number /= 62;
        if number == 0 {
            break;
        }
    }
    digits.reverse();
    digits
}

/// Marvin32, the checksum of Microsoft's identifiable keys (published with SymCrypt), both halves folded into 32 bits.
pub(crate) fn marvin32(data: &[u8], seed: u64) -> u32 {
    let (low, high) = marvin64(data, seed);
    low ^ high
}

#[expect(clippy::cast_possible_truncation, reason = "the seed is two words of 32 bits")]
fn marvin64(data: &[u8], seed: u64) -> (u32, u32) {
    let mut state = (seed as u32, (seed >> 32) as u32);
    let mut words = data.chunks_exact(4);
    for word in &mut words {
        state.0 = state.0.wrapping_add(u32::from_le_bytes([word[0], word[1], word[2], word[3]]));
        state = marvin_round(state);
    }
    let mut last = 0x80;
    for byte in words.remainder().iter().rev() {
        last = last << 8 | u32::from(*byte);
    }
    state.0 = state.0.wrapping_add(last);
    marvin_round(marvin_round(state))
}

fn marvin_round((mut low, mut high): (u32, u32)) -> (u32, u32) {
    high ^= low;
    low = low.rotate_left(20).wrapping_add(high);
    high = high.rotate_left(9) ^ low;
    low = low.rotate_left(27).wrapping_add(high);
    high = high.rotate_left(19);
    (low, high)
}

const BECH32: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";

/// Whether a text carries the checksum of bech32 (BIP 173) in its last six characters; case does not matter.
pub(crate) fn bech32_holds(text: &[u8]) -> bool {
    let text = text.to_ascii_lowercase();
    let Some(one) = text.iter().rposition(|byte| *byte == b'1') else { return false };
    let (name, data) = (&text[..one], &text[one + 1..]);
    data.len() >= CHECK && bech32_digits(data).is_some_and(|digits| polymod(name, &digits) == 1)
}

/// The six characters that make a text of this name and body hold.
pub(crate) fn bech32_check(name: &[u8], body: &[u8]) -> Option<[u8; CHECK]> {
    let mut digits = bech32_digits(body)?;
    digits.extend([0; CHECK]);
    let sum = polymod(name, &digits) ^ 1;
    let mut check = [0; CHECK];
    for (at, character) in check.iter_mut().enumerate() {
        *character = BECH32[(sum >> (5 * (CHECK - 1 - at)) & 31) as usize];
    }
    Some(check)
}

fn bech32_digits(text: &[u8]) -> Option<Vec<u8>> {
    let digit = |byte: &u8| BECH32.iter().position(|known| known == byte).and_then(|at| u8::try_from(at).ok());
    text.iter().map(digit).collect()
}

fn polymod(name: &[u8], digits: &[u8]) -> u32 {
    let generators = [0x3b6a_57b2_u32, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
    let values = name.iter().map(|byte| byte >> 5).chain([0]).chain(name.iter().map(|byte| byte & 31)).chain(digits.iter().copied());
    values.fold(1, |sum, value| {
        let next = (sum & 0x01ff_ffff) << 5 ^ u32::from(value);
        (0..5).filter(|bit| sum >> 25 >> bit & 1 == 1).fold(next, |next, bit| next ^ generators[bit])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marvin_agrees_with_the_published_vectors() {
        assert_eq!(marvin64(b"abc", 0xd53c_d9ce_cd08_93b7), (0x4927_69bf, 0x22c7_4339));
        assert_eq!(marvin64(b"abcdefghijklmnopqrstuvwxyz", 0x0ddd_deee_efff_f000), (0x7260_aca2, 0xa128_eb7e));
    }

    #[test]
    fn a_body_with_its_checksum_holds_and_any_change_breaks_it() {
        let mut token = [b"ghp_".as_slice(), &[b'q'; BODY]].concat();
        token.extend(crc_base62(&[b'q'; BODY]));
        assert!(ends_in_crc(&token));
        token[10] = b'r';
        assert!(!ends_in_crc(&token));
        assert!(!ends_in_crc(b"ghp_short"));
    }

    #[test]
    fn bech32_agrees_with_the_published_vectors() {
        assert!(bech32_holds(b"A12UEL5L") && bech32_holds(b"split1checkupstagehandshakeupstreamerranterredcaperred2y9e3w"));
        assert!(!bech32_holds(b"A12UEL5M") && !bech32_holds(b"no-digit-one") && !bech32_holds(b"a1bbbbbbbb"));
    }

    #[test]
    fn base_62_has_no_padding() {
        assert_eq!(base62(0), b"0");
        assert_eq!(base62(61), b"z");
        assert_eq!(base62(62), b"10");
    }
}
