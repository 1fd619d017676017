//! JPEG-LS, lossless and near-lossless.

use super::{Fault, Format, codestream, guard::guarded};

/// Decodes one frame.
pub(crate) fn decode(format: &Format, bytes: &[u8], into: &mut Vec<i16>) -> Result<(), Fault> {
    let picture = codestream::jpeg(bytes)
        .ok_or_else(|| Fault::Decode("the JPEG-LS stream has no frame header".into()))?
        .check(format)?;
    let (samples, columns, rows) = guarded("JPEG-LS", || {
        jpegls::decode(bytes, u32::from(format.columns), u32::from(format.rows)).map_err(|e| match e {
            jpegls::CodecError::Unsupported(what) => Fault::Unsupported(format!("JPEG-LS with {what}")),
            other => Fault::Decode(crate::text::clean(other.to_string().as_bytes())),
        })
    })?;
    if (columns, rows) != (u32::from(format.columns), u32::from(format.rows))
        || samples.len() != format.pixels()
    {
        return Err(Fault::Matrix(picture.rows, picture.columns));
    }
    into.clear();
    into.extend(samples.iter().map(|sample| sample.cast_signed()));
    if format.signed {
        codestream::extend_sign(into, picture.precision);
    }
    Ok(())
}
