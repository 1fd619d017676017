//! Structured reports: measurements by the template of imaging measurement reports (PS3.16 TID 1500).

use dicom_core::VR;
use dicom_dictionary_std::{tags, uids};

use super::{
    Concept, Encoded, OutError, Program, SourceContext, concepts,
    item::Item,
    modules::{MANUFACTURER, SeriesOfOurs, common},
    object::Draft,
    references, report_content,
};

/// What a report says.
#[derive(Clone, Debug)]
pub struct Report {
    /// Groups of measurements; at least one.
    pub groups: Vec<Group>,
    /// The segmentation that groups refer to, where there is one.
    pub segmentation: Option<SegmentReference>,
    /// What is to be known of a provisional report, in words; nothing of a final one.
    pub provisional: Option<String>,
    /// The program.
    pub program: Program,
    /// All that decides the content beside what is given here, in any form: it goes into the UIDs.
    pub seed: Vec<u8>,
}

/// A segmentation of the same series, written with the report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SegmentReference {
    /// Its SOPInstanceUID.
    pub sop_instance_uid: String,
    /// Its SeriesInstanceUID.
    pub series_instance_uid: String,
}

/// Measurements of one thing.
#[derive(Clone, Debug)]
pub struct Group {
    /// Its name for people.
    pub tracking_id: String,
    /// Its name for programs.
    pub tracking_uid: String,
    /// What was found.
    pub finding: Concept,
    /// Where in the body.
    pub site: Option<Concept>,
    /// Where in the images.
    pub region: Region,
    /// How much of it.
    pub measurements: Vec<Measurement>,
}

/// Where in the images the thing is that a group measures.
#[derive(Clone, Debug)]
pub enum Region {
    /// Nowhere: there is none of it, or it is a sum.
    None,
    /// Within outlines (TID 1411, image regions).
    Outlines(Vec<Outline>),
    /// A segment of the segmentation, by its number from 1 (TID 1411, referenced segment).
    Segment(u16),
}

/// A closed outline in a slice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outline {
    /// Index of the slice; 0 is the most inferior.
    pub slice: u16,
    /// Column and row of each corner in pixels; `[0, 0]` is the upper left corner of the first pixel.
    pub corners: Vec<[u32; 2]>,
}

/// One number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measurement {
    /// What was measured.
    pub concept: Concept,
    /// How.
    pub method: Option<Concept>,
    /// Which of several values it is.
    pub derivation: Option<Concept>,
    /// The number, finite.
    pub value: f64,
    /// In what unit.
    pub unit: Concept,
}

/// What tells the series. Comprehensive, because viewers know that class best; nothing here needs more than an enhanced one.
const SERIES: SeriesOfOurs = SeriesOfOurs {
    sop_class_uid: uids::COMPREHENSIVE_SR_STORAGE,
    modality: "SR",
    number: "9802",
    description: "Calcium measurements (agatston)",
    provisional: "PROVISIONAL calcium measurements (agatston)",
};

impl Report {
    /// The file.
    ///
    /// # Errors
    ///
    /// When a number is not finite, or an outline lies in no slice.
    pub fn encode(&self, context: &SourceContext) -> Result<Encoded, OutError> {
        let mut set = common(context, &self.program, &SERIES.marked(self.provisional.is_some()));
        // Nobody has looked at it, and a program has no more to add.
        set.text(tags::COMPLETION_FLAG, VR::CS, "COMPLETE");
        set.text(tags::VERIFICATION_FLAG, VR::CS, "UNVERIFIED");
        if self.provisional.is_some() {
            set.text(tags::PRELIMINARY_FLAG, VR::CS, "PRELIMINARY");
        }
        set.sequence(tags::REFERENCED_PERFORMED_PROCEDURE_STEP_SEQUENCE, Vec::new());
        set.sequence(tags::PERFORMED_PROCEDURE_CODE_SEQUENCE, Vec::new());
        set.one(tags::CURRENT_REQUESTED_PROCEDURE_EVIDENCE_SEQUENCE, self.evidence(context));
        report_content::put(self, context, &mut set)?;
        self.name_own_codes(&mut set);
        let (sop_class_uid, seed) = (SERIES.sop_class_uid, self.seed.clone());
        Draft { sop_class_uid, kind: "report", seed, set, pixels: None }.encode()
    }

    /// Says whose the codes are that no terminology has.
    fn name_own_codes(&self, set: &mut Item) {
        let own = concepts::AGATSTON_SCORE.scheme;
        let mut measurements = self.groups.iter().flat_map(|group| &group.measurements);
        if measurements.any(|measurement| measurement.concept.scheme == own) {
            let mut item = Item::new();
            item.text(tags::CODING_SCHEME_DESIGNATOR, VR::SH, own);
            item.text(tags::CODING_SCHEME_NAME, VR::ST, "Codes of agatston");
            item.text(tags::CODING_SCHEME_RESPONSIBLE_ORGANIZATION, VR::ST, MANUFACTURER);
            set.one(tags::CODING_SCHEME_IDENTIFICATION_SEQUENCE, item);
        }
    }

    /// Every object that the report refers to, and every image of the series: the score rests on all of them.
    fn evidence(&self, context: &SourceContext) -> Item {
        let series = |uid: &str, instances: Vec<Item>| {
            let mut item = Item::new();
            item.text(tags::SERIES_INSTANCE_UID, VR::UI, uid);
            item.sequence(tags::REFERENCED_SOP_SEQUENCE, instances);
            item
        };
        let mut all = vec![series(&context.series_uid, references::instances(context))];
        if let Some(segmentation) = &self.segmentation {
            let instance = references::instance(uids::SEGMENTATION_STORAGE, &segmentation.sop_instance_uid);
            all.push(series(&segmentation.series_instance_uid, vec![instance]));
        }
        let mut study = Item::new();
        context.repeat(tags::STUDY_INSTANCE_UID, &mut study);
        study.sequence(tags::REFERENCED_SERIES_SEQUENCE, all);
        study
    }
}
