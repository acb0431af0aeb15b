//! What a manifest says the product depends on, with lines, development and test dependencies told apart.

use super::tree::{self, Node};
use super::xml;
use crate::snapshot::{File, Text};

/// A package that a manifest names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Dependency {
    /// The name as the ecosystem compares names: lower case, for Python with `-` for `_` and `.`.
    pub name: String,
    /// Line, from 1.
    pub line: usize,
    /// Whether only development or tests need it.
    pub development: bool,
}

/// The dependencies in a manifest of this stack; none where it does not parse.
pub(crate) fn of(stack: &str, file: &File, text: &Text) -> Vec<Dependency> {
    match (stack, file.name()) {
        ("node", _) => json(text, &["dependencies", "optionalDependencies"], &["devDependencies", "peerDependencies"]),
        ("php", _) => json(text, &["require"], &["require-dev"]),
        ("rust", _) => tree::toml(text).map(|manifest| cargo(&manifest)).unwrap_or_default(),
        ("python", "pyproject.toml") => tree::toml(text).map(|manifest| pyproject(&manifest)).unwrap_or_default(),
        ("python", "Pipfile") => tree::toml(text).map(|manifest| maps(&manifest, &["packages"], &["dev-packages"])).unwrap_or_default(),
        ("python", "setup.py") => setup_py(&text.as_str()),
        ("python", name) => requirements(&text.as_str(), is_development_name(name)),
        ("go", _) => go_mod(&text.as_str()),
        ("ruby", _) => ruby(&text.as_str()),
        ("java", "pom.xml") => pom(&text.as_str()),
        ("java", _) => gradle(&text.as_str()),
        ("dotnet", _) => dotnet(&text.as_str()),
        _ => Vec::new(),
    }
}

/// The name of a requirement line, as Python compares names.
pub(crate) fn python_name(requirement: &str) -> String {
    let requirement = requirement.trim();
    let end = requirement.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))).unwrap_or(requirement.len());
    requirement[..end].to_ascii_lowercase().replace(['_', '.'], "-")
}

fn is_development_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["dev", "test", "lint", "doc", "ci.", "local"].iter().any(|word| name.contains(word))
}

fn named(name: &str, line: usize, development: bool) -> Dependency {
    Dependency { name: name.to_ascii_lowercase(), line, development }
}

fn json(text: &Text, product: &[&str], development: &[&str]) -> Vec<Dependency> {
    tree::json(text).map(|manifest| maps(&manifest, product, development)).unwrap_or_default()
}

/// Names that are the keys of maps.
fn maps(manifest: &Node, product: &[&str], development: &[&str]) -> Vec<Dependency> {
    let keys = product.iter().map(|key| (key, false)).chain(development.iter().map(|key| (key, true)));
    let maps = keys.filter_map(|(key, development)| Some((manifest.path(key)?, development)));
    maps.flat_map(|(map, development)| map.entries().iter().map(move |(name, node)| named(name, node.line, development))).collect()
}

fn cargo(manifest: &Node) -> Vec<Dependency> {
    let mut found = maps(manifest, &["dependencies"], &["dev-dependencies", "build-dependencies"]);
    for (_, target) in manifest.get("target").map(Node::entries).unwrap_or_default() {
        found.extend(maps(target, &["dependencies"], &["dev-dependencies"]));
    }
    found
}

fn pyproject(manifest: &Node) -> Vec<Dependency> {
    let mut found = maps(manifest, &["tool.poetry.dependencies"], &["tool.poetry.dev-dependencies"]);
    let project = manifest.path("project.dependencies").map(Node::items).unwrap_or_default();
    let requirements = project.iter().filter_map(|item| Some((item.text()?, item.line)));
    found.extend(requirements.map(|(requirement, line)| named(&python_name(requirement), line, false)));
    for (_, group) in manifest.get("dependency-groups").map(Node::entries).unwrap_or_default() {
        let items = group.items().iter().filter_map(|item| Some((item.text()?, item.line)));
        found.extend(items.map(|(requirement, line)| named(&python_name(requirement), line, true)));
    }
    for (_, group) in manifest.path("tool.poetry.group").map(Node::entries).unwrap_or_default() {
        found.extend(maps(group, &[], &["dependencies"]));
    }
    found.retain(|dependency| dependency.name != "python");
    found
}

fn requirements(text: &str, development: bool) -> Vec<Dependency> {
    let lines = text.lines().zip(1..).map(|(line, number)| (line.trim(), number));
    let lines = lines.filter(|(line, _)| line.starts_with(|c: char| c.is_ascii_alphanumeric()));
    lines.map(|(line, number)| named(&python_name(line), number, development)).collect()
}

