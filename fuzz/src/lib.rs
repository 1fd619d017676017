//! What is fuzzed: for every place where bytes of strangers come in, a function that must never panic and checks what
//! must hold whatever the bytes say. No fuzzer in here: `fuzz_targets/` hands these to libFuzzer, `tests/corpus.rs`
//! of the main workspace to every file that was kept.
//!
//! A body says whether its input got all the way (was decoded, read, scored), so that a corpus which is refused at the
//! door cannot pass for one that tests something.

mod containers;
mod decoders;
mod encapsulated;
mod files;
mod labels;
mod pixels;
mod scanned;
mod scoring;
mod scratch;
mod sums;

pub use files::AMONG;

/// The body of a target; true when the input got all the way.
pub type Body = fn(&[u8]) -> bool;

/// Every target, by the name of its shim, its corpus and its regressions.
pub const TARGETS: [(&str, Body); 21] = [
    ("coca", labels::coca),
    ("deflated", decoders::deflated),
    ("dicom_among", files::dicom_among),
    ("dicom_file", files::dicom_file),
    ("dicomdir", containers::dicomdir),
    ("edits", labels::edits),
    ("header", files::header),
    ("jpeg", decoders::jpeg),
    ("jpeg_2000", decoders::jpeg_2000),
    ("jpeg_ls", decoders::jpeg_ls),
    ("kernel", scoring::kernel),
    ("label_dicom", labels::label_dicom),
    ("metaimage", labels::metaimage),
    ("nifti", labels::nifti),
    ("nrrd", labels::nrrd),
    ("protocol", scoring::protocol),
    ("regions_json", labels::regions_json),
    ("regions_toml", labels::regions_toml),
    ("rle", decoders::rle),
    ("scheme", labels::scheme),
    ("zip", containers::zip),
];

/// Runs the body of a target.
///
/// # Panics
///
/// When there is no such target, and when the input found a mistake.
pub fn run(target: &str, data: &[u8]) -> bool {
    let found = TARGETS.iter().find(|(name, _)| *name == target);
    found.expect("a target of the list").1(data)
}
