//! `handover schema`: JSON Schemas, derived from the types themselves.

use clap::{Args, ValueEnum};

use super::print;
use crate::catalog;
use crate::config::Config;
use crate::error::Result;
use crate::facts::Facts;
use crate::report::Report;

/// Arguments of `handover schema`.
#[derive(Debug, Args)]
pub(super) struct SchemaArgs {
    /// What the schema describes.
    #[arg(value_enum)]
    of: Of,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Of {
    /// The output of `check --format json`.
    Report,
    /// The output of `inspect`.
    Facts,
    /// handover.toml.
    Config,
    /// Files of rules.
    Rules,
}

/// Prints the schema.
pub(super) fn run(arguments: &SchemaArgs) -> Result<u8> {
    let schema = match arguments.of {
        Of::Report => schemars::schema_for!(Report),
        Of::Facts => schemars::schema_for!(Facts),
        Of::Config => schemars::schema_for!(Config),
        Of::Rules => catalog::rules_schema(),
    };
    print(|out| {
        serde_json::to_writer_pretty(&mut *out, &schema)?;
        writeln!(out)
    })?;
    Ok(0)
}
