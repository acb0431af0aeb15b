//! Steps that run tests in pipeline files of providers whose pipelines are not read: their scripts alone, without triggers
//! and jobs.

use crate::facts::pipeline;
use crate::facts::yaml::{Kind, Node, Tree};
use crate::snapshot::Snapshot;

use super::{TestRun, table};

/// How large a file may be, and how deep its keys are followed.
const LIMIT: usize = 1_000_000;
const DEPTH: usize = 12;

/// The steps that run tests.
pub(super) fn runs(snapshot: &Snapshot) -> Vec<TestRun> {
    let mut found = Vec::new();
    for (provider, path) in pipeline::unread_files(snapshot) {
        let Some(text) = snapshot.read_path(&path).filter(|text| text.bytes().len() <= LIMIT) else { continue };
        let text = text.as_str();
        let mut runs = if path.ends_with(".yml") || path.ends_with(".yaml") {
            let tree = Tree::parse(&text);
            let mut runs = Vec::new();
            tree.documents.iter().for_each(|document| scripts(snapshot, document, &mut runs, DEPTH));
            if provider == "travis-ci" {
                runs.extend(by_default(&tree));
            }
            runs
        } else if provider == "jenkins" {
            jenkins(snapshot, &text)
        } else {
            Vec::new()
        };
        runs.sort_unstable();
        runs.dedup_by_key(|(line, _)| *line);
        found.extend(runs.into_iter().map(|(line, can_fail)| TestRun { file: path.clone(), line, can_fail }));
    }
    found
}

/// Where a step runs tests, and whether its failure fails the pipeline.
type Run = (usize, bool);

fn scripts(snapshot: &Snapshot, node: &Node, runs: &mut Vec<Run>, depth: usize) {
    let Some(depth) = depth.checked_sub(1) else { return };
    match &node.kind {
        Kind::Sequence(items) => items.iter().for_each(|item| scripts(snapshot, item, runs, depth)),
        Kind::Mapping(_) => {
            for entry in node.own_entries() {
                if table::is_script(&entry.key) {
                    take(snapshot, &entry.value, runs, depth);
                } else {
                    scripts(snapshot, &entry.value, runs, depth);
                }
            }
        }
        Kind::Scalar { .. } => {}
    }
}

/// A script: text, a list of them, or a step that holds one.
fn take(snapshot: &Snapshot, node: &Node, runs: &mut Vec<Run>, depth: usize) {
    match &node.kind {
        Kind::Scalar { .. } => runs.extend(tests_in(snapshot, node)),
        Kind::Sequence(items) => items.iter().for_each(|item| match (&item.kind, depth.checked_sub(1)) {
            (Kind::Scalar { .. }, _) => runs.extend(tests_in(snapshot, item)),
            (_, Some(depth)) => scripts(snapshot, item, runs, depth),
            (_, None) => {}
        }),
        Kind::Mapping(_) => scripts(snapshot, node, runs, depth),
    }
}

fn tests_in(snapshot: &Snapshot, node: &Node) -> Vec<Run> {
    pipeline::steps_of(snapshot, node).into_iter().filter(|step| step.runs_tests).map(|step| (step.line, step.can_fail)).collect()
}

/// Travis runs the tests of some languages where no script is given.
fn by_default(tree: &Tree) -> Option<Run> {
    let root = tree.root()?;
    if root.get("script").is_some() || root.get("jobs").is_some() || root.get("matrix").is_some() {
        return None;
    }
    let language = root.entry("language")?;
    table::travis_tests(language.value.text()?).then_some((language.line, true))
}

/// The steps `sh "…"` and their like of a Jenkinsfile.
fn jenkins(snapshot: &Snapshot, text: &str) -> Vec<Run> {
    let mut runs = Vec::new();
    let mut offset = 0;
    let mut line = 1;
    while let Some(start) = text[offset..].find(['\'', '"']).map(|at| at + offset) {
        line += text[offset..start].matches('\n').count();
        let quote = &text[start..=start];
        let triple = text[start..].starts_with(&quote.repeat(3));
        let close = if triple { quote.repeat(3) } else { quote.to_owned() };
        let from = start + close.len();
        let end = text.get(from..).and_then(|rest| rest.find(&close)).map_or(text.len(), |at| at + from);
        let content = text.get(from..end).unwrap_or_default();
        let own = text[..start].rsplit('\n').next().unwrap_or_default();
        let before = own.trim_end().trim_end_matches(['(', ':']).trim_end().trim_end_matches("script").trim_end_matches(['(', ' ']);
        let runs_it = ["sh", "bat", "powershell", "pwsh"].iter().any(|word| before.ends_with(word));
        if runs_it && !own.trim_start().starts_with("//") {
            let document = Tree::parse(&format!("|\n{}", indented(content)));
            let found = document.root().map(|root| tests_in(snapshot, root)).unwrap_or_default();
            runs.extend(found.into_iter().map(|(_, can_fail)| (line, can_fail)));
        }
        line += content.matches('\n').count();
        offset = (end + close.len()).min(text.len());
    }
    runs
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!(" {}\n", line.trim())).collect()
}
