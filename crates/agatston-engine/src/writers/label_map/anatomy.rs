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
    let turned =
        |direction: [f64; 3], is_turned: bool| if is_turned { direction.map(|x| -x) } else { direction };
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
