//! `handover explain`: why a rule or check matters, how it is decided, an example, the fix, links, and how it scores.
//!
//! The same text as a document is left to `catalog/document.rs`, how lines break to the page of the text report.

use std::io::{self, Write};

use clap::Args;

use super::{RuleSources, print};
use crate::catalog::Catalog;
use crate::check::Check;
use crate::config::FAIL_BELOW;
use crate::error::Result;
use crate::finding::printable;
use crate::matcher::{Expect, Matcher};
use crate::report::text::page::{Ink, Page, Span};
use crate::report::text::severity;
use crate::rule::Rule;
use crate::rule::load::EXAMPLE_FILE;

/// So many reasons, fixes or links of a check's rules are listed.
const LISTED: usize = 6;
/// The columns of a page that goes into a pipe.
const PIPED: usize = 100;

/// Arguments of `handover explain`.
#[derive(Debug, Args)]
pub(super) struct ExplainArgs {
    /// The id of a rule or of a check, for example `secrets/private-keys`.
    id: String,
    #[command(flatten)]
    rules: RuleSources,
}

/// Prints the explanation of a rule, of a check, or of both where they share the id.
pub(super) fn run(arguments: &ExplainArgs, colour: bool) -> Result<u8> {
    let catalog = arguments.rules.catalog_here()?;
    if catalog.check(&arguments.id).is_none() && catalog.rule(&arguments.id).is_none() {
        return Err(catalog.unknown("rule or check", &arguments.id));
    }
    let width = terminal_size::terminal_size_of(io::stdout()).map_or(PIPED, |(width, _)| usize::from(width.0));
    print(|out| explain(&arguments.id, &catalog, colour, width, out))?;
    Ok(0)
}

fn explain(id: &str, catalog: &Catalog, colour: bool, width: usize, out: &mut dyn Write) -> io::Result<()> {
    let mut explanation = Explanation { page: Page::new(out, colour, width), catalog };
    catalog.check(id).map_or(Ok(()), |check| explanation.check(check))?;
    catalog.rule(id).map_or(Ok(()), |rule| explanation.rule(rule))
}

struct Explanation<'a> {
    page: Page<'a>,
    catalog: &'a Catalog,
}

