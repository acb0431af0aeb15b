//! How a change reaches the furthest declared target, as far as the pipelines show it.
//!
//! A pure function of the pipelines. What a server may add (reviewers, protected branches) is a question, no answer.

use super::catalog;
use super::{Delivery, DeliveryVerdict, Job, ManualStop, Nature, Pipeline};
use crate::facts::At;

/// Kinds of stops that lie in starting something, rather than in letting it go on.
const STARTS: [&str; 5] = ["workflow-dispatch", "trigger-none", "only-web", "rule-web", "condition-manual"];

/// A deploying job with its place.
struct Placed<'p> {
    pipeline: &'p Pipeline,
    job: &'p Job,
}

impl Placed<'_> {
    fn at(&self) -> At {
        At::new(&self.pipeline.file, self.job.line)
    }

    /// How far the job reaches: the place of its target in the table, with one that has no common name before production.
    fn reach(&self) -> usize {
        let named = |text: &str| catalog::target_in(text).map(catalog::distance);
        let target = self.job.target.as_deref();
        target.and_then(named).unwrap_or_else(catalog::distance_of_unnamed)
    }
}

/// The verdict over all pipelines.
#[must_use]
pub fn delivery(pipelines: &[Pipeline]) -> Delivery {
    let all = pipelines.iter().flat_map(|pipeline| pipeline.jobs.iter().map(move |job| Placed { pipeline, job }));
    let deploying: Vec<Placed<'_>> = all.filter(|placed| placed.job.deploys && !only_again(placed.job)).collect();
    let Some(furthest) = deploying.iter().map(Placed::reach).max() else {
        return Delivery {
            verdict: DeliveryVerdict::None,
            target: None,
            reason: "no job of a pipeline deploys".into(),
            evidence: Vec::new(),
        };
    };
    let last: Vec<&Placed<'_>> = deploying.iter().filter(|placed| placed.reach() == furthest).collect();
    let target = last.iter().find_map(|placed| placed.job.target.clone());
    let automatic: Vec<&&Placed<'_>> = last.iter().filter(|placed| placed.job.automatic == Some(true)).collect();
    let stopped: Vec<&&Placed<'_>> = last.iter().filter(|placed| placed.job.automatic == Some(false)).collect();
    let stops: Vec<(At, &ManualStop)> = stopped.iter().flat_map(|placed| stops_before(placed)).collect();
    let named = target.clone().unwrap_or_else(|| "the target".into());
    let (verdict, reason, evidence) = if let Some((_, stop)) = stops.first() {
        (by_stops(&stops), format!("before {named}, {}", stop.detail), stops.iter().map(|(at, _)| at.clone()).collect())
    } else if !automatic.is_empty() {
        let reason = format!("{named} is reached from a push, tag or merge without a person");
        (DeliveryVerdict::Automatic, reason, automatic.iter().map(|placed| placed.at()).collect())
    } else if !stopped.is_empty() {
        let reason = format!("what deploys to {named} is started by a person");
        (DeliveryVerdict::Started, reason, stopped.iter().map(|placed| placed.at()).collect())
    } else {
        let reason = format!("what starts the deployment to {named} is not in this repository");
        (DeliveryVerdict::Unknown, reason, last.iter().map(|placed| placed.at()).collect())
    };
    let mut evidence: Vec<At> = evidence;
    evidence.sort();
    evidence.dedup();
    Delivery { verdict, target, reason, evidence }
}

/// Whether a job is only a second way to do what another one does by itself.
fn only_again(job: &Job) -> bool {
    job.automatic == Some(false) && !job.manual.is_empty() && job.manual.iter().all(|stop| stop.twin)
}

