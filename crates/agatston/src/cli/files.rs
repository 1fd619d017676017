//! Files that are written beside the result, as typed.

use clap::Args;
use std::path::PathBuf;

/// What to write beside the result.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Files beside the result")]
pub(crate) struct FilesArgs {
    #[command(flatten)]
    pub(crate) pictures: PicturesArgs,
    /// Label map of the calcium on the grid of the series, by artery: .nii.gz, .nii, .nrrd or .seg.nrrd; a colour table of
    /// 3D Slicer (.ctbl) is written beside it
    #[arg(long, value_name = "FILE", conflicts_with = "region")]
    pub(crate) labelmap: Option<PathBuf>,
    /// DICOM Segmentation, a segment an artery or region. It holds the patient module of the series
    #[arg(long, value_name = "FILE", conflicts_with = "region")]
    pub(crate) seg: Option<PathBuf>,
    /// DICOM Structured Report (TID 1500) of lesions, arteries and total, which refers to the segmentation of --seg. It holds
    /// the patient module of the series
    #[arg(long, value_name = "FILE", conflicts_with = "region")]
    pub(crate) sr: Option<PathBuf>,
    /// Date of --seg and --sr, YYYYMMDD or YYYYMMDDHHMMSS, instead of the dates of the series
    #[arg(long, value_name = "DATE")]
    pub(crate) date: Option<String>,
    /// Pictures of what the anatomy was found to be, a PNG for each slice of the work grid, and its masks as anatomy.nii, in
    /// this folder; made when missing. Also of a series that is refused, as far as the search came
    #[arg(long, value_name = "FOLDER", conflicts_with_all = ["region", "labels", "labels_pattern", "edits"])]
    pub(crate) debug_png: Option<PathBuf>,
}

/// What is to be looked at.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Files beside the result")]
pub(crate) struct PicturesArgs {
    /// Report for people as one HTML file: verdict, findings, numbers, pictures with lesions outlined
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
    /// The pictures of the report as PNG files in this folder, all of them; made when missing. A saved result has no pixels
    #[arg(long, value_name = "FOLDER")]
    pub(crate) png: Option<PathBuf>,
}
