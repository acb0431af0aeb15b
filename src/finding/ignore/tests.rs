use proptest::prelude::*;

use super::comment::Comment;
use super::*;
use crate::snapshot::Snapshot;

/// The comments of ours in a file, through a snapshot as in a run.
fn comments(path: &str, text: &str) -> Vec<Comment> {
    let snapshot = Snapshot::of_memory([(path, text)]);
    let text = snapshot.read_path(path).unwrap();
    Ignores::read(path, PathClass::Source, &text).comments
}

/// First and last line, names and reason of the only comment.
fn only(path: &str, text: &str) -> (usize, usize, Vec<String>, Option<String>) {
    let mut all = comments(path, text);
    assert_eq!(all.len(), 1, "{path}: {text}");
    let comment = all.remove(0);
    (comment.line, comment.last, comment.names.into_iter().map(|named| named.name).collect(), comment.reason)
}

#[test]
fn comments_of_many_languages_are_read() {
    for (path, before, after) in [
        ("a.cs", "// ", ""),
        ("a.cs", "/// ", ""),
        ("a.go", "/* ", " */"),
        ("a.py", "# ", ""),
        ("a.sql", "-- ", ""),
        ("a.yaml", "#", ""),
        ("a.html", "<!-- ", " -->"),
        ("a.cshtml", "@* ", " *@"),
        ("a.hbs", "{{!-- ", " --}}"),
        ("a.j2", "{# ", " #}"),
        ("a.tsx", "{/* ", " */}"),
        ("a.ini", "; ", ""),
        ("a.vb", "' ", ""),
        ("a.bat", "REM ", ""),
        ("a.ps1", "<# ", " #>"),
        ("a.hs", "{- ", " -}"),
        ("a.tex", "% ", ""),
        ("Dockerfile", "# ", ""),
    ] {
        let line = format!("{before}handover: ignore[secrets/a, secrets] it opens nothing{after}");
        let expected = (vec!["secrets/a".to_owned(), "secrets".to_owned()], Some("it opens nothing".to_owned()));
        let (first, last, names, reason) = only(path, &format!("one\n  {line}\nthree\n"));
        assert_eq!((first, last, (names, reason)), (2, 3, expected.clone()), "{path}");
        let (first, last, names, reason) = only(path, &format!("one\ntwo(); {line}\nthree\n"));
        assert_eq!((first, last, (names, reason)), (2, 2, expected), "{path}");
    }
}

#[test]
fn spaces_and_dashes_do_not_matter() {
    for said in ["handover:ignore[a/b] why", "handover:  ignore [ a/b ]: why", "handover: ignore[a/b] -- why"] {
        assert_eq!(only("a.py", &format!("# {said}\r\nx\r\n")), (1, 2, vec!["a/b".into()], Some("why".into())), "{said}");
    }
}

#[test]
fn without_a_reason_or_a_rule_there_is_neither() {
    assert_eq!(only("a.py", "x # handover: ignore[a/b]\n"), (1, 1, vec!["a/b".into()], None));
    assert_eq!(only("a.c", "x /* handover: ignore[a/b] -- */\n"), (1, 1, vec!["a/b".into()], None));
    assert_eq!(only("a.py", "x # handover: ignore a/b why\n"), (1, 1, vec![], None));
    assert_eq!(only("a.py", "x # handover: ignore[ , ] why\n").2, Vec::<String>::new());
}

#[test]
fn a_reason_ends_with_its_comment_and_is_short() {
    assert_eq!(comment::reason_in(" -- a sandbox */ more()").as_deref(), Some("a sandbox"));
    assert_eq!(comment::reason_in(" -->"), None);
    let told = |reason: String, secret: &str| {
        let by = IgnoredBy { comment: "handover: ignore".into(), line: 1, reason: Some(reason) };
        by.printable(&Redactor::new([secret])).reason.unwrap()
    };
    assert_eq!(told("x".repeat(100_000), "none").len(), 200);
    // A secret over the end is cut before the reason is: no part of it is left.
    let secret = crate::rule::placeholder::expand("{alnum:30}", "reason").unwrap();
    let reason = told(format!("{} {secret}", "x".repeat(180)), &secret);
    assert!(reason.ends_with(&format!("{}…", &secret[..4])), "{reason}");
}

