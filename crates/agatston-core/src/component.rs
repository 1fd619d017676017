//! Components of one slice: segments that touch within a region, with what their voxels add up to.
//!
//! ```text
//! pieces of runs --cut at the bound--> segments --contacts, union--> foci with their features
//! ```
//!
//! Everything here works in memory that is reused from slice to slice.

use crate::{
    Connectivity, Focus, Protocol, Region, Rescale, Standing,
    assignment::Share,
    protocol::Bounds,
    scan::SliceScan,
    segment::{Loose, Part, Segment, contacts},
    union::Union,
    wide::measure_wide,
};

/// What the components of a slice are made from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Slice<'a> {
    pub(crate) index: u16,
    pub(crate) scan: &'a SliceScan,
    pub(crate) share: Share<'a>,
}

/// What a protocol asks of the components of a slice.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules {
    pub(crate) bounds: Bounds,
    pub(crate) connectivity: Connectivity,
    /// Pixels of the smallest focus that counts.
    pub(crate) smallest: u32,
}

impl Rules {
    pub(crate) fn new(protocol: &Protocol, rescale: Rescale, pixel_area_mm2: f64) -> Self {
        Self {
            bounds: Bounds::new(protocol, rescale),
            connectivity: protocol.connectivity,
            smallest: protocol.smallest_focus.pixels(pixel_area_mm2),
        }
    }
}

/// Foci of every standing, and where they are.
#[derive(Debug, Default)]
pub(crate) struct Components {
    /// In the order of their seeds.
    pub(crate) foci: Vec<Focus>,
    /// Ordered by row and start.
    pub(crate) segments: Vec<Segment>,
}

/// Working memory, one a thread.
#[derive(Debug, Default)]
pub(crate) struct Workshop {
    tools: Tools,
    found: Components,
    wide: Components,
    owner: Vec<Option<usize>>,
}

/// What was found in a slice.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Found<'a> {
    /// Foci of every standing.
    pub(crate) components: &'a Components,
    /// The components that volume is measured in, where the protocol has a lower bound for it.
    pub(crate) wide: Option<Wide<'a>>,
}

/// Components at the bound of the volume.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wide<'a> {
    /// Their voxels, ordered by row and start, each with the number of its component.
    pub(crate) segments: &'a [Segment],
    /// Which focus each component belongs to; none for one that is not measured.
    pub(crate) owner: &'a [Option<usize>],
}

#[derive(Debug, Default)]
struct Tools {
    loose: Loose,
    union: Union,
}

impl Workshop {
    /// The foci of a slice, each with its weight and standing.
    pub(crate) fn foci(&mut self, slice: Slice<'_>, rules: &Rules) -> Found<'_> {
        let Self { tools, found, wide, owner } = self;
        found.clear();
        let Some(bound) = rules.bounds.candidate else { return Found { components: found, wide: None } };
        found.build(slice, bound, rules.connectivity, tools);
        for focus in &mut found.foci {
            focus.weight = rules.bounds.weight(focus.peak_stored);
            focus.standing = match focus.region {
                Region::NotCoronary => Standing::NotCoronary,
                _ if focus.pixels < rules.smallest => Standing::BelowMinimum,
                _ => Standing::Accepted,
            };
        }
        let Some(volume) = rules.bounds.volume.filter(|&volume| volume < bound) else {
            return Found { components: found, wide: None };
        };
        wide.build(slice, volume, rules.connectivity, tools);
        measure_wide(found, wide, owner);
        Found { components: found, wide: Some(Wide { segments: &wide.segments, owner }) }
    }
}

impl Components {
    fn clear(&mut self) {
        self.foci.clear();
        self.segments.clear();
    }

    /// Connected components of the voxels at or over the bound that lie in one region.
    fn build(&mut self, slice: Slice<'_>, bound: i16, connectivity: Connectivity, tools: &mut Tools) {
        self.clear();
        let Tools { loose, union } = tools;
        loose.cut(slice.scan, slice.share, bound);
        let Loose { segments, parts } = loose;
        union.reset(segments.len());
        let reach = i64::from(connectivity == Connectivity::Eight);
        contacts(segments, segments, 1, reach, |i, j| {
            if parts[i as usize].region == parts[j as usize].region {
                union.join(i, j);
            }
        });
        let (number, _) = union.numbered();
        for ((segment, part), &focus) in segments.iter_mut().zip(parts).zip(number) {
            segment.focus = focus;
            match self.foci.get_mut(focus as usize) {
                Some(known) => known.add(segment, part),
                // Sets are numbered by their lowest member, so a new focus is always the next one.
                None => self.foci.push(Focus::new(slice.index, segment, part)),
            }
        }
        std::mem::swap(&mut self.segments, segments);
    }
}

impl Focus {
    fn new(slice: u16, segment: &Segment, part: &Part) -> Self {
        let pixels = u32::from(segment.len());
        Self {
            slice,
            region: part.region,
            standing: Standing::Accepted,
            seed: (segment.row(), segment.start()),
            pixels,
            peak_stored: part.peak_stored,
            weight: 1,
            volume_pixels: pixels,
            volume_sum_stored: i64::from(part.sum_stored),
        }
    }

    fn add(&mut self, segment: &Segment, part: &Part) {
        self.pixels += u32::from(segment.len());
        self.peak_stored = self.peak_stored.max(part.peak_stored);
        self.volume_pixels = self.pixels;
        self.volume_sum_stored += i64::from(part.sum_stored);
    }
}
