//! Globs of tables, compiled when a text comes that they may mean: a run on a small repository asks a few of them once, one
//! on a large repository asks the same ones thousands of times, and each shall be fast.
//!
//! What a pattern of git or of a user means is left to `snapshot/pattern.rs` and `matcher.rs`.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use globset::{Error, Glob, GlobBuilder, GlobMatcher, GlobSet, GlobSetBuilder};
use serde::{Deserialize, Deserializer};

/// How often globs are asked one by one before a set of all is worth its making.
const WORTH_A_SET: usize = 500;

/// Globs in which `*` stays within a folder and `**` crosses folders.
#[derive(Debug, Default)]
pub(crate) struct Globs {
    each: Vec<One>,
    set: OnceLock<GlobSet>,
    asked: AtomicUsize,
}

/// A glob with the plain text that it begins and ends with.
#[derive(Debug)]
struct One {
    pattern: String,
    start: String,
    end: String,
    plain: bool,
    matcher: OnceLock<Option<GlobMatcher>>,
}

impl Globs {
    /// Takes the globs as they are, for [`validate`](Self::validate) to hold right: one that is none never matches.
    pub(crate) fn new(patterns: impl IntoIterator<Item = String>) -> Self {
        Self { each: patterns.into_iter().map(One::new).collect(), set: OnceLock::new(), asked: AtomicUsize::new(0) }
    }

    /// Compiles all globs.
    ///
    /// # Errors
    /// The first glob that is none.
    pub(crate) fn validate(&self) -> Result<(), Error> {
        self.compile().map(|_| ())
    }

    /// Whether there is no glob at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.each.is_empty()
    }

    /// Whether one of the globs means this text.
    pub(crate) fn is_match(&self, text: &str) -> bool {
        match self.set() {
            Some(set) => set.is_match(text),
            None => self.each.iter().any(|one| one.is_match(text)),
        }
    }

    /// The numbers of the globs that mean this text, in their order.
    pub(crate) fn matches(&self, text: &str) -> Vec<usize> {
        match self.set() {
            Some(set) => set.matches(text),
            None => self.each.iter().enumerate().filter(|(_, one)| one.is_match(text)).map(|(at, _)| at).collect(),
        }
    }

    /// The set of all, once it is worth its making.
    fn set(&self) -> Option<&GlobSet> {
        let known = self.set.get();
        if known.is_some() || self.asked.fetch_add(1, Ordering::Relaxed) < WORTH_A_SET {
            return known;
        }
        Some(self.set.get_or_init(|| self.compile().unwrap_or_default()))
    }

    fn compile(&self) -> Result<GlobSet, Error> {
        let mut set = GlobSetBuilder::new();
        for one in &self.each {
            set.add(one.glob()?);
        }
        set.build()
    }
}

impl<'de> Deserialize<'de> for Globs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let globs = Self::new(Vec::<String>::deserialize(deserializer)?);
        if cfg!(test) {
            globs.validate().map_err(serde::de::Error::custom)?;
        }
        Ok(globs)
    }
}

impl One {
    fn new(pattern: String) -> Self {
        let special = |c: char| matches!(c, '*' | '?' | '[' | ']' | '{' | '}' | '\\');
        let start = pattern.find(special).unwrap_or(pattern.len());
        let end = pattern.rfind(special).map_or(0, |at| at + 1);
        // `**/` may stand for nothing at all.
        let optional = pattern[..end].ends_with("**") && pattern[end..].starts_with('/');
        let end = end + usize::from(optional);
        Self {
            start: pattern[..start].to_owned(),
            end: pattern[end..].to_owned(),
            plain: start == pattern.len(),
            matcher: OnceLock::new(),
            pattern,
        }
    }

    fn glob(&self) -> Result<Glob, Error> {
        GlobBuilder::new(&self.pattern).literal_separator(true).build()
    }

    fn is_match(&self, text: &str) -> bool {
        if self.plain || !text.starts_with(&self.start) || !text.ends_with(&self.end) {
            return self.plain && text == self.pattern;
        }
        let matcher = self.matcher.get_or_init(|| self.glob().ok().map(|glob| glob.compile_matcher()));
        matcher.as_ref().is_some_and(|matcher| matcher.is_match(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATTERNS: [&str; 14] = [
        "readme*",
        "*.tar.gz",
        "makefile",
        "**/deploy.yml",
        "ci/**",
        "ci/**/x.yml",
        "*.{yml,yaml}",
        "[ab].txt",
        "a?c",
        "docs/*/index.md",
        "{a,b}",
        "x{,.js}",
        "[!.]*.sh",
        "\\{x\\}",
    ];

    #[test]
    fn one_by_one_and_in_a_set_globs_mean_the_same() {
        let texts = ["readme", "readme.md", "x.tar.gz", ".tar.gz", "makefile", "makefiles", "deploy.yml", "a/deploy.yml", "xdeploy.yml"];
        let more =
            ["ci", "ci/x", "ci/x.yml", "ci/a/x.yml", "x.yaml", "a.txt", "abc", "docs/a/index.md", "docs/index.md", "docs/a/b/index.md"];
        let last = ["a", "b", "x", "x.js", "a.sh", ".sh", "{x}", "", "/"];
        let globs = Globs::new(PATTERNS.map(str::to_owned));
        let set = globs.compile().unwrap();
        for text in texts.iter().chain(&more).chain(&last) {
            assert_eq!(globs.matches(text), set.matches(text), "{text}");
            assert_eq!(globs.is_match(text), set.is_match(text), "{text}");
        }
        assert!(globs.set.get().is_none());
        (0..=WORTH_A_SET).for_each(|_| _ = globs.is_match("makefile"));
        assert!(globs.set.get().is_some());
    }

    #[test]
    fn a_glob_that_is_none_is_told() {
        assert!(Globs::new(["[".to_owned()]).validate().is_err());
        assert!(!Globs::new(["[".to_owned()]).is_match("["));
    }
}
