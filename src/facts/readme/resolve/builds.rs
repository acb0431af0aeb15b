//! Packages, modules and profiles of build tools, and commands that a tool lost.

use std::collections::BTreeSet;

use super::Verdict;
use super::table::{Retired, TABLE, after};
use super::walk::{Walk, is_placeholder};
use crate::facts::command::Command;
use crate::facts::stack::tree;

/// Names that the manifests of cargo declare.
#[derive(Default)]
struct Crates {
    packages: BTreeSet<String>,
    programs: BTreeSet<String>,
    examples: BTreeSet<String>,
}

/// Judges a call of cargo by the packages, programs and examples that it names.
pub(super) fn cargo(walk: &Walk<'_, '_>, arguments: &[String]) -> Option<Verdict> {
    let own: Vec<String> = arguments.iter().take_while(|word| *word != "--").cloned().collect();
    if !matches!(
        own.iter().find(|word| !word.starts_with(['-', '+'])).map(String::as_str),
        Some("run" | "r" | "build" | "b" | "test" | "t" | "bench" | "check" | "clippy")
    ) {
        return None;
    }
    let crates = crates(walk)?;
    let named = |option: &str, known: &BTreeSet<String>, what: &str| {
        let mut at = own.iter().position(|word| word == option)?;
        at += 1;
        let name = own.get(at).filter(|name| !name.starts_with('-') && !is_placeholder(name))?;
        let there = known.contains(name.as_str()) || known.contains(&name.replace('-', "_")) || known.contains(&name.replace('_', "-"));
        Some(if there || walk.open { Verdict::Ok } else { walk.broken(format!("no {what} is called `{name}`")) })
    };
    let verdicts = [
        named("-p", &crates.packages, "package"),
        named("--package", &crates.packages, "package"),
        named("--bin", &crates.programs, "program"),
        named("--example", &crates.examples, "example"),
    ];
    Some(verdicts.into_iter().flatten().reduce(Verdict::and).unwrap_or(Verdict::Ok))
}

fn crates(walk: &Walk<'_, '_>) -> Option<Crates> {
    let mut crates = Crates::default();
    let snapshot = walk.repository.snapshot;
    let manifests = walk.repository.names("cargo.toml");
    for path in manifests.iter().take(400) {
        let manifest = tree::toml(&snapshot.read_path(path)?).ok()?;
        let name = |node: &tree::Node| node.get("name").and_then(tree::Node::text).map(str::to_owned);
        let package = manifest.get("package").and_then(name);
        crates.programs.extend(package.clone());
        crates.packages.extend(package);
        for (key, list) in [("bin", &mut crates.programs), ("example", &mut crates.examples)] {
            list.extend(manifest.get(key).map(tree::Node::items).unwrap_or_default().iter().filter_map(name));
        }
        // Packages of others that are depended on can be named with `-p` too.
        for group in ["dependencies", "dev-dependencies", "build-dependencies", "workspace.dependencies"] {
            crates.packages.extend(manifest.path(group).map(tree::Node::entries).unwrap_or_default().iter().map(|(name, _)| name.clone()));
        }
    }
    for file in snapshot.files() {
        let Some((folder, name)) = file.path.rsplit_once('/') else { continue };
        let stem = name.strip_suffix(".rs");
        let above = folder.rsplit('/').next().unwrap_or_default();
        if folder.ends_with("src/bin") {
            crates.programs.extend(stem.map(str::to_owned));
        } else if above == "examples" {
            crates.examples.extend(stem.map(str::to_owned));
        } else if name == "main.rs" {
            crates.examples.insert(above.to_owned());
            crates.programs.insert(above.to_owned());
        }
    }
    (!manifests.is_empty()).then_some(crates)
}

/// Judges a call of Maven or Gradle: whether its wrapper, its modules and its profiles are there.
pub(super) fn java(walk: &Walk<'_, '_>, program: &str, arguments: &[String]) -> Option<Verdict> {
    let gradle = program.starts_with("gradle");
    let names: &[&str] =
        if gradle { &["build.gradle", "build.gradle.kts", "settings.gradle", "settings.gradle.kts"] } else { &["pom.xml"] };
    let built = names.iter().any(|name| !walk.repository.names(name).is_empty());
    if !built {
        return None;
    }
    let parts: Vec<Verdict> = if gradle { modules_of_gradle(walk, arguments) } else { modules_of_maven(walk, arguments) };
    Some(parts.into_iter().reduce(Verdict::and).unwrap_or(Verdict::Ok))
}

