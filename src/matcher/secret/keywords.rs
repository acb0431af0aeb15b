//! The automaton of all keywords: one that is built at once, and one that reads faster where there is much to read.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use aho_corasick::{AhoCorasick, AhoCorasickKind};

/// How many bytes are read before the faster automaton is worth its making, which takes about as long as this.
const WORTH_A_TABLE: usize = 1024 * 1024;

/// The keywords of all rules; ASCII case is ignored.
#[derive(Debug)]
pub(crate) struct Keywords {
    words: Vec<String>,
    small: AhoCorasick,
    /// `None` where it would be too large.
    table: OnceLock<Option<AhoCorasick>>,
    /// Bytes read so far, by all threads.
    read: AtomicUsize,
}

impl Keywords {
    /// `None` where there are no words.
    pub(crate) fn new(words: Vec<String>) -> Option<Self> {
        let small = build(&words, AhoCorasickKind::ContiguousNFA).filter(|_| !words.is_empty())?;
        Some(Self { words, small, table: OnceLock::new(), read: AtomicUsize::new(0) })
    }

    /// The automaton for a text of this length: both find the same.
    pub(crate) fn automaton(&self, length: usize) -> &AhoCorasick {
        let before = self.read.fetch_add(length, Ordering::Relaxed);
        if before.saturating_add(length) < WORTH_A_TABLE {
            return &self.small;
        }
        self.table.get_or_init(|| build(&self.words, AhoCorasickKind::DFA)).as_ref().unwrap_or(&self.small)
    }
}

fn build(words: &[String], kind: AhoCorasickKind) -> Option<AhoCorasick> {
    AhoCorasick::builder().ascii_case_insensitive(true).kind(Some(kind)).build(words).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_automata_find_the_same() {
        let keywords = Keywords::new(vec!["key".into(), "apikey".into(), "token".into()]).unwrap();
        let text = "ApiKey=1 TOKEN=2 monkey".repeat(10);
        let find = |automaton: &AhoCorasick| {
            automaton.find_overlapping_iter(&text).map(|found| (found.pattern(), found.range())).collect::<Vec<_>>()
        };
        let small = find(keywords.automaton(text.len()));
        assert_eq!((small.len(), keywords.table.get().is_none()), (40, true));
        assert_eq!(find(keywords.automaton(WORTH_A_TABLE)), small);
        assert!(keywords.table.get().is_some());
    }
}
