//! Which files are written beside the result, each checked before a series is scored.

use crate::{
    cli::{FilesArgs, PicturesArgs},
    failure::Failure,
    output::{Target, check_folder},
};
use agatston_engine::{
    Choice, Pictures, is_anatomy_picture,
    writers::{
        dicom::{DateTime, OutError},
        label_map::{LabelMapForm, colour_table_path},
    },
};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Files beside the result.
#[derive(Debug, Default)]
pub(crate) struct Files {
    pub(crate) pictures: PictureFiles,
    pub(crate) label_map: Option<LabelMapFiles>,
    /// A DICOM Segmentation.
    pub(crate) seg: Option<PathBuf>,
    /// A DICOM Structured Report.
    pub(crate) sr: Option<PathBuf>,
    /// The date of these two, instead of that of the series.
    pub(crate) date: Option<DateTime>,
    /// A folder for what the anatomy was found to be.
    pub(crate) anatomy: Option<PathBuf>,
    /// Whether existing files may be replaced.
    pub(crate) overwrite: bool,
}

/// A label map and its colour table.
#[derive(Debug)]
pub(crate) struct LabelMapFiles {
    pub(crate) map: PathBuf,
    pub(crate) form: LabelMapForm,
    pub(crate) colours: PathBuf,
}

impl Files {
    /// Resolves what was typed.
    pub(crate) fn new(args: FilesArgs, overwrite: bool) -> Result<Self, Failure> {
        let date = args.date.as_deref().map(date).transpose()?;
        if date.is_some() && args.seg.is_none() && args.sr.is_none() {
            let problem = "dates a DICOM object, and none is asked for; give --seg or --sr".to_owned();
            return Err(Failure::Usage { option: "--date", problem });
        }
        let label_map = args.labelmap.map(label_map).transpose()?;
        let pictures = PictureFiles::new(args.pictures, overwrite);
        Ok(Self { pictures, label_map, seg: args.seg, sr: args.sr, date, anatomy: args.debug_png, overwrite })
    }

    /// Whether nothing is to be written that is made of calcium.
    pub(crate) fn is_empty(&self) -> bool {
        self.pictures.is_empty() && self.paths().is_empty()
    }

    /// The files, each with the option that asked for it.
    fn paths(&self) -> Vec<(&'static str, &Path)> {
        let label_map =
            self.label_map.iter().flat_map(|l| [("--labelmap", &*l.map), ("--labelmap", &*l.colours)]);
        let objects = [("--seg", &self.seg), ("--sr", &self.sr)];
        let objects = objects.into_iter().filter_map(|(option, path)| Some((option, path.as_deref()?)));
        self.pictures.report().chain(label_map).chain(objects).collect()
    }

    /// Fails early when a file may not be written: see [`Target::check`]. `result` is where the result goes, `reads` what
    /// the command reads.
    pub(crate) fn check(&self, choice: &Choice, result: &Target, reads: &[PathBuf]) -> Result<(), Failure> {
        let paths = self.paths();
        let folders = [("--png", &self.pictures.png), (ANATOMY, &self.anatomy)];
        let folders = folders.iter().filter(|(_, folder)| folder.is_some()).map(|(option, _)| *option);
        let Some(option) = paths.iter().map(|(option, _)| *option).chain(folders).next() else {
            return Ok(());
        };
        if *choice == Choice::All {
            let problem = "is one file of one series; leave out --series all".to_owned();
            return Err(Failure::Usage { option, problem });
        }
        check_paths(&paths, self.overwrite, result, reads)?;
        self.pictures.check_folder(&paths, result)?;
        let Some(path) = &self.anatomy else { return Ok(()) };
        let map = Target { path: Some(path.join(ANATOMY_MAP)), overwrite: self.overwrite };
        map.check(ANATOMY, reads)?;
        let is_named = |name: &str| name == ANATOMY_MAP || is_anatomy_picture(name);
        check_folder(ANATOMY, path, self.overwrite, is_anatomy_picture)?;
        check_names(ANATOMY, path, &others(&paths, result), is_named)
    }
}

/// The option that asks for what the anatomy was found to be.
const ANATOMY: &str = "--debug-png";

/// The map of the anatomy in its folder.
pub(crate) const ANATOMY_MAP: &str = "anatomy.nii";

