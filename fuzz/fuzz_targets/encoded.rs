//! Writes bytes in base64, with percent signs and with escapes, and looks for secrets in that.
#![no_main]

#[path = "../readers.rs"]
mod readers;

libfuzzer_sys::fuzz_target!(|data: &[u8]| readers::scan_encoded(data));
