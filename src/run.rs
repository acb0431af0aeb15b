//! The pipeline from a snapshot to a report: the one place that knows all stages.

pub mod example;
mod ignores;
mod revoked;

use serde_json::Value;

use crate::catalog::Catalog;
use crate::check::{Bounds, Check, Judgement, Need, Outcome};
use crate::config::{Revoked, Switches};
use crate::error::Result;
use crate::facts::profile::Profile;
use crate::facts::{self, Area, Facts, Section};
use crate::finding::history;
use crate::finding::run::{Asked, PrintedFacts, RuleOutcome, run as run_rules};
use crate::matcher::Matcher;
use crate::matcher::secret::redact::Redactor;
use crate::report::{AreaReport, CheckReport, Gate, IgnoreProblem, Question, Read, Report, SCHEMA, Subject, Tool, one_decimal};
use crate::rule::{Rule, Scope};
use crate::score::{AreaWeight, Score, Scored, score};
use crate::severity::Severity;
use crate::snapshot::{Cache, Mode, PastRead, Snapshot};

/// Everything that decides how a snapshot is judged.
#[derive(Debug)]
pub struct Plan {
    /// Areas, checks and rules.
    pub catalog: Catalog,
    /// What is switched off, and the deviations to print.
    pub switches: Switches,
    /// The profile, where it is set.
    pub profile: Option<Profile>,
    /// Areas or checks or rules to judge; all where empty.
    pub only: Vec<String>,
    /// Areas or checks or rules to leave alone.
    pub skip: Vec<String>,
    /// Thresholds of the judgement.
    pub bounds: Bounds,
    /// The severity from which on a failed check fails the gate.
    pub fail_on: Severity,
    /// The score under which the gate fails.
    pub min_score: Option<f64>,
    /// The day that dates are compared with, where it is not the revision's.
    pub as_of: Option<String>,
    /// Whether secrets are looked for in the past as well.
    pub history: bool,
    /// The revision or day with which the past begins that is looked at; all of it where there is none.
    pub history_since: Option<String>,
    /// Where what was read is remembered, if anywhere.
    pub cache: Option<Cache>,
    /// Whether comments in the code may silence a finding.
    pub ignores: bool,
    /// Secrets of the past that open nothing any more.
    pub revoked: Vec<Revoked>,
}

/// Judges a snapshot.
///
/// # Errors
/// Facts that cannot be printed, which is a defect.
pub fn check(snapshot: &Snapshot, plan: &Plan) -> Result<Report> {
    let selected = plan.selected(snapshot.mode);
    let facts = facts::read_some(snapshot, &|section| selected.wants(section), plan.cache.as_ref());
    let value = print(&facts);
    let printed = PrintedFacts { value: &value, unread: &facts.unread };
    let rules: Vec<&Rule> = selected.rules.clone();
    let asked = Asked { rules: &rules, guard: &plan.catalog.rules_of_the_past(), ignores: plan.ignores, cache: plan.cache.as_ref() };
    let mut past = if plan.history { Some(snapshot.history(plan.history_since.as_deref(), plan.cache.as_ref())?) } else { None };
    let mut ran = run_rules(snapshot, printed, asked, past.as_mut());
    let whole = plan.asks_all_of_the_past(asked, ran.past_read.as_ref());
    let revocations = ran.past.as_mut().map(|past| plan.revoke(past, whole)).unwrap_or_default();
    let problems = ignores::Ran::new(plan, &rules, &ran.outcomes).problems(&ran.ignores);
    let profile = plan.profile.or_else(|| facts.profile.known().map(|profile| profile.name));
    let judged = judge(&selected, printed, profile, (ran.outcomes, ran.past), plan);
    let mut report = assemble(snapshot, plan, &facts, profile, judged, problems);
    report.read.history = ran.past_read;
    report.subject.deviations.extend(revocations);
    Ok(redacted(report, &ran.redactor))
}

/// Reads the facts of a snapshot and cuts every secret out of them that a rule finds.
#[must_use]
pub fn inspect(snapshot: &Snapshot, catalog: &Catalog, only: Option<Area>) -> Value {
    let wanted =
        |part: &str| only.is_none_or(|area| facts::sections_of(area).iter().any(|section| part.split('.').next() == Some(section)));
    let facts = facts::read_some(snapshot, &wanted, None);
    let secrets = catalog.secret_rules();
    let asked = Asked { rules: &secrets, guard: &[], ignores: false, cache: None };
    let ran = run_rules(snapshot, PrintedFacts { value: &Value::Null, unread: &[] }, asked, None);
    let mut value = print(&facts);
    redact_value(&mut value, &ran.redactor);
    value
}

