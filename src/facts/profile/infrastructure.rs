//! Declarations of infrastructure, and how much program code stands beside them.

use super::component::Component;
use super::table::TABLE;
use crate::facts::At;
use crate::facts::stack::{is_product, lock::beside};
use crate::snapshot::{File, Snapshot};

/// How many files declare infrastructure and how many are program code.
pub(super) struct Balance {
    /// The first declarations, for a reader to open.
    pub evidence: Vec<At>,
    pub declarations: usize,
    pub code: usize,
}

/// Counts; code of a component that declares infrastructure in a programming language counts as declarations.
pub(super) fn read(snapshot: &Snapshot, components: &[Component]) -> Balance {
    let mut balance = Balance { evidence: Vec::new(), declarations: 0, code: 0 };
    let declared: Vec<String> = components
        .iter()
        .filter(|component| component.infrastructure.is_some())
        .filter_map(|component| snapshot.find(&component.file))
        .map(|manifest| beside(manifest, ""))
        .collect();
    balance.evidence.extend(components.iter().filter_map(|component| component.infrastructure.as_ref()).map(|sign| sign.at.clone()));
    for file in snapshot.files().iter().filter(|file| is_product(file)) {
        if is_code(file) {
            let declares = declared.iter().any(|folder| file.path.starts_with(folder));
            balance.declarations += usize::from(declares);
            balance.code += usize::from(!declares);
        } else if let Some(line) = declaration(snapshot, file) {
            balance.declarations += 1;
            balance.evidence.push(At::new(&file.path, line));
        }
    }
    balance.evidence.truncate(3);
    balance
}

fn is_code(file: &File) -> bool {
    file.name().rsplit_once('.').is_some_and(|(_, extension)| TABLE.code.iter().any(|code| code.eq_ignore_ascii_case(extension)))
}

fn declaration(snapshot: &Snapshot, file: &File) -> Option<usize> {
    TABLE.infrastructure.iter().filter(|sign| sign.files.matches(file)).find_map(|sign| match &sign.content {
        None => Some(1),
        Some(content) => {
            let text = snapshot.read(file)?;
            Some(text.position(content.find(&text.as_str())?.start()).line)
        }
    })
}
