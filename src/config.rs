//! `handover.toml`: what a repository says about its own judgement.
//!
//! Every key is known or refused with the nearest one; every setting that loosens a default is told to the reader of the
//! report as a deviation.

use std::collections::{BTreeMap, HashSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::catalog::Catalog;
use crate::error::{Error, Result, nearest};
use crate::facts::Area;
use crate::facts::profile::Profile;
use crate::rule::load::{line_of, parse};
use crate::severity::{Confidence, Severity};

/// The name of the file, at the root of the repository.
pub const FILE: &str = "handover.toml";
/// A ratio under this fails a check (design).
pub const FAIL_BELOW: f64 = 0.5;

/// The settings of a repository.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Config {
    /// The kind of the repository, where it is found wrong.
    pub profile: Option<Profile>,
    /// A ratio under this fails a check; 0.5 unless stated.
    #[schemars(with = "Option<f64>")]
    pub fail_below: Option<toml::Spanned<f64>>,
    /// Findings under this confidence change no outcome; `medium` unless stated.
    pub min_confidence: Option<Confidence>,
    /// Weights of areas in the total.
    #[serde(default)]
    #[schemars(with = "BTreeMap<Area, f64>")]
    pub areas: BTreeMap<Area, toml::Spanned<f64>>,
    /// Checks: `"off"`, or a severity.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, Level>")]
    pub checks: BTreeMap<toml::Spanned<String>, Level>,
    /// Rules: `"off"`, or a severity.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, Level>")]
    pub rules: BTreeMap<toml::Spanned<String>, Level>,
    /// Paths.
    #[serde(default)]
    pub paths: PathSettings,
    /// When the exit code is 1.
    #[serde(default)]
    pub gate: GateSettings,
    /// Secrets of the past that open nothing any more.
    #[serde(default)]
    pub revoked: Vec<Revoked>,
}

/// `[[revoked]]`: a secret of the past that was revoked, so that it is information from now on.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Revoked {
    /// The fingerprint of the finding, 16 hexadecimal digits.
    #[schemars(with = "String")]
    pub fingerprint: toml::Spanned<String>,
    /// The day on which it was revoked.
    #[schemars(with = "String")]
    pub on: toml::Spanned<toml::value::Datetime>,
    /// Who revoked it.
    #[schemars(with = "String")]
    pub by: toml::Spanned<String>,
}

impl Revoked {
    /// The day on which it was revoked; none where the file names a time without a day, or a day that no month has.
    #[must_use]
    pub fn day(&self) -> Option<jiff::civil::Date> {
        self.on.get_ref().date.and_then(|date| date.to_string().parse().ok())
    }
}

/// Whether a check or rule is on, and how bad a failure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// Not asked.
    Off,
    /// On, as information.
    Info,
    /// On, minor.
    Minor,
    /// On, major.
    Major,
    /// On, blocker.
    Blocker,
}

/// `[paths]`.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PathSettings {
    /// Patterns, as in `.gitignore`, of what is left out; it is listed as skipped.
    #[serde(default)]
    pub exclude: Vec<String>,
}

/// `[gate]`.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct GateSettings {
    /// The gate fails where a check of this severity or above fails; `blocker` unless stated.
    pub fail_on: Option<Severity>,
    /// The gate fails where the score is under this.
    #[schemars(with = "Option<f64>")]
    pub min_score: Option<toml::Spanned<f64>>,
}

impl Level {
    /// The severity that it sets, or none for `off`.
    #[must_use]
    pub fn severity(self) -> Option<Severity> {
        match self {
            Self::Off => None,
            Self::Info => Some(Severity::Info),
            Self::Minor => Some(Severity::Minor),
            Self::Major => Some(Severity::Major),
            Self::Blocker => Some(Severity::Blocker),
        }
    }
}

