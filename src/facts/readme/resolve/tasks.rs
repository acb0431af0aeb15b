//! Targets of task runners: make, just, Task, psake, and scripts of composer.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

use super::Verdict;
use super::repository::Look;
use super::table::TABLE;
use super::walk::{Walk, is_placeholder};
use crate::facts::command::recipe::{Call, JUSTFILES, MAKEFILES, Targets, justfile, makefile};
use crate::facts::markdown::resolve;
use crate::facts::stack::tree;
use crate::facts::yaml::Tree;
use crate::snapshot::Snapshot;

/// Reads the targets of a file at a path.
type Reader = fn(&Snapshot, &str) -> Option<Targets>;

/// Judges a call of make or just.
pub(super) fn recipe(walk: &Walk<'_, '_>, program: &str, arguments: &[String]) -> Option<Verdict> {
    let just = program == "just";
    let call = Call::of(arguments);
    let (names, read): (&[&str], Reader) = if just { (&JUSTFILES, justfile) } else { (&MAKEFILES, makefile) };
    let snapshot = walk.repository.snapshot;
    let mut folders = walk.folders();
    if let Some(written) = &call.folder {
        folders = folders.iter().filter_map(|folder| resolve(folder, &written.replace('\\', "/"))).collect();
    }
    let paths: Vec<String> = match &call.file {
        Some(file) => match walk.repository.look(&folders, file) {
            Look::Here(path) | Look::From(path) => vec![path],
            Look::Missing if !walk.is_made(file) => return Some(walk.broken(format!("`{file}` is not in the repository"))),
            _ => return Some(Verdict::unknown("which file is meant cannot be told")),
        },
        None => {
            let in_folder = |folder: &String| {
                names.iter().map(|name| resolve(folder, name).unwrap_or_default()).find(|path| snapshot.find(path).is_some())
            };
            folders.iter().filter_map(in_folder).collect()
        }
    };
    if paths.is_empty() {
        return Some(without_file(walk, program, names, &call));
    }
    let files: Vec<(String, Targets)> = paths.iter().filter_map(|path| Some((path.clone(), read(snapshot, path)?))).collect();
    let verdicts = call.targets.iter().map(|name| target(walk, &files, name, just, names));
    Some(verdicts.reduce(Verdict::and).unwrap_or(Verdict::Ok))
}

fn without_file(walk: &Walk<'_, '_>, program: &str, names: &[&str], call: &Call) -> Verdict {
    let elsewhere = names.iter().any(|name| !walk.repository.names(&name.to_lowercase()).is_empty());
    let generated = [
        "cmakelists.txt",
        "configure",
        "configure.ac",
        "autogen.sh",
        "bootstrap",
        "premake5.lua",
        "premake4.lua",
        "meson.build",
        "makefile.am",
        "makefile.in",
        "makefile.pl",
    ];
    let makes = || generated.iter().any(|name| !walk.repository.names(name).is_empty());
    let qmake = || walk.repository.snapshot.files().iter().any(|file| file.name().ends_with(".pro") || file.name().ends_with(".mk"));
    let prepared = ["cmake", "configure", "qmake", "premake", "sphinx", "autogen"].iter().any(|word| walk.mentions(word));
    if elsewhere || call.folder.is_some() || makes() || qmake() || prepared || walk.open || call.targets.is_empty() {
        return Verdict::unknown("which folder is meant cannot be told");
    }
    walk.broken_unless_of_user(format!("there is no file with targets of {program}"))
}

fn target(walk: &Walk<'_, '_>, files: &[(String, Targets)], name: &str, just: bool, names: &[&str]) -> Verdict {
    if is_placeholder(name) {
        return Verdict::unknown("the target stands for one of the reader's");
    }
    if let Some((path, targets)) = files.iter().find(|(_, targets)| targets.named.contains_key(name)) {
        let found = &targets.named[name];
        let beside = resolve(path.rsplit_once('/').map_or("", |(folder, _)| folder), name).unwrap_or_default();
        if !just && !found.phony && !found.needs && !beside.is_empty() && walk.repository.is_folder(&beside) {
            return walk.broken(format!(
                "`{path}` does not declare `{name}` to be .PHONY, and a folder of that name is there, so make does nothing"
            ));
        }
        return Verdict::Ok;
    }
    // A recipe of just takes words behind its name.
    if just && files.iter().any(|(_, targets)| targets.open) || files.iter().any(|(_, targets)| targets.open) || walk.open {
        return Verdict::unknown("its targets are not all written down");
    }
    let stem = format!("{}.", name.to_lowercase());
    let implicit = || walk.repository.snapshot.files().iter().any(|file| file.name().to_lowercase().starts_with(&stem));
    if just || name.contains(['/', '.']) || implicit() {
        return just_word(walk, files, name, just);
    }
    if has_elsewhere(walk, name, names) {
        return Verdict::unknown("another makefile has the target, and which folder is meant cannot be told");
    }
    walk.broken(format!("`{}` has no target `{name}`", files[0].0))
}

