//! One thing changed in a good fixture, and the answer that rests on it flips; unchanged, it stands.

use serde_json::Value;

use crate::fixtures::mutated;
use crate::support::{Repo, handover};

/// What `check` says of a repository about one check.
fn outcome(repo: &Repo, check: &str) -> String {
    let output = handover(&["check", "--format", "json", repo.path()]);
    let report: Value = serde_json::from_str(&output.stdout).unwrap();
    let found = report["checks"].as_array().unwrap().iter().find(|line| line["check"] == check);
    found.unwrap_or_else(|| panic!("no check {check}"))["outcome"].as_str().unwrap().to_owned()
}

/// What `inspect` says of a repository.
fn facts(repo: &Repo) -> Value {
    serde_json::from_str(&handover(&["inspect", repo.path()]).stdout).unwrap()
}

/// How a flow is tested.
fn level(repo: &Repo, path: &str) -> String {
    let facts = facts(repo);
    let flows = facts["flows"].as_array().unwrap_or_else(|| panic!("{}", facts["flows"]));
    flows.iter().find(|flow| flow["path"] == path).unwrap_or_else(|| panic!("no flow {path}"))["level"].as_str().unwrap().to_owned()
}

#[test]
fn a_script_that_is_renamed_breaks_the_readme() {
    assert_eq!(outcome(&mutated("node-good", &[]), "setup/commands-work"), "pass");
    let renamed = mutated("node-good", &[("package.json", "\"migrate\":", "\"migrations\":")]);
    assert_ne!(outcome(&renamed, "setup/commands-work"), "pass");
    let command = facts(&renamed)["readme"]["commands"].as_array().unwrap().iter().find(|it| it["command"] == "npm run migrate").cloned();
    assert_eq!(command.unwrap()["status"], "broken");
}

#[test]
fn a_project_that_moves_breaks_the_readme() {
    assert_eq!(outcome(&mutated("dotnet-good", &[]), "setup/commands-work"), "pass");
    let moved = mutated("dotnet-good", &[("README.md", "dotnet run --project src/Ledger.Api\n", "dotnet run --project src/Ledger\n")]);
    assert_ne!(outcome(&moved, "setup/commands-work"), "pass");
}

#[test]
fn a_test_that_is_commented_out_tests_nothing() {
    assert_eq!(level(&mutated("node-good", &[]), "/scans"), "http");
    let commented = mutated("node-good", &[("test/scans.test.js", "test('a scan", "// test('a scan")]);
    assert_eq!(level(&commented, "/scans"), "none");
    assert_ne!(outcome(&commented, "tests/flows-covered"), "pass");
    let none = mutated(
        "node-good",
        &[("test/scans.test.js", "test('a scan", "// test('a scan"), ("test/scans.test.js", "\ntest('a door", "\n// test('a door")],
    );
    assert_eq!(outcome(&none, "tests/integration"), "fail");

    let balance = "/accounts/{id}/balance";
    assert_eq!(level(&mutated("dotnet-good", &[]), balance), "http");
    let commented = mutated("dotnet-good", &[("tests/Ledger.Api.Tests/BalanceTests.cs", "[Fact]", "//[Fact]")]);
    assert_ne!(level(&commented, balance), "http");
}

#[test]
fn a_test_that_is_skipped_is_told() {
    let skipped = mutated("dotnet-good", &[("tests/Ledger.Api.Tests/BalanceTests.cs", "[Fact]", "[Fact(Skip = \"flaky\")]")]);
    assert_eq!(level(&skipped, "/accounts/{id}/balance"), "skipped-only");
    assert_eq!(facts(&skipped)["tests"]["skipped"][0]["reason"], "flaky");
    let bare = mutated("node-good", &[("test/scans.test.js", "test('a scan", "test.skip('a scan")]);
    assert_eq!(outcome(&bare, "tests/not-skipped"), "fail");
}

#[test]
fn a_job_that_is_made_manual_gates_the_delivery() {
    assert_eq!(facts(&mutated("node-good", &[]))["delivery"]["verdict"], "automatic");
    let manual = mutated("node-good", &[(".gitlab-ci.yml", "    - if: $CI_COMMIT_BRANCH == \"main\"", "    - when: manual")]);
    assert_eq!(facts(&manual)["delivery"]["verdict"], "gated");

    assert_eq!(facts(&mutated("dotnet-good", &[]))["delivery"]["verdict"], "automatic");
    let started = mutated("dotnet-good", &[(".github/workflows/deploy.yml", "push:\n    branches: [main]", "workflow_dispatch:")]);
    assert_eq!(facts(&started)["delivery"]["verdict"], "started");
    assert_ne!(outcome(&started, "deploy/automatic"), "pass");
}

#[test]
fn a_variable_that_is_dropped_from_the_template_is_missed() {
    assert_eq!(outcome(&mutated("node-good", &[]), "setup/settings-declared"), "pass");
    let dropped = mutated("node-good", &[(".env.example", "SCANNER_TOKEN=\n", "")]);
    assert_ne!(outcome(&dropped, "setup/settings-declared"), "pass");
}

#[test]
fn a_service_that_nothing_starts_is_missed() {
    assert_eq!(outcome(&mutated("node-good", &[]), "setup/services-provided"), "pass");
    let alone = mutated("node-good", &[("compose.yaml", "  postgres:\n    image: postgres:17", "  proxy:\n    image: nginx:1")]);
    assert_eq!(outcome(&alone, "setup/services-provided"), "fail");
}
