use super::*;

fn reads(path: &str, text: &str) -> Vec<(String, bool)> {
    let mut reads = read(&Snapshot::of_memory([(path, text)])).reads;
    reads.sort_by(|one, other| (&one.at, &one.name).cmp(&(&other.at, &other.name)));
    reads.into_iter().map(|read| (read.name, read.absence == Absence::Answered)).collect()
}

/// Each read by its name; `?` behind the name says that it has a default.
fn expect(path: &str, text: &str, wanted: &[&str]) {
    let found: Vec<String> = reads(path, text).into_iter().map(|(name, default)| if default { format!("{name}?") } else { name }).collect();
    assert_eq!(found, wanted, "{path}: {text}");
}

#[test]
fn javascript_is_read() {
    expect("a.js", "const a = process.env.SHOP_KEY, b = process.env['SHOP_URL'];", &["SHOP_KEY", "SHOP_URL"]);
    expect(
        "a.ts",
        "f(process.env.A1!, process.env.B1 ?? 'x', process.env.C1 || 3, Number(process.env.D1) || 3)",
        &["A1", "B1?", "C1?", "D1?"],
    );
    expect("a.js", "const { A1, B1: b, C1 = 'x' } = process.env;", &["A1", "B1", "C1?"]);
    expect("a.js", "if (process.env.A1) f(); g(!!process.env.B1, process.env.C1 === 'true')", &["A1?", "B1?", "C1?"]);
    expect("a.js", "if (!process.env.A1) throw new Error('A1');", &["A1"]);
    expect("a.js", "const x = process.env.A1;\nif (!x) { x = 'd' }", &["A1?"]);
    expect(
        "a.js",
        "const x = process.env.A1 ?? throwIt(); // process.env.B1\nprocess.env.C1 = 'x'; delete process.env.D1; process.env.HOME",
        &["A1?"],
    );
    expect("a.ts", "f(import.meta.env.VITE_URL, import.meta.env.DEV, `x${process.env.A1}`, process.env[name])", &["A1", "VITE_URL"]);
    expect("a.js", "const env = process.env;\nf(env.A1, env.map)", &["A1"]);
    expect("schema.prisma", "datasource db {\n  url = env(\"DATABASE_URL\")\n}\n", &["DATABASE_URL"]);
    expect(
        "a.ts",
        "import { ConfigService } from 'x';\nthis.configService.get<string>('A1'); config.get('B1', 'x'); config.get('a.b')",
        &["A1", "B1?"],
    );
}

#[test]
fn schemas_over_the_environment_are_read() {
    let joi = "const s = Joi.object().keys({ A1: Joi.string().required(), B1: Joi.number().default(3), C1: Joi.string() });\ns.validate(process.env)";
    expect("a.js", joi, &["A1", "B1?", "C1?"]);
    expect("a.ts", "z.object({ A1: z.string(), B1: z.string().optional() }).parse(process.env)", &["A1", "B1?"]);
    expect("a.ts", "cleanEnv(process.env, { A1: str(), B1: port({ default: 80 }) })", &["A1", "B1?"]);
    expect("a.ts", "z.object({ A1: z.string() }).parse(body); process.env.B1", &["B1"]);
}

#[test]
fn python_is_read() {
    expect("a.py", "import os\na = os.environ['A1']\nb = os.environ.get('B1', 'x')\nc = os.getenv('C1')\n", &["A1", "B1?", "C1"]);
    expect(
        "a.py",
        "import os\nif 'A1' in os.environ: pass\nb = os.environ.get('B1') or 'x'\nos.environ['C1'] = 'x'\n# os.environ['D1']\n",
        &["A1?", "B1?"],
    );
    expect("a.py", "import environ\nenv = environ.Env()\na = env('A1')\nb = env.bool('B1', default=False)\n", &["A1", "B1?"]);
    expect("a.py", "from decouple import config\na = config('A1', cast=int)\nb = config('B1', default='x')\n", &["A1", "B1?"]);
    expect("a.py", "import os\nx = os.getenv('A1')\nif not x:\n    raise ValueError('A1')\n", &["A1"]);
}

#[test]
fn fields_of_settings_are_read() {
    let text = "class Base(BaseSettings):\n    model_config = SettingsConfigDict(env_prefix='shop_')\n    db_url: str\n    port: int = 80\n    key: str = Field(..., min_length=3)\n    \
                name: str = Field(default='x', alias='SHOP_TITLE')\n\n    @property\n    def x(self) -> str:\n        y: int = 3\n        return y\n\nclass More(Base):\n    extra: str\n\nclass No(BaseModel):\n    z: str\n";
    expect("a.py", text, &["SHOP_DB_URL", "SHOP_PORT?", "SHOP_KEY", "SHOP_TITLE?", "EXTRA"]);
}

