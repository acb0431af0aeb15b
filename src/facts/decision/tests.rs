use super::{Decisions, read};
use crate::facts::{Notes, ProblemKind};
use crate::snapshot::Snapshot;

fn of(files: &[(&str, &str)]) -> (Decisions, Notes) {
    let mut notes = Notes::default();
    let snapshot = Snapshot::of_memory(files.iter().map(|(path, content)| (*path, content.as_bytes().to_vec())));
    (read(&snapshot, &mut notes).known().expect("it can be read").clone(), notes)
}

fn kinds(notes: &Notes) -> Vec<(&str, usize, ProblemKind)> {
    notes.problems.iter().map(|problem| (problem.file.as_str(), problem.line, problem.kind)).collect()
}

const NYGARD: &str = "# 3. Keep orders in Postgres\n\nDate: 2024-02-03\n\n## Status\n\nAccepted\n\n## Context\n\nOrders need joins.\n\n## Decision\n\nPostgres.\n";

fn nygard(title: &str, status: &str) -> String {
    NYGARD.replace("3. Keep orders in Postgres", title).replace("Accepted", status)
}

#[test]
fn a_record_in_nygards_form_is_read() {
    let (found, notes) = of(&[("doc/adr/0003-keep-orders.md", NYGARD)]);
    let record = &found.records[0];
    assert_eq!((record.number, record.title.as_str()), (Some(3), "Keep orders in Postgres"));
    assert_eq!((record.status.as_deref(), record.date.as_deref()), (Some("Accepted"), Some("2024-02-03")));
    assert_eq!((found.directory.as_deref(), record.ritual), (Some("doc/adr"), false));
    assert!(notes.problems.is_empty());
}

#[test]
fn madr_states_itself_in_bullets_front_matter_and_tables() {
    let body = "\n## Context and Problem Statement\n\nWhich?\n\n## Decision Outcome\n\nThat.\n";
    let bullets = format!("# Use queues\n\n- **Status:** Proposed\n- **Date:** 2023-01-01\n{body}");
    let front = format!("---\nstatus: \"accepted\"\ndate: 2023-01-02\n---\n# Use caches\n{body}");
    let row = format!("# Use pages\n\n| Status | Rejected |\n|---|---|\n| Date | 2023-01-03 |\n{body}");
    let (found, _) = of(&[
        ("docs/decisions/0001-queues.md", &bullets),
        ("docs/decisions/0002-caches.md", &front),
        ("docs/decisions/0003-pages.md", &row),
    ]);
    let stated: Vec<(Option<&str>, Option<&str>)> =
        found.records.iter().map(|record| (record.status.as_deref(), record.date.as_deref())).collect();
    assert_eq!(
        stated,
        [(Some("Proposed"), Some("2023-01-01")), (Some("accepted"), Some("2023-01-02")), (Some("Rejected"), Some("2023-01-03"))]
    );
}

#[test]
fn templates_indexes_and_images_are_no_records_and_dates_are_no_numbers() {
    let dated = nygard("Use a template engine", "Accepted");
    let files = [
        ("docs/adr/README.md", "# Records\n\n## Status\n\nx\n\n## Context\n\ny\n"),
        ("docs/adr/ADR-000-template.md", NYGARD),
        ("docs/adr/template.md", NYGARD),
        ("docs/adr/0003-x.png", "png"),
        ("docs/adr/20240203-use-a-template-engine.md", &dated),
    ];
    let (found, _) = of(&files);
    assert_eq!(found.records.len(), 1);
    assert_eq!((found.records[0].number, found.records[0].title.as_str()), (None, "Use a template engine"));
}

#[test]
fn folders_are_found_by_setting_and_by_shape_but_not_by_number_alone() {
    let (found, _) = of(&[(".adr-dir", "notes/choices\n"), ("notes/choices/0001-a.md", &nygard("1. A", "Accepted"))]);
    assert_eq!(found.directory.as_deref(), Some("notes/choices"));
    let (found, _) = of(&[
        ("docs/architecture/003-orders.md", NYGARD),
        ("docs/guide/01-start.md", "# Start\n\nHello\n"),
        ("docs/rfcs/0003-x.md", NYGARD),
    ]);
    assert_eq!(found.directories, ["docs/architecture"]);
    let (found, _) = of(&[("src/decisions/0001-rules.md", "# Rules\n\nText\n")]);
    assert_eq!((found.directory, found.records.len()), (None, 0));
}

#[test]
fn the_ritual_record_is_told_from_the_others() {
    for title in
        ["1. Record architecture decisions", "Use Markdown Architectural Decision Records", "ADR-0001: Use Log4brains to manage the ADRs"]
    {
        assert!(of(&[("adr/0001-x.md", &nygard(title, "Accepted"))]).0.records[0].ritual, "{title}");
    }
    for title in ["1. Record audio in the browser", "Use Markdown for user comments", "Decision engine in Rust"] {
        assert!(!of(&[("adr/0001-x.md", &nygard(title, "Accepted"))]).0.records[0].ritual, "{title}");
    }
}

