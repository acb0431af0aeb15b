//! `handover explain`: why a rule or check matters, an example, the fix, links, and how it scores.

use std::io::{self, Write};

use clap::Args;
use owo_colors::OwoColorize;

use super::{RuleSources, print};
use crate::catalog::Catalog;
use crate::check::Check;
use crate::error::Result;
use crate::rule::Rule;

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
    let catalog = arguments.rules.catalog()?;
    let (check, rule) = (catalog.check(&arguments.id), catalog.rule(&arguments.id));
    if check.is_none() && rule.is_none() {
        return Err(catalog.unknown("rule or check", &arguments.id));
    }
    print(|out| {
        let mut page = Page { out, colour };
        check.map_or(Ok(()), |check| page.check(check, &catalog))?;
        rule.map_or(Ok(()), |rule| page.rule(rule, &catalog))
    })?;
    Ok(0)
}

/// Where the page goes, and whether in colour.
struct Page<'a> {
    out: &'a mut dyn Write,
    colour: bool,
}

impl Page<'_> {
    fn title(&mut self, kind: &str, id: &str, title: &str) -> io::Result<()> {
        let id = if self.colour { id.bold().to_string() } else { id.to_owned() };
        writeln!(self.out, "{kind} {id}\n{title}")
    }

    fn heading(&mut self, text: &str) -> io::Result<()> {
        let text = if self.colour { text.bold().to_string() } else { text.to_owned() };
        writeln!(self.out, "\n{text}")
    }

    fn check(&mut self, check: &Check, catalog: &Catalog) -> io::Result<()> {
        self.title("check", &check.id, &check.title)?;
        self.heading("What it asks")?;
        writeln!(self.out, "  {}", check.question)?;
        self.heading("How it scores")?;
        writeln!(self.out, "  {}: {}", check.severity.word(), share(check, catalog))?;
        let profiles: Vec<&str> = check.profiles.iter().map(|profile| profile.word()).collect();
        if !profiles.is_empty() {
            writeln!(self.out, "  asked only of: {}", profiles.join(", "))?;
        }
        for need in &check.needs {
            writeln!(self.out, "  does not apply where {}", need.otherwise)?;
        }
        self.heading("Rules that feed it")?;
        let mut any = false;
        for rule in catalog.rules.iter().filter(|rule| rule.check == check.id) {
            any = true;
            writeln!(self.out, "  {:<44} {:<8} {}", rule.id, rule.severity.word(), rule.title)?;
        }
        if !any {
            writeln!(self.out, "  none yet: the check is unknown, and becomes a question for the handover")?;
        }
        Ok(())
    }

    fn rule(&mut self, rule: &Rule, catalog: &Catalog) -> io::Result<()> {
        if catalog.check(&rule.id).is_some() {
            writeln!(self.out)?;
        }
        self.title("rule", &rule.id, &rule.title)?;
        self.heading("Why it matters")?;
        writeln!(self.out, "  {}", rule.why)?;
        self.heading("How to fix it")?;
        writeln!(self.out, "  {}", rule.fix)?;
        self.examples(rule)?;
        self.heading("How it scores")?;
        let check = catalog.check(&rule.check);
        writeln!(self.out, "  {} (confidence {}), feeds the check {}", rule.severity.word(), rule.confidence.word(), rule.check)?;
        check.map_or(Ok(()), |check| writeln!(self.out, "  {}", share(check, catalog)))?;
        if !rule.links.is_empty() {
            self.heading("See also")?;
        }
        rule.links.iter().try_for_each(|link| writeln!(self.out, "  {link}"))?;
        self.heading("Switch it off")?;
        writeln!(self.out, "  in handover.toml, under [rules]: \"{}\" = \"off\"", rule.id)
    }

    /// The first example of a hit and of a miss, placeholders as written: no explanation shows anything like a secret.
    fn examples(&mut self, rule: &Rule) -> io::Result<()> {
        for (hit, heading) in [(true, "Found"), (false, "Not found")] {
            let Some(example) = rule.examples.iter().find(|example| example.hit == hit) else { continue };
            self.heading(heading)?;
            for (path, text) in &example.files {
                if path != crate::rule::load::EXAMPLE_FILE {
                    writeln!(self.out, "  {path}:")?;
                }
                text.trim_end().lines().try_for_each(|line| writeln!(self.out, "    {line}"))?;
            }
        }
        Ok(())
    }
}

/// What a check weighs, in words.
fn share(check: &Check, catalog: &Catalog) -> String {
    let weight = check.severity.weight();
    let area = catalog.areas.iter().find(|area| area.id == check.area).map_or(0.0, |area| area.weight);
    let all: u32 = catalog.checks.iter().filter(|other| other.area == check.area).map(|other| other.severity.weight()).sum();
    format!("weight {weight} of {all} in the area {}, which weighs {area} of 100", check.area.word())
}
