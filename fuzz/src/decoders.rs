//! The decoders: the input is the compressed frame, behind a few bytes that say what the header tells of it.
//!
//! ```text
//! 0 rows - 1   1 columns - 1   2 bits stored - 1 (low nibble), signed (0x10), negative slope (0x20)
//! 3 number of frames   4 offset table   5 transfer syntax   6 number of fragments   7.. the compressed frame
//! ```

use std::io::{Read, Write};

use agatston_dicom::{Series, Source};
use flate2::{Compression, read::DeflateDecoder, write::DeflateEncoder};

use super::{
    encapsulated::{INTERCEPT, Picture, Table, file, meta},
    pixels::{self, Image},
};

/// Bytes before the compressed frame.
const HEAD: usize = 7;

/// RLE Lossless, against a decoder so plain that one can see it is right.
pub(crate) fn rle(data: &[u8]) -> bool {
    let Some(case) = Case::of(data, &["1.2.840.10008.1.2.5"]) else { return false };
    let decoded = case.decode();
    if case.table_is_right() {
        let expected = reference_rle(&case.packed(), case.pixels()).and_then(|words| case.hu_of(&words));
        let hu = decoded.as_ref().map(hu);
        let readable = (2..=16).contains(&case.picture.bits_stored);
        assert_eq!(hu, expected.filter(|_| readable), "{} x {}", case.picture.rows, case.picture.columns);
    }
    decoded.is_some()
}

/// JPEG: baseline, extended, lossless.
pub(crate) fn jpeg(data: &[u8]) -> bool {
    let syntaxes = ["50", "51", "57", "70"].map(|last| format!("1.2.840.10008.1.2.4.{last}"));
    decodes(data, &syntaxes)
}

/// JPEG-LS, lossless and near-lossless.
pub(crate) fn jpeg_ls(data: &[u8]) -> bool {
    let syntaxes = ["80", "81"].map(|last| format!("1.2.840.10008.1.2.4.{last}"));
    decodes(data, &syntaxes)
}

/// JPEG 2000 and high-throughput JPEG 2000.
pub(crate) fn jpeg_2000(data: &[u8]) -> bool {
    let syntaxes = ["90", "91", "201", "202", "203"].map(|last| format!("1.2.840.10008.1.2.4.{last}"));
    decodes(data, &syntaxes)
}

fn decodes(data: &[u8], syntaxes: &[String]) -> bool {
    let syntaxes: Vec<&str> = syntaxes.iter().map(String::as_str).collect();
    Case::of(data, &syntaxes).is_some_and(|case| case.decode().is_some())
}

/// A deflated data set: what comes out of it is what the same data set is that was never packed.
pub(crate) fn deflated(data: &[u8]) -> bool {
    let Some((&way, data)) = data.split_first() else { return false };
    // Either the input is packed for a fuzzer that cannot pack, or it is what is packed already.
    let (plain, packed) = if way % 2 == 0 {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(data).expect("memory takes everything");
        (data.to_vec(), encoder.finish().expect("memory takes everything"))
    } else {
        let mut plain = Vec::new();
        let whole = DeflateDecoder::new(data).take(UNPACKED_MAX + 1).read_to_end(&mut plain);
        if whole.is_err() || plain.len() as u64 > UNPACKED_MAX {
            // Damaged, or a bomb: there is nothing to compare with.
            return pixels_of("1.2.840.10008.1.2.1.99", data).is_some();
        }
        (plain, data.to_vec())
    };
    let (plain, packed) =
        (pixels_of("1.2.840.10008.1.2.1", &plain), pixels_of("1.2.840.10008.1.2.1.99", &packed));
    assert!(plain == packed, "packed otherwise than plain: {plain:?} {packed:?}");
    plain.is_some()
}

/// Most bytes for which packed and plain are compared.
const UNPACKED_MAX: u64 = 1 << 20;

/// Every plane of every series of a file, from its data set; `None` where there is none or one is refused.
fn pixels_of(syntax: &str, data_set: &[u8]) -> Option<Vec<Vec<Image>>> {
    let bytes = [&[0; 128], b"DICM".as_slice(), &meta(syntax), data_set].concat();
    let series = pixels::series(vec![Source::bytes("fuzzed.dcm", bytes)]);
    let images = series.iter().map(pixels::images).collect::<Option<Vec<_>>>()?;
    (!images.is_empty()).then_some(images)
}

/// A compressed frame and what the header says of it.
struct Case<'a> {
    picture: Picture<'a>,
    frames: usize,
    table: Table,
    fragments: usize,
    frame: &'a [u8],
}

