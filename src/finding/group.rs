//! One finding for one secret: what has the same value in many places is mended once, so it is told once.
//!
//! Values are compared by hash, and neither is kept in a finding.

use std::collections::HashMap;

use super::Finding;
use crate::snapshot::PathClass;

/// A finding with the index of its rule and, for a secret, the hash of its value.
pub(crate) type Valued = (usize, Option<u64>, Finding);

/// Joins findings of one rule, value and message; the order of those that are left stays.
///
/// The first place is one of code where there is one, else the first by path: it gives the finding its fingerprint and its line. How sure
/// the finding is, is how sure its surest place is. What a comment ignores has a reason of its own and stays alone.
pub(super) fn join(findings: Vec<Valued>) -> Vec<Valued> {
    let mut groups: HashMap<(usize, u64, &str), Vec<usize>> = HashMap::new();
    for (at, (rule, value, finding)) in findings.iter().enumerate() {
        if let Some(value) = value.filter(|_| finding.ignored_by.is_none() && finding.places.len() == 1) {
            groups.entry((*rule, value, &finding.message)).or_default().push(at);
        }
    }
    let mut members: HashMap<usize, Vec<usize>> = HashMap::new();
    for mut group in groups.into_values().filter(|group| group.len() > 1) {
        group.sort_by_key(|at| rank(&findings[*at].2));
        members.insert(group[0], group[1..].to_vec());
    }
    let mut findings: Vec<Option<Valued>> = findings.into_iter().map(Some).collect();
    for (first, others) in members {
        let others: Vec<Finding> = others.into_iter().filter_map(|at| Some(findings[at].take()?.2)).collect();
        let Some((_, _, first)) = &mut findings[first] else { continue };
        for other in others {
            first.severity = first.severity.max(other.severity);
            first.confidence = first.confidence.max(other.confidence);
            first.places.extend(other.places);
        }
    }
    findings.into_iter().flatten().collect()
}

/// Code comes before all else; then the place decides.
fn rank(finding: &Finding) -> (bool, Option<super::Place>) {
    let place = finding.places.first();
    (place.is_none_or(|place| PathClass::of(&place.path) != PathClass::Source), place.cloned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::finding::{Place, State};
    use crate::severity::{Confidence, Severity};

    fn finding(path: &str, line: usize, confidence: Confidence) -> Finding {
        Finding {
            rule: "secrets/a".into(),
            severity: Severity::Major,
            confidence,
            fingerprint: format!("{path}:{line}"),
            message: "A".into(),
            why: String::new(),
            help: String::new(),
            places: vec![Place { path: path.into(), line, column: 1, end_line: line, end_column: 2 }],
            snippet: None,
            marked: None,
            history: None,
            state: None::<State>,
            ignored_by: None,
            revoked: None,
        }
    }

    #[test]
    fn one_value_is_one_finding_that_begins_in_code() {
        let (low, high) = (Confidence::Low, Confidence::High);
        let all = [("README.md", 3, low), ("src/b.js", 9, high), ("tests/a.js", 1, low), ("src/c.js", 1, high)];
        let joined = join(all.map(|(path, line, confidence)| (0, Some(7), finding(path, line, confidence))).to_vec());
        assert_eq!(joined.len(), 1);
        let (_, _, one) = &joined[0];
        assert_eq!((one.fingerprint.as_str(), one.confidence), ("src/b.js:9", high));
        let paths: Vec<&str> = one.places.iter().map(|place| place.path.as_str()).collect();
        assert_eq!(paths, ["src/b.js", "src/c.js", "README.md", "tests/a.js"]);
    }

    proptest! {
        /// No place is lost, none comes twice, and the surest finding of each rule is as sure as before: outcomes stay.
        #[test]
        fn joining_loses_nothing(found in prop::collection::vec((0usize..3, prop::option::of(0u64..3), 0usize..4, any::<bool>()), 0..40)) {
            let valued: Vec<Valued> = found.iter().enumerate().map(|(line, (rule, value, file, sure))| {
                let confidence = if *sure { Confidence::High } else { Confidence::Low };
                (*rule, *value, finding(["src/a.js", "README.md", "b.js", "tests/c.js"][*file], line + 1, confidence))
            }).collect();
            let joined = join(valued.clone());
            let lines = |places: &[Place]| places.iter().map(|place| place.line).collect::<Vec<_>>();
            let mut after: Vec<usize> = joined.iter().flat_map(|(_, _, finding)| lines(&finding.places)).collect();
            after.sort_unstable();
            prop_assert_eq!(after, (1..=found.len()).collect::<Vec<_>>());
            for rule in 0..3 {
                let before = valued.iter().filter(|(of, ..)| *of == rule).map(|(.., finding)| finding.confidence).max();
                prop_assert_eq!(before, joined.iter().filter(|(of, _, _)| *of == rule).map(|(_, _, finding)| finding.confidence).max());
            }
        }
    }
}
