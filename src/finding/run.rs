//! Runs rules over a snapshot and its facts: every file once for all rules that look into files, then the facts.

mod eyes;
mod facts;

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use rayon::prelude::*;
use serde_json::Value;

pub(super) use self::eyes::Eyes;

use self::facts::{Texts, judge_facts};
use super::group::Valued;
use super::ignore::{IgnoredBy, Ignores};
use super::quiet::Quiet;
use super::{Draft, Finding, Shown, finish, history};
use crate::facts::Unread;
use crate::matcher::secret::redact::Redactor;
use crate::matcher::{Expect, Matcher};
use crate::rule::Rule;
use crate::severity::Confidence;
use crate::snapshot::history::History;
use crate::snapshot::{Cache, File, PastRead, PathClass, Snapshot, Text};

/// What became of one rule.
#[derive(Debug)]
pub struct RuleOutcome {
    /// How its findings bear on the check.
    pub judged: Judged,
    /// Its findings, sorted by place.
    pub findings: Vec<Finding>,
    /// What comments in the code ignore, sorted by place.
    pub ignored: Vec<Finding>,
}

/// How a rule judges.
#[derive(Debug, Clone, PartialEq)]
pub enum Judged {
    /// Any finding that counts fails the check; none passes it.
    ByFindings,
    /// So many of so many entries are as they should be.
    Ratio {
        /// Entries that hold.
        good: usize,
        /// Entries that could be judged.
        of: usize,
    },
    /// It cannot be told, for this reason.
    Unknown(String),
    /// There is nothing to judge, for this reason.
    NotApplicable(String),
}

/// Facts as printed, with the parts that could not be read.
#[derive(Debug, Clone, Copy)]
pub struct PrintedFacts<'a> {
    /// The facts as JSON.
    pub value: &'a Value,
    /// What could not be read.
    pub unread: &'a [Unread],
}

/// What to run.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The rules.
    pub rules: &'a [&'a Rule],
    /// All rules there are for what the past may hold: those for secrets that are not asked keep secrets out of the lines that
    /// the others show.
    pub guard: &'a [&'a Rule],
    /// Whether comments in the code may silence a finding.
    pub ignores: bool,
    /// Where it is remembered which files hold no secret, if anywhere.
    pub cache: Option<&'a Cache>,
}

/// What came of a run.
#[derive(Debug)]
pub(crate) struct Ran {
    /// One for each rule, in their order.
    pub(crate) outcomes: Vec<RuleOutcome>,
    /// What the past holds and the files at hand do not, and what of it could not be read; nothing where nobody asked.
    pub(crate) past: Option<Vec<RuleOutcome>>,
    /// What was read of the past.
    pub(crate) past_read: Option<PastRead>,
    /// Cuts out every secret that was found, those that a comment ignores too.
    pub(crate) redactor: Redactor,
    /// The comments of files that were looked into, sorted by path.
    pub(crate) ignores: Vec<Ignores>,
}

/// Runs the rules over the files at hand, and those for secrets over the past, where it is given.
#[must_use]
pub(crate) fn run(snapshot: &Snapshot, facts: PrintedFacts<'_>, asked: Asked<'_>, past: Option<&mut History>) -> Ran {
    let rules = asked.rules;
    let mut judged = vec![Judged::ByFindings; rules.len()];
    let mut eyes = Eyes::new(asked);
    eyes.quiet = eyes.asked.as_ref().and_then(|_| Quiet::of(snapshot, rules, asked.cache));
    let past = past.map(|past| look_back(past, asked, &mut eyes, snapshot));
    let Looked { mut drafts, secrets, matched, ignores } = look_into_files(snapshot, rules, &eyes);
    let mut texts = Texts::new(snapshot, &eyes, secrets, ignores);
    for draft in drafts.iter_mut().filter(|draft| matches!(rules[draft.rule].matcher, Matcher::File(_))) {
        draft.ignored_by = draft.place.as_ref().and_then(|place| texts.cover(rules[draft.rule], &place.path, place.line));
    }
    for (index, rule) in rules.iter().enumerate() {
        let wanted = match &rule.matcher {
            Matcher::Fact(fact) => {
                let before = drafts.len();
                judged[index] = judge_facts(index, rule, fact, facts, &mut texts, &mut drafts);
                history::value_stores(snapshot, rule, &mut drafts[before..]);
                false
            }
            Matcher::Text(text) => text.expect == Expect::Some,
            Matcher::File(file) => file.expect == Expect::Some,
            Matcher::Secret(_) => false,
        };
        drafts.extend((wanted && !matched[index]).then(|| Draft::absent(index, rule.confidence, None)));
    }
    let ignores = texts.ignores.into_values().collect();
    let secrets: Vec<Vec<u8>> = texts.secrets.into_iter().chain(past.iter().flat_map(|past| past.secrets.clone())).collect();
    let redactor = Redactor::new(secrets);
    eyes.quiet.take().map(Quiet::store).unwrap_or_default();
    let outcome = |judged| RuleOutcome { judged, findings: Vec::new(), ignored: Vec::new() };
    let mut outcomes: Vec<RuleOutcome> = judged.into_iter().map(outcome).collect();
    let mut here = HashSet::new();
    for (index, value, mut finding) in finish(drafts, rules, &redactor) {
        here.extend(value);
        finding.history = past.as_ref().and_then(|past| past.stories.get(&value?).cloned());
        let outcome = &mut outcomes[index];
        if finding.ignored_by.is_some() { &mut outcome.ignored } else { &mut outcome.findings }.push(finding);
    }
    let past_read = past.as_ref().map(|past| past.read.clone());
    let past = past.map(|past| of_the_past(past, eyes.asked.is_some().then_some(&here), &redactor));
    Ran { outcomes, past, past_read, redactor, ignores }
}

