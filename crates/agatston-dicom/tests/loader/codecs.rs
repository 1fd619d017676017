//! Every transfer syntax of `fixtures/codecs/` decodes to the same stored values, and to those of dicom-pixeldata,
//! which is used nowhere else: a second opinion on what we do with its codecs.

use agatston_dicom::{Rules, Series, Source, Unwatched, Workers, discover, group, index};
use dicom_core::{DataElement, VR, value::PixelFragmentSequence};
use dicom_dictionary_std::tags;
use dicom_object::{DefaultDicomObject, open_file};
use dicom_pixeldata::PixelDecoder;
use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::support::hu;

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures")
}

fn sources(folder: &Path) -> Vec<Source> {
    discover(&[folder.to_path_buf()]).unwrap()
}

fn series(sources: Vec<Source>) -> Series {
    let mut groups = group(index(sources, Workers::default(), &Unwatched).unwrap());
    assert_eq!(groups.len(), 1);
    let rules = Rules { coronary: false, ..Rules::default() };
    groups.remove(0).check(&rules).unwrap_or_else(|refusal| panic!("{:?}", refusal.findings))
}

fn folders() -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> =
        fs::read_dir(fixtures().join("codecs")).unwrap().map(|e| e.unwrap().path()).collect();
    all.sort();
    all
}

#[test]
fn every_syntax_decodes_to_the_original() {
    let slices = (11..15).map(|i| {
        let path = fixtures().join(format!("staircase/IM{i:04}.dcm"));
        Source::file(path, "original").unwrap()
    });
    let original = hu(&series(slices.collect())).unwrap();
    let folders = folders();
    assert!(folders.len() >= 11, "{folders:?}");
    for folder in folders {
        let decoded = hu(&series(sources(&folder))).unwrap();
        assert!(decoded == original, "{}", folder.display());
    }
}

/// dicom-pixeldata applies no rescale to `data()`: its bytes are the stored values, here unsigned 12-bit.
#[test]
fn dicom_pixeldata_decodes_the_same() {
    let mut compared = 0;
    for folder in folders() {
        let series = series(sources(&folder));
        let slices = hu(&series).unwrap();
        for (plane, slice) in series.planes.iter().zip(slices) {
            let object = open_file(plane.source.path().unwrap()).unwrap();
            let Ok(decoded) = object.decode_pixel_data() else { continue };
            let stored = decoded.data().chunks_exact(2).map(|b| u16::from_le_bytes([b[0], b[1]]));
            let theirs: Vec<Option<f64>> = stored.map(|s| Some(0.5 * f64::from(s) - 1024.0)).collect();
            assert!(theirs == slice, "{}", folder.display());
            compared += 1;
        }
    }
    assert!(compared >= 32, "at least eight syntaxes of four slices: {compared}");
}

/// A stream that lost bytes in its middle still has its end marker: the decoders make up what is missing, so the plane
/// must be refused before them. Every stream of the fixtures, without one byte, some, or a quarter of it.
#[test]
fn streams_that_lost_their_middle_are_refused() {
    let mut seen = 0;
    for folder in folders() {
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        if !["jpeg_lossless", "jpeg_2000", "htj2k", "jpeg_ls", "rle"]
            .iter()
            .any(|kind| name.starts_with(kind))
        {
            continue;
        }
        let file = folder.read_dir().unwrap().map(|e| e.unwrap().path()).min().unwrap();
        let object = open_file(&file).unwrap();
        let fragment = object.element(tags::PIXEL_DATA).unwrap().value().fragments().unwrap()[0].clone();
        let whole = decoded(&object, &fragment).unwrap();
        for lost in [1, 7, 40, fragment.len() / 4] {
            for place in [4, 3, 2] {
                let from = fragment.len() - fragment.len() / place;
                let mut cut = fragment.clone();
                cut.drain(from.min(fragment.len() - lost - 4)..(from + lost).min(fragment.len() - 4));
                if let Ok(plane) = decoded(&object, &cut) {
                    assert!(
                        plane == whole,
                        "{name}: {lost} bytes lost from {from} of {} decode",
                        fragment.len()
                    );
                }
                seen += 1;
            }
        }
    }
    assert!(seen >= 7 * 12, "{seen}");
}

/// The plane of a fragment in the place of an object's own, beside a twin above it; or the codes that refuse it.
fn decoded(object: &DefaultDicomObject, fragment: &[u8]) -> Result<Vec<Option<f64>>, String> {
    let mut files = Vec::new();
    for z in ["0", "3"] {
        let mut slice = object.clone();
        let even = [fragment, &[0][..fragment.len() % 2]].concat();
        slice.put(DataElement::new(
            tags::PIXEL_DATA,
            VR::OB,
            PixelFragmentSequence::new_fragments(vec![even]),
        ));
        slice.put(DataElement::new(tags::IMAGE_POSITION_PATIENT, VR::DS, format!("0\\0\\{z}")));
        slice.put(DataElement::new(tags::SOP_INSTANCE_UID, VR::UI, format!("2.25.{z}")));
        let mut bytes = Vec::new();
        slice.write_all(&mut bytes).unwrap();
        files.push(Source::bytes(z, bytes));
    }
    let mut groups = group(index(files, Workers::default(), &Unwatched).unwrap());
    let rules = Rules { coronary: false, ..Rules::default() };
    let series = groups.remove(0).check(&rules).map_err(|refusal| format!("{:?}", refusal.findings))?;
    Ok(hu(&series).map_err(|e| e.to_string())?.remove(0))
}
