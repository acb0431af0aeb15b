//! What is wrong with the life cycle of decision records: successors, numbers and statuses.

use std::collections::BTreeMap;

use super::record::Read;
use super::words::WORDS;
use crate::facts::links;
use crate::facts::markdown::{Link, extension, resolve};
use crate::facts::{Area, At, Notes, ProblemKind};
use crate::snapshot::Snapshot;

pub(super) fn check(snapshot: &Snapshot, records: &[Read], notes: &mut Notes) {
    numbers(records, notes);
    statuses(records, notes);
    for read in records.iter().filter(|read| read.is_superseded && (status_says_so(read) || read.record.status.is_none())) {
        successor(snapshot, records, read, notes);
    }
    for read in records {
        predecessors(records, read, notes);
        if read.is_superseded && read.record.status.is_some() && !status_says_so(read) {
            let message = "The record says that another took over, its status does not".into();
            note(notes, ProblemKind::SupersededNotInStatus, read, read.superseded_line, message);
        }
        if let Some(date) = read.record.date.as_deref().filter(|date| is_unclear(date)) {
            note(notes, ProblemKind::UnclearDate, read, read.date_line, format!("The date `{}` does not start with the year", short(date)));
        }
        for (line, message) in links::broken(snapshot, &read.record.file, &lasting(&read.links)) {
            note(notes, ProblemKind::BrokenLink, read, line, message);
        }
    }
}

fn status_says_so(read: &Read) -> bool {
    read.record.status.as_deref().is_some_and(|status| WORDS.superseded.is_match(status))
}

/// Links that are meant to last: to documents, pictures and hosts. That code which a record speaks of is gone is no fault.
fn lasting(all: &[Link]) -> Vec<Link> {
    let kinds =
        ["md", "markdown", "adoc", "rst", "txt", "pdf", "html", "png", "jpg", "jpeg", "gif", "svg", "com", "org", "net", "io", "dev"];
    let lasts = |link: &&Link| {
        let target = link.target.split(['#', '?']).next().unwrap_or_default().trim_end_matches('/');
        kinds.contains(&extension(target).as_str())
    };
    all.iter().filter(lasts).cloned().collect()
}

/// Day and month in figures, whichever comes first.
fn is_unclear(date: &str) -> bool {
    let parts: Vec<&str> = date.trim().split(['/', '.', '-']).collect();
    let figures = |part: &str, most: usize| !part.is_empty() && part.len() <= most && part.chars().all(|c| c.is_ascii_digit());
    matches!(parts[..], [day, month, year] if figures(day, 2) && figures(month, 2) && figures(year, 4))
}

fn note(notes: &mut Notes, kind: ProblemKind, read: &Read, line: usize, message: String) {
    notes.problem(Area::Decisions, kind, At::new(&read.record.file, line), message);
}

fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn numbers(records: &[Read], notes: &mut Notes) {
    let mut first: BTreeMap<(&str, u32), &Read> = BTreeMap::new();
    for read in records {
        let Some(number) = read.record.number else { continue };
        if let Some(other) = first.get(&(folder(&read.record.file), number)) {
            let message = format!("Record number {number} is also that of `{}`", other.record.file);
            note(notes, ProblemKind::DuplicateNumber, read, read.title_line, message);
        } else {
            first.insert((folder(&read.record.file), number), read);
        }
        if let Some(written) = read.title_number.filter(|written| *written != number) {
            let message = format!("The title says number {written}, the file name {number}");
            note(notes, ProblemKind::NumberMismatch, read, read.title_line, message);
        }
    }
}

fn statuses(records: &[Read], notes: &mut Notes) {
    for read in records {
        match &read.record.status {
            Some(status) if WORDS.placeholder.is_match(status) => {
                note(
                    notes,
                    ProblemKind::PlaceholderStatus,
                    read,
                    read.status_line,
                    format!("The status is still the template's: {}", short(status)),
                );
            }
            None if most_state_one(records, folder(&read.record.file)) => {
                note(
                    notes,
                    ProblemKind::MissingStatus,
                    read,
                    read.title_line,
                    "The record states no status, unlike the others beside it".into(),
                );
            }
            _ => {}
        }
    }
}

fn most_state_one(records: &[Read], beside: &str) -> bool {
    let near: Vec<bool> =
        records.iter().filter(|read| folder(&read.record.file) == beside).map(|read| read.record.status.is_some()).collect();
    near.iter().filter(|stated| **stated).count() * 2 > near.len()
}

fn short(text: &str) -> String {
    text.chars().take(60).collect()
}

fn successor(snapshot: &Snapshot, records: &[Read], read: &Read, notes: &mut Notes) {
    let Some(target) = &read.record.superseded_by else {
        let message = "The record is superseded, but does not say by which".into();
        return note(notes, ProblemKind::SupersededWithoutTarget, read, read.status_line, message);
    };
    match lookup(snapshot, records, read, target) {
        Target::Missing => {
            let message = format!("The record is superseded by `{}`, which is not there", short(target));
            note(notes, ProblemKind::SupersededTargetMissing, read, read.status_line, message);
        }
        Target::Record(other) if !mentions(other, read) => {
            let message = format!("The record supersedes `{}`, but does not name it", read.record.file);
            note(notes, ProblemKind::SupersededWithoutBackLink, other, other.status_line, message);
        }
        Target::Record(_) | Target::Elsewhere => {}
    }
}

