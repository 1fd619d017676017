//! Label sources and schemes: label maps, regions files, the tables that say what ids mean.

use std::{io::Write, sync::LazyLock};

use agatston_core::{Candidates, Protocol, Rescale};
use agatston_labels::{
    Edits, Error, Instance, Labelled, Labels, ReadOptions, Scheme, Series, read, regions_from_json,
};
use agatston_phantom::damage::good_volume;
use flate2::{Compression, write::GzEncoder};

use super::{
    scanned::{Stored, check_pieces, scored},
    scratch::Scratch,
};

/// What labels are fitted to: four slices of 16 x 16 with calcium in each.
static SERIES: LazyLock<Candidates> = LazyLock::new(|| {
    let volume = good_volume(4, 16);
    #[expect(clippy::cast_possible_truncation, reason = "the phantom's HU are whole numbers of 16 bits")]
    let values = volume.hu.mapv(|hu| hu as i16);
    let rescale = Rescale::new(1.0, 0.0, 0).expect("HU as they are");
    let (spacing_mm, origin_lps_mm) = (volume.spacing_mm, volume.origin_lps_mm);
    let stored = Stored { values, rescale, padding: None, spacing_mm, origin_lps_mm };
    stored.candidates(&Protocol::STANDARD, 16)
});

/// The same for files that were written for the small chest of `fixtures/coronary`.
static CHEST: LazyLock<Candidates> = LazyLock::new(|| {
    let phantom = agatston_phantom::catalog::build("coronary").expect("a phantom of the catalogue");
    #[expect(clippy::cast_possible_truncation, reason = "HU of CT fit into 16 bits")]
    let values = phantom.volume.hu.mapv(|hu| hu.round() as i16);
    let rescale = Rescale::new(1.0, 0.0, 0).expect("HU as they are");
    let (spacing_mm, origin_lps_mm) = (phantom.volume.spacing_mm, phantom.volume.origin_lps_mm);
    let stored = Stored { values, rescale, padding: None, spacing_mm, origin_lps_mm };
    stored.candidates(&Protocol::STANDARD, 96)
});

/// A file of one format; the first byte chooses a scheme and whether fractions have a threshold.
fn file_of(name: &str, data: &[u8]) -> bool {
    thread_local!(static FOLDER: Scratch = Scratch::new());
    let Some((&choice, data)) = data.split_first() else { return false };
    let fractional_threshold = (choice % 2 == 1).then_some(0.5);
    let scheme = Scheme::all().get(usize::from(choice >> 1)).cloned();
    let options = ReadOptions { scheme, fractional_threshold };
    FOLDER.with(|folder| fitted_to(&CHEST, read(&folder.write(name, data), &options)).is_some())
}

/// A DICOM segmentation or structure set.
pub(crate) fn label_dicom(data: &[u8]) -> bool {
    file_of("fuzzed.dcm", data)
}

/// An NRRD file.
pub(crate) fn nrrd(data: &[u8]) -> bool {
    file_of("fuzzed.nrrd", data)
}

/// A MetaImage file.
pub(crate) fn metaimage(data: &[u8]) -> bool {
    file_of("fuzzed.mha", data)
}

/// Contours of the COCA data set.
pub(crate) fn coca(data: &[u8]) -> bool {
    file_of("fuzzed.xml", data)
}

/// A reader's log over no labels, and twice over: what was said twice changes nothing.
pub(crate) fn edits(data: &[u8]) -> bool {
    thread_local!(static FOLDER: Scratch = Scratch::new());
    let slices = SERIES.slices.len();
    let instance = |slice| Instance { sop_instance_uid: format!("1.{slice}"), frame: 1 };
    let instances: Vec<Instance> = (0..slices).map(instance).collect();
    let series = Series { instances: &instances, ..Series::from(&*SERIES) };
    FOLDER.with(|folder| {
        let replayed = |bytes: &[u8]| {
            let log = Edits::read(&folder.write("fuzzed.jsonl", bytes)).map_err(told).ok()?;
            log.replay(series, None, &Protocol::STANDARD).map_err(told).ok()
        };
        let Some(once) = replayed(data) else { return false };
        let twice = replayed(&[data, b"\n", data].concat()).expect("it was read before");
        assert_eq!(once.labelled.assigned, twice.labelled.assigned, "a log that says everything twice");
        check_pieces(&SERIES, &once.labelled.assigned);
        scored(&SERIES, &once.labelled.assigned, &Protocol::STANDARD);
        true
    })
}

