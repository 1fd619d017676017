//! From stored values to HU and, exactly, back: the smallest stored value that reaches a HU bound.
//!
//! HU grows with the stored value, so a bound on HU is a bound on stored integers. It is found by evaluating
//! the very expression that defines HU at neighbouring integers, so no rounding can move a voxel across it.

/// Largest HU that a rescale may lead to; a scanner's are below 31,000.
const HU_MAX: f64 = 1e9;

/// The rescale of one slice: `hu = slope * (stored + bias) + intercept`.
///
/// `slope` is finite and positive. The loader hands every plane over as signed 16-bit values: `bias` undoes a
/// flipped top bit (unsigned data over 32767) and a bitwise NOT (negative slope).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rescale {
    slope: f64,
    intercept: f64,
    bias: i32,
}

impl Rescale {
    /// A rescale, or `None` unless slope and intercept are finite, the slope is positive, and every HU they lead to
    /// is below a thousand million, so that no sum can overflow.
    pub fn new(slope: f64, intercept: f64, bias: i32) -> Option<Self> {
        let rescale = Self { slope, intercept, bias };
        let fits = |stored| rescale.hu(stored).abs() < HU_MAX;
        (slope > 0.0 && fits(i16::MIN) && fits(i16::MAX)).then_some(rescale)
    }

    /// HU per stored unit.
    pub fn slope(self) -> f64 {
        self.slope
    }

    /// HU at `stored + bias = 0`.
    pub fn intercept(self) -> f64 {
        self.intercept
    }

    /// What is added to a stored value before the slope applies.
    pub fn bias(self) -> i32 {
        self.bias
    }

    /// HU of a stored value, unrounded.
    pub fn hu(self, stored: i16) -> f64 {
        self.slope * f64::from(i32::from(stored) + self.bias) + self.intercept
    }

    /// Sum of the HU of `count` voxels whose stored values add up to `sum`.
    #[expect(clippy::cast_precision_loss, reason = "sums stay below 2^53: 2^16 values of 2^31 voxels")]
    pub(crate) fn sum_hu(self, sum: i64, count: u64) -> f64 {
        let count = count as f64;
        self.slope * (sum as f64 + f64::from(self.bias) * count) + self.intercept * count
    }

    /// The smallest stored value whose HU is `>= bound`; `None` when there is none.
    pub fn at_least(self, bound_hu: f64) -> Option<i16> {
        self.first(|hu| hu >= bound_hu)
    }

    /// The smallest stored value whose HU is `> bound`; `None` when there is none.
    pub fn above(self, bound_hu: f64) -> Option<i16> {
        self.first(|hu| hu > bound_hu)
    }

    /// Binary search over all stored values for the first that passes; `passes` is monotone because HU is.
    fn first(self, passes: impl Fn(f64) -> bool) -> Option<i16> {
        let (mut below, mut reached) = (i32::from(i16::MIN) - 1, i32::from(i16::MAX) + 1);
        while reached - below > 1 {
            let middle = i32::midpoint(below, reached);
            let stored = i16::try_from(middle).ok()?;
            if passes(self.hu(stored)) {
                reached = middle;
            } else {
                below = middle;
            }
        }
        i16::try_from(reached).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn plain_hu() {
        let r = Rescale::new(1.0, -1024.0, 0).unwrap();
        assert_eq!(r.at_least(130.0), Some(1154));
        assert_eq!(r.above(130.0), Some(1155));
        assert_eq!(r.at_least(40_000.0), None);
        assert_eq!(r.at_least(-1e9), Some(i16::MIN));
    }

    #[test]
    fn fractional_hu_is_not_truncated() {
        // Slope 0.5: stored 399 is 199.5 HU, below 200; an i16 HU volume would make it 199 or 200.
        let r = Rescale::new(0.5, 0.0, 0).unwrap();
        assert_eq!(r.at_least(200.0), Some(400));
        assert_eq!(r.hu(399), 199.5);
    }

    #[test]
    fn rejects_what_is_no_rescale() {
        assert!(Rescale::new(0.0, 0.0, 0).is_none());
        assert!(Rescale::new(-1.0, 0.0, 0).is_none());
        assert!(Rescale::new(f64::NAN, 0.0, 0).is_none());
        assert!(Rescale::new(1.0, f64::INFINITY, 0).is_none());
        assert!(Rescale::new(1e306, 0.0, 0).is_none());
    }

    proptest! {
        /// The bound is where a scan over every stored value would put it.
        #[test]
        fn bound_is_exact(slope in 0.001f64..20.0, intercept in -5000f64..5000.0, bias in -40_000i32..40_000, hu in -2000f64..4000.0) {
            let r = Rescale::new(slope, intercept, bias).unwrap();
            let all = || i16::MIN..=i16::MAX;
            prop_assert_eq!(r.at_least(hu), all().find(|&s| r.hu(s) >= hu));
            prop_assert_eq!(r.above(hu), all().find(|&s| r.hu(s) > hu));
        }
    }
}
