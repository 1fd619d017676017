//! A series, checked as far as headers go, and as the result prints it: its facts, its slices, how its voxels are named.

use crate::{
    Detail, Request, kernel, kernel_class,
    result::{SeriesRecord, SliceRecord},
};
use agatston_core::Severity;
use agatston_dicom::{Group, PlaneRef, Refusal, Rules, Series, SeriesFacts};
use agatston_labels::Instance;

/// A series that was checked: scorable or not.
pub(crate) type Checked = Result<Series, Refusal>;

/// Makes every check that needs no pixels: those of the loader, and of the table of kernels.
pub(crate) fn check(group: Group, rules: &Rules) -> Checked {
    let mut of_kernel = kernel::findings(group.facts());
    of_kernel.iter_mut().for_each(|finding| rules.settle(finding));
    let refuses = of_kernel.iter().any(|f| f.severity == Severity::Refusal);
    match group.check(rules) {
        Ok(mut series) => {
            series.findings.extend(of_kernel);
            if refuses {
                return Err(Refusal { facts: Box::new(series.facts), findings: series.findings });
            }
            Ok(series)
        }
        Err(mut refusal) => {
            refusal.findings.extend(of_kernel);
            Err(refusal)
        }
    }
}

/// What headers say of a series; what only the checks know is still open.
pub(crate) fn series_record(f: &SeriesFacts) -> SeriesRecord {
    let text = |s: &String| (!s.is_empty()).then(|| s.clone());
    SeriesRecord {
        study_uid: text(&f.study_uid),
        series_uid: text(&f.series_uid),
        frame_of_reference_uid: text(&f.frame_of_reference_uid),
        manufacturer: text(&f.manufacturer),
        model: text(&f.model),
        kvp: f.kvp,
        kernel: f.kernel.clone(),
        kernel_class: kernel_class(f),
        gating: f.gating,
        slice_thickness_mm: f.slice_thickness_mm,
        increment_mm: None,
        pixel_spacing_mm: f.pixel_spacing_mm,
        rows: f.rows,
        columns: f.columns,
        slices: f.planes as u64,
        z_coverage_mm: None,
        acquisition_year: f.acquisition_year,
        transfer_syntaxes: f.transfer_syntaxes.clone(),
        content_hash: None,
    }
}

/// Every slice, where something in the result points to one.
pub(crate) fn slices(series: &Series, request: &Request) -> Vec<SliceRecord> {
    if request.detail == Detail::Totals && !request.withheld {
        return Vec::new();
    }
    let record = |(index, plane): (u16, &PlaneRef)| SliceRecord {
        index: u64::from(index),
        sop_instance_uid: Some(plane.sop_instance_uid.clone()).filter(|uid| !uid.is_empty()),
        frame: frame_number(plane),
        position_mm: f64::from(index) * series.geometry.increment_mm,
    };
    (0u16..).zip(&series.planes).map(record).collect()
}

/// What the slices stand for along the normal, mm.
pub(crate) fn coverage_mm(series: &Series) -> f64 {
    let planes = u32::try_from(series.planes.len()).unwrap_or(u32::MAX);
    f64::from(planes) * series.geometry.increment_mm
}

/// Whether SOPInstanceUID and frame tell every slice from every other.
pub(crate) fn has_unique_instances(series: &Series) -> bool {
    let all: std::collections::BTreeSet<_> =
        series.planes.iter().map(|p| (&p.sop_instance_uid, p.frame)).collect();
    all.len() == series.planes.len() && series.planes.iter().all(|p| !p.sop_instance_uid.is_empty())
}

/// Number of files whose pixels a series takes.
pub(crate) fn files_of(series: &Series) -> u64 {
    let names = series.planes.iter().map(|p| (p.source.name(), &p.sop_instance_uid));
    names.collect::<std::collections::BTreeSet<_>>().len() as u64
}

/// By what name files know each slice.
pub(crate) fn instances(series: &Series) -> Vec<Instance> {
    let instance = |plane: &PlaneRef| Instance {
        sop_instance_uid: plane.sop_instance_uid.clone(),
        frame: u32::try_from(frame_number(plane)).unwrap_or(u32::MAX),
    };
    series.planes.iter().map(instance).collect()
}

/// Frames are counted from 1 in DICOM.
pub(crate) fn frame_number(plane: &PlaneRef) -> u64 {
    plane.frame as u64 + 1
}
