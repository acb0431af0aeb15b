//! Judges what is assigned to a name like `password` or `api_key`, where no form of the value tells whose it is.
//!
//! Such a value is a credential if a person or a generator made it up, and none if it is a word, a name of the program, a
//! path, a hash or an identifier. Doubt makes the confidence low; certainty that it is none drops it.

use std::sync::LazyLock;

use serde::Deserialize;

use super::outcome::Outcome;
use super::{entropy, invented};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    public_ends: Vec<String>,
    public_starts: Vec<String>,
    value_starts: Vec<String>,
    password_words: Vec<String>,
    token_words: Vec<String>,
}

static TABLE: LazyLock<Table> =
    LazyLock::new(|| crate::facts::table("assigned-names.toml", include_str!("../../../rules/data/assigned-names.toml")));

/// A password as a person sets it: letters alone may be a label, with digits or signs they are likely meant.
pub(crate) fn password(name: &[u8], value: &[u8]) -> Outcome {
    if is_no_credential(name, value) || is_label(value) || is_variable(value) {
        return Outcome::NoSecret;
    }
    let kinds = Kinds::of(value);
    let mixed = kinds.digits > 0 && kinds.upper + kinds.lower > 0 || kinds.signs > 0 && kinds.upper > 0 && kinds.lower > 0;
    if mixed && !is_identifier(value) { Outcome::Silent } else { Outcome::Fails("it may be a word") }
}

/// A password in the place where a call takes one: words may well be meant, so they are doubted and not passed over.
pub(crate) fn argument(value: &[u8]) -> Outcome {
    if is_reference(b"password", value) || invented::is_common(value) && value.iter().all(u8::is_ascii_alphabetic) {
        return Outcome::NoSecret;
    }
    if value.iter().any(u8::is_ascii_digit) && !is_identifier(value) { Outcome::Silent } else { Outcome::Fails("it may be a word") }
}

/// A token or key as a generator makes it: long, letters and digits, close to random.
pub(crate) fn token(name: &[u8], value: &[u8]) -> Outcome {
    // `page#section` is one name beside another.
    let names = value.split(|byte| *byte == b'#').all(is_identifier);
    if is_no_credential(name, value) || names || is_words(value) {
        return Outcome::NoSecret;
    }
    randomness(value)
}

/// A password where the name says so, else a token or key.
pub(crate) fn setting(name: &[u8], value: &[u8]) -> Outcome {
    match holds_word(name, &TABLE.password_words) {
        // What stands near a name without being assigned to it is another name far more often.
        true if is_identifier(value) || is_mail_address(value) || plain(value).starts_with(&plain(name)) => Outcome::NoSecret,
        true => password(name, value),
        false if value.len() < 12 || !value.iter().any(u8::is_ascii_digit) => Outcome::NoSecret,
        false => token(name, value),
    }
}

/// Whether a name is that of a credential, of whatever kind.
pub(crate) fn names_credential(name: &[u8]) -> bool {
    holds_word(name, &TABLE.password_words) || holds_word(name, &TABLE.token_words)
}

fn holds_word(name: &[u8], words: &[String]) -> bool {
    let name = name.to_ascii_lowercase();
    words.iter().any(|word| memchr::memmem::find(&name, word.as_bytes()).is_some())
}

/// Whether a value is what a generator makes: silence, or doubt.
pub(crate) fn randomness(value: &[u8]) -> Outcome {
    let kinds = Kinds::of(value);
    let random = value.len() >= 16 && kinds.digits >= 2 && kinds.upper + kinds.lower >= 2 && entropy::normalized(value) >= 0.75;
    if random { Outcome::Silent } else { Outcome::Fails("it is not random enough to be sure") }
}

fn is_no_credential(name: &[u8], value: &[u8]) -> bool {
    is_reference(name, value) || is_uuid(value)
}

/// Whether a word of a name begins here: behind what is no letter, or with a capital behind a small one.
fn is_start_of_word(name: &[u8], at: usize) -> bool {
    let before = at.checked_sub(1).map(|before| name[before]);
    before.is_none_or(|before| !before.is_ascii_alphabetic() || before.is_ascii_lowercase() && name[at].is_ascii_uppercase())
}

/// Letters and digits alone, in lower case.
fn plain(text: &[u8]) -> Vec<u8> {
    text.iter().filter(|byte| byte.is_ascii_alphanumeric()).map(u8::to_ascii_lowercase).collect()
}

