//! Colours over gray: those of every other output, with a third of white, so that blue and green are seen over soft tissue.
//!
//! A colour never stands alone: each outline has its artery in words beside it.

use crate::palette::{Rgb, colour as of_outputs};
use agatston_core::Region;

/// The colour of a region in pictures.
pub(crate) fn colour(region: Region) -> Rgb {
    of_outputs(region).map(|channel| channel + (u8::MAX - channel) / 3)
}

/// As written in a page: `#rrggbb`.
pub(crate) fn hex([red, green, blue]: Rgb) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}
