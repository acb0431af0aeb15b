//! Which topics a document covers, and where: commands first, then headings whose content fits, then telling sentences.

use std::ops::Range;
use std::sync::LazyLock;

use regex::bytes::Regex;

use super::commands::{self, Typed};
use super::words::{Content, WORDS, compiled, is_neutral, is_of, names_topic, parts, patterns};
use super::{NotApplicable, Topic, Topics};
use crate::facts::At;
use crate::facts::markdown::{Block, Document, Kind, Line};
use crate::facts::stack::Stack;
use crate::snapshot::{PathClass, Snapshot};
use crate::table::Lazy;

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
    let blocks = guide.document.blocks.iter().enumerate();
    let named = blocks.filter(|(at, block)| heads(guide, *at, block, topic) && !claimed(guide, *at, topic, "test"));
    let fitting: Vec<(usize, &Block)> = named.filter(|(at, _)| fits(guide, *at, topic)).collect();
    let own = fitting.iter().find(|(at, _)| !claimed(guide, *at, topic, "deploy"));
    own.or_else(|| fitting.first()).map(|(_, block)| block.line())
}

/// A heading, or a short line that stands for one, names the topic.
fn heads(guide: &Guide<'_>, at: usize, block: &Block, topic: &str) -> bool {
    let text = block.text();
    if block.level().is_some() {
        return Some(at) != guide.document.title() && names_topic(topic, &text);
    }
    let (words, open) = (text.split_whitespace().count(), text.ends_with(':'));
    match topic {
        // "Ensure that these are installed:", and then the list.
        "prerequisites" if open && block.is_prose() && words <= LABEL && WORDS.firm.is_match(text.as_bytes()) => true,
        "prerequisites" | "install" | "configure" | "test" => {
            block.is_prose() && words <= TITLE && !text.ends_with('.') && names_topic(topic, &text)
        }
        _ => false,
    }
}

/// How many words a line may have that stands for a heading, and one that opens a list.
const TITLE: usize = 4;
const LABEL: usize = 16;
/// How many blocks after a line that stands for a heading belong to it.
const REACH: usize = 8;

/// What stands under a heading, or after a line that stands for one.
fn section<'a>(guide: &'a Guide<'_>, at: usize) -> &'a [Block] {
    if guide.document.blocks[at].level().is_some() {
        return guide.document.under(at);
    }
    let rest = &guide.document.blocks[at + 1..];
    let end = rest.iter().position(|block| block.level().is_some() || block.kind == Kind::Paragraph);
    &rest[..end.unwrap_or(rest.len()).min(REACH)]
}

/// Whether what stands under a heading fits the topic that the heading names.
fn fits(guide: &Guide<'_>, heading: usize, topic: &str) -> bool {
    let section = section(guide, heading);
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
    let text = block.text();
    WORDS.technology.is_match(without(&text, 0..text.len(), &commands_in(block, &text)).as_bytes())
}

/// Where a block's text holds inline code that is a command line: `npm install` requires nothing.
fn commands_in(block: &Block, text: &str) -> Vec<Range<usize>> {
    let mut from = 0;
    let place = |span: &Line| {
        let start = from + text.get(from..)?.find(&span.text)?;
        from = start + span.text.len();
        Some(start..from)
    };
    block.spans.iter().filter(|span| span.text.contains(' ')).filter_map(place).collect()
}

/// A part of a text without what of it lies in these ranges, which are in order.
fn without(text: &str, part: Range<usize>, ranges: &[Range<usize>]) -> String {
    let mut kept = String::with_capacity(part.len());
    let mut at = part.start;
    let first = ranges.partition_point(|range| range.end <= part.start);
    for range in ranges[first..].iter().take_while(|range| range.start < part.end) {
        kept.push_str(text.get(at..range.start.max(at)).unwrap_or_default());
        at = range.end.min(part.end).max(at);
    }
    kept + text.get(at..part.end).unwrap_or_default()
}

