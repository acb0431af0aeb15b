//! The languages whose code is read, told by the ending of a file's name, and where they differ for the lexer.

/// A language, or a family that is cut into tokens alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Language {
    /// C#.
    CSharp,
    /// JavaScript and TypeScript, with JSX.
    JavaScript,
    /// Python.
    Python,
    /// Go.
    Go,
    /// Java.
    Java,
    /// Kotlin.
    Kotlin,
    /// PHP.
    Php,
    /// Rust.
    Rust,
    /// Ruby.
    Ruby,
}

impl Language {
    /// The language of a file by its name.
    pub(crate) fn of(name: &str) -> Option<Self> {
        let (_, extension) = name.rsplit_once('.')?;
        Some(match extension {
            "cs" => Self::CSharp,
            "js" | "mjs" | "cjs" | "jsx" | "ts" | "mts" | "cts" | "tsx" => Self::JavaScript,
            "py" => Self::Python,
            "go" => Self::Go,
            "java" => Self::Java,
            "kt" | "kts" => Self::Kotlin,
            "php" => Self::Php,
            "rs" => Self::Rust,
            "rb" => Self::Ruby,
            _ => return None,
        })
    }

    /// Whether `//` and `/*` open comments.
    pub(super) fn has_slash_comments(self) -> bool {
        !matches!(self, Self::Python | Self::Ruby)
    }

    /// Whether `#` opens a comment; `#[` of PHP opens an attribute.
    pub(super) fn has_hash_comments(self, next: u8) -> bool {
        match self {
            Self::Python | Self::Ruby => true,
            Self::Php => next != b'[',
            _ => false,
        }
    }

    /// Whether a line that begins with `#` is an instruction to the compiler.
    pub(super) fn has_directives(self) -> bool {
        self == Self::CSharp
    }

    /// Whether `` ` `` opens a string.
    pub(super) fn has_backticks(self) -> bool {
        matches!(self, Self::JavaScript | Self::Go)
    }

    /// Whether three quotes open a string over several lines.
    pub(super) fn has_triple_quotes(self) -> bool {
        matches!(self, Self::CSharp | Self::Python | Self::Java | Self::Kotlin)
    }

    /// Whether `/` can open a regular expression.
    pub(super) fn has_regex_literals(self) -> bool {
        self == Self::JavaScript
    }
}
