//! What a batch leaves beside its tables: of which run they are, and of which files each result is.

use super::{SeriesKey, Shard, Stamp};
use crate::{
    NamedProtocol, ResultDocument, code,
    protocol_record::ProtocolRecord,
    result::{EngineRecord, Status},
};
use agatston_core::Code;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use twox_hash::XxHash3_128;

/// Name and version of the form of [`RunRecord`].
pub const RUN_SCHEMA: &str = "agatston.run/1";

/// How series are scored, as far as a result depends on it: the program, the protocol and what else was asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Settings {
    /// The program.
    pub engine: EngineRecord,
    /// Every choice of the protocol.
    pub protocol: ProtocolRecord,
    /// Options that were given, by name; of a file, the hash of its content.
    pub options: BTreeMap<String, String>,
}

impl Settings {
    /// Of this program.
    pub fn new(protocol: &NamedProtocol, options: BTreeMap<String, String>) -> Self {
        let protocol = ProtocolRecord::new(protocol, &protocol.protocol);
        Self { engine: EngineRecord::this(), protocol, options }
    }

    /// A hash of all of it: results of equal hashes were made alike.
    pub fn hash(&self) -> String {
        hash(serde_json::to_string(self).expect(WRITABLE).as_bytes())
    }
}

/// xxh3-128 in hexadecimal digits.
pub fn hash(bytes: &[u8]) -> String {
    format!("{:032x}", XxHash3_128::oneshot(bytes))
}

pub(super) const WRITABLE: &str = "words and numbers can always be written";

/// Of which run the tables are: `run.json`. It knows no clock and no machine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RunRecord {
    /// `agatston.run/1`.
    pub schema: String,
    /// How series were scored.
    pub settings: Settings,
    /// Hash of the settings.
    pub settings_hash: String,
    /// Hash of `index.jsonl`: which series there were.
    pub index_hash: String,
    /// The part that these are, `I/N`; null for all.
    #[schemars(with = "Option<String>")]
    pub shard: Option<Shard>,
    /// At most so many series were scored; null for all.
    pub limit: Option<u64>,
    /// Number of series by what came of them.
    pub series: SeriesCounts,
    /// Refused and failed series by the code of the first reason.
    pub refusals: BTreeMap<String, u64>,
}

impl RunRecord {
    /// The record, indented, with a final newline.
    pub fn pretty(&self) -> String {
        serde_json::to_string_pretty(self).expect(WRITABLE) + "\n"
    }

    /// Reads a record.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub fn read(text: &str) -> Result<Self, String> {
        let record: Self = serde_json::from_str(text).map_err(|e| e.to_string())?;
        if record.schema == RUN_SCHEMA { Ok(record) } else { Err(format!("its schema is not {RUN_SCHEMA}")) }
    }
}

/// Whether there is no score for what the outside or the program did: the series may be fine, and is worth a retry.
pub fn is_failed(document: &ResultDocument) -> bool {
    let codes = [code::READ_FAILED, code::INTERNAL_ERROR];
    document.refusal.as_ref().is_some_and(|refusal| codes.iter().any(|code| code.name() == refusal.code))
}

/// Number of series by what came of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SeriesCounts {
    /// All that have a row.
    pub all: u64,
    /// With a score that somebody's decision stands behind, or of everything.
    pub scored: u64,
    /// With a score with bounds, from the anatomy.
    pub provisional: u64,
    /// Without a score, for a reason of their own.
    pub refused: u64,
    /// Without a score, because something could not be read, or a bug came up: worth a retry.
    pub failed: u64,
    /// Among all, series that lie in another folder too.
    pub duplicates: u64,
    /// Among all, series of which other slices lie in another folder.
    pub split: u64,
}

impl SeriesCounts {
    /// Adds a series.
    pub fn add(&mut self, document: &ResultDocument) {
        self.all += 1;
        match document.status {
            Status::Scored => self.scored += 1,
            Status::Provisional => self.provisional += 1,
            Status::Refused if is_failed(document) => self.failed += 1,
            Status::Refused => self.refused += 1,
        }
        let has = |code: Code| u64::from(document.findings.iter().any(|f| f.code == code.name()));
        self.duplicates += has(code::DUPLICATE_SERIES);
        self.split += has(code::SERIES_SPLIT);
    }

    /// Whether every series has a score.
    pub fn have_all_a_score(&self) -> bool {
        self.refused + self.failed == 0
    }
}

/// Of which files and settings a result is: a line of `done.jsonl`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DoneEntry {
    /// The series.
    pub key: SeriesKey,
    /// Names, sizes and times of its files, and what else its result depends on.
    pub stamp: Stamp,
    /// Hash of the settings; empty where the series is to be scored again.
    pub settings: String,
    /// Hash of the result.
    pub result: String,
}

impl DoneEntry {
    /// The line, with its newline.
    pub fn line(&self) -> String {
        serde_json::to_string(self).expect(WRITABLE) + "\n"
    }

    /// The same with no settings, which are nobody's: the series is to be scored again.
    #[must_use]
    pub fn withdrawn(&self) -> Self {
        Self { settings: String::new(), ..self.clone() }
    }

    /// Reads lines, of which the last one of a series holds; what is no line is nothing that was done.
    pub fn read_all(text: &str) -> BTreeMap<SeriesKey, Self> {
        let entries = text.lines().filter_map(|line| serde_json::from_str::<Self>(line).ok());
        entries.map(|entry| (entry.key, entry)).collect()
    }
}
