//! Secrets of the past, as `check --history` tells them, over every way in which git keeps objects.

use std::fs;
use std::path::{Path, PathBuf};

use git2::{ObjectType, Oid, Signature, Time};
use handover::rule::placeholder::expand;
use serde_json::Value;

use crate::support::{Repo, command, handover};

const ADA: (&str, &str) = ("Ada", "ada@example.org");
const BEA: (&str, &str) = ("Bea", "bea@example.org");

fn line(seed: &str) -> String {
    expand("const url = 'postgresql://app:{alnum:18}@db.shop-platform.io/app'\n", seed).unwrap()
}

fn report(repo: &Repo, more: &[&str]) -> Value {
    let output = handover(&[&["check", "--format", "json"], more, &[repo.path()]].concat());
    for secret in repo.secrets() {
        assert!(!output.stdout.contains(&secret) && !output.stderr.contains(&secret), "{}", output.stdout);
    }
    serde_json::from_str(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}{}", output.stdout, output.stderr))
}

fn check<'r>(report: &'r Value, id: &str) -> Option<&'r Value> {
    report["checks"].as_array().unwrap().iter().find(|check| check["check"] == id)
}

/// The check `secrets/history`.
fn past(repo: &Repo, more: &[&str]) -> Value {
    check(&report(repo, &[&["--history"], more].concat()), "secrets/history").unwrap().clone()
}

/// Path, author and ref of each finding of the past, and whether it is in the tip.
fn told(check: &Value) -> Vec<(String, String, String, bool)> {
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let findings = check["findings"].as_array().unwrap().iter();
    findings
        .map(|finding| {
            let history = &finding["history"];
            let path = text(&finding["places"][0]["path"]);
            (path, text(&history["author"]), text(&history["reached_by"]), history["in_tip"] == true)
        })
        .collect()
}

fn entry(path: &str, author: &str, reached_by: &str, in_tip: bool) -> (String, String, String, bool) {
    (path.into(), author.into(), reached_by.into(), in_tip)
}

/// A repository whose second commit brings a password in, whose third moves it and whose fourth takes it out.
fn removed() -> Repo {
    Repo::new("shop")
        .file("README.md", b"# Shop\n")
        .commit_by(ADA, "First")
        .file("src/db.js", line("one").as_bytes())
        .commit_by(BEA, "A database")
        .without("src/db.js")
        .file("lib/db.js", line("one").as_bytes())
        .commit_by(ADA, "Moved")
        .without("lib/db.js")
        .commit_by(ADA, "Out of the environment")
}

#[test]
fn a_secret_that_was_taken_out_is_told_with_the_commit_that_brought_it_in() {
    let repo = removed();
    assert!(check(&report(&repo, &[]), "secrets/history").is_none(), "nobody asked");
    let past = past(&repo, &[]);
    assert_eq!((&past["outcome"], told(&past)), (&"fail".into(), vec![entry("src/db.js", "Bea", "HEAD", false)]));
    let history = &past["findings"][0]["history"];
    assert_eq!((&history["date"], &history["path"]), (&"2024-06-01".into(), &"src/db.js".into()));
    let commit = repo.git().head().unwrap().peel_to_commit().unwrap().parent(0).unwrap().parent(0).unwrap().id();
    assert_eq!(history["commit"], commit.to_string());
    let text = handover(&["check", "--history", repo.path()]).stdout;
    assert!(text.contains("no longer in the tip"), "{text}");
}

#[test]
fn a_secret_that_is_still_here_is_told_once() {
    let repo =
        Repo::new("shop").file("src/db.js", line("one").as_bytes()).commit_by(BEA, "First").file("a.txt", b"a\n").commit_by(ADA, "Second");
    let report = report(&repo, &["--history"]);
    assert_eq!(check(&report, "secrets/history").unwrap()["outcome"], "pass");
    let here: Vec<&Value> = report["checks"].as_array().unwrap().iter().flat_map(|check| check["findings"].as_array().unwrap()).collect();
    let here: Vec<&&Value> = here.iter().filter(|finding| !finding["history"].is_null()).collect();
    assert_eq!(here.len(), 1);
    assert_eq!((&here[0]["history"]["author"], &here[0]["history"]["in_tip"]), (&"Bea".into(), &true.into()));
}

