//! Not read yet.

use crate::{
    ReadOptions,
    code::LABELS_FORMAT,
    error::{Trouble, refusal},
    source::{Input, Opened},
};

pub(crate) fn starts(_start: &[u8]) -> bool {
    false
}

pub(crate) fn read(_input: Input<'_>, _options: &ReadOptions) -> Result<Opened, Trouble> {
    Err(refusal(LABELS_FORMAT, "not read").into())
}
