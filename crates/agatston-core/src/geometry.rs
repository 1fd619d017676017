//! Where voxels are in the patient. Left out: how a series proves that its slices are evenly spaced.

/// The voxel grid of a series in patient space.
///
/// Arrays are `[z, y, x]` = `[slice, row, column]`; patient coordinates are LPS millimetres
/// (x to the patient's left, y to posterior, z to superior). Slice 0 is the most inferior.
#[derive(Clone, Debug, PartialEq)]
pub struct Geometry {
    /// Rows of each slice.
    pub rows: u16,
    /// Columns of each slice.
    pub columns: u16,
    /// Distance between the centres of neighbouring rows, and of neighbouring columns, mm.
    pub spacing_mm: [f64; 2],
    /// Distance between neighbouring slice planes along the normal, mm. Never SliceThickness.
    pub increment_mm: f64,
    /// Centre of the first pixel (row 0, column 0) of slice 0.
    pub origin_lps_mm: [f64; 3],
    /// Unit vector along a row: the direction in which the column index grows.
    pub row_dir: [f64; 3],
    /// Unit vector along a column: the direction in which the row index grows.
    pub column_dir: [f64; 3],
    /// Unit vector from slice 0 towards the last slice.
    pub normal: [f64; 3],
}

impl Geometry {
    /// Area of a pixel, mm2.
    pub fn pixel_area_mm2(&self) -> f64 {
        self.spacing_mm[0] * self.spacing_mm[1]
    }

    /// Volume that a voxel stands for, mm3: pixel area times increment.
    pub fn voxel_volume_mm3(&self) -> f64 {
        self.pixel_area_mm2() * self.increment_mm
    }

    /// Patient position (LPS, mm) of a point given in voxel indices; integers are voxel centres.
    pub fn position_lps_mm(&self, slice: f64, row: f64, column: f64) -> [f64; 3] {
        std::array::from_fn(|i| {
            self.origin_lps_mm[i]
                + column * self.spacing_mm[1] * self.row_dir[i]
                + row * self.spacing_mm[0] * self.column_dir[i]
                + slice * self.increment_mm * self.normal[i]
        })
    }

    /// Voxel indices `[slice, row, column]` (fractional) of a patient position (LPS, mm).
    pub fn index_of(&self, position_lps_mm: [f64; 3]) -> [f64; 3] {
        let d: [f64; 3] = std::array::from_fn(|i| position_lps_mm[i] - self.origin_lps_mm[i]);
        [
            dot(d, self.normal) / self.increment_mm,
            dot(d, self.column_dir) / self.spacing_mm[0],
            dot(d, self.row_dir) / self.spacing_mm[1],
        ]
    }
}

fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn index_undoes_position() {
        let g = Geometry {
            rows: 4,
            columns: 6,
            spacing_mm: [0.5, 0.8],
            increment_mm: 2.5,
            origin_lps_mm: [-10.0, 4.0, 100.0],
            row_dir: [1.0, 0.0, 0.0],
            column_dir: [0.0, 1.0, 0.0],
            normal: [0.0, 0.0, 1.0],
        };
        assert_eq!(g.position_lps_mm(2.0, 3.0, 5.0), [-6.0, 5.5, 105.0]);
        for (a, b) in g.index_of([-6.0, 5.5, 105.0]).into_iter().zip([2.0, 3.0, 5.0]) {
            assert!((a - b).abs() < 1e-12);
        }
        assert!((g.voxel_volume_mm3() - 1.0).abs() < 1e-12);
    }
}
