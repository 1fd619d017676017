//! Every input that a fuzzer was given or found, through the bodies of the fuzz targets: what was fixed stays fixed, and
//! the targets still compile and still get somewhere.

use crate::support::root;
use fuzz::{Body, TARGETS};
use std::{collections::BTreeSet, fs, panic, path::PathBuf, thread};

#[path = "../fuzz/src/lib.rs"]
#[allow(
    dead_code,
    unreachable_pub,
    unused_imports,
    reason = "a library of its own, which the fuzz workspace builds"
)]
mod fuzz;

/// The files of a target in one of the two folders, in order.
fn inputs(folder: &str, target: &str) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(root().join("fuzz").join(folder).join(target)) else { return Vec::new() };
    let mut all: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    all.sort();
    all
}

/// Runs a target over its files; how many got all the way.
fn replay(target: &str, body: Body, files: &[PathBuf]) -> usize {
    let run = |file: &PathBuf| {
        let data = fs::read(file).unwrap();
        panic::catch_unwind(|| body(&data)).unwrap_or_else(|_| panic!("{target}: {}", file.display()))
    };
    files.iter().filter(|file| run(file)).count()
}

#[test]
fn every_input_that_was_kept() {
    thread::scope(|scope| {
        for (target, body) in TARGETS {
            scope.spawn(move || {
                let corpus = inputs("corpus", target);
                assert!(!corpus.is_empty(), "{target} has no corpus");
                assert!(replay(target, body, &corpus) > 0, "no input of {target} gets all the way");
                replay(target, body, &inputs("regressions", target));
            });
        }
    });
}

/// A target without a shim is never fuzzed; a folder without a target is never replayed.
#[test]
fn shims_and_folders_are_those_of_the_targets() {
    let targets: BTreeSet<String> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    let names = |folder: &str| -> BTreeSet<String> {
        let entries = fs::read_dir(root().join("fuzz").join(folder)).unwrap();
        entries.map(|e| e.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names("fuzz_targets"), targets);
    assert_eq!(names("corpus"), targets);
    assert!(names("regressions").is_subset(&targets));
}
