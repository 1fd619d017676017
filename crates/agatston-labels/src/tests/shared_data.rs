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
    assert!(!labels.names_an_artery());
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
    assert!(!labels.names_an_artery());
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
