//! What kind of file a label source is, told by its content. Left out: what is inside.

use std::{
    fs::{File, Metadata},
    io::{self, BufRead, BufReader, Read},
    path::Path,
};

use flate2::bufread::MultiGzDecoder;

use crate::{
    ReadOptions, coca,
    code::{LABELS_FORMAT, LABELS_INVALID, LABELS_MISSING},
    contours::Drawing,
    dicom,
    error::{Refusal, Trouble, refusal},
    folder,
    label_file::LabelFile,
    metaimage, nifti, nrrd,
    stream::DEFLATE_RATIO_MAX,
};

/// An opened label source.
pub(crate) enum Opened {
    /// A regions file.
    Text { text: String, form: TextForm },
    /// A label map.
    Voxels(Box<LabelFile>),
    /// Contours.
    Contours(Drawing),
}

impl From<LabelFile> for Opened {
    fn from(file: LabelFile) -> Self {
        Self::Voxels(Box::new(file))
    }
}

/// The two forms of a regions file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TextForm {
    Json,
    Toml,
}

/// A file at its start.
pub(crate) struct Input<'a> {
    pub(crate) reader: BufReader<File>,
    /// Size of the file.
    pub(crate) bytes: u64,
    /// Where it is: formats in two files name the other by its name.
    pub(crate) path: &'a Path,
}

/// A regions file of ten thousand shapes has some 2 MB; read, it takes some thirty times as much.
const TEXT_BYTES_MAX: u64 = 3 << 20;

pub(crate) const READABLE: &str = "a regions file (.json, .toml), a label map (.nii, .nii.gz, .nrrd, .nhdr, .seg.nrrd, \
     .mha, .mhd, DICOM SEG) or contours (RTSTRUCT, COCA .xml)";

/// What the start of a file says that it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Empty,
    /// Packed data, which among label files only NIfTI is as a whole.
    Gzip,
    Nifti,
    Nrrd,
    Dicom,
    PropertyList,
    MetaImage,
    /// A regions file, or nothing that is read.
    Other,
}

impl Form {
    pub(crate) fn of(start: &[u8]) -> Self {
        match start {
            [] => Self::Empty,
            [0x1f, 0x8b, ..] => Self::Gzip,
            start if nifti::starts(start) => Self::Nifti,
            start if nrrd::starts(start) => Self::Nrrd,
            start if dicom::starts(start) => Self::Dicom,
            start if coca::starts(start) => Self::PropertyList,
            start if metaimage::starts(start) => Self::MetaImage,
            _ => Self::Other,
        }
    }
}

pub(crate) fn open(path: &Path, options: &ReadOptions) -> Result<Opened, Trouble> {
    let metadata = path.metadata().map_err(unopened)?;
    if metadata.is_dir() {
        return folder::open(path, options);
    }
    check_is_file(&metadata)?;
    let (mut input, start) = begin(path)?;
    match Form::of(&start) {
        Form::Empty => Err(refusal(LABELS_INVALID, "the file is empty").expected(READABLE).into()),
        Form::Gzip => {
            let capacity = input.bytes.saturating_mul(DEFLATE_RATIO_MAX);
            Ok(nifti::read(&mut MultiGzDecoder::new(input.reader), capacity)?.into())
        }
        Form::Nifti => Ok(nifti::read(&mut input.reader, input.bytes)?.into()),
        Form::Nrrd => Ok(nrrd::read(input)?.into()),
        Form::Dicom => dicom::read(input, options),
        Form::PropertyList => Ok(Opened::Contours(coca::read(input)?)),
        Form::MetaImage => Ok(metaimage::read(input)?.into()),
        Form::Other => text(input, &start),
    }
}