impl<'a> Case<'a> {
    fn of(data: &'a [u8], syntaxes: &[&'a str]) -> Option<Self> {
        let (&[rows, columns, bits, frames, table, syntax, fragments], frame) =
            data.split_first_chunk::<HEAD>()?;
        let picture = Picture {
            syntax: syntaxes[usize::from(syntax) % syntaxes.len()],
            rows: u16::from(rows) + 1,
            columns: u16::from(columns) + 1,
            bits_stored: u16::from(bits & 0x0F) + 1,
            signed: bits & 0x10 != 0,
            slope: if bits & 0x20 != 0 { -1 } else { 1 },
        };
        let (table, frame) = match (table % 4, frame.split_first_chunk::<8>()) {
            (0, _) => (Table::None, frame),
            (1, _) => (Table::Basic, frame),
            (2, _) => (Table::Extended, frame),
            (_, Some((stated, frame))) => (Table::Stated(stated.to_vec()), frame),
            (_, None) => return None,
        };
        let (frames, fragments) = (2 + usize::from(frames % 3), 1 + usize::from(fragments % 4));
        Some(Self { picture, frames, table, fragments, frame })
    }

    /// The first frame as its decoder reads it: fragments have an even number of bytes.
    fn packed(&self) -> Vec<u8> {
        self.parts().concat()
    }

    /// The first frame in fragments.
    fn parts(&self) -> Vec<Vec<u8>> {
        let size = self.frame.len().div_ceil(self.fragments).next_multiple_of(2).max(2);
        let part = |part: &[u8]| {
            let mut part = part.to_vec();
            part.resize(part.len().next_multiple_of(2), 0);
            part
        };
        self.frame.chunks(size).map(part).collect()
    }

    /// The first plane; `None` when it is refused. The others hold no more than the marker that a frame begins with.
    fn decode(&self) -> Option<Image> {
        let marker = self.frame.get(..2)?.to_vec();
        let mut frames = vec![vec![marker]; self.frames];
        frames[0] = self.parts();
        let bytes = file(&self.picture, &self.table, &frames);
        let all = pixels::series(vec![Source::bytes("fuzzed.dcm", bytes)]);
        let series: &Series = all.first()?;
        pixels::first_images(series, 1)?.pop()
    }

    fn pixels(&self) -> usize {
        usize::from(self.picture.rows) * usize::from(self.picture.columns)
    }

    /// Whether the file says truly where the frames begin, or leaves no doubt.
    fn table_is_right(&self) -> bool {
        match self.table {
            Table::Basic | Table::Extended => true,
            Table::None => self.parts().len() == 1,
            Table::Stated(_) => false,
        }
    }

    /// HU of stored words; `None` when a word has bits outside BitsStored that are no sign.
    fn hu_of(&self, words: &[u16]) -> Option<Vec<f64>> {
        let Picture { bits_stored, signed, slope, .. } = self.picture;
        let hu = |word: &u16| {
            let above = 16 - bits_stored;
            let kept = (word << above) >> above;
            let extended = (word << above).cast_signed() >> above;
            let clean = kept == *word || (signed && extended.cast_unsigned() == *word);
            let number = if signed { i32::from(extended) } else { i32::from(kept) };
            clean.then(|| f64::from(i32::from(slope) * number + INTERCEPT))
        };
        words.iter().map(hu).collect()
    }
}

/// HU of every pixel.
fn hu(image: &Image) -> Vec<f64> {
    image.stored.iter().map(|stored| image.rescale.hu(*stored)).collect()
}

/// PS3.5 annex G, one segment after the other, bytes to spare ignored; `None` when a segment is too short.
fn reference_rle(frame: &[u8], pixels: usize) -> Option<Vec<u16>> {
    let number = |i: usize| {
        let four = frame.get(..64)?.get(4 * i..4 * i + 4)?;
        usize::try_from(u32::from_le_bytes(four.try_into().ok()?)).ok()
    };
    if number(0)? != 2 || number(1)? < 64 {
        return None;
    }
    let high = reference_packbits(frame.get(number(1)?..number(2)?)?, pixels)?;
    let low = reference_packbits(frame.get(number(2)?..)?, pixels)?;
    Some(high.into_iter().zip(low).map(|(high, low)| u16::from_be_bytes([high, low])).collect())
}

fn reference_packbits(packed: &[u8], wanted: usize) -> Option<Vec<u8>> {
    let (mut out, mut at) = (Vec::new(), 0);
    while out.len() < wanted {
        let count = packed.get(at)?.cast_signed();
        at += 1;
        if count >= 0 {
            for _ in 0..=count {
                out.extend(packed.get(at));
                at += 1;
            }
        } else if count != -128 {
            let byte = *packed.get(at)?;
            out.extend(std::iter::repeat_n(byte, 1 + usize::from(count.unsigned_abs())));
            at += 1;
        }
    }
    out.truncate(wanted);
    Some(out)
}
