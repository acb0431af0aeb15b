//! Shell text as simple commands: what a script, a pipeline step or a code block of a document would run.
//!
//! One tolerant reading for bash and PowerShell alike: words with their quotes removed, joined lines, no comments, no
//! bodies of here-documents, each command with its line. It never fails and takes linear time. Which command means what
//! is left to those who ask.

pub(crate) mod call;
mod lexer;
pub(crate) mod package;
pub(crate) mod recipe;

use std::sync::LazyLock;

use serde::Deserialize;

use lexer::{Join, Lexer, Piece};

/// One simple command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// Its words without quotes, redirections and comments.
    pub words: Vec<String>,
    /// The line of its first word, from 0, counted from the start of the text.
    pub line: usize,
    /// Whether its failure is turned into success, as by `|| true`.
    pub failure_ignored: bool,
}

/// The words that are no options and no values of options, up to one of `stops`.
pub(in crate::facts) fn operands<'w>(words: &'w [String], valued: &[String], stops: &[String]) -> Vec<&'w str> {
    let mut found = Vec::new();
    let mut rest = words.iter();
    while let Some(word) = rest.next() {
        if stops.contains(word) {
            break;
        }
        if valued.contains(word) {
            rest.next();
        } else if !(word.starts_with('-') || word.starts_with('/') && word.contains(':')) {
            found.push(word.as_str());
        }
    }
    found
}

/// Splits shell text into its commands, those inside `$(…)` included.
#[must_use]
pub fn commands(text: &str) -> Vec<Command> {
    let pieces = Lexer::new(text).pieces();
    let ignored = ignored(&pieces);
    pieces
        .into_iter()
        .zip(ignored)
        .map(|(piece, failure_ignored)| Command { words: piece.words, line: piece.line, failure_ignored })
        .filter(|command| !command.words.is_empty())
        .collect()
}

/// Which pieces stand before a `||` with a command behind it that always succeeds.
fn ignored(pieces: &[Piece]) -> Vec<bool> {
    let mut ignored = vec![false; pieces.len()];
    let mut chain = 0;
    for at in 0..pieces.len() {
        match pieces[at].join {
            Join::Sequence => chain = at + 1,
            Join::Or if pieces.get(at + 1).is_some_and(|next| forgives(&next.words)) => ignored[chain..=at].fill(true),
            Join::Or | Join::And | Join::Pipe => {}
        }
    }
    ignored
}

fn forgives(words: &[String]) -> bool {
    TABLE.forgiving.iter().any(|known| known.split(' ').zip(words).filter(|(a, b)| a == b).count() == known.split(' ').count())
}

impl Command {
    /// The words from the program on, without assignments and wrappers such as `sudo` or `npx`.
    #[must_use]
    pub fn effective(&self) -> &[String] {
        let mut rest = self.words.as_slice();
        // Each wrapper takes at least one word, so this ends.
        loop {
            rest = without_assignments(rest);
            match TABLE.wrapper.iter().find_map(|wrapper| wrapper.strip(rest)) {
                Some(inner) if !inner.is_empty() => rest = inner,
                _ => return rest,
            }
        }
    }

    /// The program's name in lower case, without its folder and without `.exe`, `.cmd` or `.bat`; empty for assignments alone.
    #[must_use]
    pub fn program(&self) -> String {
        self.effective().first().map(|word| program_name(word)).unwrap_or_default()
    }

    /// The command as one line.
    #[must_use]
    pub fn text(&self) -> String {
        self.words.join(" ")
    }
}

/// The name of a program as written, reduced to what tables list.
#[must_use]
pub fn program_name(word: &str) -> String {
    let name = word.rsplit(['/', '\\']).next().unwrap_or(word).trim_start_matches('@').to_ascii_lowercase();
    [".exe", ".cmd", ".bat"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(&name).to_owned()
}

fn without_assignments(words: &[String]) -> &[String] {
    // PowerShell: `$answer = command …`.
    if let [variable, sign, rest @ ..] = words
        && variable.starts_with('$')
        && sign == "="
    {
        return rest;
    }
    let taken = words.iter().take_while(|word| is_assignment(word)).count();
    &words[taken..]
}

fn is_assignment(word: &str) -> bool {
    let name = word.split_once('=').map_or("", |(name, _)| name);
    !name.is_empty() && !name.starts_with(|c: char| c.is_ascii_digit()) && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    keywords: Vec<String>,
    forgiving: Vec<String>,
    wrapper: Vec<Wrapper>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wrapper {
    words: Vec<String>,
    #[serde(default)]
    valued: Vec<String>,
    #[serde(default)]
    operands: usize,
    until: Option<String>,
}

impl Wrapper {
    /// What the wrapper runs, if these words start with it.
    fn strip<'a>(&self, words: &'a [String]) -> Option<&'a [String]> {
        let (head, rest) = words.split_at_checked(self.words.len())?;
        let starts = head.iter().zip(&self.words).enumerate().all(
            |(at, (word, wanted))| {
                if at == 0 { program_name(word) == *wanted } else { word == wanted }
            },
        );
        if !starts {
            return None;
        }
        if let Some(at) = self.until.as_ref().and_then(|end| rest.iter().position(|word| word == end)) {
            return rest.get(at + 1..);
        }
        let mut rest = rest;
        while let [first, after @ ..] = rest {
            let takes_value = self.valued.iter().any(|option| option == first);
            if takes_value {
                rest = after.get(1..).unwrap_or_default();
            } else if first.starts_with('-') || is_assignment(first) {
                rest = after;
            } else {
                break;
            }
        }
        rest.get(self.operands..)
    }
}

