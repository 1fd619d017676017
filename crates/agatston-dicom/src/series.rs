//! A series that passed every check: ordered, evenly spaced, with its findings; planes are read on demand.

use agatston_core::{Finding, Geometry, Plane, Rescale};

use crate::{
    Buffer, Error, SeriesFacts, Source, Turns,
    header::Pixels,
    pixels::{self, Format},
    syntax::Codec,
};

/// Ordered, evenly spaced, checked. The order is fixed before a pixel is read; slice 0 is the most inferior.
#[derive(Clone, Debug)]
pub struct Series {
    /// The voxel grid.
    pub geometry: Geometry,
    /// Where each slice is, from inferior to superior.
    pub planes: Vec<PlaneRef>,
    /// What the headers say.
    pub facts: SeriesFacts,
    /// What was noticed; no refusal among them.
    pub findings: Vec<Finding>,
}

/// A series that is not scored.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// What the headers say.
    pub facts: Box<SeriesFacts>,
    /// Every finding, refusals and others.
    pub findings: Vec<Finding>,
}

/// Where the pixels of one slice are and how they become stored values.
#[derive(Clone, Debug)]
pub struct PlaneRef {
    /// The file.
    pub source: Source,
    /// Index of the frame in the file; 0 for a classic image.
    pub frame: usize,
    /// SOPInstanceUID, empty when missing.
    pub sop_instance_uid: String,
    /// SOPClassUID, empty when missing.
    pub sop_class_uid: String,
    /// ImagePositionPatient: centre of the first pixel, LPS, mm.
    pub position_lps_mm: [f64; 3],
    /// From the stored values of [`Series::plane`] to HU.
    pub rescale: Rescale,
    pub(crate) pixels: Pixels,
    pub(crate) codec: Codec,
    pub(crate) format: Format,
}

/// Why a plane cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum PlaneError {
    /// The pixels cannot be trusted: the series is refused.
    #[error("{}", .0.message)]
    Refused(Box<Finding>),
    /// The outside failed.
    #[error(transparent)]
    Outside(#[from] Error),
}

impl PlaneRef {
    /// The HU of the largest value that BitsStored can hold: what is brighter was cut to it.
    pub fn largest_hu(&self) -> f64 {
        self.rescale.hu(self.format.largest())
    }
}

impl Series {
    /// The rescale of each slice.
    pub fn rescales(&self) -> Vec<Rescale> {
        self.planes.iter().map(|plane| plane.rescale).collect()
    }

    /// Reads exactly the bytes of slice `slice`, decodes and normalises them to signed 16 bits.
    ///
    /// # Errors
    /// [`PlaneError::Refused`] when the pixels are not what the header says, [`PlaneError::Outside`] when they
    /// cannot be read.
    ///
    /// # Panics
    /// When there is no such slice.
    pub fn plane<'b>(&self, slice: usize, buffer: &'b mut Buffer) -> Result<Plane<'b>, PlaneError> {
        let plane = &self.planes[slice];
        pixels::load(plane, buffer).map_err(|fault| fault.into_error(plane, slice))
    }

    /// The same plane in strips of whole rows, from the top, each handed to `take` while it is in the cache. What has to
    /// be decoded comes in one strip, and waits for a turn.
    ///
    /// # Errors
    /// As [`plane`](Self::plane); what was taken until then is of no use.
    ///
    /// # Panics
    /// As [`plane`](Self::plane).
    pub fn strips(
        &self,
        slice: usize,
        buffer: &mut Buffer,
        turns: &Turns,
        take: impl FnMut(Plane<'_>),
    ) -> Result<(), PlaneError> {
        let plane = &self.planes[slice];
        pixels::strips(plane, buffer, turns, take).map_err(|fault| fault.into_error(plane, slice))
    }
}
