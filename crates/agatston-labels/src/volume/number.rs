//! Stored numbers: their types and byte orders, and which of them are ids of labels.

use crate::{
    code::{LABELS_DATATYPE, LABELS_NOT_INTEGER},
    error::{Refusal, refusal},
    vector::exact_u32,
};

/// The order of the bytes of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    Little,
    Big,
}

/// By how much, relative to a stored value, the one that an id scales back to may differ from it.
const SCALED_BACK: f64 = 1e-6;

/// The types that can hold labels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DataType {
    U8,
    I8,
    U16,
    I16,
    U32,
    I32,
    U64,
    I64,
    F32,
    F64,
}

impl DataType {
    /// Bytes of a number.
    pub(crate) const fn bytes(self) -> usize {
        match self {
            Self::U8 | Self::I8 => 1,
            Self::U16 | Self::I16 => 2,
            Self::U32 | Self::I32 | Self::F32 => 4,
            Self::U64 | Self::I64 | Self::F64 => 8,
        }
    }

    /// A refusal of another type; `seen` is what the header calls it.
    pub(crate) fn unfit(seen: impl Into<String>) -> Refusal {
        refusal(LABELS_DATATYPE, "the data type of the label map cannot hold labels")
            .seen(seen)
            .expected("integers of 8 to 64 bits, or floats that are integers")
            .next_step("convert the label map to 8 or 16 bit integers")
    }

    /// The id that bytes stand for.
    pub(super) fn id(self, stored: &[u8], order: Order, scaling: Option<[f64; 2]>) -> Result<u32, Refusal> {
        let mut wide = [0; 8];
        for (to, from) in wide.iter_mut().zip(stored) {
            *to = *from;
        }
        if order == Order::Big
            && let Some(used) = wide.get_mut(..stored.len())
        {
            used.reverse();
        }
        self.value(wide).id(scaling)
    }

    fn value(self, little_endian: [u8; 8]) -> Value {
        let [a, b, c, d, ..] = little_endian;
        match self {
            Self::U8 => Value::Whole(a.into()),
            Self::I8 => Value::Whole(i8::from_le_bytes([a]).into()),
            Self::U16 => Value::Whole(u16::from_le_bytes([a, b]).into()),
            Self::I16 => Value::Whole(i16::from_le_bytes([a, b]).into()),
            Self::U32 => Value::Whole(u32::from_le_bytes([a, b, c, d]).into()),
            Self::I32 => Value::Whole(i32::from_le_bytes([a, b, c, d]).into()),
            Self::U64 => Value::Whole(u64::from_le_bytes(little_endian).into()),
            Self::I64 => Value::Whole(i64::from_le_bytes(little_endian).into()),
            Self::F32 => Value::Float(f32::from_le_bytes([a, b, c, d]).into()),
            Self::F64 => Value::Float(f64::from_le_bytes(little_endian)),
        }
    }
}

/// A stored value.
enum Value {
    Whole(i128),
    Float(f64),
}

impl Value {
    fn id(&self, scaling: Option<[f64; 2]>) -> Result<u32, Refusal> {
        let (id, seen) = match (self, scaling) {
            (Self::Whole(v), None) => (u32::try_from(*v).ok(), v.to_string()),
            (Self::Float(v), None) => (exact_u32(*v), v.to_string()),
            (Self::Whole(v), Some(by)) => {
                // An id is at most 32 bits wide; a wider value was none.
                let exact = i32::try_from(*v).map(f64::from).or_else(|_| u32::try_from(*v).map(f64::from));
                (exact.ok().and_then(|v| scaled(v, by)), format!("{v}, scaled by {by:?}"))
            }
            (Self::Float(v), Some(by)) => (scaled(*v, by), format!("{v}, scaled by {by:?}")),
        };
        id.ok_or_else(|| {
            refusal(LABELS_NOT_INTEGER, "the file holds a value that is no label id")
                .seen(seen)
                .expected("integers from 0 to 4294967295, without scaling that is not exact")
                .next_step(
                    "check that this is the label map and not the CT; resample labels with nearest neighbour",
                )
        })
    }
}

/// The id that a value scales to, if the id scales back to it: else different values would have become one label.
fn scaled(value: f64, [slope, intercept]: [f64; 2]) -> Option<u32> {
    let id = exact_u32(value * slope + intercept)?;
    let back = (f64::from(id) - intercept) / slope;
    ((back - value).abs() <= SCALED_BACK * value.abs()).then_some(id)
}
