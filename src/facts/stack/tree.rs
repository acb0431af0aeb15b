//! JSON and TOML manifests as one small tree whose nodes know their lines.
//!
//! JSON is read as people write it: with comments, trailing commas and a byte order mark. What a key means is left to
//! those who ask.

use toml::de::{DeTable, DeValue};

use crate::snapshot::Text;

/// Deeper than this no manifest goes; beyond it a document is refused rather than followed.
const DEPTH: usize = 64;

/// A value and the line where it, or its key, stands.
#[derive(Debug)]
pub(crate) struct Node {
    /// Line, from 1.
    pub line: usize,
    /// What stands there.
    pub value: Value,
}

/// What a manifest can hold; null, dates and the like are of no interest.
#[derive(Debug)]
pub(crate) enum Value {
    /// Keys and their values, in the order of the file.
    Map(Vec<(String, Node)>),
    /// A list.
    List(Vec<Node>),
    /// A string, or a number as written.
    Text(String),
    /// A truth value.
    Bool(bool),
    /// Anything else.
    Other,
}

/// Where and why a document could not be read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// Line, from 1.
    pub line: usize,
    /// The reason, in words for a reader.
    pub message: String,
}

impl Node {
    /// The value under a key of a map.
    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        self.entries().iter().find(|(name, _)| name == key).map(|(_, node)| node)
    }

    /// The value at the end of a dotted path.
    pub(crate) fn path(&self, path: &str) -> Option<&Node> {
        path.split('.').try_fold(self, |node, key| node.get(key))
    }

    /// The entries of a map; none where this is no map.
    pub(crate) fn entries(&self) -> &[(String, Node)] {
        match &self.value {
            Value::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The items of a list; none where this is no list.
    pub(crate) fn items(&self) -> &[Node] {
        match &self.value {
            Value::List(items) => items,
            _ => &[],
        }
    }

    /// The string, where this is one.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Whether this is `true`.
    pub(crate) fn is_true(&self) -> bool {
        matches!(self.value, Value::Bool(true))
    }
}

/// Reads a JSON document.
pub(crate) fn json(text: &Text) -> Result<Node, Fault> {
    let mut reader = Json { bytes: text.bytes(), at: 0, line: 1 };
    let node = reader.value(0)?;
    reader.space();
    if reader.at < reader.bytes.len() { Err(reader.fault("something follows the end of the document")) } else { Ok(node) }
}

/// Reads a TOML document.
pub(crate) fn toml(text: &Text) -> Result<Node, Fault> {
    let source = text.as_str();
    let document = DeTable::parse(&source).map_err(|error| Fault {
        line: error.span().map_or(1, |span| text.position(span.start).line),
        message: error.message().trim().replace('\n', ", "),
    })?;
    Ok(Node { line: 1, value: table(document.get_ref(), text) })
}

fn table(table: &DeTable<'_>, text: &Text) -> Value {
    let mut entries: Vec<(String, Node)> = table
        .iter()
        .map(|(key, value)| {
            let line = text.position(key.span().start).line;
            (key.get_ref().to_string(), Node { line, value: toml_value(value.get_ref(), text) })
        })
        .collect();
    entries.sort_by_key(|(_, node)| node.line);
    Value::Map(entries)
}

fn toml_value(value: &DeValue<'_>, text: &Text) -> Value {
    match value {
        DeValue::String(string) => Value::Text(string.to_string()),
        DeValue::Integer(number) => Value::Text(number.as_str().to_owned()),
        DeValue::Float(number) => Value::Text(number.as_str().to_owned()),
        DeValue::Boolean(truth) => Value::Bool(*truth),
        DeValue::Datetime(_) => Value::Other,
        DeValue::Array(items) => Value::List(
            items
                .iter()
                .map(|item| Node { line: text.position(item.span().start).line, value: toml_value(item.get_ref(), text) })
                .collect(),
        ),
        DeValue::Table(inner) => table(inner, text),
    }
}

struct Json<'a> {
    bytes: &'a [u8],
    at: usize,
    line: usize,
}

