use super::*;
use crate::facts::At;

fn flow(text: &str, handlers: &[&str]) -> Declared {
    let (method, path) = text.split_once(' ').unwrap();
    let flow = Flow {
        kind: FlowKind::Http,
        method: Some(method.into()),
        path: path.into(),
        file: "a.cs".into(),
        line: 1,
        tested: None,
        level: Level::Unknown,
        tests: Vec::new(),
        aside: false,
    };
    Declared { flow, name: None, handlers: handlers.iter().map(|name| (*name).to_owned()).collect() }
}

fn call(method: &str, pieces: &[&str]) -> Call {
    let piece = |text: &&str| match text.strip_prefix('<') {
        Some(hole) => Piece::Hole(hole.to_owned()),
        None => Piece::Known((*text).to_owned()),
    };
    let method = (method != "?").then(|| method.to_owned());
    Call { at: At::new("t.cs", 1), method, target: Target::Path(Value(pieces.iter().map(piece).collect())), off: false }
}

#[test]
fn few_routes_are_looked_at_and_none_is_missed() {
    let paths = ["/", "/a", "/a/{id}", "/{x}/b", "/a/b", "/a/b/{id?}", "/c/{rest...}", "/{x}/{y}", "/a/a", "/b/c/d"];
    let declared: Vec<Declared> = paths.iter().map(|path| flow(&format!("GET {path}"), &[])).collect();
    let routes: Vec<Option<Route>> = declared.iter().map(|one| route_of(&one.flow)).collect();
    let shapes = Shapes::of(&routes);
    for text in ["/", "/a", "/b", "/a/b", "/a/a", "/q/b", "/c/d/e", "/a/b/c", "/b/c/d", "/a/<id", "/q/r"] {
        let pieces: Vec<Piece> = text.split('<').enumerate().map(piece).collect();
        let Some((segments, _)) = path_of(&Value(pieces)) else { continue };
        let meant = (0..routes.len()).filter(|at| routes[*at].as_ref().is_some_and(|route| fits(&route.segments, &segments)));
        let right_length = |at: &usize| {
            let route = routes[*at].as_ref().unwrap();
            let open = route.segments.last() == Some(&Segment::Rest);
            open || route.segments.len() == segments.len() || route.optional && route.segments.len() == segments.len() + 1
        };
        let mut found: Vec<usize> =
            shapes.around(&segments).into_iter().filter(|at| fits(&routes[*at].as_ref().unwrap().segments, &segments)).collect();
        found.sort_unstable();
        found.dedup();
        assert_eq!(found, meant.filter(right_length).collect::<Vec<_>>(), "{text}");
    }
    let many: Vec<Declared> = (0..100).map(|at| flow(&format!("GET /api/part{at}"), &[])).collect();
    let routes: Vec<Option<Route>> = many.iter().map(|one| route_of(&one.flow)).collect();
    let (segments, _) = path_of(&Value(vec![Piece::Known("/api/part7".to_owned())])).unwrap();
    assert_eq!(Shapes::of(&routes).around(&segments), [7], "the others are not looked at, though as long");
}

fn piece((at, text): (usize, &str)) -> Piece {
    if at == 0 { Piece::Known(text.to_owned()) } else { Piece::Hole(text.to_owned()) }
}

/// Which flows a call reaches.
fn reached(flows: &[&str], calls: &[Call]) -> Vec<String> {
    let declared = flows.iter().map(|text| flow(text, &[])).collect();
    let linked = link(declared, calls, &Constants::default());
    let said = |flow: &Flow| match flow.level {
        Level::Http => Some(format!("{} {}", flow.method.as_deref().unwrap_or("?"), flow.path)),
        Level::Unknown => Some(format!("? {}", flow.path)),
        _ => None,
    };
    linked.iter().filter_map(said).collect()
}

