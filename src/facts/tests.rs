//! Test suites: where they are, what is skipped, and whether a pipeline runs them.

mod below;
pub(crate) mod call;
mod case;
mod client;
mod elsewhere;
mod mark;
mod outline;
mod paths;
mod project;
mod suite;
mod table;
mod trace;
mod written;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::code::LeftWhole;
use super::pipeline::Pipeline;
use super::test_command::is_code;
use super::{Notes, Section};
use crate::snapshot::{PathClass, Snapshot};

/// The tests of a repository.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Tests {
    /// Files with test code, by folder.
    pub suites: Vec<Suite>,
    /// Files with integration tests that run.
    pub integration: Option<Vec<IntegrationTest>>,
    /// Tests that are skipped, whatever happens; a marker on a class or group counts once.
    pub skipped: Option<Vec<SkippedTest>>,
    /// Steps of pipelines that run tests.
    pub run_by: Vec<TestRun>,
}

/// A folder with tests.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Suite {
    /// The folder, empty for the root.
    pub directory: String,
    /// How many files of test code it holds.
    pub files: usize,
}

/// A file with integration tests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct IntegrationTest {
    /// The file.
    pub file: String,
    /// What shows it: `webapplicationfactory`, `supertest` …
    pub framework: String,
}

/// A test that is switched off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SkippedTest {
    /// The file.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// The reason given.
    pub reason: Option<String>,
}

/// A step of a pipeline that runs tests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TestRun {
    /// The pipeline file.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Whether a failing test fails the pipeline.
    pub can_fail: bool,
}

/// The suites by the paths of files, what their code shows, and which steps of pipelines run them.
pub(crate) fn read(snapshot: &Snapshot, pipelines: &Section<Vec<Pipeline>>, code: Code, notes: &mut Notes) -> Section<Tests> {
    let mut run_by = elsewhere::runs(snapshot);
    match pipelines {
        Section::Known(pipelines) => run_by.extend(pipelines.iter().flat_map(runs_of)),
        Section::Unknown { unknown } if run_by.is_empty() => notes.unread("tests.run_by", unknown.clone()),
        Section::Unknown { .. } => {}
    }
    run_by.sort_by(|one, other| (&one.file, one.line).cmp(&(&other.file, other.line)));
    let unread = || unread(snapshot).map(|file| format!("tests like {file} are in a form that is not read"));
    if let Some(reason) = outside(pipelines).or_else(unread).filter(|_| code.integration.is_empty()) {
        notes.unread("tests.integration", reason);
    }
    Section::Known(Tests { suites: suites(snapshot), integration: Some(code.integration), skipped: Some(code.skipped), run_by })
}

/// What the code of tests shows.
#[derive(Debug, Default)]
pub(crate) struct Code {
    integration: Vec<IntegrationTest>,
    skipped: Vec<SkippedTest>,
    /// What the tests call, for the flows.
    pub(crate) calls: Vec<call::Call>,
    /// The clients with types that they make.
    made: Vec<client::Made>,
    /// Files of tests that are too large to be read.
    pub(crate) left_whole: Vec<LeftWhole>,
}

impl Code {
    /// The clients with types that tests call through. `flows` are the files that declare flows.
    pub(crate) fn typed_clients(&self, snapshot: &Snapshot, flows: &[&str]) -> Vec<client::Through> {
        client::through(snapshot, flows, &self.made)
    }
}

/// Reads the code of tests. `names` are handlers and commands that tests may call below HTTP.
pub(crate) fn code(snapshot: &Snapshot, names: &[String]) -> Code {
    let (sources, left_whole) = suite::sources(snapshot);
    let seen = suite::see(snapshot, &sources, names);
    let mut found = Code { left_whole, ..Code::default() };
    for file in &seen {
        let path = &file.source.path;
        if let Some(framework) = file.framework().filter(|_| file.runs()) {
            found.integration.push(IntegrationTest { file: path.clone(), framework: framework.to_owned() });
        }
        found.made.extend(client::made(file));
        let off = file.roles.iter().filter_map(|role| role.off.clone()).chain(case::commented(&file.code));
        found.skipped.extend(off.map(|off| SkippedTest { file: path.clone(), line: off.line, reason: off.reason }));
    }
    found.calls = trace::calls(&sources, &seen, names);
    found.skipped.sort_by(|one, other| (&one.file, one.line).cmp(&(&other.file, other.line)));
    found.skipped.dedup_by(|one, other| one.file == other.file && one.line == other.line);
    found
}

/// Why integration tests may be no code: a pipeline runs something that drives the application by other files.
pub(crate) fn outside(pipelines: &Section<Vec<Pipeline>>) -> Option<String> {
    let pipelines = pipelines.known()?;
    let mut steps =
        pipelines.iter().flat_map(|pipeline| pipeline.jobs.iter().flat_map(move |job| job.steps.iter().map(move |step| (pipeline, step))));
    steps.find_map(|(pipeline, step)| {
        let program = table::runs_elsewhere(&step.text)?;
        Some(format!("{}:{} runs tests with {program}, whose files are not read", pipeline.file, step.line))
    })
}

/// A file of tests in a form that is not read. What its folder or name calls a test is one; a collection of requests is
/// one anywhere.
fn unread(snapshot: &Snapshot) -> Option<&str> {
    let tests = snapshot.files().iter().filter(|file| file.class == PathClass::Test || file.name().ends_with(".postman_collection.json"));
    tests.map(|file| file.path.as_str()).find(|path| table::is_unread(path.rsplit('/').next().unwrap_or(path)))
}

/// The steps of a pipeline that run tests, each line once.
fn runs_of(pipeline: &Pipeline) -> Vec<TestRun> {
    let steps = pipeline.jobs.iter().flat_map(|job| &job.steps).filter(|step| step.runs_tests);
    let mut runs: Vec<TestRun> =
        steps.map(|step| TestRun { file: pipeline.file.clone(), line: step.line, can_fail: step.can_fail }).collect();
    runs.sort_by_key(|run| (run.line, run.can_fail));
    runs.dedup_by_key(|run| run.line);
    runs
}

/// Folders with files of test code.
fn suites(snapshot: &Snapshot) -> Vec<Suite> {
    let mut folders: BTreeMap<&str, usize> = BTreeMap::new();
    for file in snapshot.files().iter().filter(|file| file.class == PathClass::Test && is_code(file.name())) {
        *folders.entry(file.folder()).or_default() += 1;
    }
    folders.into_iter().map(|(directory, files)| Suite { directory: directory.to_owned(), files }).collect()
}

#[cfg(test)]
mod reading;
