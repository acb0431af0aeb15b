use super::{Service, read};
use crate::facts::{Notes, stack};
use crate::snapshot::Snapshot;

fn services(files: &[(&str, &str)]) -> Vec<Service> {
    let snapshot = Snapshot::of_memory(files.iter().map(|(path, content)| ((*path).to_owned(), content.as_bytes().to_vec())));
    let stacks = stack::read(&snapshot, &mut Notes::default());
    read(&snapshot, stacks.known().expect("stacks are read")).known().expect("services are read").clone()
}

fn kinds(files: &[(&str, &str)]) -> String {
    services(files).iter().map(|service| service.kind.clone()).collect::<Vec<_>>().join(" ")
}

const PG: (&str, &str) = ("package.json", r#"{"private": true, "dependencies": {"pg": "8"}}"#);

#[test]
fn clients_of_every_ecosystem_show_a_need() {
    for (files, wanted) in [
        (vec![PG], "postgres"),
        (vec![("requirements.txt", "psycopg2-binary==2.9\nredis==5\n")], "postgres redis"),
        (vec![("Api.csproj", "<Project><PackageReference Include=\"Npgsql.EntityFrameworkCore.PostgreSQL\" /></Project>")], "postgres"),
        (
            vec![("go.mod", "module a\nrequire (\n\tgithub.com/jackc/pgx/v5 v5.0.0\n\tgo.mongodb.org/mongo-driver v1\n)\n")],
            "mongodb postgres",
        ),
        (vec![("Gemfile", "gem 'mysql2'\ngem \"sidekiq\"\n")], "mysql redis"),
        (
            vec![("pom.xml", "<project><dependency><groupId>x</groupId><artifactId>spring-kafka</artifactId></dependency></project>")],
            "kafka",
        ),
        (vec![("mix.exs", "{:postgrex, \">= 0.0.0\"},\n{:redix, \"1\", only: :test}\n")], "postgres"),
        (vec![("composer.json", r#"{"type": "project", "require": {"predis/predis": "1"}}"#)], "redis"),
        (vec![("Cargo.toml", "[package]\nname = \"a\"\n[dependencies]\nlapin = \"2\"\n")], "rabbitmq"),
    ] {
        assert_eq!(kinds(&files), wanted, "{files:?}");
    }
}

#[test]
fn what_is_a_choice_or_for_tests_is_no_need() {
    for files in [
        vec![("package.json", r#"{"private": true, "devDependencies": {"pg": "8"}, "peerDependencies": {"mysql2": "1"}}"#)],
        vec![("tests/requirements.txt", "psycopg2\n")],
        vec![
            ("Api.csproj", "<Project><PackageReference Include=\"Microsoft.EntityFrameworkCore.SqlServer\" /></Project>"),
            ("appsettings.json", r#"{"ConnectionStrings": {"A": "Server=(localdb)\\mssqllocaldb;Database=a;Trusted_Connection=True"}}"#),
        ],
    ] {
        assert_eq!(kinds(&files), "", "{files:?}");
    }
}

#[test]
fn settings_decide_between_choices() {
    let choice = ("package.json", r#"{"private": true, "dependencies": {"pg": "8", "mysql2": "1"}}"#);
    assert_eq!(kinds(&[choice, (".env.example", "# mysql://x\nDATABASE_URL=postgres://localhost/a\n")]), "postgres");
    assert_eq!(kinds(&[(".env.example", "CACHE=redis://localhost\n")]), "redis");
    let other = ("Api.csproj", "<Project><PackageReference Include=\"MySql.Data\" /></Project>");
    assert_eq!(kinds(&[other, ("appsettings.json", "{\"A\": \"Server=db;Database=a;Initial Catalog=a;Uid=a\"}")]), "mysql");
    let server = r#"{"ConnectionStrings": {"A": "Server=localhost;Database=a;User Id=sa;TrustServerCertificate=True"}}"#;
    assert_eq!(kinds(&[("appsettings.json", server)]), "sqlserver");
}

#[test]
fn what_starts_a_service_is_found_in_any_form() {
    for (path, text, line) in [
        ("ops/docker-compose.dev.yml", "services:\n  db:\n    image: docker.io/library/postgres:16-alpine\n", 3),
        ("compose.yaml", "services:\n  db:\n    image: \"${IMAGE:-postgis/postgis}\"\n", 3),
        ("scripts/db.sh", "#!/bin/sh\ndocker run \\\n  -p 5432:5432 \\\n  postgres:16\n", 2),
        ("README.md", "# A\n\n    docker run -d -p 1:1 postgres\n", 3),
        ("src/Shop.AppHost/Program.cs", "var db = builder.AddPostgres(\"db\");\n", 1),
        (".devcontainer/devcontainer.json", "{\"features\": {\"ghcr.io/itsmechlark/features/postgresql:1\": {}}}", 1),
        ("k8s/db.yaml", "kind: Deployment\nspec:\n  image: postgres:16\n", 3),
        ("Brewfile", "brew \"postgresql@16\"\n", 1),
    ] {
        let found = services(&[PG, (path, text)]);
        assert_eq!(found[0].provided_by.first().map(|at| (at.file.as_str(), at.line)), Some((path, line)), "{path}");
    }
    let tests = [
        ("package.json", r#"{"private": true, "dependencies": {"pg": "8"}, "devDependencies": {"@testcontainers/postgresql": "1"}}"#),
        ("test/db.test.ts", "new PostgreSqlContainer().start()\n"),
    ];
    assert_eq!(services(&tests)[0].provided_by.len(), 1);
    for (path, text) in [
        ("compose.yaml", "services:\n  db:\n    # image: postgres\n    image: a/postgres-exporter\n"),
        ("README.md", "Needs postgres.\n"),
        (".github/workflows/ci.yml", "image: postgres\n"),
    ] {
        assert!(services(&[PG, (path, text)])[0].provided_by.is_empty(), "{path}");
    }
}

#[test]
fn a_cache_of_which_only_a_client_is_there_may_be_left_out() {
    let client = ("package.json", r#"{"private": true, "dependencies": {"pg": "8", "ioredis": "5"}}"#);
    let optional = |files: &[(&str, &str)]| services(files).iter().map(|service| service.optional).collect::<Vec<_>>();
    assert_eq!(optional(&[client]), [false, true]);
    assert_eq!(optional(&[client, (".env.example", "CACHE=redis://localhost:6379\n")]), [false, false]);
}

/// Each service with what it may be left out for: `?` for optional, the other one that stands for it.
fn told(files: &[(&str, &str)]) -> String {
    let service = |service: &Service| {
        let instead = service.instead.as_ref().map(|other| format!("={other}")).unwrap_or_default();
        format!("{}{}{instead}", service.kind, if service.optional { "?" } else { "" })
    };
    services(files).iter().map(service).collect::<Vec<_>>().join(" ")
}

#[test]
fn one_of_several_databases_is_enough() {
    let api = "<Project><PackageReference Include=\"Microsoft.EntityFrameworkCore.SqlServer\" /><PackageReference Include=\"Npgsql.EntityFrameworkCore.PostgreSQL\" /></Project>";
    let both = ("Api.csproj", api);
    assert_eq!(told(&[both]), "postgres sqlserver");
    assert_eq!(told(&[both, ("compose.yaml", "services:\n  db:\n    image: postgres:16\n")]), "postgres sqlserver=postgres");
    let settings = r#"{"A": "Server=db;Database=a;User Id=sa;TrustServerCertificate=True"}"#;
    assert_eq!(told(&[both, ("appsettings.json", settings)]), "sqlserver");
    // Settings of both are two ways to run it.
    let two = "A=\"Server=db;Database=a;User Id=sa;Encrypt=True\"\nB=postgres://localhost/a\n";
    assert_eq!(told(&[both, (".env.example", two)]), "postgres sqlserver");
}

#[test]
fn beside_a_database_without_a_server_a_driver_is_optional() {
    let files = [("package.json", r#"{"private": true, "dependencies": {"pg": "8", "better-sqlite3": "1"}}"#)];
    assert_eq!(told(&files), "postgres?");
    assert_eq!(told(&[files[0], (".env.example", "DATABASE_URL=postgres://localhost/a\n")]), "postgres");
    assert_eq!(told(&[files[0], (".env.example", "DATABASE_URL=sqlite://a.db\n")]), "");
}

#[test]
fn literals_of_code_count_for_services_whose_client_is_there() {
    let client = ("package.json", r#"{"private": true, "dependencies": {"ioredis": "5"}}"#);
    let code =
        ("src/cache.js", "// 'redis://a'\nconst url = process.env.CACHE ?? 'redis://localhost:6379'\nconst db = 'mongodb://localhost/a'\n");
    assert_eq!(told(&[client, code]), "redis");
    assert!(services(&[client, code])[0].evidence.contains(&crate::facts::At::new("src/cache.js", 2)));
    assert_eq!(told(&[client, ("test/cache.test.js", code.1)]), "redis?");
    assert_eq!(told(&[code]), "");
    let project = ("Api.csproj", "<Project><PackageReference Include=\"Npgsql\" /></Project>");
    let keys = ("Db.cs", "var db = new NpgsqlConnection(\"Host=localhost;Database=a;Username=a\");\n");
    assert_eq!(services(&[project, keys])[0].evidence.len(), 2);
}
