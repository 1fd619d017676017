//! From the 16 bits of each sample to the one form that core knows: signed, and growing with HU.
//!
//! 1. Padding is recognised in the bits as they are stored, before any masking: 63536 in a 12-bit picture is
//!    padding, not tissue of 2096.
//! 2. Below 16 stored bits, a sample is sign-extended or left alone. Bits above BitsStored that are no sign are
//!    masked when an overlay is declared there, and refused otherwise.
//! 3. Unsigned data of 16 bits get their top bit flipped, which subtracts 32768 and keeps the order.
//! 4. Where the slope is negative, bitwise NOT turns the order round: `!x = -x - 1`.

use agatston_core::{Padding, Rescale};

use super::Fault;

/// How the samples of a plane are to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Format {
    pub(crate) rows: u16,
    pub(crate) columns: u16,
    pub(crate) bits_stored: u16,
    pub(crate) signed: bool,
    /// PixelPaddingValue and PixelPaddingRangeLimit as they stand in 16 bits.
    pub(crate) padding: Option<(u16, u16)>,
    /// Bits above BitsStored hold an overlay.
    pub(crate) mask: bool,
    /// The slope is negative.
    pub(crate) invert: bool,
}

impl Format {
    #[cfg(test)]
    pub(crate) fn plain(rows: u16, columns: u16) -> Self {
        Self { rows, columns, bits_stored: 16, signed: true, padding: None, mask: false, invert: false }
    }

    /// Number of pixels.
    pub(crate) fn pixels(&self) -> usize {
        usize::from(self.rows) * usize::from(self.columns)
    }

    /// The rescale of the normalised values; `None` when it is none.
    pub(crate) fn rescale(&self, slope: f64, intercept: f64) -> Option<Rescale> {
        let bias = if self.flips() { 32_768 } else { 0 };
        if self.invert {
            Rescale::new(-slope, intercept, 1 - bias)
        } else {
            Rescale::new(slope, intercept, bias)
        }
    }

    fn flips(&self) -> bool {
        !self.signed && self.bits_stored == 16
    }

    /// Smallest and largest value that BitsStored can hold.
    fn real(&self) -> (i32, i32) {
        let values = 1 << self.bits_stored;
        if self.signed { (-values / 2, values / 2 - 1) } else { (0, values - 1) }
    }

    /// The normalised value of the largest HU that BitsStored can hold.
    pub(crate) fn largest(&self) -> i16 {
        let (least, most) = self.real();
        let brightest = if self.invert { least } else { most };
        let shifted = if self.flips() { brightest - 32_768 } else { brightest };
        let value = i16::try_from(shifted).unwrap_or(i16::MAX);
        if self.invert { !value } else { value }
    }

    /// A stored 16-bit pattern as the number it is meant as, before masking.
    fn number(&self, bits: u16) -> i32 {
        if self.signed { i32::from(bits.cast_signed()) } else { i32::from(bits) }
    }

    /// The number under BitsStored, and whether the bits above it are empty or a sign.
    fn masked(&self, bits: u16) -> (i32, bool) {
        // The padding is looked at even where BitsStored is refused for being none.
        let above = 16 - self.bits_stored.clamp(1, 16);
        let kept = bits & (u16::MAX >> above);
        if !self.signed {
            return (i32::from(kept), kept == bits);
        }
        let extended = (kept << above).cast_signed() >> above;
        (i32::from(extended), kept == bits || extended.cast_unsigned() == bits)
    }

    /// The padding as numbers, low and high.
    pub(crate) fn padding_range(&self) -> Option<(i32, i32)> {
        // A padding value that is a stored value of its own means that value, sign-extended or not.
        let meant = |bits| match self.masked(bits) {
            (value, true) => value,
            (_, false) => self.number(bits),
        };
        let (a, b) = self.padding.map(|(a, b)| (meant(a), meant(b)))?;
        Some((a.min(b), a.max(b)))
    }

