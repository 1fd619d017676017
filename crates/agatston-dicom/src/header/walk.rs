//! The header walk: from bytes to the few elements that are kept, without recursion and without trust.
//!
//! ```text
//! until PixelData or the end:
//!     close the sequences and items that end here
//!     read tag, VR and length, and check the length against the container and the file
//!     item, delimiter        -> open or close a level
//!     sequence worth a look  -> open a level
//!     element worth keeping  -> copy its value
//!     anything else          -> jump over it
//! ```
//!
//! 1. Every length is checked before anything is allocated: a file of 7 kB that claims 4 GB costs nothing.
//! 2. Levels are a vector with a limit, so nested sequences cannot overflow the stack.
//! 3. Explicit and implicit VR, little and big endian are one loop: only the reading of one element differs.

use super::{
    elements::{Elements, PixelElement},
    tag::{self, Key},
    window::{Fault, Window},
};

/// Deepest nesting of sequences that is followed; a content tree of an SR has about ten.
const DEPTH_MAX: usize = 32;

/// Longest value that is kept, in bytes; the offset tables of a multi-frame image have their own limit.
const VALUE_MAX: u64 = 64 << 10;

/// Longest offset table: 8 bytes for each of 65,535 frames.
const TABLE_MAX: u64 = 8 * 65_535;

/// A length that means "until the delimiter".
const UNDEFINED: u32 = u32::MAX;

/// How elements are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Encoding {
    pub(crate) explicit: bool,
    pub(crate) big_endian: bool,
}

impl Encoding {
    pub(crate) const EXPLICIT_LITTLE: Self = Self { explicit: true, big_endian: false };
    pub(crate) const IMPLICIT_LITTLE: Self = Self { explicit: false, big_endian: false };
    pub(crate) const EXPLICIT_BIG: Self = Self { explicit: true, big_endian: true };

    pub(crate) fn u16(self, bytes: [u8; 2]) -> u16 {
        if self.big_endian { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) }
    }

    pub(crate) fn u32(self, bytes: [u8; 4]) -> u32 {
        if self.big_endian { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) }
    }
}

/// Why a walk ended before its time.
#[derive(Debug)]
pub(crate) enum Damage {
    /// The outside failed.
    Io(std::io::Error),
    /// An element says that it is longer than what is left of the file or of its sequence.
    Truncated(Key),
    /// A limit of the walk was reached.
    Limit(&'static str),
    /// Bytes that are no element.
    Malformed(&'static str),
}

impl From<Fault> for Damage {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Io(e) => Self::Io(e),
            Fault::Corrupt => Self::Malformed("packed data that cannot be unpacked"),
            Fault::TooMuch => Self::Limit("the header is longer than 64 MB"),
        }
    }
}

/// One open sequence or item.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Level {
    /// Tag of the sequence, also for its items.
    pub(crate) sequence: Key,
    /// Index of the item; `None` for the sequence itself.
    pub(crate) item: Option<usize>,
    end: Option<u64>,
    encoding: Encoding,
    /// Items that began so far.
    pub(crate) items: usize,
}

/// One element's head.
#[derive(Clone, Copy, Debug)]
struct Head {
    tag: Key,
    /// VR letters, where the encoding has them.
    vr: Option<[u8; 2]>,
    length: u32,
    /// Bytes of the head.
    size: u64,
}

/// Walks from `start` in `encoding`, filling `elements`; `until` says before which tag to stop.
pub(crate) fn walk(
    window: &mut Window<'_>,
    start: u64,
    encoding: Encoding,
    elements: &mut Elements,
    until: impl Fn(&Elements, Key) -> bool,
) -> Result<u64, Damage> {
    Walk::new(window, start, encoding, elements).run(until)
}

/// A walk on its way.
pub(crate) struct Walk<'w, 's, 'e> {
    window: &'w mut Window<'s>,
    elements: &'e mut Elements,
    levels: Vec<Level>,
    encoding: Encoding,
    at: u64,
    /// Whether plain elements are taken by the short cut.
    short_cut: bool,
}

impl<'w, 's, 'e> Walk<'w, 's, 'e> {
    pub(crate) fn new(
        window: &'w mut Window<'s>,
        start: u64,
        encoding: Encoding,
        elements: &'e mut Elements,
    ) -> Self {
        let short_cut = encoding == Encoding::EXPLICIT_LITTLE;
        Self { window, elements, levels: Vec::new(), encoding, at: start, short_cut }
    }

    /// The same without the short cut for plain elements.
    #[cfg(test)]
    pub(crate) fn in_general(self) -> Self {
        Self { short_cut: false, ..self }
    }

