//! Which candidates belong to which artery, as data: pieces of runs, each with a region.
//!
//! Core never asks who decided. Labels, regions, readers and the anatomy all end in an [`Assigned`].

use crate::Candidates;

/// A main coronary artery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Artery {
    /// Left main.
    Lm,
    /// Left anterior descending.
    Lad,
    /// Left circumflex.
    Lcx,
    /// Right coronary artery.
    Rca,
}

impl Artery {
    /// The four, in the order of every table.
    pub const ALL: [Self; 4] = [Self::Lm, Self::Lad, Self::Lcx, Self::Rca];

    /// The abbreviation used in every output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Lm => "LM",
            Self::Lad => "LAD",
            Self::Lcx => "LCX",
            Self::Rca => "RCA",
        }
    }
}

/// What a piece of a run belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Region {
    /// One of the four arteries.
    Artery(Artery),
    /// Coronary, but the source does not say which artery. Part of the coronary total.
    Coronary,
    /// A named region that is no coronary artery: index into [`Assigned::names`]. Never in the coronary total.
    Named(u16),
    /// Looked at and found not to be coronary.
    NotCoronary,
}

/// Part of a run, with its region: columns `start..end` of run number `run` of a slice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Index of the slice.
    pub slice: u16,
    /// Index into the slice's runs.
    pub run: u32,
    /// First column.
    pub start: u16,
    /// Column after the last.
    pub end: u16,
    /// What it belongs to.
    pub region: Region,
}

/// Name of the region that holds every candidate under [`Assigned::everything`].
pub const EVERYTHING: &str = "everything";

/// The outcome of every assignment.
///
/// Pieces are ordered by slice, run and start, lie within their run and do not overlap. Candidates in no piece
/// are unassigned: counted, never scored.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Assigned {
    /// The pieces.
    pub pieces: Vec<Piece>,
    /// Names of the regions that [`Region::Named`] points to.
    pub names: Vec<String>,
}

impl Assigned {
    /// Every candidate in one region named `everything`: for phantoms and comparisons, never called coronary.
    pub fn everything(candidates: &Candidates) -> Self {
        let mut pieces = Vec::new();
        for (z, slice) in candidates.slices.iter().enumerate() {
            let slice_index = slice_number(z);
            pieces.extend(slice.runs.iter().enumerate().map(|(i, run)| Piece {
                slice: slice_index,
                run: run_number(i),
                start: run.start,
                end: run.end,
                region: Region::Named(0),
            }));
        }
        Self { pieces, names: vec![EVERYTHING.to_owned()] }
    }

    /// Asks for the region of each candidate by slice, row and column, and cuts runs where the answer changes.
    ///
    /// # Panics
    ///
    /// With more than 65,535 slices or 4,294,967,295 runs in a slice, which no loader hands over.
    pub fn by_voxel(
        candidates: &Candidates,
        names: Vec<String>,
        mut region_of: impl FnMut(usize, u16, u16) -> Option<Region>,
    ) -> Self {
        let mut pieces = Vec::new();
        for (z, slice) in candidates.slices.iter().enumerate() {
            let slice_index = slice_number(z);
            for (i, run) in slice.runs.iter().enumerate() {
                let run_index = run_number(i);
                let mut open: Option<Piece> = None;
                for column in run.start..run.end {
                    let region = region_of(z, run.row, column);
                    if let Some(piece) = open.as_mut().filter(|p| Some(p.region) == region) {
                        piece.end = column + 1;
                        continue;
                    }
                    pieces.extend(open.take());
                    open = region.map(|region| Piece {
                        slice: slice_index,
                        run: run_index,
                        start: column,
                        end: column + 1,
                        region,
                    });
                }
                pieces.extend(open);
            }
        }
        Self { pieces, names }
    }
}

fn slice_number(z: usize) -> u16 {
    u16::try_from(z).expect("the loader refuses more than 65,535 slices")
}

fn run_number(i: usize) -> u32 {
    u32::try_from(i).expect("a slice has fewer runs than its 2^32 pixels")
}
