//! The tables of `rules/data` that say what deploys, what stops and how providers are told apart, ready to be asked.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::LazyLock;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use serde::Deserialize;

use super::TriggerKind;
use crate::facts::command::{Command, program_name};
use crate::facts::table;

/// How much a recogniser says by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Weight {
    /// It deploys.
    #[default]
    Strong,
    /// It deploys where a name says that the job does.
    Named,
    /// It deploys where the job names an environment.
    Environment,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Deploys {
    command: Vec<CommandRule>,
    action: Vec<StepRule>,
    task: Vec<StepRule>,
    pub(super) cancel: Vec<Cancel>,
    pub(super) named: Named,
    // Kept for the reader of releases.
    #[allow(dead_code)]
    release: Release,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CommandRule {
    run: Vec<String>,
    #[serde(default)]
    unless: Vec<String>,
    #[serde(default)]
    when: Vec<String>,
    #[serde(default)]
    pub(super) weight: Weight,
    remote: Option<Remote>,
    pub(super) group: Option<String>,
}

/// How the last operand names a place elsewhere.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Remote {
    /// `host:path`.
    Host,
    /// `s3://bucket`, or a variable that may hold such a thing.
    Url,
}

/// A prepared step of a provider.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StepRule {
    uses: Vec<String>,
    pub(super) input: Option<String>,
    #[serde(default)]
    pub(super) any: Vec<String>,
    #[serde(default)]
    pub(super) default: bool,
    pub(super) script: Option<String>,
    #[serde(default)]
    pub(super) weight: Weight,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Cancel {
    pub(super) groups: Vec<String>,
    #[serde(default)]
    pub(super) run: Vec<String>,
    #[serde(default)]
    pub(super) uses: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Named {
    deploys: Vec<String>,
    not: Vec<String>,
    cues: Vec<String>,
    builds: Vec<String>,
    tests: Vec<String>,
    open: Vec<String>,
    releases: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code)]
