//! Regions on a series: where each shape lies, whether two of them clash, and what each candidate belongs to.

use std::{collections::BTreeSet, ops::RangeInclusive};

use agatston_core::{Assigned, Candidates, Finding, Geometry, Severity};

use super::{Drawn, RegionFile};
use crate::{
    code::{LABELS_BEYOND_IMAGE, LABELS_OFF_GRID},
    error::{Refusal, Trouble, refusal},
    findings::{overlap, touch_nothing, without_candidates},
    polygon::Extent,
    shown::shown,
    vector::{float, whole_range},
};

/// A shape on a series: it holds voxels within these bounds only.
pub(super) struct Placed<'a> {
    pub(super) drawn: &'a Drawn,
    pub(super) slices: RangeInclusive<usize>,
    pub(super) rows: RangeInclusive<usize>,
    pub(super) columns: RangeInclusive<usize>,
    in_pixels: bool,
}

/// A voxel that two regions claim: their names by index, then slice, row and column.
pub(super) struct Clash {
    pub(super) names: [usize; 2],
    pub(super) at: [usize; 3],
}

impl RegionFile {
    pub(crate) fn assign(&self, candidates: &Candidates) -> Result<(Assigned, Vec<Finding>), Trouble> {
        let placed = self.place(&candidates.geometry, candidates.slices.len())?;
        self.check_shapes_in_pixels(&placed)?;
        let series = &candidates.geometry;
        let mut by_slice: Vec<Vec<&Placed<'_>>> = vec![Vec::new(); candidates.slices.len()];
        for shape in &placed {
            by_slice.get_mut(shape.slices.clone()).into_iter().flatten().for_each(|slice| slice.push(shape));
        }
        let (regions, others) = self.regions();
        let mut clash = None;
        let mut met = BTreeSet::new();
        let assigned = Assigned::by_voxel(candidates, others, |slice, row, column| {
            let at = [slice, usize::from(row), usize::from(column)];
            let mut holding =
                by_slice.get(slice)?.iter().filter(|p| p.holds(series, at)).map(|p| p.drawn.name);
            let first = holding.next()?;
            if let (None, Some(second)) = (&clash, holding.find(|name| *name != first)) {
                clash = Some(Clash { names: [first, second], at });
            }
            met.insert(first);
            regions.get(first).copied()
        });
        if let Some(clash) = clash {
            return Err(self.overlap(&clash).into());
        }
        let missed = (0..self.names.len()).filter(|name| !met.contains(name));
        let missed: Vec<String> = missed.map(|name| shown(self.name(name))).collect();
        let findings = [
            self.beyond_image(series),
            met.is_empty().then(|| touch_nothing("region")),
            without_candidates("region", &missed).filter(|_| !met.is_empty()),
        ];
        Ok((assigned, findings.into_iter().flatten().collect()))
    }

