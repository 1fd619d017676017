//! A line of the index: a series and where it lies.

use super::{SeriesKey, record::WRITABLE};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// A series that a batch found, or a folder of which nothing more is known. The only document with names of folders.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct IndexEntry {
    /// Its key, 32 hexadecimal digits.
    #[schemars(with = "String")]
    pub key: SeriesKey,
    /// Its folder, relative to the root; of an archive, the archive.
    pub folder: String,
    /// Its SeriesInstanceUID, with `#1`, `#2`, ... where several stacks share one; null where the folder could not be read.
    pub series: Option<String>,
    /// Number of slices, duplicates included.
    pub planes: u64,
    /// The key of the same series in a folder that comes before; null mostly.
    #[schemars(with = "Option<String>")]
    pub duplicate_of: Option<SeriesKey>,
    /// The key of a series of the same SeriesInstanceUID but other slices, in a folder that comes before; null mostly.
    #[schemars(with = "Option<String>")]
    pub split_from: Option<SeriesKey>,
}

impl IndexEntry {
    /// The line, with its newline.
    pub fn line(&self) -> String {
        serde_json::to_string(self).expect(WRITABLE) + "\n"
    }

    /// Reads an index.
    ///
    /// # Errors
    ///
    /// The first line, from 1, that is no entry, or one of a series that has a line already.
    pub fn read(text: &str) -> Result<Vec<Self>, String> {
        let mut seen = HashSet::new();
        let lines = text.lines().zip(1_usize..).filter(|(line, _)| !line.trim().is_empty());
        lines
            .map(|(line, number)| {
                let entry: Self = serde_json::from_str(line)
                    .map_err(|_| format!("line {number} is no entry of an index"))?;
                let is_new = seen.insert(entry.key);
                is_new
                    .then_some(entry)
                    .ok_or_else(|| format!("line {number} is of a series that has a line already"))
            })
            .collect()
    }
}
