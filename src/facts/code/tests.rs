use super::*;

fn words(language: Language, text: &str) -> Vec<String> {
    let code = Code::lex(language, text.as_bytes());
    (0..code.len()).map(|at| code.text(at).to_owned()).collect()
}

#[test]
fn comments_and_strings_are_no_code() {
    let text = "// a \"b\n/* c\n */ d(\"// e\", 'f');\n#if X\ng\n#endif\n";
    assert_eq!(words(Language::CSharp, text), ["d", "(", "\"// e\"", ",", "'f'", ")", ";", "g"]);
    let code = Code::lex(Language::CSharp, text.as_bytes());
    assert_eq!(code.comments.iter().map(|comment| comment.line).collect::<Vec<_>>(), [1, 2, 4, 6]);
    assert_eq!((code.line(0), code.line(7)), (3, 5));
    assert_eq!(words(Language::Python, "# a'b\nc = '''d\n# e''' \"f\"\n"), ["c", "=", "'''d\n# e'''", "\"f\""]);
    assert_eq!(words(Language::Php, "#[A]\n# b\n$c;"), ["#", "[", "A", "]", "$c", ";"]);
    assert_eq!(words(Language::Rust, "fn a<'b>(c: &'b str) { d('e') }")[..7], ["fn", "a", "<", "'", "b", ">", "("]);
    assert_eq!(words(Language::Go, "x := `a\n\"` // b\n"), ["x", ":=", "`a\n\"`"]);
}

fn filled(language: Language, text: &str) -> Vec<String> {
    let code = Code::lex(language, text.as_bytes());
    let show = |part: &Part| match part {
        Part::Literal(range) => code.slice(range.clone()).to_owned(),
        Part::Hole(range) => format!("<{}>", code.slice(range.clone())),
    };
    let at = (0..code.len()).find(|at| code.kind(*at) == Some(Kind::Text)).unwrap();
    code.parts(at).iter().map(show).collect()
}

