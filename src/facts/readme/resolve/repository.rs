//! What the repository holds, looked up as people write paths: from any folder, with either slash.

use std::collections::{BTreeSet, HashMap};
use std::sync::OnceLock;

use globset::{Glob, GlobSet, GlobSetBuilder};

use super::table::TABLE;
use crate::facts::markdown::resolve;
use crate::facts::stack::lock::is_published_node;
use crate::facts::stack::tree;
use crate::snapshot::Snapshot;

/// How many manifests of one kind are read.
const MANIFESTS: usize = 400;

/// What became of looking a path up.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// It is there.
    Here(String),
    /// It is there from another folder than the one that the commands lead to.
    From(String),
    /// It is there in other letter case.
    OtherCase(String),
    /// It is none of this repository's files by how it is written.
    Foreign,
    /// A build, a tool or the reader makes it.
    Made,
    /// It is nowhere.
    Missing,
}

/// A `package.json`.
#[derive(Debug)]
pub(super) struct Package {
    pub path: String,
    pub folder: String,
    pub name: String,
    pub scripts: Vec<(String, String)>,
    pub dependencies: BTreeSet<String>,
}

impl Package {
    pub(super) fn script(&self, name: &str) -> Option<&str> {
        self.scripts.iter().find(|(script, _)| script == name).map(|(_, text)| text.as_str())
    }
}

/// The repository as commands see it.
pub(super) struct Repository<'a> {
    pub snapshot: &'a Snapshot,
    folders: BTreeSet<&'a str>,
    /// Paths of files and folders by the last part of their lower-case form.
    named: HashMap<String, Vec<&'a str>>,
    left_out: Vec<String>,
    ignored: GlobSet,
    submodules: Vec<String>,
    packages: OnceLock<Vec<Package>>,
    library: OnceLock<bool>,
}

impl<'a> Repository<'a> {
    pub(super) fn new(snapshot: &'a Snapshot) -> Self {
        let mut folders = BTreeSet::new();
        for file in snapshot.files() {
            let mut folder = file.folder();
            while !folder.is_empty() && folders.insert(folder) {
                folder = folder.rsplit_once('/').map_or("", |(above, _)| above);
            }
        }
        let mut named: HashMap<String, Vec<&str>> = HashMap::new();
        let files = snapshot.files().iter().map(|file| file.path.as_str()).chain(snapshot.links().keys().map(String::as_str));
        for path in files.chain(folders.iter().copied()) {
            named.entry(last(path).to_lowercase()).or_default().push(path);
        }
        let left_out = snapshot.skipped().into_iter().map(|skipped| skipped.path.trim_end_matches('/').to_owned()).collect();
        Self {
            snapshot,
            folders,
            named,
            left_out,
            ignored: ignored(snapshot),
            submodules: submodules(snapshot),
            packages: OnceLock::new(),
            library: OnceLock::new(),
        }
    }

    pub(super) fn is_folder(&self, path: &str) -> bool {
        path.is_empty() || self.folders.contains(path)
    }

    pub(super) fn holds(&self, path: &str) -> bool {
        let left_out =
            |left_out: &String| path == left_out || path.strip_prefix(left_out.as_str()).is_some_and(|rest| rest.starts_with('/'));
        self.is_folder(path) || self.snapshot.find(path).is_some() || self.left_out.iter().any(left_out)
    }

