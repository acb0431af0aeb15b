//! Azure Pipelines: stages, jobs and steps, with the templates of the same repository.
//!
//! Approvals and checks of an environment live on the server, templates of other repositories elsewhere: what runs
//! through the latter is said to deploy where its name says so, and whether a person waits there is not known.

mod find;
mod steps;
mod trigger;

use std::collections::BTreeMap;

use super::catalog;
use super::deeds::{Cues, Deeds};
use super::graph::{Board, Draft, JOB_LIMIT, Sheet, Start, gate};
use super::source::Source;
use super::{Job, ManualStop, Trigger, TriggerKind};
use crate::facts::Notes;
use crate::facts::yaml::{Kind, Node};
use crate::snapshot::Snapshot;
use find::Template;
use trigger::Triggers;

pub(super) use find::looks_like_azure;

const PROVIDER: &str = "azure-pipelines";

/// How deep expressions, templates and strategies nest.
const DEPTH: usize = 8;

/// Puts all pipelines and the templates that they use on the board.
pub(super) fn read(snapshot: &Snapshot, found: Vec<Source>, board: &mut Board, notes: &mut Notes) {
    let sources = find::with_templates(snapshot, found, notes);
    let used = find::used(&sources);
    let mut calls = Calls::default();
    for source in &sources {
        let Some(root) = source.tree.root() else { continue };
        let is_template = used.contains(&source.path) && !trigger::has_own(root) || trigger::is_bare_template(root, source);
        if is_template && ["stages", "jobs", "extends"].iter().all(|key| root.get(key).is_none()) {
            // Steps are read where they are used.
            continue;
        }
        let triggers = if is_template { None } else { Some(Triggers::of(root)) };
        let sheet = board.add_sheet(Sheet {
            file: source.path.clone(),
            provider: PROVIDER,
            triggers: triggers.as_ref().map_or_else(|| vec![Trigger { kind: TriggerKind::Called, line: 1 }], Triggers::listed),
            start: triggers.as_ref().and_then(|triggers| triggers.stop(root)),
        });
        calls.sheets.insert(source.path.clone(), sheet);
        Reading { snapshot, source, triggers, sheet, board, calls: &mut calls, notes }.pipeline(root);
    }
    calls.link(board);
}

/// Which job calls which template.
#[derive(Default)]
struct Calls {
    sheets: BTreeMap<String, usize>,
    made: Vec<(usize, String)>,
}

impl Calls {
    /// Lets calling jobs deploy what the templates deploy, and lets these start when they are called.
    fn link(&self, board: &mut Board) {
        let made: Vec<(usize, usize)> = self.made.iter().filter_map(|(at, path)| Some((*at, *self.sheets.get(path)?))).collect();
        board.link_calls(&made);
    }
}

/// A stage, or what stands for one, as put on the board.
struct Stage {
    name: String,
    jobs: Vec<usize>,
}

/// What is said of a stage and holds for its jobs.
struct Around<'n> {
    name: &'n str,
    shown: &'n str,
    line: Option<usize>,
    condition: &'n str,
    condition_line: Option<usize>,
}

/// One file while it is read.
struct Reading<'r> {
    snapshot: &'r Snapshot,
    source: &'r Source,
    triggers: Option<Triggers>,
    sheet: usize,
    board: &'r mut Board,
    calls: &'r mut Calls,
    notes: &'r mut Notes,
}

const NOWHERE: Around<'static> = Around { name: "", shown: "", line: None, condition: "true", condition_line: None };

