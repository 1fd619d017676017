//! The 25 small grids that separate right from wrong (`fixtures/cases/agatston_cases.json`), as volumes
//! with their hand-computed values, for the tests of every crate.

use ndarray::{Array3, s};
use serde::Deserialize;

use crate::Volume;

/// One grid and what it scores.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// Short name, `A` to `T`.
    pub id: String,
    /// What the case is about.
    pub what: String,
    /// The voxels.
    pub volume: Volume,
    /// SliceThickness in mm, which must not matter.
    pub slice_thickness_mm: f64,
    /// Region 1 where the case is labelled, or none when everything counts. Axes `[z, y, x]`.
    pub labels: Option<Array3<u8>>,
    /// The right answers.
    pub expected: Expected,
}

/// Agatston scores of a case by convention, each differing from `standard` in one choice.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
pub struct Expected {
    /// Protocol `standard`.
    pub standard: f64,
    /// 8-connected foci.
    pub eight_connected: f64,
    /// No smallest focus.
    pub no_minimum: f64,
    /// `>` instead of `>=`.
    pub greater_than: f64,
    /// Without increment / 3 mm.
    pub no_slice_scaling: f64,
    /// Volume in mm3 under `standard`.
    pub volume_mm3_standard: f64,
}

/// All cases in the order of the file.
///
/// # Panics
///
/// Never with the file in the repository: the tests read all of it.
#[must_use]
pub fn all() -> Vec<Case> {
    let file: CaseFile = serde_json::from_str(include_str!("../../../fixtures/cases/agatston_cases.json"))
        .expect("the embedded case file is valid");
    file.cases.into_iter().map(CaseText::build).collect()
}

#[derive(Deserialize)]
struct CaseFile {
    cases: Vec<CaseText>,
}

/// A case as the file writes it.
#[derive(Deserialize)]
struct CaseText {
    id: String,
    what: String,
    shape_zyx: [usize; 3],
    spacing_zyx_mm: [f64; 3],
    slice_thickness_mm: f64,
    background_hu: f64,
    boxes: Vec<VoxelBox>,
    label_boxes: Option<Vec<VoxelBox>>,
    expected_agatston: Expected,
}

/// Half-open ranges of voxels; later boxes overwrite earlier ones.
#[derive(Deserialize)]
struct VoxelBox {
    z: [usize; 2],
    y: [usize; 2],
    x: [usize; 2],
    hu: f64,
}

impl CaseText {
    fn build(self) -> Case {
        let mut volume = Volume::filled(self.shape_zyx, self.spacing_zyx_mm, self.background_hu);
        for part in &self.boxes {
            part.fill(&mut volume.hu, part.hu);
        }
        let labels = self.label_boxes.map(|boxes| {
            let mut labels = Array3::zeros(self.shape_zyx);
            boxes.iter().for_each(|part| part.fill(&mut labels, 1));
            labels
        });
        Case {
            id: self.id,
            what: self.what,
            volume,
            slice_thickness_mm: self.slice_thickness_mm,
            labels,
            expected: self.expected_agatston,
        }
    }
}

impl VoxelBox {
    fn fill<T: Copy>(&self, array: &mut Array3<T>, value: T) {
        let [z, y, x] = [self.z, self.y, self.x];
        array.slice_mut(s![z[0]..z[1], y[0]..y[1], x[0]..x[1]]).fill(value);
    }
}
