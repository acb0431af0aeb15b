use super::{Reading, authors, component, read, truck_factor};
use crate::snapshot::{FileAuthors, Part, Snapshot, ToldCommit};

fn part(author: usize, added: bool, changes: usize) -> Part {
    Part { author, added, changes }
}

fn of(parts: &[Part]) -> Vec<usize> {
    authors(&FileAuthors { changes: parts.iter().map(|part| part.changes).sum(), by: parts.to_vec(), only_commit: None })
}

#[test]
fn authors_are_those_of_the_published_degree() {
    assert_eq!(of(&[part(0, true, 0)]), [0]);
    assert_eq!(of(&[part(0, true, 0), part(1, false, 1)]), [0, 1], "3.457 is 0.83 of 4.168");
    assert_eq!(of(&[part(0, true, 4), part(1, false, 1)]), [0], "2.940 is 0.60 of 4.824");
    assert_eq!(of(&[part(0, true, 0), part(1, false, 4)]), [0, 1]);
    assert_eq!(of(&[part(0, true, 2), part(1, false, 60)]), [1], "who came first is outgrown");
    assert_eq!(of(&[part(0, false, 1), part(1, false, 1), part(2, false, 1), part(3, false, 1)]), [0; 0]);
    assert_eq!(of(&[]), [0; 0]);
}

#[test]
fn the_truck_factor_takes_the_author_of_most_files_first() {
    let people: Vec<String> = ["Ada", "Bo", "Cy"].map(str::to_owned).to_vec();
    let factor = |files: &[&[usize]]| truck_factor("", files, &people).map(|found| (found.truck_factor, found.lead));
    assert_eq!(factor(&[&[0], &[0], &[0], &[1]]), Some((1, "Ada".into())));
    assert_eq!(factor(&[&[0], &[0], &[1], &[1]]), Some((2, "Ada".into())), "half is not under half");
    assert_eq!(factor(&[&[0, 1], &[0, 1], &[1, 2], &[2]]), Some((3, "Bo".into())));
    assert_eq!(factor(&[&[], &[], &[1]]), None);
}

#[test]
fn components_are_folders_below_a_container() {
    assert_eq!(component("web/a/b.js", None), Some("web"));
    assert_eq!(component("src/api/x/b.js", None), Some("src/api"));
    assert_eq!(component("src/b.js", None), Some("src"));
    assert_eq!(component("shop/api/b.js", Some("shop")), Some("shop/api"));
    assert_eq!(component("b.js", None), None);
}

fn reading(files: usize, commits: &[(&str, &[usize])]) -> Reading {
    let path = |at: usize| format!("src/api/f{at}.js");
    let snapshot = Snapshot::of_memory((0..files).map(|at| (path(at), "x")));
    let told =
        commits.iter().map(|(by, files)| ToldCommit { by: vec![(*by).to_owned()], files: files.iter().map(|at| path(*at)).collect() });
    read(&snapshot.with_history(told.collect()), None)
}

#[test]
fn what_history_does_not_show_is_not_known() {
    let untold = Snapshot::of_memory((0..20).map(|at| (format!("{at}.js"), "x")));
    assert!(read(&untold, None).knowledge.is_none(), "there is no history");
    let one = reading(12, &[("Ada", &[])]);
    assert_eq!(one.doubt.as_deref(), Some("history holds one commit of people, too little to tell who knows the code"));
    let bots: Vec<(&str, &[usize])> = vec![("renovate[bot]", &[]); 20];
    assert!(reading(12, &bots).doubt.is_some_and(|reason| reason.starts_with("history holds no commit")));
    let mut import: Vec<(&str, &[usize])> = vec![("Ada", &[])];
    import.extend([("Bo", &[0_usize] as &[usize]); 20]);
    assert!(reading(12, &import).doubt.is_some_and(|reason| reason.starts_with("one commit brought 11 of 12")));
    let small: Vec<(&str, &[usize])> = (0..12).map(|_| ("Ada", &[] as &[usize])).collect();
    assert_eq!(reading(5, &small).knowledge.as_deref(), Some(&[] as &[_]), "so little code asks for nobody");
}

#[test]
fn a_component_of_the_one_person_of_the_whole_says_so() {
    let all: Vec<usize> = (0..12).collect();
    let mut commits: Vec<(&str, &[usize])> = vec![("Ada", &all[..6]), ("Ada", &all[6..])];
    commits.extend([("Bo", &all[..1]); 10]);
    let found = reading(12, &commits).knowledge.unwrap();
    let seen: Vec<(&str, usize, &str, usize, bool)> = found
        .iter()
        .map(|part| (part.path.as_str(), part.truck_factor, part.lead.as_str(), part.lead_percent, part.as_the_whole))
        .collect();
    assert_eq!(seen, [("", 1, "Ada", 91, false), ("src/api", 1, "Ada", 91, true)]);
}
