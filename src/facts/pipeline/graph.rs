//! All jobs of a repository in one graph: which are reached without a person, and which stops matter.
//!
//! Providers put their jobs on the board with what they need and what calls them; the rules from there on are the same
//! for all: a job behind a stop is not automatic, a stop that leads to no deployment is nothing, and a second way to do
//! what also happens by itself is a twin.

use std::collections::BTreeSet;

use super::{Job, ManualStop, Nature, Pipeline, Trigger, catalog};

/// How deep files may call each other; GitHub allows four levels.
const CALL_DEPTH: usize = 4;

/// How many jobs a pipeline may have; those behind are not read.
pub(super) const JOB_LIMIT: usize = 1000;

/// How many rounds the search for a solution takes at most; each carries a stop one job further.
const ROUNDS: usize = 200;

/// How a job starts, what it needs left aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Start {
    /// By a push, a tag, a merge, a schedule.
    Automatic,
    /// Only by a person.
    Manual,
    /// By something outside that the repository does not show.
    Outside,
    /// Only by those that call it.
    Called,
    /// Never: switched off.
    Never,
}

/// Whether a job is reached without a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Reach {
    Never,
    Manual,
    Unknown,
    Automatic,
}

/// A job on the board.
#[derive(Debug)]
pub(super) struct Draft {
    /// The job as far as it is known; `automatic` is filled in at the end.
    pub(super) job: Job,
    /// By what it deploys.
    pub(super) by: BTreeSet<String>,
    /// How it starts.
    pub(super) start: Start,
    /// Jobs that must end well before it, by their place on the board.
    pub(super) needs: Vec<usize>,
    /// Jobs that call it, by their place on the board.
    pub(super) callers: Vec<usize>,
    /// Its own stops may be second ways to do what another job does by itself.
    pub(super) may_be_twin: bool,
}

/// One file on the board.
#[derive(Debug)]
pub(super) struct Sheet {
    pub(super) file: String,
    pub(super) provider: &'static str,
    pub(super) triggers: Vec<Trigger>,
    /// The stop that lies in starting it by hand, where that is a way.
    pub(super) start: Option<ManualStop>,
}

/// All files and jobs.
#[derive(Debug, Default)]
pub(super) struct Board {
    sheets: Vec<Sheet>,
    pub(super) jobs: Vec<Draft>,
    on_sheet: Vec<usize>,
}

impl Board {
    pub(super) fn add_sheet(&mut self, sheet: Sheet) -> usize {
        self.sheets.push(sheet);
        self.sheets.len() - 1
    }

    pub(super) fn add_job(&mut self, sheet: usize, draft: Draft) -> usize {
        self.jobs.push(draft);
        self.on_sheet.push(sheet);
        self.jobs.len() - 1
    }

