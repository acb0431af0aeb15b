use unicode_width::UnicodeWidthStr;

use super::*;
use crate::report::sample::{check, poison, report, staged};
use crate::severity::Confidence;

fn print(report: &Report, width: usize, detail: Detail) -> String {
    let mut out = Vec::new();
    write(report, Style { colour: false, width, detail }, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn normal(report: &Report) -> String {
    print(report, 80, Detail::Normal)
}

/// Wide, long, unbroken, combining and empty text.
const AWKWARD: [&str; 6] = [
    "設定ファイルにパスワードが書かれているので新しいチームはそれを交換しなければならない/設定/本番環境.json",
    "src/a/very/long/path/without/any/space/that/no/terminal/of/forty/columns/could/ever/hold/in/one/line.json",
    "words 🦀🦀🦀 and e\u{301}\u{301}\u{301} and ☺\u{fe0f} in between of a sentence that goes on for a while, and then some",
    "漢",
    " ",
    "",
];

#[test]
fn no_line_is_wider_than_the_terminal() {
    for text in AWKWARD {
        for width in [40, 41, 59, 60, 80, 120, 500] {
            for detail in [Detail::Quiet, Detail::Normal, Detail::Verbose] {
                for mut report in [report(3), staged(3)] {
                    poison(&mut report, text);
                    for line in print(&report, width, detail).lines() {
                        assert!(line.width() <= width, "{} of {width} columns: {line}", line.width());
                    }
                }
            }
        }
    }
}

#[test]
fn a_narrower_terminal_is_taken_for_forty_columns() {
    assert_eq!(print(&report(2), 0, Detail::Normal), print(&report(2), 40, Detail::Normal));
}

#[test]
fn no_escape_code_comes_from_the_repository_or_without_colour() {
    let mut report = report(3);
    poison(&mut report, "\u{1b}[31mred\u{7}\r\nforged line\u{202e}");
    for detail in [Detail::Quiet, Detail::Normal, Detail::Verbose] {
        let text = print(&report, 80, detail);
        assert!(text.chars().all(|c| c == '\n' || !c.is_control()), "{text}");
        assert!(!text.contains('\u{202e}') && !text.lines().any(|line| line.starts_with("forged")));
    }
}

#[test]
fn colour_changes_looks_and_no_word() {
    let mut out = Vec::new();
    write(&report(3), Style { colour: true, width: 80, detail: Detail::Normal }, &mut out).unwrap();
    let coloured = String::from_utf8(out).unwrap();
    assert!(coloured.starts_with("\u{1b}["));
    let codes = regex::Regex::new("\u{1b}\\[[0-9;]*m").unwrap();
    assert_eq!(codes.replace_all(&coloured, ""), normal(&report(3)));
}

#[test]
fn the_verdict_comes_first_and_the_gate_last() {
    let text = normal(&report(1));
    assert!(text.starts_with("NOT READY: 46.3 of 100, with 83% of the weight decided\n  because 1 blocker failed\n"), "{text}");
    assert!(text.ends_with("Gate does not hold: blocker failed: secrets/live-credentials\n"), "{text}");
    assert!(print(&report(1), 80, Detail::Quiet).contains("\n  because 1 blocker failed\n"));
}

#[test]
fn a_part_of_the_checklist_has_a_score_and_no_verdict() {
    let mut report = report(1);
    (report.verdict, report.decided) = (None, 1.0);
    report.verdict_reasons = vec!["only a part of the checklist was judged".into()];
    let text = normal(&report);
    assert!(text.starts_with("SCORE 46.3 of 100, for the part that was judged\n\n"), "{text}");
}

#[test]
fn the_gate_names_each_check_once_and_says_that_a_verdict_is_no_gate() {
    let last = |report: &Report| print(report, 120, Detail::Quiet).lines().last().unwrap_or_default().to_owned();
    let mut report = report(1);
    let reasons = ["major failed: a/x", "blocker failed: a/b", "the score 46.3 is under 60", "blocker failed: c/d"];
    report.gate.reasons = reasons.map(str::to_owned).to_vec();
    assert_eq!(last(&report), "Gate does not hold: blockers failed: a/b, c/d; major check failed: a/x; the score 46.3 is under 60");
    report.gate.holds = true;
    assert_eq!(last(&report), "Gate holds: no blocker failed (the verdict is no gate: a low score fails it only with --min-score)");
    report.verdict = Some(Verdict::Conditional);
    assert_eq!(last(&report), "Gate holds: no blocker failed");
}

#[test]
fn severities_differ_in_colour() {
    let painted = |severity| {
        let mut report = report(0);
        report.checks[0].severity = severity;
        let mut out = Vec::new();
        write(&report, Style { colour: true, width: 80, detail: Detail::Quiet }, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        let row = text.lines().find(|line| line.contains('✘')).unwrap().to_owned();
        row[..row.find(severity.word()).unwrap()].rsplit_once('\u{1b}').unwrap().1.to_owned()
    };
    assert_eq!([painted(Severity::Blocker), painted(Severity::Major), painted(Severity::Minor)], ["[31;1m", "[31m", "[33m"]);
}

#[test]
fn what_stands_at_the_right_ends_with_the_page() {
    for width in [60, 80, 120] {
        let text = print(&report(1), width, Detail::Normal);
        let row = text.lines().find(|line| line.contains("✘ No live")).unwrap();
        assert_eq!(row.width(), width, "{row}");
    }
}

#[test]
fn a_check_stands_with_its_outcome_severity_and_gain() {
    let text = normal(&report(1));
    let row = |start: &str, end: &str| text.lines().any(|line| line.trim().starts_with(start) && line.ends_with(end));
    assert!(row("✘ No live credential is committed", "blocker  +12.3"), "{text}");
    assert!(row("◐ Integration tests cover the core flows", "62%   +4.6"), "{text}");
    assert!(row("✔ No private key is committed", "committed"), "{text}");
    assert!(row("? The knowledge rests on several people: the reader of settings", "looked"), "{text}");
    assert!(!text.contains("No test is switched off") && text.contains("1 check does not apply here"), "{text}");
    assert!(print(&report(1), 80, Detail::Verbose).contains("– No test is switched off: the reader"));
}

#[test]
fn an_area_without_a_decided_check_has_no_score() {
    let text = normal(&report(1));
    let line = text.lines().find(|line| line.trim().starts_with("ownership ")).unwrap();
    assert!(line.contains('–') && line.ends_with("0 of 1 decided"), "{line}");
}

#[test]
fn a_finding_shows_its_line_and_what_is_wrong_in_it() {
    let text = normal(&report(1));
    let lines: Vec<&str> = text.lines().collect();
    let at = lines.iter().position(|line| line.trim() == "src/settings.json:1:5").unwrap();
    assert_eq!(lines[at + 1], r#"      1 │ "Password": "hunter…","#);
    assert_eq!(lines[at + 2], r"        │              ^^^^^^^");
    assert_eq!(lines[at - 1], "  secrets/password: A password in the open");
    assert_eq!(lines[at - 2], "✘ secrets/live-credentials (blocker)");
    assert_eq!(lines[at + 3], "    why: It matters.");
    assert_eq!(lines[at + 4], "    fix: Revoke it, then read it from the secrets manager.");
}

#[test]
fn a_line_that_does_not_fit_is_cut_around_its_mark() {
    let shown = |snippet: &str, marked: std::ops::Range<usize>| {
        let mut report = report(1);
        report.checks[0].findings[0].snippet = Some(snippet.into());
        report.checks[0].findings[0].marked = Some(marked);
        let text = print(&report, 40, Detail::Normal);
        let lines: Vec<String> = text.lines().filter_map(|line| line.split_once(" │ ")).map(|(_, line)| line.to_owned()).collect();
        (lines[0].clone(), lines[1].clone())
    };
    let (before, after) = ("x".repeat(60), "y".repeat(60));
    let (line, carets) = shown(&format!("{before}KEY{after}"), 60..63);
    assert!(line.starts_with("…x") && line.ends_with("y…"), "{line}");
    assert_eq!(carets.find('^'), Some(line.replace('…', ".").find("KEY").unwrap()));
    let (line, carets) = shown(&format!("{before}KEY"), 60..63);
    assert!(line.ends_with("xKEY") && line.width() == 30, "{line}");
    assert_eq!(carets.width(), line.width());
    let (line, carets) = shown(&format!("KEY{after}"), 0..3);
    assert!(line.starts_with("KEYy") && line.ends_with("y…") && carets == "^^^", "{line}");
}

#[test]
fn messages_that_differ_stand_with_their_places() {
    let text = normal(&report(1));
    assert!(text.contains("\n  tests/untested-flow: 2 findings\n    src/orders.rs:7:5:"), "{text}");
    assert!(text.contains("src/orders.rs:7:5: No test calls `GET /orders`"), "{text}");
    assert!(text.contains("src/orders.rs:9:5: No test calls `POST /orders`"), "{text}");
}

#[test]
fn help_is_given_once_a_rule_and_findings_are_capped() {
    let text = normal(&report(22));
    assert_eq!(text.matches("fix: Revoke it").count(), 2, "{text}");
    assert_eq!(text.matches("why: It matters.").count(), 2);
    assert_eq!(text.matches("handover explain").count(), 1);
    assert_eq!(text.matches("src/settings.json:").count(), 10);
    assert!(text.contains("… and 12 more: --verbose shows them"));
    assert_eq!(print(&report(22), 80, Detail::Verbose).matches("src/settings.json:").count(), 22);
}

#[test]
fn findings_of_low_confidence_are_counted() {
    let mut report = report(3);
    report.checks[0].findings[1].confidence = Confidence::Low;
    let text = normal(&report);
    assert_eq!(text.matches("src/settings.json:").count(), 2);
    assert!(text.contains("1 of low confidence or for information: --verbose shows it"), "{text}");
    let text = print(&report, 80, Detail::Verbose);
    assert_eq!(text.matches("src/settings.json:").count(), 3);
    assert!(text.contains("    src/settings.json:2:5 (low confidence)\n") && !text.contains("high confidence"), "{text}");
}

#[test]
fn a_doubt_that_all_findings_share_stands_with_the_rule() {
    let mut report = report(2);
    report.checks[0].findings.iter_mut().for_each(|finding| finding.confidence = Confidence::Medium);
    report.checks[0].findings.iter_mut().for_each(|finding| finding.severity = Severity::Minor);
    let text = normal(&report);
    assert!(text.contains("  secrets/password: A password in the open (minor) (medium confidence)\n"), "{text}");
    assert_eq!(text.matches("confidence)").count(), 1, "{text}");
}

#[test]
fn something_absent_has_no_line_of_its_own() {
    let mut report = report(1);
    (report.checks[0].findings[0].places, report.checks[0].findings[0].snippet) = (Vec::new(), None);
    for detail in [Detail::Normal, Detail::Verbose] {
        assert!(print(&report, 80, detail).contains("  secrets/password: A password in the open\n    why: It matters.\n"));
    }
}

#[test]
fn findings_that_change_nothing_are_counted_at_the_end() {
    let mut report = report(1);
    report.checks[1].findings = report.checks[0].findings.clone();
    assert!(normal(&report).contains("1 finding in checks that do not fail: --verbose shows it"));
    assert_eq!(normal(&report).matches("src/settings.json:").count(), 1);
    assert_eq!(print(&report, 80, Detail::Verbose).matches("src/settings.json:").count(), 2);
}

#[test]
fn a_quiet_report_has_a_line_for_each_failure() {
    let text = print(&report(5), 80, Detail::Quiet);
    assert_eq!(text.lines().filter(|line| line.contains('✘')).count(), 1, "{text}");
    assert!(text.contains("deviation: the check `tests/flaky` is switched off"));
    assert!(!text.contains("settings.json") && !text.contains('✔') && !text.contains("Questions"));
    assert!(text.contains("✘ No live credential is committed · secrets/live-credentials"), "{text}");
    assert_eq!(text.lines().filter(|line| !line.is_empty()).count(), 5, "{text}");
}

#[test]
fn a_verbose_report_names_what_was_left_out() {
    assert!(print(&report(1), 80, Detail::Verbose).contains("    logo.png: binary\n"));
    assert!(!normal(&report(1)).contains("logo.png") && normal(&report(1)).contains("left out 1: binary"));
}

#[test]
fn staged_changes_get_no_score_and_no_checklist() {
    let text = normal(&staged(1));
    assert!(text.starts_with("read 3 staged files, 2.1 kB\n"), "{text}");
    assert!(text.contains("✘ secrets/live-credentials: No live credential is committed (blocker)"), "{text}");
    assert!(text.contains("src/settings.json:1:5") && text.contains("deviation:") && text.contains("Gate does not hold"));
    assert!(!text.contains("READY") && !text.contains('✔') && !text.contains("█"), "{text}");
}

#[test]
fn a_hook_is_told_each_place_on_its_line() {
    let mut report = staged(2);
    report.checks.iter_mut().for_each(|check| check.gain = 0.0);
    report.checks[0].findings[1].confidence = Confidence::Low;
    report.checks[2].findings[0].places.clear();
    let text = print(&report, 80, Detail::Quiet);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[2], "src/settings.json:1:5 secrets/password: A password in the open");
    assert_eq!(lines[3], "tests/untested-flow: No test calls `GET /orders`");
    assert_eq!(lines[4], "src/orders.rs:9:5 tests/untested-flow: No test calls `POST /orders`");
    assert_eq!(lines[5], "Gate does not hold: blocker failed: secrets/live-credentials");
    assert!(!text.contains('+') && !text.to_lowercase().contains("score") && !text.contains('✘'), "{text}");
}

#[test]
fn nothing_staged_is_nothing_to_print() {
    let mut report = staged(0);
    report.checks.iter_mut().for_each(|check| check.findings.clear());
    report.read.files = 0;
    for detail in [Detail::Quiet, Detail::Normal, Detail::Verbose] {
        assert_eq!(print(&report, 80, detail), "");
    }
    report.read.skipped = vec![crate::snapshot::Skipped { path: "a.png".into(), reason: "binary".into() }];
    assert!(print(&report, 80, Detail::Quiet).starts_with("read 0 staged files"));
}

#[test]
fn a_clean_commit_takes_two_lines() {
    let mut report = staged(0);
    report.checks.clear();
    report.subject.deviations.clear();
    report.gate.holds = true;
    assert_eq!(normal(&report), "read 3 staged files, 2.1 kB\nGate holds: no blocker failed\n");
}

#[test]
fn questions_are_numbered_through() {
    let text = normal(&report(1));
    assert!(text.contains("    1. Who else knows the code?\n"), "the reason stands in the checklist: {text}");
    let mut report = report(1);
    report.questions[0].why = "the clone is shallow".into();
    assert!(normal(&report).contains("1. Who else knows the code? the clone is shallow"));
}

#[test]
fn a_report_of_nothing_can_be_printed() {
    let mut report = report(0);
    report.checks.clear();
    report.areas.clear();
    report.questions.clear();
    (report.score, report.verdict) = (None, None);
    assert!(normal(&report).starts_with("NOT DECIDED: nothing here could be scored\n"));
    report.checks = vec![check("a/b", crate::facts::Area::Deploy, "t", Outcome::Fail)];
    assert!(!normal(&report).is_empty());
}
