//! A tree of folders, listed one folder at a time: what a batch walks through without ever holding all of it.
//!
//! A folder is known by its name relative to the root, `/` between its parts, empty at the root itself. An archive whose
//! name ends in `.zip` is a folder too: what it holds is a scan of its own.

use super::{Source, archive};
use crate::Error;
use std::{
    fs, io,
    path::{Path, PathBuf},
    time::SystemTime,
};

/// A file as its folder lists it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Listed {
    /// Its name in the folder.
    pub name: String,
    /// Length in bytes.
    pub len: u64,
    /// When it was last changed, nanoseconds since 1970; 0 where nobody knows.
    pub modified_ns: u128,
    /// Whether it is one: pipes, sockets and devices are not.
    pub is_file: bool,
}

/// What a folder holds, each part sorted by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// Names of its folders, and of the archives in it.
    pub folders: Vec<String>,
    /// Its files.
    pub files: Vec<Listed>,
    /// Why names in it could not be looked behind, each once: any may be a slice.
    pub unlisted: Vec<String>,
}

/// Where folders are: a file system, an object store.
pub trait Tree: Sync {
    /// What a folder holds. Of an archive: nothing but the archive itself, as its only file.
    ///
    /// # Errors
    ///
    /// When it cannot be listed.
    fn list(&self, folder: &str) -> Result<Listing, Error>;

    /// The files of a folder as it was listed; of an archive, its entries.
    ///
    /// # Errors
    ///
    /// When a file cannot be had.
    fn sources(&self, folder: &str, files: &[Listed]) -> Result<Vec<Source>, Error>;
}

/// Whether a name is that of an archive, which is a folder to a tree.
pub fn is_archive_name(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|ending| ending.eq_ignore_ascii_case("zip"))
}

/// Name of what is in a folder, relative to the root.
pub fn joined(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

/// Name of a folder without those it lies in.
pub fn last_part(folder: &str) -> &str {
    folder.rsplit('/').next().unwrap_or(folder)
}

/// A folder in words: its name, which the root does not have.
pub fn shown_folder(folder: &str) -> &str {
    if folder.is_empty() { "the folder" } else { folder }
}

/// The tree below a folder of the file system.
///
/// A link to a folder is followed where it leads out of the tree; what lies in the tree is met under its own name, once.
#[derive(Debug)]
pub struct FileTree {
    root: PathBuf,
    /// Resolved.
    real_root: PathBuf,
    /// A folder that is left out, resolved.
    without: Option<PathBuf>,
}

impl FileTree {
    /// The tree below `root` but for one folder, as where results go.
    ///
    /// # Errors
    ///
    /// When `root` is no folder that can be had.
    pub fn new(root: &Path, without: Option<&Path>) -> io::Result<Self> {
        let real_root = fs::canonicalize(root)?;
        if !real_root.is_dir() {
            return Err(io::ErrorKind::NotADirectory.into());
        }
        let without = without.and_then(resolved);
        Ok(Self { root: root.to_owned(), real_root, without })
    }

    /// Where a folder is.
    fn path(&self, folder: &str) -> PathBuf {
        if folder.is_empty() { self.root.clone() } else { self.root.join(folder) }
    }

    /// Whether a folder is met otherwise, or not at all: the target of a link within the tree or above it, or what is left out.
    fn is_left_out(&self, path: &Path, is_link: bool) -> io::Result<bool> {
        if !is_link && self.without.is_none() {
            return Ok(false);
        }
        let real = fs::canonicalize(path)?;
        let is_known = is_link && (real.starts_with(&self.real_root) || self.real_root.starts_with(&real));
        Ok(is_known || self.without.as_ref() == Some(&real))
    }

    fn read(&self, folder: &str) -> io::Result<Listing> {
        let mut listing = Listing::default();
        for entry in fs::read_dir(self.path(folder))? {
            let entry = entry?;
            if let Err(error) = self.add(&entry, &mut listing) {
                listing.unlisted.push(error.to_string());
            }
        }
        listing.folders.sort();
        listing.files.sort();
        listing.unlisted.sort();
        Ok(listing)
    }

    /// Adds what a name of a folder stands for.
    fn add(&self, entry: &fs::DirEntry, listing: &mut Listing) -> io::Result<()> {
        let own = match entry.metadata() {
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(()), // removed a moment ago
            own => own?,
        };
        let name = entry.file_name().into_string().map_err(|_| nameless())?;
        let is_link = own.is_symlink();
        let kind = if is_link { fs::metadata(entry.path()).map_err(dangling)? } else { own };
        if kind.is_dir() {
            if !self.is_left_out(&entry.path(), is_link)? {
                listing.folders.push(name);
            }
        } else if kind.is_file() && is_archive_name(&name) {
            listing.folders.push(name);
        } else {
            listing.files.push(listed(name, &kind));
        }
        Ok(())
    }
}

impl Tree for FileTree {
    fn list(&self, folder: &str) -> Result<Listing, Error> {
        let failed = |e| Error::io(shown_folder(folder), e);
        let path = self.path(folder);
        if is_archive_name(folder) {
            let kind = fs::metadata(&path).map_err(failed)?;
            if kind.is_file() {
                let name = last_part(folder);
                return Ok(Listing { files: vec![listed(name.to_owned(), &kind)], ..Listing::default() });
            }
        }
        self.read(folder).map_err(failed)
    }

    fn sources(&self, folder: &str, files: &[Listed]) -> Result<Vec<Source>, Error> {
        let path = self.path(folder);
        if is_archive_name(folder) && path.is_file() {
            let mut found = Vec::new();
            archive::entries(&path, (shown_folder(folder), ""), &mut found)?;
            return Ok(found);
        }
        let source = |file: &Listed| match file.is_file {
            true => Source::file_of_length(path.join(&file.name), &file.name, file.len),
            false => Source::no_file(&file.name),
        };
        Ok(files.iter().map(source).collect())
    }
}

/// Where a folder is or will be; nothing where what is to hold it is not there either.
fn resolved(path: &Path) -> Option<PathBuf> {
    let will_be = || {
        let above = path.parent().filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new("."));
        Some(fs::canonicalize(above).ok()?.join(path.file_name()?))
    };
    fs::canonicalize(path).ok().or_else(will_be)
}

