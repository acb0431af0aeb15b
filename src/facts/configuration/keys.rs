//! Joins what code reads with what declares and documents it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;

use aho_corasick::{AhoCorasick, MatchKind};

use super::read::{Absence, Read, Reads};
use super::table::{Form, TABLE};
use super::{Key, declared, documented, secret};
use crate::facts::{At, Notes};
use crate::snapshot::Snapshot;

/// So many places are kept of each kind.
const PLACES: usize = 20;

/// Reads the settings.
pub(super) fn read(snapshot: &Snapshot, notes: &mut Notes) -> Vec<Key> {
    let Reads { reads, prefixes, given, declaring, source, left_whole } = super::read::read(snapshot);
    left_whole.iter().for_each(|left| left.note("configuration.keys", notes));
    let mut by_name: BTreeMap<String, Vec<Read>> = BTreeMap::new();
    for read in reads {
        by_name.entry(canonical(&read.name)).or_default().push(read);
    }
    if by_name.is_empty() {
        return Vec::new();
    }
    let given: BTreeSet<String> = given.iter().map(|name| canonical(name)).collect();
    for (name, reads) in &mut by_name {
        if given.contains(name) {
            reads.iter_mut().for_each(|read| read.absence = Absence::Answered);
        }
    }
    let names = Names::new(&by_name, &prefixes);
    let (declared, documented) = rayon::join(|| declared::read(snapshot, &names, &declaring), || documented::read(snapshot, &names));
    if let Some(At { file, line }) = &source {
        let reason = format!("{file}:{line} fills the configuration from a place of its own");
        notes.unread("configuration.secret_sources", reason.clone());
        notes.unread("configuration.keys", reason);
    }
    let mut keys: Vec<Key> = Vec::with_capacity(by_name.len());
    for (name, reads) in by_name {
        // What such a place may hold is not known, and what is not declared elsewhere may be there.
        let may_be_there = source.is_some() && reads.iter().all(|read| matches!(read.form, Form::Key | Form::Section | Form::Connection));
        let places = |all: &HashMap<String, Vec<At>>| all.get(&name).cloned().unwrap_or_default();
        let of_framework = |read: &Read| snapshot.find(&read.at.file).is_some_and(|file| TABLE.names.is_laid_in(file, &read.name));
        let laid_in = reads.iter().all(of_framework);
        let mut key = key(reads, declared.get(&name).cloned().unwrap_or_default(), places(&documented));
        key.provided |= laid_in;
        key.secret &= !key.provided;
        if key.told || key.has_default || !may_be_there {
            keys.push(key);
        }
    }
    keys.sort_by(|one, other| (&one.name, &one.file).cmp(&(&other.name, &other.file)));
    keys
}

fn key(mut reads: Vec<Read>, mut declared: Vec<declared::Declaration>, mut documented: Vec<At>) -> Key {
    reads.sort_by(|one, other| one.at.cmp(&other.at));
    declared.sort();
    documented.extend(declared.iter().filter(|declaration| declaration.tells).map(|declaration| declaration.at.clone()));
    documented.sort();
    documented.dedup();
    let loaded = declared.iter().any(|declaration| declaration.loaded);
    // Where members hand it on and nothing else reads it, whether its callers need it is not known.
    let handed_on = reads.iter().all(|read| read.absence == Absence::HandedOn);
    let has_default = loaded || handed_on || reads.iter().any(|read| read.absence == Absence::Answered);
    let secrecy = reads.first().map_or(secret::Secrecy::Plain, |read| secret::secrecy(&read.name, read.form));
    let absences: Vec<Absence> = reads.iter().map(|read| read.absence).collect();
    let secret = secret::is_needed(secrecy, &absences, has_default);
    let mut declared_in: Vec<At> = declared.into_iter().map(|declaration| declaration.at).collect();
    declared_in.dedup();
    let name = reads.first().map(|read| read.name.clone()).unwrap_or_default();
    let first = reads.first().map_or_else(|| At::new("", 1), |read| read.at.clone());
    let mut places: Vec<At> = reads.into_iter().map(|read| read.at).collect();
    places.dedup();
    let told = !declared_in.is_empty() || !documented.is_empty();
    for list in [&mut places, &mut declared_in, &mut documented] {
        list.truncate(PLACES);
    }
    let provided = TABLE.names.is_provided(&name);
    Key {
        secret: secret && !provided,
        provided,
        name,
        file: first.file,
        line: first.line,
        reads: places,
        declared_in,
        documented_in: documented,
        has_default,
        told,
    }
}

