//! The AVX2 form: 32 voxels are compared, narrowed to bytes and turned into 32 bits at a time; 16 are added up.
#![allow(unsafe_code, reason = "the one place for instructions that the portable language cannot name")]

use super::{BLOCK, Form, Found, LANES, Passing, Rows, Walk, portable};
use std::arch::x86_64::{
    __m256i, _mm_add_epi32, _mm_cvtsi128_si32, _mm_max_epi16, _mm_minpos_epu16, _mm_set1_epi16,
    _mm_shuffle_epi32, _mm_xor_si128, _mm256_add_epi32, _mm256_castsi256_si128, _mm256_cmpgt_epi16,
    _mm256_extracti128_si256, _mm256_loadu_si256, _mm256_madd_epi16, _mm256_max_epi16, _mm256_movemask_epi8,
    _mm256_packs_epi16, _mm256_permute4x64_epi64, _mm256_set1_epi16, _mm256_setzero_si256,
};

/// Proof that the processor has AVX2: only [`Detected::detect`] makes one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Detected(());

impl Detected {
    /// The proof, where the processor has AVX2.
    pub(super) fn detect() -> Option<Self> {
        std::arch::is_x86_feature_detected!("avx2").then_some(Self(()))
    }

    /// See [`Backend::scan_rows`](super::Backend::scan_rows).
    pub(super) fn scan_rows(self, rows: Rows<'_>, passing: Passing, found: &mut Found<'_>) {
        // SAFETY: `self` exists, so the processor has AVX2.
        unsafe { scan_rows_avx2(rows, passing, found) }
    }
}

/// The loop of all forms, compiled for AVX2.
#[target_feature(enable = "avx2")]
fn scan_rows_avx2(rows: Rows<'_>, passing: Passing, found: &mut Found<'_>) {
    if passing.bound == i16::MIN {
        return portable::scan_rows(rows, passing, found); // every voxel passes; `v > bound - 1` cannot be said
    }
    let below = _mm256_set1_epi16(passing.bound - 1);
    let form = Form {
        reaches: |block: &[i16; BLOCK]| reaches(block, below),
        walk: |walk: &mut Walk<'_>, voxels: &[i16], at: usize| along(walk, voxels, at, passing),
        peak_and_sum: |values: &[i16]| peak_and_sum(values),
    };
    super::scan_rows(rows, &form, found);
}

/// Whether the maximum of a block is over `below`.
#[target_feature(enable = "avx2")]
fn reaches(block: &[i16; BLOCK], below: __m256i) -> bool {
    let highest = block.chunks_exact(16).fold(below, |a, voxels| _mm256_max_epi16(a, load(voxels)));
    _mm256_movemask_epi8(_mm256_cmpgt_epi16(highest, below)) != 0
}

/// Out of line, because most blocks are passed over.
#[inline(never)]
#[target_feature(enable = "avx2")]
fn along(walk: &mut Walk<'_>, voxels: &[i16], at: usize, passing: Passing) {
    let below = _mm256_set1_epi16(passing.bound - 1); // not the smallest value, see above
    walk.along(voxels, at, passing, |voxels| pack(voxels, below));
}

/// One bit for each of 64 voxels: whether it is over `below`.
#[target_feature(enable = "avx2")]
fn pack(voxels: &[i16; LANES], below: __m256i) -> u64 {
    let (low, high) = voxels.split_at(LANES / 2);
    u64::from(bits(low, below)) | (u64::from(bits(high, below)) << 32)
}

/// One bit for each of 32 voxels.
#[target_feature(enable = "avx2")]
fn bits(voxels: &[i16], below: __m256i) -> u32 {
    let (first, second) = voxels.split_at(16);
    let a = _mm256_cmpgt_epi16(load(first), below);
    let b = _mm256_cmpgt_epi16(load(second), below);
    // Narrowing works on 128-bit halves, so the middle two quarters come out swapped: 0, 2, 1, 3.
    let bytes = _mm256_permute4x64_epi64::<0b11_01_10_00>(_mm256_packs_epi16(a, b));
    _mm256_movemask_epi8(bytes).cast_unsigned()
}

/// Sixteen zeros, then sixteen ones: read from place `n` on, the last `n` of sixteen are one.
const LAST: [i16; 32] = {
    let mut last = [0; 32];
    let mut i = 16;
    while i < 32 {
        last[i] = 1;
        i += 1;
    }
    last
};

/// Largest value and sum. What does not fill a register at the end is read with the values before it, which changes
/// no maximum and is multiplied by zero in the sum.
#[target_feature(enable = "avx2")]
fn peak_and_sum(values: &[i16]) -> (i16, i32) {
    let (full, rest) = values.as_chunks::<16>();
    let Some(last) = values.last_chunk::<16>() else { return portable::peak_and_sum(values) };
    let mut peaks = _mm256_set1_epi16(i16::MIN);
    let mut sums = _mm256_setzero_si256();
    for voxels in full {
        let voxels = load(voxels);
        peaks = _mm256_max_epi16(peaks, voxels);
        sums = _mm256_add_epi32(sums, _mm256_madd_epi16(voxels, _mm256_set1_epi16(1)));
    }
    let last = load(last);
    peaks = _mm256_max_epi16(peaks, last);
    sums = _mm256_add_epi32(sums, _mm256_madd_epi16(last, load(&LAST[rest.len()..rest.len() + 16])));
    (largest(peaks), total(sums))
}

/// The largest of 16 signed values.
#[target_feature(enable = "avx2")]
fn largest(values: __m256i) -> i16 {
    let eight = _mm_max_epi16(_mm256_castsi256_si128(values), _mm256_extracti128_si256::<1>(values));
    // There is one instruction for the smallest of eight unsigned values; this turns the order round.
    let turned = _mm_minpos_epu16(_mm_xor_si128(eight, _mm_set1_epi16(i16::MAX)));
    let [low, high, ..] = _mm_cvtsi128_si32(turned).to_le_bytes();
    i16::from_le_bytes([low, high]) ^ i16::MAX
}

/// The sum of 8 values.
#[target_feature(enable = "avx2")]
fn total(values: __m256i) -> i32 {
    let four = _mm_add_epi32(_mm256_castsi256_si128(values), _mm256_extracti128_si256::<1>(values));
    let two = _mm_add_epi32(four, _mm_shuffle_epi32::<0b00_00_11_10>(four));
    _mm_cvtsi128_si32(_mm_add_epi32(two, _mm_shuffle_epi32::<0b00_00_00_01>(two)))
}

#[target_feature(enable = "avx2")]
fn load(voxels: &[i16]) -> __m256i {
    assert!(voxels.len() >= 16, "a full register of voxels");
    // SAFETY: the slice holds at least 16 values of 2 bytes = 32 bytes; the load needs no alignment.
    unsafe { _mm256_loadu_si256(voxels.as_ptr().cast()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Every length around the registers, whatever the values: the sum of what is read twice counts once.
        #[test]
        fn peak_and_sum_equal_the_portable_ones(values in prop::collection::vec(any::<i16>(), 1..80)) {
            if Detected::detect().is_some() {
                // SAFETY: the processor has AVX2.
                let fast = unsafe { peak_and_sum(&values) };
                prop_assert_eq!(fast, portable::peak_and_sum(&values));
            }
        }
    }
}
