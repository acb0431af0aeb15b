//! How random a value looks, as a share of what is possible at its length and in its alphabet.
//!
//! Plain Shannon entropy cannot exceed the logarithm of the length, so that short random values fall under any limit
//! that keeps long words out; a share can be compared across lengths.

/// Shannon entropy over the most that a value of this length and these kinds of characters can have: 0 to 1.
pub(crate) fn normalized(value: &[u8]) -> f64 {
    let possible = value.len().min(alphabet(value));
    if possible < 2 {
        return 0.0;
    }
    shannon(value) / ratio(possible).log2()
}

fn shannon(value: &[u8]) -> f64 {
    let mut counts = [0_usize; 256];
    for byte in value {
        counts[usize::from(*byte)] += 1;
    }
    let length = ratio(value.len());
    counts.iter().filter(|count| **count > 0).map(|count| ratio(*count) / length).map(|share| -share * share.log2()).sum()
}

/// The size of the smallest usual alphabet that holds every byte of the value.
fn alphabet(value: &[u8]) -> usize {
    let all = |test: fn(&u8) -> bool| value.iter().all(test);
    if all(u8::is_ascii_digit) {
        10
    } else if all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(byte))
        || all(|byte| byte.is_ascii_digit() || (b'A'..=b'F').contains(byte))
    {
        16
    } else if all(|byte| byte.is_ascii_digit() || byte.is_ascii_lowercase())
        || all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
    {
        36
    } else if all(u8::is_ascii_alphanumeric) {
        62
    } else {
        95
    }
}

#[expect(clippy::cast_precision_loss, reason = "lengths and counts are far below 2^52")]
fn ratio(number: usize) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use super::normalized;

    #[test]
    fn one_character_is_nothing_and_all_different_is_everything() {
        assert!(normalized(b"aaaaaaaaaaaa").abs() < 1e-9);
        assert!((normalized(b"0123456789") - 1.0).abs() < 1e-9);
        assert!(normalized(b"").abs() < 1e-9 && normalized(b"a").abs() < 1e-9);
    }

    #[test]
    fn length_does_not_decide() {
        let short = normalized(b"x7Kp2vQm");
        let long = normalized(b"x7Kp2vQmR9tLw4ZcYb8NsHdGj3FkVaTe");
        assert!(short > 0.95 && long > 0.95, "{short} {long}");
        assert!(normalized(b"abababababababab") < 0.3);
    }
}
