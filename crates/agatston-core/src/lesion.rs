//! Lesions: connected components of the accepted foci of one region, joined across neighbouring slices only.
//!
//! A lesion's identity is its seed voxel: the first pixel of its lowest focus, never an ordinal.

use crate::{
    Foci, Focus, Geometry, LesionConnectivity, Protocol, Region, Segment, SliceFoci,
    segment::contacts,
    size::{Size, apparent_size},
    union::Union,
};
use rayon::prelude::*;

/// Where a focus is: slice, and index within [`SliceFoci::foci`](crate::SliceFoci).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FocusId {
    /// Index of the slice.
    pub slice: u16,
    /// Index within the slice.
    pub index: u32,
}

/// One lesion.
#[derive(Clone, Debug, PartialEq)]
pub struct Lesion {
    /// What it belongs to.
    pub region: Region,
    /// Its foci by slice and seed; the first holds the lesion's seed.
    pub foci: Vec<FocusId>,
    /// Slice, row and column of its first pixel.
    pub seed: [u16; 3],
    /// Largest HU.
    pub peak_hu: f64,
    /// How large it looks at the threshold.
    pub size: Size,
    /// Mean voxel index `[slice, row, column]`.
    pub centroid_index: [f64; 3],
    /// First and last `[slice, row, column]`, inclusive.
    pub bounding_box: [[u16; 3]; 2],
}

/// Joins accepted foci of neighbouring slices into lesions, ordered by seed, and measures how large they look.
///
/// `thickness_mm` is the nominal slice thickness, for the uncertainty of the extent along the patient.
pub fn lesions(foci: &Foci, protocol: &Protocol, geometry: &Geometry, thickness_mm: f64) -> Vec<Lesion> {
    let ids: Vec<FocusId> = all_ids(foci);
    let first_of_slice = offsets(foci);
    let steps = neighbourhood(protocol.lesion_connectivity);
    let joins: Vec<Vec<(u32, u32)>> =
        foci.slices.par_windows(2).map(|pair| joined(&pair[0], &pair[1], steps)).collect();
    let mut union = Union::new(ids.len());
    for (joins, first) in joins.iter().zip(first_of_slice.windows(2)) {
        joins.iter().for_each(|(below, above)| union.join(first[0] + below, first[1] + above));
    }
    let pixels: Vec<ByFocus<'_>> = foci.slices.par_iter().map(by_focus).collect();
    let place = Place { foci, pixels: &pixels, geometry, thickness_mm };
    grouped(&ids, &mut union).into_par_iter().map(|group| place.lesion(group)).collect()
}

/// Which foci of two neighbouring slices belong to one lesion; arteries do not mix.
fn joined(below: &SliceFoci, above: &SliceFoci, steps: &[(i64, i64)]) -> Vec<(u32, u32)> {
    let mut pairs = Vec::new();
    let mut last = vec![u32::MAX; above.foci.len()]; // the focus below that each last met
    for &(row_step, reach) in steps {
        contacts(&below.segments, &above.segments, row_step, reach, |i, j| {
            if last[j as usize] == i {
                return;
            }
            last[j as usize] = i;
            if below.foci[i as usize].region == above.foci[j as usize].region {
                pairs.push((i, j));
            }
        });
    }
    pairs
}

/// The foci of each set, sets in the order of their lowest focus.
fn grouped(ids: &[FocusId], union: &mut Union) -> Vec<Vec<FocusId>> {
    let (number, count) = union.numbered();
    let mut groups: Vec<Vec<FocusId>> = vec![Vec::new(); count];
    for (&id, &set) in ids.iter().zip(number) {
        groups[set as usize].push(id);
    }
    groups
}

/// Row steps across a slice border and how far columns may be apart: the 6, 18 and 26 neighbourhoods.
fn neighbourhood(connectivity: LesionConnectivity) -> &'static [(i64, i64)] {
    match connectivity {
        LesionConnectivity::Six => &[(0, 0)],
        LesionConnectivity::Eighteen => &[(-1, 0), (0, 1), (1, 0)],
        LesionConnectivity::TwentySix => &[(-1, 1), (0, 1), (1, 1)],
    }
}