/// A word that is no recipe: an argument of one, where one stands before it; else it is missing.
fn just_word(walk: &Walk<'_, '_>, files: &[(String, Targets)], name: &str, just: bool) -> Verdict {
    let recipe = just && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_') && walk.mentions(&format!("just {name}"));
    if !recipe {
        return Verdict::unknown("it may be an argument, or made by a rule that is built in");
    }
    walk.broken(format!("`{}` has no recipe `{name}`", files[0].0))
}

fn has_elsewhere(walk: &Walk<'_, '_>, name: &str, names: &[&str]) -> bool {
    let mut files = names.iter().flat_map(|file| walk.repository.names(&file.to_lowercase()));
    files.any(|path| makefile(walk.repository.snapshot, path).is_some_and(|targets| targets.open || targets.named.contains_key(name)))
}

/// Judges a call of Task.
pub(super) fn taskfile(walk: &Walk<'_, '_>, arguments: &[String]) -> Option<Verdict> {
    let name = arguments.iter().find(|word| !word.starts_with('-') && !word.contains('='))?;
    let names = ["taskfile.yml", "taskfile.yaml", "taskfile.dist.yml", "taskfile.dist.yaml"];
    let paths: Vec<&str> = names.iter().flat_map(|name| walk.repository.names(name)).collect();
    if paths.is_empty() || is_placeholder(name) {
        return None;
    }
    let mut open = false;
    for path in paths {
        let text = walk.repository.snapshot.read_path(path)?;
        let tree = Tree::parse(&text.as_str());
        let root = tree.root()?;
        open |= root.get("includes").is_some() || tree.fault.is_some();
        let tasks = root.get("tasks").map(|tasks| tasks.entries()).unwrap_or_default();
        let aliases = |entry: &crate::facts::yaml::Entry| {
            entry.value.get("aliases").is_some_and(|list| list.items().iter().any(|item| item.text() == Some(name)))
        };
        if tasks.iter().any(|entry| entry.key == *name || aliases(entry) || entry.key.contains('*')) {
            return Some(Verdict::Ok);
        }
    }
    Some(if open || name.contains(':') {
        Verdict::unknown("its tasks are not all written down")
    } else {
        walk.broken(format!("no Taskfile has the task `{name}`"))
    })
}

/// Judges a call of psake, whose names do not mind case.
pub(super) fn psake(walk: &Walk<'_, '_>, arguments: &[String]) -> Option<Verdict> {
    static TASK: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r#"(?im)^\s*task\s+(?:-name\s+)?["']?([\w?.-]+)"#).expect("the pattern is constant"));
    let scripts = walk.repository.snapshot.files().iter().filter(|file| file.lower_path().ends_with(".ps1")).take(200);
    let mut known = BTreeSet::new();
    for file in scripts {
        if let Some(text) = walk.repository.snapshot.read(file) {
            known.extend(TASK.captures_iter(&text.as_str()).map(|found| found[1].to_lowercase()));
        }
    }
    let words = arguments.iter().filter(|word| !word.starts_with('-') && !word.to_lowercase().ends_with(".ps1"));
    let asked = words.flat_map(|word| word.split([',', ';'])).map(|word| word.trim().to_lowercase()).find(|word| !word.is_empty())?;
    if known.is_empty() || is_placeholder(&asked) || arguments.iter().any(|word| word.starts_with('-')) {
        return None;
    }
    Some(if known.contains(&asked) { Verdict::Ok } else { walk.broken(format!("no psake file has the task `{asked}`")) })
}

/// Commands of composer itself.
const COMPOSER: [&str; 38] = [
    "about",
    "archive",
    "audit",
    "base",
    "browse",
    "bump",
    "check-platform-reqs",
    "clear-cache",
    "clearcache",
    "config",
    "create-project",
    "depends",
    "diagnose",
    "dump-autoload",
    "dumpautoload",
    "exec",
    "fund",
    "global",
    "help",
    "home",
    "i",
    "info",
    "init",
    "install",
    "licenses",
    "list",
    "outdated",
    "prohibits",
    "reinstall",
    "remove",
    "require",
    "run",
    "run-script",
    "search",
    "self-update",
    "show",
    "status",
    "update",
];

/// Judges a call of composer.
pub(super) fn composer(walk: &Walk<'_, '_>, arguments: &[String]) -> Option<Verdict> {
    let mut words = arguments.iter().filter(|word| !word.starts_with('-'));
    let first = words.next()?;
    let (name, sure) = match first.as_str() {
        "run" | "run-script" => (words.next()?, true),
        own if COMPOSER.contains(&own) => return None,
        _ => (first, TABLE.package_scripts.words.contains(first)),
    };
    let manifests = walk.repository.names("composer.json");
    if manifests.is_empty() || is_placeholder(name) {
        return None;
    }
    let has = |path: &&str| {
        let manifest = walk.repository.snapshot.read_path(path).and_then(|text| tree::json(&text).ok());
        manifest.is_none_or(|manifest| manifest.get("scripts").is_some_and(|scripts| scripts.get(name).is_some()))
    };
    if manifests.iter().any(has) {
        return Some(Verdict::Ok);
    }
    let quiet = !sure || walk.open || walk.shows(&format!("\"{name}\""));
    Some(if quiet {
        Verdict::unknown("it may be a command of a plugin")
    } else {
        walk.broken_unless_of_user(format!("no composer.json has the script `{name}`"))
    })
}
