//! Findings: the places that rules point at, with what a reader needs to judge them.
//!
//! A finding is made while its file is at hand ([`Draft`]); it is finished once every secret of the run is known, so
//! that no snippet or message shows a secret that another rule found.

pub(crate) mod group;
pub(crate) mod history;
pub mod ignore;
mod quiet;
pub mod run;
mod snippet;

use std::collections::HashMap;
use std::ops::Range;

use schemars::JsonSchema;
use serde::Serialize;

use self::ignore::IgnoredBy;
use crate::matcher::Matcher;
use crate::matcher::secret::redact::{Redactor, redact};
use crate::rule::Rule;
use crate::severity::{Confidence, Severity};
use crate::snapshot::{Text, misleads};

/// One thing that a rule points at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Finding {
    /// The rule.
    pub rule: String,
    /// The effective severity.
    pub severity: Severity,
    /// How sure it is.
    pub confidence: Confidence,
    /// 64 bits, as 16 hex digits, stable when lines move.
    pub fingerprint: String,
    /// What is wrong, in one sentence.
    pub message: String,
    /// Why it matters to the team that takes over.
    pub why: String,
    /// How to fix it.
    pub help: String,
    /// Where; empty for something that is absent. The same secret in many places is one finding: the first place is one of
    /// code where there is one, and the snippet and the fingerprint are its.
    pub places: Vec<Place>,
    /// The line, secrets cut; null without a place.
    pub snippet: Option<String>,
    /// The characters of the snippet that the place covers; none where it covers the whole line.
    #[serde(skip)]
    pub marked: Option<Range<usize>>,
    /// Which commit brought it in; null unless history was read.
    pub history: Option<History>,
    /// New or known, compared with a baseline; null without one.
    pub state: Option<State>,
    /// The comment in the code that silences it; null where none does.
    pub ignored_by: Option<IgnoredBy>,
    /// That the secret of the past opens nothing any more, as `handover.toml` says; null where it does not.
    pub revoked: Option<Revocation>,
}

/// When and by whom a secret was revoked, in the words of `handover.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Revocation {
    /// The day, as `YYYY-MM-DD`.
    pub on: String,
    /// Who revoked it.
    pub by: String,
}

/// A range in a file. Lines and columns count from 1, columns in characters; the end is exclusive.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Place {
    /// Path from the root, with `/`.
    pub path: String,
    /// First line.
    pub line: usize,
    /// First column.
    pub column: usize,
    /// Last line.
    pub end_line: usize,
    /// Column after the last character.
    pub end_column: usize,
}

/// The commit that brought a finding in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct History {
    /// The commit's id.
    pub commit: String,
    /// Its author.
    pub author: String,
    /// Its date.
    pub date: String,
    /// The path it had there.
    pub path: String,
    /// Whether it is still in the tip.
    pub in_tip: bool,
    /// `HEAD` where the commit at hand leads to that commit, else the name of a ref that does; null where none does.
    pub reached_by: Option<String>,
}

/// A finding compared with a baseline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Not in the baseline.
    New,
    /// In the baseline.
    Known,
    /// Waived with a reason.
    Waived,
}

/// The rules among these for what the past may hold in words, for what is remembered of what they read.
fn declared(rules: &[&Rule]) -> String {
    let secrets = rules.iter().filter_map(|rule| match &rule.matcher {
        Matcher::Secret(secret) => Some(format!("{} {:?} {:?} {secret:?}", rule.id, rule.severity, rule.confidence)),
        _ => history::store::judges(rule).map(|fact| format!("{} {:?} {fact:?}", rule.id, rule.severity)),
    });
    secrets.collect::<Vec<_>>().join("\n")
}

