//! The command line: exit codes, gates, settings and schemas, as a user meets them.

use serde_json::Value;

use crate::fixtures::repository;
use crate::support::{Repo, command, handover};

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[test]
fn exit_codes_are_those_of_the_contract() {
    let good = repository("node-good");
    let poor = repository("python-poor");
    let empty = tempfile::TempDir::new().unwrap();
    assert_eq!(handover(&["check", good.path()]).code, 0);
    assert_eq!(handover(&["check", poor.path()]).code, 1);
    assert_eq!(handover(&["check", "--only", "decisions", poor.path()]).code, 0);
    assert_eq!(handover(&["check", "/no/such/folder"]).code, 2);
    assert_eq!(handover(&["check", "--formaat", "json"]).code, 2);
    assert_eq!(handover(&["check", "--rev", "no-such-branch", good.path()]).code, 2);
    assert_eq!(handover(&["check", empty.path().to_str().unwrap()]).code, 3);
    assert_eq!(handover(&["check", "--staged", good.path()]).code, 0);
}

#[test]
fn the_gate_follows_severity_and_score() {
    let repo = repository("python-middling");
    assert_eq!(handover(&["check", "--fail-on", "major", repo.path()]).code, 1);
    assert_eq!(handover(&["check", "--min-score", "99", repo.path()]).code, 1);
    let report = json(&handover(&["check", "--min-score", "99", "--format", "json", repo.path()]).stdout);
    assert!(report["gate"]["reasons"].to_string().contains("under 99"));
}

#[test]
fn errors_name_the_way_out() {
    let repo = repository("node-good");
    let output = handover(&["check", "--only", "setup/readmee", repo.path()]);
    assert_eq!(output.code, 2);
    assert!(output.stderr.contains("setup/readme`?"), "{}", output.stderr);
    let output = handover(&["explain", "secrets/private-keyz"]);
    assert!(output.stderr.contains("secrets/private-key"), "{}", output.stderr);
}

#[test]
fn settings_are_read_refused_and_told() {
    let settings =
        "[checks]\n\"decisions/recorded\" = \"off\"\n\"setup/prerequisites\" = \"minor\"\n[paths]\nexclude = [\"nowhere/\", \"docs/\"]\n";
    let repo = repository("node-good").file("handover.toml", settings.as_bytes()).commit("Settings");
    let output = handover(&["check", "--format", "json", repo.path()]);
    let report = json(&output.stdout);
    let deviations = report["subject"]["deviations"].to_string();
    for told in ["decisions/recorded", "setup/prerequisites", "docs/"] {
        assert!(deviations.contains(told), "{deviations}");
    }
    assert!(output.stderr.contains("nowhere/"), "{}", output.stderr);
    let trusted = json(&handover(&["check", "--no-config", "--format", "json", repo.path()]).stdout);
    assert_eq!(trusted["subject"]["deviations"], Value::Array(Vec::new()));
    let wrong = repo.file("handover.toml", b"[checks]\n\"decisions/recorde\" = \"off\"\n");
    let output = handover(&["check", wrong.path()]);
    assert_eq!(output.code, 2);
    assert!(output.stderr.contains("handover.toml:2") && output.stderr.contains("decisions/recorded"), "{}", output.stderr);
    let wrong = wrong.file("handover.toml", b"\n[chekcs]\n");
    let output = handover(&["check", wrong.path()]);
    assert!(output.stderr.contains("handover.toml:2") && output.stderr.contains("checks"), "{}", output.stderr);
}

#[test]
fn a_repository_adds_rules_of_its_own() {
    let rule = "[[rule]]\nid = \"setup/no-makefile\"\ncheck = \"setup/run-documented\"\ntitle = \"There is no Makefile\"\nwhy = \"w\"\nfix = \"f\"\n[rule.file]\npaths = [\"Makefile\"]\nexpect = \"some\"\n[[rule.example]]\nhit = \"x\"\n[[rule.example]]\n[rule.example.miss]\nMakefile = \"all:\"\n";
    let repo = repository("node-good").file(".handover/rules/own.toml", rule.as_bytes()).commit("A rule");
    let report = json(&handover(&["check", "--format", "json", repo.path()]).stdout);
    assert!(report.to_string().contains("There is no Makefile"));
    assert!(!handover(&["check", "--no-config", "--verbose", repo.path()]).stdout.contains("There is no Makefile"));
    let folder = format!("{}/.handover/rules", repo.path());
    assert_eq!(handover(&["rules", "test", "--rules", &folder, "setup/no-makefile"]).code, 0);
    let twice = handover(&["check", "--rules", &folder, "--verbose", repo.path()]);
    assert!(twice.code <= 1 && twice.stdout.contains("There is no Makefile"), "{}", twice.stderr);
    for arguments in [vec!["explain", "setup/no-makefile"], vec!["explain", "setup/no-makefile", "--rules", ".handover/rules"]] {
        let page = command().current_dir(repo.path()).args(&arguments).output().unwrap();
        assert!(String::from_utf8_lossy(&page.stdout).contains("There is no Makefile"), "{}", String::from_utf8_lossy(&page.stderr));
    }
}

