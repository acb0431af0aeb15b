//! The owners file that the host uses, its entries, and its lines that do nothing.

use std::sync::LazyLock;

use regex::Regex;

use super::pattern::{Host, Pattern};
use super::{Codeowners, OwnersEntry};
use crate::facts::{Area, At, Notes, ProblemKind};
use crate::snapshot::{File, Mode, Snapshot};

/// Where each host looks, in its order.
const PLACES: [(Host, &str); 6] = [
    (Host::GitHub, ".github/CODEOWNERS"),
    (Host::Any, "CODEOWNERS"),
    (Host::Any, "docs/CODEOWNERS"),
    (Host::GitLab, ".gitlab/CODEOWNERS"),
    (Host::Bitbucket, ".bitbucket/CODEOWNERS"),
    (Host::Any, ".bitbucket/codeowners"),
];

/// How many entries are held against the files: each costs a look at all of them.
const CHECKED: usize = 5_000;

pub(super) fn read(snapshot: &Snapshot, notes: &mut Notes) -> Codeowners {
    let Some((file, host)) = find(snapshot) else { return Codeowners::default() };
    let Some(text) = snapshot.read(file) else {
        notes.unread("ownership.codeowners", format!("{} could not be read as text", file.path));
        return Codeowners { file: Some(file.path.clone()), entries: Vec::new() };
    };
    let entries = entries(&file.path, &text.as_str(), host);
    if snapshot.mode != Mode::Staged {
        if entries.len() > CHECKED {
            notes.unread("ownership.codeowners", format!("{}: only the first {CHECKED} lines were held against the files", file.path));
        }
        for entry in entries.iter().take(CHECKED) {
            check(snapshot, entry, host, notes);
        }
    }
    Codeowners { file: Some(file.path.clone()), entries }
}

/// The file, and the host that reads it by what else the repository holds.
fn find(snapshot: &Snapshot) -> Option<(&File, Host)> {
    let holds = |prefix: &str| snapshot.files().iter().any(|file| file.path.starts_with(prefix));
    let (github, gitlab, bitbucket) = (holds(".github/"), holds(".gitlab-ci.yml") || holds(".gitlab/"), holds("bitbucket-pipelines.yml"));
    let hosted = |host: Host| match host {
        Host::GitHub => github,
        Host::GitLab => gitlab,
        Host::Bitbucket | Host::Any => true,
    };
    let mut present: Vec<(&File, Host)> = PLACES.iter().filter_map(|(host, path)| Some((snapshot.find(path)?, *host))).collect();
    // Where only one host is in use, its own folder comes in its own order: GitLab reads the root first.
    present.sort_by_key(|(_, host)| (!hosted(*host), gitlab && !github && *host == Host::GitLab));
    let (file, place) = present.into_iter().next()?;
    let host = match (place, github, gitlab, bitbucket) {
        (Host::Any, _, false, false) => Host::GitHub,
        (Host::Any, false, true, false) => Host::GitLab,
        (Host::Any, false, false, true) => Host::Bitbucket,
        (named, ..) => named,
    };
    Some((file, host))
}

/// Words of a line, cut at blanks that no backslash escapes.
fn words(line: &str) -> Vec<String> {
    let mut all = vec![String::new()];
    let mut escaped = false;
    for c in line.chars() {
        if c.is_whitespace() && !escaped {
            all.push(String::new());
        } else if let Some(last) = all.last_mut() {
            last.push(c);
        }
        escaped = c == '\\' && !escaped;
    }
    all.retain(|word| !word.is_empty());
    all
}

fn entries(path: &str, text: &str, host: Host) -> Vec<OwnersEntry> {
    let mut all = Vec::new();
    let mut defaults: Vec<String> = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let line = line.trim();
        let setting = line.starts_with("CODEOWNERS.") || (host == Host::Bitbucket && line.starts_with("@@@"));
        if line.is_empty() || line.starts_with('#') || setting {
            continue;
        }
        if host != Host::GitHub
            && let Some(owners) = section_owners(line)
        {
            defaults = owners;
            continue;
        }
        let mut words = words(line).into_iter();
        let Some(pattern) = words.next() else { continue };
        let mut owners: Vec<String> = words.take_while(|word| !word.starts_with('#')).collect();
        if owners.is_empty() {
            owners.clone_from(&defaults);
        }
        all.push(OwnersEntry { file: path.to_owned(), line: at + 1, pattern, owners });
    }
    all
}

/// The owners that a GitLab section gives to entries without any: `[Name][2] @team`, `^[Optional]`.
fn section_owners(line: &str) -> Option<Vec<String>> {
    static SECTION: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"^\^?\[[^\]]+\](?:\[\d+\])?(?:\s+(.*))?$").expect("the pattern is constant"));
    let found = SECTION.captures(line)?;
    Some(found.get(1).map_or_else(Vec::new, |owners| owners.as_str().split_whitespace().map(str::to_owned).collect()))
}

fn check(snapshot: &Snapshot, entry: &OwnersEntry, host: Host, notes: &mut Notes) {
    let at = At::new(&entry.file, entry.line);
    if host == Host::GitHub
        && let Some(why) = invalid(entry)
    {
        return notes.problem(Area::Ownership, ProblemKind::InvalidOwnersLine, at, why);
    }
    let Some(pattern) = Pattern::new(&entry.pattern, host) else { return };
    let matched = snapshot.files().iter().any(|file| pattern.matches(&file.path));
    // What was left out of the snapshot is there all the same; a folder stands for what is in it.
    let left_out = || snapshot.skipped().iter().any(|skipped| pattern.matches(&skipped.path) || inside(&entry.pattern, &skipped.path));
    if !matched && !left_out() {
        let message = if is_owner(&entry.pattern) {
            format!("The line names the owner {} and no pattern, so it owns nothing", entry.pattern)
        } else {
            format!("The pattern `{}` matches no file", entry.pattern)
        };
        notes.problem(Area::Ownership, ProblemKind::PatternMatchesNothing, at, message);
    }
}

/// The pattern names something within a folder that was not read.
fn inside(pattern: &str, skipped: &str) -> bool {
    let literal = pattern.trim_start_matches('/').split(['*', '?']).next().unwrap_or_default();
    skipped.ends_with('/') && (literal.starts_with(skipped) || skipped.starts_with(literal) && !literal.is_empty() && literal.contains('/'))
}

/// Why GitHub skips a line.
fn invalid(entry: &OwnersEntry) -> Option<String> {
    if entry.pattern.starts_with('!') {
        return Some(format!("`{}` starts with an exclamation mark, which excludes nothing in an owners file", entry.pattern));
    }
    if Pattern::new(&entry.pattern, Host::GitHub).is_none() && entry.pattern.contains('[') {
        return Some(format!("`{}` uses brackets, which an owners file does not know", entry.pattern));
    }
    let wrong = entry.owners.iter().find(|owner| !is_owner(owner))?;
    Some(format!("`{wrong}` is no owner: a user or a team is written with an at sign, anybody else as a mail address"))
}

fn is_owner(word: &str) -> bool {
    static OWNER: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^(?:@[A-Za-z0-9][\w-]*(?:\[bot\])?(?:/[\w.-]+)?|[^\s@]+@[^\s@]+\.[^\s@]+)$").expect("the pattern is constant")
    });
    OWNER.is_match(word)
}
