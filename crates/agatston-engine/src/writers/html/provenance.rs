//! What was scored, by what and how: enough to do it again. UIDs are the keys; no name, number or day of the patient is among them.

use super::page::facts;
use crate::{
    AssignedBy, BodySize, KernelClass, KvpMode, MassFactorSource,
    result::{ReferenceKind, ResultDocument, SeriesRecord},
};
use maud::{Markup, html};

/// Everything a score rests on beside the protocol.
pub(super) fn provenance(document: &ResultDocument) -> Markup {
    html! {
        @if let Some(series) = &document.series { h3 { "Series" } (facts(&of_series(series))) }
        @if document.assignment.is_some() { h3 { "Assignment" } (facts(&of_assignment(document))) }
        h3 { "Mass" }
        (facts(&of_mass(document)))
        h3 { "Request and program" }
        (facts(&of_request(document)))
    }
}

fn unknown() -> String {
    "not known".to_owned()
}

fn of_series(s: &SeriesRecord) -> Vec<(&'static str, String)> {
    let text = |text: &Option<String>| text.clone().unwrap_or_else(unknown);
    let mm = |x: Option<f64>| x.map_or_else(unknown, |x| format!("{x} mm"));
    let pixel = s.pixel_spacing_mm.map_or_else(unknown, |[row, column]| format!("{row} x {column} mm"));
    let class = s.kernel_class.map_or("", |class| match class {
        KernelClass::Smooth => " (smooth)",
        KernelClass::Medium => " (medium)",
        KernelClass::Sharp => " (sharp)",
    });
    let gating =
        s.gating.map_or_else(unknown, |yes| if yes { "gated".to_owned() } else { "not gated".to_owned() });
    vec![
        ("Scanner", format!("{} {}", text(&s.manufacturer), s.model.as_deref().unwrap_or_default())),
        ("Tube voltage", s.kvp.map_or_else(|| "unknown or mixed".to_owned(), |kv| format!("{kv} kV"))),
        ("Kernel", if s.kernel.is_empty() { unknown() } else { format!("{}{class}", s.kernel.join(" + ")) }),
        ("Gating", gating),
        ("Slices", format!("{} of {} x {} pixels", s.slices, s.rows, s.columns)),
        ("Pixel spacing, rows and columns", pixel),
        ("Slice thickness", mm(s.slice_thickness_mm)),
        ("Increment", mm(s.increment_mm)),
        ("Coverage", mm(s.z_coverage_mm)),
        ("Year", s.acquisition_year.map_or_else(unknown, |year| year.to_string())),
        ("Transfer syntax", s.transfer_syntaxes.join(", ")),
        ("Study UID", text(&s.study_uid)),
        ("Series UID", text(&s.series_uid)),
        ("Frame of reference UID", text(&s.frame_of_reference_uid)),
        ("Content hash", text(&s.content_hash)),
    ]
}

fn of_assignment(document: &ResultDocument) -> Vec<(&'static str, String)> {
    let Some(a) = &document.assignment else { return Vec::new() };
    let by = match a.assigned_by {
        AssignedBy::Everything => "nobody: everything counts".to_owned(),
        AssignedBy::Anatomy => "nobody: rules about the anatomy, provisional".to_owned(),
        by => by.as_str().to_owned(),
    };
    let mut out = vec![("Assigned by", by), ("Source", a.source.clone())];
    out.extend(a.label_scheme.as_ref().map(|scheme| ("Label scheme", scheme.clone())));
    out.extend(a.edits.map(|n| ("Edits", n.to_string())));
    out.push(("Left main", a.lm_policy.replace('_', " ")));
    out.push(("Labels hash", a.labels_hash.clone().unwrap_or_else(|| "none: no labels".to_owned())));
    out
}

fn of_mass(document: &ResultDocument) -> Vec<(&'static str, String)> {
    let m = &document.mass_factor;
    let mut out = match (m.mg_cm3_per_hu, m.source) {
        (Some(factor), Some(source)) => vec![
            ("Factor", format!("{factor:.4} mg/cm³ per HU")),
            ("Source", source_words(source, m.body_size)),
        ],
        _ => vec![("Factor", "none; mass needs --mass-factor or --references".to_owned())],
    };
    out.extend(m.body_width_mm.map(|mm| ("Width of the body", format!("{mm:.0} mm"))));
    for r in &document.references {
        let kind = match r.kind {
            ReferenceKind::Rod => "rod",
            ReferenceKind::Water => "water",
            ReferenceKind::Blood => "blood",
        };
        let density = r.ha_mg_cm3.map_or_else(String::new, |mg| format!(" of {mg} mg/cm³"));
        let text = format!(
            "{}: {kind}{density}, mean {:.1} HU, SD {:.1} HU, {} voxels",
            r.name, r.mean_hu, r.sd_hu, r.voxels
        );
        out.push(("Reference", text));
    }
    out
}

fn source_words(source: MassFactorSource, size: Option<BodySize>) -> String {
    match source {
        MassFactorSource::Option => "as given".to_owned(),
        MassFactorSource::HeaderPatient => "the scanner, for this patient".to_owned(),
        MassFactorSource::Rods => "the reference rods".to_owned(),
        MassFactorSource::HeaderDevice => {
            format!("the scanner, for a {} body", size.map_or("", BodySize::as_str))
        }
    }
}

fn voltage_words(mode: KvpMode) -> &'static str {
    match mode {
        KvpMode::As120 => "as at 120 kV",
        KvpMode::Scale => "scaled",
        KvpMode::Refuse => "refused unless 120 kV",
    }
}

fn of_request(document: &ResultDocument) -> Vec<(&'static str, String)> {
    let (o, f) = (&document.options, &document.files);
    let none = |texts: Vec<String>| if texts.is_empty() { "none".to_owned() } else { texts.join(", ") };
    let skipped = f.skipped.iter().map(|(reason, n)| format!("{n} {reason}")).collect();
    let cutoffs = o.cutoffs.iter().map(|(name, value)| format!("{name} = {value}")).collect();
    let require = o.require.map_or("anybody", AssignedBy::as_str);
    vec![
        ("Program", format!("{} {}", document.engine.name, document.engine.version)),
        ("Form of the result", document.schema.clone()),
        ("Tube voltage mode", format!("{}, factor {}", voltage_words(o.kvp_mode), o.kvp_factor)),
        ("Allowed refusals", none(o.allow.clone())),
        ("Warnings refuse", if o.strict { "yes" } else { "no" }.to_owned()),
        ("Changed cut-offs", none(cutoffs)),
        ("Required decision", require.to_owned()),
        ("Files", format!("{} read, {} used", f.read, f.used)),
        ("Files left out", none(skipped)),
    ]
}
