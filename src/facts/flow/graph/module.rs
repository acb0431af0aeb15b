//! Which file a module is, and what it gives out by a name.

use std::collections::HashMap;

use crate::facts::code::Language;
use crate::facts::flow::inherit::common;
use crate::facts::flow::unit::{Child, Origin, Unit};

/// The files by their paths without ending.
pub(super) struct Modules<'u> {
    by_path: HashMap<&'u str, usize>,
    /// By the last part of the path.
    by_name: HashMap<&'u str, Vec<usize>>,
}

impl<'u> Modules<'u> {
    pub(super) fn new(units: &'u [Unit]) -> Self {
        let mut modules = Self { by_path: HashMap::new(), by_name: HashMap::new() };
        for (index, unit) in units.iter().enumerate() {
            let stem = stem(&unit.file);
            modules.by_path.insert(stem, index);
            modules.by_name.entry(stem.rsplit('/').next().unwrap_or(stem)).or_default().push(index);
        }
        modules
    }

    /// What a module gives out by a name: the file and what the name stands for there.
    pub(super) fn resolve(&self, units: &[Unit], from: usize, module: &str, name: &str) -> Vec<(usize, Child)> {
        let Some(target) = self.file(units, from, module) else {
            // `from . import users` names a file.
            let file = self.file(units, from, &format!("{}.{name}", module.trim_end_matches('.')));
            return file.and_then(|file| Some((file, only_router(&units[file])?))).into_iter().collect();
        };
        let unit = &units[target];
        if unit.language == Language::Python {
            let router = unit.routers.iter().rposition(|router| router.name == name && !matches!(router.origin, Origin::Parameter { .. }));
            if let Some(router) = router {
                return vec![(target, Child::Router(router))];
            }
            if let Some(import) = unit.imports.iter().find(|import| import.local == name) {
                return vec![(target, Child::Imported { module: import.module.clone(), name: import.name.clone() })];
            }
            let function = unit.functions.iter().any(|function| function.name == name);
            return function.then(|| (target, Child::Function(name.to_owned()))).into_iter().collect();
        }
        if let Some((_, child)) = unit.exports.iter().find(|(export, _)| export == name) {
            return vec![(target, child.clone())];
        }
        let all = unit.exports.iter().filter(|(export, _)| export == "*").filter_map(|(_, child)| match child {
            Child::Imported { module, .. } => Some((target, Child::Imported { module: module.clone(), name: name.to_owned() })),
            _ => None,
        });
        let all: Vec<(usize, Child)> = all.collect();
        if !all.is_empty() {
            return all;
        }
        only_router(unit).map(|child| (target, child)).into_iter().collect()
    }

    /// The function that a module gives out by a name.
    pub(super) fn function(&self, units: &[Unit], from: usize, module: &str, name: &str) -> Option<(usize, String)> {
        let mut found = self.resolve(units, from, module, name).into_iter().next()?;
        for _ in 0..6 {
            match found.1 {
                Child::Function(function) => return Some((found.0, function)),
                Child::Imported { module, name } => found = self.resolve(units, found.0, &module, &name).into_iter().next()?,
                Child::Router(_) => return None,
            }
        }
        None
    }

    /// The file that a module is, seen from a file.
    fn file(&self, units: &[Unit], from: usize, module: &str) -> Option<usize> {
        let unit = &units[from];
        match unit.language {
            Language::Python => self.python(units, &unit.file, module),
            Language::JavaScript => self.javascript(units, &unit.file, module),
            _ => None,
        }
    }

    fn javascript(&self, units: &[Unit], file: &str, module: &str) -> Option<usize> {
        let module = module.strip_suffix(".js").or(module.strip_suffix(".ts")).or(module.strip_suffix(".mjs")).unwrap_or(module);
        if module.starts_with('.') {
            let folder = file.rsplit_once('/').map_or("", |(folder, _)| folder);
            let path = resolved(folder, module)?;
            return self.exact(&path);
        }
        // `@/routes/users`, `~/routes/users`, `src/routes/users`: below some folder that a setting names.
        let path = module.trim_start_matches(['@', '~', '#']).trim_start_matches('/');
        self.ending(units, file, path).filter(|_| module.contains('/'))
    }

    fn exact(&self, path: &str) -> Option<usize> {
        let index = if path.is_empty() { "index".to_owned() } else { format!("{path}/index") };
        self.by_path.get(path).or_else(|| self.by_path.get(index.as_str())).copied()
    }

    fn python(&self, units: &[Unit], file: &str, module: &str) -> Option<usize> {
        let dots = module.len() - module.trim_start_matches('.').len();
        let path = module.trim_start_matches('.').replace('.', "/");
        if dots > 0 {
            let mut folder = file.rsplit_once('/').map_or("", |(folder, _)| folder);
            for _ in 1..dots {
                folder = folder.rsplit_once('/').map_or("", |(folder, _)| folder);
            }
            let path = match (folder, path.as_str()) {
                ("", path) => path.to_owned(),
                (folder, "") => folder.to_owned(),
                (folder, path) => format!("{folder}/{path}"),
            };
            let package = format!("{path}/__init__");
            return self.by_path.get(path.as_str()).or_else(|| self.by_path.get(package.as_str())).copied();
        }
        self.ending(units, file, &path)
    }

    /// The file whose path ends so; of several, the one nearest to the file that asks.
    fn ending(&self, units: &[Unit], file: &str, path: &str) -> Option<usize> {
        let package = format!("{path}/__init__");
        let index = format!("{path}/index");
        let mut found = Vec::new();
        for wanted in [path, package.as_str(), index.as_str()] {
            let last = wanted.rsplit('/').next().unwrap_or(wanted);
            let candidates = self.by_name.get(last).into_iter().flatten().copied();
            found.extend(candidates.filter(|unit| {
                let stem = stem(&units[*unit].file);
                stem.strip_suffix(wanted).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
            }));
        }
        found.into_iter().max_by_key(|unit| common(&units[*unit].file, file))
    }
}

/// The only router of a file that is made there, else the last.
fn only_router(unit: &Unit) -> Option<Child> {
    let made: Vec<usize> =
        unit.routers.iter().enumerate().filter(|(_, router)| matches!(router.origin, Origin::Made(_))).map(|(index, _)| index).collect();
    (made.len() == 1).then(|| Child::Router(made[0]))
}

fn stem(file: &str) -> &str {
    let (folder, name) = file.rsplit_once('/').map_or(("", file), |(folder, name)| (folder, name));
    let length = name.rsplit_once('.').map_or(name.len(), |(stem, _)| stem.len());
    let folder = if folder.is_empty() { 0 } else { folder.len() + 1 };
    file.get(..folder + length).unwrap_or(file)
}

/// A relative path seen from a folder.
fn resolved(folder: &str, module: &str) -> Option<String> {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in module.split('/') {
        match part {
            "" | "." => {}
            ".." => _ = parts.pop()?,
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}
