//! Scripts of `package.json`, and projects of nx.

use super::Verdict;
use super::repository::Package;
use super::table::TABLE;
use super::walk::{Walk, is_placeholder};
use crate::facts::command::commands;
use crate::facts::command::package::{Call, Verb};
use crate::facts::markdown::resolve;

/// Judges a call of npm, yarn, pnpm or bun.
pub(super) fn judge(walk: &Walk<'_, '_>, program: &str, arguments: &[String]) -> Option<Verdict> {
    let call = Call::of(program, arguments);
    match &call.verb {
        Verb::Script { name, sure } => Some(script(walk, program, &call, name, *sure)),
        Verb::Own(verb) => own(walk, program, verb, &call),
    }
}

fn own(walk: &Walk<'_, '_>, program: &str, verb: &str, call: &Call) -> Option<Verdict> {
    let here = at_hand(walk, call);
    let installs = matches!(verb, "ci" | "clean-install" | "install" | "i") || (verb.is_empty() && program == "yarn");
    if !installs || !call.operands.is_empty() || here.is_empty() {
        return None;
    }
    let cleanly = program == "npm" && matches!(verb, "ci" | "clean-install");
    let locked = || ["package-lock.json", "npm-shrinkwrap.json"].iter().any(|name| !walk.repository.names(name).is_empty());
    if cleanly && !locked() && !walk.mentions("npm install") && !walk.mentions("npm i") && !walk.open {
        return Some(walk.broken_unless_of_user("npm ci needs a lock file, and none is in the repository".into()));
    }
    Some(Verdict::Ok)
}

/// The packages that a call is sent to: those of the likeliest folders, or of the nearest folder above them.
fn at_hand<'w>(walk: &Walk<'w, '_>, call: &Call) -> Vec<&'w Package> {
    let packages = walk.repository.packages();
    let mut folders = walk.folders();
    if let Some(written) = &call.folder {
        folders = folders.iter().filter_map(|folder| resolve(folder, &written.replace('\\', "/"))).collect();
    }
    let mut found: Vec<&Package> = Vec::new();
    for folder in &folders {
        let mut above = Some(folder.as_str());
        while let Some(folder) = above {
            if let Some(package) = packages.iter().find(|package| package.folder == folder) {
                if !found.iter().any(|other| other.path == package.path) {
                    found.push(package);
                }
                break;
            }
            above = (!folder.is_empty()).then(|| folder.rsplit_once('/').map_or("", |(above, _)| above));
        }
    }
    found
}

/// The packages that a workspace knows by this name, or in this folder.
fn called<'w>(walk: &Walk<'w, '_>, name: &str) -> Vec<&'w Package> {
    let folder = name.trim_start_matches("./").trim_end_matches('/');
    let fits = |package: &&Package| {
        package.name == name
            || package.folder == folder
            || package.folder.ends_with(&format!("/{folder}"))
            || package.name.ends_with(&format!("/{name}"))
    };
    walk.repository.packages().iter().filter(fits).collect()
}

fn script(walk: &Walk<'_, '_>, program: &str, call: &Call, name: &str, sure: bool) -> Verdict {
    let all = walk.repository.packages();
    if is_placeholder(name) {
        return Verdict::unknown("the script stands for one of the reader's");
    }
    if all.is_empty() {
        return Verdict::unknown("there is no package.json");
    }
    let mut here = at_hand(walk, call);
    if let Some(package) = call.package.as_deref() {
        let pattern = package.contains(['*', '.', '{', '[', '!', '^']) && !package.starts_with("./")
            || is_placeholder(package.trim_start_matches('@'));
        here = if pattern { Vec::new() } else { called(walk, package) };
        if !pattern && here.is_empty() {
            return if walk.is_made(package) {
                Verdict::unknown("an earlier command may make the package")
            } else {
                walk.broken_unless_of_user(format!("no package is called `{package}`"))
            };
        }
        if pattern {
            return somewhere(all, name);
        }
    }
    if call.everywhere {
        return somewhere(all, name);
    }
    if let Some(package) = here.iter().find(|package| package.script(name).is_some()) {
        return runs(walk, package, name);
    }
    if here.is_empty() && call.folder.is_none() {
        return adrift(walk, name);
    }
    if let Some(other) = all.iter().find(|package| package.script(name).is_some()) {
        return Verdict::Unknown(format!("`{}` has the script `{name}`, and which folder is meant cannot be told", other.path));
    }
    let started = name == "start" && program == "npm" && !walk.repository.names("server.js").is_empty();
    let shown = walk.shows(&format!("\"{name}\"")) || walk.open || started;
    let script = sure || name.contains(':') || TABLE.package_scripts.words.iter().any(|word| word == name);
    let program_of_package = !sure && all.iter().flat_map(|package| &package.dependencies).any(|package| package.contains(name));
    let Some(package) = here.first().filter(|_| !shown && script && !program_of_package) else {
        return Verdict::unknown("it may be a program of a package");
    };
    walk.broken_unless_of_user(format!("`{}` has no script `{name}`", package.path))
}