#[test]
fn strings_are_cut_at_what_is_filled_in() {
    assert_eq!(filled(Language::CSharp, r#"x($"/a/{id:int}/b{{c}}")"#), ["/a/", "<id:int>", "/b{{c}}"]);
    assert_eq!(filled(Language::CSharp, r#"x($@"\{f("y")}""z")"#), ["\\", "<f(\"y\")>", "\"\"z"]);
    assert_eq!(filled(Language::CSharp, "x($$\"\"\"a {b} {{c}} \"d\" \"\"\")"), ["a {b} ", "<c>", " \"d\" "]);
    assert_eq!(filled(Language::JavaScript, "f(`/a/${g({b: 1})}/c`)"), ["/a/", "<g({b: 1})>", "/c"]);
    assert_eq!(filled(Language::Python, "f(f\"{settings.A}/u/{d['x']}\")"), ["<settings.A>", "/u/", "<d['x']>"]);
    assert_eq!(filled(Language::Python, "f('{x}')"), ["{x}"]);
    assert_eq!(filled(Language::Kotlin, "f(\"a$b.c${d}\")"), ["a", "<b>", ".c", "<d>"]);
    assert_eq!(filled(Language::JavaScript, "f(\"${x}\")"), ["${x}"]);
    assert_eq!(filled(Language::Php, "f(\"/a/{$b->c}/$d\")"), ["/a/", "<$b->c>", "/", "<d>"]);
    assert_eq!(filled(Language::Ruby, "f \"/a/#{b.c}/d\""), ["/a/", "<b.c>", "/d"]);
    assert_eq!(filled(Language::Rust, "f(r#\"{\"a\": 1}\"#, 'x')"), ["{\"a\": 1}"]);
}

#[test]
fn holes_are_code_too() {
    let code = Code::lex(Language::JavaScript, b"a(\n`x\n${process.env.URL}`)");
    let hole = &code.holes[0];
    assert_eq!((hole.text(0), hole.line(0), hole.len()), ("process", 3, 5));
}

#[test]
fn regular_expressions_are_told_from_divisions() {
    assert_eq!(
        words(Language::JavaScript, "a = /['\"/]x/g; b = c / d / 'e'"),
        ["a", "=", "/['\"/]x/g", ";", "b", "=", "c", "/", "d", "/", "'e'"]
    );
    assert_eq!(Code::lex(Language::JavaScript, b"f(/a/)").literal(2), None);
}

#[test]
fn brackets_know_their_mates() {
    let code = Code::lex(Language::JavaScript, b"a(b, {c: [1, 2]}, d => e)");
    assert_eq!(code.mate(1), Some(code.len() - 1));
    let arguments: Vec<String> = code.arguments(1).into_iter().map(|range| range.map(|at| code.text(at)).collect()).collect();
    assert_eq!(arguments, ["b", "{c:[1,2]}", "d=>e"]);
    let code = Code::lex(Language::JavaScript, b"a(b { c) d");
    assert_eq!((code.mate(1), code.mate(3)), (Some(5), None));
    assert!(code.arguments(3).len() <= 2);
}

#[test]
fn chains_and_calls_are_found() {
    let code = Code::lex(Language::CSharp, b"x = app.MapGroup(\"a\").WithTags<T>(t).MapGet<U[], V>(\"b\", h);");
    let name = (0..code.len()).find(|at| code.is_word(*at, "MapGet")).unwrap();
    assert_eq!(code.text(code.chain_start(name)), "app");
    let open = code.call(name).unwrap();
    assert_eq!(code.literal(open + 1), Some("b"));
    assert_eq!(code.call(0), None);
}

#[test]
fn a_string_that_nobody_closes_ends_with_its_line() {
    assert_eq!(words(Language::JavaScript, "<p>don't</p>\nf(1)")[..].iter().rev().take(4).rev().collect::<Vec<_>>(), ["f", "(", "1", ")"]);
    assert_eq!(words(Language::Java, "a = 'bcdefgh;\nb"), ["a", "=", "'", "bcdefgh", ";", "b"]);
}

#[test]
fn rust_tells_lifetimes_from_characters() {
    let text = "fn f<'a>(b: &'a str) { g('\"', r#\"c\"d\"#, \"e\nf\") } // h";
    let code = Code::lex(Language::Rust, text.as_bytes());
    let texts: Vec<&str> = (0..code.len()).filter(|at| code.kind(*at) == Some(Kind::Text)).filter_map(|at| code.literal(at)).collect();
    assert_eq!(texts, ["\"", "c\"d", "e\nf"]);
}

mod anything {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn is_cut_without_panic_and_in_order(text in "[a-z(){}\\[\\]\"'`$@#/\\\\{}*:.,<>=\n rf]{0,200}", which in 0..9_usize) {
            let language = [Language::CSharp, Language::JavaScript, Language::Python, Language::Go, Language::Java, Language::Kotlin, Language::Php, Language::Rust, Language::Ruby][which];
            let code = Code::lex(language, text.as_bytes());
            for at in 0..code.len() {
                prop_assert!(code.tokens[at].start < code.tokens[at].end);
                prop_assert!(at == 0 || code.tokens[at - 1].end <= code.tokens[at].start);
                if let Some(mate) = code.mate(at) {
                    prop_assert_eq!(code.mate(mate), Some(at));
                }
                let _ = (code.call(at), code.chain_start(at), code.arguments(at), code.parts(at), code.after(at), code.generic_end(at));
            }
            let lines = text.matches('\n').count() + 1;
            prop_assert!(code.tokens.last().is_none_or(|token| token.line as usize <= lines));
        }
    }
}

#[test]
fn rows_of_one_sign_cost_no_more_than_their_length() {
    for (language, sign) in [(Language::JavaScript, "("), (Language::Python, "("), (Language::JavaScript, "\""), (Language::CSharp, "\"")] {
        let text = sign.repeat(200_000);
        assert!(Code::lex(language, text.as_bytes()).len() <= text.len());
    }
}
