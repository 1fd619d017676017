//! A folder as a label source: the one label file in it, or a mask of each artery.
//!
//! Files are told by their content, as ever. What is no label file is passed over; what is one and cannot be read stands
//! in the way, since without it an artery might be missing. Left out: sub folders and hidden files.

mod masks;

use std::{
    borrow::Cow,
    collections::BTreeSet,
    fs,
    io::{self, Read},
    mem,
    path::{Path, PathBuf},
};

use flate2::bufread::MultiGzDecoder;

use self::masks::Masks;
use crate::{
    Meaning, ReadOptions, Scheme,
    code::{LABELS_FOLDER, LABELS_FORMAT},
    error::{Refusal, Trouble, refusal},
    label_file::LabelFile,
    nifti,
    shown::{listed, shown},
    source::{self, Form, Opened},
    vessel,
};

/// Files of the largest folder that is looked at.
const FILES_MAX: usize = 1_000;

/// Endings of label maps, the longer ones first. A file that is called so is a label file whatever is in it.
const MAP_ENDINGS: [&str; 7] = [".nii.gz", ".nii", ".seg.nrrd", ".nrrd", ".nhdr", ".mha", ".mhd"];

/// Endings of label maps whose voxels may be in a file of their own.
const HEADER_ENDINGS: [&str; 4] = [".nhdr", ".mhd", ".nrrd", ".mha"];

pub(crate) fn open(path: &Path, options: &ReadOptions) -> Result<Opened, Trouble> {
    let files = files(path)?;
    let data: BTreeSet<String> = files.iter().flat_map(Member::data_files).collect();
    let mut looked = Looked::default();
    for file in &files {
        if !file.is_label_file() || data.contains(&file.name) {
            looked.passed.push(shown(&file.name));
            continue;
        }
        match source::open(&file.path, options) {
            Ok(opened) => looked.add(file, opened)?,
            Err(Trouble::Refused(finding)) if finding.code == LABELS_FORMAT && file.may_be_another() => {
                looked.passed.push(shown(&file.name));
            }
            Err(trouble) => return Err(of_member(trouble, &file.name)),
        }
    }
    looked.answer(options.scheme.as_ref())
}

/// A file of the folder.
struct Member {
    path: PathBuf,
    name: String,
    start: Vec<u8>,
    form: Form,
}

/// The files of a folder by their names; sub folders and hidden files are none.
fn files(folder: &Path) -> Result<Vec<Member>, Trouble> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(Trouble::Io)? {
        let path = entry.map_err(Trouble::Io)?.path();
        let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        // A link to nothing is looked at too: its label file is missing.
        if !hidden && (path.is_file() || !path.exists()) {
            paths.push(path);
        }
        if paths.len() > FILES_MAX {
            return Err(refusal(LABELS_FOLDER, "the folder holds too many files")
                .expected(format!("at most {FILES_MAX}"))
                .next_step("name the label file itself, or put the labels into a folder of their own")
                .into());
        }
    }
    paths.sort();
    paths.into_iter().map(Member::of).collect()
}

impl Member {
    fn of(path: PathBuf) -> Result<Self, Trouble> {
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let (_, start) = source::begin(&path).map_err(|trouble| of_member(trouble, &name))?;
        let form = Form::of(&start);
        Ok(Self { path, name, start, form })
    }

    /// Whether it is a label file, be it damaged or not.
    fn is_label_file(&self) -> bool {
        match self.form {
            Form::Nifti | Form::Nrrd | Form::Dicom | Form::PropertyList | Form::MetaImage => true,
            Form::Gzip => self.is_called_a_map() || packs_nifti(&self.start),
            Form::Empty => self.is_called_a_map(),
            Form::Other => self.is_called_a_map() || self.is_regions_file(),
        }
    }

    /// Whether it has the form of label files, but may well be something else: an image, or any property list.
    fn may_be_another(&self) -> bool {
        matches!(self.form, Form::Dicom | Form::PropertyList)
    }

    fn is_called_a_map(&self) -> bool {
        MAP_ENDINGS.iter().any(|ending| self.ends_in(ending))
    }

    /// Many programs leave JSON beside their results; a regions file starts with its only key.
    fn is_regions_file(&self) -> bool {
        let is_text =
            self.ends_in(".json") || self.ends_in(".toml") || self.start.trim_ascii_start().starts_with(b"{");
        is_text && self.start.windows(7).any(|part| part == b"regions")
    }

    fn ends_in(&self, ending: &str) -> bool {
        self.name.to_lowercase().ends_with(ending)
    }

    /// The name without what tells the format.
    fn stem(&self) -> &str {
        let ending = MAP_ENDINGS.iter().find(|ending| self.ends_in(ending)).map_or(0, |ending| ending.len());
        self.name.len().checked_sub(ending).and_then(|end| self.name.get(..end)).unwrap_or(&self.name)
    }

    /// Names of the files that hold the voxels of this one, where it is a header alone.
    fn data_files(&self) -> Vec<String> {
        let mut names = Vec::new();
        let mut is_list = false;
        let is_header = HEADER_ENDINGS.iter().any(|ending| self.ends_in(ending));
        let header = if is_header { String::from_utf8_lossy(&self.start) } else { Cow::Borrowed("") };
        for line in header.lines() {
            let (key, value) = line.split_once([':', '=']).unwrap_or(("", line));
            let is_data =
                ["data file", "datafile", "elementdatafile"].contains(&key.trim().to_lowercase().as_str());
            if is_data || is_list {
                is_list |= value.trim().starts_with("LIST");
                names.extend(value.trim().rsplit(['/', '\\']).next().map(str::to_owned));
            }
        }
        names.retain(|name| *name != self.name);
        names
    }
}

