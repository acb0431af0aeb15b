//! What the readers found in a snapshot, free of providers: the contract `handover-facts/1`.
//!
//! One module a section: the model in `facts/<section>.rs`, its readers in the folder of the same name. Readers know the
//! snapshot and the tables in `rules/data`, no rule, no check, no score. What a reader cannot read it says to be unknown,
//! with the reason; an empty list means that it looked and found nothing.

pub mod access;
pub(crate) mod code;
pub mod command;
pub mod configuration;
pub mod decision;
pub mod flow;
pub mod links;
pub mod markdown;
pub mod ownership;
pub mod pipeline;
pub mod profile;
pub mod readme;
pub mod service;
pub mod stack;
pub(crate) mod test_command;
pub mod tests;
pub mod yaml;

use schemars::JsonSchema;
use serde::Serialize;

use crate::snapshot::Snapshot;
pub(crate) use crate::table::table;

/// The name and version of the contract; raised when a field is renamed or dropped.
pub const SCHEMA: &str = "handover-facts/1";

/// All that is known of a snapshot.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// Always [`SCHEMA`].
    pub schema: &'static str,
    /// What kind of repository this is, which decides the checks that apply.
    pub profile: Section<profile::ProfileFacts>,
    /// The technologies with their manifests, lock files and pinned toolchains.
    pub stacks: Section<Vec<stack::Stack>>,
    /// The README, what it covers and the commands it gives.
    pub readme: Section<readme::Readme>,
    /// Settings that the code reads, and env, key and certificate files under version control.
    pub configuration: Section<configuration::Configuration>,
    /// Services that the code needs, and what provides them locally.
    pub services: Section<Vec<service::Service>>,
    /// Pipelines with their triggers, jobs, deployments and human stops.
    pub pipelines: Section<Vec<pipeline::Pipeline>>,
    /// What there is to deploy: container images, web projects, infrastructure code.
    pub deployables: Section<Vec<profile::Deployable>>,
    /// How a change reaches production, as far as the repository shows it.
    pub delivery: Section<pipeline::Delivery>,
    /// Manual steps outside pipeline files.
    pub manual_steps: Section<Vec<pipeline::ManualStep>>,
    /// Architecture decision records.
    pub decisions: Section<decision::Decisions>,
    /// Ways into the program: endpoints, messages, timers.
    pub flows: Section<Vec<flow::Flow>>,
    /// Test suites and how pipelines run them.
    pub tests: Section<tests::Tests>,
    /// Owners, documents of operation, and who knows the code.
    pub ownership: Section<ownership::Ownership>,
    /// What a new team must be given: names only, never values.
    pub access: Section<Vec<access::Access>>,
    /// What the readers noticed, by kind.
    pub problems: Vec<Problem>,
    /// Parts of a section that could not be read; such a part is `null`.
    pub unread: Vec<Unread>,
}

/// A section that was read, or the reason why it is not known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Section<T> {
    /// Read; an empty list means "looked, found nothing".
    Known(T),
    /// Not read, or not readable.
    Unknown {
        /// The reason, in words for a reader.
        unknown: String,
    },
}

impl<T> Section<T> {
    /// A section that is not known for this reason.
    pub fn unknown(reason: impl Into<String>) -> Self {
        Self::Unknown { unknown: reason.into() }
    }

    /// The value, where it is known.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Unknown { .. } => None,
        }
    }
}

/// A place in a file of the snapshot.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct At {
    /// Path from the root, with `/`.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
}

impl At {
    /// The place at this line of this file.
    pub fn new(file: impl Into<String>, line: usize) -> Self {
        Self { file: file.into(), line }
    }
}

/// The part of the checklist that something belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, serde::Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Area {
    /// Secrets and environment-specific configuration.
    Secrets,
    /// A local environment from the README.
    Setup,
    /// Deployment without manual steps.
    Deploy,
    /// Integration tests over the core flows.
    Tests,
    /// Recorded architectural decisions.
    Decisions,
    /// Owners of production, incidents and releases; knowledge.
    Ownership,
}

impl Area {
    /// All areas, in the order of the checklist.
    pub const ALL: [Self; 6] = [Self::Secrets, Self::Setup, Self::Deploy, Self::Tests, Self::Decisions, Self::Ownership];

