//! What the anatomy says against a scan.

use crate::{PixelCutoffs, code};
use agatston_anatomy::{Anatomy, Cut, Gate, Measured, increment_most_mm};
use agatston_core::{Code, Finding, Severity};
use agatston_dicom::code::CONTRAST_AGENT;
use agatston_labels::Span;

/// What to do when the anatomy cannot say what is coronary.
const LABELS: &str = "give --labels or --edits of a reader; --region everything counts all of a phantom";

/// The refusal of slices that are too far apart.
pub(crate) fn too_thick(increment_mm: f64) -> Option<Finding> {
    let most_mm = increment_most_mm();
    (increment_mm > most_mm).then(|| {
        Finding::refusal(
            code::THICK_SLICES,
            "slices are too far apart to find the coronary arteries without labels",
        )
        .expected(format!("at most {most_mm} mm"))
        .seen(format!("{increment_mm:.2} mm"))
        .next_step(LABELS)
    })
}

/// Every gate that is closed, and how much of the heart may be cut off.
pub(crate) fn findings(anatomy: &Anatomy) -> Vec<Finding> {
    let mut findings: Vec<Finding> =
        anatomy.gates.iter().map(|gate| refusal(gate, &anatomy.measured)).collect();
    let Some(cut) = anatomy.whole().map(|whole| whole.cut()) else { return findings };
    if cut.is_clipped() {
        let text = "the heart reaches the edge of the field of view: calcium may lie outside";
        findings.push(
            Finding::warning(code::CLIPPED_FIELD, text)
                .expected("a field of view that holds the heart")
                .seen(format!(
                    "no lung between the heart and {:.1} cm2 of the edge",
                    cut.edge_area_mm2 / 100.0
                ))
                .next_step("reconstruct the series with a larger field of view, or look at the edge slices"),
        );
    }
    if cut.below_mm > 0.0 || cut.above_mm > 0.0 {
        let [low, high] = Cut::region_mm();
        let text = "the slices end before the region of the heart does: calcium may lie beyond";
        findings.push(
            Finding::warning(code::COVERAGE_CUT, text)
                .expected(format!("slices from {low} mm below the root of the aorta to {high} mm above it"))
                .seen(format!("{:.0} mm are missing below, {:.0} mm above", cut.below_mm, cut.above_mm))
                .next_step("look whether the lowest slices show the end of the right coronary artery"),
        );
    }
    findings
}

