//! The report as JSON, for programs.

use std::io::{self, Write};

use super::Report;

/// Writes the report as indented JSON with a newline at its end.
///
/// # Errors
/// What the writer reports.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, report)?;
    writeln!(out)
}
