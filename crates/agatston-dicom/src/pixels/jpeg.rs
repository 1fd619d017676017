//! JPEG: lossless (processes 14) and 8-bit by one decoder, 12-bit sequential by another.

use super::{
    Fault, Format,
    codestream::{self, LOSSLESS, Picture},
    entropy,
    guard::guarded,
};

/// Decodes one frame.
pub(crate) fn decode(format: &Format, bytes: &[u8], into: &mut Vec<i16>) -> Result<(), Fault> {
    let picture = codestream::jpeg(bytes)
        .ok_or_else(|| Fault::Decode("the JPEG stream has no frame header".into()))?
        .check(format)?;
    if !codestream::is_complete(bytes) || !codestream::holds_jpeg(&picture, bytes.len()) {
        return Err(Fault::Truncated);
    }
    if entropy::is_whole(bytes, &picture) == Some(false) {
        return Err(Fault::Decode("the JPEG stream lost bytes in its middle, or gained some".into()));
    }
    let samples = guarded("JPEG", || {
        if picture.process != LOSSLESS && picture.precision > 8 {
            deep(bytes, picture)
        } else {
            common(bytes)
        }
    })?;
    match samples {
        Samples::Bytes(samples) if samples.len() == format.pixels() => {
            into.clear();
            into.extend(samples.iter().map(|b| i16::from(*b)));
        }
        Samples::Words(samples, from) if samples.len() == 2 * format.pixels() => {
            into.clear();
            into.extend(samples.as_chunks::<2>().0.iter().map(|b| from(*b)));
        }
        _ => return Err(Fault::Decode("the JPEG decoder gave too few samples".into())),
    }
    if format.signed {
        codestream::extend_sign(into, picture.precision);
    }
    Ok(())
}

enum Samples {
    Bytes(Vec<u8>),
    Words(Vec<u8>, fn([u8; 2]) -> i16),
}

/// Lossless JPEG, and 8-bit lossy JPEG.
fn common(bytes: &[u8]) -> Result<Samples, Fault> {
    let mut decoder = jpeg_decoder::Decoder::new(bytes);
    let failed = |e: jpeg_decoder::Error| match e {
        jpeg_decoder::Error::Unsupported(what) => Fault::Unsupported(format!("JPEG with {what:?}")),
        other => Fault::Decode(crate::text::clean(other.to_string().as_bytes())),
    };
    let samples = decoder.decode().map_err(failed)?;
    match decoder.info().map(|info| info.pixel_format) {
        Some(jpeg_decoder::PixelFormat::L8) => Ok(Samples::Bytes(samples)),
        Some(jpeg_decoder::PixelFormat::L16) => Ok(Samples::Words(samples, i16::from_ne_bytes)),
        other => Err(Fault::Unsupported(format!("JPEG of colour ({other:?})"))),
    }
}

/// Lossy JPEG of 12 bits.
fn deep(bytes: &[u8], picture: Picture) -> Result<Samples, Fault> {
    let limit = 2 * picture.rows * picture.columns;
    let raster = openreadout_codecs::jpeg_decode_limited(bytes, limit)
        .map_err(|e| Fault::Decode(crate::text::clean(e.to_string().as_bytes())))?;
    if raster.channels != 1 || raster.bits_per_sample != 16 || raster.float {
        return Err(Fault::Unsupported("JPEG of this kind".into()));
    }
    Ok(Samples::Words(raster.data, i16::from_le_bytes))
}
