//! The walk over the commands of a document: which folder they run in, what they have made, where they run at all.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

use regex::Regex;

use super::repository::{Look, Repository, is_foreign};
use super::table::{TABLE, after, after_any};
use super::{NAMES_NOTHING, Verdict, builds, containers, dotnet, node, paths, tasks};
use crate::facts::command::{Command, commands};
use crate::facts::markdown::{Block, Kind};
use crate::facts::readme::commands::Typed;
use crate::facts::readme::topics::Guide;

/// Where commands run that do not run in this repository.
#[derive(Debug, Clone)]
struct Away {
    reason: String,
    /// The block at whose end it is over, or none where it lasts to the next heading.
    block: Option<usize>,
    heading: Option<usize>,
}

/// How many items of a list may stand between a command and the sentence that opens the list.
const ITEMS: usize = 12;

/// The state of a walk.
pub(super) struct Walk<'r, 'a> {
    pub repository: &'r Repository<'a>,
    guide: &'r Guide<'r>,
    guides: &'r [&'r Guide<'r>],
    /// The name of the folder that a clone of this repository makes.
    own: Option<&'r str>,
    /// The folders that the commands led to, the last one last; the first two are those of the document and the root.
    folders: Vec<String>,
    /// Names of files and folders that earlier commands made.
    made: BTreeSet<String>,
    /// Folders of other repositories.
    others: BTreeSet<String>,
    /// Whether an earlier command may have made files of any name.
    pub open: bool,
    /// Whether something of the repository was run, which may have made files.
    pub ran: bool,
    away: Option<Away>,
    block: usize,
    /// What the sentences before the block say of where it runs.
    told_away: Option<String>,
    /// The answers of [`Self::mentions`].
    mentioned_words: RefCell<HashMap<String, bool>>,
}

/// The folder that the first `git clone` of a document makes.
pub(super) fn first_clone(guide: &Guide<'_>) -> Option<String> {
    guide.commands.iter().flat_map(|typed| commands(&marked(&typed.text))).find_map(|command| cloned(&command))
}

fn cloned(command: &Command) -> Option<String> {
    let rest = after(command.effective(), "git clone")?;
    let mut operands = rest.iter().filter(|word| !word.starts_with('-') && word.as_str() != "1" && word.as_str() != "main");
    let url = operands.find(|word| word.contains(['/', ':', '$']))?;
    let folder = operands.next().unwrap_or(url);
    Some(folder.trim_end_matches('/').trim_end_matches(".git").rsplit(['/', ':']).next().unwrap_or_default().to_owned())
}

/// Text with `<placeholders>` marked, which a shell would take for redirections.
fn marked(text: &str) -> String {
    static PLACEHOLDER: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"<([^<>\s|&;][^<>|&;]*)>").expect("the pattern is constant"));
    PLACEHOLDER.replace_all(text, "$$PLACEHOLDER").into_owned()
}

impl<'r, 'a> Walk<'r, 'a> {
    pub(super) fn new(repository: &'r Repository<'a>, guide: &'r Guide<'r>, guides: &'r [&'r Guide<'r>], own: Option<&'r str>) -> Self {
        let folder = guide.file.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
        Self {
            repository,
            guide,
            guides,
            own,
            folders: vec![folder, String::new()],
            made: BTreeSet::new(),
            others: BTreeSet::new(),
            open: false,
            ran: false,
            away: None,
            block: usize::MAX,
            told_away: None,
            mentioned_words: RefCell::default(),
        }
    }

    /// The folders that a command may run in, the likeliest first.
    pub(super) fn folders(&self) -> Vec<String> {
        let mut all: Vec<String> = Vec::new();
        for folder in self.folders.iter().rev() {
            if !all.contains(folder) {
                all.push(folder.clone());
            }
        }
        all
    }

    /// Judges a line, and takes over what it does.
    pub(super) fn step(&mut self, typed: &Typed) -> Verdict {
        self.enter(typed.block);
        let text = marked(&typed.text);
        let verdicts: Vec<Verdict> = commands(&text).iter().map(|command| self.command(command)).collect();
        self.redirections(&text);
        let verdict = verdicts.into_iter().reduce(Verdict::and).unwrap_or_else(|| Verdict::unknown(NAMES_NOTHING));
        match (&self.told_away, verdict) {
            (Some(reason), Verdict::Broken(_)) => Verdict::Unknown(reason.clone()),
            (None, Verdict::Broken(_)) if self.mentioned(typed.block) => Verdict::unknown("the sentence may give it as an example"),
            (_, verdict) => verdict,
        }
    }

