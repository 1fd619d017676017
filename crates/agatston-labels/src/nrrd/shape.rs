//! What kind of numbers, how many, and how they are packed.

use super::Header;
use crate::{
    code::{LABELS_DATATYPE, LABELS_DIMENSIONS, LABELS_ENCODING, LABELS_INVALID},
    error::{Refusal, refusal},
    shown::shown,
    volume::{DataType, Layout, Order},
};

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
        let order = match header.field("endian") {
            Some(word) if word.eq_ignore_ascii_case("little") => Order::Little,
            Some(word) if word.eq_ignore_ascii_case("big") => Order::Big,
            None if data_type.bytes() == 1 || encoding == Encoding::Text => Order::Little,
            other => {
                return Err(refusal(LABELS_INVALID, "the header does not say the order of bytes")
                    .seen(other.map_or_else(|| "no endian".to_owned(), shown))
                    .expected("endian little or big"));
            }
        };
        let (layers, dims) = sizes(header)?;
        let layout = Layout { dims, layers: layers.unwrap_or(1), data_type, order, scaling: None };
        Ok(Self { layout, encoding, is_layered: layers.is_some() })
    }
}

/// The layers, if there is an axis of them, and the voxels along the three axes of the patient.
fn sizes(header: &Header) -> Result<(Option<u16>, [usize; 3]), Refusal> {
    let (dimension, text) = (header.needed("dimension")?, header.needed("sizes")?);
    let seen = || format!("dimension {}, sizes {}", shown(dimension), shown(text));
    let positive = |size: &str| size.parse::<usize>().ok().filter(|size| *size > 0);
    let sizes: Option<Vec<usize>> = text.split_whitespace().map(positive).collect();
    let sizes = sizes.filter(|sizes| dimension.parse() == Ok(sizes.len())).ok_or_else(|| {
        refusal(LABELS_INVALID, "the sizes of the axes cannot be read")
            .seen(seen())
            .expected("as many positive numbers as the dimension says")
    })?;
    match *sizes.as_slice() {
        [i, j, k] => Ok((None, [i, j, k])),
        [layers, i, j, k] => {
            let layers = u16::try_from(layers).map_err(|_| {
                refusal(LABELS_DIMENSIONS, "the first axis is too long for layers of segments").seen(seen())
            })?;
            Ok((Some(layers), [i, j, k]))
        }
        _ => Err(refusal(LABELS_DIMENSIONS, "the label map is not one three-dimensional volume")
            .seen(seen())
            .expected("three dimensions, or four of which the first is the layers of a segmentation")
            .next_step("write one label map with one id a label")),
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
        _ => {
            return Err(refusal(LABELS_DATATYPE, "the data type of the label map cannot hold labels")
                .seen(format!("type {}", shown(name)))
                .expected("integers of 8 to 64 bits, or floats that are integers")
                .next_step("convert the label map to 8 or 16 bit integers"));
        }
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
