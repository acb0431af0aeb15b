//! Comments in the code that silence findings, as a user meets them: what they move, what they leave, and what is said.

use handover::rule::placeholder::expand;
use proptest::prelude::*;
use serde_json::Value;

use crate::support::{Repo, handover};

fn json(arguments: &[&str], repo: &Repo) -> Value {
    let output = handover(&[&["check", "--format", "json"], arguments, &[repo.path()]].concat());
    serde_json::from_str(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}{}", output.stdout, output.stderr))
}

fn check<'r>(report: &'r Value, id: &str) -> &'r Value {
    report["checks"].as_array().unwrap().iter().find(|check| check["check"] == id).unwrap_or_else(|| panic!("no {id}"))
}

fn problems(report: &Value) -> Vec<(u64, String)> {
    let problem = |problem: &Value| (problem["line"].as_u64().unwrap(), problem["kind"].as_str().unwrap().to_owned());
    report["ignore_problems"].as_array().unwrap().iter().map(problem).collect()
}

/// A line with a password in the address of a database, and this behind it.
fn line(seed: &str, behind: &str) -> String {
    expand(&format!("const url = 'postgresql://app:{{alnum:18}}@db.shop-platform.io/app' {behind}\n"), seed).unwrap()
}

/// A repository with one file of code.
fn with(code: &str) -> Repo {
    Repo::new("shop").file("README.md", b"# Shop\n").file("src/db.js", code.as_bytes()).commit("All of it")
}

/// The check that the password of [`line`] fails, and the rule.
fn failing() -> (String, String) {
    let report = json(&[], &with(&line("one", "")));
    let checks = report["checks"].as_array().unwrap();
    let failed = checks.iter().find(|check| check["area"] == "secrets" && check["outcome"] == "fail").unwrap();
    (failed["check"].as_str().unwrap().to_owned(), failed["findings"][0]["rule"].as_str().unwrap().to_owned())
}

#[test]
fn an_ignored_finding_fails_nothing_earns_nothing_and_is_told() {
    let (id, rule) = failing();
    for code in [
        line("one", &format!("// handover: ignore[{rule}] a sandbox that is reset at night")),
        format!("// handover: ignore[{rule}] a sandbox that is reset at night\n{}", line("one", "")),
        line("one", &format!("// handover: ignore[setup, {id}] a sandbox that is reset at night")),
        line("one", "// handover: ignore[secrets] a sandbox that is reset at night"),
    ] {
        let repo = with(&code);
        let report = json(&[], &repo);
        let judged = check(&report, &id);
        assert_eq!((&judged["outcome"], &judged["ratio"]), (&Value::from("unknown"), &Value::Null), "{code}");
        assert_eq!(judged["findings"], Value::Array(Vec::new()));
        let ignored = &judged["ignored"][0];
        assert_eq!(ignored["ignored_by"]["reason"], "a sandbox that is reset at night");
        assert!(report["subject"]["deviations"].to_string().contains(&rule));
        assert!(report["questions"].to_string().contains("a sandbox that is reset at night"), "{}", report["questions"]);
        for format in [["--format", "text"], ["--format", "markdown"]] {
            let said = handover(&[&["check", "--verbose"], format.as_slice(), &[repo.path()]].concat()).stdout;
            assert!(said.contains(&rule) && said.contains("src/db.js") && said.contains("a sandbox that is reset"), "{said}");
            assert!(repo.secrets().iter().all(|secret| !said.contains(secret)), "{said}");
        }
    }
}

#[test]
fn comments_can_be_refused() {
    let (id, rule) = failing();
    let repo = with(&line("one", &format!("// handover: ignore[{rule}] no reason counts")));
    for flag in ["--no-ignores", "--no-config"] {
        let report = json(&[flag], &repo);
        assert_eq!(check(&report, &id)["outcome"], "fail");
        assert_eq!((&report["ignore_problems"], &report["subject"]["deviations"]), (&Value::Array(vec![]), &Value::Array(vec![])));
    }
    assert_eq!(handover(&["check", "--only", &id, "--fail-on", "minor", repo.path()]).code, 0);
    assert_eq!(handover(&["check", "--only", &id, "--fail-on", "minor", "--no-ignores", repo.path()]).code, 1);
}

#[test]
fn what_is_left_decides_the_check() {
    let (id, rule) = failing();
    let repo = with(&format!("{}{}", line("one", &format!("// handover: ignore[{rule}] known")), line("two", "")));
    let report = json(&[], &repo);
    let judged = check(&report, &id);
    assert_eq!(judged["outcome"], "fail");
    assert_eq!((judged["findings"].as_array().unwrap().len(), judged["ignored"].as_array().unwrap().len()), (1, 1));
    assert_eq!(judged["findings"][0]["places"][0]["line"], 2);
}

