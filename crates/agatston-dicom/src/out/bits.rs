//! Pixels of one bit: the first pixel is the lowest bit of the first byte, and frames follow each other without padding
//! (PS3.5 8.1.1, PS3.3 C.8.20.2).

use std::ops::Range;

/// Bits in a row, all 0 at first.
pub(super) struct Bits(Vec<u8>);

impl Bits {
    /// As many as `length`, in an even number of bytes.
    pub(super) fn zeros(length: usize) -> Self {
        Self(vec![0; length.div_ceil(16) * 2])
    }

    /// Makes a range 1: the ends bit by bit, what lies between by bytes.
    pub(super) fn set(&mut self, range: Range<usize>) {
        let whole = range.start.div_ceil(8)..range.end / 8;
        if whole.start >= whole.end {
            range.for_each(|bit| self.0[bit / 8] |= 1 << (bit % 8));
            return;
        }
        (range.start..whole.start * 8).for_each(|bit| self.0[bit / 8] |= 1 << (bit % 8));
        self.0[whole.clone()].fill(0xFF);
        (whole.end * 8..range.end).for_each(|bit| self.0[bit / 8] |= 1 << (bit % 8));
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bit `i` of the number that the bytes are, lowest first, is bit `i`: a range is a difference of powers of two.
    #[test]
    fn a_range_is_a_difference_of_powers() {
        for start in 0..64 {
            for end in start..64 {
                let mut bits = Bits::zeros(64);
                bits.set(start..end);
                let expected = ((1u64 << end) - (1u64 << start)).to_le_bytes();
                assert_eq!(bits.into_bytes(), expected, "{start}..{end}");
            }
        }
    }

    #[test]
    fn lengths_are_even() {
        for (length, bytes) in [(0, 0), (1, 2), (16, 2), (17, 4), (24 * 5, 16)] {
            assert_eq!(Bits::zeros(length).into_bytes().len(), bytes, "{length}");
        }
    }

    /// Frames of 3 x 3 follow each other inside a byte: pixel 8 of the first is bit 8, pixel 0 of the second bit 9.
    #[test]
    fn frames_share_bytes() {
        let mut bits = Bits::zeros(18);
        bits.set(8..9);
        bits.set(9..10);
        assert_eq!(bits.into_bytes(), [0, 0b11, 0, 0]);
    }
}
