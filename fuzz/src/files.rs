//! Whole DICOM files: alone, among good slices, and their header alone.

use std::sync::{Arc, LazyLock};

use agatston_dicom::{Rules, Source, Unwatched, Workers, group, index};
use agatston_engine::{Assign, Choice, Request, score_sources};
use agatston_phantom::damage::good_series;

use super::{pixels, sums};

/// Slices of the good series; the one in the middle is replaced.
const SLICES: usize = 3;

/// The good slices of a series, and nothing at the place of the one in the middle.
static GOOD: LazyLock<Vec<(String, Arc<[u8]>)>> = LazyLock::new(|| {
    let files = good_series(AMONG, SLICES, 14).expect("the phantom writes explicit little endian");
    let whole = files.into_iter().enumerate().filter(|(i, _)| *i != SLICES / 2);
    whole.map(|(_, file)| (file.name, file.bytes.into())).collect()
});

/// Name of the good series: a seed for [`dicom_among`] is one of its slices.
pub const AMONG: &str = "fuzz-among";

static REQUEST: LazyLock<Request> = LazyLock::new(|| Request {
    assign: Assign::Everything,
    withheld: true,
    sensitivity: true,
    workers: Workers::new(1),
    ..Request::default()
});

/// A file as the only one: every plane that it has, and the score.
pub(crate) fn dicom_file(data: &[u8]) -> bool {
    scored(vec![Source::bytes("fuzzed.dcm", data)])
}

/// A file in the middle of a good series.
pub(crate) fn dicom_among(data: &[u8]) -> bool {
    let mut sources: Vec<Source> =
        GOOD.iter().map(|(name, bytes)| Source::bytes(name, Arc::clone(bytes))).collect();
    sources.push(Source::bytes("fuzzed.dcm", data));
    scored(sources)
}

/// Reads every plane and scores; true when there is a score.
fn scored(sources: Vec<Source>) -> bool {
    for series in pixels::series(sources.clone()) {
        let _ = pixels::images(&series);
    }
    let results = score_sources(sources, &Choice::All, &REQUEST, &Unwatched);
    let results = results.expect("what is wrong with bytes in memory is a refusal, not an error");
    assert!(!results.is_empty(), "an input has at least one result");
    results.iter().filter(|document| sums::check(document)).count() > 0
}

/// The header of a file, and every check that reads no pixel.
pub(crate) fn header(data: &[u8]) -> bool {
    let sources = vec![Source::bytes("folder/fuzzed.dcm", data)];
    let found = index(sources, Workers::new(1), &Unwatched).expect("memory can be read");
    assert_eq!(found.headers.len() + found.skipped.len(), 1, "a file is a header or left out with a reason");
    let mut planes = 0;
    for group in group(found) {
        planes += group.planes();
        for rules in [Rules::default(), Rules { coronary: false, strict: true, ..Rules::default() }] {
            if let Err(refusal) = group.clone().check(&rules) {
                assert!(!refusal.findings.is_empty(), "a refusal without a reason");
            }
        }
    }
    planes > 0
}
