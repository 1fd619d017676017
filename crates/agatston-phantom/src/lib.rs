//! Phantoms with known calcium, and the oracle that judges the scorer. This crate imports nothing of the
//! project: the judge shares no code with the judged.
//!
//! ```text
//! object -> scanner -> Volume + Header -> dicom, multiframe     files to score
//!                        regions, LabelVolume -> nifti          where the calcium is
//! slab, bloom, hand arithmetic -> Check                         what must be found, and how nearly
//! cases, Volume -> oracle                                       a plain flood fill as second opinion
//! damage, refused                                               series that must not be scored blindly
//! pairs                                                        two scans with a known change between them
//! chest                                                        whole chests, varied by a seed, with known arteries
//! ```
//!
//! [`catalog::build`] gives a [`Phantom`] by name; [`dicom::write_series`] writes it. All pixels are the same on
//! every platform: noise is integer arithmetic, the point spread is products and sums, and no function of a
//! mathematics library is called on the way from objects to files. Expected values may differ in the last digit.
//!
//! ```
//! use agatston_phantom::{catalog, oracle};
//! let staircase = catalog::build("staircase").expect("in the catalogue");
//! let score = oracle::score(&staircase.volume, None, &oracle::Rules::default());
//! assert_eq!(score.agatston(), 210.5);
//! ```

pub mod bloom;
pub mod cases;
pub mod catalog;
pub mod chest;
mod coronary;
pub mod damage;
pub mod dicom;
mod error;
mod header;
pub mod multiframe;
pub mod nifti;
mod noise;
pub mod object;
pub mod oracle;
pub mod pairs;
mod phantom;
mod qrm;
pub mod refused;
mod regions;
pub mod scanner;
pub mod slab;
mod sphere;
mod staircase;
mod uid;
mod volume;

pub use error::Error;
pub use header::Header;
pub use noise::Noise;
pub use phantom::{Check, EVERYTHING, Measure, Phantom, Tolerance};
pub use uid::uid_of;
pub use volume::{LabelVolume, Volume};