/// A finding before the secrets of the whole run are known.
#[derive(Debug, Clone)]
pub struct Draft {
    /// The rule, as an index into the rules of the run.
    pub rule: usize,
    /// How sure it is.
    pub confidence: Confidence,
    /// The message, where it differs from the rule's title.
    pub message: Option<String>,
    /// Where.
    pub place: Option<Place>,
    /// The raw line.
    pub line: Option<String>,
    /// The characters of the raw line that the place covers; none where it covers the whole line.
    pub marked: Option<Range<usize>>,
    /// The comment that silences it.
    pub ignored_by: Option<IgnoredBy>,
    /// For a secret: a hash of its rule and value.
    pub(crate) value: Option<u64>,
}

impl Draft {
    /// A draft that points at a byte range of a text.
    #[must_use]
    pub fn at(rule: usize, confidence: Confidence, message: Option<String>, shown: &Shown<'_>, span: &Range<usize>) -> Self {
        let (start, end) = (shown.text.position(span.start), shown.text.position(span.end));
        let place =
            Place { path: shown.path.to_owned(), line: start.line, column: start.column, end_line: end.line, end_column: end.column };
        let (line, marked) = shown.line(start.line, span);
        Self { rule, confidence, message, place: Some(place), line: Some(line), marked: Some(marked), ignored_by: None, value: None }
    }

    /// A draft that points at a whole line; line 0 or one past the end points at the file.
    #[must_use]
    pub fn at_line(
        rule: usize,
        confidence: Confidence,
        message: Option<String>,
        path: &str,
        shown: Option<&Shown<'_>>,
        line: usize,
    ) -> Self {
        let line = line.max(1);
        let start = |shown: &Shown<'_>| shown.text.line_start(line);
        let raw = shown.map(|shown| shown.line(line, &(start(shown)..start(shown))).0);
        let width = |raw: &String| (raw.chars().take_while(|c| c.is_whitespace()).count(), raw.trim_end().chars().count());
        let (indent, width) =
            shown.map(|shown| width(&String::from_utf8_lossy(window(shown.text.line(line), 0)).into_owned())).unwrap_or_default();
        let (column, end_column) = if width > indent { (indent + 1, width + 1) } else { (1, 1) };
        let place = Place { path: path.to_owned(), line, column, end_line: line, end_column };
        Self {
            rule,
            confidence,
            message,
            place: Some(place),
            line: raw.filter(|raw| !raw.trim().is_empty()),
            marked: None,
            ignored_by: None,
            value: None,
        }
    }

    /// A draft about something that is not there.
    #[must_use]
    pub fn absent(rule: usize, confidence: Confidence, message: Option<String>) -> Self {
        Self { rule, confidence, message, place: None, line: None, marked: None, ignored_by: None, value: None }
    }
}

/// A text of which lines are shown, with the byte ranges of every secret in it.
#[derive(Debug)]
pub struct Shown<'a> {
    /// The path.
    pub path: &'a str,
    /// The text.
    pub text: &'a Text,
    /// Where its secrets stand, sorted, none within another.
    pub hidden: &'a [Range<usize>],
}

/// How far a carried line reaches to both sides of a place, so that a line of megabytes is not carried along.
const REACH: usize = 2048;

/// The part of a long line around an offset.
fn window(line: &[u8], offset: usize) -> &[u8] {
    let start = offset.saturating_sub(REACH);
    &line[start.min(line.len())..line.len().min(offset.saturating_add(REACH))]
}

