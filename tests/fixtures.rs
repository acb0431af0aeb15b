//! The fixtures: small whole repositories, checked end to end by the binary, each whole report compared.
//!
//! `HANDOVER_BLESS=1 cargo test` writes what the program says now to `expected.json`; read the difference before you
//! commit it.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::{Repo, handover};

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name)
}

/// A fixture as a real repository with one commit, placeholders expanded.
pub fn repository(name: &str) -> Repo {
    mutated(name, &[])
}

/// A fixture in which a text stands in the place of another: file, what stands there, what shall.
pub fn mutated(name: &str, changes: &[(&str, &str, &str)]) -> Repo {
    let root = folder(name).join("repo");
    let mut repo = Repo::new(name);
    let mut files: Vec<PathBuf> = Vec::new();
    list(&root, &mut files);
    for file in files {
        let path = file.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
        let text = std::fs::read_to_string(&file).unwrap().replace("\r\n", "\n");
        let text = changes.iter().filter(|(at, ..)| *at == path).fold(text, |text, (_, from, to)| {
            assert!(text.contains(from), "{name}/{path} does not hold {from:?}");
            text.replacen(from, to, 1)
        });
        let text = handover::rule::placeholder::expand(&text, &format!("{name}/{path}")).unwrap();
        repo = repo.file(&path, text.as_bytes());
    }
    repo.commit("All of it")
}

fn list(folder: &Path, files: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().flatten().map(|entry| entry.path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() { list(&path, files) } else { files.push(path) }
    }
}

/// The report of a fixture, without what changes with every version and rule.
fn report(repo: &Repo) -> Value {
    let output = handover(&["check", "--format", "json", repo.path()]);
    assert!(output.code <= 1, "{}", output.stderr);
    let mut report: Value = serde_json::from_str(&output.stdout).unwrap();
    report["tool"] = Value::Null;
    report
}

fn compare(name: &str) {
    let report = report(&repository(name));
    let path = folder(name).join("expected.json");
    let text = serde_json::to_string_pretty(&report).unwrap() + "\n";
    if std::env::var_os("HANDOVER_BLESS").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    for (number, (said, wanted)) in text.lines().zip(expected.lines()).enumerate() {
        assert_eq!(said, wanted, "{}:{}", path.display(), number + 1);
    }
    assert_eq!(text.lines().count(), expected.lines().count(), "{}", path.display());
}

/// The outcome of a check in a report.
fn outcome<'a>(report: &'a Value, check: &str) -> &'a str {
    let found = report["checks"].as_array().unwrap().iter().find(|line| line["check"] == check);
    found.unwrap_or_else(|| panic!("no check {check}"))["outcome"].as_str().unwrap()
}

#[test]
fn dotnet_good() {
    compare("dotnet-good");
}

#[test]
fn dotnet_poor() {
    compare("dotnet-poor");
}

#[test]
fn node_good() {
    compare("node-good");
}

#[test]
fn node_middling() {
    compare("node-middling");
}

#[test]
fn python_good() {
    compare("python-good");
}

#[test]
fn python_middling() {
    compare("python-middling");
}

#[test]
fn python_poor() {
    compare("python-poor");
}

#[test]
fn good_ones_have_no_failed_check_and_poor_ones_are_not_ready() {
    for name in ["dotnet-good", "node-good", "python-good"] {
        let report = report(&repository(name));
        let failed: Vec<&Value> = report["checks"].as_array().unwrap().iter().filter(|check| check["outcome"] == "fail").collect();
        assert!(failed.is_empty(), "{name}: {failed:#?}");
        assert_ne!(report["verdict"], "not-ready", "{name}");
    }
    for name in ["dotnet-poor", "python-poor"] {
        let report = report(&repository(name));
        assert_eq!(report["verdict"], "not-ready", "{name}");
        assert_eq!(outcome(&report, "secrets/live-credentials"), "fail", "{name}");
    }
}

#[test]
fn no_report_shows_a_secret_whole() {
    for name in ["dotnet-poor", "python-poor", "node-middling"] {
        let repo = repository(name);
        for format in ["json", "text", "markdown"] {
            let output = handover(&["check", "--verbose", "--format", format, repo.path()]);
            for secret in repo.secrets() {
                assert!(!output.stdout.contains(&secret), "{name} as {format} shows {secret}");
            }
        }
        let facts = handover(&["inspect", repo.path()]);
        assert!(repo.secrets().iter().all(|secret| !facts.stdout.contains(secret)), "{name}: inspect shows a secret");
    }
}

#[test]
fn the_report_is_the_same_for_any_number_of_threads() {
    let repo = repository("dotnet-poor");
    let one = handover(&["check", "--format", "json", "--jobs", "1", repo.path()]);
    let eight = handover(&["check", "--format", "json", "--jobs", "8", repo.path()]);
    assert_eq!(one.stdout, eight.stdout);
}

#[test]
fn a_revision_is_judged_like_the_work_tree_it_was_made_of() {
    let repo = repository("node-good");
    let tree = report(&repo);
    let output = handover(&["check", "--format", "json", "--rev", "HEAD", repo.path()]);
    let revision: Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!(tree["checks"], revision["checks"]);
    assert_eq!(tree["score"], revision["score"]);
}
