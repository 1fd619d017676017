//! The 25 grids as DICOM series through the binary. P's increment is twice its thickness: refused as a series.

use crate::support::{near, number, run, text, write_series};
use agatston_phantom::{Header, LabelVolume, cases, nifti};

/// The convention as protocol file, and its expected value.
fn conventions(e: &cases::Expected) -> [(&'static str, f64); 5] {
    [
        ("", e.standard),
        ("connectivity = 8", e.eight_connected),
        ("smallest_focus = 'none'", e.no_minimum),
        ("comparison = '>'", e.greater_than),
        ("slice_scaling = 'none'", e.no_slice_scaling),
    ]
}

#[test]
fn every_grid_as_a_series() {
    for case in cases::all() {
        // Half HU are stored: case D199.5 has a peak of 199.5 HU.
        let header =
            Header { slice_thickness_mm: case.slice_thickness_mm, slope: 0.5, ..Header::named(&case.id) };
        let folder = write_series(&case.volume, &header);
        let series = text(folder.path());
        if case.id == "P" {
            let said = run(&["score", &series, "--region", "everything", "--format", "json"]);
            assert_eq!(said.code, 3, "P is refused");
            assert!(said.codes().contains(&"interslice_gap".to_owned()), "{said:?}");
            continue;
        }
        for (toml, expected) in conventions(&case.expected) {
            let protocol = folder.path().join("choice.toml");
            std::fs::write(&protocol, toml).unwrap();
            let mut arguments = vec!["score".to_owned(), series.clone(), "--format".into(), "json".into()];
            arguments.extend(["--protocol".to_owned(), text(&protocol)]);
            // The grids are no chest: a few pixels of blood and calcium without any air.
            arguments.extend([
                "--allow".to_owned(),
                "no_air".into(),
                "--allow".into(),
                "no_soft_tissue".into(),
            ]);
            if let Some(labels) = &case.labels {
                let map = folder.path().join("labels.nii");
                let labels = LabelVolume { labels: labels.clone(), scheme: "binary" };
                nifti::write(&map, &labels, &case.volume, nifti::LabelDepth::U8).unwrap();
                arguments.extend([
                    "--labels".to_owned(),
                    text(&map),
                    "--label-scheme".into(),
                    "binary".into(),
                ]);
            } else {
                arguments.extend(["--region".to_owned(), "everything".into()]);
            }
            let said = run(&arguments);
            assert_eq!(said.code, 0, "{} {toml}: {said:?}", case.id);
            let got = number(&said.json(), "/total/agatston");
            assert!(near(got, expected, 1e-9), "{} ({}) {toml}: {got}, not {expected}", case.id, case.what);
            std::fs::remove_file(&protocol).unwrap();
        }
    }
}

/// Lesion counts that the scoring specification names, through the binary.
#[test]
fn lesion_counts() {
    for (id, expected) in [("E", 2.0), ("F", 1.0), ("G", 1.0), ("K", 0.0)] {
        let case = cases::all().into_iter().find(|c| c.id == id).unwrap();
        let folder = write_series(&case.volume, &Header::default());
        let said = run(&["score", &text(folder.path()), "--region", "everything", "--format", "json"]);
        assert_eq!(number(&said.json(), "/total/lesions"), expected, "{id}");
    }
}
