//! What the fuzz targets run, and the test that replays their corpus: bytes become one file of a snapshot, and every
//! reader that could look at it does.
//!
//! The first byte chooses the file's name, the rest is its content.

#![allow(dead_code)]

use std::sync::LazyLock;

use handover::catalog::Catalog;
use handover::matcher::secret::Scanner;
use handover::snapshot::{PathClass, Snapshot};

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

/// Files that secrets are looked for in.
pub const SECRETS: &[&str] = &["src/App.cs", "appsettings.json", "k8s/secret.yaml", ".env", "main.bicep", "README.md", "terraform.tfstate"];

/// Looks for secrets in bytes, by every rule there is; each stands within them.
pub fn scan(data: &[u8]) {
    static SCANNER: LazyLock<Scanner> = LazyLock::new(|| {
        let catalog = Catalog::built_in().expect("the rules load");
        Scanner::new(catalog.rules.iter().map(|rule| (&rule.matcher, rule.confidence)))
    });
    let Some((which, content)) = data.split_first() else { return };
    let path = SECRETS[usize::from(*which) % SECRETS.len()];
    let snapshot = Snapshot::of_memory([(path, content)]);
    let Some(text) = snapshot.read(&snapshot.files()[0]) else { return };
    let mut before = 0;
    for hit in SCANNER.scan(&text, path, PathClass::Source) {
        assert!(hit.secret.start >= before && hit.secret.end <= text.bytes().len() && hit.secret.start < hit.secret.end);
        before = hit.secret.end;
    }
}

/// The same for what bytes are in base 64, with percent signs, with escapes and in lines that are joined.
pub fn scan_encoded(data: &[u8]) {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut base64 = vec![b'\0', b' '];
    for three in data.chunks(3) {
        let bits = three.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - three.len()));
        base64.extend((0..=three.len()).map(|at| DIGITS[(bits >> (18 - 6 * at) & 63) as usize]));
    }
    let mut forms = vec![base64];
    for (sign, from) in [("%", 0), ("\\u00", 1), ("\\x", 2)] {
        let escape = |(at, byte): (usize, &u8)| if at % 3 == from { format!("{sign}{byte:02x}").into_bytes() } else { vec![*byte] };
        forms.push([vec![1], data.iter().enumerate().flat_map(escape).collect()].concat());
    }
    forms.push(
        [b"\0s = \"".as_slice(), &data.split(|byte| *byte == b';').collect::<Vec<_>>().join(b";\" +\n \"".as_slice()), b"\""].concat(),
    );
    forms.iter().for_each(|form| scan(form));
}
