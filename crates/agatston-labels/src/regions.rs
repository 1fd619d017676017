//! Regions files: named shapes, in pixels of the series or in patient space.

mod fit;
mod form;
mod shape;
mod voxels;

use agatston_core::{Artery, Region};

pub(crate) use self::form::{parse, parse_references};
use self::shape::Shape;
use crate::{
    LmPolicy,
    labels::{Cover, place},
};

/// A regions file, checked in itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct RegionFile {
    /// Names in the order of the file, each once.
    names: Vec<String>,
    shapes: Vec<Drawn>,
}

/// A shape of a region.
#[derive(Clone, Debug, PartialEq)]
struct Drawn {
    /// Index into the names.
    name: usize,
    shape: Shape,
    /// First and last slice, where the shape does not reach through all.
    slices: Option<[usize; 2]>,
}

impl RegionFile {
    pub(crate) fn cover(&self) -> Cover {
        let mut separated = [false; 4];
        for artery in self.names.iter().filter_map(|n| artery(n)) {
            separated[place(artery)] = true;
        }
        let lm = separated[place(Artery::Lm)];
        Cover {
            scheme: None,
            lm_policy: if lm { LmPolicy::Separate } else { LmPolicy::NotSeparated },
            separated,
            coronary: separated.contains(&true),
        }
    }

    /// The names, in the order of the file.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    /// What each name is, and the names of those that are no artery.
    fn regions(&self) -> (Vec<Region>, Vec<String>) {
        let mut others = Vec::new();
        let regions = self.names.iter().map(|name| match artery(name) {
            Some(artery) => Region::Artery(artery),
            None => {
                let index = u16::try_from(others.len()).expect("a regions file has at most 10,000 shapes");
                others.push(name.clone());
                Region::Named(index)
            }
        });
        (regions.collect(), others)
    }
}

/// In a regions file exactly these four names are arteries.
fn artery(name: &str) -> Option<Artery> {
    Artery::ALL.into_iter().find(|a| a.as_str() == name)
}
