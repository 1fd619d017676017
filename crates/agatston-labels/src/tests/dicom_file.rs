//! Small DICOM segmentations and structure sets, written with dicom-rs: another program's idea of the format.

use dicom_core::{
    DataElement, Length, PrimitiveValue, Tag, VR,
    value::{DataSetSequence, PixelFragmentSequence},
};
use dicom_dictionary_std::{tags, uids};
use dicom_object::{FileMetaTableBuilder, InMemDicomObject};

use super::*;

pub(super) const FRAME_OF_REFERENCE: &str = "1.2.3.4";
pub(super) const SERIES: &str = "1.2.3.5";

pub(super) type Object = InMemDicomObject;

/// An object of some elements.
pub(super) fn object(elements: impl IntoIterator<Item = DataElement<Object>>) -> Object {
    Object::from_element_iter(elements)
}

pub(super) fn text(tag: Tag, vr: VR, value: &str) -> DataElement<Object> {
    DataElement::new(tag, vr, PrimitiveValue::from(value))
}

pub(super) fn number(tag: Tag, value: u16) -> DataElement<Object> {
    DataElement::new(tag, VR::US, PrimitiveValue::from(value))
}

pub(super) fn sequence(tag: Tag, items: Vec<Object>) -> DataElement<Object> {
    DataElement::new(tag, VR::SQ, DataSetSequence::new(items, Length::UNDEFINED))
}

pub(super) fn coded(scheme: &str, value: &str) -> Object {
    object([
        text(tags::CODE_VALUE, VR::SH, value),
        text(tags::CODING_SCHEME_DESIGNATOR, VR::SH, scheme),
        text(tags::CODE_MEANING, VR::LO, "not looked at"),
    ])
}

/// The bytes of a file.
pub(super) fn file(object: &Object, syntax: &str) -> Vec<u8> {
    let class = object.element(tags::SOP_CLASS_UID).unwrap().to_str().unwrap().into_owned();
    let meta = FileMetaTableBuilder::new()
        .transfer_syntax(syntax)
        .media_storage_sop_class_uid(class)
        .media_storage_sop_instance_uid("1.2.3.6");
    let mut bytes = Vec::new();
    object.clone().with_meta(meta).unwrap().write_all(&mut bytes).unwrap();
    bytes
}

/// The same with its data set in a deflate stream.
pub(super) fn deflated_file(object: &Object) -> Vec<u8> {
    let plain = file(object, uids::EXPLICIT_VR_LITTLE_ENDIAN);
    // Group 2 ends where group 8 begins; the syntax becomes longer by three characters and its padding.
    let start = plain.windows(6).position(|w| w == b"\x08\0\x05\0CS").unwrap();
    let old = b"UI\x14\x001.2.840.10008.1.2.1\0";
    let at = plain.windows(old.len()).position(|w| w == old).unwrap();
    let new = b"UI\x16\x001.2.840.10008.1.2.1.99";
    [&plain[..at], new, &plain[at + old.len()..start], &deflated(&plain[start..])].concat()
}

pub(super) fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub(super) fn read_object(object: &Object) -> Result<Labels, Error> {
    read_dicom(&file(object, uids::EXPLICIT_VR_LITTLE_ENDIAN))
}

pub(super) fn read_dicom(bytes: &[u8]) -> Result<Labels, Error> {
    read_bytes("map.nii.dcm", bytes, None)
}

/// A segment: its number, its name, and the codes of its type.
pub(super) type Segment<'a> = (u16, &'a str, &'a [(&'a str, &'a str)]);

/// A segmentation to be written.
#[derive(Clone)]
pub(super) struct Seg<'a> {
    pub(super) kind: &'a str,
    pub(super) bits: u16,
    pub(super) segments: Vec<Segment<'a>>,
    /// Segment, position, and the frame as digits; rows parted by blanks.
    pub(super) frames: Vec<(u16, [f64; 3], &'a str)>,
    pub(super) spacing_between_slices: Option<f64>,
    pub(super) slice_thickness: Option<f64>,
}

