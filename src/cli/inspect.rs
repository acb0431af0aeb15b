//! `handover inspect`: the facts, as JSON.

use clap::{Args, ValueEnum};

use super::{Target, print};
use crate::catalog::Catalog;
use crate::error::Result;
use crate::facts::Area;
use crate::run;
use crate::snapshot::{Options, Snapshot, Source};

/// Arguments of `handover inspect`.
#[derive(Debug, Args)]
pub(super) struct InspectArgs {
    #[command(flatten)]
    target: Target,
    /// Read only what this area is about.
    #[arg(long, value_enum, value_name = "AREA")]
    only: Option<AreaWord>,
    /// The form of the output.
    #[arg(long, short, value_enum, default_value_t = Format::Json)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// The contract `handover-facts/1`.
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum AreaWord {
    Secrets,
    Setup,
    Deploy,
    Tests,
    Decisions,
    Ownership,
}

/// Reads and prints.
pub(super) fn run(arguments: &InspectArgs) -> Result<u8> {
    let source = Source { path: arguments.target.path.clone(), what: arguments.target.what() };
    let snapshot = Snapshot::take(&source, &Options::default())?;
    let Format::Json = arguments.format;
    let facts = run::inspect(&snapshot, &Catalog::built_in()?, arguments.only.map(AreaWord::area));
    print(|out| {
        serde_json::to_writer_pretty(&mut *out, &facts)?;
        writeln!(out)
    })?;
    Ok(0)
}

impl AreaWord {
    fn area(self) -> Area {
        match self {
            Self::Secrets => Area::Secrets,
            Self::Setup => Area::Setup,
            Self::Deploy => Area::Deploy,
            Self::Tests => Area::Tests,
            Self::Decisions => Area::Decisions,
            Self::Ownership => Area::Ownership,
        }
    }
}
