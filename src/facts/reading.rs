//! Reads the sections side by side: what each rests on, and where they meet.

use std::sync::{Mutex, OnceLock, PoisonError};

use super::{Facts, Notes, Section, Unread};
use super::{configuration, decision, flow, manual_step, ownership, pipeline, profile, readme, service, stack, tests};
use crate::snapshot::{Cache, Snapshot};

/// Reads all sections of a snapshot.
#[must_use]
pub fn read(snapshot: &Snapshot) -> Facts {
    read_some(snapshot, &|_| true, None)
}

/// Reads the sections that are wanted, by name, and what they rest on; the others say that they were not asked for.
/// History is read only if `ownership.knowledge` is wanted, and what it says is remembered in `cache`.
#[must_use]
pub fn read_some(snapshot: &Snapshot, wanted: &(dyn Fn(&str) -> bool + Sync), cache: Option<&Cache>) -> Facts {
    let reading = Reading { snapshot, wanted, cache, notes: Mutex::default() };
    let mut facts = Facts::none();
    reading.sections(&mut facts);
    let mut notes = reading.notes.into_inner().unwrap_or_else(PoisonError::into_inner);
    notes.unread.extend(delivered_elsewhere(&facts.pipelines));
    notes.problems.sort();
    notes.problems.dedup();
    notes.unread.sort();
    facts.delivery = delivery(&facts.pipelines, &facts.manual_steps, &notes.unread);
    facts.access = Section::unknown("what a new team must be given is not read yet");
    facts.problems = notes.problems;
    facts.unread = notes.unread;
    facts
}

/// What is read, and what was noted so far; it is sorted at the end, whoever came first.
struct Reading<'a> {
    snapshot: &'a Snapshot,
    wanted: &'a (dyn Fn(&str) -> bool + Sync),
    cache: Option<&'a Cache>,
    notes: Mutex<Notes>,
}

impl Reading<'_> {
    /// Reads a section if one of these is asked for: itself, or what rests on it.
    fn section<T>(&self, of: &[&str], read: impl FnOnce(&mut Notes) -> Section<T>) -> Section<T> {
        if !of.iter().any(|name| (self.wanted)(name)) {
            return Section::unknown("not asked for");
        }
        let mut notes = Notes::default();
        let section = read(&mut notes);
        self.add(notes);
        section
    }

    fn add(&self, notes: Notes) {
        let mut all = self.notes.lock().unwrap_or_else(PoisonError::into_inner);
        all.problems.extend(notes.problems);
        all.unread.extend(notes.unread);
    }

    /// Reads all sections, side by side: those that take longest begin first, and the others when the stacks are known.
    fn sections(&self, facts: &mut Facts) {
        let snapshot = self.snapshot;
        let Facts { profile, readme, configuration, services, deployables, decisions, flows, .. } = facts;
        let Facts { stacks, pipelines, manual_steps, tests, ownership, .. } = facts;
        let read_stacks = OnceLock::new();
        let (mut test_code, mut knowledge) = (tests::Code::default(), None);
        rayon::scope_fifo(|scope| {
            scope.spawn_fifo(|_| (*flows, test_code) = self.tested());
            scope.spawn_fifo(|_| {
                knowledge = (self.wanted)("ownership.knowledge").then(|| ownership::knowledge::read(snapshot, self.cache));
            });
            let of = ["stacks", "readme", "profile", "deployables", "services"];
            let stacks = read_stacks.get_or_init(|| self.section(&of, |notes| stack::read(snapshot, notes)));
            let stacks = stacks.known().map(Vec::as_slice).unwrap_or_default();
            scope.spawn_fifo(|_| *configuration = self.section(&["configuration"], |notes| configuration::read(snapshot, notes)));
            scope.spawn_fifo(|_| self.delivered(pipelines, manual_steps, ownership));
            scope.spawn_fifo(|_| *readme = self.section(&["readme"], |notes| readme::read(snapshot, stacks, notes)));
            scope.spawn_fifo(|_| *services = self.section(&["services"], |_| service::read(snapshot, stacks)));
            scope.spawn_fifo(|_| *decisions = self.section(&["decisions"], |notes| decision::read(snapshot, notes)));
            scope.spawn_fifo(|_| *profile = self.section(&["profile"], |notes| profile::read(snapshot, stacks, notes)));
            scope.spawn_fifo(|_| *deployables = self.section(&["deployables"], |notes| profile::deployables(snapshot, stacks, notes)));
        });
        *stacks = read_stacks.into_inner().unwrap_or_else(|| Section::unknown("not read"));
        if let (Some(found), Section::Known(ownership)) = (knowledge, ownership) {
            let unread = ownership.learn(found).into_iter().collect();
            self.add(Notes { unread, ..Notes::default() });
        }
        if tests::outside(pipelines).is_some()
            && let Section::Known(flows) = flows
        {
            flow::link::doubt(flows);
        }
        self.add(no_way_in(profile, flows));
        *tests = self.section(&["tests"], |notes| tests::read(snapshot, pipelines, test_code, notes));
    }

    /// Reads the flows and the code of tests, and which of them run through which.
    fn tested(&self) -> (Section<Vec<flow::Flow>>, tests::Code) {
        let snapshot = self.snapshot;
        let declared = self.section(&["flows"], |notes| flow::declared(snapshot, notes));
        if !["flows", "tests"].into_iter().any(self.wanted) {
            return (Section::unknown("not asked for"), tests::Code::default());
        }
        let code = tests::code(snapshot, &flow::link::handlers(declared.known().map(Vec::as_slice).unwrap_or_default()));
        let flows = match declared {
            Section::Unknown { unknown } => Section::unknown(unknown),
            Section::Known(declared) => {
                let constants = flow::constants(snapshot, &flow::link::unknown_names(&code.calls));
                let mut flows = flow::link::link(declared, &code.calls, &constants);
                self.through_clients(&mut flows, &code);
                self.through_unread(&mut flows, &code);
                Section::Known(flows)
            }
        };
        (flows, code)
    }

    /// Where tests are too large to be read, endpoints that no other call reaches are unknown.
    fn through_unread(&self, flows: &mut [flow::Flow], code: &tests::Code) {
        let mut notes = Notes::default();
        for part in ["flows", "tests.integration", "tests.skipped"] {
            code.left_whole.iter().for_each(|left| left.note(part, &mut notes));
        }
        if notes.unread.iter().any(|unread| unread.part == "flows") {
            flow::link::doubt(flows.iter_mut().filter(|flow| flow::link::is_open(flow)));
        }
        self.add(notes);
    }

    /// Where tests call through a client with types, endpoints that no other call reaches are unknown.
    fn through_clients(&self, flows: &mut [flow::Flow], code: &tests::Code) {
        if !flows.iter().any(flow::link::is_open) {
            return;
        }
        let files: Vec<&str> = flows.iter().map(|flow| flow.file.as_str()).collect();
        let clients = code.typed_clients(self.snapshot, &files);
        let mut notes = Notes::default();
        for client in clients {
            let reached = flows.iter_mut().zip(&client.flows).filter(|(flow, reached)| **reached && flow::link::is_open(flow));
            let open: Vec<&mut flow::Flow> = reached.map(|(flow, _)| flow).collect();
            if !open.is_empty() {
                flow::link::doubt(open);
                notes.unread("flows", client.reason);
            }
        }
        self.add(notes);
    }

    /// Reads the pipelines and what is weighed against them.
    fn delivered(
        &self,
        pipelines: &mut Section<Vec<pipeline::Pipeline>>,
        steps: &mut Section<Vec<manual_step::ManualStep>>,
        ownership: &mut Section<ownership::Ownership>,
    ) {
        let snapshot = self.snapshot;
        let mut hidden = None;
        *pipelines = self.section(&["pipelines", "delivery", "manual_steps", "tests", "ownership"], |notes| {
            let read = pipeline::read(snapshot, notes);
            hidden = notes.unread.iter().find(|part| part.part == "pipelines").map(|part| part.reason.clone());
            read
        });
        let pipelines = &*pipelines;
        *steps = self.section(&["manual_steps", "delivery"], |notes| manual_step::read(snapshot, pipelines, hidden.as_deref(), notes));
        *ownership = self.section(&["ownership"], |notes| ownership::read(snapshot, pipelines, notes));
    }
}

