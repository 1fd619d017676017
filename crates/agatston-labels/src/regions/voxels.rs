//! All voxels of each region of a series, candidates or not: what reference regions are read from.

use agatston_core::{Finding, Geometry};

use super::{
    RegionFile,
    fit::{Clash, Placed},
};
use crate::{Span, error::Refusal};

/// A pixel of no region.
const NOBODY: usize = usize::MAX;

impl RegionFile {
    /// The voxels of each name on a series of `count` slices, in reading order, and what was noticed.
    pub(crate) fn voxels(
        &self,
        series: &Geometry,
        count: usize,
    ) -> Result<(Vec<Vec<Span>>, Vec<Finding>), Refusal> {
        let placed = self.place(series, count)?;
        let mut spans = vec![Vec::new(); self.names.len()];
        let mut owners = vec![NOBODY; series.columns.into()];
        for slice in 0..count {
            let here: Vec<&Placed<'_>> = placed.iter().filter(|p| p.slices.contains(&slice)).collect();
            let first = here.iter().map(|p| *p.rows.start()).min().unwrap_or(1);
            let last = here.iter().map(|p| *p.rows.end()).max().unwrap_or(0);
            for row in first..=last {
                owners.fill(NOBODY);
                own(series, &here, [slice, row], &mut owners).map_err(|clash| self.overlap(&clash))?;
                collect(&owners, [slice, row], &mut spans);
            }
        }
        Ok((spans, self.beyond_image(series).into_iter().collect()))
    }
}

/// Gives each pixel of a row to the region that holds it.
fn own(
    series: &Geometry,
    shapes: &[&Placed<'_>],
    [slice, row]: [usize; 2],
    owners: &mut [usize],
) -> Result<(), Clash> {
    for shape in shapes.iter().filter(|s| s.rows.contains(&row)) {
        for column in shape.columns.clone() {
            let at = [slice, row, column];
            let Some(owner) = owners.get_mut(column).filter(|_| shape.holds(series, at)) else { continue };
            if *owner != NOBODY && *owner != shape.drawn.name {
                return Err(Clash { names: [*owner, shape.drawn.name], at });
            }
            *owner = shape.drawn.name;
        }
    }
    Ok(())
}

/// Adds the runs of a row to those of their regions.
fn collect(owners: &[usize], [slice, row]: [usize; 2], spans: &mut [Vec<Span>]) {
    let narrow = |index: usize| u16::try_from(index).expect("a series has at most 65,535 of each");
    let mut start = 0;
    for run in owners.chunk_by(|a, b| a == b) {
        let end = start + run.len();
        if let Some(of_region) = run.first().and_then(|owner| spans.get_mut(*owner)) {
            of_region.push(Span {
                slice: narrow(slice),
                row: narrow(row),
                start: narrow(start),
                end: narrow(end),
            });
        }
        start = end;
    }
}
