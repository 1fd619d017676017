//! The elements that the walk keeps, by the place where they stood. Left out: what they mean (`header`).

use std::borrow::Cow;

use super::{
    context,
    tag::{self, Key},
    walk::{Encoding, Level},
};
use crate::{sources::FILES_MAX, text};

/// Most frames of one file, and most planes of a series.
pub(crate) const FRAMES_MAX: usize = 65_535;

/// Most bytes that are kept of one header: 65,535 frames with 256 bytes each.
const KEPT_MAX: usize = 16 << 20;

/// An element and where its value begins and ends.
type Entry = (Key, u32, u32);

/// Values of one place: the top level, the shared functional groups, or one frame's.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Attributes {
    entries: Vec<Entry>,
    bytes: Vec<u8>,
}

impl Attributes {
    fn put(&mut self, key: Key, value: &[u8]) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(value);
        // Values are kept up to 64 kB each, so that offsets never leave 32 bits.
        if let (Ok(start), Ok(end)) = (u32::try_from(start), u32::try_from(self.bytes.len())) {
            self.entries.push((key, start, end));
        }
    }

    /// Whether both hold the same of the elements that `asked` picks, in the same order; `other` holds no others.
    fn agrees(&self, other: &Self, asked: impl Fn(Key) -> bool) -> bool {
        let mut theirs = other.entries.iter();
        let same = |entry: &Entry| {
            theirs.next().is_some_and(|t| t.0 == entry.0 && other.value(t) == self.value(entry))
        };
        self.entries.iter().filter(|entry| asked(entry.0)).all(same) && theirs.next().is_none()
    }

    /// The elements that `asked` picks.
    fn only(&self, asked: impl Fn(Key) -> bool) -> Self {
        let mut picked = Self::default();
        for entry in self.entries.iter().filter(|entry| asked(entry.0)) {
            picked.put(entry.0, self.value(entry).unwrap_or_default());
        }
        picked
    }

    fn value(&self, &(_, start, end): &Entry) -> Option<&[u8]> {
        self.bytes.get(usize::try_from(start).ok()?..usize::try_from(end).ok()?)
    }

    /// The raw value of an element; the first, should it occur twice.
    pub(crate) fn get(&self, key: Key) -> Option<&[u8]> {
        self.value(self.entries.iter().find(|entry| entry.0 == key)?)
    }
}

/// Where the pixels are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PixelElement {
    /// Offset of the value.
    pub(crate) offset: u64,
    /// Length that is claimed; `None` when it is undefined, which means encapsulated.
    pub(crate) length: Option<u64>,
}

/// What a walk is for: it keeps no more of a header.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To score an image.
    #[default]
    Image,
    /// To write an object of the same patient and study.
    Context,
}

/// Everything that is kept of one header.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Elements {
    /// What for.
    purpose: Purpose,
    /// Whether binary values are big endian.
    pub(crate) big_endian: bool,
    /// The top level, file meta included.
    pub(crate) top: Attributes,
    /// The shared functional groups.
    pub(crate) shared: Attributes,
    /// The functional groups of each frame.
    pub(crate) frames: Vec<Attributes>,
    /// Elements that some frame has of its own.
    in_frames: Vec<Key>,
    /// The pixels, when they were reached.
    pub(crate) pixels: Option<PixelElement>,
    /// Whether ContrastBolusAgentSequence has an item.
    pub(crate) contrast_item: bool,
    /// Whether ModalityLUTSequence has an item.
    pub(crate) modality_lut: bool,
    /// Bit positions of overlays, by group, and the groups that bring data of their own.
    overlay_bits: Vec<(Key, u16)>,
    overlay_data: Vec<Key>,
    /// A functional group that may stand once stands twice.
    pub(crate) group_twice: bool,
    /// Files that a DICOMDIR names, as they stand.
    pub(crate) referenced: Vec<Vec<u8>>,
    /// Bytes of all values that were taken.
    taken: usize,
}