/// Why a gate is closed, with what it measured.
fn refusal(gate: &Gate, m: &Measured) -> Finding {
    let blood = m.blood.map_or((0.0, 0.0), |blood| (blood.hu, blood.noise_hu));
    let told = |value: Option<f64>, unit: &str| value.map_or("none".to_owned(), |v| format!("{v:.0} {unit}"));
    let (code, text, expected, seen): (Code, &str, String, String) = match gate {
        Gate::NoLungs { least_ml } => (
            code::NO_LUNGS,
            "there are no lungs in the image: this is no chest, or too little of one",
            format!("{least_ml} ml of lung and more"),
            format!("{:.0} ml", m.lungs_ml),
        ),
        Gate::NoSpine { least_share } => (
            code::NO_SPINE,
            "there is no spine behind the lungs",
            format!("a spine in {:.0} % of the slices and more", 100.0 * least_share),
            format!("in {:.0} %", 100.0 * m.spine_found.unwrap_or(0.0)),
        ),
        Gate::OneLung { least_share } => (
            code::ONE_LUNG,
            "there is lung on one side of the spine only: the heart is not where the rules expect it",
            format!("{:.0} % of the lung on either side and more", 100.0 * least_share),
            format!("{:.0} %", 100.0 * m.lesser_lung.unwrap_or(0.0)),
        ),
        Gate::NoAscendingAorta { least_score } => (
            code::NO_ASCENDING_AORTA,
            "nothing in front of the spine looks like an ascending aorta, from which the coronary arteries are found",
            format!("a likeness of {least_score} and more"),
            m.aorta_score.map_or("nothing".to_owned(), |score| format!("{score:.2}")),
        ),
        Gate::HeartRegionSize { area_cm2: [least, most] } => (
            code::HEART_REGION_SIZE,
            "what lies between the lungs is no heart by its size",
            format!("{least} to {most} cm2 in the slices below the root of the aorta, with blood within"),
            told(m.heart_area_cm2, "cm2"),
        ),
        Gate::Contrast { most_hu } => (
            CONTRAST_AGENT,
            "the blood in the heart is as bright as with contrast agent: enhanced blood passes the threshold",
            format!("at most {most_hu} HU"),
            format!("{:.0} HU", blood.0),
        ),
        Gate::Noise { most_hu } => (
            code::HIGH_NOISE,
            "the noise in the heart is so high that it makes calcium and hides it",
            format!("a standard deviation of at most {most_hu} HU"),
            if blood.1.is_finite() {
                format!("{:.1} HU", blood.1)
            } else {
                "pixels too large to tell".to_owned()
            },
        ),
        Gate::CutBelow { least_mm } if m.below_root_mm >= Some(*least_mm) => (
            code::CUT_BELOW,
            "the root of the aorta is not within the slices: its discs go on to the lowest slice where they are looked for",
            format!("a root {least_mm} mm above the first slice or more, and where both lungs are wide"),
            told(m.below_root_mm, "mm, and no end"),
        ),
        Gate::CutBelow { least_mm } => (
            code::CUT_BELOW,
            "the slices begin within the heart: its lower part is missing",
            format!("{least_mm} mm of slices below the root of the aorta and more, and the root within them"),
            told(m.below_root_mm, "mm"),
        ),
        Gate::CutAbove { least_mm } => (
            code::CUT_ABOVE,
            "the slices end at the root of the aorta: the upper part of the heart is missing",
            format!("{least_mm} mm of slices above the root of the aorta and more"),
            told(m.above_root_mm, "mm"),
        ),
    };
    let next_step = match gate {
        Gate::Noise { .. } => {
            "score a reconstruction with a smoother kernel or thicker slices, or give --labels"
        }
        Gate::Contrast { .. } => "score the native series, or give --labels",
        _ => LABELS,
    };
    Finding::refusal(code, text).expected(expected).seen(seen).next_step(next_step)
}

/// A header that speaks of contrast agent is believed unless the blood is plainly without.
pub(crate) fn settled_contrast(findings: &mut [Finding], anatomy: &Anatomy, is_allowed: bool) {
    let of_header = findings.iter_mut().filter(|f| f.code == CONTRAST_AGENT);
    let plain = anatomy.measured.blood.filter(|blood| blood.is_plain());
    for finding in of_header {
        finding.severity = match plain {
            None if !is_allowed => Severity::Refusal,
            _ => Severity::Warning,
        };
        if let (Some(blood), Some(seen)) = (plain, &finding.seen) {
            finding.seen = Some(format!("{seen}; the blood has {:.0} HU, as without", blood.hu));
        }
    }
}

/// What is said of metal at the heart: what holds it is left out, and calcium beside it is not seen.
pub(crate) fn metal(parts: &[Span], lesions: usize, cutoffs: &PixelCutoffs) -> Option<Finding> {
    let first = parts.first()?;
    let text = "voxels as bright as metal in the heart: what holds them is left out, and calcium beside them is not seen";
    Some(
        Finding::warning(code::METAL, text)
            .at_slice(usize::from(first.slice))
            .expected(format!(
                "fewer than {} joined voxels at or over {} HU",
                cutoffs.metal_voxels, cutoffs.metal_hu
            ))
            .seen(format!(
                "in {} foci, the first at row {}, column {}; {lesions} lesions are left out for it",
                parts.len(),
                first.row,
                first.start
            ))
            .next_step(
                "look whether it is a stent, a clip, a lead or a valve, and declare it with --history",
            ),
    )
}
