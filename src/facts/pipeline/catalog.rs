//! The tables of `rules/data` that say what deploys, what stops and how providers are told apart, ready to be asked.

mod commands;
mod names;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::TriggerKind;
use crate::facts::command::Command;
use crate::facts::table;
use crate::table::glob::Globs;
pub(super) use commands::{deploying, follows, told_by_variable, told_to_deploy};
pub(super) use names::{
    distance, distance_of_unnamed, hints_deploy, only_builds, only_tests, says_deploy, subject_of, takes_down, target_in, words_of,
};

/// How much a recogniser says by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Weight {
    /// It deploys.
    #[default]
    Strong,
    /// It deploys where a name says that the job does.
    Named,
    /// It deploys where the job names an environment.
    Environment,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Deploys {
    pub(super) command: Vec<CommandRule>,
    pub(super) action: Vec<StepRule>,
    pub(super) task: Vec<StepRule>,
    pub(super) cancel: Vec<Cancel>,
    pub(super) named: Named,
    pub(super) release: Release,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CommandRule {
    run: Vec<String>,
    #[serde(default)]
    unless: Vec<String>,
    #[serde(default)]
    when: Vec<String>,
    #[serde(default)]
    pub(super) weight: Weight,
    remote: Option<Remote>,
    /// Extensions of documents, where a copy of nothing else is none of this rule.
    #[serde(default)]
    documents: Vec<String>,
    /// Options that take a value.
    #[serde(default)]
    valued: Vec<String>,
    pub(super) group: Option<String>,
}

/// How the last operand names a place elsewhere.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Remote {
    /// `host:path`.
    Host,
    /// `s3://bucket`, or a variable that may hold such a thing.
    Url,
}

