//! Real files, where they are at hand: in `$AGATSTON_DATA`, or beside the workspace in `shared/data`.

use std::env;

use super::*;

fn data(name: &str) -> Option<PathBuf> {
    let root = env::var_os("AGATSTON_DATA").map(PathBuf::from);
    let root = root.unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"));
    let path = root.join(name);
    if !path.exists() {
        // Past the test harness, which keeps what passing tests print.
        let said = format!("SKIPPED: {name} is not at hand\n");
        let _ = std::io::Write::write_all(&mut std::io::stderr(), said.as_bytes());
        return None;
    }
    Some(path)
}

#[test]
fn the_regions_of_the_phantom_are_read() {
    let Some(path) = data("qrm_canon_large_rep1/regions.json") else { return };
    let labels = read(&path, &ReadOptions::default()).unwrap();
    assert!(!labels.is_coronary());
    let geometry = Geometry { rows: 512, columns: 512, ..geometry() };
    let row = "#".repeat(512);
    let slice = vec![row; 512].join(" ");
    let mut slices = vec![""; 47];
    slices[20] = &slice;
    let labelled = labels.assign(&candidates(geometry, &slices)).unwrap();
    assert_eq!(labelled.assigned.names.len(), 9);
    // Lattice points within a circle: 529 for radius 13, 197 for 8, 113 for 6, 377 for 11 (OEIS A000328).
    let mut voxels = [0; 9];
    for piece in labelled.assigned.listed().unwrap() {
        let Region::Named(i) = piece.region else { panic!("{piece:?}") };
        voxels[usize::from(i)] += piece.end - piece.start;
    }
    assert_eq!(voxels, [529, 197, 113, 529, 197, 113, 377, 197, 113]);
}

/// The grid of the small TotalSegmentator examples (122 x 101 x 30 of 3 mm), rows from front to back as in a CT.
fn example_series() -> Geometry {
    let far = |start: f64, n: f64| -(start + 3.0 * (n - 1.0));
    Geometry {
        rows: 101,
        columns: 122,
        spacing_mm: [3.0, 3.0],
        increment_mm: 3.0,
        origin_lps_mm: [
            far(-177.956_329_345_703_12, 122.0),
            far(11.319_000_244_140_625, 101.0),
            94.301_757_812_5,
        ],
        ..geometry()
    }
}

