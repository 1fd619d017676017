//! Whether the planes are an evenly spaced, upright, axial stack, and the voxel grid if they are.

use agatston_core::{Finding, Geometry};

use super::by_slice;
use crate::{
    Cutoffs, Rules, code,
    describe::{degrees_off_axis, thickness},
    group::Member,
    stack::{distances, dot, median, minus, superior_normal},
};

/// Positions are text of at most 16 characters: the increment is rounded to what that can say, mm.
const INCREMENT_STEPS_PER_MM: f64 = 1e6;

/// The voxel grid, as far as there is one, and what is wrong with it.
pub(super) fn check(planes: &[Member], rules: &Rules) -> (Option<Geometry>, Vec<Finding>) {
    let cutoffs = &rules.cutoffs;
    let mut findings = Vec::new();
    let Some(first) = planes.first() else { return (None, findings) };
    findings.extend(axial(first, cutoffs));
    findings.extend(by_slice(planes, |plane| tilt(plane, cutoffs)));
    findings.extend(shear(planes, cutoffs));
    let z: Vec<f64> = planes.iter().map(|plane| plane.z).collect();
    let Some(increment_mm) = increment(&z) else {
        findings.push(
            Finding::refusal(code::SINGLE_SLICE, "one slice has no increment, so no volume")
                .expected("2 slices or more")
                .seen("1 slice")
                .next_step("give the folder that holds the whole series"),
        );
        return (None, findings);
    };
    findings.extend(gaps(&z, increment_mm, cutoffs));
    findings.extend(coverage(planes.len(), increment_mm, cutoffs));
    findings.extend(between(planes, increment_mm, cutoffs));
    let [a, b, c, d, e, f] = first.orientation;
    let geometry = Geometry {
        rows: first.header.layout.rows,
        columns: first.header.layout.columns,
        spacing_mm: first.spacing,
        increment_mm,
        origin_lps_mm: first.position,
        row_dir: [a, b, c],
        column_dir: [d, e, f],
        normal: superior_normal(first.orientation),
    };
    (Some(geometry), findings)
}

/// Mean neighbour distance: from first to last, so that rounded positions cancel; `None` of a single slice.
fn increment(z: &[f64]) -> Option<f64> {
    let (first, last) = (z.first()?, z.last()?);
    let steps = u32::try_from(z.len() - 1).ok().filter(|steps| *steps > 0)?;
    let mean = (last - first) / f64::from(steps);
    let rounded = (mean * INCREMENT_STEPS_PER_MM).round() / INCREMENT_STEPS_PER_MM;
    (rounded > 0.0).then_some(rounded)
}

/// Neighbours too far apart, and positions off the straight line.
fn gaps(z: &[f64], increment_mm: f64, cutoffs: &Cutoffs) -> Vec<Finding> {
    let mut findings = Vec::new();
    let distances = distances(z);
    let median = median(&distances).unwrap_or(increment_mm);
    let missing = |d: &f64| *d > cutoffs.missing_slice_ratio * median;
    let export = "export the complete series again";
    if let Some(slice) = distances.iter().position(missing) {
        let number = distances.iter().filter(|d| missing(d)).count();
        findings.push(
            Finding::refusal(
                code::MISSING_SLICE,
                format!("slices are missing at {number} of {} steps", distances.len()),
            )
            .at_slice(slice)
            .expected(format!("{median:.3} mm, the median distance"))
            .seen(format!("{:.3} mm to the next slice", distances.get(slice).copied().unwrap_or_default()))
            .next_step(export),
        );
        return findings;
    }
    let allowed = cutoffs.line_mm.max(cutoffs.line_ratio * increment_mm);
    let line = |slice: usize| z[0] + increment_mm * f64::from(u32::try_from(slice).unwrap_or(u32::MAX));
    let off = |slice: usize| (z[slice] - line(slice)).abs();
    // Last digits of decimal strings do not count.
    let worst = (0..z.len()).max_by(|a, b| off(*a).total_cmp(&off(*b))).filter(|s| off(*s) > allowed + 1e-6);
    findings.extend(worst.map(|slice| {
        Finding::refusal(code::MISSING_SLICE, "the slices are not evenly spaced")
            .at_slice(slice)
            .expected(format!(
                "positions within {allowed:.3} mm of a straight line of {increment_mm} mm steps"
            ))
            .seen(format!("{:.3} mm off", off(slice)))
            .next_step(export)
    }));
    findings
}

