//! Looks for the files that declare ways in, and reads each of them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use rayon::prelude::*;

use super::table::{DIALECTS, Dialect};
use super::unit::{Child, Schedule, Unit};
use super::{annotated, calls, class, function};
use crate::facts::code::value::{self, Constants, Piece, Value};
use crate::facts::code::{Code, Language, LeftWhole};
use crate::facts::stack;
use crate::snapshot::{File, Snapshot};

/// For each language, what has to stand in a file for it to be read.
static MARKS: LazyLock<BTreeMap<Language, AhoCorasick>> = LazyLock::new(|| {
    let automaton = |dialect: &Dialect| AhoCorasick::new(&dialect.literals).ok();
    DIALECTS.iter().filter_map(|(language, dialect)| Some((*language, automaton(dialect)?))).collect()
});

/// The files that can declare something, read.
pub(super) fn units(snapshot: &Snapshot) -> Vec<Unit> {
    let mut units: Vec<Unit> = snapshot.files().par_iter().filter_map(|file| unit(snapshot, file)).collect();
    // What a file takes from another can be a router there, though no framework is named in it.
    for _ in 0..4 {
        let wanted = wanted(snapshot, &units);
        let more: Vec<Unit> = wanted.par_iter().filter_map(|path| read(snapshot, snapshot.find(path)?)).collect();
        if more.is_empty() {
            break;
        }
        units.extend(more);
    }
    units.sort_by(|one, other| one.file.cmp(&other.file));
    units
}

/// Whether a file is of the product, and code that is read.
fn language(file: &File) -> Option<Language> {
    let language = Language::of(file.name()).filter(|language| DIALECTS.contains_key(language))?;
    (stack::is_product(file) && !file.name().ends_with(".d.ts")).then_some(language)
}

fn unit(snapshot: &Snapshot, file: &File) -> Option<Unit> {
    let language = language(file)?;
    let text = snapshot.read(file)?;
    MARKS.get(&language).filter(|marks| marks.is_match(text.bytes()))?;
    Some(of(file, language, text.bytes()))
}

fn read(snapshot: &Snapshot, file: &File) -> Option<Unit> {
    let language = language(file)?;
    Some(of(file, language, snapshot.read(file)?.bytes()))
}

fn of(file: &File, language: Language, bytes: &[u8]) -> Unit {
    let code = Code::lex(language, bytes);
    let mut constants = Constants::default();
    constants.add(&code);
    let mut unit = Unit {
        file: file.path.clone(),
        language,
        left_whole: LeftWhole::of(&file.path, bytes),
        speaks: false,
        routers: Vec::new(),
        routes: Vec::new(),
        mounts: Vec::new(),
        passes: Vec::new(),
        imports: Vec::new(),
        exports: Vec::new(),
        returned: Vec::new(),
        functions: function::of(&code),
        classes: Vec::new(),
        constants,
        conventions: Vec::new(),
        templates: Vec::new(),
        slugs: false,
        schedules: Vec::new(),
        prefix: None,
        annotated: Vec::new(),
    };
    if language == Language::JavaScript {
        unit.prefix = (0..code.len())
            .find(|at| code.is_word(*at, "setGlobalPrefix") && code.is_sign(at + 1, "("))
            .map(|at| value::of(&code, at + 2..at + 3, &unit.constants));
    }
    if language == Language::CSharp {
        unit.classes = class::of(&code, &unit.constants);
        conventions(&code, &mut unit);
    }
    if let Some(dialect) = DIALECTS.get(&language) {
        calls::read(&code, dialect, &mut unit);
        annotated::read(&code, dialect, &mut unit);
    }
    unit
}

/// Routes by convention, and whether names are written with hyphens.
fn conventions(code: &Code<'_>, unit: &mut Unit) {
    for at in 0..code.len() {
        let Some(word) = code.word(at) else { continue };
        match word {
            "MapDefaultControllerRoute" | "UseMvcWithDefaultRoute" => {
                unit.templates.push("{controller=Home}/{action=Index}/{id?}".to_owned());
            }
            "MapControllerRoute" | "MapAreaControllerRoute" | "MapRoute" => {
                let Some(open) = code.call(at) else { continue };
                let texts: Vec<String> = code
                    .inside(open)
                    .filter_map(|at| code.literal(at))
                    .filter(|text| text.contains("{controller") || text.contains("{action"))
                    .map(str::to_owned)
                    .collect();
                unit.templates.extend(texts.into_iter().take(1));
            }
            "AddOrUpdate" => unit.schedules.extend(schedule(code, at)),
            "RoutePrefix" if at > 0 && code.is_sign(at - 1, ".") && code.is_sign(at + 1, "=") => {
                unit.prefix = Some(value::of(code, at + 2..at + 3, &unit.constants));
            }
            "RouteTokenTransformerConvention" => unit.slugs |= at > 0 && code.is_word(at - 1, "new"),
            _ => {}
        }
    }
}

/// `RecurringJob.AddOrUpdate<T>("name", job => job.Run(), …)`.
fn schedule(code: &Code<'_>, at: usize) -> Option<Schedule> {
    let open = code.call(at)?;
    let start = code.chain_start(at);
    let on: String = (start..at).map(|at| code.text(at)).collect();
    on.to_ascii_lowercase().contains("recurring").then_some(())?;
    let class = code.is_sign(at + 1, "<").then(|| (at + 2..open).rev().find_map(|at| code.word(at))).flatten();
    let arguments = code.arguments(open);
    let name = arguments.iter().find_map(|range| code.literal(range.start));
    // The method that the job runs: the last call in the arguments, behind its lambda.
    let lambda = code.inside(open).find(|at| code.is_sign(*at, "=>"));
    let method = lambda.and_then(|arrow| (arrow..code.inside(open).end).find(|at| code.call(*at).is_some()).and_then(|at| code.word(at)));
    let handlers = match (class, method) {
        (Some(class), Some(method)) => vec![format!("{class}.{method}"), class.to_owned()],
        (Some(class), None) => vec![class.to_owned()],
        (None, Some(method)) => vec![method.to_owned()],
        (None, None) => Vec::new(),
    };
    let name = name.or(class).or(method)?.to_owned();
    Some(Schedule { name, line: code.line(at), handlers })
}

