//! What a job does, gathered step by step, and whether that deploys.
//!
//! Providers hand in commands and prepared steps in order; recognising them is the same for all. What they say about
//! *when* the job runs is left to `graph`.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::catalog::{self, DEPLOYS, Weight};
use super::{ManualStop, Nature, Step, StepKind};
use crate::facts::command::call::{self, Lookup};
use crate::facts::command::{Command, commands};
use crate::facts::test_command;
use crate::facts::yaml::Node;
use crate::snapshot::Snapshot;

/// How many scripts deep a step is followed: a package script that calls a shell script, that calls another.
const CALL_DEPTH: usize = 3;

/// How many scripts are looked up for one job.
const CALL_BUDGET: usize = 60;

/// How long the text of a step is kept.
const TEXT_LIMIT: usize = 400;

/// Something done that may deploy.
#[derive(Debug, Clone)]
struct Hit {
    name: String,
    weight: Weight,
    group: Option<String>,
}

/// Everything that a job does.
pub(super) struct Deeds<'a> {
    snapshot: &'a Snapshot,
    provider: &'static str,
    /// Steps in order.
    pub(super) steps: Vec<Step>,
    /// Steps that wait for a person.
    pub(super) stops: Vec<ManualStop>,
    /// Whether anything is done beyond printing.
    pub(super) does_something: bool,
    /// Variables whose values the pipeline's file gives, for commands that name them in `${{ env.NAME }}`.
    pub(super) variables: BTreeMap<String, String>,
    hits: Vec<Hit>,
    cancelled: BTreeSet<String>,
    calls: usize,
}

/// Where a script runs, and whether its failure matters.
#[derive(Clone, Copy)]
pub(super) struct Setting<'s> {
    pub(super) folder: &'s str,
    pub(super) can_fail: bool,
}

/// What a job is called and aims at, for recognisers that are not sure by themselves.
pub(super) struct Cues<'c> {
    /// The job's own names.
    pub(super) own: &'c [&'c str],
    /// Names of what the job stands in.
    pub(super) around: &'c [&'c str],
    pub(super) environment: bool,
}

impl<'a> Deeds<'a> {
    pub(super) fn new(snapshot: &'a Snapshot, provider: &'static str) -> Self {
        Self {
            snapshot,
            provider,
            steps: Vec::new(),
            stops: Vec::new(),
            does_something: false,
            variables: BTreeMap::new(),
            hits: Vec::new(),
            cancelled: BTreeSet::new(),
            calls: 0,
        }
    }

    /// Takes in a script as a YAML scalar.
    pub(super) fn script(&mut self, node: &Node, setting: Setting<'_>) {
        let Some(text) = node.text() else { return };
        let first = node.first_text_line();
        let mut folder = setting.folder.to_owned();
        for command in commands(&self.filled(text)) {
            let line = if node.keeps_lines() { first + command.line } else { first };
            let can_fail = setting.can_fail && !command.failure_ignored;
            let runs_tests = self.command(&command, &mut folder, 0);
            self.step(Step { line, kind: StepKind::Command, text: command.text(), can_fail, runs_tests });
        }
    }

