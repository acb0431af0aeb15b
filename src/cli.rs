//! The command line: what can be asked, and how errors are told. One module a subcommand.

mod check;
mod explain;
mod inspect;
mod rules;
mod schema;

use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::catalog::{Catalog, OWN_RULES};
use crate::error::{Error, Result};
use crate::snapshot::What;

const AFTER_HELP: &str = "\
Examples:
  handover check                      judge the repository here
  handover check --staged             what is staged, as a pre-commit hook
  handover check --format markdown    a document to hand over
  handover explain setup/readme       what a check asks, and how it scores

Exit codes: 0 the gate holds, 1 it does not, 2 wrong usage or an error, 3 nothing to read.";

/// Tells whether a repository is ready to be handed to another team.
#[derive(Debug, Parser)]
#[command(name = "handover", version, about, after_help = AFTER_HELP, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    /// When to use colours.
    #[arg(long, global = true, value_enum, default_value_t = Colour::Auto, value_name = "WHEN")]
    color: Colour,
    /// How many threads to use; as many as there are cores unless stated.
    #[arg(long, short, global = true, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    jobs: Option<u16>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Judge a repository and print the readiness checklist.
    Check(Box<check::CheckArgs>),
    /// Print the facts that the readers found, as JSON.
    Inspect(inspect::InspectArgs),
    /// Explain a rule or a check: why it matters, an example, the fix, how it scores.
    Explain(explain::ExplainArgs),
    /// List, show and test rules.
    #[command(subcommand)]
    Rules(rules::RulesCommand),
    /// Print a JSON Schema: of the report, the facts, handover.toml or the files of rules.
    Schema(schema::SchemaArgs),
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Colour {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Which repository, and which state of it.
#[derive(Debug, Args)]
struct Target {
    /// The repository: a folder in it, or a bare repository.
    #[arg(default_value = ".", value_name = "PATH")]
    path: PathBuf,
    /// Read this revision from the object database, without a checkout.
    #[arg(long, value_name = "REV")]
    rev: Option<String>,
}

impl Target {
    fn what(&self) -> What {
        self.rev.clone().map_or(What::WorkTree, What::Revision)
    }
}

/// Where rules come from, beside those built in.
#[derive(Debug, Args)]
struct RuleSources {
    /// Add the rules of this folder.
    #[arg(long = "rules", value_name = "DIR")]
    folders: Vec<PathBuf>,
}

impl RuleSources {
    fn catalog(&self) -> Result<Catalog> {
        catalog_with(self.folders.clone())
    }

    /// With the rules of the repository in whose folder we stand, so that what `check` found there can be asked about.
    fn catalog_here(&self) -> Result<Catalog> {
        let own = PathBuf::from(OWN_RULES);
        let own = own.is_dir().then_some(own);
        catalog_with(own.into_iter().chain(self.folders.iter().cloned()).collect())
    }

    /// Whether one of the folders is this one.
    fn names(&self, folder: &Path) -> bool {
        std::fs::canonicalize(folder)
            .is_ok_and(|this| self.folders.iter().any(|named| std::fs::canonicalize(named).is_ok_and(|named| named == this)))
    }
}

/// What is built in and the rules of these folders; one that is named twice is read once.
fn catalog_with(folders: Vec<PathBuf>) -> Result<Catalog> {
    let mut catalog = Catalog::built_in()?;
    let mut seen = Vec::new();
    for folder in folders {
        if !folder.is_dir() {
            return Err(Error::NoSuchPath { path: folder });
        }
        let real = std::fs::canonicalize(&folder).unwrap_or_else(|_| folder.clone());
        if !seen.contains(&real) {
            catalog.add_folder(&folder)?;
            seen.push(real);
        }
    }
    Ok(catalog)
}

/// The output of a listing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ListFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// Runs the program with these arguments, the program's name first, and gives back the exit code.
#[must_use]
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> u8 {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version go to stdout and are no error; nothing is left to tell where even that fails.
            let _ = error.print();
            return if error.use_stderr() { 2 } else { 0 };
        }
    };
    if let Some(jobs) = cli.jobs {
        // Fails only where a pool exists already, which is then used as it is.
        let _ = rayon::ThreadPoolBuilder::new().num_threads(usize::from(jobs)).build_global();
    }
    let colour = cli.color;
    let outcome = match cli.command {
        Command::Check(arguments) => check::run(&arguments, wants_colour(colour, io::stdout().is_terminal())),
        Command::Inspect(arguments) => inspect::run(&arguments),
        Command::Explain(arguments) => explain::run(&arguments, wants_colour(colour, io::stdout().is_terminal())),
        Command::Rules(command) => rules::run(&command),
        Command::Schema(arguments) => schema::run(&arguments),
    };
    outcome.unwrap_or_else(|error| {
        tell(&error, wants_colour(colour, io::stderr().is_terminal()));
        error.exit_code()
    })
}

/// `--color`, then `NO_COLOR`, then `CLICOLOR_FORCE`, then whether it is a terminal.
fn wants_colour(colour: Colour, terminal: bool) -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty() && value != "0");
    match colour {
        Colour::Always => true,
        Colour::Never => false,
        Colour::Auto if set("NO_COLOR") => false,
        Colour::Auto if set("CLICOLOR_FORCE") => true,
        Colour::Auto => terminal && std::env::var_os("TERM").is_none_or(|term| term != "dumb"),
    }
}

/// Tells what stopped the run, on stderr.
fn tell(error: &Error, colour: bool) {
    use owo_colors::OwoColorize;
    let message = crate::finding::printable(&error.to_string());
    let title = if colour { "error".red().bold().to_string() } else { "error".to_owned() };
    let help = error.help().map(|help| format!("  help: {}\n", crate::finding::printable(&help))).unwrap_or_default();
    let _ = write!(io::stderr(), "{title}: {message}\n{help}");
}

/// Tells something on stderr that stops nothing.
fn note(message: &str) {
    let _ = writeln!(io::stderr(), "handover: {}", crate::finding::printable(message));
}

/// Writes to stdout; a reader that went away (`| head`) is no error.
fn print(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<()> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    match write(&mut out).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Error::Io { doing: "write", path: PathBuf::from("standard output"), source: error })
        }
        _ => Ok(()),
    }
}