/// The stops that count for a job: its own, those of jobs that only ask, and those of starting the file.
fn stops_before<'p>(placed: &Placed<'p>) -> Vec<(At, &'p ManualStop)> {
    let mut found = Vec::new();
    for job in &placed.pipeline.jobs {
        let counts = |stop: &&ManualStop| !stop.twin && (std::ptr::eq(job, placed.job) || !job.deploys || starts_file(stop));
        found.extend(job.manual.iter().filter(counts).map(|stop| (At::new(&placed.pipeline.file, stop.line), stop)));
    }
    found
}

fn starts_file(stop: &ManualStop) -> bool {
    matches!(stop.kind.as_str(), "workflow-dispatch" | "trigger-none" | "required-input")
}

fn by_stops(stops: &[(At, &ManualStop)]) -> DeliveryVerdict {
    let has = |kinds: &[&str]| stops.iter().any(|(_, stop)| kinds.contains(&stop.kind.as_str()));
    let works = |(_, stop): &(At, &ManualStop)| stop.nature == Nature::Work && stop.kind != "required-input";
    if stops.iter().any(works) {
        DeliveryVerdict::ByHand
    } else if has(&["required-input"]) {
        DeliveryVerdict::Typed
    } else if has(&STARTS) {
        DeliveryVerdict::Started
    } else {
        DeliveryVerdict::Gated
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Notes, pipeline};
    use crate::snapshot::Snapshot;

    fn verdict(files: &[(&str, &str)]) -> (DeliveryVerdict, Option<String>) {
        let snapshot = Snapshot::of_memory(files.iter().map(|(path, text)| (*path, *text)));
        let read = pipeline::read(&snapshot, &mut Notes::default());
        let delivery = delivery(read.known().map(Vec::as_slice).unwrap_or_default());
        (delivery.verdict, delivery.target)
    }

    #[test]
    fn the_furthest_target_decides() {
        let text = |production: &str| {
            format!(
                "stages: [deploy]\ntry:\n  stage: deploy\n  environment: staging\n  script: [kubectl apply -f x]\nlive:\n  stage: deploy\n  environment: production\n  script: [kubectl apply -f x]\n{production}"
            )
        };
        assert_eq!(verdict(&[(".gitlab-ci.yml", &text("  when: manual\n"))]), (DeliveryVerdict::Gated, Some("production".into())));
        assert_eq!(verdict(&[(".gitlab-ci.yml", &text(""))]).0, DeliveryVerdict::Automatic);
    }

    #[test]
    fn work_at_a_stop_is_by_hand() {
        let text = "trigger: none\nstages:\n- stage: ask\n  jobs:\n  - job: copy\n    steps:\n    - task: ManualValidation@1\n      inputs: {instructions: Copy the settings to the server}\n- stage: live\n  jobs:\n  - deployment: up\n    environment: production\n    strategy: {runOnce: {deploy: {steps: [{task: AzureWebApp@1}]}}}\n";
        assert_eq!(verdict(&[("azure-pipelines.yml", text)]), (DeliveryVerdict::ByHand, Some("production".into())));
    }

    #[test]
    fn a_start_by_hand_is_told_from_typed_data_and_from_nothing() {
        let workflow = |on: &str, run: &str| format!("{on}\njobs:\n  a:\n    steps:\n      - run: {run}\n");
        let at = ".github/workflows/x.yml";
        assert_eq!(verdict(&[(at, &workflow("on: workflow_dispatch", "flyctl deploy"))]).0, DeliveryVerdict::Started);
        let typed = "on:\n  workflow_dispatch:\n    inputs:\n      version: {required: true}";
        assert_eq!(verdict(&[(at, &workflow(typed, "flyctl deploy"))]).0, DeliveryVerdict::Typed);
        assert_eq!(verdict(&[(at, &workflow("on: push", "make"))]).0, DeliveryVerdict::None);
        assert_eq!(verdict(&[(at, &workflow("on: [push, workflow_dispatch]", "flyctl deploy"))]).0, DeliveryVerdict::Automatic);
        assert_eq!(verdict(&[(at, &workflow("on: repository_dispatch", "flyctl deploy"))]).0, DeliveryVerdict::Unknown);
    }
}
