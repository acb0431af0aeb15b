//! The table of what commands name of a repository, `rules/data/calls.toml`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;
use serde::Deserialize;

use crate::facts::command::{operands, program_name};
use crate::table::Lazy;

pub(super) static TABLE: LazyLock<Table> =
    LazyLock::new(|| crate::facts::table("calls.toml", include_str!("../../../../rules/data/calls.toml")));

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Table {
    #[serde(rename = "operand")]
    pub operands: Vec<Operand>,
    #[serde(rename = "option")]
    pub options: Vec<Valued>,
    pub modules: Modules,
    pub placeholder: Placeholder,
    pub made: Made,
    pub generators: Generators,
    pub elsewhere: Elsewhere,
    pub package_scripts: PackageScripts,
    pub retired: Vec<Retired>,
}

/// What a path is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Kind {
    /// It is run.
    Script,
    /// It is read.
    Input,
    /// It is a folder.
    Folder,
    /// A file or a folder.
    Any,
    /// A file or folder of code that is built, which commands before it do not make.
    Project,
    /// It holds settings that the reader has to write, and is missing by right.
    Secret,
}

/// Operands of programs that are paths.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Operand {
    programs: Vec<String>,
    #[serde(default)]
    valued: Vec<String>,
    #[serde(default)]
    stops: Vec<String>,
    #[serde(default)]
    ends: Vec<String>,
    #[serde(default)]
    skip: usize,
    #[serde(default)]
    all: bool,
    #[serde(default)]
    last: bool,
    pub kind: Kind,
}

impl Operand {
    /// The operands that are paths, if these words call one of the programs.
    pub(super) fn of<'w>(&self, words: &'w [String]) -> Option<Vec<&'w str>> {
        let rest = after_any(words, &self.programs)?;
        let mut operands: Vec<&str> = operands(rest, &self.valued, &self.stops);
        if self.last {
            operands.pop()?;
        }
        let behind = operands.into_iter().skip(self.skip);
        let count = if self.all || self.last { usize::MAX } else { 1 };
        Some(behind.take(count).filter(|word| ends(&self.ends, word)).collect())
    }
}

/// Options of programs whose value is a path.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Valued {
    programs: Vec<String>,
    options: Vec<String>,
    #[serde(default)]
    ends: Vec<String>,
    /// Whether the option counts only before the first operand.
    #[serde(default)]
    before_verb: bool,
    pub kind: Kind,
}

impl Valued {
    /// The values of the options, if these words call one of the programs.
    pub(super) fn of<'w>(&self, words: &'w [String]) -> Vec<&'w str> {
        let Some(rest) = after_any(words, &self.programs) else { return Vec::new() };
        let mut found = Vec::new();
        let mut at = 0;
        while let Some(word) = rest.get(at) {
            at += 1;
            if word == "--" || (self.before_verb && !word.starts_with('-')) {
                break;
            }
            if self.options.contains(word) {
                found.extend(rest.get(at).map(String::as_str));
                at += 1;
            } else if let Some((_, value)) = word.split_once('=').filter(|(option, _)| self.options.iter().any(|known| known == option)) {
                found.push(value);
            }
        }
        found.retain(|value| ends(&self.ends, value));
        found
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Modules {
    pub programs: Vec<String>,
    pub valued: Vec<String>,
    #[serde(rename = "option")]
    pub options: Vec<ModuleOption>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ModuleOption {
    pub programs: Vec<String>,
    pub options: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Placeholder {
    pub words: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Made {
    pub folders: Vec<String>,
    pub ends: Vec<String>,
    pub told: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Generators {
    pub runs: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Elsewhere {
    pub runs: Vec<String>,
    pub containers: Vec<String>,
    pub prose: Lazy<Regex>,
    pub own: Lazy<Regex>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PackageScripts {
    pub words: Vec<String>,
    pub programs: BTreeMap<String, Vec<String>>,
}

/// A command that a tool lost with a version of a package.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Retired {
    pub run: String,
    pub package: String,
    pub since: String,
    pub instead: String,
}

/// What follows a program in these words, where they call it; `x-*` stands for any word that starts so.
pub(super) fn after<'w>(words: &'w [String], program: &str) -> Option<&'w [String]> {
    let mut rest = words;
    for (at, wanted) in program.split(' ').enumerate() {
        let (word, behind) = rest.split_first()?;
        let word = if at == 0 { program_name(word) } else { word.clone() };
        let same = match wanted.strip_suffix('*') {
            Some(start) => word.starts_with(start),
            None => word == wanted,
        };
        if !same {
            return None;
        }
        rest = behind;
    }
    Some(rest)
}

pub(super) fn after_any<'w>(words: &'w [String], programs: &[String]) -> Option<&'w [String]> {
    programs.iter().filter_map(|program| after(words, program)).min_by_key(|rest| rest.len())
}

/// Whether a word has one of these ends: `/` for any with a folder, `./` for one that starts beside, else an extension.
fn ends(ends: &[String], word: &str) -> bool {
    let path = word.replace('\\', "/");
    ends.is_empty()
        || ends.iter().any(|end| match end.as_str() {
            "/" => path.contains('/'),
            "./" => path.starts_with("./") || path.starts_with("../"),
            end => path.to_ascii_lowercase().ends_with(&end.to_ascii_lowercase()),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(text: &str) -> Vec<String> {
        let words: Vec<String> = text.split(' ').map(str::to_owned).collect();
        let operands = TABLE.operands.iter().filter_map(|rule| rule.of(&words)).flatten();
        let mut all: Vec<String> = operands.chain(TABLE.options.iter().flat_map(|rule| rule.of(&words))).map(str::to_owned).collect();
        all.dedup();
        all
    }

    #[test]
    fn paths_are_told_from_other_words() {
        for (text, wanted) in [
            ("python -W x manage.py migrate", "manage.py"),
            ("python -m pytest a.py", ""),
            ("cp -r a b c", "a b"),
            ("docker compose -f x.yml up -f", "x.yml"),
            ("docker build -t a -f ops/Dockerfile .", "ops/Dockerfile"),
            ("dotnet run --project src/Api", "src/Api"),
            ("dotnet test", ""),
            ("dotnet publish -c Release Shop.sln", "Shop.sln"),
            ("go run ./cmd/api serve", "./cmd/api"),
            ("pip install -r requirements.txt", "requirements.txt"),
            ("chmod +x run.sh", "run.sh"),
            ("get-WinGetConfiguration -file .\\a.yaml", ".\\a.yaml"),
            ("bash -c x.sh", ""),
            ("helm install shop ./chart", "./chart"),
            ("kubectl apply -f k8s/", "k8s/"),
        ] {
            assert_eq!(paths(text).join(" "), wanted, "{text}");
        }
    }
}
