//! Pipelines of every provider in one model: what starts them, which jobs deploy, and where a person is waited for.

use schemars::JsonSchema;
use serde::Serialize;

use super::At;

/// One pipeline file (or one of several pipelines in a file).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Pipeline {
    /// The file.
    pub file: String,
    /// `github-actions`, `azure-pipelines`, `gitlab-ci` …
    pub provider: String,
    /// What starts it.
    pub triggers: Vec<Trigger>,
    /// Its jobs, in order.
    pub jobs: Vec<Job>,
}

/// What starts a pipeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Trigger {
    /// The kind.
    pub kind: TriggerKind,
    /// Line, from 1; the first line of the file where the trigger is the provider's default.
    pub line: usize,
}

/// The kinds of triggers, across providers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TriggerKind {
    /// A push to a branch, or a merge.
    Push,
    /// A tag or a release.
    Tag,
    /// A pull or merge request.
    PullRequest,
    /// A schedule.
    Schedule,
    /// Another pipeline that ended, or an event from outside.
    Upstream,
    /// A person starts it.
    Manual,
    /// Another pipeline of this repository calls it.
    Called,
}

/// One job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Job {
    /// Its id as written.
    pub id: String,
    /// Line, from 1.
    pub line: usize,
    /// Whether it brings something to where it runs.
    pub deploys: bool,
    /// Where to, as named: an environment, a stage.
    pub target: Option<String>,
    /// Whether it is reached from a push, tag or merge without a person; null where the repository cannot tell.
    pub automatic: Option<bool>,
    /// Where a person is waited for, or does the work.
    pub manual: Vec<ManualStop>,
    /// Commands and the names of actions or tasks that it runs, in order.
    pub steps: Vec<Step>,
}

/// One thing that a job runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Step {
    /// Line, from 1.
    pub line: usize,
    /// Command, action, task or pipe.
    pub kind: StepKind,
    /// The command line, or the action's name without its version.
    pub text: String,
    /// Whether its failure fails the job.
    pub can_fail: bool,
}

/// What a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum StepKind {
    /// A line of a shell script.
    Command,
    /// A prepared step of the provider: action, task, orb, pipe.
    Action,
}

/// A place where a person is waited for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ManualStop {
    /// Line, from 1.
    pub line: usize,
    /// The construct, for example `workflow-dispatch`, `when-manual`, `manual-validation`, `required-input`.
    pub kind: String,
    /// A gate lets the machine go on; work is done by the person.
    pub nature: Nature,
    /// A second way to start what also runs by itself: no finding.
    pub twin: bool,
    /// One sentence for a reader.
    pub detail: String,
}

/// What a person does at a stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Nature {
    /// Says yes; then the machine goes on.
    Gate,
    /// Starts it, types data, or does the work.
    Work,
}

/// How a change reaches the furthest declared target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Delivery {
    /// The verdict.
    pub verdict: DeliveryVerdict,
    /// The furthest declared target.
    pub target: Option<String>,
    /// Why, in words for a reader.
    pub reason: String,
    /// What shows it.
    pub evidence: Vec<At>,
}

/// How a change reaches production.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DeliveryVerdict {
    /// From push, tag or merge, without a stop.
    Automatic,
    /// With a stop, after which the machine goes on.
    Gated,
    /// A person starts it, the machine does the rest.
    Started,
    /// A person starts it and types data.
    Typed,
    /// A person runs the steps.
    ByHand,
    /// Nothing here deploys.
    None,
    /// The repository cannot tell.
    Unknown,
}

/// A manual step outside of pipelines.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct ManualStep {
    /// The file.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// `prompting-script`, `publish-profile`, `instruction` …
    pub kind: String,
    /// One sentence for a reader.
    pub detail: String,
}

/// Interim.
pub fn read(_: &crate::snapshot::Snapshot, _: &mut super::Notes) -> super::Section<Vec<Pipeline>> {
    super::Section::unknown("not read yet")
}
