//! What a lesion is judged by: the tissue around it and where it lies.
//!
//! A place is the index of a voxel over the size of a block, so that a block `g` holds `g` to `g + 1`; distances from the root
//! point are taken from its lower corner, as they were when the rules were set.

use crate::{
    anatomy::Whole,
    aorta::Disc,
    mask::Mask,
    parameters::Parameters,
    ring::Around,
    stats::percentile,
    voxels::{count, whole},
};
use agatston_core::{Crop, CropBox, Foci, FocusId, Geometry, Lesion, Segment};
use std::collections::BTreeMap;

/// What is known of a lesion. Distances in mm; infinite where there is nothing to be distant from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Features {
    /// Largest HU.
    pub peak_hu: f64,
    /// Number of slices from its first to its last.
    pub slices: usize,
    /// Peak over that, in standard deviations of the noise.
    pub contrast_sds: f64,
    /// Share of the ring around it that is fat.
    pub fat: f64,
    /// Share that is lung.
    pub lung: f64,
    /// Share that is as bright as blood.
    pub blood: f64,
    /// From the root point to the patient's left.
    pub left_mm: f64,
    /// From the root point to the back.
    pub back_mm: f64,
    /// From the root point to the head.
    pub up_mm: f64,
    /// To bone.
    pub bone_mm: f64,
    /// To the front of the spine, forward.
    pub spine_mm: f64,
    /// To the front of the hull of the lungs, backward.
    pub front_mm: f64,
    /// To the wall of the ascending aorta; negative within.
    pub ascending_mm: f64,
    /// To the wall of the descending aorta.
    pub descending_mm: f64,
    /// To the wall of the root, as it goes on below the root point.
    pub root_mm: f64,
}

impl Features {
    /// Direction from the root point: 0 to the left, 90 to the back, -90 to the front.
    pub fn angle_degrees(&self) -> f64 {
        self.back_mm.atan2(self.left_mm).to_degrees()
    }

    /// Whether it lies so low that only few arteries are left.
    pub(crate) fn is_inferior(&self, p: &Parameters) -> bool {
        self.up_mm < -p.place.inferior_mm
    }
}

/// How far the crop of a lesion must reach, mm: the ring and what is smoothed into it.
const MARGIN_MM: f64 = 6.0;

/// The box of voxels that [`Whole::features`] needs.
pub fn crop_box(lesion: &Lesion, geometry: &Geometry) -> CropBox {
    CropBox::in_plane(lesion, geometry, MARGIN_MM)
}

impl Whole<'_> {
    /// Looks at a lesion of these foci; the crop is that of [`crop_box`].
    pub fn features(&self, lesion: &Lesion, foci: &Foci, crop: &Crop) -> Features {
        let p = Parameters::shipped();
        let layout = &self.grid.layout;
        let (spacing_mm, voxel_mm, block) =
            (layout.spacing_mm(), layout.voxel_mm(), layout.block().map(count));
        let slices = pixels_of(lesion, foci);
        let pixel_mm = [voxel_mm[1], voxel_mm[2]];
        let ring = Around { crop, slices: &slices, pixel_mm, blood_hu: self.blood.hu }.ring(p);
        let place: [f64; 3] = {
            let voxel = layout.turned(lesion.centroid_index);
            [0, 1, 2].map(|axis| voxel[axis] / block[axis])
        };
        let shape = layout.shape();
        let held = [0, 1, 2].map(|axis| whole(place[axis]).min(shape[axis] - 1));
        let root = [self.root.slice, self.root.row, self.root.column].map(count);
        let [up_mm, back_mm, left_mm] = [0, 1, 2].map(|axis| (place[axis] - root[axis]) * spacing_mm[axis]);
        let from_centre = |axis: usize| (place[axis] - 0.5) * spacing_mm[axis];
        Features {
            peak_hu: lesion.peak_hu,
            slices: usize::from(lesion.bounding_box[1][0] - lesion.bounding_box[0][0]) + 1,
            contrast_sds: (lesion.peak_hu - ring.median_hu) / self.blood.noise_hu,
            fat: ring.fat,
            lung: ring.lung,
            blood: ring.blood,
            left_mm,
            back_mm,
            up_mm,
            bone_mm: nearest_mm(self.bone, held, p.place.bone_within_mm, spacing_mm),
            spine_mm: (self.spine.front[held[0]] - place[1]) * spacing_mm[1],
            front_mm: self.heart.hulls[held[0]].front_depth_mm(from_centre(2), from_centre(1)),
            ascending_mm: self.wall_mm(&slices, &self.aorta.ascending, p),
            descending_mm: self.wall_mm(&slices, &self.aorta.descending, p),
            root_mm: root_mm([up_mm, back_mm, left_mm], self.root.radius_mm, p),
        }
    }

    /// Least distance to the wall of discs over the slices that have one: of each slice that of the quarter of its pixels that
    /// is nearest. Infinite where no slice has one.
    fn wall_mm(&self, slices: &[(u16, Vec<Segment>)], discs: &BTreeMap<usize, Disc>, p: &Parameters) -> f64 {
        let layout = &self.grid.layout;
        let (spacing_mm, block) = (layout.spacing_mm(), layout.block());
        let mut of_block: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
        for (slice, segments) in slices {
            let z = usize::from(*slice) / block[0];
            let Some(disc) = discs.get(&z) else { continue };
            let distances = of_block.entry(z).or_default();
            for segment in segments {
                let to_centre = |column: u16| {
                    let voxel = [f64::from(*slice), f64::from(segment.row()), f64::from(column)];
                    let [_, y, x] = layout.turned(voxel);
                    let from = |axis: usize, at: f64, centre: usize| {
                        (at / count(block[axis]) - count(centre) - 0.5) * spacing_mm[axis]
                    };
                    from(1, y, disc.row).hypot(from(2, x, disc.column))
                };
                distances.extend((segment.start()..segment.end()).map(to_centre));
            }
        }
        let wall = |(z, mut distances): (usize, Vec<f64>)| {
            percentile(&mut distances, p.place.wall_percentile).unwrap_or(f64::INFINITY) - discs[&z].radius_mm
        };
        of_block.into_iter().map(wall).fold(f64::INFINITY, f64::min)
    }
}