fn listed(name: String, kind: &fs::Metadata) -> Listed {
    let since_1970 = kind.modified().ok().and_then(|time| time.duration_since(SystemTime::UNIX_EPOCH).ok());
    let modified_ns = since_1970.map_or(0, |time| time.as_nanos());
    Listed { name, len: if kind.is_file() { kind.len() } else { 0 }, modified_ns, is_file: kind.is_file() }
}

fn nameless() -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        "a name in it is not UTF-8, and no index could hold it; rename it",
    )
}

fn dangling(error: io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("a link in it cannot be followed: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(files: &[&str]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for name in files {
            let path = root.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, name).unwrap();
        }
        root
    }

    #[test]
    fn a_folder_lists_what_lies_directly_in_it() {
        let root = tree(&["b/2", "b/1", "b/c/3", "b/x.ZIP"]);
        let tree = FileTree::new(root.path(), Some(&root.path().join("out"))).unwrap();
        fs::create_dir(root.path().join("out")).unwrap(); // only now: it is left out all the same
        assert_eq!(tree.list("").unwrap(), Listing { folders: vec!["b".to_owned()], ..Listing::default() });
        let listing = tree.list("b").unwrap();
        assert_eq!(listing.folders, ["c", "x.ZIP"]);
        let files: Vec<_> = listing.files.iter().map(|f| (&*f.name, f.len, f.modified_ns > 0)).collect();
        assert_eq!(files, [("1", 3, true), ("2", 3, true)]);
        let sources = tree.sources("b", &listing.files).unwrap();
        assert_eq!(sources[1].path(), Some(&*root.path().join("b/2")));
        assert_eq!(tree.list("b/x.ZIP").unwrap().files[0].name, "x.ZIP");
        let gone = tree.list("gone").unwrap_err().to_string();
        assert!(gone.starts_with("gone could not be read"), "{gone}");
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_out_of_the_tree_and_not_within() {
        let (root, other) = (tree(&["a/1"]), tree(&["1"]));
        for (to, name) in [(other.path(), "out"), (root.path(), "up"), (&root.path().join("a"), "again")] {
            std::os::unix::fs::symlink(to, root.path().join(name)).unwrap();
        }
        let tree = FileTree::new(root.path(), None).unwrap();
        assert_eq!(tree.list("").unwrap().folders, ["a", "out"]);
    }

    /// A link that leads nowhere and a name that is no text: a slice may be behind each, but the rest is listed.
    #[cfg(unix)]
    #[test]
    fn names_that_cannot_be_looked_behind() {
        use std::os::unix::ffi::OsStrExt;
        let root = tree(&["a/1", "2"]);
        std::os::unix::fs::symlink("nowhere", root.path().join("dangling")).unwrap();
        fs::create_dir(root.path().join(std::ffi::OsStr::from_bytes(b"\xE4"))).unwrap();
        let listing = FileTree::new(root.path(), None).unwrap().list("").unwrap();
        assert_eq!((&*listing.folders, &*listing.files[0].name), (&["a".to_owned()][..], "2"));
        let [dangling, nameless] = &listing.unlisted[..] else { panic!("{:?}", listing.unlisted) };
        assert!(dangling.contains("cannot be followed") && nameless.contains("not UTF-8"));
    }
}