impl Explanation<'_> {
    fn check(&mut self, check: &Check) -> io::Result<()> {
        let rules: Vec<&Rule> = self.catalog.rules.iter().filter(|rule| rule.check == check.id).collect();
        self.title("check", &check.id, &check.title)?;
        self.section("What it asks", &[check.question.as_str()])?;
        self.listed("Why it matters", rules.iter().map(|rule| rule.why.as_str()))?;
        self.section("How it is decided", &if check.of_history { of_history() } else { decided(&rules) })?;
        if let Some(rule) = rules.first() {
            self.examples(rule, &format!(" by {}", rule.id))?;
        }
        self.listed("How to fix it", rules.iter().map(|rule| rule.fix.as_str()))?;
        self.scores(check)?;
        self.feeding(&rules)?;
        self.listed("See also", rules.iter().flat_map(|rule| &rule.links).map(String::as_str))
    }

    fn scores(&mut self, check: &Check) -> io::Result<()> {
        let mut lines = vec![format!("{}: {}", check.severity.word(), share(check, self.catalog))];
        let profiles: Vec<&str> = check.profiles.iter().map(|profile| profile.word()).collect();
        if !profiles.is_empty() {
            lines.push(format!("asked only of: {}", profiles.join(", ")));
        }
        lines.extend(check.needs.iter().map(|need| format!("does not apply where {}", need.otherwise)));
        self.section("How it scores", &lines)
    }

    /// A line a rule, without columns: ids are of any length.
    fn feeding(&mut self, rules: &[&Rule]) -> io::Result<()> {
        if rules.is_empty() {
            return Ok(());
        }
        self.heading(&format!("{} that {} it", counted(rules.len(), "rule"), if rules.len() == 1 { "feeds" } else { "feed" }))?;
        for rule in rules {
            let spans = [
                Span::new(plain(&rule.id), Ink::Strong),
                Span::plain(" ("),
                severity(rule.severity.word(), rule.severity),
                Span::plain(format!("): {}", plain(&rule.title))),
            ];
            self.page.paragraph(2, 4, &spans)?;
        }
        Ok(())
    }

    fn rule(&mut self, rule: &Rule) -> io::Result<()> {
        self.title("rule", &rule.id, &rule.title)?;
        self.section("Why it matters", &[rule.why.as_str()])?;
        self.section("How it is decided", &decided(&[rule]))?;
        self.examples(rule, "")?;
        self.section("How to fix it", &[rule.fix.as_str()])?;
        let mut scores = vec![format!("{} (confidence {}), feeds the check {}", rule.severity.word(), rule.confidence.word(), rule.check)];
        scores.extend(self.catalog.check(&rule.check).map(|check| share(check, self.catalog)));
        self.section("How it scores", &scores)?;
        self.listed("See also", rule.links.iter().map(String::as_str))?;
        self.section("Switch it off", &[format!("in handover.toml, under [rules]: \"{}\" = \"off\"", rule.id)])
    }

    fn title(&mut self, kind: &str, id: &str, title: &str) -> io::Result<()> {
        self.page.blank()?;
        self.page.paragraph(0, 2, &[Span::plain(format!("{kind} ")), Span::new(plain(id), Ink::Strong)])?;
        self.page.paragraph(0, 2, &[Span::plain(plain(title))])
    }

    fn heading(&mut self, text: &str) -> io::Result<()> {
        self.page.blank()?;
        self.page.paragraph(0, 2, &[Span::new(text, Ink::Strong)])
    }

    fn section(&mut self, heading: &str, paragraphs: &[impl AsRef<str>]) -> io::Result<()> {
        self.heading(heading)?;
        paragraphs.iter().try_for_each(|text| self.page.paragraph(2, 4, &[Span::plain(plain(text.as_ref()))]))
    }

    /// What the rules of a check say, each once; a check of many rules would fill screens with it.
    fn listed<'t>(&mut self, heading: &str, texts: impl Iterator<Item = &'t str>) -> io::Result<()> {
        let mut distinct: Vec<&str> = Vec::new();
        for text in texts {
            if !distinct.contains(&text) {
                distinct.push(text);
            }
        }
        if distinct.is_empty() {
            return Ok(());
        }
        let more = distinct.len().saturating_sub(LISTED);
        distinct.truncate(LISTED);
        self.section(heading, &distinct)?;
        if more == 0 {
            return Ok(());
        }
        self.page.paragraph(2, 4, &[Span::faint(format!("… and {more} more: explain one of the rules below"))])
    }

    /// The first example of a hit and of a miss, placeholders as written: no explanation shows anything like a secret.
    fn examples(&mut self, rule: &Rule, by: &str) -> io::Result<()> {
        for (hit, heading) in [(true, "Found"), (false, "Not found")] {
            let Some(example) = rule.examples.iter().find(|example| example.hit == hit) else { continue };
            self.heading(&format!("{heading}{by}"))?;
            if !example.history.is_empty() {
                let files: Vec<String> = example.files.keys().map(|path| printable(path)).collect();
                self.page.paragraph(2, 4, &[Span::new(format!("{}:", files.join(", ")), Ink::Place)])?;
                self.page.paragraph(4, 4, &[Span::faint(printable(&example.history_in_words()))])?;
                continue;
            }
            for (path, text) in &example.files {
                if path != EXAMPLE_FILE {
                    self.page.paragraph(2, 4, &[Span::new(format!("{}:", printable(path)), Ink::Place)])?;
                }
                text.trim_end().lines().try_for_each(|line| self.page.verbatim(4, &printable(line)))?;
            }
        }
        Ok(())
    }
}

/// How the past decides a check, in words.
fn of_history() -> Vec<String> {
    vec![
        "Asked only with `--history`: the rules for secrets and key files of severity major and above look into what was ever committed."
            .into(),
        "A finding fails it. Secrets that the files at hand show are findings of the other checks, with their commit.".into(),
    ]
}

/// How these rules decide their check, in words.
fn decided(rules: &[&Rule]) -> Vec<String> {
    if rules.is_empty() {
        return vec!["No rule feeds it yet: it is unknown, and becomes a question for the handover.".into()];
    }
    let mut lines: Vec<String> = Vec::new();
    for expect in [Expect::None, Expect::Some, Expect::All] {
        let these: Vec<&Rule> = rules.iter().copied().filter(|rule| expectation(rule) == expect).collect();
        if !these.is_empty() {
            let those = if these.len() == rules.len() { String::new() } else { format!(" ({})", named(&these)) };
            lines.push(in_words(expect, &those));
        }
    }
    if lines.len() > 1 || rules.len() > 1 && expectation(rules[0]) == Expect::All {
        lines.push("The rule that comes out worst decides.".into());
    }
    lines.push("Findings of low confidence or of severity info change no outcome.".into());
    if rules.iter().any(|rule| matches!(rule.matcher, Matcher::Secret(_))) {
        let where_low = "in tests, samples, documents, templates, vendored and generated files";
        lines.push(format!("What is found {where_low} is of low confidence: a credential there is most often made up."));
    }
    lines.push("What cannot be told from the repository is unknown, and becomes a question for the handover.".into());
    lines
}

fn in_words(expect: Expect, those: &str) -> String {
    match expect {
        Expect::None => format!("Any finding fails it{those}."),
        Expect::Some => format!("It fails where what is looked for is nowhere to be found{those}."),
        Expect::All => format!("The share of the good ones counts{those}: all good passes, under {FAIL_BELOW} fails, between is partial."),
    }
}