    /// Whether a file of this name, in lower case, is anywhere.
    pub(super) fn names(&self, name: &str) -> Vec<&'a str> {
        self.named.get(name).cloned().unwrap_or_default()
    }

    /// Looks up a path as written, from the first of these folders that has it.
    pub(super) fn look(&self, folders: &[String], written: &str) -> Look {
        let path = written.trim_matches(['"', '\'']).replace('\\', "/");
        let plain = path.trim_end_matches('/').trim_end_matches("/...");
        if is_foreign(plain) {
            return Look::Foreign;
        }
        let places: Vec<String> = folders.iter().filter_map(|folder| resolve(folder, plain)).collect();
        if let Some(found) = places.iter().find(|place| self.holds(place)) {
            return Look::Here(found.clone());
        }
        let tail = plain.trim_start_matches("./").trim_start_matches("../");
        if let Some((found, same_case)) = self.ending(tail) {
            return if same_case { Look::From(found.to_owned()) } else { Look::OtherCase(found.to_owned()) };
        }
        // It leads out of the repository, from all folders that are known.
        if places.is_empty() {
            return Look::Foreign;
        }
        let inside_submodule = places.iter().any(|place| self.submodules.iter().any(|module| place.starts_with(module.as_str())));
        if inside_submodule || self.is_made(tail) { Look::Made } else { Look::Missing }
    }

    /// A path that ends with these parts, and whether it does so in the same letter case.
    fn ending(&self, tail: &str) -> Option<(&'a str, bool)> {
        let lower = tail.to_lowercase();
        let candidates = self.named.get(last(&lower))?;
        let ends = |path: &str, tail: &str| path == tail || path.strip_suffix(tail).is_some_and(|rest| rest.ends_with('/'));
        let same = candidates.iter().find(|path| ends(path, tail)).map(|path| (*path, true));
        same.or_else(|| candidates.iter().find(|path| ends(&path.to_lowercase(), &lower)).map(|path| (*path, false)))
    }

    /// Whether builds and tools make it, or the repository keeps it out of version control.
    pub(super) fn is_made(&self, path: &str) -> bool {
        let lower = path.to_ascii_lowercase();
        let folder = |part: &str| TABLE.made.folders.iter().any(|known| known == part);
        let (above, name) = lower.rsplit_once('/').unwrap_or(("", &lower));
        above.split('/').any(folder)
            || folder(name)
            || TABLE.made.ends.iter().any(|end| name.ends_with(end.as_str()))
            || self.is_compiled(name)
            || self.ignored.is_match(path)
            || self.ignored.is_match(last(path))
    }

    /// A file of JavaScript that a compiler makes of one with the same name.
    fn is_compiled(&self, name: &str) -> bool {
        let stem = [".js", ".mjs", ".cjs"].iter().find_map(|end| name.strip_suffix(end));
        stem.is_some_and(|stem| {
            [".ts", ".mts", ".tsx", ".coffee", ".res"].iter().any(|end| self.named.contains_key(&format!("{stem}{end}")))
        })
    }

    pub(super) fn packages(&self) -> &[Package] {
        self.packages.get_or_init(|| {
            let manifests =
                self.snapshot.files().iter().filter(|file| file.name() == "package.json" && !file.path.contains("node_modules/"));
            manifests.take(MANIFESTS).filter_map(|file| package(self.snapshot, &file.path)).collect()
        })
    }

    /// Whether others install it from a registry, so that its README shows commands for *their* projects.
    pub(super) fn is_library(&self) -> bool {
        *self.library.get_or_init(|| {
            let root = |name: &str| self.snapshot.read_path(name);
            let node = root("package.json").and_then(|text| tree::json(&text).ok()).is_some_and(|manifest| is_published_node(&manifest));
            let python = root("setup.py").is_some()
                || root("pyproject.toml")
                    .and_then(|text| tree::toml(&text).ok())
                    .is_some_and(|manifest| manifest.get("build-system").is_some());
            let php = root("composer.json").and_then(|text| tree::json(&text).ok()).is_some_and(|manifest| {
                manifest.get("type").and_then(tree::Node::text).is_some_and(|kind| kind != "project")
                    || (manifest.get("type").is_none() && manifest.get("autoload").is_some() && self.names("artisan").is_empty())
            });
            let gem = self.snapshot.files().iter().any(|file| file.folder().is_empty() && file.name().ends_with(".gemspec"));
            node || python || php || gem
        })
    }
}

