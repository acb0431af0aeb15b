//! Lists of path patterns as git writes them (`.gitignore`, `.gitattributes`), which is how `handover.toml` writes them too.
//!
//! Here is only what a pattern means; where patterns come from and what a match decides is left to the callers.

use globset::{Candidate, Glob, GlobBuilder, GlobSet, GlobSetBuilder};

/// One pattern, read.
#[derive(Debug, Clone)]
pub(crate) struct Pattern {
    glob: Glob,
    /// It began with `!`: what it matches is taken back.
    pub(crate) negated: bool,
    folder_only: bool,
}

impl Pattern {
    /// Reads one line of an ignore file. `None` where the line holds no pattern: empty, a comment.
    pub(crate) fn of_line(line: &str) -> Option<Result<Self, globset::Error>> {
        let line = trim_end(line);
        if line.is_empty() || line.starts_with('#') {
            return None;
        }
        let (negated, pattern) = line.strip_prefix('!').map_or((false, line), |rest| (true, rest));
        Some(Self::parse(pattern, negated))
    }

    /// Reads a pattern that stands alone, without the signs of an ignore file.
    pub(crate) fn parse(pattern: &str, negated: bool) -> Result<Self, globset::Error> {
        let (pattern, folder_only) = pattern.strip_suffix('/').map_or((pattern, false), |rest| (rest, true));
        let anchored = pattern.contains('/');
        let pattern = literal_braces(pattern.strip_prefix('/').unwrap_or(pattern));
        let pattern = if anchored { pattern } else { format!("**/{pattern}") };
        let glob = GlobBuilder::new(&pattern).literal_separator(true).backslash_escape(true).build()?;
        Ok(Self { glob, negated, folder_only })
    }
}

/// Patterns in the order of their file; the last one that matches decides.
#[derive(Debug, Default)]
pub(crate) struct PatternList {
    set: GlobSet,
    patterns: Vec<Pattern>,
}

impl PatternList {
    /// Makes a list. Fails only where the patterns together are too large to be compiled.
    pub(crate) fn new(patterns: Vec<Pattern>) -> Result<Self, globset::Error> {
        let mut set = GlobSetBuilder::new();
        for pattern in &patterns {
            set.add(pattern.glob.clone());
        }
        Ok(Self { set: set.build()?, patterns })
    }

    /// Reads an ignore file. As git does, it passes over lines that are no pattern.
    pub(crate) fn of_ignore_file(text: &[u8]) -> Self {
        let text = String::from_utf8_lossy(text);
        let text = text.strip_prefix('\u{FEFF}').unwrap_or(&text);
        Self::new(text.lines().filter_map(Pattern::of_line).filter_map(Result::ok).collect()).unwrap_or_default()
    }

    /// Whether the list holds no pattern at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.patterns.is_empty()
    }

    /// The numbers of all patterns that match this path, in their order.
    pub(crate) fn matches(&self, path: &[u8], is_folder: bool) -> Vec<usize> {
        if self.patterns.is_empty() {
            return Vec::new();
        }
        let mut found = self.set.matches_candidate(&Candidate::from_bytes(path));
        found.retain(|&at| is_folder || !self.patterns[at].folder_only);
        found
    }

    /// The last pattern that matches this path, with its number.
    pub(crate) fn last_match(&self, path: &[u8], is_folder: bool) -> Option<(usize, &Pattern)> {
        self.matches(path, is_folder).pop().map(|at| (at, &self.patterns[at]))
    }
}

/// Blanks at the end do not count unless a backslash stands before them.
fn trim_end(line: &str) -> &str {
    let trimmed = line.trim_end_matches([' ', '\t', '\r']);
    let keeps_blank = trimmed.ends_with('\\') && !trimmed.ends_with("\\\\") && trimmed.len() < line.len();
    if keeps_blank { &line[..=trimmed.len()] } else { trimmed }
}

/// Braces are plain characters to git, alternatives to the glob library.
fn literal_braces(pattern: &str) -> String {
    let mut literal = String::with_capacity(pattern.len());
    let mut escaped = false;
    for c in pattern.chars() {
        if matches!(c, '{' | '}') && !escaped {
            literal.push('\\');
        }
        escaped = c == '\\' && !escaped;
        literal.push(c);
    }
    literal
}

/// The folders that lead to a path, outermost first: `a`, `a/b` for `a/b/c`.
pub(crate) fn ancestors(path: &[u8]) -> impl DoubleEndedIterator<Item = &[u8]> {
    let ends: Vec<usize> = path.iter().enumerate().filter(|(_, byte)| **byte == b'/').map(|(at, _)| at).collect();
    ends.into_iter().map(|end| &path[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decides(file: &str, path: &str) -> bool {
        let is_folder = path.ends_with('/');
        let list = PatternList::of_ignore_file(file.as_bytes());
        list.last_match(path.trim_end_matches('/').as_bytes(), is_folder).is_some_and(|(_, pattern)| !pattern.negated)
    }

    #[test]
    fn patterns_mean_what_git_means() {
        for (file, path, expected) in [
            ("*.log", "a/b.log", true),
            ("/only.txt", "only.txt", true),
            ("/only.txt", "sub/only.txt", false),
            ("a/b", "x/a/b", false),
            ("out/", "src/out/", true),
            ("out/", "src/out", false),
            ("a/**", "a/b/c", true),
            ("a/**/z", "a/z", true),
            ("**/deep", "x/y/deep", true),
            ("a/*", "a/b/c", false),
            ("*.log\n!keep.log", "keep.log", false),
            ("#note", "#note", false),
            ("\\#note", "#note", true),
            ("\\!loud", "!loud", true),
            ("tail   ", "tail", true),
            ("tail\\ ", "tail ", true),
            ("set.{a,b}", "set.a", false),
            ("set.{a,b}", "set.{a,b}", true),
            ("[Bb]in/", "Bin/", true),
            ("[", "[", false),
            ("*.cs\r\n*.vb\r\n", "x.cs", true),
        ] {
            assert_eq!(decides(file, path), expected, "{file:?} on {path:?}");
        }
    }

    #[test]
    fn ancestors_are_the_folders_of_a_path() {
        assert_eq!(ancestors(b"a/b/c").collect::<Vec<_>>(), [b"a".as_slice(), b"a/b"]);
        assert_eq!(ancestors(b"a").count(), 0);
    }
}
