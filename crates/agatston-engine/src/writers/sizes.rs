//! The size classes of a result, part by part, as every writer for people shows them.

use crate::result::{ClassRecord, ClassWord, ResultDocument};

/// The size classes of one artery, region, or the total.
pub(super) struct Sizes<'a> {
    pub(super) micro: &'a ClassRecord,
    pub(super) large: &'a ClassRecord,
    pub(super) below: &'a ClassRecord,
}

impl<'a> Sizes<'a> {
    /// Of every part; the total, which is the first in the document, stands last.
    pub(super) fn all(document: &'a ResultDocument) -> Vec<Self> {
        let mut names: Vec<&Option<String>> = document.classes.iter().map(|c| &c.artery).collect();
        names.dedup();
        let (total, parts): (Vec<_>, Vec<_>) = names.into_iter().partition(|name| name.is_none());
        parts.into_iter().chain(total).filter_map(|name| Self::of(document, name)).collect()
    }

    fn of(document: &'a ResultDocument, name: &Option<String>) -> Option<Self> {
        let find = |class| document.classes.iter().find(|c| c.artery == *name && c.class == class);
        Some(Self {
            micro: find(ClassWord::Micro)?,
            large: find(ClassWord::Macro)?,
            below: find(ClassWord::BelowMinimum)?,
        })
    }

    /// Name of the part; none of the total.
    pub(super) fn name(&self) -> Option<&str> {
        self.micro.artery.as_deref()
    }

    pub(super) fn is_empty(&self) -> bool {
        [self.micro, self.large, self.below].iter().all(|c| c.foci == 0)
    }

    /// Number of lesions of a part of a class.
    pub(super) fn part(class: &ClassRecord, part: &str) -> u64 {
        class.parts.get(part).copied().unwrap_or(0)
    }
}
