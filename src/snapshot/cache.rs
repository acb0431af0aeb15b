//! What is remembered between runs, in the user's cache folder; never in a repository, and never a secret.
//!
//! Everything here may be deleted at any time, so whatever fails, fails silently: then the work is done again.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// The variable that names another folder.
const VARIABLE: &str = "HANDOVER_CACHE";
/// What was not used for so long is deleted.
const KEPT: Duration = Duration::from_secs(60 * 24 * 60 * 60);

/// A folder in which runs remember.
#[derive(Debug, Clone)]
pub struct Cache {
    folder: PathBuf,
}

impl Cache {
    /// The user's cache folder: `HANDOVER_CACHE`, or `handover` in the place that the system has for caches.
    #[must_use]
    pub fn of_user() -> Option<Self> {
        let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let home = || std::env::home_dir().filter(|home| home.is_absolute());
        let system = || {
            if cfg!(windows) {
                set("LOCALAPPDATA")
            } else if cfg!(target_os = "macos") {
                home().map(|home| home.join("Library/Caches"))
            } else {
                set("XDG_CACHE_HOME").filter(|folder| folder.is_absolute()).or_else(|| home().map(|home| home.join(".cache")))
            }
        };
        set(VARIABLE).or_else(|| system().map(|folder| folder.join("handover"))).map(|folder| Self { folder })
    }

    /// The name for something that is remembered, made of everything that it depends on, this build of the program too:
    /// another one may read the same text in another way.
    pub(crate) fn name(kind: Kind, of: &[&str]) -> String {
        let file = std::env::current_exe().and_then(|path| path.metadata());
        let build = format!("{} {:?}", env!("CARGO_PKG_VERSION"), file.ok().map(|about| (about.len(), about.modified().ok())));
        let key = of.iter().copied().chain([build.as_str()]).collect::<Vec<_>>().join("\0");
        format!("{}{:032x}", kind.prefix(), xxhash_rust::xxh3::xxh3_128(key.as_bytes()))
    }

    /// What was remembered under a name.
    pub(crate) fn load(&self, name: &str) -> Option<Vec<u8>> {
        fs::read(self.folder.join(name)).ok()
    }

    /// Remembers under a name. The file is whole or not there, however many runs write at the same time.
    pub(crate) fn store(&self, name: &str, content: &[u8]) {
        let part = self.folder.join(format!("{name}.{}", std::process::id()));
        let written = fs::create_dir_all(&self.folder).and_then(|()| write_private(&part, content));
        if written.and_then(|()| fs::rename(&part, self.folder.join(name))).is_err() {
            let _ = fs::remove_file(&part);
        }
        self.tidy();
    }

    /// Deletes what was not written for long.
    fn tidy(&self) {
        let old = |path: &Path| {
            let written = path.metadata().and_then(|about| about.modified());
            written.is_ok_and(|at| SystemTime::now().duration_since(at).is_ok_and(|age| age > KEPT))
        };
        for entry in fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let ours = Kind::ALL.iter().any(|kind| name.to_string_lossy().starts_with(kind.prefix()));
            if ours && old(&entry.path()) {
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}

/// What is remembered.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    /// What the past of a repository holds.
    History,
    /// Which files hold no secret.
    Quiet,
    /// Who changed which files.
    Authorship,
}

impl Kind {
    const ALL: [Self; 3] = [Self::History, Self::Quiet, Self::Authorship];

    /// How the names begin.
    fn prefix(self) -> &'static str {
        match self {
            Self::History => "history-",
            Self::Quiet => "quiet-",
            Self::Authorship => "authorship-",
        }
    }
}

/// Writes a file that only its owner can read: it tells where secrets are.
fn write_private(path: &Path, content: &[u8]) -> std::io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    std::io::Write::write_all(&mut options.open(path)?, content)
}
