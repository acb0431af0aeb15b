//! The files of tests as code, and which of them drive the application from outside: by themselves, or through a base
//! class, a fixture or a function of another file that does.

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use aho_corasick::AhoCorasick;
use rayon::iter::Either;
use rayon::prelude::*;

use super::case::{self, Role};
use super::mark::{self, Mark, Words};
use super::outline::{self, Sort, Unit};
use super::table;
use crate::facts::code::{Code, Language, LeftWhole};
use crate::snapshot::{PathClass, Snapshot, Text};

/// A file of tests.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) path: String,
    pub(super) language: Language,
    text: Text,
}

impl Source {
    pub(super) fn bytes(&self) -> &[u8] {
        self.text.bytes()
    }
}

/// A file of tests as code.
#[derive(Debug)]
pub(super) struct Seen<'t> {
    pub(super) source: &'t Source,
    pub(super) code: Code<'t>,
    pub(super) units: Vec<Unit>,
    pub(super) roles: Vec<Role>,
    /// What shows an integration test: tokens of its own, then names of what other files declare.
    pub(super) marks: Vec<Mark>,
    /// Where each of its words stands.
    pub(super) words: Words<'t>,
    own: Vec<Mark>,
    imported: HashSet<&'t str>,
    pub(super) fixtures: Vec<bool>,
    enclosing: OnceLock<Vec<Option<usize>>>,
}

/// How often a name is followed from the file that declares it to those that use it.
const ROUNDS: usize = 5;

/// Reads the files of tests in the languages that are known, and names those that are too large.
pub(super) fn sources(snapshot: &Snapshot) -> (Vec<Source>, Vec<LeftWhole>) {
    let files: Vec<_> = snapshot.files().iter().filter(|file| file.class == PathClass::Test).collect();
    let read = files.into_par_iter().filter_map(|file| {
        let language = Language::of(file.name())?;
        let text = snapshot.read(file)?;
        Some(match LeftWhole::of(&file.path, text.bytes()) {
            Some(left) => Either::Right(left),
            None => Either::Left(Source { path: file.path.clone(), language, text }),
        })
    });
    read.partition_map(|found| found)
}

impl<'t> Seen<'t> {
    fn of(source: &'t Source) -> Self {
        let code = Code::lex(source.language, source.text.bytes());
        let units = outline::outline(&code);
        let roles = case::roles(&source.path, &code, &units);
        let words = mark::words(&code);
        let own = mark::marks(&source.path, &code, &words);
        let imported = mark::imports(&code).into_iter().flat_map(|import| import.names).collect();
        let fixtures = units.iter().map(|unit| mark::is_fixture(&code, unit)).collect();
        Self { source, code, units, roles, marks: own.clone(), words, own, imported, fixtures, enclosing: OnceLock::new() }
    }

    /// Whether a test of the file runs.
    pub(super) fn runs(&self) -> bool {
        (0..self.units.len()).any(|at| self.roles[at].case && !case::is_off(&self.units, &self.roles, at))
    }

    /// Whether a name is bound to something that the file imports.
    pub(super) fn imports(&self, name: &str) -> bool {
        self.imported.contains(name)
    }

    /// For each token the bracket that it stands in.
    pub(super) fn enclosing(&self) -> &[Option<usize>] {
        self.enclosing.get_or_init(|| self.code.enclosing())
    }

    /// The test that a token is part of.
    pub(super) fn case_at(&self, at: usize) -> Option<usize> {
        let mut unit = outline::innermost(&self.units, at);
        while let Some(found) = unit.filter(|unit| !self.roles[*unit].case) {
            unit = self.units[found].holder;
        }
        unit
    }

    /// What shows that its tests are integration tests: the framework that stands first in the table.
    pub(super) fn framework(&self) -> Option<&'static str> {
        self.marks.iter().map(|mark| mark.framework).min().map(table::framework_name)
    }

    /// Whether a fixture gives what a mark in it shows: one that only uses a client to make a user does not.
    fn gives(&self, unit: usize, mark: &Mark) -> bool {
        let (code, unit) = (&self.code, &self.units[unit]);
        if unit.body.contains(&mark.at) {
            return self.own.contains(mark) || code.call(mark.at).is_some();
        }
        let name = code.text(mark.at);
        let returns = |at: usize| (code.is_word(at, "yield") || code.is_word(at, "return")) && code.is_word(at + 1, name);
        unit.parameters.contains(&mark.at) && unit.body.clone().any(returns)
    }

    /// The name under which other files use a unit, if they can.
    fn declared(&self, at: usize) -> Option<&str> {
        let unit = &self.units[at];
        let (code, top) = (&self.code, unit.holder.is_none());
        let name = match (self.source.language, unit.sort) {
            (_, Sort::Case | Sort::Group) => return None,
            (Language::Go, Sort::Function) if code.is_sign(unit.head.start + 1, "(") => {
                code.inside(unit.head.start + 1).rev().find_map(|at| code.word(at))?
            }
            (_, Sort::Type) => &unit.name,
            (Language::Python, Sort::Function) if self.fixtures[at] => &unit.name,
            (Language::JavaScript | Language::Python | Language::Go | Language::Rust, Sort::Function) if top && !self.roles[at].case => {
                &unit.name
            }
            _ => return None,
        };
        (name.len() > 2).then_some(name)
    }
}

