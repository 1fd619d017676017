//! Coronary calcium scoring, pure: stored values in, scores out. No files, clock, environment or DICOM.
//!
//! ```text
//! Plane --scan--> SliceScan (runs and the values under them; the pixels are dropped)
//! all SliceScans, ordered --> Candidates
//! Candidates + Assigned (which pieces of runs belong to which region, or that all belong to one)
//!     --foci-->    Foci      2D components of one region in one slice; of those that do not count, sums
//!     --lesions--> lesions   accepted foci joined across neighbouring slices
//!     --score-->   Score     counts; Scale turns them into Agatston, mm2, mm3, mg
//! Candidates + Foci --looks--> Spread      a second look at the values of accepted foci
//! Planes around a lesion, read again --Crop--> CropMeasures    what needs the tissue around it
//! ```
//!
//! What is absent: HU volumes (bounds move into stored units, [`Rescale`]), label images (assignment is a
//! list, or one region for all), floating point before the end (everything is counted), and any order that could change a sum.

mod assignment;
mod blocks;
mod candidates;
mod category;
mod component;
mod crop;
mod finding;
mod focus;
mod geometry;
mod lesion;
mod partial_volume;
mod plane;
mod protocol;
mod rescale;
mod sample;
mod scan;
mod score;
mod segment;
mod sensitivity;
mod simd;
mod size;
mod spread;
mod tally;
mod union;
mod volume;
mod wide;

pub use assignment::{Artery, Assigned, EVERYTHING, Piece, Pieces, Region};
pub use blocks::{BlockGrid, Blocks, LEAST_MEASURED_HU};
pub use candidates::{Candidates, Run};
pub use category::{Category, FiveCategory, RumbergerCategory, cac_drs_grade, is_trace};
pub use crop::{CROP_MARGIN_MM, Crop, CropBasis, CropBox, CropMeasures, PartialVolume, Rods};
pub use finding::{Class, Code, Finding, Severity};
pub use focus::{Foci, Focus, SliceFoci, Standing, Withheld, foci, measured_segments, withheld_foci};
pub use geometry::Geometry;
pub use lesion::{FocusId, Lesion, lesions};
pub use partial_volume::{Rod, integrated, spatially_weighted, volume_fraction};
pub use plane::{Padding, Plane};
pub use protocol::{
    AREA_TOLERANCE, Comparison, Connectivity, LesionConnectivity, Peak, Protocol, REFERENCE_INCREMENT_MM,
    SIZE_BOUNDS, SMALLEST_FOCUS_MM2, SizeBounds, SliceScaling, SmallestFocus, THRESHOLD_HU, WEIGHT_BOUNDS_HU,
};
pub use rescale::Rescale;
pub use sample::{Bins, Sample};
pub use scan::{Scan, ScanSpec, Scratch, SliceScan, scan};
pub use score::{
    LesionFlag, NOISE_SUSPECT_AREA_MM2, NOISE_SUSPECT_SDS, Score, ScoredFocus, ScoredLesion, focus_sums,
    is_coronary, score,
};
pub use segment::Segment;
pub use sensitivity::{Neighbour, neighbours};
pub use size::{Size, SizeClass};
pub use spread::{DENSEST_HU, FocusLook, Spread, looks};
pub use tally::{Measures, Scale, Tally};
pub use union::Union;
pub use volume::scan_volume;
