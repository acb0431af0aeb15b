//! The report for a person at a terminal.

use std::io::{self, Write};

use super::Report;

/// How the report is laid out.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    /// Colours and bold.
    pub colour: bool,
    /// Columns of the terminal.
    pub width: usize,
    /// How much is said.
    pub detail: Detail,
}

/// How much is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Detail {
    /// Verdict, score and what fails.
    Quiet,
    /// The checklist and the findings that count.
    Normal,
    /// Everything, findings of low confidence and skipped files too.
    Verbose,
}

/// Writes the report.
///
/// # Errors
/// What the writer reports.
pub fn write(report: &Report, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let _ = style;
    writeln!(out, "{} {:?}", report.subject.name, report.score)
}
