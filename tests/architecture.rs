//! One direction: each stage knows only the stages before it.

use std::path::{Path, PathBuf};

/// The stages in order; a module may use what stands before it and its own.
const STAGES: &[&str] = &[
    "error", "table", "severity", "snapshot", "facts", "matcher", "rule", "finding", "check", "catalog", "config", "score", "report",
    "run", "cli",
];

fn sources(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

fn stage(module: &str) -> Option<usize> {
    STAGES.iter().position(|stage| *stage == module)
}

#[test]
fn no_stage_uses_a_later_one() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    let mut wrong = Vec::new();
    for file in files {
        let relative = file.strip_prefix(&root).unwrap();
        let module = relative.iter().next().unwrap().to_str().unwrap().trim_end_matches(".rs").to_owned();
        let Some(own) = stage(&module) else {
            assert!(["main", "lib"].contains(&module.as_str()), "src/{module} has no stage: name it in STAGES");
            continue;
        };
        if file.file_name().is_some_and(|name| name == "tests.rs") && relative != Path::new("facts/tests.rs") {
            continue;
        }
        let text = std::fs::read_to_string(&file).unwrap();
        let text = text.split("#[cfg(test)]").next().unwrap();
        for used in text.split("crate::").skip(1).map(|rest| rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap()) {
            if stage(used).is_some_and(|used| used > own) {
                wrong.push(format!("{} uses crate::{used}", relative.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
