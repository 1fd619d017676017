//! libFuzzer's way into the target `jpeg_2000`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    agatston_fuzz::run("jpeg_2000", data);
});