struct Release {
    run: Vec<String>,
    uses: Vec<String>,
    tasks: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Stops {
    pub(super) step: Vec<StopStep>,
    work: Work,
    pub(super) typed: Typed,
    teardown: Teardown,
    twins: Twins,
}

/// A prepared step that asks a person.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StopStep {
    pub(super) provider: String,
    pub(super) uses: Vec<String>,
    pub(super) kind: String,
    pub(super) text: String,
    pub(super) who: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Work {
    verbs: Vec<String>,
    before: Vec<String>,
}

/// What tells typed data from a choice.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Typed {
    names: Vec<String>,
    confirmations: Vec<String>,
    free_types: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Teardown {
    words: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Twins {
    plain: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Providers {
    pub(super) provider: Vec<Provider>,
    target: Vec<Target>,
    github: BTreeMap<String, Vec<String>>,
    pub(super) gitlab: GitlabWords,
}

/// A pipeline system and its files.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Provider {
    pub(super) id: String,
    pub(super) name: String,
    files: Vec<String>,
    pub(super) read: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Target {
    name: String,
    words: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GitlabWords {
    pub(super) reserved: Vec<String>,
    pub(super) automatic_refs: Vec<String>,
    pub(super) manual_refs: Vec<String>,
    pub(super) outside_refs: Vec<String>,
}

pub(super) static DEPLOYS: LazyLock<Deploys> = LazyLock::new(|| table("deploys.toml", include_str!("../../../rules/data/deploys.toml")));
pub(super) static STOPS: LazyLock<Stops> = LazyLock::new(|| table("stops.toml", include_str!("../../../rules/data/stops.toml")));
pub(super) static PROVIDERS: LazyLock<Providers> =
    LazyLock::new(|| table("pipelines.toml", include_str!("../../../rules/data/pipelines.toml")));

/// The commands that deploy, by program.
static COMMANDS: LazyLock<HashMap<String, Vec<(Vec<String>, usize)>>> = LazyLock::new(|| {
    let mut by_program: HashMap<String, Vec<(Vec<String>, usize)>> = HashMap::new();
    for (at, rule) in DEPLOYS.command.iter().enumerate() {
        for run in &rule.run {
            let words: Vec<String> = run.split(' ').map(str::to_ascii_lowercase).collect();
            by_program.entry(words[0].clone()).or_default().push((words, at));
        }
    }
    by_program
});

/// The strongest rule that a command meets, with the words it was met by.
pub(super) fn deploying(command: &Command) -> Option<(String, &'static CommandRule)> {
    let words = command.effective();
    let program = program_name(words.first()?);
    let met = COMMANDS.get(&program)?.iter().filter_map(|(wanted, at)| {
        let rule = &DEPLOYS.command[*at];
        (follows(words, wanted) && rule.admits(words)).then(|| (wanted.join(" "), rule))
    });
    met.min_by_key(|(_, rule)| rule.weight)
}

/// Whether words run `wanted`: program first, then its words in order, options and one value each skipped.
pub(super) fn follows(words: &[String], wanted: &[String]) -> bool {
    let mut rest = words.iter().skip(1).map(String::as_str);
    let mut may_be_value = false;
    for want in &wanted[1..] {
        loop {
            let Some(word) = rest.next() else { return false };
            if word.eq_ignore_ascii_case(want) {
                break;
            }
            if word.starts_with('-') {
                may_be_value = !word.contains('=');
            } else if !std::mem::take(&mut may_be_value) {
                return false;
            }
        }
        may_be_value = false;
    }
    true
}

impl CommandRule {
    fn admits(&self, words: &[String]) -> bool {
        let arguments = &words[1..];
        let barred = arguments.iter().any(|word| self.unless.iter().any(|start| begins_with(word, start)));
        let contains = |word: &String| {
            let word = word.to_ascii_lowercase();
            self.when.iter().any(|part| word.contains(&part.to_ascii_lowercase()))
        };
        let wanted = self.when.is_empty() || arguments.iter().any(contains);
        !barred && wanted && self.remote.is_none_or(|remote| arguments.last().is_some_and(|word| remote.is_meant(word)))
    }
}

/// Letter case matters in options of one letter, and they must be the whole word.
fn begins_with(word: &str, start: &str) -> bool {
    if start.len() == 2 && start.starts_with('-') {
        return word == start;
    }
    word.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start))
}

impl Remote {
    fn is_meant(self, operand: &str) -> bool {
        // `C:\\x` is a drive.
        let drive = operand.len() >= 2 && operand.as_bytes()[1] == b':';
        match self {
            Self::Host => operand.contains("://") || (operand.contains(':') && !drive),
            Self::Url => operand.contains("://") || operand.starts_with('$'),
        }
    }
}

/// The rules for a prepared step, by its name without version.
pub(super) fn prepared(provider: &str, name: &str) -> impl Iterator<Item = &'static StepRule> {
    let rules = if provider == "azure-pipelines" { &DEPLOYS.task } else { &DEPLOYS.action };
    let name = name.to_owned();
    // A task of an extension may be written with the extension's name before it.
    let last = if provider == "azure-pipelines" { name.rsplit('.').next().unwrap_or(&name).to_owned() } else { name.clone() };
    let is = move |known: &String| known.eq_ignore_ascii_case(&name) || known.eq_ignore_ascii_case(&last);
    rules.iter().filter(move |rule| rule.uses.iter().any(&is))
}

/// The stop that a prepared step is.
pub(super) fn stop_step(provider: &str, name: &str) -> Option<&'static StopStep> {
    STOPS.step.iter().find(|step| step.provider == provider && step.uses.iter().any(|known| known.eq_ignore_ascii_case(name)))
}

