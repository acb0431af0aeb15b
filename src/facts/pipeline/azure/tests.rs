use crate::facts::pipeline::{Job, Pipeline, TriggerKind};
use crate::facts::{Notes, Section, pipeline};
use crate::snapshot::Snapshot;

fn read(files: &[(&str, &str)]) -> Vec<Pipeline> {
    let snapshot = Snapshot::of_memory(files.iter().map(|(path, text)| (*path, *text)));
    match pipeline::read(&snapshot, &mut Notes::default()) {
        Section::Known(pipelines) => pipelines,
        Section::Unknown { unknown } => panic!("unknown: {unknown}"),
    }
}

fn jobs(text: &str) -> Vec<Job> {
    read(&[("azure-pipelines.yml", text)]).remove(0).jobs
}

const SHIP: &str = "  - deployment: ship\n    environment: production.web\n    strategy:\n      runOnce:\n        deploy:\n          steps:\n            - task: AzureWebApp@1\n";

#[test]
fn a_deployment_job_deploys_and_no_trigger_means_every_branch() {
    let pipelines = read(&[("azure-pipelines.yml", &format!("pool: x\njobs:\n{SHIP}"))]);
    let job = &pipelines[0].jobs[0];
    assert_eq!((job.line, job.deploys, job.automatic, job.target.as_deref()), (3, true, Some(true), Some("production")));
    assert_eq!(pipelines[0].triggers[0].kind, TriggerKind::Push);
}

#[test]
fn trigger_none_is_a_stop_unless_something_else_starts_it() {
    let by_hand = jobs(&format!("trigger: none\njobs:\n{SHIP}"));
    assert_eq!((by_hand[0].automatic, by_hand[0].manual[0].kind.as_str(), by_hand[0].manual[0].line), (Some(false), "trigger-none", 1));
    let scheduled = jobs(&format!("trigger: none\nschedules:\n- cron: '0 0 * * *'\njobs:\n{SHIP}"));
    assert_eq!((scheduled[0].automatic, scheduled[0].manual.len()), (Some(true), 0));
    let chained = jobs(&format!("trigger: none\nresources:\n  pipelines:\n  - pipeline: x\n    trigger: true\njobs:\n{SHIP}"));
    assert_eq!(chained[0].automatic, Some(true));
    let typed = jobs(&format!("trigger: none\nparameters:\n- name: version\n  type: string\njobs:\n{SHIP}"));
    assert_eq!(typed[0].manual[0].kind, "required-input");
    let build = jobs("trigger: none\nsteps:\n- script: make\n");
    assert!(build[0].manual.is_empty());
}

#[test]
fn a_manual_validation_holds_the_next_stage_back() {
    let jobs = jobs(
        "stages:\n- stage: ask\n  jobs:\n  - job: wait\n    pool: server\n    steps:\n    - task: ManualValidation@1\n      inputs:\n        instructions: Please run the script on the server and resume\n- stage: ship\n  jobs:\n  - job: up\n    steps:\n    - task: AzureCLI@2\n      inputs:\n        inlineScript: |\n          az webapp deploy --name x\n",
    );
    assert_eq!((jobs[0].manual[0].line, jobs[0].manual[0].nature), (7, pipeline::Nature::Work));
    assert_eq!((jobs[1].deploys, jobs[1].automatic), (true, Some(false)));
}

#[test]
fn follows_templates_of_the_repository_and_doubts_those_of_others() {
    let pipelines = read(&[
        (
            "ops/azure-pipelines.yml",
            "trigger: [main]\nstages:\n- stage: prod\n  jobs:\n  - template: parts/deploy.yml\n    parameters: {environment: prod}\n- stage: other\n  jobs:\n  - template: jobs/deploy-it.yml@shared\n- stage: built\n  dependsOn: []\n  jobs:\n  - template: build.yml@shared\n",
        ),
        (
            "ops/parts/deploy.yml",
            "parameters:\n  environment: ''\njobs:\n- ${{ if true }}:\n  - deployment: ${{ parameters.environment }}\n    environment: ${{ parameters.environment }}\n    strategy:\n      runOnce:\n        deploy:\n          steps:\n          - template: steps.yml\n",
        ),
        ("ops/parts/steps.yml", "steps:\n- powershell: |\n    Publish-AzWebApp -Name x\n"),
    ]);
    let main = &pipelines[0].jobs;
    assert_eq!((main[0].line, main[0].deploys, main[0].automatic), (3, true, Some(true)));
    assert_eq!((main[1].deploys, main[1].automatic), (true, None));
    assert!(!main[2].deploys);
    let template = pipelines.iter().find(|pipeline| pipeline.file == "ops/parts/deploy.yml").unwrap();
    assert_eq!((template.jobs[0].line, template.jobs[0].deploys, template.jobs[0].automatic), (5, true, Some(true)));
}

#[test]
fn finds_pipelines_by_shape_and_passes_over_others() {
    let pipelines = read(&[
        ("ci/release.yaml", "trigger: none\npr: [main]\npool: {vmImage: ubuntu-latest}\nsteps:\n- task: SSH@0\n"),
        ("chart/values.yaml", "jobs:\n  - name: x\npool:\n  size: 3\n"),
    ]);
    assert_eq!(pipelines.len(), 1);
    assert!(pipelines[0].jobs[0].deploys);
}

#[test]
fn a_validation_of_a_template_deploys_nothing() {
    let jobs = jobs(
        "steps:\n- task: AzureResourceManagerTemplateDeployment@3\n  inputs:\n    deploymentMode: Validation\n- bash: az deployment group what-if -f x\n- task: DotNetCoreCLI@2\n  inputs: {command: publish}\n",
    );
    assert!(!jobs[0].deploys);
}

#[test]
fn a_condition_on_the_reason_makes_it_manual() {
    let jobs = jobs(
        "trigger: [main]\nstages:\n- stage: prod\n  condition: eq(variables['Build.Reason'], 'Manual')\n  jobs:\n  - job: x\n    steps: [{bash: terraform apply}]\n",
    );
    assert_eq!((jobs[0].automatic, jobs[0].manual[0].line), (Some(false), 4));
}

#[test]
fn a_validation_that_ends_by_itself_says_so() {
    let text = |inputs: &str| {
        format!(
            "trigger: [main]\njobs:\n- job: ask\n  steps:\n  - task: ManualValidation@0\n    inputs: {{notifyUsers: a, {inputs}}}\n- job: ship\n  dependsOn: ask\n  steps:\n  - task: AzureWebApp@1\n"
        )
    };
    assert!(jobs(&text("onTimeout: resume"))[0].manual[0].detail.contains("when nobody answers"));
    assert!(!jobs(&text("onTimeout: reject"))[0].manual[0].detail.contains("when nobody answers"));
}

#[test]
fn a_file_without_text_and_jobs_beyond_the_limit_are_named() {
    let noted = |text: Vec<u8>| {
        let snapshot = Snapshot::of_memory([("azure-pipelines.yml", text)]);
        let mut notes = Notes::default();
        let _ = pipeline::read(&snapshot, &mut notes);
        notes.unread.into_iter().map(|part| part.reason).collect::<Vec<_>>()
    };
    assert!(noted(b"trigger: none\0".to_vec())[0].contains("could not be read as text"));
    let many: String = (0..1002).map(|at| format!("- job: j{at}\n  steps: [{{script: make}}]\n")).collect();
    assert!(noted(format!("trigger: [main]\njobs:\n{many}").into_bytes())[0].contains("only the first 1000 jobs"));
}
