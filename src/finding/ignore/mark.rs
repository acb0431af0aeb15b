//! Comments of other tools that call a secret meant, and the lines that they are about.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};

use super::{Covers, TABLE};
use crate::snapshot::Text;

/// The marks of one file.
#[derive(Debug)]
pub(super) struct Marks {
    /// By the line that is covered.
    lines: BTreeMap<usize, Mark>,
    /// First and last line that is covered; none overlaps another.
    blocks: Vec<(usize, usize, Mark)>,
}

/// A mark and where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark {
    /// What it says.
    pub(super) text: &'static str,
    /// Its line.
    pub(super) line: usize,
    /// The offset behind it.
    pub(super) end: usize,
}

/// The automaton of all marks, each with what it covers.
struct Known {
    automaton: Option<AhoCorasick>,
    marks: Vec<(&'static str, Covers)>,
}

static KNOWN: LazyLock<Known> = LazyLock::new(|| {
    let each = |entry: &'static super::MarkEntry| entry.text.iter().map(|text| (text.as_str(), entry.covers));
    let marks: Vec<(&str, Covers)> = TABLE.mark.iter().flat_map(each).collect();
    let automaton = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(marks.iter().map(|(text, _)| text)).ok();
    Known { automaton, marks }
});

impl Marks {
    /// Finds the marks of a file.
    pub(super) fn read(text: &Text) -> Self {
        let bytes = text.bytes();
        let mut marks = Self { lines: BTreeMap::new(), blocks: Vec::new() };
        let mut open: Option<Mark> = None;
        for found in KNOWN.automaton.iter().flat_map(|automaton| automaton.find_iter(bytes)) {
            let before = found.start().checked_sub(1).map_or(b' ', |at| bytes[at]);
            let after = bytes.get(found.end()).copied().unwrap_or(b' ');
            if is_part_of_word(before) || is_part_of_word(after) {
                continue;
            }
            let line = text.line_of(found.start());
            let (said, covers) = KNOWN.marks[found.pattern().as_usize()];
            let mark = Mark { text: said, line, end: found.end() };
            match covers {
                Covers::Line => _ = marks.lines.insert(line, mark),
                Covers::NextLine => _ = marks.lines.entry(line + 1).or_insert(mark),
                Covers::FromHere => open = open.or(Some(mark)),
                Covers::UntilHere => marks.blocks.extend(open.take().map(|mark| (mark.line, line, mark))),
            }
        }
        marks.blocks.extend(open.map(|mark| (mark.line, usize::MAX, mark)));
        marks
    }

    /// The mark that covers one of these lines.
    pub(super) fn covering(&self, first: usize, last: usize) -> Option<Mark> {
        let by_line = self.lines.range(first..=last).next().map(|(_, mark)| *mark);
        let block = || self.blocks.get(self.blocks.partition_point(|(_, to, _)| *to < first));
        by_line.or_else(|| block().filter(|(from, ..)| *from <= last).map(|(.., mark)| *mark))
    }
}

fn is_part_of_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}