/// The place of an element, where it is one that is kept.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Top,
    Shared(Key),
    Frame(usize, Key),
    Directory,
    Elsewhere,
}

fn place(levels: &[Level]) -> Place {
    let at = |i: usize| levels.get(i).map(|level| (level.sequence, level.item));
    match (levels.len(), at(1), at(3)) {
        (0, ..) => Place::Top,
        (2, Some((tag::DIRECTORY_RECORD_SEQUENCE, Some(_))), _) => Place::Directory,
        (4, Some((tag::SHARED_FUNCTIONAL_GROUPS_SEQUENCE, Some(0))), Some((group, Some(0)))) => {
            Place::Shared(group)
        }
        (4, Some((tag::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE, Some(frame))), Some((group, Some(0)))) => {
            Place::Frame(frame, group)
        }
        _ => Place::Elsewhere,
    }
}

impl Elements {
    /// Nothing yet, with room for an ordinary CT image.
    pub(crate) fn of_image() -> Self {
        let top = Attributes { entries: Vec::with_capacity(64), bytes: Vec::with_capacity(2048) };
        Self { top, ..Self::default() }
    }

    /// Nothing yet, to be filled with what an object of the same patient and study repeats.
    pub(crate) fn of_context() -> Self {
        Self { purpose: Purpose::Context, ..Self::default() }
    }

    /// Whether a sequence of defined length is worth entering.
    pub(crate) fn enters(&self, levels: &[Level], key: Key) -> bool {
        let groups = [tag::SHARED_FUNCTIONAL_GROUPS_SEQUENCE, tag::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE];
        match levels {
            [] => tag::is_entered_at_top(key),
            [_, item] => groups.contains(&item.sequence) && tag::is_macro(key),
            _ => false,
        }
    }

    /// Whether an element's value is worth keeping.
    pub(crate) fn keeps(&self, levels: &[Level], key: Key) -> bool {
        if self.purpose == Purpose::Context {
            return levels.is_empty() && context::is_kept(key);
        }
        match place(levels) {
            Place::Top => tag::kept_at_top(key) || tag::overlay(key) == tag::OVERLAY_BIT_POSITION,
            Place::Shared(group) | Place::Frame(_, group) => tag::kept_in_macro(group, key),
            Place::Directory => key == tag::REFERENCED_FILE_ID,
            Place::Elsewhere => false,
        }
    }

    /// An element is jumped over; of overlay data it is noted that they are there.
    pub(crate) fn pass(&mut self, levels: &[Level], key: Key) {
        if levels.is_empty() && tag::overlay(key) == tag::OVERLAY_DATA {
            self.overlay_data.push(key & 0xFFFF_0000);
        }
    }

    /// Whether more was taken than any header has: then the walk ends.
    pub(crate) fn is_full(&self) -> bool {
        self.taken > KEPT_MAX
    }

    /// Takes a value.
    pub(crate) fn take(&mut self, levels: &[Level], key: Key, value: &[u8]) {
        self.taken = self.taken.saturating_add(value.len());
        match place(levels) {
            Place::Top if tag::overlay(key) == tag::OVERLAY_BIT_POSITION => {
                if let Some(bytes) = value.first_chunk::<2>() {
                    self.overlay_bits.push((key & 0xFFFF_0000, self.encoding().u16(*bytes)));
                }
            }
            Place::Top => self.top.put(key, value),
            Place::Shared(_) => self.shared.put(key, value),
            Place::Frame(frame, _) => {
                if let Some(frame) = self.frames.get_mut(frame) {
                    frame.put(key, value);
                }
                if !self.in_frames.contains(&key) {
                    self.in_frames.push(key);
                }
            }
            Place::Directory if self.referenced.len() <= FILES_MAX => self.referenced.push(value.to_vec()),
            Place::Directory => {}
            Place::Elsewhere => {}
        }
    }

