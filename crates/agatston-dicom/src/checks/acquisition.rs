//! Whether this is a coronary calcium scan at all, as far as the headers say. Free text never decides.

use std::{cmp::Ordering, collections::BTreeSet};

use agatston_core::{Finding, Geometry};

use super::by_slice;
use crate::{
    Cutoffs, Rules, code,
    describe::{self, contrast_reason},
    group::Member,
    header::Acquisition,
    shown,
    syntax::Loss,
};

/// All checks of class C that need no pixels.
pub(super) fn check(planes: &[Member], geometry: Option<&Geometry>, rules: &Rules) -> Vec<Finding> {
    let cutoffs = &rules.cutoffs;
    let mut findings = Vec::new();
    findings.extend(contrast(planes));
    findings.extend(interleaved(planes));
    findings.extend(by_slice(planes, of_acquisition(|acquisition| derived(&acquisition.image_type))));
    findings.extend(by_slice(planes, |plane| kvp(plane, cutoffs)));
    findings.extend(by_slice(planes, tin));
    findings.extend(by_slice(planes, |plane| thickness(plane, geometry, cutoffs)));
    findings.extend(pixel_size(planes, cutoffs));
    findings.extend(gating(planes));
    findings.extend(by_slice(planes, lossy));
    findings.extend(by_slice(planes, burned_in));
    findings
}

/// Looks at the acquisition of a slice; one that was found clean is not looked at again for the next slice.
fn of_acquisition<'m>(
    look: impl Fn(&'m Acquisition) -> Option<Finding>,
) -> impl FnMut(&'m Member) -> Option<Finding> {
    let mut clean: Option<&Acquisition> = None;
    move |plane| {
        let acquisition = plane.acquisition();
        if clean.is_some_and(|clean| std::ptr::eq(clean, acquisition)) {
            return None;
        }
        let finding = look(acquisition);
        clean = finding.is_none().then_some(acquisition);
        finding
    }
}

fn contrast(planes: &[Member]) -> Option<Finding> {
    let reason = contrast_reason(planes)?;
    Some(
        Finding::refusal(
            code::CONTRAST_AGENT,
            "a contrast agent was given: enhanced blood passes the threshold",
        )
        .expected("a scan without contrast")
        .seen(reason)
        .next_step("score the native series, or allow this code if the tag is wrong"),
    )
}

/// Two scans whose slices alternate: they make one thin stack, but the heart was not in the same place twice.
///
/// Step-and-shoot scans change the acquisition number once at each step, so as often as there are numbers, and a
/// scan's times run in one direction along the patient.
fn interleaved(planes: &[Member]) -> Option<Finding> {
    let by_number = alternations(planes, |p| p.frame().acquisition_number());
    let by_phase = alternations(planes, |p| p.frame().temporal_position());
    let seen = match (by_number, by_phase, zigzags(planes)) {
        (Some(seen), ..) => format!("acquisition numbers (0020,0012): {seen}"),
        (_, Some(seen), _) => format!("temporal positions (0020,0100): {seen}"),
        (.., Some(turns)) => format!("acquisition times (0008,0032): {turns} turns of direction"),
        _ => return None,
    };
    let text = "slices of several acquisitions alternate along the patient";
    let finding = Finding::warning(code::ACQUISITIONS_INTERLEAVED, text)
        .expected("acquisitions one after the other")
        .seen(seen)
        .next_step("separate the acquisitions into folders, unless they are one scan");
    Some(finding)
}

/// How a value alternates along the stack; `None` when it changes no more often than it has values.
fn alternations<'m>(planes: &'m [Member], of: impl Fn(&'m Member) -> &'m str) -> Option<String> {
    let values: Vec<&str> = planes.iter().map(of).collect();
    let changes = values.iter().zip(values.iter().skip(1)).filter(|(a, b)| a != b).count();
    let distinct = values.iter().collect::<BTreeSet<_>>().len();
    (distinct > 1 && changes > 2 * distinct).then(|| format!("{distinct} values, {changes} changes"))
}

