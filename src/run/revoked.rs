//! Secrets of the past that open nothing any more: what `[[revoked]]` makes of them, and what a reader is told of it.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::Plan;
use crate::finding::run::RuleOutcome;
use crate::finding::{Finding, Revocation, printable};
use crate::severity::Severity;

impl Plan {
    /// Makes information of what was revoked, and says so. What the files at hand still hold is not among these findings.
    ///
    /// `whole` says whether all of the past was asked by all rules: only then is an entry without a finding told.
    pub(super) fn revoke(&self, past: &mut [RuleOutcome], whole: bool) -> Vec<String> {
        if self.revoked.is_empty() {
            return Vec::new();
        }
        let today = self.as_of.as_ref().and_then(|day| day.parse().ok()).unwrap_or_else(latest_today);
        let (mut revoked, mut unused, mut later) = (0, Vec::new(), Vec::new());
        for entry in &self.revoked {
            let on = entry.day();
            let fingerprint = entry.fingerprint.get_ref().as_str();
            if on.is_none_or(|on| on > today) {
                later.push(fingerprint);
                continue;
            }
            let findings = past.iter_mut().flat_map(|outcome| &mut outcome.findings);
            let matching: Vec<&mut Finding> = findings.filter(|finding| finding.fingerprint == fingerprint).collect();
            if matching.is_empty() {
                unused.push(fingerprint);
            }
            for finding in matching {
                revoked += 1;
                finding.severity = Severity::Info;
                let on = on.as_ref().map(Date::to_string).unwrap_or_default();
                finding.revoked = Some(Revocation { on, by: printable(entry.by.get_ref().trim()) });
            }
        }
        let said = match revoked {
            0 => None,
            1 => Some("1 secret of the history counts as revoked".to_owned()),
            number => Some(format!("{number} secrets of the history count as revoked")),
        };
        let left = (whole && !unused.is_empty())
            .then(|| format!("no finding of the history has the fingerprint of `[[revoked]]`: {}", unused.join(", ")));
        let later =
            (!later.is_empty()).then(|| format!("`[[revoked]]` names a day after {today}, so it does not count yet: {}", later.join(", ")));
        [said, left, later].into_iter().flatten().collect()
    }
}

/// Today where the day is the furthest: 14 hours ahead of UTC (Kiribati). Who writes "today" there is not ahead of time.
fn latest_today() -> Date {
    let ahead = Timestamp::now().saturating_add(SignedDuration::from_hours(14)).unwrap_or(Timestamp::MAX);
    ahead.to_zoned(TimeZone::UTC).date()
}
