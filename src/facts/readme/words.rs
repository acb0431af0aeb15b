//! The words of README topics, from `rules/data/topics.toml`, and which topic a command or a heading belongs to by them.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::bytes::{Regex, RegexBuilder};
use serde::Deserialize;

use crate::facts::table;
use crate::table::Lazy;

#[derive(Deserialize)]
struct Table {
    wrappers: Vec<String>,
    neutral: Vec<String>,
    restores: Vec<String>,
    restoring_stacks: Vec<String>,
    unconfigured: Vec<String>,
    installers: String,
    requirement: Requirement,
    technologies: Vec<String>,
    services: String,
    topic: BTreeMap<String, Declared>,
}

#[derive(Deserialize)]
struct Requirement {
    firm: String,
    versioned: String,
}

#[derive(Deserialize)]
struct Declared {
    heading: String,
    heading_except: Option<String>,
    claims: Option<String>,
    content: Content,
    commands: Vec<String>,
    #[serde(default)]
    except: Vec<String>,
    #[serde(default)]
    sentences: Vec<String>,
}

/// What has to stand under a heading for it to mean its topic.
#[derive(Deserialize, Clone, Copy, PartialEq)]
#[serde(rename_all = "lowercase")]
pub(super) enum Content {
    /// A command that belongs to no other topic.
    Command,
    /// A technology named in prose.
    Technology,
    /// A setting, or a file that holds settings.
    Setting,
    /// Some words, or a command.
    Words,
}

/// The table with its patterns compiled.
pub(super) struct Words {
    pub(super) wrapper: Lazy<Regex>,
    pub(super) neutral: Lazy<Regex>,
    pub(super) restores: Lazy<Regex>,
    pub(super) restoring_stacks: Vec<String>,
    pub(super) unconfigured: Lazy<Regex>,
    pub(super) installers: Lazy<Regex>,
    pub(super) firm: Lazy<Regex>,
    pub(super) versioned: Lazy<Regex>,
    pub(super) technology: Lazy<Regex>,
    pub(super) topics: BTreeMap<String, Patterns>,
}

pub(super) struct Patterns {
    pub(super) heading: Lazy<Regex>,
    pub(super) heading_except: Option<Lazy<Regex>>,
    pub(super) claims: Option<Lazy<Regex>>,
    pub(super) content: Content,
    pub(super) command: Lazy<Regex>,
    pub(super) except: Option<Lazy<Regex>>,
    pub(super) sentence: Option<Lazy<Regex>>,
}

pub(super) fn compiled(pattern: &str) -> Lazy<Regex> {
    Lazy::new(pattern, |pattern| {
        let mut builder = RegexBuilder::new(pattern);
        builder.unicode(false).case_insensitive(true).size_limit(1 << 26).build().map_err(|error| error.to_string())
    })
}

pub(super) fn any_at_start(patterns: &[String], services: &str) -> Lazy<Regex> {
    compiled(&format!("^(?:{})", patterns.join("|").replace("{services}", services)))
}

pub(super) static WORDS: LazyLock<Words> = LazyLock::new(|| {
    let table: Table = table("topics.toml", include_str!("../../../rules/data/topics.toml"));
    let some = |patterns: &[String]| (!patterns.is_empty()).then(|| any_at_start(patterns, &table.services));
    let topic = |declared: &Declared| Patterns {
        heading: compiled(&declared.heading),
        heading_except: declared.heading_except.as_deref().map(compiled),
        claims: declared.claims.as_deref().map(compiled),
        content: declared.content,
        command: any_at_start(&declared.commands, &table.services),
        except: some(&declared.except),
        sentence: (!declared.sentences.is_empty()).then(|| compiled(&declared.sentences.join("|"))),
    };
    Words {
        wrapper: compiled(&format!(r"^(?:(?:\w+=(?:'[^']*'|\S*)|{})\s+)+", table.wrappers.join("|"))),
        neutral: any_at_start(&table.neutral, &table.services),
        restores: any_at_start(&table.restores, &table.services),
        unconfigured: compiled(&table.unconfigured.join("|")),
        installers: compiled(&table.installers),
        firm: compiled(&table.requirement.firm),
        versioned: compiled(&table.requirement.versioned),
        technology: compiled(&format!(r"(?:^|[^\w.-])(?:{})(?:$|[^\w-])", table.technologies.join("|"))),
        topics: table.topic.iter().map(|(name, declared)| (name.clone(), topic(declared))).collect(),
        restoring_stacks: table.restoring_stacks,
    }
});

pub(super) fn patterns(topic: &str) -> &'static Patterns {
    WORDS.topics.get(topic).unwrap_or_else(|| unreachable!("rules/data/topics.toml holds every topic"))
}

/// The commands that a line chains, each as written and without what merely wraps it.
pub(super) fn parts(text: &str) -> impl Iterator<Item = &str> {
    let chained = text.split(['\n', ';', '|']).flat_map(|part| part.split("&&")).map(str::trim);
    chained.flat_map(|part| {
        let start = WORDS.wrapper.find(part.as_bytes()).map_or(0, |found| found.end());
        std::iter::once(part).chain(part.get(start..).filter(|_| start > 0))
    })
}

pub(super) fn is_of(topic: &str, command: &str) -> bool {
    let patterns = patterns(topic);
    parts(command).any(|part| {
        let part = part.as_bytes();
        patterns.command.is_match(part) && !patterns.except.as_ref().is_some_and(|except| except.is_match(part))
    })
}

/// The command belongs to one of the topics.
pub(super) fn belongs_to_a_topic(command: &str) -> bool {
    WORDS.topics.keys().any(|topic| is_of(topic, command))
}

pub(super) fn is_neutral(command: &str) -> bool {
    parts(command).all(|part| WORDS.neutral.is_match(part.as_bytes()))
}

pub(super) fn names_topic(topic: &str, heading: &str) -> bool {
    let patterns = patterns(topic);
    patterns.heading.is_match(heading.as_bytes())
        && !patterns.heading_except.as_ref().is_some_and(|except| except.is_match(heading.as_bytes()))
}
