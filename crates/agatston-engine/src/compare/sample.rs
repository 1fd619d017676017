//! Results made up for tests: square lesions in pixels of 0.5 mm and slices of 3 mm, all of one density.

mod provisional;

pub(crate) use provisional::{provisional, stopped};

use super::Side;
use crate::{
    AssignedBy, Detail, KernelClass, KvpMode, NamedProtocol, ProtocolRecord, Scope,
    result::{
        ArteryRecord, AssignmentRecord, BoundingBoxRecord, ClassWord, CountsRecord, EngineRecord,
        FilesRecord, FocusRecord, LesionRecord, MassFactorRecord, MeasuresRecord, OptionsRecord,
        RESULT_SCHEMA, ResultDocument, SeriesRecord, Status, TotalRecord, WithheldRecord,
    },
};
use agatston_core::Protocol;
use std::collections::BTreeMap;

/// The arteries of a sample, all told apart.
pub(super) const ARTERIES: [&str; 4] = ["LM", "LAD", "LCX", "RCA"];

/// A lesion of one focus, a square with sides of `mm` around its centroid, of density 2.
pub(crate) fn lesion(artery: &str, centroid_lps_mm: [f64; 3], mm: f64) -> LesionRecord {
    let [x, y, z] = centroid_lps_mm;
    let slice = index(z / 3.0 + 100.0);
    let range = |at: f64| {
        let (middle, half) = (at / 0.5 + 1000.0, mm);
        [index(middle - half), index(middle + half) - 1]
    };
    let (columns, rows) = (range(x), range(y));
    let area_mm2 = mm * mm;
    LesionRecord {
        id: format!("1.2.3/{slice}/{}/{}", rows[0], columns[0]),
        artery: artery.to_owned(),
        assigned_by: AssignedBy::Labels,
        tier: None,
        needs_review: false,
        reasons: Vec::new(),
        class: if mm < 3.0 { ClassWord::Micro } else { ClassWord::Macro },
        part: None,
        flags: Vec::new(),
        measures: measures(area_mm2, 2.0),
        background_hu: Some(40.0),
        centroid_lps_mm,
        bounding_box: BoundingBoxRecord { slices: [slice; 2], rows, columns },
        caliper_mm: mm,
        z_extent_mm: [0.0, 3.0],
        slices: 1,
        equivalent_diameter_mm: mm,
        elongation: 1.0,
        foci: vec![FocusRecord {
            slice: u64::from(slice),
            rows,
            columns,
            pixels: u64::from(index(4.0 * area_mm2)),
            volume_pixels: u64::from(index(4.0 * area_mm2)),
            area_mm2,
            volume_mm3: 3.0 * area_mm2,
            mass_mg: None,
            peak_hu: 280.0,
            mean_hu: Some(250.0),
            sd_hu: 10.0,
            weight: 2,
            agatston: 2.0 * area_mm2,
        }],
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "saturates, which is fine for a sample"
)]
fn index(x: f64) -> u16 {
    x.round() as u16
}

/// Measures of an area in slices of 3 mm; half of the volume is at half maximum.
pub(super) fn measures(area_mm2: f64, density: f64) -> MeasuresRecord {
    let calcium = area_mm2 > 0.0;
    MeasuresRecord {
        agatston: Some(density * area_mm2),
        agatston_unscaled: Some(density * area_mm2),
        area_mm2: Some(area_mm2),
        volume_mm3: Some(3.0 * area_mm2),
        volume_half_maximum_mm3: Some(1.5 * area_mm2),
        mean_hu: calcium.then_some(250.0),
        peak_hu: calcium.then_some(280.0),
        density: calcium.then_some(density),
        ..MeasuresRecord::default()
    }
}

