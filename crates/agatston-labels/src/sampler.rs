//! Which voxel of a label map is nearest to a voxel of the series, and how the two grids lie to each other.

use agatston_core::Geometry;

use crate::{
    grid::{Grid, SAME_GRID, SHEAR_MAX},
    vector::{Vector, dot, exact_u32, float, length, minus, times},
};

/// Half way between two voxels, to within this part of a voxel, is a tie: rounding must not decide it.
const TIE: f64 = 1e-3;

/// How much nearer than half way to the next slice a plane lies that belongs to a slice, in slices.
const BETWEEN_SLICES: f64 = 1e-2;

/// Finds the label voxel nearest to a voxel of the series.
///
/// Half way between two voxels, the one further to the right (then anterior, then inferior: the lower LPS
/// coordinate along the main direction of the axis) wins. So the order in which a file stores its axes decides
/// nothing. At the very edge of the grid the voxel within it wins.
#[derive(Debug)]
pub(crate) struct Sampler {
    dims: [usize; 3],
    /// Indices of the first voxel of the series, and what a slice, a row and a column add to them.
    first: Vector,
    a_slice: Vector,
    a_row: Vector,
    a_column: Vector,
    ties_up: [bool; 3],
    /// How far beside a plane, the third axis, a voxel of the series has the labels of the plane, in planes.
    beside: f64,
}

impl Sampler {
    /// The way from voxels of a series to voxels of a label grid.
    pub(crate) fn between(series: &Geometry, grid: &Grid) -> Self {
        let along = |direction: Vector, mm: f64| grid.indices(times(direction, mm));
        let first = series.position_lps_mm(0.0, 0.0, 0.0);
        Self {
            dims: grid.dims,
            first: grid.indices(minus(first, grid.origin_lps_mm)),
            a_slice: along(series.normal, series.increment_mm),
            a_row: along(series.column_dir, series.spacing_mm[0]),
            a_column: along(series.row_dir, series.spacing_mm[1]),
            ties_up: grid.steps_lps_mm.map(|step| !grows(step)),
            beside: f64::INFINITY,
        }
    }

    /// The same where each plane of the grid was drawn on one slice, and says nothing about the slices beside it: it
    /// belongs to the slice that it lies nearer to than half way to the next one. A series at an angle has no slice that
    /// a plane could belong to, and takes the nearest voxel.
    pub(crate) fn of_slices(series: &Geometry, grid: &Grid) -> Self {
        let [_, _, step] = grid.steps_lps_mm;
        let is_across = |direction: Vector| dot(step, direction).abs() <= SHEAR_MAX * length(step);
        let sampler = Self::between(series, grid);
        if !is_across(series.row_dir) || !is_across(series.column_dir) {
            return sampler;
        }
        Self { beside: (0.5 - BETWEEN_SLICES) * series.increment_mm / length(step), ..sampler }
    }

    /// Place in the file of the nearest label voxel; nothing outside the grid or too far beside a plane.
    pub(crate) fn place(&self, slice: usize, row: u16, column: u16) -> Option<usize> {
        let at = self.indices(float(slice), f64::from(row), f64::from(column));
        let near = |x: usize| nearest(at[x], self.dims[x], self.ties_up[x]);
        let (i, j, k) = (near(0)?, near(1)?, near(2)?);
        if (at[2] - float(k)).abs() >= self.beside {
            return None;
        }
        Some((k * self.dims[1] + j) * self.dims[0] + i)
    }

    /// Whether voxels of the series and of the label map are the same ones, possibly stored in another order.
    pub(crate) fn same_voxels(&self, series: &Geometry, slices: usize) -> bool {
        let last = [float(slices) - 1.0, f64::from(series.rows) - 1.0, f64::from(series.columns) - 1.0];
        let unit = |v: f64, room: f64| {
            let whole = v.round();
            whole.abs() <= 1.0 && (v - whole).abs() * room.max(1.0) <= SAME_GRID
        };
        let steps = [(self.a_slice, last[0]), (self.a_row, last[1]), (self.a_column, last[2])];
        let whole = self.first.iter().all(|v| (v - v.round()).abs() <= SAME_GRID);
        whole && steps.iter().all(|(step, room)| step.iter().all(|v| unit(*v, *room)))
    }

    /// By how many slices, rows and columns a label grid lies beside the series, when it has the same number of voxels of
    /// the same size in the same directions: then it was made for this series, and lies beside it by mistake.
    pub(crate) fn shift(&self, series: &Geometry, slices: usize) -> Option<Vector> {
        let sizes = [slices, series.rows.into(), series.columns.into()];
        let mut shift = [0.0; 3];
        let steps = [self.a_slice, self.a_row, self.a_column];
        for ((by, step), size) in shift.iter_mut().zip(steps).zip(sizes) {
            let room = float(size) - 1.0;
            let along = (0..3).find(|x| (step[*x].abs() - 1.0).abs() * room.max(1.0) <= SAME_GRID)?;
            let others_rest = (0..3).all(|x| x == along || step[x].abs() * room.max(1.0) <= SAME_GRID);
            if !others_rest || self.dims[along] != size {
                return None;
            }
            // The first voxel of the series is the last of a flipped axis.
            *by = if step[along] < 0.0 { self.first[along] - room } else { -self.first[along] };
        }
        shift.iter().any(|by| by.abs() > SAME_GRID).then_some(shift)
    }

    /// Whether a voxel of the series lies on the grid, in a plane that the grid does not have or between planes: off it
    /// along the slices at most.
    pub(crate) fn within_planes(&self, slice: usize, row: u16, column: u16) -> bool {
        let at = self.indices(float(slice), f64::from(row), f64::from(column));
        let is_on = |x: usize| nearest(at[x], self.dims[x], self.ties_up[x]).is_some();
        is_on(0) && is_on(1)
    }

    fn indices(&self, slice: f64, row: f64, column: f64) -> Vector {
        std::array::from_fn(|x| {
            self.first[x] + slice * self.a_slice[x] + row * self.a_row[x] + column * self.a_column[x]
        })
    }
}

fn nearest(at: f64, size: usize, ties_up: bool) -> Option<usize> {
    let below = at.floor();
    let beyond = at - below;
    let choice = if (beyond - 0.5).abs() <= TIE {
        if ties_up { [below + 1.0, below] } else { [below, below + 1.0] }
    } else {
        [at.round(); 2]
    };
    choice.into_iter().find_map(|v| exact_u32(v).and_then(|v| usize::try_from(v).ok()).filter(|v| *v < size))
}

/// Whether the LPS coordinate grows along the main direction of a step.
fn grows(step: Vector) -> bool {
    let [x, y, z] = step;
    let main = if x.abs() >= y.abs() && x.abs() >= z.abs() {
        x
    } else if y.abs() >= z.abs() {
        y
    } else {
        z
    };
    main > 0.0
}
