//! How a change reaches the furthest declared target, as far as the pipelines show it.
//!
//! A pure function of the pipelines and of the manual steps beside them. What a server may add (reviewers, protected
//! branches) is a question, and changes no verdict.

use super::catalog;
use super::{Delivery, DeliveryQuestion, DeliveryVerdict, Job, ManualStop, Nature, Pipeline};
use crate::facts::At;
use crate::facts::manual_step::ManualStep;

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
        reach_of(self.job.target.as_deref())
    }
}

fn reach_of(target: Option<&str>) -> usize {
    target.and_then(catalog::target_in).map_or_else(catalog::distance_of_unnamed, catalog::distance)
}

/// The verdict over all pipelines, and over what people do where these end.
#[must_use]
pub fn delivery(pipelines: &[Pipeline], steps: &[ManualStep]) -> Delivery {
    let all = pipelines.iter().flat_map(|pipeline| pipeline.jobs.iter().map(move |job| Placed { pipeline, job }));
    let deploying: Vec<Placed<'_>> = all.filter(|placed| placed.job.deploys && !only_again(placed.job)).collect();
    let furthest = deploying.iter().map(Placed::reach).max();
    if let Some(by_hand) = by_hand(steps, furthest) {
        return by_hand;
    }
    let Some(furthest) = furthest else {
        return Delivery {
            verdict: DeliveryVerdict::None,
            target: None,
            reason: "no job of a pipeline deploys".into(),
            evidence: Vec::new(),
            questions: Vec::new(),
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
    Delivery { verdict, target, reason, evidence, questions: questions(&deploying, furthest) }
}

/// What people do where no job deploys, or on the way to a target that is further than all that jobs reach.
fn by_hand(steps: &[ManualStep], furthest: Option<usize>) -> Option<Delivery> {
    let counts = |step: &&ManualStep| match furthest {
        None => step.deploys() && step.only_way,
        Some(furthest) => {
            let further = step.target.as_deref().is_some_and(|target| reach_of(Some(target)) > furthest);
            // A target without a common name may be production itself; then only a script that somebody sits before tells.
            step.deploys() && further && (furthest != catalog::distance_of_unnamed() || step.kind == "prompting-script")
        }
    };
    let last = steps.iter().filter(counts).map(|step| reach_of(step.target.as_deref())).max()?;
    let steps: Vec<&ManualStep> = steps.iter().filter(counts).filter(|step| reach_of(step.target.as_deref()) == last).collect();
    let first = steps.first()?;
    let place = format!("{}:{}", first.file, first.line);
    let reason = match (&first.target, furthest) {
        (Some(target), Some(_)) => format!("no job of a pipeline goes as far as {target}, and a person does it: {place} {}", first.detail),
        _ => format!("no job of a pipeline deploys, and a person does it: {place} {}", first.detail),
    };
    let evidence = steps.iter().map(|step| At::new(&step.file, step.line)).collect();
    Some(Delivery { verdict: DeliveryVerdict::ByHand, target: first.target.clone(), reason, evidence, questions: Vec::new() })
}

/// What the server may add before the furthest target: an environment may ask for reviewers.
fn questions(deploying: &[Placed<'_>], furthest: usize) -> Vec<DeliveryQuestion> {
    let mut found: Vec<DeliveryQuestion> = Vec::new();
    for placed in deploying {
        let Some(environment) = placed.job.environment.as_deref() else { continue };
        // Which environment an expression stands for is told by the one that calls; it may be the furthest.
        let far = placed.reach() == furthest || (placed.job.target.is_none() && environment.contains('$'));
        if !far || catalog::is_made_by_server(environment) {
            continue;
        }
        let named = if environment.contains('$') { placed.job.target.as_deref() } else { Some(environment) };
        let Some(checks) = catalog::server_checks(&placed.pipeline.provider) else { continue };
        let text = match named {
            Some(name) => format!("Does the environment `{name}` wait for somebody's approval, and for whose?"),
            None => "Does an environment wait for somebody's approval, and for whose?".to_owned(),
        };
        if found.iter().all(|known| known.text != text) {
            let why = format!("{checks} are set on the server, and the repository does not show them");
            found.push(DeliveryQuestion { at: placed.at(), text, why });
        }
    }
    found
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
    use crate::facts::{Notes, manual_step, pipeline};
    use crate::snapshot::Snapshot;

    fn verdict(files: &[(&str, &str)]) -> (DeliveryVerdict, Option<String>) {
        let delivery = delivered(files);
        (delivery.verdict, delivery.target)
    }

    fn delivered(files: &[(&str, &str)]) -> Delivery {
        let snapshot = Snapshot::of_memory(files.iter().map(|(path, text)| (*path, *text)));
        let read = pipeline::read(&snapshot, &mut Notes::default());
        let steps = manual_step::read(&snapshot, &read, None, &mut Notes::default());
        delivery(read.known().map(Vec::as_slice).unwrap_or_default(), steps.known().map(Vec::as_slice).unwrap_or_default())
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

    #[test]
    fn what_people_run_is_by_hand_where_no_job_goes_as_far() {
        let script = ("deploy-prod.sh", "ansible-playbook site.yml\n");
        assert_eq!(verdict(&[script]), (DeliveryVerdict::ByHand, Some("production".into())));
        let job = |name: &str| format!("on: push\njobs:\n  {name}:\n    steps:\n      - run: flyctl deploy\n");
        let at = ".github/workflows/x.yml";
        assert_eq!(verdict(&[script, (at, &job("staging"))]).0, DeliveryVerdict::ByHand);
        assert_eq!(verdict(&[script, (at, &job("production"))]).0, DeliveryVerdict::Automatic);
        assert_eq!(verdict(&[script, (at, &job("site"))]).0, DeliveryVerdict::Automatic);
        let asks = (script.0, "read -p 'ok? ' a\nansible-playbook site.yml\n");
        assert_eq!(verdict(&[asks, (at, &job("site"))]).0, DeliveryVerdict::ByHand);
        assert_eq!(verdict(&[("deploy.sh", asks.1), (at, &job("site"))]).0, DeliveryVerdict::Automatic);
        assert_eq!(verdict(&[script, ("vercel.json", "{}")]).0, DeliveryVerdict::None);
        assert_eq!(verdict(&[("docs/deployment.md", "# Deployment\n\nRestart the service.\n")]).0, DeliveryVerdict::None);
    }

    /// Makes a job manual and back in each system: the verdict follows, and what the server may add never decides.
    #[test]
    fn a_stop_flips_the_verdict_and_its_removal_flips_it_back() {
        let gitlab = |when: &str| format!("ship:\n  environment: production\n  script: [kubectl apply -f x]\n{when}");
        let github =
            |on: &str| format!("on: {on}\njobs:\n  ship:\n    environment: production\n    steps:\n      - run: kubectl apply -f x\n");
        let azure = |stop: &str| {
            format!(
                "trigger: [main]\nstages:\n{stop}- stage: production\n  jobs:\n  - deployment: ship\n    environment: production\n    strategy: {{runOnce: {{deploy: {{steps: [{{bash: kubectl apply -f x}}]}}}}}}\n"
            )
        };
        let ask = "- stage: ask\n  jobs:\n  - job: wait\n    pool: server\n    steps:\n    - task: ManualValidation@1\n      inputs: {approvers: a@example.com}\n";
        for (file, automatic, stopped, expected) in [
            (".gitlab-ci.yml", gitlab(""), gitlab("  when: manual\n"), DeliveryVerdict::Gated),
            (".github/workflows/x.yml", github("push"), github("workflow_dispatch"), DeliveryVerdict::Started),
            ("azure-pipelines.yml", azure(""), azure(ask), DeliveryVerdict::Gated),
        ] {
            for text in [&automatic, &stopped, &automatic] {
                let delivery = delivered(&[(file, text)]);
                let wanted = if text == &stopped { expected } else { DeliveryVerdict::Automatic };
                assert_eq!((delivery.verdict, delivery.target.as_deref()), (wanted, Some("production")), "{file}");
                assert!(delivery.questions[0].text.contains("`production`"), "{file}");
                assert_eq!(delivery.questions.len(), 1, "{file}");
            }
        }
    }

    #[test]
    fn an_environment_that_an_expression_names_is_asked_about_and_one_of_the_server_is_not() {
        let workflow = |name: &str| format!("on: push\njobs:\n  ship:\n    environment: {name}\n    steps:\n      - run: flyctl deploy\n");
        let asked = |name: &str| delivered(&[(".github/workflows/x.yml", &workflow(name))]).questions.len();
        assert_eq!((asked("${{ vars.TO }}"), asked("github-pages"), asked("live")), (1, 0, 1));
    }
}
