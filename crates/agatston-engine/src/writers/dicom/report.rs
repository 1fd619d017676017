//! The structured report: a group of measurements for every lesion, for every artery or region that the source tells
//! apart, and for a coronary total. An artery that is not told apart has no group: its score is not known, which is not 0.

use super::{
    DateTime, Encoded, NotWritten,
    measured::measured,
    subject::{Subject, artery_region},
};
use crate::{
    Scope, Status,
    outline::{Stretch, outlines},
    result::{CountsRecord, MeasuresRecord, ResultDocument},
    shown_text::{ELEVEN_SCANS, PROVISIONAL},
    terminology::{finding, site},
    traced::Traced,
};
use agatston_core::Region;
use agatston_dicom::out::{self, Group, Outline, Report, SegmentReference};
use std::collections::{BTreeMap, BTreeSet};

/// The report of a scored series; `segmentation` is the one of the same result, when it is written too. `date` stands in
/// for the dates of the source.
///
/// # Errors
///
/// When there is no score, no region has a name, or the series lacks what such an object refers to.
pub fn report(
    document: &ResultDocument,
    traced: &Traced,
    date: Option<DateTime>,
    segmentation: Option<&Encoded>,
) -> Result<Encoded, NotWritten> {
    let subject = Subject::new(document, traced, date)?;
    let writer = Writer { with_voxels: with_voxels(traced), has_segments: segmentation.is_some(), subject };
    let report = Report {
        groups: writer.groups(),
        segmentation: segmentation.map(|written| SegmentReference {
            sop_instance_uid: written.sop_instance_uid.clone(),
            series_instance_uid: written.series_instance_uid.clone(),
        }),
        provisional: provisional(document),
        program: writer.subject.program(),
        seed: writer.subject.seed.clone(),
    };
    Ok(report.encode(&writer.subject.context)?)
}

/// What a provisional report says of its numbers; nothing of a final one.
fn provisional(document: &ResultDocument) -> Option<String> {
    if document.status != Status::Provisional {
        return None;
    }
    let bounds = |name: &str, lower: Option<f64>, upper: Option<f64>| {
        lower.zip(upper).map(|(lower, upper)| format!("{name} {lower:.2} to {upper:.2}"))
    };
    let arteries = document.arteries.iter().map(|a| bounds(&a.artery, a.lower, a.upper));
    let total = document.total.iter().map(|t| bounds("total", t.lower, t.upper));
    let all: Vec<String> = total.chain(arteries).flatten().collect();
    Some(format!(
        "PROVISIONAL: {PROVISIONAL}. Agatston scores may lie between these bounds: {}. {ELEVEN_SCANS}",
        all.join(", ")
    ))
}

/// The regions that hold a voxel, by index.
fn with_voxels(traced: &Traced) -> BTreeSet<usize> {
    let calcium = &traced.calcium;
    calcium.slices.iter().flatten().map(|span| calcium.region_of(span)).collect()
}

struct Writer<'a> {
    subject: Subject<'a>,
    with_voxels: BTreeSet<usize>,
    has_segments: bool,
}

impl Writer<'_> {
    fn groups(&self) -> Vec<Group> {
        let document = self.subject.document;
        let mut groups = self.lesions();
        for artery in document.arteries.iter().filter(|artery| artery.separated) {
            if let Some(region) = artery_region(&artery.artery) {
                groups.push(self.of_region(region, &artery.artery, &artery.sums));
            }
        }
        for (index, region) in (0..=u16::MAX).zip(&document.regions) {
            groups.push(self.of_region(Region::Named(index), &region.name, &region.sums));
        }
        groups.extend(self.total());
        groups
    }

    /// A group a lesion, numbered as in the result and in pictures; none where the result does not list them.
    fn lesions(&self) -> Vec<Group> {
        let (document, calcium) = (self.subject.document, &self.subject.traced.calcium);
        let mut regions = outlines_of_lesions(self.subject.traced);
        let lesion = |(index, lesion): (usize, &crate::result::LesionRecord)| {
            let place = calcium.lesions[index];
            let region = &calcium.regions[place];
            Group {
                tracking_id: format!("{} lesion {}", calcium.called(region), index + 1),
                tracking_uid: self.subject.tracking_uid("lesion", &lesion.id),
                finding: finding(region.region),
                site: site(region.region),
                region: regions.remove(&index).map_or(out::Region::None, out::Region::Outlines),
                measurements: measured(region.region, &lesion.measures),
            }
        };
        document.lesions.iter().enumerate().map(lesion).collect()
    }

    /// A group for an artery or another region.
    fn of_region(&self, region: Region, name: &str, sums: &CountsRecord) -> Group {
        let place = self.subject.segment_of(name);
        let segment = place.filter(|place| self.has_segments && self.with_voxels.contains(place));
        let number = segment.and_then(|place| u16::try_from(place + 1).ok());
        let traced = place.and_then(|place| self.subject.traced.calcium.regions.get(place));
        Group {
            tracking_id: traced.map_or(name, |traced| self.subject.traced.calcium.called(traced)).to_owned(),
            tracking_uid: self.subject.tracking_uid("region", name),
            finding: finding(region),
            site: site(region),
            region: number.map_or(out::Region::None, out::Region::Segment),
            measurements: measured(region, &sums.measures),
        }
    }

    /// The group of a coronary total.
    fn total(&self) -> Option<Group> {
        let total = self.subject.document.total.as_ref().filter(|total| total.scope == Scope::Coronary)?;
        let measures: &MeasuresRecord = &total.sums.measures;
        Some(Group {
            tracking_id: "total".to_owned(),
            tracking_uid: self.subject.tracking_uid("total", ""),
            finding: finding(Region::Coronary),
            site: site(Region::Coronary),
            region: out::Region::None,
            measurements: measured(Region::Coronary, measures),
        })
    }
}

/// The outer outlines of every lesion in each of its slices. A report has no way to leave a hole out of a region; the
/// segmentation has every voxel.
fn outlines_of_lesions(traced: &Traced) -> BTreeMap<usize, Vec<Outline>> {
    let mut stretches: BTreeMap<(usize, u16), Vec<Stretch>> = BTreeMap::new();
    for (slice, spans) in (0..=u16::MAX).zip(&traced.calcium.slices) {
        for span in spans {
            let stretch = Stretch { row: span.row, start: span.start, end: span.end };
            stretches.entry((span.lesion, slice)).or_default().push(stretch);
        }
    }
    let mut found: BTreeMap<usize, Vec<Outline>> = BTreeMap::new();
    for ((lesion, slice), stretches) in stretches {
        let outer = outlines(&stretches).into_iter().filter(|outline| !outline.is_hole);
        let corners = |outline: crate::outline::Outline| {
            outline.corners.into_iter().map(|corner| [corner.column, corner.row]).collect()
        };
        let outer = outer.map(|outline| Outline { slice, corners: corners(outline) });
        found.entry(lesion).or_default().extend(outer);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::sample;

    /// The bounds are those of the sample, by hand.
    #[test]
    fn a_provisional_report_tells_its_bounds() {
        let said = provisional(&sample::provisional().document).unwrap();
        assert!(said.starts_with("PROVISIONAL: no label and no reader decided what is coronary."), "{said}");
        assert!(said.contains("total 232.00 to 310.20, LAD 180.00 to 255.20"), "{said}");
        assert!(said.contains("LM/LAD/LCX 27.00 to 37.00") && !said.contains("LM -"), "{said}");
        let last = sample::side(&[sample::lesion("LAD", [0.0; 3], 4.0)]);
        assert_eq!(provisional(&last.document), None);
    }
}
