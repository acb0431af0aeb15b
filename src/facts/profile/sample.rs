//! Whether the repository says of itself that it is an example: by its title or its first sentence.
//!
//! The name of its folder is the choice of whoever cloned it, and says nothing.
//!
//! A word in passing is not enough. It has to be the point of the phrase, as in "a sample application"; "audio samples",
//! "a template engine" and "see the demo" are not.

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::table::TABLE;
use crate::facts::At;
use crate::snapshot::{File, Snapshot, Text};

/// How much of a README is its title and first paragraphs, with badges in between.
const BLOCKS: usize = 5;
const BYTES: usize = 8000;

/// Where and in which words the repository says that it is an example.
pub(super) fn read(snapshot: &Snapshot) -> Option<(Option<At>, String)> {
    let readme = readme(snapshot)?;
    let text = snapshot.read(readme)?;
    blocks(&text).into_iter().find_map(|block| {
        let (where_from, word) = block.says()?;
        Some((Some(At::new(&readme.path, block.line)), format!("{where_from} of its README says \"{word}\"")))
    })
}

fn readme(snapshot: &Snapshot) -> Option<&File> {
    let rank = |file: &File| match file.path.to_ascii_lowercase().as_str() {
        "readme.md" => Some(0),
        "readme.markdown" | "readme.rst" | "readme.adoc" | "readme.txt" | "readme" => Some(1),
        _ => None,
    };
    snapshot.files().iter().filter_map(|file| Some((rank(file)?, file))).min_by_key(|(rank, _)| *rank).map(|(_, file)| file)
}

/// A heading or paragraph of the beginning.
#[derive(Debug, Default)]
struct Block {
    line: usize,
    level: Option<HeadingLevel>,
    /// Whether it is the first block of all.
    first: bool,
    /// How many paragraphs stand before it.
    paragraphs: usize,
    text: String,
}

impl Block {
    fn says(&self) -> Option<(&'static str, String)> {
        let lower = self.text.to_lowercase();
        let is_title = self.level == Some(HeadingLevel::H1) || self.first && self.level.is_some();
        let part = if is_title { "the title" } else { "the beginning" };
        let sentence = lower.split(". ").next().unwrap_or(&lower);
        if let Some(phrase) = TABLE.sample.phrases.iter().find(|phrase| sentence.contains(phrase.as_str())) {
            return Some((part, phrase.clone()));
        }
        if is_title {
            return in_title(&words(&spread(&self.text))).map(|word| (part, word));
        }
        // A short heading further down names a section: "Examples".
        let spoken = words(sentence);
        let judged = self.paragraphs == 0 && (self.level.is_none() || spoken.len() > 4);
        judged.then(|| in_sentence(&spoken)).flatten().map(|word| (part, word))
    }
}

/// A title that is a name, like `ordering-example`, as its words.
fn spread(title: &str) -> String {
    if title.trim().contains(' ') { title.to_owned() } else { spaced(title) }
}

/// The first headings and paragraphs that hold words.
fn blocks(text: &Text) -> Vec<Block> {
    let content = text.as_str();
    let mut end = content.len().min(BYTES);
    while !content.is_char_boundary(end) {
        end -= 1;
    }
    let mut blocks: Vec<Block> = Vec::new();
    let mut open: Option<Block> = None;
    let mut in_image = false;
    for (event, range) in Parser::new_ext(&content[..end], Options::ENABLE_YAML_STYLE_METADATA_BLOCKS).into_offset_iter() {
        match event {
            Event::Start(Tag::Heading { level, .. }) => open = Some(Block { level: Some(level), ..Block::default() }),
            Event::Start(Tag::Paragraph | Tag::MetadataBlock(_)) => open = Some(Block::default()),
            Event::Start(Tag::Image { .. }) => in_image = true,
            Event::End(TagEnd::Image) => in_image = false,
            Event::Text(words) | Event::Code(words) => {
                // The text of an image is a title in a heading, and a badge in a paragraph.
                if let Some(block) = open.as_mut().filter(|block| block.level.is_some() || !in_image) {
                    block.line = if block.line == 0 { text.position(range.start).line } else { block.line };
                    block.text.push_str(&words);
                }
            }
            Event::SoftBreak | Event::HardBreak => open.iter_mut().for_each(|block| block.text.push(' ')),
            Event::End(TagEnd::Heading(_) | TagEnd::Paragraph | TagEnd::MetadataBlock(_)) => {
                let paragraphs = blocks.iter().filter(|block| block.level.is_none()).count();
                let block = open.take().filter(|block| block.text.chars().any(char::is_alphanumeric));
                blocks.extend(block.map(|block| Block { first: blocks.is_empty(), paragraphs, ..block }));
            }
            _ => {}
        }
        if blocks.len() == BLOCKS || blocks.iter().filter(|block| block.level.is_none()).count() == 2 {
            break;
        }
    }
    blocks
}

/// Puts spaces where a name joins words: `AngularTutorial` and `angular-tutorial` alike.
fn spaced(name: &str) -> String {
    let mut spaced = String::with_capacity(name.len() + 4);
    let mut before = ' ';
    for c in name.chars() {
        if c.is_uppercase() && before.is_lowercase() {
            spaced.push(' ');
        }
        spaced.push(if c.is_alphanumeric() { c } else { ' ' });
        before = c;
    }
    spaced
}

