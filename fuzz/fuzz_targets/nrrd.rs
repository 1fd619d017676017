//! libFuzzer's way into the target `nrrd`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    agatston_fuzz::run("nrrd", data);
});
