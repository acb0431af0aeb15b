//! What `make` and `just` are asked for, and the targets and recipes of their files.

use std::collections::{BTreeMap, BTreeSet};

use super::call::{SCRIPT_LIMIT, join};
use crate::snapshot::Snapshot;

/// The names of make's files, in the order in which one is chosen.
pub(crate) const MAKEFILES: [&str; 3] = ["GNUmakefile", "makefile", "Makefile"];

/// The names of just's files.
pub(crate) const JUSTFILES: [&str; 3] = ["justfile", "Justfile", ".justfile"];

/// How many files a makefile may include.
const INCLUDES: usize = 40;

/// A call of `make` or `just`.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Call {
    /// The folder that it is sent to, as written.
    pub(crate) folder: Option<String>,
    /// The file that it is given.
    pub(crate) file: Option<String>,
    /// What it is asked for.
    pub(crate) targets: Vec<String>,
}

impl Call {
    /// Reads the arguments.
    pub(crate) fn of(arguments: &[String]) -> Self {
        let mut call = Self::default();
        let mut rest = arguments.iter();
        while let Some(word) = rest.next() {
            match word.as_str() {
                "-C" | "--directory" | "-d" | "--working-directory" => call.folder = rest.next().cloned(),
                "-f" | "--file" | "--justfile" | "--makefile" => call.file = rest.next().cloned(),
                "-j" | "-l" if rest.as_slice().first().is_some_and(|next| next.starts_with(|c: char| c.is_ascii_digit())) => {
                    rest.next();
                }
                option if option.starts_with('-') || option.contains('=') => {}
                target => call.targets.push(target.to_owned()),
            }
        }
        call
    }
}

/// A target of a makefile.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Target {
    /// Whether it depends on others.
    pub(crate) needs: bool,
    /// Whether it is declared to be no file.
    pub(crate) phony: bool,
}

/// The targets of a file, those of the files that it includes among them.
#[derive(Debug, Default)]
pub(crate) struct Targets {
    /// By name.
    pub(crate) named: BTreeMap<String, Target>,
    /// Whether there may be targets that were not read: patterns, computed names, files that are not there.
    pub(crate) open: bool,
}

/// The targets of the makefile at this path.
pub(crate) fn makefile(snapshot: &Snapshot, path: &str) -> Option<Targets> {
    snapshot.find(path)?;
    let mut targets = Targets::default();
    let mut phony = BTreeSet::new();
    let (mut queue, mut seen) = (vec![path.to_owned()], BTreeSet::new());
    while let Some(path) = queue.pop() {
        if !seen.insert(path.clone()) {
            continue;
        }
        let text = snapshot.read_path(&path).filter(|text| text.bytes().len() <= SCRIPT_LIMIT && seen.len() <= INCLUDES);
        let Some(text) = text else {
            targets.open = true;
            continue;
        };
        for line in text.as_str().lines() {
            match include(line) {
                Some(files) => targets.includes(snapshot, &path, files, &mut queue),
                None => targets.take(line, &mut phony),
            }
        }
    }
    for name in phony {
        targets.named.entry(name).or_default().phony = true;
    }
    Some(targets)
}

fn include(line: &str) -> Option<&str> {
    ["include ", "-include ", "sinclude "]
        .iter()
        .find_map(|word| line.strip_prefix(word))
        .map(|files| files.split('#').next().unwrap_or(""))
}

impl Targets {
    /// Included files lie where make is started, or beside what includes them.
    fn includes(&mut self, snapshot: &Snapshot, from: &str, files: &str, queue: &mut Vec<String>) {
        let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
        for file in files.split_whitespace() {
            if let Some(start) = file.split_once('*').map(|(start, _)| start).filter(|start| !start.contains('$')) {
                let start = format!("{}/", join(folder, start));
                let start = start.trim_start_matches('/');
                queue.extend(
                    snapshot.files().iter().filter(|file| file.path.starts_with(start)).take(INCLUDES).map(|file| file.path.clone()),
                );
                continue;
            }
            let file = file.replace("$(CURDIR)/", "").replace("$(ROOT_DIR)/", "");
            match [join(folder, &file), join("", &file)].into_iter().find(|path| snapshot.find(path).is_some()) {
                Some(path) => queue.push(path),
                // A file with settings, which the reader makes: it holds no targets.
                None => self.open |= !file.ends_with(".env") && !file.ends_with(".local"),
            }
        }
    }

    fn take(&mut self, line: &str, phony: &mut BTreeSet<String>) {
        if line.starts_with("$(eval") || line.starts_with("define ") || line.starts_with("$(call") || line.starts_with("$(foreach") {
            self.open = true;
        }
        let Some((names, after)) = rule(line) else { return };
        if names.trim() == ".PHONY" {
            phony.extend(after.split('#').next().unwrap_or_default().split_whitespace().map(str::to_owned));
            return;
        }
        let needs = after.split('#').next().unwrap_or_default().split(';').next().unwrap_or_default();
        for name in names.split_whitespace() {
            self.open |= name.contains(['%', '$']) && !name.contains('/');
            self.named.entry(name.to_owned()).or_default().needs |= !needs.trim().trim_start_matches(':').is_empty();
        }
    }
}