fn somewhere(all: &[Package], name: &str) -> Verdict {
    if all.iter().any(|package| package.script(name).is_some()) {
        Verdict::Ok
    } else {
        Verdict::unknown("which packages are meant cannot be told")
    }
}

/// How many packages there may be for a command that is for each of them.
const FEW: usize = 4;

/// No folder that the commands led to has a package: the script is looked for in those that have it.
fn adrift(walk: &Walk<'_, '_>, name: &str) -> Verdict {
    let all = walk.repository.packages();
    let having: Vec<&Package> = all.iter().filter(|package| package.script(name).is_some()).collect();
    if having.is_empty() && !walk.shows(&format!("\"{name}\"")) && !walk.open && all.len() <= FEW {
        return walk.broken_unless_of_user(format!("no package.json has the script `{name}`"));
    }
    let mut verdicts = having.iter().map(|package| runs(walk, package, name));
    let broken = verdicts.find(|verdict| matches!(verdict, Verdict::Broken(_)));
    match broken.filter(|_| all.len() <= FEW && having.len() == all.len()) {
        Some(broken) => broken,
        None if having.len() == 1 => Verdict::Unknown(format!("`{}` has the script, if it is run there", having[0].path)),
        None => Verdict::unknown("which folder is meant cannot be told"),
    }
}

/// A script that is there: whether a package brings the program that it calls.
fn runs(walk: &Walk<'_, '_>, package: &Package, name: &str) -> Verdict {
    let Some(text) = package.script(name) else { return Verdict::Ok };
    let steps = commands(text);
    // A script that changes its folder, or builds first, may find what is not here.
    if let Some(first) = steps.first()
        && let Some(path) = super::paths::missing_script(walk, &package.folder, first.effective())
    {
        return walk
            .broken_unless_of_user(format!("the script `{name}` of `{}` runs `{path}`, which is not in the repository", package.path));
    }
    let Some(program) = steps.first().map(crate::facts::command::Command::program) else { return Verdict::Ok };
    let Some(brought_by) = TABLE.package_scripts.programs.get(&program) else { return Verdict::Ok };
    let declared = walk.repository.packages().iter().any(|other| brought_by.iter().any(|name| other.dependencies.contains(name)));
    if declared || walk.mentions(&program) || text.trim_start().starts_with("npx") || locked(walk, brought_by) {
        return Verdict::Ok;
    }
    walk.broken_unless_of_user(format!(
        "the script `{name}` of `{}` runs `{program}`, which no package that is declared brings",
        package.path
    ))
}

/// Whether a lock file holds one of the packages, as something that another package brings.
fn locked(walk: &Walk<'_, '_>, names: &[String]) -> bool {
    let locks = ["package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "bun.lockb"];
    locks.iter().flat_map(|lock| walk.repository.names(lock)).any(|path| match walk.repository.snapshot.read_path(path) {
        Some(text) => {
            let text = text.as_str();
            let holds = |name: &String| {
                [
                    format!("node_modules/{name}\""),
                    format!("\"{name}\": {{"),
                    format!("\n{name}@"),
                    format!("\n\"{name}@"),
                    format!("/{name}@"),
                    format!("  {name}@"),
                    format!("[\"{name}@"),
                ]
                .iter()
                .any(|form| text.contains(form.as_str()))
            };
            names.iter().any(holds)
        }
        None => true,
    })
}

/// `nx serve shop`, `nx run shop:build`: the project is one of the workspace.
pub(super) fn nx(walk: &Walk<'_, '_>, arguments: &[String]) -> Option<Verdict> {
    let words: Vec<&String> = arguments.iter().filter(|word| !word.starts_with('-')).collect();
    let name = match words.as_slice() {
        [run, target, ..] if run.as_str() == "run" => target.split(':').next()?,
        [verb, name, ..] if matches!(verb.as_str(), "serve" | "build" | "test" | "lint" | "e2e") => name.as_str(),
        _ => return None,
    };
    let project = walk.repository.names("project.json").into_iter().filter_map(|path| walk.repository.snapshot.read_path(path));
    let named = project.into_iter().any(|text| text.as_str().contains(&format!("\"{name}\"")));
    let known = named
        || !called(walk, name).is_empty()
        || walk.repository.names(&name.to_lowercase()).iter().any(|path| walk.repository.is_folder(path));
    Some(if known { Verdict::Ok } else { Verdict::unknown("which project is meant cannot be told") })
}