/// What serves has ways in: where none is found, they are in a form that is not read.
fn no_way_in(profile: &Section<profile::ProfileFacts>, flows: &Section<Vec<flow::Flow>>) -> Notes {
    let mut notes = Notes::default();
    if let (Some(profile), Some([])) = (profile.known(), flows.known().map(Vec::as_slice))
        && profile.name == profile::Profile::Service
    {
        notes.unread("flows", format!("{}, and no way into it is written in a form that is read", profile.reason));
    }
    notes
}

/// How a change reaches production. Where pipelines were not read, that none deploys says nothing.
fn delivery(
    pipelines: &Section<Vec<pipeline::Pipeline>>,
    steps: &Section<Vec<manual_step::ManualStep>>,
    unread: &[Unread],
) -> Section<pipeline::Delivery> {
    match pipelines {
        Section::Unknown { unknown } => Section::unknown(unknown.clone()),
        Section::Known(pipelines) => {
            let found = pipeline::delivery(pipelines, steps.known().map(Vec::as_slice).unwrap_or_default());
            let hidden = unread.iter().find(|unread| unread.part == "pipelines");
            match hidden.filter(|_| found.verdict == pipeline::DeliveryVerdict::None) {
                Some(hidden) => Section::unknown(hidden.reason.clone()),
                None => Section::Known(found),
            }
        }
    }
}

/// Where no job deploys and one releases, what is released is brought on by something that is not in this repository.
fn delivered_elsewhere(pipelines: &Section<Vec<pipeline::Pipeline>>) -> Option<Unread> {
    let pipelines = pipelines.known()?;
    let deploys = pipelines.iter().flat_map(|pipeline| &pipeline.jobs).any(|job| job.deploys);
    let release = pipeline::releases(pipelines).into_iter().next().filter(|_| !deploys)?;
    let reason = format!("{}:{} releases it, and what brings it to where it runs is not in this repository", release.file, release.line);
    Some(Unread { part: "pipelines.jobs.deploys".into(), reason })
}

#[cfg(test)]
mod checked;
