//! The table of services, `rules/data/services.toml`.

use std::sync::{LazyLock, OnceLock};

use regex::Regex;
use serde::Deserialize;

use crate::facts::stack::table::Files;
use crate::table::Lazy;

/// Larger files are data rather than settings, or code that somebody wrote.
pub(super) const SETTINGS_LIMIT: usize = 200_000;

pub(super) static TABLE: LazyLock<Table> =
    LazyLock::new(|| crate::facts::table("services.toml", include_str!("../../../rules/data/services.toml")));

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Table {
    pub settings: Settings,
    pub embedded: Embedded,
    pub code: Literals,
    pub words: Words,
    #[serde(rename = "provider")]
    pub providers: Vec<Provider>,
    #[serde(rename = "service")]
    pub services: Vec<Rule>,
}

/// Files with connection strings.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Settings {
    pub files: Files,
    pub except: Files,
    pub comment: Lazy<Regex>,
}

/// What keeps data without a server.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Embedded {
    pub packages: Vec<String>,
    pub settings: Lazy<Regex>,
}

/// Literals of code that connect.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Literals {
    address: String,
    pub ado: Lazy<Regex>,
    /// A file without any of these holds no such literal.
    pub hints: Vec<String>,
}

/// Manifests that are read as words.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Words {
    pub files: Files,
}

/// A way to start services, with a pattern into which the names of a service are put.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Provider {
    /// A name for readers of the table.
    #[serde(rename = "kind")]
    pub _kind: String,
    pub files: Files,
    #[serde(default)]
    pub except: Files,
    pattern: String,
    /// A word that the file holds wherever the pattern fits.
    pub word: String,
    /// Whether lines that end in a backslash are joined first.
    #[serde(default)]
    pub joined: bool,
    /// Whether only tests count.
    #[serde(default)]
    pub only_tests: bool,
}

/// A kind of service.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rule {
    pub kind: String,
    #[serde(default = "yes")]
    pub local: bool,
    pub group: Option<String>,
    #[serde(default)]
    pub database: bool,
    pub packages: Vec<String>,
    pub settings: Option<Lazy<Regex>>,
    /// The schemes of its addresses.
    #[serde(default)]
    schemes: Vec<String>,
    /// Whether ADO.NET connects to it by a list of keys.
    #[serde(default)]
    pub ado: bool,
    images: Vec<String>,
    #[serde(default)]
    tools: Vec<String>,
    #[serde(default)]
    aspire: Vec<String>,
    #[serde(default)]
    containers: Vec<String>,
    /// The patterns of the providers with the names of this service, in the providers' order.
    #[serde(skip)]
    patterns: OnceLock<Vec<Option<Regex>>>,
}

fn yes() -> bool {
    true
}

impl Rule {
    /// What a literal with an address of this service looks like.
    pub(super) fn address(&self) -> Option<Regex> {
        let any = self.schemes.iter().map(|scheme| regex::escape(scheme)).collect::<Vec<_>>().join("|");
        (!any.is_empty()).then(|| Regex::new(&TABLE.code.address.replace("{schemes}", &any)).ok()).flatten()
    }

    /// The patterns of the providers for this service; none where a provider has no name for it.
    pub(super) fn patterns(&self) -> &[Option<Regex>] {
        self.patterns.get_or_init(|| TABLE.providers.iter().map(|provider| self.pattern(provider)).collect())
    }

    fn pattern(&self, provider: &Provider) -> Option<Regex> {
        let lists = [("{images}", &self.images), ("{tools}", &self.tools), ("{aspire}", &self.aspire), ("{containers}", &self.containers)];
        let (mark, names) = lists.into_iter().find(|(mark, _)| provider.pattern.contains(mark))?;
        let any: Vec<String> = names.iter().map(|name| regex::escape(name)).collect();
        (!any.is_empty()).then(|| {
            Regex::new(&provider.pattern.replace(mark, &any.join("|")))
                .unwrap_or_else(|error| unreachable!("patterns of tables are checked by tests: {error}"))
        })
    }

    /// Whether a package is a client of this service.
    pub(super) fn has_package(&self, name: &str) -> bool {
        is_listed(&self.packages, name)
    }
}

/// Whether a package stands in a list: by its name, a start (`x*`), or as a part or version of a module of Go.
pub(super) fn is_listed(list: &[String], name: &str) -> bool {
    list.iter().any(|known| match known.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => {
            name == known
                || (known.contains('.')
                    && known.contains('/')
                    && name.strip_prefix(known.as_str()).is_some_and(|rest| rest.starts_with('/')))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole() {
        for rule in &TABLE.services {
            assert_eq!(rule.patterns().len(), TABLE.providers.len());
            assert!(rule.patterns()[0].is_some(), "{} has images", rule.kind);
            assert!(rule.packages.iter().all(|name| *name == name.to_lowercase()), "{}: packages are in lower case", rule.kind);
        }
        assert!(is_listed(&["github.com/jackc/pgx".into()], "github.com/jackc/pgx/v5"));
        assert!(!is_listed(&["redis".into()], "redis-mock"));
    }
}
