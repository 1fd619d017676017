//! Foci: 2D connected components of candidates of one region in one slice (the literature's per-slice lesion).
//!
//! Components are built after assignment, so a label border may cut a run inside one plaque into two foci.
//! Features are integers: no order of files or number of threads can change them.

use crate::{
    Assigned, Candidates, Connectivity, Piece, Protocol, Region, Rescale,
    protocol::Bounds,
    scan::SliceScan,
    segment::{Loose, Segment, contacts, cut},
    union::Union,
};
use rayon::prelude::*;

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
    /// Whether it counts.
    pub standing: Standing,
    /// Row and column of its first pixel in reading order: its identity.
    pub seed: (u16, u16),
    /// Number of pixels.
    pub pixels: u32,
    /// Largest stored value.
    pub peak_stored: i16,
    /// Weight 1 to 4 of its own peak.
    pub weight: u8,
    /// Sum of the stored values.
    pub sum_stored: i64,
    /// Pixels that count for volume and mass; `pixels` unless the protocol has a volume threshold.
    pub volume_pixels: u32,
    /// Sum of the stored values of `volume_pixels`.
    pub volume_sum_stored: i64,
    /// Sum of the rows, and of the columns, of its pixels.
    pub index_sum: [u64; 2],
}

/// The foci of one slice and where they are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SliceFoci {
    /// Foci in the order of their seeds.
    pub foci: Vec<Focus>,
    /// Their pixels, ordered by row and start.
    pub segments: Vec<Segment>,
}

/// The foci of a series; index = slice.
#[derive(Clone, Debug, PartialEq)]
pub struct Foci {
    /// One entry a slice.
    pub slices: Vec<SliceFoci>,
    /// The rescale of each slice.
    pub rescale: Vec<Rescale>,
    /// Candidate voxels at or over the protocol's threshold that were assigned to nothing.
    pub unassigned_voxels: u64,
}

impl Foci {
    /// All foci, slice by slice.
    pub fn iter(&self) -> impl Iterator<Item = &Focus> {
        self.slices.iter().flat_map(|s| &s.foci)
    }

    /// Peak of a focus, HU.
    pub fn peak_hu(&self, focus: &Focus) -> f64 {
        self.rescale[usize::from(focus.slice)].hu(focus.peak_stored)
    }

    /// Sum of the HU of the pixels that count for volume and mass.
    pub(crate) fn volume_sum_hu(&self, focus: &Focus) -> f64 {
        let rescale = self.rescale[usize::from(focus.slice)];
        rescale.sum_hu(focus.volume_sum_stored, u64::from(focus.volume_pixels))
    }
}

/// Builds the foci of every slice, slices in parallel.
///
/// The candidates must have been scanned at [`Protocol::scan_bound`] of this protocol or a lower bound.
pub fn foci(candidates: &Candidates, assigned: &Assigned, protocol: &Protocol) -> Foci {
    let smallest = protocol.smallest_focus.pixels(candidates.geometry.pixel_area_mm2());
    let per_slice: Vec<(SliceFoci, u64)> = candidates
        .slices
        .par_iter()
        .zip(&candidates.rescale)
        .enumerate()
        .map(|(z, (scan, &rescale))| {
            let bounds = Bounds::new(protocol, rescale);
            let pieces = pieces_of(&assigned.pieces, z);
            let found = slice_foci(scan, pieces, bounds, protocol.connectivity, smallest);
            let unassigned = passing(&scan.values, bounds.candidate)
                - found.foci.iter().map(|f| u64::from(f.pixels)).sum::<u64>();
            (found, unassigned)
        })
        .collect();
    let unassigned_voxels = per_slice.iter().map(|(_, n)| n).sum();
    let slices = per_slice.into_iter().map(|(foci, _)| foci).collect();
    Foci { slices, rescale: candidates.rescale.clone(), unassigned_voxels }
}

/// The pieces of one slice; pieces are ordered by slice.
fn pieces_of(pieces: &[Piece], slice: usize) -> &[Piece] {
    let from = pieces.partition_point(|p| usize::from(p.slice) < slice);
    let to = from + pieces[from..].partition_point(|p| usize::from(p.slice) == slice);
    &pieces[from..to]
}

fn passing(values: &[i16], bound: Option<i16>) -> u64 {
    bound.map_or(0, |bound| values.iter().map(|&v| u64::from(v >= bound)).sum())
}

