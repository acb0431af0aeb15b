//! The class of a path: the one table that everybody asks whether a file is source, test, sample, documentation …
//!
//! Decided by `.gitattributes` (linguist attributes) where there is one, then by `rules/data/paths.toml`. The same table
//! names the folders that a walk does not enter.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::attributes::{Attributes, Said};
use super::path_class::{ClassSet, PathClass};
use crate::table::glob::Globs;

impl PathClass {
    /// The class of a path by the table alone.
    #[must_use]
    pub fn of(path: &str) -> Self {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        TABLE.decide(Said::default(), TABLE.folder_classes(folder).with(TABLE.file_classes(path, name)))
    }

    /// The class of what a folder holds, unless a file's own name says otherwise.
    pub(crate) fn of_folder(path: &str) -> Self {
        TABLE.decide(Said::default(), TABLE.folder_classes(path))
    }
}

/// Classifies the files of one snapshot; remembers what it learnt of a folder.
pub(crate) struct Classifier<'a> {
    attributes: &'a Attributes,
    folders: HashMap<String, ClassSet>,
}

impl<'a> Classifier<'a> {
    pub(crate) fn new(attributes: &'a Attributes) -> Self {
        Self { attributes, folders: HashMap::new() }
    }

    /// The class of a file by its path, as it is and as it is printed.
    pub(crate) fn class(&mut self, raw: &[u8], path: &str) -> PathClass {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let of_folder = match self.folders.get(folder) {
            Some(&known) => known,
            None => *self.folders.entry(folder.to_owned()).or_insert(TABLE.folder_classes(folder)),
        };
        TABLE.decide(self.attributes.of(raw), of_folder.with(TABLE.file_classes(path, name)))
    }
}

/// A folder that a walk leaves out, from the table.
#[derive(Debug)]
pub(crate) struct SkippedFolder {
    pub(crate) reason: String,
    beside: Globs,
}

impl SkippedFolder {
    /// The entries of the table for a folder of this name.
    pub(crate) fn named(name: &str) -> &'static [Self] {
        TABLE.skip.get(name).map_or(&[], Vec::as_slice)
    }

    /// Whether the folder is meant only if a certain file lies beside it.
    pub(crate) fn needs_neighbour(&self) -> bool {
        !self.beside.is_empty()
    }

    /// Whether this file beside the folder shows that the folder is meant.
    pub(crate) fn shown_by(&self, neighbour: &str) -> bool {
        self.beside.is_match(neighbour)
    }
}

/// The table as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    package_roots: Vec<String>,
    class: Vec<ClassEntry>,
    skip: Vec<SkipEntry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ClassEntry {
    class: PathClass,
    #[serde(default)]
    folders: Vec<String>,
    #[serde(default)]
    names: Vec<String>,
    #[serde(default)]
    paths: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SkipEntry {
    folders: Vec<String>,
    #[serde(default)]
    beside: Vec<String>,
    reason: String,
}

/// The table, ready to be asked.
struct Table {
    order: Vec<PathClass>,
    package_roots: Vec<String>,
    folder_names: ClassGlobs,
    folder_paths: ClassGlobs,
    names: ClassGlobs,
    paths: ClassGlobs,
    skip: HashMap<String, Vec<SkippedFolder>>,
}

static TABLE: LazyLock<Table> =
    LazyLock::new(|| Table::new(crate::table::table("paths.toml", include_str!("../../rules/data/paths.toml"))));

impl Table {
    fn new(written: Written) -> Self {
        let each = |part: fn(&ClassEntry) -> &Vec<String>| {
            written.class.iter().flat_map(move |entry| part(entry).iter().map(|glob| (glob.as_str(), entry.class)))
        };
        let (folder_paths, folder_names) = each(|entry| &entry.folders).partition::<Vec<_>, _>(|(glob, _)| glob.contains('/'));
        Self {
            order: written.class.iter().map(|entry| entry.class).collect(),
            folder_names: ClassGlobs::new(folder_names),
            folder_paths: ClassGlobs::new(folder_paths),
            names: ClassGlobs::new(each(|entry| &entry.names)),
            paths: ClassGlobs::new(each(|entry| &entry.paths)),
            package_roots: written.package_roots,
            skip: skip_table(written.skip),
        }
    }

    fn folder_classes(&self, folder: &str) -> ClassSet {
        let mut classes = ClassSet::default();
        let mut end = 0;
        for name in folder.split('/').filter(|name| !name.is_empty()) {
            end += name.len() + usize::from(end > 0);
            classes = classes.with(self.folder_names.classes(name)).with(self.folder_paths.classes(&folder[..end]));
            if self.package_roots.iter().any(|root| root == name) {
                break;
            }
        }
        classes
    }

    fn file_classes(&self, path: &str, name: &str) -> ClassSet {
        self.names.classes(name).with(self.paths.classes(path))
    }

    fn decide(&self, said: Said, by_path: ClassSet) -> PathClass {
        let first = |set: ClassSet, but: ClassSet| self.order.iter().copied().find(|&class| set.contains(class) && !but.contains(class));
        first(said.set, ClassSet::default()).or_else(|| first(by_path, said.unset)).unwrap_or(PathClass::Source)
    }
}

/// Globs, each of which stands for a class.
struct ClassGlobs {
    globs: Globs,
    classes: Vec<PathClass>,
}

impl ClassGlobs {
    fn new<'a>(globs: impl IntoIterator<Item = (&'a str, PathClass)>) -> Self {
        let (globs, classes): (Vec<&str>, _) = globs.into_iter().unzip();
        Self { globs: globs_of(&globs), classes }
    }

    fn classes(&self, text: &str) -> ClassSet {
        let mut found = ClassSet::default();
        for at in self.globs.matches(text) {
            found.insert(self.classes[at]);
        }
        found
    }
}

