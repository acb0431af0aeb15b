//! Texts with `${name:default}`, as Spring fills them in: files of properties, and values that are injected.

use super::Read;
use super::names::{is_name, is_own, is_upper};
use crate::facts::At;
use crate::facts::configuration::table::{Form, TABLE};
use crate::snapshot::{PathClass, Snapshot};

/// Reads the variables that the settings files of Spring refer to.
pub(super) fn read(snapshot: &Snapshot) -> Vec<Read> {
    let mut found = Vec::new();
    let is_settings = |name: &str| {
        (name.starts_with("application") || name.starts_with("bootstrap"))
            && [".yml", ".yaml", ".properties"].iter().any(|ending| name.ends_with(ending))
    };
    for file in snapshot.files().iter().filter(|file| file.class == PathClass::Source && is_settings(file.name())) {
        if !TABLE.declared.trees.matches(file) || !file.path.contains("resources/") {
            continue;
        }
        let Some(text) = snapshot.read(file) else { continue };
        for (at, line) in text.as_str().lines().enumerate() {
            if line.contains("${") && !line.trim_start().starts_with('#') {
                of(line, &At::new(&file.path, at + 1), true, &mut found);
            }
        }
    }
    found
}

/// Reads the names that are filled into a text; a property that refers to another is no setting of its own.
pub(super) fn of(text: &str, at: &At, variables_only: bool, found: &mut Vec<Read>) {
    for part in text.split("${").skip(1) {
        let inside = part.split('}').next().unwrap_or_default();
        let (name, default) = inside.split_once(':').map_or((inside, None), |(name, default)| (name, Some(default)));
        let name = name.trim();
        let form = if is_upper(name) { Form::Variable } else { Form::Key };
        if is_name(form, name) && is_own(name) && (form == Form::Variable || !variables_only) {
            found.push(Read {
                name: name.to_owned(),
                at: at.clone(),
                absence: default.is_some().into(),
                form,
                exact: form == Form::Variable,
            });
        }
    }
}
