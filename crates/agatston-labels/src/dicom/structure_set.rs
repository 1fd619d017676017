//! RT structure sets (PS3.3 A.19 and C.8.8): regions of interest with their names, and the contours that were drawn.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    coded::codes,
    damaged,
    data_set::DataSet,
    tag::{
        CONTOUR_DATA, CONTOUR_GEOMETRIC_TYPE, CONTOUR_IMAGE_SEQUENCE, CONTOUR_SEQUENCE,
        FRAME_OF_REFERENCE_UID, NUMBER_OF_CONTOUR_POINTS, REFERENCED_FRAME_OF_REFERENCE_SEQUENCE,
        REFERENCED_FRAME_OF_REFERENCE_UID, REFERENCED_ROI_NUMBER, REFERENCED_SOP_INSTANCE_UID,
        ROI_CONTOUR_SEQUENCE, ROI_NAME, ROI_NUMBER, ROI_OBSERVATION_LABEL, RT_REFERENCED_SERIES_SEQUENCE,
        RT_REFERENCED_STUDY_SEQUENCE, RT_ROI_IDENTIFICATION_CODE_SEQUENCE, RT_ROI_OBSERVATIONS_SEQUENCE,
        SEGMENTED_PROPERTY_TYPE_MODIFIER_CODE_SEQUENCE, SERIES_INSTANCE_UID, STRUCTURE_SET_ROI_SEQUENCE,
    },
    value::{Characters, decimals},
};
use crate::{
    code::LABELS_FRAME_OF_REFERENCE,
    contours::{Contour, Drawing},
    error::{Refusal, refusal},
    label_file::Origin,
    labels::LabelKind,
    names::{Key, Named, Names},
    shown::shown,
    vector::Vector,
};

/// Most contours of a file.
const CONTOURS_MAX: usize = 1 << 18;

/// Most points of all contours together.
const POINTS_MAX: usize = 10_000_000;

/// A region of interest.
struct Roi {
    named: Named,
    frame_of_reference_uid: Option<String>,
}

/// Regions by number.
type Rois = BTreeMap<Key, Roi>;

/// Reads a structure set.
pub(super) fn read(data_set: &DataSet<'_>) -> Result<Drawing, Refusal> {
    let mut rois = rois(data_set)?;
    add_observations(data_set, &mut rois)?;
    let contours = contours(data_set, &rois)?;
    let origin = origin(data_set, &rois, &contours)?;
    let names: Names = rois.into_iter().map(|(key, roi)| (key, roi.named)).collect();
    Ok(Drawing { kind: LabelKind::RtStruct, names, contours, holes: true, origin, findings: Vec::new() })
}

fn rois(data_set: &DataSet<'_>) -> Result<Rois, Refusal> {
    let characters = Characters::of(data_set);
    let mut rois = Rois::new();
    for item in data_set.items(STRUCTURE_SET_ROI_SEQUENCE) {
        let item = item?;
        let number = item.integer(ROI_NUMBER)?.ok_or_else(|| damaged("a region has no ROINumber"))?;
        let label = item.text(ROI_NAME, characters)?.unwrap_or_default();
        let frame_of_reference_uid = item.uid(REFERENCED_FRAME_OF_REFERENCE_UID)?;
        let roi = Roi { named: Named::from(label), frame_of_reference_uid };
        if rois.insert(Key::of(number), roi).is_some() {
            return Err(damaged(format!("two regions have the ROINumber {number}")));
        }
    }
    if rois.is_empty() {
        return Err(damaged("the structure set describes no region").expected("a StructureSetROISequence"));
    }
    Ok(rois)
}

/// Adds the codes of the observations of regions, and their labels to regions without a name.
fn add_observations(data_set: &DataSet<'_>, rois: &mut Rois) -> Result<(), Refusal> {
    let characters = Characters::of(data_set);
    for item in data_set.items(RT_ROI_OBSERVATIONS_SEQUENCE) {
        let item = item?;
        let key = item.integer(REFERENCED_ROI_NUMBER)?.map(Key::of);
        let Some(roi) = key.and_then(|key| rois.get_mut(&key)) else { continue };
        let (sequence, modifiers) =
            (RT_ROI_IDENTIFICATION_CODE_SEQUENCE, SEGMENTED_PROPERTY_TYPE_MODIFIER_CODE_SEQUENCE);
        roi.named.codes.extend(codes(&item, sequence, modifiers)?);
        if roi.named.label.is_empty() {
            roi.named.label = item.text(ROI_OBSERVATION_LABEL, characters)?.unwrap_or_default();
        }
    }
    for (key, roi) in rois.iter_mut().filter(|(_, roi)| roi.named.label.is_empty()) {
        roi.named.label = key.to_string();
    }
    Ok(())
}