/// The form in which names are compared: `A__B` and `A:B` and, in a settings file of Spring, `a.b` are one.
pub(super) fn canonical(name: &str) -> String {
    name.replace("__", ":").replace('.', ":").replace('-', "").to_lowercase()
}

/// The names that files are looked through for.
pub(super) struct Names {
    finder: Option<AhoCorasick>,
    /// By pattern: the canonical name, and the spelling where case matters.
    spellings: Vec<(String, Option<String>)>,
}

impl Names {
    fn new(by_name: &BTreeMap<String, Vec<Read>>, prefixes: &BTreeSet<String>) -> Self {
        let mut spellings: HashMap<String, (String, Option<String>)> = HashMap::new();
        for (canonical, reads) in by_name {
            let exact = reads.iter().all(|read| read.exact);
            for read in reads {
                for spelling in spellings_of(read, prefixes) {
                    let case = exact.then(|| spelling.clone());
                    spellings.entry(spelling.to_lowercase()).or_insert_with(|| (canonical.clone(), case));
                }
            }
        }
        let mut spellings: Vec<(String, (String, Option<String>))> = spellings.into_iter().collect();
        spellings.sort();
        let patterns: Vec<&String> = spellings.iter().map(|(pattern, _)| pattern).collect();
        let finder = AhoCorasick::builder().ascii_case_insensitive(true).match_kind(MatchKind::LeftmostLongest).build(patterns).ok();
        Self { finder, spellings: spellings.into_iter().map(|(_, spelling)| spelling).collect() }
    }

    /// Finds the names in a text as whole words.
    pub(super) fn find(&self, bytes: &[u8], mut found: impl FnMut(&str, Range<usize>)) {
        let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
        for hit in self.finder.iter().flat_map(|finder| finder.find_iter(bytes)) {
            let whole = !bytes[..hit.start()].last().is_some_and(is_word) && !bytes[hit.end()..].first().is_some_and(is_word);
            let Some((name, case)) = self.spellings.get(hit.pattern().as_usize()).filter(|_| whole) else { continue };
            if case.as_ref().is_none_or(|case| case.as_bytes() == &bytes[hit.range()]) {
                found(name, hit.range());
            }
        }
    }
}