fn last(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Whether a word is no path in this repository by how it is written.
pub(super) fn is_foreign(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    let drive = lower.get(1..3) == Some(":/");
    path.is_empty()
        || path.starts_with(['/', '~', '-', '@', '+'])
        || drive
        || path.contains(['$', '<', '>', '{', '}', '[', ']', '(', ')', '*', '?', '%', '`', '|', '=', ',', ';', '!', '^', ' ', '"', '\''])
        || path.contains(':')
        || TABLE.placeholder.words.iter().any(|word| lower.contains(word.as_str()))
}

/// The patterns of the root's `.gitignore`, as far as names and paths go.
fn ignored(snapshot: &Snapshot) -> GlobSet {
    let mut set = GlobSetBuilder::new();
    for file in snapshot.files().iter().filter(|file| file.name() == ".gitignore").take(50) {
        let Some(text) = snapshot.read(file) else { continue };
        for line in text.as_str().lines().take(2_000) {
            let line = line.trim();
            if line.is_empty() || line.starts_with(['#', '!']) {
                continue;
            }
            let pattern = line.trim_start_matches('/').trim_end_matches('/');
            // `*` alone would make everything ignored; what follows it are exceptions.
            if pattern.chars().all(|c| matches!(c, '*' | '/' | '.')) {
                continue;
            }
            for form in [pattern.to_owned(), format!("**/{pattern}"), format!("**/{pattern}/**")] {
                if let Ok(glob) = Glob::new(&form) {
                    set.add(glob);
                }
            }
        }
    }
    set.build().unwrap_or_else(|_| GlobSet::empty())
}

fn submodules(snapshot: &Snapshot) -> Vec<String> {
    let Some(text) = snapshot.read_path(".gitmodules") else { return Vec::new() };
    let text = text.as_str();
    text.lines()
        .filter_map(|line| line.trim().strip_prefix("path")?.trim_start().strip_prefix('=').map(|path| path.trim().to_owned()))
        .collect()
}

fn package(snapshot: &Snapshot, path: &str) -> Option<Package> {
    let manifest = tree::json(&snapshot.read_path(path)?).ok()?;
    let text = |node: &tree::Node| node.text().unwrap_or_default().to_owned();
    let scripts = manifest.get("scripts").map(tree::Node::entries).unwrap_or_default();
    let groups = ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"];
    let dependencies = groups.iter().filter_map(|group| manifest.get(group)).flat_map(tree::Node::entries);
    Some(Package {
        path: path.to_owned(),
        folder: path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned(),
        name: manifest.get("name").map(text).unwrap_or_default(),
        scripts: scripts.iter().map(|(name, node)| (name.clone(), text(node))).collect(),
        dependencies: dependencies.map(|(name, _)| name.clone()).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_found_from_any_folder_and_in_any_spelling() {
        let snapshot = Snapshot::of_memory([
            ("src/Api/Api.csproj", "x"),
            ("ops/run.sh", "x"),
            (".gitignore", "/local.yml\n*.key.json\n"),
            (".gitmodules", "[submodule]\n path = libs/other\n"),
        ]);
        let repository = Repository::new(&snapshot);
        let look = |path: &str| repository.look(&["src".into(), String::new()], path);
        assert_eq!(look(".\\src\\Api\\"), Look::Here("src/Api".into()));
        assert_eq!(look("Api/Api.csproj"), Look::Here("src/Api/Api.csproj".into()));
        assert_eq!(look("./run.sh"), Look::From("ops/run.sh".into()));
        assert_eq!(look("src/api/api.csproj"), Look::OtherCase("src/Api/Api.csproj".into()));
        assert_eq!(look("ops/gone.sh"), Look::Missing);
        for made in ["local.yml", "a.key.json", "dist/main.js", "x/node_modules/a", "libs/other/x.sh"] {
            assert_eq!(look(made), Look::Made, "{made}");
        }
        for foreign in ["/etc/x", "~/x", "C:/x", "https://a.example/x.sh", "$HOME/x", "path/to/x.sh", "../../../x", "<file>"] {
            assert_eq!(look(foreign), Look::Foreign, "{foreign}");
        }
    }
}