/// The name again, a public value, a hash, or an expression of the program.
pub(crate) fn is_reference(name: &[u8], value: &[u8]) -> bool {
    // Whole words: the end of `BACKEND_TOKEN` is not `END_TOKEN`.
    let has = |list: &[String], part: &[u8]| {
        let part = plain(part);
        list.iter().any(|word| word.as_bytes() == part)
    };
    let starts = (1..=name.len()).any(|at| (at == name.len() || is_start_of_word(name, at)) && has(&TABLE.public_starts, &name[..at]));
    // `pass` is a word for a password where it stands alone: `minipass` and `bypass` are others.
    let other_word = name.to_ascii_lowercase().ends_with(b"pass") && !is_start_of_word(name, name.len() - 4);
    let ends = other_word || (0..name.len()).any(|at| is_start_of_word(name, at) && has(&TABLE.public_ends, &name[at..]));
    let name = plain(name);
    let repeats_name = !name.is_empty() && plain(value) == name;
    repeats_name || ends || starts || TABLE.value_starts.iter().any(|start| value.starts_with(start.as_bytes())) || is_expression(value)
}

/// `8-4-4-4-12` hexadecimal digits: an identifier far more often than a credential.
fn is_uuid(value: &[u8]) -> bool {
    value.len() == 36
        && value.iter().enumerate().all(|(at, byte)| if matches!(at, 8 | 13 | 18 | 23) { *byte == b'-' } else { byte.is_ascii_hexdigit() })
}

/// A call, an index, a member of something, a list of conditions: `get_token()`, `settings.password`, `required|min:8`.
fn is_expression(value: &[u8]) -> bool {
    let value = value.strip_prefix(b"!").or_else(|| value.strip_prefix(b"&")).unwrap_or(value);
    // The quote before it ends a text, and what follows is the program again.
    if matches!(value, [b')' | b',' | b';' | b']' | b'}', ..]) {
        return true;
    }
    let dotted = || {
        let mut parts = value.split(|byte| *byte == b'.').peekable();
        let several = value.contains(&b'.');
        several
            && parts
                .all(|part| part.iter().any(u8::is_ascii_alphabetic) && part.iter().all(|byte| byte.is_ascii_alphabetic() || *byte == b'_'))
    };
    let call = || value.ends_with(b")") && value.contains(&b'(') || value.ends_with(b"]") && value.contains(&b'[');
    let rules = || value.contains(&b'|') && value.split(|byte| *byte == b'|').all(|part| part.first().is_some_and(u8::is_ascii_lowercase));
    call() || dotted() || rules() || is_resource_type(value) || value.windows(2).any(|pair| pair == b"::" || pair == b"->" || pair == b"=>")
}

/// `Microsoft.KeyVault/vaults/secrets@2022-07-01`: a type of Azure with the version of its interface, which is a day.
fn is_resource_type(value: &[u8]) -> bool {
    let Some(at) = value.iter().position(|byte| *byte == b'@') else { return false };
    let (kind, version) = (&value[..at], &value[at + 1..]);
    let day =
        |part: &[u8]| part.iter().enumerate().all(|(at, byte)| if matches!(at, 4 | 7) { *byte == b'-' } else { byte.is_ascii_digit() });
    let name = |byte: &u8| byte.is_ascii_alphanumeric() || b"./".contains(byte);
    kind.contains(&b'.') && kind.contains(&b'/') && kind.iter().all(name) && version.get(..10).is_some_and(day)
}

/// One word as a form shows it: a capital and small letters, of whatever language.
fn is_label(value: &[u8]) -> bool {
    let small = |byte: &u8| byte.is_ascii_lowercase() || !byte.is_ascii();
    value.split_first().is_some_and(|(first, rest)| (first.is_ascii_uppercase() || !first.is_ascii()) && rest.iter().all(small))
}

/// `ada@example.org`: what stands beside a password in a list of arguments.
fn is_mail_address(value: &[u8]) -> bool {
    let part = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-+".contains(byte);
    let Some(at) = value.iter().position(|byte| *byte == b'@') else { return false };
    let (person, host) = (&value[..at], &value[at + 1..]);
    !person.is_empty() && person.iter().all(part) && host.contains(&b'.') && host.iter().all(part)
}

/// The name of a variable that would hold it: capitals joined by `_`, one of them a word for a credential.
fn is_variable(value: &[u8]) -> bool {
    let capitals = value.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_');
    let said = |word: &&[u8]| matches!(*word, b"PASSWORD" | b"PASS" | b"PWD" | b"SECRET" | b"TOKEN" | b"KEY" | b"API");
    capitals && value.contains(&b'_') && value.split(|byte| *byte == b'_').any(|word| said(&word))
}

/// A name as programs have them: words joined by `_`, `-`, `.` or by capitals, digits at their ends at most.
pub(crate) fn is_identifier(value: &[u8]) -> bool {
    let mut words = 0;
    for part in value.split(|byte| matches!(byte, b'_' | b'-' | b'.' | b':' | b'/')) {
        let bare = part.trim_ascii();
        words += 1;
        if bare.iter().all(u8::is_ascii_digit) {
            continue;
        }
        let letters = bare.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
        let version = matches!(bare, [b'v' | b'V', digits @ ..] if digits.len() <= 2 && digits.iter().all(u8::is_ascii_digit));
        if version {
            continue;
        }
        if letters < 2 || bare.len() > letters + 2 || mixes_case(&bare[..letters]) {
            return false;
        }
    }
    words > 1 || value.iter().all(u8::is_ascii_alphabetic)
}

