//! The candidates of a whole series: runs of voxels at or over the threshold and the values under them.
//!
//! This is all that is kept of the pixels: 16 bytes a run and 2 bytes a voxel. Left out: who made them (`scan`),
//! what becomes of them (`focus`).

use crate::{Geometry, Rescale, scan::SliceScan};

/// Neighbouring candidates of one row: columns `start..end`, and what most protocols ask of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// Row of the slice.
    pub row: u16,
    /// First column.
    pub start: u16,
    /// Column after the last.
    pub end: u16,
    /// Largest stored value.
    pub peak_stored: i16,
    /// Sum of the stored values; at most 65,535 of 16 bits, so 32 bits hold it.
    pub sum_stored: i32,
    /// Where its values begin in [`SliceScan::values`].
    pub first_value: u32,
}

impl Run {
    /// Number of voxels.
    pub fn len(self) -> usize {
        usize::from(self.end - self.start)
    }

    /// Whether there is no voxel; never so in a scan.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }
}

/// Everything that scoring asks of a series, ordered from inferior to superior; the pixels are gone.
#[derive(Clone, Debug)]
pub struct Candidates {
    /// The voxel grid.
    pub geometry: Geometry,
    /// The rescale of each slice.
    pub rescale: Vec<Rescale>,
    /// The candidates of each slice; same length as `rescale`.
    pub slices: Vec<SliceScan>,
}

impl Candidates {
    /// Number of candidate voxels.
    pub fn voxels(&self) -> u64 {
        self.slices.iter().map(|s| s.values.len() as u64).sum()
    }

    /// Number of runs.
    pub fn runs(&self) -> u64 {
        self.slices.iter().map(|s| s.runs.len() as u64).sum()
    }
}
