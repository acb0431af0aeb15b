//! A snapshot of files given in memory: what the examples of rules and the tests of readers run on.

use super::content::{Contents, Locator};
use super::exclude::Exclude;
use super::listing::Listing;
use super::{Mode, Snapshot};

impl Snapshot {
    /// A snapshot of these files, each a path and its content.
    #[must_use]
    pub fn of_memory<P: Into<String>, C: Into<Vec<u8>>>(files: impl IntoIterator<Item = (P, C)>) -> Self {
        let mut listing = Listing::default();
        for (path, content) in files {
            listing.file(path.into().into_bytes(), Locator::Memory(content.into()));
        }
        let mut snapshot = Self::empty("example".into(), Mode::Memory);
        listing.fill(&mut snapshot, Contents::default(), &Exclude::default());
        snapshot
    }
}
