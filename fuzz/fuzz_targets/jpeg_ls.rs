//! libFuzzer's way into the target `jpeg_ls`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    agatston_fuzz::run("jpeg_ls", data);
});
