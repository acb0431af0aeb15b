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

fn workflow(text: &str) -> Vec<Job> {
    read(&[(".github/workflows/x.yml", text)]).remove(0).jobs
}

#[test]
fn a_push_that_deploys_is_automatic_and_dispatch_beside_it_a_twin() {
    let jobs = workflow(
        "on:\n  push:\n    branches: [main]\n  workflow_dispatch:\njobs:\n  test:\n    steps: [{run: make}]\n  ship:\n    needs: test\n    environment: production\n    steps:\n      - uses: azure/webapps-deploy@v3\n",
    );
    assert!(!jobs[0].deploys);
    assert_eq!((jobs[1].deploys, jobs[1].automatic, jobs[1].target.as_deref()), (true, Some(true), Some("production")));
    assert!(jobs[1].manual[0].twin);
    assert_eq!(jobs[1].line, 8);
}

#[test]
fn dispatch_alone_is_a_stop_once_a_file_and_typed_data_is_work() {
    let jobs = workflow(
        "on:\n  workflow_dispatch:\n    inputs:\n      version:\n        required: true\njobs:\n  a:\n    steps: [{run: kubectl apply -f k8s}]\n  b:\n    steps: [{run: helm upgrade x y}]\n",
    );
    assert_eq!(jobs.iter().map(|job| job.manual.len()).sum::<usize>(), 1);
    let stop = &jobs[0].manual[0];
    assert_eq!((stop.line, stop.kind.as_str(), stop.twin), (2, "required-input", false));
    assert_eq!(jobs[1].automatic, Some(false));
}

#[test]
fn a_condition_makes_one_job_manual() {
    let jobs = workflow(
        "on: [push, workflow_dispatch]\njobs:\n  a:\n    if: github.event_name == 'workflow_dispatch'\n    steps: [{run: terraform apply}]\n  b:\n    if: false\n    steps: [{run: terraform apply}]\n",
    );
    assert_eq!(jobs[0].automatic, Some(false));
    assert!(!jobs[0].manual[0].twin);
    assert!(!jobs[1].deploys);
}

#[test]
fn a_condition_on_the_step_counts_too() {
    let jobs = workflow(
        "on:\n  pull_request:\n  workflow_dispatch:\njobs:\n  a:\n    steps:\n      - run: make\n      - if: github.event_name != 'pull_request'\n        run: terraform apply\n",
    );
    assert_eq!(jobs[0].automatic, Some(false));
    assert_eq!(jobs[0].manual.len(), 1);
}

#[test]
fn what_only_looks_like_a_deployment_is_none() {
    let jobs = workflow(
        "on: push\njobs:\n  deploy:\n    environment: production\n    steps:\n      - run: |\n          # kubectl apply -f x\n          echo kubectl apply -f x\n          terraform plan\n      - run: docker push x\n  e2e:\n    steps:\n      - uses: helm/kind-action@v1\n      - run: kubectl apply -f x\n",
    );
    assert!(jobs.iter().all(|job| !job.deploys));
}

#[test]
fn follows_reusable_workflows_and_composite_actions() {
    let pipelines = read(&[
        (".github/workflows/main.yml", "on:\n  push:\n    branches: [main]\njobs:\n  go:\n    uses: ./.github/workflows/ship.yml\n"),
        (
            ".github/workflows/ship.yml",
            "on:\n  workflow_call:\n  workflow_dispatch:\njobs:\n  up:\n    steps:\n      - uses: ./.github/actions/up\n",
        ),
        (".github/actions/up/action.yml", "runs:\n  using: composite\n  steps:\n    - run: ./go.sh\n      shell: bash\n"),
        ("go.sh", "flyctl deploy\n"),
    ]);
    let (main, ship) = (&pipelines[0].jobs[0], &pipelines[1].jobs[0]);
    assert!(main.deploys && ship.deploys);
    assert_eq!(ship.automatic, Some(true));
    assert!(ship.manual[0].twin);
    assert_eq!(pipelines[1].triggers[0].kind, TriggerKind::Called);
}

#[test]
fn a_redeploy_button_is_a_twin_but_another_target_is_not() {
    let auto = "on:\n  push:\n    branches: [main]\njobs:\n  deploy:\n    environment: staging\n    steps: [{run: sls deploy}]\n";
    let same = "on: workflow_dispatch\njobs:\n  deploy:\n    environment: staging\n    steps: [{run: sls deploy}]\n";
    let other = "on: workflow_dispatch\njobs:\n  deploy:\n    environment: production\n    steps: [{run: sls deploy}]\n";
    let pipelines = read(&[
        (".github/workflows/deploy.yml", auto),
        (".github/workflows/manual-deploy.yml", same),
        (".github/workflows/other-service.yml", same),
        (".github/workflows/production.yml", other),
    ]);
    let twin = |at: usize| pipelines[at].jobs[0].manual[0].twin;
    assert!(twin(1));
    assert!(!twin(2) && !twin(3));
}

#[test]
fn a_program_named_by_a_variable_is_known_where_its_value_is_given() {
    let jobs = workflow(
        "on: push\nenv: {TOOL: go, OTHER: \"${{ matrix.tool }}\"}\njobs:\n  a:\n    env: {TOOL: cargo}\n    steps:\n      - run: ${{ env.TOOL }} test --all\n      - run: ${{ env.OTHER }} test\n",
    );
    assert_eq!(jobs[0].steps.iter().map(|step| (step.text.as_str(), step.runs_tests)).next(), Some(("cargo test --all", true)));
    assert!(!jobs[0].steps[1].runs_tests);
}

#[test]
fn empty_and_broken_files_are_survived() {
    let snapshot = Snapshot::of_memory([
        (".github/workflows/a.yml", ""),
        (".github/workflows/b.yml", "# all of it\n# is commented\n"),
        (".github/workflows/c.yml", "on: push\njobs:\n  a:\n    steps: [{run: flyctl deploy}]\n  b: [\n"),
    ]);
    let mut notes = Notes::default();
    let pipelines = pipeline::read(&snapshot, &mut notes);
    assert!(pipelines.known().unwrap().iter().any(|pipeline| pipeline.jobs.iter().any(|job| job.deploys)));
    assert_eq!(notes.problems.len(), 1);
}

#[test]
fn jobs_beyond_the_limit_are_named() {
    let many: String = (0..1002).map(|at| format!("  j{at}: {{steps: [{{run: make}}]}}\n")).collect();
    let text = format!("on: push\njobs:\n{many}");
    let snapshot = Snapshot::of_memory([(".github/workflows/x.yml", text)]);
    let mut notes = Notes::default();
    let read = pipeline::read(&snapshot, &mut notes);
    assert_eq!(read.known().unwrap()[0].jobs.len(), 1000);
    assert!(notes.unread[0].reason.contains("only the first 1000 jobs"));
}
