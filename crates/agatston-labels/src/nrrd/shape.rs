//! What kind of numbers, how many, and how they are packed.

use super::Header;
use crate::{
    code::{LABELS_DIMENSIONS, LABELS_ENCODING, LABELS_INVALID},
    error::{Refusal, refusal},
    shown::shown,
    text_header,
    volume::{DataType, Layout, Order},
};

/// What the header must say of the order of bytes.
const ENDIAN: &str = "endian little or big";

/// What kind of numbers, how many, and how they are packed.
#[derive(Debug)]
pub(super) struct Shape {
    pub(super) layout: Layout,
    pub(super) encoding: Encoding,
    /// Whether an axis of layers comes before the three of the patient, be there one layer or more.
    pub(super) is_layered: bool,
}

/// How the numbers are packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Raw,
    Gzip,
    Text,
}

impl Shape {
    pub(super) fn of(header: &Header) -> Result<Self, Refusal> {
        let data_type = data_type(header.needed("type")?)?;
        let encoding = encoding(header.needed("encoding")?)?;
        let order = text_header::order(endian(header)?, data_type, encoding == Encoding::Text)
            .map_err(|refusal| refusal.expected(ENDIAN))?;
        let (layers, dims) = axes(header)?;
        let layout = Layout { dims, layers: layers.unwrap_or(1), data_type, order, scaling: None };
        Ok(Self { layout, encoding, is_layered: layers.is_some() })
    }
}

/// The order of bytes, if the header says one.
fn endian(header: &Header) -> Result<Option<Order>, Refusal> {
    match header.field("endian").map(str::to_lowercase).as_deref() {
        None => Ok(None),
        Some("little") => Ok(Some(Order::Little)),
        Some("big") => Ok(Some(Order::Big)),
        Some(word) => {
            Err(refusal(LABELS_INVALID, "the order of bytes is not known").seen(shown(word)).expected(ENDIAN))
        }
    }
}

/// The layers, if there is an axis of them, and the voxels along the three axes of the patient.
fn axes(header: &Header) -> Result<(Option<u16>, [usize; 3]), Refusal> {
    let (dimension, text) = (header.needed("dimension")?, header.needed("sizes")?);
    let seen = format!("dimension {}, sizes {}", shown(dimension), shown(text));
    match *text_header::sizes(dimension, text, &seen)?.as_slice() {
        [i, j, k] => Ok((None, [i, j, k])),
        [layers, i, j, k] => {
            let layers = u16::try_from(layers).map_err(|_| {
                refusal(LABELS_DIMENSIONS, "the first axis is too long for layers of segments").seen(seen)
            })?;
            Ok((Some(layers), [i, j, k]))
        }
        _ => Err(Layout::not_a_volume(seen)
            .expected("three dimensions, or four of which the first is the layers of a segmentation")),
    }
}

fn data_type(name: &str) -> Result<DataType, Refusal> {
    let words: Vec<String> = name.split_whitespace().map(str::to_lowercase).collect();
    let data_type = match words.join(" ").as_str() {
        "signed char" | "int8" | "int8_t" => DataType::I8,
        "uchar" | "unsigned char" | "uint8" | "uint8_t" => DataType::U8,
        "short" | "short int" | "signed short" | "signed short int" | "int16" | "int16_t" => DataType::I16,
        "ushort" | "unsigned short" | "unsigned short int" | "uint16" | "uint16_t" => DataType::U16,
        "int" | "signed int" | "int32" | "int32_t" => DataType::I32,
        "uint" | "unsigned int" | "uint32" | "uint32_t" => DataType::U32,
        "longlong"
        | "long long"
        | "long long int"
        | "signed long long"
        | "signed long long int"
        | "int64"
        | "int64_t" => DataType::I64,
        "ulonglong" | "unsigned long long" | "unsigned long long int" | "uint64" | "uint64_t" => {
            DataType::U64
        }
        "float" => DataType::F32,
        "double" => DataType::F64,
        _ => return Err(DataType::unfit(format!("type {}", shown(name)))),
    };
    Ok(data_type)
}

fn encoding(name: &str) -> Result<Encoding, Refusal> {
    match name.to_lowercase().as_str() {
        "raw" => Ok(Encoding::Raw),
        "gzip" | "gz" => Ok(Encoding::Gzip),
        "ascii" | "text" | "txt" => Ok(Encoding::Text),
        _ => Err(refusal(LABELS_ENCODING, "the encoding of the voxels is not read")
            .seen(format!("encoding {}", shown(name)))
            .expected("raw, gzip or ascii")
            .next_step("write the label map with gzip")),
    }
}
