//! Finds credentials: one pass for keywords, the rule's pattern near each, then validity and placeholders.
//!
//! One automaton holds the keywords of all rules. Around each keyword the patterns of its rules run in a bounded window
//! (`secret/window.rs`), so that the time taken grows with the text and not with what stands on one line. Then what the
//! text holds in another form is decoded and read the same way (`secret/encoded.rs`, `secret/inside.rs`). What was matched
//! is then weighed: `secret/invented.rs` knows placeholders, `secret/check.rs` the checks a rule may name,
//! `secret/host.rs` where a credential leads, `secret/surroundings.rs` what path and line say of it. What a rule declares
//! stands in `secret/declared.rs`. How bad a finding is and how it is told is left to others.

mod assigned;
pub(crate) mod azure;
mod check;
pub(crate) mod checksum;
mod declared;
mod encoded;
mod entropy;
mod host;
mod inside;
mod invented;
mod jwt;
mod keywords;
pub(crate) mod memory;
mod outcome;
mod pem;
pub mod redact;
mod service;
mod surroundings;
mod window;
mod words;

use std::cmp::Reverse;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::OnceLock;

use aho_corasick::AhoCorasick;
use regex::bytes::{Captures, Regex};

pub use check::Check;
pub use declared::SecretRule;
pub use host::HostKind;

use check::Candidate;
use declared::compile;
use host::Host;
use invented::Worth;
use keywords::Keywords;
use outcome::Outcome;
use surroundings::Surroundings;
use window::Window;

use crate::matcher::Matcher;
use crate::severity::Confidence;
use crate::snapshot::{PathClass, Text};

/// A credential that was found in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretHit {
    /// The rule, as an index into the rules that the scanner was built from.
    pub rule: usize,
    /// The whole match, as byte offsets.
    pub span: Range<usize>,
    /// The secret itself.
    pub secret: Range<usize>,
    /// How sure it is, after checks, placeholders and the path class.
    pub confidence: Confidence,
    /// Whether it is no secret, and shown whole.
    pub public: bool,
    /// What a check found out, for the message: "its checksum holds", "expires 2024-01-01".
    pub note: Option<String>,
    /// The secret as it is used, where the text holds it in another form.
    pub plain: Option<Vec<u8>>,
}

/// All secret rules of a run, ready to scan.
#[derive(Debug)]
pub struct Scanner {
    /// `None` where there is no rule.
    keywords: Option<Keywords>,
    /// The rules of each keyword, as indices into `prepared`.
    by_keyword: Vec<Vec<usize>>,
    prepared: Vec<Prepared>,
}

/// A rule as the scanner keeps it.
#[derive(Debug)]
struct Prepared {
    rule: usize,
    declared: SecretRule,
    confidence: Confidence,
    /// Compiled when first needed; `None` for a pattern that does not compile, which loading has refused.
    pattern: OnceLock<Option<Regex>>,
    /// The same for `entries`.
    entries: OnceLock<Option<Regex>>,
    /// The same for `line`.
    line: OnceLock<Option<Regex>>,
    /// Finds the literals of `near`.
    near: OnceLock<Option<AhoCorasick>>,
}

/// A match that is a credential, before those of other rules are looked at.
#[derive(Debug)]
struct Found {
    hit: SecretHit,
    gives_way: bool,
}

impl Scanner {
    /// Prepares the scan of rules, each by its matcher and its confidence; those with another matcher are passed over.
    #[must_use]
    pub fn new<'r>(rules: impl IntoIterator<Item = (&'r Matcher, Confidence)>) -> Self {
        let mut prepared = Vec::new();
        let mut keywords: HashMap<String, Vec<usize>> = HashMap::new();
        for (index, (matcher, confidence)) in rules.into_iter().enumerate() {
            let Matcher::Secret(declared) = matcher else { continue };
            for keyword in &declared.keywords {
                keywords.entry(keyword.to_ascii_lowercase()).or_default().push(prepared.len());
            }
            prepared.push(Prepared::new(index, declared.clone(), confidence));
        }
        let mut keywords: Vec<(String, Vec<usize>)> = keywords.into_iter().collect();
        keywords.sort();
        let (words, by_keyword): (Vec<String>, Vec<Vec<usize>>) = keywords.into_iter().unzip();
        Self { keywords: Keywords::new(words), by_keyword, prepared }
    }

    /// Scans one text; hits in the order of their place, one for each secret and place.
    #[must_use]
    pub fn scan(&self, text: &Text, path: &str, class: PathClass) -> Vec<SecretHit> {
        let surroundings = Surroundings { bytes: text.bytes(), outside: &[], path, class };
        let mut found = self.read(surroundings, |_| true);
        self.read_inside(surroundings, encoded::DEPTH, &mut found);
        settle(found)
    }

    /// What the rules of a kind find in a text as it stands.
    fn read(&self, surroundings: Surroundings<'_>, kind: fn(&SecretRule) -> bool) -> Vec<Found> {
        let mut found = Vec::new();
        self.each_rule(surroundings.bytes, |rule, keywords| {
            let rule = &self.prepared[rule];
            if !rule.declared.passes_over.contains(&surroundings.class) && kind(&rule.declared) {
                rule.find(surroundings, keywords, &mut found);
            }
        });
        found
    }

    /// Shows each rule of which keywords stand in a text, and where.
    fn each_rule(&self, bytes: &[u8], mut see: impl FnMut(usize, &mut Vec<Range<usize>>)) {
        let Some(keywords) = &self.keywords else { return };
        let mut places: Vec<(usize, Range<usize>)> = Vec::new();
        for keyword in keywords.automaton(bytes.len()).find_overlapping_iter(bytes) {
            places.extend(self.by_keyword[keyword.pattern().as_usize()].iter().map(|rule| (*rule, keyword.range())));
        }
        places.sort_unstable_by_key(|(rule, keyword)| (*rule, keyword.start));
        let mut of_rule = Vec::new();
        for places in places.chunk_by(|a, b| a.0 == b.0) {
            of_rule.clear();
            of_rule.extend(places.iter().map(|(_, keyword)| keyword.clone()));
            see(places[0].0, &mut of_rule);
        }
    }
}