/// The names and the prerequisites of a line that starts a rule.
fn rule(line: &str) -> Option<(&str, &str)> {
    if line.starts_with(['\t', ' ', '#']) {
        return None;
    }
    line.split_once(':').filter(|(names, after)| !names.contains('=') && !after.starts_with('='))
}

/// The recipes of the justfile at this path.
pub(crate) fn justfile(snapshot: &Snapshot, path: &str) -> Option<Targets> {
    let text = snapshot.read_path(path).filter(|text| text.bytes().len() <= SCRIPT_LIMIT)?;
    let mut targets = Targets::default();
    for line in text.as_str().lines().filter(|line| !line.starts_with([' ', '\t', '#'])) {
        if let Some(alias) = line.strip_prefix("alias ") {
            let name = alias.split(":=").next().unwrap_or_default().trim();
            targets.named.insert(name.to_owned(), Target::default());
            continue;
        }
        targets.open |= ["import ", "import? ", "mod ", "mod? "].iter().any(|word| line.starts_with(word));
        let Some((head, after)) = line.split_once(':').filter(|(_, after)| !after.starts_with('=')) else { continue };
        let name = head.split_whitespace().next().unwrap_or_default().trim_start_matches('@');
        targets.named.insert(name.to_owned(), Target { needs: !after.trim().is_empty(), phony: true });
    }
    Some(targets)
}

/// The recipe of a target behind those of what it depends on.
pub(super) fn with_prerequisites(makefile: &str, target: &str) -> String {
    let (own, needs) = lines_of(makefile, target);
    let needed: String = needs.iter().take(20).map(|need| lines_of(makefile, need).0).collect();
    needed + &own
}

/// The recipe of a target and the names of what it depends on.
fn lines_of(makefile: &str, target: &str) -> (String, Vec<String>) {
    let mut recipe = String::new();
    let mut needs = Vec::new();
    let mut inside = false;
    for line in makefile.lines() {
        if line.starts_with(['\t', ' ']) {
            if inside {
                recipe.push_str(line.trim_start().trim_start_matches(['@', '-']));
                recipe.push('\n');
            }
            continue;
        }
        let Some((names, after)) = rule(line) else {
            inside = inside && line.trim().is_empty();
            continue;
        };
        inside = names.split_whitespace().any(|name| name == target);
        if inside {
            needs.extend(after.split('#').next().unwrap_or_default().split_whitespace().map(str::to_owned));
        }
    }
    (recipe, needs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_read_through_includes() {
        let snapshot = Snapshot::of_memory([
            ("Makefile", "X := 1\ninclude misc/*.mk\n.PHONY: all test\nall: build test\nbuild:\n\tgo build\nurl = http://x\n"),
            ("misc/tools.mk", "lint fmt: tools # both\n\trun\n"),
        ]);
        let targets = makefile(&snapshot, "Makefile").expect("it is there");
        assert_eq!(targets.named.keys().map(String::as_str).collect::<Vec<_>>(), ["all", "build", "fmt", "lint", "test"]);
        assert!(!targets.open && targets.named["all"].phony && targets.named["all"].needs);
        assert!(!targets.named["build"].phony && !targets.named["build"].needs);
    }

    #[test]
    fn what_is_computed_leaves_the_targets_open() {
        for text in ["%.o: %.c\n", "include gone.mk\n", "$(NAME): x\n", "$(eval $(call x))\n"] {
            assert!(makefile(&Snapshot::of_memory([("Makefile", text)]), "Makefile").expect("it is there").open, "{text}");
        }
        assert!(!makefile(&Snapshot::of_memory([("Makefile", "-include .env\na:\n")]), "Makefile").expect("it is there").open);
    }

    #[test]
    fn recipes_of_just_have_parameters_and_aliases() {
        let text = "set shell := [\"sh\"]\nport := \"80\"\nalias t := test\n@run name='x' *rest: build\n    go\n[private]\ntest:\n";
        let targets = justfile(&Snapshot::of_memory([("justfile", text)]), "justfile").expect("it is there");
        assert_eq!(targets.named.keys().map(String::as_str).collect::<Vec<_>>(), ["run", "t", "test"]);
    }

    #[test]
    fn options_are_no_targets() {
        let words: Vec<String> = "-C web -j 4 X=1 build test".split(' ').map(str::to_owned).collect();
        assert_eq!(Call::of(&words), Call { folder: Some("web".into()), file: None, targets: vec!["build".into(), "test".into()] });
    }
}
