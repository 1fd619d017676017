//! An object store that a server keeps, walked through like a folder that holds the same. Left out: command lines.
//!
//! `tests/object_store/run` starts a server, fills it and tells this test where it is; without one it says SKIPPED.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use agatston_dicom::{FileTree, Listing, Source, Tree, joined};
use agatston_store::ObjectTree;
use std::path::Path;

/// The store, and the folder that it was filled from.
fn stores() -> Option<(String, String)> {
    let variable = |name| std::env::var(name).ok();
    let both = variable("AGATSTON_STORE_URL").zip(variable("AGATSTON_STORE_FOLDER"));
    if both.is_none() {
        println!("SKIPPED: no object store; tests/object_store/run starts one");
    }
    both
}

fn open(url: &str) -> ObjectTree {
    ObjectTree::open(url).unwrap()
}

/// Names and lengths; a store knows its own times.
fn contents(listing: &Listing) -> Vec<(&str, u64)> {
    listing.files.iter().map(|file| (&*file.name, file.len)).collect()
}

fn bytes(source: &Source) -> Vec<u8> {
    let mut into = Vec::new();
    source.read_range(0..source.len(), &mut into).unwrap();
    into
}

/// Compares a folder and everything below it; the number of sources.
fn compare(store: &ObjectTree, files: &FileTree, folder: &str) -> usize {
    let (ours, expected) = (store.list(folder).unwrap(), files.list(folder).unwrap());
    assert_eq!(ours.folders, expected.folders, "{folder}");
    assert_eq!(contents(&ours), contents(&expected), "{folder}");
    assert!(ours.files.iter().all(|file| file.is_file && file.modified_ns > 0), "{folder}");
    let (ours, expected) =
        (store.sources(folder, &ours.files).unwrap(), files.sources(folder, &expected.files).unwrap());
    assert_eq!(ours.len(), expected.len(), "{folder}");
    for (one, other) in ours.iter().zip(&expected) {
        assert_eq!((one.name(), one.len()), (other.name(), other.len()), "{folder}");
        assert!(bytes(one) == bytes(other), "{folder}: {}", one.name());
    }
    let below = files.list(folder).unwrap().folders;
    ours.len() + below.iter().map(|name| compare(store, files, &joined(folder, name))).sum::<usize>()
}

#[test]
fn a_store_is_read_like_the_folder_it_was_filled_from() {
    let Some((url, folder)) = stores() else { return };
    let files = FileTree::new(Path::new(&folder), None).unwrap();
    let compared = compare(&open(&url), &files, "");
    assert!(compared > 1000, "more than a page of a listing has: {compared}");
    println!("{compared} sources are the same");
}

#[test]
fn what_is_not_there_is_told_without_the_credentials() {
    let Some((url, _)) = stores() else { return };
    let said = open(&url).list("gone").unwrap_err().to_string();
    assert_eq!(said, "gone could not be read: there is no such folder in the object store");
    assert_eq!(open(&joined(&url, "gone")).list("").unwrap(), Listing::default());
    let said = open("s3://no-such-bucket/scans").list("").unwrap_err().to_string();
    assert_eq!(said, "the folder could not be read: it is not in the object store (NoSuchBucket)");
    let debug = format!("{:?}", open(&url));
    let secret = std::env::var("AWS_SECRET_ACCESS_KEY").unwrap();
    assert!(!debug.contains(&secret) && !said.contains(&secret));
}
