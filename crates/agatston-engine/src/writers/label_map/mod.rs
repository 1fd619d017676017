//! Label maps: the calcium of a series as a volume of ids on the grid of the series, for viewers and notebooks.
//!
//! ```text
//! Traced --planes, one at a time--> ids --gzip--> NIfTI with a label table, NRRD with the segments of 3D Slicer
//!        --table-->                                a colour table of 3D Slicer beside it
//! ```
//!
//! Axes are `[slice, row, column]`, columns fastest, slices from inferior to superior. LM is 1, LAD 2, LCX 3, RCA 4, what is
//! coronary of no named artery 5 (beside arteries `other coronary`, around the left main of a provisional score `LM/LAD/LCX`), other regions follow: the scheme `agatston` of the labels that are read.

mod anatomy;
mod nifti;
mod nrrd;

pub use anatomy::anatomy_map;

use crate::{
    palette::{Rgb, colour},
    traced::{Calcium, Traced, TracedRegion},
};
use agatston_core::{Artery, Region};
use flate2::{Compression, GzBuilder, write::GzEncoder};
use std::{
    io::Write,
    path::{Path, PathBuf},
};

/// In which form a label map is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LabelMapForm {
    /// NIfTI-1, `.nii`.
    Nifti,
    /// NIfTI-1, packed, `.nii.gz`.
    NiftiPacked,
    /// NRRD, `.nrrd`; as `.seg.nrrd` a segmentation of 3D Slicer.
    Nrrd,
}

/// The series has more slices than a NIfTI-1 file can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a NIfTI-1 file holds at most 32767 slices, and the series has {slices}; name a .nrrd file")]
pub struct TooManySlices {
    /// Number of slices.
    pub slices: usize,
}

/// How names of label maps end, the longest of those that end alike first.
const ENDINGS: [(&str, LabelMapForm); 4] = [
    (".nii.gz", LabelMapForm::NiftiPacked),
    (".nii", LabelMapForm::Nifti),
    (".seg.nrrd", LabelMapForm::Nrrd),
    (".nrrd", LabelMapForm::Nrrd),
];

/// Where the colour table of a label map goes: beside it, `.ctbl` in place of its ending.
pub fn colour_table_path(map: &Path) -> PathBuf {
    let name = map.file_name().unwrap_or_default().to_string_lossy();
    let lower = name.to_ascii_lowercase();
    let ending = ENDINGS.into_iter().find(|(ending, _)| lower.ends_with(ending));
    let stem = &name[..name.len() - ending.map_or(0, |(ending, _)| ending.len())];
    map.with_file_name(format!("{stem}.ctbl"))
}

impl LabelMapForm {
    /// The form that the name of a file asks for.
    pub fn of(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_string_lossy().to_ascii_lowercase();
        ENDINGS.into_iter().find(|(ending, _)| name.ends_with(ending)).map(|(_, form)| form)
    }
}

/// The label map of a scored series.
///
/// # Errors
///
/// When a NIfTI file cannot hold so many slices.
pub fn label_map(traced: &Traced, form: LabelMapForm) -> Result<Vec<u8>, TooManySlices> {
    let labels = Labels::of(&traced.calcium);
    let geometry = &traced.series.geometry;
    match form {
        LabelMapForm::Nifti => {
            let head = nifti::head(geometry, &nifti::Content::of(&labels))?;
            Ok(labels.volume(traced, head))
        }
        LabelMapForm::NiftiPacked => {
            let head = nifti::head(geometry, &nifti::Content::of(&labels))?;
            let mut packed = packer(Vec::new());
            Ok(packed.write_all(&head).map(|()| labels.packed(traced, packed)).expect(MEMORY))
        }
        LabelMapForm::Nrrd => {
            let head = nrrd::head(geometry, &labels).into_bytes();
            Ok(labels.packed(traced, packer(head)))
        }
    }
}

/// The colour table of 3D Slicer that goes with a label map: id, name, red, green, blue, alpha.
pub fn colour_table(traced: &Traced) -> String {
    let labels = Labels::of(&traced.calcium);
    let line = |label: &Label| {
        let [r, g, b] = label.colour;
        // Words of a name would be columns of their own.
        let name = label.name.split_whitespace().collect::<Vec<_>>().join("_");
        format!("{} {name} {r} {g} {b} 255\n", label.id)
    };
    let lines: String = labels.list.iter().map(line).collect();
    format!("# Color table file\n# {} values\n0 Background 0 0 0 0\n{lines}", labels.list.len() + 1)
}

const MEMORY: &str = "writing to memory does not fail";

/// A packer without a clock or a name of a file: the same volume gives the same bytes.
fn packer(head: Vec<u8>) -> GzEncoder<Vec<u8>> {
    GzBuilder::new().write(head, Compression::default())
}

/// What an id stands for.
struct Label {
    id: u16,
    name: String,
    region: Region,
    colour: Rgb,
}

/// The labels of a map, in the order of the regions of the calcium.
struct Labels {
    list: Vec<Label>,
    /// Number of slices, from which each was given its place in the volume.
    slices: usize,
}

/// The first id of a region that is no coronary artery.
const FIRST_OTHER: u16 = 6;

impl Labels {
    fn of(calcium: &Calcium) -> Self {
        let label = |traced: &TracedRegion| Label {
            id: id(traced.region),
            name: calcium.label(traced),
            region: traced.region,
            colour: colour(traced.region),
        };
        Self { list: calcium.regions.iter().map(label).collect(), slices: calcium.slices.len() }
    }

    /// Whether ids need two bytes.
    fn are_wide(&self) -> bool {
        self.list.iter().any(|label| label.id > u16::from(u8::MAX))
    }

    /// The volume behind a head.
    fn volume(&self, traced: &Traced, mut out: Vec<u8>) -> Vec<u8> {
        self.planes(traced, |plane| out.extend_from_slice(plane));
        out
    }

    /// The volume behind a head, packed.
    fn packed(&self, traced: &Traced, mut packer: GzEncoder<Vec<u8>>) -> Vec<u8> {
        self.planes(traced, |plane| packer.write_all(plane).expect(MEMORY));
        packer.finish().expect(MEMORY)
    }

    /// The ids of each slice, little endian, in a buffer that is used again.
    fn planes(&self, traced: &Traced, mut take: impl FnMut(&[u8])) {
        let (calcium, geometry) = (&traced.calcium, &traced.series.geometry);
        let bytes = if self.are_wide() { 2 } else { 1 };
        let columns = usize::from(geometry.columns);
        let mut plane = vec![0; usize::from(geometry.rows) * columns * bytes];
        for spans in &calcium.slices {
            plane.fill(0);
            for span in spans {
                let id = self.list[calcium.region_of(span)].id.to_le_bytes();
                let row = usize::from(span.row) * columns;
                let place = |column: u16| (row + usize::from(column)) * bytes;
                let voxels = plane[place(span.start)..place(span.end)].chunks_exact_mut(bytes);
                voxels.for_each(|voxel| voxel.copy_from_slice(&id[..bytes]));
            }
            take(&plane);
        }
    }
}

/// The id of a region, the same in every file.
fn id(region: Region) -> u16 {
    match region {
        Region::Artery(Artery::Lm) => 1,
        Region::Artery(Artery::Lad) => 2,
        Region::Artery(Artery::Lcx) => 3,
        Region::Artery(Artery::Rca) => 4,
        Region::Coronary | Region::NotCoronary => 5,
        Region::Named(index) => index.saturating_add(FIRST_OTHER),
    }
}
