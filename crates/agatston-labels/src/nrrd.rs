//! Not read yet.

use crate::{
    code::LABELS_FORMAT,
    error::{Trouble, refusal},
    label_file::LabelFile,
    source::Input,
};

pub(crate) fn starts(_start: &[u8]) -> bool {
    false
}

pub(crate) fn read(_input: Input<'_>) -> Result<LabelFile, Trouble> {
    Err(refusal(LABELS_FORMAT, "not read").into())
}
