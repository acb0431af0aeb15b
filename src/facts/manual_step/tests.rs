use super::table::TABLE;
use super::{ManualStep, read};
use crate::facts::{Notes, pipeline};
use crate::snapshot::Snapshot;

fn steps(files: &[(&str, &str)]) -> Vec<ManualStep> {
    read_all(files).0
}

fn read_all(files: &[(&str, &str)]) -> (Vec<ManualStep>, Notes) {
    let snapshot = Snapshot::of_memory(files.iter().map(|(path, text)| (*path, *text)));
    let mut notes = Notes::default();
    let pipelines = pipeline::read(&snapshot, &mut notes);
    let unread = notes.unread.first().map(|part| part.reason.clone());
    let mut own = Notes::default();
    let steps = read(&snapshot, &pipelines, unread.as_deref(), &mut own);
    (steps.known().cloned().unwrap_or_default(), own)
}

fn kinds(files: &[(&str, &str)]) -> Vec<(String, usize)> {
    steps(files).into_iter().map(|step| (step.kind, step.line)).collect()
}

fn one(kind: &str, line: usize) -> Vec<(String, usize)> {
    vec![(kind.to_owned(), line)]
}

const WORKFLOW: &str = ".github/workflows/ci.yml";

#[test]
fn a_script_that_asks_and_deploys_is_found_in_every_language() {
    assert_eq!(kinds(&[("deploy.sh", "#!/bin/sh\nread -p 'ok? ' a\nfly deploy\n")]), one("prompting-script", 2));
    assert_eq!(kinds(&[("up.sh", "select target in a b; do\n  helm upgrade x y\ndone\n")]), one("prompting-script", 1));
    assert_eq!(kinds(&[("deploy.ps1", "if ((Read-Host 'sure?') -ne 'y') { exit }\naz webapp deploy -n x\n")]), one("prompting-script", 1));
    assert_eq!(kinds(&[("deploy.bat", "@echo off\r\nset /p ok=Sure?\r\naz webapp deploy -n x\r\n")]), one("prompting-script", 2));
    let python = "import subprocess\nif input('sure? ') != 'y':\n    exit()\nsubprocess.run(['kubectl', 'apply', '-f', 'k8s'])\n";
    assert_eq!(kinds(&[("tools/deploy.py", python)]), one("prompting-script", 2));
    let node = "const ok = await inquirer.prompt([]);\nexecSync('firebase deploy --only hosting');\n";
    assert_eq!(kinds(&[("tools/deploy.js", node)]), one("prompting-script", 1));
    assert_eq!(kinds(&[("deploy.rb", "abort unless yes?('sure')\nsystem 'cap production deploy'\n")]), one("prompting-script", 1));
}

#[test]
fn a_question_without_a_deployment_or_with_a_way_past_it_is_none() {
    assert!(kinds(&[("tool.sh", "read -p 'name? ' a\nnpm init\n")]).is_empty());
    assert!(kinds(&[("each.sh", "while read line; do\n  kubectl apply -f $line\ndone\n")]).is_empty());
    assert!(kinds(&[("connect.sh", "read -p 'host? ' h\nssh $h\n")]).is_empty());
    assert!(kinds(&[("app/input.py", "name = input('name')\n")]).is_empty());
    let passable = "case $1 in\n  -y|--yes) yes=1;;\nesac\n[ $yes ] || read -p 'ok? ' a\nfly deploy\n";
    assert_eq!(kinds(&[("deploy.sh", passable)]), one("uncalled-script", 5));
    assert!(kinds(&[("local/deploy.sh", "read -p 'ok? ' a\nkubectl apply -f x\n")]).is_empty());
}

#[test]
fn every_command_that_asks_is_known() {
    let asked = |run: &str, letter: Option<char>, first: Option<&str>| match (letter, first) {
        (Some(letter), _) => format!("{run} -{letter} 'x' y"),
        (_, Some(first)) => format!("{run} {first} x"),
        _ => format!("{run} x"),
    };
    for prompt in &TABLE.prompt {
        let text = format!("{}\nfly deploy\n", asked(&prompt.run, prompt.letter, prompt.first.as_deref()));
        assert_eq!(kinds(&[("deploy.sh", &text)]), one("prompting-script", 1), "{text}");
    }
}

