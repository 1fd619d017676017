//! Which candidates are coronary and in which artery, from the image itself: no labels, no training, always the same.
//!
//! ```text
//! planes --core::Blocks, Gathering--> WorkGrid     means and SDs of blocks of 2.5 mm, from the one pass over pixels
//! WorkGrid --lungs, bone, spine-->                 masks of bits
//!          --aorta-->    discs, the root point     origin of every position
//!          --heart-->    region, blood, noise      --gates--> is this a scan that can be scored?
//! core::Foci in the region --> lesions --features (a crop around each)--> artery, tier with reasons
//! sums by tier --> lower, value, upper
//! ```
//!
//! Only tissue excludes a lesion; position only flags it. What comes of it is provisional: the rules were set on eleven scans.
//! Left out: scores and files (engine).

mod anatomy;
mod aorta;
mod bone;
mod bounds;
mod candidate;
mod component;
mod cut;
mod disc;
mod features;
mod gate;
mod grid;
mod heart;
mod hull;
mod lungs;
mod mask;
mod morphology;
mod parameters;
mod path;
mod ring;
mod stats;
mod tier;
mod vessel;
mod voxels;

pub use anatomy::{Anatomy, Measured, Whole};
pub use aorta::{Aorta, Disc, Root};
pub use bone::Spine;
pub use bounds::{AllBounds, Bounds, Share};
pub use candidate::Judged;
pub use cut::Cut;
pub use features::{Features, crop_box};
pub use gate::Gate;
pub use grid::{Gathering, Layout, WorkGrid};
pub use heart::{Blood, Heart};
pub use hull::Hull;
pub use mask::Mask;
pub use parameters::{PARAMETERS_TOML, increment_most_mm, parameters_version};
pub use tier::{Reason, Tier};
pub use vessel::{LEFT_STEM, Vessel};
