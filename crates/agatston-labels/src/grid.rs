//! Where the voxels of a label map are in the patient, and which of them is nearest to a voxel of the series.
//!
//! Arrays of indices are in the order of the file, `[i, j, k]`, first axis fastest. Positions are LPS millimetres;
//! NIfTI itself counts to the right, anterior and superior (RAS), which is turned here and nowhere else.

use std::ops::RangeInclusive;

use agatston_core::Geometry;

use crate::{
    code::LABELS_ORIENTATION,
    error::{Refusal, refusal},
};

/// Cosine between two axes from which on the grid is sheared and "nearest voxel" means nothing.
const SHEAR_MAX: f64 = 1e-3;

/// Half way between two voxels, to within this part of a voxel, is a tie: rounding must not decide it.
const TIE: f64 = 1e-3;

/// How much nearer than half way to the next slice a plane lies that belongs to a slice, in slices.
const BETWEEN_SLICES: f64 = 1e-2;

/// Difference, in voxels, up to which two grids are the same.
const SAME_GRID: f64 = 1e-2;

pub(crate) type Vector = [f64; 3];

/// The voxel grid of a label map in patient space.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Grid {
    pub(crate) dims: [usize; 3],
    origin_lps_mm: Vector,
    /// From a voxel to the next one along each axis.
    steps_lps_mm: [Vector; 3],
    /// Rows of the inverse: millimetres to indices.
    inverse: [Vector; 3],
}

impl Grid {
    /// From the three rows of a NIfTI affine.
    pub(crate) fn from_ras(dims: [usize; 3], rows: [[f64; 4]; 3]) -> Result<Self, Refusal> {
        let column = |c: usize| [-rows[0][c], -rows[1][c], rows[2][c]];
        Self::from_lps(dims, column(3), [column(0), column(1), column(2)])
    }

    /// From the centre of the first voxel and the steps to the next one along each axis, LPS mm.
    pub(crate) fn from_lps(dims: [usize; 3], origin: Vector, steps: [Vector; 3]) -> Result<Self, Refusal> {
        let unusable = |message: &str| {
            refusal(LABELS_ORIENTATION, message)
                .seen(format!("origin {origin:?}, steps {steps:?} (LPS, mm)"))
                .expected("finite numbers and three axes at right angles")
                .next_step("resample the label map to the grid of the series with nearest neighbour")
        };
        if origin.iter().chain(steps.iter().flatten()).any(|v| !v.is_finite()) {
            return Err(unusable("the position of the label map is not a number"));
        }
        let [a, b, c] = steps.map(length);
        if a.min(b).min(c) <= 0.0 {
            return Err(unusable("a voxel of the label map has no size"));
        }
        let cosines = [
            dot(steps[0], steps[1]) / (a * b),
            dot(steps[1], steps[2]) / (b * c),
            dot(steps[2], steps[0]) / (c * a),
        ];
        if !cosines.iter().all(|cosine| cosine.abs() <= SHEAR_MAX) {
            return Err(unusable("the grid of the label map is sheared"));
        }
        let normals = [cross(steps[1], steps[2]), cross(steps[2], steps[0]), cross(steps[0], steps[1])];
        let volume = dot(steps[0], normals[0]);
        let inverse = normals.map(|n| n.map(|v| v / volume));
        if inverse.iter().flatten().any(|v| !v.is_finite()) {
            return Err(unusable("the voxels of the label map are too small or too large"));
        }
        Ok(Self { dims, origin_lps_mm: origin, steps_lps_mm: steps, inverse })
    }

    /// Position of a point given in indices; integers are voxel centres.
    pub(crate) fn position_lps_mm(&self, ijk: Vector) -> Vector {
        let [i, j, k] = ijk;
        let [a, b, c] = self.steps_lps_mm;
        std::array::from_fn(|x| self.origin_lps_mm[x] + i * a[x] + j * b[x] + k * c[x])
    }

    /// Centre of a voxel given by its place in the file.
    pub(crate) fn centre_lps_mm(&self, place: usize) -> Vector {
        let [ni, nj, _] = self.dims;
        self.position_lps_mm([place % ni, place / ni % nj, place / ni / nj].map(float))
    }

    /// Length of the shortest step, mm.
    pub(crate) fn smallest_step_mm(&self) -> f64 {
        self.steps_lps_mm.map(length).into_iter().fold(f64::INFINITY, f64::min)
    }

    /// Largest distance between the same corner voxel here and in another grid of the same size, mm.
    pub(crate) fn corner_distance_mm(&self, other: &Self) -> f64 {
        let corners = self.corner_voxels();
        let apart = corners.map(|c| length(minus(self.position_lps_mm(c), other.position_lps_mm(c))));
        apart.into_iter().fold(0.0, f64::max)
    }

