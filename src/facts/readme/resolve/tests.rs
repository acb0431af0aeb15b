use super::super::CommandStatus;
use super::super::topics::Guide;
use super::resolve;
use crate::facts::markdown::Document;
use crate::snapshot::Snapshot;

/// The status of the last command that a README gives in a repository with these files, and why.
fn judged(files: &[(&str, &str)], readme: &str) -> (CommandStatus, String) {
    let snapshot = Snapshot::of_memory(files.iter().map(|(path, content)| ((*path).to_owned(), content.as_bytes().to_vec())));
    let guide = Guide::new("README.md", Document::parse("README.md", readme));
    let last = resolve(&snapshot, &[&guide]).pop().unwrap_or_else(|| panic!("no command in {readme}"));
    (last.status, last.reason.unwrap_or_default())
}

fn status(files: &[(&str, &str)], commands: &str) -> CommandStatus {
    judged(files, &format!("# A\n\n```sh\n{commands}\n```\n")).0
}

const NODE: &[(&str, &str)] = &[
    ("package.json", r#"{"private": true, "scripts": {"dev": "vite", "build:all": "x"}, "devDependencies": {"vite": "1"}}"#),
    ("web/package.json", r#"{"name": "@shop/web", "private": true, "scripts": {"serve": "nodemon x.js"}}"#),
    ("web/x.js", "x"),
];

#[test]
fn package_scripts_are_declared() {
    for ok in [
        "npm run dev",
        "yarn dev",
        "pnpm --filter @shop/web run serve && npm i -g nodemon",
        "npm ci || npm install",
        "cd web && npm run dev",
    ] {
        assert_ne!(status(NODE, ok), CommandStatus::Broken, "{ok}");
    }
    for broken in ["npm run gone", "npm start", "yarn build", "yarn build:one", "npm run dev -w api", "cd web && npm run serve"] {
        assert_eq!(status(NODE, broken), CommandStatus::Broken, "{broken}");
    }
    for unknown in ["npm run <script>", "yarn tsc", "npm run $X", "npm run serve", "cd ../other && npm run serve"] {
        assert_eq!(status(NODE, unknown), CommandStatus::Unknown, "{unknown}");
    }
    assert_eq!(status(&[], "npm start"), CommandStatus::Unknown);
}

#[test]
fn targets_of_task_runners_are_declared() {
    let files = &[
        ("Makefile", "include misc/tools.mk\n.PHONY: up\nup: x\n\tgo\nbuild:\n\tgo build\n"),
        ("misc/tools.mk", "lint:\n\trun\n"),
        ("build/x.txt", "x"),
        ("psakefile.ps1", "task Compile {\n}\n"),
        ("Taskfile.yml", "tasks:\n  one:\n    cmds: []\n"),
        ("composer.json", r#"{"type": "project", "scripts": {"check": "x"}}"#),
        ("justfile", "run arg='x':\n  go\n"),
    ];
    for ok in ["make up lint", "make -j 4 up", "psake compile", "task one", "composer check", "just run fast"] {
        assert_ne!(status(files, ok), CommandStatus::Broken, "{ok}");
    }
    for broken in ["make down", "make build", "psake localversion", "task two", "composer run gone", "just gone"] {
        assert_eq!(status(files, broken), CommandStatus::Broken, "{broken}");
    }
}

#[test]
fn files_that_commands_name_are_there() {
    let files = &[
        ("scripts/run.sh", "x"),
        ("src/Api/Api.csproj", "x"),
        (".env.example", "A="),
        ("app/main.py", "x"),
        ("app/__init__.py", "x"),
        ("web/package.json", r#"{"scripts": {"start": "node gone.js", "dev": "node dist/x.js"}}"#),
        ("compose.yaml", "services:\n  db:\n    image: x\n"),
    ];
    for ok in [
        "./scripts/run.sh",
        "cp .env.example .env",
        "dotnet run --project src\\Api",
        "uvicorn app.main:app --reload",
        "celery -A app.main worker",
        "python -m app.main",
        "go test ./...",
        "npm --prefix web run dev",
        "docker compose up -d db",
        "cd src/Api && dotnet run",
        "git clone https://a.example/x/shop.git && cd shop && ./scripts/run.sh",
    ] {
        assert_eq!(status(files, ok), CommandStatus::Ok, "{ok}");
    }
    for broken in [
        "./scripts/gone.sh",
        "cp .env.sample .env",
        "dotnet run --project src/Web",
        "uvicorn gone.main:app",
        "python -m app.sub.gone",
        "npm --prefix web start",
        "docker compose up -d redis",
        "cd src/Web",
        "python manage.py migrate",
        "pip install -r requirements.txt",
        "docker compose -f ops/gone.yml up",
        "get-WinGetConfiguration -file .\\setup\\x.dsc.yaml",
        "docker build -t a .",
    ] {
        assert_eq!(status(files, broken), CommandStatus::Broken, "{broken}");
    }
    for unknown in [
        "bash gone/<your>.sh",
        "node dist/main.js",
        "touch run.py && python run.py",
        "curl -O https://a.example/x.sh && bash x.sh",
        "ssh host\n./scripts/gone.sh",
        "docker exec -it a bash\npython gone.py",
        "git clone https://a.example/x/shop.git\ngit clone https://a.example/x/other.git\ncd other\nnpm run gone\n./gone.sh",
        "echo x > gone.sh\nbash gone.sh",
        "./SCRIPTS/run.sh",
        "./run.sh",
        "source .env",
        "brew install x",
        "mkdir build && cd build && ../gone/../../x.sh",
    ] {
        assert_eq!(status(files, unknown), CommandStatus::Unknown, "{unknown}");
    }
}

#[test]
fn sentences_send_commands_elsewhere_or_make_files() {
    for text in [
        "Get it from [the tools](https://github.com/other/tools).\n\n```sh\n./scripts/gone.sh\n```\n",
        "Take [the script](https://github.com/other/tools/blob/main/scripts/gone.sh).\n\n```sh\n./scripts/gone.sh\n```\n",
        "Go to the `x/tools` repo folder:\n\n- `make one`\n- `make two`\n- `make three`\n",
        "On the server:\n\n```sh\n./scripts/gone.sh\n```\n",
        "Create a file called `gone.py`.\n\n```sh\npython gone.py\n```\n",
        "In your project:\n\n```sh\nnpm run gone\n```\n",
    ] {
        assert_eq!(judged(NODE, &format!("# A\n\n{text}")).0, CommandStatus::Unknown, "{text}");
    }
    assert_eq!(judged(NODE, "# A\n\nClone [it](https://github.com/own/it).\n\n```sh\n./scripts/gone.sh\n```\n").0, CommandStatus::Broken);
}

#[test]
fn the_readme_of_a_library_speaks_of_projects_of_others() {
    let files = &[("package.json", r#"{"name": "a", "version": "1", "main": "a.js", "files": [], "types": "a.d.ts"}"#)];
    assert_eq!(judged(files, "# A\n\n## Usage\n\n```sh\nnpm run storybook\n```\n").0, CommandStatus::Unknown);
    assert_eq!(judged(files, "# A\n\n## Development\n\n```sh\nnpm run storybook\n```\n").0, CommandStatus::Broken);
}

#[test]
fn build_tools_know_their_packages() {
    let files = &[
        ("Cargo.toml", "[package]\nname = \"a\"\n[[bin]]\nname = \"tool\"\n"),
        ("examples/one.rs", "x"),
        ("settings.gradle", "include 'app'\n"),
        ("pom.xml", "<project><modules><module>core</module></modules></project>"),
    ];
    for ok in ["cargo run --bin tool", "cargo run --example one", "gradle :app:test", "mvn -pl core test"] {
        assert_eq!(status(files, ok), CommandStatus::Ok, "{ok}");
    }
    for broken in [
        "cargo run --bin gone",
        "cargo run --example two",
        "cargo test -p gone",
        "gradle :web:test",
        "mvn -pl web test",
        "dotnet tool restore",
    ] {
        assert_eq!(status(files, broken), CommandStatus::Broken, "{broken}");
    }
}

#[test]
fn a_linked_document_may_speak_of_commands_without_telling_to_type_them() {
    let snapshot = Snapshot::of_memory([("README.md", "x")]);
    let text = "# B\n\nRun `cp .env.example .env` there.\n\n```sh\n./scripts/gone.sh\n```\n";
    let guides = [Guide::new("README.md", Document::parse("README.md", "# A\n")), Guide::new("b.md", Document::parse("b.md", text))];
    let all = resolve(&snapshot, &guides.iter().collect::<Vec<_>>());
    assert_eq!(all.iter().map(|command| command.status).collect::<Vec<_>>(), [CommandStatus::Unknown, CommandStatus::Broken]);
}

#[test]
fn a_command_may_be_gone_with_a_version() {
    let locked = |version: &str| format!(r#"{{"packages": [{{"name": "tymon/jwt-auth", "version": "{version}"}}]}}"#);
    let of =
        |version: &str| judged(&[("composer.lock", locked(version).as_str()), ("artisan", "x")], "# A\n\n    php artisan jwt:generate\n").0;
    assert_eq!((of("1.0.0-rc.4.1"), of("0.5.12")), (CommandStatus::Broken, CommandStatus::Unknown));
}

#[test]
fn a_project_that_is_named_is_there_whatever_ran_before() {
    let files = [("Shop.sln", ""), ("src/Api/Api.csproj", "<Project />"), ("compose.yaml", "services: {db: {image: postgres}}")];
    for (status_of, project) in
        [(CommandStatus::Ok, "src/Api"), (CommandStatus::Broken, "src/Web"), (CommandStatus::Broken, "src/Api/Web.csproj")]
    {
        let commands = format!("docker compose up -d db\ndotnet run --project {project}");
        assert_eq!(status(&files, &commands), status_of, "{project}");
    }
}
