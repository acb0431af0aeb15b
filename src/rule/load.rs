//! Reads declarations of rules, and refuses what is wrong with file, line and the nearest right word.

use std::collections::{BTreeMap, HashMap};

use serde::de::DeserializeOwned;

use super::{Declared, Example, ExampleDeclaration, ExampleFiles, Rule, RuleDeclaration, RuleFile, Scope, Severity, words};
use crate::error::{Error, Result, nearest};
use crate::facts::Area;
use crate::matcher::Matcher;
use crate::matcher::fact::schema::{Mistake, Shape};

/// Sections of the facts whose entries each come from one file alone; rules on them may run on staged changes.
const BY_FILE: &[&str] = &["configuration.committed_files"];

/// The name of the one file of an example that names none.
pub const EXAMPLE_FILE: &str = "example.txt";

/// An example has no more commits than this.
const LONGEST_HISTORY: usize = 1000;

/// Parses TOML, and says where it is wrong.
pub(crate) fn parse<T: DeserializeOwned>(file: &str, text: &str) -> Result<T> {
    toml::from_str(text).map_err(|error| {
        let line = error.span().map_or(1, |span| line_of(text, span.start));
        let message = error.message().trim().to_owned();
        let help = meant(&message);
        Error::Declaration { file: file.to_owned(), line, message, help }
    })
}

/// The nearest of the keys that serde says it expected.
fn meant(message: &str) -> Option<String> {
    let mut words = message.split('`').skip(1).step_by(2);
    let written = words.next()?;
    if !message.starts_with("unknown") {
        return None;
    }
    nearest(written, words).map(|word| format!("did you mean `{word}`?"))
}

/// The line (from 1) of a byte offset.
pub(crate) fn line_of(text: &str, offset: usize) -> usize {
    text.as_bytes()[..offset.min(text.len())].iter().filter(|byte| **byte == b'\n').count() + 1
}

/// Reads a file of rules, which feed these checks.
///
/// # Errors
/// The first thing that is wrong with it.
pub fn rules(file: &str, text: &str, checks: &BTreeMap<&str, Severity>) -> Result<Vec<Rule>> {
    let declared: RuleFile = parse(file, text)?;
    declared
        .rule
        .into_iter()
        .map(|entry| {
            let at = Declared { file: file.to_owned(), line: line_of(text, entry.span().start) };
            let mut entry = entry.into_inner();
            if let Some(secret) = &mut entry.secret {
                words::put_in(secret, &declared.words).map_err(|mistake| at_mistake(&at, &entry.id, mistake))?;
            }
            rule(entry, at, checks)
        })
        .collect()
}

/// Refuses two rules of one id.
pub(crate) fn unique(rules: &[Rule]) -> Result<()> {
    let mut seen: HashMap<&str, &Declared> = HashMap::new();
    for rule in rules {
        if let Some(first) = seen.insert(&rule.id, &rule.declared) {
            return Err(wrong(&rule.declared, format!("`{}` is declared already, in {}:{}", rule.id, first.file, first.line), None));
        }
    }
    Ok(())
}

fn rule(mut declared: RuleDeclaration, at: Declared, checks: &BTreeMap<&str, Severity>) -> Result<Rule> {
    let id = declared.id.clone();
    let refuse = |message: String, help: Option<String>| wrong(&at, format!("rule `{id}`: {message}"), help);
    let area = area_of(&id).ok_or_else(|| refuse(ill_formed(&id), None))?;
    let severity = *checks.get(declared.check.as_str()).ok_or_else(|| {
        let near = nearest(&declared.check, checks.keys().copied());
        refuse(format!("there is no check `{}`", declared.check), near.map(|near| format!("did you mean `{near}`?")))
    })?;
    if area_of(&declared.check) != Some(area) {
        return Err(refuse(format!("it feeds `{}`, so its id must begin with that area", declared.check), None));
    }
    for (key, text) in [("title", &declared.title), ("why", &declared.why), ("fix", &declared.fix)] {
        if text.trim().is_empty() {
            return Err(refuse(format!("`{key}` is empty"), None));
        }
    }
    if let Some(link) = declared.links.iter().find(|link| !link.starts_with("https://")) {
        return Err(refuse(format!("`{link}` is no https link"), None));
    }
    let examples = examples(std::mem::take(&mut declared.example)).map_err(|message| refuse(message, None))?;
    let (matcher, scope) = matcher(&mut declared).map_err(|mistake| at_mistake(&at, &id, mistake))?;
    if let Matcher::Text(text) = &matcher
        && examples.iter().any(|example| example.files.contains_key(EXAMPLE_FILE))
        && !text.wants(EXAMPLE_FILE)
    {
        let message =
            format!("an example of one text is the file `{EXAMPLE_FILE}`, which `paths` leave out; name the file with [rule.example.hit]");
        return Err(refuse(message, None));
    }
    Ok(Rule {
        area,
        severity: declared.severity.unwrap_or(severity),
        confidence: declared.confidence.unwrap_or(super::Confidence::High),
        id: declared.id,
        check: declared.check,
        title: declared.title,
        why: declared.why,
        fix: declared.fix,
        links: declared.links,
        message: declared.message,
        scope,
        matcher,
        examples,
        declared: at,
    })
}

