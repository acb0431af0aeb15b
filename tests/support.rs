//! What the tests share: repositories made in a temporary folder without the git program, and runs of the binary.

use std::path::PathBuf;
use std::process::Command;

use git2::{IndexAddOption, Repository, Signature, Time};
use tempfile::TempDir;

/// What the binary said.
pub struct Output {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

/// The binary, to be run with nothing of the tester's environment that changes its words.
pub fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_handover"));
    for name in ["NO_COLOR", "CLICOLOR_FORCE", "GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "CI"] {
        command.env_remove(name);
    }
    command.env("HANDOVER_CACHE", concat!(env!("CARGO_TARGET_TMPDIR"), "/cache"));
    command
}

/// Runs the binary.
pub fn handover(arguments: &[&str]) -> Output {
    let output = command().args(arguments).output().unwrap();
    Output {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// A repository in a temporary folder.
pub struct Repo {
    _folder: TempDir,
    root: PathBuf,
    repository: Repository,
    contents: Vec<String>,
}

impl Repo {
    /// An empty repository in a folder of this name, on the branch `main`.
    pub fn new(name: &str) -> Self {
        handover::snapshot::prepare_git();
        let folder = TempDir::new().unwrap();
        let root = folder.path().join(name);
        let mut options = git2::RepositoryInitOptions::new();
        options.initial_head("main").external_template(false);
        let repository = Repository::init_opts(&root, &options).unwrap();
        repository.config().unwrap().set_bool("core.autocrlf", false).unwrap();
        Self { _folder: folder, root, repository, contents: Vec::new() }
    }

    /// Writes a file.
    pub fn file(mut self, path: &str, content: &[u8]) -> Self {
        self.write(path, content);
        self
    }

    /// Writes a file.
    pub fn write(&mut self, path: &str, content: &[u8]) {
        let at = self.root.join(path);
        std::fs::create_dir_all(at.parent().unwrap()).unwrap();
        std::fs::write(at, content).unwrap();
        self.contents.push(String::from_utf8_lossy(content).into_owned());
    }

    /// Stages everything, files that are ignored too.
    pub fn stage(&self) {
        let mut index = self.repository.index().unwrap();
        index.add_all(["*"], IndexAddOption::FORCE, None).unwrap();
        index.write().unwrap();
    }

    /// Commits everything, by the same person at the same moment, so that ids are the same in every run.
    pub fn commit(self, message: &str) -> Self {
        self.commit_by(("Ada", "ada@example.org"), message)
    }

    /// Commits everything, by this person, at the same moment as all commits.
    pub fn commit_by(self, (name, mail): (&str, &str), message: &str) -> Self {
        self.stage();
        let tree = self.repository.index().unwrap().write_tree().unwrap();
        let person = Signature::new(name, mail, &Time::new(1_717_243_200, 0)).unwrap();
        {
            let parent = self.repository.head().ok().and_then(|head| head.peel_to_commit().ok());
            let tree = self.repository.find_tree(tree).unwrap();
            let parents: Vec<_> = parent.iter().collect();
            self.repository.commit(Some("HEAD"), &person, &person, message, &tree, &parents).unwrap();
        }
        self
    }

    /// Takes a file away.
    pub fn without(self, path: &str) -> Self {
        std::fs::remove_file(self.root.join(path)).unwrap();
        let mut index = self.repository.index().unwrap();
        index.remove_path(std::path::Path::new(path)).unwrap();
        index.write().unwrap();
        self
    }

    /// The repository, for what no method makes.
    pub fn git(&self) -> &Repository {
        &self.repository
    }

    /// The repository's folder.
    pub fn path(&self) -> &str {
        self.root.to_str().unwrap()
    }

    /// Every long run of characters that looks made up, in the files written: what a placeholder expands to.
    pub fn secrets(&self) -> Vec<String> {
        let part = |c: char| !c.is_ascii_alphanumeric() && !"+/_-".contains(c);
        let telling =
            |word: &&str| word.len() >= 18 && word.bytes().any(|b| b.is_ascii_digit()) && word.bytes().any(|b| b.is_ascii_uppercase());
        self.contents.iter().flat_map(|text| text.split(part)).filter(telling).map(str::to_owned).collect()
    }
}
