//! Who changed what, by the history of real repositories, the hostile ones included.

use git2::{Oid, Signature, Time};
use handover::snapshot::{Authorship, File, Snapshot};
use proptest::prelude::*;

use super::folder::{Folder, git_in};
use super::{revision, staged, work_tree};
use crate::support::Repo;

const ADA: (&str, &str) = ("Ada", "ada@example.org");
const BO: (&str, &str) = ("Bo", "bo@example.org");

fn authorship_of(snapshot: &Snapshot) -> Result<Authorship, String> {
    let is_code = |name: &str| name.ends_with(".js");
    let files: Vec<&File> = snapshot.files().iter().filter(|file| is_code(file.name())).collect();
    snapshot.authorship(&files, &is_code, None)
}

/// What is known of a file: a line for each person, with `+` for who added it and the number of their changes.
fn parts(authorship: &Authorship, path: &str) -> Vec<String> {
    let Some(file) = authorship.files.get(path) else { return Vec::new() };
    let part = |part: &handover::snapshot::Part| {
        format!("{}{} {}", authorship.people[part.author], if part.added { "+" } else { "" }, part.changes)
    };
    let mut parts: Vec<String> = file.by.iter().map(part).collect();
    parts.sort();
    parts
}

fn of(repo: &Repo) -> Authorship {
    let found = authorship_of(&work_tree(repo.path().as_ref())).unwrap();
    assert_eq!(authorship_of(&revision(repo.path().as_ref(), "HEAD")).unwrap(), found);
    found
}

#[test]
fn who_added_and_who_changed_a_file() {
    let repo = Repo::new("shop")
        .file("a.js", b"1")
        .file("src/b.js", b"1")
        .file("notes.txt", b"1")
        .commit_by(ADA, "first")
        .file("src/b.js", b"2")
        .commit_by(BO, "second\n\nCo-authored-by: Cy <cy@example.org>\n")
        .file("src/b.js", b"3")
        .commit_by(("bo", "1+bo@users.noreply.github.com"), "third")
        .file("a.js", b"2")
        .commit_by(("renovate[bot]", "29139614+renovate[bot]@users.noreply.github.com"), "update")
        .file("new.js", b"not committed");
    let found = of(&repo.file("kept.js", b"x").commit_by(ADA, "more").file("late.js", b"not committed").commit_by(BO, "late"));
    assert_eq!(parts(&found, "a.js"), ["Ada+ 0"]);
    assert_eq!(parts(&found, "src/b.js"), ["Ada+ 0", "Bo 2", "Cy 1"]);
    assert_eq!(found.files["src/b.js"].changes, 2);
    assert_eq!((found.commits, found.cut_off), (5, false));
    assert!(!found.files.contains_key("notes.txt"));
}

#[test]
fn renames_are_followed_by_content_and_by_a_name_that_is_alone() {
    let repo = Repo::new("shop").file("old/one.js", b"one").file("old/two.js", b"two").file("old/index.js", b"i").file("x/index.js", b"x");
    let repo = repo.commit_by(ADA, "first").without("old/one.js").without("old/two.js").without("old/index.js").without("x/index.js");
    let repo = repo.file("new/uno.js", b"one").file("new/two.js", b"two, changed").file("new/index.js", b"j").file("y/index.js", b"y");
    let found = of(&repo.commit_by(BO, "moved"));
    assert_eq!(parts(&found, "new/uno.js"), ["Ada+ 0"], "the same content");
    assert_eq!(parts(&found, "new/two.js"), ["Ada+ 0", "Bo 1"], "the same name, and no other of it");
    assert_eq!(parts(&found, "new/index.js"), ["Bo+ 0"], "which of two is not told");
}

#[test]
fn a_commit_that_changes_very_many_files_changes_none() {
    let mut repo = Repo::new("shop");
    (0..40).for_each(|at| repo.write(&format!("f{at}.js"), b"1"));
    repo = repo.commit_by(ADA, "first");
    (0..30).for_each(|at| repo.write(&format!("f{at}.js"), b"2"));
    repo = repo.file("added.js", b"1").commit_by(BO, "format");
    (0..20).for_each(|at| repo.write(&format!("f{at}.js"), b"3"));
    let found = of(&repo.commit_by(BO, "change"));
    assert_eq!(parts(&found, "f0.js"), ["Ada+ 0", "Bo 1"]);
    assert_eq!(parts(&found, "f25.js"), ["Ada+ 0"]);
    assert_eq!(parts(&found, "added.js"), ["Bo+ 0"]);
}

