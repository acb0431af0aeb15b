//! Scripts of the repository that a command calls: files, package scripts, make targets and commands given as text.
//!
//! Only what is written there is read; whether the file would be found at run time is judged by the command's folder,
//! then by the root. Whether a person could type the command is left to the reader of the README.

use super::package::{self, Verb};
use super::recipe;
use super::{Command, program_name};
use crate::facts::yaml::Tree;
use crate::snapshot::{File, Snapshot};

/// How large a script may be.
pub(super) const SCRIPT_LIMIT: usize = 200_000;

/// What a command calls.
pub(crate) struct Called {
    /// The commands to read on.
    pub(crate) script: String,
    /// The folder they run in.
    pub(crate) folder: String,
}

/// What became of looking a call up.
pub(crate) enum Lookup {
    /// No call of a script.
    None,
    /// A script of the repository.
    Found(Called),
    /// A script by this name that is not in the repository, or in no language that is read.
    Missing(String),
}

/// Looks up what a command calls.
pub(crate) fn look_up(snapshot: &Snapshot, command: &Command, folder: &str) -> Lookup {
    let words = command.effective();
    let Some(first) = words.first() else { return Lookup::None };
    match (program_name(first).as_str(), &words[1..]) {
        ("npm" | "yarn" | "pnpm" | "bun", rest) => package_script(snapshot, &program_name(first), rest, folder),
        ("make" | "gmake" | "just", rest) => recipe(snapshot, rest, folder),
        ("task" | "go-task", rest) => task(snapshot, rest, folder),
        ("python" | "python3" | "node" | "ruby" | "php" | "tsx" | "ts-node" | "deno", rest) => foreign(rest),
        ("bash" | "sh" | "zsh" | "dash" | "pwsh" | "powershell", rest) => interpreted(snapshot, rest, folder),
        ("source" | ".", [path, ..]) => file(snapshot, path, folder),
        _ if looks_like_a_path(first) => file(snapshot, first, folder),
        _ => Lookup::None,
    }
}

fn looks_like_a_path(word: &str) -> bool {
    let script = [".sh", ".ps1", ".bash", ".bat", ".cmd"].iter().any(|end| word.to_ascii_lowercase().ends_with(end));
    script || word.starts_with("./") || word.starts_with(".\\")
}

/// `bash deploy.sh`, `pwsh -File x.ps1`, `sh -c "…"`.
fn interpreted(snapshot: &Snapshot, arguments: &[String], folder: &str) -> Lookup {
    let mut rest = arguments.iter();
    while let Some(word) = rest.next() {
        let option = word.to_ascii_lowercase();
        if matches!(option.as_str(), "-c" | "-command" | "-lc" | "-ec" | "-exc" | "-xec" | "-euc") {
            let script = rest.map(String::as_str).collect::<Vec<_>>().join(" ");
            return Lookup::Found(Called { script, folder: folder.to_owned() });
        }
        if matches!(option.as_str(), "-executionpolicy" | "-ep" | "-o" | "-version") {
            rest.next();
        } else if !option.starts_with('-') {
            return file(snapshot, word, folder);
        }
    }
    Lookup::None
}

fn file(snapshot: &Snapshot, written: &str, folder: &str) -> Lookup {
    let path = written.replace('\\', "/");
    // `$GITHUB_WORKSPACE/x.sh`, `$(Build.SourcesDirectory)/x.sh`: the first part stands for the root.
    let rooted = path.split_once('/').filter(|(first, _)| first.contains(['$', '}', ')', '%']));
    let tries = match rooted {
        Some((_, rest)) => vec![join("", rest)],
        None => vec![join(folder, &path), join("", &path)],
    };
    let found = tries.iter().find_map(|path| snapshot.find(path)).and_then(|file| readable(snapshot, file));
    match found {
        Some(script) => Lookup::Found(Called { script, folder: folder.to_owned() }),
        None => Lookup::Missing(path.rsplit('/').next().unwrap_or(&path).to_owned()),
    }
}

/// The text of a script in a shell's language.
fn readable(snapshot: &Snapshot, file: &File) -> Option<String> {
    let extension = file.name().rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
    let by_name = matches!(extension.as_deref(), Some("sh" | "bash" | "zsh" | "ps1" | "bat" | "cmd"));
    let text = snapshot.read(file)?;
    let by_first_line = text.line(1).starts_with(b"#!") && text.line(1).ends_with(b"sh");
    (text.bytes().len() <= SCRIPT_LIMIT && (by_name || by_first_line)).then(|| text.as_str().into_owned())
}

fn package_script(snapshot: &Snapshot, program: &str, arguments: &[String], folder: &str) -> Lookup {
    let call = package::Call::of(program, arguments);
    let folder = call.folder.as_ref().map_or_else(|| folder.to_owned(), |path| join(folder, path));
    match &call.verb {
        Verb::Script { name, .. } => script_of(snapshot, name, &folder).map_or(Lookup::None, Lookup::Found),
        Verb::Own(_) => Lookup::None,
    }
}