pub(super) const LOWER: [f64; 3] = [10.0, 20.0, 30.0];
pub(super) const UPPER: [f64; 3] = [10.0, 20.0, 32.0];

pub(super) const FOUR: [Segment<'static>; 4] =
    [(1, "LM", &[]), (2, "LAD", &[]), (3, "LCX", &[]), (4, "RCA", &[])];

impl<'a> Seg<'a> {
    pub(super) fn binary(frames: &[(u16, [f64; 3], &'a str)]) -> Self {
        Self {
            kind: "BINARY",
            bits: 1,
            segments: FOUR.to_vec(),
            frames: frames.to_vec(),
            spacing_between_slices: Some(2.0),
            slice_thickness: None,
        }
    }

    pub(super) fn label_map(bits: u16, frames: &[([f64; 3], &'a str)]) -> Self {
        let frames: Vec<_> = frames.iter().map(|(at, picture)| (0, *at, *picture)).collect();
        Self { kind: "LABELMAP", bits, ..Self::binary(&frames) }
    }

    pub(super) fn object(&self) -> Object {
        let first = self.frames[0].2;
        let rows = first.split_whitespace().count();
        let columns = first.split_whitespace().next().unwrap().len();
        let class =
            if self.kind == "LABELMAP" { "1.2.840.10008.5.1.4.1.1.66.7" } else { uids::SEGMENTATION_STORAGE };
        object([
            text(tags::SPECIFIC_CHARACTER_SET, VR::CS, "ISO_IR 192"),
            text(tags::SOP_CLASS_UID, VR::UI, class),
            sequence(
                tags::REFERENCED_SERIES_SEQUENCE,
                vec![object([text(tags::SERIES_INSTANCE_UID, VR::UI, SERIES)])],
            ),
            text(tags::PATIENT_NAME, VR::PN, "Secret^Name"),
            text(tags::PATIENT_ID, VR::LO, "Secret-Id"),
            text(tags::FRAME_OF_REFERENCE_UID, VR::UI, FRAME_OF_REFERENCE),
            number(tags::SAMPLES_PER_PIXEL, 1),
            text(tags::NUMBER_OF_FRAMES, VR::IS, &self.frames.len().to_string()),
            number(tags::ROWS, rows as u16),
            number(tags::COLUMNS, columns as u16),
            number(tags::BITS_ALLOCATED, self.bits),
            number(tags::BITS_STORED, self.bits),
            number(tags::PIXEL_REPRESENTATION, 0),
            text(tags::SEGMENTATION_TYPE, VR::CS, self.kind),
            sequence(tags::SEGMENT_SEQUENCE, self.segments.iter().map(segment).collect()),
            number(tags::MAXIMUM_FRACTIONAL_VALUE, 200),
            sequence(tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE, vec![self.shared()]),
            sequence(
                tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE,
                self.frames.iter().map(|(segment, at, _)| self.own(*segment, *at)).collect(),
            ),
            self.pixel_data(),
        ])
    }

    fn shared(&self) -> Object {
        let length = |tag, mm: Option<f64>| mm.map(|mm| text(tag, VR::DS, &mm.to_string()));
        let mut measures = object([text(tags::PIXEL_SPACING, VR::DS, "1\\1")]);
        measures.extend(length(tags::SPACING_BETWEEN_SLICES, self.spacing_between_slices));
        measures.extend(length(tags::SLICE_THICKNESS, self.slice_thickness));
        let orientation = object([text(tags::IMAGE_ORIENTATION_PATIENT, VR::DS, "1\\0\\0\\0\\1\\0")]);
        object([
            sequence(tags::PLANE_ORIENTATION_SEQUENCE, vec![orientation]),
            sequence(tags::PIXEL_MEASURES_SEQUENCE, vec![measures]),
        ])
    }

    fn own(&self, segment: u16, at: [f64; 3]) -> Object {
        let mut own = object([plane_position(at)]);
        if self.kind != "LABELMAP" {
            let number = object([number(tags::REFERENCED_SEGMENT_NUMBER, segment)]);
            own.put(sequence(tags::SEGMENT_IDENTIFICATION_SEQUENCE, vec![number]));
        }
        own
    }

    /// The samples of each frame.
    pub(super) fn samples(&self) -> Vec<Vec<u16>> {
        let sample = |c: char| if c == '.' { 0 } else { c.to_digit(36).unwrap() as u16 };
        let frame = |picture: &str| picture.chars().filter(|c| *c != ' ').map(sample).collect();
        self.frames.iter().map(|(_, _, picture)| frame(picture)).collect()
    }

    fn pixel_data(&self) -> DataElement<Object> {
        let samples = self.samples().concat();
        let words: Vec<u16> = match self.bits {
            1 => words(&bits(&samples)),
            8 => words(&samples.iter().map(|v| *v as u8).collect::<Vec<_>>()),
            _ => samples,
        };
        DataElement::new(tags::PIXEL_DATA, VR::OW, PrimitiveValue::U16(words.into()))
    }
}

/// Where a frame is.
pub(super) fn plane_position(at: [f64; 3]) -> DataElement<Object> {
    let [x, y, z] = at;
    let position = text(tags::IMAGE_POSITION_PATIENT, VR::DS, &format!("{x}\\{y}\\{z}"));
    sequence(tags::PLANE_POSITION_SEQUENCE, vec![object([position])])
}

fn segment((number_, label, codes): &Segment<'_>) -> Object {
    let codes = codes.iter().map(|(scheme, value)| coded(scheme, value)).collect();
    object([
        number(tags::SEGMENT_NUMBER, *number_),
        text(tags::SEGMENT_LABEL, VR::LO, label),
        sequence(tags::SEGMENTED_PROPERTY_TYPE_CODE_SEQUENCE, codes),
    ])
}

/// Single bits, the first of them lowest.
pub(super) fn bits(samples: &[u16]) -> Vec<u8> {
    let byte = |eight: &[u16]| eight.iter().rev().fold(0, |byte, v| byte << 1 | u8::from(*v == 1));
    samples.chunks(8).map(byte).collect()
}

fn words(bytes: &[u8]) -> Vec<u16> {
    bytes.chunks(2).map(|b| u16::from_le_bytes([b[0], b.get(1).copied().unwrap_or(0)])).collect()
}

/// Pixels in fragments, with an offset table or without.
pub(super) fn fragments(table: Vec<u32>, fragments: Vec<Vec<u8>>) -> DataElement<Object> {
    let even = |mut bytes: Vec<u8>| {
        bytes.resize(bytes.len().next_multiple_of(2), 0);
        bytes
    };
    let fragments: Vec<_> = fragments.into_iter().map(even).collect();
    DataElement::new(tags::PIXEL_DATA, VR::OB, PixelFragmentSequence::new(table, fragments))
}

pub(super) fn labelled(labels: Result<Labels, Error>, all: &Candidates) -> Labelled {
    labels.unwrap().assign(all).unwrap()
}

/// The code of a refusal, which must not tell of whom the file is.
pub(super) fn code_of_bytes(bytes: &[u8]) -> &'static str {
    let error = read_dicom(bytes).map(|labels| format!("{labels:?}")).unwrap_err();
    assert!(!error.to_string().contains("Secret"), "{error}");
    code(Err::<(), _>(error))
}

/// Both slices, all four arteries; frames are not a multiple of eight pixels.
pub(super) fn whole() -> Seg<'static> {
    Seg::binary(&[
        (1, LOWER, "1... .... ...."),
        (2, LOWER, ".... .... ...1"),
        (3, UPPER, ".... .1.. ...."),
        (4, UPPER, ".... ..1. ...1"),
    ])
}

/// What [`whole`] draws.
pub(super) const WHOLE: [&str; 2] = ["M... .... ...A", ".... .XR. ...R"];
