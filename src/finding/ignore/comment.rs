//! Our own comment: `handover: ignore[rule, rule] reason`, in any comment syntax, behind code or alone on a line before it.
//!
//! The words count only where a comment begins with them, so prose and strings that show the syntax ignore nothing. In
//! languages whose strings are known, what stands in a string is no comment either.

use std::ops::Range;

use regex::bytes::Regex;

use super::TABLE;
use crate::facts::code::{Code, Kind, Language};
use crate::snapshot::Text;

/// So many comments are read in one file; nobody writes more.
const MOST: usize = 1000;
/// So many names of one comment are read.
const MOST_NAMES: usize = 16;
/// So many bytes to each side of the words are read, so that a line of megabytes costs no more than any other.
const REACH: usize = 512;

/// A comment of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Comment {
    /// Its line.
    pub line: usize,
    /// The last line that it covers: the next line of code where it stands alone, else its own.
    pub last: usize,
    /// What it names.
    pub names: Vec<Named>,
    /// Why; none where it gives no reason, and then it covers nothing.
    pub reason: Option<String>,
}

/// A name in a comment of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Named {
    /// A rule, a check or an area.
    pub name: String,
    /// Whether it silenced anything.
    pub used: bool,
}

/// All comments of ours in a file.
pub(super) fn all(path: &str, text: &Text, own: &Regex) -> Vec<Comment> {
    let strings = strings(path, text.bytes());
    let in_string = |at: usize| {
        let behind = strings.partition_point(|(start, _)| *start <= at);
        behind > 0 && strings[behind - 1].1 > at
    };
    let mut comments: Vec<(Comment, bool)> = own
        .find_iter(text.bytes())
        .filter(|found| !in_string(found.start()))
        .filter_map(|found| read(path, text, found.start(), found.end()))
        .take(MOST)
        .collect();
    // From the last to the first, so that one above another takes over what that one found.
    let mut below: Option<(usize, usize)> = None;
    for (comment, _) in comments.iter_mut().rev().filter(|(_, alone)| *alone) {
        let next = (comment.line + 1..=text.line_count()).find(|line| !only_closes(text.line(*line))).unwrap_or(comment.line);
        comment.last = below.filter(|(line, _)| *line == next).map_or(next, |(_, last)| last);
        below = Some((comment.line, comment.last));
    }
    comments.into_iter().map(|(comment, _)| comment).collect()
}

/// Where strings stand in code, sorted; nothing where the language is not known.
fn strings(path: &str, bytes: &[u8]) -> Vec<(usize, usize)> {
    let Some(language) = Language::of(path.rsplit('/').next().unwrap_or(path)) else { return Vec::new() };
    let code = Code::lex(language, bytes);
    code.tokens.iter().filter(|token| token.kind == Kind::Text).map(|token| (token.start as usize, token.end as usize)).collect()
}

/// What stands on a line behind an offset, as far as a comment reaches; of a longer line whole words only.
fn rest_of_line(text: &Text, line: usize, offset: usize) -> String {
    let whole = text.line(line);
    let from = (offset - text.line_start(line)).min(whole.len());
    let rest = &whole[from..];
    let end = match rest.get(..REACH) {
        Some(part) if rest.len() > REACH => part.iter().rposition(u8::is_ascii_whitespace).unwrap_or(0),
        _ => rest.len(),
    };
    String::from_utf8_lossy(&rest[..end]).into_owned()
}

/// What stands on a line before an offset, as far as it matters, and whether that is all.
fn start_of_line(text: &Text, line: usize, offset: usize) -> (String, bool) {
    let whole = text.line(line);
    let end = (offset - text.line_start(line)).min(whole.len());
    let from = end.saturating_sub(REACH);
    (String::from_utf8_lossy(&whole[from..end]).into_owned(), from == 0)
}

/// The reason behind words of another tool; none where no comment begins with them, for then code may follow.
pub(super) fn reason_behind(path: &str, text: &Text, line: usize, words: Range<usize>) -> Option<String> {
    let (before, _) = start_of_line(text, line, words.start);
    let (_, closes) = opened(path, before.trim_end())?;
    let after = rest_of_line(text, line, words.end);
    reason_in(closes.and_then(|closes| after.split_once(closes)).map_or(after.as_str(), |(said, _)| said))
}

/// The comment that begins with the words at these offsets, and whether it stands alone on its line.
fn read(path: &str, text: &Text, start: usize, end: usize) -> Option<(Comment, bool)> {
    let line = text.line_of(start);
    let (before, all) = start_of_line(text, line, start);
    let after = rest_of_line(text, line, end);
    let (code, closes) = opened(path, before.trim_end())?;
    let (said, behind) = match closes.and_then(|closes| after.split_once(closes)) {
        Some((said, behind)) => (said, behind.trim_matches(['}', '>', ' ', '\t'])),
        None => (after.as_str(), ""),
    };
    let (names, reason) = parts(said);
    let alone = all && code.trim().is_empty() && behind.is_empty();
    Some((Comment { line, last: line, names, reason }, alone))
}

/// What stands before the sign that opens the comment, and what closes it; none where no comment opens there.
fn opened<'l>(path: &str, before: &'l str) -> Option<(&'l str, Option<&'static str>)> {
    let named = |names: &[String]| names.is_empty() || names.iter().any(|name| path.rsplit('.').next() == Some(name));
    let signs = TABLE.comment.iter().filter(|sign| named(&sign.names));
    let each = signs.flat_map(|sign| sign.opens.iter().map(|open| (open.as_str(), sign.closes.as_deref())));
    let (open, closes) = each.filter(|(open, _)| before.ends_with(open)).max_by_key(|(open, _)| open.len())?;
    let code = before.strip_suffix(open)?;
    let word = open.starts_with(|c: char| c.is_ascii_alphanumeric());
    let breaks = |c: char| matches!(c, '"' | '\'' | '`') || word && !c.is_whitespace();
    (!code.ends_with(breaks)).then_some((code, closes))
}

/// The names between the brackets and the reason behind them; no name where no bracket follows the words.
fn parts(said: &str) -> (Vec<Named>, Option<String>) {
    let Some((names, reason)) = said.trim_start().strip_prefix('[').and_then(|rest| rest.split_once(']')) else {
        return (Vec::new(), None);
    };
    let named = |name: &str| Named { name: name.trim().to_owned(), used: false };
    let names = names.split(',').filter(|name| !name.trim().is_empty()).take(MOST_NAMES).map(named).collect();
    (names, reason_in(reason))
}

/// The reason that stands behind the words of a comment, without the signs around it; none where there is no word.
pub(super) fn reason_in(text: &str) -> Option<String> {
    let end = ["*/", "-->"].iter().filter_map(|closes| text.find(closes)).min().unwrap_or(text.len());
    let reason = text[..end]
        .trim_start_matches([':', '-', '–', '—', ' ', '\t'])
        .trim_end_matches(['*', '/', '-', '>', '#', '}', '%', '@', ' ', '\t']);
    reason.contains(char::is_alphanumeric).then(|| reason.to_owned())
}

/// Whether a line does nothing but end a comment.
fn only_closes(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    !line.is_empty() && line.iter().all(|byte| b"*/->#}%@)".contains(byte))
}