/// Looks into the past with the rules that are asked, or with all there are where none is for secrets.
fn look_back<'a>(past: &mut History, asked: Asked<'a>, eyes: &mut Eyes, snapshot: &Snapshot) -> history::Looked<'a> {
    let left_out = |path: &str| snapshot.leaves_out(path);
    if eyes.asked.is_none() {
        let eyes = Eyes::new(Asked { rules: asked.guard, ..asked }).remembering();
        return history::look(past, asked.guard, &eyes, &left_out);
    }
    *eyes = std::mem::take(eyes).remembering();
    history::look(past, asked.rules, eyes, &left_out)
}

/// The secrets of the past that the files at hand do not show; where nobody looked into these, those that are in no tip.
fn of_the_past(mut past: history::Looked<'_>, here: Option<&HashSet<u64>>, redactor: &Redactor) -> Vec<RuleOutcome> {
    let in_tip = |value: u64| past.stories.get(&value).is_some_and(|story| story.in_tip);
    past.drafts.retain(|draft| draft.value.is_some_and(|value| here.map_or_else(|| !in_tip(value), |here| !here.contains(&value))));
    let told = |(_, value, finding): Valued| {
        let history = value.and_then(|value| past.stories.get(&value).cloned());
        Finding { history, ..finding }
    };
    let findings = finish(past.drafts, &past.rules, redactor).into_iter().map(told).collect();
    let outcome = |judged, findings| RuleOutcome { judged, findings, ignored: Vec::new() };
    let mut outcomes = vec![outcome(Judged::ByFindings, findings)];
    if !past.read.unread.is_empty() {
        let reason = format!("not all of the history could be read: {}", past.read.unread.join(", "));
        outcomes.push(outcome(Judged::Unknown(reason), Vec::new()));
    }
    outcomes
}

/// What one pass over the files brought.
#[derive(Default)]
struct Looked {
    drafts: Vec<Draft>,
    secrets: Vec<Vec<u8>>,
    /// By rule: whether it matched anything anywhere.
    matched: Vec<bool>,
    /// Of files that hold comments of ours.
    ignores: Vec<Ignores>,
}

/// So many findings of a rule in one file are shown; the last one says how many more there are.
const MOST_IN_A_FILE: usize = 200;

fn look_into_files(snapshot: &Snapshot, rules: &[&Rule], eyes: &Eyes) -> Looked {
    let parts: Vec<Looked> = snapshot.files().par_iter().map(|file| look_into(snapshot, file, rules, eyes)).collect();
    let mut all = Looked { matched: vec![false; rules.len()], ..Looked::default() };
    for part in parts {
        all.drafts.extend(part.drafts);
        all.secrets.extend(part.secrets);
        all.ignores.extend(part.ignores);
        part.matched.iter().enumerate().filter(|(_, matched)| **matched).for_each(|(index, _)| all.matched[index] = true);
    }
    all
}

/// A match in a file, before its line is taken.
struct Match {
    rule: usize,
    confidence: Confidence,
    message: Option<String>,
    span: Range<usize>,
    /// The hash of the secret, where it is one.
    value: Option<u64>,
}

