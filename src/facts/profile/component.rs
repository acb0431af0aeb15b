//! What each manifest of the product builds: whether it serves, starts, or is published for others.
//!
//! A framework among the dependencies serves only where something starts: a library that merely speaks to a framework
//! is no service.

use super::table::{Entry, TABLE, listed};
use crate::facts::At;
use crate::facts::stack::dependency::{self, Dependency};
use crate::facts::stack::lock::{beside, is_published_node};
use crate::facts::stack::tree::{self, Node};
use crate::facts::stack::xml::{self, Element};
use crate::facts::stack::{Stack, is_product};
use crate::snapshot::{File, Snapshot, Text};

/// A manifest with what it shows.
#[derive(Debug, Default)]
pub(super) struct Component {
    pub stack: String,
    pub file: String,
    /// What answers requests, messages or timers.
    pub serves: Option<Sign>,
    /// What starts it.
    pub starts: Option<Sign>,
    /// What makes it a package for others.
    pub published: Option<Sign>,
    /// It calls itself a library: a command that comes with it is none the less a tool of the library.
    pub says_library: bool,
    /// What makes it a declaration of infrastructure in a programming language.
    pub infrastructure: Option<Sign>,
    /// A web page that is built and put somewhere.
    pub web_page: Option<Sign>,
}

/// A place and what it shows, as the end of a sentence.
#[derive(Debug, Clone)]
pub(super) struct Sign {
    pub at: At,
    pub what: String,
}

fn sign(file: &File, line: usize, what: impl Into<String>) -> Sign {
    Sign { at: At::new(&file.path, line), what: what.into() }
}

/// Everything that the manifests of the product build.
pub(super) fn read(snapshot: &Snapshot, stacks: &[Stack]) -> Vec<Component> {
    let candidates = candidates(snapshot);
    let manifests = stacks.iter().flat_map(|stack| stack.manifests.iter().map(move |path| (stack, path)));
    let files = manifests.filter_map(|(stack, path)| Some((stack, snapshot.find(path)?)));
    files.filter_map(|(stack, file)| Some(component(snapshot, &candidates, &stack.name, file, &snapshot.read(file)?))).collect()
}

fn component(snapshot: &Snapshot, candidates: &[Candidate<'_>], stack: &str, file: &File, text: &Text) -> Component {
    let dependencies = dependency::of(stack, file, text);
    let on = |list: &[String]| dependencies.iter().find(|dependency| !dependency.development && listed(list, &dependency.name));
    let named = |dependency: &Dependency| sign(file, dependency.line, format!("{} depends on {}", file.path, dependency.name));
    let mut component = Component { stack: stack.to_owned(), file: file.path.clone(), ..Component::default() };
    component.infrastructure = on(&TABLE.aside.infrastructure).map(named);
    match stack {
        "dotnet" => dotnet(file, text, &mut component),
        "node" => node(file, text, &mut component),
        "python" => python(file, text, &mut component),
        "java" => java(file, text, &dependencies, &mut component),
        "rust" => rust(snapshot, file, text, &mut component),
        "php" => php(file, text, &mut component),
        "go" => component.published = Some(sign(file, 1, format!("{} declares a module", file.path))),
        "ruby" if file.name().ends_with(".gemspec") => component.published = Some(sign(file, 1, format!("{} declares a gem", file.path))),
        _ => {}
    }
    let may_start_by_file = component.published.is_none() || stack != "node";
    if component.starts.is_none() && may_start_by_file {
        component.starts = entry(snapshot, candidates, stack, file);
    }
    if component.says_library
        || is_aside(file)
        || dependencies.iter().any(|dependency| listed(&TABLE.aside.tools, &dependency.name) && !dependency.development)
    {
        (component.starts, component.serves) = (None, None);
    }
    if component.serves.is_none() && component.starts.is_some() && !is_library(&component) {
        component.serves = TABLE.frameworks.get(stack).and_then(|list| on(list)).map(named);
    }
    component
}

/// A published Node package is a library even beside a file that could start.
fn is_library(component: &Component) -> bool {
    component.stack == "node" && component.published.is_some() && component.starts.is_none()
}

fn is_aside(file: &File) -> bool {
    file.folder().split('/').any(|part| TABLE.aside.folders.iter().any(|folder| folder.eq_ignore_ascii_case(part)))
}

/// A file that may start a program, and the rule that says so.
struct Candidate<'a> {
    file: &'a File,
    rule: &'static Entry,
}

