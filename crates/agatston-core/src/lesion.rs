//! Lesions: connected components of the accepted foci of one region, joined across neighbouring slices only.
//!
//! A lesion's identity is its seed voxel: the first pixel of its lowest focus, never an ordinal.

use crate::{
    Foci, Focus, Geometry, LesionConnectivity, Protocol, Region, Segment, Standing,
    segment::contacts,
    size::{Size, apparent_size},
    union::Union,
};

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

/// The lesions of a series, ordered by seed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lesions {
    /// The lesions.
    pub lesions: Vec<Lesion>,
}

/// Joins accepted foci of neighbouring slices into lesions and measures how large they look.
///
/// `thickness_mm` is the nominal slice thickness, for the uncertainty of the extent along the patient.
pub fn lesions(foci: &Foci, protocol: &Protocol, geometry: &Geometry, thickness_mm: f64) -> Lesions {
    let ids: Vec<FocusId> = all_ids(foci);
    let first_of_slice = offsets(foci);
    let mut union = Union::new(ids.len());
    for (z, pair) in foci.slices.windows(2).enumerate() {
        for &(row_step, reach) in neighbourhood(protocol.lesion_connectivity) {
            contacts(
                (&pair[0].segments, &pair[1].segments),
                |s| *s,
                row_step,
                reach,
                |i, j| {
                    let (below, above) = (pair[0].segments[i].focus, pair[1].segments[j].focus);
                    if joins(&pair[0].foci[below as usize], &pair[1].foci[above as usize]) {
                        union.join(first_of_slice[z] + below, first_of_slice[z + 1] + above);
                    }
                },
            );
        }
    }
    let (number, count) = union.numbered();
    let mut groups: Vec<Vec<FocusId>> = vec![Vec::new(); count];
    for (&id, &group) in ids.iter().zip(&number) {
        if focus(foci, id).standing == Standing::Accepted {
            groups[group as usize].push(id);
        }
    }
    let mut rows = RowsOfFoci::new(foci);
    let lesions = groups
        .into_iter()
        .filter(|g| !g.is_empty())
        .map(|group| build(group, foci, &mut rows, (geometry, thickness_mm)))
        .collect();
    Lesions { lesions }
}

/// Row steps across a slice border and how far columns may be apart: the 6, 18 and 26 neighbourhoods.
fn neighbourhood(connectivity: LesionConnectivity) -> &'static [(i32, u16)] {
    match connectivity {
        LesionConnectivity::Six => &[(0, 0)],
        LesionConnectivity::Eighteen => &[(-1, 0), (0, 1), (1, 0)],
        LesionConnectivity::TwentySix => &[(-1, 1), (0, 1), (1, 1)],
    }
}

/// Withheld foci bridge nothing; arteries do not mix.
fn joins(a: &Focus, b: &Focus) -> bool {
    a.standing == Standing::Accepted && b.standing == Standing::Accepted && a.region == b.region
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

/// The focus behind an id.
pub(crate) fn focus(foci: &Foci, id: FocusId) -> &Focus {
    &foci.slices[usize::from(id.slice)].foci[id.index as usize]
}

/// Segments of each focus of one slice, found in one sweep instead of one a focus.
struct RowsOfFoci<'a> {
    foci: &'a Foci,
    slices: Vec<Option<Vec<Vec<Segment>>>>,
}

impl<'a> RowsOfFoci<'a> {
    fn new(foci: &'a Foci) -> Self {
        Self { foci, slices: vec![None; foci.slices.len()] }
    }

    fn of(&mut self, id: FocusId) -> &[Segment] {
        let slice = &self.foci.slices[usize::from(id.slice)];
        let sorted = self.slices[usize::from(id.slice)].get_or_insert_with(|| {
            let mut sorted = vec![Vec::new(); slice.foci.len()];
            for segment in &slice.segments {
                sorted[segment.focus as usize].push(*segment);
            }
            sorted
        });
        &sorted[id.index as usize]
    }
}

fn build(
    ids: Vec<FocusId>,
    foci: &Foci,
    rows: &mut RowsOfFoci<'_>,
    (geometry, thickness_mm): (&Geometry, f64),
) -> Lesion {
    let segments: Vec<Segment> = ids.iter().flat_map(|&id| rows.of(id).to_vec()).collect();
    let own: Vec<&Focus> = ids.iter().map(|&id| focus(foci, id)).collect();
    let (first, last) = (own[0], own[own.len() - 1]); // a group holds at least one focus
    let slices = [first.slice, last.slice];
    let low = |f: fn(&Segment) -> u16| segments.iter().map(f).min().unwrap_or_default();
    let high = |f: fn(&Segment) -> u16| segments.iter().map(f).max().unwrap_or_default();
    Lesion {
        region: first.region,
        seed: [first.slice, first.seed.0, first.seed.1],
        peak_hu: own.iter().map(|f| foci.peak_hu(f)).fold(f64::NEG_INFINITY, f64::max),
        size: apparent_size(&segments, slices, geometry, thickness_mm),
        centroid_index: centroid(&own),
        bounding_box: [
            [slices[0], low(|s| s.row), low(|s| s.start)],
            [slices[1], high(|s| s.row), high(|s| s.end - 1)],
        ],
        foci: ids,
    }
}

#[expect(clippy::cast_precision_loss, reason = "index sums stay below 2^53")]
fn centroid(own: &[&Focus]) -> [f64; 3] {
    let pixels = own.iter().map(|f| u64::from(f.pixels)).sum::<u64>() as f64;
    let slices = own.iter().map(|f| u64::from(f.slice) * u64::from(f.pixels)).sum::<u64>();
    let rows = own.iter().map(|f| f.index_sum[0]).sum::<u64>();
    let columns = own.iter().map(|f| f.index_sum[1]).sum::<u64>();
    [slices, rows, columns].map(|sum| sum as f64 / pixels)
}
