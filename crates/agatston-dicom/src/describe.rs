//! From the planes of a group to the facts that a result prints.

use crate::{
    SeriesFacts,
    group::{Member, Misfit},
    header::{Acquisition, Contrast, Person},
    shown,
    stack::{distances, median, superior_normal},
};

/// Facts of a group; of its files that cannot be placed when it has no planes.
pub(crate) fn describe(planes: &[Member], misfits: &[Misfit]) -> SeriesFacts {
    let header = match (planes.first(), misfits.first()) {
        (Some(plane), _) => &plane.header,
        (None, Some(misfit)) => &misfit.header,
        (None, None) => return SeriesFacts::default(),
    };
    let (identity, acquisition) =
        (&header.identity, header.acquisition(planes.first().map_or(0, |p| p.frame)));
    let z: Vec<f64> = planes.iter().map(|plane| plane.z).collect();
    let increment_mm = median(&distances(&z)).filter(|mm| *mm > 0.0);
    let extent = z.last().zip(z.first()).map(|(last, first)| last - first);
    let mut transfer_syntaxes: Vec<String> =
        planes.iter().map(|p| shown::uid(&p.header.syntax_uid)).collect();
    transfer_syntaxes.sort();
    transfer_syntaxes.dedup();
    let contrast_reason = contrast_reason(planes);
    SeriesFacts {
        study_uid: shown::uid(&identity.study),
        series_uid: shown::uid(&identity.series),
        frame_of_reference_uid: shown::uid(&identity.frame_of_reference),
        sop_class_uid: shown::uid(&identity.sop_class),
        transfer_syntaxes,
        manufacturer: shown::code(&acquisition.manufacturer),
        model: shown::code(&acquisition.model),
        kvp: voltage(planes),
        kernel: acquisition.kernel.iter().map(|kernel| shown::code(kernel)).collect(),
        reconstruction_algorithm: shown::code(&acquisition.reconstruction),
        image_type: acquisition.image_type.iter().map(|value| shown::image_type(value)).collect(),
        gating: gating(acquisition),
        contrast_agent: contrast_reason.is_some(),
        contrast_reason,
        slice_thickness_mm: thickness(planes),
        rows: header.layout.rows,
        columns: header.layout.columns,
        pixel_spacing_mm: planes.first().map(|p| p.spacing),
        increment_mm,
        coverage_mm: increment_mm.zip(extent).map(|(increment, extent)| extent + increment),
        axial: planes.first().is_some_and(|p| degrees_off_axis(superior_normal(p.orientation)) <= 1.0),
        planes: planes.len(),
        acquisition_year: acquisition.year,
        mass_factor_patient: acquisition.mass_factor_patient.filter(|_| same_factors(planes)),
        mass_factor_device: if same_factors(planes) {
            acquisition.mass_factor_device.clone()
        } else {
            Vec::new()
        },
        patient_age_years: agreed(planes, |person| person.age_years),
        patient_sex: agreed(planes, |person| person.sex),
        patient: identity.patient_id,
        acquisition_day: acquisition.day,
    }
}

/// Angle between a unit normal and the body axis, degrees.
pub(crate) fn degrees_off_axis(normal: [f64; 3]) -> f64 {
    // The arc tangent stays exact near zero, where the arc cosine does not.
    normal[0].hypot(normal[1]).atan2(normal[2].abs()).to_degrees()
}

/// What every plane says of the person, where all say the same.
fn agreed<T: PartialEq>(planes: &[Member], of: impl Fn(Person) -> Option<T>) -> Option<T> {
    let mut all = planes.iter().map(|plane| of(plane.header.identity.person));
    let first = all.next()??;
    all.all(|other| other.as_ref() == Some(&first)).then_some(first)
}

/// Whether all planes have the same calibration factors: of a series that contradicts itself none is taken.
fn same_factors(planes: &[Member]) -> bool {
    let of = |p: &Member| {
        let a = p.acquisition();
        (a.mass_factor_patient, a.mass_factor_device.clone())
    };
    planes.first().is_none_or(|first| planes.iter().all(|p| of(p) == of(first)))
}

/// Tube voltage where all planes agree.
fn voltage(planes: &[Member]) -> Option<f64> {
    let first = planes.first()?.acquisition().kvp?;
    planes.iter().all(|p| p.acquisition().kvp == Some(first)).then_some(first)
}

/// SliceThickness where all planes agree.
pub(crate) fn thickness(planes: &[Member]) -> Option<f64> {
    let mut all = planes.iter().map(|p| p.frame().thickness.value().copied().filter(|mm| *mm > 0.0));
    let first = all.next()??;
    all.all(|mm| mm.is_some_and(|mm| (mm - first).abs() < 1e-6)).then_some(first)
}

/// Words of ScanOptions that mean that the heart triggered or gated the scan.
const GATED: [&str; 5] = ["OSCRATE", "GATED", "EKG", "ECG", "CARDIAC"];

/// Whether the scan was gated, by CardiacSynchronizationTechnique (0018,9037), TriggerTime (0018,1060),
/// NominalInterval (0018,1062) and ScanOptions (0018,0022).
pub(crate) fn gating(acquisition: &Acquisition) -> Option<bool> {
    let technique = acquisition.synchronization.to_ascii_uppercase();
    if !technique.is_empty() {
        return Some(technique != "NONE");
    }
    let options = acquisition.scan_options.join(" ").to_ascii_uppercase();
    let plain = options.replace([' ', '-', '_'], "");
    if plain.contains("NONGATED") || plain.contains("UNGATED") {
        return Some(false);
    }
    if acquisition.trigger || GATED.iter().any(|word| options.contains(word)) {
        return Some(true);
    }
    // A helical scan that knows of no heart beat was not gated; an axial one may have been triggered in silence.
    (options.contains("HELICAL") || options.contains("HELIX")).then_some(false)
}

/// Which element of any plane says that a contrast agent was given.
pub(crate) fn contrast_reason(planes: &[Member]) -> Option<&'static str> {
    planes.iter().find_map(|plane| match plane.acquisition().contrast {
        Contrast::None => None,
        Contrast::Agent => Some("ContrastBolusAgent (0018,0010)"),
        Contrast::Sequence => Some("ContrastBolusAgentSequence (0018,0012)"),
        Contrast::ImageType => Some("ImageType (0008,0008) CARDIAC_CTA"),
    })
}