fn look_into(snapshot: &Snapshot, file: &File, rules: &[&Rule], eyes: &Eyes) -> Looked {
    let mut found = Looked::default();
    let mut wanted = Vec::new();
    for (index, rule) in rules.iter().enumerate() {
        match &rule.matcher {
            Matcher::Text(text) if text.wants(&file.path) => wanted.push((index, text)),
            Matcher::File(rule_file) if rule_file.wants(&file.path) => {
                found.mark(index, rules.len());
                if rule_file.expect == Expect::None && is_new(snapshot, &file.path, None) {
                    found.drafts.push(Draft::at_line(index, of_line(rule.confidence, file.class), None, &file.path, None, 1));
                }
            }
            _ => {}
        }
    }
    if eyes.asked.is_none() && wanted.is_empty() {
        return found;
    }
    let Some(text) = snapshot.read(file) else { return found };
    let hits = eyes.look(&text, &file.path);
    let mut matches: Vec<Match> = hits
        .iter()
        .map(|hit| {
            let message = hit.note.as_ref().map(|note| format!("{}; {note}", rules[hit.rule].title));
            let value = Some(history::key(&rules[hit.rule].id, &text.bytes()[hit.secret.clone()]));
            Match { rule: hit.rule, confidence: hit.confidence, message, span: hit.secret.clone(), value }
        })
        .collect();
    for (index, rule) in wanted {
        let spans = rule.find(&text);
        if !spans.is_empty() {
            found.mark(index, rules.len());
        }
        if rule.expect == Expect::None {
            let confidence = of_line(rules[index].confidence, file.class);
            matches.extend(spans.into_iter().map(|span| Match { rule: index, confidence, message: None, span, value: None }));
        }
    }
    let mut ignores = eyes.ignores.then(|| Ignores::read(&file.path, file.class, &text));
    if !matches.is_empty() {
        let hidden = eyes.hide(&text, &file.path, &hits);
        found.secrets = hidden.values;
        let shown = Shown { path: &file.path, text: &text, hidden: &hidden.ranges };
        found.drafts.extend(drafts(snapshot, rules, &shown, matches, ignores.as_mut()));
    }
    found.ignores.extend(ignores.filter(|ignores| !ignores.comments.is_empty()));
    found
}

/// Drafts of the matches that are part of the change at hand, so many for each rule.
fn drafts(snapshot: &Snapshot, rules: &[&Rule], shown: &Shown<'_>, matches: Vec<Match>, mut ignores: Option<&mut Ignores>) -> Vec<Draft> {
    // A comment is of use where it covers a line that is not part of the change, too.
    let mut cover = |found: &Match| ignores.as_mut()?.cover(rules[found.rule], lines_of(shown.text, &found.span), shown.text);
    let mut matches: Vec<(Match, Option<IgnoredBy>)> =
        matches.into_iter().map(|found| (cover(&found), found)).map(|(by, found)| (found, by)).collect();
    if snapshot.added.is_some() {
        matches.retain(|(found, _)| is_new(snapshot, shown.path, Some(lines_of(shown.text, &found.span))));
    }
    let mut counts: HashMap<(usize, bool), usize> = HashMap::new();
    matches.iter().for_each(|(found, by)| *counts.entry((found.rule, by.is_some())).or_default() += 1);
    let mut taken: HashMap<(usize, bool), usize> = HashMap::new();
    let mut drafts = Vec::new();
    for (Match { rule, confidence, message, span, value }, ignored_by) in matches {
        let number = taken.entry((rule, ignored_by.is_some())).or_default();
        *number += 1;
        let more = counts[&(rule, ignored_by.is_some())].saturating_sub(MOST_IN_A_FILE);
        let message = match *number {
            number if number > MOST_IN_A_FILE => continue,
            MOST_IN_A_FILE if more > 0 => Some(format!("{}; and {more} more in this file", message.as_ref().unwrap_or(&rules[rule].title))),
            _ => message,
        };
        drafts.push(Draft { ignored_by, value, ..Draft::at(rule, confidence, message, shown, &span) });
    }
    drafts
}

impl Looked {
    fn mark(&mut self, index: usize, rules: usize) {
        self.matched.resize(rules, false);
        self.matched[index] = true;
    }
}

/// A rule that names its paths means them, documents and templates too; what others wrote, tests and samples seldom.
fn of_line(confidence: Confidence, class: PathClass) -> Confidence {
    match class {
        PathClass::Docs | PathClass::Template => confidence,
        other => lowered(confidence, other),
    }
}

/// Findings in tests, samples, documents and what others wrote are seldom meant.
pub(super) fn lowered(confidence: Confidence, class: PathClass) -> Confidence {
    match class {
        PathClass::Source | PathClass::Data => confidence,
        _ => Confidence::Low,
    }
}

fn lines_of(text: &Text, span: &Range<usize>) -> (usize, usize) {
    (text.line_of(span.start), text.line_of(span.end.saturating_sub(1).max(span.start)))
}

/// Whether these lines (or the file as a whole) are part of the change at hand; everything is, where there is no change.
fn is_new(snapshot: &Snapshot, path: &str, lines: Option<(usize, usize)>) -> bool {
    let Some(added) = &snapshot.added else { return true };
    let Some(ranges) = added.get(path) else { return false };
    lines.is_none_or(|(first, last)| ranges.iter().any(|(from, to)| first <= *to && last >= *from))
}
