//! Which topics a document covers, and where: commands first, then headings whose content fits, then telling sentences.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::bytes::{Regex, RegexBuilder};
use serde::Deserialize;

use super::commands::{self, Typed};
use super::{NotApplicable, Topic, Topics};
use crate::facts::markdown::{Block, Document, Kind};
use crate::facts::stack::Stack;
use crate::facts::{At, table};
use crate::snapshot::{PathClass, Snapshot};

/// A document with the commands that it gives.
pub(super) struct Guide<'a> {
    pub(super) file: &'a str,
    pub(super) document: Document,
    pub(super) commands: Vec<Typed>,
}

impl<'a> Guide<'a> {
    pub(super) fn new(file: &'a str, document: Document) -> Self {
        let commands = commands::typed(&document);
        Self { file, document, commands }
    }

    /// The headings above a block that name a topic: all but the document's title.
    fn headings(&self, block: usize) -> impl Iterator<Item = usize> + '_ {
        let title = self.document.title();
        self.document.headings_above(block).filter(move |heading| Some(*heading) != title)
    }
}

#[derive(Deserialize)]
struct Table {
    wrappers: Vec<String>,
    neutral: Vec<String>,
    restores: Vec<String>,
    restoring_stacks: Vec<String>,
    unconfigured: Vec<String>,
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
enum Content {
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
struct Words {
    wrapper: Regex,
    neutral: Regex,
    restores: Regex,
    restoring_stacks: Vec<String>,
    unconfigured: Regex,
    firm: Regex,
    versioned: Regex,
    technology: Regex,
    topics: BTreeMap<String, Patterns>,
}

struct Patterns {
    heading: Regex,
    heading_except: Option<Regex>,
    claims: Option<Regex>,
    content: Content,
    command: Regex,
    except: Option<Regex>,
    sentence: Option<Regex>,
}

fn compiled(pattern: &str) -> Regex {
    let mut builder = RegexBuilder::new(pattern);
    builder.unicode(false).case_insensitive(true).size_limit(1 << 26);
    builder.build().unwrap_or_else(|error| unreachable!("rules/data/topics.toml is checked by a test: {error}"))
}

fn any_at_start(patterns: &[String], services: &str) -> Regex {
    compiled(&format!("^(?:{})", patterns.join("|").replace("{services}", services)))
}

static WORDS: LazyLock<Words> = LazyLock::new(|| {
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
        firm: compiled(&table.requirement.firm),
        versioned: compiled(&table.requirement.versioned),
        technology: compiled(&format!(r"(?:^|[^\w.-])(?:{})(?:$|[^\w-])", table.technologies.join("|"))),
        topics: table.topic.iter().map(|(name, declared)| (name.clone(), topic(declared))).collect(),
        restoring_stacks: table.restoring_stacks,
    }
});

fn patterns(topic: &str) -> &'static Patterns {
    WORDS.topics.get(topic).unwrap_or_else(|| unreachable!("rules/data/topics.toml holds every topic"))
}

/// The commands that a line chains, each as written and without what merely wraps it.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    let chained = text.split(['\n', ';', '|']).flat_map(|part| part.split("&&")).map(str::trim);
    chained.flat_map(|part| {
        let start = WORDS.wrapper.find(part.as_bytes()).map_or(0, |found| found.end());
        std::iter::once(part).chain(part.get(start..).filter(|_| start > 0))
    })
}

fn is_of(topic: &str, command: &str) -> bool {
    let patterns = patterns(topic);
    parts(command).any(|part| {
        let part = part.as_bytes();
        patterns.command.is_match(part) && !patterns.except.as_ref().is_some_and(|except| except.is_match(part))
    })
}

fn is_neutral(command: &str) -> bool {
    parts(command).all(|part| WORDS.neutral.is_match(part.as_bytes()))
}