impl Json<'_> {
    fn fault(&self, message: &str) -> Fault {
        Fault { line: self.line, message: message.to_owned() }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn step(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        self.line += usize::from(byte == b'\n');
        Some(byte)
    }

    /// Skips white space and comments.
    fn space(&mut self) {
        while let Some(byte) = self.peek() {
            let rest = &self.bytes[self.at..];
            if byte.is_ascii_whitespace() {
                self.step();
            } else if rest.starts_with(b"//") {
                while self.peek().is_some_and(|byte| byte != b'\n') {
                    self.step();
                }
            } else if rest.starts_with(b"/*") {
                self.block_comment();
            } else {
                return;
            }
        }
    }

    fn block_comment(&mut self) {
        self.at += 2;
        while self.at < self.bytes.len() && !self.bytes[self.at..].starts_with(b"*/") {
            self.step();
        }
        self.at = (self.at + 2).min(self.bytes.len());
    }

    fn value(&mut self, depth: usize) -> Result<Node, Fault> {
        if depth > DEPTH {
            return Err(self.fault("nested too deeply"));
        }
        self.space();
        let line = self.line;
        let value = match self.peek() {
            Some(b'{') => self.map(depth)?,
            Some(b'[') => self.list(depth)?,
            Some(b'"') => Value::Text(self.string()?),
            Some(_) => self.word()?,
            None => return Err(self.fault("a value is missing at the end")),
        };
        Ok(Node { line, value })
    }

    fn map(&mut self, depth: usize) -> Result<Value, Fault> {
        self.step();
        let mut entries = Vec::new();
        loop {
            self.space();
            match self.peek() {
                Some(b'}') => break,
                Some(b'"') => {}
                _ => return Err(self.fault("a key in double quotes or `}` is missing")),
            }
            let line = self.line;
            let key = self.string()?;
            self.space();
            if self.step() != Some(b':') {
                return Err(self.fault(&format!("`:` is missing after the key `{key}`")));
            }
            let node = self.value(depth + 1)?;
            entries.push((key, Node { line, ..node }));
            if !self.comma(b'}')? {
                break;
            }
        }
        self.step();
        Ok(Value::Map(entries))
    }

    fn list(&mut self, depth: usize) -> Result<Value, Fault> {
        self.step();
        let mut items = Vec::new();
        loop {
            self.space();
            if self.peek() == Some(b']') {
                break;
            }
            items.push(self.value(depth + 1)?);
            if !self.comma(b']')? {
                break;
            }
        }
        self.step();
        Ok(Value::List(items))
    }

    /// Takes a comma; false in front of the end.
    fn comma(&mut self, end: u8) -> Result<bool, Fault> {
        self.space();
        match self.peek() {
            Some(b',') => {
                self.step();
                Ok(true)
            }
            Some(byte) if byte == end => Ok(false),
            _ => Err(self.fault(&format!("`,` or `{}` is missing", char::from(end)))),
        }
    }

    fn string(&mut self) -> Result<String, Fault> {
        self.step();
        let mut bytes = Vec::new();
        loop {
            match self.step() {
                Some(b'"') => return Ok(String::from_utf8_lossy(&bytes).into_owned()),
                // Escapes matter to no key or name that is looked for; only the quote must not end the string.
                Some(b'\\') => bytes.extend(self.step().filter(|byte| *byte != b'\n')),
                Some(b'\n') | None => return Err(self.fault("a string does not end")),
                Some(byte) => bytes.push(byte),
            }
        }
    }

    fn word(&mut self) -> Result<Value, Fault> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_alphanumeric() || b"+-._".contains(&byte)) {
            self.at += 1;
        }
        match &self.bytes[start..self.at] {
            b"" => Err(self.fault("a value is missing")),
            b"true" => Ok(Value::Bool(true)),
            b"false" => Ok(Value::Bool(false)),
            b"null" => Ok(Value::Other),
            number if number.first().is_some_and(|byte| byte.is_ascii_digit() || *byte == b'-') => {
                Ok(Value::Text(String::from_utf8_lossy(number).into_owned()))
            }
            word => Err(self.fault(&format!("`{}` is no value", String::from_utf8_lossy(word)))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(content: &str) -> Text {
        Text::decode(content.as_bytes().to_vec()).expect("test data is text")
    }

    #[test]
    fn json_as_people_write_it_keeps_its_lines() {
        let node =
            json(&text("\u{feff}{\n  // why\n  \"sdk\": {\n    \"version\": \"10.0.100\", /* pinned\n */ },\n  \"n\": [1, true,],\n}\n"))
                .expect("comments and trailing commas are fine");
        let version = node.path("sdk.version").expect("the path is there");
        assert_eq!((version.line, version.text()), (4, Some("10.0.100")));
        assert_eq!(node.get("n").map(|list| list.items().len()), Some(2));
    }

    #[test]
    fn broken_json_names_the_line() {
        assert_eq!(json(&text("{\n \"a\": 1\n \"b\": 2\n}")).map_err(|fault| fault.line).err(), Some(3));
        assert!(json(&text("")).is_err());
        assert!(json(&text("{\"a\": \"open")).is_err());
        assert!(json(&text(&"[".repeat(100_000))).is_err());
    }

    #[test]
    fn toml_tables_know_their_lines() {
        let node = toml(&text("[toolchain]\nchannel = \"1.88\"\n[a.b]\nc = [\n 'x',\n 'y']\n")).expect("valid");
        assert_eq!(node.path("toolchain.channel").map(|node| node.line), Some(2));
        assert_eq!(node.path("a.b.c").map(|node| node.items()[1].line), Some(6));
        assert_eq!(toml(&text("a = 1\nb = \n")).map_err(|fault| fault.line).err(), Some(2));
    }
}
