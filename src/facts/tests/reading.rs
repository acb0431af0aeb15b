use super::*;
use crate::facts::pipeline;

fn read_all(files: &[(&str, &str)]) -> Tests {
    let snapshot = Snapshot::of_memory(files.iter().map(|(path, text)| (*path, *text)));
    let mut notes = Notes::default();
    let pipelines = pipeline::read(&snapshot, &mut notes);
    match read(&snapshot, &pipelines, code(&snapshot, &[]), &mut notes) {
        Section::Known(tests) => tests,
        Section::Unknown { unknown } => panic!("unknown: {unknown}"),
    }
}

#[test]
fn finds_the_steps_that_run_tests() {
    let tests = read_all(&[
        (
            ".github/workflows/ci.yml",
            "on: push\njobs:\n  a:\n    steps:\n      - run: |\n          npm ci\n          npm test || true\n      - run: make check-all\n      - run: dotnet test -c Release\n        continue-on-error: true\n      - run: mvn -B -DskipTests package\n      - run: npm run unit\n",
        ),
        ("package.json", r#"{"scripts": {"test": "vitest run", "unit": "echo nothing"}}"#),
        ("Makefile", "check-all:\n\tgo test ./...\n"),
    ]);
    let found: Vec<_> = tests.run_by.iter().map(|run| (run.line, run.can_fail)).collect();
    assert_eq!(found, [(7, false), (8, true), (9, false)]);
}

#[test]
fn finds_tasks_by_their_command() {
    let tests = read_all(&[(
        "azure-pipelines.yml",
        "steps:\n- task: DotNetCoreCLI@2\n  inputs:\n    command: test\n- task: DotNetCoreCLI@2\n  inputs:\n    command: build\n- task: VSTest@2\n",
    )]);
    assert_eq!(tests.run_by.iter().map(|run| run.line).collect::<Vec<_>>(), [2, 8]);
}

#[test]
fn counts_suites_by_folder() {
    let tests = read_all(&[("tests/api/a_test.py", ""), ("tests/api/b_test.py", ""), ("tests/api/data.json", ""), ("src/a.py", "")]);
    assert_eq!(tests.suites, [Suite { directory: "tests/api".into(), files: 2 }]);
    assert_eq!(tests.integration, Some(Vec::new()));
}

fn integration(files: &[(&str, &str)]) -> Vec<(String, String)> {
    let found = code(&Snapshot::of_memory(files.iter().map(|(path, text)| (*path, *text))), &[]);
    found.integration.into_iter().map(|test| (test.file, test.framework)).collect()
}

#[test]
fn a_base_class_of_another_file_makes_an_integration_test() {
    let files = [
        ("tests/Api.Tests/Api.Tests.csproj", "<Project/>"),
        ("tests/Api.Tests/Factory.cs", "class ApiFactory : WebApplicationFactory<Program> { }"),
        ("tests/Api.Tests/Fixture.cs", "class Fixture : IAsyncLifetime { ApiFactory factory = new(); }"),
        ("tests/Api.Tests/Base.cs", "[Collection<Fixture>]\nabstract class Base(Fixture fixture) { }"),
        (
            "tests/Api.Tests/OrderTests.cs",
            "public class OrderTests(Fixture f) : Base(f)\n{\n    [Fact]\n    public async Task Gets() => await Client.GetAsync(\"/x\");\n}",
        ),
        ("tests/Api.Tests/EmptyTests.cs", "public class EmptyTests : Base { }"),
        ("tests/Api.Tests/OffTests.cs", "public class OffTests : Base { [Fact(Skip = \"later\")] public void A() { } }"),
        ("tests/Unit.Tests/Unit.Tests.csproj", "<Project/>"),
        ("tests/Unit.Tests/MathTests.cs", "class Base { }\nclass MathTests : Base { [Test] public void Adds() { } }"),
        ("tests/Unit.Tests/OtherTests.cs", "class OtherTests : Fixture { [Test] public void Adds() { } }"),
    ];
    assert_eq!(integration(&files), [("tests/Api.Tests/OrderTests.cs".to_owned(), "webapplicationfactory".to_owned())]);
}

#[test]
fn a_fixture_makes_an_integration_test() {
    let files = [
        (
            "tests/conftest.py",
            "@pytest.fixture\ndef client(app):\n    with TestClient(app) as c:\n        yield c\n\n@pytest.fixture\ndef user(client: TestClient):\n    client.post('/users')\n    return User()\n",
        ),
        ("tests/test_api.py", "def test_a(client):\n    assert client.get('/a')\n"),
        ("tests/test_unit.py", "def test_b(user):\n    pass\n"),
        ("tests/unit/conftest.py", "@pytest.fixture\ndef client():\n    return Mock()\n"),
        ("tests/unit/test_c.py", "def test_c(client):\n    client.get('x')\n"),
    ];
    let mut files = files.to_vec();
    files[0].1 = "from fastapi.testclient import TestClient\n@pytest.fixture\ndef client(app):\n    with TestClient(app) as c:\n        yield c\n\n@pytest.fixture\ndef user(client: TestClient):\n    client.post('/users')\n    return User()\n";
    assert_eq!(integration(&files), [("tests/test_api.py".to_owned(), "testclient".to_owned())]);
}

#[test]
fn imports_and_calls_make_an_integration_test() {
    let files = [
        ("test/a.test.js", "const request = require('supertest');\ntest('a', () => request(app).get('/a'));\n"),
        ("test/b.test.ts", "import { it } from 'vitest';\nit('b', async () => { await app.inject({ method: 'GET', url: '/b' }); });\n"),
        ("test/c.test.ts", "import { start } from './server';\nit('c', () => start().post('/c'));\n"),
        ("test/server.ts", "import request from 'supertest';\nexport function start() { return request(app); }\n"),
        ("test/d.test.ts", "it('d', () => expect(1));\n"),
        ("a/a_test.go", "func TestA(t *testing.T) {\n\tr.ServeHTTP(w, httptest.NewRequest(\"GET\", \"/a\", nil))\n}\n"),
        ("a/b_test.go", "func TestB(t *testing.T) {\n\tm.ServeHTTP(w, httptest.NewRequest(\"GET\", \"/a\", nil), next)\n}\n"),
        ("src/test/java/ATest.java", "@WebMvcTest\nclass ATest { @Test void a() { mvc.perform(get(\"/a\")); } }"),
        (
            "tests/Feature/ATest.php",
            "<?php class ATest extends TestCase {\n/** @test */\npublic function it_works() { $this->getJson('/api/a'); } }",
        ),
    ];
    let found: Vec<String> = integration(&files).into_iter().map(|(file, framework)| format!("{file} {framework}")).collect();
    assert_eq!(
        found,
        [
            "a/a_test.go httptest",
            "src/test/java/ATest.java webmvctest",
            "test/a.test.js supertest",
            "test/b.test.ts light-my-request",
            "test/c.test.ts supertest",
            "tests/Feature/ATest.php laravel",
        ]
    );
}

#[test]
fn finds_tests_that_are_switched_off() {
    let cases: &[(&str, &str, &[usize])] = &[
        (
            "t.Tests/a.cs",
            "class A {\n[Fact(Skip = \"why\")]\nvoid B() { }\n//[Fact]\nvoid C() { }\n[Fact(Skip = \"x\", SkipWhen = nameof(Y))]\nvoid D() { }\n[Ignore(\"x\")]\n[Test]\nvoid E() { }\n}",
            &[2, 4, 8],
        ),
        (
            "t.Tests/b.cs",
            "class A {\n[Ignore]\npublic string Name { get; set; }\n/// [Fact]\n// [Fact] is what xunit calls a test\nvoid B() { list.Skip(1); }\n}",
            &[],
        ),
        (
            "t.Tests/c.cs",
            "class A {\n[Fact]\nvoid B() {\nAssert.Skip(\"x\");\n}\n[Fact]\nvoid C() {\nif (y) { Assert.Skip(\"x\"); }\nif (y) Assert.Skip(\"x\");\n}\n}",
            &[4],
        ),
        (
            "a.test.ts",
            "describe.skip('a', () => {\n  it('b', () => {});\n});\nit.skip('c', () => {});\nxit('d', () => {});\nit.todo('e');\nit.only('f', () => {});\nit.skipIf(x)('g', () => {});\n",
            &[1, 4, 5, 6],
        ),
        (
            "test_a.py",
            "@pytest.mark.skip(reason='x')\ndef test_a():\n    pass\n\n@pytest.mark.skipif(y, reason='x')\ndef test_b():\n    pass\n\ndef test_c():\n    pytest.skip('x')\n\ndef test_d():\n    if y:\n        pytest.skip('x')\n",
            &[1, 10],
        ),
        (
            "a_test.go",
            "func TestA(t *testing.T) {\n\tt.Skip(\"x\")\n}\nfunc TestB(t *testing.T) {\n\tif testing.Short() {\n\t\tt.Skip()\n\t}\n}\n",
            &[2],
        ),
        (
            "ATest.java",
            "@Disabled(\"x\")\nclass ATest {\n@Test void a() { }\n@DisabledIf(\"y\") @Test void b() { }\n@Ignore @Test\nvoid c() { }\n}",
            &[1, 5],
        ),
    ];
    for (path, text, lines) in cases {
        let found = code(&Snapshot::of_memory([(*path, *text)]), &[]);
        assert_eq!(found.skipped.iter().map(|test| test.line).collect::<Vec<_>>(), *lines, "{path}");
    }
    let found = code(&Snapshot::of_memory([(cases[0].0, cases[0].1)]), &[]);
    assert_eq!(found.skipped[0].reason.as_deref(), Some("why"));
}

/// The calls of tests as text: line, method and target.
fn calls(files: &[(&str, &str)], names: &[&str]) -> Vec<String> {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let found = code(&Snapshot::of_memory(files.iter().map(|(path, text)| (*path, *text))), &names);
    let show = |call: call::Call| {
        let target = match call.target {
            call::Target::Path(value) => value.0.iter().map(piece).collect::<String>(),
            call::Target::Route(name) => format!("route {name}"),
            call::Target::Name(name) => format!("name {name}"),
        };
        let off = if call.off { " off" } else { "" };
        format!("{} {} {target}{off}", call.at.line, call.method.as_deref().unwrap_or("?"))
    };
    found.calls.into_iter().map(show).collect()
}

fn piece(piece: &crate::facts::code::value::Piece) -> String {
    match piece {
        crate::facts::code::value::Piece::Known(text) => text.clone(),
        crate::facts::code::value::Piece::Hole(text) => format!("<{text}>"),
    }
}

#[test]
fn calls_of_dotnet_are_found() {
    let text = r#"
class T : IClassFixture<WebApplicationFactory<Program>> {
    [Fact] public async Task A() { await client.GetAsync("/a"); }
    [Fact] public async Task B() { await client.PostAsJsonAsync($"/b/{id}", new { }); }
    [Theory]
    [InlineData("/c")]
    public async Task C(string url) { await client.GetAsync(url); }
    [Fact(Skip = "x")] public async Task D() { await Client.DeleteAsync("api/d"); }
    [Fact] public async Task E() { await client.SendAsync(new HttpRequestMessage(HttpMethod.Put, "/e")); }
    [Fact] public async Task F() { await Load("/f"); cache.Get("key"); }
    private async Task Load(string path) { await client.GetAsync(path); }
    [Fact] public async Task G() { await client.GetAsync(X.BuildRoute(1)); }
    [Fact] public async Task H() { await app.SendAsync(new MakeOrder()); }
}"#;
    assert_eq!(
        calls(&[("t.Tests/a.cs", text)], &["MakeOrder"]),
        [
            "3 GET /a",
            "4 POST /b/<id>",
            "7 GET /c",
            "8 DELETE api/d off",
            "9 PUT /e",
            "10 GET /f",
            "12 GET <X.BuildRoute(1)>",
            "13 ? name MakeOrder",
        ]
    );
    let unit = "class T { [Fact] public void A() { var sut = new OrdersController(x); sut.Get(1); } }";
    assert_eq!(calls(&[("t.Tests/b.cs", unit)], &["OrdersController.Get"]), ["1 ? name OrdersController.Get"]);
}

#[test]
fn calls_of_other_languages_are_found() {
    let text = "import request from 'supertest';\nconst BASE = '/v1';\nit('a', async () => {\n  await request(app).post('/a').send({});\n  await request(app).get(`${BASE}/b/${id}`);\n  app.get('/no', (req, res) => res.end());\n});\n";
    assert_eq!(calls(&[("a.test.ts", text)], &[]), ["4 POST /a", "5 GET /v1/b/<id>"]);
    let text = "it('a', async () => {\n  await app.inject({ method: 'PATCH', url: '/a' });\n  await app.inject('/b');\n});\n";
    assert_eq!(calls(&[("a.test.ts", text)], &[]), ["2 PATCH /a", "3 GET /b"]);
    let text = "def test_a(client: TestClient):\n    client.get(f\"{settings.API}/x\")\n    client.post(url_for('users.make'))\n    data.get('key')\n";
    let text = format!("from fastapi.testclient import TestClient\n{text}");
    assert_eq!(calls(&[("test_a.py", &text)], &[]), ["3 GET <settings.API>/x", "4 POST route users.make"]);
    let text = "func TestA(t *testing.T) {\n\treq := httptest.NewRequest(http.MethodPut, fmt.Sprintf(\"/a/%d\", id), nil)\n\tr.ServeHTTP(w, req)\n}\n";
    assert_eq!(calls(&[("a_test.go", text)], &[]), ["2 PUT /a/<%d>"]);
    let text = "var rows = []struct{}{\n\t{\"/a\", \"POST\"},\n\t{\"/b\", \"GET\"},\n}\nfunc TestA(t *testing.T) {\n\treq, _ := http.NewRequest(row.method, row.url, nil)\n\tr.ServeHTTP(w, req)\n}\n";
    assert_eq!(calls(&[("a_test.go", text)], &[]), ["6 POST /a", "6 GET /b"]);
    let text = "@SpringBootTest\nclass ATest { @Test void a() { mvc.perform(get(\"/a/{id}\", 1)); web.put().uri(\"/b\"); } }";
    assert_eq!(calls(&[("ATest.java", text)], &[]), ["2 GET /a/{id}", "2 PUT /b"]);
}

#[test]
fn a_form_that_is_not_read_is_said() {
    let snapshot = Snapshot::of_memory([("tests/shop.feature", "Feature: x\n"), ("tests/a_test.py", "def test_a():\n    pass\n")]);
    let mut notes = Notes::default();
    let pipelines = pipeline::read(&snapshot, &mut notes);
    let _ = read(&snapshot, &pipelines, code(&snapshot, &[]), &mut notes);
    assert!(notes.unread.iter().any(|unread| unread.part == "tests.integration" && unread.reason.contains("shop.feature")));
}

#[test]
fn scripts_of_other_providers_run_tests() {
    type Case = (&'static str, &'static str, &'static [(usize, bool)]);
    let cases: &[Case] = &[
        (".travis.yml", "language: python\nscript: flask test\nafter_success: pytest\n", &[(2, true)]),
        (".travis.yml", "language: php\nscript:\n  - composer lint\n  - phpunit || true\n", &[(4, false)]),
        (".travis.yml", "language: go\ngo: 1.22\n", &[(1, true)]),
        (".travis.yml", "language: go\nscript: bash ./all.sh\n", &[(2, true)]),
        (
            ".circleci/config.yml",
            "jobs:\n  a:\n    steps:\n      - checkout\n      - run: npm test\n      - run:\n          name: b\n          command: |\n            pip install x\n            pytest\n",
            &[(5, true), (10, true)],
        ),
        ("bitbucket-pipelines.yml", "pipelines:\n  default:\n    - step:\n        script:\n          - mvn -B verify\n", &[(5, true)]),
        (
            "Jenkinsfile",
            "pipeline {\n  steps {\n    sh 'make build'\n    sh \"\"\"\n      dotnet test\n    \"\"\"\n    // sh 'pytest'\n    echo 'pytest'\n  }\n}\n",
            &[(4, true)],
        ),
    ];
    for &(path, text, expected) in cases {
        let tests = read_all(&[
            (path, text),
            ("all.sh", "set -e\nfor d in a b; do\n  if true; then\n    go test $d\n  fi\ndone\n"),
            ("package.json", r#"{"scripts": {"test": "jest"}}"#),
        ]);
        let found: Vec<_> = tests.run_by.iter().map(|run| (run.line, run.can_fail)).collect();
        assert_eq!(found, expected, "{path}: {text}");
    }
}

#[test]
fn a_static_import_of_restassured_shows_an_integration_test() {
    let test =
        "import static io.restassured.RestAssured.given;\nclass OrdersIT {\n    @Test\n    void lists() { given().get(\"/orders\"); }\n}\n";
    assert_eq!(integration(&[("src/test/java/OrdersIT.java", test)]), [("src/test/java/OrdersIT.java".into(), "restassured".into())]);
    let mocked = test.replace("io.restassured.RestAssured", "org.mockito.BDDMockito");
    assert_eq!(integration(&[("src/test/java/OrdersIT.java", &mocked)]), []);
}

#[test]
fn other_annotations_that_are_commented_out_switch_no_test_off() {
    let of = |line: &str| {
        let text = format!("class ATest {{\n    {line}\n    @Test\n    void a() {{ b(); }}\n}}\n");
        code(&Snapshot::of_memory([("src/test/java/ATest.java", text)]), &[]).skipped.len()
    };
    assert_eq!((of("// @TestPropertySource(\"x\")"), of("// @Test")), (0, 1));
}
