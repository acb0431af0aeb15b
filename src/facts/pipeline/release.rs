//! Which jobs make a release: a package, an image or a page of a version that others install or bring to where it runs.

use super::{Job, Pipeline, Step, StepKind, TriggerKind, catalog};
use crate::facts::At;
use crate::facts::command::commands;

/// The first releasing step of each job that makes a release.
#[must_use]
pub fn releases(pipelines: &[Pipeline]) -> Vec<At> {
    let by_tag = |pipeline: &Pipeline| pipeline.triggers.iter().any(|trigger| trigger.kind == TriggerKind::Tag);
    let any_tag = pipelines.iter().any(by_tag);
    let called = |pipeline: &Pipeline| pipeline.triggers.iter().any(|trigger| trigger.kind == TriggerKind::Called);
    let tagged = |pipeline: &Pipeline| by_tag(pipeline) || (any_tag && called(pipeline));
    pipelines
        .iter()
        .flat_map(|pipeline| {
            let tagged = tagged(pipeline);
            let step = move |job: &Job| job.steps.iter().find(|step| makes(step, tagged)).map(|step| step.line);
            pipeline.jobs.iter().filter_map(step).map(|line| At::new(&pipeline.file, line))
        })
        .collect()
}

fn makes(step: &Step, tagged: bool) -> bool {
    match step.kind {
        StepKind::Command => commands(&step.text).iter().any(catalog::releasing),
        StepKind::Action => catalog::releasing_step(&step.text, tagged),
    }
}

#[cfg(test)]
mod tests {
    use super::releases;
    use crate::facts::{Notes, pipeline};
    use crate::snapshot::Snapshot;

    fn of(files: &[(&str, &str)]) -> usize {
        let snapshot = Snapshot::of_memory(files.iter().map(|(path, content)| (*path, content.as_bytes().to_vec())));
        releases(pipeline::read(&snapshot, &mut Notes::default()).known().expect("they can be read")).len()
    }

    #[test]
    fn an_image_counts_where_a_tag_starts_it_a_package_always() {
        let build = "jobs:\n  image:\n    steps:\n      - uses: docker/build-push-action@v6\n";
        let workflow = |on: &str, jobs: &str| of(&[(".github/workflows/a.yml", &format!("on: {on}\n{jobs}"))]);
        assert_eq!(workflow("pull_request", build), 0);
        assert_eq!(workflow("{push: {tags: ['v*']}}", build), 1);
        assert_eq!(workflow("push", "jobs:\n  npm:\n    steps:\n      - run: npm publish --provenance\n"), 1);
        assert_eq!(workflow("push", "jobs:\n  npm:\n    steps:\n      - run: npm run build\n"), 0);
    }

    #[test]
    fn a_called_workflow_builds_what_a_tag_asks_for() {
        let called = "on: workflow_call\njobs:\n  image:\n    steps:\n      - uses: docker/build-push-action@v6\n";
        let tag = "on: {push: {tags: ['v*']}}\njobs:\n  ship: {uses: ./.github/workflows/image.yml}\n";
        assert_eq!(of(&[(".github/workflows/image.yml", called)]), 0);
        assert_eq!(of(&[(".github/workflows/image.yml", called), (".github/workflows/tag.yml", tag)]), 1);
    }
}
