//! Where the header says the voxels are in the patient.

use super::{Header, Shape, header::numbers};
use crate::{
    code::LABELS_ORIENTATION,
    error::{Refusal, refusal},
    grid::Grid,
    shown::shown,
    vector::Vector,
};

const OFFSET: [&str; 4] = ["Offset", "Position", "Origin", "ImagePosition"];
const MATRIX: [&str; 3] = ["TransformMatrix", "Rotation", "Orientation"];

/// The grid. The matrix is written axis by axis: its first three numbers are the direction of the first axis.
pub(super) fn grid(header: &Header, shape: &Shape) -> Result<Grid, Refusal> {
    check_units(header.value("DistanceUnits"))?;
    check_centre(header.value("CenterOfRotation"))?;
    let axes = shape.axes;
    let origin = spatial(header, &OFFSET, axes)?;
    let directions = needed(header, &MATRIX, axes * axes)?;
    let spacing = spatial(header, &["ElementSpacing"], axes)?;
    if spacing.iter().any(|mm| *mm <= 0.0) {
        return Err(refusal(LABELS_ORIENTATION, "a voxel of the label map has no size")
            .seen(format!("ElementSpacing {spacing:?}")));
    }
    let mut steps = [[0.0; 3]; 3];
    for ((step, direction), mm) in steps.iter_mut().zip(directions.chunks_exact(axes)).zip(spacing) {
        for (to, cosine) in step.iter_mut().zip(direction) {
            *to = cosine * mm;
        }
    }
    Grid::from_lps(shape.layout.dims, origin, steps)
}

/// The first three of as many numbers as there are axes.
fn spatial(header: &Header, keys: &[&str], axes: usize) -> Result<Vector, Refusal> {
    let all = needed(header, keys, axes)?;
    Ok(all.first_chunk::<3>().copied().expect("there are at least three axes"))
}

fn needed(header: &Header, keys: &[&str], count: usize) -> Result<Vec<f64>, Refusal> {
    let key = keys.join(" or ");
    let Some(text) = header.one_of(keys)? else {
        return Err(
            Grid::placeless(format!("no {key}")).expected("Offset, TransformMatrix and ElementSpacing")
        );
    };
    numbers(text).filter(|numbers| numbers.len() == count).ok_or_else(|| {
        refusal(LABELS_ORIENTATION, format!("{key} in the header cannot be read"))
            .seen(shown(text))
            .expected(format!("{count} numbers"))
    })
}

fn check_units(units: Option<&str>) -> Result<(), Refusal> {
    match units {
        None | Some("mm" | "?" | "") => Ok(()),
        Some(units) => Err(Grid::not_in_mm(format!("DistanceUnits {}", shown(units)))),
    }
}

/// ITK passes over the centre, others may turn the image about it.
fn check_centre(centre: Option<&str>) -> Result<(), Refusal> {
    let is_zero = |text: &str| numbers(text).is_some_and(|centre| centre.iter().all(|mm| *mm == 0.0));
    match centre.filter(|text| !is_zero(text)) {
        None => Ok(()),
        Some(text) => {
            let message = "the label map turns about a centre, which programs understand differently";
            Err(refusal(LABELS_ORIENTATION, message)
                .seen(format!("CenterOfRotation {}", shown(text)))
                .expected("0 0 0")
                .next_step("write the label map again with ITK or 3D Slicer"))
        }
    }
}