/// The pixels of a lesion, slice by slice.
fn pixels_of(lesion: &Lesion, foci: &Foci) -> Vec<(u16, Vec<Segment>)> {
    let slices = lesion.foci.chunk_by(|a, b| a.slice == b.slice);
    let pixels = |own: &[FocusId]| {
        let is_own = |s: &&Segment| own.iter().any(|id| id.index == s.focus);
        let slice = own[0].slice; // a chunk is not empty
        (slice, foci.slices[usize::from(slice)].segments.iter().filter(is_own).copied().collect())
    };
    slices.map(pixels).collect()
}

/// Distance between centres to the nearest voxel of a mask; infinite when none is within.
fn nearest_mm(mask: &Mask, [z, y, x]: [usize; 3], within_mm: f64, spacing_mm: [f64; 3]) -> f64 {
    let shape = mask.shape();
    let range = |axis: usize, at: usize| {
        let steps = whole(within_mm / spacing_mm[axis]);
        at.saturating_sub(steps)..(at + steps + 1).min(shape[axis])
    };
    let mm = |axis: usize, a: usize, b: usize| count(a.abs_diff(b)) * spacing_mm[axis];
    let mut nearest = f64::INFINITY;
    for (at_z, at_y) in range(0, z).flat_map(|at_z| range(1, y).map(move |at_y| (at_z, at_y))) {
        let beside = mm(0, at_z, z).hypot(mm(1, at_y, y));
        if beside >= nearest.min(within_mm)
            || crate::mask::count_between(mask.row(at_z, at_y), range(2, x)) == 0
        {
            continue;
        }
        for at_x in range(2, x).filter(|&at_x| mask.holds([at_z, at_y, at_x])) {
            nearest = nearest.min(beside.hypot(mm(2, at_x, x)));
        }
    }
    if nearest <= within_mm { nearest } else { f64::INFINITY }
}

/// Distance to the wall of the root, which leans to the left and the back on its way down.
fn root_mm([up, back, left]: [f64; 3], radius_mm: f64, p: &Parameters) -> f64 {
    let place = &p.place;
    if up <= place.root_from_mm || up >= place.root_to_mm {
        return f64::INFINITY;
    }
    let down = (-up).clamp(0.0, place.root_lean_most_mm);
    let [to_left, to_back] = place.root_leans;
    (left - to_left * down).hypot(back - to_back * down) - radius_mm
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::mask::tests::typed;

    /// A plaque of the LAD in fat, against which nothing speaks.
    pub(crate) fn coronary() -> Features {
        Features {
            peak_hu: 400.0,
            slices: 3,
            contrast_sds: 30.0,
            fat: 0.6,
            lung: 0.0,
            blood: 0.2,
            left_mm: 60.0,
            back_mm: 0.0,
            up_mm: 0.0,
            bone_mm: 40.0,
            spine_mm: 80.0,
            front_mm: 40.0,
            ascending_mm: f64::INFINITY,
            descending_mm: f64::INFINITY,
            root_mm: 44.0,
        }
    }

    /// By hand: 2 x 1.5 mm voxels; 2 columns and 2 rows away are hypot(3, 4) = 5 mm.
    #[test]
    fn the_nearest_voxel() {
        let mask = typed(&[&["#....", ".....", "....."], &[".....", ".....", "...##"]]);
        let spacing = [9.0, 2.0, 1.5];
        assert_eq!(nearest_mm(&mask, [0, 2, 2], 20.0, spacing), 5.0);
        assert_eq!(nearest_mm(&mask, [1, 2, 4], 20.0, spacing), 0.0);
        assert_eq!(nearest_mm(&mask, [0, 2, 2], 4.9, spacing), f64::INFINITY);
        assert_eq!(nearest_mm(&mask, [0, 2, 2], 5.0, spacing), 5.0);
    }

    /// By hand: 10 mm down the root lies 9 mm left and 4 mm back; over 30 mm down it leans no further.
    #[test]
    fn the_root_leans() {
        let p = Parameters::shipped();
        assert!((root_mm([-10.0, 4.0, 29.0], 16.0, p) - 4.0).abs() < 1e-12);
        assert!((root_mm([-35.0, 12.0, 27.0], 16.0, p) + 16.0).abs() < 1e-12);
        assert!((root_mm([5.0, 0.0, 20.0], 16.0, p) - 4.0).abs() < 1e-12);
        assert_eq!(root_mm([8.0, 0.0, 20.0], 16.0, p), f64::INFINITY);
        assert_eq!(root_mm([-40.0, 0.0, 20.0], 16.0, p), f64::INFINITY);
    }

    #[test]
    fn angles_are_of_the_patient() {
        let angle = |left_mm, back_mm| Features { left_mm, back_mm, ..coronary() }.angle_degrees();
        assert_eq!([angle(1.0, 0.0), angle(0.0, 1.0), angle(0.0, -1.0)], [0.0, 90.0, -90.0]);
    }
}
