//! Scripts that deploy: those that ask a person on the way, and those that wait for somebody to call them.

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::callers::Name;
use super::table::{TABLE, extension, stem};
use super::{Candidate, ManualStep};
use crate::facts::command::{Command, commands};
use crate::facts::pipeline::{self, Deed};
use crate::facts::stack::is_product;
use crate::snapshot::{File, Snapshot};

/// How large a script may be.
const SIZE_LIMIT: usize = 200_000;

/// Groups of commands that a script uses for other ends too, unless its name says that it deploys.
const OTHER_ENDS: [&str; 2] = ["hosts", "database"];

/// A script with its text.
struct Script<'s> {
    file: &'s File,
    text: String,
    named: bool,
}

/// All scripts of the product: those in a shell's language, and others whose name says that they deploy.
fn scripts<'s>(snapshot: &'s Snapshot, wanted: impl Fn(&File, bool) -> bool + Sync) -> Vec<Script<'s>> {
    let files: Vec<&File> = snapshot.files().iter().filter(|file| is_product(file) && !TABLE.scripts.serves_else(file)).collect();
    files
        .par_iter()
        .filter_map(|file| {
            let extension = extension(file.name());
            let named = TABLE.scripts.deploy(stem(file.name()));
            let shell = TABLE.scripts.shell.contains(&extension) || (extension.is_empty() && named && !file.name().contains('.'));
            let readable = shell || named && TABLE.scripts.strings.contains(&extension);
            if !readable || !wanted(file, named) {
                return None;
            }
            let text = snapshot.read(file).filter(|text| text.bytes().len() <= SIZE_LIMIT)?;
            let script = !extension.is_empty() || text.line(1).starts_with(b"#!");
            script.then(|| Script { file, text: text.as_str().into_owned(), named })
        })
        .collect()
}

/// Scripts that deploy and ask a person, each at its first question. One that a machine can pass is none.
pub(super) fn prompting(snapshot: &Snapshot) -> Vec<ManualStep> {
    let asks = |script: Script<'_>| {
        let line = first_question(&script)?;
        let passable = TABLE.passable.text.iter().any(|way| way.is_match(&script.text));
        let deeds = script.deeds(snapshot);
        let deploys = deeds.iter().find(|deed| script.named || deed.group.as_deref().is_none_or(|group| !OTHER_ENDS.contains(&group)))?;
        let detail = format!("asks a person before it deploys by `{}`", deploys.name);
        (!passable).then(|| script.step(line, "prompting-script", detail))
    };
    scripts(snapshot, |_, _| true).into_iter().filter_map(asks).collect()
}

/// Scripts that are called like a deployment and deploy, each at its first command that does.
pub(super) fn deploying(snapshot: &Snapshot) -> Vec<Candidate> {
    let candidate = |script: Script<'_>| {
        let deeds = script.deeds(snapshot);
        // What migrates a database alone is a part of a deployment at most.
        let first = deeds.iter().find(|deed| deed.group.as_deref() != Some("database"))?;
        let detail = format!("deploys by `{}`, and no pipeline calls it", first.name);
        let by: BTreeSet<String> = deeds.iter().map(|deed| deed.name.clone()).collect();
        Some(Candidate { name: Name::File(script.file.name().to_owned()), step: script.step(first.line, "uncalled-script", detail), by })
    };
    scripts(snapshot, |_, named| named).into_iter().filter_map(candidate).collect()
}

impl Script<'_> {
    fn step(&self, line: usize, kind: &str, detail: String) -> ManualStep {
        let target = pipeline::target_in(stem(self.file.name())).map(str::to_owned);
        ManualStep { file: self.file.path.clone(), line, kind: kind.to_owned(), detail, target, only_way: false }
    }

    fn is_shell(&self) -> bool {
        !TABLE.scripts.strings.contains(&extension(self.file.name()))
    }

    /// The commands that deploy somewhere else than to the developer's own machine.
    fn deeds(&self, snapshot: &Snapshot) -> Vec<Deed> {
        let folder = self.file.folder();
        let mut deeds = if self.is_shell() {
            pipeline::deeds_of(snapshot, &self.text, folder, self.named)
        } else {
            let lines = self.text.lines().zip(1..);
            lines.flat_map(|(line, number)| in_strings(snapshot, line, number, folder, self.named)).collect()
        };
        let lines: Vec<&str> = self.text.lines().collect();
        deeds.retain(|deed| lines.get(deed.line - 1).is_none_or(|line| !TABLE.scripts.is_near(line)));
        deeds
    }
}

/// What the strings of a line deploy, each as a command and all together as the words of one.
fn in_strings(snapshot: &Snapshot, line: &str, number: usize, folder: &str, named: bool) -> Vec<Deed> {
    let strings = strings(line);
    let together = strings.join(" ");
    let mut deeds: Vec<Deed> = strings.iter().flat_map(|text| pipeline::deeds_of(snapshot, text, folder, named)).collect();
    if deeds.is_empty() {
        deeds = pipeline::deeds_of(snapshot, &together, folder, named);
    }
    deeds.iter_mut().for_each(|deed| deed.line = number);
    deeds
}

/// The strings of a line of source code; a line that is a comment has none.
fn strings(line: &str) -> Vec<&str> {
    let start = line.trim_start();
    if ["#", "//", "*"].iter().any(|mark| start.starts_with(mark)) {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut rest = line;
    while let Some(at) = rest.find(['"', '\'', '`']) {
        let quote = rest[at..].chars().next().unwrap_or('"');
        let inner = &rest[at + 1..];
        let Some(end) = inner.find(quote) else { break };
        found.push(&inner[..end]);
        rest = &inner[end + 1..];
    }
    found
}

fn first_question(script: &Script<'_>) -> Option<usize> {
    let extension = extension(script.file.name());
    let extension = if extension.is_empty() { "sh".to_owned() } else { extension };
    let by_command = script.is_shell().then(|| commands(&script.text).iter().find(|command| asks(command)).map(|command| command.line + 1));
    let patterns = TABLE.asks.iter().filter(|asks| asks.extensions.contains(&extension)).flat_map(|asks| &asks.text);
    let by_text = patterns.filter_map(|pattern| {
        let mut lines = script.text.lines().zip(1..).filter(|(line, _)| !is_comment(line));
        lines.find(|(line, _)| pattern.is_match(line)).map(|(_, number)| number)
    });
    by_command.flatten().into_iter().chain(by_text).min()
}

fn is_comment(line: &str) -> bool {
    let start = line.trim_start();
    ["#", "//", "::", "rem ", "REM "].iter().any(|mark| start.starts_with(mark))
}

/// Whether a command asks a person.
fn asks(command: &Command) -> bool {
    let words = command.effective();
    let program = command.program();
    TABLE.prompt.iter().filter(|prompt| prompt.run == program).any(|prompt| {
        let letter = |letter: char| words.iter().skip(1).any(|word| is_letters(word) && word.contains(letter));
        let first = |first: &String| words.get(1).is_some_and(|word| word.eq_ignore_ascii_case(first));
        prompt.letter.is_none_or(letter) && prompt.first.as_ref().is_none_or(first)
    })
}

/// Options of one letter each, as in `-rp`.
fn is_letters(word: &str) -> bool {
    word.strip_prefix('-').is_some_and(|letters| !letters.is_empty() && letters.chars().all(|c| c.is_ascii_alphanumeric()))
}