/// The words of a name: cut at everything that is no letter or digit, and where small letters meet capital ones.
pub(super) fn words_of(name: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut small = false;
    for c in name.chars() {
        if !c.is_alphanumeric() || (c.is_uppercase() && small) {
            words.push(std::mem::take(&mut word));
        }
        if c.is_alphanumeric() {
            word.extend(c.to_lowercase());
        }
        small = c.is_lowercase();
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    words
}

/// Whether a name of a step, template or script says that it deploys.
pub(super) fn says_deploy(name: &str) -> bool {
    let words = words_of(name);
    let has = |list: &[String]| words.iter().any(|word| list.contains(word));
    has(&DEPLOYS.named.deploys) && !has(&DEPLOYS.named.not)
}

/// Whether a name of a job, stage or workflow hints at a deployment.
pub(super) fn hints_deploy(name: &str) -> bool {
    words_of(name).iter().any(|word| DEPLOYS.named.cues.contains(word))
}

/// Whether the names of a job say that it builds or tests, and nothing of a deployment: then an environment is only
/// where its settings come from.
pub(super) fn only_builds(names: &[&str]) -> bool {
    let words: Vec<String> = names.iter().flat_map(|name| words_of(name)).collect();
    let has = |list: &[String]| words.iter().any(|word| list.contains(word));
    (has(&DEPLOYS.named.builds) || has(&DEPLOYS.named.tests)) && !has(&DEPLOYS.named.deploys)
}

/// Whether the names of a job say that it tests, and nothing of a deployment: what it sets up is for its tests.
pub(super) fn only_tests(names: &[&str]) -> bool {
    let words: Vec<String> = names.iter().flat_map(|name| words_of(name)).collect();
    let has = |list: &[String]| words.iter().any(|word| list.contains(word));
    has(&DEPLOYS.named.tests) && !has(&DEPLOYS.named.deploys)
}

/// A command `program deploy` of a program that no rule knows, and that does not mean a release by it.
pub(super) fn told_to_deploy(command: &Command) -> Option<String> {
    let words = command.effective();
    let program = program_name(words.first()?);
    let operand = words[1..].iter().find(|word| !word.starts_with('-'))?;
    (operand == "deploy" && !DEPLOYS.named.releases.contains(&program)).then(|| format!("{program} deploy"))
}

/// A program that deploys if it is told so, where a variable holds what it is told.
pub(super) fn told_by_variable(command: &Command) -> Option<String> {
    let words = command.effective();
    let program = program_name(words.first()?);
    let operand = words[1..].iter().find(|word| !word.starts_with('-'))?;
    (operand.starts_with('$') && DEPLOYS.named.open.contains(&program)).then_some(program)
}

/// Whether a name says that something is taken down.
pub(super) fn takes_down(name: &str) -> bool {
    words_of(name).iter().any(|word| STOPS.teardown.words.contains(word))
}

/// The common name of the target that a name speaks of, the furthest if there are several.
pub(super) fn target_in(name: &str) -> Option<&'static str> {
    let words = words_of(name);
    PROVIDERS.target.iter().rev().find(|target| words.iter().any(|word| target.words.contains(word))).map(|target| target.name.as_str())
}

/// What a name says of the thing that is delivered: its words without those for targets and for how it is started.
pub(super) fn subject_of(name: &str) -> BTreeSet<String> {
    let plain = |word: &String| STOPS.twins.plain.contains(word) || PROVIDERS.target.iter().any(|target| target.words.contains(word));
    words_of(name).into_iter().filter(|word| !plain(word) && !word.chars().all(|c| c.is_ascii_digit())).collect()
}

/// The kind of trigger that an event of GitHub Actions is.
pub(super) fn github_trigger(event: &str) -> Option<TriggerKind> {
    let kind = PROVIDERS.github.iter().find(|(_, events)| events.iter().any(|known| known == event)).map(|(kind, _)| kind.as_str())?;
    Some(match kind {
        "push" => TriggerKind::Push,
        "tag" => TriggerKind::Tag,
        "pull-request" => TriggerKind::PullRequest,
        "schedule" => TriggerKind::Schedule,
        "manual" => TriggerKind::Manual,
        "called" => TriggerKind::Called,
        _ => TriggerKind::Upstream,
    })
}

