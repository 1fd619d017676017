//! Where the label file of each series is: a path with places for what is known of the series.
//!
//! Left out: what identifies a patient. In messages the pattern stands for the path that is made of it, by its last name alone.

use crate::Error;
use agatston_core::{Finding, Severity};
use agatston_dicom::Series;
use agatston_labels::code::LABELS_MISSING;
use std::path::{Path, PathBuf};

/// What may stand in braces.
const PLACES: [&str; 4] = ["{series_uid}", "{study_uid}", "{folder}", "{folder_name}"];

/// A path with places, as `labels/{series_uid}.nii.gz` or `{folder}/arteries.seg.nrrd`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelsPattern(String);

impl LabelsPattern {
    /// Checks a pattern.
    ///
    /// # Errors
    ///
    /// Braces that hold none of the places, or no place at all: then all series would have the same labels.
    pub fn new(pattern: &str) -> Result<Self, Error> {
        let rest = PLACES.iter().fold(pattern.to_owned(), |rest, place| rest.replace(place, ""));
        let problem = match (rest.contains(['{', '}']), rest.len() < pattern.len()) {
            (true, _) => "it has other braces",
            (false, false) => {
                "it has none, so every series would have the same labels: --labels FILE says that"
            }
            (false, true) => return Ok(Self(pattern.to_owned())),
        };
        Err(Error::Pattern { places: PLACES.join(", "), problem: problem.to_owned() })
    }

    /// How its files are called in messages: the last part of the pattern.
    pub(crate) fn name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or(&self.0)
    }

    /// Where the label file of a series is.
    ///
    /// # Errors
    ///
    /// When the series does not have what the pattern asks for.
    pub(crate) fn path(&self, series: &Series) -> Result<PathBuf, Box<Finding>> {
        let folder = folder(series);
        let values = [
            Some(series.facts.series_uid.clone()).filter(|uid| is_uid(uid)),
            Some(series.facts.study_uid.clone()).filter(|uid| is_uid(uid)),
            folder.map(|f| f.to_string_lossy().into_owned()),
            folder.and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned()),
        ];
        let mut path = String::new();
        let mut rest = self.0.as_str();
        while let Some(at) = rest.find('{') {
            let (before, from) = rest.split_at(at);
            path.push_str(before);
            let places = PLACES.iter().zip(&values);
            let Some((place, value)) = places.into_iter().find(|(place, _)| from.starts_with(**place)) else {
                return Err(unknown(from));
            };
            path.push_str(value.as_deref().ok_or_else(|| unknown(place))?);
            rest = &from[place.len()..];
        }
        path.push_str(rest);
        Ok(path.into())
    }
}

/// The folder of the files of a series; nothing where they are in several.
fn folder(series: &Series) -> Option<&Path> {
    let mut folders = series.planes.iter().map(|plane| plane.source.folder_path());
    let first = folders.next()??;
    folders.all(|folder| folder == Some(first)).then_some(first)
}

/// A UID becomes part of a path: only what no path means something by.
fn is_uid(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_digit() || c == '.') && !text.contains("..")
}

fn unknown(place: &str) -> Box<Finding> {
    let message = "the pattern of label files asks for what the series does not have";
    Box::new(
        Finding::new(LABELS_MISSING, Severity::Refusal, message)
            .seen(format!("no {place}"))
            .expected("a series that says it")
            .next_step("score this series alone with --labels FILE"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_has_places_and_no_other_braces() {
        assert!(LabelsPattern::new("labels/{series_uid}.nii.gz").is_ok());
        assert!(LabelsPattern::new("{folder}/{folder_name}.nrrd").is_ok());
        for wrong in ["labels.nii.gz", "{patient_id}.nii.gz", "{series_uid", "{series_uid}}"] {
            assert!(LabelsPattern::new(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn only_digits_and_dots_get_into_a_path() {
        let all: Vec<bool> = ["1.2.3", "", "../1", "1..2", "1/2"].into_iter().map(is_uid).collect();
        assert_eq!(all, [true, false, false, false, false]);
    }
}
