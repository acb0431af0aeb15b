//! Placeholders of examples, so that no file of ours holds anything that looks like a secret.
//!
//! `{word}` or `{word:argument}` with a word of the closed list below becomes a generated value; all else in braces is
//! text. Values are decided by the seed and the placeholder's place alone, look random enough to pass our own checks,
//! and carry the checksums that issuers put into theirs (`placeholder/token.rs`, `placeholder/key.rs`).

mod key;
mod random;
mod token;

use random::{ALNUM, BASE64, BASE64URL, DIGITS, HEX, LOWER32, Random, UPPER32};

/// Longest value of a placeholder with a length.
const LONGEST: usize = 4096;

/// Expands the placeholders of a text; everything else in braces is text. The seed (rule and position) decides the values.
///
/// # Errors
/// A placeholder of a known name with a wrong argument, in words for the rule's author.
pub fn expand(text: &str, seed: &str) -> Result<String, String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut place = 0;
    while let Some(open) = rest.find('{') {
        out.push_str(&rest[..open]);
        rest = &rest[open..];
        let known = match placeholder(rest) {
            Some((word, argument, length)) => value(word, argument, &mut Random::of(seed, place))?.map(|value| (value, length)),
            None => None,
        };
        // In braces that are text, a placeholder may stand.
        let (value, length) = known.unwrap_or_else(|| ("{".to_owned(), 1));
        place += u64::from(length > 1);
        out.push_str(&value);
        rest = &rest[length..];
    }
    out.push_str(rest);
    Ok(out)
}

/// `{word}` or `{word:argument}` at the start of a text: both parts, and how long it is.
fn placeholder(text: &str) -> Option<(&str, Option<&str>, usize)> {
    let end = text.find(['}', '\n'])?;
    let inner = text.get(1..end).filter(|_| text[end..].starts_with('}'))?;
    let (word, argument) = inner.split_once(':').map_or((inner, None), |(word, argument)| (word, Some(argument)));
    let lower = !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    lower.then_some((word, argument, end + 1))
}

/// The value of a placeholder; `None` for a word that is not one.
fn value(word: &str, argument: Option<&str>, random: &mut Random) -> Result<Option<String>, String> {
    let alphabet = match word {
        "alnum" => ALNUM,
        "hex" => HEX,
        "base64" => BASE64,
        "base64url" => BASE64URL,
        "upper" => UPPER32,
        "lower" => LOWER32,
        "digits" => DIGITS,
        _ => return special(word, argument, random),
    };
    // `{digits}` without a length may well be text of a template.
    let Some(argument) = argument else { return Ok(None) };
    match argument.parse::<usize>() {
        Ok(length @ 1..=LONGEST) => Ok(Some(random.text(alphabet, length))),
        _ => Err(format!("`{{{word}:{argument}}}` needs a length from 1 to {LONGEST}, as in `{{{word}:24}}`")),
    }
}

fn special(word: &str, argument: Option<&str>, random: &mut Random) -> Result<Option<String>, String> {
    let value = match word {
        "uuid" => random.uuid(),
        "github-token" => token::github(argument.unwrap_or("ghp"), random),
        "npm-token" => token::npm(random),
        "azure-key" => token::azure_key(argument, random)?,
        "azure-annotated" => token::azure_annotated(argument, random)?,
        "entra-secret" => token::entra(random),
        "age-key" => token::age(random)?,
        "ado-pat" => token::devops(random),
        "jwt" => token::jwt(argument, random)?,
        "pem" => key::pem(argument, random)?,
        "pem-escaped" => key::pem(argument, random)?.replace('\n', "\\n"),
        _ => return Ok(None),
    };
    Ok(Some(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_depend_on_seed_and_place_only() {
        let twice = expand("{alnum:24} {alnum:24}", "a").unwrap();
        let (first, second) = twice.split_once(' ').unwrap();
        assert_ne!(first, second);
        assert_eq!(twice, expand("{alnum:24} {alnum:24}", "a").unwrap());
        assert_ne!(twice, expand("{alnum:24} {alnum:24}", "b").unwrap());
    }

    #[test]
    fn unknown_words_are_text() {
        for text in ["${NAME}", "{{ value }}", "{", "{}", "a {b} c", "{x:1}", "{digits}", "{unfinished", "{ alnum:3 }", "{alnum\n:3}"] {
            assert_eq!(expand(text, "a").unwrap(), text);
        }
        assert_eq!(expand("${hex:4}", "a").unwrap().len(), 5);
        assert_eq!(expand("{data: {hex:4}}", "a").unwrap().len(), "{data: 1234}".len());
    }

    #[test]
    fn a_wrong_argument_is_an_error() {
        for text in ["{hex:0}", "{hex:many}", "{hex:99999}", "{pem:square}", "{pem}", "{azure-key:NOPE}", "{azure-key}", "{jwt:exp=soon}"] {
            assert!(expand(text, "a").is_err(), "{text}");
        }
    }

    #[test]
    fn lengths_and_alphabets_are_as_asked() {
        let text = expand("{hex:32}|{digits:9}|{upper:16}|{lower:43}|{base64url:5}|{uuid}", "a").unwrap();
        let parts: Vec<&str> = text.split('|').collect();
        assert_eq!(parts.iter().map(|part| part.len()).collect::<Vec<_>>(), [32, 9, 16, 43, 5, 36]);
        assert!(parts[0].bytes().all(|byte| byte.is_ascii_hexdigit() && !byte.is_ascii_uppercase()));
        assert!(parts[1].bytes().all(|byte| byte.is_ascii_digit()));
    }
}