    /// Walks until PixelData, the end, or where `until` says so; the place where it stopped.
    pub(crate) fn run(mut self, until: impl Fn(&Elements, Key) -> bool) -> Result<u64, Damage> {
        loop {
            if self.bare(&until) {
                break;
            }
            let Some(head) = self.head()? else { break };
            if self.levels.is_empty() && until(self.elements, head.tag) {
                break;
            }
            if self.levels.is_empty() && head.tag == tag::PIXEL_DATA {
                self.pixels(head)?;
                break;
            }
            self.step(head)?;
        }
        Ok(self.at)
    }

    /// The walk of nearly every element: explicit VR little endian at the top level, with a defined length, whole in
    /// the window. Whatever is otherwise is left to the walk of all encodings. Says whether `until` said to stop.
    fn bare(&mut self, until: impl Fn(&Elements, Key) -> bool) -> bool {
        if !self.short_cut || !self.levels.is_empty() {
            return false;
        }
        let mut rest = self.window.shown(self.at);
        while let Some((key, value, after)) = bare_element(rest) {
            let special = key == tag::PIXEL_DATA || self.elements.enters(&[], key);
            if special || value.len() as u64 > VALUE_MAX {
                break;
            }
            if until(self.elements, key) {
                return true;
            }
            if self.elements.keeps(&[], key) {
                if self.elements.is_full() {
                    break; // the walk of all encodings says so
                }
                self.elements.take(&[], key, value);
            } else {
                self.elements.pass(&[], key);
            }
            self.at += (rest.len() - after.len()) as u64;
            rest = after;
        }
        false
    }

    /// The head at the current place, after closing what ends here; `None` at the end of the data set.
    fn head(&mut self) -> Result<Option<Head>, Damage> {
        while self.levels.last().is_some_and(|level| level.end == Some(self.at)) {
            self.levels.pop();
        }
        let encoding = self.levels.last().map_or(self.encoding, |level| level.encoding);
        let bytes = self.window.up_to(self.at, 12)?;
        if self.levels.is_empty() && bytes.iter().all(|&b| b == 0) {
            return Ok(None);
        }
        let head = read_head(bytes, encoding).ok_or(Damage::Truncated(tag::ITEM))?;
        Ok(Some(head))
    }

    /// One element, item or delimiter.
    fn step(&mut self, head: Head) -> Result<(), Damage> {
        match head.tag {
            tag::ITEM => self.item(head),
            tag::ITEM_END | tag::SEQUENCE_END => {
                let closes_item = head.tag == tag::ITEM_END;
                let level = self.levels.pop().ok_or(Damage::Malformed("a delimiter outside a sequence"))?;
                // What says its length ends there; one that ends before was damaged in one of the two.
                if level.item.is_some() != closes_item || level.end.is_some() {
                    return Err(Damage::Malformed("a delimiter that closes nothing"));
                }
                self.at += head.size;
                Ok(())
            }
            _ if self.levels.last().is_some_and(|level| level.item.is_none()) => {
                Err(Damage::Malformed("an element between the items of a sequence"))
            }
            _ if head.length == UNDEFINED => self.open(head, None),
            _ if self.elements.enters(&self.levels, head.tag) => {
                let end = self.end_of(head)?;
                self.open(head, Some(end))
            }
            _ => self.element(head),
        }
    }

    /// Keeps or jumps over an element of defined length.
    fn element(&mut self, head: Head) -> Result<(), Damage> {
        let end = self.end_of(head)?;
        let value = self.at + head.size;
        if self.elements.keeps(&self.levels, head.tag) {
            let table = matches!(head.tag, tag::EXTENDED_OFFSET_TABLE | tag::EXTENDED_OFFSET_TABLE_LENGTHS);
            if end - value > if table { TABLE_MAX } else { VALUE_MAX } {
                return Err(Damage::Limit(
                    "a value that counts is longer than 64 kB, or a table than 512 kB",
                ));
            }
            let length = usize::try_from(end - value).map_err(|_| {
                Damage::Limit("a value that counts is longer than 64 kB, or a table than 512 kB")
            })?;
            let bytes = self.window.up_to(value, length)?;
            if bytes.len() < length {
                return Err(Damage::Truncated(head.tag));
            }
            self.elements.take(&self.levels, head.tag, bytes);
            if self.elements.is_full() {
                return Err(Damage::Limit("the values that count are longer than 16 MB together"));
            }
        } else {
            self.elements.pass(&self.levels, head.tag);
        }
        self.at = end;
        Ok(())
    }

    /// Opens a sequence.
    fn open(&mut self, head: Head, end: Option<u64>) -> Result<(), Damage> {
        let encoding = self.levels.last().map_or(self.encoding, |level| level.encoding);
        // PS3.5 6.2.2: a sequence whose VR is unknown is written in implicit VR little endian.
        let encoding = match head.vr {
            Some([b'U', b'N']) => Encoding::IMPLICIT_LITTLE,
            _ => encoding,
        };
        self.push(Level { sequence: head.tag, item: None, end, encoding, items: 0 })?;
        self.at += head.size;
        Ok(())
    }

