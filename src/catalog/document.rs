//! Writes a page of an area's checks and rules, as Markdown: `docs/rules/<area>.md`, held up to date by a test.
//!
//! What a rule says stands on the page as declared, placeholders of examples included, so that no page shows anything
//! that looks like a secret. The same text at the terminal is left to `handover explain`.

use std::collections::BTreeMap;

use super::Catalog;
use crate::check::Check;
use crate::check::load::AreaDeclaration;
use crate::facts::Area;
use crate::finding::printable;
use crate::matcher::Matcher;
use crate::rule::load::EXAMPLE_FILE;
use crate::rule::{Example, Rule};

const NOTE: &str = "<!-- Generated from rules/ by `HANDOVER_BLESS=1 cargo test generated`; a test holds it up to date. -->";

/// The page of an area: each check with its question, severity and needs, and each rule that feeds it.
#[must_use]
pub fn page(catalog: &Catalog, area: Area) -> String {
    let mut page = format!("{NOTE}\n\n# {}\n", area.word());
    if let Some(declared) = catalog.areas.iter().find(|declared| declared.id == area) {
        page.push_str(&introduction(catalog, declared));
    }
    for check in catalog.checks.iter().filter(|check| check.area == area) {
        page.push_str(&check_section(catalog, check));
        for rule in catalog.rules.iter().filter(|rule| rule.check == check.id) {
            page.push_str(&rule_section(rule));
        }
    }
    page
}

fn introduction(catalog: &Catalog, area: &AreaDeclaration) -> String {
    let all: f64 = catalog.areas.iter().map(|area| area.weight).sum();
    format!("\n{}\n\nThe area weighs {} of {all} in the total score.\n", prose(&area.question), area.weight)
}

fn check_section(catalog: &Catalog, check: &Check) -> String {
    let in_area = catalog.checks.iter().filter(|other| other.area == check.area);
    let all: u32 = in_area.map(|other| other.severity.weight()).sum();
    let mut section = format!("\n## {}\n\n**{}.**\n\n", code(&check.id), prose(&check.title));
    section.push_str(&format!("- Asks: {}\n", prose(&check.question)));
    section.push_str(&format!("- Severity: {}, weight {} of {all} in the area\n", check.severity.word(), check.severity.weight()));
    if !check.profiles.is_empty() {
        let profiles: Vec<&str> = check.profiles.iter().map(|profile| profile.word()).collect();
        section.push_str(&format!("- Asked only of: {}\n", profiles.join(", ")));
    }
    for need in &check.needs {
        section.push_str(&format!("- Does not apply where {}\n", prose(&need.otherwise)));
    }
    if !catalog.rules.iter().any(|rule| rule.check == check.id) {
        section.push_str("- No rule feeds it yet: it is unknown, and its question is asked at the handover\n");
    }
    section
}

fn rule_section(rule: &Rule) -> String {
    let mut section = format!("\n### {}\n\n**{}.**\n\n", code(&rule.id), prose(&rule.title));
    section.push_str(&format!("Severity {}, confidence {}. Looks at {}.\n\n", rule.severity.word(), rule.confidence.word(), subject(rule)));
    section.push_str(&format!("Why: {}\n\nFix: {}\n", prose(&rule.why), prose(&rule.fix)));
    for (hit, heading) in [(true, "Found"), (false, "Not found")] {
        if let Some(example) = rule.examples.iter().find(|example| example.hit == hit) {
            section.push_str(&example_section(heading, example));
        }
    }
    if !rule.links.is_empty() {
        let links: Vec<String> = rule.links.iter().map(|link| format!("- <{link}>\n")).collect();
        section.push_str(&format!("\nSee also:\n\n{}", links.concat()));
    }
    section
}

/// What a rule looks at, in words.
fn subject(rule: &Rule) -> String {
    let listed = |paths: &[String]| paths.iter().map(|path| code(path)).collect::<Vec<_>>().join(", ");
    match &rule.matcher {
        Matcher::Secret(_) => "every text file".into(),
        Matcher::Text(text) => format!("the lines of {}", listed(&text.paths)),
        Matcher::File(file) => format!("the paths {}", listed(&file.paths)),
        Matcher::Fact(fact) => format!("{} in the facts", code(&fact.of)),
    }
}

fn example_section(heading: &str, example: &Example) -> String {
    let mut section = format!("\n{heading}{}:\n", example.at.as_deref().map(place).unwrap_or_default());
    if !example.history.is_empty() {
        // What the files hold does not matter then.
        let files: Vec<String> = example.files.keys().map(|path| code(path)).collect();
        return format!("{section}\n{}: {}.\n", files.join(", "), prose(&example.history_in_words()));
    }
    for (path, text) in named(&example.files) {
        section.push_str(&path.map(|path| format!("\n{}\n", code(path))).unwrap_or_default());
        section.push_str(&fenced(text));
    }
    section
}

