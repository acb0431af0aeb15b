use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;

use super::*;
use crate::catalog::Catalog;
use crate::rule::Rule;
use crate::rule::placeholder::expand;
use crate::snapshot::Snapshot;

fn text(content: impl Into<Vec<u8>>) -> Text {
    let snapshot = Snapshot::of_memory([("a.txt", content)]);
    snapshot.read(&snapshot.files()[0]).unwrap()
}

fn scanner(rules: &[&Rule]) -> Scanner {
    Scanner::new(rules.iter().map(|rule| (&rule.matcher, rule.confidence)))
}

fn built_in() -> Catalog {
    Catalog::built_in().unwrap()
}

/// The ids and confidences of what our rules find.
fn found(content: &str, class: PathClass) -> Vec<(String, Confidence)> {
    let catalog = built_in();
    let rules: Vec<&Rule> = catalog.rules.iter().collect();
    let content = expand(content, "scanner tests").unwrap();
    let hits = scanner(&rules).scan(&text(content), "a.txt", class);
    hits.into_iter().map(|hit| (rules[hit.rule].id.clone(), hit.confidence)).collect()
}

fn only(id: &str, confidence: Confidence) -> Vec<(String, Confidence)> {
    vec![(id.to_owned(), confidence)]
}

/// A scanner of one rule with this table.
fn scan_with(table: &str, content: &str) -> Vec<String> {
    let declared: SecretRule = toml::from_str(table).unwrap();
    declared.validate().unwrap();
    let catalog = built_in();
    let prototype = catalog.rules.iter().find(|rule| matches!(rule.matcher, Matcher::Secret(_))).unwrap();
    let rule = Rule {
        id: "secrets/mine".into(),
        area: prototype.area,
        check: prototype.check.clone(),
        title: "Mine".into(),
        severity: prototype.severity,
        confidence: Confidence::High,
        why: String::new(),
        fix: String::new(),
        links: Vec::new(),
        message: None,
        scope: prototype.scope,
        matcher: Matcher::Secret(declared),
        examples: Vec::new(),
        declared: prototype.declared.clone(),
    };
    let text = text(content);
    let hits = scanner(&[&rule]).scan(&text, "a.txt", PathClass::Source);
    hits.into_iter().map(|hit| String::from_utf8_lossy(&text.bytes()[hit.secret]).into_owned()).collect()
}

const TABLE: &str = "keywords = ['key_']\npattern = '\\b(key_[a-z0-9]{8,40})\\b'\nreach = 20";

#[test]
fn a_cut_window_makes_no_boundary() {
    assert_eq!(scan_with(TABLE, "x = key_8fk2p0qz!"), ["key_8fk2p0qz"]);
    assert_eq!(scan_with(TABLE, "xkey_8fk2p0qz"), Vec::<String>::new());
    // 40 characters are out of reach: what could be seen of them is not the whole token.
    assert_eq!(scan_with(TABLE, &format!("key_{}", "8fk2p0qzw7".repeat(4))), Vec::<String>::new());
    assert_eq!(scan_with(TABLE, &format!("{} key_8fk2p0qz {}", "x ".repeat(500), "y ".repeat(500))), ["key_8fk2p0qz"]);
}

#[test]
fn every_one_of_many_keywords_on_a_line_is_found() {
    let line: String = (0..1000).map(|number| format!("key_8fk2p0q{number} ")).collect();
    assert_eq!(scan_with(TABLE, &line).len(), 1000);
}

#[test]
fn a_checksum_decides_how_sure_a_finding_is() {
    assert_eq!(found("T={github-token}", PathClass::Source), only("secrets/github-token", Confidence::High));
    assert_eq!(found("T=ghp_{alnum:36}", PathClass::Source), only("secrets/github-token", Confidence::Low));
    assert_eq!(found("T={github-token}", PathClass::Test), only("secrets/github-token", Confidence::Medium));
    assert_eq!(found("K=sk_live_{alnum:24}", PathClass::Docs), only("secrets/stripe-live-key", Confidence::Low));
}

#[test]
fn the_most_specific_rule_keeps_the_secret() {
    let connection = "DefaultEndpointsProtocol=https;AccountName=orders;AccountKey={azure-key:+ASt}";
    assert_eq!(found(connection, PathClass::Source), only("secrets/azure-storage-connection-string", Confidence::High));
    assert_eq!(found("password = \"{github-token}\"", PathClass::Source), only("secrets/github-token", Confidence::High));
    let url = "https://x-access-token:{github-token}@github.com/a/b";
    assert_eq!(found(url, PathClass::Source), only("secrets/github-token", Confidence::High));
}

