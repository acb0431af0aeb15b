//! Reads the checklist, and refuses what is wrong with it with file, line and the nearest right word.

use super::{Check, Need};
use crate::error::Result;
use crate::facts::Area;
use crate::facts::profile::Profile;
use crate::matcher::fact::schema::Shape;
use crate::rule::Declared;
use crate::rule::load::{area_of, at_mistake, line_of, parse, wrong};
use crate::severity::Severity;

/// `rules/checks.toml` as written.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct CheckFile {
    area: Vec<AreaDeclaration>,
    check: Vec<toml::Spanned<CheckDeclaration>>,
}

/// An area of the checklist.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AreaDeclaration {
    /// The area.
    pub id: Area,
    /// Its question, from the readiness checklist.
    pub question: String,
    /// Its weight in the total.
    pub weight: f64,
}

#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct CheckDeclaration {
    id: String,
    title: String,
    question: String,
    severity: Severity,
    #[serde(default)]
    profiles: Vec<Profile>,
    #[serde(default)]
    needs: Vec<Need>,
    #[serde(default)]
    of_history: bool,
}

/// Reads the checklist.
///
/// # Errors
/// The first thing that is wrong with it.
pub fn read(file: &str, text: &str) -> Result<(Vec<AreaDeclaration>, Vec<Check>)> {
    let declared: CheckFile = parse(file, text)?;
    let mut checks: Vec<Check> = Vec::new();
    for entry in declared.check {
        let at = Declared { file: file.to_owned(), line: line_of(text, entry.span().start) };
        let check = entry.into_inner();
        let area = area_of(&check.id).ok_or_else(|| wrong(&at, format!("`{}` is not `area/name` in kebab case", check.id), None))?;
        if checks.iter().any(|other| other.id == check.id) {
            return Err(wrong(&at, format!("there are two checks `{}`", check.id), None));
        }
        for need in &check.needs {
            for (of, conditions) in need.parts() {
                Shape::of(of).and_then(|shape| shape.conditions(conditions)).map_err(|mistake| at_mistake(&at, &check.id, mistake))?;
            }
        }
        let CheckDeclaration { id, title, question, severity, profiles, needs, of_history } = check;
        checks.push(Check { id, area, title, question, severity, profiles, needs, of_history, declared: at });
    }
    Ok((declared.area, checks))
}
