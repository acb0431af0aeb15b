//! Classes of all files by name, with their bases, and the projects that files belong to.

use std::collections::HashMap;

use super::class::Class;
use super::unit::Unit;

/// How far bases are followed.
const HEIGHT: usize = 12;

/// All classes of a repository.
pub(super) struct Classes<'u> {
    pub units: &'u [Unit],
    by_name: HashMap<&'u str, Vec<(usize, &'u Class)>>,
    /// Folders that hold projects.
    projects: &'u [String],
}

impl<'u> Classes<'u> {
    pub(super) fn new(units: &'u [Unit], projects: &'u [String]) -> Self {
        let mut by_name: HashMap<&str, Vec<(usize, &Class)>> = HashMap::new();
        for (index, unit) in units.iter().enumerate() {
            unit.classes.iter().for_each(|class| by_name.entry(class.name.as_str()).or_default().push((index, class)));
        }
        Self { units, by_name, projects }
    }

    /// The folder of the project that a file belongs to.
    pub(super) fn project(&self, file: &str) -> &'u str {
        let holds = |folder: &&String| folder.is_empty() || file.strip_prefix(folder.as_str()).is_some_and(|rest| rest.starts_with('/'));
        self.projects.iter().filter(holds).max_by_key(|folder| folder.len()).map_or("", String::as_str)
    }

    /// The class of a name; of several, the one in the nearest folder.
    pub(super) fn find(&self, name: &str, near: &str) -> Option<(usize, &'u Class)> {
        let classes = self.by_name.get(name)?.iter().copied();
        classes.filter(|(_, class)| !class.interface).max_by_key(|(unit, _)| common(&self.units[*unit].file, near))
    }

    /// A class and its bases in this repository, the nearest first.
    pub(super) fn line(&self, unit: usize, class: &'u Class) -> Vec<(usize, &'u Class)> {
        let mut line = vec![(unit, class)];
        while line.len() < HEIGHT {
            let Some((at, last)) = line.last().copied() else { break };
            let next = last.bases.iter().find_map(|base| self.find(&base.name, &self.units[at].file));
            match next.filter(|(_, next)| !line.iter().any(|(_, known)| std::ptr::eq(*known, *next))) {
                Some(next) => line.push(next),
                None => break,
            }
        }
        line
    }
}

/// How many folders two paths share.
pub(super) fn common(one: &str, other: &str) -> usize {
    one.split('/').zip(other.split('/')).take_while(|(one, other)| one == other).count()
}