    /// An item of the innermost open sequence begins.
    pub(crate) fn item(&mut self, levels: &[Level]) {
        let groups = [tag::SHARED_FUNCTIONAL_GROUPS_SEQUENCE, tag::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE];
        let sequence = match levels {
            [sequence] => sequence,
            [outer, _, group] => {
                let once = groups.contains(&outer.sequence) && tag::is_macro_of_one(group.sequence);
                self.group_twice |= once && group.items > 1;
                return;
            }
            _ => return,
        };
        match sequence.sequence {
            tag::SHARED_FUNCTIONAL_GROUPS_SEQUENCE => self.group_twice |= sequence.items > 1,
            // One more than can be is enough to see that there are too many.
            tag::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE if self.frames.len() <= FRAMES_MAX => {
                self.frames.push(Attributes::default());
            }
            tag::CONTRAST_BOLUS_AGENT_SEQUENCE => self.contrast_item = true,
            tag::MODALITY_LUT_SEQUENCE => self.modality_lut = true,
            _ => {}
        }
    }

    fn encoding(&self) -> Encoding {
        if self.big_endian { Encoding::EXPLICIT_BIG } else { Encoding::EXPLICIT_LITTLE }
    }

    /// A text of the top level as it may be shown; empty when missing.
    pub(crate) fn text(&self, key: Key) -> Cow<'_, str> {
        self.top.get(key).map(text::shown).unwrap_or_default()
    }

    /// Whether there are no functional groups.
    pub(crate) fn is_classic(&self) -> bool {
        self.frames.is_empty() && self.shared.entries.is_empty()
    }

    /// Whether a classic image says the same of what `asked` picks as another that was cut down to it.
    pub(crate) fn agrees(&self, other: &Self, asked: impl Fn(Key) -> bool) -> bool {
        self.big_endian == other.big_endian
            && self.contrast_item == other.contrast_item
            && self.top.agrees(&other.top, asked)
    }

    /// A classic image of which only some elements of the top level are known.
    pub(crate) fn only(&self, asked: impl Fn(Key) -> bool) -> Self {
        let (big_endian, contrast_item) = (self.big_endian, self.contrast_item);
        Self { big_endian, contrast_item, top: self.top.only(asked), ..Self::default() }
    }

    /// Leaves out functional groups: a classic image has none, and what it says itself holds.
    pub(crate) fn forget_groups(&mut self) {
        self.shared = Attributes::default();
        self.frames.clear();
        self.in_frames.clear();
        self.group_twice = false;
    }

    /// A value of a frame: the shared one or the one of the top level stands in only where no frame has its own.
    pub(crate) fn of_frame(&self, frame: usize, key: Key) -> Option<&[u8]> {
        if self.in_frames.contains(&key) {
            return self.frames.get(frame)?.get(key);
        }
        self.shared.get(key).or_else(|| self.top.get(key))
    }

    /// Whether a frame has another value of what the shared groups give, or a group stands twice: either may be meant.
    pub(crate) fn contradicts_itself(&self) -> bool {
        let differs = |key: &Key| {
            let shared = self.shared.get(*key);
            shared.is_some() && self.frames.iter().filter_map(|f| f.get(*key)).any(|own| Some(own) != shared)
        };
        self.group_twice || self.in_frames.iter().filter(|key| tag::frame_plane(**key)).any(differs)
    }

    /// An unsigned 16-bit value of the top level.
    pub(crate) fn u16(&self, key: Key) -> Option<u16> {
        self.top.get(key)?.first_chunk::<2>().map(|bytes| self.encoding().u16(*bytes))
    }

    /// Whether an overlay is declared in the bits from `bits_stored` up, without data of its own.
    pub(crate) fn overlay_above(&self, bits_stored: u16) -> bool {
        self.overlay_bits.iter().any(|(group, bit)| *bit >= bits_stored && !self.overlay_data.contains(group))
    }
}
