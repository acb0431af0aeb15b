//! `rules/data/manual-steps.toml`, ready to be asked.

use std::sync::LazyLock;

use regex::{Regex, RegexBuilder};
use serde::{Deserialize, Deserializer};

use crate::facts::pipeline::words_of;
use crate::facts::table;
use crate::snapshot::File;
use crate::table::Lazy;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Table {
    pub(super) scripts: Scripts,
    pub(super) machines: Machines,
    pub(super) runner: Vec<Runner>,
    pub(super) prompt: Vec<Prompt>,
    pub(super) asks: Vec<Asks>,
    pub(super) passable: Passable,
    pub(super) publish: Publish,
    pub(super) documents: Documents,
    pub(super) instruction: Vec<Instruction>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Scripts {
    pub(super) shell: Vec<String>,
    pub(super) strings: Vec<String>,
    names: Vec<String>,
    not: Vec<String>,
    not_folders: Vec<String>,
    pub(super) near: Vec<String>,
    pub(super) generated: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Machines {
    pub(super) extensions: Vec<String>,
    pub(super) names: Vec<String>,
    pub(super) folders: Vec<String>,
    pub(super) except: Vec<String>,
    pub(super) platforms: Vec<String>,
}

/// Programs that run a target of a file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Runner {
    pub(super) programs: Vec<String>,
    pub(super) files: Vec<String>,
}

/// A command that asks a person.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Prompt {
    pub(super) run: String,
    pub(super) letter: Option<char>,
    pub(super) first: Option<String>,
}

/// Text that asks a person, in the languages with these extensions.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asks {
    #[serde(rename = "in")]
    pub(super) extensions: Vec<String>,
    pub(super) text: Vec<Lazy<Regex>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Passable {
    pub(super) text: Vec<Lazy<Regex>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Publish {
    pub(super) methods: Vec<String>,
    pub(super) near: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Documents {
    pub(super) names: Words,
    pub(super) not_folders: Vec<String>,
    pub(super) heading: Words,
    pub(super) not_heading: Words,
    pub(super) not_sentence: Words,
    pub(super) leads: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Instruction {
    pub(super) says: String,
    #[serde(default)]
    pub(super) once: bool,
    #[serde(default)]
    pub(super) anywhere: bool,
    pub(super) text: Vec<Words>,
}

/// A pattern over words, letter case aside.
#[derive(Debug)]
pub(super) struct Words(pub(super) Lazy<Regex>);

impl<'de> Deserialize<'de> for Words {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let compile = |pattern: &str| RegexBuilder::new(pattern).case_insensitive(true).build().map_err(|error| error.to_string());
        Ok(Self(Lazy::new(String::deserialize(deserializer)?, compile)))
    }
}

pub(super) static TABLE: LazyLock<Table> =
    LazyLock::new(|| table("manual-steps.toml", include_str!("../../../rules/data/manual-steps.toml")));

impl Scripts {
    /// Whether a script or target is there to deploy, by its name.
    pub(super) fn deploy(&self, name: &str) -> bool {
        let words = words_of(name);
        words.iter().any(|word| self.names.contains(word)) && !words.iter().any(|word| self.not.contains(word))
    }

    /// Whether a script serves something else than bringing the program to where it runs, by its name or its folders.
    pub(super) fn serves_else(&self, file: &File) -> bool {
        let in_folder = file.folder().split('/').any(|folder| self.not_folders.iter().any(|known| known.eq_ignore_ascii_case(folder)));
        in_folder || words_of(stem(file.name())).iter().any(|word| self.not.contains(word))
    }

    /// Whether a line speaks of a target on the developer's own machine.
    pub(super) fn is_near(&self, line: &str) -> bool {
        let lower = line.to_ascii_lowercase();
        self.near.iter().any(|near| lower.contains(near.as_str()))
    }

    /// Whether a file came out of a generator.
    pub(super) fn is_generated(&self, text: &str) -> bool {
        self.generated.iter().any(|mark| text.contains(mark.as_str()))
    }
}

/// A file's name without its extension.
pub(super) fn stem(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// A file's extension in lower case.
pub(super) fn extension(name: &str) -> String {
    name.rsplit_once('.').map_or_else(String::new, |(_, extension)| extension.to_ascii_lowercase())
}
