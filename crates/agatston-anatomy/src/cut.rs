//! What of the heart may lie beyond the slices or beyond the field of view.

use crate::voxels::{count, whole};
use crate::{anatomy::Whole, parameters::Parameters};

/// How much of the heart may lie beyond what was scanned.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cut {
    /// Area of the edge of the field that no lung parts from the heart, mm2.
    pub edge_area_mm2: f64,
    /// What of the region lies below the first slice, mm.
    pub below_mm: f64,
    /// What of it lies above the last slice, mm.
    pub above_mm: f64,
}

impl Cut {
    /// Whether enough of the edge is open to be worth a word.
    pub fn is_clipped(&self) -> bool {
        self.edge_area_mm2 >= Parameters::shipped().heart.edge_least_mm2
    }

    /// How far below and above the root point coronary calcium is looked for, mm.
    pub fn region_mm() -> [f64; 2] {
        let p = &Parameters::shipped().heart;
        [p.carry_to_mm, p.up_to_mm]
    }
}

impl Whole<'_> {
    /// Looks whether the heart is cut.
    pub fn cut(&self) -> Cut {
        let p = Parameters::shipped();
        let [slices, _, _] = self.grid.layout.shape();
        let spacing_mm = self.grid.layout.spacing_mm();
        let beyond =
            |mm: f64, slices: usize| count(whole(mm / spacing_mm[0]).saturating_sub(slices)) * spacing_mm[0];
        Cut {
            edge_area_mm2: count(self.open_rows()) * spacing_mm[0] * spacing_mm[1],
            below_mm: beyond(p.heart.carry_to_mm, self.root.slice),
            above_mm: beyond(p.heart.up_to_mm, slices - 1 - self.root.slice),
        }
    }

    /// Rows at the height of the ventricles along which there is neither lung nor bone from the root to the edge of the field,
    /// each side by itself: there the heart goes on beyond the edge.
    fn open_rows(&self) -> usize {
        let p = &Parameters::shipped().heart;
        let spacing_mm = self.grid.layout.spacing_mm();
        let steps = |mm: f64, axis: usize| whole(mm / spacing_mm[axis]);
        let slices = self.root.slice.saturating_sub(steps(p.edge_below_mm, 0))..self.root.slice;
        let [front, back] = p.edge_rows_mm;
        let rows = self.root.row.saturating_sub(steps(front, 1))..self.root.row + steps(back, 1);
        let [_, all_rows, columns] = self.grid.layout.shape();
        let is_open = |z: usize, y: usize, side: std::ops::Range<usize>| {
            let held = |row: &[u64]| crate::mask::count_between(row, side.clone()) > 0;
            !held(self.lungs.row(z, y)) && !held(self.bone.row(z, y))
        };
        let places = slices.flat_map(|z| rows.clone().map(move |y| (z, y))).filter(|(_, y)| *y < all_rows);
        let sides = |(z, y): (usize, usize)| {
            let right = is_open(z, y, 0..self.root.column);
            let left = is_open(z, y, self.root.column..columns);
            usize::from(right) + usize::from(left)
        };
        places.map(sides).sum()
    }

    /// Whether a voxel `[slice, row, column]` of the series lies where the heart is: well within the lungs' hull, in front of the
    /// spine and as high as the region reaches.
    pub fn is_at_heart(&self, voxel: [usize; 3]) -> bool {
        let p = Parameters::shipped();
        let [z, y, x] = self.grid.layout.block_of(voxel);
        let spacing_mm = self.grid.layout.spacing_mm();
        let steps = |mm: f64| whole(mm / spacing_mm[0]);
        let lowest = self.root.slice.saturating_sub(steps(p.heart.carry_to_mm));
        let depth = self.heart.hulls[z].depth_mm(count(x) * spacing_mm[2], count(y) * spacing_mm[1]);
        (lowest..=self.root.slice + steps(p.heart.up_to_mm)).contains(&z)
            && depth >= p.heart.metal_depth_mm
            && count(y) < self.spine.front[z]
    }
}
