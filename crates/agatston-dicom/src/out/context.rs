//! What an object about a series repeats of it: patient and study, and by what names its images go.
//!
//! Values stand in the bytes of the source, together with the character set that the source names. A name in several
//! character sets, or in one that nobody here can read, so comes through as it is; texts of our own are ASCII then.

use dicom_core::{Tag, VR};
use dicom_dictionary_std::tags;
use std::collections::BTreeSet;

use super::{DateTime, OutError, item::Item};
use crate::{
    Error, PlaneRef, Series,
    header::{CONTEXT, Context, read_context},
    text,
};
use agatston_core::Geometry;

/// Character set in which every text can be written.
const UTF_8: &str = "ISO_IR 192";

/// Sets of which an ASCII text means the same in UTF-8.
const LIKE_ASCII: [&[u8]; 4] = [b"ISO_IR 6", b"ISO_IR 100", b"ISO 2022 IR 6", b"ISO 2022 IR 100"];

/// Patient, study, date and images of a series.
pub struct SourceContext {
    elements: Context,
    pub(super) date_time: DateTime,
    pub(super) geometry: Geometry,
    /// SliceThickness where the source says it, else the increment, mm.
    pub(super) thickness_mm: f64,
    /// Each slice.
    pub(super) images: Vec<SourceImage>,
    pub(super) series_uid: String,
    /// Whether texts of our own may be anything but ASCII.
    is_utf_8: bool,
}

/// The image of a slice.
#[derive(Clone, Debug)]
pub(super) struct SourceImage {
    pub(super) sop_class_uid: String,
    pub(super) sop_instance_uid: String,
    /// Frame from 1, of an image of several.
    pub(super) frame: Option<usize>,
    pub(super) position_lps_mm: [f64; 3],
}

/// Nothing of a patient.
impl std::fmt::Debug for SourceContext {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SourceContext").field("images", &self.images.len()).finish_non_exhaustive()
    }
}

impl SourceContext {
    /// Reads the header of the lowest slice once more. `date_time` stands in for the dates of the source where given.
    ///
    /// # Errors
    ///
    /// When the source lacks a UID that objects refer to, two slices go by the same one, nothing says a date, or the file
    /// is not the one of the series any more.
    pub fn of(series: &Series, date_time: Option<DateTime>) -> Result<Self, OutError> {
        let images = images(&series.planes)?;
        let (Some(lowest), Some(image)) = (series.planes.first(), images.first()) else {
            return Err(missing("every slice"));
        };
        let changed = || OutError::Changed { name: lowest.source.name().into() };
        let elements = read_context(&lowest.source)
            .map_err(|e| Error::io(lowest.source.name(), e))?
            .filter(|elements| elements.sop_instance_uid() == image.sop_instance_uid)
            .ok_or_else(changed)?;
        for (tag, what) in [
            (tags::STUDY_INSTANCE_UID, "StudyInstanceUID (0020,000D)"),
            (tags::SERIES_INSTANCE_UID, "SeriesInstanceUID (0020,000E)"),
            (tags::FRAME_OF_REFERENCE_UID, "FrameOfReferenceUID (0020,0052)"),
        ] {
            let is_uid = elements.get(tag).is_some_and(|uid| text::has_uid_form(&text::whole(uid)));
            if !is_uid {
                return Err(missing(what));
            }
        }
        let of_source = || DateTime::of(&elements).ok_or(OutError::NoDate);
        Ok(Self {
            date_time: date_time.map_or_else(of_source, Ok)?,
            geometry: series.geometry.clone(),
            thickness_mm: series.facts.slice_thickness_mm.unwrap_or(series.geometry.increment_mm),
            images,
            series_uid: elements.get(tags::SERIES_INSTANCE_UID).map(text::whole).unwrap_or_default(),
            is_utf_8: is_utf_8(&elements),
            elements,
        })
    }

    /// The value of an element of the source.
    pub(super) fn get(&self, tag: Tag) -> Option<&[u8]> {
        self.elements.get(tag)
    }