/// How often the acquisition time turns its direction, when that is at most of the slices.
fn zigzags(planes: &[Member]) -> Option<usize> {
    let times: Vec<&str> = planes.iter().map(|p| p.frame().acquisition_time()).collect();
    let steps: Vec<Ordering> = times.iter().zip(times.iter().skip(1)).map(|(a, b)| a.cmp(b)).collect();
    let turns =
        steps.iter().zip(steps.iter().skip(1)).filter(|(a, b)| a.is_ne() && **a == b.reverse()).count();
    (turns > 3 && 2 * turns > steps.len()).then_some(turns)
}

/// Words of ImageType that mean something else than tissue as it was scanned.
const NO_TISSUE: [&str; 36] = [
    "MIP",
    "MINIP",
    "MAXIP",
    "MINMIP",
    "AVERAGE",
    "AVERAGED",
    "MEAN",
    "MAXIMUM",
    "MINIMUM",
    "PROJECTION",
    "SUBTRACTION",
    "SUBTRACTED",
    "SUBTRACT",
    "VIRTUAL",
    "VNC",
    "VUE",
    "VMI",
    "MONOE",
    "MONOENERGETIC",
    "IODINE",
    "PERFUSION",
    "LOCALIZER",
    "SCOUT",
    "TOPOGRAM",
    "DOSE",
    "SCREENSHOT",
    "VRT",
    "MTT",
    "STDDEV",
    "CURVED",
    "SUPPRESSED",
    "ZEFFECTIVE",
    "EFFECTIVEZ",
    "ELECTRON",
    "ELECTRONDENSITY",
    "SUM",
];

/// Words of ImageType that mean slices computed from other slices.
const REFORMAT: [&str; 5] = ["MPR", "REFORMATTED", "REFORMAT", "RESAMPLED", "REBINNED"];

fn derived(types: &[String]) -> Option<Finding> {
    let words = || types.iter().flat_map(|value| value.split(|c: char| !c.is_ascii_alphanumeric()));
    // MIN_IP and MAX_IP are two words; ORIGINAL, DERIVED, PRIMARY and SECONDARY are in no list.
    let joined = |value: &String| value.replace(['_', ' ', '-'], "");
    let is = |list: &[&str]| {
        words().any(|word| list.contains(&word)) || types.iter().any(|t| list.contains(&joined(t).as_str()))
    };
    let seen = || shown::image_types(types);
    if is(&NO_TISSUE) {
        let text =
            "the images were computed: projections, subtractions and maps have no plaque of true density";
        return Some(
            Finding::refusal(code::DERIVED_IMAGE, text)
                .expected("ORIGINAL\\PRIMARY\\AXIAL (0008,0008)")
                .seen(seen())
                .next_step("score the original axial series"),
        );
    }
    if is(&REFORMAT) {
        return Some(
            Finding::warning(code::REFORMATTED, "the slices were resampled from others").seen(seen()),
        );
    }
    types.first().is_some_and(|first| first == "DERIVED").then(|| {
        Finding::info(code::DERIVED_IMAGE, "ImageType (0008,0008) says that the images are derived")
            .seen(seen())
    })
}

fn kvp(plane: &Member, cutoffs: &Cutoffs) -> Option<Finding> {
    let Some(kvp) = plane.acquisition().kvp else {
        return Some(
            Finding::warning(
                code::KVP_MISSING,
                "the tube voltage is not known, and the bounds belong to one",
            )
            .expected(format!("{} kV (0018,0060)", cutoffs.kvp)),
        );
    };
    ((kvp - cutoffs.kvp).abs() > 0.5).then(|| {
        Finding::warning(
            code::NONSTANDARD_KVP,
            "the bounds of the Agatston score belong to another tube voltage",
        )
        .expected(format!("{} kV (0018,0060)", cutoffs.kvp))
        .seen(format!("{kvp} kV"))
    })
}

