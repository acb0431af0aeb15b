//! Which lines of a document are commands to type: shell blocks without prompts, comments and pasted output, and inline
//! code that is clearly a command line.

use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

use regex::Regex;
use serde::Deserialize;

use super::words::belongs_to_a_topic;
use crate::facts::markdown::{Block, Document, Kind, Line};
use crate::facts::table;

/// A command line with the block that it stands in.
#[derive(Debug)]
pub(super) struct Typed {
    pub(super) line: usize,
    pub(super) text: String,
    pub(super) block: usize,
}

#[derive(Deserialize)]
struct Words {
    shells: BTreeSet<String>,
    unnamed: BTreeSet<String>,
    programs: BTreeSet<String>,
}

static WORDS: LazyLock<Words> = LazyLock::new(|| table("shells.toml", include_str!("../../../rules/data/shells.toml")));

fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the pattern is constant")
}

/// All commands of a document, in order.
pub(super) fn typed(document: &Document) -> Vec<Typed> {
    let mut all = Vec::new();
    for (block, content) in document.blocks.iter().enumerate() {
        let lines = match &content.kind {
            Kind::Code { info } => in_block(info, &content.lines),
            Kind::Heading(_) => Vec::new(),
            _ => [bare(content), inline(content)].concat(),
        };
        all.extend(lines.into_iter().map(|line| Typed { line: line.number, text: line.text, block }));
    }
    all
}

/// How many words a line of prose may have that is nothing but a command.
const BARE: usize = 5;

/// Lines of prose that are a command without any markup, as plain READMEs have them.
fn bare(block: &Block) -> Vec<Line> {
    let plain = |line: &&Line| block.spans.iter().all(|span| span.number != line.number);
    let lines = block.lines.iter().filter(plain).map(|line| Line { number: line.number, text: without_comment(&line.text) });
    let command = |line: &Line| {
        let words: Vec<&str> = line.text.split_whitespace().collect();
        (2..=BARE).contains(&words.len()) && WORDS.programs.contains(words[0]) && belongs_to_a_topic(&line.text)
    };
    lines.filter(command).collect()
}

/// Inline code that is a command line: a known program with arguments, or a script that the sentence tells to run.
fn inline(block: &Block) -> Vec<Line> {
    static TELLS: LazyLock<Regex> = LazyLock::new(|| regex(r"(?i)\b(?:run|runs|running|execute|invoke|call|launch|type|start)\b"));
    let told = TELLS.is_match(&block.text());
    let clear = |span: &&Line| {
        let text = span.text.trim();
        let mut words = text.split_whitespace();
        let (first, second) = (words.next().unwrap_or_default(), words.next());
        let arguments = second.is_some_and(|second| !is_version(second) && !second.starts_with('('));
        (WORDS.programs.contains(first) && arguments) || (told && is_script(first)) || prompted(text).is_some_and(|rest| known(&rest))
    };
    block
        .spans
        .iter()
        .filter(clear)
        .map(|span| Line { number: span.number, text: prompted(&span.text).unwrap_or_else(|| span.text.trim().to_owned()) })
        .collect()
}

fn in_block(info: &str, lines: &[Line]) -> Vec<Line> {
    let language = info.split(|c: char| !(c.is_alphanumeric() || c == '-')).find(|part| !part.is_empty()).unwrap_or("").to_lowercase();
    let shell = WORDS.shells.contains(&language);
    if !shell && !WORDS.unnamed.contains(&language) {
        return Vec::new();
    }
    // A block that holds fences shows a document.
    if lines.iter().any(|line| line.text.trim_start().starts_with("```")) {
        return Vec::new();
    }
    let logical = joined(lines);
    let strong = |line: &Line| prompted(&line.text).filter(|_| !line.text.trim_start().starts_with('>'));
    let any_prompt = logical.iter().any(|line| strong(line).is_some());
    let taken = logical.iter().filter_map(|line| {
        let text = if any_prompt { strong(line)? } else { prompted(&line.text).unwrap_or_else(|| line.text.trim().to_owned()) };
        let text = without_comment(&text);
        is_command(&text, shell || any_prompt).then_some(Line { number: line.number, text })
    });
    taken.collect()
}