#[test]
fn dotnet_is_read() {
    let text = "using Microsoft.Extensions.Configuration;\nclass A { void B(IConfiguration _configuration) {\n\
                var a = _configuration[\"Mail:Host\"];\nvar b = builder.Configuration[\"Mail:Port\"] ?? \"25\";\n\
                var c = config.GetConnectionString(\"Shop\");\nvar d = config.GetValue<int>(\"Top\", 3);\nvar e = Environment.GetEnvironmentVariable(\"SHOP_KEY\");\n\
                var f = config.GetSection(\"Mail\").GetSection(\"Smtp\")[\"Host\"];\nservices.Configure<Mail>(config.GetSection(\"Mail\"));\nvar g = config.GetSection(\"Mail:User\").Value;\n\
                var h = names[\"no\"];\n} }";
    expect(
        "a.cs",
        text,
        &["Mail:Host", "Mail:Port?", "ConnectionStrings:Shop", "Top?", "SHOP_KEY", "Mail:Smtp:Host", "Mail?", "Mail:User"],
    );
    expect("a.cs", "// Environment.GetEnvironmentVariable(\"SHOP_KEY\")\n", &[]);
    expect("a.cs", "if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(\"A1\"))) { return; }", &["A1?"]);
}

#[test]
fn constants_and_functions_that_pass_names_on_are_followed() {
    let files = [
        ("Mail.cs", "class Mail { public const string Section = \"Mail\"; }"),
        ("Other.cs", "class Other { public const string Section = \"Other\"; }"),
        ("Start.cs", "x.Bind(configuration.GetSection(Mail.Section));"),
    ];
    let found = read(&Snapshot::of_memory(files)).reads;
    assert_eq!(found.iter().map(|read| read.name.as_str()).collect::<Vec<_>>(), ["Mail"]);
    let files = [
        (
            "env.go",
            "package a\nfunc getEnv(key string, fallback string) string {\n if v, ok := os.LookupEnv(key); ok { return v }\n return fallback\n}",
        ),
        ("b.go", "package a\nvar a = getEnv(\"SHOP_URL\", \"x\")\n"),
    ];
    let found = read(&Snapshot::of_memory(files)).reads;
    assert_eq!(found.iter().map(|read| (read.name.as_str(), read.absence == Absence::Answered)).collect::<Vec<_>>(), [("SHOP_URL", true)]);
}

#[test]
fn absence_is_answered_behind_a_cast_in_the_next_statement_and_by_a_peaceful_end() {
    expect("a.ts", "f((process.env.A1 as Mode) || 'd', (process.env.B1!) ?? 'd', process.env.C1 as string)", &["A1?", "B1?", "C1"]);
    expect("a.ts", "f((<Mode>process.env.A1) || 'd', <Map<string, Mode>>process.env.B1 ?? x, <Mode>process.env.C1)", &["A1?", "B1?", "C1"]);
    let generic = "f(process.env.A1 as Record<string, Mode[]> || d, (process.env.B1 as unknown as Mode) ?? d, process.env.C1 as Set<Mode>)";
    expect("a.ts", generic, &["A1?", "B1?", "C1"]);
    expect("a.ts", "f(a < 3 > process.env.A1)", &["A1"]);
    expect("a.js", "if (!process.env.A1) { console.log('off'); process.exit(0); }", &["A1?"]);
    expect("a.js", "if (!process.env.A1) return;\nif (!b) { throw new Error('b') }", &["A1?"]);
    expect("a.ts", "this.a = process.env.A1; if (!this.a) { this.a = 'd' }\nlet b = process.env.B1; b ??= 'd';", &["A1?", "B1?"]);
}

#[test]
fn what_the_program_gives_itself_has_a_default() {
    let files = [
        ("Keys.cs", "class Keys { public const string Size = \"Shop:Size\"; }"),
        ("Start.cs", "var d = new Dictionary<string, string?> { { Keys.Size, \"3\" }, [\"Shop:Url\"] = \"x\" };"),
        ("Use.cs", "f(configuration[Keys.Size], configuration[\"Shop:Url\"], configuration[\"Shop:Key\"]); // Configuration"),
    ];
    let keys = crate::facts::configuration::keys::read(&Snapshot::of_memory(files), &mut crate::facts::Notes::default());
    let keys: Vec<(&str, bool)> = keys.iter().map(|key| (key.name.as_str(), key.has_default)).collect();
    assert_eq!(keys, [("Shop:Key", false), ("Shop:Size", true), ("Shop:Url", true)]);
    expect("a.py", "class S(BaseSettings):\n    key: str\n    url: str\n\ns = S(key=make())\n", &["KEY?", "URL"]);
    expect("a.py", "class S(BaseSettings):\n    key: str\n\nargs = {\"KEY\": make()}\ns = S(**args)\n", &["KEY?"]);
    expect("a.cs", "var a = options.A ?? Environment.GetEnvironmentVariable(\"A1\");\nif (a is null) { a = \"x\"; }", &["A1?"]);
    let python = "import os\ndef maybe(settings, envvar, default=None):\n    if envvar in os.environ:\n        settings[1] = os.environ[envvar]\n\nmaybe(s, 'A1')\n";
    expect("a.py", python, &["A1?"]);
}