impl Reading<'_> {
    fn pipeline(&mut self, root: &Node) {
        let extended = root.get("extends");
        if let Some(extends) = extended.filter(|extends| extends.get("template").is_some()) {
            let at = self.call(&[extends], extends.line, &NOWHERE);
            self.mark_call(at, extends);
        }
        for body in [Some(root), extended.and_then(|extends| extends.get("parameters"))].into_iter().flatten() {
            if let Some(stages) = body.get("stages") {
                self.stages(stages);
            } else if let Some(jobs) = body.get("jobs") {
                self.jobs(jobs, &NOWHERE);
            } else if let Some(entry) = body.entry("steps") {
                let draft = self.draft("", entry.line, body, &NOWHERE);
                self.board.add_job(self.sheet, draft);
            }
        }
    }

    fn stages(&mut self, list: &Node) {
        let mut before: Vec<Stage> = Vec::new();
        for item in self.first_of(expanded(list), "stages") {
            let (name, jobs) = match item.entry("stage") {
                Some(entry) => (entry.value.text().unwrap_or_default(), self.stage(item, entry.line)),
                None if item.get("template").is_some() => {
                    let at = self.call(&[item], item.line, &NOWHERE);
                    self.mark_call(at, item);
                    (template_text(item), vec![at])
                }
                None => continue,
            };
            let needed = stage_needs(item, &before);
            for job in &jobs {
                self.board.jobs[*job].needs.extend(&needed);
            }
            before.push(Stage { name: name.to_owned(), jobs });
        }
    }

    /// As many items as are read; notes where there are more.
    fn first_of<'n>(&mut self, mut items: Vec<&'n Node>, what: &str) -> Vec<&'n Node> {
        if items.len() > JOB_LIMIT {
            items.truncate(JOB_LIMIT);
            self.notes.unread("pipelines", format!("{}: only the first {JOB_LIMIT} {what} were read", self.source.path));
        }
        items
    }

    fn stage(&mut self, item: &Node, line: usize) -> Vec<usize> {
        let around = Around {
            name: item.text_of("stage").unwrap_or_default(),
            shown: item.text_of("displayName").unwrap_or_default(),
            line: Some(line),
            condition: item.text_of("condition").unwrap_or("true"),
            condition_line: item.entry("condition").map(|entry| entry.line),
        };
        let jobs = item.get("jobs").map(|jobs| self.jobs(jobs, &around)).unwrap_or_default();
        let manual = item.entry("trigger").filter(|trigger| trigger.value.text() == Some("manual"));
        if let (Some(manual), Some((first, rest))) = (manual, jobs.split_first()) {
            self.board.jobs[*first].job.manual.push(gate(
                manual.line,
                "stage-trigger-manual",
                format!("stage `{}` waits until a person starts it", around.name),
            ));
            for job in rest {
                self.board.jobs[*job].needs.push(*first);
            }
        }
        jobs
    }

    /// Puts the jobs of a stage on the board. All templates that a stage calls count as one job, at the stage's line.
    fn jobs(&mut self, list: &Node, around: &Around<'_>) -> Vec<usize> {
        let items = self.first_of(expanded(list), "jobs");
        let mut placed: Vec<(String, usize, &Node)> = Vec::new();
        let templates: Vec<&Node> = items.iter().copied().filter(|item| item.get("template").is_some()).collect();
        for item in &items {
            let Some(entry) = item.entry("job").or_else(|| item.entry("deployment")) else { continue };
            let name = entry.value.text().unwrap_or_default();
            let draft = self.draft(name, entry.line, item, around);
            placed.push((name.to_owned(), self.board.add_job(self.sheet, draft), item));
        }
        for (_, at, item) in &placed {
            let wanted: Vec<&str> =
                item.get("dependsOn").map(Node::one_or_many).unwrap_or_default().iter().filter_map(Node::text).collect();
            let needs = placed.iter().filter(|(name, ..)| wanted.contains(&name.as_str())).map(|(_, at, _)| *at);
            self.board.jobs[*at].needs.extend(needs);
        }
        let mut jobs: Vec<usize> = placed.iter().map(|(_, at, _)| *at).collect();
        let groups: Vec<&[&Node]> = if around.line.is_some() { vec![&templates] } else { templates.chunks(1).collect() };
        for group in groups.into_iter().filter(|group| !group.is_empty()) {
            let at = self.call(group, around.line.unwrap_or(group[0].line), around);
            group.iter().for_each(|item| self.mark_call(at, item));
            jobs.push(at);
        }
        jobs
    }

    fn mark_call(&mut self, at: usize, item: &Node) {
        if let Template::Local(path) = Template::of(item, &self.source.path) {
            self.calls.made.push((at, path));
        }
    }

    /// A job that stands for the templates called at one place.
    fn call(&mut self, items: &[&Node], line: usize, around: &Around<'_>) -> usize {
        let mut deeds = Deeds::new(self.snapshot, PROVIDER);
        let mut elsewhere = false;
        for item in items {
            if let Template::Elsewhere(name) = Template::of(item, &self.source.path)
                && catalog::says_deploy(&name)
            {
                elsewhere = true;
                deeds.deploys_by([name]);
            }
        }
        let by = deeds.deploying(&Cues { own: &[], around: &[], environment: false });
        let chosen = items.iter().find_map(|item| target_parameter(item));
        let id = match (around.name, &chosen) {
            ("", Some(target)) => target.clone(),
            ("", None) => find::stem(template_text(items[0])).to_owned(),
            (name, _) => name.to_owned(),
        };
        let start = match self.start(around.condition) {
            Start::Automatic if elsewhere => Start::Outside,
            start => start,
        };
        let target = chosen.or_else(|| catalog::target_in(&format!("{id} {}", around.shown)).map(str::to_owned));
        let job =
            Job { id, line, deploys: !by.is_empty(), target, environment: None, automatic: None, manual: Vec::new(), steps: Vec::new() };
        self.board.add_job(self.sheet, Draft { job, by, start, needs: Vec::new(), callers: Vec::new(), may_be_twin: false })
    }

    fn draft(&self, name: &str, line: usize, item: &Node, around: &Around<'_>) -> Draft {
        let deployment = item.get("deployment").is_some();
        let shown = item.text_of("displayName").unwrap_or_default();
        let deeds = steps::deeds(self.snapshot, self.source, item);
        let cues = Cues { own: &[name, shown], around: &[around.name, around.shown, self.source.stem()], environment: deployment };
        let mut by = deeds.deploying(&cues);
        if by.is_empty() && deployment {
            by.insert("deployment".to_owned());
        }
        let condition = match item.text_of("condition") {
            Some(own) => format!("and({}, {own})", around.condition),
            None => around.condition.to_owned(),
        };
        let down = catalog::takes_down(&format!("{name} {}", around.name)) && !catalog::says_deploy(name) && !deployment;
        let id = if name.is_empty() { self.source.stem().to_owned() } else { name.to_owned() };
        let start = self.start(&condition);
        let mut manual = deeds.stops;
        manual.extend(self.by_condition(start, item.entry("condition").map(|entry| entry.line).or(around.condition_line)));
        let job = Job {
            id,
            line,
            deploys: !by.is_empty() && !down,
            target: target(item, &[name, shown], around),
            environment: environment(item).map(str::to_owned),
            automatic: None,
            manual,
            steps: deeds.steps,
        };
        Draft { job, by, start, needs: Vec::new(), callers: Vec::new(), may_be_twin: false }
    }

    /// The stop of a condition that only a start by hand meets, in a pipeline that also starts by itself.
    fn by_condition(&self, start: Start, line: Option<usize>) -> Option<ManualStop> {
        let starts_itself = self.triggers.as_ref().is_some_and(|triggers| !triggers.only_by_hand());
        let line = line.filter(|_| starts_itself && start == Start::Manual)?;
        Some(gate(line, "condition-manual", "runs only when a person starts the pipeline"))
    }

    fn start(&self, condition: &str) -> Start {
        match &self.triggers {
            Some(triggers) => triggers.start(condition),
            None => Start::Called,
        }
    }
}

