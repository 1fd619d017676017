//! The voxels of a label map, kept as numbers in the smallest type that fits: a byte up to 255 different ones, else two.
//!
//! A number stands for a combination of labels: mostly one, but segments may overlap, and layers are there to let
//! them. Planes of which a source stores none take no memory.

mod number;
mod read;

use std::collections::{BTreeMap, HashMap};

pub(crate) use self::{
    number::{DataType, Order},
    read::{Layout, VOXELS_MAX},
};
use crate::{
    code::LABELS_INVALID,
    error::{Refusal, refusal},
    names::Key,
};

/// Most labels that are added to one voxel: each step on the way there is kept as a combination of its own.
const TOGETHER_MAX: usize = 256;

/// Why a voxel is there: a missing one must not read as background.
const WITHIN: &str = "places are within the grid, and the grid was read to its end";

/// Why a number is there.
const NUMBERED: &str = "every number that a voxel has is that of a combination";

/// Why a number is a byte.
const WIDENED: &str = "the voxels were widened for the number";

/// Labels that share a voxel, in order.
pub(crate) type Combination = Vec<Key>;

/// A label map: which labels each voxel has, first axis fastest.
#[derive(Clone, Debug)]
pub(crate) struct Volume {
    voxels: Voxels,
    /// Which planes are stored, where not all are.
    planes: Option<Planes>,
    /// Combinations by number; number 0 is the background.
    combinations: Vec<Combination>,
    /// Numbers by combination.
    numbers: HashMap<Combination, u16>,
    counts: Vec<u64>,
    /// What a number becomes when a label is added.
    joined: HashMap<(u16, Key), u16>,
}

#[derive(Clone, Debug)]
enum Voxels {
    Narrow(Vec<u8>),
    Wide(Vec<u16>),
}

/// Where the planes of a volume are stored.
#[derive(Clone, Debug)]
struct Planes {
    voxels_of_each: usize,
    stored: Vec<Option<usize>>,
}

impl Volume {
    /// A volume without labels, of which only the planes that are `true` can get some.
    pub(crate) fn of_planes(voxels_of_each: usize, planes: &[bool]) -> Result<Self, Refusal> {
        let mut count = 0;
        let stored = planes.iter().map(|is_stored| {
            is_stored.then(|| {
                count += 1;
                count - 1
            })
        });
        let stored = stored.collect();
        let voxels = count * voxels_of_each;
        if voxels as u64 > VOXELS_MAX {
            return Err(refusal(LABELS_INVALID, "the file holds too many voxels")
                .seen(format!("{count} planes of {voxels_of_each} voxels"))
                .expected(format!("at most {VOXELS_MAX} voxels"))
                .next_step("crop the segmentation to the heart"));
        }
        let mut volume = Self::with_capacity(voxels)?;
        volume.push(0, voxels);
        Ok(Self { planes: Some(Planes { voxels_of_each, stored }), ..volume })
    }

    /// Adds a label to the voxel at a place, beside those that it has.
    pub(crate) fn mark(&mut self, place: usize, key: Key) -> Result<(), Refusal> {
        let Some(at) = self.index(place) else { return Ok(()) };
        let before = self.number(at);
        let after = match self.joined.get(&(before, key)) {
            Some(number) => *number,
            None => self.join(before, key)?,
        };
        self.set(at, after);
        Ok(())
    }

    /// Number of the combination of a voxel, given by its place in the file; 0 is the background.
    pub(crate) fn number_at(&self, place: usize) -> usize {
        self.index(place).map_or(0, |at| self.number(at).into())
    }

    /// Combinations by number, with the count of their voxels; the background is the first.
    pub(crate) fn combinations(&self) -> impl Iterator<Item = (&Combination, u64)> {
        self.combinations.iter().zip(self.counts.iter().copied())
    }

    /// Voxels of every label that occurs.
    pub(crate) fn counts(&self) -> BTreeMap<Key, u64> {
        let mut counts = BTreeMap::new();
        for (keys, count) in self.combinations().filter(|(_, count)| *count > 0) {
            keys.iter().for_each(|key| *counts.entry(*key).or_default() += count);
        }
        counts
    }

    /// Whether there is no voxel but background.
    pub(crate) fn is_empty(&self) -> bool {
        self.combinations().skip(1).all(|(_, count)| count == 0)
    }

    fn with_capacity(voxels: usize) -> Result<Self, Refusal> {
        let mut narrow = Vec::new();
        narrow.try_reserve_exact(voxels).map_err(|_| {
            refusal(LABELS_INVALID, "the label map does not fit into memory").seen(format!("{voxels} voxels"))
        })?;
        let voxels = Voxels::Narrow(narrow);
        let mut volume = Self {
            voxels,
            planes: None,
            combinations: Vec::new(),
            numbers: HashMap::new(),
            counts: Vec::new(),
            joined: HashMap::new(),
        };
        volume.number_of(Combination::new())?;
        Ok(volume)
    }