/// A name that files of tests declare.
struct Declaration {
    file: usize,
    fixture: bool,
    framework: Option<usize>,
}

/// All names that files of a language declare.
type Names = HashMap<(Language, String), Vec<Declaration>>;

/// Cuts the files into tokens that hold what is looked for, and follows names between them. `names` are such as are of
/// interest besides the table.
pub(super) fn see<'t>(snapshot: &Snapshot, sources: &'t [Source], names: &[String]) -> Vec<Seen<'t>> {
    let projects = Projects::of(snapshot, sources);
    let mut seen: Vec<Option<Seen<'t>>> = sources.iter().map(|_| None).collect();
    let languages: HashSet<Language> = sources.iter().map(|source| source.language).collect();
    // Of `OrdersController.Get` the class: that of a test stands for the object that is called.
    let names: HashSet<&str> = names.iter().map(|name| name.split('.').next().unwrap_or(name)).filter(|name| name.len() > 2).collect();
    let hints = |language: Language| table::hints(language).into_iter().chain(names.iter().copied()).map(str::to_owned).collect();
    let mut wanted: HashMap<Language, Vec<String>> = languages.into_iter().map(|language| (language, hints(language))).collect();
    let mut known: HashSet<(Language, String)> = HashSet::new();
    for _ in 0..ROUNDS {
        cut(sources, &wanted, &mut seen);
        wanted.clear();
        let mut hosts = 0;
        for _ in 0..ROUNDS {
            let found = follow(&declarations(&seen), &mut seen, &projects);
            let settled = found.len() == hosts;
            hosts = found.len();
            for (language, name) in found {
                if known.insert((language, name.clone())) {
                    wanted.entry(language).or_default().push(name);
                }
            }
            if settled {
                break;
            }
        }
        if wanted.is_empty() {
            break;
        }
    }
    seen.into_iter().flatten().collect()
}

fn cut<'t>(sources: &'t [Source], wanted: &HashMap<Language, Vec<String>>, seen: &mut [Option<Seen<'t>>]) {
    let automata: HashMap<Language, AhoCorasick> =
        wanted.iter().filter_map(|(language, words)| Some((*language, AhoCorasick::new(words).ok()?))).collect();
    seen.par_iter_mut().zip(sources).filter(|(seen, _)| seen.is_none()).for_each(|(seen, source)| {
        if automata.get(&source.language).is_some_and(|automaton| automaton.is_match(source.text.bytes())) {
            *seen = Some(Seen::of(source));
        }
    });
}

/// The projects of .NET that hold tests, and which of them refer to which.
#[derive(Default)]
struct Projects {
    /// The folder of a project, and the folders of those that it reaches, itself among them.
    reach: HashMap<String, HashSet<String>>,
}

impl Projects {
    fn of(snapshot: &Snapshot, sources: &[Source]) -> Self {
        let mut projects = Self::default();
        if !sources.iter().any(|source| source.language == Language::CSharp) {
            return projects;
        }
        let files: Vec<_> =
            snapshot.files().iter().filter(|file| file.class == PathClass::Test && file.name().ends_with(".csproj")).collect();
        for file in &files {
            let text = snapshot.read(file).map(|text| text.as_str().into_owned()).unwrap_or_default();
            let refers = files.iter().filter(|other| text.contains(other.name())).map(|other| other.folder().to_owned());
            projects.reach.insert(file.folder().to_owned(), refers.chain([file.folder().to_owned()]).collect());
        }
        for _ in 0..ROUNDS {
            let before = projects.reach.clone();
            for reached in projects.reach.values_mut() {
                let more: Vec<String> = reached.iter().filter_map(|folder| before.get(folder)).flatten().cloned().collect();
                reached.extend(more);
            }
        }
        projects
    }

