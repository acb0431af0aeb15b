//! A page of so many columns: inks, wrapping and alignment. No line that leaves here is wider than the page.

use std::io::{self, Write};

use owo_colors::OwoColorize;
use unicode_width::UnicodeWidthStr;

/// No page is narrower.
const NARROWEST: usize = 40;
/// No page is wider: longer lines are hard to read.
const WIDEST: usize = 120;

/// How a piece of text looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ink {
    Plain,
    Strong,
    Faint,
    Good,
    Fair,
    Bad,
    Place,
}

/// A piece of text in one ink.
#[derive(Debug, Clone)]
pub(crate) struct Span {
    text: String,
    ink: Ink,
    strong: bool,
}

impl Span {
    pub(crate) fn new(text: impl Into<String>, ink: Ink) -> Self {
        Self { text: text.into(), ink, strong: false }
    }

    pub(crate) fn plain(text: impl Into<String>) -> Self {
        Self::new(text, Ink::Plain)
    }

    pub(crate) fn faint(text: impl Into<String>) -> Self {
        Self::new(text, Ink::Faint)
    }

    pub(crate) fn strong(mut self) -> Self {
        self.strong = true;
        self
    }

    fn with(&self, text: impl Into<String>) -> Self {
        Self { text: text.into(), ink: self.ink, strong: self.strong }
    }

    fn painted(&self) -> String {
        let mut style = match self.ink {
            Ink::Plain => owo_colors::Style::new(),
            Ink::Strong => owo_colors::Style::new().bold(),
            Ink::Faint => owo_colors::Style::new().dimmed(),
            Ink::Good => owo_colors::Style::new().green(),
            Ink::Fair => owo_colors::Style::new().yellow(),
            Ink::Bad => owo_colors::Style::new().red(),
            Ink::Place => owo_colors::Style::new().cyan(),
        };
        if self.strong {
            style = style.bold();
        }
        self.text.style(style).to_string()
    }
}

/// Columns that a text takes on a terminal.
pub(crate) fn width(text: &str) -> usize {
    text.width()
}

/// A line of pieces, without its indent.
type Line = Vec<Span>;

/// Where lines go.
pub(crate) struct Page<'a> {
    out: &'a mut dyn Write,
    colour: bool,
    width: usize,
    blank: bool,
}

impl<'a> Page<'a> {
    pub(crate) fn new(out: &'a mut dyn Write, colour: bool, width: usize) -> Self {
        Self { out, colour, width: width.clamp(NARROWEST, WIDEST), blank: true }
    }

    pub(crate) fn width(&self) -> usize {
        self.width
    }

    /// An empty line; two never follow each other, and none comes first.
    pub(crate) fn blank(&mut self) -> io::Result<()> {
        if self.blank {
            return Ok(());
        }
        self.blank = true;
        writeln!(self.out)
    }

    /// A paragraph whose lines after the first hang deeper.
    pub(crate) fn paragraph(&mut self, indent: usize, hang: usize, spans: &[Span]) -> io::Result<()> {
        for (at, line) in wrap(spans, self.width, indent, hang).iter().enumerate() {
            self.line(if at == 0 { indent } else { hang }, line)?;
        }
        Ok(())
    }

    /// A paragraph with words at the right end of its first line.
    pub(crate) fn row(&mut self, indent: usize, hang: usize, spans: &[Span], right: &[Span]) -> io::Result<()> {
        let edge = self.width;
        let right_width: usize = right.iter().map(|span| width(&span.text)).sum();
        for (at, mut line) in wrap(spans, edge.saturating_sub(right_width + 2), indent, hang).into_iter().enumerate() {
            if at == 0 && !right.is_empty() {
                let used = indent + line_width(&line);
                line.push(Span::plain(" ".repeat(edge.saturating_sub(used + right_width))));
                line.extend_from_slice(right);
            }
            self.line(if at == 0 { indent } else { hang }, &line)?;
        }
        Ok(())
    }

    /// A line as it is, cut at the edge.
    pub(crate) fn cut(&mut self, indent: usize, spans: &[Span]) -> io::Result<()> {
        let mut room = self.width.saturating_sub(indent);
        let mut line = Line::new();
        for span in spans {
            let part = fitting(&span.text, room);
            room -= width(part).min(room);
            line.push(span.with(part));
            if part.len() < span.text.len() {
                break;
            }
        }
        self.line(indent, &line)
    }