/// What lesions add up to.
fn sums(lesions: &[&LesionRecord]) -> CountsRecord {
    let sum = |of: fn(&MeasuresRecord) -> Option<f64>| {
        lesions.iter().filter_map(|l| of(&l.measures)).fold(0.0, |sum, x| sum + x)
    };
    let (area, unscaled) = (sum(|m| m.area_mm2), sum(|m| m.agatston_unscaled));
    let plain = measures(area, if area > 0.0 { unscaled / area } else { 0.0 });
    let volume = sum(|m| m.volume_mm3);
    let hu_mm3: f64 = lesions
        .iter()
        .map(|l| l.measures.mean_hu.unwrap_or(0.0) * l.measures.volume_mm3.unwrap_or(0.0))
        .sum();
    let measures = MeasuresRecord {
        agatston: Some(sum(|m| m.agatston)),
        volume_mm3: Some(volume),
        volume_half_maximum_mm3: Some(sum(|m| m.volume_half_maximum_mm3)),
        mean_hu: (volume > 0.0).then(|| hu_mm3 / volume),
        ..plain
    };
    let count = Some(lesions.len() as u64);
    CountsRecord { measures, lesions: count, foci: count }
}

/// A scan with these lesions.
pub(crate) fn side(lesions: &[LesionRecord]) -> Side {
    let of = |artery: &str| lesions.iter().filter(|l| l.artery == artery).collect::<Vec<_>>();
    let arteries = ARTERIES.map(|artery| ArteryRecord {
        artery: artery.to_owned(),
        separated: true,
        sums: sums(&of(artery)),
        lower: None,
        upper: None,
    });
    let document = ResultDocument {
        schema: RESULT_SCHEMA.to_owned(),
        status: Status::Scored,
        refusal: None,
        engine: EngineRecord { name: "agatston".to_owned(), version: "1".to_owned() },
        protocol: ProtocolRecord::new(&NamedProtocol::standard(), &Protocol::STANDARD),
        options: options(),
        series: Some(series()),
        files: FilesRecord::default(),
        findings: Vec::new(),
        not_checked: Vec::new(),
        references: Vec::new(),
        mass_factor: MassFactorRecord::default(),
        risk: None,
        assignment: Some(assignment()),
        anatomy: None,
        total: Some(TotalRecord {
            scope: Scope::Coronary,
            sums: sums(&lesions.iter().collect::<Vec<_>>()),
            lower: None,
            upper: None,
            arteries_with_calcium: None,
            largest_share: None,
            diffusivity: None,
            category: None,
            category_lower: None,
            category_upper: None,
        }),
        arteries: arteries.into(),
        regions: Vec::new(),
        classes: Vec::new(),
        slices: Vec::new(),
        lesions: lesions.to_vec(),
        withheld: WithheldRecord::default(),
        sensitivity: None,
    };
    document.into()
}

fn assignment() -> AssignmentRecord {
    AssignmentRecord {
        assigned_by: AssignedBy::Labels,
        source: "regions".to_owned(),
        edits: None,
        label_scheme: None,
        lm_policy: "separate".to_owned(),
        labels_hash: None,
        needs_review: 0,
    }
}

fn options() -> OptionsRecord {
    OptionsRecord {
        kvp_mode: KvpMode::As120,
        kvp_factor: 1.0,
        mass_factor: None,
        body_size: None,
        allow: Vec::new(),
        strict: false,
        detail: Detail::Foci,
        cutoffs: BTreeMap::new(),
        fractional_threshold: None,
        require: None,
    }
}

fn series() -> SeriesRecord {
    SeriesRecord {
        study_uid: None,
        series_uid: Some("1.2.3".to_owned()),
        frame_of_reference_uid: None,
        manufacturer: Some("maker".to_owned()),
        model: Some("model".to_owned()),
        kvp: Some(120.0),
        kernel: vec!["B35f".to_owned()],
        kernel_class: Some(KernelClass::Medium),
        gating: Some(true),
        slice_thickness_mm: Some(3.0),
        increment_mm: Some(3.0),
        pixel_spacing_mm: Some([0.5, 0.5]),
        rows: 512,
        columns: 512,
        slices: 40,
        z_coverage_mm: Some(120.0),
        acquisition_year: Some(2020),
        transfer_syntaxes: Vec::new(),
        content_hash: None,
    }
}
