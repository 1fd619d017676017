//! Whether the pixels can become Hounsfield units: layout, syntax, length, rescale.

use std::collections::BTreeMap;

use agatston_core::{Finding, Rescale};

use super::by_slice;
use crate::{
    PlaneRef, Rules, code,
    group::Member,
    header::{Layout, tags},
    pixels::Format,
    shown,
    syntax::Codec,
    text::Field,
};

/// All that can be said of the pixels without reading one.
pub(super) fn check(planes: &[Member], rules: &Rules) -> Vec<Finding> {
    let mut findings = Vec::new();
    if planes.len() as u64 > rules.cutoffs.planes {
        findings.push(
            Finding::refusal(code::LIMITS, "the series has too many planes")
                .expected(format!("at most {}", rules.cutoffs.planes))
                .seen(planes.len().to_string())
                .next_step("give the folder of one scan"),
        );
    }
    let each: [fn(&Member) -> Option<Finding>; 10] =
        [photometric, samples, bits, overlay, syntax, length, rescale, range, not_hu, modality_lut];
    findings.extend(by_slice(planes, |plane| side(plane, rules.cutoffs.side)));
    findings.extend(by_slice(planes, |plane| padding(plane, rules.padding_below_hu)));
    for look in each {
        findings.extend(by_slice(planes, look));
    }
    findings.extend(varying(planes));
    findings
}

/// Where a plane's pixels are and how they are read; `None` when a check has refused them.
pub(super) fn plane_ref(plane: &Member) -> Option<PlaneRef> {
    let header = &plane.header;
    let layout = &header.layout;
    if header.damage.is_some() || photometric(plane).or(samples(plane)).or(bits(plane)).is_some() {
        return None;
    }
    if syntax(plane).or(length(plane)).or(not_hu(plane)).or(modality_lut(plane)).is_some() {
        return None;
    }
    let (slope, intercept) = numbers(plane)?;
    let format = format(layout, slope < 0.0);
    Some(PlaneRef {
        source: header.source.clone(),
        frame: plane.frame,
        sop_instance_uid: shown::uid(&header.identity.sop_instance),
        sop_class_uid: shown::uid(&header.identity.sop_class),
        position_lps_mm: plane.position,
        rescale: format.rescale(slope, intercept)?,
        pixels: header.pixels.clone()?,
        codec: codec(plane)?,
        format,
    })
}

/// How the samples are to be read.
pub(super) fn format(layout: &Layout, invert: bool) -> Format {
    Format {
        rows: layout.rows,
        columns: layout.columns,
        bits_stored: layout.bits_stored,
        signed: layout.representation == Some(1),
        padding: layout.padding,
        mask: layout.overlay_above,
        invert,
    }
}

/// The format of a layout under a positive slope.
#[cfg(test)]
pub(crate) fn format_of(layout: &Layout) -> Format {
    format(layout, false)
}

/// The decoder; samples of a native data set are as big-endian as it is.
fn codec(plane: &Member) -> Option<Codec> {
    plane.header.syntax?.codec
}

pub(super) fn side(plane: &Member, most: u64) -> Option<Finding> {
    let Layout { rows, columns, .. } = plane.header.layout;
    (u64::from(rows.max(columns)) > most).then(|| {
        Finding::refusal(code::LIMITS, "the picture is larger than any CT image")
            .expected(format!("at most {most} rows and columns"))
            .seen(format!("{rows} x {columns}"))
            .next_step("score the original images")
    })
}

fn photometric(plane: &Member) -> Option<Finding> {
    let seen = &plane.header.layout.photometric;
    (seen != "MONOCHROME2").then(|| {
        Finding::refusal(code::PHOTOMETRIC, "the pixels are not grey values that grow with density")
            .expected("MONOCHROME2 (0028,0004)")
            .seen(if seen.is_empty() { "missing".to_owned() } else { shown::photometric(seen) })
            .next_step("score the original images, not pictures made of them")
    })
}

fn samples(plane: &Member) -> Option<Finding> {
    // Missing occurs in public data; MONOCHROME2 has one sample whatever is said.
    let seen = plane.header.layout.samples.unwrap_or(1);
    (seen != 1).then(|| {
        Finding::refusal(code::SAMPLES_PER_PIXEL, "the pixels have several samples each")
            .expected("1 (0028,0002)")
            .seen(seen.to_string())
            .next_step("score the original images, not pictures made of them")
    })
}