/// A store of keys as Java writes them, with one entry: a key, or a certificate.
fn store(entry: u8) -> Vec<u8> {
    let head = [0xFE, 0xED, 0xFE, 0xED, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, entry, 0, 1, b'a'];
    let certificate = [&[0; 9], b"\x05X.509".as_slice(), &[0, 0, 0, 2, 0x30, 0]].concat();
    [head.as_slice(), if entry == 1 { &[7; 60] } else { &certificate }].concat()
}

#[test]
fn a_store_of_keys_that_was_taken_out_is_told_whatever_its_name() {
    let repo = Repo::new("shop")
        .file("README.md", b"# Shop\n")
        .file("conf/identity", &store(1))
        .file("conf/ca", &store(2))
        .file("app/debug.keystore", &[store(1), vec![1]].concat())
        .commit_by(BEA, "Identity")
        .without("conf/identity")
        .without("conf/ca")
        .without("app/debug.keystore")
        .commit_by(ADA, "Out");
    let cache = tempfile::TempDir::new().unwrap();
    let past = agrees(&repo, cache.path(), &[]);
    assert_eq!((&past["outcome"], told(&past)), (&"fail".into(), vec![entry("conf/identity", "Bea", "HEAD", false)]));
    assert_eq!(past["findings"][0]["rule"], "secrets/committed-key-file");
    let alone = agrees(&repo, cache.path(), &["--only", "secrets/history"]);
    assert_eq!(alone["findings"], past["findings"], "with this check alone");
    let text = handover(&["check", "--history", repo.path()]).stdout;
    assert!(text.contains("conf/identity") && text.contains("no longer in the tip"), "{text}");
}

#[test]
fn a_store_of_keys_that_is_still_here_is_told_once_and_with_its_commit() {
    let repo = Repo::new("shop").file("README.md", b"# Shop\n").file("conf/identity", &store(1)).commit_by(BEA, "Identity");
    let report = report(&repo, &["--history"]);
    assert_eq!(check(&report, "secrets/history").unwrap()["outcome"], "pass");
    let here = told(check(&report, "secrets/committed-files").unwrap());
    assert_eq!(here, [entry("conf/identity", "Bea", "HEAD", true)]);
    assert_eq!(past(&repo, &["--only", "secrets/history"])["outcome"], "pass");
}

#[test]
fn other_branches_and_lost_objects_are_read_and_named() {
    let repo = Repo::new("shop").file("README.md", b"# Shop\n").commit_by(ADA, "First");
    let git = repo.git();
    let first = git.head().unwrap().peel_to_commit().unwrap();
    let person = Signature::new("Cy", "cy@example.org", &Time::new(1_717_243_300, 0)).unwrap();
    let commit = |seed: &str, to: Option<&str>| {
        let mut tree = git.treebuilder(None).unwrap();
        tree.insert("side.js", git.blob(line(seed).as_bytes()).unwrap(), 0o100_644).unwrap();
        let tree = git.find_tree(tree.write().unwrap()).unwrap();
        git.commit(to, &person, &person, "Aside", &tree, &[&first]).unwrap()
    };
    commit("two", Some("refs/heads/side"));
    commit("three", None);
    let blob = git.blob(line("four").as_bytes()).unwrap();
    let past = past(&repo, &[]);
    let mut told = told(&past);
    told.sort();
    let lost = entry(&format!("blob:{blob}"), "-", "-", false);
    assert_eq!(told, [lost, entry("side.js", "Cy", "-", false), entry("side.js", "Cy", "refs/heads/side", false)]);
}

