use crate::facts::flow::Level;
use crate::facts::{Facts, read};
use crate::snapshot::Snapshot;

const API: [(&str, &str); 2] = [
    ("src/Api/Api.csproj", "<Project Sdk=\"Microsoft.NET.Sdk.Web\" />"),
    (
        "src/Api/OrdersController.cs",
        "[ApiController]\n[Route(\"orders\")]\npublic class OrdersController : ControllerBase\n{\n    [HttpGet]\n    public IActionResult List() => Ok();\n\n    [HttpPost]\n    public IActionResult Add() => Ok();\n}\n",
    ),
];

const PROJECT: (&str, &str) =
    ("tests/Api.Tests/Api.Tests.csproj", "<Project><ProjectReference Include=\"..\\..\\src\\Api\\Api.csproj\" /></Project>");

/// A class of tests against a test server, with this statement in its one test.
fn test_of(statement: &str) -> String {
    format!(
        "public class OrderTests(WebApplicationFactory<Program> factory) : IClassFixture<WebApplicationFactory<Program>>\n{{\n    [Fact]\n    public async Task Works() {{ {statement} }}\n}}\n"
    )
}

fn facts(files: &[(&str, &str)]) -> Facts {
    read(&Snapshot::of_memory(files.iter().copied()))
}

/// The levels of the flows, and why flows are not known.
fn levels(files: &[(&str, &str)]) -> (Vec<Level>, String) {
    let facts = facts(files);
    let levels = facts.flows.known().expect("flows are read").iter().map(|flow| flow.level).collect();
    let reason = facts.unread.into_iter().find(|unread| unread.part == "flows").map(|unread| unread.reason);
    (levels, reason.unwrap_or_default())
}

/// The levels of the two flows of the application with these files beside it.
fn beside(files: &[(&str, &str)]) -> (Vec<Level>, String) {
    levels(&API.iter().chain(files).copied().collect::<Vec<_>>())
}

