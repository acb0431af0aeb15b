//! Connection strings that stand in code. What they are an example of cannot be told, so they only count for services whose
//! client is there.

use std::collections::BTreeMap;

use aho_corasick::AhoCorasick;
use rayon::prelude::*;
use regex::Regex;

use super::table::{SETTINGS_LIMIT, TABLE};
use crate::facts::At;
use crate::facts::code::Language;
use crate::facts::stack::is_product;
use crate::snapshot::Snapshot;

/// The places that connect to each of these services, by their places in the table.
pub(super) fn read(snapshot: &Snapshot, services: &[usize]) -> BTreeMap<usize, Vec<At>> {
    let addresses: Vec<(usize, Regex)> =
        services.iter().filter_map(|service| Some((*service, TABLE.services.get(*service)?.address()?))).collect();
    // A list of keys does not say which service it is for: it counts where one alone can be meant.
    let mut takes_keys = services.iter().copied().filter(|service| TABLE.services.get(*service).is_some_and(|rule| rule.ado));
    let keys = takes_keys.next().filter(|_| takes_keys.next().is_none());
    let Some(hints) = AhoCorasick::new(&TABLE.code.hints).ok().filter(|_| !addresses.is_empty() || keys.is_some()) else {
        return BTreeMap::new();
    };
    let files = snapshot.files().par_iter().filter(|file| is_product(file) && Language::of(file.name()).is_some());
    let found: Vec<(usize, At)> = files
        .flat_map_iter(|file| {
            let text = snapshot.read(file).filter(|text| text.bytes().len() <= SETTINGS_LIMIT && hints.is_match(text.bytes()));
            let content = text.as_ref().map(|text| text.as_str()).unwrap_or_default();
            let lines = content.lines().zip(1..).filter(|(line, _)| hints.is_match(*line) && !TABLE.settings.comment.is_match(line));
            let connects = lines.flat_map(|(line, number)| {
                let by_address = addresses.iter().filter(|(_, address)| address.is_match(line)).map(|(service, _)| *service);
                let by_keys = keys.filter(|_| TABLE.code.ado.is_match(line));
                let services: Vec<usize> = by_address.chain(by_keys).collect();
                services.into_iter().map(move |service| (service, number))
            });
            connects.map(|(service, number)| (service, At::new(&file.path, number))).collect::<Vec<_>>()
        })
        .collect();
    let mut places: BTreeMap<usize, Vec<At>> = BTreeMap::new();
    found.into_iter().for_each(|(service, at)| places.entry(service).or_default().push(at));
    places
}
