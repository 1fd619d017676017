//! From elements to a [`Header`]: every value parsed once, none guessed.

use std::{
    borrow::Cow,
    cell::Cell,
    hash::{DefaultHasher, Hash, Hasher},
    io,
};

use agatston_core::{Finding, Severity};
use dicom_dictionary_std::uids;

use super::{
    Frame, Header, Identity, Layout, Notes, Person, Pixels,
    acquisition::LastAcquisition,
    elements::{Attributes, Elements, FRAMES_MAX},
    fragments::{ExtendedTable, frames},
    read::{Content, Raw, read},
    tag::{self, Key},
    walk::Damage,
};
use crate::{
    code, shown,
    sources::{FILES_MAX, Skip, Source, is_archive},
    text::{self, number, numbers},
};

/// Pixel spacings that a CT can have, from a scan of a specimen to a whole body, mm.
const SPACINGS_MM: std::ops::RangeInclusive<f64> = 0.01..=10.0;

/// SOP classes that are CT images (PS3.4 B.5).
const CT_CLASSES: [&str; 3] = [
    uids::CT_IMAGE_STORAGE,
    uids::ENHANCED_CT_IMAGE_STORAGE,
    uids::LEGACY_CONVERTED_ENHANCED_CT_IMAGE_STORAGE,
];

/// What a source turned out to be.
#[derive(Debug)]
pub(crate) enum Found {
    /// A CT image, perhaps damaged.
    Ct(Box<Header>),
    /// Something else.
    Other(Skip),
}

/// What a reader keeps from file to file.
#[derive(Debug, Default)]
pub(crate) struct HeaderBuffer {
    bytes: Vec<u8>,
    last: LastAcquisition,
}

/// Reads the header of a source.
///
/// # Errors
/// When the source cannot be read.
pub(crate) fn read_header(source: &Source, buffer: &mut HeaderBuffer) -> io::Result<Found> {
    if source.is_no_file() {
        return Ok(Found::Other(Skip::NoFile));
    }
    let HeaderBuffer { bytes, last } = buffer;
    // What a file is has been said by the end of group 0008; it is asked once.
    let asked = Cell::new(false);
    let until = |elements: &Elements, key: Key| {
        key >> 16 > 8 && !asked.replace(true) && other_than_ct(elements).is_some()
    };
    let mut raw = match read(source, bytes, until)? {
        Content::Blank => return Ok(Found::Other(Skip::Empty)),
        Content::Other => return Ok(Found::Other(other_kind(source)?)),
        Content::Dicom(raw) => *raw,
    };
    if has_class(&raw.elements, uids::CT_IMAGE_STORAGE) {
        raw.elements.forget_groups();
    }
    if let Some(skip) = other_than_ct(&raw.elements) {
        return Ok(Found::Other(skip));
    }
    let named = !sop_class(&raw.elements).is_empty() || !raw.elements.text(tag::MODALITY).is_empty();
    if !named && raw.damage.is_none() && raw.elements.pixels.is_some() {
        return Ok(Found::Other(Skip::NotCt("no SOP class and no modality".into())));
    }
    if !raw.prefixed && raw.damage.is_some() && !named {
        return Ok(Found::Other(Skip::NotDicom));
    }
    header(source, raw, last).map(|header| Found::Ct(Box::new(header)))
}

/// What a file is that is not DICOM.
fn other_kind(source: &Source) -> io::Result<Skip> {
    Ok(if is_archive(source)? { Skip::Archive } else { Skip::NotDicom })
}

/// The header of any DICOM file, CT or not.
#[cfg(test)]
pub(crate) fn read_any(source: &Source) -> io::Result<Option<Header>> {
    read(source, &mut Vec::new(), |_, _| false)?
        .dicom()
        .map(|raw| header(source, raw, &mut LastAcquisition::default()))
        .transpose()
}

/// The files that a DICOMDIR names, each as the parts of its path, or why they cannot be had.
pub(crate) type Referenced = Result<Vec<Vec<String>>, &'static str>;

/// The files that a DICOMDIR names, as paths of components; `None` when the source is no DICOMDIR.
///
/// # Errors
/// When the source cannot be read.
pub(crate) fn read_referenced(source: &Source) -> io::Result<Option<Referenced>> {
    let Content::Dicom(raw) = read(source, &mut Vec::new(), |_, _| false)? else { return Ok(None) };
    if !has_class(&raw.elements, uids::MEDIA_STORAGE_DIRECTORY_STORAGE) {
        return Ok(None);
    }
    if raw.damage.is_some() {
        return Ok(Some(Err("it is damaged")));
    }
    if raw.elements.referenced.len() > FILES_MAX {
        return Ok(Some(Err("it names more than 1048576 files")));
    }
    let components = |id: &Vec<u8>| -> Vec<String> {
        text::values(id).map(|part| String::from_utf8_lossy(part).into_owned()).collect()
    };
    Ok(Some(Ok(raw.elements.referenced.iter().map(components).collect())))
}

