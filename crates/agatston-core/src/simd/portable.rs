//! The portable form: a block maximum first, because most blocks hold no candidate, then the bits.

use super::LANES;

/// See [`Backend::masks`](super::Backend::masks).
pub(super) fn masks(row: &[i16], bound: i16, masks: &mut [u64]) {
    for (block, mask) in row.chunks(LANES).zip(masks) {
        let highest = block.iter().fold(i16::MIN, |a, &v| a.max(v));
        *mask = if highest < bound { 0 } else { pack(block, bound) };
    }
}

/// One bit a voxel, eight voxels at a time so that the compiler can compare them together.
fn pack(block: &[i16], bound: i16) -> u64 {
    block.chunks(8).enumerate().fold(0, |word, (i, eight)| {
        let byte = eight.iter().enumerate().fold(0, |byte, (bit, &v)| byte | (u64::from(v >= bound) << bit));
        word | (byte << (8 * i))
    })
}