/// A label map; the first byte chooses a scheme, and whether the rest is to be compressed as well.
pub(crate) fn nifti(data: &[u8]) -> bool {
    thread_local!(static FOLDER: Scratch = Scratch::new());
    let Some((&choice, data)) = data.split_first() else { return false };
    let scheme = Scheme::all().get(usize::from(choice >> 1));
    FOLDER.with(|folder| {
        let plain = fitted(read(&folder.write("fuzzed.nii", data), &options(scheme)));
        let is_packed = data.starts_with(&[0x1F, 0x8B]);
        if choice % 2 == 1 && !is_packed {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
            encoder.write_all(data).expect("memory takes everything");
            let packed = encoder.finish().expect("memory takes everything");
            let packed = fitted(read(&folder.write("fuzzed.nii.gz", &packed), &options(scheme)));
            assert_eq!(plain, packed, "compressed otherwise than plain");
        }
        plain.is_some()
    })
}

fn options(scheme: Option<&Scheme>) -> ReadOptions {
    scheme.cloned().map(ReadOptions::from).unwrap_or_default()
}

/// A regions file in JSON, from a file and from memory.
pub(crate) fn regions_json(data: &[u8]) -> bool {
    thread_local!(static FOLDER: Scratch = Scratch::new());
    FOLDER.with(|folder| {
        let from_file = fitted(read(&folder.write("fuzzed.json", data), &options(None)));
        if let (Ok(text), false) = (std::str::from_utf8(data), data.starts_with(&[0x1F, 0x8B])) {
            assert_eq!(from_file, fitted(regions_from_json(text, "fuzzed.json")), "a file is its text");
        }
        from_file.is_some()
    })
}

/// A regions file in TOML.
pub(crate) fn regions_toml(data: &[u8]) -> bool {
    thread_local!(static FOLDER: Scratch = Scratch::new());
    FOLDER.with(|folder| fitted(read(&folder.write("fuzzed.toml", data), &options(None))).is_some())
}

/// Fits labels to the series and scores them; `None` when they are refused.
fn fitted(labels: Result<Labels, Error>) -> Option<Labelled> {
    fitted_to(&SERIES, labels)
}

/// What is wrong with a file is a refusal with a reason.
fn told(error: Error) {
    match error {
        Error::Refused { finding, .. } => assert!(!finding.message.is_empty(), "a refusal without a reason"),
        other => panic!("what is wrong with a file is a refusal, not an error: {other}"),
    }
}

fn fitted_to(series: &Candidates, labels: Result<Labels, Error>) -> Option<Labelled> {
    let labels = labels.map_err(told).ok()?;
    let labelled = labels.assign(series).map_err(told).ok()?;
    assert_eq!(labels.is_coronary(), labelled.coronary, "what labels cover does not depend on the series");
    check_pieces(series, &labelled.assigned);
    let score = scored(series, &labelled.assigned, &Protocol::STANDARD);
    assert!(labelled.coronary || super::scanned::coronary_pixels(&score) == 0, "coronary without an artery");
    Some(labelled)
}

/// A label scheme: what it prints of itself reads back as itself.
pub(crate) fn scheme(data: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(data) else { return false };
    let Ok(scheme) = Scheme::from_toml(text, "fuzzed") else { return false };
    let again = Scheme::from_toml(&scheme.to_string(), "fuzzed").expect("a scheme prints what it reads");
    assert_eq!(scheme, again);
    true
}
