//! Keeps secrets out of what is printed: the form in which one may be shown, and the cut that takes them out of any text.

use std::ops::{Range, RangeInclusive};

use aho_corasick::AhoCorasick;
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use super::invented;

/// Below this many characters nothing of a secret is shown.
const SHOWS_FROM: usize = 12;
/// At most this many characters are shown.
const SHOWS: usize = 4;
/// Anything shorter is no secret.
const SHORTEST: usize = 4;
/// A line of a secret over several lines is cut on its own from this length on.
const PART: usize = 16;
/// So many bytes at the start of a secret are looked for everywhere, the rest only behind them: keys have thousands.
const START: usize = 8;

/// A secret is also cut where it stands in base 64 if its length is in this range: of others it is no part of a line.
const ENCODED: RangeInclusive<usize> = 8..=128;

/// A secret as it may be shown: its first characters, at most a quarter and at most four, none below twelve; of a key in
/// PEM form the line that names its kind, which is no secret.
#[must_use]
pub fn redact(secret: &str) -> String {
    if let Some(header) = pem_header(secret) {
        return format!("{header}…");
    }
    let length = secret.chars().count();
    let shown = if length < SHOWS_FROM { 0 } else { SHOWS.min(length / 4) };
    secret.chars().take(shown).chain(['…']).collect()
}

/// `-----BEGIN … KEY-----` at the start.
fn pem_header(secret: &str) -> Option<&str> {
    let (kind, _) = secret.strip_prefix("-----BEGIN ")?.split_once("-----")?;
    let named = kind.len() <= 40 && kind.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b' ');
    secret.get(..kind.len() + 16).filter(|_| named)
}

/// Cuts a set of secrets out of texts.
///
/// Words that everybody tries first ("test", "secret") are left standing: cutting them would hide nothing and tear
/// every sentence apart.
#[derive(Debug, Default)]
pub struct Redactor {
    /// Finds how secrets start.
    starts: Option<AhoCorasick>,
    /// By start: the secrets that have it, as a part of `secrets`.
    sharing: Vec<Range<usize>>,
    /// All of them, sorted.
    secrets: Vec<Vec<u8>>,
}

impl Redactor {
    /// Prepares the cut of these secrets; of one over several lines also of its lines.
    #[must_use]
    pub fn new<S: AsRef<[u8]>>(secrets: impl IntoIterator<Item = S>) -> Self {
        let mut all: Vec<Vec<u8>> = Vec::new();
        for secret in secrets {
            let secret = secret.as_ref().trim_ascii();
            all.extend(parts(secret));
            all.push(secret.to_vec());
        }
        all.retain(|secret| secret.len() >= SHORTEST && !invented::is_common(secret));
        all.sort_unstable();
        all.dedup();
        let mut sharing: Vec<Range<usize>> = Vec::new();
        for (index, secret) in all.iter().enumerate() {
            match sharing.last_mut() {
                Some(last) if start(&all[last.start]) == start(secret) => last.end = index + 1,
                _ => sharing.push(index..index + 1),
            }
        }
        let starts = AhoCorasick::new(sharing.iter().map(|range| start(&all[range.start])));
        Self { starts: starts.ok().filter(|_| !all.is_empty()), sharing, secrets: all }
    }

    /// The text with every secret in its short form. Of secrets that overlap the first is shown so, and nothing of the
    /// others.
    #[must_use]
    pub fn cut(&self, text: &str) -> String {
        self.cut_those(text, |_| true)
    }

    /// A path with every secret in its short form. A short password that is a word stays, and one that is a part of a
    /// longer word: a folder of that name tells nobody what it is, and a path that is cut leads nowhere.
    #[must_use]
    pub fn cut_path(&self, path: &str) -> String {
        let letter = |at: Option<usize>| at.and_then(|at| path.as_bytes().get(at)).is_some_and(u8::is_ascii_alphabetic);
        self.cut_those(path, |range| {
            let word = path.as_bytes()[range.clone()].iter().all(|byte| byte.is_ascii_alphabetic() || b"_-.".contains(byte));
            let part = letter(range.start.checked_sub(1)) || letter(Some(range.end));
            !(word && (part || range.len() < SHOWS_FROM))
        })
    }

    fn cut_those(&self, text: &str, wanted: impl Fn(&Range<usize>) -> bool) -> String {
        let mut found: Vec<Range<usize>> = self.find(text.as_bytes()).filter(wanted).collect();
        found.sort_unstable_by_key(|range| (range.start, std::cmp::Reverse(range.end)));
        let mut out = Vec::with_capacity(text.len());
        let mut done = 0;
        for range in found {
            if range.start >= done {
                out.extend_from_slice(&text.as_bytes()[done..range.start]);
                out.extend_from_slice(redact(&String::from_utf8_lossy(&text.as_bytes()[range.clone()])).as_bytes());
            }
            done = done.max(range.end);
        }
        out.extend_from_slice(&text.as_bytes()[done..]);
        String::from_utf8_lossy(&out).into_owned()
    }