    /// A linked document names commands in its sentences that are of its subject, not of the setting up.
    fn mentioned(&self, block: usize) -> bool {
        let linked = self.guides.first().is_some_and(|first| first.file != self.guide.file);
        linked && !self.guide.document.blocks.get(block).is_some_and(|here| matches!(here.kind, Kind::Code { .. }))
    }

    fn enter(&mut self, block: usize) {
        if block == self.block {
            return;
        }
        self.block = block;
        let heading = self.guide.document.headings_above(block).next();
        self.away = self.away.take().filter(|away| away.block.is_none() && away.heading == heading);
        self.told_away = self.told_away(block);
    }

    /// Whether the sentences around a block, or its headings, say that it is for another place.
    fn told_away(&self, block: usize) -> Option<String> {
        let document = &self.guide.document;
        let title = document.title();
        let headings = document.headings_above(block).filter(|heading| Some(*heading) != title).map(|heading| &document.blocks[heading]);
        let here = document.blocks.get(block).filter(|here| here.is_prose());
        let away = self.introduction(block).into_iter().chain(here).chain(headings).find(|other| {
            let text = other.text();
            let forge = document.links_in(other).any(|link| self.leads_away(&link.target));
            (forge || TABLE.elsewhere.prose.is_match(&text)) && !TABLE.elsewhere.own.is_match(&text)
        })?;
        Some(format!("line {} says that it is for another place", away.line()))
    }