/// The strings between `install_requires=[` and the next `]`.
fn setup_py(text: &str) -> Vec<Dependency> {
    let mut inside = false;
    let mut found = Vec::new();
    for (line, number) in text.lines().zip(1..) {
        let mut part = line.split('#').next().unwrap_or_default();
        if let Some((_, after)) = part.split_once("install_requires") {
            (inside, part) = (true, after);
        }
        if inside {
            let (list, end) = part.split_once(']').map_or((part, false), |(list, _)| (list, true));
            let strings = list.split(['"', '\'']).skip(1).step_by(2);
            found.extend(strings.map(python_name).filter(|name| !name.is_empty()).map(|name| named(&name, number, false)));
            inside = !end;
        }
    }
    found
}

fn go_mod(text: &str) -> Vec<Dependency> {
    let mut inside = false;
    let mut found = Vec::new();
    for (line, number) in text.lines().zip(1..) {
        let line = line.trim();
        let requirement = line.strip_prefix("require ").unwrap_or(if inside { line } else { "" });
        match line {
            ")" => inside = false,
            _ if line.starts_with("require") && line.ends_with('(') => inside = true,
            _ if line.ends_with("// indirect") || requirement.starts_with("//") => {}
            _ => found.extend(requirement.split_whitespace().next().map(|module| named(module, number, false))),
        }
    }
    found
}

/// `gem "x"` and, in a gemspec, `add_dependency "x"`; groups of development and test are told by their blocks.
fn ruby(text: &str) -> Vec<Dependency> {
    let mut development = false;
    let mut found = Vec::new();
    for (line, number) in text.lines().zip(1..) {
        let line = line.trim();
        let word = line.split([' ', '(', '\t']).next().unwrap_or_default();
        let aside = line.contains(":development") || line.contains(":test");
        match word.rsplit('.').next().unwrap_or(word) {
            "group" => development = aside && !line.contains(":production"),
            "end" => development = false,
            "gem" | "add_dependency" | "add_runtime_dependency" | "add_development_dependency" => {
                let aside = development || aside || word.ends_with("add_development_dependency");
                found.extend(line.split(['"', '\'']).nth(1).map(|name| named(name, number, aside)));
            }
            _ => {}
        }
    }
    found
}

fn pom(text: &str) -> Vec<Dependency> {
    let mut found = Vec::new();
    let mut current: Option<Dependency> = None;
    for element in xml::elements(text) {
        match (element.name, element.end, current.as_mut()) {
            ("dependency" | "plugin" | "parent", false, _) => current = Some(named("", element.line, false)),
            ("artifactId", false, Some(dependency)) if dependency.name.is_empty() => {
                dependency.name = element.text.to_ascii_lowercase();
                dependency.line = element.line;
            }
            ("scope", false, Some(dependency)) => dependency.development = element.text == "test",
            ("dependency" | "plugin" | "parent", true, _) => found.extend(current.take()),
            _ => {}
        }
    }
    found
}

/// Artifacts and plugins in quotes, by what stands in front of them.
fn gradle(text: &str) -> Vec<Dependency> {
    let mut found = Vec::new();
    for (line, number) in text.lines().zip(1..) {
        let line = line.trim();
        let word = line.split([' ', '(', '\t']).next().unwrap_or_default();
        if word.starts_with("//") {
            continue;
        }
        let development = word.to_ascii_lowercase().starts_with("test") || word.contains("Test");
        for string in line.split(['"', '\'']).skip(1).step_by(2) {
            let artifact = string.split(':').nth(1).unwrap_or(string);
            found.push(named(artifact, number, development));
        }
        if let Some((_, alias)) = line.split_once("libs.") {
            let alias = alias.split([')', ' ', ',']).next().unwrap_or(alias);
            found.push(named(&alias.replace('.', "-"), number, development));
        }
        if matches!(word, "application" | "war" | "`java-library`" | "`maven-publish`") {
            found.push(named(word.trim_matches('`'), number, false));
        }
    }
    found
}

fn dotnet(text: &str) -> Vec<Dependency> {
    let names = ["PackageReference", "FrameworkReference", "Reference"];
    let packages = xml::elements(text).into_iter().filter(|element| !element.end && names.contains(&element.name));
    packages.filter_map(|element| Some(named(element.attribute("Include")?.split(',').next()?, element.line, false))).collect()
}
