//! What in the repository has to be brought somewhere to run.
//!
//! File names and the line to point at are data; web projects are the components that serve, which no file name shows.

use std::collections::BTreeSet;

use super::Deployable;
use super::component::Component;
use super::table::{self, TABLE};
use crate::facts::stack::is_product;
use crate::snapshot::{File, Snapshot, Text};

/// Everything to deploy, sorted by file and line.
pub(super) fn read(snapshot: &Snapshot, components: &[Component]) -> Vec<Deployable> {
    let mut found = Vec::new();
    let mut folders = BTreeSet::new();
    for file in snapshot.files().iter().filter(|file| is_product(file)) {
        for rule in TABLE.deployables.iter().filter(|rule| rule.files.matches(file) && !rule.except.matches(file)) {
            if rule.once_a_folder && folders.contains(file.folder()) {
                continue;
            }
            let Some(line) = snapshot.read(file).and_then(|text| line(rule, &text)) else { continue };
            folders.extend(rule.once_a_folder.then(|| file.folder().to_owned()));
            found.push(Deployable { file: file.path.clone(), line, kind: rule.kind.clone() });
            break;
        }
    }
    found.extend(components.iter().filter_map(web_project).filter(|project| is_no_function(project, snapshot)));
    found.sort();
    found.dedup();
    found
}

/// The line that shows it: for a container the last `FROM`, whose image is what is built; else the first that fits.
fn line(rule: &table::Deployable, text: &Text) -> Option<usize> {
    let content = text.as_str();
    let pattern = rule.line.as_ref()?;
    if rule.needs.as_ref().is_some_and(|needs| !needs.is_match(&content)) {
        return None;
    }
    let mut hits = content.lines().zip(1..).filter_map(|(line, number)| Some((pattern.captures(line)?, number)));
    if rule.kind != "container" {
        return hits.next().map(|(_, number)| number);
    }
    let (groups, number) = hits.last()?;
    groups.name("image").is_none_or(|image| !is_service_image(image.as_str())).then_some(number)
}

fn is_service_image(image: &str) -> bool {
    let name = image.split(['@', ':']).next().unwrap_or(image);
    TABLE.images.services.iter().any(|service| name == service || name.strip_prefix("docker.io/library/") == Some(service))
}

fn web_project(component: &Component) -> Option<Deployable> {
    let sign = component.serves.as_ref().or(component.web_page.as_ref())?;
    Some(Deployable { file: sign.at.file.clone(), line: sign.at.line, kind: "web-project".into() })
}

/// A project with a functions host beside it is listed as that.
fn is_no_function(project: &Deployable, snapshot: &Snapshot) -> bool {
    let beside = |file: &File| crate::facts::stack::lock::beside(file, "host.json");
    snapshot.find(&project.file).is_none_or(|file| snapshot.find(&beside(file)).is_none())
}