#[test]
fn evidence_in_a_project_of_tests_leaves_flows_unknown() {
    let nothing = test_of("Assert.True(true);");
    let code = ("tests/Api.Tests/OrderTests.cs", nothing.as_str());
    for (file, named) in [
        (
            ("tests/Api.Tests/Api.Tests.csproj", "<Project>\n<PackageReference Include=\"NSwag.ApiDescription.Client\" /></Project>"),
            "NSwag's generated client (tests/Api.Tests/Api.Tests.csproj:2)",
        ),
        (
            ("tests/Api.Tests/Api.Tests.csproj", "<Project><PackageReference Include=\"Refit.HttpClientFactory\" /></Project>"),
            "Refit's client",
        ),
        (
            ("tests/Api.Tests/Api.Tests.csproj", "<Project><PackageReference Include=\"Microsoft.Kiota.Abstractions\" /></Project>"),
            "Kiota's",
        ),
        (("tests/Api.Tests/Api.Tests.csproj", "<Project><OpenApiReference Include=\"api.json\" /></Project>"), "an OpenApiReference"),
        (("tests/Api.Tests/shop.nswag", "{}"), "NSwag's generated client (tests/Api.Tests/shop.nswag:1)"),
        (("tests/Api.Tests/.refitter", "{}"), "Refit's client"),
        (("e2e/package.json", r#"{"devDependencies": {"orval": "7"}}"#), "orval's generated client"),
        (
            ("e2e/orders.spec.ts", "import createClient from 'openapi-fetch'\ntest('a', () => createClient().GET('/orders'))\n"),
            "openapi-fetch's",
        ),
        (("pom.xml", "<project><dependency><artifactId>feign-core</artifactId><scope>test</scope></dependency></project>"), "Feign's"),
    ] {
        let (levels, reason) = beside(&[code, file]);
        assert_eq!(levels, [Level::Unknown, Level::Unknown], "{file:?}");
        assert!(reason.contains(named), "{reason}");
    }
}

#[test]
fn a_library_that_only_tests_refer_to_counts() {
    let nothing = test_of("Assert.True(true);");
    let files = [
        ("tests/Api.Tests/Api.Tests.csproj", "<Project><ProjectReference Include=\"..\\..\\src\\Sdk\\Sdk.csproj\" /></Project>"),
        ("tests/Api.Tests/OrderTests.cs", nothing.as_str()),
        ("src/Sdk/Sdk.csproj", "<Project><PackageReference Include=\"NSwag.MSBuild\" /></Project>"),
    ];
    let (levels, reason) = beside(&files);
    assert_eq!(levels, [Level::Unknown, Level::Unknown]);
    assert!(reason.contains("src/Sdk/Sdk.csproj:1"), "{reason}");
}

#[test]
fn a_client_leaves_alone_what_its_tests_do_not_refer_to() {
    let nothing = test_of("Assert.True(true);");
    let refit = "<Project><PackageReference Include=\"Refit\" /><ProjectReference Include=\"..\\..\\src\\Api\\Api.csproj\" /></Project>";
    let bank = "[ApiController]\n[Route(\"banks\")]\npublic class BanksController : ControllerBase\n{\n    [HttpGet]\n    public IActionResult List() => Ok();\n}\n";
    let files = [
        ("tests/Api.Tests/Api.Tests.csproj", refit),
        ("tests/Api.Tests/OrderTests.cs", nothing.as_str()),
        ("banks/Banks.csproj", "<Project Sdk=\"Microsoft.NET.Sdk.Web\" />"),
        ("banks/BanksController.cs", bank),
    ];
    let facts = facts(&API.iter().chain(&files).copied().collect::<Vec<_>>());
    let mut levels: Vec<(&str, Level)> = facts.flows.known().unwrap().iter().map(|flow| (flow.path.as_str(), flow.level)).collect();
    levels.sort_by_key(|(path, _)| *path);
    assert_eq!(levels, [("/banks", Level::None), ("/orders", Level::Unknown), ("/orders", Level::Unknown)]);
}

#[test]
fn what_the_application_uses_itself_counts_for_nothing() {
    let nothing = test_of("Assert.True(true);");
    let tests = ("tests/Api.Tests/OrderTests.cs", nothing.as_str());
    let refit = "<Project><PackageReference Include=\"Refit\" /></Project>";
    let own = "<Project Sdk=\"Microsoft.NET.Sdk.Web\"><ProjectReference Include=\"../Banks/Banks.csproj\" /></Project>";
    let both = "<Project><ProjectReference Include=\"../../src/Api/Api.csproj\" /><ProjectReference Include=\"../../src/Banks/Banks.csproj\" /></Project>";
    for files in [
        vec![("src/Api/Api.csproj", refit), API[1], PROJECT, tests],
        vec![("src/Api/Api.csproj", own), API[1], ("tests/Api.Tests/Api.Tests.csproj", both), tests, ("src/Banks/Banks.csproj", refit)],
        vec![API[0], API[1], PROJECT, tests, ("src/Api/api.nswag", "{}")],
        vec![API[0], API[1], PROJECT, tests, ("package.json", r#"{"devDependencies": {"openapi-typescript": "7"}}"#)],
        vec![
            API[0],
            API[1],
            PROJECT,
            tests,
            ("pom.xml", "<project><dependency><artifactId>feign-core</artifactId></dependency></project>"),
        ],
        vec![API[0], API[1], PROJECT, tests, ("tests/fixtures/package.json", r#"{"dependencies": {"@trpc/client": "7"}}"#)],
    ] {
        let (levels, reason) = levels(&files);
        assert_eq!(levels, [Level::None, Level::None], "{files:?}");
        assert_eq!(reason, "", "{files:?}");
    }
}

#[test]
fn a_call_that_is_read_stays_a_test() {
    let code = test_of("await factory.CreateClient().GetAsync(\"/orders\"); var orders = new OrdersClient(factory.CreateClient());");
    let (levels, reason) = beside(&[PROJECT, ("tests/Api.Tests/OrderTests.cs", &code)]);
    assert_eq!(levels, [Level::Http, Level::Unknown]);
    assert!(reason.starts_with("tests call through the typed client OrdersClient (tests/Api.Tests/OrderTests.cs:4)"), "{reason}");
}

#[test]
fn clients_that_tests_make_are_told_from_others() {
    let made = "var orders = new OrdersClient(httpClient);";
    let generated = "//----------------------\n// <auto-generated>\nclass OrdersClient { }\n";
    for (statement, more, wanted) in [
        (made, None, Level::Unknown),
        (made, Some(("tests/Api.Tests/Client.cs", generated)), Level::Unknown),
        ("var api = RestService.For<IOrders>(factory.CreateClient());", None, Level::Unknown),
        // The tests write it, the application calls others by it, or nothing of the application answers.
        (made, Some(("tests/Api.Tests/Client.cs", "class OrdersClient { }\n")), Level::None),
        (made, Some(("src/Api/OrdersClient.cs", "class OrdersClient { }\n")), Level::None),
        ("var api = RestService.For<IBank>(new HttpClient(new MockHttpMessageHandler()));", None, Level::None),
        ("var client = new HttpClient(httpClient);", None, Level::None),
    ] {
        let code = test_of(statement);
        let mut files = vec![PROJECT, ("tests/Api.Tests/OrderTests.cs", code.as_str())];
        files.extend(more);
        assert_eq!(beside(&files).0, [wanted, wanted], "{statement} {more:?}");
    }
}
