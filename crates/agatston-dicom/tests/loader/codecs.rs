//! Every transfer syntax of `fixtures/codecs/` decodes to the same stored values, and to those of dicom-pixeldata,
//! which is used nowhere else: a second opinion on what we do with its codecs.

use agatston_dicom::{Rules, Series, Source, Unwatched, Workers, discover, group, index};
use dicom_object::open_file;
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