#[test]
fn a_part_of_the_past_is_bounded_by_a_revision_or_a_day() {
    let repo = removed();
    let first = repo.git().revparse_single("HEAD~3").unwrap().id().to_string();
    let second = repo.git().revparse_single("HEAD~2").unwrap().id().to_string();
    for (since, found) in [(first.as_str(), 1), (&second, 0), ("2024-06-01", 1), ("2024-06-02", 0)] {
        let report = report(&repo, &["--history-since", since]);
        assert_eq!(told(check(&report, "secrets/history").unwrap()).len(), found, "{since}");
        assert!(report["subject"]["deviations"].to_string().contains(since), "a part is no whole");
    }
    let wrong = handover(&["check", "--history-since", "nowhere", repo.path()]);
    assert_eq!((wrong.code, wrong.stderr.contains("`nowhere` names no commit here")), (2, true), "{}", wrong.stderr);
}

#[test]
fn what_has_no_history_says_so() {
    let folder = tempfile::TempDir::new().unwrap();
    fs::write(folder.path().join("a.txt"), "a\n").unwrap();
    let output = handover(&["check", "--history", folder.path().to_str().unwrap()]);
    assert_eq!((output.code, output.stderr.contains("--history")), (2, true), "{}", output.stderr);
    let empty = Repo::new("empty").file("a.txt", b"a\n");
    assert_eq!(past(&empty, &[])["outcome"], "pass");
    let named = report(&empty, &["--only", "secrets/history"]);
    assert_eq!(check(&named, "secrets/history").unwrap()["outcome"], "unknown");
    assert_eq!(handover(&["check", "--history", "--staged", empty.path()]).code, 2);
    let explained = handover(&["explain", "secrets/history"]).stdout;
    assert!(explained.contains("Asked only with `--history`"), "{explained}");
}

/// Moves all objects of a repository into one pack, with deltas among them.
fn pack(repo: &Repo) -> PathBuf {
    let git = repo.git();
    let mut builder = git.packbuilder().unwrap();
    let mut ids = Vec::new();
    let mut gather = |id: &Oid| {
        ids.push(*id);
        true
    };
    git.odb().unwrap().foreach(&mut gather).unwrap();
    ids.iter().for_each(|id| builder.insert_object(*id, None).unwrap());
    let objects = git.path().join("objects");
    builder.write(&objects.join("pack"), 0).unwrap();
    for folder in fs::read_dir(&objects).unwrap().flatten().filter(|folder| folder.file_name().len() == 2) {
        fs::remove_dir_all(folder.path()).unwrap();
    }
    let packs = fs::read_dir(objects.join("pack")).unwrap().flatten().map(|entry| entry.path());
    packs.into_iter().find(|path| path.extension().is_some_and(|extension| extension == "pack")).unwrap()
}

/// Fifty versions of a file, of which some hold a password each, in one pack.
fn versions() -> (Repo, PathBuf) {
    let mut repo = Repo::new("shop");
    let lines: String = (0..400).map(|at| format!("  route('/orders/{at}', handler{at});\n")).collect();
    for version in 0..50 {
        let secret = if version % 10 == 3 { line(&format!("version {version}")) } else { String::new() };
        repo = repo.file("src/app.js", format!("{secret}{lines}// {version}\n").as_bytes()).commit_by(ADA, "Another");
    }
    let pack = pack(&repo);
    (repo, pack)
}

#[test]
fn packs_are_read_to_the_last_delta_and_by_any_number_of_threads() {
    let (repo, pack) = versions();
    assert!(fs::metadata(&pack).unwrap().len() < 40_000, "there are deltas");
    let past = past(&repo, &[]);
    assert_eq!(told(&past), vec![entry("src/app.js", "Ada", "HEAD", false); 5]);
    let one = handover(&["check", "--format", "json", "--history", "--jobs", "1", repo.path()]).stdout;
    assert_eq!(one, handover(&["check", "--format", "json", "--history", "--jobs", "4", repo.path()]).stdout);
}

/// Changes one byte of a file that only its owner may read.
fn damage(path: &Path, at: usize) {
    let mut bytes = fs::read(path).unwrap();
    bytes[at] ^= 0x55;
    fs::remove_file(path).unwrap();
    fs::write(path, bytes).unwrap();
}

