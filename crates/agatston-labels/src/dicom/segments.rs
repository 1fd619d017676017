//! The segments of a segmentation (PS3.3 C.8.20.4): their numbers, names and codes, and which of them is the background.

use std::collections::BTreeSet;

use super::{
    coded::codes,
    damaged,
    data_set::DataSet,
    tag::{
        ANATOMIC_REGION_MODIFIER_SEQUENCE, ANATOMIC_REGION_SEQUENCE,
        PRIMARY_ANATOMIC_STRUCTURE_MODIFIER_SEQUENCE, PRIMARY_ANATOMIC_STRUCTURE_SEQUENCE,
        SEGMENT_DESCRIPTION, SEGMENT_LABEL, SEGMENT_NUMBER, SEGMENT_SEQUENCE,
        SEGMENTED_PROPERTY_TYPE_CODE_SEQUENCE, SEGMENTED_PROPERTY_TYPE_MODIFIER_CODE_SEQUENCE,
    },
    value::Characters,
};
use crate::{
    error::Refusal,
    names::{Key, Named, Names},
    shown::shown,
};

/// The segments of a file.
#[derive(Debug)]
pub(super) struct Segments {
    pub(super) names: Names,
    /// Numbers that are described as background: no label.
    background: BTreeSet<u16>,
}

impl Segments {
    pub(super) fn read(data_set: &DataSet<'_>) -> Result<Self, Refusal> {
        let characters = Characters::of(data_set);
        let mut segments = Self { names: Names::new(), background: BTreeSet::new() };
        for item in data_set.items(SEGMENT_SEQUENCE) {
            segments.add(&item?, characters)?;
        }
        if segments.names.is_empty() {
            return Err(damaged("the segmentation describes no segment").expected("a SegmentSequence"));
        }
        Ok(segments)
    }

    fn add(&mut self, item: &DataSet<'_>, characters: Characters) -> Result<(), Refusal> {
        let number = item.u16(SEGMENT_NUMBER)?.ok_or_else(|| damaged("a segment has no number"))?;
        let named = named(item, number, characters)?;
        let is_background = named.codes.iter().any(|code| code.scheme == "DCM" && code.value == "125040");
        if number == 0 && !is_background && !named.label.eq_ignore_ascii_case("background") {
            return Err(damaged("segment 0 is described as something else than background")
                .seen(shown(&named.label))
                .expected("numbers from 1 on for what is labelled")
                .next_step("write the segmentation again with other numbers"));
        }
        let is_new = if number == 0 || is_background {
            self.background.insert(number) && !self.names.contains_key(&Key::of(number.into()))
        } else {
            let before = self.names.insert(Key::of(number.into()), named);
            before.is_none() && !self.background.contains(&number)
        };
        if is_new { Ok(()) } else { Err(damaged(format!("segment {number} is described twice"))) }
    }

    /// The label that a number stands for; nothing for the background.
    ///
    /// # Errors
    ///
    /// When no segment has this number.
    pub(super) fn label(&self, number: u16) -> Result<Option<Key>, Refusal> {
        let key = Key::of(number.into());
        if self.names.contains_key(&key) {
            return Ok(Some(key));
        }
        if number == 0 || self.background.contains(&number) {
            return Ok(None);
        }
        Err(damaged("the segmentation uses a segment that it does not describe")
            .seen(format!("segment {number}"))
            .next_step("write the segmentation again"))
    }
}

fn named(item: &DataSet<'_>, number: u16, characters: Characters) -> Result<Named, Refusal> {
    let mut label = item.text(SEGMENT_LABEL, characters)?;
    if label.is_none() {
        label = item.text(SEGMENT_DESCRIPTION, characters)?;
    }
    let mut all = Vec::new();
    for (sequence, modifiers) in [
        (SEGMENTED_PROPERTY_TYPE_CODE_SEQUENCE, SEGMENTED_PROPERTY_TYPE_MODIFIER_CODE_SEQUENCE),
        (ANATOMIC_REGION_SEQUENCE, ANATOMIC_REGION_MODIFIER_SEQUENCE),
        (PRIMARY_ANATOMIC_STRUCTURE_SEQUENCE, PRIMARY_ANATOMIC_STRUCTURE_MODIFIER_SEQUENCE),
    ] {
        all.extend(codes(item, sequence, modifiers)?);
    }
    Ok(Named { label: label.unwrap_or_else(|| number.to_string()), codes: all })
}
