//! Revisions, read without a checkout.

use handover::snapshot::{Mode, PathClass, What};

use super::folder::{Folder, git_in};
use super::{exit_code, nothing_skipped, paths, revision, take, text, work_tree};

#[test]
fn any_revision_is_read_from_the_objects() {
    let folder = Folder::with_commit(&[("a.txt", "one"), ("sub/b.txt", "b")]);
    folder.git(["tag", "--annotate", "--message", "v1", "v1"]);
    folder.write_all(&[("a.txt", "two"), (".gitattributes", "*.txt linguist-vendored\n")]);
    folder.commit("second");
    folder.write("a.txt", "not committed");

    let first = revision(&folder.path, "v1");
    assert_eq!((paths(&first), text(&first, "a.txt").as_str()), (vec!["a.txt", "sub/b.txt"], "one"));
    assert_eq!(first.revision, Some(folder.git(["rev-parse", "HEAD~1"])));
    assert_eq!((first.mode, first.date.as_deref(), first.name.as_str()), (Mode::Revision, Some("2024-02-29"), "project"));
    let second = revision(&folder.path, "HEAD");
    assert_eq!(text(&second, "a.txt"), "two");
    assert_eq!((second.find("a.txt").unwrap().class, second.branch.as_deref()), (PathClass::Vendored, Some("main")));
    assert_eq!(paths(&revision(&folder.path.join("sub"), "HEAD")), ["b.txt"]);
    nothing_skipped(&second);
}

#[test]
fn packed_objects_are_read_by_many_threads() {
    use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
    let folder = Folder::repository();
    for number in 0..300 {
        folder.write(format!("{}/{number}.txt", number % 7), format!("file {number}\n").repeat(50));
    }
    folder.commit("many");
    folder.git(["gc", "--quiet"]);
    let snapshot = revision(&folder.path, "HEAD");
    let lines: usize = snapshot.files().par_iter().map(|file| snapshot.read(file).unwrap().line_count()).sum();
    assert_eq!((lines, snapshot.read_so_far().0), (15_000, 300));
}

#[test]
fn a_bare_repository_is_its_head_and_has_the_name_of_its_folder() {
    let folder = Folder::with_commit(&[("README.md", "# x")]);
    for (at, name) in [("tool.git", "tool"), ("mirror/repo", "mirror"), ("plain", "plain")] {
        let bare = folder.beside(at);
        git_in(folder.path.parent().unwrap(), ["clone", "--quiet", "--bare", "project", at]);
        let snapshot = work_tree(&bare);
        assert_eq!((paths(&snapshot), snapshot.mode, snapshot.name.as_str()), (vec!["README.md"], Mode::Revision, name));
    }
    let inside = work_tree(&folder.path.join(".git"));
    assert_eq!((paths(&inside), inside.mode, inside.name.as_str()), (vec!["README.md"], Mode::Revision, "project"));
}

#[test]
fn a_shallow_clone_says_so() {
    let folder = Folder::with_commit(&[("a.txt", "one")]);
    folder.write("a.txt", "two");
    folder.commit("second");
    let url = folder.url();
    git_in(folder.path.parent().unwrap(), ["clone", "--quiet", "--depth", "1", &url, "shallow"]);
    let shallow = folder.beside("shallow");
    assert!(work_tree(&shallow).shallow && revision(&shallow, "HEAD").shallow);
    assert!(!work_tree(&folder.path).shallow);
    assert_eq!(exit_code(take(&shallow, What::Revision("HEAD~1".into()))), 2);
}

#[test]
fn a_partial_clone_lists_what_it_lacks() {
    let folder = Folder::with_commit(&[("a.txt", "one"), ("b.txt", "two")]);
    folder.git(["config", "uploadpack.allowFilter", "true"]);
    let url = folder.url();
    git_in(folder.path.parent().unwrap(), ["clone", "--quiet", "--filter=blob:none", "--no-checkout", &url, "partial"]);
    let partial = folder.beside("partial");
    git_in(&partial, ["config", "--unset", "remote.origin.url"]);
    assert_eq!(exit_code(take(&partial, What::Revision("HEAD".into()))), 3);
    git_in(&partial, ["remote", "set-url", "--add", "origin", &url]);
    git_in(&partial, ["checkout", "--quiet", "HEAD", "--", "a.txt"]);
    let snapshot = revision(&partial, "HEAD");
    assert_eq!(text(&snapshot, "a.txt"), "one");
    assert_eq!(super::skipped(&snapshot, "b.txt"), "its content is not in this clone");
}

#[test]
fn an_empty_repository_has_nothing_to_read() {
    let folder = Folder::repository();
    assert_eq!(exit_code(take(&folder.path, What::WorkTree)), 3);
    assert_eq!(exit_code(take(&folder.path, What::Revision("HEAD".into()))), 2);
    assert_eq!(paths(&super::staged(&folder.path)), [""; 0]);
    folder.write("first.txt", "untracked");
    let snapshot = work_tree(&folder.path);
    assert_eq!((paths(&snapshot), snapshot.branch.as_deref(), snapshot.revision.as_deref()), (vec!["first.txt"], Some("main"), None));
}

#[test]
fn what_names_no_commit_is_an_error() {
    let folder = Folder::with_commit(&[("a.txt", "a")]);
    for wrong in ["nowhere", "HEAD~7", "HEAD:a.txt", "", "..", ":/none", "@{u}", "\u{1b}[31m"] {
        assert_eq!(exit_code(take(&folder.path, What::Revision(wrong.into()))), 2, "{wrong:?}");
    }
}
