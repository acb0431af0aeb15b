//! Paths of flows and of calls, cut into segments and held against each other.

use crate::facts::code::value::{Constants, Piece, Value};
use crate::facts::flow::{Flow, FlowKind};

/// A segment of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Segment {
    /// Written out, in lower case.
    Text(String),
    /// A parameter, or what is filled in.
    Any,
    /// All that follows.
    Rest,
}

/// A flow's path, cut into segments.
pub(super) struct Route {
    pub segments: Vec<Segment>,
    /// Whether the last segment may be missing.
    pub optional: bool,
}

/// Whether segments are such as a part of an application is mounted below: `api`, a version.
pub(super) fn is_prefix(segments: &[Segment]) -> bool {
    segments.iter().all(|segment| matches!(segment, Segment::Text(text) if is_mount(text)))
}

/// Whether a part of a path, in lower case, only says where an application is mounted.
pub(in crate::facts::flow) fn is_mount(part: &str) -> bool {
    let number = |rest: &str| !rest.is_empty() && rest.chars().all(|digit| digit.is_ascii_digit() || digit == '.');
    part.strip_prefix('v').is_some_and(number) || matches!(part, "api" | "rest")
}

/// Whether a path is one of a flow: a parameter takes anything, what is filled in stands for a parameter only.
pub(super) fn fits(route: &[Segment], path: &[Segment]) -> bool {
    let rest = route.last() == Some(&Segment::Rest);
    let fixed = if rest { &route[..route.len() - 1] } else { route };
    let same_length = path.len() == fixed.len() || rest && path.len() >= fixed.len() || path.len() + 1 == fixed.len();
    same_length && fixed.iter().zip(path).all(|(one, other)| *one == Segment::Any || one == other)
}

pub(super) fn ends_in(route: &[Segment], path: &[Segment]) -> bool {
    let skip = route.len().saturating_sub(path.len());
    let tail = route.get(skip..).unwrap_or_default();
    // A tail that begins with a parameter takes anything.
    tail.first() == path.first() && fits(tail, path)
}

pub(super) fn route_of(flow: &Flow) -> Option<Route> {
    if !matches!(flow.kind, FlowKind::Http | FlowKind::Page) {
        return None;
    }
    let path = flow.path.trim_end_matches('/');
    let last = path.rsplit('/').next().unwrap_or_default();
    let optional = last.starts_with('{') && last.ends_with("?}");
    let segment = |text: &str| {
        if text.starts_with("{*") || text.starts_with('*') || text.ends_with("...}") || text.ends_with(":path}") {
            Segment::Rest
        } else if text.contains('{') {
            Segment::Any
        } else {
            Segment::Text(text.to_lowercase())
        }
    };
    Some(Route { segments: path.split('/').filter(|part| !part.is_empty()).map(segment).collect(), optional })
}

/// A value whose holes are filled with constants of the product. A builder beside a constant `Route` fills that route.
pub(super) fn resolved(value: &Value, constants: &Constants) -> Value {
    let mut full = Value::default();
    for piece in &value.0 {
        let known = match piece {
            Piece::Hole(name) => constants.get(name).or_else(|| {
                let (holder, call) = name.split_once('.')?;
                let builds = call.starts_with("Build") && call.ends_with(')') || call == "Route";
                builds.then(|| constants.get(&format!("{holder}.Route")))?
            }),
            Piece::Known(_) => None,
        };
        match known {
            Some(value) => full.0.extend(value.0.iter().cloned()),
            None => full.0.push(piece.clone()),
        }
    }
    full
}

/// The segments of a called path, and whether its beginning is not known; none where nothing of it is.
pub(super) fn path_of(value: &Value) -> Option<(Vec<Segment>, bool)> {
    let mut text = String::new();
    for piece in &value.0 {
        match piece {
            Piece::Known(known) => text.push_str(known),
            Piece::Hole(_) => text.push(FILLED),
        }
    }
    let text = text.split(['?', '#']).next().unwrap_or_default();
    let mut rest = text;
    if let Some((_, behind)) = rest.split_once("://") {
        rest = behind.find('/').map_or("", |at| &behind[at..]);
    }
    // What is filled in first is where the server is, or a prefix.
    let prefix = rest.starts_with(FILLED);
    let rest = rest.trim_start_matches(FILLED);
    if prefix && rest.trim_matches('/').is_empty() && !rest.starts_with('/') {
        return None;
    }
    let segment = |part: &str| match part.trim_end_matches(FILLED) {
        // A query may follow what is written out.
        written if !written.is_empty() && !written.contains([FILLED, '{', ':']) => Segment::Text(written.to_lowercase()),
        _ => Segment::Any,
    };
    let segments = rest.split('/').filter(|part| !part.is_empty()).map(segment).collect();
    Some((segments, prefix))
}

/// Stands for what is filled in; no path holds it.
const FILLED: char = '\u{1}';
