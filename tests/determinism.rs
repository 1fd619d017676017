//! The same input gives the same bytes: for any file names, any order, any number of threads.

use crate::support::{fixture, run, text};
use std::{fs, path::Path};

/// JSON with everything in it, so that nothing can hide.
fn json(input: &Path, labels: &Path, threads: &str) -> String {
    let arguments =
        ["score", &text(input), "--labels", &text(labels), "--format", "json", "--threads", threads];
    let said = run(&[&arguments[..], &["--detail", "foci", "--withheld", "--sensitivity"]].concat());
    assert_eq!(said.code, 0, "{said:?}");
    said.stdout
}

#[test]
fn shuffled_names_and_any_number_of_threads() {
    let series = fixture("coronary");
    let labels = series.join("regions.json");
    let slices: Vec<_> = fs::read_dir(&series)
        .unwrap()
        .map(|e| e.unwrap().path())
        .filter(|p| p.extension().is_some_and(|e| e == "dcm"))
        .collect();
    assert_eq!(slices.len(), 24);
    let mut seen: Option<String> = None;
    for round in 0..4usize {
        let folder = tempfile::tempdir().unwrap();
        for (i, slice) in slices.iter().enumerate() {
            // 7919 and 24 share no factor: another order each round; names without ending, in two folders.
            let name = format!("{}/{:04x}", i % 2, (i * 7919 + round * 31) % 24 * 17 + round);
            let place = folder.path().join(name);
            fs::create_dir_all(place.parent().unwrap()).unwrap();
            fs::copy(slice, place).unwrap();
        }
        for threads in ["1", "2", "8"] {
            let bytes = json(folder.path(), &labels, threads);
            match &seen {
                None => seen = Some(bytes),
                Some(first) => assert_eq!(&bytes, first, "round {round}, {threads} threads"),
            }
        }
    }
}

/// Files named one by one, forwards and backwards.
#[test]
fn inputs_may_be_given_in_any_order() {
    let series = fixture("coronary");
    let mut slices: Vec<String> = fs::read_dir(&series).unwrap().map(|e| text(e.unwrap().path())).collect();
    slices.retain(|s| s.ends_with(".dcm"));
    slices.sort();
    let labels = text(series.join("labels.nii.gz"));
    let tail = ["--labels", &labels, "--label-scheme", "agatston", "--format", "json"].map(str::to_owned);
    let score = |files: &[String]| run(&[&["score".to_owned()], files, &tail[..]].concat()).stdout;
    let forward = score(&slices);
    slices.reverse();
    assert_eq!(forward, score(&slices));
    assert!(forward.contains("262.125"));
}
