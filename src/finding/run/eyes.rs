//! What looks for secrets in a text, and what of a text is hidden.

use std::ops::Range;

use super::Asked;
use crate::finding::quiet::Quiet;
use crate::matcher::Matcher;
use crate::matcher::secret::memory::Memory;
use crate::matcher::secret::redact;
use crate::matcher::secret::{Scanner, SecretHit};
use crate::rule::Rule;
use crate::severity::Confidence;
use crate::snapshot::{PathClass, Text};

/// A value of low confidence that is shorter may be a plain word, and is cut only where it was found.
const STRONG: usize = 12;

/// What looks for secrets: the rules that are asked, and those that only keep secrets out of sight.
#[derive(Default)]
pub(in crate::finding) struct Eyes {
    pub(super) asked: Option<Scanner>,
    guard: Option<Scanner>,
    /// What the rules that are asked found nothing in, where the past was read: most of what is here was there.
    memory: Option<Memory>,
    /// Files that an earlier run found nothing in.
    pub(super) quiet: Option<Quiet>,
    /// Whether comments in the code may silence a finding.
    pub(super) ignores: bool,
}

impl Eyes {
    pub(super) fn new(Asked { rules, guard, ignores, .. }: Asked<'_>) -> Self {
        let asked = rules.iter().any(|rule| matches!(rule.matcher, Matcher::Secret(_)));
        let hides = |other: &&&Rule| matches!(other.matcher, Matcher::Secret(_)) && !rules.iter().any(|rule| rule.id == other.id);
        let others: Vec<&&Rule> = guard.iter().filter(hides).collect();
        Self {
            asked: asked.then(|| Scanner::new(rules.iter().map(|rule| (&rule.matcher, rule.confidence)))),
            guard: (!others.is_empty()).then(|| Scanner::new(others.iter().map(|rule| (&rule.matcher, rule.confidence)))),
            ignores,
            memory: None,
            quiet: None,
        }
    }

    /// The same, remembering what holds nothing.
    pub(super) fn remembering(self) -> Self {
        Self { memory: Some(Memory::default()), ..self }
    }

    /// What the rules that are asked find in a text of which only the bytes are known, as in a file of the product.
    pub(in crate::finding) fn glance(&self, bytes: &[u8]) -> Vec<SecretHit> {
        match (&self.asked, &self.memory) {
            (Some(scanner), Some(memory)) => scanner.scan_remembering(bytes, memory),
            _ => Vec::new(),
        }
    }

    /// What the rules that are asked find.
    ///
    /// What a repository says of its own paths must not hide its secrets: attributes do not count here, the table does.
    pub(in crate::finding) fn look(&self, text: &Text, path: &str) -> Vec<SecretHit> {
        let look = || {
            let unseen = self.memory.is_some() && self.glance(text.bytes()).is_empty();
            if unseen { Vec::new() } else { self.look_closely(text, path) }
        };
        match &self.quiet {
            Some(quiet) => quiet.or_look(path, text, look),
            None => look(),
        }
    }

    /// The same without a look at what is remembered, for a text that is known to hold something.
    pub(in crate::finding) fn look_closely(&self, text: &Text, path: &str) -> Vec<SecretHit> {
        let Some(scanner) = &self.asked else { return Vec::new() };
        let hits = scanner.scan(text, path, PathClass::Source);
        match PathClass::of(path) {
            class if class != PathClass::Source && !hits.is_empty() => scanner.scan(text, path, class),
            _ => hits,
        }
    }

    /// Everything that any rule finds, and is to be hidden.
    pub(in crate::finding) fn hide(&self, text: &Text, path: &str, hits: &[SecretHit]) -> Hidden {
        let more = self.guard.as_ref().map(|guard| guard.scan(text, path, PathClass::Source)).unwrap_or_default();
        let all = || hits.iter().chain(&more).filter(|hit| !hit.public);
        let strong = all().filter(|hit| hit.confidence > Confidence::Low || hit.secret.len() >= STRONG);
        let values = strong.flat_map(|hit| forms(hit, text)).collect();
        let sure = all().any(|hit| hit.confidence > Confidence::Low);
        let mut ranges: Vec<Range<usize>> = all().map(|hit| hit.secret.clone()).collect();
        ranges.sort_by_key(|range| range.start);
        let mut hidden: Vec<Range<usize>> = Vec::with_capacity(ranges.len());
        for range in ranges {
            match hidden.last_mut() {
                Some(last) if range.start < last.end => last.end = last.end.max(range.end),
                _ => hidden.push(range),
            }
        }
        Hidden { ranges: hidden, values, sure }
    }
}

/// The secrets of a text.
#[derive(Debug)]
pub(in crate::finding) struct Hidden {
    /// Where they stand, without overlap.
    pub(in crate::finding) ranges: Vec<Range<usize>>,
    /// Those that are cut wherever they stand.
    pub(in crate::finding) values: Vec<Vec<u8>>,
    /// Whether some rule is sure of one.
    pub(super) sure: bool,
}

/// A secret as it stands, as it is used, and, where it is sure to be one, as it stands in base 64.
fn forms(hit: &SecretHit, text: &Text) -> Vec<Vec<u8>> {
    let written = &text.bytes()[hit.secret.clone()];
    let sure = hit.confidence > Confidence::Low;
    let encoded = redact::in_base64(hit.plain.as_deref().unwrap_or(written)).filter(|_| sure);
    std::iter::once(written.to_vec()).chain(hit.plain.clone()).chain(encoded).collect()
}
