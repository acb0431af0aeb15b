//! Where code reads settings.
//!
//! Every source file is looked through for the literals of the table first; only where one stands is it cut into tokens.
//! A name that is put together when the program runs is unknown, and no setting is made of it. Functions of the
//! repository that pass a name on to one that reads (`getEnv("X")`) are followed one step.

mod absence;
mod cast;
mod class;
mod decorated;
mod memory;
mod names;
mod passed;
mod placeholder;
mod scan;
mod schema;
mod tag;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::OnceLock;

use aho_corasick::AhoCorasick;
use rayon::prelude::*;

use super::table::{Form, LANGUAGES, Reader, TABLE};
use crate::facts::At;
use crate::facts::code::value::Constants;
use crate::facts::code::{Code, Language, LeftWhole};
use crate::snapshot::{File, PathClass, Snapshot};
use scan::Scan;

/// A setting that is read at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Read {
    /// Its name as written.
    pub name: String,
    /// Where.
    pub at: At,
    /// What becomes of its absence there.
    pub absence: Absence,
    /// What the name is a name of.
    pub form: Form,
    /// Whether its case matters.
    pub exact: bool,
}

/// What becomes of the absence of a setting where it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Absence {
    /// Nothing that answers it, or the program ends.
    Open,
    /// A member does no more than to give the value to its callers, which are not followed: it cannot be told.
    HandedOn,
    /// There is a default, or the program goes on without it.
    Answered,
}

impl From<bool> for Absence {
    fn from(answered: bool) -> Self {
        if answered { Self::Answered } else { Self::Open }
    }
}

/// All reads, and what is put before names of the environment.
#[derive(Debug, Default)]
pub(super) struct Reads {
    /// The reads, in no order.
    pub reads: Vec<Read>,
    /// Prefixes of environment variables that configuration is filled from.
    pub prefixes: BTreeSet<String>,
    /// Names that the program gives a value itself.
    pub given: BTreeSet<String>,
    /// Code that describes where the program runs.
    pub declaring: BTreeSet<String>,
    /// Code that fills the configuration from a place of its own.
    pub source: Option<At>,
    /// Files that are too large to be read.
    pub left_whole: Vec<LeftWhole>,
}

/// A function that passes one of its parameters on as the name of a setting.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Wrapper {
    language: &'static str,
    name: String,
    name_at: usize,
    absent: bool,
}

/// What one file holds.
#[derive(Debug, Default)]
struct Found {
    reads: Vec<Read>,
    /// Reads whose name is a constant of another file.
    open: Vec<(String, Read)>,
    wrappers: Vec<Wrapper>,
    constants: Vec<(String, String)>,
    prefixes: Vec<String>,
    /// Names, or constants for them, that the program gives a value itself.
    given: Vec<String>,
    declaring: Option<String>,
    source: Option<At>,
    left_whole: Option<LeftWhole>,
}

/// The readers of one language, by the last word of what they look for.
struct Readers {
    language: Language,
    word: &'static str,
    finder: AhoCorasick,
    /// By the last word: the words before it, and the reader.
    calls: HashMap<&'static str, Vec<(Vec<&'static str>, &'static Reader)>>,
    indexes: HashMap<&'static str, Vec<(Vec<&'static str>, &'static Reader)>>,
    members: HashMap<&'static str, Vec<(Vec<&'static str>, &'static Reader)>>,
}

/// The readers of each language, made when a file of it comes.
static READERS: [OnceLock<Option<Readers>>; LANGUAGES.len()] = [const { OnceLock::new() }; LANGUAGES.len()];

