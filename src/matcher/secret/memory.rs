//! Remembers which pieces of text hold nothing, for texts that are mostly the same: the versions of files.
//!
//! A text is cut after newlines that its content chooses, so that a change moves no cut but those beside it, and each
//! distinct piece is looked at once. What is remembered of a piece are its keywords that may matter, and whether it holds
//! something encoded. For a rule that looks at single lines those are the keywords near which it finds something, since no
//! piece ends within a line; for a rule that looks over lines all of them are whose line it does not rule out, since what
//! follows may be another piece each time, and what is remembered is the window. The text at hand is then scanned at these
//! keywords alone, by the same code as any other text.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, BuildHasherDefault, Hasher, RandomState};
use std::ops::Range;
use std::sync::{Mutex, MutexGuard, PoisonError};

use memchr::memchr;
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_secret};

use super::encoded::{self, may_go_on};
use super::window::{self, Window};
use super::{Prepared, Scanner, SecretHit, SecretRule, Surroundings, settle, surroundings};
use crate::snapshot::PathClass;

/// No piece is smaller but the last of a text.
const LEAST: usize = 128;
/// A piece ends at the next newline after so many bytes, where the content chooses none.
const MOST: usize = 8 * 1024;
/// Parts of the memory, so that threads seldom wait for each other.
const PARTS: u64 = 64;

/// A keyword that may matter: the rule, as its place in the scanner, and where the keyword stands.
type Live = (u32, Range<usize>);

/// What may matter of a piece.
#[derive(Debug, Default)]
struct Piece {
    live: Box<[Live]>,
    /// Something encoded in it is found by a rule.
    encoded: bool,
}

/// What is remembered of all texts so far.
#[derive(Debug)]
pub(crate) struct Memory {
    parts: Vec<Mutex<Part>>,
    /// Another one in each run, so that nobody can write a piece that is taken for another.
    salt: [u8; SALT],
}

/// As many bytes as the hash asks for at least.
pub(crate) const SALT: usize = 192;

#[derive(Debug, Default)]
struct Part {
    /// Pieces by their hash; most hold nothing.
    pieces: HashMap<u64, Option<Box<Piece>>, Hashed>,
    /// Windows over lines in which a rule found nothing.
    quiet: HashSet<u64, Hashed>,
}

/// Takes a key that is a hash already for what it is.
type Hashed = BuildHasherDefault<AsItIs>;

#[derive(Debug, Default)]
struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = xxh3_64(bytes);
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

impl Default for Memory {
    fn default() -> Self {
        Self { parts: (0..PARTS).map(|_| Mutex::default()).collect(), salt: salt() }
    }
}

/// Bytes that nobody can guess.
pub(crate) fn salt() -> [u8; SALT] {
    let random = RandomState::new();
    let mut salt = [0; SALT];
    for (at, bytes) in salt.chunks_exact_mut(8).enumerate() {
        bytes.copy_from_slice(&random.hash_one(at).to_le_bytes());
    }
    salt
}

impl Memory {
    /// A number as one that no text can be made for.
    fn spread(&self, number: u64) -> u64 {
        xxh3_64_with_secret(&number.to_le_bytes(), &self.salt)
    }

