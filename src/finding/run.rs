//! Runs rules over a snapshot and its facts: every file once for all rules that look into files, then the facts.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;
use serde_json::Value;

use super::{Draft, Finding, finish};
use crate::facts::Unread;
use crate::matcher::fact::{Condition, Entry, FactRule, Selection, select};
use crate::matcher::secret::{Scanner, SecretHit, redact::Redactor};
use crate::matcher::{Expect, Matcher};
use crate::rule::{Rule, Scope};
use crate::severity::Confidence;
use crate::snapshot::{File, PathClass, Snapshot, Text};

/// What became of one rule.
#[derive(Debug)]
pub struct RuleOutcome {
    /// How its findings bear on the check.
    pub judged: Judged,
    /// Its findings, sorted by place.
    pub findings: Vec<Finding>,
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

/// Runs the rules, and gives one outcome for each, in their order, and what cuts out every secret that was found.
///
/// The guard are rules for secrets that are not asked: where no rule for secrets runs, they keep secrets out of the
/// lines that other rules show.
#[must_use]
pub fn run(snapshot: &Snapshot, facts: PrintedFacts<'_>, rules: &[&Rule], guard: &[&Rule]) -> (Vec<RuleOutcome>, Redactor) {
    let mut judged = vec![Judged::ByFindings; rules.len()];
    let scans = rules.iter().any(|rule| matches!(rule.matcher, Matcher::Secret(_)));
    let guard = if scans { &[] } else { guard };
    let guard = Scanner::new(guard.iter().map(|rule| (&rule.matcher, rule.confidence)));
    let Looked { mut drafts, secrets, matched } = look_into_files(snapshot, rules, scans, &guard);
    let mut texts = Texts { snapshot, guard: &guard, read: HashMap::new(), secrets };
    for (index, rule) in rules.iter().enumerate() {
        match &rule.matcher {
            Matcher::Fact(fact) => judged[index] = judge_facts(index, rule, fact, facts, &mut texts, &mut drafts),
            Matcher::Text(text) if text.expect == Expect::Some && !matched[index] => {
                drafts.push(Draft::absent(index, rule.confidence, None));
            }
            Matcher::File(file) if file.expect == Expect::Some && !matched[index] => {
                drafts.push(Draft::absent(index, rule.confidence, None));
            }
            _ => {}
        }
    }
    let redactor = Redactor::new(texts.secrets);
    let mut outcomes: Vec<RuleOutcome> = judged.into_iter().map(|judged| RuleOutcome { judged, findings: Vec::new() }).collect();
    for (index, finding) in finish(drafts, rules, &redactor) {
        outcomes[index].findings.push(finding);
    }
    (outcomes, redactor)
}

/// What one pass over the files brought.
#[derive(Default)]
struct Looked {
    drafts: Vec<Draft>,
    secrets: Vec<Vec<u8>>,
    /// By rule: whether it matched anything anywhere.
    matched: Vec<bool>,
}

fn look_into_files(snapshot: &Snapshot, rules: &[&Rule], scans: bool, guard: &Scanner) -> Looked {
    let scanner = Scanner::new(rules.iter().map(|rule| (&rule.matcher, rule.confidence)));
    let scanner = scans.then_some(&scanner);
    let parts: Vec<Looked> = snapshot.files().par_iter().map(|file| look_into(snapshot, file, rules, scanner, guard)).collect();
    let mut all = Looked { matched: vec![false; rules.len()], ..Looked::default() };
    for part in parts {
        all.drafts.extend(part.drafts);
        all.secrets.extend(part.secrets);
        part.matched.iter().enumerate().filter(|(_, matched)| **matched).for_each(|(index, _)| all.matched[index] = true);
    }
    all
}

fn look_into(snapshot: &Snapshot, file: &File, rules: &[&Rule], scanner: Option<&Scanner>, guard: &Scanner) -> Looked {
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
    if scanner.is_none() && wanted.is_empty() {
        return found;
    }
    let Some(text) = snapshot.read(file) else { return found };
    if let Some(scanner) = scanner {
        take_secrets(snapshot, file, &text, scanner, rules, &mut found);
    }
    for (index, rule) in wanted {
        let spans = rule.find(&text);
        if !spans.is_empty() {
            found.mark(index, rules.len());
            found.secrets.extend(secrets_in(guard, &text, &file.path));
        }
        if rule.expect == Expect::None {
            let confidence = of_line(rules[index].confidence, file.class);
            let new = spans.into_iter().filter(|span| is_new(snapshot, &file.path, Some(lines_of(&text, span))));
            found.drafts.extend(new.map(|span| Draft::at(index, confidence, None, &file.path, &text, span)));
        }
    }
    found
}

fn take_secrets(snapshot: &Snapshot, file: &File, text: &Text, scanner: &Scanner, rules: &[&Rule], found: &mut Looked) {
    // What a repository says of its own paths must not hide its secrets: attributes do not count here, the table does.
    let hits = match scanner.scan(text, &file.path, PathClass::Source) {
        hits if hits.is_empty() => return,
        hits => match PathClass::of(&file.path) {
            PathClass::Source => hits,
            class => scanner.scan(text, &file.path, class),
        },
    };
    let bytes = |hit: &SecretHit| text.bytes()[hit.secret.clone()].to_vec();
    let (weak, strong): (Vec<_>, Vec<_>) = hits.iter().partition(|hit| hit.confidence == Confidence::Low && hit.secret.len() < STRONG);
    found.secrets.extend(strong.into_iter().map(bytes));
    let weak = (!weak.is_empty()).then(|| Arc::new(Redactor::exact(weak.into_iter().map(bytes))));
    for hit in hits {
        if is_new(snapshot, &file.path, Some(lines_of(text, &hit.secret))) {
            let message = hit.note.map(|note| format!("{}; {note}", rules[hit.rule].title));
            let draft = Draft::at(hit.rule, hit.confidence, message, &file.path, text, hit.secret);
            found.drafts.push(Draft { weak: weak.clone(), ..draft });
        }
    }
}

/// The secrets that a guard finds in a text of which lines will be shown.
fn secrets_in(guard: &Scanner, text: &Text, path: &str) -> Vec<Vec<u8>> {
    let hits = guard.scan(text, path, PathClass::Source);
    hits.into_iter().map(|hit| text.bytes()[hit.secret].to_vec()).collect()
}

/// A value of low confidence that is shorter may be a plain word, and is cut only from the lines it was found on.
const STRONG: usize = 12;

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
fn lowered(confidence: Confidence, class: PathClass) -> Confidence {
    match class {
        PathClass::Source | PathClass::Data => confidence,
        _ => Confidence::Low,
    }
}

fn lines_of(text: &Text, span: &Range<usize>) -> (usize, usize) {
    (text.position(span.start).line, text.position(span.end.saturating_sub(1).max(span.start)).line)
}

/// Whether these lines (or the file as a whole) are part of the change at hand; everything is, where there is no change.
fn is_new(snapshot: &Snapshot, path: &str, lines: Option<(usize, usize)>) -> bool {
    let Some(added) = &snapshot.added else { return true };
    let Some(ranges) = added.get(path) else { return false };
    lines.is_none_or(|(first, last)| ranges.iter().any(|(from, to)| first <= *to && last >= *from))
}

/// Texts of files that facts point at, each read once.
struct Texts<'a> {
    snapshot: &'a Snapshot,
    guard: &'a Scanner,
    read: HashMap<String, Option<Text>>,
    /// Every secret that is known so far.
    secrets: Vec<Vec<u8>>,
}