#[test]
fn staged_looks_at_added_lines_only_and_says_what_it_read() {
    let line =
        handover::rule::placeholder::expand("const url = 'postgresql://app:{alnum:18}@db.shop-platform.io/app'\n", "staged").unwrap();
    let mut repo = Repo::new("shop").file("a.js", line.as_bytes()).commit("Old sins");
    let clean = handover(&["check", "--staged", repo.path()]);
    assert_eq!(clean.code, 0);
    assert!(clean.stderr.contains("nothing is staged") && clean.stdout.is_empty(), "{}{}", clean.stdout, clean.stderr);
    repo.write("a.js", format!("{line}const more = 1\n").as_bytes());
    repo.stage();
    let harmless = json(&handover(&["check", "--staged", "--format", "json", repo.path()]).stdout);
    assert!(!harmless.to_string().contains("fingerprint"), "{harmless}");
    assert_eq!((&harmless["score"], &harmless["read"]["files"]), (&Value::Null, &Value::from(1)));
    let second =
        handover::rule::placeholder::expand("const url = 'postgresql://app:{alnum:18}@db.shop-platform.io/app'\n", "second").unwrap();
    repo.write("b.js", second.as_bytes());
    repo.stage();
    let output = handover(&["check", "--staged", "--fail-on", "major", "--format", "json", repo.path()]);
    assert_eq!(output.code, 1, "{}", output.stdout);
    assert!(output.stdout.contains("b.js") && !output.stdout.contains("\"a.js\""), "{}", output.stdout);
    let hook = handover(&["check", "--staged", "--quiet", repo.path()]).stdout;
    assert!(hook.lines().any(|line| line.starts_with("b.js:1:") && line.contains(" secrets/")) && !hook.contains('✘'), "{hook}");
}

#[test]
fn output_validates_against_its_schema() {
    let repo = repository("dotnet-poor");
    for (schema, arguments) in [
        ("report", vec!["check", "--format", "json", repo.path()]),
        ("report", vec!["check", "--staged", "--format", "json", repo.path()]),
        ("facts", vec!["inspect", repo.path()]),
    ] {
        let schema = json(&handover(&["schema", schema]).stdout);
        let output = json(&handover(&arguments).stdout);
        let validator = jsonschema::validator_for(&schema).unwrap();
        let errors: Vec<String> = validator.iter_errors(&output).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(errors.is_empty(), "{errors:#?}");
    }
    for schema in ["config", "rules"] {
        jsonschema::validator_for(&json(&handover(&["schema", schema]).stdout)).unwrap();
    }
}

#[test]
fn inspect_reads_one_area_alone() {
    let repo = repository("dotnet-good");
    let facts = json(&handover(&["inspect", "--only", "decisions", repo.path()]).stdout);
    assert_eq!(facts["decisions"]["records"].as_array().unwrap().len(), 3);
    assert_eq!(facts["pipelines"]["unknown"], "not asked for");
}

#[test]
fn explain_and_rules_answer_in_text_and_json() {
    let page = handover(&["explain", "setup/no-readme"]).stdout;
    for heading in ["Why it matters", "How to fix it", "Found", "Not found", "How it scores"] {
        assert!(page.contains(heading), "{page}");
    }
    assert!(handover(&["explain", "setup/readme"]).stdout.contains("setup/no-readme"));
    let list = json(&handover(&["rules", "list", "--format", "json"]).stdout);
    assert!(list.as_array().unwrap().iter().any(|rule| rule["id"] == "setup/no-readme"));
    let rule = json(&handover(&["rules", "show", "setup/no-readme", "--format", "json"]).stdout);
    assert_eq!(rule["check"], "setup/readme");
}

#[test]
fn no_colour_reaches_a_pipe() {
    let repo = repository("dotnet-poor");
    let plain = handover(&["check", repo.path()]);
    assert!(!plain.stdout.contains('\u{1b}') && !plain.stderr.contains('\u{1b}'));
    let coloured = handover(&["check", "--color", "always", repo.path()]);
    assert!(coloured.stdout.contains('\u{1b}'));
}

