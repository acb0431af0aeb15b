use super::*;
use crate::facts::Section;
use crate::facts::configuration::{self, Configuration};

/// The configuration of these files, with why sources of secrets are not known.
fn configuration(files: &[(&str, &str)]) -> (Configuration, Option<String>) {
    let mut notes = Notes::default();
    let Section::Known(found) = configuration::read(&Snapshot::of_memory(files.iter().copied()), &mut notes) else { panic!() };
    let reason = notes.unread.into_iter().find(|unread| unread.part == "configuration.secret_sources").map(|unread| unread.reason);
    (found, reason)
}

/// Kind, place and certainty of each source, beside code that needs `JWT_SECRET`.
fn sources(files: &[(&str, &str)]) -> (Vec<(SourceKind, String, bool)>, Option<String>) {
    let code = ("index.js", "app.use(jwt({ secret: process.env.JWT_SECRET }))\n");
    let (found, reason) = configuration(&[&[code], files].concat());
    let sources = found.secret_sources.into_iter();
    (sources.map(|source| (source.kind, format!("{}:{}", source.file, source.line), source.sure)).collect(), reason)
}

#[test]
fn credentials_are_known_by_the_end_of_their_name() {
    for name in [
        "JWT_SECRET",
        "Jwt:Key",
        "StripeApiKey",
        "DB_PASSWORD",
        "mail.smtp.password",
        "GITHUB_APP_PRIVATE_KEY",
        "AuthToken",
        "S3AccessKey",
        "SECRET_KEY_BASE",
    ] {
        assert_eq!(secrecy(name, Form::Variable), Secrecy::Credential, "{name}");
    }
    for name in ["DATABASE_URL", "MONGODB_URI", "AZURE_STORAGE_CONNECTION_STRING"] {
        assert_eq!(secrecy(name, Form::Variable), Secrecy::Address, "{name}");
    }
    assert_eq!(secrecy("ConnectionStrings:Shop", Form::Connection), Secrecy::Address);
    for name in [
        "TOKEN_EXPIRY",
        "PASSWORD_MIN_LENGTH",
        "JWT_SECRET_FILE",
        "MAX_TOKENS",
        "PUBLIC_KEY",
        "NEXT_PUBLIC_MAPS_API_KEY",
        "VITE_API_KEY",
        "KEY_VAULT_NAME",
        "API_URL",
        "CACHE_KEY",
        "NPM_TOKEN",
        "TEST_PASSWORD",
        "Monkey",
    ] {
        assert_eq!(secrecy(name, Form::Variable), Secrecy::Plain, "{name}");
    }
}

#[test]
fn a_committed_value_answers_for_an_address_and_not_for_a_credential() {
    let code = "f(configuration[\"Jwt:Key\"], configuration.GetConnectionString(\"Shop\")); // Configuration";
    let settings = "{ \"Jwt\": { \"Key\": \"x\" }, \"ConnectionStrings\": { \"Shop\": \"Data Source=shop.db\" } }";
    let (found, _) = configuration(&[("A.cs", code), ("appsettings.json", settings)]);
    let secret = |name: &str| found.keys.iter().flatten().find(|key| key.name == name).map(|key| key.secret);
    assert_eq!((secret("Jwt:Key"), secret("ConnectionStrings:Shop")), (Some(true), Some(false)));
    let (found, _) = configuration(&[("a.js", "connect(process.env.API_KEY ?? 'none', process.env.AWS_SECRET_ACCESS_KEY)")]);
    assert!(found.keys.iter().flatten().all(|key| !key.secret), "one has a default, the other's meaning everybody knows");
}

