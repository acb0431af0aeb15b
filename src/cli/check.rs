//! `handover check`: judge a repository and print the checklist.

use std::io::{self, IsTerminal, Read};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::{RuleSources, Target, note, print};
use crate::catalog::{Catalog, OWN_RULES};
use crate::check::Bounds;
use crate::config::{self, Config, FAIL_BELOW};
use crate::error::{Error, Result};
use crate::facts::profile::Profile;
use crate::report::text::{Detail, Style};
use crate::report::{self, Report};
use crate::run::{self, Plan};
use crate::severity::{Confidence, Severity};
use crate::snapshot::{Cache, Exclude, Options, Snapshot, Source, What};

/// Arguments of `handover check`.
#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    #[command(flatten)]
    target: Target,
    /// Judge what is staged: findings on added lines only, no score.
    #[arg(long, conflicts_with = "rev")]
    staged: bool,
    /// Look for secrets in every content that was ever committed, and say which commit brought each in.
    #[arg(long, conflicts_with = "staged")]
    history: bool,
    /// The same, for what came in after a revision, or since a day (YYYY-MM-DD).
    #[arg(long, value_name = "REV|DATE", conflicts_with = "staged")]
    history_since: Option<String>,
    /// Remember nothing of what is read, and use nothing that was remembered.
    #[arg(long)]
    no_cache: bool,
    /// Judge only these areas, checks or rules.
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    only: Vec<String>,
    /// Leave out these areas, checks or rules.
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    skip: Vec<String>,

    /// The form of the report.
    #[arg(long, short, value_enum, default_value_t = Format::Text, help_heading = "Output")]
    format: Format,
    /// Say only the verdict and what fails.
    #[arg(long, short, conflicts_with = "verbose", help_heading = "Output")]
    quiet: bool,
    /// Say everything: findings of low confidence, what does not apply, every skipped file.
    #[arg(long, short, help_heading = "Output")]
    verbose: bool,

    /// Fail where a check of this severity or above fails.
    #[arg(long, value_enum, value_name = "SEVERITY", help_heading = "Gate")]
    fail_on: Option<SeverityWord>,
    /// Fail where the score is under this, from 0 to 100.
    #[arg(long, value_name = "N", value_parser = parse_score, conflicts_with = "staged", help_heading = "Gate")]
    min_score: Option<f64>,
    /// Findings under this confidence change no outcome.
    #[arg(long, value_enum, value_name = "CONFIDENCE", help_heading = "Gate")]
    min_confidence: Option<ConfidenceWord>,

    /// Read the settings from this file instead of the repository's handover.toml.
    #[arg(long, value_name = "FILE", conflicts_with = "no_config", help_heading = "Settings")]
    config: Option<PathBuf>,
    /// Read no settings, rules and ignoring comments of the repository: for those who need not trust it.
    #[arg(long, help_heading = "Settings")]
    no_config: bool,
    /// Let no comment in the code silence a finding.
    #[arg(long, help_heading = "Settings")]
    no_ignores: bool,
    /// The kind of the repository, where it is found wrong.
    #[arg(long, value_enum, help_heading = "Settings")]
    profile: Option<ProfileWord>,
    /// The day that dates are compared with (YYYY-MM-DD); the revision's day unless stated.
    #[arg(long, value_name = "DATE", value_parser = parse_date, help_heading = "Settings")]
    as_of: Option<String>,
    #[command(flatten, next_help_heading = "Settings")]
    rules: RuleSources,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For a person at a terminal.
    Text,
    /// The contract `handover-report/1`, for programs.
    Json,
    /// A document to hand over, or a job summary.
    Markdown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum SeverityWord {
    Minor,
    Major,
    Blocker,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ConfidenceWord {
    Low,
    Medium,
    High,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ProfileWord {
    Application,
    Service,
    Library,
    Infrastructure,
    Sample,
}

/// Judges, prints, and gives back the exit code.
pub(super) fn run(arguments: &CheckArgs, colour: bool) -> Result<u8> {
    let (plan, exclude) = plan(arguments)?;
    let what = if arguments.staged { What::Staged } else { arguments.target.what() };
    let source = Source { path: arguments.target.path.clone(), what };
    let snapshot = Snapshot::take(&source, &Options { exclude: exclude.into(), ..Options::default() })?;
    for glob in &snapshot.unused_excludes {
        note(&format!("`exclude` in {}: `{glob}` matches nothing", config::FILE));
    }
    if arguments.staged && snapshot.files().is_empty() {
        note(&format!("nothing is staged in {}; nothing was read", arguments.target.path.display()));
    }
    if plan.history && io::stderr().is_terminal() {
        note("reading the history; the first time takes the longest");
    }
    let report = run::check(&snapshot, &plan)?;
    if arguments.staged && report.read.files == 0 && !snapshot.files().is_empty() {
        note("none of the staged files is text that a rule looks into");
    }
    tell_of_ignores(&report);
    write(&report, arguments, colour)?;
    Ok(u8::from(!report.gate.holds))
}

/// Says which comments should ignore something and do not; the JSON report holds them all.
fn tell_of_ignores(report: &Report) {
    /// So many are named.
    const TOLD: usize = 20;
    for problem in report.ignore_problems.iter().take(TOLD) {
        note(&format!("{}:{}: `handover: ignore`: {}", problem.path, problem.line, problem.message));
    }
    let more = report.ignore_problems.len().saturating_sub(TOLD);
    if more > 0 {
        note(&format!("and {more} more comments that ignore nothing; --format json lists them"));
    }
}

fn write(report: &Report, arguments: &CheckArgs, colour: bool) -> Result<()> {
    let detail = match (arguments.quiet, arguments.verbose) {
        (true, _) => Detail::Quiet,
        (_, true) => Detail::Verbose,
        _ => Detail::Normal,
    };
    let width = terminal_size::terminal_size().map_or(100, |(width, _)| usize::from(width.0));
    print(|out| match arguments.format {
        Format::Text => report::text::write(report, Style { colour, width: width.clamp(40, 120), detail }, out),
        Format::Json => report::json::write(report, out),
        Format::Markdown => report::markdown::write(report, out),
    })
}

/// The plan from arguments and settings, with the globs that are left out.
fn plan(arguments: &CheckArgs) -> Result<(Plan, Exclude)> {
    let mut catalog = arguments.rules.catalog()?;
    let (file, text, own_rules) = settings(arguments)?;
    let mut deviations = Vec::new();
    if !own_rules.is_empty() && !arguments.rules.names(&arguments.target.path.join(OWN_RULES)) {
        catalog.add(&own_rules)?;
        let files = if own_rules.len() == 1 { "1 file".to_owned() } else { format!("{} files", own_rules.len()) };
        deviations.push(format!("{files} of rules of its own, in {OWN_RULES}"));
    }
    let settings = Config::parse(&file, &text)?;
    let mut switches = settings.apply(&file, &text, &mut catalog)?;
    switches.deviations.extend(deviations);
    for name in arguments.only.iter().chain(&arguments.skip) {
        known(&catalog, name)?;
    }
    switches.deviations.extend(arguments.skip.iter().map(|name| format!("`{name}` is left out on the command line")));
    if !arguments.only.is_empty() {
        switches.deviations.push(format!("only {} was judged", arguments.only.join(", ")));
    }
    if arguments.min_confidence == Some(ConfidenceWord::High) {
        switches.deviations.push("findings of medium confidence change no outcome, by the command line".into());
    }
    let fail_on = arguments.fail_on.map(SeverityWord::severity).or(settings.gate.fail_on).unwrap_or(Severity::Blocker);
    let profile = arguments.profile.map(ProfileWord::profile);
    switches.deviations.extend(profile.map(|profile| format!("the profile is set to `{}` on the command line", profile.word())));
    let min_confidence = arguments.min_confidence.map(ConfidenceWord::confidence).or(settings.min_confidence).unwrap_or(Confidence::Medium);
    let bounds = Bounds { min_confidence, fail_below: settings.fail_below.map_or(FAIL_BELOW, toml::Spanned::into_inner) };
    let plan = Plan {
        catalog,
        switches,
        profile: profile.or(settings.profile),
        only: arguments.only.clone(),
        skip: arguments.skip.clone(),
        bounds,
        fail_on,
        min_score: arguments.min_score.or(settings.gate.min_score.map(toml::Spanned::into_inner)),
        as_of: arguments.as_of.clone(),
        history: arguments.history || arguments.history_since.is_some(),
        history_since: arguments.history_since.clone(),
        cache: if arguments.no_cache { None } else { Cache::of_user() },
        ignores: !arguments.no_ignores && !arguments.no_config,
        revoked: settings.revoked,
    };
    let exclude =
        Exclude::new(&settings.paths.exclude).map_err(|(_, message)| Error::Declaration { file, line: 1, message, help: None })?;
    Ok((plan, exclude))
}

/// Files of rules, each a name for messages and its text.
type OwnRules = Vec<(String, String)>;

/// The settings file's name and text, and the repository's own rules: of the snapshot that is judged.
fn settings(arguments: &CheckArgs) -> Result<(String, String, OwnRules)> {
    let from_file = |path: &Path| {
        let text = bounded(path).map_err(|source| Error::Io { doing: "read", path: path.to_owned(), source })?;
        Ok((path.display().to_string(), text))
    };
    if arguments.no_config {
        return Ok((config::FILE.into(), String::new(), Vec::new()));
    }
    let source = Source { path: arguments.target.path.clone(), what: arguments.target.what() };
    let mut found = Snapshot::peek(&source, &[config::FILE, OWN_RULES])?;
    // A folder that is called like the settings file holds neither settings nor rules.
    let is_rule = |path: &str| Path::new(path).starts_with(OWN_RULES) && path.ends_with(".toml");
    found.retain(|(path, _)| path == config::FILE || is_rule(path));
    let at = found.iter().position(|(path, _)| path == config::FILE);
    let own = at.map_or_else(|| (config::FILE.into(), String::new()), |at| found.remove(at));
    let (file, text) = arguments.config.as_deref().map_or(Ok(own), from_file)?;
    Ok((file, text, found))
}

/// How large a settings file may be.
const SETTINGS_LIMIT: u64 = 1 << 20;

/// The text of a settings file; one without end is not read to its end.
fn bounded(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    std::fs::File::open(path)?.take(SETTINGS_LIMIT + 1).read_to_string(&mut text)?;
    if u64::try_from(text.len()).is_ok_and(|length| length > SETTINGS_LIMIT) {
        return Err(io::Error::other("it is larger than 1 MiB"));
    }
    Ok(text)
}

fn known(catalog: &Catalog, name: &str) -> Result<()> {
    let area = crate::facts::Area::ALL.into_iter().any(|area| area.word() == name);
    if area || catalog.check(name).is_some() || catalog.rule(name).is_some() {
        return Ok(());
    }
    Err(catalog.unknown("area, check or rule", name))
}

fn parse_score(text: &str) -> Result<f64, String> {
    let number: f64 = text.parse().map_err(|_| "a number from 0 to 100 is needed".to_owned())?;
    (0.0..=100.0).contains(&number).then_some(number).ok_or_else(|| "a number from 0 to 100 is needed".into())
}

fn parse_date(text: &str) -> Result<String, String> {
    let date: jiff::civil::Date = text.parse().map_err(|_| "a date as YYYY-MM-DD is needed".to_owned())?;
    Ok(date.to_string())
}

impl SeverityWord {
    fn severity(self) -> Severity {
        match self {
            Self::Minor => Severity::Minor,
            Self::Major => Severity::Major,
            Self::Blocker => Severity::Blocker,
        }
    }
}

impl ConfidenceWord {
    fn confidence(self) -> Confidence {
        match self {
            Self::Low => Confidence::Low,
            Self::Medium => Confidence::Medium,
            Self::High => Confidence::High,
        }
    }
}

impl ProfileWord {
    fn profile(self) -> Profile {
        match self {
            Self::Application => Profile::Application,
            Self::Service => Profile::Service,
            Self::Library => Profile::Library,
            Self::Infrastructure => Profile::Infrastructure,
            Self::Sample => Profile::Sample,
        }
    }
}
