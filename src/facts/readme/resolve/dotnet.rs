//! What `dotnet` needs of the repository beside paths: tool manifests, and a project where none is named.

use super::Verdict;
use super::walk::Walk;

const PROJECTS: [&str; 8] = [".csproj", ".fsproj", ".vbproj", ".sln", ".slnx", ".slnf", ".proj", ".esproj"];

/// Judges the arguments of `dotnet`; nothing where they need nothing but what is named by paths.
pub(super) fn judge(walk: &Walk<'_, '_>, arguments: &[String]) -> Option<Verdict> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["tool", "restore", ..] => Some(tools(walk)),
        // A project that is named is judged as a path.
        _ if words.iter().any(|word| word.starts_with("--project")) => None,
        ["run" | "watch" | "build" | "test" | "restore" | "publish", ..] => project(walk),
        _ => None,
    }
}

fn tools(walk: &Walk<'_, '_>) -> Verdict {
    let found = walk.repository.names("dotnet-tools.json");
    // It is looked for in the folder, in its `.config`, and upwards.
    let above = |path: &&&str| {
        let folder =
            path.strip_suffix("dotnet-tools.json").unwrap_or(path).trim_end_matches('/').trim_end_matches(".config").trim_end_matches('/');
        walk.folders().iter().any(|here| folder.is_empty() || here == folder || here.starts_with(&format!("{folder}/")))
    };
    match found.iter().find(above).or(found.first()) {
        Some(path) if above(&path) => Verdict::Ok,
        Some(path) => Verdict::Unknown(format!("the tools are declared in `{path}`, for the folders below")),
        None if walk.open || walk.mentions("dotnet tool install") || walk.mentions("new tool-manifest") => {
            Verdict::unknown("an earlier command may declare the tools")
        }
        None => walk.broken_unless_of_user("no file declares tools to restore".into()),
    }
}

/// Without a project at hand it is a question of the folder; a wrong one is no fault that can be told.
fn project(walk: &Walk<'_, '_>) -> Option<Verdict> {
    let is_project = |path: &str| PROJECTS.iter().any(|end| path.to_ascii_lowercase().ends_with(end));
    let folders = walk.folders();
    let here =
        walk.repository.snapshot.files().iter().any(|file| is_project(&file.path) && folders.iter().any(|folder| folder == file.folder()));
    here.then_some(Verdict::Ok)
}
