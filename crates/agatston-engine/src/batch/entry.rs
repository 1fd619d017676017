//! A line of the index: a series and where it lies.

use super::SeriesKey;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

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
}

impl IndexEntry {
    /// The line, with its newline.
    pub fn line(&self) -> String {
        let text = serde_json::to_string(self);
        text.expect("words and numbers can always be written") + "\n"
    }

    /// Reads an index; the number of the line that is none is the error.
    ///
    /// # Errors
    ///
    /// The first line, from 1, that is no entry.
    pub fn read(text: &str) -> Result<Vec<Self>, usize> {
        let lines = text.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty());
        lines.map(|(line, number)| serde_json::from_str(line).map_err(|_| number)).collect()
    }
}
