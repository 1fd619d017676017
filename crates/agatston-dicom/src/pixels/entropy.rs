//! Whether the Huffman codes of a JPEG picture are as many as its pixels need (ITU-T T.81 annexes F and H).
//!
//! ```text
//! for each pixel of a lossless picture, for each block of a lossy one:
//!     read its codes and jump over the bits that they announce
//! then at most a byte may be left before the next marker
//! ```
//!
//! A stream that lost bytes in its middle still has its end marker. The decoders make up what is missing, in silence;
//! here nothing is decoded, so nothing can be made up. What has several scans or components is left to the decoder.

use super::codestream::{LOSSLESS, Picture};

/// Longest Huffman code, bits.
const LONGEST: u32 = 16;

/// Bytes that may be left over: encoders pad the last byte, and some to an even length.
const LEFT_OVER: usize = 2;

/// Whether the codes of a stream are those of a whole picture; `None` where the stream is of a kind that is not walked.
pub(crate) fn is_whole(bytes: &[u8], picture: &Picture) -> Option<bool> {
    let scan = Scan::find(bytes)?;
    let units = match picture.process {
        LOSSLESS => picture.rows * picture.columns,
        0xC0 | 0xC1 => picture.rows.div_ceil(8) * picture.columns.div_ceil(8),
        _ => return None,
    };
    let mut bits = Bits { bytes: scan.data, at: 0, held: 0, count: 0 };
    for unit in 0..units {
        if scan.restart > 0 && unit > 0 && unit.is_multiple_of(scan.restart) && !bits.restart() {
            return Some(false);
        }
        let read = if picture.process == LOSSLESS { bits.value(&scan.dc) } else { bits.block(&scan) };
        if read.is_none() {
            return Some(false);
        }
    }
    Some(bits.left_over() <= LEFT_OVER)
}

/// A Huffman table: by the next 16 bits, the length of the code and the value it stands for; length 0 for no code.
struct Table(Vec<(u8, u8)>);

impl Table {
    /// From the number of codes of each length and their values (T.81 C.2).
    fn new(counts: &[u8; 16], values: &[u8]) -> Option<Self> {
        let mut table = vec![(0, 0); 1 << LONGEST];
        let mut values = values.iter();
        let mut next = 0_usize;
        for (length, &count) in (1_u8..).zip(counts) {
            let width = 1_usize << (LONGEST - u32::from(length));
            for _ in 0..count {
                table.get_mut(next..next + width)?.fill((length, *values.next()?));
                next += width;
            }
        }
        Some(Self(table))
    }
}

/// The one scan of a picture of one component.
struct Scan<'b> {
    dc: Table,
    ac: Option<Table>,
    /// Units between two restart markers; 0 without.
    restart: usize,
    /// Entropy-coded data and what follows.
    data: &'b [u8],
}

impl<'b> Scan<'b> {
    fn find(bytes: &'b [u8]) -> Option<Self> {
        let (mut dc, mut ac): ([Option<Table>; 4], [Option<Table>; 4]) = Default::default();
        let mut restart = 0;
        let mut rest = bytes.strip_prefix(&[0xFF, 0xD8])?;
        loop {
            let [0xFF, marker, after @ ..] = rest else { return None };
            if *marker == 0xFF {
                rest = rest.get(1..)?;
                continue;
            }
            let length = usize::from(u16::from_be_bytes(*after.first_chunk()?));
            let segment = after.get(2..length)?;
            rest = after.get(length..)?;
            match marker {
                0xC4 => tables(segment, &mut dc, &mut ac)?,
                0xDD => restart = usize::from(u16::from_be_bytes(*segment.first_chunk()?)),
                0xDA => {
                    let [1, _, ids, ..] = *segment else { return None };
                    let (dc, ac) = (dc.get_mut(usize::from(ids >> 4))?, ac.get_mut(usize::from(ids & 15))?);
                    return Some(Self { dc: dc.take()?, ac: ac.take(), restart, data: rest });
                }
                _ => {}
            }
        }
    }
}

/// The tables of a DHT segment (T.81 B.2.4.2).
fn tables(mut segment: &[u8], dc: &mut [Option<Table>; 4], ac: &mut [Option<Table>; 4]) -> Option<()> {
    while let [head, rest @ ..] = segment {
        let (counts, rest) = rest.split_first_chunk::<16>()?;
        let count = counts.iter().map(|&n| usize::from(n)).sum();
        let (values, rest) = rest.split_at_checked(count)?;
        let kind = if head >> 4 == 0 { &mut *dc } else { &mut *ac };
        *kind.get_mut(usize::from(head & 15))? = Some(Table::new(counts, values)?);
        segment = rest;
    }
    Some(())
}

/// Entropy-coded data, bit by bit, up to the next marker.
struct Bits<'b> {
    bytes: &'b [u8],
    at: usize,
    held: u64,
    count: u32,
}