fn bits(plane: &Member) -> Option<Finding> {
    let layout = &plane.header.layout;
    let high_bit_fits = layout.high_bit.is_none_or(|bit| bit.checked_add(1) == Some(layout.bits_stored));
    let sign_known = matches!(layout.representation, Some(0 | 1));
    let fits = layout.bits_allocated == 16 && (2..=16).contains(&layout.bits_stored);
    (!fits || !high_bit_fits || !sign_known).then(|| {
        let shown = |value: Option<u16>| value.map_or("missing".to_owned(), |v| v.to_string());
        Finding::refusal(code::BITS, "the pixels are not 16-bit samples whose stored bits are the lowest")
            .expected("BitsAllocated 16, BitsStored 2 to 16, HighBit one less, PixelRepresentation 0 or 1")
            .seen(format!(
                "{}, {}, {}, {}",
                layout.bits_allocated,
                layout.bits_stored,
                shown(layout.high_bit),
                shown(layout.representation)
            ))
            .next_step("score the original 12- or 16-bit images")
    })
}

fn padding(plane: &Member, least_hu: f64) -> Option<Finding> {
    let layout = &plane.header.layout;
    if layout.padding_unclear {
        let text = "PixelPaddingValue (0028,0120) is not one 16-bit value, so it is ignored";
        return Some(
            Finding::warning(code::PADDING_UNCLEAR, text)
                .next_step("look whether the voxels outside the picture reach the threshold"),
        );
    }
    padding_in_tissue(plane, least_hu)
}

/// HU over which there is nothing to take away: denser than any bone or implant in 12 bits.
const NOTHING_ABOVE_HU: f64 = 3000.0;

/// Padding that would make calcium disappear.
fn padding_in_tissue(plane: &Member, least_hu: f64) -> Option<Finding> {
    let (slope, intercept) = numbers(plane)?;
    let (a, b) = format(&plane.header.layout, false).padding_range()?;
    let (a, b) = (slope * f64::from(a) + intercept, slope * f64::from(b) + intercept);
    let (low, high) = (a.min(b), a.max(b));
    if high < least_hu || low > NOTHING_ABOVE_HU {
        return None;
    }
    let text = "padding takes in values that calcium has: such voxels are not counted";
    let finding = if low < high {
        Finding::refusal(code::PADDING_UNCLEAR, text)
    } else {
        Finding::warning(code::PADDING_UNCLEAR, text)
    };
    let finding = finding
        .expected(format!("padding under {least_hu} HU (0028,0120), (0028,0121)"))
        .seen(format!("{low} to {high} HU"))
        .next_step("correct the padding in the headers, or remove it");
    Some(finding)
}

fn overlay(plane: &Member) -> Option<Finding> {
    plane.header.layout.overlay_above.then(|| {
        Finding::warning(code::BITS, "an overlay is stored in the bits above BitsStored; it is masked")
            .next_step("look at a slice to see that the overlay covers no calcium")
    })
}

fn syntax(plane: &Member) -> Option<Finding> {
    let header = &plane.header;
    let named = header.syntax.map_or("unknown", |syntax| syntax.name);
    let Some(codec) = codec(plane) else {
        return Some(
            Finding::refusal(code::UNSUPPORTED_SYNTAX, "there is no decoder for the transfer syntax")
                .seen(format!("{} ({named})", shown::uid(&header.syntax_uid)))
                .next_step("export the series uncompressed"),
        );
    };
    let native = matches!(codec, Codec::Native { .. });
    let encapsulated = header.pixels.as_ref().is_some_and(|pixels| pixels.length.is_none());
    (native == encapsulated).then(|| {
        Finding::refusal(
            code::DECODE_FAILED,
            "the pixel data are not packed in the way the transfer syntax says",
        )
        .seen(format!("{} ({named})", shown::uid(&header.syntax_uid)))
    })
}

/// Exactly as many bytes as rows, columns and frames ask for.
fn length(plane: &Member) -> Option<Finding> {
    let header = &plane.header;
    let seen = header.pixels.as_ref()?.length?;
    let pixels = u64::from(header.layout.rows) * u64::from(header.layout.columns);
    let wanted = pixels * header.frames.len() as u64 * u64::from(header.layout.bits_allocated.div_ceil(8));
    (seen != wanted && header.damage.is_none()).then(|| {
        Finding::refusal(
            code::PIXEL_LENGTH,
            "the pixel data have another length than rows, columns and frames ask for",
        )
        .expected(format!("{wanted} bytes {}", tags::shown(tags::PIXEL_DATA)))
        .seen(format!("{seen} bytes"))
        .next_step("get a complete copy of the series")
    })
}

