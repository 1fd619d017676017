//! PNG bytes of pixels.

use image::{
    ExtendedColorType, ImageEncoder,
    codecs::png::{CompressionType, FilterType, PngEncoder},
};

/// Pixels of 8 bits a channel as a PNG, as small as can be: the same pixels are the same bytes.
pub(super) fn encode(columns: u32, rows: u32, colour: ExtendedColorType, values: &[u8]) -> Vec<u8> {
    compressed(columns, rows, colour, values, CompressionType::Best)
}

/// The same, made fast: of the many pictures that are looked at once.
pub(super) fn encode_fast(columns: u32, rows: u32, colour: ExtendedColorType, values: &[u8]) -> Vec<u8> {
    compressed(columns, rows, colour, values, CompressionType::Fast)
}

fn compressed(
    columns: u32,
    rows: u32,
    colour: ExtendedColorType,
    values: &[u8],
    how: CompressionType,
) -> Vec<u8> {
    let mut bytes = Vec::new();
    let encoder = PngEncoder::new_with_quality(&mut bytes, how, FilterType::Adaptive);
    let written = encoder.write_image(values, columns, rows, colour);
    written.expect("an image has pixels and as many values as it says, and memory can be written");
    bytes
}
