//! Finding and opening the git repository that a path belongs to, and what is to be said of it as a whole.
//!
//! The only place that opens one from a path, and so the place of the settings that hold for all of libgit2.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Once;

use git2::{ErrorCode, Oid, Repository};

use super::printable::{printable, raw_path};
use crate::error::{Error, Result};

/// A path that was asked for, and what git has to say about it.
pub(crate) struct Place {
    /// The folder (or file) itself, without links.
    pub(crate) root: PathBuf,
    pub(crate) git: Git,
}

/// The repository of a place.
pub(crate) enum Git {
    /// There is none.
    None,
    /// There is one, but libgit2 cannot open it; the reason.
    Broken(String),
    /// It is open.
    Open(Box<Opened>),
}

/// An open repository as seen from a place in it.
pub(crate) struct Opened {
    pub(crate) repository: Repository,
    /// The work tree without links; `None` in a bare repository and inside `.git`.
    pub(crate) work_tree: Option<PathBuf>,
    /// The raw path from the top of the tree to the place; empty at the top, else with a slash at its end.
    pub(crate) prefix: Vec<u8>,
}

/// Looks at a path.
pub(crate) fn locate(path: &Path) -> Result<Place> {
    prepare_git();
    let root = path.canonicalize().map_err(|error| match error.kind() {
        ErrorKind::NotFound => Error::NoSuchPath { path: path.to_owned() },
        _ => Error::Io { doing: "read", path: path.to_owned(), source: error },
    })?;
    // Not the canonical form, which libgit2 does not take on Windows.
    let git = std::path::absolute(path).map_or(Git::None, |asked| open(&asked, &root));
    Ok(Place { root, git })
}

fn open(asked: &Path, root: &Path) -> Git {
    let repository = match Repository::open_ext(asked, git2::RepositoryOpenFlags::empty(), [] as [&Path; 0]) {
        Ok(repository) => repository,
        Err(error) if error.code() == ErrorCode::NotFound && root.join(".git").symlink_metadata().is_ok() => {
            return Git::Broken("its `.git` leads to no repository".into());
        }
        Err(error) if error.code() == ErrorCode::NotFound => return Git::None,
        Err(error) => return Git::Broken(error.message().trim_end_matches('.').to_owned()),
    };
    let inside_git = repository.path().canonicalize().is_ok_and(|git| root.starts_with(git));
    let work_tree = repository.workdir().and_then(|folder| folder.canonicalize().ok()).filter(|_| !inside_git);
    let prefix = match &work_tree {
        None if repository.is_bare() || inside_git => Vec::new(),
        None => return Git::Broken("its work tree is not there".into()),
        Some(work_tree) => match root.strip_prefix(work_tree) {
            Ok(below) if below.as_os_str().is_empty() => Vec::new(),
            Ok(below) => [raw_path(below).as_slice(), b"/"].concat(),
            Err(_) => return Git::Broken("its work tree lies elsewhere".into()),
        },
    };
    Git::Open(Box::new(Opened { repository, work_tree, prefix }))
}

/// What is known of the commit that is checked out.
#[derive(Debug, Default)]
pub(crate) struct Head {
    pub(crate) commit: Option<Oid>,
    pub(crate) date: Option<String>,
    pub(crate) branch: Option<String>,
    /// Why the commit cannot be told, though there should be one.
    pub(crate) broken: Option<String>,
}

impl Opened {
    /// The folder of the repository that is asked about, where it is not the whole.
    pub(crate) fn folder(&self) -> Option<String> {
        let folder = self.prefix.strip_suffix(b"/").unwrap_or(&self.prefix);
        (!folder.is_empty()).then(|| printable(folder))
    }

    /// What `HEAD` points to; a branch without commits has a name only.
    pub(crate) fn head(&self) -> Head {
        let branch = self.repository.find_reference("HEAD").ok().and_then(|head| {
            let target = head.symbolic_target_bytes()?;
            Some(printable(target.strip_prefix(b"refs/heads/").unwrap_or(target)))
        });
        match self.repository.head().and_then(|head| head.peel_to_commit()) {
            Ok(commit) => Head { date: author_date(&commit), commit: Some(commit.id()), branch, broken: None },
            // A branch that has no commit yet is no fault.
            Err(error) if error.code() == ErrorCode::UnbornBranch => Head { branch, ..Head::default() },
            Err(error) => {
                let message = error.message().trim_end_matches('.').to_owned();
                Head { branch, broken: Some(message), ..Head::default() }
            }
        }
    }

    /// Whether history is cut off somewhere.
    pub(crate) fn is_shallow(&self) -> bool {
        // Asked of the common folder, where a linked work tree shares it.
        self.repository.commondir().join("shallow").metadata().is_ok_and(|about| about.len() > 0)
    }

    /// The ignore files beside those in the tree, the one that decides first in front.
    pub(crate) fn ignore_files(&self) -> Vec<PathBuf> {
        let named = self.repository.config().and_then(|config| config.get_path("core.excludesFile")).ok();
        let users = named.or_else(|| {
            let config = std::env::var_os("XDG_CONFIG_HOME").map(PathBuf::from);
            config
                .filter(|folder| folder.is_absolute())
                .or_else(|| Some(std::env::home_dir()?.join(".config")))
                .map(|at| at.join("git/ignore"))
        });
        std::iter::once(self.repository.commondir().join("info/exclude")).chain(users).collect()
    }

    /// The name of the repository: that of its folder.
    pub(crate) fn name(&self, root: &Path) -> String {
        if self.work_tree.is_some() {
            return folder_name(root);
        }
        let folder = self.repository.commondir();
        let own = folder_name(folder);
        match own.strip_suffix(".git").unwrap_or(&own) {
            "" | "repo" => folder.parent().map_or(own, folder_name),
            name => name.to_owned(),
        }
    }
}

/// The last part of a path, fit to print.
pub(crate) fn folder_name(folder: &Path) -> String {
    folder.file_name().map_or_else(|| "/".to_owned(), |name| printable(name.as_encoded_bytes()))
}

/// The day on which a commit was written, as its author's clock had it.
pub(crate) fn author_date(commit: &git2::Commit<'_>) -> Option<String> {
    let when = commit.author().when();
    let offset = jiff::tz::Offset::from_seconds(when.offset_minutes().checked_mul(60)?).ok()?;
    let moment = jiff::Timestamp::from_second(when.seconds()).ok()?;
    Some(offset.to_datetime(moment).date().to_string())
}

/// Sets what holds for all of libgit2, once; a snapshot does so itself. Whoever uses git2 beside snapshots in the same
/// process calls this first.
///
/// Repositories of another user are read: nothing of theirs is executed, and containers see little else. Objects are not
/// hashed again on reading, as git does not either. Partial clones open; what they lack is missing like a lost object.
pub fn prepare_git() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        git2::opts::strict_hash_verification(false);
        // Whoever reads an object twice remembers it: libgit2 would keep up to 256 MB of trees and commits for each thread.
        git2::opts::enable_caching(false);
        // SAFETY: both settings are variables of libgit2 that are not guarded against other threads. `Once` makes this
        // the first use of libgit2 in the process: nothing here opens a repository before it returns.
        #[allow(unsafe_code)]
        let _ = unsafe { (git2::opts::set_verify_owner_validation(false), git2::opts::set_extensions(&["partialclone"])) };
    });
}
