//! Where the voxels of a label map are in the patient. Left out: which of them a voxel of the series meets.
//!
//! Arrays of indices are in the order of the file, `[i, j, k]`, first axis fastest. Positions are LPS millimetres;
//! NIfTI itself counts to the right, anterior and superior (RAS), which is turned here and nowhere else.

use agatston_core::Geometry;

use crate::{
    code::{LABELS_INVALID, LABELS_ORIENTATION},
    error::{Refusal, refusal},
    vector::{Vector, cross, dot, float, length, minus, times},
};

/// Cosine between two axes from which on the grid is sheared and "nearest voxel" means nothing.
pub(crate) const SHEAR_MAX: f64 = 1e-3;

/// Difference, in voxels, up to which two grids are the same.
pub(crate) const SAME_GRID: f64 = 1e-2;

/// The voxel grid of a label map in patient space.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Grid {
    pub(crate) dims: [usize; 3],
    pub(crate) origin_lps_mm: Vector,
    /// From a voxel to the next one along each axis.
    pub(crate) steps_lps_mm: [Vector; 3],
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

    /// A refusal of a header that does not place its voxels; `seen` is what it says.
    pub(crate) fn placeless(seen: impl Into<String>) -> Refusal {
        refusal(LABELS_ORIENTATION, "the label map does not say where it is in the patient")
            .seen(seen)
            .next_step("write the label map with the position of the CT series it was drawn on")
    }

    /// A refusal of another unit of length than mm; `seen` is what the header says.
    pub(crate) fn not_in_mm(seen: impl Into<String>) -> Refusal {
        refusal(LABELS_INVALID, "positions are not in millimetres")
            .seen(seen)
            .expected("mm, or no unit (read as mm)")
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

    /// Centres of the eight corner voxels.
    pub(crate) fn corners_lps_mm(&self) -> [Vector; 8] {
        self.corner_voxels().map(|c| self.position_lps_mm(c))
    }

    fn corner_voxels(&self) -> [Vector; 8] {
        let last = self.dims.map(|n| float(n - 1));
        std::array::from_fn(|bits| std::array::from_fn(|x| if bits >> x & 1 == 1 { last[x] } else { 0.0 }))
    }

    /// Indices along a way in the patient.
    pub(crate) fn indices(&self, mm: Vector) -> Vector {
        self.inverse.map(|row| dot(row, mm))
    }
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
