//! The commits behind a revision, newest first, each read once and parsed by hand.
//!
//! Who stands behind a name is left to `person`, what a commit changed to `tree`.

use std::collections::{BinaryHeap, HashMap};

use git2::{ErrorCode, ObjectType, Odb, Oid};

use super::person::{People, PersonId};

/// Why history cannot be told, in words for a reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault(pub(super) String);

pub(super) const NOT_READABLE: &str = "a part of history cannot be read";

impl Fault {
    pub(super) fn object(error: &git2::Error) -> Self {
        match error.code() {
            ErrorCode::NotFound => Self("a part of history is not in this clone".into()),
            _ => Self(format!("{NOT_READABLE}: {}", error.message().trim_end_matches('.'))),
        }
    }
}

/// A commit that is no merge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step {
    /// The tree before, none for a first commit.
    pub(super) before: Option<Oid>,
    pub(super) after: Oid,
    pub(super) authors: Vec<PersonId>,
}

/// A commit as read.
struct Commit {
    tree: Oid,
    parents: Vec<Oid>,
    authors: Vec<PersonId>,
}

/// Commits behind one, newest first by the clocks of their committers; merges are passed over.
pub(super) struct Commits<'o> {
    odb: &'o Odb<'o>,
    people: People,
    queue: BinaryHeap<(i64, Oid)>,
    waiting: HashMap<Oid, Commit>,
    trees: HashMap<Oid, Oid>,
}

impl<'o> Commits<'o> {
    pub(super) fn behind(odb: &'o Odb<'o>, tip: Oid) -> Result<Self, Fault> {
        let mut commits = Self { odb, people: People::default(), queue: BinaryHeap::new(), waiting: HashMap::new(), trees: HashMap::new() };
        commits.discover(tip)?;
        Ok(commits)
    }

    /// The next commit that is no merge.
    pub(super) fn next(&mut self) -> Result<Option<Step>, Fault> {
        while let Some((_, id)) = self.queue.pop() {
            let Some(commit) = self.waiting.remove(&id) else { continue };
            for parent in &commit.parents {
                self.discover(*parent)?;
            }
            if commit.parents.len() < 2 {
                let before = commit.parents.first().and_then(|parent| self.trees.get(parent)).copied();
                return Ok(Some(Step { before, after: commit.tree, authors: commit.authors }));
            }
        }
        Ok(None)
    }

    /// Whether there are commits left.
    pub(super) fn goes_on(&self) -> bool {
        !self.queue.is_empty()
    }

    /// Everybody who was named so far.
    pub(super) fn into_people(self) -> People {
        self.people
    }

    fn discover(&mut self, id: Oid) -> Result<(), Fault> {
        if self.trees.contains_key(&id) {
            return Ok(());
        }
        let object = self.odb.read(id).map_err(|error| Fault::object(&error))?;
        let parsed = if object.kind() == ObjectType::Commit { parse(object.data(), &mut self.people) } else { None };
        let (time, commit) = parsed.ok_or_else(|| Fault(NOT_READABLE.into()))?;
        self.trees.insert(id, commit.tree);
        self.queue.push((time, id));
        self.waiting.insert(id, commit);
        Ok(())
    }
}

/// How many people can write one commit; those named behind them are left out.
const MOST_AUTHORS: usize = 200;

/// Reads a commit's raw bytes, with the committer's time.
fn parse(raw: &[u8], people: &mut People) -> Option<(i64, Commit)> {
    let (mut tree, mut parents, mut authors, mut time) = (None, Vec::new(), Vec::new(), 0);
    let mut lines = raw.split(|&byte| byte == b'\n');
    for line in lines.by_ref().take_while(|line| !line.is_empty()) {
        if let Some(id) = line.strip_prefix(b"tree ") {
            tree = oid(id);
        } else if let Some(id) = line.strip_prefix(b"parent ") {
            parents.push(oid(id)?);
        } else if let Some(person) = line.strip_prefix(b"author ").filter(|_| authors.is_empty()) {
            let (name, mail, _) = signature(person)?;
            authors.push(people.intern(name, mail));
        } else if let Some(person) = line.strip_prefix(b"committer ") {
            time = signature(person).and_then(|(_, _, when)| seconds(when)).unwrap_or(0);
        }
    }
    for line in lines {
        let Some((name, mail, _)) = trailer(line).and_then(signature) else { continue };
        let person = people.intern(name, mail);
        if authors.len() < MOST_AUTHORS && !authors.contains(&person) {
            authors.push(person);
        }
    }
    Some((time, Commit { tree: tree?, parents, authors }))
}

fn oid(hex: &[u8]) -> Option<Oid> {
    Oid::from_str(std::str::from_utf8(hex).ok()?).ok()
}

/// What a trailer that names another author says.
fn trailer(line: &[u8]) -> Option<&[u8]> {
    const KEY: &[u8] = b"co-authored-by:";
    let line = line.trim_ascii();
    let (key, person) = line.split_at_checked(KEY.len())?;
    key.eq_ignore_ascii_case(KEY).then_some(person)
}

/// Name, mail and what follows of `Name <mail> time zone`.
fn signature(line: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let open = line.iter().position(|&byte| byte == b'<')?;
    let (name, rest) = line.split_at(open);
    let close = rest.iter().rposition(|&byte| byte == b'>')?;
    let (mail, when) = rest.split_at(close);
    Some((name.trim_ascii(), mail.get(1..)?.trim_ascii(), when.get(1..)?))
}

fn seconds(when: &[u8]) -> Option<i64> {
    std::str::from_utf8(when).ok()?.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::parse;
    use crate::snapshot::authorship::person::People;

    const ID: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    #[test]
    fn a_commit_names_its_authors_and_those_of_its_trailers() {
        let text = format!(
            "tree {ID}\nparent {ID}\nauthor Ada L <ada@example.org> 5 +0100\ncommitter B <b@example.org> 7 +0000\n\
             encoding x\n\nauthor C <c@example.org> 1 +0000\n\nco-Authored-By:Cy <cy@example.org>\r\n\
             Co-authored-by: Ada L <ada@example.org>\nCo-authored-by: nobody\n"
        );
        let mut people = People::default();
        let (time, commit) = parse(text.as_bytes(), &mut people).unwrap();
        assert_eq!((time, commit.parents.len(), commit.authors), (7, 1, vec![0, 1]));
    }

    #[test]
    fn broken_commits_are_refused_or_read_as_far_as_they_go() {
        let mut people = People::default();
        assert!(parse(b"", &mut people).is_none());
        assert!(parse(b"tree xyz\n\n", &mut people).is_none());
        let odd = format!("tree {ID}\nauthor <> x\ncommitter \n\n");
        let (time, commit) = parse(odd.as_bytes(), &mut people).unwrap();
        assert_eq!((time, commit.authors.len()), (0, 1));
    }
}
