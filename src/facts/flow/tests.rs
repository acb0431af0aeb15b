use super::*;

fn read(files: &[(&str, &str)]) -> (Vec<Declared>, Notes) {
    let files: Vec<(String, Vec<u8>)> = files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect();
    let snapshot = Snapshot::of_memory(files);
    let mut notes = Notes::default();
    let Section::Known(found) = declared(&snapshot, &mut notes) else { panic!("flows are known") };
    (found, notes)
}

/// Flows as `GET /a`, sorted.
fn flows(files: &[(&str, &str)]) -> Vec<String> {
    let mut found: Vec<String> = read(files).0.iter().map(|declared| show(&declared.flow)).collect();
    found.sort();
    found
}

fn show(flow: &Flow) -> String {
    let kind = match flow.kind {
        FlowKind::Http => String::new(),
        kind => format!("{kind:?} ").to_lowercase(),
    };
    format!("{kind}{} {}", flow.method.as_deref().unwrap_or("*"), flow.path)
}

const PROJECT: (&str, &str) = ("src/Web/Web.csproj", "<Project Sdk=\"Microsoft.NET.Sdk.Web\" />");

#[test]
fn an_application_of_koa_is_mounted_below_another() {
    let found = flows(&[
        (
            "server/web.ts",
            "import Koa from 'koa'\nimport mount from 'koa-mount'\nimport api from './api'\nexport default function init(app: Koa = new Koa()) {\n  app.use(mount('/api', api))\n  return app\n}\n",
        ),
        (
            "server/api.ts",
            "import Koa from 'koa'\nimport Router from 'koa-router'\nimport lists from './lists'\nconst api = new Koa()\nconst router = new Router()\nrouter.use('/', lists.routes())\napi.use(router.routes())\nexport default api\n",
        ),
        (
            "server/lists.ts",
            "import Router from 'koa-router'\nconst router = new Router()\nrouter.post('lists.show', show)\nexport default router\n",
        ),
    ]);
    assert_eq!(found, ["POST /api/lists.show"]);
}

#[test]
fn controllers_compose_their_templates() {
    let code = r#"
namespace Shop;
/// <example>[HttpGet("doc")]</example>
[Route("api/[controller]")]
public abstract class BaseController : ControllerBase
{
    [HttpGet("ping")] public IActionResult Ping() => Ok();
}
[Area("admin")]
public class OrdersController(ISender sender) : BaseController
{
    [HttpGet] public Task<Order> List() => x;
    [HttpGet("{id:int}", Name = "order")] public Task<Order> GetAsync(int id) { return sender.Send(new GetOrder(id)); }
    [HttpPost, HttpPut] [Route("[action]")] public IActionResult SaveAsync([FromBody] SaveOrder command) { sender.Send(command); return Ok(); }
    [AcceptVerbs("GET", "HEAD", Route = "~/raw/{*rest}")] public IActionResult Raw() => Ok();
    [HttpDelete("/all/{id?}")] public IActionResult Remove() => Ok();
    [NonAction, HttpGet("no")] public IActionResult No() => Ok();
    [HttpGet("[area]/x")] public IActionResult InArea() => Ok();
    private IActionResult Hidden() => Ok();
}
"#;
    let (found, _) = read(&[PROJECT, ("src/Web/OrdersController.cs", code)]);
    let mut shown: Vec<String> = found.iter().map(|declared| show(&declared.flow)).collect();
    shown.sort();
    assert_eq!(
        shown,
        [
            "DELETE /all/{id}",
            "GET /api/Orders",
            "GET /api/Orders/admin/x",
            "GET /api/Orders/ping",
            "GET /api/Orders/{id}",
            "GET /raw/{rest}",
            "HEAD /raw/{rest}",
            "POST /api/Orders/Save",
            "PUT /api/Orders/Save",
        ]
    );
    let one = found.iter().find(|declared| declared.flow.path == "/api/Orders/{id}").unwrap();
    assert_eq!(
        (one.name.as_deref(), one.handlers.as_slice(), one.flow.line),
        (Some("order"), &["OrdersController.GetAsync".into(), "GetOrder".into()][..], 13)
    );
    let save = found.iter().find(|declared| declared.flow.path == "/api/Orders/Save").unwrap();
    assert_eq!(save.handlers, ["OrdersController.SaveAsync", "SaveOrder"]);
}