static TABLE: LazyLock<Table> = LazyLock::new(|| crate::facts::table("commands.toml", include_str!("../../rules/data/commands.toml")));

/// Whether a word at the start of a command only steers the shell.
fn is_keyword(word: &str) -> bool {
    TABLE.keywords.iter().any(|keyword| keyword == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<String> {
        commands(text).iter().map(Command::text).collect()
    }

    #[test]
    fn splits_at_every_kind_of_end() {
        assert_eq!(lines("a b; c && d || e | f & g\nh"), ["a b", "c", "d", "e", "f", "g", "h"]);
        assert_eq!(lines("if [ -n \"$X\" ]; then\n  deploy it\nfi"), ["[ -n $X ]", "deploy it"]);
        assert_eq!(lines("(cd x && ./run.sh)"), ["cd x", "./run.sh"]);
    }

    #[test]
    fn removes_quotes_comments_and_redirections() {
        assert_eq!(lines("echo 'a # b' \"c; d\" # e\n# f\nrun >out.log 2>&1 x"), ["echo a # b c; d", "run x"]);
        assert_eq!(lines("curl http://x/#y"), ["curl http://x/#y"]);
    }

    #[test]
    fn joins_continued_lines_and_keeps_the_line() {
        let found = commands("one \\\n  two\naz deploy `\n  --name x\nthree");
        let seen: Vec<_> = found.iter().map(|c| (c.text(), c.line)).collect();
        assert_eq!(seen, [("one two".into(), 0), ("az deploy --name x".into(), 2), ("three".into(), 4)]);
    }

    #[test]
    fn skips_the_body_of_a_here_document() {
        assert_eq!(lines("ssh host <<'EOF'\ncd /x; rm y\nEOF\nnext"), ["ssh host", "next"]);
        assert_eq!(lines("cat <<-END >file\n\tkubectl apply\n\tEND\nnext"), ["cat", "next"]);
    }

    #[test]
    fn sees_what_runs_inside_a_substitution() {
        assert_eq!(
            lines("id=$(aws ecs describe | jq -r .id) go"),
            ["aws ecs describe", "jq -r .id", "id=$(aws ecs describe | jq -r .id) go"]
        );
        assert_eq!(lines("echo \"at $(date)\""), ["date", "echo at $(date)"]);
        assert_eq!(lines("run ${{ inputs.a || 'b' }} x"), ["run ${{ inputs.a || 'b' }} x"]);
    }

    #[test]
    fn knows_what_is_wrapped() {
        let program = |text: &str| commands(text).last().unwrap().program();
        assert_eq!(program("FOO=1 sudo -u app env A=b /usr/bin/terraform apply"), "terraform");
        assert_eq!(program("npx -y wrangler deploy"), "wrangler");
        assert_eq!(program("python3 -m pytest -q"), "pytest");
        assert_eq!(program("docker compose run --rm -e A=b web rspec"), "rspec");
        assert_eq!(program("doppler run -c prd -- helm upgrade x"), "helm");
        assert_eq!(program("$out = & az.cmd webapp deploy"), "az");
        assert_eq!(program("sudo"), "sudo");
    }

    #[test]
    fn knows_whose_failure_is_ignored() {
        let seen: Vec<bool> = commands("a && b || true; c | d || :\ne || exit 1\nf").iter().map(|c| c.failure_ignored).collect();
        assert_eq!(seen, [true, true, false, true, true, false, false, false, false]);
    }

    #[test]
    fn survives_anything() {
        for text in ["'", "\"$(", "$($($($(", "<<", "a <<EOF", "${{", "\\", "`", "@\"\n", "((((", "}}}}", "<#", "\u{1F600}$(\u{1F600}"] {
            let _ = commands(text);
        }
        assert!(commands(&"$(".repeat(50_000)).len() < 100_000);
        assert!(commands(&"'\n\"".repeat(50_000)).len() < 200_000);
    }
}
