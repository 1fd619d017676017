//! The fault matrix: every way of the input specification to break a good series, with what must come of it.
//! A scorer may give the same score, the same score with a finding, or a refusal; never another score.
//!
//! The damages are small functions, sorted by what they break: geometry, rescale, pixels, bytes, meaning.

#![expect(
    clippy::ptr_arg,
    reason = "every damage has the signature of `Damage::apply`; some add or drop files"
)]

mod bytes;
mod geometry;
mod meaning;
mod pixels;
mod rescale;

use dicom_dictionary_std::{tags, uids};
use dicom_object::from_reader;

use crate::{
    Error, Header, Volume,
    dicom::{Object, encode, file_name, slice_objects},
};

/// A file of a series in memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedFile {
    /// File name within the series' folder.
    pub name: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// What must come of a damaged series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The score of the good series; nothing need be said.
    SameScore,
    /// The score of the good series, and a finding of one of the codes.
    Finding,
    /// No score: a refusal of one of the codes.
    Refused,
}

/// Whether a refusal is about trust in the numbers or about coronary meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Geometry, rescale, pixels, decoding, mixed patients: refuses always.
    Geometry,
    /// Is this a coronary calcium scan at all? Without arteries a refusal of this class is a warning.
    Coronary,
}

/// One way to damage a series.
#[derive(Clone, Copy, Debug)]
pub struct Damage {
    /// Name, fit for a folder.
    pub name: &'static str,
    /// Codes of which at least one must be reported; empty for [`Outcome::SameScore`].
    pub codes: &'static [&'static str],
    /// What must come of it.
    pub outcome: Outcome,
    /// Class of the refusal.
    pub class: Class,
    /// Whether the damage leaves every voxel that counts as it is; if not, a score may be another, if a finding tells.
    pub keeps_score: bool,
    /// Whether it only works on the files of [`good_series`], whose values it knows.
    pub of_good_series: bool,
    /// Does the damage. Works on the files of [`good_series`] of at least three slices of 14 x 14, and where
    /// `of_good_series` does not say otherwise on those of [`as_written_here`].
    pub apply: fn(&mut Vec<NamedFile>),
}

/// All damages.
#[must_use]
pub fn damages() -> Vec<Damage> {
    [geometry::DAMAGES, rescale::DAMAGES, pixels::DAMAGES, bytes::DAMAGES, meaning::DAMAGES].concat()
}

/// The image that is damaged: a body in air with calcium in every slice, pixels of 0.5 mm, slices of 3 mm.
///
/// Slice `k` holds 4 x 4 pixels of `150 + 100 (k mod 4)` HU in its body, so that a lost or moved slice shows.
#[must_use]
pub fn good_volume(slices: usize, side: usize) -> Volume {
    let mut volume = Volume::filled([slices, side, side], [3.0, 0.5, 0.5], -1000.0);
    let middle = side / 2;
    for (slice, mut plane) in volume.hu.outer_iter_mut().enumerate() {
        let calcium = 150.0 + 100.0 * crate::volume::as_f64(slice % 4);
        plane.slice_mut(ndarray::s![3..side - 3, 3..side - 3]).fill(40.0);
        plane.slice_mut(ndarray::s![middle..middle + 4, middle - 2..middle + 2]).fill(calcium);
    }
    volume
}

/// The files of a good series of [`good_volume`]; `name` seeds its UIDs.
///
/// # Errors
///
/// [`Error::Encode`], which does not happen for explicit little endian.
pub fn good_series(name: &str, slices: usize, side: usize) -> Result<Vec<NamedFile>, Error> {
    let objects = slice_objects(&good_volume(slices, side), &Header::named(name));
    let file =
        |(index, object): (usize, &Object)| Ok(NamedFile { name: file_name(index), bytes: encode(object)? });
    objects.iter().enumerate().map(file).collect()
}

/// Transfer syntaxes of plain pixels.
const NATIVE: [&str; 3] =
    [uids::IMPLICIT_VR_LITTLE_ENDIAN, uids::EXPLICIT_VR_LITTLE_ENDIAN, "1.2.840.10008.1.2.2"];

