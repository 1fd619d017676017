//! A label map as its file has it: voxels, where they are, what they are called. Left out: what that means.

use agatston_core::Finding;

use crate::{grid::Grid, labels::LabelKind, names::Names, volume::Volume};

/// A label map as its file has it.
#[derive(Debug)]
pub(crate) struct LabelFile {
    pub(crate) kind: LabelKind,
    pub(crate) grid: Grid,
    pub(crate) reach: Reach,
    pub(crate) volume: Volume,
    pub(crate) names: Names,
    /// Whether a scheme may explain the ids. Where labels come with names, an id is only a number.
    pub(crate) ids_mean: bool,
    pub(crate) origin: Origin,
    pub(crate) findings: Vec<Finding>,
}

impl LabelFile {
    /// A map of ids that mean something, on a grid of its own, as most formats have it.
    pub(crate) fn on_grid(kind: LabelKind, grid: Grid, volume: Volume, names: Names) -> Self {
        Self {
            kind,
            grid,
            reach: Reach::Grid,
            volume,
            names,
            ids_mean: true,
            origin: Origin::default(),
            findings: Vec::new(),
        }
    }
}

/// What it means that a place is not on the grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Nobody looked there: the grid was cut to a part of the image.
    Grid,
    /// In the planes of the image that the file leaves out there is no label: a DICOM segmentation stores only frames
    /// that hold something.
    Planes { step: Step },
}

/// Where the distance of planes is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// The file says it.
    Stated,
    /// From the planes that hold something, or from their thickness: the slices that they were drawn on may lie closer.
    Inferred,
}

/// On what a source says that it was drawn. Only DICOM says so.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Origin {
    pub(crate) frame_of_reference_uid: Option<String>,
    pub(crate) series_uids: Vec<String>,
}
