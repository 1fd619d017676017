//! The planes that frames lie in, in their order, and the grid that they make.
//!
//! 1. All frames have one orientation and one pixel spacing; planes lie along their common normal.
//! 2. The step is SpacingBetweenSlices where the planes lie in whole steps of it. Else it is the smallest distance,
//!    parted into as many steps as slices of the stated thickness fit in: frames without a label are left out, and a
//!    label must not spread over slices that nobody labelled. Slices may overlap, so that is a guess, and said to be one.
//! 3. The grid reaches from the first to the last plane.

use super::frames::{Frame, PixelMeasures};
use crate::{
    code::{LABELS_DIMENSIONS, LABELS_ORIENTATION},
    error::{Refusal, refusal},
    grid::Grid,
    label_file::Step,
    vector::{Vector, cross, dot, exact_u32, float, length, minus, times},
};

/// Most planes from the first to the last.
const PLANES_MAX: usize = 4096;

/// Difference of direction cosines up to which two are the same; files have six digits and fewer.
const COSINE: f64 = 1e-3;

/// Difference of two spacings, as a part, up to which they are the same.
const SPACING: f64 = 1e-3;

/// Positions up to this apart are those of one plane, mm.
const SAME_PLANE_MM: f64 = 0.01;

/// How far a position may lie from where its plane should be, mm: some programs round to 0.1 mm, each of the two that
/// make a difference.
const ROUNDING_MM: f64 = 0.1 + 1e-6;

/// The same as a part of a step, for the rounding of large steps; and what no rounding explains.
const ROUNDING: f64 = 0.02;
const OFF_STEP_MAX: f64 = 0.25;

/// How exactly a step is stated, as a part of it.
const STATED: f64 = 2e-3;

/// Planes and which frame is in which.
#[derive(Debug)]
pub(super) struct Planes {
    pub(super) grid: Grid,
    pub(super) step: Step,
    /// Index of the plane of each frame, 0 the first along the normal.
    pub(super) of_frame: Vec<usize>,
}

/// How planes follow each other.
struct Spaced {
    step: Step,
    step_mm: f64,
    /// Steps from the first plane.
    indices: Vec<usize>,
}

impl Planes {
    /// Orders frames of so many columns and rows.
    pub(super) fn of(frames: &[Frame], columns: usize, rows: usize) -> Result<Self, Refusal> {
        let first =
            frames.first().ok_or_else(|| refusal(LABELS_DIMENSIONS, "the segmentation has no frame"))?;
        let axes = axes(first.orientation)?;
        let [along_row, along_column, normal] = axes;
        frames.iter().try_for_each(|frame| check_same(first, frame))?;
        let offsets = frames.iter().map(|frame| offset(first, frame, axes)).collect::<Result<Vec<_>, _>>()?;
        let mut planes = offsets.clone();
        planes.sort_by(f64::total_cmp);
        planes.dedup_by(|next, kept| *next - *kept <= SAME_PLANE_MM);
        let spaced = spaced(&planes, &first.measures)?;
        let count = spaced.indices.last().map_or(1, |last| last + 1);
        let lowest = *planes.first().expect("the plane of the first frame");
        let [row_mm, column_mm] = first.measures.pixel_spacing;
        let origin = minus(first.position, times(normal, -lowest));
        let steps = [times(along_row, column_mm), times(along_column, row_mm), times(normal, spaced.step_mm)];
        let grid = Grid::from_lps([columns, rows, count], origin, steps)?;
        let index = |offset: &f64| {
            let plane = planes.partition_point(|plane| plane <= offset).checked_sub(1);
            let index = plane.and_then(|plane| spaced.indices.get(plane));
            *index.expect("each frame is in a plane, and each plane has its index")
        };
        Ok(Self { grid, step: spaced.step, of_frame: offsets.iter().map(index).collect() })
    }
}

/// Directions along a row, along a column and of the normal, of length 1.
fn axes(orientation: [f64; 6]) -> Result<[Vector; 3], Refusal> {
    let [a, b, c, d, e, f] = orientation;
    let (row, column) = ([a, b, c], [d, e, f]);
    let is_unit = |v: Vector| (length(v) - 1.0).abs() <= COSINE;
    if !is_unit(row) || !is_unit(column) {
        return Err(refusal(LABELS_ORIENTATION, "the orientation of the frames is no pair of directions")
            .seen(format!("ImageOrientationPatient {orientation:?}"))
            .expected("two directions of length 1 at right angles"));
    }
    let (row, column) = (times(row, 1.0 / length(row)), times(column, 1.0 / length(column)));
    let normal = cross(row, column);
    if !is_unit(normal) {
        return Err(refusal(LABELS_ORIENTATION, "rows and columns are not at right angles")
            .seen(format!("ImageOrientationPatient {orientation:?}")));
    }
    Ok([row, column, times(normal, 1.0 / length(normal))])
}