#[test]
fn damage_costs_what_it_hits_and_is_never_a_pass() {
    let (repo, pack) = versions();
    let length = usize::try_from(fs::metadata(&pack).unwrap().len()).unwrap();
    let whole = fs::read(&pack).unwrap();
    for at in (12..length - 20).step_by(length / 60) {
        damage(&pack, at);
        let output = handover(&["check", "--format", "json", "--history", repo.path()]);
        assert!(output.code <= 3 && !output.stderr.contains("panicked"), "{at}: {}", output.stderr);
        if let Ok(report) = serde_json::from_str::<Value>(&output.stdout) {
            let past = check(&report, "secrets/history").unwrap();
            let whole = report["read"]["history"]["unread"].as_array().unwrap().is_empty();
            assert!(past["outcome"] != "pass" && (!whole || told(past).len() == 5), "{at}: {past}");
        }
        fs::write(&pack, &whole).unwrap();
    }
    fs::remove_file(pack.with_extension("idx")).unwrap();
    let output = handover(&["check", "--format", "json", "--history", repo.path()]);
    assert!(!output.stderr.contains("panicked"), "{}", output.stderr);
}

#[test]
fn a_shallow_clone_and_a_lost_loose_object_leave_it_unknown() {
    let repo = Repo::new("shop").file("a.txt", b"a\n").commit_by(ADA, "First").file("a.txt", b"b\n").commit_by(ADA, "Second");
    let head = repo.git().head().unwrap().target().unwrap();
    fs::write(repo.git().path().join("shallow"), format!("{head}\n")).unwrap();
    let shallow = past(&repo, &[]);
    assert_eq!((&shallow["outcome"], shallow["reason"].to_string().contains("shallow")), (&"unknown".into(), true));
    let repo = removed();
    fs::write(repo.git().path().join("shallow"), format!("{}\n", repo.git().head().unwrap().target().unwrap())).unwrap();
    let found = past(&repo, &[]);
    assert_eq!((&found["outcome"], told(&found).len()), (&"fail".into(), 1), "what is found stands whatever is not read");
    let repo = Repo::new("shop").file("a.txt", b"a\n").commit_by(ADA, "First").file("a.txt", b"b\n").commit_by(ADA, "Second");
    let blob = Oid::hash_object(ObjectType::Blob, b"a\n").unwrap().to_string();
    let file = repo.git().path().join("objects").join(&blob[..2]).join(&blob[2..]);
    fs::remove_file(&file).unwrap();
    fs::write(&file, b"no object").unwrap();
    let damaged = past(&repo, &[]);
    assert_eq!((&damaged["outcome"], damaged["reason"].to_string().contains("cannot be decoded")), (&"unknown".into(), true));
}

#[test]
fn objects_of_alternates_and_replaced_commits_are_read() {
    let (origin, _) = versions();
    let repo = Repo::new("clone").file("README.md", b"# Shop\n").commit_by(BEA, "First");
    let info = repo.git().path().join("objects/info");
    fs::create_dir_all(&info).unwrap();
    fs::write(info.join("alternates"), format!("{}\n", origin.git().path().join("objects").display())).unwrap();
    assert_eq!(told(&past(&repo, &[])).len(), 5);
    fs::write(info.join("alternates"), "/nowhere/objects\n").unwrap();
    let gone = past(&repo, &[]);
    assert_eq!((&gone["outcome"], gone["reason"].to_string().contains("/nowhere/objects")), (&"unknown".into(), true));

    let repo = removed();
    let (old, new) = (repo.git().revparse_single("HEAD~2").unwrap().id(), repo.git().revparse_single("HEAD").unwrap().id());
    repo.git().reference(&format!("refs/replace/{old}"), new, true, "hides it").unwrap();
    assert_eq!(told(&past(&repo, &[])), [entry("src/db.js", "Bea", "HEAD", false)]);
}

/// The report of a run that remembers in this folder.
fn with_cache(repo: &Repo, cache: &Path, more: &[&str]) -> String {
    let mut command = command();
    command.env("HANDOVER_CACHE", cache).args(["check", "--format", "json", "--history"]).args(more).arg(repo.path());
    String::from_utf8(command.output().unwrap().stdout).unwrap()
}

fn remembered(cache: &Path) -> Vec<PathBuf> {
    fs::read_dir(cache).into_iter().flatten().flatten().map(|entry| entry.path()).collect()
}