    /// The numbers that mean padding after masking: the part of the range that BitsStored can hold, else one
    /// number that no real value has.
    fn padding_place(&self) -> Option<(i32, i32)> {
        let (low, high) = self.padding_range()?;
        let (least, most) = self.real();
        let inside = (low.max(least), high.min(most));
        if inside.0 <= inside.1 {
            return Some(inside);
        }
        let outside = if low > most { low } else { high };
        // Unsigned data below 16 bits leave the negative numbers free.
        let free = if outside > i32::from(i16::MAX) { outside - 65_536 } else { outside };
        Some((free, free))
    }
}

/// Brings the samples into the form that core knows; the padding in that form.
///
/// Sample by sample: a plane may come in strips, so nothing here may depend on its neighbours.
pub(crate) fn normalise(format: &Format, samples: &mut [i16]) -> Result<Option<Padding>, Fault> {
    if format.bits_stored < 16 {
        narrow(format, samples)?;
    }
    if format.flips() {
        for sample in samples.iter_mut() {
            *sample ^= i16::MIN;
        }
    }
    if format.invert {
        for sample in samples.iter_mut() {
            *sample = !*sample;
        }
    }
    Ok(padding(format))
}

/// The padding in normalised values.
fn padding(format: &Format) -> Option<Padding> {
    let (low, high) = format.padding_place()?;
    let shifted = |value: i32| i16::try_from(if format.flips() { value - 32_768 } else { value }).ok();
    let (low, high) = (shifted(low)?, shifted(high)?);
    Some(if format.invert { Padding { low: !high, high: !low } } else { Padding { low, high } })
}

/// Sign extension, masking and padding below 16 stored bits.
fn narrow(format: &Format, samples: &mut [i16]) -> Result<(), Fault> {
    let above = 16 - format.bits_stored;
    let high = !(u16::MAX >> above);
    if format.signed {
        let odd = |s: i16| (s.cast_unsigned() & high != 0) & (((s << above) >> above) != s);
        if !samples.iter().fold(false, |any, s| any | odd(*s)) {
            for sample in samples.iter_mut() {
                *sample = (*sample << above) >> above;
            }
            return Ok(());
        }
    } else if samples.iter().fold(0, |all, s| all | s.cast_unsigned()) & high == 0 {
        return Ok(());
    }
    one_by_one(format, samples)
}

