//! Not read yet.

use std::path::Path;

use crate::{
    ReadOptions,
    code::LABELS_FOLDER,
    error::{Trouble, refusal},
    source::Opened,
};

pub(crate) fn open(_path: &Path, _options: &ReadOptions) -> Result<Opened, Trouble> {
    Err(refusal(LABELS_FOLDER, "not read").into())
}
