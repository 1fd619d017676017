//! libFuzzer's way into the target `dicom_among`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    agatston_fuzz::run("dicom_among", data);
});
