//! The words of names: parts between other characters, and those that only capitals divide.

/// The words of a name or path in lower case, also those that only capitals divide.
pub(super) fn words(text: &[u8]) -> impl Iterator<Item = String> {
    text.split(|byte| !byte.is_ascii_alphabetic()).flat_map(by_capitals).filter(|word| !word.is_empty())
}

/// The same, where digits belong to the word that they stand in: `auth0`, `d7network`.
pub(super) fn words_and_digits(text: &[u8]) -> impl Iterator<Item = String> {
    text.split(|byte| !byte.is_ascii_alphanumeric()).flat_map(by_capitals).filter(|word| !word.is_empty())
}

fn by_capitals(run: &[u8]) -> Vec<String> {
    let mut words = vec![String::new()];
    for (at, byte) in run.iter().enumerate() {
        let starts = byte.is_ascii_uppercase() && at > 0 && run[at - 1].is_ascii_lowercase();
        if starts {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.push(char::from(byte.to_ascii_lowercase()));
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_divided_by_capitals_and_by_what_is_no_letter() {
        let of = |text: &str| words(text.as_bytes()).collect::<Vec<_>>().join(" ");
        assert_eq!(of("BuildAccessToken-of auth0"), "build access token of auth");
        assert_eq!(of("DB_PASSWORD2"), "db password");
        let with_digits = |text: &str| words_and_digits(text.as_bytes()).collect::<Vec<_>>().join(" ");
        assert_eq!(with_digits("auth0 Domain, d7network"), "auth0 domain d7network");
    }
}
