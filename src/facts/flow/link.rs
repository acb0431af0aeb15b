//! Which tests run through which flows: the calls that tests make, held against the flows that the code declares.
//!
//! A path is compared by its segments: without regard to case, query and trailing slash, and what is filled in may stand
//! for a parameter. What is written out beats a parameter. A call whose path is not known may mean any flow of its
//! method, so those that no other test reaches are unknown, not untested.

mod route;
mod shape;

use std::collections::{BTreeSet, HashMap};

pub(super) use route::is_mount;
use route::{Route, Segment, ends_in, fits, is_prefix, path_of, resolved, route_of};
use shape::Shapes;

use super::{Declared, Flow, FlowKind, Level};
use crate::facts::code::value::{Constants, Piece, Value};
use crate::facts::tests::call::{Call, Target};

/// What tests do with a flow.
#[derive(Default, Clone)]
struct Reach {
    http: Vec<usize>,
    below: Vec<usize>,
    off: Vec<usize>,
    maybe: bool,
}

/// The flows, with the tests that run through each. `constants` are those of the product, by which tests may name paths.
pub(crate) fn link(declared: Vec<Declared>, calls: &[Call], constants: &Constants) -> Vec<Flow> {
    let routes: Vec<Option<Route>> = declared.iter().map(|one| route_of(&one.flow)).collect();
    let mut by_handler: HashMap<&str, Vec<usize>> = HashMap::new();
    for (at, one) in declared.iter().enumerate() {
        one.handlers.iter().for_each(|handler| by_handler.entry(handler).or_default().push(at));
    }
    let index = Index { declared: &declared, routes: &routes, shapes: Shapes::of(&routes), by_handler };
    let mut reaches = vec![Reach::default(); declared.len()];
    for (number, call) in calls.iter().enumerate() {
        index.hold(number, call, constants, &mut reaches);
    }
    declared.into_iter().zip(reaches).map(|(one, reach)| judged(one.flow, &reach, calls)).collect()
}

/// How many tests are named for a flow.
const MOST: usize = 100;

fn note(tests: &mut Vec<usize>, number: usize) {
    if tests.len() < MOST {
        tests.push(number);
    }
}

/// The names by which calls name paths of the product: constants to be looked up before they are held against flows.
pub(crate) fn unknown_names(calls: &[Call]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for call in calls {
        let Target::Path(value) = &call.target else { continue };
        for piece in &value.0 {
            let Piece::Hole(text) = piece else { continue };
            let name = text.split('(').next().unwrap_or_default();
            let is_name = |part: &str| part.starts_with(|first: char| first.is_ascii_uppercase());
            if let Some((holder, last)) = name.rsplit_once('.').filter(|(holder, _)| is_name(holder.rsplit('.').next().unwrap_or(holder))) {
                let last = if last.starts_with("Build") { "Route" } else { last };
                names.insert(format!("{holder}.{last}"));
            } else if text == name && (name.contains('.') || is_constant(name)) {
                names.insert(name.to_owned());
            }
        }
    }
    names
}

fn is_constant(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|letter| letter.is_ascii_uppercase() || letter.is_ascii_digit() || letter == '_')
}

/// The handlers and commands of flows, which tests may call below HTTP.
pub(crate) fn handlers(declared: &[Declared]) -> Vec<String> {
    let mut names: Vec<String> = declared.iter().flat_map(|one| one.handlers.iter().cloned()).collect();
    names.sort();
    names.dedup();
    names
}

/// Whether no test reaches a flow that a client of HTTP could call.
pub(crate) fn is_open(flow: &Flow) -> bool {
    flow.kind == FlowKind::Http && flow.level == Level::None
}

/// Where tests run that are not read, a flow that no other test reaches may be tested by them.
pub(crate) fn doubt<'f>(flows: impl IntoIterator<Item = &'f mut Flow>) {
    for flow in flows.into_iter().filter(|flow| flow.level == Level::None) {
        flow.level = Level::Unknown;
        flow.tested = None;
    }
}

fn judged(mut flow: Flow, reach: &Reach, calls: &[Call]) -> Flow {
    let (level, tests) = if !reach.http.is_empty() {
        (Level::Http, &reach.http)
    } else if !reach.below.is_empty() {
        (Level::BelowHttp, &reach.below)
    } else if reach.maybe {
        (Level::Unknown, &reach.http)
    } else if !reach.off.is_empty() {
        (Level::SkippedOnly, &reach.off)
    } else {
        (Level::None, &reach.http)
    };
    flow.level = level;
    flow.tested = match level {
        Level::Http | Level::BelowHttp => Some(true),
        Level::SkippedOnly | Level::None => Some(false),
        Level::Unknown => None,
    };
    flow.tests = tests.iter().filter_map(|at| calls.get(*at)).map(|call| call.at.clone()).collect();
    flow.tests.sort();
    flow.tests.dedup();
    flow
}

