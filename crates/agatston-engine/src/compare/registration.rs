//! How lesions of one scan lie on those of another: a translation, then a rotation where enough lesions carry it.
//!
//! ```text
//! for every translation from a lesion to one of the same artery, and for none at all:
//!     add 1 - (distance / 5 mm)^2 of all lesions that find a partner within 5 mm
//! take the one with the largest sum, then the most volume, then the shortest
//! move to the mean of the partners; find partners again; until the sum no longer grows
//! where four partners or more spread in two directions: turn, if that is worth its three degrees of freedom
//! ```
//!
//! 1. Beyond 10 mm a translation needs two lesions that agree: one alone would find a partner anywhere.
//! 2. Partners are each other's nearest, so that no lesion counts twice.
//! 3. Partners are not merely counted: a speck of noise that finds another would else drag five lesions 4 mm off, which all
//!    keep their partners.
//! 4. The caller gives the two scans in an order that does not depend on which is the baseline.

use super::{placed::Placed, rotation};
use rotation::{Rotation, spread_mm};

/// Lesions find each other within this distance of their centroids, mm.
pub(super) const PARTNER_MM: f64 = 5.0;
/// Longest translation, mm: a patient who lies otherwise on the table.
const LONGEST_MM: f64 = 50.0;
/// Longest translation that one lesion alone may carry, mm.
const LONGEST_OF_ONE_MM: f64 = 10.0;
/// Largest rotation, degrees.
const LARGEST_DEG: f64 = 10.0;
/// Fewest pairs that may carry a rotation.
const FEWEST_TO_TURN: usize = 4;
/// Least spread along the second axis that carries a rotation, mm.
const LEAST_SPREAD_MM: f64 = 5.0;
/// Lesions of a scan that are looked at, the largest: every pair of them is tried.
const MOST_LESIONS: usize = 64;
/// Rounds of moving to the mean of the partners.
const ROUNDS: usize = 10;

type Vector = [f64; 3];

/// A rigid motion: turned about a centre, then moved.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Motion {
    pub(super) centre: Vector,
    pub(super) rotation: Rotation,
    pub(super) translation: Vector,
}

/// A motion and what it rests on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Registration {
    pub(super) motion: Motion,
    /// Pairs of lesions that find each other.
    pub(super) pairs: usize,
    /// Root mean square distance of these, mm; 0 without.
    pub(super) rms_mm: f64,
}

impl Motion {
    fn translation(translation: Vector) -> Self {
        Self { centre: [0.0; 3], rotation: Rotation::NONE, translation }
    }

    /// Moves a point.
    pub(super) fn apply(&self, point: Vector) -> Vector {
        sum(sum(self.rotation.turn(difference(point, self.centre)), self.centre), self.translation)
    }
}

/// Lays the first lesions on the second.
pub(super) fn register(first: &[Placed<'_>], second: &[Placed<'_>]) -> Registration {
    let both = [largest(first), largest(second)];
    let mut best = Candidate::new(&both, Motion::translation([0.0; 3]));
    for a in &both[0] {
        for b in both[1].iter().filter(|b| b.lesion.artery == a.lesion.artery) {
            let translation = difference(b.centroid(), a.centroid());
            let length = length(translation);
            if length > LONGEST_MM {
                continue;
            }
            let candidate = Candidate::new(&both, Motion::translation(translation));
            if (length <= LONGEST_OF_ONE_MM || candidate.pairs.len() > 1) && candidate.is_better_than(&best) {
                best = candidate;
            }
        }
    }
    let moved = moved_to_mean(&both, best);
    let turned = turned(&both, &moved);
    turned.unwrap_or(moved).registration(&both)
}

/// A motion that is tried, with the pairs that find each other under it.
struct Candidate {
    motion: Motion,
    pairs: Vec<(usize, usize)>,
    /// Sum over the pairs: 1 of one that lies on the other, 0 of one at the largest distance.
    nearness: f64,
    volume_mm3: f64,
}

type Both<'a> = [Vec<&'a Placed<'a>>; 2];

impl Candidate {
    fn new(both: &Both<'_>, motion: Motion) -> Self {
        let [first, second] = both;
        let distance = |i: usize, j: usize| {
            let (a, b) = (first.get(i)?, second.get(j)?);
            let apart = length(difference(motion.apply(a.centroid()), b.centroid()));
            (a.lesion.artery == b.lesion.artery && apart <= PARTNER_MM).then_some(apart)
        };
        let pairs = mutual(first.len(), second.len(), distance);
        let volume = |(i, j): &(usize, usize)| first[*i].volume_mm3() + second[*j].volume_mm3();
        let volume_mm3 = pairs.iter().map(volume).sum();
        let near = |(i, j): &(usize, usize)| distance(*i, *j).map(|mm| 1.0 - (mm / PARTNER_MM).powi(2));
        let nearness = pairs.iter().filter_map(near).sum();
        Self { motion, pairs, nearness, volume_mm3 }
    }

