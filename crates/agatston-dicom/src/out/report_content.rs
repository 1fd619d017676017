//! The content tree of a report: TID 1500, its context (TID 1204, 1001) and its groups (TID 1411 and 1501).

use dicom_core::{Tag, VR};
use dicom_dictionary_std::{tags, uids};

use super::{
    Concept, Group, Measurement, OutError, Outline, Region, Report, SourceContext, concepts,
    decimal::decimal,
    item::Item,
    modules::{MANUFACTURER, MODEL},
    references,
    uid::derived_uid,
};

/// Longest tracking identifier that is written, in characters.
const NAME_MAX: usize = 200;

/// Longest comment that is written, in characters.
const COMMENT_MAX: usize = 1000;

const CONTAINS: &str = "CONTAINS";
const MODIFIES: &str = "HAS CONCEPT MOD";
const CONTEXT: &str = "HAS OBS CONTEXT";

/// Puts the content tree into the data set.
pub(super) fn put(report: &Report, context: &SourceContext, set: &mut Item) -> Result<(), OutError> {
    let writer = Writer { report, context };
    let groups = report.groups.iter().map(|group| writer.group(group)).collect::<Result<Vec<_>, _>>()?;
    let mut content = vec![code(MODIFIES, concepts::LANGUAGE, concepts::ENGLISH)];
    content.extend(writer.observer());
    content.push(code(MODIFIES, concepts::PROCEDURE_REPORTED, concepts::COMPUTED_TOMOGRAPHY));
    let mut measurements = item(CONTAINS, "CONTAINER", concepts::MEASUREMENTS);
    measurements.text(tags::CONTINUITY_OF_CONTENT, VR::CS, "SEPARATE");
    measurements.sequence(tags::CONTENT_SEQUENCE, groups);
    content.push(measurements);
    content.extend(report.provisional.as_ref().map(|said| remark(&context.own_text(said, COMMENT_MAX))));
    set.text(tags::VALUE_TYPE, VR::CS, "CONTAINER");
    set.one(tags::CONCEPT_NAME_CODE_SEQUENCE, concepts::REPORT.item());
    set.text(tags::CONTINUITY_OF_CONTENT, VR::CS, "SEPARATE");
    set.one(tags::CONTENT_TEMPLATE_SEQUENCE, template("1500"));
    set.sequence(tags::CONTENT_SEQUENCE, content);
    Ok(())
}

/// A comment on the whole report, where TID 1500 has what is said in words.
fn remark(said: &str) -> Item {
    let mut evaluations = item(CONTAINS, "CONTAINER", concepts::EVALUATIONS);
    evaluations.text(tags::CONTINUITY_OF_CONTENT, VR::CS, "SEPARATE");
    let comment = text(CONTAINS, concepts::COMMENT, (tags::TEXT_VALUE, VR::UT), said);
    evaluations.sequence(tags::CONTENT_SEQUENCE, vec![comment]);
    evaluations
}

struct Writer<'a> {
    report: &'a Report,
    context: &'a SourceContext,
}