    /// The word used in ids, configuration and reports.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Secrets => "secrets",
            Self::Setup => "setup",
            Self::Deploy => "deploy",
            Self::Tests => "tests",
            Self::Decisions => "decisions",
            Self::Ownership => "ownership",
        }
    }
}

/// The closed list of what a reader may notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ProblemKind {
    /// A file that its reader could not parse from some line on.
    Unparsable,
    /// A pipeline stops for a person who then has work to do.
    ManualWork,
    /// A record is superseded, but does not say by what.
    SupersededWithoutTarget,
    /// A record is superseded by one that is not there.
    SupersededTargetMissing,
    /// A record that supersedes another is not named by it as its successor, or the other way round.
    SupersededWithoutBackLink,
    /// A record says elsewhere than in its status that another took over.
    SupersededNotInStatus,
    /// A record's date does not start with the year, so day and month can be confused.
    UnclearDate,
    /// Two records bear the same number.
    DuplicateNumber,
    /// A record's number differs between its file name and its title.
    NumberMismatch,
    /// A record states no status.
    MissingStatus,
    /// A record's status is still the placeholder of the template.
    PlaceholderStatus,
    /// A line of the owners file whose pattern matches no file.
    PatternMatchesNothing,
    /// A line of the owners file that the host skips.
    InvalidOwnersLine,
    /// A relative link of a document leads nowhere.
    BrokenLink,
}

/// Something that a reader noticed; a rule decides what it means.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Problem {
    /// The area it belongs to.
    pub area: Area,
    /// The file.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// What kind of problem.
    pub kind: ProblemKind,
    /// One sentence for a reader, with the names that matter.
    pub message: String,
}

/// A part of a section that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Unread {
    /// The part as a path into the facts, for example `configuration.keys`.
    pub part: String,
    /// Why, in words for a reader.
    pub reason: String,
}

/// What a reader notes beside its section.
#[derive(Debug, Default)]
pub struct Notes {
    /// Problems, in any order.
    pub problems: Vec<Problem>,
    /// Parts that could not be read.
    pub unread: Vec<Unread>,
}

impl Notes {
    /// Notes a problem.
    pub fn problem(&mut self, area: Area, kind: ProblemKind, at: At, message: impl Into<String>) {
        self.problems.push(Problem { area, file: at.file, line: at.line, kind, message: message.into() });
    }

    /// Notes a part that could not be read.
    pub fn unread(&mut self, part: &str, reason: impl Into<String>) {
        self.unread.push(Unread { part: part.to_owned(), reason: reason.into() });
    }
}

/// The sections that an area is about: what `inspect --only` prints, and where its problems come from.
#[must_use]
pub fn sections_of(area: Area) -> &'static [&'static str] {
    match area {
        Area::Secrets => &["configuration", "access"],
        Area::Setup => &["profile", "stacks", "readme", "configuration", "services"],
        Area::Deploy => &["pipelines", "deployables", "delivery", "manual_steps", "access"],
        Area::Tests => &["flows", "tests"],
        Area::Decisions => &["decisions"],
        Area::Ownership => &["ownership"],
    }
}

/// How a change reaches production. Where pipelines were not read, that none deploys says nothing.
fn delivery(pipelines: &Section<Vec<pipeline::Pipeline>>, unread: &[Unread]) -> Section<pipeline::Delivery> {
    match pipelines {
        Section::Unknown { unknown } => Section::unknown(unknown.clone()),
        Section::Known(pipelines) => {
            let found = pipeline::delivery(pipelines);
            let hidden = unread.iter().find(|unread| unread.part == "pipelines");
            match hidden.filter(|_| found.verdict == pipeline::DeliveryVerdict::None) {
                Some(hidden) => Section::unknown(hidden.reason.clone()),
                None => Section::Known(found),
            }
        }
    }
}

/// Where no job deploys and one releases, what is released is brought on by something that is not in this repository.
fn delivered_elsewhere(pipelines: &Section<Vec<pipeline::Pipeline>>) -> Option<Unread> {
    let pipelines = pipelines.known()?;
    let deploys = pipelines.iter().flat_map(|pipeline| &pipeline.jobs).any(|job| job.deploys);
    let release = pipeline::releases(pipelines).into_iter().next().filter(|_| !deploys)?;
    let reason = format!("{}:{} releases it, and what brings it to where it runs is not in this repository", release.file, release.line);
    Some(Unread { part: "pipelines.jobs.deploys".into(), reason })
}

