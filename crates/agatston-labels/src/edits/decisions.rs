//! What was decided about each focus and lesion, line by line: the last word stands, and others' are remembered.

use std::collections::{BTreeMap, BTreeSet};

use agatston_core::{FocusId, Region};

use super::{Edit, Extent, joined::Joined};

/// The decisions of a log about what is joined.
#[derive(Default)]
pub(super) struct Decisions<'e> {
    of_lesions: BTreeMap<usize, Words<'e>>,
    of_foci: BTreeMap<FocusId, Words<'e>>,
}

/// What was said about one thing.
#[derive(Default)]
struct Words<'e> {
    last: Option<Word<'e>>,
    /// Every region that a reader gave it.
    given: BTreeSet<(&'e str, Region)>,
}

/// A decision: of two, that of the later line stands. Without a region it takes earlier ones back.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Word<'e> {
    line: usize,
    region: Option<Region>,
    reader: &'e str,
}

impl<'e> Decisions<'e> {
    /// Takes the next line of the log, which is about a focus or its lesion.
    pub(super) fn take(&mut self, edit: &'e Edit, focus: FocusId, joined: &Joined<'_>) {
        let words = match edit.extent {
            Extent::Lesion => self.of_lesions.entry(joined.lesion_of(focus)).or_default(),
            Extent::Focus => self.of_foci.entry(focus).or_default(),
        };
        words.last = Some(Word { line: edit.line, region: edit.region, reader: &edit.reader });
        words.given.extend(edit.region.map(|region| (edit.reader.as_str(), region)));
    }

    /// What stands for a focus: its region, and the line that says so.
    pub(super) fn of(&self, focus: FocusId, joined: &Joined<'_>) -> Option<(Region, usize)> {
        let word = self.words(focus, joined).filter_map(|words| words.last).max()?;
        Some((word.region?, word.line))
    }

    /// Whether a reader gave a focus another region than the one that another reader gave it in the end.
    pub(super) fn is_overruled(&self, focus: FocusId, joined: &Joined<'_>) -> bool {
        let Some(last) = self.words(focus, joined).filter_map(|words| words.last).max() else { return false };
        let differs =
            |(reader, region): &(&str, Region)| *reader != last.reader && Some(*region) != last.region;
        self.words(focus, joined).any(|words| words.given.iter().any(differs))
    }

    fn words(&self, focus: FocusId, joined: &Joined<'_>) -> impl Iterator<Item = &Words<'e>> {
        self.of_foci.get(&focus).into_iter().chain(self.of_lesions.get(&joined.lesion_of(focus)))
    }
}
