//! Routes by how many segments they have, and by the segment that the fewest of them share: a call is held against few of
//! them, however many there are.

use std::collections::HashMap;

use super::route::{Route, Segment};

/// Routes by their shape, each by its number.
#[derive(Default)]
pub(super) struct Shapes<'r> {
    by_length: HashMap<usize, Vec<usize>>,
    /// By length and rarest segment; those without a written segment by none.
    by_segment: HashMap<(usize, Option<&'r str>), Vec<usize>>,
    open_ended: Vec<usize>,
}

impl<'r> Shapes<'r> {
    pub(super) fn of(routes: &'r [Option<Route>]) -> Self {
        let mut shapes = Self::default();
        let mut count: HashMap<&str, usize> = HashMap::new();
        routes.iter().flatten().flat_map(|route| written(&route.segments)).for_each(|text| *count.entry(text).or_default() += 1);
        for (at, route) in routes.iter().enumerate() {
            let Some(route) = route else { continue };
            if route.segments.last() == Some(&Segment::Rest) {
                shapes.open_ended.push(at);
            }
            let rarest = written(&route.segments).min_by_key(|text| count.get(text).copied());
            let length = route.segments.len();
            for length in std::iter::once(length).chain(route.optional.then(|| length.saturating_sub(1))) {
                shapes.by_length.entry(length).or_default().push(at);
                shapes.by_segment.entry((length, rarest)).or_default().push(at);
            }
        }
        shapes
    }

    /// The routes of this many segments.
    pub(super) fn of_length(&self, length: usize) -> impl Iterator<Item = usize> + '_ {
        self.by_length.get(&length).into_iter().flatten().copied()
    }

    /// The routes that a path may mean as a whole: what they write out has to stand in it.
    pub(super) fn around(&self, path: &[Segment]) -> Vec<usize> {
        let keys = std::iter::once(None).chain(written(path).map(Some));
        let found = keys.filter_map(|key| self.by_segment.get(&(path.len(), key))).flatten();
        found.chain(&self.open_ended).copied().collect()
    }
}

fn written(segments: &[Segment]) -> impl Iterator<Item = &str> {
    segments.iter().filter_map(|segment| match segment {
        Segment::Text(text) => Some(text.as_str()),
        Segment::Any | Segment::Rest => None,
    })
}