#[test]
fn what_was_read_is_remembered_and_the_answer_is_the_same() {
    let (repo, _) = versions();
    let folder = tempfile::TempDir::new().unwrap();
    let cache = folder.path().join("deep/cache");
    let first = with_cache(&repo, &cache, &[]);
    let files = remembered(&cache);
    assert_eq!(files.len(), 1);
    let content = fs::read(&files[0]).unwrap();
    for secret in repo.secrets() {
        assert!(!content.windows(secret.len()).any(|part| part == secret.as_bytes()), "a value is remembered");
    }
    assert_eq!(with_cache(&repo, &cache, &[]), first);
    assert_eq!(with_cache(&repo, &cache, &["--no-cache"]), first);

    // New commits: one secret more, and an old one comes back.
    let repo = repo.file("src/new.js", line("new").as_bytes()).file("src/old.js", line("version 3").as_bytes()).commit_by(BEA, "More");
    let grown = with_cache(&repo, &cache, &[]);
    assert_eq!(grown, with_cache(&repo, &cache, &["--no-cache"]));
    assert_ne!(grown, first);
    let repo = repo.without("src/new.js").commit_by(BEA, "Less");
    assert_eq!(with_cache(&repo, &cache, &[]), with_cache(&repo, &cache, &["--no-cache"]));
    // All in one new pack: nothing is new.
    pack(&repo);
    assert_eq!(with_cache(&repo, &cache, &[]), with_cache(&repo, &cache, &["--no-cache"]));
    assert_eq!(remembered(&cache).len(), 1);
}

#[test]
fn a_damaged_memory_is_no_memory() {
    let (repo, _) = versions();
    let folder = tempfile::TempDir::new().unwrap();
    let first = with_cache(&repo, folder.path(), &[]);
    let file = remembered(folder.path()).remove(0);
    let whole = fs::read(&file).unwrap();
    for content in [&whole[..whole.len() / 2], &whole[..10], b"", b"{}\n", &[&whole[..], b"x"].concat()] {
        fs::write(&file, content).unwrap();
        assert_eq!(with_cache(&repo, folder.path(), &[]), first);
    }
    fs::remove_file(&file).unwrap();
    with_cache(&repo, folder.path(), &["--no-cache"]);
    assert!(remembered(folder.path()).is_empty());
}

/// Writes a file and a commit of it aside, without the work tree; the commit and its blob.
fn aside(repo: &Repo, content: &str, when: i64, parents: &[Oid], to: &str) -> (Oid, Oid) {
    let git = repo.git();
    let blob = git.blob(content.as_bytes()).unwrap();
    let mut tree = git.treebuilder(None).unwrap();
    tree.insert("db.js", blob, 0o100_644).unwrap();
    let tree = git.find_tree(tree.write().unwrap()).unwrap();
    let person = Signature::new("Cy", "cy@example.org", &Time::new(when, 0)).unwrap();
    let parents: Vec<git2::Commit<'_>> = parents.iter().map(|id| git.find_commit(*id).unwrap()).collect();
    let commit = git.commit(None, &person, &person, "Aside", &tree, &parents.iter().collect::<Vec<_>>()).unwrap();
    git.reference(to, commit, true, "moved").unwrap();
    (commit, blob)
}

/// The report with this memory is that without one, and so is the next.
fn agrees(repo: &Repo, cache: &Path, more: &[&str]) -> Value {
    let alone = with_cache(repo, cache, &[&["--no-cache"], more].concat());
    assert_eq!(with_cache(repo, cache, more), alone);
    assert_eq!(with_cache(repo, cache, more), alone, "a second time");
    let report: Value = serde_json::from_str(&alone).unwrap();
    check(&report, "secrets/history").unwrap().clone()
}

