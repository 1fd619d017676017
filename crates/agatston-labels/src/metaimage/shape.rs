//! What kind of numbers, how many, and how they are packed.

use super::Header;
use crate::{
    code::{LABELS_DATATYPE, LABELS_INVALID, LABELS_NOT_INTEGER},
    error::{Refusal, refusal},
    shown::shown,
    text_header,
    volume::{DataType, Layout, Order},
};

/// Slope and offset between numbers and intensities. ITK leaves them alone, other programs may not.
const SCALING: [(&str, f64); 2] =
    [("ElementToIntensityFunctionSlope", 1.0), ("ElementToIntensityFunctionOffset", 0.0)];

/// What kind of numbers, how many, and how they are packed.
#[derive(Debug)]
pub(super) struct Shape {
    pub(super) layout: Layout,
    pub(super) packing: Packing,
    /// Axes in the header; those after the third have one voxel.
    pub(super) axes: usize,
}

/// How the numbers are packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Packing {
    Raw,
    Deflated,
    Text,
}

impl Shape {
    pub(super) fn of(header: &Header) -> Result<Self, Refusal> {
        let (axes, dims) = axes(header)?;
        check_channels(header)?;
        check_scaling(header)?;
        let data_type = data_type(header.needed("ElementType")?)?;
        let packing = packing(header)?;
        let order = text_header::order(order(header)?, data_type, packing == Packing::Text)
            .map_err(|refusal| refusal.expected("BinaryDataByteOrderMSB"))?;
        let layout = Layout { dims, layers: 1, data_type, order, scaling: None };
        Ok(Self { layout, packing, axes })
    }
}

/// How many axes there are, and the voxels along the three of the patient.
fn axes(header: &Header) -> Result<(usize, [usize; 3]), Refusal> {
    let (axes, text) = (header.needed("NDims")?, header.needed("DimSize")?);
    let seen = format!("NDims {}, DimSize {}", shown(axes), shown(text));
    let sizes = text_header::sizes(axes, text, &seen)?;
    match sizes.as_slice() {
        [i, j, k, more @ ..] if more.iter().all(|size| *size == 1) => Ok((sizes.len(), [*i, *j, *k])),
        _ => Err(Layout::not_a_volume(seen)),
    }
}

fn check_channels(header: &Header) -> Result<(), Refusal> {
    match header.value("ElementNumberOfChannels") {
        None | Some("1") => Ok(()),
        Some(channels) => Err(refusal(LABELS_DATATYPE, "a voxel of the label map has several numbers")
            .seen(format!("ElementNumberOfChannels {}", shown(channels)))
            .expected("1")
            .next_step("write one label map with one id a label")),
    }
}

fn check_scaling(header: &Header) -> Result<(), Refusal> {
    for (key, identity) in SCALING {
        if let Some(text) = header.value(key).filter(|text| text.parse() != Ok(identity)) {
            return Err(refusal(
                LABELS_NOT_INTEGER,
                "the label values are scaled, which not all programs heed",
            )
            .seen(format!("{key} {}", shown(text)))
            .expected(identity.to_string())
            .next_step("write the label map with its ids as they are"));
        }
    }
    Ok(())
}

/// Sizes as MetaIO has them: a `MET_LONG` has 4 bytes on every machine.
fn data_type(name: &str) -> Result<DataType, Refusal> {
    match name {
        "MET_CHAR" => Ok(DataType::I8),
        "MET_UCHAR" => Ok(DataType::U8),
        "MET_SHORT" => Ok(DataType::I16),
        "MET_USHORT" => Ok(DataType::U16),
        "MET_INT" | "MET_LONG" => Ok(DataType::I32),
        "MET_UINT" | "MET_ULONG" => Ok(DataType::U32),
        "MET_LONG_LONG" => Ok(DataType::I64),
        "MET_ULONG_LONG" => Ok(DataType::U64),
        "MET_FLOAT" => Ok(DataType::F32),
        "MET_DOUBLE" => Ok(DataType::F64),
        _ => Err(DataType::unfit(format!("ElementType {}", shown(name)))),
    }
}

fn packing(header: &Header) -> Result<Packing, Refusal> {
    let is_binary = header.is_true("BinaryData")?.unwrap_or(true);
    let is_deflated = header.is_true("CompressedData")?.unwrap_or(false);
    match (is_binary, is_deflated) {
        (true, false) => Ok(Packing::Raw),
        (true, true) => Ok(Packing::Deflated),
        (false, false) => Ok(Packing::Text),
        (false, true) => Err(refusal(LABELS_INVALID, "the header says that a text is compressed")
            .seen("BinaryData False, CompressedData True")),
    }
}

fn order(header: &Header) -> Result<Option<Order>, Refusal> {
    let keys = ["BinaryDataByteOrderMSB", "ElementByteOrderMSB"];
    let [first, second] = [header.is_true(keys[0])?, header.is_true(keys[1])?];
    if first.is_some() && second.is_some() && first != second {
        return Err(refusal(LABELS_INVALID, "the header says two orders of bytes").seen(keys.join(", ")));
    }
    Ok(first.or(second).map(|is_big| if is_big { Order::Big } else { Order::Little }))
}
