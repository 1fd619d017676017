//! Foci: 2D connected components of candidates of one region in one slice (the literature's per-slice lesion).
//!
//! Components are built after assignment, so a label border may cut a run inside one plaque into two foci.
//! Features are integers: no order of files or number of threads can change them.

use crate::{
    Assigned, Candidates, FocusId, Protocol, Region, Rescale, Segment, Tally,
    component::{Components, Found, Rules, Slice, Workshop},
    scan::SliceScan,
    tally::Counts,
};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Whether a focus counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is in every sum.
    Accepted,
    /// It is smaller than the smallest focus: counted beside the sums.
    BelowMinimum,
    /// It was assigned to [`Region::NotCoronary`].
    NotCoronary,
}

/// One focus. Rows and columns are pixel indices of its slice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Focus {
    /// Index of the slice.
    pub slice: u16,
    /// What it belongs to.
    pub region: Region,
    /// Whether it counts; in [`Foci`] always, in [`withheld_foci`] never.
    pub standing: Standing,
    /// Row and column of its first pixel in reading order: its identity.
    pub seed: (u16, u16),
    /// Number of pixels.
    pub pixels: u32,
    /// Largest stored value.
    pub peak_stored: i16,
    /// Weight 1 to 4 of its own peak.
    pub weight: u8,
    /// Pixels that count for volume and mass; `pixels` unless the protocol has a volume threshold.
    pub volume_pixels: u32,
    /// Sum of the stored values of `volume_pixels`.
    pub volume_sum_stored: i64,
}

/// The accepted foci of one slice and where they are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SliceFoci {
    /// Foci in the order of their seeds.
    pub foci: Vec<Focus>,
    /// Their pixels, ordered by row and start.
    pub segments: Vec<Segment>,
}

/// The accepted foci of a series, and the sums of what was not accepted; index = slice.
#[derive(Clone, Debug, PartialEq)]
pub struct Foci {
    /// One entry a slice.
    pub slices: Vec<SliceFoci>,
    /// The rescale of each slice.
    pub rescale: Vec<Rescale>,
    /// What was not accepted.
    pub withheld: Withheld,
}

/// What does not count: in no sum of a score.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Withheld {
    /// Foci below the smallest focus by region.
    pub below_minimum: BTreeMap<Region, Tally>,
    /// Foci assigned to no coronary artery.
    pub not_coronary: Tally,
    /// Candidate voxels at or over the protocol's threshold that were assigned to nothing.
    pub unassigned_voxels: u64,
}

impl Foci {
    /// All accepted foci, slice by slice.
    pub fn iter(&self) -> impl Iterator<Item = &Focus> {
        self.slices.iter().flat_map(|s| &s.foci)
    }

    /// The accepted focus behind an id.
    pub fn get(&self, id: FocusId) -> &Focus {
        &self.slices[usize::from(id.slice)].foci[id.index as usize]
    }

    /// Peak of a focus, HU.
    pub fn peak_hu(&self, focus: &Focus) -> f64 {
        self.rescale[usize::from(focus.slice)].hu(focus.peak_stored)
    }

    /// The counts of a focus that weighs `weight`; it is no lesion by itself.
    pub fn tally(&self, focus: &Focus, weight: u8) -> Tally {
        let mut counts = Counts::default();
        counts.add(focus, weight);
        counts.tally(self.rescale[usize::from(focus.slice)])
    }
}

/// Builds the foci of every slice, slices in parallel.
///
/// The candidates must have been scanned at [`Protocol::scan_bound`] of this protocol or a lower bound.
pub fn foci(candidates: &Candidates, assigned: &Assigned, protocol: &Protocol) -> Foci {
    let sorted = |found: Found<'_>, scan: &_, rules: &_| Sorted::new(found.components, scan, rules);
    let per_slice = every_slice(candidates, assigned, protocol, sorted);
    let mut slices = Vec::with_capacity(per_slice.len());
    let mut withheld = Withheld::default();
    for (sorted, &rescale) in per_slice.into_iter().zip(&candidates.rescale) {
        for (region, counts) in sorted.below_minimum {
            withheld.below_minimum.entry(region).or_default().add(&counts.tally(rescale));
        }
        withheld.not_coronary.add(&sorted.not_coronary.tally(rescale));
        withheld.unassigned_voxels += sorted.unassigned_voxels;
        slices.push(sorted.accepted);
    }
    Foci { slices, rescale: candidates.rescale.clone(), withheld }
}

/// The foci that [`foci`] only adds up because they do not count, slice by slice in the order of their seeds.
pub fn withheld_foci(candidates: &Candidates, assigned: &Assigned, protocol: &Protocol) -> Vec<Focus> {
    let withheld = every_slice(candidates, assigned, protocol, |found, _, _| {
        let foci = &found.components.foci;
        foci.iter().filter(|f| f.standing != Standing::Accepted).cloned().collect::<Vec<_>>()
    });
    withheld.into_iter().flatten().collect()
}