    fn is_better_than(&self, other: &Self) -> bool {
        let by_nearness = self.nearness.total_cmp(&other.nearness);
        let by_volume = self.volume_mm3.total_cmp(&other.volume_mm3);
        let by_length = length(other.motion.translation).total_cmp(&length(self.motion.translation));
        by_nearness.then(by_volume).then(by_length).is_gt()
    }

    /// Centroids of the pairs, the first ones moved by nothing.
    fn points(&self, both: &Both<'_>) -> Vec<(Vector, Vector)> {
        let [first, second] = both;
        self.pairs.iter().map(|(i, j)| (first[*i].centroid(), second[*j].centroid())).collect()
    }

    /// Sum of squared distances of the pairs, mm2.
    fn squares(&self, both: &Both<'_>) -> f64 {
        let square = |(a, b): (Vector, Vector)| length(difference(self.motion.apply(a), b)).powi(2);
        self.points(both).into_iter().map(square).sum()
    }

    fn registration(&self, both: &Both<'_>) -> Registration {
        let pairs = self.pairs.len();
        let rms_mm = (self.squares(both) / pairs.max(1) as f64).sqrt();
        Registration { motion: self.motion, pairs, rms_mm }
    }
}

/// Moves to the mean of the partners as long as that brings them nearer.
fn moved_to_mean(both: &Both<'_>, mut best: Candidate) -> Candidate {
    for _ in 0..ROUNDS {
        let points = best.points(both);
        if points.is_empty() {
            break;
        }
        let translation = mean(points.iter().map(|(a, b)| difference(*b, *a)));
        let next = Candidate::new(both, Motion::translation(translation));
        if next.nearness <= best.nearness || length(translation) > LONGEST_MM {
            break;
        }
        best = next;
    }
    best
}

/// The motion with its rotation, where that is small, carried by enough lesions and worth its degrees of freedom.
fn turned(both: &Both<'_>, moved: &Candidate) -> Option<Candidate> {
    let points = moved.points(both);
    if points.len() < FEWEST_TO_TURN {
        return None;
    }
    let (from, to) = (mean(points.iter().map(|p| p.0)), mean(points.iter().map(|p| p.1)));
    let centred: Vec<(Vector, Vector)> =
        points.iter().map(|(a, b)| (difference(*a, from), difference(*b, to))).collect();
    if spread_mm(centred.iter().map(|p| p.0)).min(spread_mm(centred.iter().map(|p| p.1))) < LEAST_SPREAD_MM {
        return None;
    }
    let rotation = Rotation::fit(&centred);
    let motion = Motion { centre: from, rotation, translation: difference(to, from) };
    let turned = Candidate::new(both, motion);
    let same = Candidate { motion, pairs: moved.pairs.clone(), ..*moved };
    // Three more degrees of freedom always lower the sum; it must fall by more than they would take from noise.
    let (n, before, after) = (3.0 * points.len() as f64, moved.squares(both), same.squares(both));
    let worth = after / (n - 6.0) < before / (n - 3.0);
    (rotation.degrees() <= LARGEST_DEG && worth && turned.nearness >= moved.nearness).then_some(turned)
}

/// Pairs that are each other's nearest; `distance` is `None` for what can be no pair.
pub(super) fn mutual(
    first: usize,
    second: usize,
    distance: impl Fn(usize, usize) -> Option<f64>,
) -> Vec<(usize, usize)> {
    let nearest = |count: usize, to: &dyn Fn(usize) -> Option<f64>| {
        let all = (0..count).filter_map(|i| to(i).map(|d| (d, i)));
        all.min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, i)| i)
    };
    let partner = |i: usize| {
        let j = nearest(second, &|j| distance(i, j))?;
        (nearest(first, &|k| distance(k, j))? == i).then_some((i, j))
    };
    (0..first).filter_map(partner).collect()
}

