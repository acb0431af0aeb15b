//! Text of a repository in Markdown, so that none of it becomes markup, a link, a mention or HTML.
//!
//! Words of calm characters stand as they are; any other word goes into a code span, where renderers take nothing for
//! markup and hosts look for no mention and no reference. Backslashes alone would not do: hosts find `@name` and bare
//! addresses after Markdown has been read.

use crate::finding::printable;

/// Code longer than this many characters is cut: no path is worth more.
const LONGEST_CODE: usize = 300;
/// Prose longer than this many characters is cut.
const LONGEST_PROSE: usize = 1000;

/// Prose that may hold names and paths of the repository; `code` between backticks is kept as code.
pub(super) fn prose(text: &str) -> String {
    let text = at_most(printable(text), LONGEST_PROSE);
    let parts: Vec<&str> = text.split('`').collect();
    // An odd number of backticks pairs up with nothing: then every word speaks for itself.
    if parts.len().is_multiple_of(2) {
        return words(&text);
    }
    parts.iter().enumerate().map(|(at, part)| if at % 2 == 0 { words(part) } else { code(part) }).collect()
}

/// A code span that holds exactly this text.
pub(super) fn code(text: &str) -> String {
    let text = at_most(printable(text), LONGEST_CODE);
    if text.is_empty() {
        return text;
    }
    let fence = "`".repeat(longest_run(&text) + 1);
    let at_border = |c: char| c == '`' || c == ' ';
    let pad = if text.starts_with(at_border) || text.ends_with(at_border) { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// Prose for the cell of a table, whose borders are pipes even in code.
pub(super) fn cell(text: &str) -> String {
    prose(&text.replace('|', "/"))
}

fn at_most(text: String, characters: usize) -> String {
    match text.char_indices().nth(characters) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

fn words(text: &str) -> String {
    let escaped: Vec<String> = text.split(' ').enumerate().map(|(at, part)| word(part, at == 0)).collect();
    escaped.join(" ")
}

/// A word, in a code span unless it is calm; punctuation around it stays outside.
fn word(word: &str, first: bool) -> String {
    if is_calm(word, first) {
        return word.to_owned();
    }
    let start = word.len() - word.trim_start_matches(['(', '"', '\'']).len();
    let end = word.trim_end_matches(['.', ',', ';', ':', ')', '"', '\'', '?', '!']).len().max(start);
    let (lead, inner, tail) = (&word[..start], &word[start..end], &word[end..]);
    if inner.is_empty() { code(word) } else { format!("{lead}{}{tail}", code(inner)) }
}

/// Whether no renderer takes the word for anything but text.
fn is_calm(word: &str, first: bool) -> bool {
    const CALM: &str = ".,;:()'\"/?!%-+";
    let calm = |c: char| !c.is_ascii() || c.is_alphanumeric() || CALM.contains(c);
    word.chars().all(calm) && !is_address(word) && !(first && opens_block(word))
}

/// Whether hosts make a link of the word, or an emoji.
fn is_address(word: &str) -> bool {
    let lower = word.to_lowercase();
    ["://", "www.", "mailto:", "xmpp:"].iter().any(|sign| lower.contains(sign)) || word.matches(':').count() > 1
}

/// Whether a line that starts with this word could be a list or a rule.
fn opens_block(word: &str) -> bool {
    word.starts_with(['-', '+']) || word.starts_with(|c: char| c.is_ascii_digit()) && word.ends_with(['.', ')'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_sentences_stay_as_they_are() {
        let sentence = "README.md names no way to run it (docker, dotnet); see docs/setup.md";
        assert_eq!(prose(sentence), sentence);
    }

    #[test]
    fn words_with_markup_become_code() {
        assert_eq!(prose("ask @everyone, or <b>me</b>."), "ask `@everyone`, or `<b>me</b>`.");
        assert_eq!(prose("DB_URL is read"), "`DB_URL` is read");
        assert_eq!(prose("- x"), "`-` x");
        assert_eq!(prose("1. x"), "`1`. x");
        assert_eq!(prose("at https://a.example/x now"), "at `https://a.example/x` now");
    }

    #[test]
    fn code_is_kept_and_stray_backticks_are_text() {
        assert_eq!(prose("`npm run dev` is gone"), "`npm run dev` is gone");
        assert_eq!(prose("a ` b"), "a `` ` `` b");
        assert_eq!(code("a``b"), "```a``b```");
    }

    #[test]
    fn a_line_stays_one_line() {
        assert!(!prose("a\n\n# b").contains('\n'));
        assert!(!code("a\r\n\n<script>").contains('\n'));
    }
}
