//! Lists every file under `rules/`, so that a new one is embedded without being named anywhere.

use std::fs;
use std::path::{Path, PathBuf};

fn main() {
    let root = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets the manifest folder")).join("rules");
    let mut files = Vec::new();
    list(&root, &mut files);
    files.sort();
    let entries: String = files
        .iter()
        .map(|file| {
            let name = file.strip_prefix(&root).expect("listed below the root").to_string_lossy().replace('\\', "/");
            format!("    (\"rules/{name}\", include_str!({file:?})),\n")
        })
        .collect();
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets the output folder")).join("rules.rs");
    fs::write(out, format!("&[\n{entries}]")).expect("the output folder can be written");
}

/// Declarations of rules only: tables in `rules/data` and `rules/frameworks` are embedded by the readers that use them.
fn list(folder: &Path, files: &mut Vec<PathBuf>) {
    println!("cargo::rerun-if-changed={}", folder.display());
    for entry in fs::read_dir(folder).expect("rules/ can be listed").flatten() {
        let path = entry.path();
        if path.is_dir() && !path.ends_with("rules/data") && !path.ends_with("rules/frameworks") {
            list(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "toml") && !path.ends_with("rules/checks.toml") {
            files.push(path);
        }
    }
}