/// `:app:test`: a module that no folder and no settings name is not there.
fn modules_of_gradle(walk: &Walk<'_, '_>, arguments: &[String]) -> Vec<Verdict> {
    let tasks = arguments.iter().filter(|word| !word.starts_with('-') && word.contains(':') && !is_placeholder(word));
    let settings: Vec<String> = ["settings.gradle", "settings.gradle.kts"]
        .iter()
        .flat_map(|name| walk.repository.names(name))
        .filter_map(|path| walk.repository.snapshot.read_path(path).map(|text| text.as_str().into_owned()))
        .collect();
    let mut found = Vec::new();
    for task in tasks {
        let modules: Vec<&str> = task.trim_start_matches(':').split(':').collect();
        let Some(module) = modules.len().checked_sub(2).and_then(|at| modules.get(at)) else { continue };
        let named = settings.is_empty()
            || settings.iter().any(|text| text.contains(module) || text.contains("includeBuild") || text.contains("each"));
        let folder = walk.repository.names(&module.to_lowercase()).iter().any(|path| walk.repository.is_folder(path));
        found.push(if named || folder { Verdict::Ok } else { walk.broken(format!("no module is called `{module}`")) });
    }
    found
}

/// `-pl core`: the folder of a module, or its name.
fn modules_of_maven(walk: &Walk<'_, '_>, arguments: &[String]) -> Vec<Verdict> {
    let Some(at) = arguments.iter().position(|word| word == "-pl" || word == "--projects") else { return Vec::new() };
    let Some(list) = arguments.get(at + 1).filter(|list| !is_placeholder(&list.replace(',', ""))) else { return Vec::new() };
    let poms: Vec<String> = walk
        .repository
        .names("pom.xml")
        .into_iter()
        .take(400)
        .filter_map(|path| walk.repository.snapshot.read_path(path).map(|text| text.as_str().into_owned()))
        .collect();
    let known = |module: &str| {
        let name = module.rsplit([':', '/']).next().unwrap_or(module);
        poms.iter().any(|pom| pom.contains(&format!(">{name}<")) || pom.contains(&format!("/{name}<")))
            || !walk.repository.names(&name.to_lowercase()).is_empty()
    };
    let modules = list.split(',').filter(|module| !module.starts_with(['!', '-']) && !module.is_empty());
    modules.map(|module| if known(module) { Verdict::Ok } else { walk.broken(format!("no module is called `{module}`")) }).collect()
}

/// A command that a tool lost with the version that the repository declares.
pub(super) fn retired(walk: &Walk<'_, '_>, command: &Command) -> Option<Verdict> {
    let words = command.effective();
    let rule = TABLE.retired.iter().find(|rule| after(words, &rule.run).is_some())?;
    let version = version(walk, rule)?;
    (compare(&version) >= compare(&rule.since)).then(|| {
        Verdict::Broken(format!(
            "`{}` is gone since version {} of {}, and {version} is declared; it is `{}` now",
            rule.run, rule.since, rule.package, rule.instead
        ))
    })
}

/// The version of a package that a lock file or a manifest of its ecosystem declares.
fn version(walk: &Walk<'_, '_>, rule: &Retired) -> Option<String> {
    let snapshot = walk.repository.snapshot;
    let lock = walk.repository.names("composer.lock").into_iter().find_map(|path| {
        let lock = tree::json(&snapshot.read_path(path)?).ok()?;
        let packages = lock.get("packages")?.items().iter();
        let named = |node: &&tree::Node| node.get("name").and_then(tree::Node::text) == Some(rule.package.as_str());
        Some(packages.into_iter().find(named)?.get("version")?.text()?.to_owned())
    });
    let required = || {
        walk.repository.names("composer.json").into_iter().find_map(|path| {
            let manifest = tree::json(&snapshot.read_path(path)?).ok()?;
            manifest.get("require")?.get(&rule.package)?.text().map(str::to_owned)
        })
    };
    let pinned = || {
        let files = snapshot.files().iter().filter(|file| file.name().ends_with("requirements.txt"));
        files.filter_map(|file| snapshot.read(file)).find_map(|text| {
            let line = |line: &str| {
                line.to_ascii_lowercase().strip_prefix(&format!("{}==", rule.package)).map(|version| version.trim().to_owned())
            };
            text.as_str().lines().find_map(line)
        })
    };
    lock.or_else(required).or_else(pinned)
}

/// A version as numbers; a candidate stands before its release.
fn compare(version: &str) -> Vec<u32> {
    let plain = version.trim().trim_start_matches(['^', '~', '>', '=', 'v', ' ']);
    let (release, candidate) = plain.split_once('-').map_or((plain, None), |(release, rest)| (release, Some(rest)));
    let mut numbers: Vec<u32> = release.split('.').take(3).map(|part| part.parse().unwrap_or(0)).collect();
    numbers.resize(3, 0);
    numbers.push(u32::from(candidate.is_none()));
    numbers
}
