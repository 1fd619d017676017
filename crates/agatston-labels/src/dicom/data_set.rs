//! Data sets and sequences (PS3.5 section 7), one level at a time and borrowed from the bytes of the file.
//!
//! ```text
//! DataSet::of(bytes)    the elements of this level; what is nested is jumped over
//! data_set.items(tag)   the items of a sequence, each a data set, when it is asked for
//! ```
//!
//! 1. Every length is held against the bytes of the level that it is in.
//! 2. What has no length is jumped over with a list of open levels, which has an end: nesting cannot overflow the stack.
//! 3. A tag that occurs twice says two things, and is refused.

use super::{
    damaged,
    syntax::Encoding,
    tag::{ITEM, ITEM_DELIMITATION, SEQUENCE_DELIMITATION, Tag},
};
use crate::error::Refusal;

/// Deepest nesting that is followed; a segmentation has five levels of sequences.
const DEPTH_MAX: usize = 16;

/// Most elements of one level; a large header has some hundred.
const ELEMENTS_MAX: usize = 1 << 16;

/// Types of values with a length of 16 bits, then with one of 32 bits (PS3.5 table 7.1-1).
const SHORT: [&[u8; 2]; 21] = [
    b"AE", b"AS", b"AT", b"CS", b"DA", b"DS", b"DT", b"FD", b"FL", b"IS", b"LO", b"LT", b"PN", b"SH", b"SL",
    b"SS", b"ST", b"TM", b"UI", b"UL", b"US",
];
const LONG: [&[u8; 2]; 13] =
    [b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV"];

/// One level of elements, by their tags.
#[derive(Debug)]
pub(super) struct DataSet<'a> {
    elements: Vec<Element<'a>>,
    pub(super) encoding: Encoding,
}

/// An element.
#[derive(Clone, Copy, Debug)]
pub(super) struct Element<'a> {
    tag: Tag,
    /// Its type, where the encoding has it.
    pub(super) vr: Option<[u8; 2]>,
    /// Its bytes, without a delimiter.
    pub(super) value: &'a [u8],
    /// Whether a delimiter ended it: a sequence, or pixels in fragments.
    pub(super) is_delimited: bool,
}

impl<'a> DataSet<'a> {
    /// The elements that bytes hold, up to their end.
    pub(super) fn of(bytes: &'a [u8], encoding: Encoding) -> Result<Self, Refusal> {
        let mut elements = Vec::new();
        let mut rest = bytes;
        while !rest.is_empty() {
            // Some programs fill their files up.
            if rest.starts_with(&[0; 8]) && rest.iter().all(|byte| *byte == 0) {
                break;
            }
            let head = Head::of(rest, encoding)?;
            if head.tag.0 == ITEM.0 {
                return Err(damaged("the file has an item or a delimiter outside of a sequence"));
            }
            let (value, after) = head.value(rest, encoding)?;
            let is_delimited = head.length.is_none();
            elements.push(Element { tag: head.tag, vr: head.vr, value, is_delimited });
            if elements.len() > ELEMENTS_MAX {
                return Err(damaged(format!("a data set has over {ELEMENTS_MAX} elements")));
            }
            rest = after;
        }
        elements.sort_by_key(|element| element.tag);
        let mut pairs = elements.iter().zip(elements.iter().skip(1));
        match pairs.find(|(a, b)| a.tag == b.tag) {
            Some((twice, _)) => Err(damaged(format!("the element {} is there twice", twice.tag))),
            None => Ok(Self { elements, encoding }),
        }
    }

    /// An element, if it is there.
    pub(super) fn element(&self, tag: Tag) -> Option<&Element<'a>> {
        let place = self.elements.binary_search_by_key(&tag, |element| element.tag).ok()?;
        self.elements.get(place)
    }

    /// The items of a sequence; none when it is not there.
    pub(super) fn items(&self, tag: Tag) -> Items<'a> {
        let Some(element) = self.element(tag) else { return Items { rest: &[], encoding: self.encoding } };
        Items { rest: element.value, encoding: nested(element.vr, self.encoding) }
    }

    /// The first item of a sequence, if it has one.
    pub(super) fn first_item(&self, tag: Tag) -> Result<Option<Self>, Refusal> {
        self.items(tag).next().transpose()
    }
}

/// The items of a sequence, read as they are asked for.
#[derive(Debug)]
pub(super) struct Items<'a> {
    rest: &'a [u8],
    encoding: Encoding,
}

impl<'a> Items<'a> {
    fn item(&mut self) -> Result<DataSet<'a>, Refusal> {
        let bytes = std::mem::take(&mut self.rest); // after an error there is no next one
        let head = Head::of(bytes, self.encoding)?;
        if head.tag != ITEM {
            return Err(damaged("the file has something else than items in a sequence"));
        }
        let (value, after) = head.value(bytes, self.encoding)?;
        self.rest = after;
        DataSet::of(value, self.encoding)
    }
}

impl<'a> Iterator for Items<'a> {
    type Item = Result<DataSet<'a>, Refusal>;