/// The jobs that a stage waits for: those of the stages it names, else of the stage before it.
fn stage_needs(item: &Node, before: &[Stage]) -> Vec<usize> {
    let Some(written) = item.get("dependsOn") else {
        return before.last().map(|stage| stage.jobs.clone()).unwrap_or_default();
    };
    let names: Vec<&str> = written.one_or_many().iter().filter_map(Node::text).filter(|name| !name.is_empty()).collect();
    let known = |name: &&str| before.iter().any(|stage| stage.name == **name);
    // A stage that is not here comes out of a template before it.
    let through_template = !names.iter().all(known);
    before
        .iter()
        .filter(|stage| names.contains(&stage.name.as_str()) || (through_template && find::is_template_path(&stage.name)))
        .flat_map(|stage| stage.jobs.clone())
        .collect()
}

fn template_text(item: &Node) -> &str {
    item.text_of("template").unwrap_or_default()
}

/// The target that a template is told by a parameter.
fn target_parameter(item: &Node) -> Option<String> {
    let parameters = item.get("parameters")?.entries();
    let named = parameters
        .iter()
        .find(|entry| entry.key.to_ascii_lowercase().contains("env") && entry.value.text().is_some_and(|text| !text.contains('$')));
    named.and_then(|entry| entry.value.text()).filter(|text| !text.is_empty()).map(str::to_owned)
}

/// The environment as written.
fn environment(item: &Node) -> Option<&str> {
    let environment = item.get("environment")?;
    environment.text().or_else(|| environment.text_of("name")).filter(|name| !name.is_empty())
}

/// The environment as named, else what the names of job and stage say.
fn target(item: &Node, names: &[&str], around: &Around<'_>) -> Option<String> {
    let environment = environment(item);
    if let Some(named) = environment.filter(|name| !name.is_empty() && !name.contains('$')) {
        return Some(named.split('.').next().unwrap_or(named).to_owned());
    }
    let words = format!("{} {} {} {}", environment.unwrap_or_default(), names.join(" "), around.name, around.shown);
    catalog::target_in(&words).map(str::to_owned)
}

/// The items of a list, those under expressions (`${{ if … }}:`) included.
fn expanded(list: &Node) -> Vec<&Node> {
    fn walk<'n>(node: &'n Node, depth: usize, found: &mut Vec<&'n Node>) {
        match &node.kind {
            _ if depth == 0 => {}
            Kind::Sequence(items) => items.iter().for_each(|item| walk(item, depth - 1, found)),
            Kind::Mapping(entries) if entries.first().is_some_and(|entry| entry.key.starts_with("${{")) => {
                entries.iter().for_each(|entry| walk(&entry.value, depth - 1, found));
            }
            Kind::Mapping(_) => found.push(node),
            Kind::Scalar { .. } => {}
        }
    }
    let mut found = Vec::new();
    walk(list, DEPTH * 2, &mut found);
    found
}

#[cfg(test)]
mod tests;
