//! What is remembered of the files at hand and of who changed them: a run that remembers says what one without a memory says.

use std::fs;
use std::path::Path;

use handover::rule::placeholder::expand;
use serde_json::Value;

use crate::support::{Repo, command};

/// The report of a run that remembers in this folder.
fn report(repo: &Repo, cache: &Path, more: &[&str]) -> String {
    let mut command = command();
    command.env("HANDOVER_CACHE", cache).args(["check", "--format", "json"]).args(more).arg(repo.path());
    String::from_utf8(command.output().unwrap().stdout).unwrap()
}

/// The paths at which secrets are found, with a memory and without.
fn secrets(repo: &Repo, cache: &Path, more: &[&str]) -> Vec<String> {
    let alone = report(repo, cache, &[&["--no-cache"], more].concat());
    assert_eq!(report(repo, cache, more), alone);
    assert_eq!(report(repo, cache, more), alone, "a second time");
    let report: Value = serde_json::from_str(&alone).unwrap();
    let findings = report["checks"].as_array().unwrap().iter().flat_map(|check| check["findings"].as_array().unwrap());
    let findings = findings.filter(|finding| finding["rule"].as_str().unwrap().starts_with("secrets/"));
    findings.map(|finding| finding["places"][0]["path"].as_str().unwrap().to_owned()).collect()
}

fn credential(seed: &str) -> String {
    expand("const url = 'postgresql://app:{alnum:18}@db.shop-platform.io/app'\n", seed).unwrap()
}

/// A product of many files without secrets, worth to be remembered.
fn product() -> Repo {
    let text = "export const total = (items) => items.reduce((sum, item) => sum + item.price, 0)\n".repeat(50);
    let files = (0..120).map(|number| (format!("src/part{number}.js"), format!("// Part {number}.\n{text}")));
    files.fold(Repo::new("shop"), |repo, (path, text)| repo.file(&path, text.as_bytes())).commit("Everything")
}

fn remembered(cache: &Path) -> Vec<Vec<u8>> {
    fs::read_dir(cache).into_iter().flatten().flatten().map(|entry| fs::read(entry.path()).unwrap()).collect()
}

#[test]
fn what_holds_no_secret_is_remembered_until_it_changes() {
    let (mut repo, cache) = (product(), tempfile::TempDir::new().unwrap());
    assert!(secrets(&repo, cache.path(), &[]).is_empty());
    let memory = remembered(cache.path());
    assert_eq!(memory.len(), 1, "one repository, one memory");
    assert!(!memory[0].windows(8).any(|part| part == b"src/part"), "it tells no path");

    let (quiet, loud) = ("src/part7.js", credential("seven"));
    let before = fs::read(format!("{}/{quiet}", repo.path())).unwrap();
    repo.write(quiet, &[before.as_slice(), loud.as_bytes()].concat());
    assert_eq!(secrets(&repo, cache.path(), &[]), [quiet]);
    repo.write(quiet, &before);
    assert!(secrets(&repo, cache.path(), &[]).is_empty());
    // The same text at another path is looked at again, and so is the state of another commit.
    let repo = repo.file("src/other.js", loud.as_bytes()).commit("Another").without("src/other.js").commit("Gone");
    assert_eq!(secrets(&repo, cache.path(), &["--rev", "HEAD~1"]), ["src/other.js"]);
    assert_eq!(secrets(&repo, cache.path(), &["--history"]), ["src/other.js"]);
}

#[test]
fn comments_that_ignore_are_told_of_files_that_are_known() {
    let unused = "// handover: ignore[secrets/assigned-password] nothing is here any more\n";
    let (repo, cache) = (product().file("src/part7.js", unused.as_bytes()).commit("Less"), tempfile::TempDir::new().unwrap());
    secrets(&repo, cache.path(), &[]);
    let report: Value = serde_json::from_str(&report(&repo, cache.path(), &[])).unwrap();
    assert_eq!(report["ignore_problems"][0]["path"], "src/part7.js");
}

#[test]
fn a_damaged_memory_is_none_and_nobody_asked_for_one_with_no_cache() {
    let (repo, cache) = (product(), tempfile::TempDir::new().unwrap());
    report(&repo, cache.path(), &["--no-cache"]);
    assert!(remembered(cache.path()).is_empty());
    let first = report(&repo, cache.path(), &[]);
    let file = fs::read_dir(cache.path()).unwrap().next().unwrap().unwrap().path();
    let whole = fs::read(&file).unwrap();
    for content in [&whole[..whole.len() / 2], &whole[..9], b"", &[&whole[..], b"x"].concat()] {
        fs::write(&file, content).unwrap();
        assert_eq!(report(&repo, cache.path(), &[]), first);
    }
}

/// A product that one person changed more often than history is short.
fn long_history() -> Repo {
    let files = (0..24).map(|number| format!("src/part{number}.js"));
    let mut repo = files.fold(Repo::new("shop"), |repo, path| repo.file(&path, b"export {}\n")).commit_by(ADA, "Everything");
    for number in 0..520 {
        repo.write(&format!("src/part{}.js", number % 24), format!("export const at = {number}\n").as_bytes());
        repo = repo.commit_by(ADA, "More");
    }
    repo
}

const ADA: (&str, &str) = ("Ada Example", "ada@shop-platform.io");

#[test]
fn a_long_history_is_remembered_until_there_is_more_of_it() {
    let (repo, cache) = (long_history(), tempfile::TempDir::new().unwrap());
    let alone = report(&repo, cache.path(), &["--no-cache"]);
    assert!(alone.contains("Ada Example"), "{alone}");
    assert_eq!(report(&repo, cache.path(), &[]), alone);
    let paths = fs::read_dir(cache.path()).unwrap().map(|entry| entry.unwrap().path());
    let [memory] = <[_; 1]>::try_from(paths.collect::<Vec<_>>()).unwrap();
    let written = fs::read_to_string(&memory).unwrap();
    assert!(!written.contains("part7"), "it tells no path");

    // What is remembered is what is told, until something comes that it does not hold.
    fs::write(&memory, written.replace("Ada", "Eve")).unwrap();
    assert_eq!(report(&repo, cache.path(), &[]), alone.replace("Ada", "Eve"));
    let repo = repo.file("src/late.js", b"export {}\n");
    assert!(report(&repo, cache.path(), &[]).contains("Ada Example"), "another file");
    fs::write(&memory, written.replace("Ada", "Eve")).unwrap();
    let repo = repo.commit_by(ADA, "Late");
    assert!(report(&repo, cache.path(), &[]).contains("Ada Example"), "another commit");
    for broken in ["", "{", &written[..written.len() / 2], &written.replace("\"author\":0", "\"author\":7")] {
        fs::write(&memory, broken).unwrap();
        assert!(report(&repo, cache.path(), &[]).contains("Ada Example"), "{broken:.60}");
    }
}
