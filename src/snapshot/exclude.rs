//! The paths that `handover.toml` leaves out.

use std::sync::atomic::{AtomicBool, Ordering};

use super::pattern::{Pattern, PatternList, ancestors};

/// Patterns of paths to leave out, written as in `.gitignore`: `legacy/`, `*.sql`, `/docs/old/**`, `!keep.sql`.
#[derive(Debug, Default)]
pub struct Exclude {
    list: PatternList,
    written: Vec<String>,
    used: Vec<AtomicBool>,
}

impl Exclude {
    /// Reads the patterns. On failure it tells which one is wrong (its number from 0) and how.
    ///
    /// # Errors
    /// A pattern that is no glob.
    pub fn new<S: AsRef<str>>(patterns: &[S]) -> Result<Self, (usize, String)> {
        let mut read = Vec::with_capacity(patterns.len());
        for (at, written) in patterns.iter().enumerate() {
            match Pattern::of_line(written.as_ref()) {
                Some(Ok(pattern)) => read.push(pattern),
                Some(Err(error)) => return Err((at, error.kind().to_string())),
                None => return Err((at, "this is no pattern".into())),
            }
        }
        let list = PatternList::new(read).map_err(|error| (0, error.kind().to_string()))?;
        let written: Vec<String> = patterns.iter().map(|pattern| pattern.as_ref().to_owned()).collect();
        Ok(Self { used: written.iter().map(|_| AtomicBool::new(false)).collect(), list, written })
    }

    /// Whether a file is left out, itself or with one of its folders.
    pub(crate) fn matches(&self, path: &str) -> bool {
        if self.list.is_empty() {
            return false;
        }
        let folders = ancestors(path.as_bytes()).map(|folder| (folder, true));
        folders.chain(std::iter::once((path.as_bytes(), false))).any(|(path, is_folder)| {
            self.list.last_match(path, is_folder).is_some_and(|(at, pattern)| {
                self.used[at].store(true, Ordering::Relaxed);
                !pattern.negated
            })
        })
    }

    /// The patterns that matched nothing so far.
    pub(crate) fn unused(&self) -> Vec<String> {
        let unused = self.written.iter().zip(&self.used).filter(|(_, used)| !used.load(Ordering::Relaxed));
        unused.map(|(written, _)| written.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Exclude;

    #[test]
    fn folders_take_their_files_with_them_and_unused_patterns_are_known() {
        let exclude = Exclude::new(&["legacy/", "*.sql", "!keep.sql", "/gone/**"]).unwrap();
        let left_out: Vec<bool> = ["old/legacy/a/b.cs", "legacy", "db/x.sql", "keep.sql"].map(|path| exclude.matches(path)).into();
        assert_eq!(left_out, [true, false, true, false]);
        assert_eq!(exclude.unused(), ["/gone/**"]);
    }

    #[test]
    fn a_wrong_pattern_is_named() {
        assert_eq!(Exclude::new(&["a", "b["]).unwrap_err().0, 1);
        assert_eq!(Exclude::new(&["# a"]).unwrap_err().0, 0);
    }
}