    /// Index of a stored voxel.
    fn index(&self, place: usize) -> Option<usize> {
        let Some(Planes { voxels_of_each, stored }) = &self.planes else { return Some(place) };
        let plane = stored.get(place.checked_div(*voxels_of_each)?).copied().flatten()?;
        Some(plane * voxels_of_each + place % voxels_of_each)
    }

    fn number(&self, at: usize) -> u16 {
        match &self.voxels {
            Voxels::Narrow(v) => u16::from(*v.get(at).expect(WITHIN)),
            Voxels::Wide(v) => *v.get(at).expect(WITHIN),
        }
    }

    fn set(&mut self, at: usize, number: u16) {
        let before = usize::from(self.number(at));
        self.widen_for(number);
        match &mut self.voxels {
            Voxels::Narrow(v) => *v.get_mut(at).expect(WITHIN) = u8::try_from(number).expect(WIDENED),
            Voxels::Wide(v) => *v.get_mut(at).expect(WITHIN) = number,
        }
        for (number, change) in [(before, -1), (number.into(), 1)] {
            let count = self.counts.get_mut(number).expect(NUMBERED);
            *count = count.saturating_add_signed(change);
        }
    }

    fn push(&mut self, number: u16, times: usize) {
        self.widen_for(number);
        match &mut self.voxels {
            Voxels::Narrow(v) => v.resize(v.len() + times, u8::try_from(number).expect(WIDENED)),
            Voxels::Wide(v) => v.resize(v.len() + times, number),
        }
        *self.counts.get_mut(usize::from(number)).expect(NUMBERED) += times as u64;
    }

    fn widen_for(&mut self, number: u16) {
        if let (Voxels::Narrow(v), Err(_)) = (&self.voxels, u8::try_from(number)) {
            self.voxels = Voxels::Wide(v.iter().copied().map(u16::from).collect());
        }
    }

    /// The number of a combination with one label more.
    fn join(&mut self, before: u16, key: Key) -> Result<u16, Refusal> {
        let mut keys = self.combinations.get(usize::from(before)).expect(NUMBERED).clone();
        if let Err(place) = keys.binary_search(&key) {
            keys.insert(place, key);
        }
        if keys.len() > TOGETHER_MAX {
            return Err(refusal(LABELS_INVALID, "too many labels share a voxel")
                .expected(format!("at most {TOGETHER_MAX}"))
                .next_step("leave out segments that are not of the heart"));
        }
        let number = self.number_of(keys)?;
        self.joined.insert((before, key), number);
        Ok(number)
    }

    /// The number of a combination, a new one if need be.
    fn number_of(&mut self, keys: Combination) -> Result<u16, Refusal> {
        if let Some(number) = self.numbers.get(&keys) {
            return Ok(*number);
        }
        let number = u16::try_from(self.combinations.len()).map_err(|_| {
            refusal(LABELS_INVALID, "the file holds over 65,535 different values")
                .expected("a label map")
                .next_step("check that this is the label map and not the CT")
        })?;
        self.combinations.push(keys.clone());
        self.numbers.insert(keys, number);
        self.counts.push(0);
        Ok(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two planes of four voxels, of three; by hand.
    #[test]
    fn labels_are_added_to_voxels() {
        let mut volume = Volume::of_planes(4, &[true, false, true]).unwrap();
        let (lad, lcx) = (Key::of(2), Key::of(3));
        for (place, key) in [(1, lad), (2, lad), (2, lcx), (5, lad), (8, lcx), (8, lad), (8, lad)] {
            volume.mark(place, key).unwrap();
        }
        let at = |place| volume.combinations[volume.number_at(place)].clone();
        assert_eq!(
            [at(0), at(1), at(2), at(5), at(8)],
            [
                vec![],
                vec![lad],
                vec![lad, lcx],
                vec![], // its plane is not stored
                vec![lad, lcx]
            ]
        );
        assert_eq!(volume.counts(), BTreeMap::from([(lad, 3), (lcx, 2)]));
        assert!(!volume.is_empty());
        assert_eq!(volume.number_at(2), volume.number_at(8));
    }

    /// Two bytes have room for 65,535 labels beside the background; that many are told apart at once.
    #[test]
    fn labels_are_as_many_as_two_bytes_hold() {
        let mut volume = Volume::of_planes(65_536, &[true]).unwrap();
        for (place, id) in (0..65_535).zip(1..) {
            volume.mark(place, Key::of(id)).unwrap();
        }
        assert_eq!((volume.number_at(65_534), volume.counts().len()), (65_535, 65_535));
        volume.mark(65_535, Key::of(1)).unwrap();
        assert_eq!(volume.number_at(65_535), volume.number_at(0));
        assert!(volume.mark(65_535, Key::of(2)).is_err());
    }
}