/// Files that are named by what was read, and are not read yet.
fn wanted(snapshot: &Snapshot, units: &[Unit]) -> Vec<String> {
    let known: BTreeSet<&str> = units.iter().map(|unit| unit.file.as_str()).collect();
    let mut found = BTreeSet::new();
    for unit in units {
        let mounted = unit.mounts.iter().filter_map(|mount| module(&mount.child));
        let given = unit.exports.iter().filter_map(|(_, child)| module(child));
        let called = unit.passes.iter().filter_map(|pass| {
            let import = unit.imports.iter().find(|import| import.local == pass.function)?;
            Some((import.module.as_str(), import.name.as_str()))
        });
        for (module, name) in mounted.chain(given).chain(called) {
            found.extend(
                candidates(unit, module, name).into_iter().filter(|path| !known.contains(path.as_str()) && snapshot.find(path).is_some()),
            );
        }
    }
    found.into_iter().collect()
}

fn module(child: &Child) -> Option<(&str, &str)> {
    match child {
        Child::Imported { module, name } => Some((module.as_str(), name.as_str())),
        _ => None,
    }
}

/// The paths that a module can have; those that begin at a folder of a setting are not guessed.
fn candidates(unit: &Unit, module: &str, name: &str) -> Vec<String> {
    let folder = unit.file.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    match unit.language {
        Language::JavaScript if module.starts_with('.') => {
            for part in module.split('/') {
                match part {
                    "" | "." => {}
                    ".." => _ = parts.pop(),
                    part => parts.push(part),
                }
            }
            let path = parts.join("/");
            let stem = path.strip_suffix(".js").unwrap_or(&path).to_owned();
            let endings = ["js", "ts", "mjs", "cjs", "mts"];
            endings.iter().flat_map(|ending| [format!("{stem}.{ending}"), format!("{stem}/index.{ending}")]).collect()
        }
        Language::Python => {
            let dots = module.len() - module.trim_start_matches('.').len();
            let below: Vec<&str> = module.trim_start_matches('.').split('.').filter(|part| !part.is_empty()).collect();
            let bases: Vec<Vec<&str>> = if dots > 0 {
                parts.truncate(parts.len().saturating_sub(dots - 1));
                vec![parts]
            } else {
                // The root of the packages is some folder above.
                (0..=parts.len()).map(|length| parts[..length].to_vec()).collect()
            };
            let mut found = Vec::new();
            for mut base in bases {
                base.extend(&below);
                let path = base.join("/");
                found.extend([format!("{path}.py"), format!("{path}/__init__.py"), format!("{path}/{name}.py")]);
            }
            found
        }
        _ => Vec::new(),
    }
}

/// The constants whose names are wanted, from all files of the product in which one of the names stands.
pub(crate) fn constants(snapshot: &Snapshot, names: &BTreeSet<String>) -> Constants {
    let last: BTreeSet<&str> = names.iter().map(|name| name.rsplit('.').next().unwrap_or(name)).filter(|name| name.len() > 1).collect();
    let mut all = Constants::default();
    let Some(marks) = AhoCorasick::new(&last).ok().filter(|_| !last.is_empty()) else { return all };
    let of_file = |file: &File| {
        let language = language(file)?;
        let text = snapshot.read(file)?;
        marks.is_match(text.bytes()).then_some(())?;
        let mut constants = Constants::default();
        constants.add(&Code::lex(language, text.bytes()));
        Some(constants)
    };
    let found: Vec<Constants> = snapshot.files().par_iter().filter_map(of_file).collect();
    found.into_iter().for_each(|constants| all.merge(constants));
    all
}

/// The names in the unknown parts of what was read.
pub(super) fn unknown_names(units: &[Unit]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut take = |value: &Value| {
        for piece in &value.0 {
            if let Piece::Hole(name) = piece
                && !name.is_empty()
                && name.chars().all(|letter| letter.is_alphanumeric() || matches!(letter, '_' | '.'))
                && name != "this"
            {
                names.insert(name.clone());
            }
        }
    };
    for unit in units {
        unit.routes.iter().for_each(|route| take(&route.path));
        unit.mounts.iter().for_each(|mount| take(&mount.prefix));
        unit.annotated.iter().for_each(|route| [&route.prefix, &route.path].into_iter().for_each(&mut take));
        for router in &unit.routers {
            match &router.origin {
                super::unit::Origin::Made(value) | super::unit::Origin::Group(_, value) => take(value),
                _ => {}
            }
        }
        for class in &unit.classes {
            let attributes = class.attributes.iter().chain(class.methods.iter().flat_map(|method| &method.attributes));
            attributes
                .filter(|attribute| attribute.name.starts_with("Http") || attribute.name.contains("Route"))
                .flat_map(|attribute| &attribute.arguments)
                .filter(|argument| argument.text)
                .for_each(|argument| take(&argument.value));
            class
                .methods
                .iter()
                .flat_map(|method| &method.calls)
                .flat_map(|call| &call.arguments)
                .filter(|argument| argument.text)
                .for_each(|argument| take(&argument.value));
        }
    }
    names
}
