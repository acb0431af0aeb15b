//! Rules about facts: which entries they judge, where these stand, and the texts of the files that they point at.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use serde_json::Value;

use super::{Eyes, Judged, PrintedFacts, is_new, lowered};
use crate::finding::ignore::{IgnoredBy, Ignores};
use crate::finding::{Draft, Shown};
use crate::matcher::Expect;
use crate::matcher::fact::{Condition, Entry, FactRule, Selection, select};
use crate::rule::{Rule, Scope};
use crate::severity::Confidence;
use crate::snapshot::{PathClass, Snapshot, Text};

/// A text and where its secrets stand.
struct Seen {
    text: Text,
    hidden: Vec<Range<usize>>,
    /// Whether some rule is sure of a secret in it.
    secret: bool,
}

/// Texts of files that facts point at, each read once.
pub(super) struct Texts<'a> {
    snapshot: &'a Snapshot,
    eyes: &'a Eyes,
    read: HashMap<String, Option<Seen>>,
    /// Every secret that is known so far.
    pub(super) secrets: Vec<Vec<u8>>,
    /// By path, what comments ignore in the files that were looked into so far.
    pub(super) ignores: BTreeMap<String, Ignores>,
}

impl<'a> Texts<'a> {
    pub(super) fn new(snapshot: &'a Snapshot, eyes: &'a Eyes, secrets: Vec<Vec<u8>>, ignores: Vec<Ignores>) -> Self {
        let ignores = ignores.into_iter().map(|ignores| (ignores.path.clone(), ignores)).collect();
        Self { snapshot, eyes, read: HashMap::new(), secrets, ignores }
    }

    /// The comment that covers a finding of this rule at a line.
    pub(super) fn cover(&mut self, rule: &Rule, path: &str, line: usize) -> Option<IgnoredBy> {
        if !self.eyes.ignores {
            return None;
        }
        self.get(path)?;
        let text = &self.read.get(path)?.as_ref()?.text;
        let class = self.snapshot.find(path).map_or(PathClass::Source, |file| file.class);
        let ignores = self.ignores.entry(path.to_owned()).or_insert_with(|| Ignores::read(path, class, text));
        ignores.cover(rule, (line, line), text)
    }

    fn get<'t>(&'t mut self, path: &'t str) -> Option<Shown<'t>> {
        let (snapshot, eyes, secrets) = (self.snapshot, self.eyes, &mut self.secrets);
        let read = || {
            let text = snapshot.read_path(path)?;
            let hidden = eyes.hide(&text, path, &eyes.look(&text, path));
            secrets.extend(hidden.values);
            Some(Seen { text, hidden: hidden.ranges, secret: hidden.sure })
        };
        let seen = self.read.entry(path.to_owned()).or_insert_with(read).as_ref()?;
        Some(Shown { path, text: &seen.text, hidden: &seen.hidden })
    }

    /// Whether a file was read and no rule is sure of a secret in it.
    fn is_without_secret(&mut self, path: &str) -> bool {
        self.get(path);
        matches!(self.read.get(path), Some(Some(seen)) if !seen.secret)
    }
}

/// Judges the entries of the facts that a rule is about; the drafts of its findings are added.
pub(super) fn judge_facts(
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
                drafts.push(Draft::absent(index, rule.confidence, rule.message.clone()));
                Judged::ByFindings
            }
        },
        Expect::Some => Judged::ByFindings,
        Expect::None => {
            let before = drafts.len();
            drafts.extend(entries.iter().filter_map(|entry| point_at(index, rule, fact, entry, texts)));
            match incomplete {
                Some(reason) if drafts[before..].iter().all(|draft| draft.ignored_by.is_some()) => Judged::Unknown(reason),
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
    let before = drafts.len();
    drafts.extend(bad.iter().filter_map(|entry| point_at(index, rule, fact, entry, texts)));
    // What a comment ignores is not judged: it counts neither as good nor as bad.
    let ignored = drafts[before..].iter().filter(|draft| draft.ignored_by.is_some()).count();
    let (of, bad) = (judged.len() - ignored, bad.len() - ignored);
    match incomplete {
        _ if judged.is_empty() && !entries.is_empty() => Judged::Unknown("none of them could be judged".into()),
        Some(reason) if bad == 0 => Judged::Unknown(reason),
        _ if judged.is_empty() => Judged::NotApplicable("there is nothing of the kind here".into()),
        _ if of == 0 => Judged::ByFindings,
        _ => Judged::Ratio { good: of - bad, of },
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

fn point_at(index: usize, rule: &Rule, fact: &FactRule, entry: &Entry<'_>, texts: &mut Texts<'_>) -> Option<Draft> {
    let mut message = rule.message.as_ref().map(|message| entry.fill(message));
    let Some(path) = entry.file().map(str::to_owned) else { return Some(Draft::absent(index, rule.confidence, message)) };
    let line = entry.line();
    let ignored_by = texts.cover(rule, &path, line.unwrap_or(1));
    if !is_new(texts.snapshot, &path, line.map(|line| (line, line))) {
        return None;
    }
    let class = texts.snapshot.find(&path).map(|file| file.class);
    // A document that a rule on facts points at is what the rule is about; a key file among test data is seldom meant.
    let mut confidence = match class {
        Some(class) if rule.scope == Scope::File => lowered(rule.confidence, class),
        _ => rule.confidence,
    };
    if fact.doubtful_without_secret && texts.is_without_secret(&path) {
        confidence = Confidence::Low;
        message = Some(format!("{}; no credential was found in it", message.as_ref().unwrap_or(&rule.title)));
    }
    let shown = line.and_then(|_| texts.get(&path));
    Some(Draft { ignored_by, ..Draft::at_line(index, confidence, message, &path, shown.as_ref(), line.unwrap_or(1)) })
}
