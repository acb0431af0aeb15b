//! Whose knowledge the code rests on: the degree of authorship of each file, and how many authors would have to leave
//! for half of the files to have no author left.
//!
//! Both as published: G. Avelino, L. Passos, A. Hora, M. T. Valente, "A Novel Approach for Estimating Truck Factors",
//! ICPC 2016, <https://arxiv.org/abs/1604.06766>. It is an estimate by what people changed; who reviewed or operates the
//! code without changing it is not seen. Who changed what, and what of it is left out, is told by the snapshot.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::LazyLock;

use serde::Deserialize;

use super::{Author, Knowledge};
use crate::facts::table;
use crate::facts::test_command::is_code;
use crate::snapshot::{Authorship, Cache, File, FileAuthors, PathClass, Snapshot};

/// What a file's author is known by, before anything is counted (the constant term of the model).
const BASE: f64 = 3.293;
/// What it adds to have added the file.
const FIRST: f64 = 1.098;
/// What each change of one's own adds.
const OWN: f64 = 0.164;
/// What the changes of others take away, by their logarithm.
const OTHERS: f64 = 0.321;
/// Who has more than this share of the highest degree is an author as well.
const AUTHOR_SHARE: f64 = 0.75;
/// The truck factor is reached when fewer than this share of the files have an author.
const COVERED: f64 = 0.5;

/// With fewer files of code, whoever takes over reads them all in a day: nothing is said of the whole or a part.
const LEAST_FILES: usize = 10;
/// With fewer commits, history is more of a delivery than of a development, and names who delivered.
const LEAST_COMMITS: usize = 10;
/// The top folder that holds nearly all code (in percent) is the project, and its folders are the components.
const NEARLY_ALL: usize = 90;
/// So many authors are listed.
const LISTED: usize = 20;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    containers: BTreeSet<String>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| table("components.toml", include_str!("../../../rules/data/components.toml")));

/// Who knows the code, or why it cannot be told; with what remains unsure.
#[derive(Debug, Default)]
pub struct Reading {
    /// The whole first, then its components by path; empty where there is little code.
    pub(super) knowledge: Option<Vec<Knowledge>>,
    /// Why it is not known, or not for sure.
    pub(super) doubt: Option<String>,
}

/// Reads history, or what an earlier run remembered of it; this takes longer than any other part, and needs none of them.
#[must_use]
pub fn read(snapshot: &Snapshot, cache: Option<&Cache>) -> Reading {
    let is_counted = |file: &&File| matches!(file.class, PathClass::Source | PathClass::Test) && is_code(file.name());
    let files: Vec<&File> = snapshot.files().iter().filter(is_counted).collect();
    if files.is_empty() {
        return Reading { knowledge: Some(Vec::new()), doubt: None };
    }
    let known = snapshot.authorship(&files, &is_code, cache).and_then(|authorship| {
        let knowledge = of(&authorship, files.len())?;
        Ok((knowledge, authorship.cut_off.then(|| "only the newest part of a very long history was read".to_owned())))
    });
    match known {
        Ok((knowledge, doubt)) => Reading { knowledge: Some(knowledge), doubt },
        Err(reason) => Reading { knowledge: None, doubt: Some(reason) },
    }
}

/// Who knows the whole and its components, of so many files.
fn of(authorship: &Authorship, files: usize) -> Result<Vec<Knowledge>, String> {
    tells_enough(authorship, files)?;
    if files < LEAST_FILES {
        return Ok(Vec::new());
    }
    let authored: Vec<(&str, Vec<usize>)> = authorship.files.iter().map(|(path, file)| (path.as_str(), authors(file))).collect();
    let whole = truck_factor("", &authored.iter().map(|(_, authors)| authors.as_slice()).collect::<Vec<_>>(), &authorship.people);
    let Some(whole) = whole else { return Err("so many people changed most files that none stands out as their author".into()) };
    let mut components: BTreeMap<&str, Vec<&[usize]>> = BTreeMap::new();
    let project = project_folder(authorship);
    for (path, authors) in &authored {
        if let Some(component) = component(path, project) {
            components.entry(component).or_default().push(authors);
        }
    }
    let mut all = vec![whole];
    for (path, files) in components.into_iter().filter(|(_, files)| files.len() >= LEAST_FILES) {
        let Some(mut part) = truck_factor(path, &files, &authorship.people) else { continue };
        part.as_the_whole = all[0].truck_factor == 1 && part.truck_factor == 1 && part.lead == all[0].lead;
        all.push(part);
    }
    Ok(all)
}

