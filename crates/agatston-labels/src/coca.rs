//! Not read yet.

use crate::{
    code::LABELS_FORMAT,
    contours::Drawing,
    error::{Trouble, refusal},
    source::Input,
};

pub(crate) fn starts(_start: &[u8]) -> bool {
    false
}

pub(crate) fn read(_input: Input<'_>) -> Result<Drawing, Trouble> {
    Err(refusal(LABELS_FORMAT, "not read").into())
}