    /// Whether the voxels of another grid are the same, in the same order.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.dims == other.dims && self.corner_distance_mm(other) <= SAME_GRID * self.smallest_step_mm()
    }

    /// Whether the space that the label map covers and the box of the series have a point in common.
    pub(crate) fn meets(&self, series: &Geometry, slices: usize) -> bool {
        let edges = |n: [usize; 3]| n.map(float);
        let [ni, nj, nk] = edges(self.dims);
        let own = Block {
            corner: self.position_lps_mm([-0.5; 3]),
            edges: [
                times(self.steps_lps_mm[0], ni),
                times(self.steps_lps_mm[1], nj),
                times(self.steps_lps_mm[2], nk),
            ],
        };
        let [nz, ny, nx] = [float(slices), f64::from(series.rows), f64::from(series.columns)];
        let other = Block {
            corner: series.position_lps_mm(-0.5, -0.5, -0.5),
            edges: [
                times(series.normal, series.increment_mm * nz),
                times(series.column_dir, series.spacing_mm[0] * ny),
                times(series.row_dir, series.spacing_mm[1] * nx),
            ],
        };
        own.meets(&other)
    }

    /// The way from voxels of a series to voxels of this grid.
    pub(crate) fn sampler(&self, series: &Geometry) -> Sampler {
        let along = |direction: Vector, mm: f64| self.indices(times(direction, mm));
        let first = series.position_lps_mm(0.0, 0.0, 0.0);
        Sampler {
            dims: self.dims,
            first: self.indices(minus(first, self.origin_lps_mm)),
            a_slice: along(series.normal, series.increment_mm),
            a_row: along(series.column_dir, series.spacing_mm[0]),
            a_column: along(series.row_dir, series.spacing_mm[1]),
            ties_up: self.steps_lps_mm.map(|step| !grows(step)),
            beside: f64::INFINITY,
        }
    }

    /// The same where each plane of this grid was drawn on one slice, and says nothing about the slices beside it: it
    /// belongs to the slice that it lies nearer to than half way to the next one. A series at an angle has no slice that
    /// a plane could belong to, and takes the nearest voxel.
    pub(crate) fn sampler_of_slices(&self, series: &Geometry) -> Sampler {
        let [_, _, step] = self.steps_lps_mm;
        let is_across = |direction: Vector| dot(step, direction).abs() <= SHEAR_MAX * length(step);
        let sampler = self.sampler(series);
        if !is_across(series.row_dir) || !is_across(series.column_dir) {
            return sampler;
        }
        Sampler { beside: (0.5 - BETWEEN_SLICES) * series.increment_mm / length(step), ..sampler }
    }

    /// Centres of the eight corner voxels.
    pub(crate) fn corners_lps_mm(&self) -> [Vector; 8] {
        self.corner_voxels().map(|c| self.position_lps_mm(c))
    }

    fn corner_voxels(&self) -> [Vector; 8] {
        let last = self.dims.map(|n| float(n - 1));
        std::array::from_fn(|bits| std::array::from_fn(|x| if bits >> x & 1 == 1 { last[x] } else { 0.0 }))
    }

    fn indices(&self, mm: Vector) -> Vector {
        self.inverse.map(|row| dot(row, mm))
    }
}

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

/// A box at any angle.
struct Block {
    corner: Vector,
    edges: [Vector; 3],
}

impl Block {
    /// Two convex bodies are apart exactly when some face normal of either, or some cross product of their edges,
    /// parts their shadows (separating axes).
    fn meets(&self, other: &Self) -> bool {
        let faces = [self, other].into_iter().flat_map(|b| {
            let [p, q, r] = b.edges;
            [cross(p, q), cross(q, r), cross(r, p)]
        });
        let pairs = self.edges.iter().flat_map(|p| other.edges.iter().map(|q| cross(*p, *q)));
        faces.chain(pairs).all(|axis| {
            let (from, to) = self.shadow(axis);
            let (other_from, other_to) = other.shadow(axis);
            from <= other_to && other_from <= to
        })
    }

    fn shadow(&self, axis: Vector) -> (f64, f64) {
        let start = dot(self.corner, axis);
        let reach = self.edges.map(|e| dot(e, axis));
        let low: f64 = reach.iter().map(|r| r.min(0.0)).sum();
        let high: f64 = reach.iter().map(|r| r.max(0.0)).sum();
        (start + low, start + high)
    }
}

/// The integers from `low` to `high`, both inclusive, that are indices of `size` things.
pub(crate) fn whole_range(low: f64, high: f64, size: usize) -> Option<RangeInclusive<usize>> {
    let index = |v: f64| exact_u32(v).and_then(|v| usize::try_from(v).ok());
    let last = float(size) - 1.0;
    let (low, high) = (low.ceil().max(0.0), high.floor().min(last));
    if low <= high { Some(index(low)?..=index(high)?) } else { None }
}

/// A float that is exactly a 32-bit unsigned integer.
pub(crate) fn exact_u32(value: f64) -> Option<u32> {
    if value.fract() != 0.0 || !(0.0..=f64::from(u32::MAX)).contains(&value) {
        return None;
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "checked to be exact just above"
    )]
    let exact = value as u32;
    Some(exact)
}

/// An index or a size as a coordinate: exact, since none reaches 2^53.
pub(crate) fn float(index: usize) -> f64 {
    index as f64
}

pub(crate) fn dot(a: Vector, b: Vector) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

pub(crate) fn minus(a: Vector, b: Vector) -> Vector {
    std::array::from_fn(|i| a[i] - b[i])
}

pub(crate) fn length(a: Vector) -> f64 {
    dot(a, a).sqrt()
}

pub(crate) fn times(a: Vector, by: f64) -> Vector {
    a.map(|v| v * by)
}

pub(crate) fn cross(a: Vector, b: Vector) -> Vector {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}