/// Slope and intercept; `None` when one is none.
fn numbers(plane: &Member) -> Option<(f64, f64)> {
    let frame = plane.frame();
    let slope = *frame.slope.value()?;
    let intercept = *frame.intercept.value()?;
    let signless = Rescale::new(slope.abs(), intercept, 0);
    signless.map(|_| (slope, intercept))
}

fn rescale(plane: &Member) -> Option<Finding> {
    let frame = plane.frame();
    let shown = |field: &Field<f64>| field.seen();
    numbers(plane).is_none().then(|| {
        Finding::refusal(
            code::RESCALE_MISSING,
            "stored values cannot be turned into HU: slope or intercept is no number",
        )
        .expected("RescaleSlope (0028,1053), not 0, and RescaleIntercept (0028,1052)")
        .seen(format!("slope {}, intercept {}", shown(&frame.slope), shown(&frame.intercept)))
        .next_step("export the series again from its archive; a value is never assumed")
    })
}

/// HU that every CT must be able to hold: the upper weight of the score begins there (Agatston et al., 1990).
const RANGE_HU: f64 = 400.0;

/// Calcium must fit into the bits.
fn range(plane: &Member) -> Option<Finding> {
    let (slope, intercept) = numbers(plane)?;
    let layout = &plane.header.layout;
    if !(2..=16).contains(&layout.bits_stored) {
        return None; // told by another check
    }
    let format = format(layout, slope < 0.0);
    let largest = format.rescale(slope, intercept)?.hu(format.largest());
    (largest < RANGE_HU).then(|| {
        let text = "the stored values end below the density of calcium: it would be cut off, or not be there";
        Finding::refusal(code::RANGE_CUT, text)
            .expected(format!("{RANGE_HU} HU or more from BitsStored (0028,0101), slope and intercept"))
            .seen(format!("at most {largest} HU"))
            .next_step("check BitsStored, RescaleSlope and RescaleIntercept against the archive")
    })
}

fn not_hu(plane: &Member) -> Option<Finding> {
    let seen = &plane.frame().rescale_type;
    (!seen.is_empty() && seen != "HU").then(|| {
        Finding::refusal(code::NOT_HU, "the rescaled values are not Hounsfield units")
            .expected("HU or nothing (0028,1054)")
            .seen(shown::rescale_type(seen))
            .next_step("score the series of this scan that is in Hounsfield units")
    })
}

fn modality_lut(plane: &Member) -> Option<Finding> {
    plane.header.layout.modality_lut.then(|| {
        Finding::refusal(
            code::RESCALE_MISSING,
            "stored values go through a lookup table, not a linear rescale",
        )
        .expected("no ModalityLUTSequence (0028,3000)")
        .next_step("export the series with RescaleSlope and RescaleIntercept")
    })
}

/// Different rescales are legal, and each slice has its own. A few that differ from all others are suspicious.
fn varying(planes: &[Member]) -> Option<Finding> {
    let all: Vec<(f64, f64)> = planes.iter().filter_map(numbers).collect();
    let mut counts: BTreeMap<(u64, u64), usize> = BTreeMap::new();
    for (slope, intercept) in &all {
        *counts.entry((slope.to_bits(), intercept.to_bits())).or_default() += 1;
    }
    let ((slope, intercept), most) = counts.into_iter().max_by_key(|(_, count)| *count)?;
    let usual = (f64::from_bits(slope), f64::from_bits(intercept));
    let other = planes.iter().position(|plane| numbers(plane).is_some_and(|n| n != usual))?;
    let (slope, intercept) = numbers(planes.get(other)?)?;
    let odd = all.len() - most;
    let text = "slope or intercept differ between slices; each slice has its own";
    let finding = if OUTLIERS * odd <= all.len() {
        Finding::warning(code::RESCALE_VARIES, format!("{text}, and only {odd} of {} differ", all.len()))
            .next_step("look whether these slices are as bright as their neighbours")
    } else {
        Finding::info(code::RESCALE_VARIES, text)
    };
    let seen = format!("slope {slope}, intercept {intercept}");
    Some(finding.at_slice(other).expected(format!("slope {}, intercept {}", usual.0, usual.1)).seen(seen))
}

/// At most one slice in so many is an outlier among the others.
const OUTLIERS: usize = 4;