fn all_ids(foci: &Foci) -> Vec<FocusId> {
    foci.slices
        .iter()
        .zip(0..=u16::MAX)
        .flat_map(|(s, slice)| s.foci.iter().zip(0..).map(move |(_, index)| FocusId { slice, index }))
        .collect()
}

/// Number of the first focus of each slice when all foci are counted through.
fn offsets(foci: &Foci) -> Vec<u32> {
    let mut next = 0;
    foci.slices
        .iter()
        .map(|s| {
            let first = next;
            next += u32::try_from(s.foci.len()).expect("fewer than 2^32 foci");
            first
        })
        .collect()
}

/// The segments of a slice in the order of their foci.
struct ByFocus<'a> {
    segments: &'a [Segment],
    /// Indices of the segments.
    order: Vec<u32>,
    /// Those of focus `i` are `order[begins[i]..begins[i + 1]]`.
    begins: Vec<u32>,
}

impl ByFocus<'_> {
    /// The segments of a focus, ordered by row and start.
    fn of(&self, index: u32) -> impl Iterator<Item = Segment> {
        let begin = |i: u32| self.begins[i as usize] as usize;
        self.order[begin(index)..begin(index + 1)].iter().map(|&i| self.segments[i as usize])
    }
}

/// A counting sort.
fn by_focus(slice: &SliceFoci) -> ByFocus<'_> {
    let mut begins = vec![0u32; slice.foci.len() + 1];
    for segment in &slice.segments {
        begins[segment.focus as usize + 1] += 1;
    }
    for i in 1..begins.len() {
        begins[i] += begins[i - 1];
    }
    let mut next = begins.clone();
    let mut order = vec![0; slice.segments.len()];
    for (segment, index) in slice.segments.iter().zip(0..) {
        let place = &mut next[segment.focus as usize];
        order[*place as usize] = index;
        *place += 1;
    }
    ByFocus { segments: &slice.segments, order, begins }
}

/// What a lesion is measured with.
struct Place<'a> {
    foci: &'a Foci,
    pixels: &'a [ByFocus<'a>],
    geometry: &'a Geometry,
    thickness_mm: f64,
}

impl Place<'_> {
    fn lesion(&self, ids: Vec<FocusId>) -> Lesion {
        let segments: Vec<Segment> =
            ids.iter().flat_map(|id| self.pixels[usize::from(id.slice)].of(id.index)).collect();
        let own: Vec<&Focus> = ids.iter().map(|&id| self.foci.get(id)).collect();
        let (first, last) = (own[0], own[own.len() - 1]); // a group holds at least one focus
        let slices = [first.slice, last.slice];
        let low = |f: fn(&Segment) -> u16| segments.iter().map(f).min().unwrap_or_default();
        let high = |f: fn(&Segment) -> u16| segments.iter().map(f).max().unwrap_or_default();
        Lesion {
            region: first.region,
            seed: [first.slice, first.seed.0, first.seed.1],
            peak_hu: own.iter().map(|f| self.foci.peak_hu(f)).fold(f64::NEG_INFINITY, f64::max),
            size: apparent_size(&segments, slices, self.geometry, self.thickness_mm),
            centroid_index: centroid(&own, &segments),
            bounding_box: [
                [slices[0], low(|s| s.row()), low(|s| s.start())],
                [slices[1], high(|s| s.row()), high(|s| s.end() - 1)],
            ],
            foci: ids,
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "index sums stay below 2^53")]
fn centroid(own: &[&Focus], segments: &[Segment]) -> [f64; 3] {
    let pixels = own.iter().map(|f| u64::from(f.pixels)).sum::<u64>() as f64;
    let slices = own.iter().map(|f| u64::from(f.slice) * u64::from(f.pixels)).sum::<u64>();
    let rows = segments.iter().map(|s| u64::from(s.row()) * u64::from(s.len())).sum::<u64>();
    // start + ... + (end - 1)
    let columns = |s: &Segment| (u64::from(s.start()) + u64::from(s.end()) - 1) * u64::from(s.len()) / 2;
    [slices, rows, segments.iter().map(columns).sum()].map(|sum| sum as f64 / pixels)
}