/// What a file is that surely is no CT image; `None` when it is one or cannot be told.
fn other_than_ct(elements: &Elements) -> Option<Skip> {
    if has_class(elements, uids::MEDIA_STORAGE_DIRECTORY_STORAGE) {
        return Some(Skip::Directory);
    }
    let own = elements.text(tag::SOP_CLASS_UID);
    let in_meta = elements.text(tag::MEDIA_STORAGE_SOP_CLASS_UID);
    let modality = elements.text(tag::MODALITY);
    // What says that it is CT is read whole, whatever its class: it may belong to a series of CT images. So is what
    // contradicts itself or names no class that could exist: its header is damaged.
    if modality == "CT" || is_ct(&own) || is_ct(&in_meta) || !is_uid(&own) {
        return None;
    }
    // Without a class of its own and a modality it is not known what it is; the file meta alone may be damaged.
    if own.is_empty() && modality.is_empty() {
        return None;
    }
    Some(Skip::NotCt(if modality.is_empty() { shown::uid(&own) } else { shown::modality(&modality) }))
}

/// Whether a text is a UID, or nothing. Leading zeros are no damage: one flipped bit makes some, but a file is known
/// by three elements (both SOP classes and the modality), and one of them is never enough to skip it.
fn is_uid(text: &str) -> bool {
    text.is_empty() || text::has_uid_form(text)
}

/// Whether a SOP class is one of a CT image.
fn is_ct(class: &str) -> bool {
    CT_CLASSES.contains(&class) || CT_CLASSES.contains(&&*text::canonical_uid(class))
}

/// The SOP class of something that calls itself CT and is no CT image: a report or a screenshot.
fn foreign(elements: &Elements) -> Option<String> {
    let own = elements.text(tag::SOP_CLASS_UID);
    (!own.is_empty() && is_uid(&own) && !is_ct(&own)).then(|| own.into_owned())
}

/// What is wrong with the SOP class of a file that may be a slice.
fn class_damage(elements: &Elements) -> Option<Damage> {
    let own = elements.text(tag::SOP_CLASS_UID);
    let in_meta = elements.text(tag::MEDIA_STORAGE_SOP_CLASS_UID);
    if !is_uid(&own) || !is_uid(&in_meta) {
        return Some(Damage::Malformed("its SOP class is no UID"));
    }
    let contradicts = foreign(elements).is_some() && is_ct(&in_meta);
    contradicts.then_some(Damage::Malformed("it says both that it is a CT image and that it is none"))
}

/// Whether SOPClassUID, or the one of the file meta, means this class.
fn has_class(elements: &Elements, class: &str) -> bool {
    let own = sop_class(elements);
    own == class || text::canonical_uid(&own) == class
}

/// SOPClassUID, or the one of the file meta.
fn sop_class(elements: &Elements) -> Cow<'_, str> {
    let own = elements.text(tag::SOP_CLASS_UID);
    if own.is_empty() { elements.text(tag::MEDIA_STORAGE_SOP_CLASS_UID) } else { own }
}

fn header(source: &Source, raw: Raw, last: &mut LastAcquisition) -> io::Result<Header> {
    let elements = &raw.elements;
    let mut damage = raw.damage.as_ref().map(damaged);
    let class_damage = class_damage(elements);
    let foreign = foreign(elements).filter(|_| class_damage.is_none());
    damage = damage.or_else(|| class_damage.as_ref().map(damaged));
    let layout = layout(elements);
    let (frames, count) = match frames_of(elements) {
        Ok(found) => found,
        Err(finding) => {
            damage = damage.or(Some(*finding));
            (vec![frame(elements, 0)], 1)
        }
    };
    let mut pixels = elements.pixels.map(|p| Pixels {
        offset: p.offset,
        length: p.length,
        deflated_from: raw.deflated_from,
        frames: None,
    });
    if let (Some(pixels), None) = (&mut pixels, &damage) {
        match fragments(source, pixels, count, elements) {
            Err(Damage::Io(e)) => return Err(e),
            Err(fault) => damage = Some(damaged(&fault)),
            Ok(()) => {}
        }
    }
    if pixels.is_none() && damage.is_none() {
        damage = Some(without_pixels(&layout));
    }
    Ok(Header {
        source: source.clone(),
        foreign,
        identity: identity(elements),
        acquisitions: last.of(elements, count),
        notes: notes(&raw),
        syntax_uid: raw.syntax_uid.clone(),
        syntax: raw.syntax,
        layout,
        frames,
        pixels,
        damage,
    })
}

