//! Where a batch looks: every folder below some, or those of an index; one after the other, in a fixed order.

use super::IndexEntry;
use agatston_dicom::{Error, Listing, Tree, joined};
use std::{collections::HashSet, io, slice};

/// Where to look.
#[derive(Clone, Debug)]
pub enum Places {
    /// These folders and all below them, by their names relative to the root of the tree; an empty name is the root.
    Below(Vec<String>),
    /// The folders of an index, for its series.
    Indexed(Vec<IndexEntry>),
}

/// A folder to look into.
pub(super) struct Place<'a> {
    pub(super) folder: String,
    /// What it holds, where it had to be listed to be found.
    pub(super) listing: Option<Result<Listing, Error>>,
    /// What the index says is there; nothing without one.
    pub(super) expected: Option<&'a [IndexEntry]>,
}

/// Deeper than any archive of scans: a link may lead back.
const DEPTH_MAX: usize = 64;

/// Folders that hold files.
pub(super) enum PlaceIter<'a> {
    Below(Walk<'a>),
    Indexed(slice::ChunkBy<'a, IndexEntry, fn(&IndexEntry, &IndexEntry) -> bool>),
}

impl<'a> PlaceIter<'a> {
    pub(super) fn new(tree: &'a dyn Tree, places: &'a Places) -> Self {
        match places {
            Places::Below(folders) => Self::Below(Walk::new(tree, folders)),
            Places::Indexed(entries) => Self::Indexed(entries.chunk_by(|a, b| a.folder == b.folder)),
        }
    }
}

impl<'a> Iterator for PlaceIter<'a> {
    type Item = Place<'a>;

    fn next(&mut self) -> Option<Place<'a>> {
        match self {
            Self::Below(walk) => walk.next(),
            Self::Indexed(folders) => {
                let expected = folders.next()?;
                Some(Place { folder: expected[0].folder.clone(), listing: None, expected: Some(expected) })
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
        let all: HashSet<&str> = sorted.iter().map(String::as_str).collect();
        let outermost = sorted.iter().filter(|name| !above(name).any(|other| all.contains(other)));
        Self { tree, stack: outermost.rev().cloned().collect() }
    }
}

/// The folders that hold a folder, by their names; the last is the root.
fn above(folder: &str) -> impl Iterator<Item = &str> {
    let parts = folder.rmatch_indices('/').map(|(at, _)| &folder[..at]);
    parts.chain((!folder.is_empty()).then_some(""))
}

impl<'a> Iterator for Walk<'a> {
    type Item = Place<'a>;

    fn next(&mut self) -> Option<Place<'a>> {
        loop {
            let folder = self.stack.pop()?;
            let listing = if folder.matches('/').count() < DEPTH_MAX {
                self.tree.list(&folder)
            } else {
                Err(Error::Io { name: "the folder".to_owned(), source: io::Error::other(TOO_DEEP) })
            };
            if let Ok(listing) = &listing {
                self.stack.extend(listing.folders.iter().rev().map(|name| joined(&folder, name)));
                if listing.files.is_empty() && listing.unlisted.is_empty() {
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
        let places = Places::Below(folders.iter().map(|&name| name.to_owned()).collect());
        PlaceIter::new(&tree, &places).map(|place| place.folder).collect()
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
