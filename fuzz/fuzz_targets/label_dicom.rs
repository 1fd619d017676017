//! libFuzzer's way into the target `label_dicom`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    agatston_fuzz::run("label_dicom", data);
});
