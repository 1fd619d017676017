//! Quantiles, and counts in a fixed order.

use super::record::{DistributionRecord, NamedCount, NumberCount, SpreadRecord};
use std::{cmp::Reverse, collections::BTreeMap};

/// The same values in order.
pub(super) fn sorted(mut values: Vec<f64>) -> Vec<f64> {
    values.sort_by(f64::total_cmp);
    values
}

/// A quantile of ordered values, on the straight line between the two it lies between (type 7 of Hyndman and Fan, 1996).
pub(super) fn quantile(ordered: &[f64], part: f64) -> Option<f64> {
    let last = ordered.len().checked_sub(1)?;
    #[expect(clippy::cast_precision_loss, reason = "no table has 2^53 rows")]
    let place = part * last as f64;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to the last index")]
    let below = place as usize;
    let (low, high) = (*ordered.get(below)?, ordered[(below + 1).min(last)]);
    Some(low + (place - place.floor()) * (high - low))
}

/// The middle of values in any order.
pub(super) fn median(values: Vec<f64>) -> Option<f64> {
    quantile(&sorted(values), 0.5)
}

/// A sum that does not depend on the order of the values.
pub(super) fn sum(values: Vec<f64>) -> f64 {
    sorted(values).into_iter().fold(0.0, |sum, x| sum + x)
}

/// The distribution of values; `unknown` are missing.
pub(super) fn distribution(values: Vec<f64>, unknown: u64) -> DistributionRecord {
    let ordered = sorted(values);
    let at = |part| quantile(&ordered, part);
    DistributionRecord {
        n: ordered.len() as u64,
        unknown,
        zero: ordered.iter().filter(|x| **x <= 0.0).count() as u64,
        minimum: at(0.0),
        lower_quartile: at(0.25),
        median: at(0.5),
        upper_quartile: at(0.75),
        percentile_90: at(0.9),
        maximum: at(1.0),
    }
}

/// How values spread; `None` without one.
pub(super) fn spread(values: Vec<f64>) -> Option<SpreadRecord> {
    let ordered = sorted(values);
    Some(SpreadRecord {
        n: ordered.len() as u64,
        minimum: quantile(&ordered, 0.0)?,
        median: quantile(&ordered, 0.5)?,
        maximum: quantile(&ordered, 1.0)?,
    })
}

/// How often each key was seen. What is not known has the key `None`.
#[derive(Debug)]
pub(super) struct Counts<K>(BTreeMap<Option<K>, u64>);

impl<K> Default for Counts<K> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<K: Ord + Clone> Counts<K> {
    pub(super) fn add(&mut self, key: Option<K>) {
        *self.0.entry(key).or_default() += 1;
    }

    /// How many different keys are known.
    pub(super) fn known(&self) -> u64 {
        self.0.keys().flatten().count() as u64
    }

    /// The most frequent first, ties by key, what is not known last.
    pub(super) fn most_first(&self) -> Vec<(Option<K>, u64)> {
        let mut out: Vec<_> = self.0.iter().map(|(key, n)| (key.clone(), *n)).collect();
        out.sort_by_key(|(key, n)| (key.is_none(), Reverse(*n))); // stable: the map is in the order of its keys
        out
    }
}

impl Counts<String> {
    pub(super) fn named(&self) -> Vec<NamedCount> {
        self.most_first().into_iter().map(|(name, series)| NamedCount { name, series }).collect()
    }
}

/// A finite number that can be a key: as bits that are in its order, of numbers from 0 on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct NumberKey(u64);

impl NumberKey {
    pub(super) fn of(x: f64) -> Self {
        Self(x.to_bits())
    }
}

impl Counts<NumberKey> {
    pub(super) fn numbers(&self) -> Vec<NumberCount> {
        let value = |key: Option<NumberKey>| key.map(|key| f64::from_bits(key.0));
        self.most_first().into_iter().map(|(key, series)| NumberCount { value: value(key), series }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: of 1, 2, 3, 4 the quartiles lie at places 0.75, 1.5 and 2.25, the ninth tenth at 2.7.
    #[test]
    fn quantiles_lie_between_values() {
        let found = distribution(vec![4.0, 2.0, 3.0, 1.0], 2);
        let expected = [1.0, 1.75, 2.5, 3.25, 3.7, 4.0].map(Some);
        let DistributionRecord {
            minimum,
            lower_quartile,
            median,
            upper_quartile,
            percentile_90,
            maximum,
            ..
        } = found;
        let seen = [minimum, lower_quartile, median, upper_quartile, percentile_90, maximum];
        for (seen, expected) in seen.into_iter().zip(expected) {
            assert!((seen.unwrap() - expected.unwrap()).abs() < 1e-12, "{seen:?} for {expected:?}");
        }
        assert_eq!((found.n, found.unknown, found.zero), (4, 2, 0));
        assert_eq!(quantile(&[], 0.5), None);
        assert_eq!(quantile(&[7.0], 0.9), Some(7.0));
        assert_eq!(spread(Vec::new()), None);
    }

    #[test]
    fn the_most_frequent_first_the_unknown_last() {
        let mut counts = Counts::default();
        for key in ["b", "a", "c", "c"] {
            counts.add(Some(key.to_owned()));
        }
        (0..3).for_each(|_| counts.add(None));
        let names: Vec<_> = counts.named().into_iter().map(|c| (c.name, c.series)).collect();
        let of = |name: &str, n| (Some(name.to_owned()), n);
        assert_eq!(names, [of("c", 2), of("a", 1), of("b", 1), (None, 3)]);
        let mut numbers = Counts::default();
        [3.0, 2.5, 10.0, 2.5].into_iter().for_each(|x| numbers.add(Some(NumberKey::of(x))));
        let values: Vec<_> = numbers.numbers().into_iter().map(|c| c.value.unwrap()).collect();
        assert_eq!(values, [2.5, 3.0, 10.0]);
    }
}