    /// Where secrets stand, the longest of each place.
    fn find<'a>(&'a self, text: &'a [u8]) -> impl Iterator<Item = Range<usize>> + 'a {
        let starts = self.starts.iter().flat_map(move |starts| starts.find_overlapping_iter(text));
        starts.filter_map(move |found| {
            let rest = &text[found.start()..];
            let sharing = &self.secrets[self.sharing[found.pattern().as_usize()].clone()];
            let longest = sharing.iter().filter(|secret| rest.starts_with(secret)).map(Vec::len).max()?;
            Some(found.start()..found.start() + longest)
        })
    }
}

/// The part of a secret that is looked for everywhere.
fn start(secret: &[u8]) -> &[u8] {
    &secret[..secret.len().min(START)]
}

/// What a secret is in base 64 wherever it stands in what was encoded: the digits that no byte before or after it changes.
pub(crate) fn in_base64(secret: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    let offsets = if ENCODED.contains(&secret.len()) && !invented::is_common(secret) { 0..3 } else { 0..0 };
    offsets.map(move |before: usize| {
        let whole = STANDARD_NO_PAD.encode([&[0; 3][..before], secret].concat()).into_bytes();
        let last = (before + secret.len()) * 8 / 6;
        whole[(before * 8).div_ceil(6)..last].to_vec()
    })
}

fn parts(secret: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    let lines = secret.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    let several = secret.contains(&b'\n');
    lines.filter(move |line| several && line.len() >= PART && !line.starts_with(b"-----")).map(<[u8]>::to_vec)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_quarter_is_shown_and_four_characters_at_most() {
        assert_eq!(redact("-----BEGIN EC PRIVATE KEY-----abcdefghijkl"), "-----BEGIN EC PRIVATE KEY-----…");
        assert_eq!(redact("-----BEGIN abcdefghijklmnop-----"), "----…");
        assert_eq!(redact("short"), "…");
        assert_eq!(redact("elevenchars"), "…");
        assert_eq!(redact("twelve-chars"), "twe…");
        assert_eq!(redact(&"k".repeat(80)), "kkkk…");
        assert_eq!(redact("ééééééééééééé"), "ééé…");
    }

    #[test]
    fn the_longest_secret_is_cut_wherever_it_stands() {
        let cut = Redactor::new(["hunter", "hunter-and-gatherer", ""]);
        assert_eq!(cut.cut("a hunter, a hunter-and-gatherer."), "a …, a hunt….");
        assert_eq!(Redactor::new(["secret", "abc"]).cut("a secret abc"), "a secret abc");
        assert_eq!(Redactor::new(Vec::<String>::new()).cut("untouched"), "untouched");
        let alike = Redactor::new(["hunter-and-fisher", "hunter-a", "and-farmer-too"]);
        assert_eq!(alike.cut("hunter-and-farmer-too, hunter-and-fisher"), "…, hunt…");
    }

    proptest! {
        #[test]
        fn nothing_is_left_of_a_secret_that_begins_in_another(first in "[a-z0-9]{12,30}", more in "[A-Z]{4,20}", shared in 1usize..12) {
            let second = format!("{}{more}", &first[first.len() - shared..]);
            let cut = Redactor::new([first.as_str(), second.as_str()]);
            prop_assert_eq!(cut.cut(&format!("# {first}{more}.")), format!("# {}.", redact(&first)));
        }
    }

    #[test]
    fn a_path_keeps_its_words() {
        let cut = Redactor::new(["gatherer", "k3y-of-the-gatherer", "hunterAndGatherer", "of-horse-and-staple"]);
        assert_eq!(cut.cut("gatherer/settings.py"), "…/settings.py");
        assert_eq!(cut.cut_path("gatherer/k3y-of-the-gatherer.txt"), "gatherer/k3y-….txt");
        assert_eq!(cut.cut_path("src/TellhunterAndGathererTests.cs"), "src/TellhunterAndGathererTests.cs");
        assert_eq!(cut.cut_path("keys/of-horse-and-staple"), "keys/of-h…");
    }

    #[test]
    fn a_secret_is_cut_in_base64_wherever_it_stands_there() {
        let cut = Redactor::new(in_base64(b"hunter-and-gatherer"));
        for before in ["", "a", "ab", "user:"] {
            let text = cut.cut(&base64::engine::general_purpose::STANDARD.encode(format!("{before}hunter-and-gatherer, and more")));
            let shown = text.split('…').map(str::len).max().unwrap();
            assert!(text.contains('…') && shown < 22, "{text}");
        }
    }

    #[test]
    fn a_secret_over_several_lines_is_cut_line_by_line() {
        let cut = Redactor::new(["-----BEGIN X-----\nQUJDREVGR0hJSktMTU5P\nshort\n-----END X-----"]);
        assert_eq!(cut.cut("  QUJDREVGR0hJSktMTU5P"), "  QUJD…");
        assert_eq!(cut.cut("-----BEGIN X-----"), "-----BEGIN X-----");
    }
}
