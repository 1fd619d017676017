//! Tiny series that must be refused, as folders: the source of `fixtures/refused/`.

use std::{fs, path::Path};

use crate::{
    Error,
    damage::{Class, Damage, Outcome, damages, good_series},
};

/// Rows and columns of the images.
const SIDE: usize = 14;

/// A damage larger than this in one file is left to the fault matrix.
const LARGEST_FILE: usize = 10_000;

/// Writes one folder for each code that refuses whatever the region, three slices each, by the first damage that must
/// be refused with it; the fault matrix has them all. Returns the folder names with the code that each must be refused
/// with. The bytes are the same on every call.
///
/// # Errors
///
/// [`Error::Write`] when a folder or file cannot be written.
pub fn write_refused(folder: &Path) -> Result<Vec<(String, &'static str)>, Error> {
    let mut written: Vec<(String, &'static str)> = Vec::new();
    let always = |damage: &Damage| damage.outcome == Outcome::Refused && damage.class == Class::Geometry;
    for damage in damages().into_iter().filter(always) {
        if written.iter().any(|(_, code)| *code == damage.codes[0]) {
            continue;
        }
        // A gap shows only against regular neighbours: a slice of five is lost.
        let slices = if damage.name == "missing_slice" { 5 } else { 3 };
        let mut files = good_series(&format!("refused/{}", damage.name), slices, SIDE)?;
        (damage.apply)(&mut files);
        if files.iter().any(|file| file.bytes.len() > LARGEST_FILE) {
            continue;
        }
        let place = folder.join(damage.name);
        fs::create_dir_all(&place).map_err(|source| Error::Write { path: place.clone(), source })?;
        for file in files {
            let path = place.join(file.name);
            fs::write(&path, file.bytes).map_err(|source| Error::Write { path: path.clone(), source })?;
        }
        written.push((damage.name.to_owned(), damage.codes[0]));
    }
    Ok(written)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sizes(folder: &Path) -> u64 {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
        entries.map(|e| if e.path().is_dir() { sizes(&e.path()) } else { e.metadata().unwrap().len() }).sum()
    }

    #[test]
    fn the_folders_are_many_and_small() {
        let folder = tempfile::tempdir().unwrap();
        let written = write_refused(folder.path()).unwrap();
        assert!(written.len() >= 12, "{written:?}");
        assert!(sizes(folder.path()) < 150_000, "{} bytes in {}", sizes(folder.path()), written.len());
    }
}
