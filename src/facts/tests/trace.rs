//! Which calls the tests of a repository make: those that stand in a test, in what runs before it, and in the helpers and
//! fixtures that it uses, which may be declared in another file.

use std::collections::{HashMap, HashSet};

use aho_corasick::AhoCorasick;
use rayon::prelude::*;

use super::below;
use super::call::{self, Call, Raw, Target};
use super::case;
use super::outline::{self, Sort};
use super::paths::Paths;
use super::suite::{Seen, Source};
use crate::facts::At;
use crate::facts::code::value::{Constants, Piece, Value};
use crate::facts::code::{Code, Language, value};

/// A function that makes calls for those who call it.
struct Maker {
    file: usize,
    fixture: bool,
    parameters: Vec<String>,
    calls: Vec<(Option<String>, Target)>,
}

/// Functions that make calls, by language and name.
type Makers = HashMap<(Language, String), Vec<Maker>>;

/// A call where a test makes it: the file, the token, and what is called.
struct Made {
    at: usize,
    method: Option<String>,
    target: Target,
}

/// How many functions are followed from a test to the call.
const HOPS: usize = 2;

/// The calls of all tests. `names` are handlers and commands, which tests may call below HTTP.
pub(super) fn calls(sources: &[Source], seen: &[Seen<'_>], names: &[String]) -> Vec<Call> {
    let names: HashSet<&str> = names.iter().map(String::as_str).collect();
    let mut paths = Paths::default();
    let found: Vec<Paths> = seen.par_iter().map(|file| Paths::of(&file.code, &file.units)).collect();
    found.into_iter().for_each(|more| paths.merge(more));
    let raws_of = |paths: &Paths| -> Vec<Vec<Raw>> {
        seen.par_iter().map(|file| if file.marks.is_empty() { Vec::new() } else { call::raws(file, paths) }).collect()
    };
    let mut raws = raws_of(&paths);
    let more = elsewhere(sources, seen, &raws);
    if !more.is_empty() {
        more.into_iter().for_each(|more| paths.merge(more));
        raws = raws_of(&paths);
    }
    let mut makers = Makers::new();
    for hop in 0..HOPS {
        let more = (0..seen.len()).flat_map(|file| makers_of(seen, file, &raws[file], &makers, hop)).collect::<Vec<_>>();
        makers.clear();
        for (key, maker) in more {
            makers.entry(key).or_default().push(maker);
        }
    }
    let found = (0..seen.len()).into_par_iter().flat_map_iter(|file| of_file(seen, file, &raws[file], &makers, &names));
    let mut found: Vec<Call> = found.collect();
    found.sort_by(|one, other| (&one.at, one.off).cmp(&(&other.at, other.off)));
    found.dedup();
    found
}

/// The paths of files that drive nothing themselves, and declare what calls name.
fn elsewhere(sources: &[Source], seen: &[Seen<'_>], raws: &[Vec<Raw>]) -> Vec<Paths> {
    let mut wanted = HashSet::new();
    for raw in raws.iter().flatten() {
        let Target::Path(path) = &raw.target else { continue };
        for piece in &path.0 {
            let Piece::Hole(text) = piece else { continue };
            let name = text.split('(').next().unwrap_or_default();
            let last = name.rsplit('.').next().unwrap_or_default();
            if last.len() > 3 && (name.contains('.') || text.contains('(') || last.contains(|letter: char| letter.is_ascii_uppercase())) {
                wanted.insert(last.to_owned());
            }
        }
    }
    let Some(automaton) = AhoCorasick::new(&wanted).ok().filter(|_| !wanted.is_empty()) else { return Vec::new() };
    let known: HashSet<&str> = seen.iter().map(|file| file.source.path.as_str()).collect();
    let others = sources.par_iter().filter(|source| !known.contains(source.path.as_str()) && automaton.is_match(source.bytes()));
    let read = others.map(|source| {
        let code = Code::lex(source.language, source.bytes());
        let units = outline::outline(&code);
        Paths::of(&code, &units)
    });
    read.collect()
}

/// The functions of a file that make calls; from the second hop on also through other functions.
fn makers_of(seen: &[Seen<'_>], file: usize, raws: &[Raw], known: &Makers, hop: usize) -> Vec<((Language, String), Maker)> {
    let here = &seen[file];
    let mut calls: HashMap<usize, Vec<(Option<String>, Target)>> = HashMap::new();
    for raw in raws {
        if let Some(unit) = maker_at(here, raw.at) {
            calls.entry(unit).or_default().push((raw.method.clone(), raw.target.clone()));
        }
    }
    if hop > 0 && !known.is_empty() {
        for made in uses(seen, file, known) {
            if let Some(unit) = maker_at(here, made.at) {
                calls.entry(unit).or_default().push((made.method, made.target));
            }
        }
    }
    let mut found: Vec<_> = calls.into_iter().collect();
    found.sort_by_key(|(unit, _)| *unit);
    let maker = |(unit, calls): (usize, Vec<(Option<String>, Target)>)| {
        let parameters = parameters(here, unit);
        let maker = Maker { file, fixture: here.fixtures[unit], parameters, calls: calls.into_iter().take(MANY).collect() };
        ((here.source.language, here.units[unit].name.clone()), maker)
    };
    found.into_iter().map(maker).collect()
}

/// How many calls of one function count.
const MANY: usize = 40;

/// The function around a token that tests can call: the innermost one that is no test and none that runs by itself.
fn maker_at(seen: &Seen<'_>, at: usize) -> Option<usize> {
    let mut unit = outline::innermost(&seen.units, at);
    while let Some(found) = unit {
        if seen.roles[found].case {
            return None;
        }
        let named = !call::is_request(&seen.units[found].name);
        if seen.units[found].sort == Sort::Function && seen.units[found].body.contains(&at) && named {
            return Some(found);
        }
        unit = seen.units[found].holder;
    }
    None
}

fn parameters(seen: &Seen<'_>, unit: usize) -> Vec<String> {
    let (code, unit) = (&seen.code, &seen.units[unit]);
    let Some(open) = unit.parameters.start.checked_sub(1).filter(|open| code.is_sign(*open, "(")) else { return Vec::new() };
    let named = |range: std::ops::Range<usize>| {
        let first_is_name =
            matches!(seen.source.language, Language::Python | Language::JavaScript | Language::Kotlin | Language::Go | Language::Rust);
        let end = range.clone().find(|at| code.is_sign(*at, "=")).unwrap_or(range.end);
        let mut words = (range.start..end).filter_map(|at| code.word(at)).filter(|word| *word != "mut");
        let name = if first_is_name { words.next() } else { words.next_back() };
        name.unwrap_or_default().to_owned()
    };
    let names = code.arguments(open).into_iter().map(named).filter(|name| !matches!(name.as_str(), "self" | "cls"));
    names.collect()
}

/// Names of functions that run before tests without being called by them.
const BEFORE: [&str; 12] = [
    "setUp",
    "SetUp",
    "setup",
    "setUpClass",
    "asyncSetUp",
    "setUpTestData",
    "setup_method",
    "InitializeAsync",
    "beforeEach",
    "SetupTest",
    "SetupSuite",
    "OneTimeSetUp",
];

fn of_file(seen: &[Seen<'_>], file: usize, raws: &[Raw], makers: &Makers, names: &HashSet<&str>) -> Vec<Call> {
    let here = &seen[file];
    if !here.roles.iter().any(|role| role.case) {
        return Vec::new();
    }
    let integration = here.framework().is_some();
    let mut found = Vec::new();
    let mut push = |at: usize, method: Option<String>, target: Target| {
        let off = match here.case_at(at) {
            Some(case) => case::is_off(&here.units, &here.roles, case),
            None => !here.runs(),
        };
        found.push(Call { at: At::new(&here.source.path, here.code.line(at)), method, target, off });
    };
    if integration {
        for raw in raws {
            let before = maker_at(here, raw.at).is_none_or(|unit| BEFORE.contains(&here.units[unit].name.as_str()));
            if here.case_at(raw.at).is_some() || before {
                push(raw.at, raw.method.clone(), raw.target.clone());
            }
        }
        for made in uses(seen, file, makers) {
            if here.case_at(made.at).is_some()
                || maker_at(here, made.at).is_none_or(|unit| BEFORE.contains(&here.units[unit].name.as_str()))
            {
                push(made.at, made.method, made.target);
            }
        }
    }
    if !names.is_empty() {
        for (at, name) in below::calls(here, names) {
            push(at, None, Target::Name(name));
        }
    }
    found
}

/// What a file calls through functions that make calls: where it calls them, and fixtures that its tests take.
fn uses(seen: &[Seen<'_>], file: usize, makers: &Makers) -> Vec<Made> {
    let here = &seen[file];
    let mut found = Vec::new();
    let known = makers.iter().filter(|((language, _), _)| *language == here.source.language);
    let places = known.flat_map(|((_, name), candidates)| {
        let places = here.words.get(name.as_str()).into_iter().flatten();
        places.map(move |at| (*at, name.as_str(), candidates))
    });
    for (at, word, candidates) in places {
        let unit = outline::innermost(&here.units, at);
        let declared = unit.is_some_and(|unit| here.units[unit].head.contains(&at) && here.units[unit].name == word);
        let taken = unit.is_some_and(|unit| here.units[unit].parameters.contains(&at));
        let open = here.code.call(at);
        if declared || open.is_none() && !taken {
            continue;
        }
        let Some(maker) = nearest(seen, file, candidates, taken) else { continue };
        let arguments = open.map(|open| here.code.arguments(open)).unwrap_or_default();
        let none = Constants::default();
        let values: Vec<Value> = arguments.into_iter().map(|range| value::of(&here.code, range, &none)).collect();
        for (method, target) in &maker.calls {
            found.push(Made { at, method: method.clone(), target: filled(target, &maker.parameters, &values) });
        }
    }
    found.sort_by_key(|made| made.at);
    found
}

fn nearest<'m>(seen: &[Seen<'_>], file: usize, makers: &'m [Maker], fixture: bool) -> Option<&'m Maker> {
    let path = &seen[file].source.path;
    let shared = |maker: &Maker| {
        let other = &seen[maker.file].source.path;
        if maker.file == file { usize::MAX } else { path.split('/').zip(other.split('/')).take_while(|(one, other)| one == other).count() }
    };
    let mut candidates: Vec<&Maker> = makers.iter().filter(|maker| maker.fixture == fixture).collect();
    candidates.sort_by_key(|maker| std::cmp::Reverse(shared(maker)));
    // Two at the same distance: nobody knows which is meant.
    let first = candidates.first()?;
    let alone = candidates.get(1).is_none_or(|second| shared(second) < shared(first));
    alone.then_some(*first)
}

/// A target whose holes are filled with the arguments that a function is called with.
fn filled(target: &Target, parameters: &[String], values: &[Value]) -> Target {
    let Target::Path(path) = target else { return target.clone() };
    let mut full = Vec::new();
    for piece in &path.0 {
        let argument = match piece {
            Piece::Hole(name) => parameters.iter().position(|parameter| parameter == name).and_then(|at| values.get(at)),
            Piece::Known(_) => None,
        };
        match argument {
            Some(value) => full.extend(value.0.iter().cloned()),
            None => full.push(piece.clone()),
        }
    }
    Target::Path(Value(full))
}