    /// A line whose spaces mean something, going on deeper wherever the page ends.
    pub(crate) fn verbatim(&mut self, indent: usize, text: &str) -> io::Result<()> {
        if text.trim().is_empty() {
            return writeln!(self.out);
        }
        let hang = indent + 2;
        let (mut room, full) = (self.width.saturating_sub(indent).max(1), self.width.saturating_sub(hang).max(1));
        let mut lines = vec![Line::new()];
        break_piece(&Span::plain(text), &mut lines, &mut room, full);
        lines.iter().enumerate().try_for_each(|(at, line)| self.line(if at == 0 { indent } else { hang }, line))
    }

    fn line(&mut self, indent: usize, spans: &[Span]) -> io::Result<()> {
        self.blank = false;
        write!(self.out, "{:indent$}", "")?;
        for span in spans {
            if self.colour && !span.text.trim().is_empty() {
                write!(self.out, "{}", span.painted())?;
            } else {
                write!(self.out, "{}", span.text)?;
            }
        }
        writeln!(self.out)
    }
}

/// The longest start of a text that fits into so many columns.
pub(crate) fn fitting(text: &str, columns: usize) -> &str {
    /// So many characters to a column are looked at: marks without width come in any number.
    const DENSEST: usize = 8;
    if width(text) <= columns {
        return text;
    }
    let ends = text.char_indices().map(|(at, c)| at + c.len_utf8()).take(columns.saturating_mul(DENSEST));
    let end = ends.take_while(|end| width(&text[..*end]) <= columns).last().unwrap_or(0);
    &text[..end]
}

fn line_width(line: &[Span]) -> usize {
    line.iter().map(|span| width(&span.text)).sum()
}

/// Breaks pieces into lines at spaces, and words wider than a line wherever the line ends.
fn wrap(spans: &[Span], page: usize, indent: usize, hang: usize) -> Vec<Line> {
    let mut lines = vec![Line::new()];
    let mut room = page.saturating_sub(indent).max(1);
    let full = page.saturating_sub(hang).max(1);
    for word in words(spans) {
        let needed = line_width(&word);
        let started = lines.last().is_some_and(|line| !line.is_empty());
        if started && needed < room {
            append(&mut lines, &word[0].with(" "));
            room -= 1;
        } else if started {
            lines.push(Line::new());
            room = full;
        }
        for piece in &word {
            break_piece(piece, &mut lines, &mut room, full);
        }
    }
    lines
}

/// Appends a piece, going on in a new line wherever one is full.
fn break_piece(piece: &Span, lines: &mut Vec<Line>, room: &mut usize, full: usize) {
    let mut rest = piece.text.as_str();
    while !rest.is_empty() {
        let mut part = fitting(rest, *room);
        let line_is_empty = lines.last().is_none_or(Vec::is_empty);
        if part.is_empty() && line_is_empty {
            // Wider than a whole line: cannot be on a page of 40 columns, but must end.
            part = &rest[..rest.chars().next().map_or(rest.len(), char::len_utf8)];
        }
        append(lines, &piece.with(part));
        *room -= width(part).min(*room);
        rest = &rest[part.len()..];
        if !rest.is_empty() {
            lines.push(Line::new());
            *room = full;
        }
    }
}

/// Adds to the last line, in one piece with what has the same looks.
fn append(lines: &mut [Line], piece: &Span) {
    let Some(line) = lines.last_mut() else { return };
    match line.last_mut() {
        Some(last) if last.ink == piece.ink && last.strong == piece.strong => last.text.push_str(&piece.text),
        _ if piece.text.is_empty() => {}
        _ => line.push(piece.clone()),
    }
}

/// The words of a run of pieces; a word may hold several pieces.
fn words(spans: &[Span]) -> Vec<Line> {
    let mut words: Vec<Line> = Vec::new();
    let mut open = false;
    for span in spans {
        for (at, part) in span.text.split(' ').enumerate() {
            open &= at == 0;
            if part.is_empty() {
                continue;
            }
            match words.last_mut().filter(|_| open) {
                Some(word) => word.push(span.with(part)),
                None => words.push(vec![span.with(part)]),
            }
            open = true;
        }
    }
    words
}