impl Prepared {
    fn new(rule: usize, declared: SecretRule, confidence: Confidence) -> Self {
        let (pattern, entries, line, near) = (OnceLock::new(), OnceLock::new(), OnceLock::new(), OnceLock::new());
        Self { rule, declared, confidence, pattern, entries, line, near }
    }

    fn find(&self, surroundings: Surroundings<'_>, keywords: &mut Vec<Range<usize>>, found: &mut Vec<Found>) {
        self.find_joined(surroundings, keywords, found);
        self.find_near(surroundings, keywords, found);
    }

    fn find_near(&self, surroundings: Surroundings<'_>, keywords: &mut Vec<Range<usize>>, found: &mut Vec<Found>) {
        self.keep_on_lines(surroundings.bytes, keywords);
        for window in window::windows(surroundings.bytes, keywords, self.declared.reach()) {
            self.find_in(&window, surroundings, found);
        }
    }

    /// Leaves the keywords on whose line the pattern may match.
    fn keep_on_lines(&self, bytes: &[u8], keywords: &mut Vec<Range<usize>>) {
        let Some(line) = &self.declared.line else { return };
        let Some(line) = self.line.get_or_init(|| compile(line).ok()) else { return };
        let mut lines = window::windows(bytes, keywords, self.declared.reach_of_line());
        lines.retain(|window| line.is_match_at(&bytes[..window.span.end], window.span.start));
        keywords.retain(|keyword| {
            let next = lines.partition_point(|window| window.span.start <= keyword.start);
            next.checked_sub(1).is_some_and(|at| lines[at].span.end > keyword.start)
        });
    }

    /// Whether one of the literals stands there without which the pattern matches nothing.
    fn may_match(&self, stretch: &[u8]) -> bool {
        let build = || AhoCorasick::builder().ascii_case_insensitive(true).build(&self.declared.near).ok();
        self.declared.near.is_empty() || self.near.get_or_init(build).as_ref().is_none_or(|near| near.is_match(stretch))
    }

    fn find_in(&self, window: &Window, surroundings: Surroundings<'_>, found: &mut Vec<Found>) {
        if !self.may_match(&surroundings.bytes[window.span.clone()]) {
            return;
        }
        let Some(pattern) = self.pattern.get_or_init(|| compile(&self.declared.pattern).ok()) else { return };
        // What stands before the window stays in sight, so that its start is no boundary; its end is one to the pattern,
        // so a match that touches it counts only where the line or text ends as well.
        let text = &surroundings.bytes[..window.span.end];
        each_match(pattern, text, window.span.start, |captures| {
            if window.cut && captures.get_match().end() == window.span.end {
                return;
            }
            match &self.declared.entries {
                None => found.extend(self.weigh(captures, surroundings)),
                Some(entries) => self.find_entries(entries, captures, surroundings, found),
            }
        });
    }

    /// Weighs each of the entries in the stretch that was matched.
    fn find_entries(&self, pattern: &str, stretch: &Captures<'_>, surroundings: Surroundings<'_>, found: &mut Vec<Found>) {
        let Some(pattern) = self.entries.get_or_init(|| compile(pattern).ok()) else { return };
        let start = stretch.get_match().start();
        let Some(stretch) = stretch.name("secret").or_else(|| last_group(stretch)) else { return };
        each_match(pattern, &surroundings.bytes[..stretch.end()], stretch.start(), |captures| {
            // What stands before the entry told what it is, so it is a part of the match.
            found.extend(self.weigh(captures, surroundings).map(|mut entry| {
                entry.hit.span.start = start;
                entry
            }));
        });
    }

