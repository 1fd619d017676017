//! The map of the anatomy: what each block of the work grid is, as bits, for comparison with other programs.
//!
//! | bit | the block is |
//! |---|---|
//! | 1 | lung |
//! | 2 | bone |
//! | 4 | of the core of the heart |
//! | 8 | of the region of the heart |
//! | 16 | within a disc of the ascending aorta |
//! | 32 | within a disc of the descending aorta |
//!
//! Axes are `[slice, row, column]`, columns fastest: to the head, to the back, to the patient's left, however the series is
//! stored.

use super::{TooManySlices, nifti};
use crate::Anatomical;
use agatston_anatomy::{Disc, Layout, Mask};
use agatston_core::Geometry;
use std::collections::BTreeMap;

/// The map as a NIfTI-1 file, not packed.
///
/// # Errors
///
/// When a NIfTI file cannot hold so many slices.
pub fn anatomy_map(found: &Anatomical) -> Result<Vec<u8>, TooManySlices> {
    let content = nifti::Content {
        slices: found.anatomy.grid.layout.shape()[0],
        intent: 0,
        is_wide: false,
        description: b"bits: 1 lung 2 bone 4 core 8 region 16 ascending 32 descending aorta, agatston",
        name: b"anatomy",
        extension: Vec::new(),
    };
    let mut bytes = nifti::head(&geometry(&found.anatomy.grid.layout, &found.geometry), &content)?;
    bytes.extend(bits(found));
    Ok(bytes)
}

/// The bits of each block.
fn bits(found: &Anatomical) -> Vec<u8> {
    let anatomy = &found.anatomy;
    let layout = &anatomy.grid.layout;
    let [slices, rows, columns] = layout.shape();
    let heart = anatomy.heart.as_ref();
    let masks = [
        (Some(&anatomy.lungs), 1),
        (Some(&anatomy.bone), 2),
        (heart.map(|heart| &heart.core), 4),
        (heart.map(|heart| &heart.region), 8),
    ];
    let discs = [(&anatomy.aorta.ascending, 16), (&anatomy.aorta.descending, 32)];
    let within = |discs: &BTreeMap<usize, Disc>, [z, y, x]: [usize; 3]| {
        discs.get(&z).is_some_and(|disc| holds(disc, [y, x], layout.spacing_mm()))
    };
    let is_in = |mask: Option<&Mask>, voxel| mask.is_some_and(|mask| mask.holds(voxel));
    let of_voxel = |voxel: [usize; 3]| -> u8 {
        let of_masks: u8 = masks.iter().filter(|(mask, _)| is_in(*mask, voxel)).map(|(_, bit)| bit).sum();
        of_masks + discs.iter().filter(|(discs, _)| within(discs, voxel)).map(|(_, bit)| bit).sum::<u8>()
    };
    let places = (0..slices).flat_map(|z| (0..rows).map(move |y| (z, y)));
    places.flat_map(|(z, y)| (0..columns).map(move |x| [z, y, x])).map(of_voxel).collect()
}

/// Whether the middle of a block `[row, column]` lies within a disc.
fn holds(disc: &Disc, [row, column]: [usize; 2], [_, down, aside]: [f64; 3]) -> bool {
    let apart =
        |a: usize, b: usize, mm: f64| f64::from(u32::try_from(a.abs_diff(b)).unwrap_or(u32::MAX)) * mm;
    apart(row, disc.row, down).hypot(apart(column, disc.column, aside)) <= disc.radius_mm
}

/// Where the blocks are in the patient.
fn geometry(layout: &Layout, series: &Geometry) -> Geometry {
    let [_, rows, columns] = layout.shape();
    let [increment_mm, down, aside] = layout.spacing_mm();
    let [rows_turned, columns_turned] = layout.is_turned();
    // Nothing turned is 0, not -0.
    let turned = |along: [f64; 3], is_turned: bool| if is_turned { along.map(|x| 0.0 - x) } else { along };
    let [slice, row, column] = layout.centre_of([0; 3]);
    let side = |n: usize| u16::try_from(n).expect("no more blocks than voxels of the series");
    Geometry {
        rows: side(rows),
        columns: side(columns),
        spacing_mm: [down, aside],
        increment_mm,
        origin_lps_mm: series.position_lps_mm(slice, row, column),
        row_dir: turned(series.row_dir, columns_turned),
        column_dir: turned(series.column_dir, rows_turned),
        normal: series.normal,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::anatomical::tests::small;

    /// The lung is the core too, and the bone the region: 1 + 4 and 2 + 8. Of the blocks around the middle of the disc 13 lie
    /// within two blocks.
    #[test]
    fn bits_are_those_of_the_masks() {
        let map = anatomy_map(&small(false)).unwrap();
        assert_eq!(map.len(), 352 + 10 * 40 * 40);
        let bits = &map[352..];
        let count = |wanted: u8| bits.iter().filter(|&&bit| bit == wanted).count();
        assert_eq!([5, 10, 16, 0].map(count), [2000, 400, 13, 16_000 - 2413]);
        let at = |z: usize, y: usize, x: usize| bits[(z * 40 + y) * 40 + x];
        assert_eq!((at(5, 15, 25), at(5, 15, 27), at(5, 15, 28), at(4, 15, 25)), (16, 16, 0, 0));
        assert_eq!((at(0, 10, 8), at(0, 31, 20)), (5, 10));
    }

    /// From indices to RAS: 2.5 mm to the patient's left, to the back and up, from the first block, in RAS at 0, -10, -20.
    #[test]
    fn it_lies_in_the_patient_however_the_series_is_stored() {
        let map = anatomy_map(&small(false)).unwrap();
        let number = |at: usize| f32::from_le_bytes(map[at..at + 4].try_into().unwrap());
        let rows: Vec<f32> = (0..12).map(|i| number(280 + 4 * i)).collect();
        assert_eq!(rows, [-2.5, 0.0, 0.0, 0.0, 0.0, -2.5, 0.0, -10.0, 0.0, 0.0, 2.5, -20.0]);
        assert_eq!(number(108), 352.0);
        assert_eq!(map, anatomy_map(&small(true)).unwrap());
    }
}
