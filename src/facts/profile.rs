//! What kind of repository this is, and what in it there is to deploy.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::At;

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
