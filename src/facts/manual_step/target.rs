//! Targets of make and just and the scripts of packages, with the commands they run.

use std::collections::BTreeSet;

use globset::Glob;

use super::callers::Name;
use super::table::TABLE;
use super::{Candidate, ManualStep};
use crate::facts::pipeline;
use crate::facts::stack::is_product;
use crate::snapshot::{File, Snapshot};

/// How large a file of targets may be.
const SIZE_LIMIT: usize = 500_000;

/// A target.
#[derive(Debug, Default)]
pub(super) struct Target {
    /// The runner's place in the table.
    pub(super) runner: usize,
    /// Its name.
    pub(super) name: String,
    /// Targets that it needs.
    pub(super) needs: Vec<String>,
    file: String,
    folder: String,
    generated: bool,
    /// Its lines, with their numbers in the file.
    lines: Vec<(usize, String)>,
}

impl Target {
    /// Its commands as text.
    pub(super) fn recipe(&self) -> String {
        self.lines.iter().map(|(_, line)| line.as_str()).collect::<Vec<_>>().join("\n")
    }
}

/// Every target of the product.
pub(super) fn all(snapshot: &Snapshot) -> Vec<Target> {
    let mut found = Vec::new();
    for (runner, table) in TABLE.runner.iter().enumerate() {
        let globs: Vec<_> = table.files.iter().filter_map(|name| Glob::new(name).ok()).map(|glob| glob.compile_matcher()).collect();
        for file in snapshot.files().iter().filter(|file| is_product(file) && globs.iter().any(|glob| glob.is_match(file.name()))) {
            let Some(text) = snapshot.read(file).filter(|text| text.bytes().len() <= SIZE_LIMIT) else { continue };
            let text = text.as_str();
            let targets = if file.name().ends_with(".json") { of_package(file, &text) } else { of_make(file, &text) };
            let generated = TABLE.scripts.is_generated(&text);
            found.extend(targets.into_iter().map(|target| Target { runner, generated, ..target }));
        }
    }
    found
}

/// Targets that are called like a deployment and deploy, each at its first command that does.
pub(super) fn deploying(snapshot: &Snapshot) -> Vec<Candidate> {
    let targets = all(snapshot);
    let named = targets.iter().filter(|target| !target.generated && TABLE.scripts.deploy(&target.name));
    let outside = named.filter(|target| snapshot.find(&target.file).is_some_and(|file| !TABLE.scripts.serves_else(file)));
    outside.filter_map(|target| target.candidate(snapshot)).collect()
}

impl Target {
    fn candidate(&self, snapshot: &Snapshot) -> Option<Candidate> {
        let recipe = self.recipe();
        let mut deeds = pipeline::deeds_of(snapshot, &recipe, &self.folder, true);
        let text_at = |line: usize| self.lines.get(line - 1);
        deeds.retain(|deed| text_at(deed.line).is_some_and(|(_, line)| !TABLE.scripts.is_near(line)));
        let first = deeds.iter().find(|deed| deed.group.as_deref() != Some("database"))?;
        let line = text_at(first.line)?.0;
        let by: BTreeSet<String> = deeds.iter().map(|deed| deed.name.clone()).collect();
        let step = ManualStep {
            file: self.file.clone(),
            line,
            kind: "uncalled-target".into(),
            detail: format!("`{}` deploys by `{}`, and no pipeline calls it", self.name, first.name),
            target: pipeline::target_in(&self.name).map(str::to_owned),
            only_way: false,
        };
        Some(Candidate { name: Name::Target(self.runner, self.name.clone()), step, by })
    }
}

fn of_make(file: &File, text: &str) -> Vec<Target> {
    let mut found: Vec<Target> = Vec::new();
    let mut open = 0..0;
    for (line, number) in text.lines().zip(1..) {
        if line.starts_with(['\t', ' ']) {
            let command = line.trim_start().trim_start_matches(['@', '-', '+']);
            found[open.clone()].iter_mut().for_each(|target| target.lines.push((number, command.to_owned())));
        } else if let Some((names, after)) = header(line) {
            let start = found.len();
            let needs: Vec<String> = after.split(['#', ';']).next().unwrap_or_default().split_whitespace().map(str::to_owned).collect();
            found.extend(names.split_whitespace().filter(|name| !name.starts_with('.')).map(|name| Target {
                name: name.trim_start_matches('@').to_owned(),
                needs: needs.clone(),
                file: file.path.clone(),
                folder: file.folder().to_owned(),
                ..Target::default()
            }));
            open = start..found.len();
        } else if !line.trim().is_empty() && !line.starts_with('#') {
            open = found.len()..found.len();
        }
    }
    found
}

/// What stands before and behind the colon of a target's first line.
fn header(line: &str) -> Option<(&str, &str)> {
    let (names, after) = line.split_once(':')?;
    let assigns = names.contains(['=', '#', '"', '\'']) || after.starts_with('=') || after.starts_with(":=");
    (!assigns).then_some((names, after))
}

fn of_package(file: &File, text: &str) -> Vec<Target> {
    let parsed = serde_json::from_str::<serde_json::Value>(text).ok();
    let Some(scripts) = parsed.as_ref().and_then(|package| package.get("scripts")).and_then(serde_json::Value::as_object) else {
        return Vec::new();
    };
    let start = text.lines().position(|line| line.contains("\"scripts\"")).unwrap_or_default();
    let line_of = |name: &str| {
        let key = format!("\"{name}\"");
        text.lines().zip(1..).skip(start).find(|(line, _)| line.contains(&key)).map_or(1, |(_, number)| number)
    };
    let target = |(name, command): (&String, &serde_json::Value)| {
        let command = command.as_str()?.to_owned();
        let needs = [format!("pre{name}"), format!("post{name}")].into_iter().filter(|other| scripts.contains_key(other)).collect();
        Some(Target {
            lines: vec![(line_of(name), command)],
            needs,
            name: name.clone(),
            file: file.path.clone(),
            folder: file.folder().to_owned(),
            ..Target::default()
        })
    };
    scripts.iter().filter_map(target).collect()
}
