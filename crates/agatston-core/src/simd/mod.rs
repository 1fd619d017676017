//! The hot voxel loop: which of 64 neighbouring voxels reach a bound, as one bit each.
//!
//! Idea: compare a block of voxels with the bound and keep only the answer, packed into a `u64`; everything
//! after this works on bits, and an empty or full block costs a single comparison of words.
//!
//! ```text
//! for each block of 64 voxels:  bit i of word = (voxel i >= bound)
//! ```
//!
//! 1. One type (`i16`) and one comparison (`>=`): the loader and `rescale` have moved everything else away.
//! 2. The instruction set is asked for once a thread, with its working memory.
//! 3. `portable` is the twin that every other form must equal, bit for bit.
//!
//! All unsafe code of the workspace is in this folder, behind the safe face of [`Backend::masks`].

#[cfg(target_arch = "x86_64")]
mod avx2;
mod portable;

/// Voxels per mask word.
pub(crate) const LANES: usize = 64;

/// The form of the loop that this machine runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Backend {
    /// Plain Rust, shaped so that the compiler can vectorise it for any machine.
    Portable,
    /// AVX2 and nothing newer: AVX-512 gained nothing reliable.
    #[cfg(target_arch = "x86_64")]
    Avx2(avx2::Detected),
}

impl Backend {
    /// The fastest form that this machine can run.
    pub(crate) fn detect() -> Self {
        #[cfg(target_arch = "x86_64")]
        if let Some(detected) = avx2::Detected::detect() {
            return Self::Avx2(detected);
        }
        Self::Portable
    }

    /// Sets bit `i % 64` of `masks[i / 64]` where `row[i] >= bound`, and clears it elsewhere.
    ///
    /// `masks` has one word for each started block of 64 voxels; bits after the last voxel are zero.
    pub(crate) fn masks(self, row: &[i16], bound: i16, masks: &mut [u64]) {
        assert_eq!(masks.len(), row.len().div_ceil(LANES), "one word for each started block");
        match self {
            Self::Portable => portable::masks(row, bound, masks),
            #[cfg(target_arch = "x86_64")]
            Self::Avx2(detected) => detected.masks(row, bound, masks),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Every form this machine can run.
    fn backends() -> Vec<Backend> {
        let mut all = vec![Backend::Portable];
        all.extend((Backend::detect() != Backend::Portable).then(Backend::detect));
        all
    }

    /// The definition, one voxel at a time.
    fn naive(row: &[i16], bound: i16) -> Vec<u64> {
        let mut masks = vec![0; row.len().div_ceil(LANES)];
        for (i, &v) in row.iter().enumerate() {
            masks[i / LANES] |= u64::from(v >= bound) << (i % LANES);
        }
        masks
    }

    fn check(row: &[i16], bound: i16) {
        for backend in backends() {
            let mut masks = vec![u64::MAX; row.len().div_ceil(LANES)];
            backend.masks(row, bound, &mut masks);
            assert_eq!(masks, naive(row, bound), "{backend:?}, {} voxels, bound {bound}", row.len());
        }
    }

    #[test]
    fn seeds() {
        for length in [0, 1, 15, 16, 17, 31, 32, 63, 64, 65, 127, 128, 512] {
            for bound in [i16::MIN, i16::MIN + 1, -1, 0, 130, i16::MAX] {
                check(&vec![130; length], bound);
                check(&vec![i16::MIN; length], bound);
                check(&vec![i16::MAX; length], bound);
                let ramp: Vec<i16> = (-300..).step_by(7).take(length).collect();
                check(&ramp, bound);
            }
            for lit in 0..length {
                let mut row = vec![0; length];
                row[lit] = 500;
                check(&row, 130);
            }
        }
    }

    proptest! {
        #[test]
        fn equals_the_definition(row in prop::collection::vec(any::<i16>(), 0..300), bound in any::<i16>()) {
            check(&row, bound);
        }
    }
}
