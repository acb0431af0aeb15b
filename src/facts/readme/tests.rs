use super::{Readme, Topic, read};
use crate::facts::{Notes, ProblemKind};
use crate::snapshot::Snapshot;

fn of(files: &[(&str, &str)]) -> (Readme, Notes) {
    let mut notes = Notes::default();
    let snapshot = Snapshot::of_memory(files.iter().map(|(path, content)| (*path, content.as_bytes().to_vec())));
    let readme = read(&snapshot, &[], &mut notes);
    (readme.known().expect("it can be read").clone(), notes)
}

fn readme(text: &str) -> Readme {
    of(&[("README.md", text)]).0
}

fn line(topic: &Option<Topic>) -> Option<usize> {
    match topic {
        Some(Topic::Covered(at)) => Some(at.line),
        _ => None,
    }
}

fn commands(readme: &Readme) -> Vec<(usize, &str)> {
    readme.commands.iter().map(|command| (command.line, command.command.as_str())).collect()
}

#[test]
fn the_root_readme_comes_first_whatever_its_case() {
    let files = [("docs/README.md", "a"), ("readme.markdown", "b"), ("README.rst", "c"), ("README.zh-CN.md", "d")];
    assert_eq!(of(&files).0.file.as_deref(), Some("readme.markdown"));
    assert_eq!(of(&[("src/README.md", "a")]).0.file, None);
    assert_eq!(of(&[("README", "a")]).0.file.as_deref(), Some("README"));
}

#[test]
fn commands_decide_topics_at_their_own_line() {
    let found = readme("# Shop\n\n```sh\n# first\ncp .env.example .env\nnpm ci\ndocker compose up -d postgres\nnpx prisma migrate deploy\nnpm start\n```\n\nThen `npm test`.\n").topics;
    assert_eq!(line(&found.configure), Some(5));
    assert_eq!(line(&found.install), Some(6));
    assert_eq!(line(&found.services), Some(7));
    assert_eq!(line(&found.migrate), Some(8));
    assert_eq!(line(&found.run), Some(9));
    assert_eq!(line(&found.test), Some(12));
    assert_eq!(line(&found.prerequisites), None);
}

#[test]
fn a_run_command_that_restores_makes_installing_not_applicable() {
    let found = readme("# A\n\n    dotnet run --project src/A\n").topics;
    assert_eq!(line(&found.run), Some(3));
    assert!(matches!(found.install, Some(Topic::NotApplicable(_))));
    assert_eq!(readme("# A\n\n    npm start\n").topics.install, None);
}

#[test]
fn headings_that_lie_cover_nothing() {
    let lies = "# A\n\n## Prerequisites\n\n```\nnpm install\n```\n\n## Configuration\n\nThe routing folder decides who may enter.\n\n## Testing API\n\nOpen the page in a browser.\n\n## Deployment\n\nSoon.\n";
    let found = readme(lies).topics;
    assert_eq!((found.prerequisites, found.configure, found.deploy), (None, None, None));
    assert_eq!(line(&found.install), Some(6));
    assert_eq!(line(&found.test), None);
}

#[test]
fn sentences_that_require_a_technology_are_prerequisites() {
    for text in [
        "You need to have Node.js installed.",
        "This service requires the .NET 8 SDK.",
        "We run Python 3.13 in production.",
        "- Install [Docker](https://example.org)",
    ] {
        assert_eq!(line(&readme(&format!("# A\n\n{text}\n")).topics.prerequisites), Some(3), "{text}");
    }
    for text in ["Built on Node.js, Express and MongoDB.", "Install the dependencies first.", "The tests use Jest."] {
        assert_eq!(line(&readme(&format!("# A\n\n{text}\n")).topics.prerequisites), None, "{text}");
    }
}

#[test]
fn what_stands_under_deployment_or_tests_does_not_run_the_project() {
    let found = readme("# A\n\n## Tests\n\n    docker compose up\n\n## Deployment\n\n    npm ci\n\n## Use\n\n    npm install\n").topics;
    assert_eq!(line(&found.run), None);
    assert_eq!(line(&found.install), Some(13));
}

#[test]
fn a_linked_document_covers_what_the_readme_leaves_to_it() {
    let files = [
        ("README.md", "# A\n\nSee [setup](docs/setup.md).\n"),
        ("docs/setup.md", "# Setup\n\n```\nmake run\n```\n"),
        ("Makefile", "run:\n\tgo run .\n"),
    ];
    let (found, notes) = of(&files);
    let Some(Topic::Covered(at)) = found.topics.run else { panic!("it is covered") };
    assert_eq!((at.file.as_str(), at.line), ("docs/setup.md", 4));
    assert!(notes.problems.is_empty());
}