/// Takes the one matcher of a declaration, checked, with the scope that follows from it.
fn matcher(declared: &mut RuleDeclaration) -> Result<(Matcher, Scope), Mistake> {
    let mistake = |message: String| Mistake { message, nearest: None };
    let found = [
        declared.secret.take().map(Matcher::Secret),
        declared.text.take().map(Matcher::Text),
        declared.file.take().map(Matcher::File),
        declared.fact.take().map(Matcher::Fact),
    ];
    let mut found: Vec<Matcher> = found.into_iter().flatten().collect();
    let Some(matcher) = found.pop().filter(|_| found.is_empty()) else {
        return Err(mistake("it needs exactly one of the tables [rule.secret], [rule.text], [rule.file] and [rule.fact]".into()));
    };
    let scope = match &matcher {
        Matcher::Secret(secret) => secret.validate().map(|()| Scope::Line).map_err(mistake)?,
        Matcher::Text(text) => text.validate().map(|()| by_expectation(text.expect, Scope::Line)).map_err(mistake)?,
        Matcher::File(file) => file.validate().map(|()| by_expectation(file.expect, Scope::File)).map_err(mistake)?,
        Matcher::Fact(fact) => {
            let shape = Shape::of(&fact.of)?;
            shape.conditions(&fact.conditions)?;
            shape.conditions(&fact.holds)?;
            if (fact.expect == crate::matcher::Expect::All) == fact.holds.is_empty() {
                return Err(mistake("`expect = \"all\"` and `holds` go together".into()));
            }
            fields(declared.message.as_deref().unwrap_or("")).try_for_each(|name| shape.field(name))?;
            Scope::Repository
        }
    };
    match (declared.scope, &matcher) {
        (None, _) => Ok((matcher, scope)),
        (Some(Scope::File), Matcher::Fact(fact)) if BY_FILE.contains(&fact.of.as_str()) => Ok((matcher, Scope::File)),
        _ => Err(mistake(format!("`scope` is only for fact rules on {}, as `file`", BY_FILE.join(", ")))),
    }
}

/// What must be found somewhere needs the whole repository.
fn by_expectation(expect: crate::matcher::Expect, scope: Scope) -> Scope {
    if expect == crate::matcher::Expect::Some { Scope::Repository } else { scope }
}

/// The names in braces of a message.
fn fields(message: &str) -> impl Iterator<Item = &str> {
    message.split('{').skip(1).filter_map(|rest| rest.split_once('}').map(|(name, _)| name))
}

fn examples(declared: Vec<ExampleDeclaration>) -> Result<Vec<Example>, String> {
    let examples = declared.into_iter().map(example).collect::<Result<Vec<_>, _>>()?;
    for (hit, word) in [(true, "hit"), (false, "miss")] {
        if !examples.iter().any(|example| example.hit == hit) {
            return Err(format!("it has no example of a {word}; a rule needs both a hit and a miss"));
        }
    }
    Ok(examples)
}

fn example(declared: ExampleDeclaration) -> Result<Example, String> {
    let (hit, files) = match (declared.hit, declared.miss) {
        (Some(files), None) => (true, files),
        (None, Some(files)) => (false, files),
        _ => return Err("an example is either a `hit` or a `miss`".into()),
    };
    let files = match files {
        ExampleFiles::One(text) => BTreeMap::from([(EXAMPLE_FILE.to_owned(), text)]),
        ExampleFiles::Several(files) => files,
    };
    if let Some(at) = &declared.at {
        let (file, line) = at.rsplit_once(':').ok_or_else(|| format!("`at = \"{at}\"` is not `file:line`"))?;
        if !hit || !files.contains_key(file) || line.parse::<usize>().is_err() {
            return Err(format!("`at = \"{at}\"` names no line of a file of this hit"));
        }
    }
    if let Some(file) = declared.history.iter().flat_map(|commit| &commit.files).find(|file| !files.contains_key(*file)) {
        return Err(format!("`history` names `{file}`, which is no file of the example"));
    }
    if declared.history.iter().map(|commit| commit.times).fold(0, usize::saturating_add) > LONGEST_HISTORY {
        return Err(format!("`history` has more than {LONGEST_HISTORY} commits"));
    }
    Ok(Example { hit, files, at: declared.at, history: declared.history })
}

/// What is wrong with an id.
fn ill_formed(id: &str) -> String {
    let areas: Vec<&str> = Area::ALL.into_iter().map(Area::word).collect();
    match id.split_once('/') {
        Some((area, _)) if !areas.contains(&area) => format!("there is no area `{area}`; areas are {}", areas.join(", ")),
        _ => "the id is not `area/name` in kebab case".into(),
    }
}

/// The area of an id, if the id is well formed.
pub(crate) fn area_of(id: &str) -> Option<Area> {
    let (area, name) = id.split_once('/')?;
    let kebab = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    let well_formed = name.split('-').all(kebab);
    well_formed.then(|| Area::ALL.into_iter().find(|known| known.word() == area)).flatten()
}

pub(crate) fn at_mistake(at: &Declared, id: &str, mistake: Mistake) -> Error {
    wrong(at, format!("`{id}`: {}", mistake.message), mistake.nearest.map(|near| format!("did you mean `{near}`?")))
}

pub(crate) fn wrong(at: &Declared, message: String, help: Option<String>) -> Error {
    // Errors are told on one line.
    let message = if message.contains('\n') { message.replace('\n', " ") } else { message };
    Error::Declaration { file: at.file.clone(), line: at.line, message, help }
}