#[test]
fn a_folder_of_a_repository_has_its_own_history_and_the_mailmap_of_the_whole() {
    let repo = Repo::new("shop").file("api/src/a.js", b"1").file("web/b.js", b"1").commit_by(("al", "old@example.org"), "first");
    let repo = repo.file(".mailmap", b"Ada <ada@example.org> <old@example.org>\n").file("api/src/a.js", b"2").commit_by(ADA, "second");
    let below = format!("{}/api", repo.path());
    for snapshot in [work_tree(below.as_ref()), revision(below.as_ref(), "HEAD")] {
        let found = authorship_of(&snapshot).unwrap();
        assert_eq!(parts(&found, "src/a.js"), ["Ada+ 1"]);
        assert_eq!(found.files.len(), 1);
    }
}

#[test]
fn where_there_is_no_history_there_is_a_reason() {
    let folder = Folder::plain();
    folder.write("a.js", "1");
    assert_eq!(authorship_of(&work_tree(&folder.path)).unwrap_err(), "there is no history here");
    let empty = Repo::new("shop").file("a.js", b"1");
    assert_eq!(authorship_of(&work_tree(empty.path().as_ref())).unwrap_err(), "there is no commit yet");
    let repo = empty.commit("first").file("a.js", b"2");
    repo.stage();
    assert_eq!(authorship_of(&staged(repo.path().as_ref())).unwrap_err(), "there is no history here");

    let folder = Folder::with_commit(&[("a.js", "1")]);
    folder.write("a.js", "2");
    folder.commit("second");
    let shallow = folder.beside("shallow");
    folder.git(["clone", "--quiet", "--depth=1", &folder.url(), shallow.to_str().unwrap()]);
    assert_eq!(authorship_of(&work_tree(&shallow)).unwrap_err(), "the clone is shallow, so its history is cut off");
}

#[test]
fn history_that_lacks_an_object_or_holds_a_broken_one_is_not_told() {
    let repo = Repo::new("shop").file("src/a.js", b"1").commit("first").file("src/a.js", b"2").commit("second");
    let object = |id: Oid| {
        let id = id.to_string();
        format!("{}/.git/objects/{}/{}", repo.path(), &id[..2], &id[2..])
    };
    let head = repo.git().head().unwrap().peel_to_commit().unwrap();
    let first = head.parent(0).unwrap();
    let tree = first.tree().unwrap().get_name("src").unwrap().id();
    for id in [tree, first.tree_id(), first.id()] {
        let (path, aside) = (object(id), format!("{}.aside", object(id)));
        std::fs::rename(&path, &aside).unwrap();
        assert_eq!(authorship_of(&work_tree(repo.path().as_ref())).unwrap_err(), "a part of history is not in this clone");
        std::fs::write(&path, b"no object").unwrap();
        assert!(authorship_of(&work_tree(repo.path().as_ref())).unwrap_err().starts_with("a part of history cannot be read"));
        std::fs::remove_file(&path).unwrap();
        std::fs::rename(&aside, &path).unwrap();
    }
    assert!(authorship_of(&work_tree(repo.path().as_ref())).is_ok());
}

#[test]
fn a_clone_without_trees_is_not_told() {
    let folder = Folder::with_commit(&[("src/a.js", "1")]);
    folder.write("src/a.js", "2");
    folder.commit("second");
    folder.git(["config", "uploadpack.allowFilter", "true"]);
    let partial = folder.beside("partial");
    folder.git(["clone", "--quiet", "--filter=tree:0", &folder.url(), partial.to_str().unwrap()]);
    git_in(&partial, ["remote", "remove", "origin"]);
    assert_eq!(authorship_of(&work_tree(&partial)).unwrap_err(), "a part of history is not in this clone");
}

/// A commit of one file, with these parents, by this person.
fn raw_commit(repo: &Repo, (name, mail): (&str, &str), content: &str, parents: &[Oid]) -> Oid {
    let git = repo.git();
    let mut tree = git.treebuilder(None).unwrap();
    tree.insert("a.js", git.blob(content.as_bytes()).unwrap(), 0o100_644).unwrap();
    let tree = git.find_tree(tree.write().unwrap()).unwrap();
    let person = Signature::new(name, mail, &Time::new(1_717_243_200, 0)).unwrap();
    let parents: Vec<git2::Commit<'_>> = parents.iter().map(|id| git.find_commit(*id).unwrap()).collect();
    git.commit(None, &person, &person, "x", &tree, &parents.iter().collect::<Vec<_>>()).unwrap()
}