impl Provider {
    /// The provider's files as a matcher of paths.
    pub(super) fn globs(&self) -> GlobSet {
        let mut set = GlobSetBuilder::new();
        for pattern in &self.files {
            let glob = GlobBuilder::new(pattern).literal_separator(true).build();
            set.add(glob.unwrap_or_else(|error| unreachable!("rules/data/pipelines.toml is checked by a test: {error}")));
        }
        set.build().unwrap_or_default()
    }
}

impl Stops {
    /// Whether an instruction tells a person to do something rather than to look and say yes.
    pub(super) fn tells_to_work(&self, instruction: &str) -> bool {
        let lower = instruction.to_lowercase();
        let mut opens = true;
        for word in lower.split_whitespace() {
            let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
            if opens && self.work.verbs.iter().any(|verb| verb == bare) {
                return true;
            }
            let number = bare.len() <= 2 && bare.chars().all(|c| c.is_ascii_digit());
            opens =
                number || word.ends_with(['.', ':', ';', '!']) || self.work.before.iter().any(|before| before == bare || before == word);
        }
        false
    }
}

impl Typed {
    /// Whether an input is data that a person must type.
    pub(super) fn is_typed(&self, name: &str, kind: &str, required: bool, has_default: bool, has_choices: bool) -> bool {
        let words = words_of(name);
        let has = |list: &[String]| words.iter().any(|word| list.contains(word));
        let free = self.free_types.iter().any(|free| free == kind);
        free && !has_default && !has_choices && !has(&self.confirmations) && (required || has(&self.names))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::command::commands;

    fn met(text: &str) -> Option<String> {
        commands(text).iter().find_map(deploying).map(|(run, _)| run)
    }

    #[test]
    fn tables_load() {
        assert!(DEPLOYS.command.len() > 20);
        assert!(STOPS.step.len() > 2);
        assert!(PROVIDERS.provider.iter().all(|provider| !provider.globs().is_empty()));
        assert!(github_trigger("push").is_some());
    }

    #[test]
    fn matches_parsed_words_only() {
        assert_eq!(met("terraform -chdir=infra apply -auto-approve").as_deref(), Some("terraform apply"));
        assert_eq!(met("kubectl -n shop --context prod apply -f k8s/").as_deref(), Some("kubectl apply"));
        assert_eq!(met("AWS_PROFILE=x aws --region eu s3 sync dist s3://bucket").as_deref(), Some("aws s3 sync"));
        assert_eq!(met("aws s3 cp s3://bucket/x ."), None);
        assert_eq!(met("kubectl apply --dry-run=client -f x"), None);
        assert_eq!(met("terraform plan"), None);
        assert_eq!(met("echo 'kubectl apply -f x'"), None);
        assert_eq!(met("helm lint chart"), None);
        assert_eq!(met("ssh-keyscan host >> known_hosts"), None);
        assert_eq!(met("rsync -a dist/ app@host:/srv/app").as_deref(), Some("rsync"));
    }

    #[test]
    fn reads_names() {
        assert_eq!(words_of("deployToProd_v2-x"), ["deploy", "to", "prod", "v2", "x"]);
        assert!(says_deploy("owner/deploy-to-somewhere"));
        assert!(!says_deploy("owner/deployment-status"));
        assert_eq!(target_in("deploy-staging-and-prod"), Some("production"));
        assert_eq!(target_in("build"), None);
    }

    #[test]
    fn tells_work_from_a_question() {
        assert!(STOPS.tells_to_work("Please run the migration script on the server, then resume"));
        assert!(STOPS.tells_to_work("1. Copy the file to the share"));
        assert!(!STOPS.tells_to_work("Please validate the build before it can run on production"));
    }
}
