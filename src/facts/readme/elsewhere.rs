//! What a README may say without its being read: in a guide outside of the repository, or in another language.
//!
//! The words are data (`rules/data/elsewhere.toml`). A topic that is found stays found. One that is not is unknown here rather than missing, so that it becomes a question.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::bytes::Regex;
use serde::Deserialize;

use super::Topics;
use super::topics::Guide;
use super::words::{WORDS, compiled};
use crate::facts::markdown::{Document, Kind, Link};
use crate::facts::{Notes, table};
use crate::table::Lazy;

#[derive(Deserialize)]
struct Declared {
    guide: String,
    tests: String,
    others: Vec<String>,
    english: BTreeSet<String>,
}

struct Elsewhere {
    guide: Lazy<Regex>,
    tests: Lazy<Regex>,
    others: Vec<String>,
    english: BTreeSet<String>,
}

static ELSEWHERE: LazyLock<Elsewhere> = LazyLock::new(|| {
    let declared = table::<Declared>("elsewhere.toml", include_str!("../../../rules/data/elsewhere.toml"));
    Elsewhere { guide: compiled(&declared.guide), tests: compiled(&declared.tests), others: declared.others, english: declared.english }
});

/// Notes the topics that are not found and yet may be covered.
pub(super) fn note(guide: &Guide<'_>, topics: &Topics, notes: &mut Notes) {
    let foreign = !is_english(&guide.document);
    let linked = |pattern: &Lazy<Regex>| guide.document.links.iter().find(|link| leads_to_guide(link, pattern));
    let setup = linked(&ELSEWHERE.guide);
    let tests = linked(&ELSEWHERE.tests).or(setup);
    let missing = [
        ("prerequisites", topics.prerequisites.is_none(), setup),
        ("install", topics.install.is_none(), setup),
        ("configure", topics.configure.is_none(), setup),
        ("services", topics.services.is_none(), setup),
        ("migrate", topics.migrate.is_none(), setup),
        ("run", topics.run.is_none(), setup),
        ("test", topics.test.is_none(), tests),
        ("deploy", topics.deploy.is_none(), None),
    ];
    for (topic, _, link) in missing.into_iter().filter(|(_, missing, _)| *missing) {
        let reason = match link {
            Some(link) => format!("the README leaves it to {}, which is not in this repository", link.target),
            None if foreign => "the README is not in English, and what it says of this was not understood".into(),
            None => continue,
        };
        notes.unread(&format!("readme.topics.{topic}"), reason);
    }
}

/// A link out of the repository that is called a guide, and is none to a technology.
fn leads_to_guide(link: &Link, pattern: &Lazy<Regex>) -> bool {
    static HOST: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^https?://([^/:?#]+)").expect("the pattern is constant"));
    let Some(host) = HOST.captures(link.target.trim().as_bytes()).map(|found| String::from_utf8_lossy(&found[1]).to_ascii_lowercase())
    else {
        return false;
    };
    let of_others = ELSEWHERE.others.iter().any(|other| host == *other || host.ends_with(&format!(".{other}")));
    !of_others && pattern.is_match(link.text.as_bytes()) && !WORDS.technology.is_match(link.text.as_bytes())
}

/// How many letters, and how many words, it takes to tell a language.
const LETTERS: usize = 20;
const ENOUGH: usize = 40;

/// Whether the prose may be English: of Latin letters, and, where it is long enough, with the words that every English
/// text has.
fn is_english(document: &Document) -> bool {
    let prose = document.blocks.iter().filter(|block| block.is_prose() || matches!(block.kind, Kind::Heading(_)));
    let (mut letters, mut foreign, mut words, mut known) = (0, 0, 0, 0);
    for text in prose.map(crate::facts::markdown::Block::text) {
        letters += text.chars().filter(|c| c.is_alphabetic()).count();
        foreign += text.chars().filter(|c| c.is_alphabetic() && !c.is_ascii()).count();
        for word in text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()) {
            words += 1;
            known += usize::from(ELSEWHERE.english.contains(&word.to_lowercase()));
        }
    }
    let other_script = letters >= LETTERS && foreign * 3 > letters;
    let other_words = words >= ENOUGH && known * 33 < words;
    !other_script && !other_words
}