    /// Every shape on a series of `count` slices.
    pub(super) fn place(&self, series: &Geometry, count: usize) -> Result<Vec<Placed<'_>>, Refusal> {
        self.shapes.iter().map(|drawn| self.place_one(drawn, series, count)).collect()
    }

    /// A shape must hold the centre of some voxel: one that holds none was drawn for another series.
    fn place_one<'a>(
        &'a self,
        drawn: &'a Drawn,
        series: &Geometry,
        count: usize,
    ) -> Result<Placed<'a>, Refusal> {
        let name = self.name(drawn.name);
        if let Some([first, last]) = drawn.slices.filter(|[_, last]| *last >= count) {
            return Err(refusal(
                LABELS_OFF_GRID,
                format!("region {name:?} lies on slices that the series has not"),
            )
            .seen(format!("slices {first} to {last}"))
            .expected(format!("0 to {}, 0 the lowest", count.saturating_sub(1)))
            .next_step("check that the regions belong to this series"));
        }
        let nowhere = || {
            refusal(
                LABELS_OFF_GRID,
                format!("a shape of region {name:?} holds the centre of no voxel of the series"),
            )
            .seen(format!("{:?}", drawn.shape))
            .expected(format!("a shape within {count} slices of {} x {} pixels", series.columns, series.rows))
            .next_step("check that the regions belong to this series")
        };
        let placed = Placed::bounded(drawn, series, count).ok_or_else(nowhere)?;
        if placed.is_empty(series) { Err(nowhere()) } else { Ok(placed) }
    }

    /// Shapes in pixels of different regions may share no pixel, whether it is a candidate or not.
    fn check_shapes_in_pixels(&self, placed: &[Placed<'_>]) -> Result<(), Refusal> {
        for (i, a) in placed.iter().enumerate().filter(|(_, a)| a.in_pixels) {
            let others = placed.iter().take(i).filter(|b| b.in_pixels && b.drawn.name != a.drawn.name);
            if let Some(clash) = others.filter_map(|b| a.clash(b)).next() {
                return Err(self.overlap(&clash));
            }
        }
        Ok(())
    }

    pub(super) fn beyond_image(&self, series: &Geometry) -> Option<Finding> {
        let beyond = |reach: [f64; 2], size: u16| reach[0] < -0.5 || reach[1] > f64::from(size) - 0.5;
        let out = |e: Extent| beyond(e.columns, series.columns) || beyond(e.rows, series.rows);
        let mut shapes = self.shapes.iter().filter(|d| d.shape.extent_px().is_some_and(out));
        let first = shapes.next()?;
        let message = "shapes in pixels reach beyond the image";
        let finding = Finding::new(LABELS_BEYOND_IMAGE, Severity::Warning, message)
            .seen(format!("{} shapes, the first of region {:?}", 1 + shapes.count(), self.name(first.name)))
            .expected(format!("columns 0 to {}, rows 0 to {}", series.columns - 1, series.rows - 1))
            .next_step("check that the regions belong to this series");
        Some(finding)
    }

    pub(super) fn overlap(&self, clash: &Clash) -> Refusal {
        let names = clash.names.map(|n| format!("{:?}", self.name(n)));
        overlap("region", names, clash.at)
            .expected("every voxel in one region at most")
            .next_step("make one of the shapes smaller, or give both the same name")
    }

    pub(super) fn name(&self, index: usize) -> &str {
        self.names.get(index).map(String::as_str).unwrap_or_default()
    }
}

impl<'a> Placed<'a> {
    fn bounded(drawn: &'a Drawn, series: &Geometry, count: usize) -> Option<Self> {
        let (rows, columns) = (usize::from(series.rows), usize::from(series.columns));
        let [first, last] = drawn.slices.unwrap_or([0, count.checked_sub(1)?]);
        if let Some(extent) = drawn.shape.extent_px() {
            return Some(Self {
                drawn,
                slices: first..=last,
                rows: whole_range(extent.rows[0], extent.rows[1], rows)?,
                columns: whole_range(extent.columns[0], extent.columns[1], columns)?,
                in_pixels: true,
            });
        }
        let [z, y, x] = drawn.shape.extent_in(series)?;
        Some(Self {
            drawn,
            slices: whole_range(z[0].max(float(first)), z[1].min(float(last)), count)?,
            rows: whole_range(y[0], y[1], rows)?,
            columns: whole_range(x[0], x[1], columns)?,
            in_pixels: false,
        })
    }

    pub(super) fn holds(&self, series: &Geometry, at: [usize; 3]) -> bool {
        let [slice, row, column] = at;
        if !self.rows.contains(&row) || !self.columns.contains(&column) {
            return false;
        }
        let [z, y, x] = at.map(float);
        if self.in_pixels {
            self.drawn.shape.holds_pixel(y, x)
        } else {
            self.slices.contains(&slice) && self.drawn.shape.holds_position(series.position_lps_mm(z, y, x))
        }
    }

    fn is_empty(&self, series: &Geometry) -> bool {
        let slices =
            if self.in_pixels { *self.slices.start()..=*self.slices.start() } else { self.slices.clone() };
        let holds_some = |slice| {
            self.rows.clone().any(|row| self.columns.clone().any(|c| self.holds(series, [slice, row, c])))
        };
        !slices.into_iter().any(holds_some)
    }

    /// A voxel that two shapes in pixels share.
    fn clash(&self, other: &Self) -> Option<Clash> {
        let slice = common(&self.slices, &other.slices).next()?;
        let names = [other.drawn.name, self.drawn.name];
        for row in common(&self.rows, &other.rows) {
            for column in common(&self.columns, &other.columns) {
                let (y, x) = (float(row), float(column));
                if self.drawn.shape.holds_pixel(y, x) && other.drawn.shape.holds_pixel(y, x) {
                    return Some(Clash { names, at: [slice, row, column] });
                }
            }
        }
        None
    }
}

fn common(a: &RangeInclusive<usize>, b: &RangeInclusive<usize>) -> RangeInclusive<usize> {
    *a.start().max(b.start())..=*a.end().min(b.end())
}