impl Bits<'_> {
    /// Holds 32 bits or more, or all there are before the marker.
    fn fill(&mut self) {
        while self.count <= 56 {
            let Some(&byte) = self.bytes.get(self.at) else { return };
            if byte == 0xFF {
                if self.bytes.get(self.at + 1) != Some(&0) {
                    return; // a marker
                }
                self.at += 1;
            }
            self.at += 1;
            self.held = (self.held << 8) | u64::from(byte);
            self.count += 8;
        }
    }

    /// The value of the next code; `None` when there is none.
    fn code(&mut self, table: &Table) -> Option<u8> {
        if self.count < 2 * LONGEST {
            self.fill();
        }
        // Where fewer bits are held, ones stand in for the rest: no code may need them.
        let shown = if self.count >= LONGEST {
            self.held >> (self.count - LONGEST)
        } else {
            let lacking = LONGEST - self.count;
            (self.held << lacking) | ((1 << lacking) - 1)
        };
        let (length, value) = *table.0.get(usize::try_from(shown & 0xFFFF).ok()?)?;
        (length > 0).then_some(())?;
        self.jump(u32::from(length))?;
        Some(value)
    }

    fn jump(&mut self, bits: u32) -> Option<()> {
        if self.count < bits {
            self.fill();
        }
        self.count = self.count.checked_sub(bits)?;
        Some(())
    }

    /// A difference: its category and as many bits; the largest category has none (T.81 H.1.2.2).
    fn value(&mut self, dc: &Table) -> Option<()> {
        match u32::from(self.code(dc)?) {
            16 => Some(()),
            category @ 0..16 => self.jump(category),
            _ => None,
        }
    }

    /// The coefficients of a block (T.81 F.1.2.2).
    fn block(&mut self, scan: &Scan<'_>) -> Option<()> {
        let ac = scan.ac.as_ref()?;
        self.value(&scan.dc)?;
        let mut at = 1;
        while at < 64 {
            let code = self.code(ac)?;
            let (run, category) = (u32::from(code >> 4), u32::from(code & 15));
            match (run, category) {
                (15, 0) => at += 16,
                (_, 0) => return Some(()),
                _ => {
                    at += run + 1;
                    self.jump(category)?;
                }
            }
        }
        (at <= 64).then_some(())
    }

    /// Goes over a restart marker; what is left of the interval before it is less than a byte.
    fn restart(&mut self) -> bool {
        if self.left_over() > LEFT_OVER {
            return false;
        }
        (self.held, self.count) = (0, 0);
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let found = rest.windows(2).position(|pair| matches!(*pair, [0xFF, 0xD0..=0xD7]));
        match found {
            Some(skipped) if skipped <= LEFT_OVER => {
                self.at += skipped + 2;
                true
            }
            _ => false,
        }
    }

    /// Whole bytes between here and the next marker.
    fn left_over(&mut self) -> usize {
        let mut bytes = usize::try_from(self.count / 8).unwrap_or(usize::MAX);
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let marker =
            rest.windows(2).position(|pair| matches!(*pair, [0xFF, next] if next != 0 && next != 0xFF));
        bytes += marker.unwrap_or(rest.len());
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One code of one bit for category 0 and one for the end of a block; a block of two bits is flat.
    fn stream(data: &[u8]) -> Vec<u8> {
        let table = |kind: u8| {
            let mut segment = vec![0xFF, 0xC4, 0, 20, kind];
            segment.extend([1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
            segment
        };
        let scan = vec![0xFF, 0xDA, 0, 8, 1, 1, 0x00, 0, 63, 0];
        [vec![0xFF, 0xD8], table(0x00), table(0x10), scan, data.to_vec(), vec![0xFF, 0xD9]].concat()
    }

    fn picture(process: u8, side: usize) -> Picture {
        Picture { rows: side, columns: side, components: 1, precision: 12, signed: false, process }
    }

    /// By hand: 16 x 16 pixels are 4 blocks of 2 bits, one byte; 64 x 64 are 64 blocks, 16 bytes; lossless, 16 x 16
    /// pixels of one bit are 32 bytes.
    #[test]
    fn codes_are_counted() {
        let check = |data: &[u8], process, side, whole| {
            assert_eq!(is_whole(&stream(data), &picture(process, side)), Some(whole), "{} bytes", data.len());
        };
        check(&[0], 0xC1, 16, true);
        check(&[], 0xC1, 16, false);
        check(&[0; 16], 0xC1, 64, true);
        check(&[0; 15], 0xC1, 64, false);
        check(&[0; 19], 0xC1, 64, false);
        check(&[0; 32], LOSSLESS, 16, true);
        check(&[0; 31], LOSSLESS, 16, false);
        check(&[0x80; 32], LOSSLESS, 16, false); // 1 is no code
        assert_eq!(is_whole(&stream(&[0]), &picture(0xC2, 16)), None, "progressive");
        assert_eq!(is_whole(&[0xFF, 0xD8, 0xFF], &picture(0xC1, 16)), None);
    }
}