impl Texts<'_> {
    fn get(&mut self, path: &str) -> Option<&Text> {
        let (snapshot, guard, secrets) = (self.snapshot, self.guard, &mut self.secrets);
        let read = || {
            let text = snapshot.read_path(path)?;
            secrets.extend(secrets_in(guard, &text, path));
            Some(text)
        };
        self.read.entry(path.to_owned()).or_insert_with(read).as_ref()
    }
}

fn judge_facts(
    index: usize,
    rule: &Rule,
    fact: &FactRule,
    facts: PrintedFacts<'_>,
    texts: &mut Texts<'_>,
    drafts: &mut Vec<Draft>,
) -> Judged {
    let (entries, incomplete) = match select(facts.value, facts.unread, &fact.of, &fact.conditions) {
        Selection::Unknown(reason) => return Judged::Unknown(reason),
        Selection::NotApplicable => return Judged::NotApplicable("the repository shows that there is no need".into()),
        Selection::Entries(entries, incomplete) => (entries, incomplete),
    };
    match fact.expect {
        Expect::Some if entries.is_empty() => match incomplete {
            Some(reason) => Judged::Unknown(reason),
            None => {
                drafts.push(Draft::absent(index, rule.confidence, None));
                Judged::ByFindings
            }
        },
        Expect::Some => Judged::ByFindings,
        Expect::None => {
            let before = drafts.len();
            drafts.extend(entries.iter().filter_map(|entry| point_at(index, rule, entry, texts)));
            match incomplete {
                Some(reason) if drafts.len() == before => Judged::Unknown(reason),
                _ => Judged::ByFindings,
            }
        }
        Expect::All => judge_all(index, rule, fact, &entries, incomplete, texts, drafts),
    }
}

