//! Ways in that serve those who watch, index or describe the service: they are listed, and are no flow of its users.

use std::sync::LazyLock;

use serde::Deserialize;

use super::link::is_mount;
use super::{Flow, FlowKind};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    names: Vec<String>,
    alone: Vec<String>,
    below: Vec<String>,
    probes: Vec<String>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| crate::facts::table("asides.toml", include_str!("../../../rules/data/asides.toml")));

/// Whether an endpoint is read only, takes no parameter, and is called like one of the table.
pub(super) fn is_aside(flow: &Flow) -> bool {
    let reads = flow.method.as_deref().is_none_or(|method| matches!(method, "GET" | "HEAD"));
    if flow.kind != FlowKind::Http || !reads || flow.path.contains('{') {
        return false;
    }
    let parts: Vec<&str> = flow.path.split('/').filter(|part| !part.is_empty()).collect();
    let is = |list: &[String], part: &str| list.iter().any(|known| known.eq_ignore_ascii_case(part.trim_start_matches(['_', '-'])));
    let Some((last, above)) = parts.split_last() else { return false };
    let below = |list: &[String]| above.iter().any(|part| is(list, part));
    is(&TABLE.names, last)
        || below(&TABLE.below)
        || is(&TABLE.alone, last) && (below(&TABLE.probes) || above.iter().all(|part| is_mount(&part.to_ascii_lowercase())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::At;
    use crate::facts::flow::trigger::declared;

    #[test]
    fn what_serves_no_user_is_told_by_its_path() {
        let aside = |method: &str, path: &str| {
            is_aside(&declared(FlowKind::Http, Some(method.into()), path.into(), At::new("a.js", 1), Vec::new()).flow)
        };
        for path in [
            "/health",
            "/_health",
            "/api/v1/healthz",
            "/health/live",
            "/ready",
            "/v2/alive",
            "/robots.txt",
            "/actuator/info",
            "/rest/v1.2/metrics",
        ] {
            assert!(aside("GET", path), "{path}");
        }
        for path in [
            "/",
            "/orders",
            "/patients/{id}/health",
            "/orders/ready",
            "/healthy-meals",
            "/api/health-records",
            "/api/health/records",
            "/campaigns/metrics",
        ] {
            assert!(!aside("GET", path), "{path}");
        }
        assert!(!aside("POST", "/health"));
    }
}
