//! PNG bytes of pixels.

use png::{BitDepth, ColorType, Compression, Encoder, Filter};

/// Pixels of 8 bits a channel as a PNG: the same pixels are the same bytes.
pub(super) fn encode(columns: u32, rows: u32, colour: ColorType, values: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, columns, rows);
    encoder.set_color(colour);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_compression(Compression::High);
    encoder.set_filter(Filter::Adaptive);
    let written = encoder.write_header().and_then(|mut writer| writer.write_image_data(values));
    written.expect("an image has pixels and as many values as it says, and memory can be written");
    bytes
}