/// Whether history is more than a delivery of what was made elsewhere.
fn tells_enough(authorship: &Authorship, files: usize) -> Result<(), String> {
    if authorship.commits < LEAST_COMMITS {
        let commits = match authorship.commits {
            0 => "no commit".to_owned(),
            1 => "one commit".to_owned(),
            count => format!("{count} commits"),
        };
        return Err(format!("history holds {commits} of people, too little to tell who knows the code"));
    }
    if authorship.files.len() * 2 < files {
        return Err("most files of code are not in history yet".into());
    }
    let mut brought: HashMap<usize, usize> = HashMap::new();
    authorship.files.values().filter_map(|file| file.only_commit).for_each(|commit| *brought.entry(commit).or_default() += 1);
    match brought.into_values().max() {
        Some(most) if most * 2 > authorship.files.len() => Err(format!(
            "one commit brought {most} of {} files of code, which nobody changed since: history does not show who wrote them",
            authorship.files.len()
        )),
        _ => Ok(()),
    }
}

/// The authors of a file by the degree of authorship.
fn authors(file: &FileAuthors) -> Vec<usize> {
    let degree = |part: &crate::snapshot::Part| {
        let others = file.changes.saturating_sub(part.changes);
        BASE + FIRST * f64::from(u8::from(part.added)) + OWN * part.changes as f64 - OTHERS * (1.0 + others as f64).ln()
    };
    let highest = file.by.iter().map(degree).fold(0.0, f64::max);
    let is_author = |part: &&crate::snapshot::Part| degree(part) / highest > AUTHOR_SHARE && (degree(part) >= BASE || part.added);
    file.by.iter().filter(is_author).map(|part| part.author).collect()
}

/// Removes the author of most files until fewer than half of the files have an author; none where that is so at first.
fn truck_factor(path: &str, files: &[&[usize]], people: &[String]) -> Option<Knowledge> {
    let mut counts: HashMap<usize, usize> = HashMap::new();
    files.iter().flat_map(|authors| authors.iter()).for_each(|author| *counts.entry(*author).or_default() += 1);
    let name = |author: usize| people.get(author).map_or("", String::as_str);
    let mut ranked: Vec<(usize, usize)> = counts.into_iter().collect();
    ranked.sort_by(|(a, count_a), (b, count_b)| count_b.cmp(count_a).then_with(|| (name(*a), a).cmp(&(name(*b), b))));
    let rank: HashMap<usize, usize> = ranked.iter().enumerate().map(|(rank, (author, _))| (*author, rank)).collect();
    // The rank of the last author of each file to be removed says how long it is covered.
    let mut covered_by: Vec<usize> = vec![0; ranked.len()];
    for authors in files {
        if let Some(last) = authors.iter().map(|author| rank[author]).max() {
            covered_by[last] += 1;
        }
    }
    let mut covered: usize = covered_by.iter().sum();
    let mut truck_factor = 0;
    while covered as f64 >= COVERED * files.len() as f64 && truck_factor < ranked.len() {
        covered -= covered_by[truck_factor];
        truck_factor += 1;
    }
    let (first, most) = *ranked.first().filter(|_| truck_factor > 0)?;
    let share = |count: usize| (count as f64 / files.len() as f64 * 1000.0).round() / 1000.0;
    Some(Knowledge {
        path: path.to_owned(),
        truck_factor,
        files: files.len(),
        lead: name(first).to_owned(),
        lead_percent: most * 100 / files.len(),
        as_the_whole: false,
        authors: ranked
            .iter()
            .take(LISTED)
            .map(|(author, count)| Author { name: name(*author).to_owned(), share: share(*count) })
            .collect(),
    })
}

/// The top folder that holds nearly all code, if one does.
fn project_folder(authorship: &Authorship) -> Option<&str> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    authorship.files.keys().filter_map(|path| path.split_once('/')).for_each(|(top, _)| *counts.entry(top).or_default() += 1);
    counts.into_iter().find(|(_, count)| count * 100 >= authorship.files.len() * NEARLY_ALL).map(|(top, _)| top)
}

/// The component that a file belongs to: its top folder, or the one below where that is only a container.
fn component<'p>(path: &'p str, project: Option<&str>) -> Option<&'p str> {
    let (top, rest) = path.split_once('/')?;
    let opened = Some(top) == project || TABLE.containers.contains(top);
    match rest.split_once('/').filter(|_| opened) {
        Some((below, _)) => Some(&path[..top.len() + 1 + below.len()]),
        None => Some(top),
    }
}

#[cfg(test)]
mod tests;