fn names_topic(topic: &str, heading: &str) -> bool {
    let patterns = patterns(topic);
    patterns.heading.is_match(heading.as_bytes())
        && !patterns.heading_except.as_ref().is_some_and(|except| except.is_match(heading.as_bytes()))
}

/// Whether a section of another topic holds this block: what stands under "Deployment" or "Tests" serves that.
fn claimed(guide: &Guide<'_>, block: usize, topic: &str, by: &str) -> bool {
    let Some(claims) = patterns(by).claims.as_ref().filter(|_| topic != by) else { return false };
    guide.headings(block).any(|heading| {
        let text = guide.document.blocks[heading].text();
        claims.is_match(text.as_bytes()) && !names_topic(topic, &text)
    })
}

fn by_command(guide: &Guide<'_>, topic: &str) -> Option<usize> {
    let candidates = || guide.commands.iter().filter(|typed| is_of(topic, &typed.text) && !claimed(guide, typed.block, topic, "test"));
    let own = candidates().find(|typed| !claimed(guide, typed.block, topic, "deploy"));
    own.or_else(|| candidates().next()).map(|typed| typed.line)
}

fn by_heading(guide: &Guide<'_>, topic: &str) -> Option<usize> {
    let title = guide.document.title();
    let blocks = guide.document.blocks.iter().enumerate();
    blocks
        .filter(|(at, block)| block.level().is_some() && Some(*at) != title && names_topic(topic, &block.text()))
        .filter(|(at, _)| !claimed(guide, *at, topic, "test") && !claimed(guide, *at, topic, "deploy"))
        .find(|(at, _)| fits(guide, *at, topic))
        .map(|(_, block)| block.line())
}

/// Whether what stands under a heading fits the topic that the heading names.
fn fits(guide: &Guide<'_>, heading: usize, topic: &str) -> bool {
    let section = guide.document.under(heading);
    let commands = || guide.commands.iter().filter(|typed| typed.block > heading && typed.block <= heading + section.len());
    let others = ["prerequisites", "install", "configure", "services", "migrate", "run", "test", "deploy"];
    match patterns(topic).content {
        Content::Command => {
            commands().any(|typed| !is_neutral(&typed.text) && !others.iter().any(|other| *other != topic && is_of(other, &typed.text)))
        }
        Content::Technology => section.iter().filter(|block| block.is_prose() || block.kind == Kind::Row).any(names_technology),
        Content::Setting => section.iter().any(names_setting),
        Content::Words => {
            let words: usize =
                section.iter().filter(|block| block.level().is_none()).map(|block| block.text().split_whitespace().count()).sum();
            words >= 12 || commands().next().is_some()
        }
    }
}

fn names_technology(block: &Block) -> bool {
    WORDS.technology.is_match(block.text().as_bytes())
}

/// A setting is given, a variable is named, or the file that holds them.
fn names_setting(block: &Block) -> bool {
    static GIVEN: LazyLock<Regex> = LazyLock::new(|| compiled(r"^\s*(?:export |set |\$env:)?[a-z][a-z0-9_.:]*\s*[=:]"));
    static NAMED: LazyLock<Regex> = LazyLock::new(|| {
        compiled(
            r"(?-i:\b[A-Z][A-Z0-9]*_[A-Z0-9_]+\b)|(?:^|[\s/(])\.env\b|\benv\.\w+|appsettings[\w.]*json|secrets\.json|application[\w-]*\.(?:ya?ml|properties)|(?:config|settings)[\w./-]*\.(?:json|ya?ml|toml|js|ts|py|ini|php|exs|xml)\b",
        )
    });
    match &block.kind {
        Kind::Code { .. } => block.lines.iter().any(|line| GIVEN.is_match(line.text.as_bytes())),
        Kind::Heading(_) => false,
        _ => NAMED.is_match(block.text().as_bytes()),
    }
}