/// Finds the fragments of encapsulated pixels.
fn fragments(source: &Source, pixels: &mut Pixels, count: usize, elements: &Elements) -> Result<(), Damage> {
    if pixels.length.is_some() {
        return Ok(());
    }
    if pixels.deflated_from.is_some() {
        return Err(Damage::Malformed("encapsulated pixels in a deflated data set"));
    }
    let table = ExtendedTable { offsets: elements.top.get(tag::EXTENDED_OFFSET_TABLE) };
    pixels.frames = Some(frames(source, pixels.offset, count, table)?);
    Ok(())
}

/// What to do about a file that cannot be read whole.
const GET_A_COPY: &str =
    "get a complete copy of the file, or take it out of the folder if it belongs to no slice of this scan";

/// What is wrong with a file, as a finding.
fn damaged(damage: &Damage) -> Finding {
    let (code, message) = match damage {
        Damage::Truncated(key) => {
            let message = format!("the element {} is longer than what is left of the file", tag::shown(*key));
            (code::TRUNCATED_FILE, message)
        }
        Damage::Limit(what) => {
            let message = format!("the file goes beyond a limit of the reader: {what}");
            return Finding::refusal(code::LIMITS, message).next_step(
                "export the image again, or take the file out of the folder if it belongs to no slice of this scan",
            );
        }
        Damage::Malformed(what) => (code::DECODE_FAILED, format!("the file cannot be read: {what}")),
        Damage::Io(e) => (code::TRUNCATED_FILE, format!("the file cannot be read: {}", e.kind())),
    };
    Finding::refusal(code, message).next_step(GET_A_COPY)
}

/// A CT image that has no pixels; one that does not even say how many it has was cut between two elements.
fn without_pixels(layout: &Layout) -> Finding {
    let (code, message) = if layout.rows == 0 && layout.columns == 0 {
        (code::TRUNCATED_FILE, "the file of a CT image ends in its header")
    } else {
        (code::PIXEL_LENGTH, "a CT image without pixel data")
    };
    Finding::new(code, Severity::Refusal, message).expected(tag::shown(tag::PIXEL_DATA)).next_step(GET_A_COPY)
}

fn identity(elements: &Elements) -> Identity {
    // Whole: UIDs that are too long differ at their end.
    let uid = |key| elements.top.get(key).map(text::whole).unwrap_or_default();
    Identity {
        study: uid(tag::STUDY_INSTANCE_UID),
        series: uid(tag::SERIES_INSTANCE_UID),
        frame_of_reference: uid(tag::FRAME_OF_REFERENCE_UID),
        sop_class: sop_class(elements).into_owned(),
        sop_instance: match uid(tag::SOP_INSTANCE_UID) {
            own if own.is_empty() => uid(tag::MEDIA_STORAGE_SOP_INSTANCE_UID),
            own => own,
        },
        patient_id: compared(elements.top.get(tag::PATIENT_ID)),
        patient_name: compared(elements.top.get(tag::PATIENT_NAME)),
        person: Person::of(elements),
    }
}

/// A number that is the same for the same text, whatever its case and padding; `None` for no text.
fn compared(value: Option<&[u8]>) -> Option<u64> {
    let trimmed = text::trim(value?);
    let end = trimmed.iter().rposition(|b| !matches!(b, b'^' | b' ' | b'=')).map_or(0, |last| last + 1);
    let text = trimmed.get(..end)?.to_ascii_uppercase();
    if text.is_empty() {
        return None;
    }
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    Some(hasher.finish())
}

fn layout(elements: &Elements) -> Layout {
    let number = |key| elements.u16(key);
    let bits_stored = number(tag::BITS_STORED).unwrap_or(0);
    let padding_text = elements.top.get(tag::PIXEL_PADDING_VALUE).unwrap_or_default();
    let padding = number(tag::PIXEL_PADDING_VALUE).filter(|_| padding_text.len() == 2);
    let limit = number(tag::PIXEL_PADDING_RANGE_LIMIT);
    Layout {
        rows: number(tag::ROWS).unwrap_or(0),
        columns: number(tag::COLUMNS).unwrap_or(0),
        samples: number(tag::SAMPLES_PER_PIXEL),
        photometric: elements.text(tag::PHOTOMETRIC_INTERPRETATION).into_owned(),
        bits_allocated: number(tag::BITS_ALLOCATED).unwrap_or(0),
        bits_stored,
        high_bit: number(tag::HIGH_BIT),
        representation: number(tag::PIXEL_REPRESENTATION),
        padding: padding.map(|value| (value, limit.unwrap_or(value))),
        padding_unclear: padding_text.len() > 2 || (padding_text.is_empty() && limit.is_some()),
        overlay_above: elements.overlay_above(bits_stored),
        modality_lut: elements.modality_lut,
    }
}