fn tin(plane: &Member) -> Option<Finding> {
    let seen = plane.acquisition().filter.iter().find(|value| {
        let upper = value.to_ascii_uppercase();
        upper.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| matches!(word, "TIN" | "SN"))
    })?;
    Some(
        Finding::warning(
            code::TIN_FILTER,
            "a tin filter hardened the beam: calcium is darker than at 120 kV",
        )
        .seen(shown::filter(seen)),
    )
}

fn thickness(plane: &Member, geometry: Option<&Geometry>, cutoffs: &Cutoffs) -> Option<Finding> {
    let thickness = *plane.frame().thickness.value()?;
    let [least, most] = cutoffs.thickness_mm;
    let increment = geometry.map(|g| g.increment_mm);
    let close = increment.is_some_and(|mm| mm < cutoffs.increment_ratio * thickness);
    (!(least..=most).contains(&thickness) || close).then(|| {
        let text = "not Agatston-equivalent: thickness and increment are not those of the original score";
        Finding::warning(code::NONSTANDARD_THICKNESS, text)
            .expected(format!(
                "SliceThickness (0018,0050) of {least} to {most} mm, increment of {} x that or more",
                cutoffs.increment_ratio
            ))
            .seen(format!(
                "thickness {thickness} mm, increment {}",
                increment.map_or("unknown".into(), |mm| format!("{mm} mm"))
            ))
    })
}

fn pixel_size(planes: &[Member], cutoffs: &Cutoffs) -> Vec<Finding> {
    let Some([rows, columns]) = planes.first().map(|plane| plane.spacing) else { return Vec::new() };
    let [least, most] = cutoffs.pixel_mm;
    let mut findings = Vec::new();
    if [rows, columns].iter().any(|mm| !(least..=most).contains(mm)) {
        findings.push(
            Finding::warning(
                code::COARSE_PIXELS,
                "the pixels are larger or smaller than those of a cardiac scan",
            )
            .expected(format!("{least} to {most} mm (0028,0030)"))
            .seen(format!("{rows} x {columns} mm")),
        );
    }
    if (rows - columns).abs() > 1e-4 {
        findings.push(
            Finding::info(code::NON_SQUARE_PIXELS, "rows and columns are spaced differently; both are used")
                .seen(format!("{rows} x {columns} mm")),
        );
    }
    findings
}

fn gating(planes: &[Member]) -> Option<Finding> {
    let first = planes.first()?;
    match describe::gating(first.acquisition()) {
        Some(true) => None,
        Some(false) => Some(Finding::warning(
            code::UNGATED,
            "the scan was not gated: moving plaques are blurred or doubled",
        )),
        None => {
            Some(Finding::info(code::GATING_UNKNOWN, "nothing in the header says whether the scan was gated"))
        }
    }
}

fn lossy(plane: &Member) -> Option<Finding> {
    let header = &plane.header;
    let said = plane.acquisition().lossy.as_str();
    let lossy = match header.syntax.map(|syntax| syntax.loss) {
        Some(Loss::Always) => true,
        Some(Loss::Possibly) => said != "00",
        Some(Loss::Never) | None => said == "01",
    };
    lossy.then(|| {
        Finding::warning(code::LOSSY_PIXELS, "the pixels went, or may have gone, through a lossy compression")
            .expected("a lossless transfer syntax, and LossyImageCompression (0028,2110) not 01")
            .seen(format!(
                "{} ({})",
                shown::uid(&header.syntax_uid),
                header.syntax.map_or("unknown", |s| s.name)
            ))
    })
}

fn burned_in(plane: &Member) -> Option<Finding> {
    plane.acquisition().burned_in.then(|| {
        Finding::warning(
            code::BURNED_IN,
            "text is burned into the pixels (0028,0301): letters may count as calcium",
        )
    })
}