    /// Opens an item, or jumps over a fragment of encapsulated pixels inside a sequence (an icon).
    fn item(&mut self, head: Head) -> Result<(), Damage> {
        let end = if head.length == UNDEFINED { None } else { Some(self.end_of(head)?) };
        let Some(sequence) = self.levels.last_mut().filter(|level| level.item.is_none()) else {
            return Err(Damage::Malformed("an item outside a sequence"));
        };
        let index = sequence.items;
        sequence.items += 1;
        let level = Level {
            sequence: sequence.sequence,
            item: Some(index),
            end,
            encoding: sequence.encoding,
            items: 0,
        };
        if level.sequence == tag::PIXEL_DATA {
            self.at = end.ok_or(Damage::Malformed("a fragment of undefined length"))?;
            return Ok(());
        }
        self.elements.item(&self.levels);
        self.at += head.size;
        self.push(level)
    }

    fn push(&mut self, level: Level) -> Result<(), Damage> {
        if self.levels.len() >= 2 * DEPTH_MAX {
            return Err(Damage::Limit("sequences are nested more than 32 deep"));
        }
        self.levels.push(level);
        Ok(())
    }

    /// Where an element of defined length ends: inside its container and inside the file.
    fn end_of(&self, head: Head) -> Result<u64, Damage> {
        let end = self.at + head.size + u64::from(head.length);
        let container = self.levels.iter().rev().find_map(|level| level.end);
        let limit = container.unwrap_or(u64::MAX).min(self.window.most());
        if end > limit { Err(Damage::Truncated(head.tag)) } else { Ok(end) }
    }

    /// Notes where the pixels are; their length is compared with the file's, never trusted.
    fn pixels(&mut self, head: Head) -> Result<(), Damage> {
        let offset = self.at + head.size;
        let length = (head.length != UNDEFINED).then_some(u64::from(head.length));
        self.elements.pixels = Some(PixelElement { offset, length });
        self.at = offset;
        match length {
            Some(length) if offset + length > self.window.most() => Err(Damage::Truncated(head.tag)),
            _ => Ok(()),
        }
    }
}

/// One element of explicit VR little endian and what follows it; `None` unless it is plain and all there.
fn bare_element(bytes: &[u8]) -> Option<(Key, &[u8], &[u8])> {
    let (&[g, h, e, f, a, b, l, m], rest) = bytes.split_first_chunk::<8>()?;
    let vr = [a, b];
    let (length, rest) = if !is_long(vr) {
        (usize::from(u16::from_le_bytes([l, m])), rest)
    } else if vr != *b"SQ" && vr != *b"UN" {
        let (length, rest) = rest.split_first_chunk::<4>()?;
        (usize::try_from(u32::from_le_bytes(*length)).ok()?, rest)
    } else {
        return None;
    };
    let (value, after) = rest.split_at_checked(length)?;
    let group = u16::from_le_bytes([g, h]);
    let known = group != 0xFFFE && a.is_ascii_uppercase() && b.is_ascii_uppercase();
    known.then_some(((u32::from(group) << 16) | u32::from(u16::from_le_bytes([e, f])), value, after))
}

/// Reads one head; `None` when the bytes end in it.
fn read_head(bytes: &[u8], encoding: Encoding) -> Option<Head> {
    let (group, rest) = bytes.split_first_chunk::<2>()?;
    let (element, rest) = rest.split_first_chunk::<2>()?;
    let tag = (u32::from(encoding.u16(*group)) << 16) | u32::from(encoding.u16(*element));
    let long = rest.first_chunk::<4>().map(|b| encoding.u32(*b));
    let vr = *rest.first_chunk::<2>()?;
    let is_item = tag >> 16 == 0xFFFE;
    // A VR that is no pair of capitals was never written: such an element is in implicit form.
    if !encoding.explicit || is_item || !vr.iter().all(u8::is_ascii_uppercase) {
        return Some(Head { tag, vr: None, length: long?, size: 8 });
    }
    if is_long(vr) {
        let length = rest.get(4..)?.first_chunk::<4>()?;
        return Some(Head { tag, vr: Some(vr), length: encoding.u32(*length), size: 12 });
    }
    let length = rest.get(2..)?.first_chunk::<2>()?;
    Some(Head { tag, vr: Some(vr), length: u32::from(encoding.u16(*length)), size: 8 })
}

/// Whether a VR has a 32-bit length in explicit form (PS3.5 table 7.1-1).
fn is_long(vr: [u8; 2]) -> bool {
    matches!(
        &vr,
        b"OB" | b"OD" | b"OF" | b"OL" | b"OV" | b"OW" | b"SQ" | b"SV" | b"UC" | b"UN" | b"UR" | b"UT" | b"UV"
    )
}