#[test]
fn comments_of_other_tools_speak_of_secrets_only() {
    let (id, _) = failing();
    for mark in ["gitleaks:allow", "trufflehog:ignore", "pragma: allowlist secret", "ggignore", "kingfisher:ignore"] {
        let report = json(&[], &with(&line("one", &format!("// {mark}"))));
        let judged = check(&report, &id);
        assert_eq!((&judged["outcome"], &judged["ignored"][0]["ignored_by"]["comment"]), (&"unknown".into(), &mark.into()));
        assert_eq!(report["ignore_problems"], Value::Array(vec![]));
    }
    let report = json(&[], &with(&line("one", "// gitleaks:allow -- a sandbox")));
    assert_eq!(check(&report, &id)["ignored"][0]["ignored_by"]["reason"], "a sandbox", "a reason is told where one is given");
    let unused = json(&[], &with("const port = 8080 // gitleaks:allow\n"));
    assert_eq!(unused["ignore_problems"], Value::Array(vec![]), "comments of other tools are theirs to tidy");
    let readme = b"# Shop\n\n[gone](docs/gone.md) <!-- gitleaks:allow -->\n";
    let repo = Repo::new("shop").file("README.md", readme).commit("All of it");
    assert_eq!(check(&json(&[], &repo), "setup/links-work")["outcome"], "fail");
}

#[test]
fn findings_of_documents_and_facts_are_ignored_too() {
    let readme = b"# Shop\n\n<!-- handover: ignore[setup/links-work] it is generated at release -->\n[gone](docs/gone.md)\n";
    let repo = Repo::new("shop").file("README.md", readme).commit("All of it");
    let judged = json(&[], &repo);
    let judged = check(&judged, "setup/links-work");
    assert_eq!((&judged["outcome"], judged["ignored"].as_array().unwrap().len()), (&"unknown".into(), 1), "{judged}");
}

#[test]
fn of_a_ratio_what_is_ignored_counts_neither_way() {
    let ignore = "// handover: ignore[setup/settings-declared] set by the platform";
    let judged = |behind: [&str; 3]| {
        let code = format!(
            "connect(process.env.SHOP_QUEUE) {}\nmail(process.env.SHOP_MAIL) {}\nf(process.env.SHOP_NAME) {}\n",
            behind[0], behind[1], behind[2]
        );
        let repo = with(&code).file(".env.example", b"SHOP_NAME=\n").commit("A template");
        let report = json(&["--only", "setup/settings-declared"], &repo);
        let judged = check(&report, "setup/settings-declared");
        (judged["outcome"].as_str().unwrap().to_owned(), judged["ratio"].as_f64(), problems(&report).len())
    };
    assert_eq!(judged(["", "", ""]), ("fail".into(), Some(0.333), 0));
    assert_eq!(judged([ignore, "", ""]), ("partial".into(), Some(0.5), 0));
    assert_eq!(judged([ignore, ignore, ""]), ("unknown".into(), None, 0));
    assert_eq!(judged([ignore, "", ignore]), ("partial".into(), Some(0.5), 1), "the last is declared, and nothing is there to ignore");
}

#[test]
fn comments_that_do_nothing_are_told_with_their_line() {
    let (_, rule) = failing();
    let code = format!(
        "{}{}{}{}{}",
        "const port = 8080 // handover: ignore[secrets] nothing is here\n",
        line("two", &format!("// handover: ignore[{rule}]")),
        line("three", &format!("// handover: ignore[{rule}x] misspelt")),
        line("four", "// handover: ignore this"),
        line("five", &format!("// handover: ignore[{rule}] of use")),
    );
    let repo = with(&code);
    let report = json(&[], &repo);
    let expected = [(1, "unused"), (2, "no-reason"), (3, "unknown-rule"), (4, "no-rule")];
    assert_eq!(problems(&report), expected.map(|(line, kind)| (line, kind.to_owned())), "{}", report["ignore_problems"]);
    let stderr = handover(&["check", repo.path()]).stderr;
    assert!(stderr.contains("src/db.js:3") && stderr.contains(&format!("did you mean `{rule}`?")), "{stderr}");
    let part = json(&["--only", "setup,secrets/private-keys"], &repo);
    assert!(!problems(&part).iter().any(|(_, kind)| kind == "unused"), "rules that were not run found nothing, of course");
}

