use ::base64::Engine;
use ::base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use proptest::prelude::*;

use super::*;

/// What a text holds in each form, with the part of the text that the last bytes of it come from.
fn held(text: &str) -> Vec<(Form, String)> {
    let stretches = stretches(text.as_bytes());
    stretches.map(|stretch| (stretch.form, String::from_utf8_lossy(&stretch.bytes).into_owned())).collect()
}

#[test]
fn a_text_in_base64_is_read_in_either_alphabet_and_hashes_are_not() {
    let said = "user=shop&password=p>~?~>w0rd";
    for text in [format!("A: {}", STANDARD.encode(said)), format!("\"{}\"", URL_SAFE_NO_PAD.encode(said))] {
        assert_eq!(held(&text), [(Form::Base64, said.to_owned())], "{text}");
    }
    let image = STANDARD.encode(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR and so on for a while");
    let map = STANDARD.encode("{\"version\":3,\"sources\":[\"a.js\"]}");
    for text in ["0123456789abcdef".repeat(4), image, map, "getApplicationContextFromRepository".to_owned(), "A".repeat(100)] {
        assert_eq!(held(&text), [], "{text}");
    }
}

#[test]
fn base64_goes_on_in_the_next_lines_and_knows_utf16() {
    let said = "[default]\naws_secret_access_key = something that is long enough for several lines\n".repeat(2);
    let encoded = STANDARD.encode(&said);
    let wrapped: String = encoded.as_bytes().chunks(76).map(|line| format!("    {}\r\n", String::from_utf8_lossy(line))).collect();
    assert_eq!(held(&format!("data: |\n{wrapped}next: 1\n")), [(Form::Base64, said)]);
    let wide: Vec<u8> = "Write-Host 'hello'".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(held(&STANDARD.encode(wide)), [(Form::Base64, "Write-Host 'hello'".to_owned())]);
}

#[test]
fn escapes_are_read_with_what_is_near_them_on_the_line() {
    assert_eq!(held("first\na%3Db%zz%00\nlast"), [(Form::Percent, "a=b%zz%00".to_owned())]);
    let escaped = r"a\u0026b\x41\/c\\u002B\u00e4\n";
    assert_eq!(held(escaped), [(Form::Escapes, r"a&bA/c+\u00e4\n".to_owned())]);
    let far = format!("%41{}%42", " ".repeat(2 * REACH));
    assert_eq!(held(&far).len(), 2);
}

#[test]
fn every_byte_knows_where_it_comes_from() {
    let encoded = STANDARD.encode("0123456789 and 0123456789");
    let text = format!("x {encoded}");
    let stretch = stretches(text.as_bytes()).next().unwrap();
    let origins = stretch.origins(text.as_bytes());
    assert_eq!(origins.of(&(3..6)), Some(6..10));
    assert_eq!(origins.of(&(1..2)), Some(3..5));
    assert_eq!((origins.of(&(4..4)), origins.of(&(20..99))), (None, None));
    let text = b"k=a%3Db";
    let stretch = stretches(text).next().unwrap();
    assert_eq!(stretch.origins(text).of(&(3..4)), Some(3..6));
}

/// What the lines around `Password` say together.
fn joined(text: &str) -> Option<String> {
    let at = text.find("Password").unwrap();
    joined::around(text.as_bytes(), &(at..at + 8)).map(|stretch| String::from_utf8(stretch.bytes).unwrap())
}

#[test]
fn a_string_over_several_lines_is_joined() {
    for text in [
        "s = \"Server=a;\" +\n    \"Password=b;\" +\n    \"Encrypt=true\";",
        "s = \"Server=a;\"\n    + \"Password=b;\"\n    + $\"Encrypt=true\";",
        "s = (\"Server=a;\"\n    \"Password=b;\"\n    f\"Encrypt=true\";",
        "s = \"Server=a;\" & _\n    \"Password=b;\" & _\n    \"Encrypt=true\";",
        "s = \"Server=a;\" \\\n    \"Password=b;\" \\\n    \"Encrypt=true\";",
        "s = \"Server=a;\n    Password=b;\n    Encrypt=true\";",
    ] {
        let whole = joined(text).unwrap();
        assert!(whole.ends_with("\"Server=a;Password=b;Encrypt=true\";"), "{text}: {whole}");
    }
    assert_eq!(joined("s=Server=a;\\\n  Password=b").as_deref(), Some("s=Server=a;Password=b"));
    assert_eq!(joined("s: >-\n  Server=a;\n  Password=b\n").as_deref(), Some("  Server=a;Password=b"));
    assert_eq!(joined("a\r\ns: \"Server=a;\r\n  Password=b\"\r\n").as_deref(), Some("s: \"Server=a;Password=b\"\r"));
}

#[test]
fn statements_and_lists_are_not_joined() {
    for text in
        ["server=a;\nPassword=b;", "\"a\",\n\"Password=b\"", "x = 1 +\n Password", "Password=b", "\"a;\"\nPassword=b", "{\n\"Password\"\n}"]
    {
        assert_eq!(joined(text), None, "{text}");
    }
}

proptest! {
    #[test]
    fn whatever_the_bytes_stretches_lie_in_order_and_origins_fit(
        parts in proptest::collection::vec("(%41|%|\\\\u0041|\\\\|\\\\/|cGFzc3dvcmQ9cGFzc3dvcmQ9|[A-Za-z0-9+/_-]{0,90}|\r?\n|\" [+]\n|;\nPassword=b| |[\\x00-\\xFF])", 0..40),
    ) {
        let text = parts.concat().into_bytes();
        for form in [Form::Base64, Form::Percent, Form::Escapes] {
            let mut end = 0;
            for stretch in stretches(&text).filter(|stretch| stretch.form == form) {
                prop_assert!(stretch.span.start >= end && stretch.span.end <= text.len());
                end = stretch.span.end;
                let whole = stretch.origins(&text).of(&(0..stretch.bytes.len()));
                prop_assert!(whole.is_none_or(|whole| whole.start >= stretch.span.start && whole.end <= stretch.span.end));
            }
        }
        for at in 0..text.len() {
            if let Some(stretch) = joined::around(&text, &(at..at)) {
                prop_assert!(stretch.span.contains(&at) || stretch.span.end == at);
                let places = stretch.origins(&text);
                prop_assert!(places.of(&(0..stretch.bytes.len())).is_none_or(|whole| whole.end <= stretch.span.end));
            }
        }
    }
}
