//! Where the pattern of a rule runs: bounded stretches around the keywords, merged, so that no byte is read twice by a rule.

use std::ops::Range;

/// How far around a keyword a pattern may look.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reach {
    /// Bytes to each side.
    pub(crate) bytes: usize,
    /// Whether it stops at the ends of the line.
    pub(crate) line: bool,
}

/// A stretch of a text in which a pattern is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Window {
    /// The stretch.
    pub(crate) span: Range<usize>,
    /// It ends because the reach does, not the line or the text: a match that touches the end may be cut short.
    pub(crate) cut: bool,
}

/// The windows around these keywords, in order and without overlap.
pub(crate) fn windows(text: &[u8], keywords: &mut [Range<usize>], reach: Reach) -> Vec<Window> {
    keywords.sort_unstable_by_key(|keyword| keyword.start);
    let mut windows: Vec<Window> = Vec::new();
    for keyword in keywords.iter() {
        let floor = windows.last().map_or(0, |last| last.span.end);
        match windows.last_mut() {
            Some(last) if keyword.start < floor => extend(last, text, keyword.end, reach),
            last => {
                let start = start_of(text, keyword.start, floor, reach);
                match last {
                    Some(last) if start == floor && last.cut => extend(last, text, keyword.end, reach),
                    _ => {
                        let mut window = Window { span: start..keyword.end, cut: true };
                        extend(&mut window, text, keyword.end, reach);
                        windows.push(window);
                    }
                }
            }
        }
    }
    windows
}

/// Where a window starts: within reach, after the last newline, and not before what another window has.
fn start_of(text: &[u8], keyword: usize, floor: usize, reach: Reach) -> usize {
    let from = keyword.saturating_sub(reach.bytes).max(floor);
    if !reach.line {
        return from;
    }
    text[from..keyword].iter().rposition(|byte| *byte == b'\n').map_or(from, |at| from + at + 1)
}

/// Moves the end of a window to the reach of one more keyword, or to the end of the line. Looks at new bytes only.
fn extend(window: &mut Window, text: &[u8], keyword_end: usize, reach: Reach) {
    if !window.cut {
        return;
    }
    let from = window.span.end.max(keyword_end);
    let to = keyword_end.saturating_add(reach.bytes).min(text.len()).max(from);
    let newline = if reach.line { text[from..to].iter().position(|byte| *byte == b'\n').map(|at| from + at) } else { None };
    let end = newline.unwrap_or(to);
    let at_line_end = newline.is_some() || reach.line && text.get(end) == Some(&b'\n');
    window.cut = !at_line_end && end < text.len();
    window.span.end = if at_line_end && end > keyword_end && text[end - 1] == b'\r' { end - 1 } else { end };
}

#[cfg(test)]
#[allow(clippy::single_range_in_vec_init)] // one keyword is what is meant
mod tests {
    use super::*;

    const LINE: Reach = Reach { bytes: 10, line: true };

    #[test]
    fn a_window_stays_within_its_line_and_its_reach() {
        let text = b"first\r\nthe key is here\r\nlast";
        assert_eq!(windows(text, &mut [11..14], LINE), [Window { span: 7..22, cut: false }]);
        let long = [b'x'; 100];
        assert_eq!(windows(&long, &mut [50..53], LINE), [Window { span: 40..63, cut: true }]);
        assert_eq!(windows(&long, &mut [97..100], LINE), [Window { span: 87..100, cut: false }]);
    }

    #[test]
    fn windows_of_neighbouring_lines_stay_apart_and_others_merge() {
        let text = b"key=1\nkey=2\n";
        assert_eq!(windows(text, &mut [6..9, 0..3], LINE).len(), 2);
        assert_eq!(windows(text, &mut [0..3, 6..9], Reach { line: false, ..LINE }).len(), 1);
    }

    #[test]
    fn a_long_line_full_of_keywords_is_read_once() {
        let text = b"password=".repeat(100_000);
        let mut keywords: Vec<Range<usize>> = (0..100_000).map(|at| at * 9..at * 9 + 8).collect();
        let found = windows(&text, &mut keywords, Reach { bytes: 512, line: true });
        assert_eq!(found, [Window { span: 0..text.len(), cut: false }]);
        let mut apart: Vec<Range<usize>> = (0..10).map(|at| at * 90_000..at * 90_000 + 8).collect();
        let read: usize = windows(&text, &mut apart, LINE).iter().map(|window| window.span.len()).sum();
        assert!(read <= 10 * 28, "{read}");
    }
}