/// One volume has one orientation and one pixel spacing.
fn check_same(first: &Frame, frame: &Frame) -> Result<(), Refusal> {
    let turned = first.orientation.iter().zip(frame.orientation).any(|(a, b)| (a - b).abs() > COSINE);
    let spacings = first.measures.pixel_spacing.iter().zip(frame.measures.pixel_spacing);
    let scaled = spacings.clone().any(|(a, b)| (a - b).abs() > SPACING * a.abs());
    if !turned && !scaled {
        return Ok(());
    }
    let what = if turned { "orientation" } else { "pixel spacing" };
    Err(refusal(LABELS_DIMENSIONS, format!("the frames of the segmentation differ in their {what}"))
        .expected("one volume")
        .next_step("write the segments of each volume into a file of their own"))
}

/// How far a frame lies along the normal from the first one; it must not lie beside it.
fn offset(first: &Frame, frame: &Frame, axes: [Vector; 3]) -> Result<f64, Refusal> {
    let apart = minus(frame.position, first.position);
    let [along_row, along_column, offset] = axes.map(|axis| dot(apart, axis));
    if along_row.abs().max(along_column.abs()) <= ROUNDING_MM && offset.is_finite() {
        return Ok(offset);
    }
    Err(refusal(
        LABELS_ORIENTATION,
        "the planes of the segmentation lie beside each other, not on a straight stack",
    )
    .seen(format!("{along_row:.2} mm along the rows, {along_column:.2} mm along the columns"))
    .expected("at most 0.1 mm")
    .next_step("resample the segmentation to the grid of the series with nearest neighbour"))
}

/// The step of planes that lie in this order along the normal.
fn spaced(planes: &[f64], measures: &PixelMeasures) -> Result<Spaced, Refusal> {
    let gaps = planes.iter().zip(planes.iter().skip(1)).map(|(a, b)| b - a);
    let smallest = gaps.fold(f64::INFINITY, f64::min);
    let stated = measures.spacing_between_slices.map(|mm| (Step::Stated, mm));
    if planes.len() < 2 {
        let step = stated.or(measures.slice_thickness.map(|mm| (Step::Inferred, mm)));
        let (step, step_mm) = step.ok_or_else(|| {
            refusal(LABELS_ORIENTATION, "the only plane of the segmentation does not say how thick it is")
                .expected("SpacingBetweenSlices or SliceThickness")
        })?;
        return Ok(Spaced { step, step_mm, indices: vec![0] });
    }
    let slices = measures.slice_thickness.map_or(1.0, |mm| (smallest / mm).round().max(1.0));
    let steps = stated.into_iter().chain([(Step::Inferred, smallest / slices)]);
    let in_steps = steps.into_iter().find_map(|(step, mm)| in_steps_of(mm, step, planes));
    let spaced = in_steps.ok_or_else(|| {
        refusal(LABELS_ORIENTATION, "the planes of the segmentation are not evenly spaced")
            .seen(format!("{} planes, the nearest {smallest:.3} mm apart", planes.len()))
            .expected("distances that are whole multiples of one step")
            .next_step("resample the segmentation to the grid of the series with nearest neighbour")
    })?;
    match spaced.indices.last() {
        Some(last) if *last >= PLANES_MAX => {
            Err(refusal(LABELS_DIMENSIONS, "the segmentation has too many planes")
                .seen(format!("{} planes of {:.3} mm", last + 1, spaced.step_mm))
                .expected(format!("at most {PLANES_MAX}")))
        }
        _ => Ok(spaced),
    }
}

/// The planes as whole steps of about this size, if they are.
fn in_steps_of(about_mm: f64, step: Step, planes: &[f64]) -> Option<Spaced> {
    let tolerance = ROUNDING_MM.max(ROUNDING * about_mm).min(OFF_STEP_MAX * about_mm);
    let mut indices = vec![0];
    let mut at = 0;
    for (plane, next) in planes.iter().zip(planes.iter().skip(1)) {
        let gap = next - plane;
        let steps = (gap / about_mm).round();
        let allowed = (tolerance + STATED * gap).min(OFF_STEP_MAX * about_mm);
        if steps < 1.0 || (gap - steps * about_mm).abs() > allowed {
            return None;
        }
        at += usize::try_from(exact_u32(steps)?).ok()?;
        indices.push(at);
    }
    // Stated steps are rounded; the whole stack says more exactly what they are.
    let (first, last) = (planes.first()?, planes.last()?);
    let step_mm = (last - first) / float(at);
    let fits = |(plane, index): (&f64, &usize)| (plane - first - float(*index) * step_mm).abs() <= tolerance;
    planes.iter().zip(&indices).all(fits).then_some(Spaced { step, step_mm, indices })
}
