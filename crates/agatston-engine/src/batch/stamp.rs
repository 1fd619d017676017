//! From what a result was made: names, sizes and times of files. Where these are the same, a series is not scored again.

use super::IndexEntry;
use crate::{Assign, LabelsPattern, request::LabelSource};
use agatston_dicom::{Listed, Series};
use serde::{Deserialize, Serialize};
use std::{fs, path::Path, time::SystemTime};
use twox_hash::XxHash3_128;

/// A hash of the names, sizes and times of every file of a folder, of the label file of a series, and of the series in earlier
/// folders of which its result tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Stamp(String);

impl Stamp {
    /// Of a folder as it was listed.
    pub(super) fn of(files: &[Listed]) -> Self {
        let mut hash = XxHash3_128::new();
        for file in files {
            add(&mut hash, &file.name, file.len, file.modified_ns);
        }
        Self(format!("{:032x}", hash.finish_128()))
    }

    /// With what the result tells of earlier folders.
    pub(super) fn with_earlier(self, entry: &IndexEntry) -> Self {
        let told = [("copy of", entry.duplicate_of), ("split from", entry.split_from)];
        told.into_iter().filter_map(|(what, key)| Some((what, key?))).fold(
            self,
            |Self(stamp), (what, key)| {
                Self(format!("{:032x}", XxHash3_128::oneshot(format!("{stamp} {what} {key}").as_bytes())))
            },
        )
    }

    /// With the label file that a pattern names for a series; of a folder, its files.
    pub(super) fn with_labels(self, assign: &Assign, series: &Series) -> Self {
        let Assign::By { labels: Some(LabelSource::Pattern { pattern, .. }), .. } = assign else {
            return self;
        };
        let mut hash = XxHash3_128::new();
        hash.write(self.0.as_bytes());
        add_labels(&mut hash, pattern, series);
        Self(format!("{:032x}", hash.finish_128()))
    }
}

fn add_labels(hash: &mut XxHash3_128, pattern: &LabelsPattern, series: &Series) {
    let Ok(path) = pattern.path(series) else { return };
    add_file(hash, &path);
    let Ok(entries) = fs::read_dir(&path) else { return };
    let mut inside: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    inside.sort();
    inside.iter().for_each(|path| add_file(hash, path));
}

fn add_file(hash: &mut XxHash3_128, path: &Path) {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let found = fs::metadata(path).ok();
    let modified =
        found.as_ref().and_then(|m| m.modified().ok()?.duration_since(SystemTime::UNIX_EPOCH).ok());
    add(hash, &name, found.map_or(u64::MAX, |m| m.len()), modified.map_or(0, |time| time.as_nanos()));
}

fn add(hash: &mut XxHash3_128, name: &str, len: u64, modified_ns: u128) {
    hash.write(name.as_bytes());
    hash.write(&[0]); // ends the name
    hash.write(&len.to_le_bytes());
    hash.write(&modified_ns.to_le_bytes());
}
