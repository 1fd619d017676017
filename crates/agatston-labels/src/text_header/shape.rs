//! Sizes of axes and the order of bytes, as a header in text says them.

use crate::{
    code::LABELS_INVALID,
    error::{Refusal, refusal},
    volume::{DataType, Order},
};

/// The sizes of the axes, as many as the dimension says; `seen` is how the header has both.
pub(crate) fn sizes(dimension: &str, text: &str, seen: &str) -> Result<Vec<usize>, Refusal> {
    let positive = |size: &str| size.parse::<usize>().ok().filter(|size| *size > 0);
    let sizes: Option<Vec<usize>> = text.split_whitespace().map(positive).collect();
    sizes.filter(|sizes| dimension.parse() == Ok(sizes.len())).ok_or_else(|| {
        refusal(LABELS_INVALID, "the sizes of the axes cannot be read")
            .seen(seen)
            .expected("as many positive numbers as the dimension says")
    })
}

/// The order of the bytes. A header may leave it out where there is none: single bytes, or a text.
pub(crate) fn order(said: Option<Order>, data_type: DataType, is_text: bool) -> Result<Order, Refusal> {
    match said {
        Some(order) => Ok(order),
        None if data_type.bytes() == 1 || is_text => Ok(Order::Little),
        None => Err(refusal(LABELS_INVALID, "the header does not say the order of bytes")),
    }
}
