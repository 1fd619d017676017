//! The header: keys and values, as they are written. Left out: what they mean.

use std::{
    collections::{BTreeMap, btree_map::Entry},
    io::{BufRead, ErrorKind},
};

use crate::{
    code::{LABELS_FORMAT, LABELS_INVALID},
    error::{Refusal, Trouble, refusal},
    shown::shown,
    stream::broken,
    text_header::Lines,
};

/// Every key of an image in MetaIO. Programs add keys of their own, which mean nothing here.
pub(super) const KEYS: [&str; 42] = [
    "AcquisitionDate",
    "AnatomicalOrientation",
    "BinaryData",
    "BinaryDataByteOrderMSB",
    "CenterOfRotation",
    "Color",
    "Comment",
    "CompressedData",
    "CompressedDataSize",
    "CompressionLevel",
    "DimSize",
    "DistanceUnits",
    "ElementByteOrderMSB",
    "ElementDataFile",
    "ElementMax",
    "ElementMin",
    "ElementNBits",
    "ElementNumberOfChannels",
    "ElementSize",
    "ElementSpacing",
    "ElementToIntensityFunctionOffset",
    "ElementToIntensityFunctionSlope",
    "ElementType",
    "FileFormatVersion",
    "HeaderSize",
    "ID",
    "ImagePosition",
    "Modality",
    "NDims",
    "Name",
    "ObjectSubType",
    "ObjectType",
    "Offset",
    "Orientation",
    "Origin",
    "ParentID",
    "Position",
    "Rotation",
    "SequenceID",
    "TransformMatrix",
    "TransformType",
    "DisplacementFieldType",
];

/// A header as it is written.
#[derive(Debug)]
pub(super) struct Header {
    values: BTreeMap<String, String>,
    /// Its length in the file.
    pub(super) bytes: u64,
}

impl Header {
    /// Reads up to the line that says where the voxels are, which is the last.
    pub(super) fn read(reader: &mut dyn BufRead) -> Result<Self, Trouble> {
        let mut lines = Lines::of(reader);
        let mut header = Self { values: BTreeMap::new(), bytes: 0 };
        while !header.values.contains_key("ElementDataFile") {
            let line = lines.next_line()?.ok_or_else(|| broken(ErrorKind::UnexpectedEof.into(), "header"))?;
            header.add(&line)?;
        }
        header.bytes = lines.bytes();
        header.check_object()?;
        Ok(header)
    }

    /// What a key says, if it is there.
    pub(super) fn value(&self, key: &str) -> Option<&str> {
        self.values.get(key).map(String::as_str)
    }

    /// What a key says that must be there.
    pub(super) fn needed(&self, key: &str) -> Result<&str, Refusal> {
        self.value(key).ok_or_else(|| {
            refusal(LABELS_INVALID, format!("the header has no {key}")).next_step("write the label map again")
        })
    }

    /// What one of several keys says that mean the same. Where there are two, they must agree.
    pub(super) fn one_of(&self, keys: &[&str]) -> Result<Option<&str>, Refusal> {
        let mut said = keys.iter().filter_map(|key| self.value(key));
        let first = said.next();
        match said.find(|other| Some(*other) != first) {
            None => Ok(first),
            Some(other) => Err(refusal(LABELS_INVALID, "the header contradicts itself")
                .seen(format!("{} and {}", shown(first.unwrap_or_default()), shown(other)))
                .expected(format!("the same for {}", keys.join(", ")))),
        }
    }

    /// What a key says that is true or false.
    pub(super) fn is_true(&self, key: &str) -> Result<Option<bool>, Refusal> {
        let Some(word) = self.value(key) else { return Ok(None) };
        match word.to_lowercase().as_str() {
            "true" | "t" | "1" => Ok(Some(true)),
            "false" | "f" | "0" => Ok(Some(false)),
            _ => Err(refusal(LABELS_INVALID, format!("{key} in the header is neither true nor false"))
                .seen(shown(word))),
        }
    }

    fn add(&mut self, line: &str) -> Result<(), Refusal> {
        let Some((key, value)) = line.split_once('=') else {
            return Err(refusal(LABELS_INVALID, "a line of the header is no key with a value")
                .seen(format!("a line of {} letters without =", line.chars().count()))
                .expected("Key = value"));
        };
        match self.values.entry(key.trim().to_owned()) {
            Entry::Vacant(place) => drop(place.insert(value.trim().to_owned())),
            Entry::Occupied(place) => {
                return Err(refusal(LABELS_INVALID, "the header says something twice")
                    .seen(shown(place.key()))
                    .expected("once"));
            }
        }
        Ok(())
    }

    fn check_object(&self) -> Result<(), Refusal> {
        match self.value("ObjectType") {
            None | Some("Image") => Ok(()),
            Some(other) => Err(refusal(LABELS_FORMAT, "the file holds no image")
                .seen(format!("ObjectType {}", shown(other)))
                .expected("Image")),
        }
    }
}

/// Numbers parted by blanks.
pub(super) fn numbers(text: &str) -> Option<Vec<f64>> {
    text.split_whitespace().map(|number| number.parse().ok()).collect()
}