fn contours(data_set: &DataSet<'_>, rois: &Rois) -> Result<Vec<Contour>, Refusal> {
    // A file that was cut short before its contours must not read as one without calcium.
    if data_set.element(ROI_CONTOUR_SEQUENCE).is_none() {
        return Err(damaged("the structure set has no ROIContourSequence")
            .expected("one, if need be with regions without contours")
            .next_step("write or transfer the file again"));
    }
    let (mut contours, mut points) = (Vec::new(), 0);
    for item in data_set.items(ROI_CONTOUR_SEQUENCE) {
        let item = item?;
        let number = item.integer(REFERENCED_ROI_NUMBER)?;
        let key = number.map(Key::of).filter(|key| rois.contains_key(key)).ok_or_else(|| {
            damaged("contours belong to a region that the file does not describe")
                .seen(number.map_or_else(|| "no ROINumber".to_owned(), |n| format!("ROINumber {n}")))
                .next_step("export the contours again from the program that drew them")
        })?;
        let name = rois.get(&key).map(|roi| shown(&roi.named.label)).unwrap_or_default();
        for contour in item.items(CONTOUR_SEQUENCE) {
            let contour = contour_of(&contour?, key, &name)?;
            points += contour.lps_mm.len();
            contours.push(contour);
            if contours.len() > CONTOURS_MAX || points > POINTS_MAX {
                return Err(damaged("the structure set has too many contours")
                    .expected(format!("at most {CONTOURS_MAX} contours of {POINTS_MAX} points")));
            }
        }
    }
    Ok(contours)
}

fn contour_of(item: &DataSet<'_>, key: Key, name: &str) -> Result<Contour, Refusal> {
    match item.trimmed(CONTOUR_GEOMETRIC_TYPE) {
        Some(b"CLOSED_PLANAR" | b"CLOSEDPLANAR_XOR") => {}
        other => {
            let seen = other.map(String::from_utf8_lossy).unwrap_or_default();
            return Err(damaged(format!("a contour of {name} is not closed and encloses nothing"))
                .seen(format!("ContourGeometricType {}", shown(&seen)))
                .expected("CLOSED_PLANAR or CLOSEDPLANAR_XOR")
                .next_step("leave the region out, or close its contours"));
        }
    }
    let lps_mm = points(item, name)?;
    let claimed = item.integer(NUMBER_OF_CONTOUR_POINTS)?;
    if claimed.is_some_and(|n| usize::try_from(n) != Ok(lps_mm.len())) {
        return Err(damaged(format!("a contour of {name} has not as many points as it says"))
            .seen(format!("{} points, {} claimed", lps_mm.len(), claimed.unwrap_or_default()))
            .next_step("write or transfer the file again"));
    }
    let mut images = Vec::new();
    for image in item.items(CONTOUR_IMAGE_SEQUENCE) {
        images.extend(image?.uid(REFERENCED_SOP_INSTANCE_UID)?);
    }
    images.dedup();
    let sop_instance_uid = if images.len() == 1 { images.pop() } else { None };
    Ok(Contour { key, lps_mm, pixels: None, sop_instance_uid, image_index: None })
}

fn points(item: &DataSet<'_>, name: &str) -> Result<Vec<Vector>, Refusal> {
    let wrong = |message: &str| {
        damaged(format!("a contour of {name} {message}"))
            .expected("ContourData of x, y and z of each point, in mm")
            .next_step("export the contours again from the program that drew them")
    };
    let data = item.trimmed(CONTOUR_DATA).filter(|data| !data.is_empty());
    let mut numbers = decimals(data.ok_or_else(|| wrong("has no points"))?);
    let mut points = Vec::new();
    while let Some(x) = numbers.next() {
        let (Some(y), Some(z)) = (numbers.next(), numbers.next()) else {
            return Err(wrong("ends within a point"));
        };
        let point = x.zip(y).zip(z).ok_or_else(|| wrong("has a coordinate that is no number"))?;
        let ((x, y), z) = point;
        points.push([x, y, z]);
        if points.len() > POINTS_MAX {
            return Err(wrong("has too many points"));
        }
    }
    Ok(points)
}

/// The frame of reference of the regions that have contours, or else of all; and the series that they name.
fn origin(data_set: &DataSet<'_>, rois: &Rois, contours: &[Contour]) -> Result<Origin, Refusal> {
    let (mut frames, mut series_uids) =
        (BTreeSet::from_iter(data_set.uid(FRAME_OF_REFERENCE_UID)?), Vec::new());
    for frame in data_set.items(REFERENCED_FRAME_OF_REFERENCE_SEQUENCE) {
        let frame = frame?;
        frames.extend(frame.uid(FRAME_OF_REFERENCE_UID)?);
        for study in frame.items(RT_REFERENCED_STUDY_SEQUENCE) {
            for series in study?.items(RT_REFERENCED_SERIES_SEQUENCE) {
                series_uids.extend(series?.uid(SERIES_INSTANCE_UID)?);
            }
        }
    }
    let drawn: BTreeSet<Key> = contours.iter().map(|contour| contour.key).collect();
    let used = rois.iter().filter(|(key, _)| drawn.is_empty() || drawn.contains(key));
    let own: BTreeSet<&String> = used.filter_map(|(_, roi)| roi.frame_of_reference_uid.as_ref()).collect();
    let mut uids = if own.is_empty() { frames.iter().collect() } else { own };
    if uids.len() > 1 {
        return Err(refusal(
            LABELS_FRAME_OF_REFERENCE,
            "the regions were drawn in several patient coordinates",
        )
        .seen(format!("{} frames of reference", uids.len()))
        .expected("one FrameOfReferenceUID")
        .next_step("write the regions of each series into a file of their own"));
    }
    Ok(Origin { frame_of_reference_uid: uids.pop_first().cloned(), series_uids })
}