#[test]
fn a_clean_succession_is_no_problem_even_with_the_word_on_its_own_line() {
    let old = nygard("1. Old", "Superseded\n\nSuperseded by [2. New](0002-new.md)");
    let new = nygard("2. New", "Accepted\n\nSupersedes [1. Old](0001-old.md)");
    let (found, notes) = of(&[("adr/0001-old.md", &old), ("adr/0002-new.md", &new)]);
    assert_eq!(found.records[0].superseded_by.as_deref(), Some("0002-new.md"));
    assert_eq!(found.records[1].superseded_by, None);
    assert_eq!(kinds(&notes), []);
}

#[test]
fn a_broken_succession_is_noted_where_it_breaks() {
    let lost = nygard("1. Lost", "Superseded");
    let gone = nygard("2. Gone", "Superseded by ADR-0009");
    let old = nygard("3. Old", "Superseded by [4](0004-new.md)");
    let new = nygard("4. New", "Accepted");
    let (found, notes) =
        of(&[("adr/0001-lost.md", &lost), ("adr/0002-gone.md", &gone), ("adr/0003-old.md", &old), ("adr/0004-new.md", &new)]);
    assert_eq!(found.records[1].superseded_by.as_deref(), Some("ADR-0009"));
    let expected = [
        ("adr/0001-lost.md", 7, ProblemKind::SupersededWithoutTarget),
        ("adr/0002-gone.md", 7, ProblemKind::SupersededTargetMissing),
        ("adr/0004-new.md", 7, ProblemKind::SupersededWithoutBackLink),
    ];
    assert_eq!(kinds(&notes), expected);
}

#[test]
fn a_successor_that_its_predecessor_does_not_know_is_noted() {
    let new = nygard("2. New", "Accepted\n\nSupersedes [1. Old](0001-old.md)");
    let (_, notes) = of(&[("adr/0001-old.md", &nygard("1. Old", "Accepted")), ("adr/0002-new.md", &new)]);
    assert_eq!(kinds(&notes), [("adr/0001-old.md", 7, ProblemKind::SupersededWithoutBackLink)]);
}

#[test]
fn numbers_and_statuses_are_checked() {
    let none = NYGARD.replace("## Status\n\nAccepted\n\n", "").replace("3. ", "4. ");
    let left = nygard("5. Left", "{proposed | accepted}");
    let files = [
        ("adr/0003-a.md", NYGARD),
        ("adr/0003-b.md", NYGARD),
        ("adr/0007-c.md", NYGARD),
        ("adr/0004-d.md", &none),
        ("adr/0005-e.md", &left),
    ];
    let (_, notes) = of(&files);
    let expected = [
        ("adr/0003-b.md", 1, ProblemKind::DuplicateNumber),
        ("adr/0007-c.md", 1, ProblemKind::NumberMismatch),
        ("adr/0004-d.md", 1, ProblemKind::MissingStatus),
        ("adr/0005-e.md", 7, ProblemKind::PlaceholderStatus),
    ];
    for problem in expected {
        assert!(kinds(&notes).contains(&problem), "{problem:?} of {:?}", kinds(&notes));
    }
    assert_eq!(notes.problems.len(), expected.len());
}

#[test]
fn where_no_record_states_a_status_none_is_missed() {
    let none = NYGARD.replace("## Status\n\nAccepted\n\n", "");
    assert_eq!(kinds(&of(&[("adr/0003-a.md", &none)]).1), []);
}

#[test]
fn a_successor_named_outside_the_status_and_a_day_first_date_are_noted() {
    let old = nygard("1. Old", "Accepted").replace("2024-02-03", "03/02/2024")
        + "\n- Superseded by [2](0002-new.md)\n- [gone](gone.md) and [code](../../src/a.c)\n";
    let (found, notes) = of(&[("adr/0001-old.md", &old), ("adr/0002-new.md", &nygard("2. New", "Accepted"))]);
    assert_eq!(found.records[0].superseded_by.as_deref(), Some("0002-new.md"));
    let expected = [
        ("adr/0001-old.md", 17, ProblemKind::SupersededNotInStatus),
        ("adr/0001-old.md", 3, ProblemKind::UnclearDate),
        ("adr/0001-old.md", 18, ProblemKind::BrokenLink),
    ];
    assert_eq!(kinds(&notes), expected);
}

#[test]
fn both_spellings_of_superseded_are_read() {
    let old = nygard("1. Old", "Superceded by [2. New](0002-new.md)");
    let new = nygard("2. New", "Accepted\n\nSupercedes [1. Old](0001-old.md)");
    let (found, notes) = of(&[("adr/0001-old.md", &old), ("adr/0002-new.md", &new)]);
    assert_eq!((found.records[0].superseded_by.as_deref(), kinds(&notes)), (Some("0002-new.md"), Vec::new()));
}