#[test]
fn commands_come_without_prompts_comments_and_output() {
    let text = "# A\n\n```console\n$ make all  # builds\nBuild succeeded\n$ ./run.sh \\\n  --fast\n```\n\n```\nnpm run dev\nListening on port 80\nwaiting for npm\n```\n\n```json\nnpm test\n```\n\nRun `yarn start`, with `node 18` and `yarn`.\n";
    assert_eq!(commands(&readme(text)), [(4, "make all"), (6, "./run.sh --fast"), (11, "npm run dev"), (20, "yarn start")]);
}

#[test]
fn a_document_that_is_shown_gives_no_commands() {
    assert_eq!(commands(&readme("# A\n\n````text\n# B\n\n```sh\nnpm start\n```\n````\n")), []);
}

#[test]
fn quotes_and_here_documents_are_one_command() {
    let text = "```sh\necho \"\nexport A=1\n\" > env.sh\ncat <<EOF > x\nnpm start\nEOF\nPS C:\\work> dotnet test\n```\n";
    assert_eq!(commands(&readme(text)), [(8, "dotnet test")]);
    let text = "```sh\necho \"\nexport A=1\n\" > env.sh\ncat <<EOF > x\nnpm start\nEOF\nmake it\n```\n";
    assert_eq!(commands(&readme(text)), [(2, "echo \""), (5, "cat <<EOF > x"), (8, "make it")]);
}

#[test]
fn links_that_lead_nowhere_are_noted_and_others_are_not() {
    let text = "# A\n\n[a](docs/Guide.md) [b](gone.md)\n[c](docs) [d](docs/guide.md#x) [e](../../issues) [f](https://example.org/x.md) [g](#top) ![h](/docs/guide.md)\n";
    let (_, notes) = of(&[("README.md", text), ("docs/guide.md", "x")]);
    let found: Vec<(usize, ProblemKind)> = notes.problems.iter().map(|problem| (problem.line, problem.kind)).collect();
    assert_eq!(found, [(3, ProblemKind::BrokenLink), (3, ProblemKind::BrokenLink)]);
    assert!(notes.problems[0].message.contains("docs/guide.md"), "{}", notes.problems[0].message);
}

#[test]
fn nothing_to_configure_is_said_and_tests_that_are_not_there_need_no_words() {
    let found = readme("# A\n\nIt needs no configuration.\n").topics;
    assert!(matches!(found.configure, Some(Topic::NotApplicable(_))));
    assert!(matches!(found.test, Some(Topic::NotApplicable(_))));
}

#[test]
fn labels_stand_for_headings_and_bare_lines_for_commands() {
    let found = readme("# A\n\nRequirements:\n\n- Go 1.22\n\nnpm install // first\nnpm start\n\nnpm is a program.\n");
    assert_eq!(line(&found.topics.prerequisites), Some(3));
    assert_eq!(commands(&found), [(7, "npm install"), (8, "npm start")]);
}

fn left_open(text: &str) -> Vec<String> {
    let mut parts: Vec<String> = of(&[("README.md", text), ("a_test.go", "")]).1.unread.into_iter().map(|unread| unread.part).collect();
    parts.retain(|part| part.starts_with("readme.topics."));
    parts
}

#[test]
fn a_guide_outside_of_the_repository_leaves_open_what_the_readme_does_not_say() {
    let left =
        left_open("# A\n\n```sh\nnpm ci\n```\n\nSee how to [set up your development environment](https://a.example/wiki/develop).\n");
    assert!(left.iter().any(|part| part.ends_with(".run")) && left.iter().any(|part| part.ends_with(".test")), "{left:?}");
    assert!(!left.iter().any(|part| part.ends_with(".install") || part.ends_with(".deploy")), "{left:?}");
    let none = [
        "# A\n\nRead [getting started](https://vuejs.org/guide) first.\n",
        "# A\n\nRead the [Docker installation guide](https://a.example/docker).\n",
        "# A\n\nSee [the site](https://a.example/).\n",
        "# A\n\nSee [getting started](docs/start.md).\n",
    ];
    for text in none {
        assert_eq!(left_open(text), [""; 0], "{text}");
    }
}

#[test]
fn what_a_readme_in_another_language_says_is_not_missed() {
    let all = ["prerequisites", "install", "configure", "services", "migrate", "run", "test", "deploy"];
    assert_eq!(left_open("# Магазин\n\nЧтобы запустить приложение, откройте его в среде разработки.\n").len(), all.len());
    let words = "El programa se abre con un doble clic y pide primero el nombre de la tienda, luego muestra los pedidos que faltan por enviar \
                 y los que ya salieron; quien tenga dudas puede preguntar a sus compañeros de la otra oficina cualquier mañana.";
    assert_eq!(left_open(&format!("# Tienda\n\n{words}\n")).len(), all.len());
    assert_eq!(left_open("# Shop\n\nSells naïve café chairs to people.\n"), [""; 0]);
}

#[test]
fn the_program_that_a_build_leaves_is_run() {
    assert_eq!(line(&readme("# A\n\n```sh\ncargo build --release\n./target/release/a --version\n```\n").topics.run), Some(5));
}