#[test]
fn organs_of_totalsegmentator_are_refused_by_name() {
    let Some(path) = data("totalseg_example/example_seg.nii.gz") else { return };
    let error = read(&path, &ReadOptions::default()).unwrap_err();
    assert_eq!(error.code().unwrap().name(), "labels_unknown_name");
    assert!(error.to_string().contains(r#"5 "liver""#), "{error}");
}

#[test]
fn every_labelled_voxel_of_totalsegmentator_is_found_again() {
    let Some(path) = data("totalseg_example/example_seg_roi_subset.nii.gz") else { return };
    let text = r#"source = "TotalSegmentator"
                  lm_policy = "not_separated"
                  label = [{ id = 5, name = "liver", region = "region" },
                           { id = 90, name = "brain", region = "region" }]"#;
    let scheme = Scheme::from_toml(text, "organs").unwrap();
    let all = everything(example_series(), 30);
    let labels = read(&path, &scheme.into()).unwrap();
    assert!(!labels.is_coronary());
    let labelled = labels.assign(&all).unwrap();
    assert_eq!(codes(&labelled), [""; 0]);
    assert_eq!(labelled.assigned.names, ["liver", "brain"]);
    // 38,631 voxels of id 5, the first at (96, 36, 0) and the last at (73, 79, 29): counted with Python's gzip.
    let pieces = labelled.assigned.listed().unwrap();
    assert!(pieces.iter().all(|p| p.region == Region::Named(0)));
    assert_eq!(pieces.iter().map(|p| usize::from(p.end - p.start)).sum::<usize>(), 38_631);
    // The file counts to the right and to the front, the series to the left and to the back.
    let place =
        |p: &agatston_core::Piece| (all.slices[usize::from(p.slice)].runs[p.run as usize].row, p.slice);
    let first = pieces.iter().filter(|p| p.slice == 0).find(|p| place(p).0 == 100 - 36).unwrap();
    assert!((first.start..first.end).contains(&(121 - 96)));
    let last = pieces.iter().filter(|p| p.slice == 29).find(|p| place(p).0 == 100 - 79).unwrap();
    assert!((last.start..last.end).contains(&(121 - 73)));
}

/// The grid of the CT of which dcmqi tests segmentations: three slices of 512 x 512.
fn dcmqi_series() -> Geometry {
    Geometry {
        rows: 512,
        columns: 512,
        spacing_mm: [0.810_547; 2],
        increment_mm: 1.0,
        origin_lps_mm: [-235.199_997, -226.800_003, -128.690_002],
        ..geometry()
    }
}

/// Counts and first voxels (column, row, slice) as pynrrd 1.1.3 reads these files.
#[test]
fn every_labelled_voxel_of_dcmqi_is_found_again() {
    let text = r#"source = "dcmqi"
                  lm_policy = "not_separated"
                  label = [{ id = 1, name = "a", region = "region" }, { id = 2, name = "b", region = "region" },
                           { id = 3, name = "c", region = "region" }, { id = 4, name = "d", region = "region" },
                           { id = 5, name = "e", region = "region" }]"#;
    let scheme = Scheme::from_toml(text, "parts").unwrap();
    let all = everything(dcmqi_series(), 3);
    type Expected = (u16, u32, [u16; 3]);
    let expected: [(&str, &[Expected]); 4] = [
        ("liver_spine_seg", &[(1, 107_098, [79, 254, 0]), (2, 12_439, [217, 368, 0])]),
        ("liver_spine_gapped_seg", &[(1, 107_098, [79, 254, 0]), (5, 12_439, [217, 368, 0])]),
        ("heart_seg", &[(3, 41_449, [300, 268, 0])]),
        (
            "partial_overlaps-1",
            &[(1, 9_602, [129, 221, 1]), (4, 6_693, [274, 358, 0]), (5, 4_713, [122, 364, 0])],
        ),
    ];
    for (name, labels) in expected {
        let Some(path) = data(&format!("dcmqi_ct3slice/{name}.nrrd")) else { return };
        let labelled = read(&path, &scheme.clone().into()).unwrap().assign(&all).unwrap();
        assert_eq!((labelled.source, codes(&labelled)), (crate::LabelKind::Nrrd, vec![]), "{name}");
        let pieces = labelled.assigned.listed().unwrap();
        let voxels =
            |of: &[&agatston_core::Piece]| of.iter().map(|p| u32::from(p.end - p.start)).sum::<u32>();
        for (id, count, [column, row, slice]) in labels {
            let of_label: Vec<_> = pieces.iter().filter(|p| p.region == Region::Named(id - 1)).collect();
            assert_eq!(voxels(&of_label), *count, "{name}, label {id}");
            let holds_first = |p: &&agatston_core::Piece| {
                let own_row = all.slices[usize::from(p.slice)].runs[p.run as usize].row;
                p.slice == *slice && own_row == *row && (p.start..p.end).contains(column)
            };
            assert!(of_label.iter().any(holds_first), "{name}, label {id}");
        }
        let counted: u32 = labels.iter().map(|(_, count, _)| count).sum();
        assert_eq!(voxels(&pieces.iter().collect::<Vec<_>>()), counted, "{name}");
    }
}

/// Voxels of each segment by its number.
type Voxels = Vec<(u32, u64)>;

/// The voxels of each segment of a DICOM segmentation, and the size of its grid.
fn segment_voxels(path: &std::path::Path, options: &ReadOptions) -> ([usize; 3], Voxels) {
    let crate::source::Opened::Voxels(file) = crate::source::open(path, options).unwrap() else {
        panic!("{} is no label map", path.display())
    };
    (file.grid.dims, file.volume.counts().into_iter().map(|(key, count)| (key.id, count)).collect())
}

/// What other programs count in every label map of the shared data: `shared_data_counts.json` says which, and with what.
#[test]
fn label_maps_hold_the_voxels_that_other_programs_count() {
    let counts: serde_json::Value = serde_json::from_str(include_str!("shared_data_counts.json")).unwrap();
    for format in ["seg", "nrrd", "nifti"] {
        for (name, expected) in counts[format]["files"].as_object().unwrap() {
            let Some(path) = data(name) else { continue };
            let fractional_threshold = name.contains("fractional").then_some(0.5);
            let options = ReadOptions { fractional_threshold, ..ReadOptions::default() };
            let (_, voxels) = segment_voxels(&path, &options);
            let of_id =
                |(id, count): (&String, &serde_json::Value)| Some((id.parse().ok()?, count.as_u64()?));
            let mut expected: Voxels = expected.as_object().unwrap().iter().filter_map(of_id).collect();
            expected.sort_unstable();
            assert_eq!(voxels, expected, "{name}");
        }
    }
}

/// Grid and voxels as highdicom 0.28.2 has them: `seg.segread(FILE).get_volume(combine_segments=False)`, the voxels of
/// each segment over 0.
#[test]
fn segmentations_hold_the_voxels_that_highdicom_finds() {
    let check = |name, dims, voxels: &[(u32, u64)]| {
        let Some(path) = data(name) else { return };
        assert_eq!(segment_voxels(&path, &ReadOptions::default()), (dims, voxels.to_vec()), "{name}");
    };
    check("dcmqi_ct3slice/23x38x3/seg/label.seg", [23, 38, 3], &[(1, 322)]);
    check("dcmqi_ct3slice/24x38x3/seg/label.seg", [24, 38, 3], &[(1, 315)]);
    check("dcmqi_ct3slice/liver.dcm", [512, 512, 3], &[(1, 107_098)]);
    let five = [(1, 9_602), (2, 11_888), (3, 10_743), (4, 6_693), (5, 4_713)];
    check("dcmqi_ct3slice/partial_overlaps.dcm", [512, 512, 3], &five);
    check("dcmqi_ct3slice/sparse-labelmap-noppv.dcm", [24, 38, 3], &[(1, 630)]);
    check("dcmqi_ct3slice/sparse-labelmap-ppv5.dcm", [24, 38, 3], &[(1, 630)]);
    check("highdicom_test/seg_image_ct_binary.dcm", [16, 16, 3], &[(1, 638)]);
    check("highdicom_test/seg_image_ct_binary_overlap.dcm", [16, 16, 165], &[(1, 64), (2, 16)]);
    check("highdicom_test/seg_image_ct_binary_single_frame.dcm", [128, 128, 1], &[(1, 1_832)]);
}

/// Of 255, 638 samples are at least one half and 661 over 0: counted with highdicom 0.28.2 and NumPy.
#[test]
fn fractions_count_from_the_threshold_on() {
    for (name, threshold, voxels) in [
        ("highdicom_test/seg_image_ct_true_fractional.dcm", 0.5, 638),
        ("highdicom_test/seg_image_ct_true_fractional.dcm", 1e-6, 661),
        ("highdicom_test/seg_image_ct_binary_fractional.dcm", 1.0, 638),
    ] {
        let Some(path) = data(name) else { continue };
        let options = ReadOptions { fractional_threshold: Some(threshold), ..ReadOptions::default() };
        assert_eq!(segment_voxels(&path, &options).1, [(1, voxels)], "{name} from {threshold}");
        let error = read(&path, &ReadOptions::default()).unwrap_err();
        assert_eq!(error.code().unwrap().name(), "labels_fractional");
        assert!(error.to_string().contains("--fractional-threshold"), "{error}");
    }
}

/// What is no segmentation of a volume says why, and nothing of whom it shows.
#[test]
fn other_dicom_files_are_refused_for_what_they_are() {
    for (name, code, word) in [
        ("highdicom_test/seg_image_cr_binary.dcm", "labels_orientation", "no position in the patient"),
        ("highdicom_test/seg_image_sm_control.dcm", "labels_orientation", "no position in the patient"),
        (
            "highdicom_test/seg_image_sm_control_labelmap.dcm",
            "labels_orientation",
            "no position in the patient",
        ),
        (
            "highdicom_test/seg_image_sm_dots_tiled_full.dcm",
            "labels_orientation",
            "no position in the patient",
        ),
        ("highdicom_test/seg_image_sm_numbers.dcm", "labels_orientation", "no position in the patient"),
        ("highdicom_test/ct_image.dcm", "labels_format", "a CT image"),
        ("highdicom_test/dx_image.dcm", "labels_format", "a digital X-ray image"),
        ("highdicom_test/sm_image.dcm", "labels_format", "a visible light image"),
        ("highdicom_test/sr_document.dcm", "labels_format", "a structured report"),
        ("highdicom_test/sm_annotations.dcm", "labels_format", "microscopy annotations"),
        ("dcmqi_ct3slice/24x38x3/multiframe/mf.dcm", "labels_format", "a CT image"),
        ("dcmqi_ct3slice/liver.dcm", "labels_unknown_name", r#"1 "Liver": 107098 voxels"#),
        ("rtutils_ct_rtstruct/mock_data/rt.dcm", "labels_unknown_name", r#"1 "ROI-1": 2 contours"#),
    ] {
        let Some(path) = data(name) else { continue };
        let error = read(&path, &ReadOptions::default()).unwrap_err();
        assert_eq!(error.code().unwrap().name(), code, "{name}: {error}");
        assert!(error.to_string().contains(word), "{name}: {error}");
    }
}

/// The grid of the CT of which rt-utils tests structure sets.
fn rt_utils_series() -> Geometry {
    Geometry {
        rows: 512,
        columns: 512,
        spacing_mm: [0.488_281; 2],
        increment_mm: 5.0,
        origin_lps_mm: [-125.0, -125.0, 60.0],
        ..geometry()
    }
}

/// Squares of 24 and 15 mm, the inner one without two of its corners, on pixels of 0.488281 mm: 49 x 49 centres (152 to
/// 200, from (125 - 51) / 0.488281 on) without 31 x 31 (160 to 190) but three at its corner. By hand.
#[test]
fn a_ring_of_rt_utils_has_its_hole() {
    let Some(path) = data("rtutils_ct_rtstruct/mock_data/rt.dcm") else { return };
    let text = r#"source = "rt-utils"
                  lm_policy = "not_separated"
                  label = [{ id = 1, name = "ROI-1", region = "region" }]"#;
    let labels = read(&path, &Scheme::from_toml(text, "theirs").unwrap().into()).unwrap();
    let labelled = labels.assign(&everything(rt_utils_series(), 2)).unwrap();
    let pieces = labelled.assigned.listed().unwrap();
    assert!(pieces.iter().all(|p| p.slice == 0));
    let voxels: usize = pieces.iter().map(|p| usize::from(p.end - p.start)).sum();
    assert_eq!((voxels, codes(&labelled)), (49 * 49 - (31 * 31 - 3), vec!["labels_holes"]));
}

/// rt-utils 1.2.7 rounds the corners to whole pixels before it fills the contours, and then counts 1,660 voxels. With
/// corners rounded so, we count the same: nothing else differs.
#[test]
fn rounded_corners_give_the_voxels_of_rt_utils() {
    let Some(path) = data("rtutils_ct_rtstruct/mock_data/rt.dcm") else { return };
    let crate::source::Opened::Contours(drawing) =
        crate::source::open(&path, &ReadOptions::default()).unwrap()
    else {
        panic!("no contours")
    };
    let series = rt_utils_series();
    let rounded = |p: &[f64; 3]| {
        let [_, row, column] = series.index_of(*p);
        [column.round(), row.round()]
    };
    let rings = drawing.contours.iter().map(|c| c.lps_mm.iter().map(rounded).collect()).collect();
    let polygon = crate::polygon::Polygon::drawn(rings, 0.0);
    let held = (0..512).flat_map(|y| (0..512).map(move |x| (f64::from(x), f64::from(y))));
    assert_eq!(held.filter(|(x, y)| polygon.holds(*x, *y)).count(), 1660);
}