    fn part(&self, hash: u64) -> MutexGuard<'_, Part> {
        // The high bits choose the part, for the low ones choose the place in it.
        let at = usize::try_from(hash >> 32 & (PARTS - 1)).unwrap_or(0);
        self.parts[at].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Scanner {
    /// Scans a text like [`Scanner::scan`] does a file of the product without a name, remembering what held nothing.
    pub(crate) fn scan_remembering(&self, bytes: &[u8], memory: &Memory) -> Vec<SecretHit> {
        let mut live: Vec<Live> = Vec::new();
        let mut encoded = false;
        let mut at = 0;
        while at < bytes.len() {
            let end = end_of_piece(bytes, at);
            self.piece(&bytes[at..end], memory, |piece| {
                live.extend(piece.live.iter().map(|(rule, keyword)| (*rule, keyword.start + at..keyword.end + at)));
                encoded |= piece.encoded;
            });
            at = end;
        }
        let surroundings = nameless(bytes);
        let mut found = Vec::new();
        live.sort_unstable_by_key(|(rule, keyword)| (*rule, keyword.start));
        for of_rule in live.chunk_by(|a, b| a.0 == b.0) {
            let prepared = &self.prepared[of_rule[0].0 as usize];
            let mut keywords: Vec<Range<usize>> = of_rule.iter().map(|(_, keyword)| keyword.clone()).collect();
            prepared.find_joined(surroundings, &keywords, &mut found);
            for window in window::windows(bytes, &mut keywords, prepared.declared.reach()) {
                prepared.find_unless_quiet(&window, of_rule[0].0, surroundings, memory, &mut found);
            }
        }
        if encoded {
            self.read_inside(surroundings, encoded::DEPTH, &mut found);
        }
        settle(found)
    }

    /// Hands a piece to `see` if it may matter.
    fn piece(&self, bytes: &[u8], memory: &Memory, mut see: impl FnMut(&Piece)) {
        let hash = xxh3_64_with_secret(bytes, &memory.salt);
        if let Some(known) = memory.part(hash).pieces.get(&hash) {
            known.as_deref().into_iter().for_each(see);
            return;
        }
        let piece = self.look_at(bytes);
        piece.iter().for_each(&mut see);
        memory.part(hash).pieces.insert(hash, piece.map(Box::new));
    }

    /// What may matter of a piece that is seen for the first time.
    fn look_at(&self, bytes: &[u8]) -> Option<Piece> {
        let mut live = Vec::new();
        self.each_rule(bytes, |rule, keywords| {
            let prepared = &self.prepared[rule];
            let Ok(number) = u32::try_from(rule) else { return };
            if prepared.declared.looks_over_lines() {
                prepared.keep_on_lines(bytes, keywords);
                live.extend(keywords.drain(..).map(|keyword| (number, keyword)));
                return;
            }
            for window in window::windows(bytes, keywords, prepared.declared.reach()) {
                let mut found = Vec::new();
                prepared.find_in(&window, nameless(bytes), &mut found);
                if !found.is_empty() {
                    let within = |keyword: &&Range<usize>| keyword.start >= window.span.start && keyword.start < window.span.end;
                    live.extend(keywords.iter().filter(within).map(|keyword| (number, keyword.clone())));
                }
            }
        });
        let mut inside = Vec::new();
        self.read_inside(nameless(bytes), encoded::DEPTH, &mut inside);
        let piece = Piece { live: live.into_boxed_slice(), encoded: !inside.is_empty() };
        (piece.encoded || !piece.live.is_empty()).then_some(piece)
    }
}

impl SecretRule {
    /// Whether what it finds may depend on more than one line.
    fn looks_over_lines(&self) -> bool {
        self.multiline || self.joined
    }
}

/// A text of the product without a name.
fn nameless(bytes: &[u8]) -> Surroundings<'_> {
    Surroundings { bytes, outside: &[], path: "", class: PathClass::Source }
}

impl Prepared {
    /// Looks into a window, but not into one over lines whose like was seen to hold nothing. What stands before it, as far
    /// as it is looked at, counts as a part of it.
    fn find_unless_quiet(
        &self,
        window: &Window,
        rule: u32,
        surroundings: Surroundings<'_>,
        memory: &Memory,
        found: &mut Vec<super::Found>,
    ) {
        if !self.declared.looks_over_lines() {
            return self.find_in(window, surroundings, found);
        }
        let from = window.span.start.saturating_sub(surroundings::SIGHT);
        let before = (window.span.start - from) as u64;
        let what = u64::from(rule) << 16 | before << 1 | u64::from(window.cut);
        let hash = xxh3_64_with_secret(&surroundings.bytes[from..window.span.end], &memory.salt) ^ memory.spread(what);
        if memory.part(hash).quiet.contains(&hash) {
            return;
        }
        let before = found.len();
        self.find_in(window, surroundings, found);
        if found.len() == before {
            memory.part(hash).quiet.insert(hash);
        }
    }
}

/// Where the piece ends that starts here: after a newline that the bytes before it choose.
fn end_of_piece(bytes: &[u8], start: usize) -> usize {
    let mut from = start + LEAST;
    while from < bytes.len() {
        let Some(newline) = memchr(b'\n', &bytes[from..]).map(|at| from + at) else { break };
        if (newline - start >= MOST || chosen(bytes, newline)) && !may_go_on(bytes, newline) {
            return newline + 1;
        }
        from = newline + 1;
    }
    bytes.len()
}

