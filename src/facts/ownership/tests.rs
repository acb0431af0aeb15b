use super::{Ownership, read};
use crate::facts::{Notes, ProblemKind, Section};
use crate::snapshot::Snapshot;

fn of(files: &[(&str, &str)]) -> (Ownership, Notes) {
    let mut notes = Notes::default();
    let snapshot = Snapshot::of_memory(files.iter().map(|(path, content)| (*path, content.as_bytes().to_vec())));
    (read(&snapshot, &Section::Known(Vec::new()), &mut notes).known().expect("it can be read").clone(), notes)
}

fn kinds(notes: &Notes) -> Vec<(usize, ProblemKind)> {
    notes.problems.iter().map(|problem| (problem.line, problem.kind)).collect()
}

#[test]
fn the_owners_file_is_the_one_that_its_host_reads() {
    let both = [("CODEOWNERS", "* @a"), (".github/CODEOWNERS", "* @b"), ("docs/CODEOWNERS", "* @c")];
    assert_eq!(of(&both).0.codeowners.file.as_deref(), Some(".github/CODEOWNERS"));
    let gitlab = [("CODEOWNERS", "* @a"), (".gitlab/CODEOWNERS", "* @b"), (".gitlab-ci.yml", "a: 1")];
    assert_eq!(of(&gitlab).0.codeowners.file.as_deref(), Some("CODEOWNERS"));
    assert_eq!(of(&[("src/CODEOWNERS", "* @a")]).0.codeowners.file, None);
}

#[test]
fn entries_hold_patterns_and_owners_without_comments() {
    let (found, notes) = of(&[("CODEOWNERS", "# all\n*  @org/team a@example.org # why\n/a\\ b/ @me\n"), ("a b/c", "")]);
    let entries: Vec<(usize, &str, usize)> =
        found.codeowners.entries.iter().map(|entry| (entry.line, entry.pattern.as_str(), entry.owners.len())).collect();
    assert_eq!(entries, [(2, "*", 2), (3, "/a\\ b/", 1)]);
    assert_eq!(kinds(&notes), []);
}

#[test]
fn lines_that_do_nothing_are_noted() {
    let text = "* @a\n/gone/ @a\n@org/team\n!src @a\n*.c team\nsrc/*\n";
    let (_, notes) = of(&[("CODEOWNERS", text), ("src/a.c", "")]);
    let expected = [
        (2, ProblemKind::PatternMatchesNothing),
        (3, ProblemKind::PatternMatchesNothing),
        (4, ProblemKind::InvalidOwnersLine),
        (5, ProblemKind::InvalidOwnersLine),
    ];
    assert_eq!(kinds(&notes), expected);
}

#[test]
fn gitlab_sections_give_owners_and_are_no_patterns() {
    let text = "[Docs][2] @writers\n*.md\n^[Maybe]\nsrc/ @@developer\n";
    let (found, notes) = of(&[("CODEOWNERS", text), (".gitlab-ci.yml", "a: 1"), ("a.md", ""), ("x/src/b", "")]);
    assert_eq!(found.codeowners.entries[0].owners, ["@writers"]);
    assert_eq!(found.codeowners.entries[1].owners, ["@@developer"]);
    assert_eq!(kinds(&notes), []);
}

#[test]
fn documents_are_found_by_name_among_documents_only() {
    let files = [
        ("docs/runbook.md", "x"),
        ("docs/on-call.md", "x"),
        ("RELEASING.md", "x"),
        ("CHANGELOG", "x"),
        ("LICENSE", "x"),
        (".github/SUPPORT.md", "x"),
        ("CONTRIBUTING.md", "x"),
        ("docs/architecture/index.md", "x"),
    ];
    let found = of(&files).0.documents;
    assert_eq!(found.runbook.as_deref(), Some("docs/runbook.md"));
    assert_eq!(found.incident.as_deref(), Some("docs/on-call.md"));
    assert_eq!(found.release.as_deref(), Some("RELEASING.md"));
    assert_eq!(found.changelog.as_deref(), Some("CHANGELOG"));
    assert_eq!(found.license.as_deref(), Some("LICENSE"));
    assert_eq!(found.support.as_deref(), Some(".github/SUPPORT.md"));
    assert_eq!(found.contributing.as_deref(), Some("CONTRIBUTING.md"));
    assert_eq!(found.architecture.as_deref(), Some("docs/architecture/index.md"));
    let code =
        [("src/incident.rs", "x"), ("src/release.py", "x"), ("support", "x"), ("app/history/history.ts", "x"), ("release-notes.md", "x")];
    let found = of(&code).0.documents;
    assert_eq!((found.incident, found.release, found.support, found.runbook), (None, None, None, None));
    assert_eq!(found.changelog.as_deref(), Some("release-notes.md"));
}

#[test]
fn headings_count_where_they_have_substance() {
    let long = "word ".repeat(30);
    let text = format!("# Incident\n\n## Releasing\n\nSoon.\n\n## Monitoring and debugging\n\n{long}\n\n## On-call\n\n{long}\n");
    let found = of(&[("README.md", &text)]).0.documents;
    assert_eq!(found.runbook.as_deref(), Some("README.md"));
    assert_eq!(found.incident.as_deref(), Some("README.md"));
    assert_eq!(found.release, None);
    let runbook = of(&[("docs/runbook.md", &format!("# Runbook\n\n## Incidents\n\n{long}\n"))]).0.documents;
    assert_eq!(runbook.incident.as_deref(), Some("docs/runbook.md"));
}

#[test]
fn an_owners_file_that_is_no_text_is_noted() {
    let (found, notes) = of(&[("CODEOWNERS", "* @a\0\n")]);
    assert!(found.codeowners.entries.is_empty());
    assert!(notes.unread.iter().any(|part| part.part == "ownership.codeowners" && part.reason.contains("CODEOWNERS could not")));
}
