//! The series that labels are fitted to: its candidates, and by which names files know it.

use agatston_core::Candidates;

/// A series that labels are fitted to.
#[derive(Clone, Copy, Debug)]
pub struct Series<'a> {
    /// Its candidates, and where its voxels are.
    pub candidates: &'a Candidates,
    /// SOPInstanceUID and frame of each slice, lowest first; empty when nobody knows them.
    pub instances: &'a [Instance],
    /// FrameOfReferenceUID: which patient coordinates these are.
    pub frame_of_reference_uid: Option<&'a str>,
    /// SeriesInstanceUID.
    pub series_uid: Option<&'a str>,
}

/// By what name a file calls a slice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instance {
    /// SOPInstanceUID.
    pub sop_instance_uid: String,
    /// Number of the frame within it, from 1 on.
    pub frame: u32,
}

impl<'a> From<&'a Candidates> for Series<'a> {
    /// A series without names: what a file says of them cannot be checked.
    fn from(candidates: &'a Candidates) -> Self {
        Self { candidates, instances: &[], frame_of_reference_uid: None, series_uid: None }
    }
}
