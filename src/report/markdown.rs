//! The report as Markdown: a document to hand over, and a job summary.
//!
//! The verdict comes first, then the areas, the checklist with its evidence, the questions with room for answers, and
//! what it rests on. Whatever comes from the repository passes through `escape.rs`.

mod checklist;
mod escape;
#[cfg(test)]
mod tests;

use std::io::{self, Write};

use self::escape::{cell, code, prose};
use super::{Question, Report, words};
use crate::facts::Area;
use crate::score::Verdict;
use crate::snapshot::Mode;

/// So many paths are named for each reason for leaving something out.
const PATHS: usize = 10;
/// So many ignored findings are named.
const IGNORED: usize = 100;
/// So many reasons are named.
const REASONS: usize = 20;

/// Writes the report as a Markdown document.
///
/// # Errors
/// What the writer reports.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let document = &mut Document::default();
    head(report, document);
    if report.subject.mode == Mode::Staged {
        checklist::staged(report, document);
    } else {
        areas(report, document);
        checklist::write(report, document);
        questions(report, document);
    }
    foundations(report, document);
    out.write_all(document.text.as_bytes())
}

/// A document under construction, line by line.
#[derive(Debug, Default)]
struct Document {
    text: String,
}

impl Document {
    fn line(&mut self, line: impl AsRef<str>) {
        self.text.push_str(line.as_ref());
        self.text.push('\n');
    }

    fn blank(&mut self) {
        self.text.push('\n');
    }

    fn length(&self) -> usize {
        self.text.len()
    }
}

fn head(report: &Report, document: &mut Document) {
    document.line(format!("# Handover readiness of {}", prose(&report.subject.name)));
    document.blank();
    let mark = match report.verdict {
        Some(Verdict::Ready) => "🟢",
        Some(Verdict::Conditional) => "🟡",
        Some(Verdict::NotReady) => "🔴",
        None => "⚪",
    };
    if report.subject.mode == Mode::Staged {
        document.line("Staged changes only, so there is no score.");
    } else {
        let (word, rest) = words::headline(report);
        document.line(format!("{mark} **{word}**{rest}."));
        if let Some(because) = words::because(report) {
            document.blank();
            document.line(format!("This is {}.", prose(&because)));
        }
    }
    document.blank();
    gate(report, document);
    if !report.subject.deviations.is_empty() {
        document.blank();
        document.line("Settings that loosen the defaults:");
        document.blank();
        report.subject.deviations.iter().for_each(|deviation| document.line(format!("- {}", prose(deviation))));
    }
}

fn gate(report: &Report, document: &mut Document) {
    if report.gate.holds {
        document.line(format!("The gate {}.", prose(&words::gate(report))));
        return;
    }
    document.line("The gate does not hold:");
    document.blank();
    words::gate_reasons(&report.gate).iter().for_each(|reason| document.line(format!("- {}", prose(reason))));
}

fn areas(report: &Report, document: &mut Document) {
    document.blank();
    document.line("| Area | Score | Weight | Checks | Question |");
    document.line("| --- | ---: | ---: | --- | --- |");
    for area in &report.areas {
        let score = area.score.map_or_else(|| "–".to_owned(), |score| format!("{score:.1}"));
        let decided = words::decided(report, area.id).unwrap_or_else(|| "nothing applies".into());
        document.line(format!("| {} | {score} | {} | {decided} | {} |", name(area.id), area.weight, cell(&area.question)));
    }
}

/// The area's name as a heading.
fn name(area: Area) -> String {
    let word = area.word();
    word[..1].to_uppercase() + &word[1..]
}

fn questions(report: &Report, document: &mut Document) {
    if report.questions.is_empty() {
        return;
    }
    document.blank();
    document.line("## Questions for the handover");
    document.blank();
    document.line("The repository does not answer these; the team that leaves does, below each.");
    let mut area = None;
    for (at, question) in report.questions.iter().enumerate() {
        if area != Some(question.area) {
            area = Some(question.area);
            document.blank();
            document.line(format!("### Questions about {}", question.area.word()));
        }
        document.blank();
        ask(at + 1, question, document);
    }
}

/// A question with room for the answer, both inside the item of its number.
fn ask(number: usize, question: &Question, document: &mut Document) {
    let indent = " ".repeat(number.to_string().len() + 2);
    document.line(format!("{number}. **{}**", prose(&question.text)));
    let place = question.at.as_ref().map(|place| format!(" ({})", code(place))).unwrap_or_default();
    if !question.why.is_empty() || !place.is_empty() {
        document.line(format!("{indent}Open because: {}{place}", prose(&question.why)));
    }
    document.blank();
    document.line(format!("{indent}> Answer:"));
    document.line(format!("{indent}>"));
}

/// What the report rests on: the snapshot, the rules, what was read and what was not.
fn foundations(report: &Report, document: &mut Document) {
    let (subject, tool) = (&report.subject, &report.tool);
    document.blank();
    document.line("## What this rests on");
    document.blank();
    document.line(format!("- Judged: {}", prose(&words::subject(subject))));
    if let Some(revision) = &subject.revision {
        document.line(format!("- Revision: {}", code(revision)));
    }
    document.line(format!("- Profile: {}", prose(&words::profile(subject))));
    document.line(format!("- Tool: {} {}, rules {}", tool.name, tool.version, code(&tool.rules)));
    document.line(format!("- Read: {}", prose(&words::read(report))));
    ignored(report, document);
    skipped(report, document);
}

/// What comments in the code ignore, for whoever takes over to judge.
fn ignored(report: &Report, document: &mut Document) {
    let all = words::ignored(report).count();
    if all == 0 {
        return;
    }
    document.blank();
    document.line("Ignored by comments in the code:");
    document.blank();
    for (finding, reason) in words::ignored(report).take(IGNORED) {
        let at = finding.places.first().map(|at| code(&format!("{}:{}", at.path, at.line))).unwrap_or_default();
        document.line(format!("- {at} – {}: {}", code(&finding.rule), prose(reason)));
    }
    if all > IGNORED {
        document.line(format!("- … and {} more", all - IGNORED));
    }
}

fn skipped(report: &Report, document: &mut Document) {
    let groups = words::by_reason(&report.read.skipped);
    if groups.is_empty() {
        return;
    }
    document.blank();
    document.line("Left out:");
    document.blank();
    for (reason, paths) in groups.iter().take(REASONS) {
        let named: Vec<String> = paths.iter().take(PATHS).map(|skipped| code(&skipped.path)).collect();
        let more = paths.len().saturating_sub(PATHS);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        document.line(format!("- {}: {}{more}", prose(reason), named.join(", ")));
    }
    if groups.len() > REASONS {
        let rest: usize = groups.iter().skip(REASONS).map(|(_, paths)| paths.len()).sum();
        document.line(format!("- … and {rest} for other reasons"));
    }
}