    /// A script with the variables filled in whose values are known.
    fn filled<'t>(&self, text: &'t str) -> Cow<'t, str> {
        static NAMED: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\$\{\{\s*env\.(\w+)\s*\}\}").expect("the pattern is constant"));
        if self.variables.is_empty() {
            return Cow::Borrowed(text);
        }
        NAMED.replace_all(text, |found: &Captures<'_>| self.variables.get(&found[1]).map_or_else(|| found[0].to_owned(), Clone::clone))
    }

    /// Takes in a prepared step; its version is already cut off.
    pub(super) fn prepared(&mut self, name: &str, inputs: Option<&Node>, line: usize, setting: Setting<'_>) {
        let text_input = |key: &str| inputs.and_then(|inputs| input_of(inputs, key)).and_then(Node::text);
        let runs_tests = test_command::is_test_step(self.provider, name, text_input);
        self.step(Step { line, kind: StepKind::Action, text: name.to_owned(), can_fail: setting.can_fail, runs_tests });
        self.does_something = true;
        self.ask(name, inputs, line);
        self.cancel_by_step(name);
        let mut known = false;
        for rule in catalog::prepared(self.provider, name) {
            known = true;
            let input = |key: &String| inputs.and_then(|inputs| input_of(inputs, key));
            if let Some(key) = &rule.script {
                if let Some(script) = input(key) {
                    self.script(script, setting);
                }
                continue;
            }
            let admitted = rule.input.as_ref().is_none_or(|key| match input(key).and_then(Node::text) {
                Some(value) => rule.any.iter().any(|start| starts(value, start)),
                None => rule.default,
            });
            if admitted {
                self.hits.push(Hit { name: name.to_ascii_lowercase(), weight: rule.weight, group: None });
            }
        }
        if !known && catalog::says_deploy(own_name(name)) {
            self.hits.push(Hit { name: name.to_ascii_lowercase(), weight: Weight::Strong, group: None });
        }
    }

    /// Takes in a script that a prepared step names by its file.
    pub(super) fn script_file(&mut self, path: &str, setting: Setting<'_>) {
        let command = Command { words: vec![path.to_owned()], line: 0, failure_ignored: false };
        self.follow(&command, setting.folder, 0);
    }

    /// Takes in a prepared step of this repository, whose own steps are absorbed.
    pub(super) fn local_step(&mut self, name: &str, line: usize, setting: Setting<'_>) {
        self.step(Step { line, kind: StepKind::Action, text: name.to_owned(), can_fail: setting.can_fail, runs_tests: false });
        self.does_something = true;
    }

    /// Takes in a call of something that deploys elsewhere: a reusable workflow, a template of others.
    pub(super) fn deploys_by(&mut self, names: impl IntoIterator<Item = String>) {
        self.does_something = true;
        self.hits.extend(names.into_iter().map(|name| Hit { name, weight: Weight::Strong, group: None }));
    }

    /// Takes in what a called part of this job does (a composite action), without its steps.
    pub(super) fn absorb(&mut self, other: Deeds<'_>) {
        self.does_something |= other.does_something;
        self.hits.extend(other.hits);
        self.cancelled.extend(other.cancelled);
        self.stops.extend(other.stops);
    }

    /// What deploys here; empty if nothing does.
    pub(super) fn deploying(&self, cues: &Cues<'_>) -> BTreeSet<String> {
        let names: Vec<&str> = cues.own.iter().chain(cues.around).copied().collect();
        let environment = cues.environment && !catalog::only_builds(&names);
        let named = environment || names.iter().any(|name| catalog::hints_deploy(name));
        let called = environment || names.iter().any(|name| catalog::says_deploy(name));
        let tests = catalog::only_tests(cues.own) && !environment;
        self.hits
            .iter()
            .filter(|hit| match hit.weight {
                Weight::Strong => true,
                Weight::Named => named,
                Weight::Environment => called,
            })
            .filter(|hit| hit.group.as_ref().is_none_or(|group| !tests && !self.cancelled.contains(group)))
            .map(|hit| hit.name.clone())
            .collect()
    }

    fn step(&mut self, mut step: Step) {
        if let Some((end, _)) = step.text.char_indices().nth(TEXT_LIMIT) {
            step.text.truncate(end);
        }
        self.steps.push(step);
    }

    /// Takes in a command and what it calls; tells whether it runs tests.
    fn command(&mut self, command: &Command, folder: &mut String, depth: usize) -> bool {
        let program = command.program();
        if program.is_empty() {
            return false;
        }
        if let ("cd" | "pushd" | "set-location", Some(to)) = (program.as_str(), command.effective().get(1)) {
            *folder = if to.contains('$') { String::new() } else { call::join(folder, to) };
            return false;
        }
        self.does_something |= !is_idle(&program);
        for cancel in &DEPLOYS.cancel {
            if cancel.run.iter().any(|run| is_run(command, run)) {
                self.cancelled.extend(cancel.groups.iter().cloned());
            }
        }
        if let Some((name, rule)) = catalog::deploying(command) {
            self.hits.push(Hit { name, weight: rule.weight, group: rule.group.clone() });
            return false;
        }
        if let Some(program) = catalog::told_by_variable(command) {
            self.hits.push(Hit { name: program, weight: Weight::Named, group: None });
        }
        let called = self.follow(command, folder, depth);
        called || test_command::is_test_command(command)
    }

    /// Takes in what a command calls; tells whether that runs tests.
    fn follow(&mut self, command: &Command, folder: &str, depth: usize) -> bool {
        if depth >= CALL_DEPTH || self.calls >= CALL_BUDGET {
            return false;
        }
        let named = || test_command::says_test(&command.effective().iter().flat_map(|word| catalog::words_of(word)).collect::<Vec<_>>());
        match call::look_up(self.snapshot, command, folder) {
            Lookup::Found(called) => {
                self.calls += 1;
                let mut folder = called.folder;
                let (mut runs_tests, mut does) = (false, false);
                for inner in commands(&called.script) {
                    does |= !is_idle(&inner.program());
                    runs_tests |= self.command(&inner, &mut folder, depth + 1);
                }
                runs_tests || (does && named())
            }
            Lookup::Missing(name) => {
                let runs_tests = named();
                if catalog::says_deploy(&name) {
                    self.hits.push(Hit { name, weight: Weight::Named, group: None });
                }
                runs_tests
            }
            Lookup::None => {
                let name = catalog::told_to_deploy(command);
                self.hits.extend(name.map(|name| Hit { name, weight: Weight::Named, group: None }));
                false
            }
        }
    }

    fn cancel_by_step(&mut self, name: &str) {
        for cancel in &DEPLOYS.cancel {
            if cancel.uses.iter().any(|known| known.eq_ignore_ascii_case(name)) {
                self.cancelled.extend(cancel.groups.iter().cloned());
            }
        }
    }

    fn ask(&mut self, name: &str, inputs: Option<&Node>, line: usize) {
        let Some(step) = catalog::stop_step(self.provider, name) else { return };
        let input = |key: &String| inputs.and_then(|inputs| input_of(inputs, key)).and_then(Node::text);
        let instruction = input(&step.text).unwrap_or_default();
        let works = catalog::STOPS.tells_to_work(instruction);
        let nature = if works { Nature::Work } else { Nature::Gate };
        let asked = if input(&step.who).is_some_and(|who| !who.trim().is_empty()) { "named people are" } else { "a person is" };
        let ends = step.ends.as_ref().is_some_and(|ends| input(&ends.input).is_some_and(|value| value.eq_ignore_ascii_case(&ends.value)));
        let then = if ends { "; when nobody answers, it goes on all the same" } else { "" };
        let what = if works { "do something" } else { "approve" };
        let detail = format!("{asked} asked to {what} before it goes on{then}");
        self.stops.push(ManualStop { line, kind: step.kind.clone(), nature, twin: false, detail });
    }
}

/// An input by its name, letter case aside, as the providers have it.
fn input_of<'n>(inputs: &'n Node, key: &str) -> Option<&'n Node> {
    inputs.entries().into_iter().find(|entry| entry.key.eq_ignore_ascii_case(key)).map(|entry| &entry.value)
}

fn starts(value: &str, start: &str) -> bool {
    value.trim_start().get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start))
}

/// The part of a prepared step's name that is its own: `owner/repository/path` without the owner.
fn own_name(name: &str) -> &str {
    name.split_once('/').map_or(name, |(_, own)| own)
}

pub(super) fn is_run(command: &Command, run: &str) -> bool {
    let wanted: Vec<String> = run.split(' ').map(str::to_owned).collect();
    wanted.first() == Some(&command.program()) && catalog::follows(command.effective(), &wanted)
}

/// Programs that print, wait or set things up for the shell, and so bring nothing anywhere.
fn is_idle(program: &str) -> bool {
    matches!(
        program,
        "echo"
            | "printf"
            | "true"
            | ":"
            | "exit"
            | "set"
            | "sleep"
            | "export"
            | "cd"
            | "pwd"
            | "ls"
            | "cat"
            | "env"
            | "write-host"
            | "write-output"
            | "date"
    )
}