#[test]
fn controllers_without_attributes_go_by_convention() {
    let start = r#"
var app = builder.Build();
app.MapControllerRoute("default", "{controller:slugify=Home}/{action:slugify=Index}/{id?}");
app.MapControllerRoute("areas", "{area:exists}/{controller=Home}/{action=Index}/{id?}");
"#;
    let code = r#"
public class HomeController : Controller {
    public IActionResult Index() { return View(); }
    [HttpPost] public IActionResult SignUp(int id) => RedirectToAction("Index");
}
[Area("Admin")] public class UsersController : Controller { public IActionResult Edit(int id) => View(); }
[ApiController] public class LostController : ControllerBase { public IActionResult Never() => Ok(); }
public class Service { public void Run() { } }
"#;
    assert_eq!(
        flows(&[PROJECT, ("src/Web/Program.cs", start), ("src/Web/Controllers.cs", code)]),
        ["POST /home/sign-up/{id}", "page * /", "page * /Admin/Users/Edit/{id}"]
    );
    assert_eq!(flows(&[PROJECT, ("src/Web/Controllers.cs", code)]), Vec::<String>::new());
}

#[test]
fn tokens_are_written_with_hyphens_where_a_transformer_says_so() {
    let start = "builder.Services.AddControllers(o => o.Conventions.Add(new RouteTokenTransformerConvention(new Slug())));";
    let code = "[Route(\"[controller]/[action]\")] public class ManageAccountController : Controller { [HttpGet] public object MyOrders() => x; [HttpGet(\"/SignOut\")] public object Out() => x; }";
    assert_eq!(flows(&[PROJECT, ("src/Web/Program.cs", start), ("src/Web/C.cs", code)]), ["GET /SignOut", "GET /manage-account/my-orders"]);
}

#[test]
fn groups_are_followed_over_variables_and_files() {
    let program = r#"
var app = WebApplication.CreateBuilder(args).Build();
app.MapGet("/ping", () => "pong").WithName("ping");
// app.MapGet("/commented", () => "");
var api = app.MapGroup("/api").RequireAuthorization();
api.MapOrders();
Items.Map(api.MapGroup("items"));
app.MapMethods("/many", ["PUT", "DELETE"], Many);
app.MapHub<ChatHub>("/chat");
app.MapGrpcService<BasketService>();
app.MapHealthChecks("/health");
app.MapGet("/", () => Results.Redirect("/docs"));
httpClient.MapGet("/not");
"#;
    let orders = r#"
public static class OrderEndpoints {
    public static IEndpointRouteBuilder MapOrders(this IEndpointRouteBuilder builder) {
        var v1 = builder.NewVersionedApi("x").MapGroup("orders").HasApiVersion(1);
        v1.MapGet("/", List);
        v1.MapPost("{id:int}/ship", async (ISender sender, ShipOrder command) => { await sender.Send(command); });
        return builder;
    }
    static async Task<Ok> List(ISender sender) { var query = new ListOrders(); return await sender.Send(query); }
}
"#;
    let items = "public static class Items { public static void Map(RouteGroupBuilder group) => group.MapDelete(Routes.One, Delete); }";
    let routes = "public static class Routes { public const string One = \"{id}\"; }";
    let files = [
        PROJECT,
        ("src/Web/Program.cs", program),
        ("src/Web/Orders.cs", orders),
        ("src/Web/Items.cs", items),
        ("src/Web/Routes.cs", routes),
    ];
    assert_eq!(
        flows(&files),
        [
            "DELETE /api/items/{id}",
            "DELETE /many",
            "GET /api/orders",
            "GET /ping",
            "POST /api/orders/{id}/ship",
            "PUT /many",
            "rpc * /chat",
            "rpc * BasketService"
        ]
    );
    let (found, notes) = read(&files);
    let handlers = |path: &str| found.iter().find(|declared| declared.flow.path == path).unwrap().handlers.clone();
    assert_eq!(handlers("/api/orders"), ["ListOrders", "OrderEndpoints.List"]);
    assert_eq!(handlers("/api/orders/{id}/ship"), ["ShipOrder"]);
    assert_eq!(notes.unread, []);
}