/// How many lines one command may take: past that a quote is taken to be unbalanced by mistake.
const LONGEST: usize = 40;

/// How many lines a backslash may join: more than anybody types as one command.
const LONGEST_JOINED: usize = 200;

/// Lines as a shell takes them: continued lines, open quotes and here-documents belong to the line that starts them.
fn joined(lines: &[Line]) -> Vec<Line> {
    static HEREDOC: LazyLock<Regex> = LazyLock::new(|| regex(r#"<<-?\s*["']?([A-Za-z_]\w*)["']?"#));
    let ends = here_document_ends(lines);
    let mut all: Vec<Line> = Vec::new();
    let mut at = 0;
    while let Some(first) = lines.get(at) {
        at += 1;
        if first.text.trim_start().starts_with('#') {
            continue;
        }
        let (text, taken) = continued(first, &lines[at..]);
        at += taken;
        at += open_quote(&text, &lines[at..]);
        if let Some(end) = HEREDOC.captures(&text).and_then(|found| ends.get(found.get(1)?.as_str())) {
            at = end.get(end.partition_point(|end| *end < at)).map_or(at, |end| end + 1);
        }
        all.push(Line { number: first.number, text });
    }
    all
}

/// A line with those that its end joins to it, and how many these are.
fn continued(first: &Line, following: &[Line]) -> (String, usize) {
    let mut text = first.text.trim_end().to_owned();
    let mut taken = 0;
    for next in following.iter().take(LONGEST_JOINED) {
        if !(text.ends_with('\\') || text.ends_with(" `") || text.ends_with(" ^")) {
            break;
        }
        text.pop();
        text.truncate(text.trim_end().len());
        text.push(' ');
        text.push_str(next.text.trim());
        taken += 1;
    }
    (text, taken)
}

/// The lines that may end a here-document, by what stands there: looked up once, since a document may open any number.
fn here_document_ends(lines: &[Line]) -> HashMap<&str, Vec<usize>> {
    let mut ends: HashMap<&str, Vec<usize>> = HashMap::new();
    if !lines.iter().any(|line| line.text.contains("<<")) {
        return ends;
    }
    for (at, line) in lines.iter().enumerate() {
        let word = line.text.trim();
        if word.chars().all(|c| c.is_alphanumeric() || c == '_') {
            ends.entry(word).or_default().push(at);
        }
    }
    ends
}

/// How many of the following lines belong to a double quote that `text` leaves open.
fn open_quote(text: &str, following: &[Line]) -> usize {
    let quotes = |text: &str| text.matches('"').count() - text.matches("\\\"").count();
    if quotes(text) % 2 == 0 {
        return 0;
    }
    following.iter().take(LONGEST).position(|line| quotes(&line.text) % 2 == 1).map_or(0, |length| length + 1)
}

/// What follows a prompt, if there is one.
fn prompted(line: &str) -> Option<String> {
    static PROMPT: LazyLock<Regex> = LazyLock::new(|| {
        regex(r"^\s*(?:\([\w.-]+\)\s*)?(?:[$%❯➜]|PS(?:\s*[A-Za-z]:\\[^>]*)?>|[A-Za-z]:\\[^>]*>|[\w.-]+@[\w.-]+[^\s$#]*\s?[$#]|>)\s+(\S.*)$")
    });
    static GLUED: LazyLock<Regex> = LazyLock::new(|| regex(r"^\s*[$>]([a-z][\w.-]*(?:\s.*)?)$"));
    if let Some(found) = PROMPT.captures(line) {
        return Some(found[1].trim().to_owned());
    }
    let found = GLUED.captures(line)?;
    let first = found[1].split_whitespace().next().unwrap_or_default();
    WORDS.programs.contains(first).then(|| found[1].trim().to_owned())
}

fn without_comment(text: &str) -> String {
    [" # ", " //"].iter().fold(text, |text, mark| text.split(mark).next().unwrap_or(text)).trim().to_owned()
}

fn is_version(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit() || "<>=^~≥".contains(c))
        || word.strip_prefix('v').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

fn is_script(word: &str) -> bool {
    let ends = [".sh", ".ps1", ".cmd", ".bat"].iter().any(|end| word.to_ascii_lowercase().ends_with(end));
    (ends || word.starts_with("./") || word.starts_with(".\\") || word.starts_with("bin/"))
        && !word.ends_with('/')
        && !word.contains(['*', '<', '{'])
}

/// A line that starts with a program that everybody knows, behind settings of the environment.
fn known(text: &str) -> bool {
    let first = first_word(text);
    let bare = first.strip_suffix(".exe").unwrap_or(first);
    WORDS.programs.contains(bare) || is_script(first)
}

fn first_word(text: &str) -> &str {
    text.split_whitespace().find(|word| !is_assignment(word) && *word != "sudo").unwrap_or_default()
}

fn is_assignment(word: &str) -> bool {
    let name = word.split_once('=').map_or("", |(name, _)| name);
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn is_command(text: &str, shell: bool) -> bool {
    static SETS: LazyLock<Regex> = LazyLock::new(|| regex(r"^(?:(?:export|set|setx)\s+\w+\s*=?|\$env:\w+\s*=)"));
    static WORD: LazyLock<Regex> = LazyLock::new(|| regex(r"^(?:[a-z][a-z0-9_+.-]*|[A-Za-z]+-[A-Z][A-Za-z]+|[a-z.][\w.-]*/[\w./-]+)$"));
    let comment =
        ["#", "//", "::", "<!--", "/*", "--"].iter().any(|mark| text.starts_with(mark)) || text.to_ascii_lowercase().starts_with("rem ");
    if text.is_empty() || comment {
        return false;
    }
    let first = first_word(text);
    let prose = text.ends_with(['.', ':', '…']) && !text.ends_with(" .") && !text.ends_with("/.") && text.split_whitespace().count() > 3;
    if SETS.is_match(text) || is_script(first) {
        return true;
    }
    if known(text) {
        let second_is_verb =
            text.split_whitespace().nth(1).is_some_and(|second| matches!(second, "is" | "are" | "will" | "and" | "-" | "=" | ":"));
        return !prose && !second_is_verb;
    }
    let control =
        matches!(first, "do" | "done" | "then" | "fi" | "for" | "if" | "while" | "else" | "esac" | "case" | "end" | "function" | "return");
    shell && !prose && !control && WORD.is_match(first) && !first.ends_with('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines<'t>(texts: impl Iterator<Item = &'t str>) -> Vec<Line> {
        texts.enumerate().map(|(at, text)| Line { number: at + 1, text: text.to_owned() }).collect()
    }

    #[test]
    fn countless_continued_lines_are_cut_into_commands_of_bounded_length() {
        let found = joined(&lines(std::iter::repeat_n(r"a \", 20_000)));
        assert_eq!(found.len(), 20_000_usize.div_ceil(LONGEST_JOINED + 1));
        assert!(found.iter().all(|line| line.text.len() <= 2 * (LONGEST_JOINED + 2)));
        assert_eq!(joined(&lines(["make \\", "  all"].into_iter()))[0].text, "make all");
    }

    #[test]
    fn here_documents_end_at_the_next_line_of_their_word_or_nowhere() {
        let unclosed = lines(std::iter::repeat_n("cat <<E", 20_000));
        assert_eq!(joined(&unclosed).len(), 20_000);
        let closed = lines(["cat <<E", "in", "E"].into_iter().cycle().take(30_000));
        assert_eq!(joined(&closed).len(), 10_000);
    }
}
