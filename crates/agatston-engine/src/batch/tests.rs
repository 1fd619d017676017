//! Batches in memory, with faults that no file system has at will.

use super::*;
use crate::{Assign, Detail};
use agatston_dicom::{Error, Event, FileTree, Listed, Listing, Source, Workers};
use agatston_phantom::{Header, Volume, dicom};
use std::{collections::BTreeMap, fs, ops::ControlFlow, path::Path, sync::Mutex};

/// A tree in which a file goes just before it is read, and a folder cannot be handed over without a panic.
struct Faulty {
    files: FileTree,
    lost: &'static str,
    panics: &'static str,
}

impl Tree for Faulty {
    fn list(&self, folder: &str) -> Result<Listing, Error> {
        self.files.list(folder)
    }

    fn sources(&self, folder: &str, files: &[Listed]) -> Result<Vec<Source>, Error> {
        assert_ne!(folder, self.panics, "a bug");
        let sources = self.files.sources(folder, files)?;
        if folder == self.lost {
            fs::remove_file(sources[1].path().unwrap()).unwrap();
        }
        Ok(sources)
    }
}

/// Keeps the status or code of each folder.
#[derive(Default)]
struct Kept {
    folders: Mutex<BTreeMap<SeriesKey, String>>,
    outcomes: Mutex<BTreeMap<String, String>>,
    counted: Mutex<Option<u64>>,
    /// After so many series nothing more can be kept.
    room: Option<usize>,
}

impl Watch for Kept {
    fn event(&self, _: Event) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

impl Ledger for Kept {
    fn is_stopped(&self) -> bool {
        false
    }

    fn wants_count(&self) -> bool {
        true
    }

    fn counted(&self, folders: u64) {
        *self.counted.lock().unwrap() = Some(folders);
    }

    fn looked(&self) {}

    fn found(&self, entry: &IndexEntry, _: bool) -> io::Result<()> {
        self.folders.lock().unwrap().insert(entry.key, entry.folder.clone());
        Ok(())
    }

    fn is_done(&self, _: SeriesKey, _: &Stamp) -> bool {
        false
    }

    fn finished(&self, finished: Finished<'_>) -> io::Result<()> {
        let document = finished.document.unwrap();
        let outcome = document.refusal.as_ref().map_or(document.status.as_str(), |r| &r.code).to_owned();
        let folder = self.folders.lock().unwrap()[&finished.key].clone();
        let mut outcomes = self.outcomes.lock().unwrap();
        if self.room.is_some_and(|room| outcomes.len() >= room) {
            return Err(io::ErrorKind::StorageFull.into());
        }
        outcomes.insert(folder, outcome);
        Ok(())
    }
}

fn cohort(root: &Path) {
    let mut volume = Volume::filled([5, 32, 32], [3.0, 0.5, 0.5], -1000.0);
    volume.hu.indexed_iter_mut().for_each(|((z, _, x), hu)| {
        if x > 3 {
            *hu = 40.0 + (z * 5 + x % 7) as f64;
        }
    });
    for name in ["a", "b", "c", "d", "e"] {
        fs::create_dir(root.join(name)).unwrap();
        dicom::write_series(&root.join(name), &volume, &Header::named(name)).unwrap();
    }
}

fn done(tree: &dyn Tree, ledger: &Kept) -> Result<(), BatchError> {
    let request = Request {
        assign: Assign::Everything,
        detail: Detail::Totals,
        workers: Workers::new(1),
        ..Request::default()
    };
    let places = Places::Below(vec![String::new()]);
    let batch = Batch {
        tree,
        places: &places,
        request: &request,
        jobs: 3,
        shard: None,
        limit: None,
        only_index: false,
    };
    run(&batch, ledger)
}

/// A file that was listed and is gone, and a bug that panics: each is a row of its own folder, and no other.
#[test]
fn a_lost_file_and_a_panic_stay_in_their_folders() {
    let root = tempfile::tempdir().unwrap();
    cohort(root.path());
    let tree = Faulty { files: FileTree::new(root.path(), None).unwrap(), lost: "b", panics: "d" };
    let ledger = Kept::default();
    done(&tree, &ledger).unwrap();
    let outcomes = ledger.outcomes.into_inner().unwrap();
    let outcomes: Vec<_> = outcomes.iter().map(|(folder, outcome)| (&**folder, &**outcome)).collect();
    let expected =
        [("a", "scored"), ("b", "read_failed"), ("c", "scored"), ("d", "internal_error"), ("e", "scored")];
    assert_eq!(outcomes, expected);
}

/// A series in two folders, other slices in each, and slices without a UID, which are no series together.
#[test]
fn slices_of_one_uid_in_two_folders() {
    let mut seen = register::Seen::default();
    let key = |n: u8| format!("{n:032x}").parse::<SeriesKey>().unwrap();
    assert_eq!(seen.split("1.2", "a", key(1)), None);
    assert_eq!(seen.split("1.2", "a", key(2)), None, "stacks of one folder");
    assert_eq!(seen.split("1.2", "b", key(3)), Some(key(1)));
    assert_eq!(seen.split("", "a", key(4)), None);
    assert_eq!(seen.split("", "b", key(5)), None);
}

/// A manifest puts two lists together, and names a series twice.
#[test]
fn an_index_names_a_series_once() {
    let line = |n: u8| {
        let key = format!("{n:032x}").parse().unwrap();
        IndexEntry { key, folder: "a".into(), series: None, planes: 0, duplicate_of: None, split_from: None }
            .line()
    };
    assert_eq!(IndexEntry::read(&(line(1) + "\n" + &line(2))).unwrap().len(), 2);
    let twice = IndexEntry::read(&(line(1) + &line(2) + &line(1))).unwrap_err();
    assert_eq!(twice, "line 3 is of a series that has a line already");
    assert_eq!(IndexEntry::read("{}").unwrap_err(), "line 1 is no entry of an index");
}

/// What cannot be kept ends the batch with its reason, and no job waits for another, whoever fails when.
#[test]
fn a_ledger_without_room_ends_the_batch() {
    let root = tempfile::tempdir().unwrap();
    cohort(root.path());
    let tree = FileTree::new(root.path(), None).unwrap();
    for _ in 0..200 {
        let ledger = Kept { room: Some(2), ..Kept::default() };
        let ended = done(&tree, &ledger);
        assert!(
            matches!(&ended, Err(BatchError::Ledger(e)) if e.kind() == io::ErrorKind::StorageFull),
            "{ended:?}"
        );
        assert_eq!(ledger.outcomes.into_inner().unwrap().len(), 2);
    }
}