/// How a setting is written elsewhere.
fn spellings_of(read: &Read, prefixes: &BTreeSet<String>) -> Vec<String> {
    let mut all = vec![read.name.clone()];
    // `<add name="Shop" connectionString="…">`
    all.extend(read.name.strip_prefix("ConnectionStrings:").map(str::to_owned).filter(|_| read.form == Form::Connection));
    if read.form != Form::Variable {
        let flat = read.name.replace(':', "__");
        all.extend(prefixes.iter().map(|prefix| format!("{prefix}{flat}")));
        all.push(flat);
        // Spring: `a.b-c` is `A_BC` in the environment.
        all.extend(read.name.contains('.').then(|| read.name.replace('.', "_").replace('-', "")));
    } else if read.name.contains("__") {
        all.push(read.name.replace("__", ":"));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODE: &str = "connect(process.env.SHOP_DATABASE)\nmail(process.env.SHOP_MAIL)\n";

    fn untold(files: &[(&str, &str)]) -> Vec<String> {
        let keys = read(&Snapshot::of_memory(files.iter().copied()), &mut Notes::default());
        keys.into_iter().filter(|key| !key.told && !key.has_default).map(|key| key.name).collect()
    }

    #[test]
    fn what_a_member_hands_on_is_needed_where_another_place_needs_it() {
        let member = "class Mail { string Host(IConfiguration configuration) => configuration[\"Mail:Host\"]; string Port(IConfiguration configuration) { return configuration[\"Mail:Port\"]; } }";
        assert!(untold(&[("Mail.cs", member)]).is_empty());
        let needs = "class Sender { void Send(IConfiguration configuration) { Connect(configuration[\"Mail:Host\"]); } }";
        assert_eq!(untold(&[("Mail.cs", member), ("Sender.cs", needs), ("appsettings.json", "{ \"Mail\": { \"A\": 1 } }")]), ["Mail:Host"]);
    }

    #[test]
    fn a_line_less_in_the_template_is_a_setting_that_nobody_is_told_of() {
        assert!(untold(&[("a.js", CODE), (".env.example", "SHOP_DATABASE=\nSHOP_MAIL=\n")]).is_empty());
        assert_eq!(untold(&[("a.js", CODE), (".env.example", "SHOP_DATABASE=\n")]), ["SHOP_MAIL"]);
        let commented = CODE.replace("mail(", "// mail(");
        assert!(untold(&[("a.js", &commented), (".env.example", "SHOP_DATABASE=\n")]).is_empty());
    }

    #[test]
    fn names_are_compared_as_providers_do() {
        let code = "f(configuration[\"Mail:Host\"], configuration.GetConnectionString(\"Shop\"), Environment.GetEnvironmentVariable(\"SHOP_KEY\")); // Configuration";
        let compose = "services:\n  a:\n    environment:\n      MAIL__HOST: x\n      ConnectionStrings__Shop: x\n      shop_key: x\n";
        assert_eq!(untold(&[("A.cs", code), ("compose.yml", compose)]), ["SHOP_KEY"]);
        let settings = "{ // comment\n \"ConnectionStrings\": { \"Shop\": \"\" }, \"mail\": { \"host\": \"\" } }";
        assert_eq!(untold(&[("A.cs", code), ("appsettings.json", settings), ("README.md", "Set `SHOP_KEY`.\n")]), [""; 0]);
        let prefixed = "b.AddEnvironmentVariables(\"SHOP_\"); f(configuration[\"Mail:Host\"]); // Configuration";
        assert!(untold(&[("A.cs", prefixed), ("docs/a.md", "SHOP_Mail__Host is the server\n")]).is_empty());
    }

    #[test]
    fn a_plain_word_in_a_document_tells_nothing() {
        let code = "f(process.env.HOST)";
        assert_eq!(untold(&[("a.js", code), ("README.md", "The HOST of the party.\n"), ("CHANGELOG.md", "- `HOST`\n")]), ["HOST"]);
        assert!(untold(&[("a.js", code), ("README.md", "```\nHOST=x npm start\n```\n")]).is_empty());
    }

    #[test]
    fn what_a_framework_lays_in_need_not_be_declared() {
        let files = [
            ("config/cache.php", "<?php return ['a' => env('CACHE_HOST')];"),
            ("config/services.php", "<?php return ['postmark' => ['token' => env('POSTMARK_API_KEY')], 'shop' => env('SHOP_KEY')];"),
        ];
        let keys = read(&Snapshot::of_memory(files), &mut Notes::default());
        assert_eq!(
            keys.iter().map(|key| (key.name.as_str(), key.provided)).collect::<Vec<_>>(),
            [("CACHE_HOST", true), ("POSTMARK_API_KEY", true), ("SHOP_KEY", false)]
        );
        let code = "f(ConfigurationManager.ConnectionStrings[\"Shop\"])";
        assert!(
            untold(&[("A.cs", code), ("Web.config", "<connectionStrings><add name=\"Shop\" connectionString=\"\" /></connectionStrings>")])
                .is_empty()
        );
    }

    #[test]
    fn a_source_of_its_own_makes_the_rest_unknown() {
        let mut notes = Notes::default();
        let files = [("A.cs", "f(configuration[\"Mail:Host\"]); // Configuration"), ("B.cs", "class B : ConfigurationProvider { }")];
        assert!(read(&Snapshot::of_memory(files), &mut notes).is_empty());
        let parts: Vec<&str> = notes.unread.iter().map(|unread| unread.part.as_str()).collect();
        assert_eq!(parts, ["configuration.secret_sources", "configuration.keys"]);
    }
}
