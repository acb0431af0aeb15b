//! Lock files that only their content shows, and whether a technology is expected to commit one here.

use super::dependency;
use super::table::TABLE;
use super::tree::{self, Node};
use crate::snapshot::{File, Snapshot};

/// Requirements files that hold a resolved set of packages, and so lock it.
pub(super) fn resolved_requirements(snapshot: &Snapshot, projects: &[&File]) -> Vec<String> {
    let requirements = projects.iter().filter(|file| is_requirements(file));
    requirements.filter(|file| snapshot.read(file).is_some_and(|text| is_resolved(&text.as_str()))).map(|file| file.path.clone()).collect()
}

fn is_requirements(file: &File) -> bool {
    file.name() != "setup.py" && file.name().to_ascii_lowercase().ends_with(".txt")
}

/// Whether every line is pinned, and the lines are those of a resolver rather than of a person.
fn is_resolved(text: &str) -> bool {
    let lines = || text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with(['#', '-']));
    let pinned = |line: &str| line.contains("==") && !line.contains('*') || line.contains(" @ ");
    let indirect = |line: &&str| {
        let name = dependency::python_name(line);
        TABLE.python.indirect.contains(&name)
    };
    let resolved = || TABLE.python.resolved.iter().any(|mark| text.contains(mark.as_str())) || lines().filter(indirect).count() >= 2;
    lines().next().is_some() && lines().all(pinned) && resolved()
}

/// Whether the projects of this technology are of the kind that commits a lock file.
pub(super) fn expected(snapshot: &Snapshot, stack: &str, projects: &[&File]) -> bool {
    projects.iter().any(|file| match stack {
        "node" => json(snapshot, file).is_some_and(|manifest| node(&manifest)),
        "php" => json(snapshot, file).is_some_and(|manifest| php(snapshot, file, &manifest)),
        "python" => python(snapshot, file),
        "rust" => rust(snapshot, file),
        "go" => snapshot.read(file).is_some_and(|text| !dependency::of("go", file, &text).is_empty()),
        "ruby" => !file.name().ends_with(".gemspec") && !has_gemspec_beside(file, projects),
        // NuGet and Gradle lock on request only, and Maven not at all.
        _ => false,
    })
}

fn has_gemspec_beside(file: &File, projects: &[&File]) -> bool {
    projects.iter().any(|other| other.name().ends_with(".gemspec") && other.folder() == file.folder())
}

fn json(snapshot: &Snapshot, file: &File) -> Option<Node> {
    tree::json(&snapshot.read(file)?).ok()
}

fn node(manifest: &Node) -> bool {
    let depends = ["dependencies", "devDependencies"].iter().any(|key| manifest.get(key).is_some_and(|node| !node.entries().is_empty()));
    depends && !is_published_node(manifest)
}

/// Whether a `package.json` is that of a package that others install: a lock file would not reach them.
pub(crate) fn is_published_node(manifest: &Node) -> bool {
    let has = |key: &str| manifest.get(key).is_some();
    let private = manifest.get("private").is_some_and(Node::is_true);
    let starts = ["start", "serve", "dev"].iter().any(|script| manifest.get("scripts").and_then(|scripts| scripts.get(script)).is_some());
    let shape = has("exports") || has("types") || has("module") || has("typings") || has("publishConfig") || has("main") && has("files");
    !private && !starts && has("name") && has("version") && shape
}

fn php(snapshot: &Snapshot, file: &File, manifest: &Node) -> bool {
    let requires = manifest.get("require").is_some_and(|node| node.entries().iter().any(|(name, _)| name.contains('/')));
    let starts = ["artisan", "bin/console", "index.php", "public/index.php", "web/index.php", "wp-config.php"];
    requires
        && match manifest.get("type").and_then(Node::text) {
            Some(kind) => kind == "project",
            None => starts.iter().any(|entry| snapshot.find(&beside(file, entry)).is_some()),
        }
}

fn python(snapshot: &Snapshot, file: &File) -> bool {
    match file.name() {
        "setup.py" => false,
        "Pipfile" => true,
        "pyproject.toml" => {
            let manifest = snapshot.read(file).and_then(|text| tree::toml(&text).ok());
            manifest.is_some_and(|manifest| TABLE.python.locking_tools.iter().any(|tool| manifest.path(tool).is_some()))
        }
        _ => snapshot.read(file).is_some_and(|text| !dependency::of("python", file, &text).is_empty()),
    }
}

fn rust(snapshot: &Snapshot, file: &File) -> bool {
    let sources = ["src/main.rs", "main.rs"].iter().any(|entry| snapshot.find(&beside(file, entry)).is_some());
    let folder = beside(file, "src/bin/");
    let declared = || snapshot.read(file).and_then(|text| tree::toml(&text).ok()).is_some_and(|manifest| manifest.get("bin").is_some());
    sources || snapshot.files().iter().any(|other| other.path.starts_with(&folder)) || declared()
}

/// A path beside a file.
pub(crate) fn beside(file: &File, path: &str) -> String {
    if file.folder().is_empty() { path.to_owned() } else { format!("{}/{path}", file.folder()) }
}