impl Readers {
    fn new(word: &'static str, language: Language) -> Option<Self> {
        let readers: Vec<&'static Reader> = TABLE.reader.iter().filter(|reader| reader.languages.iter().any(|name| name == word)).collect();
        let mut literals: Vec<String> = names::extra_literals(word).iter().map(|literal| (*literal).to_owned()).collect();
        literals.extend(TABLE.declared.code.iter().cloned());
        literals.extend(TABLE.schema.decorators.iter().filter(|_| language == Language::JavaScript).cloned());
        let mut by_word = |paths: fn(&'static Reader) -> &'static [String]| {
            let mut found: HashMap<&'static str, Vec<(Vec<&'static str>, &'static Reader)>> = HashMap::new();
            for (path, reader) in readers.iter().flat_map(|reader| paths(reader).iter().map(move |path| (path, *reader))) {
                let mut words: Vec<&'static str> = path.split(['.', ':']).filter(|word| !word.is_empty()).collect();
                let last = words.pop().unwrap_or_default();
                literals.extend(names::literals(path, reader));
                found.entry(last.trim_end_matches("()")).or_default().push((words, reader));
            }
            found
        };
        let calls = by_word(|reader| &reader.calls);
        let indexes = by_word(|reader| &reader.indexes);
        let members = by_word(|reader| &reader.members);
        let finder = AhoCorasick::new(&literals).ok()?;
        Some(Self { language, word, finder, calls, indexes, members })
    }
}

/// Reads all source files.
pub(super) fn read(snapshot: &Snapshot) -> Reads {
    let sources: Vec<(&File, &Readers)> = snapshot.files().iter().filter_map(|file| Some((file, readers_of(file)?))).collect();
    let found: Vec<Found> = sources.par_iter().map(|(file, readers)| of_file(snapshot, file, readers)).collect();
    let mut all = Reads::default();
    let (mut open, mut given, mut wrappers) = (Vec::new(), Vec::new(), BTreeSet::new());
    let mut constants: HashMap<String, Option<String>> = HashMap::new();
    for file in found {
        all.reads.extend(file.reads);
        all.prefixes.extend(file.prefixes);
        given.extend(file.given);
        all.declaring.extend(file.declaring);
        all.source = all.source.or(file.source);
        all.left_whole.extend(file.left_whole);
        open.extend(file.open);
        wrappers.extend(file.wrappers);
        for (name, value) in file.constants {
            let entry = constants.entry(name).or_insert_with(|| Some(value.clone()));
            if entry.as_deref() != Some(&value) {
                *entry = None;
            }
        }
    }
    all.given = given.iter().filter_map(|name| names::value(&constants, name)).collect();
    all.reads.extend(open.into_iter().filter_map(|(constant, read)| names::resolved(&constants, &constant, read)));
    all.reads.extend(through_wrappers(snapshot, &sources, &wrappers));
    all.reads.extend(placeholder::read(snapshot));
    all
}

/// The readers for a file, where it is program code of this repository.
fn readers_of(file: &File) -> Option<&'static Readers> {
    let program = file.class == PathClass::Source && !file.path.starts_with('.') && !file.path.contains("/.");
    let language = TABLE.language_of(file).filter(|_| program)?;
    let at = LANGUAGES.iter().position(|(_, known)| *known == language)?;
    READERS[at].get_or_init(|| Readers::new(LANGUAGES[at].0, language)).as_ref()
}

fn of_file(snapshot: &Snapshot, file: &File, readers: &Readers) -> Found {
    let mut found = Found::default();
    let Some(text) = snapshot.read(file) else { return found };
    let bytes = text.bytes();
    let Some(first) = readers.finder.find(bytes) else { return found };
    if readers.language == Language::CSharp {
        found.constants = names::constants(file, bytes);
        let others = readers.finder.find_iter(&bytes[first.start()..]).any(|hit| &bytes[first.start()..][hit.range()] != names::CONSTANT);
        if !others {
            return found;
        }
    }
    found.left_whole = LeftWhole::of(&file.path, bytes);
    let code = Code::lex(readers.language, bytes);
    let mut constants = Constants::default();
    constants.add(&code);
    let text = text.as_str();
    found.declaring = TABLE.declared.code.iter().any(|mark| text.contains(mark.as_str())).then(|| file.path.clone());
    let needs = |reader: &Reader| reader.needs.as_ref().is_none_or(|needed| text.contains(needed.as_str()));
    for part in code.with_holes() {
        Scan { file, code: part, readers, needs: &needs, constants: &constants, found: &mut found }.run();
    }
    match readers.language {
        Language::JavaScript => {
            schema::read(file, &code, &text, &mut found.reads);
            decorated::read(file, &code, &text, &mut found.reads);
        }
        Language::CSharp => {
            memory::read(&code, &text, &mut found.given);
            found.source = memory::source(file, &code, &text);
        }
        Language::Python => class::read(file, &code, &mut found.reads),
        Language::Go => tag::read(file, &code, &mut found.reads),
        _ => {}
    }
    found
}

/// Reads the calls of functions that pass a name on.
fn through_wrappers(snapshot: &Snapshot, sources: &[(&File, &Readers)], wrappers: &BTreeSet<Wrapper>) -> Vec<Read> {
    let mut by_language: BTreeMap<&str, Vec<&Wrapper>> = BTreeMap::new();
    wrappers.iter().for_each(|wrapper| by_language.entry(wrapper.language).or_default().push(wrapper));
    let mut all = Vec::new();
    for (word, wrappers) in by_language {
        let Ok(finder) = AhoCorasick::new(wrappers.iter().map(|wrapper| format!("{}(", wrapper.name))) else { continue };
        let of_language = sources.par_iter().filter(|(_, readers)| readers.word == word);
        let reads = of_language.flat_map_iter(|(file, readers)| {
            let text = snapshot.read(file).filter(|text| finder.is_match(text.bytes()));
            text.map(|text| scan::wrapped(file, &Code::lex(readers.language, text.bytes()), &wrappers)).unwrap_or_default()
        });
        all.extend(reads.collect::<Vec<_>>());
    }
    all
}

#[cfg(test)]
mod tests;