#[test]
fn a_memory_follows_a_past_that_changes() {
    let repo = Repo::new("shop").file("README.md", b"# Shop\n").commit_by(ADA, "First");
    let cache = tempfile::TempDir::new().unwrap();
    let head = repo.git().head().unwrap().target().unwrap();
    // Two versions of a file, the secret at another place in each.
    let (first, first_blob) = aside(&repo, &line("one"), 1_717_250_000, &[head], "refs/heads/side");
    let later = format!("// one more line\n{}", line("one"));
    aside(&repo, &later, 1_717_260_000, &[first], "refs/heads/side");
    assert_eq!(told(&agrees(&repo, cache.path(), &[])), [entry("db.js", "Cy", "refs/heads/side", false)]);

    // An older commit comes in, and its blob tells of the secret from now on.
    let (older, older_blob) = aside(&repo, &format!("// older\n// file\n{}", line("one")), 1_700_000_000, &[], "refs/heads/aged");
    let told_now = agrees(&repo, cache.path(), &[]);
    assert_eq!(told_now["findings"][0]["history"]["commit"], older.to_string());
    repo.git().reference("refs/heads/other", head, true, "another ref").unwrap();
    agrees(&repo, cache.path(), &[]);

    // Git collects the versions that told of it; the last one is left.
    aside(&repo, &later, 1_717_260_000, &[head], "refs/heads/side");
    repo.git().find_reference("refs/heads/aged").unwrap().delete().unwrap();
    for lost in [first_blob, older_blob].map(|id| id.to_string()) {
        fs::remove_file(repo.git().path().join("objects").join(&lost[..2]).join(&lost[2..])).unwrap();
    }
    assert_eq!(told(&agrees(&repo, cache.path(), &[])), [entry("db.js", "Cy", "refs/heads/side", false)]);
}

#[test]
fn each_folder_of_a_repository_has_a_memory_of_its_own() {
    let repo = Repo::new("shop")
        .file("README.md", b"# Shop\n")
        .file("web/a.txt", b"a\n")
        .file("web/db.js", line("one").as_bytes())
        .commit_by(BEA, "First")
        .without("web/db.js")
        .commit_by(ADA, "Second");
    let cache = tempfile::TempDir::new().unwrap();
    assert_eq!(told(&agrees(&repo, cache.path(), &[])), [entry("web/db.js", "Bea", "HEAD", false)]);
    let mut below = command();
    let web = Path::new(repo.path()).join("web");
    below.env("HANDOVER_CACHE", cache.path()).args(["check", "--format", "json", "--history"]).arg(web);
    let report: Value = serde_json::from_slice(&below.output().unwrap().stdout).unwrap();
    assert_eq!(told(check(&report, "secrets/history").unwrap()), [entry("db.js", "Bea", "HEAD", false)]);
}

#[test]
fn the_check_alone_judges_as_it_does_among_others() {
    let here = Repo::new("shop").file("src/db.js", line("one").as_bytes()).commit_by(BEA, "First");
    assert_eq!(past(&here, &["--only", "secrets/history"])["outcome"], "pass");
    let gone = removed();
    assert_eq!(told(&past(&gone, &["--only", "secrets/history"])), told(&past(&gone, &[])));
}

#[test]
fn a_secret_in_a_path_of_the_past_is_cut() {
    let secret = expand("{alnum:18}", "path").unwrap();
    let repo = Repo::new("shop")
        .file(&format!("keys/{secret}.js"), format!("const url = 'postgresql://app:{secret}@db.shop-platform.io/app'\n").as_bytes())
        .commit_by(BEA, "First")
        .without(&format!("keys/{secret}.js"))
        .file("README.md", b"# Shop\n")
        .commit_by(ADA, "Second");
    assert_eq!(told(&past(&repo, &[])).len(), 1);
}

