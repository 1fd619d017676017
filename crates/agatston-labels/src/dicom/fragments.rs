//! Fragments of encapsulated pixels (PS3.5 A.4), shared out among the frames.

use super::{
    damaged,
    data_set::{DataSet, Head},
    syntax::Encoding,
    tag::{EXTENDED_OFFSET_TABLE, ITEM, SEQUENCE_DELIMITATION},
};
use crate::error::Refusal;

/// Most fragments of a file.
const FRAGMENTS_MAX: usize = 1 << 20;

/// Length of the head of an item.
const HEAD: u64 = 8;

/// A value and what follows it.
type Cut<'a> = (&'a [u8], &'a [u8]);

/// A fragment, and where its item begins, counted from the end of the basic offset table.
struct Fragment<'a> {
    offset: u64,
    value: &'a [u8],
}

/// The fragments of each frame.
pub(super) fn of_frames<'a>(
    data_set: &DataSet<'a>,
    pixel_data: &'a [u8],
    frames: usize,
) -> Result<Vec<Vec<&'a [u8]>>, Refusal> {
    let (basic, rest) = item(pixel_data)?.ok_or_else(|| damaged("the pixels have no offset table"))?;
    let fragments = fragments(rest)?;
    let extended = data_set.element(EXTENDED_OFFSET_TABLE).map(|element| element.value).unwrap_or_default();
    let offsets: Vec<u64> = if basic.is_empty() {
        extended.as_chunks().0.iter().copied().map(u64::from_le_bytes).collect()
    } else {
        basic.as_chunks().0.iter().map(|b| u32::from_le_bytes(*b).into()).collect()
    };
    if fragments.len() == frames {
        return Ok(fragments.into_iter().map(|fragment| vec![fragment.value]).collect());
    }
    if frames == 1 && !fragments.is_empty() {
        return Ok(vec![fragments.into_iter().map(|fragment| fragment.value).collect()]);
    }
    by_offset(&fragments, &offsets, frames)
}

fn fragments(mut rest: &[u8]) -> Result<Vec<Fragment<'_>>, Refusal> {
    let mut fragments = Vec::new();
    let mut offset = 0;
    while let Some((value, after)) = item(rest)? {
        fragments.push(Fragment { offset, value });
        if fragments.len() > FRAGMENTS_MAX {
            return Err(damaged(format!("the pixels are in over {FRAGMENTS_MAX} fragments")));
        }
        offset += HEAD + value.len() as u64;
        rest = after;
    }
    Ok(fragments)
}

/// The value of the item that bytes begin with, and what follows; nothing at their end.
fn item(bytes: &[u8]) -> Result<Option<Cut<'_>>, Refusal> {
    if bytes.is_empty() {
        return Ok(None);
    }
    let head = Head::of(bytes, Encoding::EXPLICIT_LITTLE)?;
    match head.tag {
        ITEM => head.value(bytes, Encoding::EXPLICIT_LITTLE).map(Some),
        SEQUENCE_DELIMITATION => Ok(None),
        other => Err(damaged(format!("the pixels hold {other} where a fragment should be"))),
    }
}

/// Each offset is where a frame begins.
fn by_offset<'a>(
    fragments: &[Fragment<'a>],
    offsets: &[u64],
    frames: usize,
) -> Result<Vec<Vec<&'a [u8]>>, Refusal> {
    let unclear = || {
        damaged("the fragments of the pixels cannot be told apart into frames")
            .seen(format!("{} fragments, {} offsets, {frames} frames", fragments.len(), offsets.len()))
            .next_step("convert the file to Explicit VR Little Endian")
    };
    let mut shared: Vec<Vec<&[u8]>> = Vec::new();
    let mut next = offsets.iter().peekable();
    for fragment in fragments {
        if next.next_if(|offset| **offset == fragment.offset).is_some() {
            shared.push(Vec::new());
        }
        shared.last_mut().ok_or_else(unclear)?.push(fragment.value);
    }
    if shared.len() == frames && next.peek().is_none() { Ok(shared) } else { Err(unclear()) }
}
