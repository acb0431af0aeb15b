//! What test code looks like, by `rules/data/test-frameworks.toml`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::facts::code::Language;
use crate::facts::table;

/// The whole table.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Table {
    case: Vec<Case>,
    skip: Vec<Skip>,
    commented: BTreeMap<Language, Vec<String>>,
    hints: BTreeMap<Language, Vec<String>>,
    framework: Vec<Framework>,
    unread: Unread,
    elsewhere: Elsewhere,
}

/// Pipeline files of providers whose pipelines are not read.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Elsewhere {
    scripts: Vec<String>,
    travis: Vec<String>,
}

/// Tests that are not read.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Unread {
    programs: Vec<String>,
    endings: Vec<String>,
}

/// What makes a function a test.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Case {
    languages: Vec<Language>,
    #[serde(default)]
    pub(super) attributes: Vec<String>,
    #[serde(default)]
    pub(super) ends: Vec<String>,
    #[serde(default)]
    pub(super) names: Vec<String>,
    #[serde(default)]
    pub(super) calls: Vec<String>,
    #[serde(default)]
    pub(super) groups: Vec<String>,
    /// How the file's name must end.
    #[serde(default)]
    pub(super) file: String,
}

/// What switches a test off.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Skip {
    languages: Vec<Language>,
    #[serde(default)]
    pub(super) attributes: Vec<String>,
    #[serde(default)]
    pub(super) ends: Vec<String>,
    pub(super) argument: Option<String>,
    #[serde(default)]
    pub(super) unless: Vec<String>,
    #[serde(default)]
    pub(super) calls: Vec<String>,
    #[serde(default)]
    pub(super) names: Vec<String>,
    #[serde(default)]
    pub(super) behind: Vec<String>,
}

/// What shows that the application is driven from outside.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Framework {
    pub(super) name: String,
    languages: Vec<Language>,
    #[serde(default)]
    pub(super) words: Vec<String>,
    #[serde(default)]
    pub(super) imports: Vec<String>,
    #[serde(default)]
    pub(super) calls: Vec<String>,
    /// Whether an argument of the call must be a path.
    #[serde(default)]
    pub(super) path: bool,
    /// How many arguments the call has, on a plain name that is not called itself.
    pub(super) arguments: Option<usize>,
    /// What must not stand among the arguments of the call.
    #[serde(default)]
    pub(super) unless: Vec<String>,
    /// What the chain that is called must begin with, or pass through.
    #[serde(default)]
    pub(super) root: Vec<String>,
    #[serde(default)]
    pub(super) beside: Vec<String>,
    #[serde(default)]
    pub(super) without: Vec<String>,
    #[serde(default)]
    pub(super) within: Vec<String>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| table("test-frameworks.toml", include_str!("../../../rules/data/test-frameworks.toml")));

/// Whether a command line runs tests that are no code.
pub(super) fn runs_elsewhere(line: &str) -> Option<&str> {
    let name = |word: &str| TABLE.unread.programs.iter().any(|program| program == word);
    line.split([' ', '\t', ';', '/']).find(|word| name(word))
}

/// What makes a function a test in a language.
pub(super) fn cases(language: Language) -> impl Iterator<Item = &'static Case> {
    TABLE.case.iter().filter(move |row| row.languages.contains(&language))
}

/// What switches tests off in a language.
pub(super) fn skips(language: Language) -> impl Iterator<Item = &'static Skip> {
    TABLE.skip.iter().filter(move |row| row.languages.contains(&language))
}

/// What shows integration tests of a language, with the place in the table: what stands first says more.
pub(super) fn frameworks(language: Language) -> impl Iterator<Item = (usize, &'static Framework)> {
    TABLE.framework.iter().enumerate().filter(move |(_, row)| row.languages.contains(&language))
}

/// The name of a framework by its place in the table.
pub(super) fn framework_name(at: usize) -> &'static str {
    TABLE.framework.get(at).map_or("", |row| row.name.as_str())
}

/// What a commented-out test begins with.
pub(super) fn commented(language: Language) -> &'static [String] {
    TABLE.commented.get(&language).map_or(&[], Vec::as_slice)
}

/// Text of which a file must hold some, or it is not cut into tokens.
pub(super) fn hints(language: Language) -> Vec<&'static str> {
    let mut hints: Vec<&str> = TABLE.hints.get(&language).into_iter().flatten().map(String::as_str).collect();
    for (_, row) in frameworks(language) {
        hints.extend(row.words.iter().chain(&row.imports).map(String::as_str));
        // Of a chain the longest part: it may be broken over lines.
        hints.extend(row.calls.iter().filter_map(|call| call.split(['.', ':', '>', '-']).max_by_key(|part| part.len())));
    }
    hints
}

/// Whether a file holds tests in a form that is not read.
pub(super) fn is_unread(name: &str) -> bool {
    TABLE.unread.endings.iter().any(|ending| name.ends_with(ending.as_str()))
}

/// Whether a key of a pipeline file holds a script.
pub(super) fn is_script(key: &str) -> bool {
    TABLE.elsewhere.scripts.iter().any(|script| script == key)
}

/// Whether Travis runs tests of a language without being told how.
pub(super) fn travis_tests(language: &str) -> bool {
    TABLE.elsewhere.travis.iter().any(|known| known == language)
}

/// The last name of a chain: `get` of `client.get`.
pub(super) fn last_part(chain: &str) -> &str {
    chain.rsplit(['.', ':', '>']).next().unwrap_or(chain)
}
