//! Reads bytes as one of the files that `readers::SECRETS` names, and looks for secrets in it.
#![no_main]

#[path = "../readers.rs"]
mod readers;

libfuzzer_sys::fuzz_target!(|data: &[u8]| readers::scan(data));
