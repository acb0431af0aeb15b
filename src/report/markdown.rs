//! The report as Markdown: a document to hand over, and a job summary.

use std::io::{self, Write};

use super::Report;

/// Writes the report as a Markdown document.
///
/// # Errors
/// What the writer reports.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "# {}", report.subject.name)
}
