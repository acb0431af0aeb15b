//! What holds for all systems alike: how a deployment is reached from a job, and every entry of the tables.

use super::catalog::{self, DEPLOYS, STOPS};
use super::{Job, Pipeline};
use crate::facts::command::commands;
use crate::facts::{Notes, Section, pipeline};
use crate::snapshot::Snapshot;

fn read(files: &[(&str, &str)]) -> Vec<Pipeline> {
    let snapshot = Snapshot::of_memory(files.iter().map(|(path, text)| (*path, *text)));
    match pipeline::read(&snapshot, &mut Notes::default()) {
        Section::Known(pipelines) => pipelines,
        Section::Unknown { unknown } => panic!("unknown: {unknown}"),
    }
}

fn jobs(files: &[(&str, &str)]) -> Vec<Job> {
    read(files).into_iter().flat_map(|pipeline| pipeline.jobs).collect()
}

/// A file of each system with a job `deploy` that runs this command.
fn in_each_system(command: &str) -> [(&'static str, String); 3] {
    [
        (".github/workflows/ci.yml", format!("on: push\njobs:\n  deploy:\n    steps:\n      - run: {command}\n")),
        (".gitlab-ci.yml", format!("deploy:\n  script:\n    - {command}\n")),
        ("azure-pipelines.yml", format!("trigger: [main]\njobs:\n- job: deploy\n  steps:\n  - script: {command}\n")),
    ]
}

/// The systems in which a job `deploy` that runs this command is not seen as it should be.
fn wrong_in(command: &str, others: &[(&str, &str)], expected: bool) -> Vec<String> {
    let files = |path: &'static str, text: &str| {
        let all: Vec<(&str, &str)> = others.iter().copied().chain([(path, text)]).collect();
        jobs(&all)[0].deploys
    };
    let systems = in_each_system(command).into_iter();
    systems.filter(|(path, text)| files(path, text) != expected).map(|(path, _)| format!("{path}: {command}")).collect()
}

