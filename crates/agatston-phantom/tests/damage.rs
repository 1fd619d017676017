//! What the fault matrix promises about scores, held against dicom-rs and the oracle: a damage that must not
//! change the score leaves files from which the good score can be computed.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use agatston_phantom::{
    Volume,
    damage::{Damage, NamedFile, Outcome, damages, good_series},
    oracle::{Rules, score},
};
use dicom_core::Tag;
use dicom_dictionary_std::tags;
use dicom_object::{DefaultDicomObject, from_reader};
use ndarray::Array3;

/// By hand: 4 mm2 in each of 8 slices with the weights 1, 2, 3, 4 twice.
const GOOD_SCORE: f64 = 80.0;

fn number(object: &DefaultDicomObject, tag: Tag) -> f64 {
    object.element(tag).unwrap().to_float64().unwrap()
}

fn text(object: &DefaultDicomObject, tag: Tag) -> String {
    object.element(tag).unwrap().to_str().unwrap().into_owned()
}

/// HU of a plane with its z, by slope and intercept of that slice; padding (-2000 stored) becomes NaN.
fn plane(object: &DefaultDicomObject) -> (f64, Vec<f64>) {
    let signed = number(object, tags::PIXEL_REPRESENTATION) > 0.0;
    let (slope, intercept) = (number(object, tags::RESCALE_SLOPE), number(object, tags::RESCALE_INTERCEPT));
    let words = object.element(tags::PIXEL_DATA).unwrap().to_multi_int::<u16>().unwrap();
    let above =
        if signed { 0 } else { 16 - object.element(tags::BITS_STORED).unwrap().to_int::<u32>().unwrap() };
    let words = words.into_iter().map(|word| word & (u16::MAX >> above)); // what an overlay put above
    let stored = words.map(|word| if signed { f64::from(word.cast_signed()) } else { word.into() });
    let hu = stored.map(|stored| if stored == -2000.0 { f64::NAN } else { slope * stored + intercept });
    let z = object.element(tags::IMAGE_POSITION_PATIENT).unwrap().to_multi_float64().unwrap()[2];
    (z, hu.collect())
}

/// A file as dicom-rs reads it, or none when it is no DICOM file; a missing preamble is put back.
fn read(file: &NamedFile) -> Option<DefaultDicomObject> {
    let bytes = match file.bytes.get(..6)? {
        [b'D', b'I', b'C', b'M', ..] => [&[0; 128], file.bytes.as_slice()].concat(),
        [0x02, 0x00, 0x00, 0x00, b'U', b'L'] => [&[0; 128], b"DICM".as_slice(), &file.bytes].concat(),
        _ => file.bytes.clone(),
    };
    from_reader(bytes.as_slice()).ok()
}

/// A file as dicom-rs reads it, after the transfer syntax that its data set was written in was put back in the meta.
fn read_as_written(file: &NamedFile) -> Option<DefaultDicomObject> {
    const FALSE: &[u8] = b"1.2.840.10008.1.2\0\0\0";
    let mut file = file.clone();
    if let Some(at) = file.bytes.windows(FALSE.len()).position(|window| window == FALSE) {
        file.bytes[at..at + FALSE.len()].copy_from_slice(b"1.2.840.10008.1.2.1\0");
    }
    read(&file)
}

/// Agatston score of the files: copies dropped, slices in the order of z.
fn oracle_score(files: &[NamedFile]) -> f64 {
    let mut seen = BTreeSet::new();
    let mut planes: Vec<(f64, Vec<f64>)> = files
        .iter()
        .filter(|file| seen.insert(file.bytes.clone()))
        .filter_map(read_as_written)
        .filter(|object| !text(object, tags::MODALITY).contains("SR"))
        .map(|object| plane(&object))
        .collect();
    planes.sort_by(|a, b| a.0.total_cmp(&b.0));
    let values = planes.iter().flat_map(|(_, hu)| hu.iter().copied()).collect();
    let hu = Array3::from_shape_vec([planes.len(), 32, 32], values).unwrap();
    let volume = Volume { hu, spacing_mm: [planes[1].0 - planes[0].0, 0.5, 0.5], origin_lps_mm: [0.0; 3] };
    score(&volume, None, &Rules::default()).agatston()
}

#[test]
fn scored_damages_keep_the_score() {
    let good = good_series("good", 8, 32).unwrap();
    assert_eq!(oracle_score(&good), GOOD_SCORE);
    let scored = |damage: &Damage| damage.outcome != Outcome::Refused && damage.keeps_score;
    for damage in damages().into_iter().filter(scored) {
        let mut files = good.clone();
        (damage.apply)(&mut files);
        assert_eq!(oracle_score(&files), GOOD_SCORE, "{}", damage.name);
    }
}

/// A missing slice costs its calcium, a lost intercept makes calcium of everything: scoring them would be wrong.
#[test]
fn refused_damages_would_score_otherwise() {
    for name in ["missing_slice", "intercept_lost"] {
        let mut files = good_series("good", 8, 32).unwrap();
        let damage = damages().into_iter().find(|damage| damage.name == name).unwrap();
        (damage.apply)(&mut files);
        assert_ne!(oracle_score(&files), GOOD_SCORE, "{name}");
    }
}
