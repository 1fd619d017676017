//! Which lesions of one scan are which of the other.
//!
//! Lesions of one artery whose boxes meet after registration are joined; those that meet none may still be each other's
//! nearest. What hangs together is one group: one lesion that persists, several that became one, one that became several.

use super::{
    placed::{Block, Placed},
    record::{ByLesionRecord, LesionCountsRecord, MatchKind, MatchRecord},
    registration::{Motion, PARTNER_MM, apart, mutual},
};
use crate::result::{ClassWord, LesionRecord};
use agatston_core::Union;

/// Boxes of foci meet up to this distance in the plane of the slices, mm: a pixel or two of the rim.
const GAP_MM: f64 = 1.0;

/// Lesions that belong together, by their index on each side.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Group {
    pub(super) baseline: Vec<usize>,
    pub(super) followup: Vec<usize>,
}

impl Group {
    /// The same with the sides exchanged.
    pub(super) fn exchanged(self) -> Self {
        Self { baseline: self.followup, followup: self.baseline }
    }

    fn kind(&self) -> MatchKind {
        match (self.baseline.len(), self.followup.len()) {
            (0, _) => MatchKind::New,
            (_, 0) => MatchKind::Vanished,
            (1, 1) => MatchKind::Persistent,
            (_, 1) => MatchKind::Merged,
            (1, _) => MatchKind::Split,
            _ => MatchKind::Regrouped,
        }
    }
}

