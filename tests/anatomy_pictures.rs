//! What the anatomy was found to be, as files: a picture a slice of the work grid and a map of the masks, also of a series that a
//! gate refuses, and the same result with and without them.

use crate::support::{Said, fixture, run, text};
use agatston_phantom::chest::{Chest, ChestParameters, Variant};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// A simulated chest as a DICOM series.
fn series(variant: Variant) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    // Few slices where they are not what a test is about.
    let increment_mm = if variant == Variant::Whole { 3.0 } else { 5.0 };
    let drawn = ChestParameters::seeded(4);
    let parameters = ChestParameters { variant, matrix: 256, noise_sd_hu: 10.0, increment_mm, ..drawn };
    Chest::new(parameters).scan().write(folder.path()).unwrap();
    folder
}

fn score(series: &Path, more: &[&str]) -> Said {
    run(&[&["score", &text(series), "--format", "json"], more].concat())
}

/// The pictures of a folder, each held against what a PNG begins and ends with, 1,000 pixels wide.
fn pictures(folder: &Path) -> Vec<PathBuf> {
    let all = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut pictures: Vec<PathBuf> = all.filter(|p| p.extension().is_some_and(|e| e == "png")).collect();
    pictures.sort();
    for path in &pictures {
        let bytes = fs::read(path).unwrap();
        assert!(bytes.starts_with(b"\x89PNG\r\n\x1a\n") && bytes[bytes.len() - 8..].starts_with(b"IEND"));
        assert_eq!(bytes[16..20], 1000_u32.to_be_bytes(), "{}", path.display());
    }
    pictures
}

/// The map of a folder: its slices, rows and columns, and how many voxels have each bit.
fn map(folder: &Path) -> ([usize; 3], [usize; 6]) {
    let bytes = fs::read(folder.join("anatomy.nii")).unwrap();
    let side = |at: usize| usize::from(u16::from_le_bytes([bytes[at], bytes[at + 1]]));
    let shape = [side(46), side(44), side(42)];
    assert_eq!(bytes.len(), 352 + shape.iter().product::<usize>());
    let counts = [0, 1, 2, 3, 4, 5].map(|bit| bytes[352..].iter().filter(|&&v| v >> bit & 1 == 1).count());
    (shape, counts)
}

#[test]
fn a_chest_has_a_picture_a_slice_and_a_map_with_every_bit() {
    let (series, folder) = (series(Variant::Whole), tempfile::tempdir().unwrap());
    let out = folder.path().join("debug");
    let said = score(series.path(), &["--debug-png", &text(&out)]);
    assert_eq!(said.code, 0, "{}", said.stderr);
    let (shape, counts) = map(&out);
    let pictures = pictures(&out);
    assert_eq!(pictures.len(), shape[0]);
    assert!(pictures[0].ends_with("slice-000.png"));
    assert!(counts.iter().all(|&count| count > 0), "lung, bone, core, region, both aortas: {counts:?}");
    assert_eq!(said.stdout, score(series.path(), &[]).stdout, "a result does not depend on it");
    // Nothing is replaced unasked; with leave, no picture of an earlier run stays, and what is not ours does.
    assert_eq!(score(series.path(), &["--debug-png", &text(&out)]).code, 6);
    fs::write(out.join("slice-999.png"), b"\x89PNG\r\n\x1a\n of an earlier run").unwrap();
    fs::write(out.join("notes.txt"), "mine").unwrap();
    let again = score(series.path(), &["--debug-png", &text(&out), "--overwrite"]);
    assert_eq!(again.code, 0, "{}", again.stderr);
    assert!(!out.join("slice-999.png").exists() && out.join("notes.txt").exists());
}

#[test]
fn a_series_that_a_gate_refuses_has_them_too() {
    for variant in [Variant::Abdomen, Variant::Contrast] {
        let (series, folder) = (series(variant), tempfile::tempdir().unwrap());
        let said = score(series.path(), &["--debug-png", &text(folder.path())]);
        assert_eq!(said.code, 3, "{variant:?}: {}", said.stderr);
        let (shape, [_, bone, ..]) = map(folder.path());
        assert_eq!(pictures(folder.path()).len(), shape[0], "{variant:?}");
        assert!(bone > 0, "{variant:?}");
        assert_eq!(
            said.stdout,
            score(series.path(), &[]).stdout,
            "{variant:?}: a result does not depend on it"
        );
    }
}

/// Of a series whose headers are refused nothing was looked at, and standard error says so.
#[test]
fn without_a_look_there_are_none() {
    let folder = tempfile::tempdir().unwrap();
    let out = text(folder.path().join("debug"));
    let said = score(&fixture("refused/gap_large"), &["--debug-png", &out]);
    assert_eq!(said.code, 3, "{}", said.stderr);
    assert!(said.stderr.contains("debug") && !Path::new(&out).exists(), "{}", said.stderr);
}

#[test]
fn they_are_of_the_anatomy_alone_and_of_one_series() {
    let folder = tempfile::tempdir().unwrap();
    let (out, labels) = (text(folder.path().join("debug")), text(fixture("coronary/regions.json")));
    for more in [["--labels", &labels], ["--edits", &labels], ["--region", "everything"], ["--series", "all"]]
    {
        let said = score(&fixture("coronary"), &[&["--debug-png", &out], &more[..]].concat());
        assert_eq!(said.code, 2, "{more:?}: {}", said.stderr);
        assert!(said.stderr.contains("--debug-png"), "{more:?}: {}", said.stderr);
    }
}
