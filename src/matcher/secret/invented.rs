//! Tells values that stand in for a secret from secrets: placeholders, templates, published keys, typed-in sequences.
//!
//! The words are data in `rules/data/placeholders.toml`; they are compared with whole values, so that no real password
//! is passed over because a word occurs in it.

use std::collections::HashSet;
use std::sync::LazyLock;

use base64::Engine;
use serde::Deserialize;
use xxhash_rust::xxh3::xxh3_64;

use super::azure::LENIENT;
use super::words::words;

/// What a value is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Worth {
    /// Nothing: a placeholder, a template, a value that is public.
    Nothing,
    /// Of the right form, but made up or known to everybody.
    Little,
    /// Nothing speaks against it.
    Full,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    values: HashSet<String>,
    weak: HashSet<String>,
    prefixes: Vec<String>,
    suffixes: Vec<String>,
    wraps: Vec<(String, String)>,
    inside: Vec<(String, String)>,
    segments: HashSet<String>,
    words: Vec<String>,
    made_up: HashSet<String>,
    variables: HashSet<String>,
    public: Vec<String>,
    known: Vec<Known>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Known {
    xxh3: String,
    #[expect(dead_code, reason = "for those who read the table")]
    what: String,
}

static TABLE: LazyLock<Table> =
    LazyLock::new(|| crate::facts::table("placeholders.toml", include_str!("../../../rules/data/placeholders.toml")));

const SEPARATORS: [char; 6] = ['-', '_', '.', '/', '+', ' '];

/// What a value is worth; `prefix` is what all tokens of its kind start with.
pub(crate) fn worth(value: &[u8], prefix: usize) -> Worth {
    let text = String::from_utf8_lossy(value);
    let body = text.get(prefix..).filter(|body| !body.is_empty()).unwrap_or(&text);
    if is_filled_in(&text) || is_published(&text) || stands_in(&text) || stands_in(body) {
        return Worth::Nothing;
    }
    let in_parts = || body.split(SEPARATORS).any(|part| TABLE.segments.contains(&part.to_ascii_lowercase()));
    let made_up = body.len() > 12 && (in_parts() || in_words(body));
    let body = body.as_bytes();
    // Whoever writes `changeme` in base 64 means no more by it.
    let plain = value.strip_suffix(b"=").and_then(|_| LENIENT.decode(value).ok()).filter(|plain| plain.is_ascii());
    if plain.is_some_and(|plain| !plain.ends_with(b"=") && worth(&plain, 0) != Worth::Full) {
        return Worth::Little;
    }
    if made_up || is_common(value) || is_typed_in(body) || repeats(body) { Worth::Little } else { Worth::Full }
}

/// Whether a word (in lower case) in a path or a name says that what it names is made up.
pub(crate) fn says_made_up(word: &str) -> bool {
    TABLE.made_up.contains(word)
}

/// Whether the words of a value, as capitals divide them, say that it is made up.
fn in_words(body: &str) -> bool {
    let all = format!(" {} ", words(body.as_bytes()).collect::<Vec<_>>().join(" "));
    TABLE
        .words
        .iter()
        .any(|said| all.match_indices(said.as_str()).any(|(at, _)| all[..at].ends_with(' ') && all[at + said.len()..].starts_with(' ')))
}

/// Whether everybody would try this first.
pub(crate) fn is_common(value: &[u8]) -> bool {
    TABLE.weak.contains(&String::from_utf8_lossy(value).to_ascii_lowercase())
}

/// A template that a tool or the program fills in.
fn is_filled_in(text: &str) -> bool {
    let between = |from: &str, to: &str| text.find(from).is_some_and(|at| text[at + from.len()..].contains(to));
    TABLE.inside.iter().any(|(from, to)| between(from, to))
        || TABLE.wraps.iter().any(|(from, to)| is_wrapped(text, from, to))
        || is_variable(text)
        || has_hole(text)
}