impl Writer<'_> {
    /// Who measured: a program (TID 1002, 1004).
    fn observer(&self) -> Vec<Item> {
        let version = self.context.own_text(&self.report.program.version, 64);
        let uid = derived_uid("device", &[b"agatston", version.as_bytes()]);
        let text = |concept, value: &str| text(CONTEXT, concept, (tags::TEXT_VALUE, VR::UT), value);
        vec![
            code(CONTEXT, concepts::OBSERVER_TYPE, concepts::DEVICE),
            uid_reference(CONTEXT, concepts::DEVICE_UID, &uid),
            text(concepts::DEVICE_NAME, MODEL),
            text(concepts::DEVICE_MANUFACTURER, MANUFACTURER),
            text(concepts::DEVICE_MODEL, MODEL),
            text(concepts::DEVICE_SERIAL, &version),
        ]
    }

    fn group(&self, group: &Group) -> Result<Item, OutError> {
        let name = self.context.own_text(&group.tracking_id, NAME_MAX);
        let mut content = vec![
            text(CONTEXT, concepts::TRACKING_ID, (tags::TEXT_VALUE, VR::UT), &name),
            uid_reference(CONTEXT, concepts::TRACKING_UID, &group.tracking_uid),
            code(CONTAINS, concepts::FINDING_CATEGORY, concepts::MORPHOLOGICALLY_ABNORMAL),
            code(CONTAINS, concepts::FINDING, group.finding),
        ];
        content.extend(group.site.map(|site| code(MODIFIES, concepts::FINDING_SITE, site)));
        let identifier = match &group.region {
            Region::None => "1501",
            Region::Outlines(outlines) => {
                for outline in outlines {
                    content.push(self.outline(outline)?);
                }
                "1411"
            }
            Region::Segment(number) => {
                content.extend(self.segment(*number));
                "1411"
            }
        };
        for measurement in &group.measurements {
            content.push(number(measurement)?);
        }
        let mut item = item(CONTAINS, "CONTAINER", concepts::GROUP);
        item.text(tags::CONTINUITY_OF_CONTENT, VR::CS, "SEPARATE");
        item.one(tags::CONTENT_TEMPLATE_SEQUENCE, template(identifier));
        item.sequence(tags::CONTENT_SEQUENCE, content);
        Ok(item)
    }

    /// A region of the image of its slice. Its corners lie between pixels: PS3.3 C.18.6.1.2 counts from the upper left
    /// corner of the first pixel, as outlines do.
    fn outline(&self, outline: &Outline) -> Result<Item, OutError> {
        let image = self.context.image(outline.slice)?;
        let mut source = item("SELECTED FROM", "IMAGE", concepts::SOURCE_IMAGE);
        source.one(tags::REFERENCED_SOP_SEQUENCE, references::image(image));
        let mut region = item(CONTAINS, "SCOORD", concepts::IMAGE_REGION);
        let mut data = Vec::with_capacity(2 * outline.corners.len() + 2);
        // A polyline is closed when it ends where it began.
        for corner in outline.corners.iter().chain(outline.corners.first()) {
            for place in corner {
                let exact = u16::try_from(*place).map(f32::from).ok();
                data.push(exact.ok_or_else(|| OutError::TooLarge { what: format!("a corner at {place}") })?);
            }
        }
        region.f32s(tags::GRAPHIC_DATA, data);
        region.text(tags::GRAPHIC_TYPE, VR::CS, "POLYLINE");
        region.one(tags::CONTENT_SEQUENCE, source);
        Ok(region)
    }

    /// A segment, and the series that it was made from.
    fn segment(&self, number: u16) -> Vec<Item> {
        let Some(segmentation) = &self.report.segmentation else { return Vec::new() };
        let mut reference = references::instance(uids::SEGMENTATION_STORAGE, &segmentation.sop_instance_uid);
        reference.u16s(tags::REFERENCED_SEGMENT_NUMBER, &[number]);
        let mut segment = item(CONTAINS, "IMAGE", concepts::REFERENCED_SEGMENT);
        segment.one(tags::REFERENCED_SOP_SEQUENCE, reference);
        vec![segment, uid_reference(CONTAINS, concepts::SOURCE_SERIES, &self.context.series_uid)]
    }
}

/// A number, as a decimal string and exactly.
fn number(measurement: &Measurement) -> Result<Item, OutError> {
    if !measurement.value.is_finite() {
        return Err(OutError::NotFinite { of: measurement.concept.meaning.to_owned() });
    }
    let mut value = Item::new();
    value.text(tags::NUMERIC_VALUE, VR::DS, &decimal(measurement.value));
    value.f64s(tags::FLOATING_POINT_VALUE, &[measurement.value]);
    value.one(tags::MEASUREMENT_UNITS_CODE_SEQUENCE, measurement.unit.item());
    let mut item = item(CONTAINS, "NUM", measurement.concept);
    item.one(tags::MEASURED_VALUE_SEQUENCE, value);
    let method = measurement.method.map(|method| code(MODIFIES, concepts::METHOD, method));
    let derivation = measurement.derivation.map(|which| code(MODIFIES, concepts::DERIVATION, which));
    let modifiers: Vec<Item> = method.into_iter().chain(derivation).collect();
    if !modifiers.is_empty() {
        item.sequence(tags::CONTENT_SEQUENCE, modifiers);
    }
    Ok(item)
}

/// A content item without its value.
fn item(relationship: &str, value_type: &str, concept: Concept) -> Item {
    let mut item = Item::new();
    item.text(tags::RELATIONSHIP_TYPE, VR::CS, relationship);
    item.text(tags::VALUE_TYPE, VR::CS, value_type);
    item.one(tags::CONCEPT_NAME_CODE_SEQUENCE, concept.item());
    item
}

fn code(relationship: &str, concept: Concept, value: Concept) -> Item {
    let mut item = item(relationship, "CODE", concept);
    item.one(tags::CONCEPT_CODE_SEQUENCE, value.item());
    item
}

fn text(relationship: &str, concept: Concept, (tag, vr): (Tag, VR), value: &str) -> Item {
    let mut item = item(relationship, "TEXT", concept);
    item.text(tag, vr, value);
    item
}

fn uid_reference(relationship: &str, concept: Concept, uid: &str) -> Item {
    let mut item = item(relationship, "UIDREF", concept);
    item.text(tags::UID, VR::UI, uid);
    item
}

/// The template that a container follows.
fn template(identifier: &str) -> Item {
    let mut item = Item::new();
    item.text(tags::MAPPING_RESOURCE, VR::CS, "DCMR");
    item.text(tags::TEMPLATE_IDENTIFIER, VR::CS, identifier);
    item
}