/// A series of others as this crate would have written it: explicit little endian, from inferior to superior.
///
/// # Errors
///
/// [`Error::Decode`] when a file is no DICOM image with a position.
pub fn as_written_here(files: &[NamedFile]) -> Result<Vec<NamedFile>, Error> {
    let mut placed: Vec<(f64, Object)> = Vec::new();
    for file in files {
        let wrong = |reason: String| Error::Decode { name: file.name.clone(), reason };
        let mut object = from_reader(file.bytes.as_slice()).map_err(|e| wrong(e.to_string()))?;
        let syntax = object.meta().transfer_syntax().trim_end_matches('\0').to_owned();
        if !NATIVE.contains(&syntax.as_str()) {
            return Err(wrong("its pixels are compressed, and damages are done to plain ones".into()));
        }
        let position = object
            .element(tags::IMAGE_POSITION_PATIENT)
            .map_err(|_| wrong("it has no position: only classic CT images are damaged".into()))?;
        let position = position.to_multi_float64().map_err(|e| wrong(e.to_string()))?;
        let z = *position.get(2).ok_or_else(|| wrong("its position has no third number".into()))?;
        object.update_meta(|meta| meta.transfer_syntax = uids::EXPLICIT_VR_LITTLE_ENDIAN.into());
        placed.push((z, object));
    }
    placed.sort_by(|a, b| a.0.total_cmp(&b.0));
    let file = |(index, (_, object)): (usize, &(f64, Object))| {
        Ok(NamedFile { name: file_name(index), bytes: encode(object)? })
    };
    placed.iter().enumerate().map(file).collect()
}

impl NamedFile {
    /// Decodes, changes and encodes the file.
    fn edit(&mut self, change: impl FnOnce(&mut Object)) {
        let mut object = self.decode();
        change(&mut object);
        self.bytes = encode(&object).expect("damages keep to transfer syntaxes that can be written");
    }

    fn decode(&self) -> Object {
        from_reader(self.bytes.as_slice()).expect("damages start from files of our own writer")
    }
}

/// Changes every file; the index is that of the slice, 0 lowest.
fn edit_all(files: &mut [NamedFile], change: impl Fn(usize, &mut Object)) {
    for (index, file) in files.iter_mut().enumerate() {
        file.edit(|object| change(index, object));
    }
}

/// A damage that must be refused for the trust in its numbers.
const fn refused(
    name: &'static str,
    codes: &'static [&'static str],
    apply: fn(&mut Vec<NamedFile>),
) -> Damage {
    Damage { name, codes, outcome: Outcome::Refused, apply, ..UNHARMED }
}

/// A damage that leaves the score and must be reported.
const fn finding(
    name: &'static str,
    codes: &'static [&'static str],
    apply: fn(&mut Vec<NamedFile>),
) -> Damage {
    Damage { name, codes, outcome: Outcome::Finding, apply, ..UNHARMED }
}

/// A change that is none: the score stays.
const fn harmless(name: &'static str, apply: fn(&mut Vec<NamedFile>)) -> Damage {
    Damage { name, apply, ..UNHARMED }
}

/// No damage at all.
const UNHARMED: Damage = Damage {
    name: "",
    codes: &[],
    outcome: Outcome::SameScore,
    class: Class::Geometry,
    keeps_score: true,
    of_good_series: false,
    apply: |_| {},
};

impl Damage {
    /// About coronary meaning.
    const fn coronary(self) -> Self {
        Self { class: Class::Coronary, ..self }
    }

    /// Changes values that count.
    const fn changes_score(self) -> Self {
        Self { keeps_score: false, ..self }
    }

    /// Knows the values of the good series.
    const fn of_good_series(self) -> Self {
        Self { of_good_series: true, ..self }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Every damage changes the files, and there are enough of them, each with a name of its own.
    #[test]
    fn every_damage_damages() {
        let good = good_series("good", 8, 32).unwrap();
        let damages = damages();
        let names: BTreeSet<_> = damages.iter().map(|damage| damage.name).collect();
        assert!(damages.len() == 131 && names.len() == damages.len(), "{} damages", damages.len());
        for damage in damages {
            let mut files = good.clone();
            (damage.apply)(&mut files);
            assert_ne!(files, good, "{}", damage.name);
            assert_eq!(damage.codes.is_empty(), damage.outcome == Outcome::SameScore, "{}", damage.name);
        }
    }

    /// By hand: 16 pixels of 0.25 mm2 are 4 mm2; weights 1, 2, 3, 4 by slice, twice: 4 x 20 = 80.
    #[test]
    fn the_good_series_scores_80() {
        use crate::oracle::{Rules, score};
        assert_eq!(score(&good_volume(8, 32), None, &Rules::default()).agatston(), 80.0);
    }
}