/// Where a finding must be, in words.
fn place(at: &str) -> String {
    match at.rsplit_once(':') {
        Some((EXAMPLE_FILE, line)) => format!(" in line {line}"),
        _ => format!(" at {}", code(at)),
    }
}

/// The files of an example; the one file of an example that names none has no name.
fn named(files: &BTreeMap<String, String>) -> impl Iterator<Item = (Option<&str>, &str)> {
    files.iter().map(|(path, text)| (Some(path.as_str()).filter(|path| *path != EXAMPLE_FILE), text.as_str()))
}

/// A fence that nothing in the text closes.
fn fenced(text: &str) -> String {
    let fence = "`".repeat(longest_run(text).max(2) + 1);
    let lines: String = text.trim_end().split('\n').map(|line| format!("{}\n", printable(line.trim_end_matches('\r')))).collect();
    format!("\n{fence}text\n{lines}{fence}\n")
}

/// A code span that nothing in the text closes.
fn code(text: &str) -> String {
    let text = printable(text);
    let delimiter = "`".repeat(longest_run(&text) + 1);
    let space = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{delimiter}{space}{text}{space}{delimiter}")
}

/// The length of the longest run of backticks.
fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

/// A sentence on one line: what stands in single backticks stays code, nothing else is markup.
fn prose(text: &str) -> String {
    let text = printable(&text.split_whitespace().collect::<Vec<_>>().join(" "));
    if text.matches('`').count() % 2 == 1 || text.contains("``") {
        return escaped(&text);
    }
    let parts = text.split('`').enumerate();
    parts.map(|(index, part)| if index % 2 == 1 { code(part) } else { escaped(part) }).collect()
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '&' | '~' | '#' | '|') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a CommonMark parser reads in a page, as code and as text.
    fn read(markdown: &str) -> (Vec<String>, String) {
        use pulldown_cmark::{Event, Options, Parser};
        let (mut codes, mut text) = (Vec::new(), String::new());
        for event in Parser::new_ext(markdown, Options::all()) {
            match event {
                Event::Code(code) => {
                    text.push_str(&code);
                    codes.push(code.to_string());
                }
                Event::Text(part) => text.push_str(&part),
                Event::Html(html) | Event::InlineHtml(html) => text.push_str(&format!("HTML {html}")),
                _ => {}
            }
        }
        (codes, text)
    }

    #[test]
    fn a_fence_is_longer_than_any_in_the_text() {
        let example = "# A\n\n```sh\nmake\n```\n\n````\nx\n````\n";
        let page = fenced(example);
        assert!(page.starts_with("\n`````text\n"), "{page}");
        assert_eq!(read(&format!("{page}\nafter")).1, format!("{example}after"));
        assert_eq!(fenced("a\r\nb"), "\n```text\na\nb\n```\n");
    }

    #[test]
    fn prose_keeps_code_and_escapes_the_rest() {
        for (text, codes) in [
            ("take out `a_b *c*` and `|| true`", vec!["a_b *c*", "|| true"]),
            ("a *star*, an_under_score, <b>, [link](x), &amp; ~~x~~ #1", vec![]),
            ("an odd ` stays", vec![]),
            ("two `` runs `` stay", vec![]),
        ] {
            let (found, plain) = read(&prose(text));
            assert_eq!(found, codes, "{text}");
            assert_eq!(plain, if codes.is_empty() { text.to_owned() } else { text.replace('`', "") });
        }
        assert_eq!(prose("one\n  two"), "one two");
    }

    #[test]
    fn code_holds_backticks() {
        for text in ["a", "a`b", "`a", "a``", "`"] {
            assert_eq!(read(&code(text)).0, [text]);
        }
    }

    #[test]
    fn a_page_names_every_check_and_rule_of_its_area() {
        let catalog = Catalog::built_in().unwrap();
        for area in Area::ALL {
            let page = page(&catalog, area);
            let checks = catalog.checks.iter().filter(|check| check.area == area).map(|check| format!("\n## `{}`\n", check.id));
            let rules = catalog.rules.iter().filter(|rule| rule.area == area).map(|rule| format!("\n### `{}`\n", rule.id));
            for heading in checks.chain(rules) {
                assert_eq!(page.matches(&heading).count(), 1, "{heading}");
            }
        }
    }
}