    fn project_of<'p>(&self, path: &'p str) -> Option<&'p str> {
        let mut folder = path;
        while let Some((above, _)) = folder.rsplit_once('/') {
            if self.reach.contains_key(above) {
                return Some(above);
            }
            folder = above;
        }
        None
    }

    /// Whether a file can use what another one declares; it can where projects are not known.
    fn reaches(&self, path: &str, other: &str) -> bool {
        match (self.project_of(path), self.project_of(other)) {
            (Some(project), Some(other)) => self.reach.get(project).is_some_and(|reached| reached.contains(other)),
            _ => true,
        }
    }
}

fn declarations(seen: &[Option<Seen<'_>>]) -> Names {
    let mut names = Names::new();
    for (file, seen) in seen.iter().enumerate() {
        let Some(seen) = seen else { continue };
        let mut marked: Vec<Option<usize>> = vec![None; seen.units.len()];
        for mark in &seen.marks {
            let mut at = outline::innermost(&seen.units, mark.at);
            while let Some(unit) = at {
                let taken = seen.units[unit].sort == Sort::Function && seen.units[unit].parameters.contains(&mark.at);
                if seen.fixtures[unit] && !seen.gives(unit, mark) || taken && !seen.fixtures[unit] {
                    break;
                }
                marked[unit] = Some(marked[unit].map_or(mark.framework, |found| found.min(mark.framework)));
                at = seen.units[unit].holder;
            }
        }
        for (at, framework) in marked.into_iter().enumerate() {
            if let Some(name) = seen.declared(at) {
                let declaration = Declaration { file, fixture: seen.fixtures[at], framework };
                names.entry((seen.source.language, name.to_owned())).or_default().push(declaration);
            }
        }
    }
    names
}

/// Marks the places where files use names of what drives the application, and returns those names.
fn follow(declared: &Names, seen: &mut [Option<Seen<'_>>], projects: &Projects) -> Vec<(Language, String)> {
    let hosts: HashMap<&(Language, String), &Vec<Declaration>> =
        declared.iter().filter(|(_, found)| found.iter().any(|one| one.framework.is_some())).collect();
    let paths: Vec<Option<String>> = seen.iter().map(|seen| Some(seen.as_ref()?.source.path.clone())).collect();
    let around = Around { paths: &paths, projects };
    seen.par_iter_mut().enumerate().for_each(|(file, seen)| {
        let Some(seen) = seen else { return };
        let mut marks = seen.own.clone();
        let here = hosts.iter().filter(|((language, _), _)| *language == seen.source.language);
        for ((_, name), found) in here {
            for at in seen.words.get(name.as_str()).into_iter().flatten() {
                marks.extend(resolve(seen, file, *at, found, &around).map(|framework| Mark { at: *at, framework }));
            }
        }
        seen.marks = marks;
    });
    hosts.into_keys().cloned().collect()
}

/// The files that names may come from.
struct Around<'a> {
    paths: &'a [Option<String>],
    projects: &'a Projects,
}

/// The framework behind a name at a place: that of the nearest file that declares it.
fn resolve(seen: &Seen<'_>, file: usize, at: usize, found: &[Declaration], around: &Around<'_>) -> Option<usize> {
    let path = &seen.source.path;
    let word = seen.code.text(at);
    let parameter = || outline::innermost(&seen.units, at).is_some_and(|unit| seen.units[unit].parameters.contains(&at));
    let visible = |one: &&Declaration| {
        let Some(Some(other)) = around.paths.get(one.file) else { return false };
        let folder = other.rsplit_once('/').map_or("", |(folder, _)| folder);
        if one.fixture {
            let scoped =
                !other.ends_with("conftest.py") || folder.is_empty() || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
            return scoped && parameter();
        }
        match seen.source.language {
            _ if one.file == file => true,
            Language::JavaScript | Language::Python => seen.imported.contains(word),
            Language::Go if at > 1 && seen.code.is_sign(at - 1, ".") => folder.rsplit('/').next() == seen.code.word(at - 2),
            Language::Go => path.rsplit_once('/').map_or("", |(folder, _)| folder) == folder,
            Language::CSharp => around.projects.reaches(path, other),
            _ => true,
        }
    };
    let distance = |one: &Declaration| {
        let other = around.paths.get(one.file).and_then(Option::as_deref).unwrap_or_default();
        if one.file == file { usize::MAX } else { path.split('/').zip(other.split('/')).take_while(|(one, other)| one == other).count() }
    };
    let nearest = found.iter().filter(visible).map(distance).max()?;
    found.iter().filter(visible).filter(|one| distance(one) == nearest).filter_map(|one| one.framework).min()
}
