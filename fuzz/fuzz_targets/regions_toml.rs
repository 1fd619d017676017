//! libFuzzer's way into the target `regions_toml`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    agatston_fuzz::run("regions_toml", data);
});
