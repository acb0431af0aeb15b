//! Test suites: where they are, what is skipped, and whether a pipeline runs them.

use schemars::JsonSchema;
use serde::Serialize;

/// The tests of a repository.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Tests {
    /// Files with test code, by folder.
    pub suites: Vec<Suite>,
    /// Files with integration tests; null until they are told apart.
    pub integration: Option<Vec<IntegrationTest>>,
    /// Tests that are skipped; null until they are read.
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

/// Interim.
pub fn read(
    _: &crate::snapshot::Snapshot,
    _: &super::Section<Vec<super::pipeline::Pipeline>>,
    _: &mut super::Notes,
) -> super::Section<Tests> {
    super::Section::unknown("not read yet")
}