fn script_of(snapshot: &Snapshot, name: &str, folder: &str) -> Option<Called> {
    let at_hand = [join(folder, "package.json"), "package.json".to_owned()];
    let read = |path: &str| package::script(snapshot, path, name);
    let (path, script) = match at_hand.iter().find_map(|path| Some((path.clone(), read(path)?))) {
        Some(found) => found,
        None => {
            let mut others = snapshot.files().iter().filter(|file| file.name() == "package.json" && !file.path.contains("node_modules/"));
            let mut found = others.by_ref().take(50).filter_map(|file| Some((file.path.clone(), read(&file.path)?)));
            found.next().filter(|_| found.next().is_none())?
        }
    };
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
    Some(Called { script, folder })
}

/// A script in a language that is not read, by its name.
fn foreign(arguments: &[String]) -> Lookup {
    let operand = arguments.iter().find(|word| !word.starts_with('-') && *word != "run");
    let name = operand.filter(|word| word.contains('.')).map(|word| word.rsplit(['/', '\\']).next().unwrap_or(word).to_owned());
    name.map_or(Lookup::None, Lookup::Missing)
}

/// The commands of the tasks that Task is asked for.
fn task(snapshot: &Snapshot, arguments: &[String], folder: &str) -> Lookup {
    let names = ["Taskfile.yml", "Taskfile.yaml", "taskfile.yml", "Taskfile.dist.yml"];
    let text = names.iter().find_map(|name| snapshot.read_path(&join(folder, name)));
    let Some(text) = text.filter(|text| text.bytes().len() <= SCRIPT_LIMIT) else { return Lookup::None };
    let tree = Tree::parse(&text.as_str());
    let Some(tasks) = tree.root().and_then(|root| root.get("tasks")) else { return Lookup::None };
    let asked = arguments.iter().filter(|word| !word.starts_with('-') && !word.contains('=')).filter_map(|name| tasks.get(name));
    let lists = asked.flat_map(|task| task.get("cmds").or_else(|| task.get("cmd")).unwrap_or(task).one_or_many());
    let lines = lists.filter_map(|command| command.text().or_else(|| command.text_of("cmd")));
    Lookup::Found(Called { script: lines.collect::<Vec<_>>().join("\n"), folder: folder.to_owned() })
}

/// The recipes of the targets that `make` or `just` is asked for, and of what they depend on.
fn recipe(snapshot: &Snapshot, arguments: &[String], folder: &str) -> Lookup {
    let mut call = recipe::Call::of(arguments);
    let folder = call.folder.as_ref().map_or_else(|| folder.to_owned(), |path| join(folder, path));
    let names = recipe::MAKEFILES.iter().chain(&recipe::JUSTFILES);
    let text = names.into_iter().find_map(|name| snapshot.read_path(&join(&folder, name)));
    let Some(text) = text.filter(|text| text.bytes().len() <= SCRIPT_LIMIT) else {
        return call.targets.pop().map_or(Lookup::None, Lookup::Missing);
    };
    let text = text.as_str().into_owned();
    let script: String = call.targets.iter().map(|target| recipe::with_prerequisites(&text, target)).collect();
    Lookup::Found(Called { script, folder })
}

/// A path below a folder, with `.` and `..` resolved.
pub(crate) fn join(folder: &str, path: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => _ = parts.pop(),
            _ => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::super::commands;
    use super::*;

    fn script(snapshot: &Snapshot, text: &str, folder: &str) -> Option<String> {
        match look_up(snapshot, &commands(text)[0], folder) {
            Lookup::Found(called) => Some(called.script),
            _ => None,
        }
    }

    #[test]
    fn finds_scripts_of_every_kind() {
        let snapshot = Snapshot::of_memory([
            ("web/package.json", r#"{"scripts": {"ship": "wrangler deploy"}}"#),
            ("Makefile", "X := 1\nship: build\n\t@kubectl apply -f x\n\nbuild:\n\tgo build\n"),
            ("ops/go.sh", "terraform apply\n"),
            ("ops/tool", "#!/bin/sh\nscp a b:c\n"),
        ]);
        assert_eq!(script(&snapshot, "npm run ship", "web").as_deref(), Some("wrangler deploy"));
        assert_eq!(script(&snapshot, "yarn ship", "").as_deref(), Some("wrangler deploy"));
        assert_eq!(script(&snapshot, "npm ship", "web"), None);
        assert_eq!(script(&snapshot, "make ship", "").as_deref(), Some("go build\nkubectl apply -f x\n"));
        assert_eq!(script(&snapshot, "./go.sh", "ops").as_deref(), Some("terraform apply\n"));
        assert_eq!(script(&snapshot, "bash -x $CI_PROJECT_DIR/ops/go.sh", "web").as_deref(), Some("terraform apply\n"));
        assert!(script(&snapshot, "./ops/tool", "").is_some());
        assert_eq!(script(&snapshot, "bash -c 'a b'", "").as_deref(), Some("a b"));
        assert!(matches!(look_up(&snapshot, &commands("./deploy.sh")[0], ""), Lookup::Missing(name) if name == "deploy.sh"));
    }

    #[test]
    fn joins_paths() {
        assert_eq!(join("a/b", "../c/./d"), "a/c/d");
        assert_eq!(join("", "/x"), "x");
        assert_eq!(join("a", "../../.."), "");
    }
}
