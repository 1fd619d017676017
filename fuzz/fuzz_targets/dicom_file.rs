//! libFuzzer's way into the target `dicom_file`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    agatston_fuzz::run("dicom_file", data);
});
