//! Tables of `rules/data`: file names, words and commands as data, embedded by the reader that uses them.

/// Parses a table of `rules/data`, which is embedded in the binary and held right by a test.
pub(crate) fn table<T: serde::de::DeserializeOwned>(name: &str, text: &str) -> T {
    toml::from_str(text).unwrap_or_else(|error| unreachable!("rules/data/{name} is checked by a test: {error}"))
}

#[cfg(test)]
mod tests {
    /// A table that does not parse would stop the program at its first use; this finds it before.
    #[test]
    fn every_table_is_toml() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/data");
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            let text = std::fs::read_to_string(entry.path()).unwrap();
            toml::from_str::<toml::Table>(&text).unwrap_or_else(|error| panic!("{}: {error}", entry.path().display()));
        }
    }
}
