//! One test for each hostile input that the snapshot meets: read as far as it goes, listed, or an error with a name.

use handover::snapshot::{DEFAULT_MAX_BYTES, Mode, Options, Snapshot, Source, What};

use super::folder::{Folder, git_in};
use super::{exit_code, paths, revision, skipped, staged, take, text, work_tree};

#[test]
fn binary_files_and_invalid_utf8() {
    let folder = Folder::with_commit(&[("a.txt", "a")]);
    folder.write("image.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR");
    folder.write("latin.txt", b"caf\xe9 = 1\n");
    folder.commit("more");
    for snapshot in [work_tree(&folder.path), revision(&folder.path, "HEAD")] {
        assert_eq!(skipped(&snapshot, "image.png"), "binary");
        assert_eq!(text(&snapshot, "latin.txt"), "caf\u{FFFD} = 1\n");
        assert_eq!(snapshot.read_so_far(), (2, 10), "what is binary was not read");
    }
}

#[test]
fn utf16_with_a_byte_order_mark() {
    let folder = Folder::plain();
    folder.write("app.config", b"\xFF\xFEk\0=\0v\0\r\0\n\0");
    assert_eq!(text(&work_tree(&folder.path), "app.config"), "k=v\r\n");
}

#[test]
fn a_big_file_is_skipped_with_its_size() {
    let folder = Folder::with_commit(&[("small.txt", "s"), ("big.txt", &"x".repeat(3000))]);
    for what in [What::WorkTree, What::Revision("HEAD".into())] {
        let options = Options { max_bytes: 2000, ..Options::default() };
        let snapshot = Snapshot::take(&Source { path: folder.path.clone(), what }, &options).unwrap();
        assert_eq!(skipped(&snapshot, "big.txt"), "3000 bytes is over the limit of 2000 bytes");
    }
}

#[test]
fn half_a_gigabyte_is_not_read() {
    let folder = Folder::plain();
    folder.write("small.txt", "s");
    // Sparse where the file system can do it.
    std::fs::File::create(folder.path.join("dump.sql")).unwrap().set_len(500 * 1024 * 1024).unwrap();
    assert_eq!(skipped(&work_tree(&folder.path), "dump.sql"), "500.0 MiB is over the limit of 16.0 MiB");
}

#[test]
fn a_line_of_ten_megabytes_has_positions() {
    let folder = Folder::plain();
    folder.write("one.json", "0123456789".repeat(1_000_000));
    let snapshot = work_tree(&folder.path);
    let text = snapshot.read_path("one.json").unwrap();
    assert!(text.bytes().len() as u64 <= DEFAULT_MAX_BYTES && text.line_count() == 1);
    for offset in (0..10_000_000).step_by(1000) {
        assert_eq!(text.position(offset).column, offset + 1);
    }
}

#[test]
fn a_path_with_terminal_escapes_is_spelled_out() {
    if cfg!(windows) {
        return;
    }
    let folder = Folder::plain();
    folder.write("bad\u{1b}[2Jname\n.txt", "read");
    folder.write("fdp.\u{202E}exe", "x");
    let snapshot = work_tree(&folder.path);
    assert_eq!(paths(&snapshot), [r"bad\x1B[2Jname\x0A.txt", r"fdp.\xE2\x80\xAEexe"]);
    assert_eq!(text(&snapshot, r"bad\x1B[2Jname\x0A.txt"), "read");
}

#[cfg(target_os = "linux")]
#[test]
fn a_path_that_is_not_utf8_is_read_under_an_escaped_name() {
    use std::os::unix::ffi::OsStrExt;
    let folder = Folder::repository();
    folder.write(std::ffi::OsStr::from_bytes(b"caf\xe9.txt"), "raw");
    folder.write(r"caf\xE9.txt", "spelled");
    folder.git(["add", "."]);
    let staged = staged(&folder.path);
    folder.commit("first");
    for snapshot in [work_tree(&folder.path), revision(&folder.path, "HEAD"), staged] {
        assert_eq!(paths(&snapshot), [r"caf\xE9.txt"; 2], "two files that print alike stay two");
        let texts: Vec<String> = snapshot.files().iter().map(|file| snapshot.read(file).unwrap().as_str().into_owned()).collect();
        assert_eq!(texts, ["spelled", "raw"]);
    }
}

