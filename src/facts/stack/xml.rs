//! The elements of an XML manifest one after the other, with attributes, text and lines; comments are passed over.
//!
//! Enough for project files and poms, whose elements are known by their names; no validation, no entities.

/// A start or end tag with what follows it up to the next tag.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Element<'a> {
    /// The name without a namespace prefix.
    pub name: &'a str,
    /// Whether this is an end tag.
    pub end: bool,
    /// Everything between the name and `>`.
    pub attributes: &'a str,
    /// The text up to the next tag, trimmed.
    pub text: &'a str,
    /// Line, from 1.
    pub line: usize,
}

impl<'a> Element<'a> {
    /// The value of an attribute.
    pub(crate) fn attribute(&self, name: &str) -> Option<&'a str> {
        let mut rest = self.attributes;
        while let Some((before, after)) = rest.split_once('=') {
            let quoted = after.trim_start();
            let quote = quoted.chars().next().filter(|c| matches!(c, '"' | '\''))?;
            let (value, next) = quoted.get(1..)?.split_once(quote)?;
            if before.trim().eq_ignore_ascii_case(name) {
                return Some(value);
            }
            rest = next;
        }
        None
    }
}

/// All elements of a document, in order.
pub(crate) fn elements(source: &str) -> Vec<Element<'_>> {
    let mut found = Vec::new();
    let (mut rest, mut line) = (source, 1);
    while let Some((before, after)) = rest.split_once('<') {
        line += lines(before);
        let end_of = if after.starts_with("!--") { "-->" } else { ">" };
        let Some((tag, next)) = after.split_once(end_of) else { break };
        if !after.starts_with(['!', '?']) {
            found.push(element(tag, next, line));
        }
        line += lines(tag);
        rest = next;
    }
    found
}

fn element<'a>(tag: &'a str, next: &'a str, line: usize) -> Element<'a> {
    let inner = tag.trim_start_matches('/').trim_end_matches('/');
    let (name, attributes) = inner.split_once(char::is_whitespace).unwrap_or((inner, ""));
    let name = name.rsplit(':').next().unwrap_or(name);
    let text = next.split('<').next().unwrap_or_default().trim();
    Element { name, end: tag.starts_with('/'), attributes, text, line }
}

fn lines(text: &str) -> usize {
    text.bytes().filter(|byte| *byte == b'\n').count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_carry_attributes_text_and_lines() {
        let all = elements("<Project Sdk=\"A.B\">\n<!-- <Gone/> -->\n  <X:Out Condition='a > b'>Exe</Out>\n</Project>");
        assert_eq!(all[0].attribute("sdk"), Some("A.B"));
        assert!(all.iter().all(|element| element.name != "Gone"));
        assert_eq!((all[1].name, all[1].line), ("Out", 3));
    }

    #[test]
    fn what_is_cut_off_ends_the_reading() {
        assert_eq!(elements("<a><b").len(), 1);
        assert_eq!(elements("<!-- never closed <a>").len(), 0);
        assert_eq!(elements("<a b=>text")[0].attribute("b"), None);
    }
}
