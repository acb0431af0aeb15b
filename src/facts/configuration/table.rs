//! The table `settings.toml`: how code reads settings, and what declares them.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::facts::code::Language;
use crate::facts::stack::table::Files;
use crate::snapshot::File;

/// The table.
pub(super) static TABLE: LazyLock<Table> =
    LazyLock::new(|| crate::facts::table("settings.toml", include_str!("../../../rules/data/settings.toml")));

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Table {
    language: Vec<LanguageRow>,
    sources: Sources,
    pub reader: Vec<Reader>,
    pub defaults: Defaults,
    pub schema: Schema,
    pub classes: Classes,
    pub tags: Tags,
    pub memory: Memory,
    pub passed: Vec<Passed>,
    pub names: Names,
    pub declared: Declared,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LanguageRow {
    lexed_as: String,
    extensions: Vec<String>,
    #[serde(default)]
    names: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sources {
    except: Files,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Memory {
    pub marks: Vec<String>,
    pub sources: Vec<String>,
}

/// One way to read a setting.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Reader {
    pub languages: Vec<String>,
    #[serde(default)]
    pub calls: Vec<String>,
    #[serde(default)]
    pub indexes: Vec<String>,
    #[serde(default)]
    pub members: Vec<String>,
    #[serde(default)]
    pub on: Vec<String>,
    pub needs: Option<String>,
    #[serde(default)]
    pub name_at: usize,
    pub default_at: Option<usize>,
    #[serde(default)]
    pub absent: bool,
    #[serde(default)]
    pub except: Vec<String>,
    pub form: Form,
}

/// What a name is a name of.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Form {
    /// An environment variable.
    #[default]
    Variable,
    /// An environment variable, where it is written in capitals.
    Upper,
    /// A path into the configuration.
    Key,
    /// A part of the configuration.
    Section,
    /// A key below `ConnectionStrings`.
    Connection,
    /// A text with `${key:default}`.
    Placeholder,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Defaults {
    pub named: Vec<String>,
    pub methods: Vec<String>,
    pub calls: Vec<String>,
    pub stops: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Schema {
    pub marks: Vec<String>,
    pub types: Vec<String>,
    pub lenient: Vec<String>,
    /// Decorators of a field that may be absent.
    pub decorators: Vec<String>,
    pub optional: Vec<String>,
    pub required: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Classes {
    pub bases: Vec<String>,
    pub aliases: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Tags {
    pub names: Vec<String>,
    pub defaults: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Names {
    ambient: Vec<String>,
    provided: Vec<String>,
    framework_files: Files,
    skeleton: Vec<Skeleton>,
}

/// Settings that a framework names in a file which it lays into each new project, and which its users go on in.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Skeleton {
    files: Files,
    names: Vec<String>,
}

/// Where a value is only passed on.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Passed {
    /// Calls that take an object.
    #[serde(default)]
    pub calls: Vec<String>,
    /// Keys of such objects.
    #[serde(default)]
    pub objects: Vec<String>,
    /// The files that it is so in; all where none are named.
    pub files: Option<Files>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Declared {
    pub slots: Files,
    pub code: Vec<String>,
    pub trees: Files,
    pub loaded: Files,
    pub histories: Files,
    pub telling: Files,
}

/// Languages by their names in the table.
pub(super) const LANGUAGES: [(&str, Language); 9] = [
    ("csharp", Language::CSharp),
    ("javascript", Language::JavaScript),
    ("python", Language::Python),
    ("go", Language::Go),
    ("java", Language::Java),
    ("kotlin", Language::Kotlin),
    ("rust", Language::Rust),
    ("ruby", Language::Ruby),
    ("php", Language::Php),
];

fn language(name: &str) -> Option<Language> {
    LANGUAGES.iter().find(|(known, _)| *known == name).map(|(_, language)| *language)
}

impl Table {
    /// The language of a file whose settings are read.
    pub(super) fn language_of(&self, file: &File) -> Option<Language> {
        let name = file.name();
        let found = Language::of(name).or_else(|| {
            let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
            let fits =
                |row: &&LanguageRow| row.extensions.iter().any(|known| known == extension) || row.names.iter().any(|known| known == name);
            self.language.iter().find(fits).and_then(|row| language(&row.lexed_as))
        })?;
        (!self.sources.except.matches(file)).then_some(found)
    }
}

impl Names {
    /// Whether a system, a shell or a pipeline defines the name.
    pub(super) fn is_ambient(&self, name: &str) -> bool {
        self.ambient.iter().any(|known| fits(known, name))
    }

    /// Whether a framework or a platform gives the name its meaning.
    pub(super) fn is_provided(&self, name: &str) -> bool {
        self.provided.iter().any(|known| fits(known, name))
    }
}

impl Names {
    /// Whether a framework laid the read of a setting into this file, whether or not the program has a use for it.
    pub(super) fn is_laid_in(&self, file: &File, name: &str) -> bool {
        let in_skeleton = |skeleton: &Skeleton| skeleton.files.matches(file) && skeleton.names.iter().any(|known| fits(known, name));
        self.framework_files.matches(file) || self.skeleton.iter().any(in_skeleton)
    }
}

/// Whether a name is this one, or of this family; case does not matter.
fn fits(known: &str, name: &str) -> bool {
    match known.strip_suffix('*') {
        Some(family) => name.get(..family.len()).is_some_and(|start| start.eq_ignore_ascii_case(family)),
        None => known.eq_ignore_ascii_case(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole() {
        for row in &TABLE.language {
            assert!(language(&row.lexed_as).is_some(), "{}: no language", row.lexed_as);
        }
        for reader in &TABLE.reader {
            assert!(reader.languages.iter().all(|name| language(name).is_some()), "{:?}", reader.languages);
            assert!(!(reader.calls.is_empty() && reader.indexes.is_empty() && reader.members.is_empty()));
        }
        assert!(TABLE.names.is_ambient("Path") && TABLE.names.is_ambient("npm_package_version") && !TABLE.names.is_ambient("PATHS"));
        assert!(TABLE.names.is_provided("PORT") && !TABLE.names.is_provided("DATABASE_URL"));
    }
}
