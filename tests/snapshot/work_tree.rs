//! Work trees and plain folders.

use handover::snapshot::{Exclude, Mode, Options, PathClass, Snapshot, Source, What};

use super::folder::{Folder, git_in};
use super::{exit_code, nothing_skipped, paths, skipped, take, text, work_tree};

#[test]
fn tracked_files_and_new_ones_but_not_ignored_or_deleted_ones() {
    let folder =
        Folder::with_commit(&[(".gitignore", "*.log\nbuild/\n!keep.log\n"), ("a.txt", "a"), ("gone.txt", "x"), ("b.log.txt", "b")]);
    folder.write("forced.log", "tracked although ignored");
    folder.git(["add", "--force", "forced.log"]);
    folder.write_all(&[("a.txt", "changed"), ("new/file.txt", "n"), ("x.log", ""), ("keep.log", "k"), ("build/out.txt", "")]);
    std::fs::remove_file(folder.path.join("gone.txt")).unwrap();

    let snapshot = work_tree(&folder.path);
    assert_eq!(paths(&snapshot), [".gitignore", "a.txt", "b.log.txt", "forced.log", "keep.log", "new/file.txt"]);
    assert_eq!(text(&snapshot, "a.txt"), "changed");
    assert_eq!((snapshot.name.as_str(), snapshot.mode, snapshot.branch.as_deref()), ("project", Mode::WorkTree, Some("main")));
    assert_eq!(snapshot.revision, Some(folder.git(["rev-parse", "HEAD"])));
    assert_eq!(snapshot.date.as_deref(), Some("2024-02-29"), "the author's day");
    nothing_skipped(&snapshot);
}

#[test]
fn ignored_is_what_git_ignores() {
    let folder = Folder::repository();
    folder.write_all(&[
        (".gitignore", "/only\n*.tmp\n!kept.tmp\nlogs/\n**/deep/*.x\n[Bb]in/\n# comment\n\\#hash\na/**/z\nfoo*bar\n/sub/inner/secret\n"),
        ("sub/.gitignore", "!back.tmp\nlocal\n/here\n"),
        ("sub/inner/.gitignore", "*\n!.gitignore\n!stay\n"),
        (".git/info/exclude", "excluded\n"),
    ]);
    let names = [
        "only",
        "x/only",
        "a.tmp",
        "kept.tmp",
        "sub/back.tmp",
        "sub/b.tmp",
        "logs/kept.tmp",
        "sub/logs/y",
        "logs2/y",
        "q/deep/1.x",
        "deep/1.x",
        "deep/d/1.x",
        "Bin/f",
        "sub/bin/f",
        "cabin/f",
        "#hash",
        "a/z",
        "a/b/c/z",
        "foo-bar",
        "foo/bar",
        "local",
        "sub/local",
        "sub/more/local",
        "sub/here",
        "sub/more/here",
        "sub/inner/stay",
        "sub/inner/other",
        "sub/inner/secret",
        "excluded",
        "n/excluded",
        "plain",
    ];
    for name in names {
        folder.write(name, "x");
    }
    let listed = folder.git(["ls-files", "--others", "--exclude-standard"]);
    let mut expected: Vec<&str> = listed.lines().collect();
    expected.sort_unstable();
    assert_eq!(paths(&work_tree(&folder.path)), expected);
}

#[test]
fn a_subfolder_is_read_from_its_own_root() {
    let folder =
        Folder::with_commit(&[(".gitignore", "*.log\n"), ("README.md", "# up"), ("app/README.md", "# app"), ("app/src/x.cs", "x")]);
    folder.write_all(&[("app/new.txt", ""), ("app/a.log", ""), ("ignored.log/inside.txt", "read")]);
    let snapshot = work_tree(&folder.path.join("app"));
    assert_eq!(paths(&snapshot), ["README.md", "new.txt", "src/x.cs"]);
    assert_eq!(snapshot.name, "app");
    let ignored = work_tree(&folder.path.join("ignored.log"));
    assert_eq!((paths(&ignored), ignored.mode), (vec!["inside.txt"], Mode::Folder), "who asks for an ignored folder means it");
}

#[test]
fn a_plain_folder_is_walked_but_not_into_dependencies_and_output() {
    let folder = Folder::plain();
    folder.write_all(&[
        ("package.json", "{}"),
        ("node_modules/left/index.js", ""),
        ("src/App/App.csproj", ""),
        ("src/App/obj/project.assets.json", ""),
        ("src/tools/bin/run.sh", "no project lies beside it"),
        (".hg/store", ""),
    ]);
    let snapshot = work_tree(&folder.path);
    assert_eq!(paths(&snapshot), ["package.json", "src/App/App.csproj", "src/tools/bin/run.sh"]);
    assert_eq!((snapshot.mode, snapshot.name.as_str(), snapshot.revision.as_ref()), (Mode::Folder, "project", None));
    assert_eq!(skipped(&snapshot, "node_modules/"), "dependencies");
    assert_eq!(skipped(&snapshot, "src/App/obj/"), "build output");
    assert_eq!(skipped(&snapshot, ".hg/"), "data of the version control system");
}

