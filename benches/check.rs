//! How long the binary takes on generated input: a tree of 7,000 files, a start on one file, five staged files.
//!
//! `cargo bench` measures whole runs of the program, as a user waits for them. The input is made anew from a fixed seed,
//! so anyone can repeat a figure; figures of different machines are not compared.

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use git2::{IndexAddOption, Repository, Signature, Time};
use tempfile::TempDir;

/// Files of the large tree, about what a service of some years has.
const FILES: usize = 7_000;

/// A small generator (splitmix64), so that no run differs from another.
struct Seed(u64);

impl Seed {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
}

/// Source that looks like C#: names, calls, strings, now and then a word that rules look for.
fn source(seed: &mut Seed, lines: usize) -> String {
    const WORDS: [&str; 12] =
        ["account", "token", "password", "order", "Endpoint", "configuration", "secret", "client", "connection", "entry", "balance", "key"];
    let mut text = String::from("namespace Shop;\n\npublic class Part\n{\n");
    for _ in 0..lines {
        let (a, b) = (WORDS[(seed.next() % 12) as usize], WORDS[(seed.next() % 12) as usize]);
        let _ = writeln!(
            text,
            "    public Task<int> {a}{:x}(string {b}) => {b}Service.Run(\"{a} {b}\", {});",
            seed.next() % 4096,
            seed.next() % 100
        );
    }
    text + "}\n"
}

fn tree(files: usize) -> TempDir {
    let folder = TempDir::new().expect("a temporary folder");
    let mut seed = Seed(7);
    for number in 0..files {
        let at = folder.path().join(format!("src/Part{}/File{number}.cs", number / 50));
        std::fs::create_dir_all(at.parent().expect("below src")).expect("a folder");
        let lines = 20 + (seed.next() % 150) as usize;
        std::fs::write(at, source(&mut seed, lines)).expect("a file");
    }
    std::fs::write(folder.path().join("README.md"), "# Shop\n\n## Run\n\n```sh\ndotnet run --project src\n```\n").expect("a file");
    let repository = Repository::init(folder.path()).expect("a repository");
    commit(&repository);
    folder
}

fn commit(repository: &Repository) {
    let mut index = repository.index().expect("an index");
    index.add_all(["*"], IndexAddOption::DEFAULT, None).expect("files are staged");
    index.write().expect("the index is written");
    let tree = repository.find_tree(index.write_tree().expect("a tree")).expect("the tree");
    let person = Signature::new("Ada", "ada@example.org", &Time::new(1_717_243_200, 0)).expect("a person");
    repository.commit(Some("HEAD"), &person, &person, "All of it", &tree, &[]).expect("a commit");
}

fn stage(root: &Path, files: usize) {
    let repository = Repository::open(root).expect("the repository");
    let mut index = repository.index().expect("an index");
    let mut seed = Seed(11);
    for number in 0..files {
        let path = format!("src/Part0/New{number}.cs");
        std::fs::write(root.join(&path), source(&mut seed, 80)).expect("a file");
        index.add_path(Path::new(&path)).expect("a file is staged");
    }
    index.write().expect("the index is written");
}

fn run(arguments: &[&str], root: &Path) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_handover"));
    let status = command.args(arguments).arg(root).stdout(Stdio::null()).stderr(Stdio::null()).status().expect("the program runs");
    assert!(matches!(status.code(), Some(0 | 1)), "{status}");
}

fn benchmarks(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("check");
    group.sample_size(10).measurement_time(Duration::from_secs(10));
    let large = tree(FILES);
    group.bench_function("tree of 7,000 files", |bencher| bencher.iter(|| run(&["check"], large.path())));
    stage(large.path(), 5);
    group.bench_function("five staged of 7,000 files", |bencher| bencher.iter(|| run(&["check", "--staged"], large.path())));
    let small = tree(1);
    group.bench_function("start on one file", |bencher| bencher.iter(|| run(&["check"], small.path())));
    group.finish();
}

criterion_group!(all, benchmarks);
criterion_main!(all);