    /// The jobs of a file, by their place on the board.
    pub(super) fn jobs_of(&self, sheet: usize) -> impl Iterator<Item = usize> + '_ {
        (0..self.jobs.len()).filter(move |job| self.on_sheet[*job] == sheet)
    }

    /// Links jobs to the files that they call: they deploy what is deployed there, and what is there starts with them.
    pub(super) fn link_calls(&mut self, calls: &[(usize, usize)]) {
        for _ in 0..CALL_DEPTH {
            for (caller, sheet) in calls {
                let called: Vec<usize> = self.jobs_of(*sheet).collect();
                let by: BTreeSet<String> =
                    called.iter().filter(|job| self.jobs[**job].job.deploys).flat_map(|job| self.jobs[*job].by.clone()).collect();
                self.jobs[*caller].job.deploys |= !by.is_empty();
                self.jobs[*caller].by.extend(by);
            }
        }
        for (caller, sheet) in calls {
            let called: Vec<usize> = self.jobs_of(*sheet).filter(|job| job != caller).collect();
            for job in &called {
                self.jobs[*job].callers.push(*caller);
            }
            // What needs the calling job waits for all that it calls.
            for draft in self.jobs.iter_mut().filter(|draft| draft.needs.contains(caller)) {
                draft.needs.extend(&called);
            }
        }
    }

    /// Decides what is automatic, which stops count, and what is a twin.
    pub(super) fn settle(mut self) -> Vec<Pipeline> {
        for draft in &mut self.jobs {
            if draft.start == Start::Never {
                draft.job.deploys = false;
            }
        }
        let reach = self.reach();
        self.drop_stops_without_deployment();
        self.mark_own_twins(&reach);
        self.place_start_stops(&reach);
        for (draft, reach) in self.jobs.iter_mut().zip(&reach) {
            draft.job.automatic = match reach {
                Reach::Automatic => Some(true),
                Reach::Unknown => None,
                Reach::Manual | Reach::Never => Some(false),
            };
        }
        self.into_pipelines()
    }

    /// The greatest solution of "a job is reached as well as what it needs and what starts it".
    fn reach(&self) -> Vec<Reach> {
        let mut reach = vec![Reach::Automatic; self.jobs.len()];
        for _ in 0..ROUNDS {
            let next: Vec<Reach> = self.jobs.iter().map(|draft| reach_of(draft, &reach)).collect();
            if next == reach {
                break;
            }
            reach = next;
        }
        reach
    }

    /// Jobs that lead to a deployment or are one.
    fn leading(&self) -> Vec<bool> {
        let mut leads: Vec<bool> = self.jobs.iter().map(|draft| draft.job.deploys).collect();
        let mut open: Vec<usize> = (0..leads.len()).filter(|job| leads[*job]).collect();
        while let Some(job) = open.pop() {
            for before in self.jobs[job].needs.iter().chain(&self.jobs[job].callers) {
                if !std::mem::replace(&mut leads[*before], true) {
                    open.push(*before);
                }
            }
        }
        leads
    }

    fn drop_stops_without_deployment(&mut self) {
        let leading = self.leading();
        for (draft, leads) in self.jobs.iter_mut().zip(leading) {
            if !leads {
                draft.job.manual.clear();
            }
        }
    }

    fn mark_own_twins(&mut self, reach: &[Reach]) {
        for at in 0..self.jobs.len() {
            // Without a target of its own there is nothing to compare.
            let candidate = self.jobs[at].may_be_twin && self.jobs[at].job.deploys && self.jobs[at].job.target.is_some();
            if candidate && self.has_automatic_twin(at, reach, false) {
                self.jobs[at].job.manual.iter_mut().for_each(|stop| stop.twin = true);
            }
        }
    }

    /// Puts the stop of starting a file by hand on the first job that deploys by it.
    fn place_start_stops(&mut self, reach: &[Reach]) {
        for sheet in 0..self.sheets.len() {
            let Some(mut stop) = self.sheets[sheet].start.clone() else { continue };
            let deploying: Vec<usize> = self.jobs_of(sheet).filter(|job| self.jobs[*job].job.deploys).collect();
            let by_hand: Vec<usize> =
                deploying.iter().copied().filter(|job| self.jobs[*job].start == Start::Manual && reach[*job] == Reach::Manual).collect();
            stop.twin = by_hand.iter().all(|job| self.has_automatic_twin(*job, reach, true));
            if let Some(first) = by_hand.first().or(deploying.first()) {
                self.jobs[*first].job.manual.push(stop);
            }
        }
    }

    /// Whether another job does by itself what this one does by hand: by the same means, to the same target, and by a
    /// name that speaks of the same thing. Stops of files are compared by the files' names, those of jobs by the jobs'.
    fn has_automatic_twin(&self, at: usize, reach: &[Reach], by_file: bool) -> bool {
        let own = &self.jobs[at];
        let target = target_of(own);
        let subject = |job: usize| catalog::subject_of(if by_file { self.stem(job) } else { &self.jobs[job].job.id });
        let own_subject = subject(at);
        !own.by.is_empty()
            && (0..self.jobs.len()).any(|other| {
                let twin = &self.jobs[other];
                let speaks_of_it = own_subject.is_empty() || subject(other) == own_subject;
                other != at
                    && reach[other] == Reach::Automatic
                    && twin.job.deploys
                    && twin.by == own.by
                    && same_target(target.as_ref(), target_of(twin).as_ref())
                    && speaks_of_it
            })
    }

    /// The name of the file that a job stands in, without its ending.
    fn stem(&self, job: usize) -> &str {
        let file = &self.sheets[self.on_sheet[job]].file;
        let name = file.rsplit('/').next().unwrap_or(file);
        name.trim_end_matches(".yaml").trim_end_matches(".yml")
    }

    fn into_pipelines(self) -> Vec<Pipeline> {
        let mut pipelines: Vec<Pipeline> = self
            .sheets
            .into_iter()
            .map(|sheet| Pipeline { file: sheet.file, provider: sheet.provider.to_owned(), triggers: sheet.triggers, jobs: Vec::new() })
            .collect();
        for (draft, sheet) in self.jobs.into_iter().zip(self.on_sheet) {
            pipelines[sheet].jobs.push(draft.job);
        }
        for pipeline in &mut pipelines {
            pipeline.jobs.sort_by_key(|job| job.line);
        }
        pipelines.sort_by(|a, b| a.file.cmp(&b.file));
        pipelines
    }
}