fn judge_all(
    index: usize,
    rule: &Rule,
    fact: &FactRule,
    entries: &[Entry<'_>],
    incomplete: Option<String>,
    texts: &mut Texts<'_>,
    drafts: &mut Vec<Draft>,
) -> Judged {
    let judged: Vec<&Entry<'_>> = entries.iter().filter(|entry| !undecided(entry, fact)).collect();
    let bad: Vec<&&Entry<'_>> = judged.iter().filter(|entry| !entry.meets(&fact.holds)).collect();
    drafts.extend(bad.iter().filter_map(|entry| point_at(index, rule, entry, texts)));
    match incomplete {
        _ if judged.is_empty() && !entries.is_empty() => Judged::Unknown("none of them could be judged".into()),
        Some(reason) if bad.is_empty() => Judged::Unknown(reason),
        _ if judged.is_empty() => Judged::NotApplicable("there is nothing of the kind here".into()),
        _ => Judged::Ratio { good: judged.len() - bad.len(), of: judged.len() },
    }
}

/// An entry whose field says `unknown`, or says nothing where a value is compared, is not judged.
fn undecided(entry: &Entry<'_>, fact: &FactRule) -> bool {
    fact.holds.iter().any(|(name, condition)| match (condition, entry.field(name)) {
        (_, Some(Value::String(text))) => text == "unknown",
        (Condition::Is(_) | Condition::OneOf(_), None | Some(Value::Null)) => true,
        _ => false,
    })
}

fn point_at(index: usize, rule: &Rule, entry: &Entry<'_>, texts: &mut Texts<'_>) -> Option<Draft> {
    let message = rule.message.as_ref().map(|message| entry.fill(message));
    let Some(path) = entry.file().map(str::to_owned) else { return Some(Draft::absent(index, rule.confidence, message)) };
    let line = entry.line();
    if !is_new(texts.snapshot, &path, line.map(|line| (line, line))) {
        return None;
    }
    let class = texts.snapshot.find(&path).map(|file| file.class);
    // A document that a rule on facts points at is what the rule is about; a key file among test data is seldom meant.
    let confidence = match class {
        Some(class) if rule.scope == Scope::File => lowered(rule.confidence, class),
        _ => rule.confidence,
    };
    let text = line.and_then(|_| texts.get(&path));
    Some(Draft::at_line(index, confidence, message, &path, text, line.unwrap_or(1)))
}