#[test]
fn a_merge_of_a_thousand_parents_counts_for_nobody() {
    let repo = Repo::new("shop").file("a.js", b"0").commit_by(ADA, "first");
    let first = repo.git().head().unwrap().target().unwrap();
    let parents: Vec<Oid> = (1..1000).map(|at| raw_commit(&repo, BO, &at.to_string(), &[first])).collect();
    let merge = raw_commit(&repo, ("Cy", "cy@example.org"), "0", &parents);
    repo.git().reference("refs/heads/main", merge, true, "merge").unwrap();
    let found = authorship_of(&revision(repo.path().as_ref(), "HEAD")).unwrap();
    assert_eq!(parts(&found, "a.js"), ["Ada+ 0", "Bo 999"]);
}

#[test]
fn hostile_names_are_made_printable_and_addresses_are_not_shown() {
    let repo = Repo::new("shop").file("a.js", b"1").commit("first");
    let git = repo.git();
    let head = git.head().unwrap().peel_to_commit().unwrap();
    let mut tip = head.id();
    for (at, line) in ["me@example.org <me@example.org> x", " <> 1 +0000", "\u{1b}[31mRed <red@example.org> 1 +0000"].iter().enumerate() {
        let blob = git.blob(at.to_string().as_bytes()).unwrap();
        let mut tree = git.treebuilder(None).unwrap();
        tree.insert("a.js", blob, 0o100_644).unwrap();
        let raw = format!("tree {}\nparent {tip}\nauthor {line}\ncommitter {line}\n\nx\n", tree.write().unwrap());
        tip = git.odb().unwrap().write(git2::ObjectType::Commit, raw.as_bytes()).unwrap();
    }
    git.reference("refs/heads/main", tip, true, "hostile").unwrap();
    let found = authorship_of(&revision(repo.path().as_ref(), "HEAD")).unwrap();
    assert_eq!(parts(&found, "a.js"), ["(no name) 1", "Ada+ 0", r"\x1B[31mRed 1", "me 1"]);
}

#[test]
fn trees_that_hold_each_other_many_times_end() {
    let repo = Repo::new("shop").file("a.js", b"1").commit("first");
    let git = repo.git();
    let mut tree = git.find_commit(git.head().unwrap().target().unwrap()).unwrap().tree_id();
    for _ in 0..10 {
        let mut holder = git.treebuilder(None).unwrap();
        for at in 0..10 {
            holder.insert(format!("d{at}"), tree, 0o040_000).unwrap();
        }
        tree = holder.write().unwrap();
    }
    let first = git.head().unwrap().target().unwrap();
    let person = Signature::new("Ada", "ada@example.org", &Time::new(1, 0)).unwrap();
    let commit = |tree: Oid, parent: Oid| {
        let (tree, parent) = (git.find_tree(tree).unwrap(), git.find_commit(parent).unwrap());
        git.commit(None, &person, &person, "x", &tree, &[&parent]).unwrap()
    };
    let bomb = commit(tree, first);
    let tip = commit(git.find_commit(first).unwrap().tree_id(), bomb);
    git.reference("refs/heads/main", tip, true, "after").unwrap();
    let found = authorship_of(&revision(repo.path().as_ref(), "HEAD"));
    assert_eq!(found.unwrap_err(), "its history changes more files than can be followed");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, ..ProptestConfig::default() })]
    #[test]
    fn authorship_is_the_same_for_any_number_of_threads(commits in prop::collection::vec((0..4_usize, 0..6_usize, any::<bool>()), 1..40)) {
        let people = [ADA, BO, ("ada", "other@example.org"), ("Cy", "bo@example.org")];
        let mut repo = Repo::new("shop").file("f0/a.js", b"first").commit("first");
        for (at, (person, file, moved)) in commits.iter().enumerate() {
            let (here, there) = (format!("f{file}/a.js"), format!("f{}/b.js", (file + 1) % 6));
            if *moved && std::path::Path::new(repo.path()).join(&here).exists() {
                let content = std::fs::read(std::path::Path::new(repo.path()).join(&here)).unwrap();
                repo = repo.without(&here).file(&there, &content);
            } else {
                repo = repo.file(&here, at.to_string().as_bytes());
            }
            repo = repo.commit_by(people[*person], "x");
        }
        let snapshot = revision(repo.path().as_ref(), "HEAD");
        let with_threads = |count| rayon::ThreadPoolBuilder::new().num_threads(count).build().unwrap().install(|| authorship_of(&snapshot));
        let one = with_threads(1);
        prop_assert!(one.is_ok());
        for threads in [2, 7] {
            prop_assert_eq!(&with_threads(threads), &one);
        }
    }
}
