//! JPEG 2000 and high-throughput JPEG 2000.

use jpeg2k::{DecodeParameters, Image};

use super::{Fault, Format, codestream, guard::guarded};

/// Decodes one frame.
pub(crate) fn decode(format: &Format, bytes: &[u8], into: &mut Vec<i16>) -> Result<(), Fault> {
    let picture = codestream::jpeg2000(bytes)
        .ok_or_else(|| Fault::Decode("there is no JPEG 2000 codestream".into()))?
        .check(format)?;
    if !codestream::is_complete(bytes) || codestream::ends_without_data(bytes) {
        return Err(Fault::Truncated);
    }
    if !codestream::tile_parts_are_whole(bytes) {
        return Err(Fault::Decode("the JPEG 2000 stream lost bytes in its middle, or gained some".into()));
    }
    into.clear();
    guarded("JPEG 2000", || {
        let image = Image::from_bytes_with(bytes, DecodeParameters::new().strict(true))
            .map_err(|e| Fault::Decode(crate::text::clean(e.to_string().as_bytes())))?;
        let [component] = image.components() else {
            return Err(Fault::Unsupported("JPEG 2000 of colour".into()));
        };
        let size = (component.height() as usize, component.width() as usize);
        if size != (picture.rows, picture.columns) || component.data().len() != format.pixels() {
            return Err(Fault::Matrix(size.0, size.1));
        }
        for &sample in component.data() {
            let word = u16::try_from(sample).map(u16::cast_signed).or_else(|_| i16::try_from(sample));
            into.push(word.map_err(|_| Fault::Bits(format!("{sample}")))?);
        }
        Ok(())
    })?;
    if format.signed && !picture.signed {
        codestream::extend_sign(into, picture.precision);
    }
    // Negative samples where the header knows no sign would turn into large ones.
    if !format.signed && picture.signed && into.iter().any(|sample| *sample < 0) {
        return Err(Fault::Bits("negative samples under PixelRepresentation 0".into()));
    }
    Ok(())
}
