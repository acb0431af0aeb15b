//! Services of compose files, files of images, and commands that run inside of containers.

use std::collections::BTreeSet;

use super::Verdict;
use super::repository::Look;
use super::table::{Kind, TABLE, after, after_any};
use super::walk::{Walk, is_placeholder};
use crate::facts::command::{Command, operands};
use crate::facts::yaml::Tree;
use crate::snapshot::File;

const COMPOSE: [&str; 5] = ["docker compose", "docker-compose", "podman compose", "podman-compose", "nerdctl compose"];

/// Options of compose commands that take a value.
const VALUED: [&str; 24] = [
    "-f",
    "--file",
    "-p",
    "--project-name",
    "--profile",
    "--env-file",
    "--project-directory",
    "-e",
    "--env",
    "-u",
    "--user",
    "-w",
    "--workdir",
    "-v",
    "--volume",
    "--name",
    "--entrypoint",
    "--scale",
    "-t",
    "--timeout",
    "--tail",
    "--index",
    "--exit-code-from",
    "--build-arg",
];

/// Judges what compose and the builders of images are asked for.
pub(super) fn judge(walk: &Walk<'_, '_>, command: &Command) -> Option<Verdict> {
    let words = without_wrappers(&command.words);
    if let Some(rest) = COMPOSE.iter().find_map(|program| after(words, program)) {
        let named = super::paths::judge(walk, words);
        let verdict = compose(walk, rest);
        return Some(match named {
            Some(named) => named.and(verdict),
            None => verdict,
        });
    }
    for program in ["docker build", "docker buildx build", "docker image build", "podman build"] {
        if let Some(rest) = after(words, program) {
            return Some(build(walk, words, rest));
        }
    }
    after_any(words, &TABLE.elsewhere.containers).map(|_| Verdict::unknown("it runs inside of a container"))
}

fn without_wrappers(words: &[String]) -> &[String] {
    let taken = words
        .iter()
        .take_while(|word| {
            word.as_str() == "sudo"
                || word.split_once('=').is_some_and(|(name, _)| name.chars().all(|c| c.is_ascii_uppercase() || c == '_'))
        })
        .count();
    &words[taken..]
}

/// Whether a command leaves the reader in a shell of a container.
pub(super) fn opens_shell(command: &Command) -> bool {
    let words = without_wrappers(&command.words);
    let shell = words.last().is_some_and(|word| matches!(word.rsplit('/').next(), Some("bash" | "sh" | "ash" | "zsh")));
    shell && after_any(words, &TABLE.elsewhere.containers).is_some()
}

fn compose(walk: &Walk<'_, '_>, arguments: &[String]) -> Verdict {
    let files = files(walk);
    let given =
        arguments.iter().any(|word| matches!(word.as_str(), "-f" | "--file") || word.starts_with("--file=") || word.starts_with("-f="));
    if files.is_empty() {
        let told =
            given || walk.is_made("docker-compose.yml") || walk.is_made("compose.yml") || walk.shows("services:") || walk.shows("image:");
        return if told || arguments.is_empty() {
            Verdict::unknown("the reader makes the compose file")
        } else {
            walk.broken_unless_of_user("there is no compose file".into())
        };
    }
    let valued: Vec<String> = VALUED.iter().map(|option| (*option).to_owned()).collect();
    let words = operands(arguments, &valued, &["--".to_owned()]);
    let asked: &[&str] = match words.split_first() {
        Some((&("up" | "start" | "restart" | "logs" | "build" | "pull" | "stop" | "rm" | "create"), services)) => services,
        Some((&("run" | "exec"), services)) => services.get(..1).unwrap_or_default(),
        _ => &[],
    };
    let (known, closed) = services(walk, &files);
    let missing = asked.iter().find(|name| !known.contains(**name));
    match missing {
        Some(name) if is_placeholder(name) || !closed || walk.open => Verdict::unknown("which service is meant cannot be told"),
        Some(name) => walk.broken(format!("no compose file has the service `{name}`")),
        None => Verdict::Ok,
    }
}

/// Files that compose may be given.
fn files<'w>(walk: &Walk<'w, '_>) -> Vec<&'w File> {
    let is_compose = |file: &&File| {
        let name = file.name().to_ascii_lowercase();
        let yaml = [".yml", ".yaml"].iter().any(|end| name.ends_with(end)) || name.contains(".yml") || name.contains(".yaml");
        yaml && (name.contains("compose") || name.contains("docker") || file.lower_path().contains("compose/"))
    };
    walk.repository.snapshot.files().iter().filter(is_compose).take(60).collect()
}

/// The names of all services, and whether these are all.
fn services(walk: &Walk<'_, '_>, files: &[&File]) -> (BTreeSet<String>, bool) {
    let mut known = BTreeSet::new();
    let mut closed = true;
    for file in files {
        let Some(text) = walk.repository.snapshot.read(file) else {
            closed = false;
            continue;
        };
        let tree = Tree::parse(&text.as_str());
        closed &= tree.fault.is_none();
        for root in &tree.documents {
            closed &= root.get("include").is_none();
            let services = root.get("services").or(Some(root));
            known.extend(services.map(|services| services.entries()).unwrap_or_default().iter().map(|entry| entry.key.clone()));
        }
    }
    (known, closed)
}

/// An image is built by a file of the repository.
fn build(walk: &Walk<'_, '_>, words: &[String], arguments: &[String]) -> Verdict {
    let named = super::paths::judge(walk, words);
    if let Some(named) = named {
        return named;
    }
    let valued: Vec<String> = [
        "-t",
        "--tag",
        "--build-arg",
        "--target",
        "--platform",
        "--progress",
        "--network",
        "--cache-from",
        "--secret",
        "--ssh",
        "-m",
        "--label",
        "--output",
        "-o",
    ]
    .iter()
    .map(|option| (*option).to_owned())
    .collect();
    let context = operands(arguments, &valued, &[]).last().copied().unwrap_or(".");
    let files = |name: &str| !walk.repository.names(name).is_empty();
    let any = files("dockerfile")
        || files("containerfile")
        || walk.repository.snapshot.files().iter().any(|file| file.lower_path().contains("dockerfile"));
    let by_folder = if context == "." { Verdict::Ok } else { super::paths::at(walk, Kind::Folder, context) };
    if !any && context == "." && !walk.is_made("Dockerfile") && !walk.shows("FROM ") {
        return walk.broken_unless_of_user("there is no Dockerfile".into());
    }
    let here = walk.repository.look(&walk.folders(), "Dockerfile");
    match (by_folder, here) {
        (Verdict::Ok, Look::Here(_)) => Verdict::Ok,
        (Verdict::Ok, _) => Verdict::unknown("which folder is meant cannot be told"),
        (other, _) => other,
    }
}