/// The text of a regions file; every other kind is refused.
pub(crate) fn open_regions(path: &Path) -> Result<(String, TextForm), Trouble> {
    let no_regions = || {
        refusal(LABELS_FORMAT, "reference regions are read from a regions file only")
            .expected("a regions file (.json, .toml)")
    };
    let metadata = path.metadata().map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => {
            let finding = refusal(LABELS_MISSING, "there is no such file of reference regions");
            finding.next_step("correct the name").into()
        }
        _ => Trouble::Io(error),
    })?;
    if metadata.is_dir() {
        return Err(no_regions().seen("a folder").into());
    }
    check_is_file(&metadata)?;
    let (input, start) = begin(path)?;
    if !matches!(Form::of(&start), Form::Empty | Form::Other) {
        return Err(no_regions().seen("a label map or contours").into());
    }
    match text(input, &start)? {
        Opened::Text { text, form } => Ok((text, form)),
        Opened::Voxels(_) | Opened::Contours(_) => Err(no_regions().into()),
    }
}

/// A pipe or a device may never end, so it is not opened.
pub(crate) fn check_is_file(metadata: &Metadata) -> Result<(), Refusal> {
    if metadata.is_file() {
        return Ok(());
    }
    let finding = refusal(LABELS_FORMAT, "this is no file, but a pipe, a socket or a device");
    Err(finding.expected(READABLE).next_step("write its content to a file, and name that"))
}

/// Opens a file, and shows its start without moving on.
pub(crate) fn begin(path: &Path) -> Result<(Input<'_>, Vec<u8>), Trouble> {
    let file = File::open(path).map_err(unopened)?;
    let bytes = file.metadata().map_err(Trouble::Io)?.len();
    let mut reader = BufReader::with_capacity(1 << 16, file);
    let start = reader.fill_buf().map_err(Trouble::Io)?.to_vec();
    Ok((Input { reader, bytes, path }, start))
}

/// A regions file, if it is one.
fn text(input: Input<'_>, start: &[u8]) -> Result<Opened, Trouble> {
    let extension = input.path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
    let form = match extension.as_str() {
        "nii" | "gz" => {
            let finding =
                refusal(LABELS_INVALID, format!("the name ends in .{extension}, the content does not fit"));
            let finding = finding.expected("a NIfTI header or gzip data").next_step("write the file again");
            return Err(finding.into());
        }
        "json" => TextForm::Json,
        "toml" => TextForm::Toml,
        _ if start.trim_ascii_start().starts_with(b"{") => TextForm::Json,
        _ => return Err(unreadable(&extension).into()),
    };
    Ok(Opened::Text { text: read_text(input.reader)?, form })
}

/// What is not there is missing, which is said of it; what cannot be opened is trouble outside.
fn unopened(error: io::Error) -> Trouble {
    if error.kind() != io::ErrorKind::NotFound {
        return Trouble::Io(error);
    }
    refusal(LABELS_MISSING, "there is no such label file")
        .expected(READABLE)
        .next_step("correct the name; a scan without calcium needs an empty label file, not none")
        .into()
}

fn unreadable(extension: &str) -> Refusal {
    refusal(LABELS_FORMAT, "this is no label format that is read")
        .seen(if extension.is_empty() {
            "no file ending".to_owned()
        } else {
            format!("file ending .{extension}")
        })
        .expected(READABLE)
        .next_step("convert the labels to .nii.gz on the grid of the series")
}

fn read_text(reader: impl Read) -> Result<String, Trouble> {
    let mut text = String::new();
    match reader.take(TEXT_BYTES_MAX + 1).read_to_string(&mut text) {
        Err(e) if e.kind() == io::ErrorKind::InvalidData => {
            Err(refusal(LABELS_INVALID, "the file is no text").expected("UTF-8").into())
        }
        Err(e) => Err(Trouble::Io(e)),
        Ok(n) if n as u64 > TEXT_BYTES_MAX => {
            Err(refusal(LABELS_INVALID, "the regions file is over 3 MiB").expected("some kB").into())
        }
        // Some editors begin a text with a mark of its byte order.
        Ok(_) => Ok(text.trim_start_matches('\u{feff}').to_owned()),
    }
}
