//! Candidates of the heart: foci that lie mostly in its region, and what becomes of each lesion they join to.

use crate::{
    anatomy::Whole,
    features::Features,
    mask::count_between,
    parameters::Parameters,
    tier::{Reason, Tier, tier},
    vessel::Vessel,
};
use agatston_core::{Assigned, Candidates, Foci, Region, Segment};

/// A judged lesion.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    /// What it was judged by.
    pub features: Features,
    /// In which artery it would lie.
    pub vessel: Vessel,
    /// How sure it is that it is coronary.
    pub tier: Tier,
    /// What speaks against it.
    pub reasons: Vec<Reason>,
}

impl Whole<'_> {
    /// The candidates of foci of which more than half lies in the region of the heart, as one region: the lesions of these are
    /// judged. `foci` are all of the candidates.
    pub fn in_region(&self, candidates: &Candidates, foci: &Foci) -> Assigned {
        let slices = foci.slices.iter().zip(0_u16..).flat_map(|(found, slice)| {
            let mut within = vec![0_usize; found.foci.len()];
            for segment in &found.segments {
                within[segment.focus as usize] += self.pixels_within(slice, segment);
            }
            let is_kept = move |focus: usize| 2 * within[focus] > found.foci[focus].pixels as usize;
            let kept = found.segments.iter().filter(move |s| is_kept(s.focus as usize));
            kept.map(move |segment| (slice, segment, Region::Coronary))
        });
        Assigned::by_segment(candidates, Vec::new(), slices)
    }

    /// Pixels of a row of the series that lie in the region.
    fn pixels_within(&self, slice: u16, segment: &Segment) -> usize {
        let (start, end) = (segment.start(), segment.end());
        let block_of = |column: u16| {
            let voxel = [slice, segment.row(), column].map(usize::from);
            self.grid.layout.block_of(voxel)
        };
        let region = &self.heart.region;
        let ([z, y, first], [_, _, last]) = (block_of(start), block_of(end - 1));
        let blocks = first.min(last)..first.max(last) + 1;
        match count_between(region.row(z, y), blocks.clone()) {
            0 => 0,
            held if held == blocks.len() => usize::from(end - start),
            _ => (start..end).filter(|&column| region.holds(block_of(column))).count(),
        }
    }

    /// Judges a lesion.
    pub fn judge(&self, features: Features) -> Judged {
        let p = Parameters::shipped();
        let vessel = Vessel::of(&features, p);
        let (tier, reasons) = tier(&features, vessel, self.grid.layout.voxel_mm()[0], p);
        Judged { features, vessel, tier, reasons }
    }
}