    /// Decides whether a match is a credential, and how sure that is.
    fn weigh(&self, captures: &Captures<'_>, surroundings: Surroundings<'_>) -> Option<Found> {
        let secret = captures.name("secret").or_else(|| last_group(captures))?;
        let prefix = self.prefix(secret.as_bytes());
        let worth = invented::worth(secret.as_bytes(), prefix);
        // What all of its kind begin with says nothing, and would widen the alphabet of hexadecimal digits.
        let drawn = &secret.as_bytes()[prefix..];
        let random = self.declared.min_entropy.is_none_or(|share| entropy::normalized(drawn) >= share);
        if worth == Worth::Nothing || !random {
            return None;
        }
        let host = captures.name("host").map_or(Host::Remote, |host| host::host(host.as_bytes()));
        if self.declared.host.is_some_and(|kind| !host.is(kind)) {
            return None;
        }
        let mut span = captures.get_match().range();
        let mut name = captures.name("name").map_or(span.start..span.start, |name| name.range());
        if name.start == span.start && !name.is_empty() {
            name.start = surroundings.start_of_name(name.start);
            span.start = name.start;
        }
        if self.declared.judges_names() && surroundings.is_answer(name.start) {
            return None;
        }
        let checked = self.check(Candidate {
            secret: secret.as_bytes(),
            whole: captures.get_match().as_bytes(),
            before: surroundings.before(name.start),
            name: &surroundings.bytes[name],
        })?;
        // In a translation, what is assigned to `password` is what a person reads on a screen.
        let translated = surroundings.class == PathClass::Data && self.declared.judges_names();
        if translated && checked.fails {
            return None;
        }
        let doubtful = translated || worth == Worth::Little || checked.fails || matches!(host, Host::Example | Host::Unknown);
        let confidence = if doubtful || !checked.holds && surroundings.speak_against(secret.start(), &self.declared.doubtful_in) {
            Confidence::Low
        } else {
            surroundings.confidence(self.confidence, checked.holds)
        };
        let hit = SecretHit {
            rule: self.rule,
            span,
            secret: secret.range(),
            confidence,
            public: self.declared.public,
            note: checked.note,
            plain: None,
        };
        Some(Found { hit, gives_way: self.declared.gives_way })
    }

    /// Runs the checks; `None` where one says that this is not what the rule is about.
    fn check(&self, candidate: Candidate<'_>) -> Option<Checked> {
        let mut checked = Checked::default();
        for check in &self.declared.checks {
            match check.run(candidate) {
                Outcome::NoSecret => return None,
                Outcome::Silent => {}
                Outcome::Says(note) => checked.note = Some(note),
                Outcome::Holds(note) => {
                    checked.holds = true;
                    checked.note = Some(note);
                }
                Outcome::Fails(note) => {
                    checked.fails = true;
                    checked.note = Some(note.to_owned());
                }
            }
        }
        Some(checked)
    }

    /// How long the keyword is with which the secret starts, if it does: that part is the same for all of its kind.
    fn prefix(&self, secret: &[u8]) -> usize {
        let starts = |keyword: &&String| secret.get(..keyword.len()).is_some_and(|start| start.eq_ignore_ascii_case(keyword.as_bytes()));
        self.declared.keywords.iter().filter(starts).map(String::len).max().unwrap_or(0)
    }
}

/// Shows each match in a text from a place on; what stands before it stays in sight.
fn each_match(pattern: &Regex, text: &[u8], mut at: usize, mut see: impl FnMut(&Captures<'_>)) {
    while at <= text.len()
        && let Some(captures) = pattern.captures_at(text, at)
    {
        let whole = captures.get_match().range();
        at = whole.end.max(whole.start + 1);
        see(&captures);
    }
}

/// The group of a pattern with several forms that took part; the last, for a group `name` stands before it.
fn last_group<'t>(captures: &Captures<'t>) -> Option<regex::bytes::Match<'t>> {
    captures.iter().skip(1).flatten().last()
}

/// What the checks of a rule said together.
#[derive(Debug, Default)]
struct Checked {
    holds: bool,
    fails: bool,
    note: Option<String>,
}

/// Keeps one hit for each secret: of a rule that gives way to none, then as it stands, then with the longest match, then
/// the surest.
fn settle(mut found: Vec<Found>) -> Vec<SecretHit> {
    let rank =
        |found: &Found| (!found.gives_way, found.hit.plain.is_none(), found.hit.span.len(), found.hit.confidence, Reverse(found.hit.rule));
    found.sort_by_key(|found| (found.hit.secret.start, Reverse(rank(found))));
    let mut kept: Vec<Found> = Vec::with_capacity(found.len());
    for next in found {
        match kept.last_mut() {
            Some(last) if next.hit.secret.start < last.hit.secret.end => {
                if rank(&next) > rank(last) {
                    *last = next;
                }
            }
            _ => kept.push(next),
        }
    }
    kept.into_iter().map(|found| found.hit).collect()
}

#[cfg(test)]
mod tests;
