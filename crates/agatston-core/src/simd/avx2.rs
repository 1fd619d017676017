//! The AVX2 form: 32 voxels are compared, narrowed to bytes and turned into 32 bits at a time.
#![allow(unsafe_code, reason = "the one place for instructions that the portable language cannot name")]

use super::{LANES, portable};
use std::arch::x86_64::{
    __m256i, _mm256_cmpgt_epi16, _mm256_loadu_si256, _mm256_movemask_epi8, _mm256_packs_epi16,
    _mm256_permute4x64_epi64, _mm256_set1_epi16,
};

/// Proof that the processor has AVX2: only [`Detected::detect`] makes one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Detected(());

impl Detected {
    /// The proof, where the processor has AVX2.
    pub(super) fn detect() -> Option<Self> {
        std::arch::is_x86_feature_detected!("avx2").then_some(Self(()))
    }

    /// See [`Backend::masks`](super::Backend::masks).
    pub(super) fn masks(self, row: &[i16], bound: i16, masks: &mut [u64]) {
        // SAFETY: `self` exists, so the processor has AVX2.
        unsafe { masks_avx2(row, bound, masks) }
    }
}

#[target_feature(enable = "avx2")]
fn masks_avx2(row: &[i16], bound: i16, masks: &mut [u64]) {
    let Some(below) = bound.checked_sub(1) else {
        return portable::masks(row, bound, masks); // every voxel passes; `v > bound - 1` cannot be said
    };
    let below = _mm256_set1_epi16(below);
    let (blocks, rest) = row.as_chunks::<LANES>();
    for (block, mask) in blocks.iter().zip(&mut *masks) {
        let (low, high) = block.split_at(LANES / 2);
        *mask = u64::from(bits(low, below)) | (u64::from(bits(high, below)) << 32);
    }
    if !rest.is_empty() {
        portable::masks(rest, bound, &mut masks[blocks.len()..]);
    }
}

/// One bit for each of 32 voxels: whether it is over `below`.
#[target_feature(enable = "avx2")]
fn bits(voxels: &[i16], below: __m256i) -> u32 {
    let (first, second) = voxels.split_at(16);
    let a = _mm256_cmpgt_epi16(load(first), below);
    let b = _mm256_cmpgt_epi16(load(second), below);
    // Narrowing works on 128-bit halves, so the middle two quarters come out swapped: 0, 2, 1, 3.
    let bytes = _mm256_permute4x64_epi64::<0b11_01_10_00>(_mm256_packs_epi16(a, b));
    _mm256_movemask_epi8(bytes).cast_unsigned()
}

#[target_feature(enable = "avx2")]
fn load(voxels: &[i16]) -> __m256i {
    assert!(voxels.len() >= 16, "a full register of voxels");
    // SAFETY: the slice holds at least 16 values of 2 bytes = 32 bytes; the load needs no alignment.
    unsafe { _mm256_loadu_si256(voxels.as_ptr().cast()) }
}
