//! Where a credential leads: to the own machine, to a name kept for documents, or elsewhere.

use std::collections::HashSet;
use std::sync::LazyLock;

use schemars::JsonSchema;
use serde::Deserialize;

use super::invented;
use super::outcome::Outcome;

/// Which hosts a rule is about; its pattern has a group `host`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum HostKind {
    /// The own machine and containers beside it.
    Local,
    /// Everything else.
    Remote,
}

/// What is known of a host by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Host {
    /// The own machine and containers beside it.
    Local,
    /// A name that belongs to nobody, as documents use it.
    Example,
    /// A template that is filled in elsewhere.
    Unknown,
    /// Any other.
    Remote,
}

impl Host {
    /// Whether a rule about these hosts speaks of this one.
    pub(crate) fn is(self, kind: HostKind) -> bool {
        (self == Self::Local) == (kind == HostKind::Local)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    local: HashSet<String>,
    local_suffixes: Vec<String>,
    local_prefixes: Vec<String>,
    services: HashSet<String>,
    example: HashSet<String>,
    example_suffixes: Vec<String>,
    provider_labels: HashSet<String>,
    fictional: HashSet<String>,
}

static TABLE: LazyLock<Table> =
    LazyLock::new(|| crate::facts::table("local-hosts.toml", include_str!("../../../rules/data/local-hosts.toml")));

/// What is known of a host as it stands in a connection string or URL: with or without protocol, port and instance.
pub(crate) fn host(written: &[u8]) -> Host {
    let text = String::from_utf8_lossy(written).trim().to_ascii_lowercase();
    let text = text.strip_prefix("tcp:").unwrap_or(&text);
    let table = &*TABLE;
    if text.is_empty() || table.local_prefixes.iter().any(|prefix| text.starts_with(prefix.as_str())) {
        return Host::Local;
    }
    if text.contains(['{', '$', '<', '%', '#']) {
        return Host::Unknown;
    }
    let name = bare(text);
    let ends = |suffixes: &[String]| suffixes.iter().any(|suffix| name.ends_with(suffix.as_str()));
    if table.local.contains(name) || ends(&table.local_suffixes) || is_service(name) {
        Host::Local
    } else if table.example.contains(name) || ends(&table.example_suffixes) {
        Host::Example
    } else {
        Host::Remote
    }
}

/// Whether a host below a provider's domain belongs to one of its customers.
pub(crate) fn live(name: &[u8]) -> Outcome {
    let name = String::from_utf8_lossy(name).to_ascii_lowercase();
    let label = name.split('.').next().unwrap_or_default();
    let made_up = label.split('-').any(|word| TABLE.fictional.contains(word) || invented::says_made_up(word));
    if TABLE.provider_labels.contains(label) || made_up { Outcome::NoSecret } else { Outcome::Silent }
}

/// Without port and instance, and an address of IPv6 without its brackets.
fn bare(text: &str) -> &str {
    if let Some(address) = text.strip_prefix('[') {
        return address.split(']').next().unwrap_or(address);
    }
    text.split([',', ':', '\\', '/']).next().unwrap_or(text)
}

fn is_service(name: &str) -> bool {
    !name.contains('.') && name.split(['-', '_']).any(|part| TABLE.services.contains(part.trim_end_matches(|c: char| c.is_ascii_digit())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_own_machine_and_its_containers_are_local() {
        for name in [
            "localhost",
            "localhost:5432",
            "127.0.0.1,1433",
            ".",
            r".\SQLEXPRESS",
            r"(localdb)\MSSQLLocalDB",
            "tcp:localhost,1433",
            "sqlserver",
            "orders-db",
            "redis1",
            "[::1]:6379",
            "[::1",
            "host.docker.internal",
        ] {
            assert_eq!(host(name.as_bytes()), Host::Local, "{name}");
        }
    }

    #[test]
    fn others_are_remote_unless_kept_for_documents_or_filled_in() {
        for name in ["tcp:orders.database.windows.net,1433", "190.12.7.4", "uszdba01", r"PRODSQL02\MAIN"] {
            assert_eq!(host(name.as_bytes()), Host::Remote, "{name}");
        }
        assert_eq!((host(b"db.example.com:5432"), host(b"${DB_HOST}")), (Host::Example, Host::Unknown));
        assert!(Host::Example.is(HostKind::Remote) && !Host::Local.is(HostKind::Remote) && Host::Unknown.is(HostKind::Remote));
    }

    #[test]
    fn hosts_of_providers_and_made_up_ones_are_nobodys() {
        for name in ["docs.auth0.com", "contoso-eu.openai.azure.com", "example.okta.com"] {
            assert_eq!(live(name.as_bytes()), Outcome::NoSecret, "{name}");
        }
        assert_eq!(live(b"Orders-Prod.vault.azure.net"), Outcome::Silent);
    }
}