fn print(facts: &Facts) -> Value {
    serde_json::to_value(facts).unwrap_or(Value::Null)
}

/// The checks and rules of this run.
struct Selected<'a> {
    checks: Vec<&'a Check>,
    rules: Vec<&'a Rule>,
}

impl Plan {
    fn selected(&self, mode: Mode) -> Selected<'_> {
        let named = |names: &[String], id: &str, check: &str| {
            names.iter().any(|name| name == id || name == check || check.split('/').next() == Some(name.as_str()))
        };
        let on = |id: &str, check: &str| {
            (self.only.is_empty() || named(&self.only, id, check)) && !named(&self.skip, id, check) && !self.switches.is_off(id)
        };
        let judges = |rule: &&Rule| mode != Mode::Staged || rule.scope < Scope::Repository;
        let rules: Vec<&Rule> = self
            .catalog
            .rules
            .iter()
            .filter(judges)
            .filter(|rule| on(&rule.id, &rule.check) && !self.switches.is_off(&rule.check))
            .collect();
        let fed = |check: &Check| rules.iter().any(|rule| rule.check == check.id);
        let asked = |check: &&Check| match mode {
            _ if check.of_history => on(&check.id, &check.id) && (self.history || self.only.contains(&check.id)),
            Mode::Staged => fed(check),
            _ => fed(check) || on(&check.id, &check.id),
        };
        Selected { checks: self.catalog.checks.iter().filter(asked).collect(), rules }
    }
}

impl Selected<'_> {
    /// Whether some check or rule reads a section of the facts, or a part of one (`ownership.knowledge`).
    fn wants(&self, section: &str) -> bool {
        let needs = self.checks.iter().flat_map(|check| &check.needs).flat_map(Need::parts).map(|(of, _)| of);
        let rules = self.rules.iter().filter_map(|rule| match &rule.matcher {
            Matcher::Fact(fact) => Some(fact.of.as_str()),
            _ => None,
        });
        let problems = self.rules.iter().filter(|rule| matches!(&rule.matcher, Matcher::Fact(fact) if fact.of.starts_with("problems")));
        let by_profile = self.checks.iter().any(|check| !check.profiles.is_empty());
        section == "profile" && by_profile
            || needs.chain(rules).any(|of| of == section || of.strip_prefix(section).is_some_and(|rest| rest.starts_with('.')))
            || problems.into_iter().any(|rule| facts::sections_of(rule.area).contains(&section))
    }
}

struct Judged<'a> {
    checks: Vec<(&'a Check, Judgement)>,
    score: Score,
    areas: Vec<AreaWeight>,
}

fn judge<'a>(
    selected: &Selected<'a>,
    facts: PrintedFacts<'_>,
    profile: Option<Profile>,
    (outcomes, mut past): (Vec<RuleOutcome>, Option<Vec<RuleOutcome>>),
    plan: &Plan,
) -> Judged<'a> {
    let mut by_check: std::collections::BTreeMap<&str, Vec<RuleOutcome>> = std::collections::BTreeMap::new();
    for (rule, outcome) in selected.rules.iter().zip(outcomes) {
        by_check.entry(rule.check.as_str()).or_default().push(outcome);
    }
    let checks: Vec<(&Check, Judgement)> = selected
        .checks
        .iter()
        .map(|check| {
            let fed = by_check.remove(check.id.as_str());
            let fed = if check.of_history { past.take() } else { fed };
            let judgement = check.obstacle(profile, facts).unwrap_or_else(|| match fed {
                None if check.of_history => Judgement::undecided(Outcome::Unknown, "the history was not read; `--history` does so"),
                Some(outcomes) => Judgement::of(outcomes, plan.bounds),
                None if plan.has_rules(check) => Judgement::undecided(Outcome::NotApplicable, "its rules are switched off"),
                None => Judgement::undecided(Outcome::Unknown, check.not_read(facts)),
            });
            (*check, judgement)
        })
        .collect();
    let scored: Vec<Scored> = checks
        .iter()
        .map(|(check, judgement)| Scored { area: check.area, severity: check.severity, outcome: judgement.outcome, ratio: judgement.ratio })
        .collect();
    let areas: Vec<AreaWeight> = plan.catalog.areas.iter().map(|area| AreaWeight { area: area.id, weight: area.weight }).collect();
    Judged { score: score(&scored, &areas), checks, areas }
}