/// One newline in eight, by the eight bytes before it.
fn chosen(bytes: &[u8], newline: usize) -> bool {
    let Some(last) = newline.checked_sub(8).and_then(|from| bytes[from..newline].first_chunk::<8>()) else { return false };
    u64::from_le_bytes(*last).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 61 == 0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::catalog::Catalog;
    use crate::rule::placeholder::expand;
    use crate::snapshot::Text;

    fn scanner() -> Scanner {
        let catalog = Catalog::built_in().unwrap();
        Scanner::new(catalog.rules.iter().map(|rule| (&rule.matcher, rule.confidence)))
    }

    fn both(scanner: &Scanner, memory: &Memory, bytes: &[u8]) -> (Vec<SecretHit>, Vec<SecretHit>) {
        let text = Text::decode(bytes.to_vec()).unwrap();
        (scanner.scan_remembering(bytes, memory), scanner.scan(&text, "", PathClass::Source))
    }

    #[test]
    fn cuts_move_with_the_text() {
        let lines: Vec<String> = (0..2000).map(|at| format!("line {at} of {}\n", at * 7919 % 1000)).collect();
        let cuts = |text: &str| {
            let mut pieces = HashSet::new();
            let mut at = 0;
            while at < text.len() {
                let end = end_of_piece(text.as_bytes(), at);
                pieces.insert(text[at..end].to_owned());
                at = end;
            }
            pieces
        };
        let before = cuts(&lines.concat());
        let after = cuts(&(lines[..900].concat() + "one more\n" + &lines[900..].concat()));
        assert!(before.len() > 20, "{}", before.len());
        assert!(after.difference(&before).count() <= 3);
    }

    #[test]
    fn a_text_without_newlines_is_one_piece() {
        assert_eq!(end_of_piece(&[b'x'; 100_000], 0), 100_000);
        assert_eq!(end_of_piece(&b"x\n".repeat(50_000), 0), MOST + 2);
    }

    /// Every example of every rule, joined in many ways, is found with the memory as without.
    #[test]
    fn versions_of_a_text_yield_what_a_scan_of_each_yields() {
        let catalog = Catalog::built_in().unwrap();
        let examples: Vec<String> = catalog
            .rules
            .iter()
            .flat_map(|rule| &rule.examples)
            .flat_map(|example| example.files.values())
            .filter(|text| !text.contains('\0'))
            .map(|text| expand(text, "memory tests").unwrap())
            .collect();
        assert!(examples.len() > 500, "{}", examples.len());
        let scanner = scanner();
        let memory = Memory::default();
        let mut hits = 0;
        for round in 0..2000_usize {
            let pick = |at: usize| examples[(round * 31 + at * 977 + at * at) % examples.len()].as_str();
            let filler = "var total = order.Lines.Sum(line => line.Price);\n".repeat(round % 23);
            let text: String =
                (0..8).map(|at| format!("{}{}{}", pick(at / (1 + round % 3)), ["\n", "\n\n", " "][at % 3], filler)).collect();
            let (with, without) = both(&scanner, &memory, text.as_bytes());
            assert_eq!(with, without, "round {round}: {text}");
            hits += with.len();
        }
        assert!(hits > 5000, "{hits}");
    }

    proptest! {
        #[test]
        fn any_text_yields_what_a_scan_yields(parts in prop::collection::vec(
            prop_oneof![
                Just("password = \"Tr0ub4dor&3x\"\n".to_owned()), Just("-----BEGIN PRIVATE KEY-----\n".to_owned()),
                Just("machine api.example.net login x password Qx7Lm2Kp9z\n".to_owned()), Just("curl -u admin:Zk4Qp8Lm2x ".to_owned()),
                Just("\n".to_owned()), "[ -~\n]{0,300}",
            ], 0..40)) {
            let scanner = SHARED.get_or_init(|| (scanner(), Memory::default()));
            let (with, without) = both(&scanner.0, &scanner.1, parts.concat().as_bytes());
            prop_assert_eq!(with, without);
        }
    }

    static SHARED: std::sync::OnceLock<(Scanner, Memory)> = std::sync::OnceLock::new();
}
