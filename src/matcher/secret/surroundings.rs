//! What the path and the line of a value say of it: the one place where surroundings change how sure a finding is.

use super::invented;
use super::words::words;
use crate::severity::Confidence;
use crate::snapshot::PathClass;

/// How many bytes before a value belong to the name that it is given.
const NAME: usize = 80;
/// How far before a window anything is looked at: the name in front, and the words before it.
pub(crate) const SIGHT: usize = 2 * NAME;

/// The text around a match.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Surroundings<'a> {
    /// The whole text.
    pub(crate) bytes: &'a [u8],
    /// What stands before it, where it is the content of an encoded stretch.
    pub(crate) outside: &'a [u8],
    /// The path of its file.
    pub(crate) path: &'a str,
    /// The class of that path.
    pub(crate) class: PathClass,
}

impl Surroundings<'_> {
    /// Whether a name in front of the value, or in its path, says that it is made up or opens nothing but a test.
    ///
    /// `doubtful` adds words for the path. An address in front is no name: `https://test.…` may well be live.
    pub(crate) fn speak_against(&self, secret: usize, doubtful: &[String]) -> bool {
        named_made_up(&self.bytes[..secret])
            || named_made_up(self.outside)
            || words(self.path.as_bytes()).any(|word| invented::says_made_up(&word) || doubtful.contains(&word))
    }

    /// Where the name begins that reaches to a place: letters, digits, `_`, `-` and `.`, the first a letter or digit.
    pub(crate) fn start_of_name(&self, at: usize) -> usize {
        let floor = at.saturating_sub(NAME);
        let part = |byte: &u8| byte.is_ascii_alphanumeric() || b"_.-".contains(byte);
        let start = self.bytes[floor..at].iter().rposition(|byte| !part(byte)).map_or(floor, |other| floor + other + 1);
        start + self.bytes[start..at].iter().position(u8::is_ascii_alphanumeric).unwrap_or(at - start)
    }

    /// Whether a name in quotes stands behind a question mark, so that what follows its colon is no value of it:
    /// `production ? 'ShopPassword' : 'TestPassword'`.
    pub(crate) fn is_answer(&self, name: usize) -> bool {
        let before = &self.bytes[name.saturating_sub(NAME)..name];
        let quote = before.strip_suffix(b"'").or_else(|| before.strip_suffix(b"\""));
        quote.is_some_and(|before| before.trim_ascii_end().ends_with(b"?"))
    }

    /// The words, with blanks between them, that stand directly before a place.
    pub(crate) fn before(&self, at: usize) -> &[u8] {
        let floor = at.saturating_sub(NAME / 2);
        let part = |byte: &u8| byte.is_ascii_alphanumeric() || b"_.- \t".contains(byte);
        let start = self.bytes[floor..at].iter().rposition(|byte| !part(byte)).map_or(floor, |other| floor + other + 1);
        &self.bytes[start..at]
    }

    /// How sure a finding of this declared confidence is here.
    ///
    /// In tests, samples, documents, templates, code of others and generated files it is low, for most of what stands
    /// there is made up; but a checksum that holds is not made up by accident, so such a token is medium there.
    pub(crate) fn confidence(&self, declared: Confidence, holds: bool) -> Confidence {
        match self.class {
            PathClass::Source | PathClass::Data => declared,
            _ if holds => declared.min(Confidence::Medium),
            PathClass::Test | PathClass::Sample | PathClass::Docs | PathClass::Template | PathClass::Vendored | PathClass::Generated => {
                Confidence::Low
            }
        }
    }
}

/// Whether the end of the last line says so.
fn named_made_up(before: &[u8]) -> bool {
    let before = &before[before.len().saturating_sub(NAME)..];
    let line = before.iter().rposition(|byte| *byte == b'\n').map_or(before, |at| &before[at + 1..]);
    !line.windows(3).any(|part| part == b"://") && words(line).any(|word| invented::says_made_up(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn against(line: &str, path: &str) -> bool {
        Surroundings { bytes: line.as_bytes(), outside: &[], path, class: PathClass::Source }
            .speak_against(line.len(), &["dev".into(), "localhost".into()])
    }

    #[test]
    fn names_and_paths_that_say_so_make_doubtful() {
        for name in ["const TEST_FAKE_KEY: &str = \"", "var dummyToken = '", "\"exampleSecret\": \""] {
            assert!(against(name, "src/a.rs"), "{name}");
        }
        for path in ["certs/localhost.key", ".env.test", "dev/keys/root", "src/FakeAuth.cs"] {
            assert!(against("key = ", path), "{path}");
        }
    }

    #[test]
    fn parts_of_words_and_addresses_do_not() {
        for name in ["const CONTEST_KEY = \"", "latestToken: ", "curl https://test.orders.io -H \"X-Key: ", "test\nkey = "] {
            assert!(!against(name, "src/device/attestation.rs"), "{name}");
        }
    }

    #[test]
    fn a_name_reaches_back_and_words_stand_before_it() {
        for (line, name, before) in [
            ("{ Shop.Mail_Pass", "Shop.Mail_Pass", " "),
            ("finnhub api secret", "secret", "finnhub api "),
            ("--client-secret", "client-secret", "--"),
            ("x=$_key", "key", "_"),
        ] {
            let surroundings = Surroundings { bytes: line.as_bytes(), outside: &[], path: "a", class: PathClass::Source };
            let start = surroundings.start_of_name(line.len());
            assert_eq!((&line[start..], surroundings.before(start)), (name, before.as_bytes()), "{line}");
        }
    }
}