/// The largest lesions, in the order in which they came.
fn largest<'a>(lesions: &'a [Placed<'a>]) -> Vec<&'a Placed<'a>> {
    let mut order: Vec<(usize, &Placed<'_>)> = lesions.iter().enumerate().collect();
    order.sort_by(|a, b| b.1.volume_mm3().total_cmp(&a.1.volume_mm3()));
    order.truncate(MOST_LESIONS);
    order.sort_by_key(|(i, _)| *i);
    order.into_iter().map(|(_, lesion)| lesion).collect()
}

fn mean(points: impl Iterator<Item = Vector>) -> Vector {
    let (total, count) = points.fold(([0.0; 3], 0.0), |(total, count), p| (sum(total, p), count + 1.0));
    total.map(|x| x / count)
}

fn sum([a, b, c]: Vector, [x, y, z]: Vector) -> Vector {
    [a + x, b + y, c + z]
}

fn difference([a, b, c]: Vector, [x, y, z]: Vector) -> Vector {
    [a - x, b - y, c - z]
}

/// Length of a vector, mm.
pub(super) fn length([a, b, c]: Vector) -> f64 {
    (a * a + b * b + c * c).sqrt()
}

/// How far apart two points are, mm.
pub(super) fn apart(a: Vector, b: Vector) -> f64 {
    length(difference(a, b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::{
        placed::placed,
        sample::{lesion, side},
    };

    const PLACES: [Vector; 5] =
        [[0.0, 0.0, 0.0], [40.0, 5.0, 10.0], [10.0, 45.0, 30.0], [-20.0, 10.0, 50.0], [15.0, -25.0, 20.0]];

    fn found(first: &[Vector], second: &[Vector]) -> Registration {
        let make = |at: &[Vector]| side(&at.iter().map(|p| lesion("LAD", *p, 4.0)).collect::<Vec<_>>());
        let (a, b) = (make(first), make(second));
        register(&placed(&a.document), &placed(&b.document))
    }

    fn is_near(a: Vector, b: Vector) -> bool {
        apart(a, b) < 1e-9
    }

    #[test]
    fn a_known_translation_comes_back() {
        let by = [20.0, -12.0, 8.0];
        let registration = found(&PLACES, &PLACES.map(|p| sum(p, by)));
        assert_eq!(registration.pairs, 5);
        assert!(is_near(registration.motion.translation, by) && registration.rms_mm < 1e-9);
        assert_eq!(registration.motion.rotation, Rotation::NONE, "nothing to gain by turning");
    }

    /// Four lesions that are there again outvote one that is not.
    #[test]
    fn a_vanished_and_a_new_lesion_do_not_matter() {
        let mut second = PLACES.map(|p| sum(p, [3.0, 0.0, 0.0])).to_vec();
        second[4] = [100.0, 0.0, 0.0];
        let registration = found(&PLACES, &second);
        assert_eq!(registration.pairs, 4);
        assert!(is_near(registration.motion.translation, [3.0, 0.0, 0.0]));
    }

    /// Five lesions in their places, and a speck that 4 mm aside would find another: the speck does not move them.
    #[test]
    fn a_speck_of_noise_moves_nothing() {
        let (mut first, mut second) = (PLACES.to_vec(), PLACES.to_vec());
        first.push([80.0, 80.0, 0.0]);
        second.push([88.9, 80.0, 0.0]);
        let registration = found(&first, &second);
        assert_eq!((registration.pairs, registration.motion.translation), (5, [0.0; 3]));
    }

    #[test]
    fn one_lesion_carries_ten_millimetres() {
        let one = |at: f64| found(&[[0.0; 3]], &[[at, 0.0, 0.0]]);
        assert_eq!((one(9.0).pairs, one(9.0).motion.translation), (1, [9.0, 0.0, 0.0]));
        assert_eq!((one(11.0).pairs, one(11.0).motion.translation), (0, [0.0; 3]));
        let two =
            |by: f64| found(&PLACES[..2], &[sum(PLACES[0], [by, 0.0, 0.0]), sum(PLACES[1], [by, 0.0, 0.0])]);
        assert_eq!((two(30.0).pairs, two(60.0).pairs), (2, 0));
    }

    /// 5 degrees about the axis of the body: the farthest lesion moves by 4 mm.
    #[test]
    fn a_known_rotation_comes_back() {
        let (s, c) = 5.0_f64.to_radians().sin_cos();
        let turn = |[x, y, z]: Vector| [c * x - s * y, s * x + c * y, z];
        let registration = found(&PLACES, &PLACES.map(|p| sum(turn(p), [2.0, 1.0, -3.0])));
        assert_eq!(registration.pairs, 5);
        assert!((registration.motion.rotation.degrees() - 5.0).abs() < 1e-6, "{registration:?}");
        assert!(registration.rms_mm < 1e-6);
    }

    /// Lesions of other arteries are no partners.
    #[test]
    fn arteries_do_not_mix() {
        let (a, b) = (side(&[lesion("LAD", [0.0; 3], 4.0)]), side(&[lesion("RCA", [0.0; 3], 4.0)]));
        assert_eq!(register(&placed(&a.document), &placed(&b.document)).pairs, 0);
    }
}