/// All files that may start a program, those nearest to the root first; found once for all manifests.
fn candidates(snapshot: &Snapshot) -> Vec<Candidate<'_>> {
    let files = snapshot.files().iter().filter(|file| is_product(file) && !is_aside(file));
    let mut found: Vec<Candidate<'_>> = files
        .flat_map(|file| TABLE.entries.iter().filter(|rule| rule.files.matches(file)).map(move |rule| Candidate { file, rule }))
        .collect();
    found.sort_by_key(|candidate| candidate.file.path.matches('/').count());
    found
}

/// The file nearest to a manifest with which its program starts.
fn entry(snapshot: &Snapshot, candidates: &[Candidate<'_>], stack: &str, manifest: &File) -> Option<Sign> {
    // A folder of requirements lies in the folder whose program they are for.
    let folder = beside(manifest, "");
    let folder = folder.strip_suffix("requirements/").unwrap_or(&folder);
    let fits =
        |candidate: &&Candidate<'_>| [stack, "*"].contains(&candidate.rule.stack.as_str()) && candidate.file.path.starts_with(folder);
    candidates.iter().filter(fits).find_map(|Candidate { file, rule }| {
        let line = match &rule.content {
            None => 1,
            Some(content) => {
                let text = snapshot.read(file)?;
                text.position(content.find(&text.as_str())?.start()).line
            }
        };
        Some(sign(file, line, format!("{} starts a program", file.path)))
    })
}

fn dotnet(file: &File, text: &Text, component: &mut Component) {
    let source = text.as_str();
    for element in xml::elements(&source).iter().filter(|element| !element.end) {
        let value = element.text;
        let says = |what: String| Some(sign(file, element.line, format!("{} {what}", file.path)));
        let sdk = element.attribute("Sdk").or_else(|| (element.name == "Sdk").then(|| element.attribute("Name")).flatten());
        if let Some(sdk) = sdk.filter(|sdk| dotnet_serves(sdk)) {
            component.serves = says(format!("is built with {sdk}"));
            component.starts.clone_from(&component.serves);
        }
        match element.name {
            "AzureFunctionsVersion" => {
                component.serves = says("declares Azure Functions".into());
                component.starts.clone_from(&component.serves);
            }
            // The kind of project that Visual Studio gave ASP.NET before the SDK style.
            "ProjectTypeGuids" if value.to_ascii_lowercase().contains("349c5851-65df-11da-9384-00065b846f21") => {
                component.serves = says("is an ASP.NET project".into());
                component.starts.clone_from(&component.serves);
            }
            "OutputType" if ["exe", "winexe", "appcontainerexe"].contains(&value.to_ascii_lowercase().as_str()) => {
                component.starts = component.starts.take().or(says(format!("builds a program ({value})")));
            }
            "UseMaui" | "AndroidApplication" if is_true(element) => component.starts = says("builds an app".into()),
            "PackAsTool" if is_true(element) => component.starts = says("is packed as a tool".into()),
            name if TABLE.build.dotnet_publishes.iter().any(|known| known == name) => {
                component.published = says("is packed as a NuGet package".into());
            }
            "IsPackable" | "GeneratePackageOnBuild" if is_true(element) => {
                component.published = says("is packed as a NuGet package".into());
            }
            _ => {}
        }
    }
}

fn dotnet_serves(sdk: &str) -> bool {
    ["Microsoft.NET.Sdk.Web", "Microsoft.NET.Sdk.Worker", "Microsoft.NET.Sdk.Functions"].iter().any(|known| sdk.starts_with(known))
}

fn is_true(element: &Element<'_>) -> bool {
    element.text.eq_ignore_ascii_case("true")
}

fn node(file: &File, text: &Text, component: &mut Component) {
    let Ok(manifest) = tree::json(text) else { return };
    let scripts = manifest.get("scripts").map(Node::entries).unwrap_or_default();
    let start = TABLE.scripts.iter().find_map(|name| scripts.iter().find(|(script, _)| script == name));
    // The root of a workspace starts what its packages build: they are judged themselves.
    let workspace = manifest.get("workspaces").is_some();
    if let Some((script, node)) = start.filter(|_| !workspace) {
        component.starts = Some(sign(file, node.line, format!("{} has the script `{script}`", file.path)));
    } else if let Some(bin) = manifest.get("bin") {
        component.starts = Some(sign(file, bin.line, format!("{} declares a command", file.path)));
    }
    if is_published_node(&manifest) {
        let line = ["exports", "types", "typings", "module", "main", "publishConfig"]
            .iter()
            .find_map(|key| manifest.get(key))
            .map_or(1, |node| node.line);
        component.published = Some(sign(file, line, format!("{} describes a package for others", file.path)));
    }
    let page = ["react-dom", "vue", "@angular/core", "svelte", "preact", "ember-source", "solid-js", "gatsby", "astro", "@ionic/core"];
    let builds = scripts.iter().find(|(script, _)| script == "build");
    if let (Some((_, build)), None) = (builds, &component.published) {
        let packages = || ["dependencies", "devDependencies"].iter().filter_map(|key| manifest.get(key)).flat_map(Node::entries);
        let framework = packages().find(|(name, _)| page.contains(&name.as_str()));
        component.web_page = framework.map(|(name, _)| sign(file, build.line, format!("{} builds a page with {name}", file.path)));
    }
}

/// The classifier of Python packages that are for other programs to use.
const LIBRARIES: &str = "Software Development :: Libraries";

fn python(file: &File, text: &Text, component: &mut Component) {
    let source = text.as_str();
    let package = |line| Some(sign(file, line, format!("{} describes a package for others", file.path)));
    let command = |line| Some(sign(file, line, format!("{} declares a command", file.path)));
    match file.name() {
        "pyproject.toml" => {
            let Ok(manifest) = tree::toml(text) else { return };
            if let (Some(system), Some(_)) =
                (manifest.get("build-system"), manifest.get("project").or_else(|| manifest.path("tool.poetry")))
            {
                component.published = package(system.line);
            }
            let scripts = ["project.scripts", "project.gui-scripts", "tool.poetry.scripts"].iter().find_map(|path| manifest.path(path));
            component.starts = scripts.and_then(|scripts| command(scripts.line));
            component.says_library = source.contains(LIBRARIES);
        }
        "setup.py" => {
            let line_of = |word: &str| source.lines().zip(1..).find(|(line, _)| line.contains(word)).map(|(_, number)| number);
            component.published = line_of("setup(").and_then(package);
            component.starts = line_of("console_scripts").and_then(command);
            component.says_library = source.contains(LIBRARIES);
        }
        _ => {}
    }
}

fn java(file: &File, text: &Text, dependencies: &[Dependency], component: &mut Component) {
    let on = |list: &[String]| dependencies.iter().find(|dependency| listed(list, &dependency.name));
    let names = |plugin: &Dependency| sign(file, plugin.line, format!("{} builds with {}", file.path, plugin.name));
    component.starts = on(&TABLE.build.java_starts).map(names);
    component.published = on(&TABLE.build.java_publishes).map(names);
    let source = text.as_str();
    for element in xml::elements(&source).iter().filter(|element| !element.end && file.name() == "pom.xml") {
        match (element.name, element.text) {
            ("packaging", "war" | "ear") => {
                component.starts = Some(sign(file, element.line, format!("{} builds a web archive", file.path)));
            }
            ("distributionManagement", _) => {
                component.published = Some(sign(file, element.line, format!("{} names where it is published", file.path)));
            }
            _ => {}
        }
    }
}

fn rust(snapshot: &Snapshot, file: &File, text: &Text, component: &mut Component) {
    let Ok(manifest) = tree::toml(text) else { return };
    let declared = manifest.get("bin").map(|bin| sign(file, bin.line, format!("{} declares a program", file.path)));
    let folder = beside(file, "src/bin/");
    let main = snapshot.find(&beside(file, "src/main.rs")).or_else(|| snapshot.files().iter().find(|file| file.path.starts_with(&folder)));
    component.starts = declared.or_else(|| main.map(|main| sign(main, 1, format!("{} starts a program", main.path))));
    if let Some(library) = manifest.get("lib").map(|lib| lib.line).or_else(|| snapshot.find(&beside(file, "src/lib.rs")).map(|_| 1)) {
        component.published = Some(sign(file, library, format!("{} builds a library", file.path)));
    }
}

fn php(file: &File, text: &Text, component: &mut Component) {
    let Ok(manifest) = tree::json(text) else { return };
    if let Some(kind) = manifest.get("type") {
        let library = kind.text().is_some_and(|kind| kind != "project" && kind != "metapackage");
        component.says_library = library;
        component.published =
            library.then(|| sign(file, kind.line, format!("{} says that it is a {}", file.path, kind.text().unwrap_or("library"))));
    }
    if let Some(bin) = manifest.get("bin") {
        component.starts = Some(sign(file, bin.line, format!("{} declares a command", file.path)));
    }
}
