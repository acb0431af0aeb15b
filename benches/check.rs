//! How long the binary takes on generated input: a tree of 7,000 files, a start on one file, five staged files, and a
//! history of 4,000 commits with a quarter and a half of it beside. What is called again remembers the run before.
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

/// Commits of the long history.
const COMMITS: usize = 4_000;

/// A bare repository with one pack, in which each commit changes some lines of one of a hundred files.
fn history(commits: usize) -> TempDir {
    const PARTS: usize = 100;
    let folder = TempDir::new().expect("a temporary folder");
    let repository = Repository::init_bare(folder.path()).expect("a repository");
    let mut seed = Seed(13);
    let mut files: Vec<Vec<String>> = (0..PARTS).map(|_| source(&mut seed, 300).lines().map(str::to_owned).collect()).collect();
    let mut tree: Option<git2::Oid> = None;
    for number in 0..commits.max(PARTS) {
        let file = &mut files[number % PARTS];
        for _ in 0..5 {
            let (at, length) = (seed.next() as usize, file.len());
            file[at % length] = format!("    var entry{:x} = orders.Find(\"{:x}\");", seed.next() % 65_536, seed.next());
        }
        let blob = repository.blob(file.join("\n").as_bytes()).expect("a blob");
        let before = tree.map(|tree| repository.find_tree(tree).expect("the tree before"));
        let mut builder = repository.treebuilder(before.as_ref()).expect("a tree");
        builder.insert(format!("Part{}.cs", number % PARTS), blob, 0o100_644).expect("an entry");
        tree = Some(builder.write().expect("a tree"));
        let person = Signature::new("Ada", "ada@example.org", &Time::new(1_600_000_000 + number as i64 * 600, 0)).expect("a person");
        let parent = repository.head().ok().and_then(|head| head.peel_to_commit().ok());
        let now = repository.find_tree(tree.expect("it was made")).expect("the tree");
        let parents: Vec<&git2::Commit<'_>> = parent.iter().collect();
        repository.commit(Some("HEAD"), &person, &person, "Another", &now, &parents).expect("a commit");
    }
    pack(&repository);
    folder
}

/// Moves all objects into one pack, as a clone has them.
fn pack(repository: &Repository) {
    let mut builder = repository.packbuilder().expect("a pack");
    let mut walk = repository.revwalk().expect("a walk");
    walk.push_head().expect("a head");
    builder.insert_walk(&mut walk).expect("all objects");
    let objects = repository.path().join("objects");
    builder.write(&objects.join("pack"), 0).expect("the pack is written");
    for folder in std::fs::read_dir(&objects).expect("objects").flatten().filter(|folder| folder.file_name().len() == 2) {
        std::fs::remove_dir_all(folder.path()).expect("a folder of loose objects");
    }
}

fn run(arguments: &[&str], root: &Path) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_handover"));
    command.env("HANDOVER_CACHE", concat!(env!("CARGO_TARGET_TMPDIR"), "/cache"));
    let status = command.args(arguments).arg(root).stdout(Stdio::null()).stderr(Stdio::null()).status().expect("the program runs");
    assert!(matches!(status.code(), Some(0 | 1)), "{status}");
}

fn benchmarks(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("check");
    group.sample_size(10).measurement_time(Duration::from_secs(10));
    let large = tree(FILES);
    group.bench_function("tree of 7,000 files", |bencher| bencher.iter(|| run(&["check", "--no-cache"], large.path())));
    group.bench_function("tree of 7,000 files, again", |bencher| bencher.iter(|| run(&["check"], large.path())));
    stage(large.path(), 5);
    group.bench_function("five staged of 7,000 files", |bencher| bencher.iter(|| run(&["check", "--staged"], large.path())));
    let small = tree(1);
    group.bench_function("start on one file", |bencher| bencher.iter(|| run(&["check"], small.path())));
    for (name, commits) in [("history, a quarter", COMMITS / 4), ("history, a half", COMMITS / 2), ("history", COMMITS)] {
        let repository = history(commits);
        let arguments = ["check", "--history", "--only", "secrets/history", "--rev", "HEAD"];
        group.bench_function(name, |bencher| bencher.iter(|| run(&[&arguments[..], &["--no-cache"]].concat(), repository.path())));
        let again = format!("{name}, again");
        group.bench_function(&again, |bencher| bencher.iter(|| run(&arguments, repository.path())));
    }
    group.finish();
}

criterion_group!(all, benchmarks);
criterion_main!(all);