/// One frame a plane, and how many there are, which must be the number of functional groups. Of frames that do not say
/// where they are, the first stands for all: the file is held against its series for what that one lacks.
fn frames_of(elements: &Elements) -> Result<(Vec<Frame>, usize), Box<Finding>> {
    let wrong = |code, what: String| {
        let message = format!("the frames of a multi-frame image cannot be told apart: {what}");
        Err(Box::new(Finding::refusal(code, message).next_step("export the series again, one image a file")))
    };
    let declared = elements.text(tag::NUMBER_OF_FRAMES);
    let count = if declared.is_empty() { 1 } else { declared.parse().unwrap_or(0) };
    if count == 0 {
        return wrong(
            code::GEOMETRY_MISSING,
            format!("NumberOfFrames (0028,0008) is '{}'", shown::number(&declared)),
        );
    }
    if count > FRAMES_MAX {
        return wrong(
            code::LIMITS,
            format!("there are {count}, and at most {FRAMES_MAX} are read of one file"),
        );
    }
    if count > 1 && elements.frames.len() != count {
        let what = format!("{count} frames, {} functional groups", elements.frames.len());
        return wrong(code::GEOMETRY_MISSING, what);
    }
    if elements.contradicts_itself() {
        let what = "a functional group is given twice, or both for all frames and otherwise for one";
        return wrong(code::GEOMETRY_MISSING, what.to_owned());
    }
    let mut frames = Vec::new();
    for i in 0..count {
        let frame = frame(elements, i);
        if !frame.is_placed() {
            return Ok((vec![frame], count));
        }
        frames.push(frame);
    }
    Ok((frames, count))
}

fn frame(elements: &Elements, i: usize) -> Frame {
    let at = |key| elements.of_frame(i, key);
    let own = |key| elements.frames.get(i).and_then(|frame: &Attributes| frame.get(key));
    let text = |value: Option<&[u8]>| value.map(text::clean).unwrap_or_default();
    let binary = |value: Option<&[u8]>| value.map(|b| format!("{b:02X?}")).unwrap_or_default();
    let temporal = match own(tag::TEMPORAL_POSITION_INDEX) {
        Some(index) => binary(Some(index)),
        None => text(at(tag::TEMPORAL_POSITION_IDENTIFIER)),
    };
    let acquired = match own(tag::FRAME_ACQUISITION_NUMBER) {
        Some(number) => binary(Some(number)),
        None => text(at(tag::ACQUISITION_NUMBER)),
    };
    let later_types = text::list(elements.top.get(tag::IMAGE_TYPE).unwrap_or_default());
    Frame {
        position: numbers(at(tag::IMAGE_POSITION_PATIENT)),
        orientation: numbers(at(tag::IMAGE_ORIENTATION_PATIENT)),
        spacing: numbers(at(tag::PIXEL_SPACING))
            .filter(|s: &[f64; 2]| s.iter().all(|mm| SPACINGS_MM.contains(mm))),
        thickness: number(at(tag::SLICE_THICKNESS)),
        slope: number(at(tag::RESCALE_SLOPE)),
        intercept: number(at(tag::RESCALE_INTERCEPT)),
        rescale_type: text(at(tag::RESCALE_TYPE)).to_ascii_uppercase(),
        tilt: number(at(tag::GANTRY_DETECTOR_TILT)).value().copied(),
        stack: text(own(tag::STACK_ID)),
        moments: [
            temporal,
            acquired,
            text(at(tag::TRIGGER_TIME)),
            text(at(tag::ACQUISITION_TIME)),
            text(at(tag::CONTENT_TIME)),
            later_types.get(2..).unwrap_or_default().join("\\"),
        ],
    }
}

fn notes(raw: &Raw) -> Notes {
    let differ = |meta, own| {
        let (meta, own) = (raw.elements.text(meta), raw.elements.text(own));
        !meta.is_empty() && !own.is_empty() && meta != own
    };
    Notes {
        other_encoding: raw.other_encoding,
        other_sop_class: differ(tag::MEDIA_STORAGE_SOP_CLASS_UID, tag::SOP_CLASS_UID),
        other_sop_instance: differ(tag::MEDIA_STORAGE_SOP_INSTANCE_UID, tag::SOP_INSTANCE_UID),
        no_sop_class: raw.elements.text(tag::SOP_CLASS_UID).is_empty(),
        no_sop_instance: raw.elements.text(tag::SOP_INSTANCE_UID).is_empty(),
    }
}
