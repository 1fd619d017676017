//! What a compressed picture says about itself, read before any decoder allocates for it.

use super::{Fault, Format};

/// Size and depth of a compressed picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Picture {
    pub(crate) rows: usize,
    pub(crate) columns: usize,
    pub(crate) components: usize,
    pub(crate) precision: u32,
    pub(crate) signed: bool,
    /// Second byte of the frame marker of the JPEG family; 0 for JPEG 2000.
    pub(crate) process: u8,
}

impl Picture {
    /// The picture must be the one that the header speaks of.
    pub(crate) fn check(self, format: &Format) -> Result<Self, Fault> {
        if (self.rows, self.columns) != (usize::from(format.rows), usize::from(format.columns)) {
            return Err(Fault::Matrix(self.rows, self.columns));
        }
        if self.components != 1 {
            return Err(Fault::Unsupported(format!("{} colour components", self.components)));
        }
        if !(1..=16).contains(&self.precision) {
            return Err(Fault::Bits(format!("{} bits in the compressed picture", self.precision)));
        }
        Ok(self)
    }
}

/// The frame header of a JPEG or JPEG-LS stream (ITU-T T.81 B.2.2, T.87 C.2.2).
pub(crate) fn jpeg(bytes: &[u8]) -> Option<Picture> {
    let mut at = 2;
    if bytes.get(..2)? != [0xFF, 0xD8] {
        return None;
    }
    loop {
        let marker = *bytes.get(at + 1)?;
        if *bytes.get(at)? != 0xFF {
            return None;
        }
        match marker {
            0xFF => at += 1,
            0xC4 | 0xC8 | 0xCC | 0xD8..=0xDF | 0x01 | 0xE0..=0xF6 | 0xF8..=0xFE => {
                let length = bytes.get(at + 2..at + 4)?.try_into().ok().map(u16::from_be_bytes)?;
                at += 2 + usize::from(length);
            }
            0xC0..=0xCF | 0xF7 => {
                let word = |i: usize| bytes.get(at + i..at + i + 2)?.try_into().ok().map(u16::from_be_bytes);
                return Some(Picture {
                    precision: u32::from(*bytes.get(at + 4)?),
                    rows: usize::from(word(5)?),
                    columns: usize::from(word(7)?),
                    components: usize::from(*bytes.get(at + 9)?),
                    signed: false,
                    process: marker,
                });
            }
            _ => return None,
        }
    }
}

/// The SIZ marker of a JPEG 2000 codestream, bare or in a JP2 file (ITU-T T.800 A.5.1).
pub(crate) fn jpeg2000(bytes: &[u8]) -> Option<Picture> {
    // A JP2 file has boxes of a few hundred bytes before the codestream.
    let start = bytes.windows(4).take(4096).position(|w| w == [0xFF, 0x4F, 0xFF, 0x51])?;
    let siz = bytes.get(start + 4..)?;
    let long = |i: usize| {
        let value = siz.get(i..i + 4)?.try_into().ok().map(u32::from_be_bytes)?;
        usize::try_from(value).ok()
    };
    let components = siz.get(36..38)?.try_into().ok().map(u16::from_be_bytes)?;
    let depth = *siz.get(38)?;
    Some(Picture {
        columns: long(4)?.checked_sub(long(12)?)?,
        rows: long(8)?.checked_sub(long(16)?)?,
        components: usize::from(components),
        precision: u32::from(depth & 0x7F) + 1,
        signed: depth & 0x80 != 0,
        process: 0,
    })
}

/// Whether a stream ends with its end marker; a decoder may fill in silently what a shortened stream lacks.
pub(crate) fn is_complete(bytes: &[u8]) -> bool {
    let end = bytes.iter().rposition(|&b| b != 0).map_or(0, |last| last + 1);
    bytes.get(..end).is_some_and(|stream| stream.ends_with(&[0xFF, 0xD9]))
}

/// Samples of `precision` bits whose top bit is a sign that the stream did not know of.
pub(crate) fn extend_sign(samples: &mut [i16], precision: u32) {
    if let shift @ 1..=15 = 16 - precision.min(16) {
        for sample in samples {
            *sample = (*sample << shift) >> shift;
        }
    }
}
