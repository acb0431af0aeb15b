//! What the README shows is true: its settings and rules load, its rules keep their examples, its commands exist.

use std::path::Path;

use handover::catalog::Catalog;
use handover::config::Config;
use handover::run::example;

use crate::support::handover;

fn readme() -> String {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    text.replace("\r\n", "\n")
}

/// The fenced blocks of a language.
fn blocks(language: &str) -> Vec<String> {
    let text = readme();
    let fence = format!("\n```{language}\n");
    let opened = text.split(&fence).skip(1);
    opened.map(|rest| rest.split("\n```").next().unwrap().to_owned() + "\n").collect()
}

fn block_with(language: &str, part: &str) -> String {
    blocks(language).into_iter().find(|block| block.contains(part)).unwrap_or_else(|| panic!("no {language} block with {part}"))
}

#[test]
fn the_settings_load() {
    let text = block_with("toml", "[gate]");
    let config = Config::parse("README.md", &text).unwrap();
    config.apply("README.md", &text, &mut Catalog::built_in().unwrap()).unwrap();
}

#[test]
fn the_rules_load_and_keep_their_examples() {
    let text = block_with("toml", "[[rule]]");
    let mut catalog = Catalog::built_in().unwrap();
    let before: Vec<String> = catalog.rules.iter().map(|rule| rule.id.clone()).collect();
    catalog.add(&[("README.md".into(), text)]).unwrap();
    let shown: Vec<_> = catalog.rules.iter().filter(|rule| !before.contains(&rule.id)).collect();
    assert!(!shown.is_empty());
    for rule in shown {
        assert_eq!(example::test(rule), [], "{}", rule.id);
    }
}

#[test]
fn the_commands_and_flags_exist() {
    let lines: Vec<String> = blocks("sh").iter().flat_map(|block| block.lines().map(str::to_owned).collect::<Vec<_>>()).collect();
    let commands = lines.iter().filter_map(|line| line.trim_start_matches("exec ").strip_prefix("handover "));
    for command in commands {
        let words: Vec<&str> = command.split_whitespace().collect();
        let depth = if words[0] == "rules" { 2 } else { 1 };
        let help = handover(&[&words[..depth], &["--help"]].concat());
        assert_eq!(help.code, 0, "handover {command}: {}", help.stderr);
        for flag in words.iter().filter(|word| word.starts_with("--")) {
            assert!(help.stdout.contains(flag), "handover {command}: there is no {flag}");
        }
    }
}

#[test]
fn every_id_that_is_explained_exists() {
    for line in blocks("sh").iter().flat_map(|block| block.lines()) {
        if let Some(id) = line.strip_prefix("handover explain ").filter(|rest| !rest.contains(' ')) {
            assert_eq!(handover(&["explain", id]).code, 0, "{id}");
        }
    }
}
