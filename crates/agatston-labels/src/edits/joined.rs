//! What a decision is about: the foci and lesions of the base, before any decision.

use std::collections::BTreeMap;

use agatston_core::{
    Assigned, Candidates, Comparison, Foci, FocusId, Piece, Pieces, Protocol, Region, Run, SmallestFocus,
    foci, lesions,
};

/// What is joined: within slices and through them, within one region of the base.
pub(super) struct Joined<'a> {
    base: Lookup<'a>,
    foci: Foci,
    lesion_of: BTreeMap<FocusId, usize>,
}

impl<'a> Joined<'a> {
    pub(super) fn new(candidates: &'a Candidates, base: &'a Assigned, protocol: &Protocol) -> Self {
        // Every candidate belongs to something joined, whatever becomes of it: nothing is too small to be decided about.
        let threshold_hu = protocol.volume_threshold_hu.unwrap_or(f64::INFINITY).min(protocol.threshold_hu);
        let all = Protocol {
            threshold_hu,
            comparison: Comparison::AtLeast,
            smallest_focus: SmallestFocus::None,
            volume_threshold_hu: None,
            ..protocol.clone()
        };
        let lookup = Lookup::new(base, candidates);
        let foci = foci(candidates, &lookup.partition(&base.names), &all);
        let lesions = lesions(&foci, &all, &candidates.geometry, candidates.geometry.increment_mm);
        let of_lesion =
            |(i, lesion): (usize, agatston_core::Lesion)| lesion.foci.into_iter().map(move |id| (id, i));
        let lesion_of = lesions.into_iter().enumerate().flat_map(of_lesion).collect();
        Self { base: lookup, foci, lesion_of }
    }

    pub(super) fn foci(&self) -> &Foci {
        &self.foci
    }

    /// The focus that holds a voxel, given by slice, row and column.
    pub(super) fn focus_at(&self, [slice, row, column]: [u16; 3]) -> Option<FocusId> {
        let segments = &self.foci.slices.get(usize::from(slice))?.segments;
        // Segments are in reading order: the last that begins at or before the voxel.
        let after = segments.partition_point(|s| (s.row(), s.start()) <= (row, column));
        let segment = segments.get(after.checked_sub(1)?)?;
        let covers = segment.row() == row && column < segment.end();
        covers.then_some(FocusId { slice, index: segment.focus })
    }

    /// The lesion of a focus, by number.
    pub(super) fn lesion_of(&self, focus: FocusId) -> usize {
        *self.lesion_of.get(&focus).expect("every focus is in a lesion")
    }

    /// The region of a voxel before any decision.
    pub(super) fn region_before(&self, voxel: [u16; 3]) -> Option<Region> {
        self.base.region(voxel)
    }
}

/// The region of a voxel under an assignment.
struct Lookup<'a> {
    all: Option<Region>,
    pieces: &'a [Piece],
    candidates: &'a Candidates,
}

impl<'a> Lookup<'a> {
    fn new(assigned: &'a Assigned, candidates: &'a Candidates) -> Self {
        match &assigned.pieces {
            Pieces::All(region) => Self { all: Some(*region), pieces: &[], candidates },
            Pieces::Listed(pieces) => Self { all: None, pieces, candidates },
        }
    }

    fn region(&self, [slice, row, column]: [u16; 3]) -> Option<Region> {
        if self.all.is_some() {
            return self.all;
        }
        let runs = &self.candidates.slices[usize::from(slice)].runs;
        let begins = |p: &Piece| (row_of(runs, p), p.start);
        let after = self
            .pieces
            .partition_point(|p| p.slice < slice || (p.slice == slice && begins(p) <= (row, column)));
        let piece = self.pieces.get(after.checked_sub(1)?)?;
        let covers = piece.slice == slice && row_of(runs, piece) == row && column < piece.end;
        covers.then_some(piece.region)
    }

    /// Every candidate in some region, so that all of it is joined to its like: the unassigned, and what was found not to
    /// be coronary, in regions of their own.
    fn partition(&self, names: &[String]) -> Assigned {
        let mut names = names.to_vec();
        let first = u16::try_from(names.len()).expect("regions are named by 16 bits, and few are");
        names.extend(["unassigned".to_owned(), "not coronary".to_owned()]);
        Assigned::by_voxel(self.candidates, names, |slice, row, column| {
            Some(match self.region([u16::try_from(slice).ok()?, row, column]) {
                None => Region::Named(first),
                Some(Region::NotCoronary) => Region::Named(first + 1),
                Some(region) => region,
            })
        })
    }
}

/// Row of a piece of a slice, whose runs are given.
fn row_of(runs: &[Run], piece: &Piece) -> u16 {
    runs[piece.run as usize].row
}
