//! What the fuzz targets run, and the test that replays their corpus: bytes become one file of a snapshot, and every
//! reader that could look at it does.
//!
//! The first byte chooses the file's name, the rest is its content.

#![allow(dead_code)]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use handover::catalog::Catalog;
use handover::check::Bounds;
use handover::config::{FAIL_BELOW, Switches};
use handover::matcher::secret::Scanner;
use handover::run::{Plan, check};
use handover::severity::{Confidence, Severity};
use handover::snapshot::{Options, PathClass, Snapshot, Source, What};

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

/// Damages the pack of a repository or its index, four bytes a place, and reads the past of that.
///
/// A place is a file and two bytes of offset, then the byte to put there; what is left over cuts the pack short. Returns how
/// many contents of files were read.
pub fn read_past(data: &[u8]) -> u64 {
    static PACKED: LazyLock<Packed> = LazyLock::new(Packed::make);
    static PLAN: LazyLock<Plan> = LazyLock::new(|| Plan {
        catalog: with_one_rule(),
        switches: Switches::default(),
        profile: None,
        only: vec!["secrets/history".into()],
        skip: Vec::new(),
        bounds: Bounds { min_confidence: Confidence::Medium, fail_below: FAIL_BELOW },
        fail_on: Severity::Blocker,
        min_score: None,
        as_of: None,
        history: true,
        history_since: None,
        cache: None,
        ignores: true,
        revoked: Vec::new(),
    });
    let mut files = PACKED.files.clone();
    for place in data.chunks_exact(4).take(64) {
        let [which, high, low, byte] = *place else { continue };
        let (_, bytes) = &mut files[usize::from(which) % 2];
        let at = usize::from(u16::from_be_bytes([high, low])) % bytes.len();
        bytes[at] = byte;
    }
    if let [.., last] = data.chunks_exact(4).remainder() {
        let bytes = &mut files[0].1;
        bytes.truncate(bytes.len() * usize::from(*last) / 256);
    }
    let copy = tempfile::TempDir::new().expect("a folder");
    copy_folder(PACKED.folder.path(), copy.path());
    for (path, bytes) in &files {
        fs::write(copy.path().join(path), bytes).expect("a file of the pack");
    }
    let source = Source { path: copy.path().to_owned(), what: What::WorkTree };
    let report = Snapshot::take(&source, &Options::default()).and_then(|snapshot| check(&snapshot, &PLAN));
    report.ok().and_then(|report| report.read.history).map_or(0, |read| read.blobs)
}

/// The rules, of those for secrets one: what is put to the test is not the search, and preparing it takes most of the time.
fn with_one_rule() -> Catalog {
    let mut catalog = Catalog::built_in().expect("the rules load");
    catalog.rules.retain(|rule| rule.id == "secrets/database-url-password");
    catalog
}

/// A repository whose past is in one pack and whose tip is not, and the files of that pack: itself and its index.
struct Packed {
    folder: tempfile::TempDir,
    files: [(PathBuf, Vec<u8>); 2],
}

impl Packed {
    fn make() -> Self {
        let folder = tempfile::TempDir::new().expect("a folder");
        let git = git2::Repository::init(folder.path()).expect("a repository");
        let lines: String = (0..60).map(|at| format!("  route('/orders/{at}', handler{at});\n")).collect();
        let mut parent = None;
        for version in 0..8 {
            parent = Some(commit(&git, parent, &format!("{lines}// {version}\n")));
        }
        let mut ids = Vec::new();
        let mut gather = |id: &git2::Oid| {
            ids.push(*id);
            true
        };
        git.odb().expect("objects").foreach(&mut gather).expect("objects");
        let mut builder = git.packbuilder().expect("a pack");
        ids.iter().for_each(|id| builder.insert_object(*id, None).expect("an object"));
        let objects = git.path().join("objects");
        builder.write(&objects.join("pack"), 0).expect("a pack");
        let loose = |folder: &fs::DirEntry| folder.file_name().len() == 2;
        fs::read_dir(&objects)
            .expect("objects")
            .flatten()
            .filter(loose)
            .for_each(|folder| fs::remove_dir_all(folder.path()).expect("objects"));
        // The tip is read by libgit2; what is put to the test is what reads the past.
        commit(&git, parent, &lines);
        fs::write(folder.path().join("app.js"), &lines).expect("a file");
        let packs: Vec<PathBuf> = fs::read_dir(objects.join("pack")).expect("a pack").flatten().map(|file| file.path()).collect();
        let file = |extension: &str| {
            let path = packs.iter().find(|path| path.extension().is_some_and(|end| end == extension)).expect("a file of the pack");
            (path.strip_prefix(folder.path()).expect("a path below").to_owned(), fs::read(path).expect("a file of the pack"))
        };
        Self { files: [file("pack"), file("idx")], folder }
    }
}

/// Commits one file on `HEAD`.
fn commit(git: &git2::Repository, parent: Option<git2::Oid>, content: &str) -> git2::Oid {
    let person = git2::Signature::new("Ada", "ada@example.org", &git2::Time::new(1_700_000_000, 0)).expect("a person");
    let mut tree = git.treebuilder(None).expect("a tree");
    tree.insert("app.js", git.blob(content.as_bytes()).expect("a blob"), 0o100_644).expect("an entry");
    let tree = git.find_tree(tree.write().expect("a tree")).expect("a tree");
    let parent = parent.map(|id| git.find_commit(id).expect("a commit"));
    let parents: Vec<&git2::Commit<'_>> = parent.iter().collect();
    git.commit(Some("HEAD"), &person, &person, "Another", &tree, &parents).expect("a commit")
}

fn copy_folder(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).expect("a folder").flatten() {
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            fs::create_dir_all(&to).expect("a folder");
            copy_folder(&entry.path(), &to);
        } else if !entry.file_name().to_string_lossy().ends_with(".sample") {
            fs::copy(entry.path(), to).expect("a file");
        }
    }
}
