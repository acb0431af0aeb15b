//! Words that the rules of a file share: `(?&NAME)` stands for them in keywords and patterns, as it calls a group by its name
//! in the regular expressions of Perl.

use std::collections::BTreeMap;

use super::Words;
use crate::error::nearest;
use crate::matcher::fact::schema::Mistake;
use crate::matcher::secret::SecretRule;

/// What stands before a name, and behind it.
const CALL: (&str, char) = ("(?&", ')');
/// The most bytes of a rule's keywords, and of a pattern, once the words are in: a small file could ask for gigabytes.
const MOST_BYTES: usize = 16 * 1024;

/// Puts the words in: each keyword becomes one for each word, each pattern holds their pattern.
///
/// # Errors
/// A name that the file does not declare, a keyword that calls two, and more than a rule may hold.
pub(super) fn put_in(rule: &mut SecretRule, words: &BTreeMap<String, Words>) -> Result<(), Mistake> {
    rule.keywords = keywords(std::mem::take(&mut rule.keywords), words)?;
    rule.pattern = pattern(&rule.pattern, words)?;
    rule.entries = rule.entries.as_ref().map(|entries| pattern(entries, words)).transpose()?;
    rule.line = rule.line.as_ref().map(|line| pattern(line, words)).transpose()?;
    Ok(())
}

fn keywords(written: Vec<String>, words: &BTreeMap<String, Words>) -> Result<Vec<String>, Mistake> {
    let mut all = Vec::with_capacity(written.len());
    let mut bytes = 0;
    for keyword in written {
        let Some((before, called, after)) = call(&keyword, words)? else {
            all.push(keyword);
            continue;
        };
        if after.contains(CALL.0) {
            return Err(mistake(format!("the keyword `{keyword}` calls two lists of words, and may call one")));
        }
        for word in &called.keywords {
            bytes += before.len() + word.len() + after.len();
            if bytes > MOST_BYTES {
                return Err(mistake(format!("with the words of its file it holds keywords of more than {MOST_BYTES} bytes")));
            }
            all.push(format!("{before}{word}{after}"));
        }
    }
    Ok(all)
}

fn pattern(written: &str, words: &BTreeMap<String, Words>) -> Result<String, Mistake> {
    let (mut whole, mut rest) = (String::new(), written);
    while let Some((before, called, after)) = call(rest, words)? {
        whole.push_str(&format!("{before}(?:{})", called.pattern));
        if whole.len() > MOST_BYTES {
            return Err(mistake(format!("with the words of its file it holds a pattern of more than {MOST_BYTES} bytes")));
        }
        rest = after;
    }
    whole.push_str(rest);
    Ok(whole)
}

fn mistake(message: String) -> Mistake {
    Mistake { message, nearest: None }
}

/// What stands before the first call, what it calls, and what stands behind it.
fn call<'a>(text: &'a str, words: &'a BTreeMap<String, Words>) -> Result<Option<(&'a str, &'a Words, &'a str)>, Mistake> {
    let Some((before, rest)) = text.split_once(CALL.0) else { return Ok(None) };
    let (name, after) = rest.split_once(CALL.1).unwrap_or((rest, ""));
    let Some(called) = words.get(name) else {
        let message = format!("this file declares no `[words.{name}]`");
        return Err(Mistake { message, nearest: nearest(name, words.keys().map(String::as_str)) });
    };
    Ok(Some((before, called, after)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words() -> BTreeMap<String, Words> {
        BTreeMap::from([("key".to_owned(), Words { keywords: vec!["token".into(), "pin".into()], pattern: "token|pin".into() })])
    }

    fn rule(keywords: &[&str], pattern: &str, entries: Option<&str>) -> SecretRule {
        let declared = format!("keywords = {keywords:?}\npattern = '''{pattern}'''\n");
        let entries = entries.map(|entries| format!("entries = '''{entries}'''\n")).unwrap_or_default();
        toml::from_str(&(declared + &entries)).unwrap()
    }

    #[test]
    fn words_stand_wherever_they_are_called() {
        let mut called = rule(&["-(?&key)=", "cookie"], "(?&key)=(a|(?&key))", Some("x(?&key)"));
        put_in(&mut called, &words()).unwrap();
        assert_eq!(called.keywords, ["-token=", "-pin=", "cookie"]);
        assert_eq!(called.pattern, "(?:token|pin)=(a|(?:token|pin))");
        assert_eq!(called.entries.as_deref(), Some("x(?:token|pin)"));
    }

    #[test]
    fn the_pattern_for_a_line_may_call_words() {
        let mut called = SecretRule { line: Some("(?&key)[ ]*$".to_owned()), ..rule(&["cookie"], "(a)", None) };
        put_in(&mut called, &words()).unwrap();
        assert_eq!(called.line.as_deref(), Some("(?:token|pin)[ ]*$"));
    }

    #[test]
    fn a_rule_that_calls_nothing_stays_as_it_is() {
        let mut plain = rule(&["cookie"], "(?i)cookie=(a)", None);
        put_in(&mut plain, &words()).unwrap();
        assert_eq!((plain.keywords.as_slice(), plain.pattern.as_str()), (["cookie".to_owned()].as_slice(), "(?i)cookie=(a)"));
    }

    #[test]
    fn a_rule_does_not_grow_without_end() {
        let many = BTreeMap::from([("key".to_owned(), Words { keywords: vec!["token".into(); 3000], pattern: "token|".repeat(100) })]);
        assert!(put_in(&mut rule(&["(?&key)"], &"(?&key)".repeat(20), None), &many).is_ok());
        assert!(put_in(&mut rule(&["(?&key)", "a(?&key)"], "(a)", None), &many).is_err());
        assert!(put_in(&mut rule(&["cookie"], &"(?&key)".repeat(30), None), &many).is_err());
        assert!(put_in(&mut rule(&["(?&key)(?&key)"], "(a)", None), &words()).is_err());
    }

    #[test]
    fn a_name_that_is_not_declared_is_told_with_the_nearest() {
        let mistake = put_in(&mut rule(&["cookie"], "(?&kye)=(a)", None), &words()).unwrap_err();
        assert_eq!((mistake.message.as_str(), mistake.nearest.as_deref()), ("this file declares no `[words.kye]`", Some("key")));
    }
}