/// What a reference to another record leads to.
enum Target<'a> {
    Record(&'a Read),
    Missing,
    /// Somewhere that the snapshot does not show, or words that name no record for sure.
    Elsewhere,
}

fn lookup<'a>(snapshot: &Snapshot, records: &'a [Read], from: &Read, target: &str) -> Target<'a> {
    let here = folder(&from.record.file);
    let looks_like_path =
        [".md", ".markdown", ".adoc", ".rst"].iter().any(|end| target.split('#').next().unwrap_or_default().ends_with(end));
    if looks_like_path && !target.contains(' ') {
        let Some(path) = resolve(here, target) else { return Target::Elsewhere };
        // Some tools write links from the root, some write the file's name alone.
        let wanted = name(&path);
        let is_meant = |file: &str| file.ends_with(wanted) && (file == path || name(file) == wanted && folder(file) == here);
        let found = records.iter().find(|read| is_meant(&read.record.file));
        return match found {
            Some(read) => Target::Record(read),
            None if snapshot.find(&path).is_some() => Target::Elsewhere,
            None => Target::Missing,
        };
    }
    let stem = name(target.trim_end_matches('/'));
    let linked = |read: &&Read| {
        let (path, _) = read.record.file.rsplit_once('.').unwrap_or_default();
        !stem.is_empty() && path.ends_with(stem) && name(path) == stem
    };
    if let Some(read) = records.iter().find(linked) {
        return Target::Record(read);
    }
    let Some(number) = number_in(target) else { return Target::Elsewhere };
    match records.iter().find(|read| read.record.number == Some(number) && folder(&read.record.file) == here) {
        Some(read) => Target::Record(read),
        None if from.record.number.is_some() => Target::Missing,
        None => Target::Elsewhere,
    }
}

/// The number that a reference starts with: `ADR-0012`, `#12`, `12. Title`.
fn number_in(target: &str) -> Option<u32> {
    let lower = target.trim().to_lowercase();
    let rest = lower.strip_prefix("adr").unwrap_or(&lower).trim_start_matches([' ', '-', '#', '_', ':']);
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    let after = rest[digits.len()..].chars().next();
    let ends = after.is_none_or(|c| !c.is_alphanumeric() && c != '/')
        && !rest[digits.len()..].starts_with("-0")
        && !rest[digits.len()..].starts_with("-1");
    (ends && digits.len() < 5).then(|| digits.parse().ok()).flatten()
}

/// The text of `other` names the record, by its file or by its number.
fn mentions(other: &Read, record: &Read) -> bool {
    let file = name(&record.record.file);
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    if other.text.contains(stem) {
        return true;
    }
    let title = record.record.title.to_lowercase();
    let lower = other.text.to_lowercase();
    (title.len() >= LONG_TITLE && lower.contains(&title)) || record.record.number.is_some_and(|number| names_number(&lower, number))
}

/// Titles of at least this many characters do not turn up by chance.
const LONG_TITLE: usize = 12;

/// `adr-3`, `#3`, `[3. …]`, `record 3` or a number written with leading zeros.
fn names_number(lower: &str, number: u32) -> bool {
    let mut at = 0;
    let digits = lower.split(|c: char| !c.is_ascii_digit()).filter_map(|digits| {
        let start = at;
        at += digits.len() + lower[start + digits.len()..].chars().next().map_or(0, char::len_utf8);
        (!digits.is_empty() && digits.len() < 6 && digits.parse() == Ok(number)).then_some((start, digits))
    });
    let marks = ["adr", "#", "[", "record", "decision", "supersedes", "superseedes", "supercedes", "replaces"];
    digits.into_iter().any(|(start, digits)| {
        let before = lower[..start].trim_end_matches([' ', '-', '_', '#', '\u{a0}']);
        let sign = lower[before.len()..start].contains('#');
        sign || (digits.len() > 2 && digits.starts_with('0')) || marks.iter().any(|mark| before.ends_with(mark))
    })
}

/// Records that this one says it supersedes, and that do not know it.
fn predecessors(records: &[Read], read: &Read, notes: &mut Notes) {
    for line in &read.supersedes {
        let other = records.iter().find(|other| {
            let file = name(&other.record.file);
            other.record.file != read.record.file
                && folder(&other.record.file) == folder(&read.record.file)
                && links(read, line.number, file)
        });
        if let Some(other) = other.filter(|other| !other.is_superseded && !mentions(other, read)) {
            let message = format!("`{}` supersedes this record, which does not say so", read.record.file);
            note(notes, ProblemKind::SupersededWithoutBackLink, other, other.status_line, message);
        }
    }
}

/// The line of the record, as it stands in the file, holds a link to this file.
fn links(read: &Read, line: usize, file: &str) -> bool {
    line.checked_sub(1).and_then(|at| read.text.lines().nth(at)).is_some_and(|line| {
        WORDS.supersedes.find(line).is_some_and(|found| {
            let before = line[..found.start()].trim_end().to_lowercase();
            let in_part = ["part", "partly", "partially"].iter().any(|word| before.ends_with(word));
            !in_part && line[found.end()..].contains(file)
        })
    })
}
