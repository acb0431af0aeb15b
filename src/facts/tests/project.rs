//! Projects of .NET: which are of tests, which are part of the application, and which only tests refer to.

use std::collections::{BTreeMap, BTreeSet};

use crate::facts::stack::{self, xml};
use crate::snapshot::{PathClass, Snapshot};

/// What a project is for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Role {
    /// It holds tests, or tests refer to it.
    tests: bool,
    /// It declares ways into the application, or such a project refers to it.
    application: bool,
}

/// The projects by their paths.
#[derive(Debug, Default)]
pub(super) struct Projects {
    roles: BTreeMap<String, Role>,
    /// What each refers to.
    refers: BTreeMap<String, Vec<String>>,
}

impl Projects {
    /// The projects of a snapshot; `flows` are the files that declare ways into the application.
    pub(super) fn of(snapshot: &Snapshot, flows: &[&str]) -> Self {
        let files: Vec<_> = snapshot.files().iter().filter(|file| file.name().ends_with("proj")).collect();
        let mut projects = Self { roles: files.iter().map(|file| (file.path.clone(), Role::default())).collect(), refers: BTreeMap::new() };
        for file in &files {
            let Some(text) = snapshot.read(file) else { continue };
            let text = text.as_str();
            let names = xml::elements(&text).into_iter().filter(|element| !element.end && element.name == "ProjectReference");
            let names: Vec<&str> = names.filter_map(|element| element.attribute("Include")?.rsplit(['/', '\\']).next()).collect();
            let targets = files.iter().filter(|other| names.contains(&other.name()));
            projects.refers.insert(file.path.clone(), targets.map(|other| other.path.clone()).collect());
        }
        let with_flows: Vec<String> = flows.iter().filter_map(|file| projects.of_file(file).map(str::to_owned)).collect();
        let with_tests = files.iter().filter(|file| file.class == PathClass::Test || stack::only_tests_dotnet(snapshot, file));
        let with_tests: Vec<String> = with_tests.map(|file| file.path.clone()).collect();
        projects.spread(with_flows, |role| &mut role.application);
        projects.spread(with_tests, |role| &mut role.tests);
        projects
    }

    /// Gives a role to projects and to all that they refer to.
    fn spread(&mut self, from: Vec<String>, part: impl Fn(&mut Role) -> &mut bool) {
        let reached: Vec<String> = self.reached(from).into_iter().map(str::to_owned).collect();
        for path in reached {
            self.roles.get_mut(&path).map(&part).into_iter().for_each(|role| *role = true);
        }
    }

    /// These projects and all that they refer to.
    fn reached<S: AsRef<str>>(&self, from: impl IntoIterator<Item = S>) -> BTreeSet<&str> {
        let known = |path: &str| self.roles.get_key_value(path).map(|(path, _)| path.as_str());
        let mut open: Vec<&str> = from.into_iter().filter_map(|path| known(path.as_ref())).collect();
        let mut reached = BTreeSet::new();
        while let Some(path) = open.pop() {
            if reached.insert(path) {
                open.extend(self.refers.get(path).into_iter().flatten().map(String::as_str));
            }
        }
        reached
    }

    /// What tests reach that a project holds or that use it.
    pub(super) fn around(&self, project: &str) -> BTreeSet<&str> {
        let holds = |path: &&str| *path == project || self.serves_tests(path) && self.reached([path]).contains(project);
        self.reached(self.roles.keys().map(String::as_str).filter(holds))
    }

    /// The project that a file belongs to: the one in the nearest folder above it.
    pub(super) fn of_file(&self, path: &str) -> Option<&str> {
        let folder = |path: &str| path.rsplit_once('/').map_or(0, |(folder, _)| folder.len() + 1);
        let holders = self.roles.keys().filter(|project| path.starts_with(&project[..folder(project)]));
        holders.max_by_key(|project| folder(project)).map(String::as_str)
    }

    /// Whether a project holds tests or is referred to by them, and is no part of the application.
    pub(super) fn serves_tests(&self, project: &str) -> bool {
        self.roles.get(project).is_some_and(|role| role.tests && !role.application)
    }

    /// Whether a project is part of the application.
    pub(super) fn is_application(&self, project: &str) -> bool {
        self.roles.get(project).is_some_and(|role| role.application)
    }
}