#[test]
fn wrappers_of_a_repository_are_seen_through() {
    let infrastructure = r#"
public static class Extensions {
    public static RouteHandlerBuilder MapPost(this IEndpointRouteBuilder builder, Delegate handler, string pattern = "") => builder.MapPost(pattern, handler);
    public static WebApplication MapEndpoints(this WebApplication app) {
        foreach (var type in types.Where(t => t.IsAssignableTo(typeof(IEndpointGroup)))) {
            var prefix = type.GetProperty("RoutePrefix")?.GetValue(null) as string ?? $"/api/{type.Name}";
            var group = app.MapGroup(prefix);
            type.GetMethod("Map")!.Invoke(null, [group]);
        }
        return app;
    }
}
"#;
    let group = r#"
public class TodoItems : IEndpointGroup {
    public static void Map(RouteGroupBuilder group) { group.MapPost(Create); group.MapPost(Done, "{id}/done"); }
    public static Task Create(ISender sender, CreateItem command) => sender.Send(command);
    public static Task Done(ISender sender, int id) => sender.Send(new FinishItem(id));
}
public class Users : IEndpointGroup {
    public static string? RoutePrefix => "/api/people";
    public static void Map(RouteGroupBuilder group) { group.MapPost(Add); }
}
"#;
    let files = [PROJECT, ("src/Web/Extensions.cs", infrastructure), ("src/Web/Groups.cs", group)];
    assert_eq!(flows(&files), ["POST /api/TodoItems", "POST /api/TodoItems/{id}/done", "POST /api/people"]);
    let (found, _) = read(&files);
    assert_eq!(found[0].handlers, ["CreateItem", "TodoItems.Create"]);
}

#[test]
fn endpoint_classes_name_verbs_and_routes() {
    let code = r#"
public class Create : Endpoint<CreateRequest, Response> {
    public override void Configure() { Post(CreateRequest.Route); AllowAnonymous(); Group<Admin>(); }
    public override async Task HandleAsync(CreateRequest r, CancellationToken c) { await _mediator.Send(new CreateCommand(r.Name)); }
}
public class CreateRequest { public const string Route = "/things/{Id:int}"; }
public class Ping : EndpointWithoutRequest { public override void Configure() { Verbs(Http.GET, Http.HEAD); Routes("ping", "alive2"); } }
public class Admin : Group { public Admin() { Configure("admin", ep => { }); } }
public class Login : EndpointBaseAsync.WithRequest<A>.WithActionResult<B> { [HttpPost("api/login")] public override Task<B> HandleAsync(A a) => x; }
"#;
    let start = "app.UseFastEndpoints(c => { c.Endpoints.RoutePrefix = \"v1\"; });";
    assert_eq!(
        flows(&[PROJECT, ("src/Web/E.cs", code), ("src/Web/P.cs", start)]),
        ["GET /v1/alive2", "GET /v1/ping", "HEAD /v1/alive2", "HEAD /v1/ping", "POST /api/login", "POST /v1/admin/things/{Id}"]
    );
}