/// A name in braces somewhere in the value, as string interpolation and format strings have it: `{password}!`.
fn has_hole(text: &str) -> bool {
    let named = |hole: &str| {
        hole.starts_with(|c: char| c.is_ascii_alphabetic())
            && hole.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.:-[]()".contains(&byte))
    };
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).any(|(hole, _)| named(hole))
}

fn is_wrapped(text: &str, from: &str, to: &str) -> bool {
    text.len() > from.len() + to.len() && text.starts_with(from) && text.ends_with(to)
}

/// `$NAME`, `@name`, `:name`, `%s`: a name in the place of a value.
fn is_variable(text: &str) -> bool {
    let Some(name) = text.strip_prefix(['$', '@', ':']) else { return matches!(text, "%s" | "%d" | "%v" | "?") };
    let upper = name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
    let lower = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    // As programs write it: words that begin with a capital, no digit among them.
    let words = text.starts_with('$')
        && name.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'_')
        && !super::assigned::mixes_case(name.as_bytes());
    let variable = upper || lower || words || text.starts_with('$') && names_a_secret(name);
    !name.is_empty() && variable && !name.starts_with(|c: char| c.is_ascii_digit())
}

/// Whether a name is made of words of which the last is for a secret: `BuildAccessToken`, `pat1`.
fn names_a_secret(name: &str) -> bool {
    let last = || words(name.as_bytes()).last();
    name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') && last().is_some_and(|word| TABLE.variables.contains(&word))
}

fn is_published(text: &str) -> bool {
    TABLE.public.iter().any(|prefix| text.starts_with(prefix.as_str())) || {
        let hash = format!("{:016x}", xxh3_64(text.as_bytes()));
        TABLE.known.iter().any(|known| known.xxh3 == hash)
    }
}

/// A word in the place of a value, or one character over and over.
fn stands_in(text: &str) -> bool {
    let lower = text.trim_matches(['"', '\'', ' ', '*']).to_ascii_lowercase();
    let starts = || TABLE.prefixes.iter().any(|prefix| lower.starts_with(prefix.as_str()));
    let ends = || TABLE.suffixes.iter().any(|suffix| lower.ends_with(suffix.as_str()));
    lower.is_empty() || TABLE.values.contains(&lower) || starts() || ends() || is_one_character(&lower)
}

fn is_one_character(text: &str) -> bool {
    let mut characters = text.chars().filter(|c| !matches!(c, '-' | '_' | '.' | '=' | ':' | ' ' | '/'));
    let Some(first) = characters.next() else { return true };
    characters.all(|c| c == first)
}

/// How long a sequence must be to be no chance: of random letters and digits one in many millions holds eight.
const SEQUENCE: usize = 8;
/// The same for two sequences that take turns (`a1b2c3d4`), which are each half as long.
const ALTERNATING: usize = 5;
/// How often one character may follow itself.
const RUN: usize = 7;
/// All of them grow with a value that is longer than so many of them: the zeros in a key of OpenSSH are eleven times `A`.
const SHARE: usize = 16;

/// Whether it holds what people type when they need something that looks like a token.
pub(crate) fn is_typed_in(value: &[u8]) -> bool {
    let least = |least: usize| least.max(value.len() / SHARE);
    longest(value, 1, follows) >= least(SEQUENCE)
        || longest(value, 2, follows) >= least(ALTERNATING)
        || longest(value, 1, |a, b| a.eq_ignore_ascii_case(&b)) >= least(RUN)
}

/// The longest stretch in which each byte stands in this relation to the one `step` before it, at every offset.
fn longest(value: &[u8], step: usize, relation: impl Fn(u8, u8) -> bool) -> usize {
    let mut best = 0;
    let mut run = 0;
    for at in step..value.len() {
        run = if relation(value[at - step], value[at]) { run + 1 } else { 0 };
        best = best.max(run + step);
    }
    if best < step * 2 { 0 } else { best / step }
}

