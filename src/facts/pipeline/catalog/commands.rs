//! Which commands deploy, matched on their parsed words.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::{CommandRule, DEPLOYS, Remote};
use crate::facts::command::{Command, operands, program_name};

/// The words of each command that deploys with the place of its rule, by program.
type ByProgram = HashMap<String, Vec<(Vec<String>, usize)>>;

/// The commands that deploy, by program.
static COMMANDS: LazyLock<ByProgram> = LazyLock::new(|| {
    let mut by_program = ByProgram::new();
    for (at, rule) in DEPLOYS.command.iter().enumerate() {
        for run in &rule.run {
            let words: Vec<String> = run.split(' ').map(str::to_ascii_lowercase).collect();
            by_program.entry(words[0].clone()).or_default().push((words, at));
        }
    }
    by_program
});

/// The strongest rule that a command meets, with the words it was met by.
pub(in crate::facts::pipeline) fn deploying(command: &Command) -> Option<(String, &'static CommandRule)> {
    let words = command.effective();
    let program = program_name(words.first()?);
    let met = COMMANDS.get(&program)?.iter().filter_map(|(wanted, at)| {
        let rule = &DEPLOYS.command[*at];
        (follows(words, wanted) && rule.admits(words)).then(|| (wanted.join(" "), rule))
    });
    met.min_by_key(|(_, rule)| rule.weight)
}

/// Whether words run `wanted`: program first, then its words in order, options and one value each skipped.
pub(in crate::facts::pipeline) fn follows(words: &[String], wanted: &[String]) -> bool {
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
        let there = self.remote.is_none_or(|remote| arguments.last().is_some_and(|word| remote.is_meant(word)));
        !barred && wanted && there && !self.copies_documents(arguments)
    }

    /// Whether a copy takes nothing along but documents: the last operand is the place that it goes to.
    fn copies_documents(&self, arguments: &[String]) -> bool {
        let operands = operands(arguments, &self.valued, &[]);
        let Some((_, taken)) = operands.split_last() else { return false };
        let is_document = |name: &&str| {
            let extension = name.rsplit('/').next().and_then(|name| name.rsplit_once('.')).map_or("", |(_, extension)| extension);
            self.documents.iter().any(|known| known.eq_ignore_ascii_case(extension))
        };
        !taken.is_empty() && taken.iter().all(is_document)
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

/// A command `program deploy` of a program that no rule knows, and that does not mean a release by it.
pub(in crate::facts::pipeline) fn told_to_deploy(command: &Command) -> Option<String> {
    let words = command.effective();
    let program = program_name(words.first()?);
    let operand = words[1..].iter().find(|word| !word.starts_with('-'))?;
    (operand == "deploy" && !DEPLOYS.named.releases.contains(&program)).then(|| format!("{program} deploy"))
}

/// A program that deploys if it is told so, where a variable holds what it is told.
pub(in crate::facts::pipeline) fn told_by_variable(command: &Command) -> Option<String> {
    let words = command.effective();
    let program = program_name(words.first()?);
    let operand = words[1..].iter().find(|word| !word.starts_with('-'))?;
    (operand.starts_with('$') && DEPLOYS.named.open.contains(&program)).then_some(program)
}

#[cfg(test)]
mod tests {
    use super::*;

    impl CommandRule {
        /// For each command: its words, an example that deploys, and examples that do not.
        pub(in crate::facts::pipeline) fn examples(&self) -> Vec<(String, String, Vec<String>)> {
            let when = self.when.first().map(|word| format!(" 'x{word}x'")).unwrap_or_default();
            let place = match self.remote {
                Some(Remote::Host) => " a host:b",
                Some(Remote::Url) => " a s3://b",
                None => "",
            };
            let example = |run: &String| {
                let text = format!("{run}{when}{place}");
                let barred = self.unless.iter().map(|word| format!("{run} '{word}'{when}{place}")).collect();
                (run.to_ascii_lowercase(), text, barred)
            };
            self.run.iter().map(example).collect()
        }
    }
    use crate::facts::command::commands;
    use crate::facts::pipeline::catalog::Weight;

    fn met(text: &str) -> Option<String> {
        commands(text).iter().find_map(deploying).map(|(run, _)| run)
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
    fn a_copy_of_documents_deploys_only_where_a_name_says_so() {
        let weight = |text: &str| commands(text).iter().find_map(deploying).map(|(_, rule)| rule.weight);
        assert_eq!(weight("scp -i key.pem -r docs/openapi.json notes.md app@host:/srv/docs"), Some(Weight::Named));
        assert_eq!(weight("scp openapi.json dist/shop.jar app@host:/srv"), Some(Weight::Strong));
        assert_eq!(weight("scp -o Port=22 docker-compose.yml app@host:"), Some(Weight::Strong));
        assert_eq!(weight("scp $FILES app@host:/srv"), Some(Weight::Strong));
    }
}