impl Shown<'_> {
    /// The part of a line around a place, its secrets cut where they stand, and the characters of it that the place is.
    ///
    /// Cutting by range, before the line is shortened, leaves no part of a secret that a border of the part divides.
    fn line(&self, number: usize, place: &Range<usize>) -> (String, Range<usize>) {
        let line = self.text.line(number);
        let start = self.text.line_start(number);
        let offset = place.start.saturating_sub(start).min(line.len());
        let from = start + offset.saturating_sub(REACH);
        let to = start + line.len().min(offset.saturating_add(REACH));
        let mut out = String::new();
        let (mut at, mut marked) = (from, 0..0);
        let text = |range: Range<usize>| String::from_utf8_lossy(&self.text.bytes()[range]).into_owned();
        let mut push = |out: &mut String, range: Range<usize>, shown: &str| {
            let before = out.chars().count();
            out.push_str(shown);
            let length = out.chars().count() - before;
            // A place that begins or ends within this piece moves to where the piece stands now; a cut piece is whole.
            let inside = |edge: usize| {
                if shown.len() == range.len() {
                    text(range.start..edge).chars().count()
                } else if edge >= range.end {
                    length
                } else {
                    0
                }
            };
            if (range.start..range.end).contains(&place.start) {
                marked.start = before + inside(place.start);
            }
            if place.end > range.start && place.start < range.end {
                marked.end = before + inside(place.end.min(range.end));
            }
        };
        let first = self.hidden.partition_point(|hidden| hidden.end <= from);
        for hidden in self.hidden[first..].iter().take_while(|hidden| hidden.start < to) {
            let (cut, end) = (hidden.start.max(at), hidden.end.min(to).max(at));
            push(&mut out, at..cut, &text(at..cut));
            let shown = if hidden.start < start { "…".to_owned() } else { redact(&text(hidden.clone())) };
            push(&mut out, cut..end, &shown);
            at = end;
        }
        push(&mut out, at..to.max(at), &text(at..to.max(at)));
        (out, marked.start..marked.end.max(marked.start))
    }
}

/// Finishes drafts: secrets cut, fingerprints given, one value joined into one finding, sorted by path, place and rule.
#[must_use]
pub(crate) fn finish(mut drafts: Vec<Draft>, rules: &[&Rule], redactor: &Redactor) -> Vec<group::Valued> {
    drafts.sort_by(|a, b| (&a.place, &rules[a.rule].id, &a.message).cmp(&(&b.place, &rules[b.rule].id, &b.message)));
    let mut equals: HashMap<u64, usize> = HashMap::new();
    let findings = drafts
        .into_iter()
        .map(|draft| {
            let rule = rules[draft.rule];
            let line = draft.line.as_ref().map(|line| redactor.cut(line.trim()));
            let key = fingerprint_key(rule, draft.place.as_ref(), line.as_deref());
            let (snippet, marked) = draft.line.map(|line| snippet::of(&line, draft.marked.as_ref(), redactor)).unzip();
            let number = equals.entry(key).and_modify(|number| *number += 1).or_insert(0);
            let message = redactor.cut(&draft.message.unwrap_or_else(|| rule.title.clone()));
            let finding = Finding {
                rule: rule.id.clone(),
                severity: rule.severity,
                confidence: draft.confidence,
                fingerprint: format!("{:016x}", key.wrapping_add(mix(*number))),
                message: printable(&message),
                why: rule.why.clone(),
                help: rule.fix.clone(),
                snippet,
                marked: marked.flatten(),
                places: draft.place.into_iter().collect(),
                history: None,
                state: None,
                ignored_by: draft.ignored_by.map(|by| by.printable(redactor)),
                revoked: None,
            };
            (draft.rule, draft.value, finding)
        })
        .collect();
    group::join(findings)
}

/// Rule, path and trimmed line with the secret cut; rule and check for something absent.
fn fingerprint_key(rule: &Rule, place: Option<&Place>, line: Option<&str>) -> u64 {
    let parts = match place {
        Some(place) => [rule.id.as_str(), &place.path, line.unwrap_or("")],
        None => [rule.id.as_str(), &rule.check, ""],
    };
    xxhash_rust::xxh3::xxh3_64(parts.join("\0").as_bytes())
}

/// Spreads the number among equals over 64 bits; the first is left as it is.
fn mix(number: usize) -> u64 {
    (number as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

/// Replaces control characters and the marks that turn the direction of text, so that a terminal shows what is there.
#[must_use]
pub fn printable(text: &str) -> String {
    let hidden = |c: char| c != '\t' && misleads(c);
    if !text.contains(hidden) {
        return text.replace('\t', "    ");
    }
    text.chars().map(|c| if hidden(c) { format!("\\u{{{:x}}}", c as u32) } else { c.to_string() }).collect::<String>().replace('\t', "    ")
}