fn reach_of(draft: &Draft, reach: &[Reach]) -> Reach {
    let own = match draft.start {
        Start::Automatic => Some(Reach::Automatic),
        Start::Manual => Some(Reach::Manual),
        Start::Outside => Some(Reach::Unknown),
        Start::Never => return Reach::Never,
        Start::Called => None,
    };
    let called = draft.callers.iter().map(|caller| reach[*caller]).max();
    let mut found = own.max(called).unwrap_or(Reach::Unknown);
    if draft.job.manual.iter().any(|stop| !stop.twin) {
        found = found.min(Reach::Manual);
    }
    draft.needs.iter().map(|need| reach[*need]).fold(found, Reach::min)
}

/// The target of a job in the common words, where it has one.
fn target_of(draft: &Draft) -> Option<String> {
    let target = draft.job.target.as_deref()?;
    Some(catalog::target_in(target).map_or_else(|| target.to_ascii_lowercase(), str::to_owned))
}

fn same_target(own: Option<&String>, other: Option<&String>) -> bool {
    match (own, other) {
        (Some(own), Some(other)) => own == other,
        (Some(_), None) => false,
        // A target that is chosen at the start covers what runs by itself.
        (None, _) => true,
    }
}

/// A stop that is a gate until somebody finds work in it.
pub(super) fn gate(line: usize, kind: &str, detail: impl Into<String>) -> ManualStop {
    ManualStop { line, kind: kind.to_owned(), nature: Nature::Gate, twin: false, detail: detail.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(id: &str, start: Start, needs: &[usize], by: &[&str]) -> Draft {
        let job = Job {
            id: id.into(),
            line: 1,
            deploys: !by.is_empty(),
            target: None,
            environment: None,
            automatic: None,
            manual: Vec::new(),
            steps: Vec::new(),
        };
        let by = by.iter().map(|by| (*by).to_owned()).collect();
        Draft { job, by, start, needs: needs.to_vec(), callers: Vec::new(), may_be_twin: true }
    }

    fn board(jobs: Vec<Draft>, start: Option<ManualStop>) -> Board {
        let mut board = Board::default();
        let sheet = board.add_sheet(Sheet { file: "a".into(), provider: "x", triggers: Vec::new(), start });
        for job in jobs {
            board.add_job(sheet, job);
        }
        board
    }

    #[test]
    fn a_stop_reaches_down_to_what_needs_it() {
        let mut jobs = vec![
            draft("ask", Start::Automatic, &[], &[]),
            draft("deploy", Start::Automatic, &[0], &["x"]),
            draft("benchmark", Start::Automatic, &[], &[]),
        ];
        jobs[0].job.manual.push(gate(3, "when-manual", "a"));
        jobs[2].job.manual.push(gate(9, "when-manual", "b"));
        let pipelines = board(jobs, None).settle();
        let jobs = &pipelines[0].jobs;
        assert_eq!(jobs[1].automatic, Some(false));
        assert_eq!(jobs[0].manual.len(), 1);
        assert!(jobs[2].manual.is_empty());
    }

    #[test]
    fn a_second_way_is_a_twin() {
        let beside = board(vec![draft("deploy", Start::Automatic, &[], &["x"])], Some(gate(1, "workflow-dispatch", "a"))).settle();
        assert!(beside[0].jobs[0].manual[0].twin);
        let alone = board(vec![draft("deploy", Start::Manual, &[], &["x"])], Some(gate(1, "workflow-dispatch", "a"))).settle();
        assert!(!alone[0].jobs[0].manual[0].twin);
        let nothing = board(vec![draft("build", Start::Manual, &[], &[])], Some(gate(1, "workflow-dispatch", "a"))).settle();
        assert!(nothing[0].jobs[0].manual.is_empty());
    }

    #[test]
    fn circles_end() {
        let jobs = vec![draft("a", Start::Automatic, &[1], &["x"]), draft("b", Start::Automatic, &[0], &["x"])];
        assert_eq!(board(jobs, None).settle()[0].jobs.len(), 2);
    }
}
