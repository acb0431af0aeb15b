//! The instructions by which a pack tells an object as a change to another one.
//!
//! The format is that of git's `gitformat-pack`: two sizes, then copies from the base and literal bytes.

/// Applies instructions to a base, into a buffer that is emptied first; false where they do not fit.
///
/// No result is made that is larger than `most` bytes; see [`result_size`] for telling that from damage.
pub(super) fn apply(base: &[u8], instructions: &[u8], most: usize, out: &mut Vec<u8>) -> bool {
    out.clear();
    try_apply(base, instructions, most, out).is_some()
}

fn try_apply(base: &[u8], instructions: &[u8], most: usize, out: &mut Vec<u8>) -> Option<()> {
    let mut rest = instructions;
    let from = size(&mut rest)?;
    let to = usize::try_from(size(&mut rest)?).ok().filter(|to| *to <= most)?;
    if from != base.len() as u64 {
        return None;
    }
    out.reserve(to);
    while let Some(instruction) = take(&mut rest) {
        let piece = match instruction {
            0 => return None,
            literal if literal & 0x80 == 0 => {
                let (piece, after) = rest.split_at_checked(usize::from(literal))?;
                rest = after;
                piece
            }
            copy => {
                let start = number(copy, 4, &mut rest)?;
                let length = number(copy >> 4, 3, &mut rest)?;
                let length = if length == 0 { 0x1_0000 } else { length };
                base.get(start..start.checked_add(length)?)?
            }
        };
        if out.len() + piece.len() > to {
            return None;
        }
        out.extend_from_slice(piece);
    }
    (out.len() == to).then_some(())
}

/// How large the result of these instructions is; `None` where they do not even say that.
pub(super) fn result_size(instructions: &[u8]) -> Option<u64> {
    let mut rest = instructions;
    size(&mut rest)?;
    size(&mut rest)
}

/// A size in groups of seven bits, the lowest first.
fn size(rest: &mut &[u8]) -> Option<u64> {
    let mut size = 0;
    for shift in (0..u64::BITS).step_by(7) {
        let byte = take(rest)?;
        size |= u64::from(byte & 0x7F) << shift;
        if byte & 0x80 == 0 {
            return Some(size);
        }
    }
    None
}

/// A little-endian number of which only the bytes are there whose bit is set in `present`.
fn number(present: u8, bytes: u32, rest: &mut &[u8]) -> Option<usize> {
    let mut number = 0;
    for at in 0..bytes {
        if present & 1 << at != 0 {
            number |= usize::from(take(rest)?) << (8 * at);
        }
    }
    Some(number)
}

fn take(rest: &mut &[u8]) -> Option<u8> {
    let (first, after) = rest.split_first()?;
    *rest = after;
    Some(*first)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn applied(base: &[u8], instructions: &[u8]) -> Option<Vec<u8>> {
        let mut out = b"left over".to_vec();
        apply(base, instructions, 1 << 20, &mut out).then_some(out)
    }

    #[test]
    fn copies_and_literals_make_the_object() {
        // From 11 bytes to 9: copy 6 from 5, then three literal bytes.
        assert_eq!(applied(b"hello world", &[11, 9, 0x91, 5, 6, 3, b'o', b'f', b'f']), Some(b" worldoff".to_vec()));
        assert_eq!(result_size(&[11, 9, 0x91, 5, 6]), Some(9));
        let large = vec![7; 0x1_0000];
        assert_eq!(applied(&large, &[0x80, 0x80, 4, 0x80, 0x80, 4, 0x80]), Some(large), "a copy without length is of 64 KiB");
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        for (what, instructions) in [
            ("nothing", &[] as &[u8]),
            ("another base", &[3, 1, 1, b'a']),
            ("too short a result", &[5, 2, 1, b'a']),
            ("too long a result", &[5, 1, 2, b'a', b'b']),
            ("a copy from beyond the base", &[5, 4, 0x91, 3, 4]),
            ("a literal that is cut off", &[5, 4, 4, b'a']),
            ("a copy that is cut off", &[5, 4, 0xFF, 3]),
            ("the instruction that is none", &[5, 1, 0]),
            ("a size that is too large", &[5, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F, 1, b'a']),
            ("a size without end", &[0xFF; 12]),
        ] {
            assert_eq!(applied(b"hello", instructions), None, "{what}");
        }
    }

    proptest! {
        #[test]
        fn whatever_the_instructions_the_result_is_of_the_size_they_say(
            base in prop::collection::vec(any::<u8>(), 0..300),
            rest in prop::collection::vec(any::<u8>(), 0..300),
            honest in any::<bool>(),
        ) {
            let length = u8::try_from(base.len() % 128).unwrap();
            let instructions = if honest { [&[length, 100][..], &rest].concat() } else { rest };
            let base = if honest { &base[..usize::from(length)] } else { &base };
            let mut out = Vec::new();
            if apply(base, &instructions, 1 << 16, &mut out) {
                prop_assert_eq!(result_size(&instructions), Some(out.len() as u64));
            }
            prop_assert!(out.len() <= 1 << 16);
        }
    }
}
