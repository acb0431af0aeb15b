//! The promises about the score, on the pure function.

use handover::check::Outcome;
use handover::facts::Area;
use handover::score::{AreaWeight, Scored, Verdict, score};
use handover::severity::Severity;
use proptest::prelude::*;

const WEIGHTS: [(Area, f64); 6] = [
    (Area::Secrets, 20.0),
    (Area::Setup, 20.0),
    (Area::Deploy, 20.0),
    (Area::Tests, 20.0),
    (Area::Decisions, 10.0),
    (Area::Ownership, 10.0),
];

fn areas() -> Vec<AreaWeight> {
    WEIGHTS.iter().map(|(area, weight)| AreaWeight { area: *area, weight: *weight }).collect()
}

fn any_check() -> impl Strategy<Value = Scored> {
    let severity = prop::sample::select(vec![Severity::Info, Severity::Minor, Severity::Major, Severity::Blocker]);
    let kind = prop::sample::select(vec![Outcome::Pass, Outcome::Partial, Outcome::Fail, Outcome::NotApplicable, Outcome::Unknown]);
    (0..Area::ALL.len(), severity, kind, 0.0..=1.0f64).prop_map(|(area, severity, outcome, ratio)| Scored {
        area: Area::ALL[area],
        severity,
        ratio: outcome.is_decided().then_some(ratio),
        outcome,
    })
}

fn checks() -> impl Strategy<Value = Vec<Scored>> {
    prop::collection::vec(any_check(), 1..60)
}

proptest! {
    #[test]
    fn raising_a_ratio_never_lowers_the_score(checks in checks(), at in any::<prop::sample::Index>(), to in 0.0..=1.0f64) {
        let at = at.index(checks.len());
        prop_assume!(checks[at].ratio.is_some());
        let mut changed = checks.clone();
        changed[at].ratio = Some(to);
        let (before, after) = (score(&checks, &areas()).total, score(&changed, &areas()).total);
        if let (Some(before), Some(after)) = (before, after) {
            let raised = to >= checks[at].ratio.unwrap();
            let keeps = if raised { after >= before - 1e-9 } else { after <= before + 1e-9 };
            prop_assert!(keeps);
        }
    }

    #[test]
    fn the_parts_add_up(checks in checks()) {
        let scored = score(&checks, &areas());
        let Some(total) = scored.total else { return Ok(()) };
        // What is missing to 100 is what the checks would gain.
        prop_assert!((100.0 - total - scored.gains.iter().sum::<f64>()).abs() < 1e-6);
        prop_assert!((0.0..=100.0 + 1e-9).contains(&total));
        prop_assert!((0.0..=1.0 + 1e-9).contains(&scored.decided));
    }

    #[test]
    fn a_gain_is_what_fixing_the_check_gains(checks in checks(), at in any::<prop::sample::Index>()) {
        let at = at.index(checks.len());
        prop_assume!(checks[at].ratio.is_some());
        let before = score(&checks, &areas());
        let mut fixed = checks.clone();
        fixed[at].ratio = Some(1.0);
        fixed[at].outcome = Outcome::Pass;
        if let (Some(old), Some(new)) = (before.total, score(&fixed, &areas()).total) {
            prop_assert!((new - old - before.gains[at]).abs() < 1e-6);
        }
    }

    #[test]
    fn the_order_of_checks_does_not_matter(checks in checks()) {
        let mut turned = checks.clone();
        turned.reverse();
        let (a, b) = (score(&checks, &areas()), score(&turned, &areas()));
        prop_assert_eq!(a.total.is_some(), b.total.is_some());
        prop_assert!((a.total.unwrap_or(0.0) - b.total.unwrap_or(0.0)).abs() < 1e-9);
        prop_assert_eq!(a.verdict, b.verdict);
    }

    #[test]
    fn a_failed_blocker_is_never_ready_nor_conditional(mut checks in checks()) {
        checks.push(Scored { area: Area::Secrets, severity: Severity::Blocker, outcome: Outcome::Fail, ratio: Some(0.0) });
        prop_assert_eq!(score(&checks, &areas()).verdict, Some(Verdict::NotReady));
    }

    #[test]
    fn what_does_not_apply_changes_nothing(checks in checks()) {
        let mut more = checks.clone();
        more.push(Scored { area: Area::Setup, severity: Severity::Blocker, outcome: Outcome::NotApplicable, ratio: None });
        let (a, b) = (score(&checks, &areas()), score(&more, &areas()));
        prop_assert_eq!(a.total, b.total);
        prop_assert_eq!(a.verdict, b.verdict);
        prop_assert!((a.decided - b.decided).abs() < 1e-9);
    }
}

fn check(area: Area, severity: Severity, outcome: Outcome) -> Scored {
    let ratio = match outcome {
        Outcome::Pass => Some(1.0),
        Outcome::Partial => Some(0.75),
        Outcome::Fail => Some(0.0),
        _ => None,
    };
    Scored { area, severity, outcome, ratio }
}

#[test]
fn areas_weigh_what_they_say_and_undecided_ones_leave_the_mean() {
    let checks = [
        check(Area::Secrets, Severity::Blocker, Outcome::Pass),
        check(Area::Setup, Severity::Major, Outcome::Fail),
        check(Area::Decisions, Severity::Major, Outcome::Partial),
        check(Area::Tests, Severity::Major, Outcome::Unknown),
    ];
    let scored = score(&checks, &areas());
    // (20 x 100 + 20 x 0 + 10 x 75) / 50
    assert_eq!(scored.total, Some(55.0));
    assert_eq!(scored.areas[3], None);
    assert!((scored.decided - 50.0 / 70.0).abs() < 1e-9);
    assert_eq!(scored.verdict, Some(Verdict::NotReady));
}

#[test]
fn ready_needs_every_blocker_known() {
    let mut checks = vec![check(Area::Secrets, Severity::Blocker, Outcome::Pass), check(Area::Setup, Severity::Blocker, Outcome::Pass)];
    assert_eq!(score(&checks, &areas()).verdict, Some(Verdict::Ready));
    checks.push(check(Area::Secrets, Severity::Blocker, Outcome::Unknown));
    assert_eq!(score(&checks, &areas()).verdict, Some(Verdict::Conditional));
}

#[test]
fn nothing_decided_is_no_score() {
    let scored = score(&[check(Area::Setup, Severity::Major, Outcome::Unknown)], &areas());
    assert_eq!((scored.total, scored.verdict), (None, None));
}
