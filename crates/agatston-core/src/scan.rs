//! One pass over one plane: everything that later steps may ask of its pixels.

use crate::Run;

/// What is kept of one plane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SliceScan {
    /// Runs of candidates, ordered by row and start.
    pub runs: Vec<Run>,
    /// Stored values of the runs, concatenated in their order.
    pub values: Vec<i16>,
    /// What every 8th row says about the plane.
    pub sample: Sample,
    /// xxh3-128 of the stored values as little-endian `i16`, when asked for.
    pub digest: Option<u128>,
}

/// Statistics of every 8th row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// Counts of unpadded values by their top byte: bin `b` holds stored values `(b - 128) * 256 .. + 255`.
    pub histogram: Box<[u32; 256]>,
    /// Smallest unpadded value; `i16::MAX` when all are padding.
    pub min: i16,
    /// Largest unpadded value; `i16::MIN` when all are padding.
    pub max: i16,
    /// Number of padding values.
    pub padded: u32,
}
