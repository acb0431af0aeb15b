use pulldown_cmark::{Event, Options, Parser, Tag};

use super::*;
use crate::report::sample::{check, poison, report, staged};

fn print(report: &Report) -> String {
    let mut out = Vec::new();
    write(report, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn events(markdown: &str) -> Vec<Event<'_>> {
    Parser::new_ext(markdown, Options::all() - Options::ENABLE_SMART_PUNCTUATION).collect()
}

/// The kinds of the blocks, without their text: what a repository must not be able to change.
fn shape(markdown: &str) -> Vec<String> {
    let block = |event: &Event<'_>| match event {
        Event::Start(tag) if !matches!(tag, Tag::Paragraph | Tag::Strong) => Some(format!("{tag:?}")),
        Event::TaskListMarker(done) => Some(format!("{done}")),
        Event::Rule => Some("rule".into()),
        _ => None,
    };
    events(markdown).iter().filter_map(block).collect()
}

const HOSTILE: [&str; 16] = [
    "<script>alert(1)</script>",
    "<img src=x onerror=y>.json",
    "[click](https://evil.example)",
    "![x](https://evil.example/x.png)",
    "https://evil.example/path and www.evil.example",
    "a | b | c",
    "back`tick``s and ```fences",
    "`<b>`</b>",
    "two\n\n# Heading\n\n- [x] forged",
    "@everyone #1 user@mail.example",
    "- [x] forged",
    "> quote",
    "1. one",
    "**bold** __init__ ~~gone~~ $x$ &lt; \\",
    "<!-- comment --> [^1] [ref]: x",
    "+ \u{202e}\u{1b}[31m ---",
];

#[test]
fn nothing_of_the_repository_becomes_markup() {
    let mut calm = report(3);
    poison(&mut calm, "calm");
    let expected = shape(&print(&calm));
    for text in HOSTILE {
        let mut hostile = report(3);
        poison(&mut hostile, text);
        let markdown = print(&hostile);
        for event in events(&markdown) {
            let bad = matches!(event, Event::Html(_) | Event::InlineHtml(_) | Event::FootnoteReference(_))
                || matches!(event, Event::Start(Tag::Link { .. } | Tag::Image { .. } | Tag::HtmlBlock | Tag::Emphasis));
            assert!(!bad, "{text}: {event:?}\n{markdown}");
        }
        assert_eq!(shape(&markdown), expected, "{text}\n{markdown}");
    }
}

#[test]
fn no_mention_address_or_reference_stands_outside_code() {
    for text in HOSTILE {
        let mut hostile = report(2);
        poison(&mut hostile, text);
        for event in events(&print(&hostile)) {
            if let Event::Text(text) = event {
                assert!(!text.contains(['@', '#', '<', '[']) && !text.contains("://") && !text.contains("www."), "{text}");
            }
        }
    }
}

#[test]
fn a_hostile_path_is_still_shown_as_it_is() {
    let mut hostile = report(1);
    poison(&mut hostile, "a`b|<c>.json");
    let codes: Vec<String> = events(&print(&hostile))
        .into_iter()
        .filter_map(|event| if let Event::Code(code) = event { Some(code.into_string()) } else { None })
        .collect();
    assert!(codes.contains(&"a`b|<c>.json:1:5".to_owned()), "{codes:?}");
}

#[test]
fn the_verdict_is_on_the_first_screen() {
    let text = print(&report(40));
    let start: Vec<&str> = text.lines().take(10).collect();
    assert_eq!(start[0], "# Handover readiness of shop");
    assert_eq!(start[2], "🔴 **NOT READY**: 46.3 of 100, with 83% of the weight decided.");
    assert_eq!(start[4], "This is because 1 blocker failed.");
    assert!(start.contains(&"- blocker failed: secrets/live-credentials"), "{text}");
}

#[test]
fn evidence_stands_under_the_check_that_fails() {
    let text = print(&report(1));
    let lines: Vec<&str> = text.lines().collect();
    let at =
        lines.iter().position(|line| line.starts_with("- [ ] ✘ **No live credential is committed** – fails (blocker, +12.3)")).unwrap();
    assert_eq!(
        lines[at + 1],
        "  - A password in the open (`secrets/password`). Why: It matters. Fix: Revoke it, then read it from the secrets manager."
    );
    assert_eq!(lines[at + 2], r#"    - `src/settings.json:1:5` – `"Password": "hunter…",`"#);
    assert!(text.contains("- [x] No private key is committed\n"));
    assert!(text.contains("- No test is switched off – not applicable: the reader of settings has not looked\n"));
    assert!(text.contains("    - `src/orders.rs:7:5` – No test calls `GET /orders`"), "{text}");
}

#[test]
fn the_heading_of_an_area_hides_nothing_unknown() {
    let mut report = report(1);
    let unknown = check("tests/more", Area::Tests, "More", crate::check::Outcome::Unknown);

    report.checks.push(unknown);
    let text = print(&report);
    for heading in ["\n### Secrets: 40.0\n", "\n### Tests: 62.5, 1 of 2 decided\n", "\n### Ownership: 0 of 1 decided\n"] {
        assert!(text.contains(heading), "{heading}: {text}");
    }
}

#[test]
fn questions_leave_room_for_answers_inside_their_item() {
    let mut report = report(0);
    report.questions =
        (0..12).map(|_| crate::report::Question { area: Area::Setup, text: "Who?".into(), why: "w".into(), at: None }).collect();
    let text = print(&report);
    let answers = events(&text).into_iter().filter(|event| matches!(event, Event::Start(Tag::BlockQuote(_)))).count();
    assert_eq!(answers, 12, "{text}");
    assert_eq!(events(&text).into_iter().filter(|event| matches!(event, Event::Start(Tag::List(Some(_))))).count(), 1, "{text}");
}

#[test]
fn it_stays_well_under_a_mebibyte() {
    let mut report = report(20_000);
    for (at, finding) in report.checks[0].findings.iter_mut().enumerate() {
        finding.rule = format!("secrets/rule-{}", at % 400);
        finding.places[0].path = "漢".repeat(1_300);
        finding.message = format!("{at} {}", "x".repeat(40_000));
    }
    report.read.skipped = (0..3_000).map(|at| crate::snapshot::Skipped { path: "p".repeat(4_000), reason: format!("r{at}") }).collect();
    let text = print(&report);
    assert!(text.len() < 900_000, "{}", text.len());
    assert!(text.contains("more\n"));
}

#[test]
fn staged_changes_have_no_score_and_no_table() {
    let text = print(&staged(1));
    assert!(text.contains("Staged changes only") && text.contains("src/settings.json:1:5"), "{text}");
    assert!(!text.contains("| Area |") && !text.contains("READY") && !text.contains("[x]"));
    assert!(text.contains("read: 3 staged files") || text.contains("Read: 3 staged files"));
}

#[test]
fn the_document_says_what_it_rests_on() {
    let text = print(&report(1));
    for part in ["Settings that loosen the defaults:", "Tool: handover 0.0.0, rules `00ff`", "as of 2024-05-06", "- binary: `logo.png`"] {
        assert!(text.contains(part), "{part}: {text}");
    }
}
