//! Pages that the server renders: Razor Pages by the place of their files, components by their `@page`.

use rayon::prelude::*;

use super::trigger::declared;
use super::{Declared, FlowKind, path};
use crate::facts::{At, stack};
use crate::snapshot::{File, Snapshot};

/// How many lines of a page are looked at for its directive.
const HEAD: usize = 30;

/// The pages of the product.
pub(super) fn flows(snapshot: &Snapshot) -> Vec<Declared> {
    let files = snapshot.files().par_iter().filter(|file| stack::is_product(file));
    files.flat_map_iter(|file| pages(snapshot, file)).collect()
}

fn pages(snapshot: &Snapshot, file: &File) -> Vec<Declared> {
    let razor = file.path.ends_with(".razor");
    let place = place(&file.path);
    let Some(below) = place.as_deref().filter(|_| file.path.ends_with(".cshtml")).or(razor.then_some("")) else { return Vec::new() };
    let Some(text) = snapshot.read(file) else { return Vec::new() };
    let text = text.as_str();
    let lines = text.lines().enumerate().take(HEAD);
    let directives =
        lines.filter_map(|(at, line)| Some((at + 1, line.trim().trim_start_matches('\u{feff}').strip_prefix("@page")?.trim())));
    let mut found = Vec::new();
    for (line, template) in directives {
        let template = template.trim_matches('"');
        let whole = template.starts_with('/') || template.starts_with("~/");
        let full = if whole || razor { template.trim_start_matches('~').to_owned() } else { path::join(below, template) };
        let name = file.name().split('.').next().unwrap_or_default();
        let handler = |verb: &str| {
            if razor { vec![name.to_owned()] } else { vec![format!("{name}Model.On{verb}"), format!("{name}Model.On{verb}Async")] }
        };
        let at = At::new(&file.path, line);
        found.push(declared(FlowKind::Page, Some("GET".into()), path::normalise(&full), at.clone(), handler("Get")));
        let posts = !razor && snapshot.read_path(&format!("{}.cs", file.path)).is_some_and(|text| text.as_str().contains(" OnPost"));
        if posts {
            found.push(declared(FlowKind::Page, Some("POST".into()), path::normalise(&full), at, handler("Post")));
        }
    }
    found
}

/// The path that the place of a file below `Pages` gives it: `Pages/Orders/Index.cshtml` is `/Orders`.
fn place(file: &str) -> Option<String> {
    let (above, below) = file.strip_prefix("Pages/").map(|below| ("", below)).or_else(|| file.rsplit_once("/Pages/"))?;
    let stem = below.strip_suffix(".cshtml")?;
    let stem = stem.strip_suffix("/Index").unwrap_or(if stem == "Index" { "" } else { stem });
    let area = above.rsplit_once("Areas/").map_or("", |(_, area)| area);
    Some(path::join(area, stem))
}