#[test]
fn a_script_is_called_by_name_through_others_and_by_systems_that_are_not_read() {
    let script = ("ops/deploy.sh", "#!/bin/sh\nset -e\nterraform apply\n");
    assert_eq!(kinds(&[script]), one("uncalled-script", 3));
    let calls = |run: &str| format!("on: push\njobs:\n  a:\n    steps:\n      - run: {run}\n");
    assert!(kinds(&[script, (WORKFLOW, &calls("bash ops/deploy.sh"))]).is_empty());
    assert_eq!(kinds(&[script, (WORKFLOW, &calls("bash ops/pre-deploy.sh"))]), one("uncalled-script", 3));
    let through = [script, ("all.sh", "ops/deploy.sh prod\n"), (WORKFLOW, &calls("./all.sh"))];
    assert!(kinds(&through).is_empty());
    let made = [script, ("Makefile", "go: x\nx:\n\tops/deploy.sh\n"), (WORKFLOW, &calls("make go"))];
    assert!(kinds(&made).is_empty());
    assert!(kinds(&[script, ("Jenkinsfile", "pipeline { sh 'ops/deploy.sh' }\n")]).is_empty());
    assert!(kinds(&[script, ("images/Dockerfile", "COPY ops/deploy.sh /\nCMD /deploy.sh\n")]).is_empty());
}

#[test]
fn beside_a_system_that_is_not_read_no_script_is_said_to_be_uncalled() {
    let (found, notes) = read_all(&[("deploy.sh", "fly deploy\n"), ("Jenkinsfile", "pipeline { build() }\n")]);
    assert!(found.is_empty());
    assert_eq!(notes.unread[0].part, "manual_steps");
    let (_, notes) = read_all(&[("Jenkinsfile", "pipeline { build() }\n")]);
    assert!(notes.unread.is_empty());
}

#[test]
fn a_script_on_the_server_deploys_where_its_name_says_so() {
    let text = "git pull\ndocker compose up -d --build\n";
    assert_eq!(kinds(&[("deploy.sh", text)]), one("uncalled-script", 2));
    assert!(kinds(&[("start.sh", text)]).is_empty());
    assert!(kinds(&[("deploy.sh", "php artisan migrate --force\n")]).is_empty());
}

#[test]
fn targets_are_read_with_what_calls_them() {
    let make = ("Makefile", "VAR := a:b\n.PHONY: deploy\nbuild:\n\tgo build\ndeploy_prd: build\n\taws-vault exec x -- terraform apply\n");
    assert_eq!(kinds(&[make]), one("uncalled-target", 6));
    assert_eq!(steps(&[make])[0].target.as_deref(), Some("production"));
    assert!(kinds(&[make, (".gitlab-ci.yml", "a:\n  script:\n    - make deploy_prd\n")]).is_empty());
    assert!(kinds(&[make, (".gitlab-ci.yml", "a:\n  script:\n    - make $TARGET\n")]).is_empty());
    let package =
        ("web/package.json", "{\n  \"scripts\": {\n    \"build\": \"vite build\",\n    \"deploy\": \"wrangler deploy\"\n  }\n}\n");
    assert_eq!(kinds(&[package]), one("uncalled-target", 4));
    assert!(kinds(&[package, (WORKFLOW, "on: push\njobs:\n  a:\n    steps:\n      - run: npm run --prefix web deploy\n")]).is_empty());
    assert_eq!(kinds(&[("justfile", "deploy env:\n  flyctl deploy -a {{env}}\n")]), one("uncalled-target", 2));
    assert!(kinds(&[("Makefile", "deploy:\n\tkubectl apply -f config # by controller-gen\n")]).is_empty());
    assert!(kinds(&[("Makefile", "deploy-local:\n\tkubectl apply -f config\nundeploy:\n\tkubectl apply -f none\n")]).is_empty());
}

#[test]
fn what_a_job_does_by_itself_needs_no_person() {
    let script = ("deploy.sh", "kubectl apply -f k8s/\n");
    let job = |run: &str| format!("on: push\njobs:\n  a:\n    steps:\n      - run: {run}\n");
    assert!(kinds(&[script, (WORKFLOW, &job("kubectl apply -f k8s/"))]).is_empty());
    let beside = steps(&[script, (WORKFLOW, &job("fly deploy"))]);
    assert!(!beside[0].only_way);
    assert!(steps(&[script])[0].only_way);
    assert!(!steps(&[script, ("vercel.json", "{}")])[0].only_way);
}

