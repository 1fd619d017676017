//! Where the header says the voxels are in the patient.

use super::{Header, Shape};
use crate::{
    code::{LABELS_DIMENSIONS, LABELS_INVALID, LABELS_ORIENTATION},
    error::{Refusal, refusal},
    grid::Grid,
    shown::shown,
    vector::Vector,
};

/// Kinds of a first axis that may be layers: Slicer writes `list`, ITK `vector` when it copies what Slicer wrote.
const KINDS_OF_LAYERS: [&str; 4] = ["list", "vector", "none", "???"];

/// The grid, from the steps along the axes and the position of the first voxel.
pub(super) fn grid(header: &Header, shape: &Shape) -> Result<Grid, Refusal> {
    let [sign_x, sign_y, sign_z] = signs(header.field("space"))?;
    check_units(header.field("space units"))?;
    let needed = |name: &str, field: &str| {
        header.field(field).ok_or_else(|| placeless(format!("a space, but no space {name}")))
    };
    let axes = axes(needed("directions", "space directions")?)?;
    if shape.is_layered && axes.first() == Some(&None) {
        check_kind(header.field("kinds"))?;
    }
    let spatial = if shape.is_layered { axes.strip_prefix(&[None]) } else { Some(axes.as_slice()) };
    let Some(&[Some(a), Some(b), Some(c)]) = spatial else {
        return Err(unexpected_axes(header, &axes));
    };
    let origin = vector(needed("origin", "space origin")?).ok_or_else(|| {
        refusal(LABELS_ORIENTATION, "the origin in the header cannot be read").expected("(x,y,z)")
    })?;
    let lps = |[x, y, z]: Vector| [sign_x * x, sign_y * y, sign_z * z];
    Grid::from_lps(shape.layout.dims, lps(origin), [a, b, c].map(lps))
}

/// What turns positions of a space into LPS.
fn signs(space: Option<&str>) -> Result<Vector, Refusal> {
    let Some(space) = space else {
        return Err(placeless("no space (spacings alone say nothing about the patient)"));
    };
    match space.to_lowercase().as_str() {
        "left-posterior-superior" | "lps" => Ok([1.0, 1.0, 1.0]),
        "right-anterior-superior" | "ras" => Ok([-1.0, -1.0, 1.0]),
        "left-anterior-superior" | "las" => Ok([1.0, -1.0, 1.0]),
        _ => Err(placeless(format!("space {}", shown(space)))),
    }
}

fn placeless(seen: impl Into<String>) -> Refusal {
    Grid::placeless(seen).expected(
        "a space (left-posterior-superior, right-anterior-superior or left-anterior-superior), \
         space directions and space origin",
    )
}

fn check_units(units: Option<&str>) -> Result<(), Refusal> {
    let Some(units) = units else { return Ok(()) };
    let named = units.split(['"', ' ']).filter(|unit| !unit.is_empty());
    if named.clone().all(|unit| matches!(unit, "mm" | "millimeter" | "millimetre")) {
        return Ok(());
    }
    Err(Grid::not_in_mm(format!("space units {}", shown(units))))
}

/// Whether the first axis may be layers: colours, complex numbers and time are none.
fn check_kind(kinds: Option<&str>) -> Result<(), Refusal> {
    let first = kinds.and_then(|kinds| kinds.split_whitespace().next()).unwrap_or("???");
    if KINDS_OF_LAYERS.contains(&first.to_lowercase().as_str()) {
        return Ok(());
    }
    Err(refusal(LABELS_DIMENSIONS, "the first axis of the label map is no axis of layers")
        .seen(format!("kind {}", shown(first)))
        .expected("list")
        .next_step("write one label map with one id a label"))
}

fn unexpected_axes(header: &Header, axes: &[Option<Vector>]) -> Refusal {
    let seen = || {
        let (sizes, directions) = (header.field("sizes"), header.field("space directions"));
        let [sizes, directions] = [sizes, directions].map(|text| shown(text.unwrap_or_default()));
        format!("sizes {sizes}, space directions {directions}")
    };
    let sizes = header.field("sizes").map_or(0, |sizes| sizes.split_whitespace().count());
    if sizes != axes.len() {
        return refusal(LABELS_INVALID, "the axes have sizes, but not each a direction").seen(seen());
    }
    refusal(LABELS_DIMENSIONS, "the axes of the label map are not those of layers and the patient")
        .seen(seen())
        .expected("three directions, and none before them where the first axis is layers")
        .next_step("write the segmentation again with 3D Slicer, or one label map with one id a label")
}

/// The step along each axis; nothing for an axis that is not one of the patient.
fn axes(text: &str) -> Result<Vec<Option<Vector>>, Refusal> {
    let unread = || {
        refusal(LABELS_ORIENTATION, "the space directions in the header cannot be read")
            .seen(shown(text))
            .expected("(x,y,z) or none for each axis")
    };
    let mut axes = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (axis, after) = match rest.strip_prefix("none") {
            Some(after) => (None, after),
            None => {
                let end = rest.find(')').ok_or_else(unread)? + 1;
                let (written, after) = rest.split_at_checked(end).ok_or_else(unread)?;
                (Some(vector(written).ok_or_else(unread)?), after)
            }
        };
        axes.push(axis);
        rest = after.trim_start();
    }
    Ok(axes)
}

/// Three numbers in brackets.
fn vector(text: &str) -> Option<Vector> {
    let within = text.trim().strip_prefix('(')?.strip_suffix(')')?;
    let numbers: Option<Vec<f64>> = within.split(',').map(|number| number.trim().parse().ok()).collect();
    numbers?.try_into().ok()
}
