//! Candidates of the heart: foci that lie mostly in its region, and what becomes of each lesion they join to.

use crate::{
    anatomy::{Anatomy, Whole},
    features::Features,
    mask::count_between,
    parameters::Parameters,
    tier::{Reason, Tier, tier},
    vessel::Vessel,
};
use agatston_core::{Assigned, Candidates, Foci, Piece, Pieces, Region};

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
        let mut pieces = Vec::new();
        for (slice, found) in foci.slices.iter().enumerate() {
            let mut within = vec![0_usize; found.foci.len()];
            for segment in &found.segments {
                within[segment.focus as usize] +=
                    self.pixels_within(slice, segment.row(), [segment.start(), segment.end()]);
            }
            let is_kept = |focus: usize| 2 * within[focus] > found.foci[focus].pixels as usize;
            let kept: Vec<_> = found.segments.iter().filter(|s| is_kept(s.focus as usize)).collect();
            let runs = &candidates.slices[slice].runs;
            let number = u16::try_from(slice).expect("the loader refuses more than 65,535 slices");
            for segment in kept {
                // The run that holds the segment: the last that begins at or before it.
                let run = runs.partition_point(|r| (r.row, r.start) <= (segment.row(), segment.start())) - 1;
                pieces.push(Piece {
                    slice: number,
                    run: u32::try_from(run).expect("a slice has fewer runs than its 2^32 pixels"),
                    start: segment.start(),
                    end: segment.end(),
                    region: Region::Coronary,
                });
            }
        }
        Assigned { pieces: Pieces::Listed(pieces), names: Vec::new() }
    }

    /// Pixels of a row of the series that lie in the region.
    fn pixels_within(&self, slice: usize, row: u16, [start, end]: [u16; 2]) -> usize {
        let layout = &self.grid.layout;
        let region = &self.heart.region;
        let [z, y, first] = layout.block_of([slice, usize::from(row), usize::from(start)]);
        let [_, _, last] = layout.block_of([slice, usize::from(row), usize::from(end) - 1]);
        let blocks = first.min(last)..first.max(last) + 1;
        match count_between(region.row(z, y), blocks.clone()) {
            0 => 0,
            held if held == blocks.len() => usize::from(end - start),
            _ => {
                let is_in = |column: &u16| {
                    region.holds(layout.block_of([slice, usize::from(row), usize::from(*column)]))
                };
                (start..end).filter(is_in).count()
            }
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

impl Anatomy {
    /// Whether the region of the heart reaches the edge of the field, and whether slices end before it does, below or above.
    pub fn cut(&self) -> Option<Cut> {
        let whole = self.whole()?;
        let p = Parameters::shipped();
        let [slices, rows, columns] = self.grid.layout.shape();
        let region = &whole.heart.region;
        let touches = |(_, y, row): (usize, usize, &[u64])| {
            let ends = count_between(row, 0..1) + count_between(row, columns - 1..columns);
            if y == 0 || y + 1 == rows { count_between(row, 0..columns) } else { ends }
        };
        let spacing_mm = self.grid.layout.spacing_mm();
        let mm = |slices: usize| crate::grid::count(slices) * spacing_mm[0];
        Some(Cut {
            edge_area_mm2: crate::grid::count(region.all_rows().map(touches).sum())
                * spacing_mm[0]
                * spacing_mm[1].max(spacing_mm[2]),
            below_mm: (p.heart.carry_to_mm - mm(whole.root.slice)).max(0.0),
            above_mm: (p.heart.up_to_mm - mm(slices - 1 - whole.root.slice)).max(0.0),
        })
    }
}

/// How much of the region of the heart may lie beyond what was scanned.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cut {
    /// Area of the region at the edge of the field, mm2.
    pub edge_area_mm2: f64,
    /// What lies below the first slice, mm.
    pub below_mm: f64,
    /// What lies above the last slice, mm.
    pub above_mm: f64,
}
