//! The fault matrix through the program: a good series, damaged in every way that the phantoms know.
//!
//! The same score, a finding of the expected code, or a refusal of the expected code; never another score that no
//! finding tells of, never a panic, never more than a few times the time. Memory is bounded in `bad_input`.

use crate::support::{root, run, shared_data, text};

/// Lines of a fault table.
fn rows(table: &str) -> Vec<&str> {
    table.lines().filter(|line| line.starts_with("| ")).skip(1).collect()
}

/// By hand the good series scores 4 mm2 x (1 + 2 + 3 + 4), twice (see `agatston_phantom::damage`). The document shows
/// what the program prints.
#[test]
fn every_damage_of_a_generated_series() {
    let said = run(&["phantom", "faults"]);
    assert_eq!(said.code, 0, "{}{}", said.stdout, said.stderr);
    assert!(said.stdout.contains("the good series scores 80.00."), "{}", said.stdout);
    assert_eq!(rows(&said.stdout).len(), 131, "{}", said.stdout);
    let document = std::fs::read_to_string(root().join("docs/validation.md")).unwrap();
    let printed = said.stdout.trim_end();
    assert!(
        document.contains(printed),
        "docs/validation.md shows another table than `agatston phantom faults` prints"
    );
}

/// The same on the real phantom, without the damages that know the values of the generated series.
#[test]
fn every_damage_of_a_real_series() {
    let Some(data) = shared_data("qrm_canon_large_rep1") else { return };
    let said = run(&["phantom", "faults", "--series", &text(&data)]);
    assert_eq!(said.code, 0, "{}{}", said.stdout, said.stderr);
    assert_eq!(rows(&said.stdout).len(), 115, "{}", said.stdout);
}

/// A folder without a series says so.
#[test]
fn nothing_to_damage() {
    let folder = tempfile::tempdir().unwrap();
    let said = run(&["phantom", "faults", "--series", &text(folder.path())]);
    assert_eq!(said.code, 2, "{said:?}");
    assert!(said.stderr.contains("--series"), "{said:?}");
}
