//! libFuzzer's way into the target `coca`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    agatston_fuzz::run("coca", data);
});
