//! What kind of repository this is, and what in it there is to deploy.
//!
//! Frameworks, entry files and words are data (`rules/data/profiles.toml`); the order in which the kinds are asked for
//! is here. What the kind means for a check is left to the checklist.

mod component;
mod deployable;
mod infrastructure;
mod sample;
mod table;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::stack::{Stack, is_product};
use super::{At, Notes, Section};
use crate::snapshot::Snapshot;
use component::{Component, Sign};
use table::TABLE;

/// The kind of a repository; it decides which checks apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Profile {
    /// A program that people start: command line, desktop, mobile, a set of scripts.
    Application,
    /// A program that runs somewhere and answers requests.
    Service,
    /// Code for other programs to use.
    Library,
    /// Declarations of infrastructure and nothing that runs on it.
    Infrastructure,
    /// An example, a template or a tutorial.
    Sample,
}

impl Profile {
    /// The word used in configuration and reports.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Application => "application",
            Self::Service => "service",
            Self::Library => "library",
            Self::Infrastructure => "infrastructure",
            Self::Sample => "sample",
        }
    }

    /// The word with its article, for sentences.
    #[must_use]
    pub fn phrase(self) -> &'static str {
        match self {
            Self::Application => "an application",
            Self::Service => "a service",
            Self::Library => "a library",
            Self::Infrastructure => "an infrastructure repository",
            Self::Sample => "a sample",
        }
    }
}

/// The profile with the reason for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ProfileFacts {
    /// The profile.
    pub name: Profile,
    /// Why, in words for a reader.
    pub reason: String,
    /// What shows it.
    pub evidence: Vec<At>,
}

/// Something that has to be brought somewhere to run.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Deployable {
    /// The file that shows it.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// `container`, `web-project`, `function`, `chart`, `infrastructure`, `app-manifest`.
    pub kind: String,
}

/// How many places show a profile: enough to open, not a list of everything.
const EVIDENCE: usize = 5;

/// Reads what kind of repository this is. What says of itself that it is an example is one; else a service comes before
/// infrastructure, an application and a library, because what runs has to be looked after.
pub fn read(snapshot: &Snapshot, stacks: &[Stack], _notes: &mut Notes) -> Section<ProfileFacts> {
    if let Some((place, reason)) = sample::read(snapshot) {
        return known(Profile::Sample, reason, place.into_iter().collect());
    }
    let components = component::read(snapshot, stacks);
    let serving = signs(&components, |component| component.serves.as_ref());
    let serving = if serving.is_empty() { served_elsewhere(snapshot, &components) } else { serving };
    if !serving.is_empty() {
        return shown(Profile::Service, &serving);
    }
    let balance = infrastructure::read(snapshot, &components);
    let starting = signs(&components, |component| component.starts.as_ref().filter(|_| component.infrastructure.is_none()));
    if balance.declarations > balance.code && (starting.is_empty() || balance.declarations > 3 * balance.code) {
        let reason = format!("{} declare infrastructure and {} hold program code", files(balance.declarations), files(balance.code));
        return known(Profile::Infrastructure, reason, balance.evidence);
    }
    if !starting.is_empty() {
        return shown(Profile::Application, &starting);
    }
    let published = signs(&components, |component| component.published.as_ref());
    if published.is_empty() {
        return known(Profile::Application, "nothing in it shows another kind".into(), Vec::new());
    }
    shown(Profile::Library, &published)
}

/// Reads what there is to deploy.
pub fn deployables(snapshot: &Snapshot, stacks: &[Stack], _notes: &mut Notes) -> Section<Vec<Deployable>> {
    Section::Known(deployable::read(snapshot, &component::read(snapshot, stacks)))
}

fn known(name: Profile, reason: String, evidence: Vec<At>) -> Section<ProfileFacts> {
    Section::Known(ProfileFacts { name, reason, evidence })
}

/// A profile that the first sign explains and the others bear out.
fn shown(name: Profile, signs: &[Sign]) -> Section<ProfileFacts> {
    let first = signs.first().map(|sign| sign.what.clone()).unwrap_or_default();
    let reason = if name == Profile::Library { format!("{first}, and nothing starts") } else { first };
    known(name, reason, signs.iter().take(EVIDENCE).map(|sign| sign.at.clone()).collect())
}

fn files(count: usize) -> String {
    if count == 1 { "1 file".into() } else { format!("{count} files") }
}

fn signs<'a>(components: &'a [Component], of: impl Fn(&'a Component) -> Option<&'a Sign>) -> Vec<Sign> {
    components.iter().filter_map(of).cloned().collect()
}

/// Signs of a service in files that are no manifest.
fn served_elsewhere(snapshot: &Snapshot, components: &[Component]) -> Vec<Sign> {
    let starts = |stack: &String| components.iter().any(|component| component.stack == *stack && component.starts.is_some());
    let rules: Vec<_> = TABLE.serves.iter().filter(|rule| rule.needs_start.as_ref().is_none_or(starts)).collect();
    let mut found = Vec::new();
    for file in snapshot.files().iter().filter(|file| is_product(file)) {
        for rule in rules.iter().filter(|rule| rule.files.matches(file)) {
            let line = match &rule.content {
                None => Some(1),
                Some(content) => snapshot.read(file).and_then(|text| Some(text.position(content.find(&text.as_str())?.start()).line)),
            };
            found.extend(line.map(|line| Sign { at: At::new(&file.path, line), what: format!("{} shows {}", file.path, rule.what) }));
        }
        if found.len() >= EVIDENCE {
            break;
        }
    }
    found
}

#[cfg(test)]
mod tests;