#[test]
fn published_keys_of_emulators_are_no_findings() {
    // Put together here, for the values shall stand nowhere in one piece.
    let azurite = ["Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1", "OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="].concat();
    let cosmos = ["C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEH", "LM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw=="].concat();
    for key in [azurite, cosmos] {
        assert_eq!(found(&format!("AccountName=devstoreaccount1;AccountKey={key};"), PathClass::Source), []);
    }
}

#[test]
fn where_a_connection_string_leads_decides_the_rule() {
    let to = |host: &str| found(&format!("Server={host};Database=o;User Id=sa;Password={{alnum:14}};"), PathClass::Source);
    assert_eq!(to("sql7.orders.io"), only("secrets/database-connection-string", Confidence::High));
    assert_eq!(to("localhost,1433"), only("secrets/local-database-password", Confidence::Medium));
    assert_eq!(to("db.example.com"), only("secrets/database-connection-string", Confidence::Low));
}

#[test]
fn dates_are_stated() {
    let catalog = built_in();
    let rules: Vec<&Rule> = catalog.rules.iter().collect();
    let content = expand("Bearer {jwt:exp=2024-01-01}", "dates").unwrap();
    let hits = scanner(&rules).scan(&text(content), "a.txt", PathClass::Source);
    assert_eq!(hits[0].note.as_deref(), Some("expires 2024-01-01"));
}

/// A value of the placeholder, and the text around it in base 64.
fn encoded(text: &str) -> String {
    STANDARD.encode(expand(text, "encoded").unwrap())
}

#[test]
fn a_secret_in_base64_is_found_where_it_stands() {
    let catalog = built_in();
    let rules: Vec<&Rule> = catalog.rules.iter().collect();
    let content = format!("GITHUB_B64={}", encoded("token {github-token} of the bot"));
    let text = text(content.clone());
    let hits = scanner(&rules).scan(&text, "a.txt", PathClass::Source);
    assert_eq!(hits.len(), 1);
    let (secret, plain) = (&text.bytes()[hits[0].secret.clone()], hits[0].plain.clone().unwrap());
    // Six characters stand before it, and digits are shared at both ends.
    assert_eq!(hits[0].secret, content.find('=').unwrap() + 1 + 8..content.find('=').unwrap() + 1 + 62);
    assert!(plain.starts_with(b"ghp_") && secret.len() == 54);
    assert_eq!(hits[0].note.as_deref(), Some("its checksum holds, written in base64"));
}

#[test]
fn what_is_encoded_is_weighed_like_what_is_not() {
    let token = only("secrets/github-token", Confidence::High);
    assert_eq!(found(&format!("data: {}", encoded("{github-token}, more")), PathClass::Source), token);
    let twice = STANDARD.encode(encoded("GITHUB={github-token}"));
    assert_eq!(found(&format!("a: {twice}"), PathClass::Source), token);
    assert_eq!(found(&format!("a: {}", STANDARD.encode(twice)), PathClass::Source), []);
    let made_up = encoded("STRIPE=sk_live_{alnum:24}");
    assert_eq!(found(&format!("key = {made_up}"), PathClass::Source), only("secrets/stripe-live-key", Confidence::High));
    assert_eq!(found(&format!("fake = {made_up}"), PathClass::Source), only("secrets/stripe-live-key", Confidence::Low));
    assert_eq!(found(&format!("key = {made_up}"), PathClass::Test), only("secrets/stripe-live-key", Confidence::Low));
    let settings = encoded("user=shop\npassword=Winter-in-{alnum:6}\n");
    assert_eq!(found(&settings, PathClass::Source), only("secrets/assigned-password-unquoted", Confidence::Medium));
    let wide: Vec<u8> = expand("$t = '{github-token}'", "wide").unwrap().encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(found(&format!("powershell -enc {}", STANDARD.encode(wide)), PathClass::Source), token);
    assert_eq!(found(&format!("K: {}", encoded("key: {alnum:32} token: {hex:40}")), PathClass::Source), []);
}

#[test]
fn secrets_of_a_manifest_are_told_as_what_they_are() {
    let manifest = |value: &str| format!("kind: Secret\ndata:\n  token: {value}\n");
    assert_eq!(found(&manifest(&encoded("{github-token}")), PathClass::Source), only("secrets/github-token", Confidence::High));
    assert_eq!(found(&manifest(&encoded("{alnum:32}")), PathClass::Source), only("secrets/kubernetes-secret", Confidence::Medium));
}