/// Groups of lesions of two scans, the first moved onto the second; `increment_mm` is how far apart slices are.
pub(super) fn groups(
    first: &[Placed<'_>],
    second: &[Placed<'_>],
    motion: &Motion,
    increment_mm: f64,
) -> Vec<Group> {
    let moved: Vec<[f64; 3]> = first.iter().map(|a| motion.apply(a.centroid())).collect();
    let gap = [GAP_MM, GAP_MM, increment_mm / 2.0];
    let mut union = Union::new(first.len() + second.len());
    let mut joined = vec![false; first.len() + second.len()];
    for (i, (a, at)) in first.iter().zip(&moved).enumerate() {
        for (j, b) in second.iter().enumerate() {
            if a.lesion.artery == b.lesion.artery && meet(a, *at, b, gap) {
                union.join(node(i), node(first.len() + j));
                (joined[i], joined[first.len() + j]) = (true, true);
            }
        }
    }
    let distance = |i: usize, j: usize| {
        let (a, b) = (first.get(i)?, second.get(j)?);
        let far = apart(*moved.get(i)?, b.centroid());
        let free = !joined[i] && !joined[first.len() + j] && a.lesion.artery == b.lesion.artery;
        (free && far <= PARTNER_MM).then_some(far)
    };
    for (i, j) in mutual(first.len(), second.len(), distance) {
        union.join(node(i), node(first.len() + j));
    }
    let (number, count) = union.numbered();
    let mut groups = vec![Group::default(); count];
    let (of_first, of_second) = number.split_at(first.len());
    of_first.iter().enumerate().for_each(|(i, &group)| groups[group as usize].baseline.push(i));
    of_second.iter().enumerate().for_each(|(j, &group)| groups[group as usize].followup.push(j));
    groups
}

/// The number of a lesion among those of both scans.
fn node(index: usize) -> u32 {
    u32::try_from(index).expect("fewer than 2^32 lesions")
}

/// Whether a box of one, moved to `at`, meets a box of the other.
fn meet(a: &Placed<'_>, at: [f64; 3], b: &Placed<'_>, gap: [f64; 3]) -> bool {
    let ([x, y, z], [u, v, w]) = (at, b.centroid());
    let by = [x - u, y - v, z - w];
    let meets = |one: &Block, other: &Block| one.meets(by, other, gap);
    meets(&a.hull, &b.hull) && a.blocks.iter().any(|one| b.blocks.iter().any(|other| meets(one, other)))
}

/// A group with its lesions.
#[derive(Clone, Debug)]
pub(super) struct Matched<'a> {
    pub(super) kind: MatchKind,
    pub(super) baseline: Vec<&'a LesionRecord>,
    pub(super) followup: Vec<&'a LesionRecord>,
}

impl<'a> Matched<'a> {
    /// The lesions of a group.
    pub(super) fn new(group: &Group, baseline: &[Placed<'a>], followup: &[Placed<'a>]) -> Self {
        let of = |all: &[Placed<'a>], which: &[usize]| which.iter().map(|i| all[*i].lesion).collect();
        Self {
            kind: group.kind(),
            baseline: of(baseline, &group.baseline),
            followup: of(followup, &group.followup),
        }
    }

    /// The artery or region of all of them.
    pub(super) fn artery(&self) -> &'a str {
        self.baseline.iter().chain(&self.followup).map(|l| l.artery.as_str()).next().unwrap_or_default()
    }

    /// Whether it has lesions on both sides.
    pub(super) fn is_in_both(&self) -> bool {
        !self.baseline.is_empty() && !self.followup.is_empty()
    }

    /// Agatston score, follow-up less baseline.
    pub(super) fn agatston_difference(&self) -> f64 {
        let of = |lesions: &[&LesionRecord]| lesions.iter().filter_map(|l| l.measures.agatston).sum::<f64>();
        of(&self.followup) - of(&self.baseline)
    }

    /// Volume, follow-up less baseline, mm3.
    pub(super) fn volume_difference_mm3(&self) -> f64 {
        let of =
            |lesions: &[&LesionRecord]| lesions.iter().filter_map(|l| l.measures.volume_mm3).sum::<f64>();
        of(&self.followup) - of(&self.baseline)
    }

    /// Volume at half maximum where the lesions are, at the follow-up if they are there, mm3.
    pub(super) fn half_maximum_mm3(&self) -> Option<f64> {
        half_maximum(&self.followup).or_else(|| half_maximum(&self.baseline))
    }

    /// The group as the comparison prints it.
    pub(super) fn record(&self) -> MatchRecord {
        let ids = |lesions: &[&LesionRecord]| lesions.iter().map(|l| l.id.clone()).collect();
        MatchRecord {
            kind: self.kind,
            artery: self.artery().to_owned(),
            baseline: ids(&self.baseline),
            followup: ids(&self.followup),
            agatston_difference: self.agatston_difference(),
            volume_difference_mm3: self.volume_difference_mm3(),
            baseline_half_maximum_mm3: half_maximum(&self.baseline),
            followup_half_maximum_mm3: half_maximum(&self.followup),
            baseline_class: class(&self.baseline),
            followup_class: class(&self.followup),
        }
    }
}

/// Volume at half maximum of all of them.
fn half_maximum(lesions: &[&LesionRecord]) -> Option<f64> {
    let all: Option<Vec<f64>> = lesions.iter().map(|l| l.measures.volume_half_maximum_mm3).collect();
    all.filter(|all| !all.is_empty()).map(|all| all.iter().sum())
}

/// Macro when one of them is.
fn class(lesions: &[&LesionRecord]) -> Option<ClassWord> {
    let large = lesions.iter().any(|l| l.class == ClassWord::Macro);
    let class = if large { ClassWord::Macro } else { ClassWord::Micro };
    (!lesions.is_empty()).then_some(class)
}

/// How many groups of each kind, and how many changed their class.
pub(super) fn counts(matched: &[Matched<'_>]) -> LesionCountsRecord {
    let of = |kind| matched.iter().filter(|m| m.kind == kind).count() as u64;
    let turned = |from, to| {
        let is = |m: &&Matched<'_>| class(&m.baseline) == Some(from) && class(&m.followup) == Some(to);
        matched.iter().filter(is).count() as u64
    };
    LesionCountsRecord {
        persistent: of(MatchKind::Persistent),
        new: of(MatchKind::New),
        vanished: of(MatchKind::Vanished),
        merged: of(MatchKind::Merged),
        split: of(MatchKind::Split),
        regrouped: of(MatchKind::Regrouped),
        micro_to_macro: turned(ClassWord::Micro, ClassWord::Macro),
        macro_to_micro: turned(ClassWord::Macro, ClassWord::Micro),
    }
}

/// What existing, new and vanished lesions make of the change of the Agatston score.
pub(super) fn by_lesion(matched: &[&Matched<'_>]) -> ByLesionRecord {
    let of = |is: fn(&Matched<'_>) -> bool| {
        // From plus zero, so that nothing is plus zero and not minus zero.
        matched.iter().filter(|m| is(m)).fold(0.0, |sum, m| sum + m.agatston_difference())
    };
    ByLesionRecord {
        existing: of(|m| m.is_in_both()),
        new: of(|m| m.kind == MatchKind::New),
        vanished: of(|m| m.kind == MatchKind::Vanished),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::{
        placed::placed,
        registration::register,
        sample::{lesion, side},
    };

    /// Lesions of LAD at places along x with diameters, as they are in each scan: the kinds that come out.
    fn kinds(first: &[(f64, f64)], second: &[(f64, f64)]) -> Vec<MatchKind> {
        let make = |all: &[(f64, f64)]| {
            side(&all.iter().map(|(x, mm)| lesion("LAD", [*x, 0.0, 0.0], *mm)).collect::<Vec<_>>())
        };
        let (a, b) = (make(first), make(second));
        let (a, b) = (placed(&a.document), placed(&b.document));
        let motion = register(&a, &b).motion;
        groups(&a, &b, &motion, 3.0).iter().map(|g| Matched::new(g, &a, &b).kind).collect()
    }

    #[test]
    fn every_kind_of_group() {
        use MatchKind::{Merged, New, Persistent, Regrouped, Split, Vanished};
        // Others far away hold the registration in its place.
        let with = |more: &[(f64, f64)]| [&[(100.0, 4.0), (130.0, 4.0), (170.0, 4.0)], more].concat();
        let check = |a: &[(f64, f64)], b: &[(f64, f64)], expected: &[MatchKind]| {
            let expected = [&[Persistent; 3], expected].concat();
            assert_eq!(kinds(&with(a), &with(b)), expected, "{a:?} {b:?}");
        };
        check(&[(0.0, 4.0)], &[(0.0, 5.0)], &[Persistent]);
        check(&[], &[(0.0, 4.0)], &[New]);
        check(&[(0.0, 4.0)], &[], &[Vanished]);
        check(&[(0.0, 4.0), (8.0, 4.0)], &[(4.0, 12.0)], &[Merged]);
        check(&[(4.0, 12.0)], &[(0.0, 4.0), (8.0, 4.0)], &[Split]);
        check(&[(0.0, 8.0), (10.0, 8.0)], &[(-4.0, 4.0), (5.0, 10.0)], &[Regrouped]);
        // Beside each other with a gap of 1.5 mm: no box meets, but they are each other's nearest.
        check(&[(0.0, 2.0)], &[(3.5, 2.0)], &[Persistent]);
        check(&[(0.0, 2.0)], &[(7.0, 2.0)], &[Vanished, New]);
    }

    #[test]
    fn arteries_do_not_mix() {
        let (a, b) = (side(&[lesion("LAD", [0.0; 3], 4.0)]), side(&[lesion("LCX", [0.0; 3], 4.0)]));
        let (a, b) = (placed(&a.document), placed(&b.document));
        let motion = register(&a, &b).motion;
        assert_eq!(groups(&a, &b, &motion, 3.0).len(), 2);
    }

    /// Two micro lesions that became a macro one are one transition; scores 10 and 10 that became 50 are 30 of existing.
    #[test]
    fn a_merged_lesion_may_become_macro() {
        let with = |class, agatston, mm| {
            let mut l = lesion("LAD", [0.0; 3], mm);
            (l.class, l.measures.agatston) = (class, Some(agatston));
            l
        };
        let (a, b) = (
            side(&[with(ClassWord::Micro, 10.0, 2.0), with(ClassWord::Micro, 10.0, 2.0)]),
            side(&[with(ClassWord::Macro, 50.0, 6.0)]),
        );
        let (a, b) = (placed(&a.document), placed(&b.document));
        let group = Group { baseline: vec![0, 1], followup: vec![0] };
        let merged = [Matched::new(&group, &a, &b)];
        assert_eq!((counts(&merged).merged, counts(&merged).micro_to_macro), (1, 1));
        assert_eq!(by_lesion(&[&merged[0]]), ByLesionRecord { existing: 30.0, new: 0.0, vanished: 0.0 });
        let split = [Matched::new(&group.exchanged(), &b, &a)];
        assert_eq!((counts(&split).split, counts(&split).macro_to_micro), (1, 1));
        assert_eq!(by_lesion(&[&split[0]]).existing, -30.0);
    }
}
