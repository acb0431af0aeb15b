//! Judges what stands in a setting that is named after a service and a key: `ALGOLIA_ADMIN_KEY`, `finnhub secret`.
//!
//! The name tells whose the value is, so its form need not; it must still look like a key and not like a word, a call
//! or a reference. The services are data in `rules/data/key-services.toml`.

use std::cmp::Reverse;
use std::collections::HashSet;
use std::ops::Range;
use std::sync::LazyLock;

use serde::Deserialize;

use super::outcome::Outcome;
use super::{assigned, invented, words};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    services: HashSet<String>,
    words: HashSet<String>,
    public: HashSet<String>,
}

static TABLE: LazyLock<Table> =
    LazyLock::new(|| crate::facts::table("key-services.toml", include_str!("../../../rules/data/key-services.toml")));

/// A key of a service that the name of its setting tells, with the words before it (`finnhub secret`).
pub(crate) fn key(before: &[u8], name: &[u8], value: &[u8]) -> Outcome {
    if assigned::is_reference(name, value) || !looks_like_a_key(value) {
        return Outcome::NoSecret;
    }
    let words: Vec<String> = words::words_and_digits(before).chain(words::words_and_digits(name)).collect();
    let named = service(&words);
    let public = |named: &Range<usize>| (0..words.len()).any(|at| !named.contains(&at) && TABLE.public.contains(&words[at]));
    if named.as_ref().is_none_or(public) || names_a_key(&words) {
        return Outcome::NoSecret;
    }
    assigned::randomness(value)
}

/// Digits among letters, or what people type when they make a key up; a word or the name of something is neither.
fn looks_like_a_key(value: &[u8]) -> bool {
    let digits = value.iter().filter(|byte| byte.is_ascii_digit()).count();
    invented::is_typed_in(value)
        || digits >= 2 && !assigned::is_identifier(value) && !assigned::is_words(value)
        || value.len() >= 20 && assigned::mixes_case(value) && !assigned::is_words(value)
}

/// Whether the name is for the name of a key and not for the key.
fn names_a_key(words: &[String]) -> bool {
    matches!(words, [.., key, id] if key == "key" && id == "id")
}

/// The words that name a service, alone or together, where what is left of the last one is for keys.
fn service(words: &[String]) -> Option<Range<usize>> {
    let named = |span: &Range<usize>| {
        let joined = words[span.clone()].concat();
        TABLE.services.contains(&joined)
            || (3..joined.len())
                .filter_map(|at| joined.split_at_checked(at))
                .any(|(service, rest)| TABLE.services.contains(service) && is_for_keys(rest))
    };
    let spans = (0..words.len()).flat_map(|start| (start + 1..=words.len().min(start + 3)).map(move |end| start..end));
    spans.filter(named).max_by_key(|span| (span.len(), Reverse(span.start)))
}

/// Whether a run of letters is made of words for keys: `secretkey`, `apitoken`.
fn is_for_keys(run: &str) -> bool {
    run.is_empty() || TABLE.words.iter().any(|word| word.len() > 1 && run.strip_prefix(word.as_str()).is_some_and(is_for_keys))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_named_after_a_service_holds_its_key() {
        let value = crate::rule::placeholder::expand("{alnum:32}", "service").unwrap();
        for name in [
            "ALGOLIA_ADMIN_KEY",
            "AZURE_SEARCH_KEY",
            "finnhub secret",
            "weatherbitSECRET",
            "speechtextaccess",
            "newRelicLicenseKey",
            "NEW_RELIC_KEY",
        ] {
            assert_eq!(key(b"", name.as_bytes(), value.as_bytes()), Outcome::Silent, "{name}");
        }
        for name in
            ["cache key", "boxplotKey", "ALGOLIA_SEARCH_KEY", "NEXT_PUBLIC_SUPABASE_KEY", "partition_key", "DOCKER_DELEGATION_KEY_ID"]
        {
            assert_eq!(key(b"", name.as_bytes(), value.as_bytes()), Outcome::NoSecret, "{name}");
        }
    }

    #[test]
    fn references_and_words_are_no_keys() {
        for value in ["config.algolia.adminKey", "getAlgoliaKey()", "algolia-admin-key-for-ci", "your_algolia_admin_key"] {
            assert_eq!(key(b"", b"ALGOLIA_ADMIN_KEY", value.as_bytes()), Outcome::NoSecret, "{value}");
        }
        assert!(matches!(key(b"", b"ALGOLIA_ADMIN_KEY", b"abcdefghijklmnopqrstuv"), Outcome::Fails(_)));
    }
}
