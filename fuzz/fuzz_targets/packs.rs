//! Damages a pack and its index, and looks for secrets in the past that they hold.
#![no_main]

#[path = "../readers.rs"]
mod readers;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    readers::read_past(data);
});