    /// Repeats an element of the source; without a value there, it is there and empty.
    pub(super) fn repeat(&self, tag: Tag, set: &mut Item) {
        let vr = CONTEXT.iter().find(|(known, _)| *known == tag).map_or(VR::LO, |(_, vr)| *vr);
        let value = self.elements.get(tag).unwrap_or_default();
        // What is no number would be told as one.
        let is_bad = vr == VR::DS && text::numbers::<1>(Some(value)).is_none();
        set.raw(tag, vr, if is_bad { &[] } else { value });
    }

    /// Repeats an element that may be missing.
    pub(super) fn repeat_if_any(&self, tag: Tag, set: &mut Item) {
        if self.elements.get(tag).is_some() {
            self.repeat(tag, set);
        }
    }

    /// The character set of the object: that of the source, or UTF-8 where that is the same for every text of the source.
    pub(super) fn put_character_set(&self, set: &mut Item) {
        match self.elements.get(tags::SPECIFIC_CHARACTER_SET) {
            Some(named) if !self.is_utf_8 => set.raw(tags::SPECIFIC_CHARACTER_SET, VR::CS, named),
            _ if self.is_utf_8 => set.text(tags::SPECIFIC_CHARACTER_SET, VR::CS, UTF_8),
            _ => {}
        }
    }

    /// A text of ours in the character set of the object: without control characters and backslashes, which would part
    /// it, and at most `most` characters.
    pub(super) fn own_text(&self, text: &str, most: usize) -> String {
        let fits = |c: char| !c.is_control() && c != '\\' && (self.is_utf_8 || c.is_ascii());
        text.chars().take(most).map(|c| if fits(c) { c } else { '?' }).collect()
    }

    /// The image of a slice.
    pub(super) fn image(&self, slice: u16) -> Result<&SourceImage, OutError> {
        let too_many = || OutError::TooLarge { what: format!("there is no slice {slice}") };
        self.images.get(usize::from(slice)).ok_or_else(too_many)
    }
}

/// Whether UTF-8 says the same as the source.
fn is_utf_8(elements: &Context) -> bool {
    let named = elements.get(tags::SPECIFIC_CHARACTER_SET);
    let all = || CONTEXT.iter().filter_map(|(tag, _)| elements.get(*tag));
    match named {
        Some(b"ISO_IR 192") => all().all(|value| std::str::from_utf8(value).is_ok()),
        Some(named) if !text::values(named).all(|one| one.is_empty() || LIKE_ASCII.contains(&one)) => false,
        _ => all().all(|value| value.iter().all(|b| (b' '..=b'~').contains(b))),
    }
}

fn images(planes: &[PlaneRef]) -> Result<Vec<SourceImage>, OutError> {
    let mut known = BTreeSet::new();
    let image = |plane: &PlaneRef| {
        for (uid, what) in [
            (&plane.sop_instance_uid, "SOPInstanceUID (0008,0018) of a slice"),
            (&plane.sop_class_uid, "SOPClassUID (0008,0016) of a slice"),
        ] {
            if uid.is_empty() || !text::has_uid_form(uid) {
                return Err(missing(what));
            }
        }
        let is_multi_frame =
            text::canonical_uid(&plane.sop_class_uid) != dicom_dictionary_std::uids::CT_IMAGE_STORAGE;
        if !known.insert((plane.sop_instance_uid.clone(), plane.frame)) {
            return Err(OutError::NotUnique { uid: plane.sop_instance_uid.clone() });
        }
        Ok(SourceImage {
            sop_class_uid: plane.sop_class_uid.clone(),
            sop_instance_uid: plane.sop_instance_uid.clone(),
            frame: is_multi_frame.then_some(plane.frame + 1),
            position_lps_mm: plane.position_lps_mm,
        })
    };
    planes.iter().map(image).collect()
}

fn missing(what: &'static str) -> OutError {
    OutError::Missing {
        what,
        next_step: "export the series again with its UIDs, or write the other outputs only",
    }
}
