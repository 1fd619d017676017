//! From files to a CT series that can be trusted, or to the reasons why not.
//!
//! ```text
//! discover   folders, files, zip archives, a DICOMDIR      -> Source: a name and ranges of bytes
//! index      header of every source, in parallel           -> Index: headers, skipped files with reasons
//! group      series, stack, moment                         -> Group: the planes of one stack
//! check      geometry, pixels, identity, acquisition       -> Series, or Refusal with every reason
//! strips     read, decode, normalise, some rows at a time  -> core's Plane: signed 16-bit stored values
//! ```
//!
//! Slices are ordered and checked before a pixel is read. Nothing depends on the names or the order of files or
//! on the number of threads. A length in a header is a claim: it is held against the file before anything is
//! allocated. What is odd but scorable is a finding; what is not is a refusal; only the outside fails with an
//! [`Error`]. No name or number of a patient leaves this crate but into a DICOM object that is asked for ([`out`]),
//! and the day of a scan only to be subtracted from another.
//!
//! ```
//! use agatston_dicom::{Buffer, Rules, Unwatched, Workers, discover, group, index};
//! # let folder = tempfile::tempdir()?;
//! # let volume = agatston_phantom::Volume::filled([25, 16, 16], [3.0, 0.5, 0.5], 40.0);
//! # agatston_phantom::dicom::write_series(folder.path(), &volume, &agatston_phantom::Header::named("doc"))?;
//! let found = index(discover(&[folder.path().to_owned()])?, Workers::default(), &Unwatched)?;
//! let mut buffer = Buffer::new();
//! for group in group(found) {
//!     match group.check(&Rules::default()) {
//!         Ok(series) => {
//!             let plane = series.plane(0, &mut buffer)?;
//!             assert_eq!(series.planes[0].rescale.hu(plane.stored[[7, 7]]), 40.0);
//!         }
//!         Err(refusal) => panic!("{:?}", refusal.findings),
//!     }
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![forbid(unsafe_code)]

mod checks;
pub mod code;
mod describe;
mod error;
mod facts;
mod group;
#[warn(clippy::indexing_slicing)] // bytes of strangers
mod header;
mod index;
pub mod out;
#[warn(clippy::indexing_slicing)] // bytes of strangers
mod pixels;
mod rules;
mod series;
mod shown;
#[warn(clippy::indexing_slicing)] // bytes of strangers
mod sources;
mod stack;
mod syntax;
#[warn(clippy::indexing_slicing)] // bytes of strangers
mod text;
mod turns;
mod watch;
mod workers;

#[cfg(test)]
mod real_data;

pub use error::Error;
pub use facts::{SeriesFacts, Sex};
pub use group::{Group, group};
pub use header::Header;
pub use index::{Index, index, index_readable};
pub use pixels::{Buffer, quietly};
pub use rules::{Cutoffs, Rules};
pub use series::{PlaneError, PlaneRef, Refusal, Series};
pub use shown::is_withheld;
pub use sources::{
    FILES_MAX, FileTree, Listed, Listing, Skip, Source, Tree, discover, entries_of_bytes, is_archive_name,
    joined, last_part, shown_folder,
};
pub use turns::Turns;
pub use watch::{Event, Unwatched, Watch};
pub use workers::Workers;