fn packs_nifti(start: &[u8]) -> bool {
    let mut header = [0; 4];
    MultiGzDecoder::new(start).read_exact(&mut header).is_ok() && nifti::starts(&header)
}

/// What was found so far.
#[derive(Default)]
struct Looked {
    held: Held,
    sources: Vec<String>,
    passed: Vec<String>,
}

#[derive(Default)]
enum Held {
    #[default]
    Nothing,
    One {
        stem: String,
        opened: Box<Opened>,
    },
    Masks(Box<Masks>),
    /// Why the files do not go together.
    Unlike(String),
}

impl Looked {
    fn add(&mut self, file: &Member, opened: Opened) -> Result<(), Refusal> {
        self.sources.push(shown(&file.name));
        let stem = file.stem();
        self.held = match (mem::take(&mut self.held), opened) {
            (Held::Nothing, opened) => Held::One { stem: stem.to_owned(), opened: Box::new(opened) },
            (Held::One { stem: first_stem, opened }, Opened::Voxels(mask)) => match *opened {
                Opened::Voxels(first) => {
                    joined(Masks::like(&first)?, &[(&first_stem, &first), (stem, &mask)])?
                }
                _ => mixed(),
            },
            (Held::Masks(masks), Opened::Voxels(mask)) => joined(*masks, &[(stem, &mask)])?,
            (Held::Unlike(why), _) => Held::Unlike(why),
            _ => mixed(),
        };
        Ok(())
    }

    fn answer(self, scheme: Option<&Scheme>) -> Result<Opened, Trouble> {
        match self.held {
            Held::One { stem, opened } => match *opened {
                Opened::Voxels(file) => Ok(alone(&stem, *file, scheme)?.into()),
                opened => Ok(opened),
            },
            Held::Masks(masks) => Ok(masks.into_file().into()),
            Held::Unlike(why) => {
                let message = "the label files of the folder do not go together";
                Err(unfit(message).seen(format!("{}: {why}", listed(self.sources.iter()))).into())
            }
            Held::Nothing => {
                let passed = listed(self.passed.iter());
                let seen = if passed.is_empty() { "no file".to_owned() } else { passed };
                Err(unfit("the folder holds no label file").seen(seen).into())
            }
        }
    }
}

fn mixed() -> Held {
    Held::Unlike("not all are label maps".to_owned())
}

fn joined(mut masks: Masks, more: &[(&str, &LabelFile)]) -> Result<Held, Refusal> {
    for (stem, mask) in more {
        if let Some(why) = masks.add(stem, mask)? {
            return Ok(Held::Unlike(why));
        }
    }
    Ok(Held::Masks(Box::new(masks)))
}

/// A mask that is alone has the meaning of its name, if that is an artery's: as among others, whatever its id. A name that
/// says no more than "coronary" leaves it to a scheme to say more.
fn alone(stem: &str, file: LabelFile, scheme: Option<&Scheme>) -> Result<LabelFile, Refusal> {
    let by_name = match vessel::meaning_of(stem) {
        Some(Meaning::Artery(_)) => true,
        Some(_) => scheme.is_none(),
        None => false,
    };
    if !by_name {
        return Ok(file);
    }
    let mut masks = Masks::like(&file)?;
    let why = masks.add(stem, &file)?;
    Ok(if why.is_none() { masks.into_file() } else { file })
}

fn unfit(message: &str) -> Refusal {
    refusal(LABELS_FOLDER, message)
        .expected(
            "one label file, or masks of one label each on one grid, each called after its artery, as LM.nii.gz, \
             LAD.nii.gz, coronary_arteries.nii.gz",
        )
        .next_step("name the label file itself, or leave only what goes together in the folder")
}

/// Trouble with a file of the folder.
fn of_member(trouble: Trouble, name: &str) -> Trouble {
    match trouble {
        Trouble::Refused(mut finding) => {
            finding.message = format!("{name}: {}", finding.message);
            Trouble::Refused(finding)
        }
        Trouble::Io(error) => Trouble::Io(io::Error::new(error.kind(), format!("{name}: {error}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_name_their_data() {
        let data = |name: &str, text: &str| {
            let (name, start) = (name.to_owned(), text.as_bytes().to_vec());
            Member { path: PathBuf::from(&name), name, start, form: Form::Other }.data_files()
        };
        assert_eq!(data("a.mhd", "NDims = 3\r\nElementDataFile = a.zraw\r\n"), ["a.zraw"]);
        assert_eq!(data("a.nhdr", "NRRD0004\ndata file: ./parts/a.raw.gz\n"), ["a.raw.gz"]);
        assert_eq!(data("a.nhdr", "datafile: LIST 2\n1.raw\n2.raw\n"), ["LIST 2", "1.raw", "2.raw"]);
        // What is said of other files in passing is not data, nor is anything in a file of another kind.
        assert_eq!(data("a.nrrd", "NRRD0004\n# LAD.nii\nsource:=LAD.nii\n"), [""; 0]);
        assert_eq!(data("a.txt", "data file: LAD.nii\n"), [""; 0]);
        assert_eq!(data("a.nhdr", "data file: a.nhdr\n"), [""; 0]);
    }
}
