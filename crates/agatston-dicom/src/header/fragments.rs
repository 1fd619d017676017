//! Encapsulated pixels: which bytes of the file belong to which frame (PS3.5 annex A.4).
//!
//! Only the heads of the items are read. Offsets are believed only when they point at the items that are there.

use std::{
    io::{self, Read},
    ops::Range,
};

use super::{tag, walk::Damage};
use crate::sources::Source;

/// Most fragments of one file.
const FRAGMENTS_MAX: usize = 1 << 20;

/// Size of an item's head.
const HEAD: u64 = 8;

/// What is wrong when no table and no marker helps.
const UNCLEAR: &str = "fragments that cannot be told apart into frames";

/// The byte ranges of each frame.
pub(crate) type Frames = Vec<Vec<Range<u64>>>;

/// Offset tables that the header brings besides the basic one.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ExtendedTable<'a> {
    pub(crate) offsets: Option<&'a [u8]>,
}

/// Finds the fragments of each frame; `start` is the offset of the basic offset table's item.
pub(crate) fn frames(
    source: &Source,
    start: u64,
    frames: usize,
    extended: ExtendedTable<'_>,
) -> Result<Frames, Damage> {
    let mut bytes = Bytes::new(source)?;
    let (_, basic) = bytes.item(start)?.ok_or(Damage::Malformed("no offset table"))?;
    if basic.end - basic.start > 4 * 65_535 {
        return Err(Damage::Limit("the offset table is longer than 65,535 frames need"));
    }
    let mut offsets: Vec<u64> = bytes
        .read(basic.clone())?
        .chunks_exact(4)
        .map(|b| b.try_into().map_or(0, |b| u64::from(u32::from_le_bytes(b))))
        .collect();
    if let Some(table) = extended.offsets.filter(|_| offsets.is_empty()) {
        offsets = table.chunks_exact(8).filter_map(|b| b.try_into().ok().map(u64::from_le_bytes)).collect();
    }
    let by_markers = offsets.is_empty() && frames > 1;
    let fragments = fragments(&mut bytes, basic.end, by_markers)?;
    if by_markers && fragments.len() != frames {
        return by_marker(&fragments, frames);
    }
    assign(&fragments, &offsets, basic.end, frames)
}

/// One fragment.
struct Fragment {
    /// Offset of its item.
    head: u64,
    /// Where its value is.
    value: Range<u64>,
    /// Whether it begins as a picture of JPEG or JPEG 2000 does, where that was asked.
    begins: bool,
}

/// Every fragment, in one pass forward.
fn fragments(bytes: &mut Bytes<'_>, mut at: u64, look: bool) -> Result<Vec<Fragment>, Damage> {
    let mut found = Vec::new();
    // Without a delimiter the last item has to end with the file.
    while at < bytes.source.len() {
        let Some((head, value)) = bytes.item(at)? else { break };
        at = value.end;
        let marker = value.start..value.end.min(value.start + 2);
        let begins = look && matches!(*bytes.read(marker)?, [0xFF, 0xD8 | 0x4F]);
        found.push(Fragment { head, value, begins });
        if found.len() > FRAGMENTS_MAX {
            return Err(Damage::Limit("the pixel data have more than 1,048,576 fragments"));
        }
    }
    Ok(found)
}

/// Without an offset table, a fragment that begins with the start marker of JPEG or JPEG 2000 begins a frame; the
/// end marker is looked for when the frame is decoded.
fn by_marker(fragments: &[Fragment], frames: usize) -> Result<Frames, Damage> {
    let mut shared: Frames = Vec::new();
    for fragment in fragments {
        if fragment.begins {
            shared.push(Vec::new());
        }
        shared.last_mut().ok_or(Damage::Malformed(UNCLEAR))?.push(fragment.value.clone());
    }
    if shared.len() == frames { Ok(shared) } else { Err(Damage::Malformed(UNCLEAR)) }
}

