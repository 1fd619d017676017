//! Medians and percentiles of a few numbers.

use crate::voxels::{count, whole};

/// Median; the mean of the two in the middle of an even number. `None` of none.
pub(crate) fn median(mut values: Vec<f64>) -> Option<f64> {
    percentile(&mut values, 50.0)
}

/// Percentile with linear interpolation between neighbours. `None` of none.
pub(crate) fn percentile(values: &mut [f64], percent: f64) -> Option<f64> {
    let last = values.len().checked_sub(1)?;
    let place = percent / 100.0 * count(last);
    let below = whole(place);
    let (_, &mut low, above) = values.select_nth_unstable_by(below, f64::total_cmp);
    let high = above.iter().copied().min_by(f64::total_cmp).unwrap_or(low);
    Some(low + (place - count(below)) * (high - low))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_hand() {
        assert_eq!(median(vec![3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(vec![4.0, 1.0, 2.0, 3.0]), Some(2.5));
        assert_eq!(median(Vec::new()), None);
        assert_eq!(percentile(&mut [0.0, 10.0, 20.0, 30.0, 40.0], 25.0), Some(10.0));
        assert_eq!(percentile(&mut [0.0, 10.0], 25.0), Some(2.5));
    }
}
