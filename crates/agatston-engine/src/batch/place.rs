//! Where a batch looks: every folder below some, or those of an index; one after the other, in a fixed order.

use super::IndexEntry;
use agatston_dicom::{Error, Listing, Tree, joined};
use std::{collections::VecDeque, io};

/// Where to look.
#[derive(Clone, Debug)]
pub enum Places {
    /// These folders and all below them, by their names relative to the root of the tree; an empty name is the root.
    Below(Vec<String>),
    /// The folders of an index, for its series.
    Indexed(Vec<IndexEntry>),
}

/// A folder to look into.
pub(super) struct Place {
    pub(super) folder: String,
    /// What it holds, where it had to be listed to be found.
    pub(super) listing: Option<Result<Listing, Error>>,
    /// What the index says is there; nothing without one.
    pub(super) expected: Option<Vec<IndexEntry>>,
}

/// Deeper than any archive of scans: a link may lead back.
const DEPTH_MAX: usize = 64;

/// Folders that hold files.
pub(super) enum PlaceIter<'a> {
    Below(Walk<'a>),
    Indexed(VecDeque<IndexEntry>),
}

impl<'a> PlaceIter<'a> {
    pub(super) fn new(tree: &'a dyn Tree, places: &Places) -> Self {
        match places {
            Places::Below(folders) => Self::Below(Walk::new(tree, folders)),
            Places::Indexed(entries) => Self::Indexed(entries.iter().cloned().collect()),
        }
    }
}

impl Iterator for PlaceIter<'_> {
    type Item = Place;

    fn next(&mut self) -> Option<Place> {
        match self {
            Self::Below(walk) => walk.next(),
            Self::Indexed(entries) => {
                let first = entries.pop_front()?;
                let folder = first.folder.clone();
                let mut expected = vec![first];
                while entries.front().is_some_and(|entry| entry.folder == folder) {
                    expected.extend(entries.pop_front());
                }
                Some(Place { folder, listing: None, expected: Some(expected) })
            }
        }
    }
}

/// The folders below some: a folder, then what lies in it, by name.
pub(super) struct Walk<'a> {
    tree: &'a dyn Tree,
    /// Folders to come, the next one last.
    stack: Vec<String>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(tree: &'a dyn Tree, folders: &[String]) -> Self {
        let mut sorted = folders.to_vec();
        sorted.sort();
        sorted.dedup();
        let is_below = |name: &String, other: &String| {
            other.is_empty() && !name.is_empty() || name.starts_with(&format!("{other}/"))
        };
        let outermost = sorted.iter().filter(|name| !sorted.iter().any(|other| is_below(name, other)));
        Self { tree, stack: outermost.rev().cloned().collect() }
    }
}

impl Iterator for Walk<'_> {
    type Item = Place;

    fn next(&mut self) -> Option<Place> {
        loop {
            let folder = self.stack.pop()?;
            let listing = if folder.matches('/').count() < DEPTH_MAX {
                self.tree.list(&folder)
            } else {
                Err(Error::Io { name: "the folder".to_owned(), source: io::Error::other(TOO_DEEP) })
            };
            if let Ok(listing) = &listing {
                self.stack.extend(listing.folders.iter().rev().map(|name| joined(&folder, name)));
                if listing.files.is_empty() {
                    continue;
                }
            }
            return Some(Place { folder, listing: Some(listing), expected: None });
        }
    }
}

const TOO_DEEP: &str = "it lies more than 64 folders deep; a link may lead back";

#[cfg(test)]
mod tests {
    use super::*;
    use agatston_dicom::FileTree;
    use std::fs;

    fn walked(root: &std::path::Path, folders: &[&str]) -> Vec<String> {
        let tree = FileTree::new(root, None).unwrap();
        let folders: Vec<String> = folders.iter().map(|&name| name.to_owned()).collect();
        PlaceIter::new(&tree, &Places::Below(folders)).map(|place| place.folder).collect()
    }

    #[test]
    fn folders_come_in_order_each_before_what_lies_in_it() {
        let root = tempfile::tempdir().unwrap();
        for name in ["b/x/1", "b/2", "a b/3", "a/y/4", "a/z.zip", "empty/er/5/6"] {
            let path = root.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "x").unwrap();
        }
        let all = ["a/y", "a/z.zip", "a b", "b", "b/x", "empty/er/5"];
        assert_eq!(walked(root.path(), &[""]), all);
        assert_eq!(
            walked(root.path(), &["b/x", "b", "a", "b", "gone"]),
            ["a/y", "a/z.zip", "b", "b/x", "gone"]
        );
    }
}
