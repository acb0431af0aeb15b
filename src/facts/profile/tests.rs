//! What must hold of profiles and of what there is to deploy.

use super::*;
use crate::facts::stack;

fn facts(files: &[(&str, &str)]) -> (ProfileFacts, Vec<Deployable>) {
    let mut snapshot = Snapshot::of_memory(files.iter().copied());
    snapshot.name = "orders".into();
    let mut notes = Notes::default();
    let stacks = stack::read(&snapshot, &mut notes).known().cloned().unwrap_or_default();
    let profile = read(&snapshot, &stacks, &mut notes).known().cloned().expect("a profile is always known");
    (profile, deployables(&snapshot, &stacks, &mut notes).known().cloned().unwrap_or_default())
}

fn profile(files: &[(&str, &str)]) -> Profile {
    facts(files).0.name
}

fn kinds(files: &[(&str, &str)]) -> Vec<(String, usize, String)> {
    facts(files).1.into_iter().map(|found| (found.file, found.line, found.kind)).collect()
}

#[test]
fn a_framework_with_something_that_starts_is_a_service() {
    let (web, to_deploy) =
        facts(&[("src/Api/Api.csproj", "<Project Sdk=\"Microsoft.NET.Sdk.Web\">\n</Project>"), ("src/Core/Core.csproj", "<Project/>")]);
    assert_eq!((web.name, web.evidence), (Profile::Service, vec![At::new("src/Api/Api.csproj", 1)]));
    assert_eq!(to_deploy.len(), 1);
    let express = r#"{"scripts": {"start": "node ."}, "dependencies": {"express": "4"}}"#;
    assert_eq!(profile(&[("package.json", express)]), Profile::Service);
    assert_eq!(profile(&[("requirements.txt", "Flask==3\n"), ("app.py", "")]), Profile::Service);
    assert_eq!(
        profile(&[("go.mod", "module m\nrequire github.com/gin-gonic/gin v1\n"), ("cmd/api/run.go", "package main\n")]),
        Profile::Service
    );
    assert_eq!(
        profile(&[("go.mod", "module m\n"), ("main.go", "package main\nfunc main() { http.ListenAndServe() }\n")]),
        Profile::Service
    );
    assert_eq!(profile(&[("Cargo.toml", "[dependencies]\naxum = '1'\n"), ("src/main.rs", "")]), Profile::Service);
    assert_eq!(profile(&[("Gemfile", "gem 'rails'\n"), ("config.ru", "")]), Profile::Service);
    assert_eq!(profile(&[("composer.json", r#"{"require": {"laravel/framework": "11"}}"#), ("artisan", "")]), Profile::Service);
    let pom = "<project><dependency><artifactId>spring-boot-starter-web</artifactId></dependency><plugin><artifactId>spring-boot-maven-plugin</artifactId></plugin></project>";
    assert_eq!(profile(&[("pom.xml", pom)]), Profile::Service);
    assert_eq!(profile(&[("mix.exs", "{:phoenix, \"1.7\"}")]), Profile::Service);
}

#[test]
fn what_only_tests_or_speaks_to_a_framework_is_no_service() {
    let published = r#"{"name": "x", "version": "1.0.0", "types": "x.d.ts", "dependencies": {"express": "4"}}"#;
    assert_eq!(profile(&[("package.json", published), ("server.js", "")]), Profile::Library);
    let plugin = "[build-system]\n[project]\ndependencies = ['flask']\n";
    assert_eq!(profile(&[("pyproject.toml", plugin), ("flask_x/__init__.py", "")]), Profile::Library);
    assert_eq!(profile(&[("Gemfile", "group :test do\n  gem 'rails'\nend\n"), ("x.gemspec", "")]), Profile::Library);
    assert_eq!(profile(&[("Cargo.toml", "[dev-dependencies]\naxum = '1'\n"), ("src/lib.rs", "")]), Profile::Library);
    assert_eq!(profile(&[("go.mod", "module m\n"), ("m.go", "package m\n")]), Profile::Library);
    assert_eq!(profile(&[("X.csproj", "<Project><PackageId>X</PackageId></Project>")]), Profile::Library);
}

#[test]
fn a_command_that_comes_with_a_library_makes_no_program_of_it() {
    let classifier = "classifiers = ['Topic :: Software Development :: Libraries']";
    let package = format!("[build-system]\n[project]\n{classifier}\n[project.scripts]\nx = 'x:main'\n");
    assert_eq!(profile(&[("pyproject.toml", &package)]), Profile::Library);
    assert_eq!(profile(&[("pyproject.toml", &package.replace("Libraries", "Build Tools"))]), Profile::Application);
    assert_eq!(profile(&[("composer.json", r#"{"type": "library", "bin": ["x"]}"#)]), Profile::Library);
    let publishing = "<Project><PackageTags>x</PackageTags></Project>";
    let program = "<Project><OutputType>Exe</OutputType></Project>";
    assert_eq!(profile(&[("src/X/X.csproj", publishing), ("build/Build.csproj", program)]), Profile::Library);
    assert_eq!(
        profile(&[("requirements/main.in", "pyramid\n"), ("requirements/main.txt", "pyramid==2\n"), ("Procfile", "web: x\n")]),
        Profile::Service
    );
}

#[test]
fn a_program_is_an_application() {
    assert_eq!(profile(&[("Cargo.toml", "[package]"), ("src/main.rs", ""), ("src/lib.rs", "")]), Profile::Application);
    assert_eq!(profile(&[("X.csproj", "<Project>\n<OutputType>WinExe</OutputType></Project>")]), Profile::Application);
    assert_eq!(profile(&[("notes.txt", "")]), Profile::Application);
}

#[test]
fn declarations_without_a_program_are_infrastructure() {
    assert_eq!(
        profile(&[("main.tf", ""), ("network.tf", ""), ("lambda/requirements.txt", "requests\n"), ("lambda/handler.py", "")]),
        Profile::Infrastructure
    );
    assert_eq!(profile(&[("apps/web.yaml", "apiVersion: apps/v1\nkind: Deployment\n")]), Profile::Infrastructure);
    assert_eq!(profile(&[("main.tf", ""), ("Cargo.toml", "[package]"), ("src/main.rs", ""), ("src/a.rs", "")]), Profile::Application);
    let cdk = r#"{"dependencies": {"aws-cdk-lib": "2"}, "bin": {"app": "bin/app.js"}}"#;
    assert_eq!(profile(&[("package.json", cdk), ("lib/stack.ts", "")]), Profile::Infrastructure);
}

#[test]
fn deployables_point_at_the_line_that_shows_them() {
    let docker = "FROM sdk AS build\nCOPY . .\nFROM runtime\nCOPY --from=build /a .\n";
    assert_eq!(kinds(&[("Dockerfile", docker)]), [("Dockerfile".to_owned(), 3, "container".to_owned())]);
    assert!(kinds(&[("Dockerfile", "FROM node\nRUN npm i -g tool\n")]).is_empty(), "nothing of the product goes in");
    assert!(kinds(&[("db/Dockerfile", "FROM postgres:16\nCOPY init.sql /\n")]).is_empty());
    assert!(kinds(&[("Dockerfile.dev", docker), (".devcontainer/Dockerfile", docker)]).is_empty());
    let terraform = "variable \"x\" {}\nresource \"a\" \"b\" {}\n";
    assert_eq!(kinds(&[("infra/a.tf", terraform), ("infra/b.tf", terraform)]), [("infra/a.tf".to_owned(), 2, "infrastructure".to_owned())]);
    assert_eq!(kinds(&[("k8s/web.yml", "apiVersion: apps/v1\nkind: Deployment\n")])[0].2, "app-manifest");
    assert!(kinds(&[("app.json", "{\"expo\": {}}")]).is_empty());
}