/// A setting is given, a variable is named, or the file that holds them.
fn names_setting(block: &Block) -> bool {
    static GIVEN: LazyLock<Lazy<Regex>> = LazyLock::new(|| compiled(r"^\s*(?:export |set |\$env:)?[a-z][a-z0-9_.:]*\s*[=:]"));
    static NAMED: LazyLock<Lazy<Regex>> = LazyLock::new(|| {
        compiled(
            r"(?-i:\b[A-Z][A-Z0-9]*_[A-Z0-9_]+\b)|(?:^|[\s/(])\.env\b|\benv\.\w+|appsettings[\w.]*json|secrets\.json|application[\w-]*\.(?:ya?ml|properties)|(?:config|settings)[\w./-]*\.(?:json|ya?ml|toml|js|ts|py|ini|php|exs|xml)\b",
        )
    });
    match &block.kind {
        Kind::Code { info } => !is_program(info) && block.lines.iter().any(|line| GIVEN.is_match(line.text.as_bytes())),
        Kind::Heading(_) => false,
        _ => NAMED.is_match(block.text().as_bytes()),
    }
}

/// Code of a program: an assignment in it is no setting of the project.
fn is_program(info: &str) -> bool {
    let language = info.split(|c: char| !c.is_alphanumeric() && c != '#' && c != '+').find(|part| !part.is_empty()).unwrap_or("");
    let programs = [
        "js",
        "javascript",
        "jsx",
        "ts",
        "typescript",
        "tsx",
        "ruby",
        "rb",
        "python",
        "py",
        "go",
        "rust",
        "rs",
        "java",
        "kotlin",
        "cs",
        "csharp",
        "c#",
        "php",
        "swift",
        "dart",
        "cpp",
        "c",
        "html",
        "vue",
        "elixir",
        "scala",
    ];
    programs.contains(&language.to_lowercase().as_str())
}

/// A sentence of prose.
struct Sentence {
    /// The line that it starts on.
    line: usize,
    text: String,
    /// What it says beside the commands that it names.
    plain: String,
}

/// Prose, cut into sentences.
fn sentences(document: &Document) -> impl Iterator<Item = Sentence> + '_ {
    document.blocks.iter().filter(|block| block.is_prose()).flat_map(|block| {
        let text = block.text();
        let commands = commands_in(block, &text);
        let mut lines = block.lines_at();
        let mut sentence = |part: Range<usize>| Sentence {
            line: lines(part.start),
            plain: without(&text, part.clone(), &commands),
            text: text.get(part).unwrap_or_default().to_owned(),
        };
        let (mut start, mut all) = (0, Vec::new());
        for (end, _) in text.match_indices(' ') {
            if text[..end].ends_with(['.', '!', '?', ';']) && text.get(start..end).is_some_and(|sentence| sentence.len() > 12) {
                all.push(sentence(start..end));
                start = end + 1;
            }
        }
        all.push(sentence(start..text.len()));
        all
    })
}

fn by_sentence(guide: &Guide<'_>, topic: &str) -> Option<usize> {
    let says = |sentence: &Sentence| match &patterns(topic).sentence {
        Some(pattern) => pattern.is_match(sentence.text.as_bytes()),
        None => topic == "prerequisites" && requires(&sentence.plain),
    };
    sentences(&guide.document).find(says).map(|sentence| sentence.line)
}

/// How far a technology may stand from the verb that requires it, in bytes.
const NEAR: usize = 80;

/// "Install the .NET SDK", "requires Postgres", "we run Python 3.13": a verb of need before a technology.
fn requires(sentence: &str) -> bool {
    if !WORDS.firm.is_match(sentence.as_bytes()) && !WORDS.versioned.is_match(sentence.as_bytes()) {
        return false;
    }
    let sentence = WORDS.installers.replace_all(sentence.as_bytes(), &b""[..]);
    let after = |verb: regex::bytes::Match<'_>| {
        let found = WORDS.technology.find_at(&sentence, verb.end().saturating_sub(1))?;
        (found.start() <= verb.end() + NEAR).then_some(found)
    };
    if WORDS.firm.find_iter(&sentence).any(|verb| after(verb).is_some()) {
        return true;
    }
    WORDS.versioned.find_iter(&sentence).filter_map(after).any(|found| {
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
    sentences(&guide.document).any(|sentence| WORDS.unconfigured.is_match(sentence.text.as_bytes()))
}

fn has_tests(snapshot: &Snapshot) -> bool {
    snapshot.files().iter().any(|file| file.class == PathClass::Test)
}
