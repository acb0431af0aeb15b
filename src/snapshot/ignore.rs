//! What git is told to ignore: `.gitignore` of every folder, the repository's `info/exclude`, the user's own file.
//!
//! Own code rather than libgit2's, so that a repository which libgit2 cannot open is still read as git would list it.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::pattern::{PatternList, ancestors};

/// Ignore files are written by hand; what is larger is none, and must not cost time.
const MAX_IGNORE_FILE: u64 = 1024 * 1024;

/// The ignore rules of one work tree, read as folders are asked about.
#[derive(Debug)]
pub(crate) struct Ignores {
    root: PathBuf,
    /// Files that hold for the whole tree, those that decide first in front.
    everywhere: Vec<PatternList>,
    folders: HashMap<Vec<u8>, Folder>,
}

#[derive(Debug)]
struct Folder {
    patterns: PatternList,
    ignored: bool,
}

impl Ignores {
    /// The rules of the tree at `root`, with files beside it in the order in which git asks them.
    pub(crate) fn new(root: &Path, everywhere: &[PathBuf]) -> Self {
        let everywhere = everywhere.iter().filter(|file| file.is_file()).map(|file| read_patterns(file)).collect();
        Self { root: root.to_owned(), everywhere, folders: HashMap::new() }
    }

    /// Whether git would leave this path out, were it not tracked. Nothing below an ignored folder can be taken back.
    pub(crate) fn ignored(&mut self, path: &[u8], is_folder: bool) -> bool {
        let folders: Vec<&[u8]> = std::iter::once(b"".as_slice()).chain(ancestors(path)).collect();
        for (depth, folder) in folders.iter().enumerate() {
            if !self.folders.contains_key(*folder) {
                let ignored = depth > 0 && self.decide(folder, &folders[..depth], true);
                let patterns = if ignored { PatternList::default() } else { self.patterns_in(folder) };
                self.folders.insert(folder.to_vec(), Folder { patterns, ignored });
            }
            if self.folders[*folder].ignored {
                return true;
            }
        }
        self.decide(path, &folders, is_folder)
    }

    /// Asks the ignore files of these folders, innermost first, then those that hold everywhere.
    fn decide(&self, path: &[u8], folders: &[&[u8]], is_folder: bool) -> bool {
        let nested = folders.iter().rev().map(|folder| {
            let below = if folder.is_empty() { path } else { &path[folder.len() + 1..] };
            (&self.folders[*folder].patterns, below)
        });
        let everywhere = self.everywhere.iter().map(|patterns| (patterns, path));
        nested
            .chain(everywhere)
            .find_map(|(patterns, below)| patterns.last_match(below, is_folder))
            .is_some_and(|(_, pattern)| !pattern.negated)
    }

    fn patterns_in(&self, folder: &[u8]) -> PatternList {
        // A folder whose name is no text cannot be named portably from its bytes; its ignore file is passed over.
        let Ok(folder) = std::str::from_utf8(folder) else { return PatternList::default() };
        let file = self.root.join(folder).join(".gitignore");
        // As in git, a link is not followed here; and a pipe under this name must not be opened.
        if file.symlink_metadata().is_ok_and(|about| about.is_file()) { read_patterns(&file) } else { PatternList::default() }
    }
}

fn read_patterns(file: &Path) -> PatternList {
    let mut text = Vec::new();
    match File::open(file).and_then(|file| file.take(MAX_IGNORE_FILE).read_to_end(&mut text)) {
        Ok(_) => PatternList::of_ignore_file(&text),
        Err(_) => PatternList::default(),
    }
}
