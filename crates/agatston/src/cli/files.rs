//! Files that are written beside the result, as typed.

use clap::Args;
use std::path::PathBuf;

/// What to write beside the result.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Files beside the result")]
pub(crate) struct FilesArgs {
    /// Label map of the calcium on the grid of the series, by artery: .nii.gz, .nii, .nrrd or .seg.nrrd; a colour table of
    /// 3D Slicer (.ctbl) is written beside it
    #[arg(long, value_name = "FILE", conflicts_with = "region")]
    pub(crate) labelmap: Option<PathBuf>,
}
