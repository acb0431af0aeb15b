//! Reads what `encoded.rs` decoded with the rules that may, and tells what they find at the place where it stands encoded.
//!
//! Nothing here looks at more of a text than one stretch and what stands directly before it.

use std::ops::Range;

use super::encoded::{self, Stretch};
use super::surroundings::Surroundings;
use super::{Found, Prepared, Scanner, SecretRule};

impl Scanner {
    /// What stands in encoded stretches, and in those that stand in them, so deep.
    pub(super) fn read_inside(&self, surroundings: Surroundings<'_>, depth: usize, found: &mut Vec<Found>) {
        for stretch in encoded::stretches(surroundings.bytes) {
            let content = content(surroundings, &stretch);
            let mut inside = self.read(content, SecretRule::reads_encoded);
            if depth > 1 {
                self.read_inside(content, depth - 1, &mut inside);
            }
            tell(surroundings.bytes, &stretch, inside, found);
        }
    }
}

impl Prepared {
    /// The same for strings that are put together over several lines around these keywords.
    pub(super) fn find_joined(&self, surroundings: Surroundings<'_>, keywords: &[Range<usize>], found: &mut Vec<Found>) {
        let mut end = 0;
        for keyword in keywords.iter().filter(|_| self.declared.joined) {
            let stretch = if keyword.start < end { None } else { encoded::joined::around(surroundings.bytes, keyword) };
            let Some(stretch) = stretch else { continue };
            end = stretch.span.end;
            let mut inside = Vec::new();
            self.find_near(content(surroundings, &stretch), &mut std::iter::once(0..stretch.bytes.len()).collect(), &mut inside);
            tell(surroundings.bytes, &stretch, inside, found);
        }
    }
}

/// The content of a stretch, with what stands before it.
fn content<'a>(around: Surroundings<'a>, stretch: &'a Stretch) -> Surroundings<'a> {
    let outside = if around.outside.is_empty() { &around.bytes[..stretch.span.start] } else { around.outside };
    Surroundings { bytes: &stretch.bytes, outside, ..around }
}

/// Moves what was found in a stretch to where it stands encoded. What holds no encoded byte was found there before.
fn tell(text: &[u8], stretch: &Stretch, inside: Vec<Found>, found: &mut Vec<Found>) {
    if inside.is_empty() {
        return;
    }
    let origins = stretch.origins(text);
    for mut inner in inside {
        let secret = inner.hit.secret.clone();
        let (Some(span), Some(place)) = (origins.of(&inner.hit.span), origins.of(&secret)) else { continue };
        if span.len() == inner.hit.span.len() {
            continue;
        }
        if inner.hit.plain.is_none() {
            inner.hit.plain = Some(stretch.bytes[secret].to_vec());
            let told = stretch.form.told();
            inner.hit.note = Some(inner.hit.note.map_or_else(|| told.to_owned(), |note| format!("{note}, {told}")));
        }
        (inner.hit.span, inner.hit.secret) = (span, place);
        found.push(inner);
    }
}