#[cfg(unix)]
#[test]
fn links_are_explained_and_never_followed() {
    use std::os::unix::fs::symlink;
    let folder = Folder::with_commit(&[("docs/README.md", "# here"), (".gitignore", "secret\n")]);
    std::fs::write(folder.beside("outside.txt"), "not ours").unwrap();
    folder.write("secret", "s");
    for (target, link) in [
        ("docs/README.md", "README.md"),
        ("docs", "documents"),
        ("../outside.txt", "out"),
        ("/etc", "etc"),
        ("circle", "circle"),
        ("..", "docs/up"),
        ("secret", "open"),
        ("absent", "dangling"),
    ] {
        symlink(target, folder.path.join(link)).unwrap();
    }
    folder.commit("links");
    for snapshot in [work_tree(&folder.path), revision(&folder.path, "HEAD")] {
        assert_eq!(paths(&snapshot), [".gitignore", "docs/README.md"]);
        assert_eq!(skipped(&snapshot, "README.md"), "a link to a file read under its own name");
        assert_eq!(skipped(&snapshot, "documents"), "a link to a folder read under its own name");
        assert_eq!(skipped(&snapshot, "docs/up"), "a link to a folder read under its own name");
        assert_eq!(skipped(&snapshot, "out"), "a link out of the tree");
        assert_eq!(skipped(&snapshot, "etc"), "a link out of the tree");
        assert_eq!(skipped(&snapshot, "open"), "a link to something that is left out");
        for nowhere in ["circle", "dangling"] {
            let reason = skipped(&snapshot, nowhere);
            assert!(["a link that leads nowhere", "a link to something that is left out"].contains(&reason.as_str()), "{reason}");
        }
        assert_eq!(text(&snapshot, "README.md"), "# here", "who asks for the link gets the file");
        assert_eq!(snapshot.find("README.md").unwrap().path, "docs/README.md");
    }
}

#[cfg(unix)]
#[test]
fn pipes_are_not_opened() {
    let (plain, folder) = (Folder::plain(), Folder::repository());
    folder.write("a.txt", "a");
    // Before there are pipes, on which git itself waits for ever.
    folder.git(["add", "a.txt"]);
    plain.write("a.txt", "a");
    for folder in [&plain, &folder] {
        for name in ["pipe", ".gitignore", ".gitattributes", "handover.toml"] {
            assert!(std::process::Command::new("mkfifo").arg(folder.path.join(name)).status().unwrap().success());
        }
        let snapshot = work_tree(&folder.path);
        assert_eq!((paths(&snapshot), skipped(&snapshot, "pipe").as_str()), (vec!["a.txt"], "not a regular file"));
        let source = Source { path: folder.path.clone(), what: What::WorkTree };
        assert_eq!(Snapshot::peek(&source, &["handover.toml"]).unwrap(), []);
    }
    assert_eq!(paths(&staged(&folder.path)), ["a.txt"]);
}