    /// The sentences before a block: two, or the items of a list up to the sentence that opens it.
    fn introduction(&self, block: usize) -> Vec<&'r Block> {
        let before = self.guide.document.blocks[..block].iter().rev();
        let mut paragraphs = 0;
        let near = before.take(ITEMS).take_while(|other| {
            let go_on = other.is_prose() && paragraphs < 2;
            paragraphs += usize::from(other.kind == Kind::Paragraph);
            go_on
        });
        near.collect()
    }

    /// Whether a link leads to another repository.
    fn leads_away(&self, target: &str) -> bool {
        static HOST: LazyLock<Regex> = LazyLock::new(|| {
            Regex::new(r"^https?://(?:www\.)?(?:github\.com|gitlab\.com|bitbucket\.org)/[\w.-]+/([\w.-]+?)(?:\.git)?(?:/?|/(?:-/)?(?:blob|tree|raw|src)/.*)$")
                .expect("the pattern is constant")
        });
        let Some(found) = HOST.captures(target.trim()) else { return false };
        Some(&found[1]) != self.own && found[1] != self.repository.snapshot.name
    }

    fn command(&mut self, command: &Command) -> Verdict {
        let words = command.words.as_slice();
        let effective = command.effective();
        if let Some(away) = &self.away {
            return Verdict::Unknown(away.reason.clone());
        }
        let Some(first) = effective.first() else { return Verdict::unknown(NAMES_NOTHING) };
        if let Some(verdict) = self.moves(command) {
            return verdict;
        }
        let verdict = self.judge(command);
        let runs = |list: &[String]| after_any(effective, list).is_some() || after_any(words, list).is_some();
        if runs(&TABLE.generators.runs) {
            self.open = true;
        }
        if runs(&TABLE.elsewhere.runs) || containers::opens_shell(command) {
            self.go_away("an earlier command leads to another machine or a container", Some(self.block));
        }
        self.ran |= verdict == Verdict::Ok && !matches!(first.as_str(), "cp" | "copy" | "mv" | "git" | "chmod" | "source" | ".");
        self.makes(command);
        verdict
    }

    fn judge(&self, command: &Command) -> Verdict {
        if let Some(verdict) = builds::retired(self, command) {
            return verdict;
        }
        if let Some(verdict) = containers::judge(self, command) {
            return verdict;
        }
        let (effective, program) = (command.effective(), command.program());
        let rest = &effective[1..];
        let by_target = match program.as_str() {
            "npm" | "yarn" | "pnpm" | "bun" => node::judge(self, &program, rest),
            "make" | "gmake" | "just" => tasks::recipe(self, &program, rest),
            "task" | "go-task" => tasks::taskfile(self, rest),
            "psake" | "invoke-psake" => tasks::psake(self, rest),
            "composer" => tasks::composer(self, rest),
            "rake" | "rails" | "artisan" => None,
            "dotnet" => dotnet::judge(self, rest),
            "cargo" => builds::cargo(self, rest),
            "mvn" | "mvnw" | "gradle" | "gradlew" => builds::java(self, &program, rest),
            "nx" => node::nx(self, rest),
            _ => None,
        };
        let by_path = paths::judge(self, effective).or_else(|| paths::own_module(self, &command.words));
        match (by_target, by_path) {
            (Some(one), Some(other)) => one.and(other),
            (Some(one), None) | (None, Some(one)) => one,
            (None, None) => Verdict::unknown(NAMES_NOTHING),
        }
    }

    /// `cd`, and clones.
    fn moves(&mut self, command: &Command) -> Option<Verdict> {
        let words = command.effective();
        if let Some(name) = cloned(command) {
            let own = self.own.is_none_or(|own| own == name) || name == self.repository.snapshot.name;
            if own {
                self.made.insert(name.to_lowercase());
                self.made.insert(name);
            } else {
                self.others.insert(name);
            }
            return Some(Verdict::unknown(NAMES_NOTHING));
        }
        let program = command.program();
        if !matches!(program.as_str(), "cd" | "pushd" | "chdir" | "set-location") {
            return None;
        }
        let target = words[1..].iter().find(|word| word.as_str() != "/d" && word.as_str() != "/D" && word.as_str() != "--");
        Some(self.change_folder(target.map_or("~", String::as_str)))
    }

    fn change_folder(&mut self, written: &str) -> Verdict {
        let plain = written.replace('\\', "/");
        let plain = plain.trim_end_matches('/');
        if self.others.contains(plain.trim_start_matches("./")) {
            self.go_away("an earlier command leads into another repository", None);
            return Verdict::unknown("it leads into another repository");
        }
        let current = self.folders.last().cloned().unwrap_or_default();
        let to = match self.repository.look(&self.folders(), written) {
            // Of the root's own folder, as a clone makes it.
            _ if self.own == Some(plain) || plain == self.repository.snapshot.name => String::new(),
            Look::Here(path) | Look::From(path) | Look::OtherCase(path) if self.repository.is_folder(&path) => path,
            Look::Made => crate::facts::command::call::join(&current, plain),
            _ if self.made.contains(plain) => crate::facts::command::call::join(&current, plain),
            _ if self.open => {
                self.go_away("an earlier command leads into a folder that it makes", None);
                return Verdict::unknown("an earlier command may make the folder");
            }
            Look::Missing if plain.contains('/') && self.begins_here(plain) => {
                return self.broken(format!("there is no folder `{plain}`"));
            }
            _ => String::new(),
        };
        let cloned = to.is_empty() && self.made.contains(plain);
        let known = cloned || (self.repository.holds(&to) && !to.is_empty());
        self.folders.push(to);
        if known { Verdict::Ok } else { Verdict::unknown("which folder is meant cannot be told") }
    }

    /// Whether the first part of a path is a folder of the repository.
    fn begins_here(&self, path: &str) -> bool {
        let first = path.trim_start_matches("./").split('/').next().unwrap_or_default();
        !first.starts_with('.')
            && self.folders().iter().any(|folder| self.repository.is_folder(&crate::facts::command::call::join(folder, first)))
    }

    fn go_away(&mut self, reason: &str, block: Option<usize>) {
        let heading = self.guide.document.headings_above(self.block).next();
        self.away = Some(Away { reason: reason.to_owned(), block, heading });
    }

    /// Notes the names that a command makes.
    fn makes(&mut self, command: &Command) {
        let words = command.effective();
        let mut note = |word: &str| {
            let path = word.replace('\\', "/");
            let path = path.trim_start_matches("./").trim_end_matches('/').to_lowercase();
            self.made.extend(path.split('/').map(str::to_owned));
        };
        let operands: Vec<&String> = words.iter().skip(1).filter(|word| !word.starts_with('-')).collect();
        match command.program().as_str() {
            "touch" | "mkdir" | "md" | "new-item" | "ni" | "tee" | "nano" | "vi" | "vim" | "code" | "notepad" | "edit" | "gedit"
            | "emacs" => {
                operands.iter().for_each(|word| note(word));
            }
            "cp" | "copy" | "copy-item" | "mv" | "move" | "ln" | "ren" | "rename" => {
                operands.last().into_iter().for_each(|word| note(word));
            }
            "curl" | "wget" | "iwr" | "invoke-webrequest" => operands.iter().for_each(|word| note(word)),
            _ => {}
        }
        // `-o FILE` of compilers, downloaders and generators.
        for pair in words.windows(2) {
            if matches!(pair[0].as_str(), "-o" | "--output" | "-O" | "-out" | "-OutFile" | "--out" | "-d" | "--name" | "-n" | "-keyout") {
                note(&pair[1]);
            }
        }
    }

    fn redirections(&mut self, text: &str) {
        static TO: LazyLock<Regex> = LazyLock::new(|| Regex::new(r#">{1,2}\s*["']?([^\s&|;>"']+)"#).expect("the pattern is constant"));
        for found in TO.captures_iter(text) {
            let path = found[1].trim_start_matches("./").to_lowercase();
            self.made.extend(path.split('/').map(str::to_owned));
        }
    }

    /// Whether an earlier command, or the reader by the text of the documents, makes a file of this name.
    pub(super) fn is_made(&self, written: &str) -> bool {
        let path = written.replace('\\', "/").to_lowercase();
        let name = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default().to_owned();
        self.open || self.made.contains(&name) || self.told_to_make(&name)
    }

    /// A sentence that names the file tells to make it, or the file's content is shown under its name.
    fn told_to_make(&self, name: &str) -> bool {
        let tells = |text: &str| TABLE.made.told.iter().any(|word| text.contains(word.as_str()));
        self.guides.iter().any(|guide| {
            let blocks = &guide.document.blocks;
            blocks.iter().enumerate().any(|(at, block)| {
                let text = block.text().to_lowercase();
                if matches!(block.kind, Kind::Code { .. }) || !text.contains(name) {
                    return false;
                }
                let shown = matches!(blocks.get(at + 1).map(|next| &next.kind), Some(Kind::Code { info }) if !is_shell(info));
                tells(&text) || shown
            })
        })
    }

    /// Whether a block of code that is no command holds this text: the reader is shown how to write it.
    pub(super) fn shows(&self, text: &str) -> bool {
        self.guides.iter().flat_map(|guide| &guide.document.blocks).any(|block| {
            matches!(&block.kind, Kind::Code { info } if !is_shell(info)) && block.lines.iter().any(|line| line.text.contains(text))
        })
    }

    /// Whether any command of the documents names a word, so that the reader may have installed it.
    pub(super) fn mentions(&self, word: &str) -> bool {
        let found = || self.guides.iter().flat_map(|guide| &guide.commands).any(|typed| typed.text.contains(word));
        *self.mentioned_words.borrow_mut().entry(word.to_owned()).or_insert_with(found)
    }

    /// What is missing: broken, unless the command may be for a project of the reader's own.
    pub(super) fn broken(&self, reason: String) -> Verdict {
        Verdict::Broken(reason)
    }

    /// What is missing by a name that a user's own project may have: in the README of a library that is no fault.
    pub(super) fn broken_unless_of_user(&self, reason: String) -> Verdict {
        static OWN: LazyLock<Regex> = LazyLock::new(|| {
            Regex::new(r"(?i)\b(?:develop|contribut|build|test|local|hack|compil|source|maintain|releas)").expect("the pattern is constant")
        });
        let mut headings = self.guide.document.headings_above(self.block).map(|heading| self.guide.document.blocks[heading].text());
        if self.repository.is_library() && !headings.any(|heading| OWN.is_match(&heading)) {
            return Verdict::Unknown("whoever uses the library may have it".into());
        }
        Verdict::Broken(reason)
    }
}

fn is_shell(info: &str) -> bool {
    let language = info.split_whitespace().next().unwrap_or_default().to_lowercase();
    matches!(
        language.as_str(),
        "" | "sh" | "bash" | "shell" | "zsh" | "console" | "terminal" | "powershell" | "ps1" | "cmd" | "bat" | "text" | "txt"
    )
}

/// Whether a word cannot be judged by how it is written.
pub(super) fn is_placeholder(word: &str) -> bool {
    is_foreign(&word.replace([':', '@', '+'], "")) || word.starts_with('$')
}