fn profile(method: &str, url: &str) -> String {
    format!(
        "\u{feff}<?xml version=\"1.0\"?>\n<Project>\n<PropertyGroup>\n<WebPublishMethod>{method}</WebPublishMethod>\n<PublishUrl>{url}</PublishUrl>\n</PropertyGroup>\n</Project>\n"
    )
}

#[test]
fn publish_profiles_go_to_another_machine_and_are_in_no_pipeline() {
    let at = "Web/Properties/PublishProfiles/Live.pubxml";
    for method in &TABLE.publish.methods {
        assert_eq!(kinds(&[(at, &profile(method, "ftp.example.com"))]), one("publish-profile", 4), "{method}");
    }
    for near in TABLE.publish.near.iter().map(String::as_str).chain(["C:\\site", "bin\\Release", "https://localhost:44/"]) {
        assert!(kinds(&[(at, &profile("MSDeploy", near))]).is_empty(), "{near}");
    }
    assert!(kinds(&[(at, &profile("FileSystem", "\\\\server\\share"))]).is_empty());
    let named = "steps:\n- script: msbuild /p:PublishProfile=Live\npool: x\n";
    assert!(kinds(&[(at, &profile("FTP", "ftp.example.com")), ("azure-pipelines.yml", named)]).is_empty());
}

fn told(heading: &str, text: &str) -> Vec<(String, usize)> {
    kinds(&[("README.md", &format!("# Shop\n\n## {heading}\n\n{text}\n"))])
}

#[test]
fn documents_are_taken_at_their_word_under_a_heading_of_deployment() {
    assert_eq!(told("Deployment", "- Log in to the server via putty"), one("instruction", 5));
    for (text, kind) in [
        ("Right-click the project and choose Publish.", "instruction"),
        ("Publish the project to the website physical path.", "instruction"),
        ("SSH into the production machine.", "instruction"),
        ("Then upload the files to the server with care.", "instruction"),
        ("Copy the files via FileZilla.", "instruction"),
        ("1. Manually run the job.", "instruction"),
        ("Run the migration scripts against production.", "instruction"),
        ("Restart the app pool.", "instruction"),
        ("Swap the slots.", "instruction"),
        ("After each deployment, remember to warm it up.", "instruction"),
        ("Deploy the first one from my laptop.", "instruction"),
        ("Zip the publish folder.", "instruction"),
        ("Build the image locally and push it.", "instruction"),
        ("Ask the DBA to apply them.", "instruction"),
        ("Log in to the Azure portal.", "setup-instruction"),
        ("Ask Kim for the credentials.", "setup-instruction"),
    ] {
        let found = told("Deployment", text);
        assert_eq!(found, one(kind, 5), "{text}");
    }
}

#[test]
fn documents_of_others_of_the_past_and_of_machines_are_left_alone() {
    assert!(told("Usage", "Restart the service.").is_empty());
    assert!(told("Deployment on your own server", "Restart the service.").is_empty());
    assert!(told("Local deployment", "Restart the service.").is_empty());
    assert!(told("Deployment", "The pipeline restarts the service.").is_empty());
    assert!(told("Deployment", "There is no need to manually restart it.").is_empty());
    assert!(told("Deployment", "If you need to restart the service, do so.").is_empty());
    assert!(told("Deployment", "Previously you had to log in to the server.").is_empty());
    assert!(told("Deployment", "```sh\nssh into the server\n```").is_empty());
    assert!(kinds(&[("docs/adr/0001-deployment.md", "# Deployment\n\nRestart the service.\n")]).is_empty());
    assert_eq!(kinds(&[("docs/deployment.md", "# How\n\nRestart the service.\n")]), one("instruction", 3));
}

#[test]
fn survives_anything() {
    for text in [
        "",
        "\"",
        "'",
        "`\u{1F600}`",
        "<",
        "<WebPublishMethod>",
        "a:",
        ":\n\t\n",
        "{\"scripts\": 3}",
        "{\"scripts\": {\"deploy\": 1}}",
        "read -",
    ] {
        for path in ["deploy.sh", "deploy.py", "Makefile", "package.json", "x.pubxml", "docs/deploy.md", "deploy"] {
            let _ = steps(&[(path, text)]);
        }
    }
}