/// Reads all sections of a snapshot.
#[must_use]
pub fn read(snapshot: &Snapshot) -> Facts {
    read_some(snapshot, &|_| true)
}

/// Reads the sections that are wanted, by name, and what they rest on; the others say that they were not asked for.
#[must_use]
pub fn read_some(snapshot: &Snapshot, wanted: &(dyn Fn(&str) -> bool + Sync)) -> Facts {
    let rests_on_stacks = ["stacks", "readme", "profile", "deployables"].into_iter().any(wanted);
    let (stacks, stack_notes) = section(rests_on_stacks, |notes| stack::read(snapshot, notes));
    let technologies = stacks.known().map(Vec::as_slice).unwrap_or_default();
    let ((readme, decisions), (rest, pipelines)) = rayon::join(
        || {
            rayon::join(
                || section(wanted("readme"), |notes| readme::read(snapshot, technologies, notes)),
                || section(wanted("decisions"), |notes| decision::read(snapshot, notes)),
            )
        },
        || {
            rayon::join(
                || {
                    (
                        section(wanted("configuration"), |notes| configuration::read(snapshot, notes)),
                        section(wanted("profile"), |notes| profile::read(snapshot, technologies, notes)),
                        section(wanted("deployables"), |notes| profile::deployables(snapshot, technologies, notes)),
                    )
                },
                || {
                    section(wanted("pipelines") || wanted("delivery") || wanted("tests") || wanted("ownership"), |notes| {
                        pipeline::read(snapshot, notes)
                    })
                },
            )
        },
    );
    let (configuration, profile, deployables) = rest;
    let ownership = section(wanted("ownership"), |notes| ownership::read(snapshot, &pipelines.0, notes));
    let tests = section(wanted("tests"), |notes| tests::read(snapshot, &pipelines.0, tests::code(snapshot, &[]), notes));
    let mut all = Notes::default();
    let parts = [stack_notes, readme.1, decisions.1, ownership.1, configuration.1, profile.1, deployables.1, pipelines.1, tests.1];
    for notes in parts {
        all.problems.extend(notes.problems);
        all.unread.extend(notes.unread);
    }
    all.unread.extend(delivered_elsewhere(&pipelines.0));
    all.problems.sort();
    all.problems.dedup();
    all.unread.sort();
    Facts {
        schema: SCHEMA,
        profile: profile.0,
        stacks,
        readme: readme.0,
        configuration: configuration.0,
        services: Section::unknown("the services that the code needs are not read yet"),
        delivery: delivery(&pipelines.0, &all.unread),
        pipelines: pipelines.0,
        deployables: deployables.0,
        manual_steps: Section::unknown("manual steps outside of pipelines are not read yet"),
        decisions: decisions.0,
        flows: Section::unknown("the ways into the program are not read yet"),
        tests: tests.0,
        ownership: ownership.0,
        access: Section::unknown("what a new team must be given is not read yet"),
        problems: all.problems,
        unread: all.unread,
    }
}

/// Reads a section if it is asked for, with notes of its own, so that sections can be read side by side.
fn section<T>(asked: bool, read: impl FnOnce(&mut Notes) -> Section<T>) -> (Section<T>, Notes) {
    let mut notes = Notes::default();
    let section = if asked { read(&mut notes) } else { Section::unknown("not asked for") };
    (section, notes)
}

impl Facts {
    /// Facts of which nothing was asked.
    #[must_use]
    pub fn none() -> Self {
        fn not_asked<T>() -> Section<T> {
            Section::unknown("not asked for")
        }
        Self {
            schema: SCHEMA,
            profile: not_asked(),
            stacks: not_asked(),
            readme: not_asked(),
            configuration: not_asked(),
            services: not_asked(),
            pipelines: not_asked(),
            deployables: not_asked(),
            delivery: not_asked(),
            manual_steps: not_asked(),
            decisions: not_asked(),
            flows: not_asked(),
            tests: not_asked(),
            ownership: not_asked(),
            access: not_asked(),
            problems: Vec::new(),
            unread: Vec::new(),
        }
    }
}
