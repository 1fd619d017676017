//! Where files come from: folders, single files, zip archives, the files that a DICOMDIR names.

mod archive;
mod discover;
mod source;
mod tree;

pub use archive::entries_of_bytes;
pub(crate) use archive::is_archive;
pub use discover::discover;
pub use source::Source;
pub use tree::{FileTree, Listed, Listing, Tree, is_archive_name, joined, last_part, shown_folder};

use std::fmt;

/// Most files of an input, in whatever it holds them: a folder, an archive, a DICOMDIR, a list.
pub const FILES_MAX: usize = 1 << 20;

/// Bytes that deflate can make of one (RFC 1951: 258 bytes from two bits, at best).
pub(crate) const DEFLATE_RATIO_MAX: u64 = 1032;

/// Why a file is no part of any series.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Skip {
    /// A file without a byte.
    Empty,
    /// Not a DICOM file.
    NotDicom,
    /// A zip archive that was found in a folder or in another archive.
    Archive,
    /// A pipe, socket or device in a folder: it is never opened, because it might never end.
    NoFile,
    /// A DICOMDIR: the files it names are read themselves.
    Directory,
    /// DICOM, but no CT image; the modality, else the SOP class.
    NotCt(String),
    /// A localizer: a projection, not a slice.
    Localizer,
}

impl fmt::Display for Skip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("an empty file"),
            Self::NotDicom => f.write_str("not a DICOM file"),
            Self::Archive => f.write_str("a zip archive inside the input; give it as an input of its own"),
            Self::NoFile => f.write_str("a pipe, socket or device"),
            Self::Directory => f.write_str("a DICOMDIR"),
            Self::NotCt(what) => write!(f, "not a CT image ({what})"),
            Self::Localizer => f.write_str("a localizer"),
        }
    }
}