#[test]
fn triggers_consumers_and_timers_are_flows() {
    let code = r#"
public class Functions {
    [Function("GetOrder")] public Task Run([HttpTrigger(AuthorizationLevel.Anonymous, "get", "post", Route = "orders/{id}")] HttpRequest request) => x;
    [FunctionName(nameof(Ping))] public Task Ping([HttpTrigger(AuthorizationLevel.Anonymous)] HttpRequest request) => x;
    [Function("Sync")] public Task Sync([TimerTrigger("0 * * * *")] TimerInfo timer) => x;
    [Function("Take")] public Task Take([ServiceBusTrigger("orders", "mine", Connection = "Bus")] string message) => x;
}
public class OrderPlacedConsumer : IConsumer<OrderPlaced> { public Task Consume(ConsumeContext<OrderPlaced> context) => _sender.Send(new Bill(1)); }
public class Cleaner : BackgroundService { protected override Task ExecuteAsync(CancellationToken t) => x; }
public abstract class BaseJob : IJob { }
public class NightJob : BaseJob { }
public class Start { void Go() { RecurringJob.AddOrUpdate<Reporter>("report", r => r.Run(), Cron.Daily); dictionary.AddOrUpdate("a", 1); } }
"#;
    let host = "{ \"version\": \"2.0\", \"extensions\": { \"http\": { \"routePrefix\": \"v2\" } } }";
    let files = [("src/Jobs/Jobs.csproj", "<Project />"), ("src/Jobs/F.cs", code), ("src/Jobs/host.json", host)];
    assert_eq!(
        flows(&files),
        [
            "* /v2/Ping",
            "GET /v2/orders/{id}",
            "POST /v2/orders/{id}",
            "message * OrderPlaced",
            "message * orders/mine",
            "timer * Cleaner",
            "timer * NightJob",
            "timer * Sync",
            "timer * report",
        ]
    );
    let (found, _) = read(&files);
    let consumer = found.iter().find(|declared| declared.flow.path == "OrderPlaced").unwrap();
    assert_eq!(consumer.handlers, ["OrderPlacedConsumer.Consume", "Bill", "OrderPlacedConsumer", "OrderPlaced"]);
}

#[test]
fn pages_have_the_path_of_their_file() {
    let files = [
        PROJECT,
        ("src/Web/Pages/Index.cshtml", "@page\n<h1/>"),
        ("src/Web/Pages/Orders/Edit.cshtml", "@page \"{id:int}\"\n"),
        ("src/Web/Pages/Orders/Edit.cshtml.cs", "public class EditModel { public Task OnPostAsync() => x; }"),
        ("src/Web/Pages/Shared/_Layout.cshtml", "<html/>"),
        ("src/Web/Counter.razor", "@page \"/counter\"\n"),
    ];
    assert_eq!(flows(&files), ["page GET /", "page GET /Orders/Edit/{id}", "page GET /counter", "page POST /Orders/Edit/{id}"]);
}

#[test]
fn routers_of_express_are_followed_over_files() {
    let app = r#"
const express = require('express');
const routes = require('./routes');
const app = express();
app.set('view engine', 'x');
app.get('setting');
app.options('*', cors());
app.use('/v1', routes);
require('./legacy')(app);
// app.get('/commented', h);
axios.get('/client', config);
"#;
    let index = r#"
const express = require('express');
const users = require('./users.route');
const router = express.Router();
const table = [{ path: '/users', route: users }, { path: '/docs', route: require('./docs') }];
table.forEach((entry) => { router.use(entry.path, entry.route); });
module.exports = router;
"#;
    let users = r#"
const { Router } = require('express');
const controller = require('./user.controller');
const router = Router();
router.route('/').post(auth('x'), controller.create).get(controller.list);
router.get('/:id(\\d+)', controller.one);
map.get('key', 1);
module.exports = router;
"#;
    let docs = "import { Router } from 'express';\nexport default Router().get('/', serve, ui);\n";
    let legacy = "module.exports = (app) => { app.delete('/old', remove); };\n";
    let files = [
        ("src/app.js", app),
        ("src/routes/index.js", index),
        ("src/routes/users.route.js", users),
        ("src/routes/docs.js", docs),
        ("src/legacy.js", legacy),
        ("src/front.js", "import Router from 'vue-router'; const router = new Router(); router.get('/front', x); app.get('/x', y);"),
        ("tests/app.test.js", "const app = require('express')(); app.get('/in-test', h);"),
    ];
    assert_eq!(flows(&files), ["DELETE /old", "GET /v1/docs", "GET /v1/users", "GET /v1/users/{id}", "POST /v1/users"]);
    let (found, notes) = read(&files);
    let one = found.iter().find(|declared| declared.flow.path == "/v1/users/{id}").unwrap();
    assert_eq!(one.handlers, ["controller.one", "one"]);
    assert_eq!(notes.unread, []);
}