#[cfg(unix)]
#[test]
fn what_may_not_be_read_is_listed() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::plain();
    folder.write_all(&[("a.txt", "a"), ("closed.txt", "c"), ("closed/b.txt", "b")]);
    for closed in ["closed.txt", "closed"] {
        std::fs::set_permissions(folder.path.join(closed), std::fs::Permissions::from_mode(0o000)).unwrap();
    }
    // Nothing is closed to root.
    if std::fs::read(folder.path.join("closed.txt")).is_err() {
        let snapshot = work_tree(&folder.path);
        assert_eq!(skipped(&snapshot, "closed.txt"), "cannot be read: permission denied");
        assert_eq!(skipped(&snapshot, "closed/"), "cannot be read: permission denied");
    }
    std::fs::set_permissions(folder.path.join("closed"), std::fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn a_file_that_went_away_is_listed() {
    let folder = Folder::plain();
    folder.write_all(&[("a.txt", "a"), ("b.txt", "b")]);
    let snapshot = work_tree(&folder.path);
    std::fs::remove_file(folder.path.join("b.txt")).unwrap();
    assert!(skipped(&snapshot, "b.txt").starts_with("cannot be read"));
}

#[test]
fn submodules_and_other_repositories_are_listed() {
    let other = Folder::with_commit(&[("inside.txt", "x")]);
    let folder = Folder::with_commit(&[("a.txt", "a")]);
    folder.git(["submodule", "--quiet", "add", other.path.to_str().unwrap(), "libs/other"]);
    assert_eq!(skipped(&staged(&folder.path), "libs/other/"), "submodule");
    folder.commit("with a submodule");
    git_in(&folder.path, ["clone", "--quiet", other.path.to_str().unwrap(), "nested"]);
    for snapshot in [work_tree(&folder.path), revision(&folder.path, "HEAD")] {
        assert_eq!(paths(&snapshot), [".gitmodules", "a.txt"]);
        assert_eq!(skipped(&snapshot, "libs/other/"), "submodule");
    }
    assert_eq!(skipped(&work_tree(&folder.path), "nested/"), "another repository");
    assert_eq!(paths(&work_tree(&folder.path.join("libs/other"))), ["inside.txt"], "asked for by name it is read");
}

#[test]
fn large_file_storage_pointers_are_no_content() {
    let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n";
    let folder = Folder::with_commit(&[("a.txt", "a"), ("model.json", pointer)]);
    assert!(skipped(&work_tree(&folder.path), "model.json").starts_with("a Git LFS pointer"));
}

#[test]
fn a_sha256_repository_is_read_as_a_folder() {
    let folder = Folder::plain();
    folder.git(["init", "--quiet", "--object-format=sha256"]);
    folder.write_all(&[("a.txt", "a"), ("b.log", "b"), (".gitignore", "*.log\n")]);
    folder.commit("first");
    let snapshot = work_tree(&folder.path);
    assert_eq!((paths(&snapshot), snapshot.mode), (vec![".gitignore", "a.txt"], Mode::Folder));
    assert!(skipped(&snapshot, ".git").starts_with("git cannot open this repository"), "{:?}", snapshot.skipped());
    assert_eq!(exit_code(take(&folder.path, What::Revision("HEAD".into()))), 2);
    assert_eq!(exit_code(take(&folder.path, What::Staged)), 2);
}

#[test]
fn a_git_file_that_leads_nowhere_leaves_a_folder() {
    let folder = Folder::plain();
    folder.write_all(&[("a.txt", "a"), (".git", "gitdir: /nowhere/at/all\n")]);
    let snapshot = work_tree(&folder.path);
    assert_eq!((paths(&snapshot), snapshot.mode), (vec!["a.txt"], Mode::Folder));
    assert!(skipped(&snapshot, ".git").contains("leads to no repository"), "{:?}", snapshot.skipped());
    assert_eq!(exit_code(take(&folder.path, What::Staged)), 2);
}

#[test]
fn a_work_tree_set_elsewhere_is_not_believed() {
    let folder = Folder::with_commit(&[("a.txt", "a")]);
    let elsewhere = Folder::plain();
    elsewhere.write("theirs.txt", "t");
    folder.git(["config", "core.worktree", elsewhere.path.to_str().unwrap()]);
    assert_eq!(paths(&work_tree(&folder.path)), ["a.txt"]);
}

#[test]
fn a_broken_index_leaves_the_files_that_are_not_ignored() {
    let folder = Folder::with_commit(&[("a.txt", "a"), (".gitignore", "*.log\n")]);
    folder.write("b.log", "");
    for broken in [b"".as_slice(), b"DIRC\0\0\0\x02\xff\xff\xff\xff", b"no index at all, but long enough to be one"] {
        folder.write(".git/index", broken);
        assert_eq!(paths(&work_tree(&folder.path)), [".gitignore", "a.txt"]);
        // An empty index is one of a repository in which everything was removed.
        assert!(take(&folder.path, What::Staged).is_err() || broken.is_empty());
    }
    assert!(skipped(&work_tree(&folder.path), ".git/index").starts_with("git cannot read the index"));
}

#[test]
fn a_corrupt_pack_loses_what_it_holds_and_no_more() {
    let folder = Folder::repository();
    for number in 0..40 {
        folder.write(format!("{number}.txt"), format!("{number}\n").repeat(500 + number * 7));
    }
    folder.commit("packed");
    folder.git(["gc", "--quiet"]);
    let packs = folder.path.join(".git/objects/pack");
    let pack =
        std::fs::read_dir(&packs).unwrap().map(|entry| entry.unwrap().path()).find(|path| path.extension().is_some_and(|e| e == "pack"));
    let pack = pack.unwrap();
    let whole = std::fs::read(&pack).unwrap();
    let mut permissions = pack.metadata().unwrap().permissions();
    #[allow(clippy::permissions_set_readonly_false)]
    permissions.set_readonly(false);
    std::fs::set_permissions(&pack, permissions).unwrap();
    for cut in [0, 20, whole.len() / 3, whole.len() / 2, whole.len() - 25] {
        let mut broken = whole.clone();
        for byte in broken.iter_mut().skip(cut).take(24) {
            *byte ^= 0x5A;
        }
        std::fs::write(&pack, &broken).unwrap();
        read_all(&folder);
        std::fs::write(&pack, &whole[..cut]).unwrap();
        read_all(&folder);
    }
    assert_eq!(paths(&work_tree(&folder.path)).len(), 40, "the work tree needs no pack");
}

/// Every file is read, or listed, or the whole is an error.
fn read_all(folder: &Folder) {
    if let Ok(snapshot) = take(&folder.path, What::Revision("HEAD".into())) {
        let read = snapshot.files().iter().filter(|file| snapshot.read(file).is_some()).count();
        assert!(read + snapshot.skipped().len() >= snapshot.files().len());
    }
    let _ = take(&folder.path, What::Staged);
}

#[test]
fn trees_that_pretend_to_hold_billions_come_to_an_end() {
    let folder = Folder::with_commit(&[("a.txt", "a")]);
    let mut id = folder.git(["rev-parse", "HEAD:a.txt"]);
    let mut kind = "100644 blob";
    // Ten levels of four: a million files would be 4^10, and this stays below the bound; its nesting is what is tested.
    for _ in 0..6 {
        let lines: String = (0..4).map(|number| format!("{kind} {id}\tn{number}\n")).collect();
        id = mktree(&folder, &lines);
        kind = "040000 tree";
    }
    let commit = folder.git(["commit-tree", "-m", "bomb", &id]);
    assert_eq!(revision(&folder.path, &commit).files().len(), 4096);
}

#[test]
fn names_that_no_work_tree_can_hold_are_listed() {
    let folder = Folder::with_commit(&[("a.txt", "a")]);
    let id = folder.git(["rev-parse", "HEAD:a.txt"]);
    let inner = mktree(&folder, &format!("100644 blob {id}\tok.txt\n"));
    let tree = mktree(&folder, &format!("040000 tree {inner}\t..\n100644 blob {id}\tfine.txt\n"));
    let commit = folder.git(["commit-tree", "-m", "up", &tree]);
    let snapshot = revision(&folder.path, &commit);
    assert_eq!(paths(&snapshot), ["fine.txt"]);
    assert_eq!(skipped(&snapshot, ".."), "a name that no work tree could hold");
}

fn mktree(folder: &Folder, lines: &str) -> String {
    use std::io::Write;
    use std::process::{Command, Stdio};
    let mut child =
        Command::new("git").current_dir(&folder.path).arg("mktree").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap().trim().to_owned()
}

#[test]
fn a_head_that_cannot_be_read_is_told_and_is_no_empty_history() {
    for (at, garbage) in [("HEAD", "garbage\n"), ("refs/heads/main", "zzzz\n")] {
        let folder = Folder::with_commit(&[("a.txt", "a")]);
        git_in(&folder.path, ["branch", "-M", "main"]);
        folder.write(format!(".git/{at}"), garbage);
        let snapshot = work_tree(&folder.path);
        let told = snapshot.skipped().iter().any(|skipped| skipped.path.starts_with(".git") && skipped.reason.contains("git cannot"));
        assert!(told && paths(&snapshot) == ["a.txt"], "{at}: {:?}", snapshot.skipped());
    }
}
