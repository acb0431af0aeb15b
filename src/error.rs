//! Everything that can stop a run, in one table: what went wrong, how to get out of it, and the exit code.
//!
//! What does *not* stop a run (a file that cannot be read, a pipeline that does not parse) is no error: it is listed in
//! the report as skipped, as a problem, or as a question.

use std::path::PathBuf;

/// The result of anything that can stop a run.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A reason to stop, worded for the person at the terminal.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The path given on the command line is not there.
    #[error("there is nothing at `{}`", path.display())]
    NoSuchPath {
        /// The path as given.
        path: PathBuf,
    },
    /// The snapshot holds no file that could be read.
    #[error("`{subject}` holds no readable file")]
    NothingToRead {
        /// What was looked at.
        subject: String,
    },
    /// A mode that needs a git repository was asked of a plain folder.
    #[error("`{}` is not in a git repository, and {wanted} needs one", path.display())]
    NotARepository {
        /// The path as given.
        path: PathBuf,
        /// The option that needs the repository.
        wanted: String,
    },
    /// A revision that git cannot resolve.
    #[error("`{revision}` names no commit here")]
    UnknownRevision {
        /// The revision as given.
        revision: String,
    },
    /// git reported something that leaves nothing to go on with.
    #[error("git could not {doing}: {message}")]
    Git {
        /// What was being done.
        doing: String,
        /// The message of libgit2.
        message: String,
    },
    /// A file of ours (configuration, rule, table) that is wrong at a known place.
    #[error("{file}:{line}: {message}")]
    Declaration {
        /// The file, as the user would name it.
        file: String,
        /// The line, from 1.
        line: usize,
        /// What is wrong.
        message: String,
        /// How to mend it.
        help: Option<String>,
    },
    /// An argument that names something that does not exist.
    #[error("there is no {kind} called `{name}`")]
    UnknownName {
        /// What was looked for: a rule, a check, an area.
        kind: &'static str,
        /// The name as given.
        name: String,
        /// The nearest name that exists.
        nearest: Option<String>,
    },
    /// Reading or writing a file that the run cannot do without.
    #[error("cannot {doing} `{}`: {source}", path.display())]
    Io {
        /// `read`, `write` or `list`.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// The system's answer.
        source: std::io::Error,
    },
    /// Some rules' examples do not hold (`handover rules test`).
    #[error("{failed} of {total} rules do not keep their examples")]
    ExamplesFail {
        /// How many rules.
        failed: usize,
        /// Of how many.
        total: usize,
    },
}

impl Error {
    /// The process exit code: 1 for an answer that is "no", 2 for anything wrong with the question, 3 for nothing to read.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::ExamplesFail { .. } => 1,
            Self::NothingToRead { .. } => 3,
            _ => 2,
        }
    }

    /// One line that shows the way out, where there is one.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        match self {
            Self::NoSuchPath { .. } => Some("give the folder of a repository, for example `handover check .`".into()),
            Self::NothingToRead { .. } => Some(
                "check the path, and what `[paths] exclude` in handover.toml leaves out; a bare repository is read with `--rev HEAD`"
                    .into(),
            ),
            Self::NotARepository { .. } => Some("leave the option out to read the folder as it lies there, or run `git init` first".into()),
            Self::UnknownRevision { .. } => Some("name a branch, a tag or a commit that `git log` shows; in CI, fetch it first".into()),
            Self::Declaration { help, .. } => help.clone(),
            Self::UnknownName { kind, nearest, .. } => Some(
                nearest
                    .as_ref()
                    .map_or_else(|| format!("`handover rules list` shows every {kind}"), |name| format!("did you mean `{name}`?")),
            ),
            Self::Git { .. } | Self::Io { .. } | Self::ExamplesFail { .. } => None,
        }
    }

    /// Wraps what libgit2 said.
    pub(crate) fn git(doing: &str, error: &git2::Error) -> Self {
        Self::Git { doing: doing.to_owned(), message: error.message().to_owned() }
    }
}

/// The nearest of `names` to what somebody wrote, if one is near enough to be meant.
pub(crate) fn nearest<'a>(written: &str, names: impl IntoIterator<Item = &'a str>) -> Option<String> {
    names
        .into_iter()
        .map(|name| (strsim::damerau_levenshtein(written, name), name))
        .filter(|(distance, name)| *distance <= 1 + name.len() / 3)
        .min()
        .map(|(_, name)| name.to_owned())
}