#[test]
fn escapes_hide_nothing() {
    let key = expand("{azure-key:+ASt}", "escapes").unwrap();
    let json =
        |key: &str| format!("\"DefaultEndpointsProtocol=https;AccountName=orders42;AccountKey={key};EndpointSuffix=core.windows.net\"");
    let storage = only("secrets/azure-storage-connection-string", Confidence::High);
    assert_eq!(found(&json(&key), PathClass::Source), storage);
    assert_eq!(found(&json(&key.replace('+', "\\u002B").replace('/', "\\/")), PathClass::Source), storage);
    assert_eq!(found(&json(&key.replace('+', "%2B").replace('=', "%3D")), PathClass::Source), storage);
    let token = expand("{github-token}", "escapes").unwrap().replace("ghp", "\\x67hp");
    assert_eq!(found(&format!("t = '{token}'"), PathClass::Source), only("secrets/github-token", Confidence::High));
    let url = "redirect=https%3A%2F%2Fx%3Fcode%3D{github-token}%26a%3Db";
    assert_eq!(found(url, PathClass::Source), only("secrets/github-token", Confidence::High));
}

#[test]
fn a_connection_string_over_several_lines_is_one() {
    let both = only("secrets/database-connection-string", Confidence::High);
    let parts = ["Server=sql7.orders.io;", "Database=o;User Id=sa;", "Password={alnum:14};"];
    assert_eq!(found(&format!("var s = \"{}\";", parts.join("\" +\n    \"")), PathClass::Source), both);
    assert_eq!(found(&format!("var s = @\"{}\";", parts.join("\n    ")), PathClass::Source), both);
    assert_eq!(found(&format!("db: >-\n  {}\n", parts.join("\n  ")), PathClass::Source), both);
    assert_eq!(found("var server = settings.Server;\nvar Password = settings.Password;", PathClass::Source), []);
}

#[test]
fn hashes_and_identifiers_are_no_findings() {
    let lines = [
        "\"integrity\": \"sha512-{base64:86}==\"",
        "uses: actions/checkout@{hex:40}",
        "token: {uuid}",
        "golang.org/x/text v0.3.0 h1:{base64:43}=",
        "<PackageReference Include=\"A\" PublicKeyToken=\"{hex:16}\" />",
        "\"resolved\": \"https://registry.example.net/a/-/a-1.0.0.tgz#{hex:40}\"",
    ];
    for line in lines {
        assert_eq!(found(line, PathClass::Source), [], "{line}");
    }
}

#[test]
fn what_ties_code_to_an_account_is_doubtful_at_most() {
    let found = found("\"InstrumentationKey\": \"{uuid}\"", PathClass::Source);
    assert_eq!(found, [("secrets/tenant-or-client-id".to_owned(), Confidence::Low)]);
    for class in [PathClass::Test, PathClass::Sample, PathClass::Docs, PathClass::Generated] {
        assert_eq!(self::found("\"InstrumentationKey\": \"{uuid}\"", class), [], "{class:?}");
    }
}

#[test]
fn a_bad_declaration_is_refused() {
    let refused = |table: &str| {
        let declared: SecretRule = toml::from_str(table).unwrap();
        declared.validate().and_then(|()| declared.validate_pattern()).unwrap_err()
    };
    assert!(refused("keywords = []\npattern = '(a)'").contains("keywords"));
    assert!(refused("keywords = ['ab']\npattern = 'a'").contains("group"));
    assert!(refused("keywords = ['ab']\npattern = '('").contains("bad pattern"));
    assert!(refused("keywords = ['ab']\npattern = '(a)'\nmin_entropy = 2.0").contains("min_entropy"));
    assert!(refused("keywords = ['ab']\npattern = '(a)'\nhost = 'local'").contains("host"));
    assert!(toml::from_str::<SecretRule>("keywords = ['ab']\npattern = '(a)'\nkeyword = 'x'").is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_the_bytes_spans_lie_inside(
        noise in proptest::collection::vec(any::<u8>(), 0..400),
        words in proptest::collection::vec("(password=|AccountKey=|-----BEGIN RSA PRIVATE KEY-----|ghp_|eyJ|://a:b@|token: \"|[a-zA-Z0-9]{0,60}|\r\n)", 0..20),
    ) {
        let catalog = built_in();
        let rules: Vec<&Rule> = catalog.rules.iter().collect();
        let mut content = b"text ".to_vec();
        content.extend(words.join("").into_bytes());
        content.extend(noise.into_iter().filter(|byte| *byte != 0));
        let text = text(content);
        let mut before = 0;
        for hit in scanner(&rules).scan(&text, "a.txt", PathClass::Source) {
            prop_assert!(hit.span.start <= hit.secret.start && hit.secret.end <= hit.span.end && hit.span.end <= text.bytes().len());
            prop_assert!(hit.secret.start >= before);
            before = hit.secret.end;
        }
    }
}