#[test]
fn calls_are_followed_in_every_system() {
    let apply = "#!/bin/sh\nkubectl apply -f k8s/\n";
    let package = r#"{"scripts": {"deploy": "wrangler deploy", "ship": "bash ops/go.sh", "build": "vite build"}}"#;
    let make = "deploy: build\n\t@kubectl apply -f k8s\nbuild:\n\tgo build\nchain:\n\t$(MAKE) deploy\n";
    let mut wrong = Vec::new();
    for (command, others) in [
        ("./ops/go.sh", &[("ops/go.sh", apply)][..]),
        ("sh ops/go.sh production", &[("ops/go.sh", apply)]),
        ("chmod +x ops/go.sh && ops/go.sh", &[("ops/go.sh", apply)]),
        ("cd ops && ./go.sh", &[("ops/go.sh", apply)]),
        ("pwsh -File ops/go.ps1", &[("ops/go.ps1", "Publish-AzWebApp -Name x\n")]),
        ("npm run deploy", &[("package.json", package)]),
        ("npm run ship", &[("package.json", package), ("ops/go.sh", apply)]),
        ("yarn deploy", &[("package.json", package)]),
        ("pnpm --filter web run deploy", &[("web/package.json", package)]),
        ("make deploy", &[("Makefile", make)]),
        ("make chain", &[("Makefile", make)]),
        ("make -C infra deploy", &[("infra/Makefile", make)]),
        ("just deploy", &[("justfile", "deploy:\n  flyctl deploy\n")]),
        ("task deploy", &[("Taskfile.yml", "version: '3'\ntasks:\n  deploy:\n    cmds:\n      - flyctl deploy\n")]),
        ("python deploy.py", &[("deploy.py", "import os\nos.system('kubectl apply -f k8s/')\n")]),
        ("ssh app@host 'docker compose up -d'", &[]),
        ("docker compose -f prod.yml up -d", &[]),
        ("docker-compose -f prod.yml up -d", &[]),
        ("./deploy.sh", &[]),
    ] {
        wrong.extend(wrong_in(command, others, true));
    }
    for (command, others) in [
        ("npm run build", &[("package.json", package)][..]),
        ("make build", &[("Makefile", make)]),
        ("./ops/go.sh", &[("ops/go.sh", "echo kubectl apply\n")]),
        ("echo ./deploy.sh", &[]),
    ] {
        wrong.extend(wrong_in(command, others, false));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn parts_in_other_files_are_read_in_every_system() {
    let github = "on: push\njobs:\n  call:\n    uses: ./.github/workflows/part.yml\n    with: {environment: production}\n";
    let part = "on:\n  workflow_call:\n    inputs: {environment: {type: string}}\njobs:\n  up:\n    environment: ${{ inputs.environment }}\n    steps:\n      - uses: ./.github/actions/go\n";
    let action = "runs:\n  using: composite\n  steps:\n    - shell: bash\n      run: flyctl deploy\n";
    let files = [(".github/workflows/ci.yml", github), (".github/workflows/part.yml", part), (".github/actions/go/action.yml", action)];
    assert!(jobs(&files).iter().all(|job| job.deploys && job.automatic == Some(true)));

    let gitlab = "include:\n  - local: /ci/part.yml\n  - local: 'ci/more/*.yml'\nup:\n  extends: .deploy\n";
    let hidden = ".deploy:\n  environment: production\n  script: [flyctl deploy]\n";
    let more = "down:\n  script: [make]\nship:\n  script:\n    - !reference [.deploy, script]\n";
    let files = [(".gitlab-ci.yml", gitlab), ("ci/part.yml", hidden), ("ci/more/a.yml", more)];
    assert_eq!(jobs(&files).iter().filter(|job| job.deploys).count(), 2);

    let azure = "trigger: [main]\nstages:\n- template: ci/stage.yml\n  parameters: {environment: production}\n";
    let stage = "parameters:\n- name: environment\n  type: string\nstages:\n- stage: up\n  jobs:\n  - template: job.yml\n    parameters: {environment: '${{ parameters.environment }}'}\n";
    let job = "parameters:\n  environment: ''\njobs:\n- deployment: go\n  environment: ${{ parameters.environment }}\n  strategy:\n    runOnce:\n      deploy:\n        steps:\n        - template: steps.yml\n";
    let steps = "steps:\n- task: AzureWebApp@1\n";
    let files = [("azure-pipelines.yml", azure), ("ci/stage.yml", stage), ("ci/job.yml", job), ("ci/steps.yml", steps)];
    let found = jobs(&files);
    assert!(found.iter().all(|job| job.deploys && job.automatic == Some(true)), "{found:?}");
    assert_eq!(found[0].target.as_deref(), Some("production"));
}

/// Every command of the table, with what its rule asks for beside it.
#[test]
fn every_command_of_the_table_is_met_and_nothing_it_excludes() {
    let mut wrong = Vec::new();
    for rule in &DEPLOYS.command {
        for (run, example, barred) in rule.examples() {
            let met = |text: &str| commands(text).iter().find_map(catalog::deploying).is_some_and(|(name, _)| name == run);
            wrong.extend((!met(&example)).then(|| format!("not met: {example}")));
            let others = barred.into_iter().chain([format!("echo '{example}'")]).filter(|text| met(text));
            wrong.extend(others.map(|text| format!("met: {text}")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_action_and_task_of_the_table_deploys() {
    let mut wrong = Vec::new();
    for (rule, azure) in DEPLOYS.action.iter().map(|rule| (rule, false)).chain(DEPLOYS.task.iter().map(|rule| (rule, true))) {
        for (name, key, value) in rule.examples() {
            let inputs = key.map_or_else(String::new, |key| format!("{key}: '{value}'"));
            let (path, text) = if azure {
                let text = format!("trigger: [main]\njobs:\n- job: deploy\n  steps:\n  - task: {name}@1\n    inputs: {{{inputs}}}\n");
                ("azure-pipelines.yml", text)
            } else {
                let text = format!("on: push\njobs:\n  deploy:\n    steps:\n      - uses: {name}@v1\n        with: {{{inputs}}}\n");
                (".github/workflows/ci.yml", text)
            };
            wrong.extend((!jobs(&[(path, &text)])[0].deploys).then(|| format!("{name} {inputs}")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_step_that_asks_is_a_stop() {
    for step in &STOPS.step {
        for name in &step.uses {
            let (path, text) = if step.provider == "azure-pipelines" {
                let text = format!("trigger: [main]\njobs:\n- job: deploy\n  steps:\n  - task: {name}@1\n  - bash: flyctl deploy\n");
                ("azure-pipelines.yml", text)
            } else {
                let text = format!("on: push\njobs:\n  deploy:\n    steps:\n      - uses: {name}@v1\n      - run: flyctl deploy\n");
                (".github/workflows/ci.yml", text)
            };
            assert_eq!(jobs(&[(path, &text)])[0].manual[0].kind, step.kind, "{name}");
        }
    }
}