#[test]
fn a_comparison_with_a_text_is_answered_whatever_follows() {
    expect("a.ts", "if (!all && process.env.A1 === 'hosted') { throw new Error('all or one') }", &["A1?"]);
    expect("a.ts", "if (process.env.A1 !== 'hosted') { throw new Error('hosted only') }", &["A1"]);
    expect("a.ts", "if (process.env.A1 === '') { throw new Error('A1') }", &["A1"]);
}

#[test]
fn a_field_that_may_be_absent_answers() {
    let text = "class Env {\n  @IsOptional()\n  @Matches(/x/, { message: 'no' })\n  public A1 = this.text(source.A1);\n  @IsNotEmpty() public B1 = process.env.B1;\n  @IsOptional() name?: string;\n}";
    expect("env.ts", text, &["A1?", "B1"]);
    // The environment may be given another name in another file.
    expect("env.ts", &text.replace("process.env.B1", "source.B1"), &["A1?"]);
}

#[test]
fn what_is_only_passed_on_in_an_object_is_not_known() {
    let absence = |path: &str, text: &str| {
        let reads = read(&Snapshot::of_memory([(path, text)])).reads;
        reads.into_iter().map(|read| read.absence).collect::<Vec<_>>()
    };
    assert_eq!(absence("a.js", "res.status(200).json({ a: { version: process.env.A1 }, b: process.env['B1'] })"), [Absence::HandedOn; 2]);
    assert_eq!(absence("a.js", "res.json({ a: connect(process.env.A1) })"), [Absence::Open]);
    assert_eq!(absence("a.js", "connect({ url: process.env.A1 }); json(() => { x = process.env.B1; })"), [Absence::Open; 2]);
    let next = "module.exports = { env: { A1: process.env.A1 }, images: { host: process.env.B1 } }";
    assert_eq!(absence("next.config.js", next), [Absence::HandedOn, Absence::Open]);
    assert_eq!(absence("shop.config.js", next), [Absence::Open; 2]);
}

#[test]
fn go_java_and_others_are_read() {
    expect(
        "a.go",
        "a := os.Getenv(\"A1\")\nb, ok := os.LookupEnv(\"B1\")\nc := os.Getenv(\"C1\")\nif c == \"\" { c = \"x\" }",
        &["A1", "B1?", "C1?"],
    );
    expect("a.go", "type C struct {\n A string `env:\"A1,required\"`\n B int `env:\"B1\" envDefault:\"3\"`\n}", &["A1", "B1?"]);
    expect("A.java", "String a = System.getenv(\"A1\"); String b = System.getenv().getOrDefault(\"B1\", \"x\");", &["A1", "B1?"]);
    let value = "import org.springframework.beans.factory.annotation.Value;\nclass A { @Value(\"${shop.url}\") String a;\n@Value(\"${shop.size:3}\") int b; }";
    expect("A.java", value, &["shop.url", "shop.size?"]);
    expect("src/main/resources/application.yml", "a: ${A1}\nb: ${B1:x}\nc: ${a}\n", &["A1", "B1?"]);
    expect("a.rs", "let a = std::env::var(\"A1\")?; let b = env::var(\"B1\").unwrap_or_default();", &["A1", "B1?"]);
    expect(
        "a.rb",
        "a = ENV['A1']\nb = ENV.fetch(\"B1\", 'x')\nc = ENV.fetch('C1') { 3 }\nd = ENV['D1'] || 'x'\n",
        &["A1", "B1?", "C1?", "D1?"],
    );
    expect("config/database.yml", "a:\n  url: <%= ENV[\"A1\"] %>\n", &["A1"]);
    expect("a.php", "<?php return ['a' => env('A1'), 'b' => env('B1', 'x'), 'c' => $_ENV['C1']];", &["A1", "B1?", "C1"]);
}

#[test]
fn tests_and_names_of_the_system_are_none() {
    expect("tests/a.test.js", "process.env.SHOP_URL", &[]);
    expect("node_modules/a.js", "process.env.SHOP_URL", &[]);
    expect("a.py", "import os\nos.environ['HOME'], os.environ['CI'], os.environ['GITHUB_SHA']", &[]);
}
