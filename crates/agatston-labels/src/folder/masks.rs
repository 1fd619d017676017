//! Several masks, each of one label and called after an artery, as one label map. Left out: which files they come from.

use std::collections::BTreeSet;

use crate::{
    error::Refusal,
    label_file::LabelFile,
    names::{Key, Names},
    shown::shown,
    vessel,
    volume::Volume,
};

/// Masks on one grid. Each is a label of its own, so that it is seen where they overlap.
#[derive(Debug)]
pub(super) struct Masks {
    file: LabelFile,
    /// What the masks are called, in plain words.
    called: BTreeSet<String>,
}

impl Masks {
    /// No masks yet, on the grid of one.
    pub(super) fn like(mask: &LabelFile) -> Result<Self, Refusal> {
        let [i, j, k] = mask.grid.dims;
        let volume = Volume::of_planes(i * j, &vec![true; k])?;
        let file = LabelFile::on_grid(mask.kind, mask.grid.clone(), volume, Names::new());
        let file = LabelFile { reach: mask.reach, ids_mean: false, origin: mask.origin.clone(), ..file };
        Ok(Self { file, called: BTreeSet::new() })
    }

    /// Adds a mask; answers why it does not go with the others, if so.
    pub(super) fn add(&mut self, stem: &str, mask: &LabelFile) -> Result<Option<String>, Refusal> {
        let name = shown(stem);
        if !mask.names.is_empty() || mask.volume.counts().len() > 1 {
            return Ok(Some(format!("{name} is no mask of one label without names")));
        }
        if !mask.grid.is_same(&self.file.grid) {
            return Ok(Some(format!("{name} lies on another grid than the first")));
        }
        if (mask.kind, mask.reach, &mask.origin) != (self.file.kind, self.file.reach, &self.file.origin) {
            return Ok(Some(format!("{name} is of another kind than the first")));
        }
        if !self.called.insert(vessel::plain(stem)) {
            return Ok(Some(format!("two are called {name}")));
        }
        let number = u32::try_from(self.called.len()).expect("a folder has at most a thousand files");
        let key = Key::of(number);
        let [i, j, k] = mask.grid.dims;
        for place in (0..i * j * k).filter(|place| mask.volume.number_at(*place) != 0) {
            self.file.volume.mark(place, key)?;
        }
        self.file.names.insert(key, stem.to_owned().into());
        for finding in &mask.findings {
            if !self.file.findings.iter().any(|known| known.code == finding.code) {
                self.file.findings.push(finding.clone());
            }
        }
        Ok(None)
    }

    pub(super) fn into_file(self) -> LabelFile {
        self.file
    }
}