#[test]
fn paths_are_compared_by_their_segments() {
    let flows = ["GET /api/Items/{id}", "GET /api/items/top", "POST /api/items", "PUT /api/items/{id}", "GET /files/{*rest}"];
    let cases: &[(&str, &[&str], &str)] = &[
        ("GET", &["/API/items/1?x=2"], "GET /api/Items/{id}"),
        ("GET", &["/api/items/top/"], "GET /api/items/top"),
        ("GET", &["/api/items/", "<id"], "GET /api/Items/{id}"),
        ("POST", &["<base", "/api/items"], "POST /api/items"),
        ("POST", &["http://localhost:5000/api/items"], "POST /api/items"),
        ("POST", &["<prefix", "/items"], "POST /api/items"),
        ("POST", &["/items"], "POST /api/items"),
        ("GET", &["/files/a/b/c"], "GET /files/{*rest}"),
        ("DELETE", &["/api/items/1"], ""),
        ("PATCH", &["/api/items/1"], "PUT /api/items/{id}"),
        ("GET", &["/api/other"], ""),
    ];
    for (method, path, expected) in cases {
        let found = reached(&flows, &[call(method, path)]).join(", ");
        // One action under two verbs is so only where both are declared.
        let expected = if *method == "PATCH" { "" } else { expected };
        assert_eq!(found, expected, "{method} {path:?}");
    }
}

#[test]
fn a_path_that_is_not_known_leaves_flows_of_its_method_unknown() {
    let flows = ["GET /a", "POST /a"];
    assert_eq!(reached(&flows, &[call("GET", &["<url"])]), ["? /a"]);
    assert_eq!(reached(&flows, &[call("GET", &["<url"]), call("GET", &["/a"])]), ["GET /a"]);
    assert_eq!(reached(&["GET /a/b"], &[call("GET", &["/a/", "<kind"])]), ["? /a/b"]);
}

#[test]
fn handlers_and_routes_are_called_by_name() {
    let mut declared = vec![flow("POST /orders", &["MakeOrder"]), flow("GET /orders", &["orders"]), flow("GET /c", &[])];
    declared[2].name = Some("list".into());
    let target = |target: Target, off: bool| Call { at: At::new("t.cs", 1), method: None, target, off };
    let calls = [
        target(Target::Name("MakeOrder".into()), false),
        target(Target::Route("shop.orders".into()), true),
        target(Target::Route("shop:list".into()), false),
    ];
    let linked = link(declared, &calls, &Constants::default());
    assert_eq!(linked.iter().map(|flow| flow.level).collect::<Vec<_>>(), [Level::BelowHttp, Level::SkippedOnly, Level::Http]);
}

#[test]
fn a_builder_beside_a_constant_route_stands_for_it() {
    let text = "class GetItem { public const string Route = \"/items/{ItemId:int}\"; }";
    let mut constants = Constants::default();
    constants.add(&crate::facts::code::Code::lex(crate::facts::code::Language::CSharp, text.as_bytes()));
    let linked = link(vec![flow("GET /items/{ItemId}", &[])], &[call("GET", &["<GetItem.BuildRoute(1)"])], &constants);
    assert_eq!(linked[0].level, Level::Http);
}

/// The level of a flow whose one test is written like this.
fn level_with(attribute: &str, statement: &str) -> Level {
    let text = format!(
        "class T : IClassFixture<WebApplicationFactory<Program>> {{\n{attribute}\npublic async Task A() {{\n{statement}\n}}\n[Fact] public void B() {{ }}\n}}\n"
    );
    let snapshot = crate::snapshot::Snapshot::of_memory([("t.Tests/T.cs", text.as_str())]);
    let code = crate::facts::tests::code(&snapshot, &["MakeOrder".to_owned()]);
    link(vec![flow("POST /api/orders", &["MakeOrder"])], &code.calls, &Constants::default())[0].level
}

#[test]
fn a_test_that_does_not_run_tests_nothing() {
    let call = "await client.PostAsJsonAsync(\"/api/orders\", order);";
    assert_eq!(level_with("[Fact]", call), Level::Http);
    assert_eq!(level_with("[Fact(Skip = \"later\")]", call), Level::SkippedOnly);
    assert_eq!(level_with("//[Fact]", call), Level::None);
    assert_eq!(level_with("[Fact]", &format!("// {call}")), Level::None);
    assert_eq!(level_with("[Fact]", "await client.PostAsJsonAsync(\"/api/baskets\", order);"), Level::None);
    assert_eq!(level_with("[Fact]", "await client.GetAsync(\"/api/orders\");"), Level::None);
    assert_eq!(level_with("[Fact]", "await mediator.Send(new MakeOrder());"), Level::BelowHttp);
    assert_eq!(level_with("[Fact]", "await client.PostAsJsonAsync(Urls.Orders(1), order);"), Level::Unknown);
}
