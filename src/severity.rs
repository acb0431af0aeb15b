//! The two grades of the vocabulary: how bad something is, and how sure we are of it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Worth knowing; changes no outcome.
    Info,
    /// Costs the new team hours.
    Minor,
    /// Costs the new team days.
    Major,
    /// The repository cannot be handed over like this.
    Blocker,
}

impl Severity {
    /// The weight of a check of this severity within its area (design: blocker 8, major 4, minor 1).
    #[must_use]
    pub fn weight(self) -> u32 {
        match self {
            Self::Info => 0,
            Self::Minor => 1,
            Self::Major => 4,
            Self::Blocker => 8,
        }
    }

    /// The word used in configuration and reports.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Minor => "minor",
            Self::Major => "major",
            Self::Blocker => "blocker",
        }
    }
}

/// How sure a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// Shown when asked for; changes no outcome by default.
    Low,
    /// Right more often than not.
    Medium,
    /// A reader would agree.
    High,
}

impl Confidence {
    /// The word used in configuration and reports.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}
