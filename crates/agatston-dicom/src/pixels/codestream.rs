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

/// Whether so many bytes can hold a JPEG picture. With Huffman codes every pixel of a lossless picture, and of a lossy
/// one the mean of every block of 8 x 8, takes at least a bit (ITU-T T.81 F.1.2, H.1.2). A decoder makes up in silence
/// what a stream does not hold, and takes its time for it.
pub(crate) fn holds_jpeg(picture: &Picture, bytes: usize) -> bool {
    let bits = match picture.process {
        LOSSLESS => picture.rows * picture.columns,
        _ => picture.rows.div_ceil(8) * picture.columns.div_ceil(8),
    };
    bits.div_ceil(8) <= bytes
}

/// Frame marker of lossless JPEG with Huffman coding (SOF3, ITU-T T.81 table B.1).
pub(crate) const LOSSLESS: u8 = 0xC3;

/// Whether a JPEG 2000 stream ends with a tile of no byte (ITU-T T.800 A.4.3: SOD, then EOC): every packet takes a byte
/// or more, and a decoder takes none for a picture of one grey.
pub(crate) fn ends_without_data(bytes: &[u8]) -> bool {
    let end = bytes.iter().rposition(|&b| b != 0).map_or(0, |last| last + 1);
    bytes.get(..end).is_some_and(|stream| stream.ends_with(&[0xFF, 0x93, 0xFF, 0xD9]))
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

/// Whether the tile-parts of a JPEG 2000 codestream follow each other without a gap up to its end marker (ITU-T T.800
/// A.4.2). A stream that lost bytes in its middle still has that marker, and a decoder makes up what is missing.
pub(crate) fn tile_parts_are_whole(bytes: &[u8]) -> bool {
    let walk = || {
        let start = bytes.windows(4).take(4096).position(|w| w == [0xFF, 0x4F, 0xFF, 0x51])?;
        let mut rest = bytes.get(start + 2..)?;
        loop {
            let (marker, after) = rest.split_first_chunk::<2>()?;
            match marker {
                [0xFF, 0xD9] => return Some(()),
                [0xFF, 0x90] => {
                    let length =
                        usize::try_from(u32::from_be_bytes(*after.get(4..8)?.first_chunk()?)).ok()?;
                    if length == 0 {
                        return Some(()); // the last one, up to the end marker
                    }
                    rest = rest.get(length.max(12)..)?;
                }
                [0xFF, _] => rest = after.get(usize::from(u16::from_be_bytes(*after.first_chunk()?))..)?,
                _ => return None,
            }
        }
    };
    walk().is_some()
}

/// Samples of `precision` bits whose top bit is a sign that the stream did not know of.
pub(crate) fn extend_sign(samples: &mut [i16], precision: u32) {
    if let shift @ 1..=15 = 16 - precision.min(16) {
        for sample in samples {
            *sample = (*sample << shift) >> shift;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(process: u8, side: usize) -> Picture {
        Picture { rows: side, columns: side, components: 1, precision: 16, signed: false, process }
    }

    /// 4096 x 4096 pixels in 52 bytes decoded to one grey, and the series to a score of 0.
    #[test]
    fn a_stream_without_pixels_is_no_picture() {
        assert!(!holds_jpeg(&picture(LOSSLESS, 4096), 52));
        assert!(holds_jpeg(&picture(LOSSLESS, 16), 32), "256 pixels, a bit each");
        assert!(!holds_jpeg(&picture(LOSSLESS, 16), 31));
        assert!(!holds_jpeg(&picture(0xC0, 4096), 142));
        assert!(holds_jpeg(&picture(0xC0, 20), 2), "3 x 3 blocks");
        assert!(ends_without_data(&[1, 2, 0xFF, 0x93, 0xFF, 0xD9, 0]));
        assert!(!ends_without_data(&[1, 2, 0xFF, 0x93, 0, 0xFF, 0xD9]));
    }

    /// A codestream of a SIZ segment of no content and two tile-parts of 14 and 16 bytes.
    #[test]
    fn tile_parts_follow_each_other() {
        let tile =
            |length: u8, data: &[u8]| [&[0xFF, 0x90, 0, 10, 0, 0, 0, 0, 0, length, 0, 1], data].concat();
        let stream = |tiles: &[Vec<u8>]| {
            [&[0xFF, 0x4F, 0xFF, 0x51, 0, 2][..], &tiles.concat(), &[0xFF, 0xD9]].concat()
        };
        let good = stream(&[tile(14, &[0xFF, 0x93]), tile(16, &[0xFF, 0x93, 7, 7])]);
        assert!(tile_parts_are_whole(&good));
        // Without its last byte a length reads 0, which means the rest of the stream.
        for at in (6..good.len() - 2).filter(|at| ![15, 29].contains(at)) {
            let mut cut = good.clone();
            cut.remove(at);
            assert!(!tile_parts_are_whole(&cut), "without byte {at}");
        }
        assert!(tile_parts_are_whole(&stream(&[tile(0, &[0xFF, 0x93, 1, 2, 3])])), "of unstated length");
    }
}
