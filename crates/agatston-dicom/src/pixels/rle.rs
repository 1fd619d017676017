//! RLE Lossless: PackBits by byte plane, high bytes first (PS3.5 annex G). Exact length or nothing.

use super::{Fault, Format};

/// Size of the header: a count and 15 offsets.
const HEADER: usize = 64;

/// Decodes one frame of 16-bit samples.
pub(crate) fn decode(format: &Format, bytes: &[u8], into: &mut Vec<i16>) -> Result<(), Fault> {
    let damaged = |what: &str| Fault::Decode(format!("the RLE header {what}"));
    let header = bytes.get(..HEADER).ok_or(Fault::Truncated)?;
    let word = |i: usize| {
        let four = header.get(4 * i..4 * i + 4)?.try_into().ok()?;
        usize::try_from(u32::from_le_bytes(four)).ok()
    };
    if word(0) != Some(2) {
        return Err(damaged("does not name the two segments of 16-bit samples"));
    }
    let (Some(high), Some(low)) = (word(1), word(2)) else { return Err(Fault::Truncated) };
    if high < HEADER || low < high || low > bytes.len() {
        return Err(damaged("names segments outside the frame"));
    }
    into.clear();
    into.resize(format.pixels(), 0);
    let mut left = into.as_mut_slice().iter_mut();
    unpack(bytes.get(high..low).unwrap_or_default(), |byte| {
        left.next().map(|sample| *sample = i16::from_be_bytes([byte, 0])).is_some()
    });
    if left.len() > 0 {
        return Err(Fault::Decode("an RLE segment is too short".into()));
    }
    let mut left = into.as_mut_slice().iter_mut();
    unpack(bytes.get(low..).unwrap_or_default(), |byte| {
        left.next().map(|sample| *sample |= i16::from_be_bytes([0, byte])).is_some()
    });
    if left.len() > 0 { Err(Fault::Decode("an RLE segment is too short".into())) } else { Ok(()) }
}

/// Unpacks PackBits until the input ends or `put` has had enough.
fn unpack(mut packed: &[u8], mut put: impl FnMut(u8) -> bool) {
    while let Some((&head, rest)) = packed.split_first() {
        match usize::from(head) {
            literal @ 0..=127 => {
                let run = rest.get(..=literal).unwrap_or(rest);
                if !run.iter().all(|byte| put(*byte)) {
                    return;
                }
                packed = rest.get(literal + 1..).unwrap_or_default();
            }
            128 => packed = rest,
            repeat => {
                let Some((&byte, rest)) = rest.split_first() else { return };
                if !(0..257 - repeat).all(|_| put(byte)) {
                    return;
                }
                packed = rest;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(segments: [&[u8]; 2]) -> Vec<u8> {
        let mut bytes = vec![0; HEADER];
        bytes[0] = 2;
        bytes[4] = 64;
        bytes[8] = 64 + u8::try_from(segments[0].len()).unwrap();
        bytes.extend_from_slice(segments[0]);
        bytes.extend_from_slice(segments[1]);
        bytes
    }

    /// PS3.5 G.3.1: -3 repeats a byte four times, 3 copies four bytes, -128 does nothing.
    #[test]
    fn packbits_by_hand() {
        let format = Format::plain(2, 2);
        let mut into = Vec::new();
        decode(&format, &frame([&[0xFD, 0x01], &[0x80, 0x03, 1, 2, 3, 0xFF, 0]]), &mut into).unwrap();
        assert_eq!(into, [0x101, 0x102, 0x103, 0x1FF]);
    }

    #[test]
    fn short_segments_are_refused() {
        let format = Format::plain(2, 2);
        let mut into = Vec::new();
        assert!(decode(&format, &frame([&[0xFE, 0x01], &[0x03, 1, 2, 3, 4]]), &mut into).is_err());
        assert!(decode(&format, &frame([&[0xFD, 0x01], &[0x03, 1, 2]]), &mut into).is_err());
        assert!(decode(&format, &[0xFF; 70], &mut into).is_err());
        assert!(decode(&format, &[], &mut into).is_err());
    }
}
