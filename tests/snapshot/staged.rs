//! What is staged, and the lines that it adds.

use std::collections::BTreeMap;

use handover::snapshot::{AddedLines, Mode, PathClass};

use super::folder::Folder;
use super::{paths, skipped, staged, text};

fn added(of: &[(&str, AddedLines)]) -> Option<BTreeMap<String, AddedLines>> {
    Some(of.iter().map(|(path, lines)| ((*path).to_owned(), lines.clone())).collect())
}

#[test]
fn staged_files_come_from_the_index_with_the_lines_they_gain() {
    let folder = Folder::with_commit(&[("a.txt", "1\n2\n3\n4\n"), ("same.txt", "x"), ("cut.txt", "1\n2\n"), ("gone.txt", "x")]);
    folder.write_all(&[("a.txt", "0\n1\n2\nnew\n4\n"), ("new.txt", "n\nm"), ("cut.txt", "1\n"), ("untracked.txt", "")]);
    folder.git(["rm", "--quiet", "gone.txt"]);
    folder.git(["add", "a.txt", "new.txt", "cut.txt"]);
    folder.write("a.txt", "not staged");

    let snapshot = staged(&folder.path);
    assert_eq!(paths(&snapshot), ["a.txt", "cut.txt", "new.txt"]);
    assert_eq!(snapshot.added, added(&[("a.txt", vec![(1, 1), (4, 4)]), ("new.txt", vec![(1, 2)])]));
    assert_eq!(text(&snapshot, "a.txt"), "0\n1\n2\nnew\n4\n");
    assert_eq!((snapshot.mode, snapshot.branch.as_deref()), (Mode::Staged, Some("main")));
}

#[test]
fn nothing_staged_is_an_empty_snapshot() {
    let folder = Folder::with_commit(&[("a.txt", "a")]);
    folder.write("a.txt", "b");
    let snapshot = staged(&folder.path);
    assert!(snapshot.files().is_empty() && snapshot.added == added(&[]));
}

#[test]
fn before_the_first_commit_everything_is_new() {
    let folder = Folder::repository();
    folder.write_all(&[("a.txt", "1\n2\n"), ("sub/b.txt", "1")]);
    folder.git(["add", "."]);
    assert_eq!(staged(&folder.path).added, added(&[("a.txt", vec![(1, 2)]), ("sub/b.txt", vec![(1, 1)])]));
    assert_eq!(staged(&folder.path.join("sub")).added, added(&[("b.txt", vec![(1, 1)])]));
}

#[test]
fn a_rename_adds_only_what_it_changes() {
    let lines: String = (0..40).map(|number| format!("line {number}\n")).collect();
    let folder = Folder::with_commit(&[("old.txt", &lines), ("pure.txt", &lines.replace("line", "row"))]);
    folder.git(["mv", "pure.txt", "moved.txt"]);
    folder.git(["mv", "old.txt", "new.txt"]);
    folder.write("new.txt", lines.replace("line 7\n", "line seven\n"));
    folder.git(["add", "."]);
    let snapshot = staged(&folder.path);
    assert_eq!(paths(&snapshot), ["moved.txt", "new.txt"]);
    assert_eq!(snapshot.added, added(&[("new.txt", vec![(8, 8)])]));
}

#[test]
fn attributes_are_those_of_the_index_and_hide_no_line() {
    let folder = Folder::with_commit(&[("api/.gitattributes", "*.cs linguist-generated -diff\n")]);
    folder.write_all(&[("api/x.cs", "a\n"), ("y.cs", "b\n")]);
    folder.git(["add", "api/x.cs", "y.cs"]);
    std::fs::remove_file(folder.path.join("api/.gitattributes")).unwrap();
    let snapshot = staged(&folder.path);
    assert_eq!(snapshot.find("api/x.cs").unwrap().class, PathClass::Generated);
    assert_eq!(snapshot.added, added(&[("api/x.cs", vec![(1, 1)]), ("y.cs", vec![(1, 1)])]));
}

#[test]
fn conflicts_are_listed() {
    let folder = Folder::with_commit(&[("a.txt", "base\n")]);
    folder.git(["checkout", "--quiet", "-b", "other"]);
    folder.write("a.txt", "theirs\n");
    folder.commit("theirs");
    folder.git(["checkout", "--quiet", "main"]);
    folder.write("a.txt", "ours\n");
    folder.commit("ours");
    let merge = std::process::Command::new("git").current_dir(&folder.path).args(["merge", "--quiet", "other"]).output().unwrap();
    assert!(!merge.status.success());
    let snapshot = staged(&folder.path);
    assert_eq!(paths(&snapshot), [""; 0]);
    assert!(skipped(&snapshot, "a.txt").starts_with("in conflict"));
}
