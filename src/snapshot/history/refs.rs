//! The refs of a repository, and where the part of its past begins that is asked about.

use super::super::printable::printable;
use super::super::revision;
use super::store::{Number, Store};
use crate::error::{Error, Result};

/// Where a part of the past begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Since {
    /// After this commit and all that it is made on.
    Commit(Number),
    /// With this moment, in seconds since 1970, by the committer's clock.
    Moment(i64),
}

impl Since {
    /// What `--history-since` names: a day, or else a revision.
    pub(super) fn parse(since: &str, repository: &git2::Repository, store: &Store) -> Result<Self> {
        if let Ok(day) = since.parse::<jiff::civil::Date>() {
            let moment = day.to_zoned(jiff::tz::TimeZone::UTC).map(|moment| moment.timestamp().as_second());
            return moment.map(Self::Moment).map_err(|_| Error::UnknownRevision { revision: since.to_owned() });
        }
        let commit = revision::resolve(repository, since)?.id();
        store.number(commit.as_bytes()).map(Self::Commit).ok_or_else(|| Error::UnknownRevision { revision: since.to_owned() })
    }
}

/// A ref by its name, and the commit that it leads to if that is here.
pub(super) type Ref = (String, Option<Number>);

/// All refs, local branches first, then tags, then what was fetched, then all others.
pub(super) fn list(repository: &git2::Repository, store: &Store) -> Result<Vec<Ref>, git2::Error> {
    let rank = |name: &str| ["refs/heads/", "refs/tags/", "refs/remotes/"].iter().position(|start| name.starts_with(start)).unwrap_or(3);
    let mut refs: Vec<Ref> = repository
        .references()?
        .flatten()
        .filter_map(|reference| {
            let target = reference.target_peel().or_else(|| reference.target())?;
            let number = store.number(target.as_bytes());
            // What the list of packed refs does not peel is looked at itself.
            let commit = if reference.target_peel().is_none() && reference.is_tag() {
                reference.peel_to_commit().ok().and_then(|commit| store.number(commit.id().as_bytes())).or(number)
            } else {
                number
            };
            Some((printable(reference.name_bytes()), commit))
        })
        .collect();
    refs.sort_by(|a, b| (rank(&a.0), &a.0).cmp(&(rank(&b.0), &b.0)));
    Ok(refs)
}