impl Plan {
    /// Whether every rule that may looked into the whole of the past.
    fn asks_all_of_the_past(&self, asked: Asked<'_>, read: Option<&PastRead>) -> bool {
        // Where none is asked, all are: see `look_back`.
        let of_rules = [0, asked.guard.len()].contains(&asked.rules.iter().filter(|rule| history::asks(rule)).count());
        of_rules && self.history_since.is_none() && read.is_some_and(|read| read.unread.is_empty())
    }

    fn has_rules(&self, check: &Check) -> bool {
        self.catalog.rules.iter().any(|rule| rule.check == check.id)
    }
}

fn assemble(
    snapshot: &Snapshot,
    plan: &Plan,
    facts: &Facts,
    profile: Option<Profile>,
    judged: Judged<'_>,
    ignore_problems: Vec<IgnoreProblem>,
) -> Report {
    let scored = snapshot.mode != Mode::Staged;
    let mut questions = questions(&judged, scored);
    questions.extend(questions_of_delivery(&judged, facts).filter(|_| scored));
    let score = judged.score.total.filter(|_| scored);
    let gate = gate(plan, &judged, score, scored);
    // A verdict speaks of the whole checklist.
    let whole = plan.only.is_empty() && plan.skip.is_empty();
    let verdict_reasons = match (scored, whole) {
        (false, _) => vec!["what is staged is not scored".to_owned()],
        (true, false) => vec!["only a part of the checklist was judged".to_owned()],
        (true, true) => judged.score.reasons.clone(),
    };
    let (files, bytes) = snapshot.read_so_far();
    Report {
        schema: SCHEMA,
        tool: Tool { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION"), rules: plan.catalog.digest() },
        subject: Subject { deviations: deviations(snapshot, plan, &judged), ..subject(snapshot, plan, facts, profile) },
        read: Read { files, bytes, skipped: snapshot.skipped(), history: None },
        score: score.map(one_decimal),
        decided: (judged.score.decided * 1000.0).round() / 1000.0,
        verdict: judged.score.verdict.filter(|_| scored && whole),
        verdict_reasons,
        areas: areas(plan, &judged, scored),
        checks: judged
            .checks
            .into_iter()
            .zip(judged.score.gains)
            .map(|((check, judgement), gain)| line(check, judgement, if scored { gain } else { 0.0 }))
            .collect(),
        questions,
        ignore_problems,
        gate,
    }
}

fn subject(snapshot: &Snapshot, plan: &Plan, facts: &Facts, profile: Option<Profile>) -> Subject {
    let found = facts.profile.known();
    let reason = if plan.profile.is_some() { Some("it was set".to_owned()) } else { found.map(|found| found.reason.clone()) };
    Subject {
        name: snapshot.name.clone(),
        revision: snapshot.revision.clone(),
        branch: snapshot.branch.clone(),
        mode: snapshot.mode,
        profile,
        profile_reason: reason,
        as_of: plan.as_of.clone().or_else(|| snapshot.date.clone()),
        deviations: Vec::new(),
    }
}

/// What loosens the judgement: settings, comments in the code, and a view of a part only.
fn deviations(snapshot: &Snapshot, plan: &Plan, judged: &Judged<'_>) -> Vec<String> {
    let since = plan.history_since.iter().map(|since| format!("of the history only what came after {since} was read"));
    let part = snapshot.folder.iter().map(|folder| format!("only the folder `{folder}/` of the repository was judged"));
    part.chain(since).chain(plan.switches.deviations.iter().cloned()).chain(ignores::deviation(judged)).collect()
}

/// Areas that were asked about, or scored.
fn areas(plan: &Plan, judged: &Judged<'_>, scored: bool) -> Vec<AreaReport> {
    let asked = |area: Area| judged.checks.iter().any(|(check, _)| check.area == area);
    let declared = plan.catalog.areas.iter().zip(&judged.score.areas).zip(&judged.areas);
    declared
        .filter(|((area, _), _)| asked(area.id))
        .map(|((area, score), weight)| AreaReport {
            id: area.id,
            question: area.question.clone(),
            score: score.filter(|_| scored).map(one_decimal),
            weight: weight.weight,
        })
        .collect()
}

fn line(check: &Check, judgement: Judgement, gain: f64) -> CheckReport {
    CheckReport {
        check: check.id.clone(),
        area: check.area,
        title: check.title.clone(),
        severity: check.severity,
        outcome: judgement.outcome,
        reason: judgement.reason,
        ratio: judgement.ratio.map(|ratio| (ratio * 1000.0).round() / 1000.0),
        weight: check.severity.weight(),
        gain: one_decimal(gain),
        waived: None,
        findings: judgement.findings,
        ignored: judgement.ignored,
    }
}

/// What is unknown becomes a question for the handover.
fn questions(judged: &Judged<'_>, scored: bool) -> Vec<Question> {
    let unknown = judged.checks.iter().filter(|(_, judgement)| scored && judgement.outcome == Outcome::Unknown);
    unknown
        .map(|(check, judgement)| Question {
            area: check.area,
            text: check.question.clone(),
            why: judgement.reason.clone().unwrap_or_default(),
            at: None,
        })
        .collect()
}

/// What only a server can tell of the delivery, where deployment is asked about. It changes no outcome.
fn questions_of_delivery<'f>(judged: &Judged<'_>, facts: &'f Facts) -> impl Iterator<Item = Question> + 'f {
    let asked = judged.checks.iter().any(|(check, _)| check.area == Area::Deploy);
    let delivery = facts.delivery.known().filter(|_| asked);
    delivery.into_iter().flat_map(|delivery| &delivery.questions).map(|question| Question {
        area: Area::Deploy,
        text: question.text.clone(),
        why: question.why.clone(),
        at: Some(format!("{}:{}", question.at.file, question.at.line)),
    })
}

fn gate(plan: &Plan, judged: &Judged<'_>, score: Option<f64>, scored: bool) -> Gate {
    let failed = judged.checks.iter().filter(|(check, judgement)| judgement.outcome == Outcome::Fail && check.severity >= plan.fail_on);
    let mut reasons: Vec<String> = failed.map(|(check, _)| format!("{} failed: {}", check.severity.word(), check.id)).collect();
    match (plan.min_score.filter(|_| scored), score) {
        (Some(least), Some(score)) if score < least => reasons.push(format!("the score {} is under {least}", one_decimal(score))),
        (Some(least), None) => reasons.push(format!("nothing could be scored, and the score must be {least}")),
        _ => {}
    }
    Gate { holds: reasons.is_empty(), fail_on: plan.fail_on, min_score: plan.min_score, reasons }
}

/// Cuts the secrets of the run out of everything that came from the repository and is not cut yet.
fn redacted(mut report: Report, redactor: &Redactor) -> Report {
    let cut = |text: &mut String| *text = redactor.cut(text);
    let cut_path = |path: &mut String| *path = redactor.cut_path(path);
    report.checks.iter_mut().filter_map(|check| check.reason.as_mut()).for_each(cut);
    let texts = |question: &mut Question| {
        cut(&mut question.text);
        cut(&mut question.why);
        question.at.as_mut().map(cut).unwrap_or_default();
    };
    report.questions.iter_mut().for_each(texts);
    report.subject.profile_reason.as_mut().map(cut).unwrap_or_default();
    report.subject.deviations.iter_mut().for_each(cut);
    report.read.skipped.iter_mut().for_each(|skipped| cut_path(&mut skipped.path));
    report.ignore_problems.iter_mut().for_each(|problem| {
        cut_path(&mut problem.path);
        cut(&mut problem.message);
    });
    let findings = report.checks.iter_mut().flat_map(|check| check.findings.iter_mut().chain(&mut check.ignored));
    for finding in findings {
        finding.places.iter_mut().for_each(|place| cut_path(&mut place.path));
        finding.history.iter_mut().for_each(|history| {
            cut_path(&mut history.path);
            cut(&mut history.author);
        });
    }
    report
}

fn redact_value(value: &mut Value, redactor: &Redactor) {
    match value {
        Value::String(text) => *text = crate::finding::printable(&redactor.cut(text)),
        Value::Array(items) => items.iter_mut().for_each(|item| redact_value(item, redactor)),
        Value::Object(map) => map.values_mut().for_each(|value| redact_value(value, redactor)),
        _ => {}
    }
}

impl<T> Section<T> {
    /// Whether the section is known.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.known().is_some()
    }
}