/// Prose, cut into sentences, each with the line that it starts on.
fn sentences(document: &Document) -> impl Iterator<Item = (usize, String)> + '_ {
    document.blocks.iter().filter(|block| block.is_prose()).flat_map(|block| {
        let text = block.text();
        let (mut start, mut all) = (0, Vec::new());
        for (end, _) in text.match_indices([' ']) {
            if text[..end].ends_with(['.', '!', '?', ';']) && text.get(start..end).is_some_and(|sentence| sentence.len() > 12) {
                all.push((block.line_at(start), text[start..end].to_owned()));
                start = end + 1;
            }
        }
        all.push((block.line_at(start), text[start..].to_owned()));
        all
    })
}

fn by_sentence(guide: &Guide<'_>, topic: &str) -> Option<usize> {
    let sentence = patterns(topic).sentence.as_ref();
    sentences(&guide.document)
        .find(
            |(_, text)| {
                if topic == "prerequisites" { requires(text) } else { sentence.is_some_and(|pattern| pattern.is_match(text.as_bytes())) }
            },
        )
        .map(|(line, _)| line)
}

/// "Install the .NET SDK", "requires Postgres", "we run Python 3.13": a verb of need before a technology.
fn requires(sentence: &str) -> bool {
    let sentence = sentence.as_bytes();
    let after = |verb: &Regex| verb.find(sentence).map(|found| found.end().saturating_sub(1));
    let technology = |from: usize| WORDS.technology.find_at(sentence, from);
    if after(&WORDS.firm).is_some_and(|from| technology(from).is_some()) {
        return true;
    }
    let versioned = after(&WORDS.versioned).and_then(technology);
    versioned.is_some_and(|found| {
        let reach = &sentence[found.start()..sentence.len().min(found.end() + 14)];
        reach.windows(2).any(|pair| pair[1].is_ascii_digit() && !pair[0].is_ascii_alphabetic())
    })
}

fn covered(guide: &Guide<'_>, topic: &str) -> Option<Topic> {
    let line = by_command(guide, topic).or_else(|| by_heading(guide, topic)).or_else(|| by_sentence(guide, topic))?;
    Some(Topic::Covered(At::new(guide.file, line)))
}

/// The topics of a README, with what it leaves to linked documents.
pub(super) fn read(snapshot: &Snapshot, stacks: &[Stack], guide: &Guide<'_>, linked: &[Guide<'_>]) -> Topics {
    let found = |topic: &str| covered(guide, topic).or_else(|| linked.iter().find_map(|other| covered(other, topic)));
    let run = found("run");
    let no = |absent: bool| absent.then_some(Topic::NotApplicable(NotApplicable::NotApplicable));
    Topics {
        prerequisites: found("prerequisites"),
        install: found("install").or_else(|| no(run.is_some() && restores(guide, linked, stacks))),
        configure: found("configure").or_else(|| no(unconfigured(guide))),
        services: found("services"),
        migrate: found("migrate"),
        test: found("test").or_else(|| no(!has_tests(snapshot))),
        deploy: found("deploy"),
        run,
    }
}

/// A documented command fetches what it needs by itself, or every build of these stacks does.
fn restores(guide: &Guide<'_>, linked: &[Guide<'_>], stacks: &[Stack]) -> bool {
    let by_command = std::iter::once(guide)
        .chain(linked)
        .flat_map(|guide| &guide.commands)
        .any(|typed| is_of("run", &typed.text) && parts(&typed.text).any(|part| WORDS.restores.is_match(part.as_bytes())));
    by_command || (!stacks.is_empty() && stacks.iter().all(|stack| WORDS.restoring_stacks.contains(&stack.name)))
}

fn unconfigured(guide: &Guide<'_>) -> bool {
    sentences(&guide.document).any(|(_, text)| WORDS.unconfigured.is_match(text.as_bytes()))
}

fn has_tests(snapshot: &Snapshot) -> bool {
    snapshot.files().iter().any(|file| file.class == PathClass::Test)
}
