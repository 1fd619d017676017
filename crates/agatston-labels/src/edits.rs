//! Reader edits: a person's decisions, each about the calcium that holds one voxel, in an append-only log.
//!
//! ```text
//! log (JSON Lines) -> Edits       each line checked in itself
//! Edits + base assignment         what a decision is about is settled before any is applied: the lesions and foci
//!                                 of the base, so that a later line never depends on an earlier one
//!   -> replay                     line by line, the last decision about a voxel stands
//!   -> Edited                     the assignment, and where a reader decided
//! ```

mod decisions;
mod joined;
mod log;
mod replay;

use std::path::Path;

use agatston_core::{Protocol, Region};

pub use self::replay::{Edited, Span};
use crate::{Error, Labelled, Series, labels::file_name};

/// A log of a reader's decisions about one series, each line checked in itself.
#[derive(Clone, Debug)]
pub struct Edits {
    file: String,
    edits: Vec<Edit>,
    /// Whether some line is older than the one before it.
    is_out_of_order: bool,
}

/// A decision.
#[derive(Clone, Debug, PartialEq)]
struct Edit {
    /// Its line in the log, from 1 on.
    line: usize,
    sop_instance_uid: String,
    frame: u32,
    row: u16,
    column: u16,
    extent: Extent,
    /// Nothing: as if nobody had decided.
    region: Option<Region>,
    reader: String,
}

/// How far a decision reaches from its voxel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
enum Extent {
    /// All calcium that is joined to it, through the slices.
    #[default]
    Lesion,
    /// What is joined to it within its slice.
    Focus,
}

impl Edits {
    /// Reads a log: JSON Lines, a decision a line.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] when the file cannot be read, else a refusal with its code.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let file = file_name(path);
        log::read(path, &file).map_err(|trouble| trouble.in_file(&file))
    }

    /// Replays the log over the assignment of a label source, or over none. `protocol` says what is joined.
    ///
    /// # Errors
    ///
    /// A refusal when a decision is about another series, or about a voxel that is no candidate.
    pub fn replay(
        &self,
        series: Series<'_>,
        base: Option<Labelled>,
        protocol: &Protocol,
    ) -> Result<Edited, Error> {
        replay::replay(self, series, base, protocol).map_err(|trouble| trouble.in_file(&self.file))
    }
}
