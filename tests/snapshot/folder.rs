//! Temporary repositories made with the `git` program, for what git2 cannot make: shallow clones, SHA-256, linked work trees.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// A folder that goes when the test ends.
pub(crate) struct Folder {
    _held: TempDir,
    /// Where it is.
    pub(crate) path: PathBuf,
}

impl Folder {
    /// A plain folder, which is no repository.
    pub(crate) fn plain() -> Self {
        let held = tempfile::tempdir().unwrap();
        // A folder of its own inside, so that its name is known and others can be put beside it.
        let path = held.path().join("project");
        std::fs::create_dir(&path).unwrap();
        Self { _held: held, path }
    }

    /// A repository without commits.
    pub(crate) fn repository() -> Self {
        let folder = Self::plain();
        folder.git(["init", "--quiet", "--initial-branch=main"]);
        folder
    }

    /// A repository of one commit with these files.
    pub(crate) fn with_commit(files: &[(&str, &str)]) -> Self {
        let folder = Self::repository();
        folder.write_all(files);
        folder.commit("first");
        folder
    }

    /// Writes a file, with the folders that it needs.
    pub(crate) fn write(&self, path: impl AsRef<Path>, content: impl AsRef<[u8]>) {
        let path = self.path.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    pub(crate) fn write_all(&self, files: &[(&str, &str)]) {
        for (path, content) in files {
            self.write(path, content);
        }
    }

    /// Commits everything that lies in the work tree.
    pub(crate) fn commit(&self, message: &str) {
        self.git(["add", "--all"]);
        self.git(["commit", "--quiet", "--allow-empty", "--message", message]);
    }

    /// A path beside the folder, gone with it.
    pub(crate) fn beside(&self, name: &str) -> PathBuf {
        self.path.parent().unwrap().join(name)
    }

    /// The folder as an address, from which git clones as from a server.
    pub(crate) fn url(&self) -> String {
        let path = self.path.to_string_lossy().replace('\\', "/");
        format!("file://{}{path}", if path.starts_with('/') { "" } else { "/" })
    }

    /// Runs git in the folder and gives back what it printed.
    pub(crate) fn git<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> String {
        git_in(&self.path, arguments)
    }
}

/// Runs git somewhere, free of the settings of whoever runs the tests.
pub(crate) fn git_in<S: AsRef<OsStr>>(folder: &Path, arguments: impl IntoIterator<Item = S>) -> String {
    let mut command = Command::new("git");
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("GIT_")) {
        command.env_remove(name);
    }
    command.current_dir(folder).envs([
        ("GIT_CONFIG_GLOBAL", if cfg!(windows) { "NUL" } else { "/dev/null" }),
        ("GIT_CONFIG_NOSYSTEM", "1"),
        ("GIT_AUTHOR_NAME", "Ada"),
        ("GIT_AUTHOR_EMAIL", "ada@example.org"),
        ("GIT_AUTHOR_DATE", "2024-02-29T23:30:00-0500"),
        ("GIT_COMMITTER_NAME", "Ada"),
        ("GIT_COMMITTER_EMAIL", "ada@example.org"),
        ("GIT_COMMITTER_DATE", "2024-03-01T05:00:00+0000"),
    ]);
    command.args(["-c", "protocol.file.allow=always", "-c", "core.autocrlf=false"]).args(arguments);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}
