//! Files that seldom belong under version control, by name and, where a name proves nothing, by content.
//!
//! Tests and samples are no exception: the class of the path is there for a rule to weigh. Code of others is left out.

use std::sync::LazyLock;

use regex::bytes::Regex;
use serde::Deserialize;

use super::CommittedFile;
use super::store::{self, CERTIFICATE, Store};
use crate::facts::stack::table::Files;
use crate::snapshot::{File, PathClass, Snapshot, Text};
use crate::table::Lazy;

/// No store in base 64 is shorter.
const SHORT_STORE: usize = 100;

static TABLE: LazyLock<Table> =
    LazyLock::new(|| crate::facts::table("committed-files.toml", include_str!("../../../rules/data/committed-files.toml")));

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    template_words: Vec<String>,
    environments: Files,
    not_environments: Vec<String>,
    committed: Vec<Committed>,
    /// Files of other formats: they are not looked into for a store of keys.
    other_formats: Files,
    /// Stores that everybody has.
    shared_stores: Files,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Committed {
    kind: String,
    files: Files,
    #[serde(default)]
    except: Files,
    /// What has to stand in the file.
    content: Option<Lazy<Regex>>,
    /// What must not stand in the file.
    unless: Option<Lazy<Regex>>,
    /// Whether only a text can be one.
    #[serde(default)]
    text: bool,
    /// It is no finding if its content is a store of certificates without a key, or a text.
    #[serde(default)]
    store: bool,
}

/// The committed files, and the templates of env files.
pub(super) fn read(snapshot: &Snapshot) -> (Vec<CommittedFile>, Vec<String>) {
    let (mut committed, mut templates) = (Vec::new(), Vec::new());
    for file in snapshot.files().iter().filter(|file| file.class != PathClass::Vendored) {
        let environment = is_environment(file);
        if is_template(file) {
            templates.extend(environment.then(|| file.path.clone()));
        } else if let Some(kind) = kind(snapshot, file, environment) {
            committed.push(CommittedFile { file: file.path.clone(), kind });
        }
    }
    (committed, templates)
}

/// What kind of committed file it is: by its name, or as a store of keys by its content. The name of a store stands where its
/// content says nothing: it is not here, or in a form that is not known.
fn kind(snapshot: &Snapshot, file: &File, environment: bool) -> Option<String> {
    let named = TABLE.committed.iter().find(|rule| holds(snapshot, rule, file, environment));
    if named.is_some_and(|rule| !rule.store) {
        return named.map(|rule| rule.kind.clone());
    }
    if TABLE.shared_stores.matches(file) || named.is_none() && !may_be_store(snapshot, file) {
        return None;
    }
    let excused = || TABLE.committed.iter().any(|rule| rule.store && rule.except.matches(file));
    let bytes = snapshot.raw(file);
    match bytes.as_deref().and_then(store::read) {
        // Whether it holds more than certificates does not show, so its name decides.
        Some(Store::Key(CERTIFICATE)) if excused() => None,
        Some(Store::Key(kind)) => Some(named.map_or_else(|| kind.to_owned(), |rule| rule.kind.clone())),
        Some(Store::Trust) => None,
        None => named.filter(|_| !bytes.is_some_and(|bytes| is_prose(&bytes))).map(|rule| rule.kind.clone()),
    }
}

/// Whether a file without a name that tells may be a store: it is of no other format, and its first bytes do not speak against
/// it.
fn may_be_store(snapshot: &Snapshot, file: &File) -> bool {
    !TABLE.other_formats.matches(file) && snapshot.head(file, store::HEAD).is_some_and(|head| store::may_begin(&head))
}

/// Whether a text says something: one in base 64 may hold a store.
fn is_prose(bytes: &[u8]) -> bool {
    let base64 = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/= \t\r\n".contains(byte);
    Text::view(bytes).is_some() && (bytes.len() < SHORT_STORE || !bytes.iter().all(base64))
}

fn holds(snapshot: &Snapshot, rule: &Committed, file: &File, environment: bool) -> bool {
    if !rule.files.matches(file) || rule.except.matches(file) || rule.kind.starts_with("env") && !environment {
        return false;
    }
    if rule.content.is_none() && rule.unless.is_none() && !rule.text {
        return true;
    }
    snapshot.read(file).is_some_and(|text| {
        let stands = |pattern: &Lazy<Regex>| pattern.is_match(text.bytes());
        rule.content.as_ref().is_none_or(stands) && !rule.unless.as_ref().is_some_and(stands)
    })
}

fn is_environment(file: &File) -> bool {
    let extension = file.name().rsplit('.').next().unwrap_or_default();
    TABLE.environments.matches(file) && !TABLE.not_environments.iter().any(|other| other.eq_ignore_ascii_case(extension))
}

