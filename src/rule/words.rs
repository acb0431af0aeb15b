//! Words that the rules of a file share: `(?&NAME)` stands for them in keywords and patterns, as it calls a group by its name
//! in the regular expressions of Perl.

use std::collections::BTreeMap;

use super::Words;
use crate::error::nearest;
use crate::matcher::fact::schema::Mistake;
use crate::matcher::secret::SecretRule;

/// What stands before a name, and behind it.
const CALL: (&str, char) = ("(?&", ')');
/// The most keywords of a rule, and the most bytes of a pattern, once the words are in: a small file could ask for gigabytes.
const MOST_KEYWORDS: usize = 1000;
const MOST_BYTES: usize = 64 * 1024;

/// Puts the words in: each keyword becomes one for each word, each pattern holds their pattern.
///
/// # Errors
/// A name that the file does not declare, and more than a rule may hold.
pub(super) fn put_in(rule: &mut SecretRule, words: &BTreeMap<String, Words>) -> Result<(), Mistake> {
    let mut keywords = Vec::with_capacity(rule.keywords.len());
    for keyword in std::mem::take(&mut rule.keywords) {
        match call(&keyword, words)? {
            None => keywords.push(keyword),
            Some((before, called, after)) => keywords.extend(called.keywords.iter().map(|word| format!("{before}{word}{after}"))),
        }
        if keywords.len() > MOST_KEYWORDS {
            return Err(too_much(&format!("{MOST_KEYWORDS} keywords")));
        }
    }
    rule.keywords = keywords;
    for pattern in [Some(&mut rule.pattern), rule.entries.as_mut()].into_iter().flatten() {
        let mut whole = String::new();
        while let Some((before, called, after)) = call(pattern, words)? {
            whole.push_str(&format!("{before}(?:{})", called.pattern));
            if whole.len() > MOST_BYTES {
                return Err(too_much(&format!("a pattern of {MOST_BYTES} bytes")));
            }
            *pattern = after.to_owned();
        }
        pattern.insert_str(0, &whole);
    }
    Ok(())
}

fn too_much(most: &str) -> Mistake {
    Mistake { message: format!("with the words of its file it holds more than {most}"), nearest: None }
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
    fn a_rule_that_calls_nothing_stays_as_it_is() {
        let mut plain = rule(&["cookie"], "(?i)cookie=(a)", None);
        put_in(&mut plain, &words()).unwrap();
        assert_eq!((plain.keywords.as_slice(), plain.pattern.as_str()), (["cookie".to_owned()].as_slice(), "(?i)cookie=(a)"));
    }

    #[test]
    fn a_rule_does_not_grow_without_end() {
        let many = BTreeMap::from([("key".to_owned(), Words { keywords: vec!["token".into(); 600], pattern: "token|".repeat(100) })]);
        assert!(put_in(&mut rule(&["(?&key)"], &"(?&key)".repeat(100), None), &many).is_ok());
        assert!(put_in(&mut rule(&["(?&key)", "a(?&key)"], "(a)", None), &many).is_err());
        assert!(put_in(&mut rule(&["cookie"], &"(?&key)".repeat(200), None), &many).is_err());
    }

    #[test]
    fn a_name_that_is_not_declared_is_told_with_the_nearest() {
        let mistake = put_in(&mut rule(&["cookie"], "(?&kye)=(a)", None), &words()).unwrap_err();
        assert_eq!((mistake.message.as_str(), mistake.nearest.as_deref()), ("this file declares no `[words.kye]`", Some("key")));
    }
}
