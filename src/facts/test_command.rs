//! Which commands and prepared steps run tests, by `rules/data/test-commands.toml`.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::facts::command::{Command, program_name};
use crate::facts::table;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    command: Vec<Rule>,
    named: Named,
    step: Vec<Step>,
    suites: Suites,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    run: Vec<String>,
    #[serde(default)]
    with: Vec<String>,
    #[serde(default)]
    unless: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Named {
    scripts: Vec<String>,
    not: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    provider: String,
    uses: Vec<String>,
    input: Option<String>,
    #[serde(default)]
    any: Vec<String>,
    #[serde(default)]
    default: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Suites {
    extensions: Vec<String>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| table("test-commands.toml", include_str!("../../rules/data/test-commands.toml")));

/// Whether a file of this name can hold test code.
pub(crate) fn is_code(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, extension)| TABLE.suites.extensions.iter().any(|known| known.eq_ignore_ascii_case(extension)))
}

/// Whether a command runs tests by itself.
pub(crate) fn is_test_command(command: &Command) -> bool {
    let words = command.effective();
    let Some(program) = words.first().map(|word| program_name(word)) else { return false };
    TABLE.command.iter().any(|rule| rule.run.iter().any(|run| is_run(words, &program, run)) && rule.admits(&words[1..]))
}

fn is_run(words: &[String], program: &str, run: &str) -> bool {
    let mut wanted = run.split(' ');
    if !wanted.next().is_some_and(|first| first.eq_ignore_ascii_case(program)) {
        return false;
    }
    // Options of the program may stand before the command: `go -C dir test`, `npm --silent test`.
    let operands: Vec<&String> = words[1..].iter().filter(|word| !word.starts_with('-')).collect();
    let wanted: Vec<&str> = wanted.collect();
    let plain = |from: usize| {
        wanted.iter().enumerate().all(|(at, want)| operands.get(from + at).is_some_and(|word| word.eq_ignore_ascii_case(want)))
    };
    let as_written = wanted.iter().enumerate().all(|(at, want)| words.get(1 + at).is_some_and(|word| word.eq_ignore_ascii_case(want)));
    as_written || plain(0) || (words.get(1).is_some_and(|word| word.starts_with('-')) && !wanted.is_empty() && plain(1))
}

impl Rule {
    fn admits(&self, arguments: &[String]) -> bool {
        let one_of = |word: &String| {
            let word = word.to_ascii_lowercase();
            self.with.iter().any(|wanted| word == *wanted || word.rsplit(':').next() == Some(wanted))
        };
        let starts = |word: &String, start: &String| word.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start));
        let barred = arguments.iter().any(|word| self.unless.iter().any(|start| starts(word, start)));
        !barred && (self.with.is_empty() || arguments.iter().any(one_of))
    }
}

/// Whether the name of a package script, a make target or a script's file says that it runs tests.
pub(crate) fn says_test(words: &[String]) -> bool {
    let has = |list: &[String]| words.iter().any(|word| list.contains(word));
    has(&TABLE.named.scripts) && !has(&TABLE.named.not)
}

/// Whether a prepared step runs tests; `input` gives its inputs by name.
pub(crate) fn is_test_step<'i>(provider: &str, name: &str, input: impl Fn(&str) -> Option<&'i str>) -> bool {
    let steps =
        TABLE.step.iter().filter(|step| step.provider == provider && step.uses.iter().any(|known| known.eq_ignore_ascii_case(name)));
    steps.into_iter().any(|step| {
        step.input.as_ref().is_none_or(|key| match input(key) {
            Some(value) => {
                step.any.iter().any(|start| value.trim_start().get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start)))
            }
            None => step.default,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::command::commands;

    #[test]
    fn knows_what_runs_tests() {
        let tests = |text: &str| commands(text).iter().any(is_test_command);
        for text in [
            "dotnet test x.sln",
            "python -m pytest -q",
            "npx --yes jest",
            "./gradlew :app:test",
            "mvn -B verify",
            "go test ./...",
            "cargo nextest run",
            "bundle exec rspec",
            "uv run pytest",
            "poetry run tox",
            "docker compose run --rm web pytest",
        ] {
            assert!(tests(text), "{text}");
        }
        for text in
            ["dotnet build", "mvn -DskipTests package", "gradle assemble", "go build", "echo pytest", "cargo test --no-run", "nx build"]
        {
            assert!(!tests(text), "{text}");
        }
    }
}
