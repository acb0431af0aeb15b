//! What the names of jobs, stages, steps and files say.

use std::collections::BTreeSet;

use super::{DEPLOYS, PROVIDERS, STOPS};

/// The words of a name in lower case: cut at everything that is no letter or digit, and where a word begins with a capital
/// letter. `Jwt:ApiKey` and `JWTApi_KEY` are jwt, api, key.
pub(in crate::facts::pipeline) fn words_of(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = None;
    let mut characters = name.chars().peekable();
    while let Some(c) = characters.next() {
        let hump = |before: char| {
            let ends_capitals = before.is_uppercase() && characters.peek().is_some_and(|next| next.is_lowercase());
            before.is_lowercase() || before.is_numeric() || ends_capitals
        };
        if !c.is_alphanumeric() || c.is_uppercase() && before.is_some_and(hump) {
            words.push(String::new());
        }
        if c.is_alphanumeric() {
            words.last_mut().into_iter().for_each(|word| word.extend(c.to_lowercase()));
        }
        before = Some(c);
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Whether a name of a step, template or script says that it deploys.
pub(in crate::facts::pipeline) fn says_deploy(name: &str) -> bool {
    let words = words_of(name);
    let has = |list: &[String]| words.iter().any(|word| list.contains(word));
    has(&DEPLOYS.named.deploys) && !has(&DEPLOYS.named.not)
}

/// Whether a name of a job, stage or workflow hints at a deployment.
pub(in crate::facts::pipeline) fn hints_deploy(name: &str) -> bool {
    words_of(name).iter().any(|word| DEPLOYS.named.cues.contains(word))
}

/// Whether the names of a job say that it builds or tests, and nothing of a deployment: then an environment is only
/// where its settings come from.
pub(in crate::facts::pipeline) fn only_builds(names: &[&str]) -> bool {
    let words: Vec<String> = names.iter().flat_map(|name| words_of(name)).collect();
    let has = |list: &[String]| words.iter().any(|word| list.contains(word));
    (has(&DEPLOYS.named.builds) || has(&DEPLOYS.named.tests)) && !has(&DEPLOYS.named.deploys)
}

/// Whether the names of a job say that it tests, and nothing of a deployment: what it sets up is for its tests.
pub(in crate::facts::pipeline) fn only_tests(names: &[&str]) -> bool {
    let words: Vec<String> = names.iter().flat_map(|name| words_of(name)).collect();
    let has = |list: &[String]| words.iter().any(|word| list.contains(word));
    has(&DEPLOYS.named.tests) && !has(&DEPLOYS.named.deploys)
}

/// Whether a name says that something is taken down.
pub(in crate::facts::pipeline) fn takes_down(name: &str) -> bool {
    words_of(name).iter().any(|word| STOPS.teardown.words.contains(word))
}

/// The common name of the target that a name speaks of, the furthest if there are several.
pub(in crate::facts::pipeline) fn target_in(name: &str) -> Option<&'static str> {
    let words = words_of(name);
    PROVIDERS.target.iter().rev().find(|target| words.iter().any(|word| target.words.contains(word))).map(|target| target.name.as_str())
}

/// How far a target of the table is; the first is the nearest. One without a common name stands just before the last.
pub(in crate::facts::pipeline) fn distance(target: &str) -> usize {
    let at = PROVIDERS.target.iter().position(|known| known.name == target).unwrap_or_default();
    at + usize::from(at + 1 == PROVIDERS.target.len())
}

/// How far a target without a common name is.
pub(in crate::facts::pipeline) fn distance_of_unnamed() -> usize {
    PROVIDERS.target.len().saturating_sub(1)
}

/// What a name says of the thing that is delivered: its words without those for targets and for how it is started.
pub(in crate::facts::pipeline) fn subject_of(name: &str) -> BTreeSet<String> {
    let plain = |word: &String| STOPS.twins.plain.contains(word) || PROVIDERS.target.iter().any(|target| target.words.contains(word));
    words_of(name).into_iter().filter(|word| !plain(word) && !word.chars().all(|c| c.is_ascii_digit())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_names() {
        assert_eq!(words_of("deployToProd_v2-x"), ["deploy", "to", "prod", "v2", "x"]);
        assert_eq!(words_of("JWTApi_KEY:v2Token"), ["jwt", "api", "key", "v2", "token"]);
        assert!(says_deploy("owner/deploy-to-somewhere"));
        assert!(!says_deploy("owner/deployment-status"));
        assert_eq!(target_in("deploy-staging-and-prod"), Some("production"));
        assert_eq!(target_in("build"), None);
    }
}