/// A prepared step of a provider.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StepRule {
    uses: Vec<String>,
    pub(super) input: Option<String>,
    #[serde(default)]
    pub(super) any: Vec<String>,
    #[serde(default)]
    pub(super) default: bool,
    pub(super) script: Option<String>,
    #[serde(default)]
    pub(super) weight: Weight,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Cancel {
    pub(super) groups: Vec<String>,
    #[serde(default)]
    pub(super) run: Vec<String>,
    #[serde(default)]
    pub(super) uses: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Named {
    deploys: Vec<String>,
    not: Vec<String>,
    cues: Vec<String>,
    builds: Vec<String>,
    tests: Vec<String>,
    open: Vec<String>,
    releases: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Release {
    run: Vec<String>,
    uses: Vec<String>,
    tagged: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Stops {
    pub(super) step: Vec<StopStep>,
    work: Work,
    pub(super) typed: Typed,
    teardown: Teardown,
    twins: Twins,
}

/// A prepared step that asks a person.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StopStep {
    pub(super) provider: String,
    pub(super) uses: Vec<String>,
    pub(super) kind: String,
    pub(super) text: String,
    pub(super) who: String,
    pub(super) ends: Option<Ends>,
}

/// An input by which a step that asks goes on when nobody answers.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Ends {
    pub(super) input: String,
    pub(super) value: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Work {
    verbs: Vec<String>,
    before: Vec<String>,
}

/// What tells typed data from a choice.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Typed {
    names: Vec<String>,
    confirmations: Vec<String>,
    free_types: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Teardown {
    words: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Twins {
    plain: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Providers {
    pub(super) provider: Vec<Provider>,
    target: Vec<Target>,
    /// Environments that a server makes on its own, with rules that are known.
    made_by_server: Vec<String>,
    github: BTreeMap<String, Vec<String>>,
    pub(super) gitlab: GitlabWords,
}

/// A pipeline system and its files.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Provider {
    pub(super) id: String,
    pub(super) name: String,
    /// Its files, by their paths.
    pub(super) files: Globs,
    pub(super) read: bool,
    /// What its server may add before a deployment to an environment.
    server_checks: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Target {
    name: String,
    words: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GitlabWords {
    pub(super) reserved: Vec<String>,
    pub(super) automatic_refs: Vec<String>,
    pub(super) manual_refs: Vec<String>,
    pub(super) outside_refs: Vec<String>,
}

pub(super) static DEPLOYS: LazyLock<Deploys> = LazyLock::new(|| table("deploys.toml", include_str!("../../../rules/data/deploys.toml")));
pub(super) static STOPS: LazyLock<Stops> = LazyLock::new(|| table("stops.toml", include_str!("../../../rules/data/stops.toml")));
pub(super) static PROVIDERS: LazyLock<Providers> =
    LazyLock::new(|| table("pipelines.toml", include_str!("../../../rules/data/pipelines.toml")));

/// The rules for a prepared step, by its name without version.
pub(super) fn prepared(provider: &str, name: &str) -> impl Iterator<Item = &'static StepRule> {
    let rules = if provider == "azure-pipelines" { &DEPLOYS.task } else { &DEPLOYS.action };
    let name = name.to_owned();
    // A task of an extension may be written with the extension's name before it.
    let last = if provider == "azure-pipelines" { name.rsplit('.').next().unwrap_or(&name).to_owned() } else { name.clone() };
    let is = move |known: &String| known.eq_ignore_ascii_case(&name) || known.eq_ignore_ascii_case(&last);
    rules.iter().filter(move |rule| rule.uses.iter().any(&is))
}

/// Whether a command makes a release.
pub(super) fn releasing(command: &Command) -> bool {
    DEPLOYS.release.run.iter().any(|run| {
        let wanted: Vec<String> = run.split(' ').map(str::to_owned).collect();
        wanted.first() == Some(&command.program()) && follows(command.effective(), &wanted)
    })
}

/// Whether a prepared step makes a release; `tagged` where a tag or a release starts it.
pub(super) fn releasing_step(name: &str, tagged: bool) -> bool {
    let is = |known: &String| known.eq_ignore_ascii_case(name);
    DEPLOYS.release.uses.iter().any(is) || (tagged && DEPLOYS.release.tagged.iter().any(is))
}

/// The stop that a prepared step is.
pub(super) fn stop_step(provider: &str, name: &str) -> Option<&'static StopStep> {
    STOPS.step.iter().find(|step| step.provider == provider && step.uses.iter().any(|known| known.eq_ignore_ascii_case(name)))
}

/// What the server of a provider may add before a deployment to an environment.
pub(super) fn server_checks(provider: &str) -> Option<&'static str> {
    PROVIDERS.provider.iter().find(|known| known.id == provider)?.server_checks.as_deref()
}

/// Whether a server makes an environment on its own.
pub(super) fn is_made_by_server(environment: &str) -> bool {
    PROVIDERS.made_by_server.iter().any(|known| known == environment)
}

/// The kind of trigger that an event of GitHub Actions is.
pub(super) fn github_trigger(event: &str) -> Option<TriggerKind> {
    let kind = PROVIDERS.github.iter().find(|(_, events)| events.iter().any(|known| known == event)).map(|(kind, _)| kind.as_str())?;
    Some(match kind {
        "push" => TriggerKind::Push,
        "tag" => TriggerKind::Tag,
        "pull-request" => TriggerKind::PullRequest,
        "schedule" => TriggerKind::Schedule,
        "manual" => TriggerKind::Manual,
        "called" => TriggerKind::Called,
        _ => TriggerKind::Upstream,
    })
}

impl Stops {
    /// Whether an instruction tells a person to do something rather than to look and say yes.
    pub(super) fn tells_to_work(&self, instruction: &str) -> bool {
        let lower = instruction.to_lowercase();
        let mut opens = true;
        for word in lower.split_whitespace() {
            let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
            if opens && self.work.verbs.iter().any(|verb| verb == bare) {
                return true;
            }
            let number = bare.len() <= 2 && bare.chars().all(|c| c.is_ascii_digit());
            opens =
                number || word.ends_with(['.', ':', ';', '!']) || self.work.before.iter().any(|before| before == bare || before == word);
        }
        false
    }
}

impl Typed {
    /// Whether an input is data that a person must type.
    pub(super) fn is_typed(&self, name: &str, kind: &str, required: bool, has_default: bool, has_choices: bool) -> bool {
        let words = words_of(name);
        let has = |list: &[String]| words.iter().any(|word| list.contains(word));
        let free = self.free_types.iter().any(|free| free == kind);
        free && !has_default && !has_choices && !has(&self.confirmations) && (required || has(&self.names))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl StepRule {
        /// For each prepared step: its name, and an input with a value that deploys.
        pub(in crate::facts::pipeline) fn examples(&self) -> Vec<(String, Option<String>, String)> {
            let key = self.input.clone().or_else(|| self.script.clone());
            let value = self.any.first().cloned().unwrap_or_else(|| "kubectl apply -f x".into());
            self.uses.iter().map(|name| (name.clone(), key.clone(), value.clone())).collect()
        }
    }

    #[test]
    fn tables_load() {
        assert!(DEPLOYS.command.len() > 20);
        assert!(STOPS.step.len() > 2);
        assert!(PROVIDERS.provider.iter().all(|provider| !provider.files.is_empty()));
        assert!(github_trigger("push").is_some());
    }

    #[test]
    fn tells_work_from_a_question() {
        assert!(STOPS.tells_to_work("Please run the migration script on the server, then resume"));
        assert!(STOPS.tells_to_work("1. Copy the file to the share"));
        assert!(!STOPS.tells_to_work("Please validate the build before it can run on production"));
    }
}
