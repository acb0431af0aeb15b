use git2::Mailmap;
use proptest::prelude::*;

use super::{Folded, People};

fn fold(written: &[(&str, &str)], mailmap: Option<&str>) -> Folded {
    let mut people = People::default();
    let ids: Vec<u32> = written.iter().map(|(name, mail)| people.intern(name.as_bytes(), mail.as_bytes())).collect();
    let mut weight = vec![0; people.len()];
    ids.iter().for_each(|id| weight[*id as usize] += 1);
    let map = mailmap.map(|text| Mailmap::from_buffer(text).unwrap());
    people.fold(map.as_ref(), &weight)
}

#[test]
fn one_person_has_many_names() {
    let written = [
        ("Jo Taylor", "jo@example.org"),
        ("JoTaylor", "jo@example.com"),
        ("jo", "jo@example.com"),
        ("joe-dev", "12+jotaylor@users.noreply.github.com"),
        ("Someone", "JO@example.org"),
        ("Ada", "ada@example.org"),
    ];
    let folded = fold(&written, None);
    assert_eq!(folded.of, [Some(0), Some(0), Some(0), Some(0), Some(0), Some(1)]);
    assert_eq!(folded.names[1], "Ada");
}

#[test]
fn what_many_share_tells_nobody_apart() {
    let written = [("root", "root@localhost"), ("Ada", "you@example.com"), ("Cy", "you@example.com"), ("root", "a@example.org")];
    assert_eq!(fold(&written, None).names.len(), 4);
}

#[test]
fn programs_are_no_authors() {
    let written = [
        ("dependabot[bot]", "49699333+dependabot[bot]@users.noreply.github.com"),
        ("Renovate Bot", "bot@renovateapp.com"),
        ("GitHub", "noreply@github.com"),
        ("shop-bot", "shop@example.org"),
        ("Abbot", "abbot@example.org"),
    ];
    assert_eq!(fold(&written, None).of, [None, None, None, None, Some(0)]);
}

#[test]
fn the_mailmap_comes_first() {
    let written = [("ada", "old@example.org"), ("Ada Lovelace", "ada@example.org"), ("Cy", "cy@example.org")];
    let folded = fold(&written, Some("Ada Lovelace <ada@example.org> <old@example.org>\n"));
    assert_eq!(folded.of, [Some(0), Some(0), Some(1)]);
    assert_eq!(folded.names, ["Ada Lovelace", "Cy"]);
}

#[test]
fn names_are_fit_to_print_and_hold_no_address() {
    let long = "x".repeat(500);
    let written = [("ada@example.org", "ada@example.org"), ("", ""), ("\u{1b}[31mRed", "r@example.org"), (long.as_str(), "l@example.org")];
    let names = fold(&written, None).names;
    assert_eq!(names[..3], ["ada", "(no name)", r"\x1B[31mRed"]);
    assert_eq!(names[3].len(), 60);
}

proptest! {
    #[test]
    fn folding_again_folds_no_further(
        written in prop::collection::vec(("[aA][ -]?[bB]?|root|\\PC{0,3}", "([ab]|1\\+ab)@(x|users.noreply.github.com)|"), 0..12)
    ) {
        let written: Vec<(&str, &str)> = written.iter().map(|(name, mail)| (name.as_str(), mail.as_str())).collect();
        let mut people = People::default();
        let ids: Vec<usize> = written.iter().map(|(name, mail)| people.intern(name.as_bytes(), mail.as_bytes()) as usize).collect();
        let folded = people.fold(None, &[]);
        // Everybody under one of their own names: nobody falls apart, and nobody is joined with another.
        let first = |person: usize| ids.iter().find(|id| folded.of[**id] == Some(person)).copied().unwrap();
        let mut again = People::default();
        let kept: Vec<usize> = (0..folded.names.len()).map(first).collect();
        for id in &kept {
            let (name, mail) = &people.written[*id];
            again.intern(name.as_bytes(), mail.as_bytes());
        }
        prop_assert_eq!(again.fold(None, &[]).names.len(), folded.names.len());
    }
}

#[test]
fn a_token_in_the_place_of_a_name_is_cut() {
    assert_eq!(super::shown_name("Ada Lovelace"), "Ada Lovelace");
    assert_eq!(super::shown_name("Wolfeschlegelsteinhausen"), "Wolfeschlegelsteinhausen");
    assert_eq!(super::shown_name(&format!("{}9 x", "aB".repeat(12))), "aBaB… x");
}