/// Capitals other than at the start of words of three letters and more.
pub(crate) fn mixes_case(letters: &[u8]) -> bool {
    let turns = letters.windows(2).filter(|pair| pair[0].is_ascii_lowercase() != pair[1].is_ascii_lowercase()).count();
    turns * 3 > letters.len().max(3)
}

/// Long stretches of letters with vowels, as in text. Capitals among digits are no text.
pub(crate) fn is_words(value: &[u8]) -> bool {
    let digits = value.iter().any(u8::is_ascii_digit);
    let in_words: usize = value
        .split(|byte| !byte.is_ascii_alphabetic())
        .filter(|part| {
            part.len() >= 5 && !mixes_case(part) && is_cased_as_text(part, digits) && part.iter().any(|byte| b"aeiouAEIOU".contains(byte))
        })
        .map(<[u8]>::len)
        .sum();
    in_words * 2 > value.len()
}

/// Small letters for the most part, or capitals throughout where no digit stands among them.
fn is_cased_as_text(part: &[u8], among_digits: bool) -> bool {
    let small = part.iter().filter(|byte| byte.is_ascii_lowercase()).count();
    small * 10 >= part.len() * 7 || small == 0 && !among_digits
}

#[derive(Default)]
struct Kinds {
    digits: usize,
    upper: usize,
    lower: usize,
    signs: usize,
}

impl Kinds {
    fn of(value: &[u8]) -> Self {
        let mut kinds = Self::default();
        for byte in value {
            match byte {
                b'0'..=b'9' => kinds.digits += 1,
                b'A'..=b'Z' => kinds.upper += 1,
                // Letters of other languages count as small ones.
                b'a'..=b'z' | 0x80.. => kinds.lower += 1,
                _ => kinds.signs += 1,
            }
        }
        kinds
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_of_people_are_seen_and_words_are_doubted() {
        for value in ["Winter2024!", "hUnter-two-9x", "b4tteryStaple", "Ab#cdefg"] {
            assert_eq!(password(b"DbPassword", value.as_bytes()), Outcome::Silent, "{value}");
        }
        for value in ["passwort", "user_password", "enter-password-2"] {
            assert!(matches!(password(b"field", value.as_bytes()), Outcome::Fails(_)), "{value}");
        }
    }

    #[test]
    fn expressions_hashes_and_names_are_no_secrets() {
        let values = [
            "get_password()",
            "settings.password",
            "_settings.Mail.Password",
            "config[0]",
            "required|min:8",
            "!state.maskPassword",
            "&form.Password",
            "https://x.example/token",
            "sha512-abc",
            "$2b$12$abc",
            "),next(1).code(",
            "CLUSTER_API_SECRET_2",
            "Self::TOKEN",
        ];
        for value in values {
            assert_eq!(password(b"password", value.as_bytes()), Outcome::NoSecret, "{value}");
        }
        assert_eq!(token(b"PublicKeyToken", b"b77a5c561934e089"), Outcome::NoSecret);
        assert_eq!(token(b"token", b"123e4567-e89b-12d3-a456-426614174000"), Outcome::NoSecret);
        assert_eq!(password(b"user_password", b"userPassword"), Outcome::NoSecret);
        assert_eq!(setting(b"newPassword", b"newPassword2"), Outcome::NoSecret);
        assert_eq!(setting(b"password", b"ada-2@mail.example.org"), Outcome::NoSecret);
    }

    #[test]
    fn tokens_are_random_and_names_are_not() {
        let random = crate::rule::placeholder::expand("{alnum:32}", "assigned").unwrap();
        assert_eq!(token(b"api_key", random.as_bytes()), Outcome::Silent);
        assert_eq!(password(b"password", "Contraseña".as_bytes()), Outcome::NoSecret);
        assert_eq!(password(b"LabelPassword", "Passwort 2 ändern".as_bytes()), Outcome::NoSecret);
        for value in
            ["pm-2035-device-approval", "orders-db-token-v2", "my-application-token-2", "production_database_key_01", "someTokenName"]
        {
            assert_eq!(token(b"token", value.as_bytes()), Outcome::NoSecret, "{value}");
        }
        assert!(matches!(token(b"token", b"k3y-9f"), Outcome::Fails(_)));
        let cased = [crate::rule::placeholder::expand("{alnum:12}", "cased").unwrap(), "GKWIRFkwt4PBvIXDEWtih8M".into()].concat();
        for name in ["BACKEND_TOKEN", "apiSecret"] {
            assert_eq!(token(name.as_bytes(), cased.as_bytes()), Outcome::Silent, "{name}");
        }
        for name in ["csrfToken", "CSRF_TOKEN", "ClientB64HashedPassword", "labelToken", "minipass"] {
            assert_eq!(token(name.as_bytes(), random.as_bytes()), Outcome::NoSecret, "{name}");
        }
    }
}
