//! Pipelines of every provider in one model: what starts them, which jobs deploy, and where a person is waited for.

mod azure;
mod catalog;
mod condition;
mod deeds;
mod delivery;
mod github;
mod gitlab;
mod graph;
mod recognise;
mod release;
mod source;

use schemars::JsonSchema;
use serde::Serialize;

use super::{Area, At, Notes, ProblemKind, Section};
use crate::snapshot::{PathClass, Snapshot};
pub use delivery::delivery;
pub(super) use recognise::{Deed, all_files, automatic_means, deeds_of, target_in, words_of};
pub use release::releases;
use source::Source;

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
    /// The environment that it names as such, for which the server may ask for reviewers.
    pub environment: Option<String>,
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
    /// Whether it runs tests, by itself or by a script that it calls. Told to the reader of tests; no part of the contract.
    #[serde(skip)]
    pub(crate) runs_tests: bool,
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
    /// Says yes or presses the button; then the machine goes on.
    Gate,
    /// Types data or does the work.
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
    /// What a server may add to it, which the repository does not show.
    pub questions: Vec<DeliveryQuestion>,
}

/// Something that only the server can tell of a delivery.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct DeliveryQuestion {
    /// The place that raises it.
    pub at: At,
    /// The question for the team that hands over.
    pub text: String,
    /// Why the repository does not answer it.
    pub why: String,
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

/// Reads the pipelines of every provider that is read.
#[must_use]
pub fn read(snapshot: &Snapshot, notes: &mut Notes) -> Section<Vec<Pipeline>> {
    let mut board = graph::Board::default();
    let before = notes.unread.len();
    let sources = |id: &str, notes: &mut Notes| -> Vec<Source> {
        files_of(snapshot, id).iter().filter_map(|path| Source::read(snapshot, path, notes)).collect()
    };
    let workflows = sources("github-actions", notes);
    github::read(snapshot, &workflows, &mut board, notes);
    if let Some(root) = sources("gitlab-ci", notes).into_iter().next() {
        gitlab::read(snapshot, root, &mut board, notes);
    }
    azure::read(snapshot, azure_sources(snapshot, notes), &mut board, notes);
    let no_text = notes.unread[before..].iter().filter(|part| part.reason.ends_with(source::UNREADABLE)).map(|part| part.reason.clone());
    let no_text: Vec<String> = no_text.collect();
    let unread = unread(snapshot);
    for reason in &unread {
        notes.unread("pipelines", reason.clone());
    }
    let pipelines = board.settle();
    note_work(&pipelines, notes);
    match unread.first().or(no_text.first()) {
        Some(reason) if pipelines.is_empty() => Section::unknown(reason.clone()),
        _ => Section::Known(pipelines),
    }
}

/// Files of providers whose pipelines are not read, with the provider's id.
pub(crate) fn unread_files(snapshot: &Snapshot) -> Vec<(&'static str, String)> {
    let unread = catalog::PROVIDERS.provider.iter().filter(|provider| !provider.read);
    unread.flat_map(|provider| files_of(snapshot, &provider.id).into_iter().map(|file| (provider.id.as_str(), file))).collect()
}

/// The steps of a script, wherever it stands.
pub(crate) fn steps_of(snapshot: &Snapshot, script: &super::yaml::Node) -> Vec<Step> {
    let mut deeds = deeds::Deeds::new(snapshot, "");
    deeds.script(script, deeds::Setting { folder: "", can_fail: true });
    deeds.steps
}

/// The files of a provider, by the table.
fn files_of(snapshot: &Snapshot, id: &str) -> Vec<String> {
    let own: Vec<_> = catalog::PROVIDERS.provider.iter().filter(|provider| provider.id == id).collect();
    let files = snapshot.files().iter().filter(|file| own.iter().any(|provider| provider.files.is_match(&file.path)));
    files.map(|file| file.path.clone()).collect()
}

/// Azure's files: by name, and by shape wherever YAML lies that no other provider claims.
fn azure_sources(snapshot: &Snapshot, notes: &mut Notes) -> Vec<Source> {
    let (azure, others): (Vec<_>, Vec<_>) = catalog::PROVIDERS.provider.iter().partition(|provider| provider.id == "azure-pipelines");
    let candidates = snapshot.files().iter().filter(|file| {
        let yaml = file.name().ends_with(".yml") || file.name().ends_with(".yaml");
        let own = !matches!(file.class, PathClass::Test | PathClass::Sample | PathClass::Vendored | PathClass::Docs);
        yaml && own && !others.iter().any(|provider| provider.files.is_match(&file.path))
    });
    let mut sources = Vec::new();
    for file in candidates {
        let by_name = azure.iter().any(|provider| provider.files.is_match(&file.path));
        if !by_name && !snapshot.read(file).is_some_and(|text| azure::looks_like_azure(&text.as_str())) {
            continue;
        }
        let source = Source::read_quietly(snapshot, &file.path);
        if source.is_none() {
            notes.unread("pipelines", source::unreadable(&file.path));
        }
        sources.extend(source);
    }
    sources
}

/// Pipelines that are there and not read, one sentence a provider.
fn unread(snapshot: &Snapshot) -> Vec<String> {
    let unread = catalog::PROVIDERS.provider.iter().filter(|provider| !provider.read);
    unread
        .filter_map(|provider| {
            let files = files_of(snapshot, &provider.id);
            let (first, others) = files.split_first()?;
            let more = if others.is_empty() { String::new() } else { format!(" and {} more", others.len()) };
            Some(format!("{first}{more}: {} pipelines are not read yet", provider.name))
        })
        .collect()
}

/// Notes each stop at which a person has work to do.
fn note_work(pipelines: &[Pipeline], notes: &mut Notes) {
    for pipeline in pipelines {
        for stop in pipeline.jobs.iter().flat_map(|job| &job.manual).filter(|stop| stop.nature == Nature::Work && !stop.twin) {
            notes.problem(Area::Deploy, ProblemKind::ManualWork, At::new(&pipeline.file, stop.line), stop.detail.clone());
        }
    }
}

#[cfg(test)]
mod tests;