fn slice_foci(
    scan: &SliceScan,
    pieces: &[Piece],
    bounds: Bounds,
    connectivity: Connectivity,
    smallest: u32,
) -> SliceFoci {
    let Some(bound) = bounds.candidate else { return SliceFoci::default() };
    let mut found = components(scan, pieces, bound, connectivity);
    for focus in &mut found.foci {
        focus.weight = bounds.weight(focus.peak_stored);
        focus.standing = match focus.region {
            Region::NotCoronary => Standing::NotCoronary,
            _ if focus.pixels < smallest => Standing::BelowMinimum,
            _ => Standing::Accepted,
        };
    }
    if let Some(volume) = bounds.volume.filter(|&volume| volume < bound) {
        let wide = components(scan, pieces, volume, connectivity);
        measure_wide(&mut found, &wide);
    }
    found
}

/// Connected components of the voxels at or over `bound` that lie in one region.
fn components(scan: &SliceScan, pieces: &[Piece], bound: i16, connectivity: Connectivity) -> SliceFoci {
    let loose = cut(scan, pieces, bound);
    let mut union = Union::new(loose.len());
    let reach = u16::from(connectivity == Connectivity::Eight);
    contacts(
        (&loose, &loose),
        |l| l.segment,
        1,
        reach,
        |i, j| {
            if loose[i].region == loose[j].region {
                union.join(index(i), index(j));
            }
        },
    );
    let (number, count) = union.numbered();
    let mut foci: Vec<Focus> = Vec::with_capacity(count);
    let mut segments = Vec::with_capacity(loose.len());
    for (part, &focus) in loose.iter().zip(&number) {
        segments.push(Segment { focus, ..part.segment });
        match foci.get_mut(focus as usize) {
            Some(known) => known.add(*part, scan),
            None => {
                // Sets are numbered by their lowest member, so a new focus is always the next one.
                let mut new = Focus::empty(pieces[0].slice, *part);
                new.add(*part, scan);
                foci.push(new);
            }
        }
    }
    for focus in &mut foci {
        (focus.volume_pixels, focus.volume_sum_stored) = (focus.pixels, focus.sum_stored);
    }
    SliceFoci { foci, segments }
}

impl Focus {
    fn empty(slice: u16, first: Loose) -> Self {
        Self {
            slice,
            region: first.region,
            standing: Standing::Accepted,
            seed: (first.segment.row, first.segment.start),
            pixels: 0,
            peak_stored: i16::MIN,
            weight: 1,
            sum_stored: 0,
            volume_pixels: 0,
            volume_sum_stored: 0,
            index_sum: [0; 2],
        }
    }

    fn add(&mut self, part: Loose, scan: &SliceScan) {
        let values = part.values(scan);
        let Segment { row, start, end, .. } = part.segment;
        let length = end - start;
        self.pixels += u32::from(length);
        self.sum_stored += values.iter().map(|&v| i64::from(v)).sum::<i64>();
        self.peak_stored = values.iter().fold(self.peak_stored, |a, &v| a.max(v));
        self.index_sum[0] += u64::from(row) * u64::from(length);
        // start + ... + (end - 1)
        self.index_sum[1] += (u64::from(start) + u64::from(end) - 1) * u64::from(length) / 2;
    }
}

/// Gives each wide component (voxels at or over the volume threshold) to the accepted focus inside it with the
/// highest peak, the first of equals; other accepted foci of that component then measure nothing of their own, so
/// that no voxel counts twice. Withheld foci keep the measure of their own pixels.
fn measure_wide(found: &mut SliceFoci, wide: &SliceFoci) {
    let home = homes(found, wide);
    let mut owner: Vec<Option<usize>> = vec![None; wide.foci.len()];
    for (i, focus) in found.foci.iter_mut().enumerate() {
        if focus.standing == Standing::Accepted {
            (focus.volume_pixels, focus.volume_sum_stored) = (0, 0);
            owner[home[i]].get_or_insert(i);
        }
    }
    for (i, focus) in found.foci.iter().enumerate() {
        if let Some(owner) = owner[home[i]].as_mut().filter(|_| focus.standing == Standing::Accepted)
            && focus.peak_stored > found.foci[*owner].peak_stored
        {
            *owner = i;
        }
    }
    for (owner, wide) in owner.into_iter().zip(&wide.foci) {
        if let Some(owner) = owner {
            let focus = &mut found.foci[owner];
            (focus.volume_pixels, focus.volume_sum_stored) = (wide.pixels, wide.sum_stored);
        }
    }
}

/// The wide component that holds each focus. A lower bound only joins, so there is just one.
fn homes(found: &SliceFoci, wide: &SliceFoci) -> Vec<usize> {
    let mut home = vec![0; found.foci.len()];
    contacts(
        (&wide.segments, &found.segments),
        |s| *s,
        0,
        0,
        |i, j| {
            home[found.segments[j].focus as usize] = wide.segments[i].focus as usize;
        },
    );
    home
}

fn index(i: usize) -> u32 {
    u32::try_from(i).expect("fewer than 2^32 segments in a slice")
}