struct Index<'a> {
    declared: &'a [Declared],
    routes: &'a [Option<Route>],
    shapes: Shapes<'a>,
    by_handler: HashMap<&'a str, Vec<usize>>,
}

impl Index<'_> {
    fn hold(&self, number: usize, call: &Call, constants: &Constants, reaches: &mut [Reach]) {
        match &call.target {
            Target::Name(name) => {
                for at in self.by_handler.get(name.as_str()).into_iter().flatten() {
                    let reach = &mut reaches[*at];
                    note(if call.off { &mut reach.off } else { &mut reach.below }, number);
                }
            }
            Target::Route(name) => {
                let found: Vec<usize> = (0..self.declared.len()).filter(|at| self.is_named(*at, name)).collect();
                self.reach(number, call, &found, reaches);
            }
            Target::Path(value) => {
                let value = resolved(value, constants);
                match path_of(&value) {
                    Some((segments, prefix)) => {
                        let found = self.matching(&segments, prefix, call);
                        if found.is_empty() {
                            self.loosely(&segments, call, reaches);
                        }
                        self.reach(number, call, &found, reaches);
                    }
                    None if !call.off && !follows_link(&value) => self.doubt(call, reaches),
                    None => {}
                }
            }
        }
    }

    /// `users:list` of Django stands for the name `list`; `bp.function` of Flask for the function.
    fn is_named(&self, at: usize, name: &str) -> bool {
        let last = name.rsplit(':').next().unwrap_or(name);
        let one = &self.declared[at];
        let named =
            one.name.as_deref().is_some_and(|own| own == name || own == last || own.rsplit(':').next() == Some(last) && !own.contains('.'));
        let function = name.rsplit('.').next().unwrap_or(name);
        named || one.name.is_none() && one.handlers.iter().any(|handler| handler == function)
    }

    /// A path with something filled in may mean what is written out in a flow.
    fn loosely(&self, path: &[Segment], call: &Call, reaches: &mut [Reach]) {
        let fits = |route: &Route| {
            route.segments.len() == path.len()
                && route.segments.iter().zip(path).all(|(one, other)| *one == Segment::Any || *other == Segment::Any || one == other)
        };
        if call.off || !path.contains(&Segment::Any) || path.iter().all(|segment| *segment == Segment::Any) {
            return;
        }
        for at in self.shapes.of_length(path.len()) {
            if self.routes[at].as_ref().is_some_and(fits) && self.admits(at, call.method.as_deref(), &[]) {
                reaches[at].maybe = true;
            }
        }
    }

    /// Notes that a call reaches flows. Several with different methods, where the call's is not known, are in doubt.
    fn reach(&self, number: usize, call: &Call, found: &[usize], reaches: &mut [Reach]) {
        let admitted: Vec<usize> = found.iter().copied().filter(|at| self.admits(*at, call.method.as_deref(), found)).collect();
        // Several paths: nobody knows which is meant.
        let path = admitted.first().map(|at| &self.declared[*at].flow.path);
        let one = admitted.iter().all(|at| path.is_some_and(|path| self.declared[*at].flow.path.eq_ignore_ascii_case(path)));
        let sure = (call.method.is_some() || found.len() <= 1) && one;
        for at in admitted {
            if call.off {
                note(&mut reaches[at].off, number);
            } else if sure {
                note(&mut reaches[at].http, number);
            } else {
                reaches[at].maybe = true;
            }
        }
    }

    /// Whether a flow answers to a method. `PUT` and `PATCH` that are declared in one place are one action.
    fn admits(&self, at: usize, method: Option<&str>, found: &[usize]) -> bool {
        let flow = &self.declared[at].flow;
        let (Some(own), Some(method)) = (flow.method.as_deref(), method) else { return true };
        if own == "ANY" || own.eq_ignore_ascii_case(method) || own == "GET" && method == "HEAD" && !self.has(found, "HEAD") {
            return true;
        }
        let twins = matches!((own, method), ("PUT", "PATCH") | ("PATCH", "PUT"));
        twins
            && found.iter().any(|other| {
                let other = &self.declared[*other].flow;
                other.method.as_deref() == Some(method) && other.file == flow.file && other.line == flow.line
            })
    }

    fn has(&self, found: &[usize], method: &str) -> bool {
        found.iter().any(|at| self.declared[*at].flow.method.as_deref() == Some(method))
    }

    /// A call whose path is not known may be one of any flow of its method.
    fn doubt(&self, call: &Call, reaches: &mut [Reach]) {
        let around = tested_folder(&call.at.file);
        for (at, reach) in reaches.iter_mut().enumerate() {
            let flow = &self.declared[at].flow;
            if !(around.is_empty() || flow.file.strip_prefix(around).is_some_and(|rest| rest.starts_with('/'))) {
                continue;
            }
            let http = matches!(flow.kind, FlowKind::Http | FlowKind::Page);
            let same = call.method.is_none() || flow.method.is_none() || flow.method == call.method;
            reach.maybe |= http && same;
        }
    }

    /// The flows that a path means, of any method: those that match it best, whole, else behind a prefix.
    fn matching(&self, path: &[Segment], prefix: bool, call: &Call) -> Vec<usize> {
        let best = self.best(self.shapes.around(path).into_iter(), path, call);
        if !best.is_empty() {
            return best;
        }
        self.behind_prefix(path, prefix, call)
    }

    /// The flows that a path means whose prefix is filled in, or left out where the test mounts a part of the application,
    /// or is not known of the flow. Without such a hole, only `api` and versions are taken for a prefix.
    fn behind_prefix(&self, path: &[Segment], prefix: bool, call: &Call) -> Vec<usize> {
        let has_text = path.iter().any(|segment| matches!(segment, Segment::Text(_)));
        if !has_text && !prefix {
            return Vec::new();
        }
        let longer = |extra: usize| {
            self.shapes
                .of_length(path.len() + extra)
                .filter(move |at| self.routes[*at].as_ref().is_some_and(|route| ends_in(&route.segments, path)))
        };
        let admitted = |at: &usize| self.admits(*at, call.method.as_deref(), &[]);
        if prefix {
            let nearest = (1..=PREFIX).map(|extra| self.literal(longer(extra).filter(admitted), path)).find(|found| !found.is_empty());
            return nearest.unwrap_or_default();
        }
        let found: Vec<usize> = (1..=PREFIX).flat_map(longer).filter(admitted).collect();
        if !found.is_empty() {
            let mounted =
                |at: &usize| self.routes[*at].as_ref().is_some_and(|route| is_prefix(&route.segments[..route.segments.len() - path.len()]));
            return if found.iter().all(mounted) { self.literal(found.into_iter(), path) } else { Vec::new() };
        }
        let shorter = (1..=2).filter(|skip| *skip < path.len() && is_prefix(&path[..*skip]));
        let shorter = shorter.flat_map(|skip| {
            let rest = &path[skip..];
            let found =
                self.shapes.of_length(rest.len()).filter(|at| self.routes[*at].as_ref().is_some_and(|route| fits(&route.segments, rest)));
            self.literal(found.filter(admitted), rest)
        });
        shorter.collect()
    }

    fn best(&self, candidates: impl Iterator<Item = usize>, path: &[Segment], call: &Call) -> Vec<usize> {
        let found: Vec<usize> =
            candidates.filter(|at| self.routes[*at].as_ref().is_some_and(|route| fits(&route.segments, path))).collect();
        // What is written out beats a parameter, among those that answer to the method.
        let method = call.method.as_deref();
        let admitted: Vec<usize> = found.iter().copied().filter(|at| self.admits(*at, method, &found)).collect();
        self.literal(admitted.into_iter(), path)
    }

    fn literal(&self, found: impl Iterator<Item = usize>, path: &[Segment]) -> Vec<usize> {
        let scored: Vec<(usize, usize)> = found.map(|at| (self.score(at, path), at)).collect();
        let Some(best) = scored.iter().map(|(score, _)| *score).max() else { return Vec::new() };
        let mut found: Vec<usize> = scored.into_iter().filter(|(score, _)| *score == best).map(|(_, at)| at).collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    /// How many segments of the flow's tail agree with the path as it is written.
    fn score(&self, at: usize, path: &[Segment]) -> usize {
        let Some(route) = &self.routes[at] else { return 0 };
        let skip = route.segments.len().saturating_sub(path.len());
        let agree = route.segments.iter().skip(skip).zip(path).filter(|(one, other)| one == other).count();
        agree * 2 + usize::from(route.segments.last() != Some(&Segment::Rest))
    }
}

/// Whether a path is taken from an answer: a download, a redirect. It leads to one flow, which is not known, and casts no
/// doubt on all others.
fn follows_link(value: &Value) -> bool {
    let taken = |text: &str| text.contains("[\"") || text.contains("['") || text.to_ascii_lowercase().contains("location");
    value.0.iter().any(|piece| matches!(piece, Piece::Hole(text) if taken(text)))
}

/// The folder that holds both tests and what they test: what stands before the folder of the tests.
fn tested_folder(path: &str) -> &str {
    let mut end = 0;
    for part in path.split('/') {
        let lower = part.to_ascii_lowercase();
        let tests = ["test", "spec", "e2e", "playwright", "cypress"].iter().any(|word| lower.contains(word));
        if tests || end + part.len() >= path.len() {
            break;
        }
        end += part.len() + 1;
    }
    path.get(..end.saturating_sub(1)).unwrap_or_default()
}

/// How many segments a prefix may have.
const PREFIX: usize = 4;

#[cfg(test)]
mod tests;
