//! Objects that lie alone in a file of their own, read here rather than by libgit2, which waits for ever on some that
//! are cut off.

use std::fs;
use std::path::{Path, PathBuf};

use git2::Oid;
use gix_zlib::Inflate;

use super::Kind;
use super::pack::MOST_BYTES;

/// No kind and size take more bytes.
const HEADER: usize = 64;

/// The files below an objects folder that are named like objects, by id.
pub(super) fn list(objects: &Path) -> Vec<(Oid, PathBuf)> {
    let mut found = Vec::new();
    for folder in entries(objects).into_iter().filter(|(name, _)| name.len() == 2) {
        for (name, path) in entries(&folder.1) {
            let id = Oid::from_str(&format!("{}{name}", folder.0)).ok().filter(|_| name.len() == 38);
            found.extend(id.map(|id| (id, path)));
        }
    }
    found.sort_unstable();
    found
}

fn entries(folder: &Path) -> Vec<(String, PathBuf)> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    entries.flatten().filter_map(|entry| Some((entry.file_name().into_string().ok()?, entry.path()))).collect()
}

/// Why an object cannot be had.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fault {
    Large,
    Damaged,
}

/// Reads an object.
pub(super) fn read(path: &Path) -> Result<(Kind, Vec<u8>), Fault> {
    // Deflate never makes much of nothing, so a file this large holds an object that is too large.
    if fs::metadata(path).map_err(|_| Fault::Damaged)?.len() > 2 * MOST_BYTES as u64 {
        return Err(Fault::Large);
    }
    inflate(&fs::read(path).map_err(|_| Fault::Damaged)?)
}

fn inflate(packed: &[u8]) -> Result<(Kind, Vec<u8>), Fault> {
    let mut inflate = Inflate::default();
    let mut header = [0; HEADER];
    let (_, _, length) = inflate.prefix(packed, &mut header).map_err(|_| Fault::Damaged)?;
    let (kind, size, start) = parse(&header[..length]).ok_or(Fault::Damaged)?;
    if size > MOST_BYTES as u64 {
        return Err(Fault::Large);
    }
    let whole = start + usize::try_from(size).map_err(|_| Fault::Large)?;
    let mut inflate = Inflate::default();
    let mut bytes = vec![0; whole];
    let (status, _, length) = inflate.once(packed, &mut bytes).map_err(|_| Fault::Damaged)?;
    if status != gix_zlib::Status::StreamEnd || length != whole {
        return Err(Fault::Damaged);
    }
    bytes.drain(..start);
    Ok((kind, bytes))
}

/// Kind, size, and where the content begins: `blob 12` and a zero byte.
fn parse(header: &[u8]) -> Option<(Kind, u64, usize)> {
    let end = header.iter().position(|byte| *byte == 0)?;
    let (word, size) = std::str::from_utf8(&header[..end]).ok()?.split_once(' ')?;
    let kind = match word {
        "blob" => Kind::Blob,
        "tree" => Kind::Tree,
        "commit" => Kind::Commit,
        "tag" => Kind::Tag,
        _ => return None,
    };
    Some((kind, size.parse().ok()?, end + 1))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// `blob 5`, a zero byte and `hello` in one stored block of zlib, without the sum at its end.
    const HELLO: &[u8] = b"\x78\x01\x01\x0c\x00\xf3\xffblob 5\0hello";

    #[test]
    fn a_whole_object_is_read_and_a_part_of_it_is_damaged() {
        let sum =
            HELLO[7..].iter().fold((1_u32, 0_u32), |(a, b), byte| ((a + u32::from(*byte)) % 65_521, (a + u32::from(*byte) + b) % 65_521));
        let whole = [HELLO, &(sum.1 << 16 | sum.0).to_be_bytes()].concat();
        assert_eq!(inflate(&whole), Ok((Kind::Blob, b"hello".to_vec())));
        for end in 0..19 {
            assert_eq!(inflate(&whole[..end]), Err(Fault::Damaged), "{end}");
        }
    }

    #[test]
    fn headers_are_told_from_what_is_none() {
        assert_eq!(parse(b"tree 0\0"), Some((Kind::Tree, 0, 7)));
        for wrong in [&b"blob 5"[..], b"blob\0", b"blob x\0", b"bulb 5\0", b"\0", b"blob 99999999999999999999\0"] {
            assert_eq!(parse(wrong), None, "{wrong:?}");
        }
    }

    proptest! {
        #[test]
        fn whatever_the_bytes_there_is_an_answer(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let _ = inflate(&bytes);
            let _ = inflate(&[HELLO, &bytes].concat());
            let _ = parse(&bytes);
        }
    }
}
