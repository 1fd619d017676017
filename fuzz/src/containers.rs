//! What leads to DICOM files: zip archives and DICOMDIRs.

use std::{
    collections::BTreeMap,
    fs,
    io::{self, Read},
    path::Path,
};

use agatston_dicom::{Source, Unwatched, Workers, discover, index};
use zip::ZipArchive;

use super::scratch::Scratch;

/// Most bytes of all entries together that are read a second time.
const READ_MAX: u64 = 16 << 20;

/// A zip archive: its entries are what another reader of archives finds in it.
pub(crate) fn zip(data: &[u8]) -> bool {
    thread_local!(static FOLDER: Scratch = Scratch::new());
    FOLDER.with(|folder| {
        let path = folder.write("fuzzed.zip", data);
        let Ok(sources) = discover(std::slice::from_ref(&path)) else { return false };
        let is_archive = data.starts_with(b"PK\x03\x04") || data.starts_with(b"PK\x05\x06");
        if !is_archive || sources.iter().map(Source::len).sum::<u64>() > READ_MAX {
            return false;
        }
        let mut ours: BTreeMap<Vec<u8>, usize> = BTreeMap::new();
        let mut bytes = Vec::new();
        for source in &sources {
            source.read_range(0..source.len(), &mut bytes).expect("an entry that was verified can be read");
            *ours.entry(bytes.clone()).or_default() += 1;
        }
        assert_eq!(ours, entries(&path).expect("an archive that was read can be read"));
        let count = sources.len();
        let found = index(sources, Workers::new(1), &Unwatched).expect("entries can be read");
        assert_eq!(found.headers.len() + found.skipped.len(), count, "nothing is left out in silence");
        count > 0
    })
}

/// The entries of an archive, by the `zip` crate alone: how often each content occurs.
fn entries(path: &Path) -> io::Result<BTreeMap<Vec<u8>, usize>> {
    let mut archive = ZipArchive::new(fs::File::open(path)?)?;
    let mut all = BTreeMap::new();
    for i in 0..archive.len() {
        let mut entry = archive.by_index(i)?;
        if !entry.is_dir() {
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes)?;
            *all.entry(bytes).or_default() += 1;
        }
    }
    Ok(all)
}

/// A DICOMDIR beside two files: nothing outside of its folder is ever opened.
pub(crate) fn dicomdir(data: &[u8]) -> bool {
    thread_local!(static FOLDER: Scratch = folder_with_files());
    FOLDER.with(|folder| {
        let path = folder.write("DISC/DICOMDIR", data);
        let disc = fs::canonicalize(folder.path().join("DISC")).expect("the folder is there");
        let Ok(sources) = discover(std::slice::from_ref(&path)) else { return false };
        let mut referenced = 0;
        for source in &sources {
            let place = source.path().expect("a file");
            assert!(fs::canonicalize(place).is_ok_and(|p| p.starts_with(&disc)), "{}", place.display());
            referenced += usize::from(place != path);
        }
        referenced > 0
    })
}

/// A disc with two images, and a secret beside it.
fn folder_with_files() -> Scratch {
    let folder = Scratch::new();
    fs::create_dir_all(folder.path().join("DISC/IMAGES")).expect("a temporary folder can be made");
    folder.write("secret", b"outside");
    folder.write("DISC/IM1", b"one");
    folder.write("DISC/IMAGES/IM2", b"two");
    folder
}
