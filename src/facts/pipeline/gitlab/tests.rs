use crate::facts::pipeline::{Job, Pipeline};
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
    read(&[(".gitlab-ci.yml", text)]).remove(0).jobs
}

#[test]
fn when_manual_stops_and_a_shutdown_is_nothing() {
    let jobs = jobs(
        "ship:\n  stage: deploy\n  environment: {name: production}\n  script: [helm upgrade a b]\n  when: manual\nstop it:\n  stage: deploy\n  environment: {name: production, action: stop}\n  script: [helm uninstall a]\n  when: manual\n",
    );
    assert_eq!((jobs[0].deploys, jobs[0].automatic), (true, Some(false)));
    assert_eq!(jobs[0].manual[0].line, 5);
    assert!(!jobs[1].deploys && jobs[1].manual.is_empty());
}

#[test]
fn follows_extends_includes_references_and_merges() {
    let pipelines = read(&[
        (".gitlab-ci.yml", "include:\n  - local: /ci/*.yml\nstages: [go]\n.keys: &keys\n  tags: [x]\n"),
        (
            "ci/base.yml",
            ".base:\n  stage: go\n  environment:\n    name: $WHERE\n  script:\n    - !reference [.steps, script]\n.steps:\n  script:\n    - scp x $HOST:/srv\n",
        ),
        (
            "ci/ship.yml",
            "ship:\n  extends: .base\n  variables:\n    WHERE: staging\n  rules:\n    - if: $CI_COMMIT_BRANCH == \"main\"\n      when: manual\n",
        ),
    ]);
    let ship = pipelines.iter().find(|pipeline| pipeline.file == "ci/ship.yml").unwrap();
    let job = &ship.jobs[0];
    assert_eq!((job.deploys, job.target.as_deref(), job.manual[0].line), (true, Some("staging"), 7));
}

#[test]
fn a_manual_job_in_rules_holds_the_later_stages_back() {
    let jobs = jobs(
        "stages: [ask, ship]\nask:\n  stage: ask\n  script: [make check]\n  rules:\n    - when: manual\nship:\n  stage: ship\n  script: [kubectl apply -f x]\n",
    );
    assert_eq!(jobs[1].automatic, Some(false));
    assert_eq!(jobs[0].manual.len(), 1);
}

#[test]
fn an_optional_manual_job_that_leads_nowhere_is_nothing() {
    let jobs =
        jobs("bench:\n  stage: test\n  script: [make bench]\n  when: manual\nship:\n  stage: deploy\n  script: [kubectl apply -f x]\n");
    assert!(jobs[0].manual.is_empty());
    assert_eq!(jobs[1].automatic, Some(true));
}

#[test]
fn a_button_beside_an_automatic_path_is_a_twin() {
    let jobs = jobs(
        ".ship:\n  stage: deploy\n  environment: {name: production}\n  script: [docker stack deploy x]\nship:\n  extends: .ship\n  rules:\n    - if: $CI_COMMIT_TAG\nagain:\n  extends: .ship\n  rules:\n    - if: $AGAIN == \"yes\"\n      when: manual\n    - when: never\n",
    );
    assert!(jobs.iter().any(|job| job.id == "ship" && job.automatic == Some(true)));
    assert!(jobs.iter().any(|job| job.id == "again" && job.manual[0].twin));
}

#[test]
fn a_job_for_the_web_is_started_by_hand() {
    let jobs = jobs(
        "a:\n  script: [flyctl deploy]\n  only: [web]\nb:\n  script: [flyctl deploy]\n  rules:\n    - if: $CI_PIPELINE_SOURCE == \"web\"\nc:\n  environment: x\n  script: [echo nothing yet]\n",
    );
    assert_eq!(jobs[0].automatic, Some(false));
    assert_eq!((jobs[1].automatic, jobs[1].manual.len()), (Some(false), 1));
    assert!(!jobs[2].deploys);
}

#[test]
fn a_file_of_countless_jobs_is_read_in_time() {
    let many: String = (0..10_000).map(|at| format!("j{at}:\n  script: [flyctl deploy]\n  rules: [{{when: manual}}]\n")).collect();
    assert!(jobs(&many).len() <= 1000);
    let circle = "a:\n  extends: b\n  script: [make]\nb:\n  extends: [a, a, a]\n  script: [make]\n";
    assert_eq!(jobs(circle).len(), 2);
}

#[test]
fn what_is_not_read_is_noted() {
    let noted = |files: Vec<(String, String)>| {
        let mut notes = Notes::default();
        let section = pipeline::read(&Snapshot::of_memory(files), &mut notes);
        (matches!(section, Section::Unknown { .. }), notes.unread)
    };
    let (unknown, unread) = noted(vec![(".gitlab-ci.yml".into(), "a: \0".into())]);
    assert!(unknown && unread[0].reason == ".gitlab-ci.yml could not be read as text");
    let many: String = (0..1_001).map(|at| format!("j{at}:\n  script: [make]\n")).collect();
    assert!(noted(vec![(".gitlab-ci.yml".into(), many)]).1[0].reason.contains("jobs"));
    let chain =
        (0..7).map(|at| (if at == 0 { ".gitlab-ci.yml".into() } else { format!("{at}.yml") }, format!("include: {}.yml\n", at + 1)));
    assert!(noted(chain.collect()).1.iter().any(|part| part.reason.contains("levels deep")));
}