/// Every voxel that volume and mass are measured of, with the accepted focus that it counts for; index = slice, ordered by
/// row and start. Without a volume threshold these are the voxels of the foci themselves.
pub fn measured_segments(
    candidates: &Candidates,
    assigned: &Assigned,
    protocol: &Protocol,
) -> Vec<Vec<Segment>> {
    every_slice(candidates, assigned, protocol, |found, _, _| {
        let number = accepted_numbers(&found.components.foci);
        let owned = |segment: &Segment| match found.wide {
            None => number[segment.focus as usize],
            Some(wide) => wide.owner[segment.focus as usize].and_then(|focus| number[focus]),
        };
        let segments = found.wide.map_or(&*found.components.segments, |wide| wide.segments);
        segments.iter().filter_map(|s| Some(s.in_focus(owned(s)?))).collect()
    })
}

/// The number of each focus among the accepted ones.
fn accepted_numbers(foci: &[Focus]) -> Vec<Option<u32>> {
    let mut next = 0;
    let number = |focus: &Focus| {
        let is_accepted = focus.standing == Standing::Accepted;
        next += u32::from(is_accepted);
        is_accepted.then(|| next - 1)
    };
    foci.iter().map(number).collect()
}

/// At least so many slices share working memory, which grows to what the densest of them needs; a shorter series is
/// built on one thread.
const SLICES_A_WORKSHOP: usize = 8;

/// Builds the components of every slice, slices in parallel, and keeps of each what `keep` makes of it.
fn every_slice<T: Send>(
    candidates: &Candidates,
    assigned: &Assigned,
    protocol: &Protocol,
    keep: impl Fn(Found<'_>, &SliceScan, &Rules) -> T + Sync,
) -> Vec<T> {
    let pixel_area_mm2 = candidates.geometry.pixel_area_mm2();
    let slices = candidates.slices.par_iter().zip(&candidates.rescale).enumerate();
    slices
        .with_min_len(SLICES_A_WORKSHOP)
        .map_init(Workshop::default, |workshop, (z, (scan, &rescale))| {
            let index = u16::try_from(z).expect("the loader refuses more than 65,535 slices");
            let rules = Rules::new(protocol, rescale, pixel_area_mm2);
            keep(workshop.foci(Slice { index, scan, share: assigned.of_slice(z) }, &rules), scan, &rules)
        })
        .collect()
}

/// The foci of a slice by what becomes of them.
#[derive(Default)]
struct Sorted {
    accepted: SliceFoci,
    below_minimum: Vec<(Region, Counts)>,
    not_coronary: Counts,
    unassigned_voxels: u64,
}

/// The number of a focus that is not accepted.
const WITHHELD: u32 = u32::MAX;

impl Sorted {
    fn new(found: &Components, scan: &SliceScan, rules: &Rules) -> Self {
        let mut sorted = Self::default();
        let mut number = Vec::with_capacity(found.foci.len());
        let mut assigned_voxels = 0;
        for focus in &found.foci {
            assigned_voxels += u64::from(focus.pixels);
            number.push(sorted.take(focus));
        }
        let accepted = |s: &&Segment| number[s.focus as usize] != WITHHELD;
        let mut segments = Vec::with_capacity(found.segments.iter().filter(accepted).count());
        segments.extend(found.segments.iter().filter(accepted).map(|s| s.in_focus(number[s.focus as usize])));
        sorted.accepted.segments = segments;
        sorted.accepted.foci.shrink_to_fit();
        sorted.unassigned_voxels = scan.voxels_from(rules.bounds.candidate) - assigned_voxels;
        sorted
    }

    /// Keeps or counts a focus; its number among the accepted.
    fn take(&mut self, focus: &Focus) -> u32 {
        match focus.standing {
            Standing::Accepted => {
                let number = u32::try_from(self.accepted.foci.len()).expect("fewer than 2^32 segments");
                self.accepted.foci.push(focus.clone());
                return number;
            }
            Standing::BelowMinimum => self.below_minimum_of(focus.region).add(focus, focus.weight),
            Standing::NotCoronary => self.not_coronary.add(focus, focus.weight),
        }
        WITHHELD
    }

    /// The counts of a region; a slice holds few.
    fn below_minimum_of(&mut self, region: Region) -> &mut Counts {
        let known = self.below_minimum.iter().position(|(r, _)| *r == region);
        let at = known.unwrap_or_else(|| {
            self.below_minimum.push((region, Counts::default()));
            self.below_minimum.len() - 1
        });
        &mut self.below_minimum[at].1
    }
}