impl Config {
    /// Reads a configuration and checks what can be checked without the rules.
    ///
    /// # Errors
    /// The first thing that is wrong with it, with its line.
    pub fn parse(file: &str, text: &str) -> Result<Self> {
        let config: Self = parse(file, text)?;
        let refuse =
            |at: usize, message: String| Error::Declaration { file: file.to_owned(), line: line_of(text, at), message, help: None };
        if let Some(value) = config.fail_below.as_ref().filter(|value| !(0.0..=1.0).contains(value.get_ref())) {
            return Err(refuse(value.span().start, "`fail-below` is a ratio from 0 to 1".into()));
        }
        if let Some(value) = config.gate.min_score.as_ref().filter(|value| !(0.0..=100.0).contains(value.get_ref())) {
            return Err(refuse(value.span().start, "`min-score` is a score from 0 to 100".into()));
        }
        if let Some((area, value)) = config.areas.iter().find(|(_, value)| !(0.0..=1000.0).contains(value.get_ref())) {
            return Err(refuse(value.span().start, format!("the weight of `{}` is a number from 0 to 1000", area.word())));
        }
        let mut named = HashSet::new();
        for entry in &config.revoked {
            let Revoked { fingerprint, on, by } = entry;
            let hexadecimal = |digits: &str| digits.len() == 16 && digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
            if !hexadecimal(fingerprint.get_ref()) {
                let message =
                    "`fingerprint` is that of a finding of `secrets/history`: 16 digits from 0 to f, as `--format json` shows them";
                return Err(refuse(fingerprint.span().start, message.into()));
            }
            if !named.insert(fingerprint.get_ref()) {
                return Err(refuse(fingerprint.span().start, "this `fingerprint` stands in another `[[revoked]]` before".into()));
            }
            if entry.day().is_none() {
                return Err(refuse(on.span().start, "`on` is a day, such as 2026-05-31".into()));
            }
            if by.get_ref().trim().is_empty() {
                return Err(refuse(by.span().start, "`by` says who revoked it".into()));
            }
        }
        crate::snapshot::Exclude::new(&config.paths.exclude)
            .map_err(|(_, message)| refuse(text.find("exclude").unwrap_or(0), format!("`exclude`: {message}")))?;
        Ok(config)
    }

    /// Checks the names of checks and rules, and puts the settings into the catalog.
    ///
    /// # Errors
    /// A check or rule that does not exist, with its line and the nearest name.
    pub fn apply(&self, file: &str, text: &str, catalog: &mut Catalog) -> Result<Switches> {
        let refuse = |at: usize, kind: &str, name: &str, near: Option<String>| Error::Declaration {
            file: file.to_owned(),
            line: line_of(text, at),
            message: format!("there is no {kind} `{name}`"),
            help: near.map(|near| format!("did you mean `{near}`?")),
        };
        let mut switches = Switches::default();
        for (name, level) in &self.checks {
            let id = name.get_ref();
            let Some(check) = catalog.checks.iter_mut().find(|check| check.id == *id) else {
                let near = nearest(id, catalog.checks.iter().map(|check| check.id.as_str()));
                return Err(refuse(name.span().start, "check", id, near));
            };
            switches.note("check", id, check.severity, *level);
            check.severity = level.severity().unwrap_or(check.severity);
        }
        for (name, level) in &self.rules {
            let id = name.get_ref();
            let Some(rule) = catalog.rules.iter_mut().find(|rule| rule.id == *id) else {
                let near = nearest(id, catalog.rules.iter().map(|rule| rule.id.as_str()));
                return Err(refuse(name.span().start, "rule", id, near));
            };
            switches.note("rule", id, rule.severity, *level);
            rule.severity = level.severity().unwrap_or(rule.severity);
        }
        for area in &mut catalog.areas {
            if let Some(weight) = self.areas.get(&area.id).map(toml::Spanned::get_ref).filter(|weight| **weight != area.weight) {
                switches.deviations.push(format!("the weight of area `{}` is {weight} instead of {}", area.id.word(), area.weight));
                area.weight = *weight;
            }
        }
        switches.deviations.extend(self.thresholds());
        Ok(switches)
    }

    /// Deviations in thresholds, paths and profile.
    fn thresholds(&self) -> Vec<String> {
        let mut deviations = Vec::new();
        if let Some(profile) = self.profile {
            deviations.push(format!("the profile is set to `{}`", profile.word()));
        }
        if let Some(value) = self.fail_below.as_ref().map(toml::Spanned::get_ref).filter(|value| **value < FAIL_BELOW) {
            deviations.push(format!("a check fails below a ratio of {value} instead of {FAIL_BELOW}"));
        }
        if self.min_confidence == Some(Confidence::High) {
            deviations.push("findings of medium confidence change no outcome".into());
        }
        if !self.paths.exclude.is_empty() {
            deviations.push(format!("left out: {}", self.paths.exclude.join(", ")));
        }
        deviations
    }
}

/// What is switched off, and what a reader is told of it.
#[derive(Debug, Default)]
pub struct Switches {
    off: Vec<String>,
    /// Sentences for the report.
    pub deviations: Vec<String>,
}

impl Switches {
    /// Whether a check or rule is switched off.
    #[must_use]
    pub fn is_off(&self, id: &str) -> bool {
        self.off.iter().any(|off| off == id)
    }

    fn note(&mut self, kind: &str, id: &str, default: Severity, level: Level) {
        match level.severity() {
            None => {
                self.off.push(id.to_owned());
                self.deviations.push(format!("{kind} `{id}` is off"));
            }
            Some(severity) if severity < default => {
                self.deviations.push(format!("{kind} `{id}` is {} instead of {}", severity.word(), default.word()));
            }
            Some(_) => {}
        }
    }
}