#[test]
fn tracked_dependencies_are_read_and_untracked_ones_listed() {
    let folder = Folder::with_commit(&[("node_modules/kept/index.js", "1"), ("web/package.json", "{}")]);
    folder.write("web/node_modules/left/index.js", "");
    let snapshot = work_tree(&folder.path);
    assert_eq!(paths(&snapshot), ["node_modules/kept/index.js", "web/package.json"]);
    assert_eq!(snapshot.files()[0].class, PathClass::Vendored);
    assert_eq!(skipped(&snapshot, "web/node_modules/"), "dependencies");
}

#[test]
fn a_single_file_is_a_snapshot_too() {
    let folder = Folder::with_commit(&[("a.txt", "a"), ("b.txt", "b")]);
    assert_eq!(paths(&work_tree(&folder.path.join("a.txt"))), ["a.txt"]);
}

#[test]
fn what_handover_toml_leaves_out_is_listed_and_unused_patterns_are_reported() {
    let folder = Folder::with_commit(&[("a.txt", "a"), ("old/b.txt", "b"), ("old/c/d.txt", "d")]);
    let options = Options { exclude: Exclude::new(&["old/", "*.sql"]).unwrap().into(), ..Options::default() };
    let snapshot = Snapshot::take(&Source { path: folder.path.clone(), what: What::WorkTree }, &options).unwrap();
    assert_eq!(paths(&snapshot), ["a.txt"]);
    assert_eq!(skipped(&snapshot, "old/c/d.txt"), "left out by handover.toml");
    assert_eq!(snapshot.unused_excludes, ["*.sql"]);
}

#[test]
fn attributes_on_disk_decide_the_class() {
    let folder = Folder::with_commit(&[(".gitattributes", "api/** linguist-generated\n"), ("api/x.cs", ""), ("y.cs", "")]);
    let snapshot = work_tree(&folder.path);
    assert_eq!(snapshot.find("api/x.cs").unwrap().class, PathClass::Generated);
    assert_eq!(snapshot.find("y.cs").unwrap().class, PathClass::Source);
}

#[test]
fn nothing_there_and_nothing_readable_are_errors_with_their_own_codes() {
    let folder = Folder::plain();
    assert_eq!(exit_code(take(&folder.path, What::WorkTree)), 3);
    folder.write("only.bin", b"\0\0");
    assert_eq!(exit_code(take(&folder.path, What::WorkTree)), 3);
    assert_eq!(exit_code(take(&folder.path.join("absent"), What::WorkTree)), 2);
    assert_eq!(exit_code(take(&folder.path, What::Staged)), 2);
    assert_eq!(exit_code(take(&folder.path, What::Revision("HEAD".into()))), 2);
}

#[test]
fn a_linked_work_tree_and_a_detached_head() {
    let folder = Folder::with_commit(&[("a.txt", "a")]);
    let linked = folder.beside("linked");
    folder.git(["worktree", "add", "--quiet", "--detach", linked.to_str().unwrap()]);
    std::fs::write(linked.join("b.txt"), "b").unwrap();
    git_in(&linked, ["add", "b.txt"]);
    let snapshot = work_tree(&linked);
    assert_eq!((paths(&snapshot), snapshot.name.as_str(), snapshot.branch.as_ref()), (vec!["a.txt", "b.txt"], "linked", None));
    assert!(snapshot.revision.is_some());
    assert_eq!(paths(&super::staged(&linked)), ["b.txt"]);
    assert_eq!(paths(&super::revision(&linked, "HEAD")), ["a.txt"]);
    nothing_skipped(&snapshot);
}

#[test]
fn a_sparse_checkout_lists_what_it_lacks() {
    let folder = Folder::with_commit(&[("here/a.txt", "a"), ("there/b.txt", "b"), ("there/deep/c.txt", "c"), ("top.txt", "t")]);
    folder.git(["sparse-checkout", "set", "--no-cone", "/here/", "/top.txt"]);
    let snapshot = work_tree(&folder.path);
    assert_eq!(paths(&snapshot), ["here/a.txt", "top.txt"]);
    assert_eq!(skipped(&snapshot, "there/"), "not checked out (sparse checkout)");
}

#[test]
fn settings_are_found_before_the_snapshot_is_taken() {
    let folder = Folder::with_commit(&[("handover.toml", "old"), (".handover/rules/a.toml", "a"), ("app/x", "")]);
    folder.write("handover.toml", "new");
    let peek = |what| Snapshot::peek(&Source { path: folder.path.clone(), what }, &["handover.toml", ".handover/rules", "absent"]).unwrap();
    let pair = |path: &str, text: &str| (path.to_owned(), text.to_owned());
    assert_eq!(peek(What::WorkTree), [pair(".handover/rules/a.toml", "a"), pair("handover.toml", "new")]);
    assert_eq!(peek(What::Revision("HEAD".into())), [pair(".handover/rules/a.toml", "a"), pair("handover.toml", "old")]);
}