/// Holds each file against all that are written and read.
fn check_paths(
    paths: &[(&'static str, &Path)],
    overwrite: bool,
    result: &Target,
    reads: &[PathBuf],
) -> Result<(), Failure> {
    let mut taken: Vec<PathBuf> = result.path.iter().filter_map(|path| resolved(path)).collect();
    for (option, path) in paths {
        let wrong = |problem: &str| Failure::Usage { option, problem: problem.to_owned() };
        let place =
            resolved(path).ok_or_else(|| wrong("is in a folder that does not exist; make it first"))?;
        if taken.contains(&place) {
            return Err(wrong("names a file that another output has already"));
        }
        taken.push(place);
        Target { path: Some(path.to_path_buf()), overwrite }.check(option, reads)?;
    }
    Ok(())
}

/// Where a file is or will be, however its path is written; nothing where its folder does not exist.
fn resolved(path: &Path) -> Option<PathBuf> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Some(fs::canonicalize(folder).ok()?.join(path.file_name()?))
}

/// What is to be looked at: one page, and its pictures as files.
#[derive(Debug, Default)]
pub(crate) struct PictureFiles {
    pub(crate) report: Option<PathBuf>,
    pub(crate) png: Option<PathBuf>,
    /// Whether existing files may be replaced.
    pub(crate) overwrite: bool,
}

impl PictureFiles {
    pub(crate) fn new(args: PicturesArgs, overwrite: bool) -> Self {
        Self { report: args.report, png: args.png, overwrite }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.report.is_none() && self.png.is_none()
    }

    /// The page, with the option that asked for it.
    fn report(&self) -> impl Iterator<Item = (&'static str, &Path)> {
        self.report.iter().map(|path| ("--report", &**path))
    }

    /// Fails early when one of them may not be written, as [`Files::check`].
    pub(crate) fn check(&self, result: &Target, reads: &[PathBuf]) -> Result<(), Failure> {
        let paths: Vec<_> = self.report().collect();
        check_paths(&paths, self.overwrite, result, reads)?;
        self.check_folder(&paths, result)
    }

    /// Fails early when the folder may not be written into, or another output is to have the name of a picture in it.
    fn check_folder(&self, paths: &[(&'static str, &Path)], result: &Target) -> Result<(), Failure> {
        let Some(png) = &self.png else { return Ok(()) };
        check_folder("--png", png, self.overwrite, Pictures::is_png_name)?;
        check_names("--png", png, &others(paths, result), Pictures::is_png_name)
    }
}

/// Every file that is written but those of a folder.
fn others<'a>(paths: &[(&'static str, &'a Path)], result: &'a Target) -> Vec<&'a Path> {
    paths.iter().map(|(_, path)| *path).chain(result.path.as_deref()).collect()
}

/// Fails when another output is to have the name of a file that is made in a folder.
fn check_names(
    option: &'static str,
    folder: &Path,
    others: &[&Path],
    is_named: impl Fn(&str) -> bool,
) -> Result<(), Failure> {
    let folder = resolved(folder).or_else(|| fs::canonicalize(folder).ok());
    let is_taken = |path: &&Path| {
        let name = path.file_name().and_then(|name| name.to_str());
        let there = resolved(path).and_then(|path| path.parent().map(Path::to_path_buf));
        there.is_some() && there == folder && name.is_some_and(&is_named)
    };
    if others.iter().any(is_taken) {
        let problem = "would have a file of the name of another output; name another folder".to_owned();
        return Err(Failure::Usage { option, problem });
    }
    Ok(())
}

fn date(given: &str) -> Result<DateTime, Failure> {
    given.parse().map_err(|e: OutError| Failure::Usage { option: "--date", problem: e.to_string() })
}

fn label_map(map: PathBuf) -> Result<LabelMapFiles, Failure> {
    let wrong = || {
        let problem = "needs a name that ends in .nii.gz, .nii, .nrrd or .seg.nrrd".to_owned();
        Failure::Usage { option: "--labelmap", problem }
    };
    let form = LabelMapForm::of(&map).ok_or_else(wrong)?;
    Ok(LabelMapFiles { form, colours: colour_table_path(&map), map })
}
