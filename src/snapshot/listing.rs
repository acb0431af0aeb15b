//! What a walk of any kind found, and the snapshot that becomes of it: escaped, classified, sorted, links explained.

use std::collections::{BTreeMap, HashSet};

use rayon::iter::Either;
use rayon::prelude::*;

use super::attributes::Attributes;
use super::class::Classifier;
use super::content::{Contents, Locator};
use super::exclude::Exclude;
use super::pattern::ancestors;
use super::printable::printable;
use super::{File, Skipped, Snapshot};

/// The name of the files that hold attributes.
pub(crate) const ATTRIBUTES: &[u8] = b".gitattributes";

/// So many files are classified by one thread: what it learns of a folder is of use for the next file.
const WORTH_SHARING: usize = 1024;

/// Files by their raw paths from the root, in any order.
#[derive(Debug, Default)]
pub(crate) struct Listing {
    files: Vec<(Vec<u8>, Locator)>,
    left_out: Vec<Skipped>,
    links: Vec<(Vec<u8>, Target)>,
    /// `.gitattributes` by their folders where they are not among the files.
    pub(crate) attributes: Option<Attributes>,
}

/// Where a symbolic link leads.
#[derive(Debug)]
pub(crate) enum Target {
    /// Out of the tree.
    Outside,
    /// To nothing, or in a circle.
    Nowhere,
    /// To this path of the tree.
    Inside(Vec<u8>),
}

impl Listing {
    /// Takes up a file.
    pub(crate) fn file(&mut self, path: Vec<u8>, at: Locator) {
        self.files.push((path, at));
    }

    /// Takes up a symbolic link.
    pub(crate) fn link(&mut self, path: Vec<u8>, target: Target) {
        self.links.push((path, target));
    }

    /// Leaves out a file.
    pub(crate) fn skip(&mut self, path: &[u8], reason: impl Into<String>) {
        self.left_out.push(Skipped { path: printable(path), reason: reason.into() });
    }

    /// Leaves out a folder with all that is in it.
    pub(crate) fn skip_folder(&mut self, path: &[u8], reason: impl Into<String>) {
        self.left_out.push(Skipped { path: format!("{}/", printable(path)), reason: reason.into() });
    }

    /// How many files there are so far.
    pub(crate) fn len(&self) -> usize {
        self.files.len()
    }

    /// The raw paths of the files so far.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &[u8]> {
        self.files.iter().map(|(path, _)| path.as_slice())
    }

    /// The files alone.
    pub(crate) fn into_files(self) -> Vec<(Vec<u8>, Locator)> {
        self.files
    }

    /// Moves everything into the snapshot.
    pub(crate) fn fill(mut self, snapshot: &mut Snapshot, contents: Contents, exclude: &Exclude) {
        let links = self.explain_links();
        let attributes = self.attributes.take().unwrap_or_else(|| read_attributes(&self.files, &contents));
        let classify = |classifier: &mut Classifier<'_>, (raw, at): (Vec<u8>, Locator)| {
            let path = printable(&raw);
            if exclude.matches(&path) {
                return Either::Right(Skipped { path, reason: "left out by handover.toml".into() });
            }
            let class = classifier.class(&raw, &path);
            Either::Left((raw, File::new(path, class, at)))
        };
        let each = self.files.into_par_iter().with_min_len(WORTH_SHARING);
        let (mut files, excluded): (Vec<(Vec<u8>, File)>, Vec<Skipped>) =
            each.map_init(|| Classifier::new(&attributes), classify).partition_map(|file| file);
        files.par_sort_unstable_by(|(raw_a, a), (raw_b, b)| (&a.path, raw_a).cmp(&(&b.path, raw_b)));
        snapshot.files = files.into_iter().map(|(_, file)| file).collect();
        self.left_out.extend(excluded);
        snapshot.links = links;
        snapshot.left_out.extend(self.left_out);
        snapshot.contents = contents;
    }

    /// Lists every link as left out, and gives those that lead to a file.
    fn explain_links(&mut self) -> BTreeMap<String, String> {
        let files: HashSet<&[u8]> = self.files.iter().map(|(path, _)| path.as_slice()).collect();
        let folders: HashSet<&[u8]> = self.files.iter().flat_map(|(path, _)| ancestors(path)).collect();
        let mut to_files = BTreeMap::new();
        for (path, target) in &self.links {
            let path = printable(path);
            let reason = match target {
                Target::Outside => "a link out of the tree",
                Target::Nowhere => "a link that leads nowhere",
                Target::Inside(target) if files.contains(target.as_slice()) => {
                    to_files.insert(path.clone(), printable(target));
                    "a link to a file read under its own name"
                }
                Target::Inside(target) if target.is_empty() || folders.contains(target.as_slice()) => {
                    "a link to a folder read under its own name"
                }
                Target::Inside(_) => "a link to something that is left out",
            };
            self.left_out.push(Skipped { path, reason: reason.into() });
        }
        to_files
    }
}

fn read_attributes(files: &[(Vec<u8>, Locator)], contents: &Contents) -> Attributes {
    let mut attributes = Attributes::default();
    for (path, at) in files {
        let Some(folder) = path.strip_suffix(ATTRIBUTES) else { continue };
        let folder = match folder {
            [] => folder,
            [folder @ .., b'/'] => folder,
            _ => continue,
        };
        if let Ok(text) = contents.bytes(at) {
            attributes.add(folder, &text);
        }
    }
    attributes
}
