//! What the fuzz targets run, and the test that replays their corpus: bytes become one file of a snapshot, and every
//! reader that could look at it does.
//!
//! The first byte chooses the file's name, the rest is its content.

#![allow(dead_code)]

use handover::snapshot::Snapshot;

/// Source code and tests: settings, flows, integration tests, skipped tests.
pub const CODE: &[&str] = &[
    "src/App.cs",
    "src/app.ts",
    "src/app.py",
    "src/main.go",
    "src/main/java/App.java",
    "src/App.kt",
    "tests/AppTests.cs",
    "test/app.test.js",
    "tests/test_app.py",
    "src/app_test.go",
    "src/test/java/AppTest.java",
    "src/app.jsx",
];

/// Documents: README with its commands, decision records, owners.
pub const DOCUMENTS: &[&str] =
    &["README.md", "README.rst", "docs/adr/0001-a.md", "docs/decisions/0002-b.md", "CODEOWNERS", ".github/CODEOWNERS", "docs/deploy.md"];

/// Manifests and settings files: stacks, services, declared settings, what commands resolve against.
pub const MANIFESTS: &[&str] = &[
    "package.json",
    "pyproject.toml",
    "requirements.txt",
    "pom.xml",
    "build.gradle",
    "App.csproj",
    "App.sln",
    "go.mod",
    "Cargo.toml",
    "Gemfile",
    "composer.json",
    "compose.yaml",
    "docker-compose.yml",
    ".devcontainer/devcontainer.json",
    "appsettings.json",
    "Properties/launchSettings.json",
    "src/main/resources/application.yml",
    "src/main/resources/application.properties",
    ".env.example",
    "Makefile",
    "Taskfile.yml",
    "justfile",
    "Dockerfile",
    ".config/dotnet-tools.json",
    "pnpm-workspace.yaml",
    ".gitattributes",
    ".mailmap",
    "schema.prisma",
    "app.json",
    "k8s/deployment.yaml",
    "main.tf",
];

/// Pipelines, and what deploys outside of them.
pub const PIPELINES: &[&str] = &[
    ".github/workflows/ci.yml",
    "azure-pipelines.yml",
    ".gitlab-ci.yml",
    ".github/actions/deploy/action.yml",
    "scripts/deploy.sh",
    "deploy.ps1",
    "App/Properties/PublishProfiles/site.pubxml",
];

/// Reads bytes as one file of a snapshot, beside a few files that it can refer to.
pub fn read(names: &[&str], data: &[u8]) {
    let Some((which, content)) = data.split_first() else { return };
    let name = names[usize::from(*which) % names.len()];
    let content = String::from_utf8_lossy(content);
    let beside = [
        ("README.md", "# Shop\n\n```sh\nmake up\nnpm run dev\n./scripts/go.sh\ncd web && dotnet run --project Web\n```\n"),
        ("package.json", r#"{"scripts": {"dev": "node ."}, "dependencies": {"express": "5", "pg": "8"}}"#),
        ("web/Web.csproj", "<Project Sdk=\"Microsoft.NET.Sdk.Web\"></Project>"),
        (".github/workflows/go.yml", "on: push\njobs:\n  a:\n    steps:\n      - run: ./scripts/deploy.sh\n"),
    ];
    let others = beside.iter().filter(|(path, _)| *path != name).copied();
    let snapshot = Snapshot::of_memory(std::iter::once((name, content.as_ref())).chain(others));
    let facts = handover::facts::read(&snapshot);
    drop(facts);
}