#[test]
fn modules_of_typescript_are_followed() {
    let main =
        "import express from 'express';\nimport routes from './routes';\nconst app: express.Express = express();\napp.use(routes);\n";
    let routes = "import { Router } from 'express';\nimport { tags as t } from '@/tags';\nconst api = Router().use(t).use('/deep', t);\nexport default Router().use('/api', api);\n";
    let tags = "import { Router, Request } from 'express';\nconst prefix = '/tags';\nexport const tags: Router = Router();\ntags.get(`${prefix}/:name`, async (req: Request, res) => { x(); });\n";
    assert_eq!(
        flows(&[("src/main.ts", main), ("src/routes.ts", routes), ("src/tags.ts", tags)]),
        ["GET /api/deep/tags/{name}", "GET /api/tags/{name}"]
    );
}

#[test]
fn a_router_that_nothing_mounts_is_said_to_be_unknown() {
    let (found, notes) = read(&[("src/a.js", "const r = require('express').Router();\nr.get('/a', h);\n")]);
    assert_eq!(found.len(), 1);
    assert_eq!(notes.unread[0].part, "flows.path");
    assert!(notes.unread[0].reason.contains("src/a.js:2"));
}

#[test]
fn routers_of_fastapi_are_followed_over_files() {
    let main = "from fastapi import FastAPI\nfrom app.api.main import api_router\nfrom app.config import settings\napp = FastAPI()\napp.include_router(api_router, prefix=settings.V1)\n@app.get('/ping')\ndef ping(): ...\n";
    let api = "from fastapi import APIRouter\nfrom app.api.routes import items\nfrom .routes.users import router as users_router\napi_router = APIRouter()\napi_router.include_router(items.router)\napi_router.include_router(users_router, prefix=\"/users\", tags=[\"users\"])\n";
    let items = "from fastapi import APIRouter\nrouter = APIRouter(prefix=\"/items\")\n\n@router.get(\"/\", response_model=X)\n@cached\nasync def read_items(q: str):\n    cache.get('/no')\n\n@router.api_route('/{id}', methods=['PUT', 'PATCH'], name='change')\ndef change(): ...\n";
    let users = "from fastapi import APIRouter\nrouter = APIRouter()\n# @router.get('/no')\n@router.post('')\ndef create_user(): ...\n";
    let files = [
        ("app/main.py", main),
        ("app/config.py", "class Settings:\n    V1: str = \"/api/v1\"\nsettings = Settings()\n"),
        ("app/api/main.py", api),
        ("app/api/routes/__init__.py", ""),
        ("app/api/routes/items.py", items),
        ("app/api/routes/users.py", users),
    ];
    assert_eq!(
        flows(&files),
        ["GET /api/v1/items", "GET /ping", "PATCH /api/v1/items/{id}", "POST /api/v1/users", "PUT /api/v1/items/{id}"]
    );
    let (found, notes) = read(&files);
    let change = found.iter().find(|declared| declared.flow.method.as_deref() == Some("PUT")).unwrap();
    assert_eq!((change.name.as_deref(), change.handlers.as_slice()), (Some("change"), &["change".to_owned()][..]));
    assert_eq!(notes.unread, []);
}

#[test]
fn an_app_that_a_function_makes_mounts_others() {
    let main = "from fastapi import FastAPI\nfrom office import app as office_app\ndef create() -> FastAPI:\n    app = FastAPI()\n    app.mount('/office', office_app)\n    return app\n";
    let office = "from fastapi import FastAPI\napp: FastAPI = FastAPI()\n@app.get('/desks')\ndef desks(): ...\n";
    assert_eq!(flows(&[("main.py", main), ("office.py", office)]), ["GET /office/desks"]);
}