    fn next(&mut self) -> Option<Self::Item> {
        // A sequence of defined length may still have its delimiter, which some programs write.
        let is_over = self.rest.is_empty()
            || Head::of(self.rest, self.encoding).is_ok_and(|head| head.tag == SEQUENCE_DELIMITATION);
        (!is_over).then(|| self.item())
    }
}

/// The start of an element, an item or a delimiter.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head {
    pub(super) tag: Tag,
    pub(super) vr: Option<[u8; 2]>,
    /// Length of the value; nothing where a delimiter ends it.
    length: Option<usize>,
    /// Bytes of the head.
    size: usize,
}

impl Head {
    pub(super) fn of(bytes: &[u8], encoding: Encoding) -> Result<Self, Refusal> {
        let short = || damaged("the file ends within an element");
        let (group, rest) = bytes.split_first_chunk().ok_or_else(short)?;
        let (element, rest) = rest.split_first_chunk().ok_or_else(short)?;
        let tag = Tag(encoding.u16(*group), encoding.u16(*element));
        if !encoding.explicit || tag.0 == ITEM.0 {
            let length = encoding.u32(*rest.first_chunk().ok_or_else(short)?);
            return Ok(Self { tag, vr: None, length: defined(length)?, size: 8 });
        }
        let (vr, rest) = rest.split_first_chunk::<2>().ok_or_else(short)?;
        if LONG.contains(&vr) {
            let length = encoding.u32(*rest.get(2..).and_then(<[u8]>::first_chunk).ok_or_else(short)?);
            return Ok(Self { tag, vr: Some(*vr), length: defined(length)?, size: 12 });
        }
        if !SHORT.contains(&vr) {
            return Err(damaged(format!("the element {tag} has no type of value that DICOM knows")));
        }
        let length = encoding.u16(*rest.first_chunk().ok_or_else(short)?);
        Ok(Self { tag, vr: Some(*vr), length: Some(length.into()), size: 8 })
    }

    /// The value in bytes that begin with this head, and what follows it.
    pub(super) fn value<'a>(
        &self,
        bytes: &'a [u8],
        encoding: Encoding,
    ) -> Result<(&'a [u8], &'a [u8]), Refusal> {
        let rest = bytes.get(self.size..).unwrap_or_default();
        if let Some(length) = self.length {
            return rest.split_at_checked(length).ok_or_else(|| self.too_long(length, rest.len()));
        }
        let level = if self.tag == ITEM { Level::Item } else { Level::Sequence };
        let (length, with_delimiter) = up_to_delimiter(rest, (level, nested(self.vr, encoding)))?;
        let after = rest.get(with_delimiter..).unwrap_or_default();
        Ok((rest.get(..length).unwrap_or_default(), after))
    }

    /// Whether the value is as short as those at the start of a header.
    pub(super) fn is_short(&self) -> bool {
        self.length.is_some_and(|length| length < 1024)
    }

    fn too_long(&self, length: usize, left: usize) -> Refusal {
        let message = format!("the element {} is longer than what is left of the file", self.tag);
        damaged(message)
            .seen(format!("{length} bytes, {left} left"))
            .next_step("write or transfer the file again")
    }
}

/// A sequence or an item that is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Level {
    Sequence,
    Item,
}

/// How long what has no length is: up to its delimiter, and with it.
fn up_to_delimiter(bytes: &[u8], outermost: (Level, Encoding)) -> Result<(usize, usize), Refusal> {
    let mut open = vec![outermost];
    let mut at = 0;
    while let Some((level, encoding)) = open.last().copied() {
        let rest = bytes.get(at..).unwrap_or_default();
        let head = Head::of(rest, encoding)?;
        let start = at;
        at += head.size;
        match (level, head.tag) {
            (Level::Sequence, SEQUENCE_DELIMITATION) | (Level::Item, ITEM_DELIMITATION) => {
                open.pop();
                if open.is_empty() {
                    return Ok((start, at));
                }
            }
            (Level::Sequence, ITEM) | (Level::Item, Tag(..0xFFFE | 0xFFFF, _)) => match head.length {
                Some(length) if length <= bytes.len().saturating_sub(at) => at += length,
                Some(length) => return Err(head.too_long(length, bytes.len().saturating_sub(at))),
                None => {
                    let inner = if level == Level::Sequence { Level::Item } else { Level::Sequence };
                    open.push((inner, nested(head.vr, encoding)));
                }
            },
            _ => return Err(damaged("the file has a sequence that is not closed as it was opened")),
        }
        if open.len() > 2 * DEPTH_MAX {
            return Err(damaged(format!("sequences are nested more than {DEPTH_MAX} deep")));
        }
    }
    Err(damaged("the file ends within a sequence"))
}

/// How the inside of an element is written: what a program did not know, it wrote in implicit VR (PS3.5 6.2.2).
fn nested(vr: Option<[u8; 2]>, encoding: Encoding) -> Encoding {
    if vr == Some(*b"UN") { Encoding::IMPLICIT_LITTLE } else { encoding }
}

/// A length that is not "up to the delimiter".
fn defined(length: u32) -> Result<Option<usize>, Refusal> {
    if length == u32::MAX {
        return Ok(None);
    }
    usize::try_from(length).map(Some).map_err(|_| damaged("an element is longer than memory"))
}