/// The slow way, for pictures with bits above BitsStored.
fn one_by_one(format: &Format, samples: &mut [i16]) -> Result<(), Fault> {
    let range = format.padding_range();
    let place = format.padding_place();
    for sample in samples {
        let bits = sample.cast_unsigned();
        let (value, clean) = format.masked(bits);
        let pads = |number: i32| range.is_some_and(|(low, high)| (low..=high).contains(&number));
        let value = if clean {
            value
        } else if let (true, Some((low, high))) = (pads(format.number(bits)), place) {
            format.number(bits).clamp(low, high)
        } else if format.mask {
            value
        } else {
            return Err(Fault::Bits(format!("{bits} (0x{bits:04X})")));
        };
        *sample = i16::try_from(value).map_err(|_| Fault::Bits(format!("{value}")))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(format: Format, stored: &[u16], expected: &[i16], padding: Option<(i16, i16)>) {
        let mut samples: Vec<i16> = stored.iter().map(|s| s.cast_signed()).collect();
        let got = normalise(&format, &mut samples).unwrap();
        assert_eq!(samples, expected, "{format:?}");
        assert_eq!(got.map(|p| (p.low, p.high)), padding, "{format:?}");
    }

    fn format(bits_stored: u16, signed: bool) -> Format {
        Format { bits_stored, signed, ..Format::plain(1, 1) }
    }

    #[test]
    fn sixteen_bits() {
        check(format(16, true), &[0, 1, 0xFFFF, 0x8000], &[0, 1, -1, -32768], None);
        check(format(16, false), &[0, 1, 0xFFFF, 0x8000], &[-32768, -32767, 32767, 0], None);
        let padded = Format { padding: Some((63536, 63536)), ..format(16, true) };
        check(padded, &[63536], &[-2000], Some((-2000, -2000)));
        let padded = Format { padding: Some((63536, 63536)), ..format(16, false) };
        check(padded, &[63536], &[30768], Some((30768, 30768)));
    }

    #[test]
    fn twelve_bits() {
        check(format(12, false), &[0, 4095], &[0, 4095], None);
        check(format(12, true), &[0x0FFF, 0xFFFF, 0x07FF], &[-1, -1, 2047], None);
    }

    /// 63536 under 12 unsigned bits would be tissue of 2096 if it were masked first.
    #[test]
    fn padding_is_seen_before_masking() {
        let unsigned = Format { padding: Some((63536, 63536)), ..format(12, false) };
        check(unsigned, &[63536, 2096], &[-2000, 2096], Some((-2000, -2000)));
        let signed = Format { padding: Some((63536, 63536)), ..format(12, true) };
        check(signed, &[63536, 0x0830, 5], &[-2000, -2000, 5], Some((-2000, -2000)));
        let short = Format { padding: Some((0x0FFF, 0x0FFF)), ..format(12, true) };
        check(short, &[0x0FFF, 7], &[-1, 7], Some((-1, -1)));
        let outside = Format { padding: Some((5000, 5000)), ..format(12, false) };
        check(outside, &[5000, 904], &[5000, 904], Some((5000, 5000)));
        let low = Format { padding: Some((0x8000, 0x8000)), ..format(12, true) };
        check(low, &[0x8000, 0], &[-32768, 0], Some((-32768, -32768)));
    }

    /// By hand: 12 bits end at 4095, signed at 2047; what descends is brightest at its least.
    #[test]
    fn the_largest_value() {
        let check = |bits, signed, invert, expected| {
            assert_eq!(Format { invert, ..format(bits, signed) }.largest(), expected);
        };
        check(12, false, false, 4095);
        check(12, true, false, 2047);
        check(16, false, false, i16::MAX);
        check(16, true, true, i16::MAX);
        check(16, false, true, i16::MAX);
        check(12, false, true, -1); // 0, of which NOT is -1
    }

    #[test]
    fn padding_ranges() {
        let range = Format { padding: Some((4000, 65535)), ..format(12, false) };
        check(range, &[3999, 4000, 65535], &[3999, 4000, 4095], Some((4000, 4095)));
        let backwards = Format { padding: Some((0xF830, 0xF800)), ..format(16, true) };
        check(backwards, &[0xF810], &[-2032], Some((-2048, -2000)));
    }

    #[test]
    fn stray_bits_are_refused_or_masked() {
        let mut samples = [5296];
        let result = normalise(&format(12, false), &mut samples);
        assert!(matches!(result, Err(Fault::Bits(_))), "stored 5296 in a 12-bit header is not 176 HU");
        check(Format { mask: true, ..format(12, false) }, &[0x1000 | 1200], &[1200], None);
        let mut samples = [0x1234];
        assert!(normalise(&format(12, true), &mut samples).is_err());
    }

    /// Whatever the layout, HU is slope times the number that was stored plus the intercept.
    #[test]
    fn hu_is_kept() {
        for (bits, signed, raw, number) in [
            (16, false, 65535u16, 65535.0),
            (16, true, 0xFC18, -1000.0),
            (12, false, 4095, 4095.0),
            (12, true, 0xFFF, -1.0),
        ] {
            for slope in [1.0, -1.0, 0.5, -2.0] {
                let format = Format { invert: slope < 0.0, ..format(bits, signed) };
                let mut samples = [raw.cast_signed()];
                normalise(&format, &mut samples).unwrap();
                let rescale = format.rescale(slope, -1024.0).unwrap();
                assert_eq!(rescale.hu(samples[0]), slope * number - 1024.0, "{format:?} {slope}");
            }
        }
    }
}
