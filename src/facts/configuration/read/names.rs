//! Names of settings: which forms they have, the literals that files are looked through for, and constants that stand for
//! them.

use std::collections::HashMap;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::Read;
use crate::facts::configuration::table::{Form, Reader, TABLE};
use crate::snapshot::File;

/// What opens a constant of C#.
pub(super) const CONSTANT: &[u8] = b"const string ";

/// Literals that a language is looked through for beside those of its readers.
pub(super) fn extra_literals(language: &str) -> &'static [&'static str] {
    match language {
        "csharp" => &[
            "const string ",
            "AddEnvironmentVariables(",
            "AddInMemoryCollection",
            "Dictionary<string, string?>",
            ": ConfigurationProvider",
        ],
        "javascript" => &["validationSchema", "createEnv("],
        "python" => &["BaseSettings"],
        "go" => &["env:\"", "envconfig:\""],
        _ => &[],
    }
}

/// Literals of which a file holds one if it reads by this path: the path, or what it is found on.
pub(super) fn literals(path: &str, reader: &Reader) -> Vec<String> {
    match &reader.needs {
        // `configuration[`, whatever the case of its first letter.
        _ if path.is_empty() => reader.on.iter().filter_map(|word| Some(format!("{}[", word.get(1..)?))).collect(),
        Some(needed) => vec![needed.clone()],
        None => vec![path.trim_end_matches("()").to_owned()],
    }
}

/// Whether a text can be the name of a setting of this form.
pub(super) fn is_name(form: Form, name: &str) -> bool {
    let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let mut bytes = name.bytes();
    let length = (1..=100).contains(&name.len());
    length
        && match form {
            Form::Variable => bytes.all(word) && !name.starts_with(|first: char| first.is_ascii_digit()),
            Form::Upper => is_upper(name),
            _ => {
                bytes.all(|byte| word(byte) || matches!(byte, b':' | b'.' | b'-')) && name.contains(|sign: char| sign.is_ascii_alphabetic())
            }
        }
}

/// Whether a name is written as environment variables are.
pub(super) fn is_upper(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_uppercase() || first == '_')
        && name.len() > 1
        && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}

/// Whether a setting of this name is one of the program's own.
pub(super) fn is_own(name: &str) -> bool {
    !TABLE.names.is_ambient(name)
}

/// The constants that a file of C# declares, by name, and by the file's name with it, which is that of its class.
pub(super) fn constants(file: &File, bytes: &[u8]) -> Vec<(String, String)> {
    static FINDER: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| AhoCorasick::new([CONSTANT]).ok());
    let class = file.name().split('.').next().unwrap_or_default();
    let mut found = Vec::new();
    for hit in FINDER.iter().flat_map(|finder| finder.find_iter(bytes)) {
        let rest = &bytes[hit.end()..];
        let line = rest.split(|byte| *byte == b'\n' || *byte == b';').next().unwrap_or_default();
        let Ok(line) = std::str::from_utf8(line) else { continue };
        let Some((name, value)) = line.split_once('=') else { continue };
        let value = value.trim().strip_prefix('"').and_then(|value| value.strip_suffix('"'));
        if let Some(value) = value.filter(|value| is_name(Form::Key, value)) {
            found.push((format!("{class}.{}", name.trim()), value.to_owned()));
            found.push((name.trim().to_owned(), value.to_owned()));
        }
    }
    found
}

/// The value of a constant, where the repository has one for it; a literal is its own, with a quote before it.
pub(super) fn value(constants: &HashMap<String, Option<String>>, name: &str) -> Option<String> {
    if let Some(literal) = name.strip_prefix('"') {
        return Some(literal.to_owned());
    }
    // A word that begins small is a variable, and the constant of another file none of it.
    let mut rest = name;
    while rest.contains('.') || rest.starts_with(|first: char| first.is_ascii_uppercase() || first == '_') {
        match constants.get(rest) {
            Some(value) => return value.clone(),
            None => rest = rest.split_once('.')?.1,
        }
    }
    None
}

/// A read whose name is a constant, where the repository has one value for it.
pub(super) fn resolved(constants: &HashMap<String, Option<String>>, constant: &str, read: Read) -> Option<Read> {
    let name = read.name.replace('\0', &value(constants, constant)?);
    (is_name(read.form, &name) && is_own(&name)).then_some(Read { name, ..read })
}