fn globs_of(globs: &[impl AsRef<str>]) -> Globs {
    // A double brace is the sign of a template engine, a single one holds alternatives.
    let pattern = |glob: &str| glob.strip_prefix('/').unwrap_or(glob).replace("{{", "[{][{]");
    let globs = Globs::new(globs.iter().map(|glob| pattern(glob.as_ref())));
    if cfg!(test) {
        globs.validate().expect("the globs of paths.toml are right");
    }
    globs
}

fn skip_table(entries: Vec<SkipEntry>) -> HashMap<String, Vec<SkippedFolder>> {
    let mut table: HashMap<String, Vec<SkippedFolder>> = HashMap::new();
    for entry in entries {
        for folder in entry.folders {
            let beside = globs_of(&entry.beside);
            table.entry(folder).or_default().push(SkippedFolder { reason: entry.reason.clone(), beside });
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use super::PathClass::{self, Data, Docs, Generated, Sample, Source, Template, Test, Vendored};

    #[test]
    fn paths_have_the_class_that_their_conventions_say() {
        for (path, class) in [
            ("src/Program.cs", Source),
            (".github/workflows/ci.yml", Source),
            ("Dockerfile", Source),
            ("requirements.txt", Source),
            ("robots.txt", Source),
            ("src/main/java/com/example/demo/DemoApplication.java", Source),
            ("src/main/java/org/acme/samples/test/Clinic.java", Source),
            ("src/test/java/org/acme/ClinicTests.java", Test),
            ("src/main/java/org/acme/ClinicTests.java", Test),
            ("test/Core.Test/Vault/CipherTests.cs", Test),
            ("src/Billing.IntegrationTests/Startup.cs", Test),
            ("src/contests/list.py", Source),
            ("pkg/server/server_test.go", Test),
            ("app/__tests__/cart.tsx", Test),
            ("app/cart.spec.ts", Test),
            ("spec/models/user_spec.rb", Test),
            ("tests/test_api.py", Test),
            ("internal/testdata/big.json", Test),
            ("samples/Hello/Program.cs", Sample),
            ("examples/README.md", Sample),
            ("docs/adr/0001-use-postgres.md", Docs),
            ("docs/conf.py", Docs),
            ("README.md", Docs),
            ("LICENSE", Docs),
            ("vendor/github.com/pkg/errors/errors.go", Vendored),
            ("services/api/vendor/golang.org/x/net/http2.go", Vendored),
            ("src/app/vendor/vendor.service.ts", Source),
            ("src/Domain/Vendor/Vendor.cs", Source),
            ("wwwroot/lib/jquery/jquery.js", Vendored),
            ("node_modules/left-pad/test/index.js", Vendored),
            ("web/package-lock.json", Generated),
            ("src/Views/Main.Designer.cs", Generated),
            ("wwwroot/js/site.min.js", Generated),
            ("api/v1/user.pb.go", Generated),
            (".env.example", Template),
            ("deploy/values.template.yaml", Template),
            ("deploy/nginx.conf.tmpl", Template),
            ("{{cookiecutter.name}}/setup.py", Template),
            ("config/locales/de.yml", Data),
            ("src/i18n/index.ts", Source),
            ("src/i18n/en/common.json", Data),
            ("seed/countries.csv", Data),
            ("src/Resources/Labels.de.resx", Data),
        ] {
            assert_eq!(PathClass::of(path), class, "{path}");
        }
    }
}
