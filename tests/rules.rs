//! The catalog: every rule keeps its own examples, that rule alone; what is wrong is refused with its place.

use handover::catalog::Catalog;
use handover::error::Error;
use handover::matcher::Matcher;
use handover::rule::placeholder::expand;
use handover::run::example;

#[test]
fn every_rule_keeps_its_examples() {
    let catalog = Catalog::built_in().unwrap();
    let broken: Vec<String> = catalog
        .rules
        .iter()
        .flat_map(example::test)
        .map(|broken| format!("{}, example {}: {}", broken.rule, broken.number, broken.message))
        .collect();
    assert!(broken.is_empty(), "{} examples do not hold:\n{}", broken.len(), broken.join("\n"));
}

/// A miss without a keyword would be one whatever the pattern.
#[test]
fn every_pattern_for_secrets_is_tried_on_a_miss() {
    let catalog = Catalog::built_in().unwrap();
    let untried: Vec<&str> = catalog
        .rules
        .iter()
        .filter(|rule| {
            let Matcher::Secret(secret) = &rule.matcher else { return false };
            let misses = rule.examples.iter().filter(|example| !example.hit).flat_map(|example| example.files.values());
            let texts = misses.map(|text| expand(text, "misses").unwrap().to_ascii_lowercase());
            !texts.into_iter().any(|text| secret.keywords.iter().any(|keyword| text.contains(&keyword.to_ascii_lowercase())))
        })
        .map(|rule| rule.id.as_str())
        .collect();
    assert!(untried.is_empty(), "no miss holds a keyword: {untried:?}");
}

#[test]
fn the_blockers_are_those_of_the_design() {
    let catalog = Catalog::built_in().unwrap();
    let blockers: Vec<&str> =
        catalog.checks.iter().filter(|check| check.severity.word() == "blocker").map(|check| check.id.as_str()).collect();
    let designed = [
        "secrets/live-credentials",
        "secrets/private-keys",
        "setup/readme",
        "setup/run-documented",
        "deploy/pipeline",
        "tests/integration",
    ];
    assert_eq!(blockers, designed);
}

/// A rule that loads, with one line replaced.
fn declaration(from: &str, to: &str) -> String {
    let rule = r#"[[rule]]
id = "setup/no-makefile"
check = "setup/run-documented"
title = "There is no Makefile"
why = "Nobody knows the targets."
fix = "Add one."

[rule.file]
paths = ["Makefile"]
expect = "some"

[[rule.example]]
[rule.example.hit]
"a.txt" = "x"

[[rule.example]]
[rule.example.miss]
"Makefile" = "all:"
"#;
    assert!(rule.contains(from), "{from:?} is not in the declaration");
    rule.replacen(from, to, 1)
}

fn refused(from: &str, to: &str) -> (usize, String, String) {
    let mut catalog = Catalog::built_in().unwrap();
    match catalog.add(&[("own.toml".into(), declaration(from, to))]) {
        Err(Error::Declaration { file, line, message, help }) => {
            assert_eq!(file, "own.toml");
            (line, message, help.unwrap_or_default())
        }
        other => panic!("not refused: {other:?}"),
    }
}

#[test]
fn a_rule_of_ones_own_loads_and_keeps_its_examples() {
    let mut catalog = Catalog::built_in().unwrap();
    catalog.add(&[("own.toml".into(), declaration("x", "x"))]).unwrap();
    assert_eq!(example::test(catalog.rule("setup/no-makefile").unwrap()), []);
}

#[test]
fn what_is_wrong_is_refused_with_line_and_nearest_word() {
    let cases: &[(&str, &str, usize, &str, &str)] = &[
        ("title =", "titel =", 4, "unknown field `titel`", "title"),
        ("paths =", "path =", 9, "unknown field `path`", "paths"),
        ("check = \"setup/run-documented\"", "check = \"setup/run-document\"", 1, "no check", "setup/run-documented"),
        ("id = \"setup/no-makefile\"", "id = \"No Makefile\"", 1, "kebab case", ""),
        ("id = \"setup/no-makefile\"", "id = \"tests/no-makefile\"", 1, "must begin with that area", ""),
        ("id = \"setup/no-makefile\"", "id = \"setup/no-readme\"", 1, "declared already", ""),
        ("paths = [\"Makefile\"]", "paths = [\"[\"]", 1, "glob", ""),
        ("why = \"Nobody knows the targets.\"", "why = \" \"", 1, "`why` is empty", ""),
        ("[rule.file]\npaths = [\"Makefile\"]", "[rule.fact]\nof = \"readme.topic.run\"", 1, "no `topic`", "topics"),
        ("[rule.file]\npaths = [\"Makefile\"]", "[rule.fact]\nof = \"stacks\"\nwhere = { nmae = \"x\" }", 1, "no field `nmae`", "name"),
        (
            "[rule.file]\npaths = [\"Makefile\"]",
            "[rule.fact]\nof = \"problems\"\nwhere = { kind = \"broken-lnk\" }",
            1,
            "no value",
            "broken-link",
        ),
        ("[rule.file]\npaths = [\"Makefile\"]", "[rule.text]\npaths = [\"Makefile\"]\npattern = \"(\"", 1, "unclosed group", ""),
        ("[rule.example.miss]", "[rule.example.hit]", 1, "no example of a miss", ""),
    ];
    for (from, to, line, message, near) in cases {
        let (at, said, help) = refused(from, to);
        assert_eq!(at, *line, "{said}");
        assert!(said.contains(message), "{said:?} does not say {message:?}");
        assert!(help.contains(near), "{help:?} does not offer {near:?}");
    }
}
