//! What a folder holds: its series, after a look at its headers.

use super::{IndexEntry, SeriesKey, Stamp, key::Identity, place::Place, register::Seen};
use crate::{
    Error, Request, code,
    input::{files, left_out, unusable},
    result::FilesRecord,
    select::name_groups,
};
use agatston_core::{Finding, Severity};
use agatston_dicom::{Error as DicomError, Group, Skip, Tree, Watch, group, index_readable};
use std::{collections::HashMap, sync::Arc};

/// A series to be scored.
pub(super) struct Task {
    pub(super) entry: IndexEntry,
    pub(super) found: Found,
    pub(super) of_folder: Arc<OfFolder>,
}

/// What there is of it.
pub(super) enum Found {
    /// Its slices.
    Series(Box<Group>),
    /// A reason why there are none.
    Nothing(Box<Finding>),
}

/// What all series of a folder share.
#[derive(Debug)]
pub(super) struct OfFolder {
    pub(super) files: FilesRecord,
    pub(super) findings: Vec<Finding>,
    /// Files that could not be read: each may be a slice of any series.
    pub(super) unread: Option<Finding>,
    pub(super) stamp: Stamp,
}

/// A folder after a look at its headers.
pub(super) struct Stock<'a> {
    pub(super) folder: String,
    expected: Option<&'a [IndexEntry]>,
    series: Vec<(String, Group)>,
    /// Why the folder is a row of its own.
    failure: Option<Finding>,
    of_folder: Arc<OfFolder>,
}

impl<'a> Stock<'a> {
    /// Looks at the headers of a folder. Fails when the watch says stop, and for nothing else.
    pub(super) fn take(
        place: Place<'a>,
        tree: &dyn Tree,
        request: &Request,
        watch: &dyn Watch,
    ) -> Result<Self, Error> {
        let Place { folder, listing, expected } = place;
        let listing = match listing.unwrap_or_else(|| tree.list(&folder)) {
            Ok(listing) => listing,
            Err(error) => return Ok(Self::failed(folder, expected, &error)),
        };
        let sources = match tree.sources(&folder, &listing.files) {
            Ok(sources) => sources,
            Err(error) => return Ok(Self::failed(folder, expected, &error)),
        };
        let (index, unread) = index_readable(sources, request.workers, watch)?;
        let is_missing = index.skipped.iter().any(|(_, skip)| *skip == Skip::Empty);
        let mut unread: Vec<String> = unread.iter().map(DicomError::without_name).collect();
        unread.extend(listing.unlisted.iter().cloned());
        let of_folder = Arc::new(OfFolder {
            files: files(&index),
            findings: left_out(&index).into_iter().collect(),
            unread: unread.first().map(|first| read_failed(first, unread.len())),
            stamp: Stamp::of(&listing.files),
        });
        let series = name_groups(group(index));
        // An empty file may be a slice that never arrived; where there is nothing else, nobody would hear of it.
        let failure = of_folder.unread.clone().or_else(|| is_missing.then(only_empty));
        let failure = failure.filter(|_| series.is_empty());
        Ok(Self { folder, expected, series, failure, of_folder })
    }

    /// A folder that could not be looked into at all.
    fn failed(folder: String, expected: Option<&'a [IndexEntry]>, error: &DicomError) -> Self {
        let reason = error.without_name();
        let finding = match unusable(error) {
            Some(finding) => Finding { message: reason, ..finding },
            None => read_failed(&reason, 1),
        };
        Self::refused(folder, expected, finding)
    }

    /// A folder that is a row of its own, and why.
    pub(super) fn refused(folder: String, expected: Option<&'a [IndexEntry]>, finding: Finding) -> Self {
        let of_folder = OfFolder {
            files: FilesRecord::default(),
            findings: Vec::new(),
            unread: None,
            stamp: Stamp::of(&[]),
        };
        let of_folder = Arc::new(of_folder);
        Self { folder, expected, series: Vec::new(), failure: Some(finding), of_folder }
    }

    /// Its series as lines of the index, in their order, each with what there is of it.
    pub(super) fn tasks(self, seen: &mut Seen) -> Vec<Task> {
        let Self { folder, expected, series, failure, of_folder } = self;
        let mut tasks: Vec<Task> = Vec::new();
        let mut add = |entry: IndexEntry, found: Found| {
            tasks.push(Task { entry, found, of_folder: of_folder.clone() });
        };
        let known = series.into_iter().map(|(name, group)| {
            let identity = Identity::of(&name, &group.instances());
            let key = SeriesKey::of_series(&folder, identity);
            let duplicate_of = seen.earlier(identity, key);
            let uid = name.split('#').next().unwrap_or(&name);
            let split_from = seen.split(uid, &folder, key).filter(|_| duplicate_of.is_none());
            let entry = IndexEntry {
                key,
                folder: folder.clone(),
                series: Some(name),
                planes: group.planes() as u64,
                duplicate_of,
                split_from,
            };
            (entry, group)
        });
        match expected {
            None => {
                known.for_each(|(entry, group)| add(entry, Found::Series(Box::new(group))));
                if let Some(finding) = failure {
                    let key = SeriesKey::of_folder(&folder);
                    let (duplicate_of, split_from) = (None, None);
                    let entry = IndexEntry { key, folder, series: None, planes: 0, duplicate_of, split_from };
                    add(entry, Found::Nothing(Box::new(finding)));
                }
            }
            Some(expected) => {
                let mut here: HashMap<SeriesKey, Group> = known.map(|(entry, g)| (entry.key, g)).collect();
                for entry in expected {
                    let gone = || failure.clone().unwrap_or_else(changed);
                    let found = match here.remove(&entry.key) {
                        Some(group) => Found::Series(Box::new(group)),
                        None => Found::Nothing(Box::new(gone())),
                    };
                    add(entry.clone(), found);
                }
            }
        }
        tasks
    }
}

/// A file, or several, that could not be read.
pub(super) fn read_failed(seen: &str, files: usize) -> Finding {
    let message = if files > 1 {
        format!("{files} files could not be read, and each may be a slice of this series")
    } else {
        "something that the series needs could not be read".to_owned()
    };
    Finding::new(code::READ_FAILED, Severity::Refusal, message)
        .seen(seen)
        .expected("every file of the folder readable")
        .next_step("make it readable, then run the batch again with --resume: only what failed is done again")
}

fn only_empty() -> Finding {
    Finding::new(code::NO_CT_SERIES, Severity::Refusal, "the folder holds no CT series, but empty files")
        .next_step("an empty file may be a slice that was not copied: get a complete copy, or remove it")
}

/// The index names a series that its folder does not hold.
fn changed() -> Finding {
    Finding::new(
        code::SERIES_CHANGED,
        Severity::Refusal,
        "the series is no longer what it was when the index was made",
    )
    .next_step("make the index again")
}