fn axial(first: &Member, cutoffs: &Cutoffs) -> Option<Finding> {
    let degrees = degrees_off_axis(superior_normal(first.orientation));
    (degrees > cutoffs.axial_degrees).then(|| {
        Finding::refusal(code::NOT_AXIAL, "the slices are not axial")
            .expected(format!(
                "a normal within {} degrees of the body axis (0020,0037)",
                cutoffs.axial_degrees
            ))
            .seen(format!("{degrees:.1} degrees"))
            .next_step("score the original axial series")
    })
}

fn tilt(plane: &Member, cutoffs: &Cutoffs) -> Option<Finding> {
    let degrees = plane.frame().tilt?;
    (degrees.abs() > cutoffs.axial_degrees).then(|| {
        Finding::refusal(code::GANTRY_TILT, "the gantry was tilted")
            .expected(format!("at most {} degrees (0018,1120)", cutoffs.axial_degrees))
            .seen(format!("{degrees} degrees"))
            .next_step("score a series that was scanned without tilt")
    })
}

/// Largest sideways step from the first slice, in pixels.
fn shear(planes: &[Member], cutoffs: &Cutoffs) -> Option<Finding> {
    let first = planes.first()?;
    let [a, b, c, d, e, f] = first.orientation;
    let drift = |plane: &Member| {
        let step = minus(plane.position, first.position);
        let (along_row, along_column) = (dot(step, [a, b, c]), dot(step, [d, e, f]));
        (along_row / first.spacing[1]).abs().max((along_column / first.spacing[0]).abs())
    };
    let (slice, pixels) = planes.iter().map(drift).enumerate().max_by(|(_, a), (_, b)| a.total_cmp(b))?;
    (pixels > cutoffs.shear_pixels).then(|| {
        Finding::refusal(code::SHEARED, "the slices drift sideways along the stack")
            .at_slice(slice)
            .expected(format!("at most {} pixels", cutoffs.shear_pixels))
            .seen(format!("{pixels:.2} pixels"))
            .next_step("score the original axial series")
    })
}

fn coverage(slices: usize, increment_mm: f64, cutoffs: &Cutoffs) -> Option<Finding> {
    let covered = f64::from(u32::try_from(slices).unwrap_or(u32::MAX)) * increment_mm;
    (covered < cutoffs.coverage_mm).then(|| {
        Finding::warning(code::SHORT_COVERAGE, "the slices cover less than a heart")
            .expected(format!("{} mm or more", cutoffs.coverage_mm))
            .seen(format!("{covered:.1} mm"))
            .next_step("check that the whole heart is in the series")
    })
}

/// What lies between the slices: the increment against the slice thickness.
fn between(planes: &[Member], increment_mm: f64, cutoffs: &Cutoffs) -> Option<Finding> {
    let known = planes.iter().filter_map(|p| p.frame().thickness.value().copied()).filter(|mm| *mm > 0.0);
    let Some(thinnest) = known.min_by(f64::total_cmp) else {
        return Some(Finding::info(
            code::INTERSLICE_GAP,
            "SliceThickness (0018,0050) is missing: gaps cannot be seen",
        ));
    };
    let seen = format!("increment {increment_mm} mm, thickness {thinnest} mm");
    if increment_mm > thinnest + cutoffs.gap_mm + 1e-6 {
        let text = "the slices leave tissue out between them";
        let finding = if increment_mm > cutoffs.gap_ratio * thinnest + 1e-6 {
            Finding::refusal(code::INTERSLICE_GAP, text)
        } else {
            Finding::warning(code::INTERSLICE_GAP, text)
        };
        let expected = format!("an increment of at most {} x the thickness", cutoffs.gap_ratio);
        let next = "export all slices, or score a reconstruction without gaps";
        return Some(finding.expected(expected).seen(seen).next_step(next));
    }
    let typical = thickness(planes).unwrap_or(thinnest);
    (increment_mm < typical - cutoffs.gap_mm).then(|| {
        Finding::info(code::OVERLAP, "the slices overlap; the increment is used, not the thickness")
            .seen(seen)
    })
}