#[test]
fn documents_and_strings_that_show_the_syntax_are_left_alone() {
    let readme = "# Shop\n\n```py\nx # handover: ignore[rule-id] why\n```\n\n# handover: ignore[rule-id] why\n";
    let code = "const text = 'x // handover: ignore[rule-id] why'\n";
    let repo = Repo::new("shop").file("README.md", readme.as_bytes()).file("src/a.js", code.as_bytes()).commit("All of it");
    assert_eq!(json(&[], &repo)["ignore_problems"], Value::Array(vec![]));
}

#[test]
fn it_works_on_what_is_staged_and_on_revisions() {
    let (id, rule) = failing();
    let ignored = line("one", &format!("// handover: ignore[{rule}] a sandbox"));
    let mut repo = with(&ignored);
    assert_eq!(check(&json(&["--rev", "HEAD"], &repo), &id)["outcome"], "unknown");
    repo.write("src/db.js", format!("{ignored}// handover: ignore[{rule}] a sandbox\n{}", line("two", "")).as_bytes());
    repo.stage();
    let report = json(&["--staged", "--fail-on", "minor"], &repo);
    assert_eq!((&report["gate"]["holds"], problems(&report)), (&Value::Bool(true), vec![]), "{report}");
    assert_eq!(check(&report, &id)["ignored"].as_array().unwrap().len(), 1, "the first stands on a line that was there before");
    assert_eq!(handover(&["check", "--staged", "--fail-on", "minor", "--no-ignores", repo.path()]).code, 1);
    // A comment that is added above an old line is of use, though the old line is not part of the change.
    let mut repo = with(&line("one", ""));
    repo.write("src/db.js", format!("// handover: ignore[{rule}] a sandbox\n{}", line("one", "")).as_bytes());
    repo.stage();
    assert_eq!(problems(&json(&["--staged"], &repo)), vec![]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// Whatever is ignored: no check passes that did not pass without the comments, and none fails that did not.
    #[test]
    fn no_comment_makes_a_check_pass(lines in prop::collection::vec(0usize..4, 1..8)) {
        let behind = ["", "// handover: ignore[secrets] why", "// handover: ignore[secrets/url-with-password]", "// gitleaks:allow"];
        let code: String = lines.iter().enumerate().map(|(at, kind)| line(&at.to_string(), behind[*kind])).collect();
        let repo = with(&code);
        let (with, without) = (json(&["--only", "secrets"], &repo), json(&["--only", "secrets", "--no-ignores"], &repo));
        for before in without["checks"].as_array().unwrap() {
            let after = check(&with, before["check"].as_str().unwrap());
            let kept = before["outcome"] == after["outcome"] || before["outcome"] == "fail" && after["outcome"] == "unknown";
            prop_assert!(kept, "{} became {}", before["outcome"], after["outcome"]);
            let count = |check: &Value, key: &str| check[key].as_array().unwrap().len();
            prop_assert_eq!(count(before, "findings"), count(after, "findings") + count(after, "ignored"));
        }
        prop_assert!(repo.secrets().iter().all(|secret| !with.to_string().contains(secret)));
    }
}

#[test]
fn one_secret_in_many_files_is_one_finding_of_the_same_weight() {
    let (id, _) = failing();
    let (same, other) = (line("one", ""), line("two", ""));
    let repo = Repo::new("shop")
        .file("README.md", format!("# Shop\n\n    {same}").as_bytes())
        .file("src/a.js", format!("{other}{same}{same}").as_bytes())
        .file("src/b.js", same.as_bytes())
        .file("tests/a.test.js", same.as_bytes())
        .commit("All of it");
    let report = json(&[], &repo);
    let found = check(&report, &id)["findings"].as_array().unwrap();
    let of_value = found.iter().find(|finding| finding["places"].as_array().unwrap().len() > 1).unwrap();
    let places: Vec<String> = of_value["places"].as_array().unwrap().iter().map(|at| format!("{}:{}", at["path"], at["line"])).collect();
    assert_eq!(places, ["\"src/a.js\":2", "\"src/a.js\":3", "\"src/b.js\":1", "\"README.md\":3", "\"tests/a.test.js\":1"]);
    assert_eq!((found.len(), &of_value["confidence"]), (2, &found[0]["confidence"]), "as sure as it is in code");
    assert_eq!(check(&report, &id)["outcome"], "fail");
    let hook = with("const port = 1\n").file("src/db.js", same.as_bytes()).file("src/c.js", same.as_bytes());
    hook.stage();
    let said = handover(&["check", "--staged", "--quiet", hook.path()]).stdout;
    assert!(said.contains("src/db.js:1:") && said.contains("src/c.js:1:"), "each place stands in a line: {said}");
}
