//! Headers: what one file says about itself, read once, parsed once.
//!
//! Left out: whether that is good enough for a score (`checks`), and how files belong together (`group`).

mod acquisition;
mod build;
mod context;
#[cfg(test)]
mod differential;
mod elements;
mod fragments;
mod person;
mod read;
mod tag;
mod walk;
mod window;

use crate::{sources::Source, syntax::Syntax, text::Field};
use std::sync::Arc;

use agatston_core::Finding;

#[cfg(test)]
pub(crate) use build::read_any;
pub(crate) use build::{Found, HeaderBuffer, read_header, read_referenced};
pub(crate) use context::{CONTEXT, Context, read_context};
pub(crate) use fragments::Frames;
pub(crate) use person::Person;
pub(crate) use walk::Encoding;

/// Tags that messages name.
pub(crate) mod tags {
    pub(crate) use super::tag::*;
}

/// Everything the loader keeps of one CT file.
#[derive(Clone, Debug)]
pub struct Header {
    pub(crate) source: Source,
    pub(crate) syntax_uid: String,
    pub(crate) syntax: Option<&'static Syntax>,
    pub(crate) identity: Identity,
    pub(crate) layout: Layout,
    /// One for all frames where they agree, else one a frame.
    pub(crate) acquisitions: Arc<[Acquisition]>,
    /// One for a classic image, one a frame otherwise.
    pub(crate) frames: Vec<Frame>,
    pub(crate) pixels: Option<Pixels>,
    /// The SOP class, when it is none of a CT image although the modality is CT.
    pub(crate) foreign: Option<String>,
    /// What is wrong with the file itself.
    pub(crate) damage: Option<Finding>,
    /// Small contradictions of the header, recorded and harmless.
    pub(crate) notes: Notes,
}

impl Header {
    /// How a frame came about.
    pub(crate) fn acquisition(&self, frame: usize) -> &Acquisition {
        let one_or_last = self.acquisitions.get(frame).or(self.acquisitions.last());
        one_or_last.expect("a header has one acquisition at least")
    }
}

/// Whose image this is and where it belongs. The patient is a number that only serves to be compared, and age and sex.
#[derive(Clone, Debug, Default)]
pub(crate) struct Identity {
    pub(crate) study: String,
    pub(crate) series: String,
    pub(crate) frame_of_reference: String,
    pub(crate) sop_class: String,
    pub(crate) sop_instance: String,
    pub(crate) patient_id: Option<u64>,
    pub(crate) patient_name: Option<u64>,
    pub(crate) person: Person,
}

/// How the pixels are laid out.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Layout {
    pub(crate) rows: u16,
    pub(crate) columns: u16,
    pub(crate) samples: Option<u16>,
    pub(crate) photometric: String,
    pub(crate) bits_allocated: u16,
    pub(crate) bits_stored: u16,
    pub(crate) high_bit: Option<u16>,
    pub(crate) representation: Option<u16>,
    /// PixelPaddingValue and PixelPaddingRangeLimit as they stand in 16 bits.
    pub(crate) padding: Option<(u16, u16)>,
    /// PixelPaddingValue has several values, which means none.
    pub(crate) padding_unclear: bool,
    /// An overlay is declared in the bits above BitsStored.
    pub(crate) overlay_above: bool,
    pub(crate) modality_lut: bool,
}

/// How the images came about.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Acquisition {
    pub(crate) manufacturer: String,
    pub(crate) model: String,
    pub(crate) kvp: Option<f64>,
    pub(crate) kernel: Vec<String>,
    /// ReconstructionAlgorithm, empty when missing.
    pub(crate) reconstruction: String,
    pub(crate) image_type: Vec<String>,
    pub(crate) scan_options: Vec<String>,
    pub(crate) synchronization: String,
    pub(crate) trigger: bool,
    pub(crate) contrast: Contrast,
    pub(crate) filter: Vec<String>,
    pub(crate) lossy: String,
    pub(crate) burned_in: bool,
    pub(crate) year: Option<u16>,
    pub(crate) mass_factor_patient: Option<f64>,
    pub(crate) mass_factor_device: Vec<f64>,
    /// Day of the acquisition, counted from 1970-01-01; it only serves to be subtracted.
    pub(crate) day: Option<i32>,
}

/// What the header says about a contrast agent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Contrast {
    /// Nothing, or that there is none.
    #[default]
    None,
    /// ContrastBolusAgent names one.
    Agent,
    /// ContrastBolusAgentSequence has an item.
    Sequence,
    /// ImageType says CARDIAC_CTA.
    ImageType,
}

/// One plane as the header describes it.
#[derive(Clone, Debug)]
pub(crate) struct Frame {
    pub(crate) position: Option<[f64; 3]>,
    pub(crate) orientation: Option<[f64; 6]>,
    /// Between rows, between columns.
    pub(crate) spacing: Option<[f64; 2]>,
    pub(crate) thickness: Field<f64>,
    pub(crate) slope: Field<f64>,
    pub(crate) intercept: Field<f64>,
    pub(crate) rescale_type: String,
    pub(crate) tilt: Option<f64>,
    /// StackID of a multi-frame image, empty when missing.
    pub(crate) stack: String,
    /// Times and numbers that tell apart what shares a position: temporal position, acquisition number, trigger
    /// time, acquisition time, content time, later values of ImageType.
    pub(crate) moments: [String; 6],
}

impl Frame {
    /// Whether it says where it is.
    pub(crate) fn is_placed(&self) -> bool {
        self.position.is_some() && self.orientation.is_some() && self.spacing.is_some()
    }

    /// TemporalPositionIdentifier, empty when missing.
    pub(crate) fn temporal_position(&self) -> &str {
        &self.moments[0]
    }

    /// AcquisitionNumber, empty when missing.
    pub(crate) fn acquisition_number(&self) -> &str {
        &self.moments[1]
    }

    /// AcquisitionTime, empty when missing.
    pub(crate) fn acquisition_time(&self) -> &str {
        &self.moments[3]
    }
}

/// Where the pixels of a file are.
#[derive(Clone, Debug)]
pub(crate) struct Pixels {
    pub(crate) offset: u64,
    /// `None` when encapsulated.
    pub(crate) length: Option<u64>,
    /// The data set is packed from this offset on; `offset` counts unpacked bytes.
    pub(crate) deflated_from: Option<u64>,
    /// Fragments of each frame, when encapsulated.
    pub(crate) frames: Option<Frames>,
}

/// Contradictions that do no harm.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Notes {
    pub(crate) other_encoding: bool,
    pub(crate) other_sop_class: bool,
    pub(crate) other_sop_instance: bool,
    /// The data set itself has no SOPClassUID.
    pub(crate) no_sop_class: bool,
    /// The data set itself has no SOPInstanceUID.
    pub(crate) no_sop_instance: bool,
}
