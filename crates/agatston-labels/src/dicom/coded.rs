//! Codes of a terminology (PS3.3 section 8): scheme and value of every item of a code sequence.

use super::{
    data_set::DataSet,
    tag::{CODE_VALUE, CODING_SCHEME_DESIGNATOR, LONG_CODE_VALUE, Tag},
    value::Characters,
};
use crate::{error::Refusal, names::Coded};

/// The codes of a sequence and, within its items, those of the sequence of its modifiers.
pub(super) fn codes(data_set: &DataSet<'_>, sequence: Tag, modifiers: Tag) -> Result<Vec<Coded>, Refusal> {
    let mut codes = Vec::new();
    for item in data_set.items(sequence) {
        let item = item?;
        codes.extend(code(&item)?);
        for modifier in item.items(modifiers) {
            codes.extend(code(&modifier?)?);
        }
    }
    Ok(codes)
}

fn code(item: &DataSet<'_>) -> Result<Option<Coded>, Refusal> {
    // Codes are ASCII.
    let text = |tag| item.text(tag, Characters::Other);
    let value = text(CODE_VALUE)?.map_or_else(|| text(LONG_CODE_VALUE), |value| Ok(Some(value)))?;
    let scheme = text(CODING_SCHEME_DESIGNATOR)?;
    Ok(scheme.zip(value).map(|(scheme, value)| Coded { scheme, value }))
}