#[test]
fn a_prefix_that_is_not_known_is_said() {
    let code = "from fastapi import FastAPI, APIRouter\napp = FastAPI()\nr = APIRouter()\n@r.get('/a')\ndef a(): ...\napp.include_router(r, prefix=get_prefix())\n";
    let (found, notes) = read(&[("main.py", code)]);
    assert_eq!((found.len(), found[0].flow.path.as_str(), notes.unread.len()), (1, "/a", 1));
}

#[test]
fn routes_of_other_frameworks_are_read_from_their_tables() {
    let flask = "from flask import Flask, Blueprint\nbp = Blueprint('a', __name__, url_prefix='/a')\n@bp.route('/<int:id>', methods=('GET', 'POST'))\ndef a(id): ...\napp = Flask(__name__)\napp.register_blueprint(bp)\n";
    assert_eq!(flows(&[("app.py", flask)]), ["GET /a/{id}", "POST /a/{id}"]);
    let late = "from flask import Flask, Blueprint\nfrom x import y\ndef create(app):\n    register(app)\n    return app\ndef register(application):\n    from .rest import rest\n    application.register_blueprint(rest, url_prefix='/rest')\ncreate(Flask('x'))\n";
    let rest = "from flask import Blueprint\nrest = Blueprint('rest', __name__)\n@rest.get('/x')\ndef x(): ...\n";
    assert_eq!(flows(&[("web/__init__.py", late), ("web/rest.py", rest)]), ["GET /rest/x"]);
    let fastify = "import Fastify from 'fastify';\nconst fastify = Fastify();\nfastify.register(async (instance) => { instance.get('/x', opts, handler); }, { prefix: '/v1' });\nfastify.register(require('./b'), { prefix: '/b' });\nfastify.route({ method: 'POST', url: '/y', handler: h });\n";
    let plugin = "module.exports = async function (fastify, opts) { fastify.get('/z', h); };\n";
    assert_eq!(flows(&[("src/a.js", fastify), ("src/b.js", plugin)]), ["GET /b/z", "GET /v1/x", "POST /y"]);
    let gin = "package main\nimport (\n\t\"github.com/gin-gonic/gin\"\n\t\"x/users\"\n)\nfunc main() {\n\tr := gin.Default()\n\tv1 := r.Group(\"/api\")\n\tusers.Register(v1.Group(\"/users\"))\n\tr.GET(\"/ping\", func(c *gin.Context) {})\n}\n";
    let users = "package users\nimport \"github.com/gin-gonic/gin\"\nfunc Register(router *gin.RouterGroup) {\n\trouter.POST(\"/\", Create)\n\trouter.GET(\"/:id\", One)\n}\n";
    assert_eq!(flows(&[("main.go", gin), ("users/routes.go", users)]), ["GET /api/users/{id}", "GET /ping", "POST /api/users"]);
    let chi = "package main\nimport \"github.com/go-chi/chi/v5\"\nfunc main() {\n\tr := chi.NewRouter()\n\tr.Route(\"/a\", func(r chi.Router) {\n\t\tr.Get(\"/b\", list)\n\t})\n\tr.Mount(\"/admin\", admin())\n\thttp.ListenAndServe(\":1\", r)\n}\nfunc admin() http.Handler {\n\tr := chi.NewRouter()\n\tr.Post(\"/c\", c)\n\treturn r\n}\n";
    assert_eq!(flows(&[("main.go", chi)]), ["GET /a/b", "POST /admin/c"]);
}

#[test]
fn functions_that_give_a_group_back_are_seen_through() {
    let groups = "public static class G { public static RouteGroupBuilder MapApi(this IEndpointRouteBuilder endpoints, string name) { var group = endpoints.MapGroup($\"api/{name.ToLower()}\"); return group; }\npublic static RouteGroupBuilder MapV1(this IEndpointRouteBuilder e, string name) => e.MapGroup($\"v1/{name}\").WithTags(name); }";
    let code = "public static class Heroes { public static void MapHeroes(this WebApplication app) { var group = app.MapV1(\"heroes\"); group.MapGet(\"/{id}\", Get); } }";
    let program = "var app = WebApplication.Create(args); app.MapHeroes();";
    assert_eq!(
        flows(&[PROJECT, ("src/Web/G.cs", groups), ("src/Web/H.cs", code), ("src/Web/Program.cs", program)]),
        ["GET /v1/heroes/{id}"]
    );
}