/// Whether a file is a pattern to be filled in: by its class, or by a word of its name.
fn is_template(file: &File) -> bool {
    let mut words = file.name().split(|c: char| !c.is_alphanumeric());
    file.class == PathClass::Template || words.any(|word| TABLE.template_words.iter().any(|template| template.eq_ignore_ascii_case(word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stores_are_known_by_content_where_their_name_says_little() {
        let kind = |path: &str, content: &[u8]| {
            let (committed, _) = read(&Snapshot::of_memory([(path, content)]));
            committed.into_iter().next().map(|found| found.kind)
        };
        let head = |tag: u8| [&[0xFE, 0xED, 0xFE, 0xED, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, tag, 0, 1, b'a'], [0; 40].as_slice()].concat();
        assert_eq!(kind("conf/identity", &head(1)).as_deref(), Some("keystore"));
        assert_eq!(kind("conf/release.store", &head(1)).as_deref(), Some("keystore"));
        assert_eq!(kind("conf/release", &head(1)).as_deref(), Some("keystore"));
        assert_eq!(kind("conf/release.assets", &head(1)).as_deref(), Some("keystore"));
        assert_eq!(kind("conf/release.png", &head(1)), None);
        assert_eq!(kind("app/debug.keystore", &head(1)), None);
        let trust = [0xFE, 0xED, 0xFE, 0xED, 0, 0, 0, 2, 0, 0, 0, 0];
        let pkcs12 =
            [&[0x30, 0x82, 1, 0x2C, 2, 1, 3, 0x30, 0x82, 1, 0, 6, 9, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 7, 1], [7; 300].as_slice()]
                .concat();
        assert_eq!((kind("conf/app", &pkcs12).as_deref(), kind("conf/truststore.p12", &pkcs12)), (Some("certificate"), None));
        assert_eq!((kind("lib/security/cacerts", &pkcs12), kind("client.truststore", &pkcs12)), (None, None));
        assert_eq!((kind("conf/ca.jks", &trust), kind("conf/identity", &trust)), (None, None));
    }

    fn kinds(files: &[(&str, &str)]) -> Vec<(String, String)> {
        let (committed, _) = read(&Snapshot::of_memory(files.iter().copied()));
        committed.into_iter().map(|found| (found.file, found.kind)).collect()
    }

    fn kind(path: &str, content: &str) -> Option<String> {
        kinds(&[(path, content)]).pop().map(|(_, kind)| kind)
    }

    #[test]
    fn env_files_and_their_templates_are_told_apart() {
        let files = [
            ".env",
            ".env.ci",
            ".env.development",
            "web/.env",
            "docker/mysql.env",
            ".env.example",
            "example.env",
            ".env.sample.local",
            "env.dist",
            "env.ts",
            "src/vite-env.d.ts",
        ];
        let snapshot = Snapshot::of_memory(files.iter().map(|path| (*path, "PORT=80\n")));
        let (committed, templates) = read(&snapshot);
        let of = |kind: &str| committed.iter().filter(|found| found.kind == kind).map(|found| found.file.as_str()).collect::<Vec<_>>();
        assert_eq!(of("env"), [".env", "docker/mysql.env", "web/.env"]);
        assert_eq!(of("env-of-development"), [".env.ci", ".env.development"]);
        assert_eq!(templates, [".env.example", ".env.sample.local", "env.dist", "example.env"]);
    }

    #[test]
    fn an_encrypted_env_file_is_none() {
        assert_eq!(kind(".env", "PORT=80\nsops_version=3.9.0\n"), None);
        assert_eq!(kind(".env", "\0GITCRYPT\0"), None);
    }

    #[test]
    fn keys_are_known_by_content_and_stores_by_name() {
        let block = |label: &str| format!("-----BEGIN {label}-----\nabc\n-----END {label}-----\n");
        assert_eq!(kind("deploy.pem", &block("EC PRIVATE KEY")).as_deref(), Some("private-key"));
        assert_eq!(kind("deploy.pem", &block("CERTIFICATE")), None);
        assert_eq!(kind("id_rsa", &block("OPENSSH PRIVATE KEY")).as_deref(), Some("private-key"));
        assert_eq!(kind("id_rsa.pub", "ssh-rsa abc"), None);
        assert_eq!(kind("site.pfx", "\0\0").as_deref(), Some("certificate"));
        assert_eq!(kind("release.jks", "\0").as_deref(), Some("keystore"));
        assert_eq!(kind("truststore.jks", "\0"), None);
        assert_eq!((kind("site.pfx", "put the certificate here"), kind("release.jks", "")), (None, None));
        assert_eq!(kind("release.jks", &"/u3+7QAAAAIAAAAB\n".repeat(20)).as_deref(), Some("keystore"));
        assert_eq!(kind("App.PublishSettings", "<publishData/>").as_deref(), Some("publish-settings"));
    }

    #[test]
    fn settings_of_tools_count_only_with_a_credential() {
        assert_eq!(kind(".npmrc", "//registry.example/:_authToken=${NPM_TOKEN}\n"), None);
        assert_eq!(kind(".npmrc", "//registry.example/:_authToken=abcdefgh1234\n").as_deref(), Some("registry-credentials"));
        assert_eq!(kind("config/secrets.yml", "production:\n  secret_key_base: <%= ENV['X'] %>\n"), None);
        assert_eq!(kind("i18n/secrets.json", "{\"title\": \"My garden\"}"), None);
        assert_eq!(kind("terraform.tfstate", "{\"version\": 4, \"lineage\": \"x\"}").as_deref(), Some("terraform-state"));
    }
}
