//! Images from planes, in one pass: what is projected grows plane by plane, so that a series needs no more memory than its
//! pictures.

use super::{
    frame::Frame,
    gray::{Gray, shade},
};
use agatston_core::{Plane, Rescale};
use std::collections::BTreeMap;

/// The images of a series.
pub(super) struct Exposure<'a> {
    frame: &'a Frame,
    pub(super) axial: Gray,
    pub(super) coronal: Gray,
    /// The slices that are wanted, as they are.
    pub(super) slices: BTreeMap<u32, Gray>,
}

impl<'a> Exposure<'a> {
    pub(super) fn new(frame: &'a Frame) -> Self {
        Self {
            axial: Gray::black(frame.axial_size()),
            coronal: Gray::black(frame.coronal_size()),
            slices: BTreeMap::new(),
            frame,
        }
    }

    /// Takes a slice as shown, and keeps it where it is wanted. The order of slices does not matter.
    pub(super) fn take(&mut self, slice: u32, shown: Shown, is_wanted: bool) {
        if self.frame.axial_slab.contains(&slice) {
            self.axial.lighten(&shown.cut);
        }
        if self.frame.slices.contains(&slice) {
            let columns = shown.projected.len();
            let row = (self.frame.slices.end - 1 - slice) as usize;
            self.coronal.values[row * columns..][..columns].copy_from_slice(&shown.projected);
        }
        if is_wanted {
            self.slices.insert(slice, shown.cut);
        }
    }
}

/// What a plane gives.
pub(super) struct Shown {
    /// The cut-out.
    cut: Gray,
    /// The lightest of each column in the coronal slab.
    projected: Vec<u8>,
}

impl Shown {
    /// The cut-out alone.
    pub(super) fn into_cut(self) -> Gray {
        self.cut
    }

    /// The plane as the frame shows it.
    pub(super) fn of(plane: &Plane<'_>, rescale: Rescale, frame: &Frame) -> Self {
        let at = |down, across| shade(plane, rescale, frame.view.source([down, across]));
        let mut cut = Gray::black(frame.axial_size());
        cut.values.clear();
        for down in frame.down.clone() {
            cut.values.extend(frame.across.clone().map(|across| at(down, across)));
        }
        let lightest = |across| frame.coronal_slab.clone().map(|down| at(down, across)).max().unwrap_or(0);
        let projected = frame.across.clone().map(lightest).collect();
        Self { cut, projected }
    }
}