#[test]
fn annotations_of_java_and_typescript_are_read() {
    let spring = r#"
@RestController
@RequestMapping(path = {"/articles", "posts"})
public class ArticleApi {
    /** @GetMapping("/doc") */
    @GetMapping
    public ResponseEntity<?> list(@RequestParam("q") String q) { return service.query(); }
    @RequestMapping(value = "{id}", method = {RequestMethod.PUT, RequestMethod.PATCH})
    @Transactional
    public Article change(@PathVariable("id") int id) { bus.send(new ChangeArticle(id)); return x; }
}
@FeignClient("other") interface Client { @GetMapping("/remote") String remote(); }
class Plain { @Scheduled(cron = "x") void nightly() { } @KafkaListener(topics = "orders") void take(String s) { } }
"#;
    let files = [("src/main/java/A.java", spring)];
    assert_eq!(
        flows(&files),
        [
            "GET /articles",
            "GET /posts",
            "PATCH /articles/{id}",
            "PATCH /posts/{id}",
            "PUT /articles/{id}",
            "PUT /posts/{id}",
            "message * Plain.take",
            "timer * Plain.nightly"
        ]
    );
    assert_eq!(read(&files).0[2].handlers, ["ArticleApi.change", "ChangeArticle"]);
    let nest = "import { Controller, Get, Post } from '@nestjs/common';\n@UseGuards(Guard)\n@Controller('cats')\nexport class CatsController {\n  constructor(private readonly s: S) {}\n  @Get(':id') @HttpCode(200)\n  async one(@Param('id') id: string): Promise<Cat> { return this.s.one(id); }\n  @Post()\n  create(@Body() body: Dto) {}\n}\n";
    let main = "import { NestFactory } from '@nestjs/core';\nconst app = await NestFactory.create(M);\napp.setGlobalPrefix('api');\n";
    assert_eq!(flows(&[("src/cats.controller.ts", nest), ("src/main.ts", main)]), ["GET /api/cats/{id}", "POST /api/cats"]);
}

#[test]
fn routes_of_net_http_name_their_methods() {
    let code = "package main\nimport (\n\t\"net/http\"\n\t\"github.com/gorilla/mux\"\n)\nfunc main() {\n\tm := http.NewServeMux()\n\tm.HandleFunc(\"GET /a/{id}\", one)\n\tm.Handle(\"/b/{$}\", b)\n\thttp.HandleFunc(\"/c\", c)\n\thttp.Get(\"/no\")\n\tr := mux.NewRouter()\n\ts := r.PathPrefix(\"/v1\").Subrouter()\n\ts.HandleFunc(\"/d\", d).Methods(\"POST\", http.MethodPut)\n}\n";
    assert_eq!(flows(&[("main.go", code)]), ["* /b", "* /c", "GET /a/{id}", "POST /v1/d", "PUT /v1/d"]);
}

#[test]
fn frameworks_that_are_not_read_are_said() {
    let (found, notes) = read(&[("Gemfile", "gem 'rails', '~> 7'\n"), ("config/routes.rb", "resources :users\n")]);
    assert!(found.is_empty());
    assert_eq!(notes.unread[0].part, "flows");
    assert!(notes.unread[0].reason.contains("Rails"));
}

proptest::proptest! {
    #[test]
    fn no_code_panics(text in "(app|router|\\.get|\\.use|=>|\\(|\\)|\\{|\\}|'/a'|,|;|class |\\[Http|\\]|: |=|MapGet|MapGroup|public |<|>|\n|@| ){0,60}", which in 0..4_usize) {
        let (name, head) = [("a.cs", "WebApplication app; "), ("a.js", "const app = require('express')(); "), ("a.py", "from fastapi import FastAPI\napp = FastAPI()\n"), ("a.go", "import \"github.com/gin-gonic/gin\"\n")][which];
        let text = format!("{head}{text}");
        let _ = read(&[(name, &text)]);
    }
}
