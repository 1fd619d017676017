//! Voxels in a file beside their header. The header is a stranger's: only a file of the same folder is opened.

use std::{fs::File, io, io::BufReader, path::Path};

use crate::{
    code::{LABELS_INVALID, LABELS_MISSING},
    error::{Refusal, Trouble, refusal},
    shown::shown,
};

/// The file that holds the voxels.
pub(crate) struct Detached {
    pub(crate) reader: BufReader<File>,
    /// Its size.
    pub(crate) bytes: u64,
}

/// Bytes of the longest name of a file on the systems that there are.
const NAME_MAX: usize = 255;

impl Detached {
    /// Opens the file of a name that a header gives, in the folder of the header.
    pub(crate) fn open(name: &str, header: &Path) -> Result<Self, Trouble> {
        let path = header.with_file_name(checked(name)?);
        let metadata = path.metadata().map_err(|e| unopened(e, name))?;
        if !metadata.is_file() {
            return Err(refusal(LABELS_INVALID, "what the header names as its voxels is no file")
                .seen(shown(name))
                .into());
        }
        let file = File::open(&path).map_err(|e| unopened(e, name))?;
        Ok(Self { reader: BufReader::with_capacity(1 << 16, file), bytes: metadata.len() })
    }
}

/// A plain name, possibly after `./`, which teem writes.
fn checked(name: &str) -> Result<&str, Refusal> {
    let plain = name.strip_prefix("./").unwrap_or(name);
    let first_word = plain.split_whitespace().next().unwrap_or_default();
    if first_word == "LIST" || plain.contains('%') {
        return Err(refusal(LABELS_INVALID, "the voxels are in several files (a LIST or a pattern)")
            .seen(shown(name))
            .expected("one file")
            .next_step("write the label map into one file"));
    }
    if plain.len() > NAME_MAX {
        return Err(refusal(
            LABELS_INVALID,
            "the header names voxels in a file whose name is longer than any",
        )
        .seen(shown(name))
        .expected(format!("at most {NAME_MAX} bytes"))
        .next_step("correct the name in the header"));
    }
    let leads_away = |c: char| matches!(c, '/' | '\\' | ':') || c.is_control();
    if plain.is_empty() || plain == "." || plain.contains("..") || plain.contains(leads_away) {
        return Err(refusal(LABELS_INVALID, "the header names voxels outside its own folder")
            .seen(shown(name))
            .expected("the name of a file beside the header, without a folder")
            .next_step("put both files into one folder and correct the name in the header"));
    }
    Ok(plain)
}

fn unopened(error: io::Error, name: &str) -> Trouble {
    if error.kind() != io::ErrorKind::NotFound {
        return Trouble::Io(error);
    }
    refusal(LABELS_MISSING, "the file that holds the voxels is not there")
        .seen(format!("the header names {}", shown(name)))
        .expected("that file beside the header")
        .next_step("put both files into one folder")
        .into()
}
