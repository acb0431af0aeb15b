//! The line that a finding shows: secrets cut, control characters made visible, a long one cut around its mark.

use std::ops::Range;

use super::printable;
use crate::matcher::secret::redact::Redactor;

/// Lines longer than this many characters are cut around the place that matters.
const WIDTH: usize = 160;

/// The snippet of a raw line, and where its marked characters stand in it.
///
/// The mark is lost where a secret that was cut reaches over its border.
pub(super) fn of(raw: &str, marked: Option<&Range<usize>>, redactor: &Redactor) -> (String, Option<Range<usize>>) {
    let line = redactor.cut(raw.trim());
    let Some((before, mark)) = marked.and_then(|marked| locate(raw, marked, &line, redactor)) else {
        return shorten(printable(&line), None);
    };
    let start = printable(&line[..before]).chars().count();
    let end = start + printable(&line[before..mark]).chars().count();
    shorten(printable(&line), Some(start..end))
}

/// The byte offsets in the cut line at which the marked characters of the raw line start and end.
fn locate(raw: &str, marked: &Range<usize>, line: &str, redactor: &Redactor) -> Option<(usize, usize)> {
    let indent = raw.chars().take_while(|c| c.is_whitespace()).count();
    let (start, end) = (marked.start.checked_sub(indent)?, marked.end.checked_sub(indent)?);
    let before = redactor.cut(&raw.trim().chars().take(start).collect::<String>());
    let after = redactor.cut(&raw.trim().chars().skip(end).collect::<String>());
    let end = line.len().checked_sub(after.len())?;
    (line.starts_with(&before) && line.ends_with(&after) && before.len() < end).then_some((before.len(), end))
}

/// Cuts a long line to a window around its mark.
fn shorten(line: String, marked: Option<Range<usize>>) -> (String, Option<Range<usize>>) {
    let length = line.chars().count();
    if length <= WIDTH {
        return (line, marked);
    }
    let start = marked.as_ref().map_or(0, |marked| marked.start).saturating_sub(WIDTH / 4).min(length - WIDTH);
    let part: String = line.chars().skip(start).take(WIDTH).collect();
    let (lead, tail) = (if start > 0 { "…" } else { "" }, if start + WIDTH < length { "…" } else { "" });
    let moved = |at: usize| at.min(start + WIDTH) - start + usize::from(start > 0);
    (format!("{lead}{part}{tail}"), marked.map(|marked| moved(marked.start)..moved(marked.end)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn snippet(raw: &str, marked: Range<usize>) -> (String, Option<String>) {
        let (line, marked) = of(raw, Some(&marked), &Redactor::default());
        let under = marked.map(|marked| line.chars().skip(marked.start).take(marked.len()).collect());
        (line, under)
    }

    #[test]
    fn the_mark_follows_the_trimmed_line() {
        assert_eq!(snippet("    key = value  ", 10..15), ("key = value".into(), Some("value".into())));
        assert_eq!(snippet("\tкey = välue", 7..12), ("кey = välue".into(), Some("välue".into())));
    }

    #[test]
    fn the_mark_follows_characters_that_are_made_visible() {
        assert_eq!(snippet("a\u{1b}b = c", 6..7), ("a\\u{1b}b = c".into(), Some("c".into())));
    }

    #[test]
    fn the_mark_follows_a_long_line() {
        let raw = format!("{}needle{}", "x".repeat(400), "y".repeat(400));
        let (line, under) = snippet(&raw, 400..406);
        assert!(line.starts_with('…') && line.ends_with('…') && line.chars().count() == WIDTH + 2);
        assert_eq!(under.as_deref(), Some("needle"));
    }

    #[test]
    fn a_mark_outside_the_line_is_lost() {
        assert_eq!(snippet("    key", 1..3).1, None);
        assert_eq!(snippet("key", 3..3).1, None);
        assert_eq!(snippet("key", 7..9).1, None);
    }
}
