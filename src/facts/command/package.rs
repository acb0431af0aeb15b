//! How package managers of Node are told to run a script, and the scripts of `package.json`.

use crate::snapshot::Snapshot;

/// What a package manager is asked to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verb {
    /// To run a script.
    Script {
        /// Its name.
        name: String,
        /// Whether it can be nothing else: `yarn x` may also be a program of a package.
        sure: bool,
    },
    /// A command of its own; empty where none is given.
    Own(String),
}

/// A call of npm, yarn, pnpm or bun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Call {
    /// The folder that it is sent to, as written.
    pub(crate) folder: Option<String>,
    /// The package of the workspace that it is sent to, by name, pattern or folder.
    pub(crate) package: Option<String>,
    /// Whether it goes through all packages.
    pub(crate) everywhere: bool,
    /// What is to be done.
    pub(crate) verb: Verb,
    /// The words behind the verb that are no options.
    pub(crate) operands: Vec<String>,
}

/// Commands of yarn, pnpm and bun that hide a script of the same name.
const OWN: [&str; 44] = [
    "add",
    "audit",
    "bin",
    "cache",
    "ci",
    "config",
    "constraints",
    "create",
    "dedupe",
    "deploy-package",
    "dlx",
    "exec",
    "explain",
    "fetch",
    "generate-lock-entry",
    "global",
    "help",
    "i",
    "import",
    "info",
    "init",
    "install",
    "licenses",
    "link",
    "list",
    "ls",
    "node",
    "outdated",
    "pack",
    "patch",
    "pm",
    "prune",
    "publish",
    "rebuild",
    "remove",
    "rm",
    "set",
    "store",
    "unlink",
    "up",
    "update",
    "upgrade",
    "why",
    "x",
];

impl Call {
    /// Reads the arguments of a package manager.
    pub(crate) fn of(program: &str, arguments: &[String]) -> Self {
        let mut call = Self { folder: None, package: None, everywhere: false, verb: Verb::Own(String::new()), operands: Vec::new() };
        let mut rest = arguments.iter().take_while(|word| *word != "--");
        let mut words = Vec::new();
        while let Some(word) = rest.next() {
            let (option, glued) = match word.split_once('=') {
                Some((option, value)) if option.starts_with('-') => (option, Some(value.to_owned())),
                _ => (word.as_str(), None),
            };
            let mut value = || glued.clone().or_else(|| rest.next().cloned());
            match option {
                "-w" if program == "pnpm" => {}
                "--prefix" | "--cwd" | "-C" | "--dir" => call.folder = value(),
                "-w" | "--workspace" | "--filter" | "-F" => call.package = value(),
                "-r" | "--recursive" | "--workspaces" | "-ws" => call.everywhere = true,
                option if option.starts_with('-') => {}
                _ => words.push(word.clone()),
            }
        }
        call.take_words(program, words);
        call
    }

    fn take_words(&mut self, program: &str, mut words: Vec<String>) {
        if program == "yarn" && words.len() > 1 && words[0] == "workspace" {
            self.package = Some(words.remove(1));
            words.remove(0);
        }
        if program == "yarn" && words.first().is_some_and(|word| word == "workspaces") {
            self.everywhere = true;
            words.drain(..words.iter().position(|word| word == "run").unwrap_or(words.len()));
        }
        let mut words = words.into_iter();
        let script = |name: Option<String>, sure| name.map_or(Verb::Own("run".into()), |name| Verb::Script { name, sure });
        self.verb = match words.next().as_deref() {
            None => Verb::Own(String::new()),
            Some("run" | "run-script") => script(words.next(), true),
            Some("test" | "t" | "tst") if program != "bun" => script(Some("test".into()), true),
            Some(name @ ("start" | "stop" | "restart")) => script(Some(name.into()), true),
            // `npm deploy` is no script, `yarn deploy` is one.
            Some(name) if program == "npm" || OWN.contains(&name) || (program == "bun" && name == "test") => Verb::Own(name.into()),
            Some(name) => script(Some(name.into()), false),
        };
        self.operands = words.collect();
    }
}

/// The text of a script in the `package.json` at this path.
pub(crate) fn script(snapshot: &Snapshot, path: &str, name: &str) -> Option<String> {
    let text = snapshot.read_path(path)?;
    let package: serde_json::Value = serde_json::from_slice(text.bytes()).ok()?;
    package.get("scripts")?.get(name)?.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(text: &str) -> Call {
        let words: Vec<String> = text.split(' ').map(str::to_owned).collect();
        Call::of(&words[0], &words[1..])
    }

    #[test]
    fn scripts_are_told_from_own_commands() {
        let script = |text: &str| match call(text).verb {
            Verb::Script { name, sure } => Some((name, sure)),
            Verb::Own(_) => None,
        };
        assert_eq!(script("npm run build -- --watch"), Some(("build".into(), true)));
        assert_eq!(script("yarn dev"), Some(("dev".into(), false)));
        assert_eq!(script("pnpm -w run lint"), Some(("lint".into(), true)));
        assert_eq!(script("npm t"), Some(("test".into(), true)));
        for own in ["npm ci", "npm deploy", "yarn add x", "yarn", "bun test", "npm run"] {
            assert_eq!(script(own), None, "{own}");
        }
    }

    #[test]
    fn a_call_is_sent_to_a_folder_or_a_package() {
        assert_eq!(call("npm --prefix web start").folder.as_deref(), Some("web"));
        assert_eq!(call("npm run dev --workspace=api").package.as_deref(), Some("api"));
        assert_eq!(call("yarn workspace api dev").package.as_deref(), Some("api"));
        assert_eq!(call("pnpm --filter api dev").verb, Verb::Script { name: "dev".into(), sure: false });
        assert!(call("yarn workspaces foreach run build").everywhere && call("pnpm -r build").everywhere);
    }
}