/// Shares the fragments out among the frames.
fn assign(fragments: &[Fragment], offsets: &[u64], base: u64, frames: usize) -> Result<Frames, Damage> {
    let unclear = Damage::Malformed(UNCLEAR);
    if frames == 1 && offsets.len() <= 1 {
        return Ok(vec![fragments.iter().map(|f| f.value.clone()).collect()]);
    }
    if offsets.is_empty() {
        return Ok(fragments.iter().map(|f| vec![f.value.clone()]).collect());
    }
    if offsets.len() != frames {
        return Err(unclear);
    }
    let mut shared: Frames = Vec::with_capacity(frames);
    let mut next = offsets.iter().peekable();
    for Fragment { head, value, .. } in fragments {
        if next.next_if(|offset| base.checked_add(**offset) == Some(*head)).is_some() {
            shared.push(Vec::new());
        }
        match shared.last_mut() {
            Some(frame) => frame.push(value.clone()),
            None => return Err(unclear),
        }
    }
    if shared.len() == frames { Ok(shared) } else { Err(unclear) }
}

/// Bytes that are read at a time: the heads of small fragments come together.
const AHEAD: u64 = 4096;

/// Bytes of a source, asked for in their order: what is packed is unpacked once, not anew for every fragment.
struct Bytes<'a> {
    source: &'a Source,
    /// The stream of a packed source, and its place.
    packed: Option<(Box<dyn Read + Send>, u64)>,
    buffer: Vec<u8>,
    /// Where the buffer begins.
    at: u64,
}

impl<'a> Bytes<'a> {
    fn new(source: &'a Source) -> Result<Self, Damage> {
        let reader = source.is_packed().then(|| source.reader(0)).transpose().map_err(Damage::Io)?;
        Ok(Self { source, packed: reader.map(|reader| (reader, 0)), buffer: Vec::new(), at: 0 })
    }

    /// The item at `at`: offset of its head and range of its value; `None` at the delimiter.
    fn item(&mut self, at: u64) -> Result<Option<(u64, Range<u64>)>, Damage> {
        let Some((tag_bytes, length)) = self.read(at..at + HEAD)?.split_first_chunk::<4>() else {
            return Err(Damage::Truncated(tag::PIXEL_DATA));
        };
        let length = length.try_into().map_or(u32::MAX, u32::from_le_bytes);
        match *tag_bytes {
            [0xFE, 0xFF, 0xDD, 0xE0] => Ok(None),
            [0xFE, 0xFF, 0x00, 0xE0] => {
                let value = at + HEAD..at + HEAD + u64::from(length);
                if value.end > self.source.len() {
                    return Err(Damage::Truncated(tag::PIXEL_DATA));
                }
                Ok(Some((at, value)))
            }
            _ => Err(Damage::Malformed("encapsulated pixel data without items")),
        }
    }

    /// Some bytes, not before those that were asked for last.
    fn read(&mut self, range: Range<u64>) -> Result<&[u8], Damage> {
        let held = range.start >= self.at && range.end <= self.at + self.buffer.len() as u64;
        if !held {
            self.load(&range).map_err(|e| match e.kind() {
                io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidData => {
                    Damage::Truncated(tag::PIXEL_DATA)
                }
                _ => Damage::Io(e),
            })?;
        }
        let place = |offset: u64| usize::try_from(offset - self.at).unwrap_or(usize::MAX);
        let bytes = self.buffer.get(place(range.start)..place(range.end));
        bytes.ok_or(Damage::Truncated(tag::PIXEL_DATA))
    }

    fn load(&mut self, range: &Range<u64>) -> io::Result<()> {
        self.at = range.start;
        let Some((reader, place)) = &mut self.packed else {
            let end = range.end.max((range.start + AHEAD).min(self.source.len()));
            return self.source.read_range(range.start..end, &mut self.buffer);
        };
        let skip = range.start.checked_sub(*place).ok_or(io::ErrorKind::InvalidInput)?;
        io::copy(&mut reader.by_ref().take(skip), &mut io::sink())?;
        *place = range.end;
        self.buffer.resize(usize::try_from(range.end - range.start).unwrap_or(0), 0);
        reader.read_exact(&mut self.buffer)
    }
}
