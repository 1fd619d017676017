//! Encapsulated pixels: which bytes of the file belong to which frame (PS3.5 annex A.4).
//!
//! Only the heads of the items are read. Offsets are believed only when they point at the items that are there.

use std::{io, ops::Range};

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
    let mut buffer = Vec::new();
    let (_, basic) = item(source, start, &mut buffer)?.ok_or(Damage::Malformed("no offset table"))?;
    if basic.end - basic.start > 4 * 65_535 {
        return Err(Damage::Limit("the offset table is too long"));
    }
    read(source, basic.clone(), &mut buffer)?;
    let mut offsets: Vec<u64> = buffer
        .chunks_exact(4)
        .map(|b| b.try_into().map_or(0, |b| u64::from(u32::from_le_bytes(b))))
        .collect();
    if let Some(table) = extended.offsets.filter(|_| offsets.is_empty()) {
        offsets = table.chunks_exact(8).filter_map(|b| b.try_into().ok().map(u64::from_le_bytes)).collect();
    }
    let fragments = fragments(source, basic.end)?;
    if offsets.is_empty() && frames > 1 && fragments.len() != frames {
        return by_marker(source, &fragments, frames);
    }
    assign(&fragments, &offsets, basic.end, frames)
}

/// Every fragment: offset of its item and range of its value.
fn fragments(source: &Source, mut at: u64) -> Result<Vec<(u64, Range<u64>)>, Damage> {
    let mut found = Vec::new();
    let mut buffer = Vec::new();
    // Without a delimiter the last item has to end with the file.
    while at < source.len() {
        let Some((head, value)) = item(source, at, &mut buffer)? else { break };
        at = value.end;
        found.push((head, value));
        if found.len() > FRAGMENTS_MAX {
            return Err(Damage::Limit("too many fragments of pixel data"));
        }
    }
    Ok(found)
}

/// Without an offset table, a fragment that begins with the start marker of JPEG or JPEG 2000 begins a frame; the
/// end marker is looked for when the frame is decoded.
fn by_marker(source: &Source, fragments: &[(u64, Range<u64>)], frames: usize) -> Result<Frames, Damage> {
    let mut shared: Frames = Vec::new();
    let mut buffer = Vec::new();
    for (_, value) in fragments {
        read(source, value.start..value.end.min(value.start + 2), &mut buffer)?;
        if matches!(*buffer, [0xFF, 0xD8 | 0x4F]) {
            shared.push(Vec::new());
        }
        shared.last_mut().ok_or(Damage::Malformed(UNCLEAR))?.push(value.clone());
    }
    if shared.len() == frames { Ok(shared) } else { Err(Damage::Malformed(UNCLEAR)) }
}

/// Shares the fragments out among the frames.
fn assign(
    fragments: &[(u64, Range<u64>)],
    offsets: &[u64],
    base: u64,
    frames: usize,
) -> Result<Frames, Damage> {
    let unclear = Damage::Malformed(UNCLEAR);
    if frames == 1 && offsets.len() <= 1 {
        return Ok(vec![fragments.iter().map(|(_, value)| value.clone()).collect()]);
    }
    if offsets.is_empty() {
        return Ok(fragments.iter().map(|(_, value)| vec![value.clone()]).collect());
    }
    if offsets.len() != frames {
        return Err(unclear);
    }
    let mut shared: Frames = Vec::with_capacity(frames);
    let mut next = offsets.iter().peekable();
    for (head, value) in fragments {
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

/// The item at `at`: offset of its head and range of its value; `None` at the delimiter.
fn item(source: &Source, at: u64, buffer: &mut Vec<u8>) -> Result<Option<(u64, Range<u64>)>, Damage> {
    read(source, at..at + HEAD, buffer)?;
    let Some((tag_bytes, length)) = buffer.split_first_chunk::<4>() else {
        return Err(Damage::Truncated(tag::PIXEL_DATA));
    };
    let length = length.try_into().map_or(u32::MAX, u32::from_le_bytes);
    match *tag_bytes {
        [0xFE, 0xFF, 0xDD, 0xE0] => Ok(None),
        [0xFE, 0xFF, 0x00, 0xE0] => {
            let value = at + HEAD..at + HEAD + u64::from(length);
            if value.end > source.len() {
                return Err(Damage::Truncated(tag::PIXEL_DATA));
            }
            Ok(Some((at, value)))
        }
        _ => Err(Damage::Malformed("encapsulated pixel data without items")),
    }
}

fn read(source: &Source, range: Range<u64>, buffer: &mut Vec<u8>) -> Result<(), Damage> {
    source.read_range(range, buffer).map_err(|e| match e.kind() {
        io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidData => Damage::Truncated(tag::PIXEL_DATA),
        _ => Damage::Io(e),
    })
}
