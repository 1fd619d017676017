//! Which candidates belong to which artery, as data: pieces of runs, each with a region.
//!
//! Core never asks who decided. Labels, regions, readers and the anatomy all end in an [`Assigned`].

use crate::{Candidates, Segment};

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

/// How the candidates are shared out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pieces {
    /// Every run, whole, to one region.
    All(Region),
    /// Pieces ordered by slice, run and start, which lie within their run and do not overlap. Candidates in no piece
    /// are unassigned: counted, never scored.
    Listed(Vec<Piece>),
}

/// The outcome of every assignment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assigned {
    /// Which voxels belong to which region.
    pub pieces: Pieces,
    /// Names of the regions that [`Region::Named`] points to.
    pub names: Vec<String>,
}

/// What of one slice is shared out.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Share<'a> {
    All(Region),
    Listed(&'a [Piece]),
}

impl Assigned {
    /// Every candidate in one region named `everything`: for phantoms and comparisons, never called coronary.
    pub fn everything() -> Self {
        Self { pieces: Pieces::All(Region::Named(0)), names: vec![EVERYTHING.to_owned()] }
    }

    /// The pieces, where they are listed; `None` where every run belongs to one region.
    pub fn listed(&self) -> Option<&[Piece]> {
        match &self.pieces {
            Pieces::All(_) => None,
            Pieces::Listed(pieces) => Some(pieces),
        }
    }

    /// The share of one slice.
    pub(crate) fn of_slice(&self, slice: usize) -> Share<'_> {
        match &self.pieces {
            Pieces::All(region) => Share::All(*region),
            Pieces::Listed(pieces) => {
                let from = pieces.partition_point(|p| usize::from(p.slice) < slice);
                let to = from + pieces[from..].partition_point(|p| usize::from(p.slice) == slice);
                Share::Listed(&pieces[from..to])
            }
        }
    }

    /// Shares out stretches that lie within runs, slice by slice in the order of their rows and columns.
    ///
    /// # Panics
    ///
    /// When a stretch lies in no run, and as [`Assigned::by_voxel`].
    pub fn by_segment<'s>(
        candidates: &Candidates,
        names: Vec<String>,
        stretches: impl IntoIterator<Item = (u16, &'s Segment, Region)>,
    ) -> Self {
        let piece = |(slice, segment, region): (u16, &Segment, Region)| {
            let runs = &candidates.slices[usize::from(slice)].runs;
            let behind = runs.partition_point(|run| (run.row, run.start) <= (segment.row(), segment.start()));
            let run = behind.checked_sub(1).expect("a stretch lies within a run");
            Piece { slice, run: run_number(run), start: segment.start(), end: segment.end(), region }
        };
        Self { pieces: Pieces::Listed(stretches.into_iter().map(piece).collect()), names }
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
        Self { pieces: Pieces::Listed(pieces), names }
    }
}

fn slice_number(z: usize) -> u16 {
    u16::try_from(z).expect("the loader refuses more than 65,535 slices")
}

fn run_number(i: usize) -> u32 {
    u32::try_from(i).expect("a slice has fewer runs than its 2^32 pixels")
}