/// The next letter or digit, case ignored, also from 9 or z back to the start; or the one before.
fn follows(a: u8, b: u8) -> bool {
    let (a, b) = (a.to_ascii_lowercase(), b.to_ascii_lowercase());
    let wraps = matches!((a, b), (b'9' | b'f' | b'z', b'0' | b'a') | (b'0', b'9' | b'1'));
    let near = a.is_ascii_alphanumeric() && b.is_ascii_alphanumeric() && (b == a.wrapping_add(1) || a == b.wrapping_add(1));
    near || wraps
}

/// How long a unit is looked for, and how often it must occur.
const UNIT: usize = 12;

/// Whether the value is a short unit over and over.
fn repeats(value: &[u8]) -> bool {
    (1..=UNIT.min(value.len() / 3)).any(|unit| value.len() >= 9 && (unit..value.len()).all(|at| value[at] == value[at - unit]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(value: &str) -> Worth {
        worth(value.as_bytes(), 0)
    }

    #[test]
    fn templates_and_words_are_worth_nothing() {
        let templates = [
            "${DB_PASSWORD}",
            "$(Password)",
            "{{ secret }}",
            "<password>",
            "%DB_PWD%",
            "#{Token}#",
            "__Token__",
            "$DB_PASS",
            "$DevOpsAccessToken",
            "$pat1",
        ];
        let words = ["changeme", "CHANGE_ME", "your-api-key", "YOUR_TOKEN_HERE", "********", "xxxxxxxx-xxxx-xxxx", "[password]", "..."];
        let stores = ["@Microsoft.KeyVault(SecretUri=https://x.example/secrets/y)", "ENC(abc+def)", "prefix-${X}-suffix"];
        for value in templates.into_iter().chain(words).chain(stores) {
            assert_eq!(of(value), Worth::Nothing, "{value}");
        }
    }

    #[test]
    fn a_value_with_a_hole_is_a_template() {
        assert!(has_hole("{alnum:16}!") && has_hole("abc{user.Password}") && has_hole("{0}{name}"));
        assert!(!has_hole("a{}b") && !has_hole("}x{") && !has_hole("{ä$}") && !has_hole("p{4Q/x}"));
    }

    #[test]
    fn a_password_that_contains_a_word_is_a_password() {
        for value in [
            "passT0morrow!",
            "changemeister9",
            "xK9nullify",
            "Secretary77",
            "your5ecurity?",
            "fakeeyeXq77pLm2",
            "ChangeMeasure81x",
            "$Passw0rdX9",
            "$Kq7tokenRw",
        ] {
            assert_eq!(of(value), Worth::Full, "{value}");
        }
    }

    #[test]
    fn typed_in_values_are_worth_little() {
        for value in [
            "1234567890abcdef",
            "abcdefghijkl",
            "a1b2c3d4e5f6g7h8",
            "q9XXXXXXXXXXa",
            "abc123abc123abc123",
            "P@ssw0rd",
            "tok-fake-8fk2jd92",
            "myFakePassword!",
            "PleaseChangeMe123!",
        ] {
            assert_eq!(of(value), Worth::Little, "{value}");
        }
    }

    #[test]
    fn zeros_in_a_long_value_are_no_typing() {
        let random = crate::rule::placeholder::expand("{base64:150}", "long").unwrap();
        assert_eq!(of(&format!("{random}AAAAAAAAAAA{random}")), Worth::Full);
        assert_eq!(of(&format!("{}AAAAAAAAAAA", &random[..30])), Worth::Little);
    }

    #[test]
    fn the_common_prefix_of_a_kind_hides_nothing() {
        let token = ["ghp", "_", "xxxxxxxxxxxxxxxxxxxx"].concat();
        assert_eq!((worth(token.as_bytes(), 4), worth(b"sk_live_your_key_here", 8)), (Worth::Nothing, Worth::Nothing));
    }
}