/// A repository with a README whose one line holds this text among much else.
fn with_line(line: &str) -> Repo {
    Repo::new("shop").file("README.md", b"# Shop\n").file("settings.json", line.as_bytes()).commit("All of it")
}

#[test]
fn no_part_of_a_long_secret_is_shown() {
    let expand = |text: &str| handover::rule::placeholder::expand(text, "long").unwrap();
    let key = expand("{pem-escaped:rsa}");
    let body: String = key.chars().filter(char::is_ascii_alphanumeric).collect();
    let many: Vec<String> = (0..40).map(|number| format!("\"{}\"", expand(&format!("sk_live_{{alnum:{}}}", 100 + number)))).collect();
    let repo = with_line(&format!(
        "{{\"private_key\": \"{key}\", \"password\": \"{}\", \"tokens\": [{}]}}",
        expand("{alnum:18}"),
        many.join(", ")
    ));
    for format in ["json", "text", "markdown"] {
        let said = handover(&["check", "--verbose", "--format", format, repo.path()]).stdout;
        for piece in body.as_bytes().chunks(16).filter(|piece| piece.len() == 16).map(|piece| std::str::from_utf8(piece).unwrap()) {
            assert!(!said.contains(piece), "{format} shows {piece}");
        }
        for token in &many {
            let tail: String = token.chars().skip(20).take(24).collect();
            assert!(!said.contains(&tail), "{format} shows {tail}");
        }
    }
}

#[test]
fn rules_that_are_not_asked_still_keep_secrets_out_of_sight() {
    let secret = handover::rule::placeholder::expand("sk_live_{alnum:27}", "unasked").unwrap();
    let readme = format!("# Shop\n\n[x](a/{secret}.md)\n");
    let repo = Repo::new("shop").file("README.md", readme.as_bytes()).commit("All of it");
    for arguments in [
        vec!["check", "--only", "setup"],
        vec!["check", "--only", "setup,secrets/private-keys"],
        vec!["check", "--skip", "secrets"],
        vec!["check", "--skip", "secrets/live-credentials", "--verbose"],
    ] {
        let output = handover(&[arguments.as_slice(), &[repo.path()]].concat());
        assert!(!output.stdout.contains(&secret), "{arguments:?}: {}", output.stdout);
        assert!(!output.stdout.is_empty(), "{}", output.stderr);
    }
}

#[test]
fn an_env_file_counts_where_a_rule_is_sure_of_a_credential_in_it() {
    let confidence = |line: &str, only: &str| {
        let line = handover::rule::placeholder::expand(line, "env").unwrap();
        let repo = Repo::new("shop").file("README.md", b"# Shop\n").file("conf/prod.env", line.as_bytes()).commit("Settings");
        let report = json(&handover(&["check", "--no-cache", "--format", "json", "--only", only, repo.path()]).stdout);
        let checks = report["checks"].as_array().unwrap().iter().flat_map(|check| check["findings"].as_array().unwrap().clone());
        let found: Vec<Value> = checks.filter(|finding| finding["rule"] == "secrets/committed-env-file").collect();
        (found.len(), found[0]["confidence"].as_str().unwrap().to_owned())
    };
    let given = [
        "DB_PASSWORD={alnum:14}\n",
        "export API_TOKEN='{alnum:32}'\n",
        "DB_PASS={alnum:14}\n",
        "DB_PASSWORD=${alnum:14}9x\n",
        "QUEUE=amqp://shop:{alnum:14}@mq.orders.io/\n",
        "STORE=DefaultEndpointsProtocol=https;AccountName=orders42;AccountKey={azure-key:+ASt};EndpointSuffix=core.windows.net\n",
        "ConnectionStrings__Db=Server=db.orders.io;Database=o;User Id=sa;Password={alnum:14};\n",
    ];
    for line in given {
        for only in ["secrets", "secrets/committed-files"] {
            assert_eq!(confidence(line, only), (1, "medium".into()), "{line}");
        }
    }
    let settings = [
        "PORT=80\nAPI_TOKEN=\n",
        "DB_PASSWORD= # set me\n",
        "DB_PASSWORD=${DB_PASSWORD}\n",
        "JWT_SECRET=changeme\n",
        "API_TOKEN=none\n",
        "SORT_KEY=created_at\n",
        "TLS_KEY=/etc/tls/tls.key\n",
        "DB_PASSWORD=op://vault/db/password\n",
        "IMAGE_DIGEST={hex:40}\n",
        "DATABASE_URL=postgres://db/shop\n",
    ];
    for line in settings {
        assert_eq!(confidence(line, "secrets"), (1, "low".into()), "{line}");
    }
}
