//! Coronary calcium scoring.

mod assignment;
mod candidates;
mod finding;
mod geometry;
mod plane;
mod rescale;
mod scan;

pub use assignment::{Artery, Assigned, EVERYTHING, Piece, Region};
pub use candidates::{Candidates, Run};
pub use finding::{Class, Code, Finding, Severity};
pub use geometry::Geometry;
pub use plane::{Padding, Plane};
pub use rescale::Rescale;
pub use scan::{Sample, SliceScan};