fn expectation(rule: &Rule) -> Expect {
    match &rule.matcher {
        Matcher::Secret(_) => Expect::None,
        Matcher::Text(text) => text.expect,
        Matcher::File(file) => file.expect,
        Matcher::Fact(fact) => fact.expect,
    }
}

/// A few rules by their ids, many by their number.
fn named(rules: &[&Rule]) -> String {
    if rules.len() > LISTED {
        return counted(rules.len(), "rule");
    }
    rules.iter().map(|rule| rule.id.as_str()).collect::<Vec<_>>().join(", ")
}

fn counted(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

/// Declared text on one line; a repository's own rules may hold anything.
fn plain(text: &str) -> String {
    printable(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// What a check weighs, in words.
fn share(check: &Check, catalog: &Catalog) -> String {
    let weight = check.severity.weight();
    let area = catalog.areas.iter().find(|area| area.id == check.area).map_or(0.0, |area| area.weight);
    let all: u32 = catalog.checks.iter().filter(|other| other.area == check.area).map(|other| other.severity.weight()).sum();
    format!("weight {weight} of {all} in the area {}, which weighs {area} of 100", check.area.word())
}

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthStr;

    use super::*;

    fn page_of(id: &str, catalog: &Catalog, width: usize) -> String {
        let mut out = Vec::new();
        explain(id, catalog, false, width, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn page(id: &str) -> String {
        page_of(id, &Catalog::built_in().unwrap(), 100)
    }

    #[test]
    fn no_page_is_wider_than_the_terminal() {
        let catalog = Catalog::built_in().unwrap();
        let ids = catalog.checks.iter().map(|check| &check.id).chain(catalog.rules.iter().map(|rule| &rule.id));
        for id in ids {
            for width in [0, 40, 80] {
                for line in page_of(id, &catalog, width).lines() {
                    assert!(line.width() <= width.max(40), "{id} at {width}: {line}");
                }
            }
        }
    }

    #[test]
    fn every_page_says_why_how_it_is_decided_and_how_to_mend_it() {
        let catalog = Catalog::built_in().unwrap();
        for check in catalog.checks.iter().filter(|check| catalog.rules.iter().any(|rule| rule.check == check.id)) {
            let page = page_of(&check.id, &catalog, 100);
            for heading in ["What it asks", "Why it matters", "How it is decided", "Found by ", "How to fix it", "How it scores"] {
                assert!(page.contains(&format!("\n{heading}")), "{}: {heading}", check.id);
            }
        }
    }

    #[test]
    fn each_expectation_has_its_words() {
        let catalog = Catalog::built_in().unwrap();
        for rule in &catalog.rules {
            let words = match expectation(rule) {
                Expect::None => "Any finding fails it.",
                Expect::Some => "It fails where what is looked for is nowhere to be found.",
                Expect::All => "under 0.5 fails, between is partial.",
            };
            let lines = decided(&[rule]);
            assert!(lines[0].ends_with(words), "{}: {lines:?}", rule.id);
            assert_eq!(lines.iter().any(|line| line.contains("vendored")), matches!(rule.matcher, Matcher::Secret(_)));
        }
        assert!(decided(&[])[0].contains("becomes a question"));
    }

    #[test]
    fn what_many_rules_say_is_said_once_and_cut_short() {
        let page = page("secrets/live-credentials");
        assert!(page.contains(" more: explain one of the rules below"), "{page}");
        let catalog = Catalog::built_in().unwrap();
        let shared: Vec<&Rule> = catalog.rules.iter().filter(|rule| rule.check == "secrets/passwords-in-code").collect();
        let page = page_of("secrets/passwords-in-code", &catalog, 120);
        for rule in shared {
            let start: String = plain(&rule.why).chars().take(60).collect();
            assert!(page.matches(&start).count() <= 1, "{start}: {page}");
        }
    }

    #[test]
    fn a_rule_of_a_repository_brings_no_escape_code() {
        let rule = "[[rule]]\nid = \"setup/odd\"\ncheck = \"setup/run-documented\"\ntitle = \"a\\u001b[31m\"\nwhy = \"w\\u001b[1m\\nx\"\nfix = \"f\"\n\
                    [rule.file]\npaths = [\"a\"]\n[[rule.example]]\nmiss = \"\\u001b]0;x\"\n[[rule.example]]\n[rule.example.hit]\na = \"\"\n";
        let mut catalog = Catalog::built_in().unwrap();
        catalog.add(&[("own.toml".into(), rule.into())]).unwrap();
        for id in ["setup/odd", "setup/run-documented"] {
            let page = page_of(id, &catalog, 80);
            assert!(page.contains("setup/odd") && !page.contains('\u{1b}'), "{page}");
        }
    }
}
