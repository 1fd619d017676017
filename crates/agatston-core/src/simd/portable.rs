//! The portable form of the loop: comparisons that any compiler can vectorise, then bits by multiplication.

use super::{BLOCK, Form, Found, LANES, Passing, Rows, Walk};

/// See [`Backend::scan_rows`](super::Backend::scan_rows).
pub(super) fn scan_rows(rows: Rows<'_>, passing: Passing, found: &mut Found<'_>) {
    let form = Form {
        reaches: |block: &[i16; BLOCK]| block.iter().fold(i16::MIN, |a, &v| a.max(v)) >= passing.bound,
        walk: |walk: &mut Walk<'_>, voxels: &[i16], at: usize| along(walk, voxels, at, passing),
        peak_and_sum,
    };
    super::scan_rows(rows, &form, found);
}

/// Out of line, because most blocks are passed over.
#[inline(never)]
fn along(walk: &mut Walk<'_>, voxels: &[i16], at: usize, passing: Passing) {
    walk.along(voxels, at, passing, |voxels| pack(voxels, passing.bound));
}

/// Moves the lowest bit of each byte of a word into its highest byte, in order.
const GATHER: u64 = 0x0102_0408_1020_4080;

/// One bit a voxel: first one byte each, 0 or 1, then eight of them at a time into eight bits.
#[inline(always)]
fn pack(voxels: &[i16; LANES], bound: i16) -> u64 {
    let bytes: [u8; LANES] = std::array::from_fn(|i| u8::from(voxels[i] >= bound));
    let eights = bytes.as_chunks::<8>().0.iter();
    eights.rev().fold(0, |word, eight| (word << 8) | (u64::from_le_bytes(*eight).wrapping_mul(GATHER) >> 56))
}

/// Largest value and sum, each in a loop of its own that the compiler can vectorise.
#[inline]
pub(crate) fn peak_and_sum(values: &[i16]) -> (i16, i32) {
    (values.iter().fold(i16::MIN, |a, &v| a.max(v)), values.iter().map(|&v| i32::from(v)).sum())
}
