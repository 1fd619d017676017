//! RLE Lossless: PackBits by byte plane, high bytes first (PS3.5 annex G). Exact length or nothing.

use super::damaged;
use crate::error::Refusal;

/// Size of the header: a count and 15 offsets.
const HEADER: usize = 64;

/// Unpacks a frame of so many samples of one or two bytes into samples of little endian.
pub(super) fn unpacked(packed: &[u8], samples: usize, bytes_each: usize) -> Result<Vec<u8>, Refusal> {
    let short = || damaged("the RLE header of a frame is damaged");
    let header = packed.get(..HEADER).ok_or_else(short)?;
    let mut words = header.as_chunks().0.iter().map(|b| usize::try_from(u32::from_le_bytes(*b)));
    let mut word = || words.next().and_then(Result::ok).ok_or_else(short);
    if word()? != bytes_each {
        return Err(damaged("an RLE frame has another number of segments than its samples have bytes"));
    }
    let mut starts = (0..bytes_each).map(|_| word()).collect::<Result<Vec<_>, _>>()?;
    starts.push(packed.len());
    let mut frame = vec![0; samples * bytes_each];
    for (plane, (start, end)) in starts.iter().zip(starts.iter().skip(1)).enumerate() {
        let segment = packed.get(*start..*end).filter(|_| *start >= HEADER).ok_or_else(short)?;
        let low = bytes_each - 1 - plane;
        let mut left = frame.iter_mut().skip(low).step_by(bytes_each);
        unpack(segment, |byte| left.next().map(|to| *to = byte).is_some());
        if left.next().is_some() {
            return Err(damaged("an RLE segment is too short"));
        }
    }
    Ok(frame)
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

    fn frame(segments: &[&[u8]]) -> Vec<u8> {
        let mut bytes = vec![0; HEADER];
        bytes[0] = u8::try_from(segments.len()).unwrap();
        let mut start = HEADER;
        for (i, segment) in segments.iter().enumerate() {
            bytes[4 * i + 4] = u8::try_from(start).unwrap();
            start += segment.len();
        }
        [bytes, segments.concat()].concat()
    }

    /// PS3.5 G.3.1: -3 repeats a byte four times, 3 copies four bytes, -128 does nothing.
    #[test]
    fn packbits_by_hand() {
        let two = frame(&[&[0xFD, 0x01], &[0x80, 0x03, 1, 2, 3, 0xFF, 0]]);
        assert_eq!(unpacked(&two, 4, 2).unwrap(), [1, 1, 2, 1, 3, 1, 0xFF, 1]);
        assert_eq!(unpacked(&frame(&[&[0xFE, 7, 0, 9]]), 4, 1).unwrap(), [7, 7, 7, 9]);
    }

    #[test]
    fn short_segments_are_refused() {
        for bytes in [frame(&[&[0xFE, 0x01], &[0x03, 1, 2, 3, 4]]), frame(&[&[0xFD, 0x01], &[0x03, 1, 2]])] {
            assert!(unpacked(&bytes, 4, 2).is_err());
        }
        assert!(unpacked(&frame(&[&[0xFD, 1]]), 4, 2).is_err());
        assert!(unpacked(&[0xFF; 70], 4, 2).is_err());
        assert!(unpacked(&[], 4, 1).is_err());
    }
}