#[test]
fn what_follows_the_mark_of_another_tool_is_a_reason_only_in_a_comment() {
    let reason = |path: &str, line: &str| {
        let text = Text::decode(format!("{line}\n").into_bytes()).unwrap();
        let start = line.find("gitleaks").unwrap();
        comment::reason_behind(path, &text, 1, start..start + "gitleaks:allow".len())
    };
    assert_eq!(reason("a.py", "key = 'x'  # gitleaks:allow a sandbox").as_deref(), Some("a sandbox"));
    assert_eq!(reason("a.j2", "{# gitleaks:allow #} password = Tr0ub4dor3"), None);
    assert_eq!(reason("a.json", r#"{"//": "gitleaks:allow", "password": "Tr0ub4dor3"}"#), None);
    // Of a line that goes on for ever, whole words only.
    let long = format!("# gitleaks:allow {} {}", "why".repeat(120), "s".repeat(600));
    assert_eq!(reason("a.py", &long), Some("why".repeat(120)));
}

/// A minute would not do were each comment to read its whole line.
#[test]
fn a_line_of_megabytes_is_read_once() {
    let long = "/* handover: ignore[a/b] why */ x(); /* gitleaks:allow */ ".repeat(60_000);
    assert_eq!(comments("a.txt", &long).len(), 1000);
    let snapshot = Snapshot::of_memory([("a.txt", long)]);
    let text = snapshot.read_path("a.txt").unwrap();
    assert_eq!(Marks::read(&text).covering(1, 1).map(|mark| mark.line), Some(1));
}

#[test]
fn what_only_shows_the_syntax_is_no_comment() {
    for (path, text) in [
        ("a.md", "Write `handover: ignore[a/b] why` there."),
        ("a.md", "Write `# handover: ignore[a/b] why` there."),
        ("a.yaml", "text: \"# handover: ignore[a/b] why\""),
        ("a.rs", "let text = \"x # handover: ignore[a/b] why\";"),
        ("a.rs", "let text = \"x // handover: ignore[a/b] why\";"),
        ("a.py", "text = \"\"\"\n# handover: ignore[a/b] why\n\"\"\"\n"),
        ("a.cs", "var text = @\"\n// handover: ignore[a/b] why\n\";"),
        ("a.py", "# handover: ignored[a/b] why"),
        ("a.py", "# see handover: ignore[a/b] why"),
        ("a.py", "term handover: ignore[a/b] why"),
        ("a.js", "x = 'handover: ignore[a/b] why'"),
    ] {
        assert_eq!(comments(path, text), [], "{path}: {text}");
    }
}

#[test]
fn comments_above_each_other_are_about_the_same_line() {
    let text = "# handover: ignore[a/b] one\n# handover: ignore[c/d] two\nx\ny # handover: ignore[e/f] three\nz\n";
    let lines: Vec<(usize, usize)> = comments("a.py", text).iter().map(|comment| (comment.line, comment.last)).collect();
    assert_eq!(lines, [(1, 3), (2, 3), (4, 4)]);
    let text = "/*\n * handover: ignore[a/b] one\n */\nx\n";
    assert_eq!(only("a.c", text).1, 4);
    assert_eq!(only("a.py", "x\n# handover: ignore[a/b] at the end").1, 2);
    assert_eq!(only("a.c", "/* handover: ignore[a/b] one */ x()\ny()\n").1, 1);
}

#[test]
fn marks_of_other_tools_cover_their_lines() {
    let covered = |text: &str| {
        let snapshot = Snapshot::of_memory([("a.py", text)]);
        let text = snapshot.read_path("a.py").unwrap();
        let marks = Marks::read(&text);
        (1..=5).filter(|line| marks.covering(*line, *line).is_some()).collect::<Vec<usize>>()
    };
    for (text, lines) in [
        ("x\ny # gitleaks:allow\n", vec![2]),
        ("y # betterleaks:allow", vec![1]),
        ("y # trufflehog:ignore", vec![1]),
        ("y # kingfisher:ignore", vec![1]),
        ("y # ggignore", vec![1]),
        ("y # pragma: allowlist secret", vec![1]),
        ("# pragma: allowlist nextline secret\nx\n", vec![2]),
        ("// secretlint-disable-line", vec![1]),
        ("// secretlint-disable-next-line\nx\n", vec![2]),
        ("a\n// secretlint-disable\nb\n// secretlint-enable\nc\n", vec![2, 3, 4]),
        ("a\nb\n/* secretlint-disable */\nc\n", vec![3, 4, 5]),
        ("/* secretlint-enable */\n// secretlint-disabled\n", vec![]),
        ("y # suggignore gitleaks:allowed trufflehog:ignore-me\n", vec![]),
    ] {
        assert_eq!(covered(text), lines, "{text}");
    }
}

#[test]
fn a_finding_over_several_lines_is_covered_by_any_of_them() {
    let snapshot = Snapshot::of_memory([("a.py", "x\nb\n# gitleaks:allow\n")]);
    let marks = Marks::read(&snapshot.read_path("a.py").unwrap());
    assert_eq!(marks.covering(1, 3).map(|mark| (mark.line, mark.text)), Some((3, "gitleaks:allow")));
    assert_eq!(marks.covering(1, 2), None);
}

#[test]
fn every_sign_and_mark_of_the_table_stands_once() {
    let mut marks: Vec<&String> = TABLE.mark.iter().flat_map(|entry| &entry.text).collect();
    let mut signs: Vec<&String> = TABLE.comment.iter().flat_map(|entry| &entry.opens).collect();
    for all in [&mut marks, &mut signs] {
        all.sort();
        let before = all.len();
        all.dedup();
        assert_eq!(all.len(), before, "{all:?}");
    }
}

proptest! {
    /// Later comments end later, which is what `Ignores::cover` rests on, and none covers a line that is not there.
    #[test]
    fn comments_stand_in_order(lines in prop::collection::vec(0usize..6, 0..30)) {
        let each = ["x", "# handover: ignore[a/b] why", "x # handover: ignore[a/b] why", "*/", "", "/* handover: ignore[a/b] why */"];
        let text = lines.iter().map(|line| each[*line]).collect::<Vec<_>>().join("\n");
        let found = comments("a.txt", &text);
        prop_assert_eq!(found.len(), lines.iter().filter(|line| [1, 2, 5].contains(*line)).count());
        for pair in found.windows(2) {
            prop_assert!(pair[0].line < pair[1].line && pair[0].last <= pair[1].last, "{text}");
        }
        for comment in found {
            prop_assert!(comment.line <= comment.last && comment.last <= lines.len());
        }
    }
}
