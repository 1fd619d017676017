//! Nonsense, truncation and bombs through the binary: exit code 3, a code, a next step, never a panic, little memory.

use crate::support::{Said, agatston, fixture, run, said, score_within, text};
use agatston_phantom::damage::{damages, good_series};
use std::path::Path;

/// Memory that a refusal may take, kB.
const MEMORY_KB: u64 = 100_000;

fn refused(input: &Path) -> Said {
    let said = run(&["score", &text(input), "--region", "everything", "--format", "json"]);
    assert_eq!(said.code, 3, "{said:?}");
    let result = said.json();
    assert_eq!(result["status"], "refused");
    assert!(result["total"].is_null());
    assert!(result["refusal"]["message"].as_str().is_some_and(|m| m.len() > 10), "{result}");
    assert!(said.stderr.contains("NOT SCORED"), "the reason is on standard error too: {}", said.stderr);
    assert!(!said.stderr.contains("panicked") && !said.stdout.contains("panicked"));
    said
}

fn code(said: &Said) -> String {
    said.json()["refusal"]["code"].as_str().expect("a code").to_owned()
}

#[test]
fn an_empty_folder() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(code(&refused(folder.path())), "no_ct_series");
}

#[test]
fn a_text_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("notes.txt");
    std::fs::write(&file, "no picture here\n".repeat(100)).unwrap();
    assert_eq!(code(&refused(&file)), "no_ct_series");
}

#[test]
fn a_path_that_does_not_exist() {
    let said = run(&["score", "/no/such/folder", "--region", "everything"]);
    assert_eq!(said.code, 4, "{said:?}");
    assert!(said.stderr.starts_with("error: ") && said.stdout.is_empty(), "{said:?}");
}

/// Writes the good series with a damage and scores the folder.
fn damaged(name: &str) -> (tempfile::TempDir, &'static [&'static str]) {
    let damage = damages().into_iter().find(|d| d.name == name).unwrap_or_else(|| panic!("no damage {name}"));
    let mut files = good_series(name, 8, 32).unwrap();
    (damage.apply)(&mut files);
    let folder = tempfile::tempdir().unwrap();
    for file in files {
        let path = folder.path().join(file.name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, file.bytes).unwrap();
    }
    (folder, damage.codes)
}

/// A truncated file, a length of 4 GiB, 5,000 nested sequences, an intercept of `-1,02`.
#[test]
fn damaged_series() {
    let names: Vec<&str> = damages().iter().map(|d| d.name).collect();
    for part in ["truncated", "4_gib", "nested", "comma"] {
        let found: Vec<&&str> = names.iter().filter(|n| n.contains(part)).collect();
        assert!(!found.is_empty(), "no damage like {part} in {names:?}");
        for name in found {
            let (folder, codes) = damaged(name);
            let said = refused(folder.path());
            assert!(codes.contains(&code(&said).as_str()), "{name}: {}", code(&said));
        }
    }
}

/// All of it works in an address space of 100 MB, where a claim of 4 GiB that was believed would abort.
#[cfg(target_os = "linux")]
#[test]
fn little_memory() {
    for name in damages().iter().map(|d| d.name) {
        let (folder, _) = damaged(name);
        let said = score_within(folder.path(), MEMORY_KB);
        assert!(said.code == 0 || said.code == 3, "{name}: {said:?}");
    }
}

#[test]
fn labels_that_do_not_fit() {
    let series = text(fixture("coronary"));
    let folder = tempfile::tempdir().unwrap();
    let labels = folder.path().join("labels.json");
    for (content, code) in [
        ("", "labels_invalid"),
        ("{]", "labels_invalid"),
        (
            r#"{"regions": [{"name": "lad", "circle_px": {"column": 3, "row": 3, "radius": 2}}]}"#,
            "labels_unknown_name",
        ),
        (
            r#"{"regions": [{"name": "LAD", "circle_px": {"column": 3, "row": 3, "radius": 2}, "slices": [90, 95]}]}"#,
            "labels_off_grid",
        ),
    ] {
        std::fs::write(&labels, content).unwrap();
        let said = run(&["score", &series, "--labels", &text(&labels), "--format", "json"]);
        assert_eq!(said.code, 3, "{content}: {said:?}");
        assert_eq!(said.json()["refusal"]["code"], code, "{content}");
    }
    let said = run(&["score", &series, "--labels", "/no/such/labels.json"]);
    assert_eq!(said.code, 3, "{said:?}");
    assert!(said.stdout.contains("labels.json: there is no such label file (labels_missing)"), "{said:?}");
}

/// Writing into a pipe that nobody reads any more is a success.
#[test]
fn a_closed_pipe() {
    let mut child = agatston(&["schema", "result"]);
    let mut child = child.stdout(std::process::Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(said(output).code, 0);
}
