//! Publish profiles of Visual Studio that bring the program to another machine.

use super::ManualStep;
use super::table::{TABLE, extension, stem};
use crate::facts::pipeline;
use crate::facts::stack::is_product;
use crate::facts::stack::xml::elements;
use crate::snapshot::{File, Snapshot};

/// The profiles that no pipeline names, each at its method.
pub(super) fn profiles(snapshot: &Snapshot, machines: &[String]) -> Vec<ManualStep> {
    let profiles = snapshot.files().iter().filter(|file| is_profile(file));
    profiles.filter(|file| !is_named(file, machines)).filter_map(|file| profile(snapshot, file)).collect()
}

/// Whether there is a profile to look at.
pub(super) fn has_profiles(snapshot: &Snapshot) -> bool {
    snapshot.files().iter().any(is_profile)
}

fn is_profile(file: &File) -> bool {
    extension(file.name()) == "pubxml" && is_product(file)
}

fn profile(snapshot: &Snapshot, file: &File) -> Option<ManualStep> {
    let text = snapshot.read(file)?;
    let text = text.as_str();
    let elements = elements(&text);
    let of = |name: &str| elements.iter().find(|element| !element.end && element.name.eq_ignore_ascii_case(name));
    let method = of("WebPublishMethod").or_else(|| of("PublishProtocol")).or_else(|| of("PublishProvider"))?;
    let known = TABLE.publish.methods.iter().find(|known| known.eq_ignore_ascii_case(method.text))?;
    let near = ["publishUrl", "MSDeployServiceURL"].iter().filter_map(|name| of(name)).any(|place| is_near(place.text));
    let name = stem(file.name());
    (!near).then(|| ManualStep {
        file: file.path.clone(),
        line: method.line,
        kind: "publish-profile".into(),
        detail: format!("somebody publishes by {known} from Visual Studio with the profile `{name}`"),
        target: pipeline::target_in(name).map(str::to_owned),
        only_way: false,
    })
}

/// Whether a place is the developer's own machine: a folder, or a name for it.
fn is_near(place: &str) -> bool {
    let host = place.split("://").last().unwrap_or(place).trim_start_matches('/');
    let folder = place.starts_with('.')
        || place.starts_with("$(")
        || place.as_bytes().get(1) == Some(&b':')
        || place.starts_with("bin\\")
        || place.starts_with("bin/");
    folder || TABLE.publish.near.iter().any(|near| host.to_ascii_lowercase().starts_with(near.as_str()))
}

/// Whether something that a machine runs publishes with this profile.
fn is_named(file: &File, machines: &[String]) -> bool {
    let name = stem(file.name()).to_ascii_lowercase();
    let lines = machines.iter().flat_map(|text| text.lines());
    let mut telling = lines.map(str::to_ascii_lowercase).filter(|line| line.contains("publishprofile") || line.contains(".pubxml"));
    telling.any(|line| line.contains(&name) || line.contains("publishprofile=$"))
}
