//! Reads bytes as one of the files that `readers::DOCUMENTS` names.
#![no_main]

#[path = "../readers.rs"]
mod readers;

libfuzzer_sys::fuzz_target!(|data: &[u8]| readers::read(readers::DOCUMENTS, data));
