//! The score: a pure function of the outcomes, with its parts, its verdict and what each fix would gain.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::check::Outcome;
use crate::facts::Area;
use crate::severity::Severity;

/// A repository with a total under this is not ready (design).
pub const NOT_READY_BELOW: f64 = 60.0;
/// A repository with no failed major is ready from this total on (design).
pub const READY_FROM: f64 = 85.0;
/// No verdict `ready` while more than this share of the weight is unknown (design).
pub const MOST_UNKNOWN: f64 = 0.2;

/// What the score needs to know of a check.
#[derive(Debug, Clone, Copy)]
pub struct Scored {
    /// Its area.
    pub area: Area,
    /// Its severity, which is its weight.
    pub severity: Severity,
    /// Its outcome.
    pub outcome: Outcome,
    /// From 0 to 1 where it is decided.
    pub ratio: Option<f64>,
}

/// An area and its weight in the total.
#[derive(Debug, Clone, Copy)]
pub struct AreaWeight {
    /// The area.
    pub area: Area,
    /// Its weight.
    pub weight: f64,
}

/// Whether another team could take over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// On Monday.
    Ready,
    /// After what is listed.
    Conditional,
    /// Not like this.
    NotReady,
}

impl Verdict {
    /// The word used in reports.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Conditional => "conditional",
            Self::NotReady => "not-ready",
        }
    }
}

/// The score with its parts; all numbers from 0 to 100, unrounded.
#[derive(Debug, Clone, PartialEq)]
pub struct Score {
    /// The weighted mean of the areas with a decided check.
    pub total: Option<f64>,
    /// By area, in the order given.
    pub areas: Vec<Option<f64>>,
    /// The share of the weight that was decided, from 0 to 1; 1 where nothing applies.
    pub decided: f64,
    /// The verdict; none without a total.
    pub verdict: Option<Verdict>,
    /// What keeps the verdict from `ready`.
    pub reasons: Vec<String>,
    /// By check: what the total would gain if it passed.
    pub gains: Vec<f64>,
}

/// Computes the score of these checks.
#[must_use]
pub fn score(checks: &[Scored], areas: &[AreaWeight]) -> Score {
    let area_scores: Vec<Option<f64>> = areas.iter().map(|area| area_score(checks, area.area)).collect();
    let total = total_of(&area_scores, areas);
    let decided = decided_share(checks, areas);
    let gains = checks.iter().map(|check| gain(check, checks, areas)).collect();
    let judged = total.map(|total| verdict(total, decided, checks));
    let (verdict, reasons) =
        judged.map_or((None, vec!["nothing could be decided".to_owned()]), |(verdict, reasons)| (Some(verdict), reasons));
    Score { total, areas: area_scores, decided, verdict, reasons, gains }
}

fn weight_of(check: &Scored) -> f64 {
    f64::from(check.severity.weight())
}

fn decided_in(checks: &[Scored], area: Area) -> impl Iterator<Item = (f64, f64)> {
    checks
        .iter()
        .filter(move |check| check.area == area && check.outcome.is_decided())
        .filter_map(|check| Some((weight_of(check), check.ratio?)))
        .filter(|(weight, _)| *weight > 0.0)
}

fn area_score(checks: &[Scored], area: Area) -> Option<f64> {
    let (earned, weight) =
        decided_in(checks, area).fold((0.0, 0.0), |(earned, sum), (weight, ratio)| (earned + weight * ratio, sum + weight));
    (weight > 0.0).then(|| 100.0 * earned / weight)
}

fn total_of(scores: &[Option<f64>], areas: &[AreaWeight]) -> Option<f64> {
    let decided = scores.iter().zip(areas).filter_map(|(score, area)| Some((score.as_ref()?, area.weight)));
    let (earned, weight) = decided.fold((0.0, 0.0), |(earned, sum), (score, weight)| (earned + weight * score, sum + weight));
    (weight > 0.0).then(|| earned / weight)
}

/// A check's share of the total is its share of its area's weight, over all checks that apply.
fn decided_share(checks: &[Scored], areas: &[AreaWeight]) -> f64 {
    let (mut decided, mut all) = (0.0, 0.0);
    for area in areas {
        let applies: Vec<&Scored> =
            checks.iter().filter(|check| check.area == area.area && check.outcome != Outcome::NotApplicable).collect();
        let weight: f64 = applies.iter().map(|check| weight_of(check)).sum();
        if weight > 0.0 {
            let known: f64 = applies.iter().filter(|check| check.outcome.is_decided()).map(|check| weight_of(check)).sum();
            decided += area.weight * known / weight;
            all += area.weight;
        }
    }
    if all > 0.0 { decided / all } else { 1.0 }
}

/// The share of the total that this check's missing ratio costs, with the set of decided checks fixed.
fn gain(check: &Scored, checks: &[Scored], areas: &[AreaWeight]) -> f64 {
    let Some(ratio) = check.ratio.filter(|_| check.outcome.is_decided()) else { return 0.0 };
    let in_area: f64 = decided_in(checks, check.area).map(|(weight, _)| weight).sum();
    let scored = |area: &&AreaWeight| decided_in(checks, area.area).next().is_some();
    let all: f64 = areas.iter().filter(scored).map(|area| area.weight).sum();
    let area = areas.iter().find(|area| area.area == check.area).map_or(0.0, |area| area.weight);
    if in_area > 0.0 && all > 0.0 { 100.0 * (1.0 - ratio) * (weight_of(check) / in_area) * (area / all) } else { 0.0 }
}

/// The verdict, and what keeps it from `ready`.
fn verdict(total: f64, decided: f64, checks: &[Scored]) -> (Verdict, Vec<String>) {
    let count = |severity, outcome| checks.iter().filter(|check| check.severity == severity && check.outcome == outcome).count();
    let blockers = count(Severity::Blocker, Outcome::Fail);
    let not_ready: Vec<String> = [
        (blockers > 0).then(|| format!("{} failed", counted(blockers, "blocker"))),
        (total < NOT_READY_BELOW).then(|| format!("the score is under {NOT_READY_BELOW}")),
    ]
    .into_iter()
    .flatten()
    .collect();
    if !not_ready.is_empty() {
        return (Verdict::NotReady, not_ready);
    }
    let (majors, unknown) = (count(Severity::Major, Outcome::Fail), count(Severity::Blocker, Outcome::Unknown));
    let open: Vec<String> = [
        (total < READY_FROM).then(|| format!("the score is under {READY_FROM}")),
        (majors > 0).then(|| format!("{} of severity major failed", counted(majors, "check"))),
        (unknown > 0).then(|| format!("{} unknown", counted(unknown, "blocker"))),
        (1.0 - decided > MOST_UNKNOWN).then(|| format!("more than {:.0}% of the weight is unknown", 100.0 * MOST_UNKNOWN)),
    ]
    .into_iter()
    .flatten()
    .collect();
    (if open.is_empty() { Verdict::Ready } else { Verdict::Conditional }, open)
}

fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}