#[test]
fn a_secret_that_was_revoked_is_information_and_one_that_is_still_there_is_not() {
    let repo = removed();
    let print = past(&repo, &[])["findings"][0]["fingerprint"].as_str().unwrap().to_owned();
    let settings = |print: &str| format!("[[revoked]]\nfingerprint = \"{print}\"\non = 2026-05-31\nby = \"Ada\"\n");
    let repo = repo.file("handover.toml", settings(&print).as_bytes());
    let revoked = past(&repo, &[]);
    assert_eq!((&revoked["outcome"], &revoked["findings"][0]["severity"]), (&"pass".into(), &"info".into()));
    assert_eq!(revoked["findings"][0]["revoked"], serde_json::json!({"on": "2026-05-31", "by": "Ada"}));
    let deviations = |repo: &Repo| report(repo, &["--history"])["subject"]["deviations"].to_string();
    assert!(deviations(&repo).contains("1 secret of the history counts as revoked"));
    assert_eq!(past(&repo, &["--no-config"])["outcome"], "fail", "a reader who does not believe it");
    let text = handover(&["check", "--history", "--verbose", repo.path()]).stdout;
    assert!(text.contains("revoked on 2026-05-31 by Ada"), "{text}");

    let back = repo.file("src/db.js", line("one").as_bytes()).commit_by(ADA, "Back again");
    let found = report(&back, &["--history"]);
    assert_eq!(check(&found, "secrets/live-credentials").unwrap()["outcome"], "fail");
    assert!(deviations(&back).contains(&format!("no finding of the history has the fingerprint of `[[revoked]]`: {print}")));
}

#[test]
fn a_day_to_come_revokes_nothing() {
    let repo = removed();
    let print = past(&repo, &[])["findings"][0]["fingerprint"].as_str().unwrap().to_owned();
    let entry = |day: &str| format!("[[revoked]]\nfingerprint = \"{print}\"\non = {day}\nby = \"Ada\"\n");
    let repo = repo.file("handover.toml", entry("2026-05-31").as_bytes());
    let outcome = |repo: &Repo, more: &[&str]| {
        let report = report(repo, &[&["--history"], more].concat());
        let said = report["subject"]["deviations"].to_string().contains("so it does not count yet");
        (check(&report, "secrets/history").unwrap()["outcome"].as_str().unwrap().to_owned(), said)
    };
    assert_eq!(outcome(&repo, &["--as-of", "2026-05-30"]), ("fail".into(), true));
    assert_eq!(outcome(&repo, &["--as-of", "2026-05-31"]), ("pass".into(), false));
    let repo = repo.file("handover.toml", entry("9998-01-01").as_bytes());
    assert_eq!(outcome(&repo, &[]), ("fail".into(), true), "without a day, today is one");
}

#[test]
fn an_entry_is_called_unused_only_where_all_of_the_past_was_asked() {
    let repo = removed();
    let entry = "[[revoked]]\nfingerprint = \"0123456789abcdef\"\non = 2026-05-31\nby = \"Ada\"\n";
    let repo = repo.file("handover.toml", entry.as_bytes());
    let told = |more: &[&str]| {
        let report = report(&repo, &[&["--history"], more].concat());
        report["subject"]["deviations"].to_string().contains("no finding of the history has the fingerprint")
    };
    assert!(told(&[]) && told(&["--only", "secrets"]) && told(&["--only", "secrets/history"]));
    assert!(!told(&["--history-since", "2020-01-01"]));
    assert!(!told(&["--only", "secrets/json-web-token"]));
    assert!(!told(&["--skip", "secrets/live-credentials"]));
}

#[test]
fn a_revocation_says_which_when_and_by_whom() {
    let repo = removed();
    let entries = [
        "fingerprint = \"12\"\non = 2026-05-31\nby = \"A\"",
        "fingerprint = \"0123456789abcdef\"\non = 10:30:00\nby = \"A\"",
        "fingerprint = \"0123456789abcdef\"\non = 2026-05-31\nby = \" \"",
        "fingerprint = \"0123456789abcdef\"",
        "fingerprint = \"0123456789abcdef\"\non = 2026-05-31\nby = \"A\"\n[[revoked]]\nfingerprint = \"0123456789abcdef\"\non = 2026-06-01\nby = \"B\"",
    ];
    for (entry, said) in entries.iter().zip(["16 digits", "`on` is a day", "who revoked it", "missing field", "`[[revoked]]` before"]) {
        std::fs::write(format!("{}/handover.toml", repo.path()), format!("[[revoked]]\n{entry}\n")).unwrap();
        let output = handover(&["check", repo.path()]);
        assert!(output.code == 2 && output.stderr.contains(said) && output.stderr.contains("handover.toml:"), "{}", output.stderr);
    }
}
