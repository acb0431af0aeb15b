//! The commits of a repository in the order of history, and which ref leads to each.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::ops::Range;

use super::store::{Number, Store};

/// A commit of the past.
#[derive(Debug, Clone)]
pub(super) struct Commit {
    /// Its object.
    pub(super) number: Number,
    /// The tree of its files; `None` where that is not here.
    pub(super) tree: Option<Number>,
    /// When it was committed, in seconds since 1970.
    pub(super) time: i64,
    /// Its parents, as a range of `Commits::parents`.
    parents: Range<usize>,
}

/// A commit as its object tells it.
#[derive(Debug)]
pub(super) struct Told {
    number: Number,
    tree: Option<Number>,
    /// When it was committed, in seconds since 1970.
    time: i64,
    parents: Vec<[u8; 20]>,
}

/// All commits, parents before children.
#[derive(Debug, Default)]
pub(super) struct Commits {
    list: Vec<Commit>,
    /// Places in `list`.
    parents: Vec<usize>,
    by_number: HashMap<Number, usize>,
}

impl Told {
    /// Reads a commit; `None` for what is none.
    pub(super) fn parse(number: Number, bytes: &[u8], store: &Store) -> Option<Self> {
        let mut told = Self { number, tree: None, time: 0, parents: Vec::new() };
        let mut lines = bytes.split(|byte| *byte == b'\n');
        told.tree = store.number(&hex(lines.next()?.strip_prefix(b"tree ")?)?);
        for line in lines {
            if let Some(parent) = line.strip_prefix(b"parent ") {
                told.parents.push(hex(parent)?);
            } else if line.starts_with(b"committer ") {
                told.time = seconds(line);
                return Some(told);
            } else if line.is_empty() {
                break;
            }
        }
        Some(told)
    }
}

/// Who wrote a commit and when, by its line `author`: name, and day as YYYY-MM-DD on the author's clock.
pub(super) fn author(bytes: &[u8]) -> (String, String) {
    let line = bytes.split(|byte| *byte == b'\n').find_map(|line| line.strip_prefix(b"author ")).unwrap_or_default();
    let name = line.split(|byte| *byte == b'<').next().unwrap_or_default();
    let zone = line.rsplit(|byte| *byte == b' ').next().and_then(|zone| std::str::from_utf8(zone).ok()).unwrap_or_default();
    (super::super::printable::printable(name.trim_ascii()), day(seconds(line), zone))
}

fn day(seconds: i64, zone: &str) -> String {
    let minutes = zone.parse::<i32>().map_or(0, |zone| zone / 100 * 60 + zone % 100);
    let offset = jiff::tz::Offset::from_seconds(minutes.saturating_mul(60)).unwrap_or(jiff::tz::Offset::UTC);
    jiff::Timestamp::from_second(seconds).map_or_else(|_| String::new(), |moment| offset.to_datetime(moment).date().to_string())
}

/// The seconds before the time zone at the end of a line of a person.
fn seconds(line: &[u8]) -> i64 {
    let number = line.rsplit(|byte| *byte == b' ').nth(1).and_then(|number| std::str::from_utf8(number).ok());
    number.and_then(|number| number.parse().ok()).unwrap_or(0)
}

fn hex(digits: &[u8]) -> Option<[u8; 20]> {
    let mut id = [0; 20];
    let value = |digit: u8| char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok());
    let (pairs, rest) = digits.as_chunks::<2>();
    if pairs.len() != id.len() || !rest.is_empty() {
        return None;
    }
    for (byte, [high, low]) in id.iter_mut().zip(pairs) {
        *byte = value(*high)? << 4 | value(*low)?;
    }
    Some(id)
}

