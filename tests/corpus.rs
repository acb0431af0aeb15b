//! What fuzzing found worth keeping is read again by every reader: none of it stops one.

use std::path::Path;

#[path = "../fuzz/readers.rs"]
mod readers;

#[test]
fn every_file_of_the_corpus_is_read() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    let targets =
        [("code", readers::CODE), ("documents", readers::DOCUMENTS), ("manifests", readers::MANIFESTS), ("pipelines", readers::PIPELINES)];
    for (target, names) in targets {
        let files: Vec<_> = std::fs::read_dir(corpus.join(target)).unwrap().flatten().collect();
        assert!(files.len() >= 50, "{target}");
        for file in files {
            readers::read(names, &std::fs::read(file.path()).unwrap());
        }
    }
}

#[test]
fn every_file_of_the_corpora_of_secrets_is_scanned() {
    replay("secrets", readers::scan);
    replay("encoded", readers::scan_encoded);
}

#[test]
fn every_file_of_the_corpus_of_packs_is_read() {
    assert_eq!(readers::read_past(b""), 9, "eight versions in the pack and one beside it");
    replay("packs", |damage| {
        readers::read_past(damage);
    });
}

fn replay(target: &str, scan: fn(&[u8])) {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let files: Vec<_> = std::fs::read_dir(corpus).unwrap().flatten().collect();
    assert!(files.len() >= 10, "{target}");
    files.iter().for_each(|file| scan(&std::fs::read(file.path()).unwrap()));
}
