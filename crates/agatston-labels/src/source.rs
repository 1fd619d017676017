//! What kind of file a label source is, told by its content. Left out: what is inside.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read},
    path::Path,
};

use flate2::bufread::MultiGzDecoder;

use crate::{
    code::{LABELS_FORMAT, LABELS_INVALID},
    error::{Refusal, Trouble, refusal},
    nifti::{self, Nifti},
};

/// An opened label source.
pub(crate) enum Opened {
    /// A regions file.
    Text { text: String, form: TextForm },
    /// A NIfTI file.
    Nifti(Box<Nifti>),
}

/// The two forms of a regions file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TextForm {
    Json,
    Toml,
}

/// A regions file of ten thousand shapes has some 2 MB.
const TEXT_BYTES_MAX: u64 = 16 << 20;

/// A deflate stream grows by a factor of 1032 at most (a match of 258 bytes costs two bits).
const DEFLATE_RATIO_MAX: u64 = 1032;

const READABLE: &str = "a regions file (.json, .toml) or a NIfTI label map (.nii, .nii.gz)";

pub(crate) fn open(path: &Path) -> Result<Opened, Trouble> {
    let file = File::open(path).map_err(Trouble::Io)?;
    let bytes = file.metadata().map_err(Trouble::Io)?.len();
    let mut reader = BufReader::with_capacity(1 << 16, file);
    let start = reader.fill_buf().map_err(Trouble::Io)?;
    let extension = path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
    if start.is_empty() {
        return Err(refusal(LABELS_INVALID, "the file is empty").expected(READABLE).into());
    }
    if start.starts_with(&[0x1f, 0x8b]) {
        let capacity = bytes.saturating_mul(DEFLATE_RATIO_MAX);
        return Ok(Opened::Nifti(Box::new(nifti::read(&mut MultiGzDecoder::new(reader), capacity)?)));
    }
    if nifti::starts(start) {
        return Ok(Opened::Nifti(Box::new(nifti::read(&mut reader, bytes)?)));
    }
    if extension == "nii" || extension == "gz" {
        let finding =
            refusal(LABELS_INVALID, format!("the name ends in .{extension}, the content does not fit"));
        return Err(finding.expected("a NIfTI header or gzip data").next_step("write the file again").into());
    }
    let form = match extension.as_str() {
        "json" => TextForm::Json,
        "toml" => TextForm::Toml,
        _ if start.trim_ascii_start().starts_with(b"{") => TextForm::Json,
        _ => return Err(unreadable(&extension).into()),
    };
    Ok(Opened::Text { text: read_text(reader)?, form })
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
            Err(refusal(LABELS_INVALID, "the regions file is over 16 MiB").expected("some kB").into())
        }
        Ok(_) => Ok(text),
    }
}