#[test]
fn stores_are_known_by_packages_resources_steps_and_files() {
    for (path, text) in [
        ("Shop.csproj", "<PackageReference Include=\"Azure.Security.KeyVault.Secrets\" Version=\"4\" />"),
        ("infra/main.tf", "resource \"aws_secretsmanager_secret\" \"jwt\" {}"),
        ("deploy/app.yaml", "valueFrom:\n  secretKeyRef:\n    name: shop\n"),
        ("requirements.txt", "hvac==2.1\n"),
        ("run.sh", "doppler run -- node index.js\n"),
        ("secrets/prod.sops.yaml", "jwt: x\n"),
        ("config/credentials.yml.enc", "abc"),
        ("compose.yml", "secrets:\n  jwt:\n    file: /run/secrets/jwt\n"),
        ("main.bicep", "@secure()\nparam jwt string\n"),
        (".github/workflows/a.yml", "env:\n  JWT_SECRET: ${{ secrets.JWT_SECRET }}\n"),
        (".github/workflows/a.yml", "env:\n  JWT_SECRET: ${{ secrets.PROD_JWT_SECRET }}\n"),
        (".gitlab-ci.yml", "deploy:\n  script: ./deploy --jwt $JWT_SECRET\n"),
        ("src/secrets.js", "const { SecretsManager } = require('@aws-sdk/client-secrets-manager')\n"),
    ] {
        let (found, reason) = sources(&[(path, text)]);
        assert!(found.iter().any(|(_, at, sure)| *sure && at.starts_with(path)), "{path}: {found:?}");
        assert_eq!(reason, None, "{path}");
    }
}

#[test]
fn what_only_hints_is_a_question() {
    for (path, text, kind) in [
        ("Procfile", "web: node index.js\n", SourceKind::Environment),
        ("compose.yml", "services:\n  shop:\n    environment:\n      - JWT_SECRET\n", SourceKind::Environment),
        (".github/workflows/a.yml", "run: npm publish\nenv:\n  X: ${{ secrets.NPM_TOKEN }}\n", SourceKind::Pipeline),
        ("Shop.csproj", "<UserSecretsId>shop</UserSecretsId>", SourceKind::Developer),
        ("README.md", "The secrets are in our Key Vault.\n", SourceKind::Document),
    ] {
        let (found, reason) = sources(&[(path, text)]);
        assert_eq!(found.iter().map(|(kind, _, sure)| (*kind, *sure)).collect::<Vec<_>>(), [(kind, false)], "{path}");
        assert!(reason.is_some_and(|reason| reason.contains(path) && reason.contains("JWT_SECRET")), "{path}");
    }
}

#[test]
fn what_is_something_else_is_no_source() {
    for (path, text) in [
        (".env.example", "JWT_SECRET=\n"),
        ("tests/vault.test.js", "const vault = require('node-vault')\n"),
        ("src/hvac.js", "const hvac = require('./heating')\n"),
        ("src/secretsManager.js", "class SecretsManagerScreen {}\n"),
        (".github/workflows/a.yml", "env:\n  X: ${{ secrets.GITHUB_TOKEN }}\n"),
        (".gitlab-ci.yml", "variables:\n  JWT_SECRET: x\ntest:\n  script: ./test $JWT_SECRET\n"),
        ("deploy.yaml", "kind: ConfigMap\n"),
    ] {
        let (found, reason) = sources(&[(path, text)]);
        assert!(!found.iter().any(|(_, _, sure)| *sure), "{path}: {found:?}");
        assert_eq!(reason.is_some(), path == ".gitlab-ci.yml", "a slot in a pipeline is a hint: {path}");
    }
}

#[test]
fn code_is_looked_into_only_where_it_needs_a_secret() {
    let manager = ("src/a.js", "require('@aws-sdk/client-secrets-manager')\n");
    assert_eq!(configuration(&[manager]).0.secret_sources, []);
    assert_eq!(sources(&[manager]).0.len(), 1);
    let manifest = ("package.json", "{ \"dependencies\": { \"@aws-sdk/client-secrets-manager\": \"3\" } }");
    assert_eq!(configuration(&[manifest]).0.secret_sources.len(), 1);
}

#[test]
fn a_secret_of_the_same_name_is_the_same() {
    let (found, _) = sources(&[(".github/workflows/a.yml", "a: ${{ secrets.SECRET }}\nb: ${{ secrets.OTHER }}\n")]);
    assert_eq!(found.len(), 1, "of other names one place is enough");
    assert!(!found[0].2, "a short word says too little");
}