/// Words in lower case; a mark that ends a thought stands as a word of its own.
fn words(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for part in text.split_whitespace() {
        let word = part.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        found.extend(word.split('/').filter(|word| !word.is_empty()).map(str::to_owned));
        if part.ends_with([':', ',', '.', ';', '!', ')', '-', '\u{2013}', '\u{2014}', '|']) {
            found.push(".".to_owned());
        }
    }
    found
}

/// The word of a name or title that makes it that of an example. One word alone says little: every example has a
/// folder called `example`, and many a README begins with "Quickstart".
fn in_title(words: &[String]) -> Option<String> {
    if words.iter().filter(|word| *word != ".").count() < 2 {
        return None;
    }
    (0..words.len()).find(|at| is_the_point(words, *at)).map(|at| words[at].clone())
}

/// Whether a sample word is followed by nothing, by what it describes, or by what leads on from it.
fn is_the_point(words: &[String], at: usize) -> bool {
    let sample = &TABLE.sample;
    let before = at.checked_sub(1).and_then(|before| words.get(before));
    if !sample.words.contains(&words[at]) || before.is_some_and(|word| sample.not_after.contains(word)) {
        return false;
    }
    match words.get(at + 1).map(String::as_str) {
        None | Some(".") => true,
        Some(next) if sample.not_before.iter().any(|word| word == next) => false,
        Some(next) if sample.connectors.iter().any(|word| word == next) => true,
        Some(_) => words[at + 1..].iter().take(4).take_while(|word| *word != ".").any(|word| sample.nouns.contains(word)),
    }
}

/// The word of a first sentence that says of its subject that it is an example: "this is an example application".
fn in_sentence(words: &[String]) -> Option<String> {
    let points = (0..words.len().min(25)).filter(|at| is_the_point(words, *at));
    points.filter(|at| heads_its_phrase(&words[..*at])).map(|at| words[at].clone()).next()
}

/// Whether the words in front lead from the start of the sentence, or from "is a", straight to the word.
fn heads_its_phrase(before: &[String]) -> bool {
    let stops = |word: &str| TABLE.sample.connectors.iter().any(|stop| stop == word) || word.ends_with("ing") || word == ".";
    let mut walked = 0;
    for (at, word) in before.iter().enumerate().rev() {
        match word.as_str() {
            "is" | "are" | "contains" | "provides" | "holds" | "as" => return true,
            "a" | "an" | "the" | "this" | "our" | "my" => {
                let leads = at.checked_sub(1).and_then(|before_article| before.get(before_article)).map(String::as_str);
                return matches!(leads, None | Some("is" | "are" | "contains" | "provides" | "holds" | "." | "as"));
            }
            word if stops(word) => return false,
            _ => walked += 1,
        }
        if walked > 5 {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn says(readme: &str) -> bool {
        read(&named("shop", readme)).is_some()
    }

    fn named(name: &str, readme: &str) -> Snapshot {
        let mut snapshot = Snapshot::of_memory([("README.md", readme)]);
        snapshot.name = name.into();
        snapshot
    }

    #[test]
    fn an_example_says_so_in_title_or_first_sentence() {
        for readme in [
            "# Clean Storefront Template\n",
            "# ![Ordering Example App](logo.png)\n",
            "# Storefront\n\nThis is a sample application built with three services.\n",
            "# Storefront\n\n> ### Example Ktor codebase with ordering and auth.\n",
            "# Storefront\n\nA boilerplate/starter project for REST services.\n",
            "[![ci](x.svg)](y)\n\n# Storefront\n\n[![a demo](x.svg)](y)\n\nStorefront is a sample application.\n",
            "# ordering-example\n",
            "---\npage_type: sample\n---\n# Storefront\n",
            "# Storefront\nAn example of a microservice that prices orders.\n",
        ] {
            assert!(says(readme), "{readme}");
        }
    }

    #[test]
    fn a_word_in_passing_says_nothing() {
        for readme in [
            "# Storefront\n\nTakes orders. A demo is at shop.example.\n",
            "# Mustard\n\nMustard is a template engine for applications.\n",
            "# Pitch\n\nA library for resampling audio samples in your app.\n",
            "# Storefront\n\n## Examples\n\nSee the demo application.\n",
            "# Quickstart\n\nInstall it.\n",
            "# Storefront\n\nTakes orders from shops.\n\nA demo application shows how.\n",
            "# Exercise Tracker\n\nKeeps a log of workouts.\n",
            "# Storefront Spring Boot Starter\n\nAdds ordering to your application.\n",
            "# Storefront\n\nServes orders to partners, for example shops.\n",
        ] {
            assert!(!says(readme), "{readme}");
        }
    }

    #[test]
    fn the_name_of_the_folder_says_nothing() {
        let mut snapshot = Snapshot::of_memory([("README.md", "# Orders\n\nTakes orders.\n")]);
        snapshot.name = "demo-shop".into();
        assert_eq!(read(&snapshot), None);
    }
}