impl Commits {
    /// Puts commits in order: parents first, and the older first among those that are ready.
    pub(super) fn new(mut told: Vec<Told>, store: &Store) -> Self {
        told.sort_unstable_by_key(|told| told.number);
        let at: HashMap<Number, usize> = told.iter().enumerate().map(|(at, told)| (told.number, at)).collect();
        let parents: Vec<Vec<usize>> =
            told.iter().map(|told| told.parents.iter().filter_map(|id| at.get(&store.number(id)?).copied()).collect()).collect();
        let mut children: Vec<Vec<usize>> = vec![Vec::new(); told.len()];
        let mut open: Vec<usize> = parents.iter().map(Vec::len).collect();
        for (child, parents) in parents.iter().enumerate() {
            parents.iter().for_each(|parent| children[*parent].push(child));
        }
        let ready = |at: usize| Reverse((told[at].time, told[at].number, at));
        let mut waiting: BinaryHeap<_> = (0..told.len()).filter(|at| open[*at] == 0).map(ready).collect();
        let mut commits = Self::default();
        let mut placed = vec![0; told.len()];
        while let Some(Reverse((time, number, at))) = waiting.pop() {
            let from = commits.parents.len();
            commits.parents.extend(parents[at].iter().map(|parent| placed[*parent]));
            placed[at] = commits.list.len();
            commits.by_number.insert(number, placed[at]);
            commits.list.push(Commit { number, tree: told[at].tree, time, parents: from..commits.parents.len() });
            for child in &children[at] {
                open[*child] -= 1;
                if open[*child] == 0 {
                    waiting.push(ready(*child));
                }
            }
        }
        commits
    }

    /// Parents before children.
    pub(super) fn list(&self) -> &[Commit] {
        &self.list
    }

    /// For each commit, the first of these places in the list from which the way back leads to it.
    pub(super) fn reached_by(&self, tips: impl IntoIterator<Item = Option<Number>>) -> Vec<Option<usize>> {
        let mut reached = vec![None; self.list.len()];
        for (at, tip) in tips.into_iter().enumerate() {
            let mut waiting: Vec<usize> = tip.and_then(|tip| self.by_number.get(&tip).copied()).into_iter().collect();
            while let Some(commit) = waiting.pop() {
                if reached[commit].is_none() {
                    reached[commit] = Some(at);
                    waiting.extend_from_slice(&self.parents[self.list[commit].parents.clone()]);
                }
            }
        }
        reached
    }

    /// The commit of an object.
    pub(super) fn find(&self, number: Number) -> Option<&Commit> {
        self.by_number.get(&number).map(|at| &self.list[*at])
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_author_and_the_day_are_those_of_the_authors_clock() {
        let commit =
            |author: &str| [b"tree x\nauthor ".as_slice(), author.as_bytes(), b"\ncommitter C <c> 1 +0000\n\nauthor no\n"].concat();
        for (line, told) in [
            ("Ada Lovelace <ada@example.org> 1717199999 +0000", ("Ada Lovelace", "2024-05-31")),
            ("Ada <a> 1717199999 +0200", ("Ada", "2024-06-01")),
            ("Ada <a> 1717200001 -0100", ("Ada", "2024-05-31")),
            ("Ada", ("Ada", "1970-01-01")),
            ("Ada <a> 99999999999999999 +0000", ("Ada", "")),
        ] {
            let (name, day) = author(&commit(line));
            assert_eq!((name.as_str(), day.as_str()), told, "{line}");
        }
    }

    #[test]
    fn ids_are_forty_digits() {
        assert_eq!(hex(b"ff00000000000000000000000000000000000001").map(|id| (id[0], id[19])), Some((255, 1)));
        assert_eq!(hex(b"ff").or(hex(&[b'g'; 40])).or(hex(&[b'0'; 41])), None);
    }

    proptest! {
        #[test]
        fn whatever_the_bytes_there_is_an_author(bytes in prop::collection::vec(any::<u8>(), 0..200), zone in any::<i32>(), time in any::<i64>()) {
            let _ = author(&bytes);
            let _ = author(format!("author A <a> {time} {zone}\n").as_bytes());
        }
    }
}
