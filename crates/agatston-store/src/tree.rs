//! A prefix of an object store as a tree of folders, and objects as bytes in memory.
//!
//! A store has no folders, only objects with long names: a folder is what begins the names of objects, up to a `/`. Some
//! tools mark folders by empty objects whose names end in `/`; a marked folder may be empty.

use std::{
    fmt,
    io::{self, ErrorKind},
    sync::Arc,
};

use agatston_dicom::{
    Error as Failure, Listed, Listing, Source, Tree, entries_of_bytes, is_archive_name, joined, last_part,
    shown_folder,
};
use futures_util::{StreamExt, TryStreamExt, stream};
use object_store::{ObjectMeta, ObjectStore, ObjectStoreExt, path::Path};
use tokio::runtime::{Builder, Runtime};

use crate::{Error, address::Address, failure, settings};

/// Most bytes that are fetched of one folder, or of one archive: what is fetched is held in memory. The largest series of
/// a CT have some thousand slices of 0.5 MB, which is half of this.
pub const FOLDER_BYTES_MAX: u64 = 4 << 30;

/// Objects that are fetched at the same time: enough to hide how long a store takes to answer, too few to be slowed down.
const FETCHES: usize = 8;

/// Threads that wait for the store and decrypt what it sends; who asks waits in a thread of its own.
const WAITING_THREADS: usize = 2;

/// The folders and objects below a prefix of a bucket.
///
/// Objects are fetched whole when a folder is read. An archive is fetched whole too, and its entries are unpacked from
/// memory, one at a time; there are no temporary files.
///
/// ```no_run
/// use agatston_dicom::Tree;
/// let tree = agatston_store::ObjectTree::open("s3://bucket/scans")?;
/// let listing = tree.list("patient-1")?;
/// let sources = tree.sources("patient-1", &listing.files)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct ObjectTree {
    store: Arc<dyn ObjectStore>,
    root: Path,
    runtime: Runtime,
}

impl fmt::Debug for ObjectTree {
    /// Without the store, which knows its credentials.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ObjectTree").field("root", &self.root.as_ref()).finish_non_exhaustive()
    }
}

impl ObjectTree {
    /// The tree below `s3://BUCKET/PREFIX`, in the store that the variables `AWS_*` describe. The store is not asked yet.
    ///
    /// # Errors
    ///
    /// When the address is another, or the variables cannot be used.
    pub fn open(url: &str) -> Result<Self, Error> {
        let Address { bucket, root } = Address::parse(url)?;
        Self::of(settings::store(&bucket)?, root)
    }

    fn of(store: Arc<dyn ObjectStore>, root: Path) -> Result<Self, Error> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(WAITING_THREADS)
            .thread_name("object-store")
            .enable_all()
            .build()
            .map_err(|source| Error::Threads { source })?;
        Ok(Self { store, root, runtime })
    }

    /// Where a folder or an object is, by its name relative to the root.
    fn path(&self, name: &str) -> io::Result<Path> {
        if name.is_empty() {
            return Ok(self.root.clone());
        }
        Path::parse(joined(self.root.as_ref(), name)).map_err(|_| unnamable())
    }

    /// An object as it would be listed, if there is one.
    async fn object(&self, path: &Path) -> io::Result<Option<Listed>> {
        match self.store.head(path).await {
            Ok(meta) => Ok(meta.location.filename().map(|name| listed(name, &meta))),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(e) => Err(failure::of_request(&e)),
        }
    }

    async fn read(&self, folder: &str) -> io::Result<Listing> {
        let path = self.path(folder)?;
        if is_archive_name(folder)
            && let Some(archive) = self.object(&path).await?
        {
            return Ok(Listing { files: vec![archive], ..Listing::default() });
        }
        let found = self.store.list_with_delimiter(Some(&path)).await.map_err(|e| failure::of_request(&e))?;
        if found.objects.is_empty() && found.common_prefixes.is_empty() {
            self.nothing_is_right(&path).await?;
        }
        let mut listing = Listing::default();
        for prefix in &found.common_prefixes {
            listing.folders.push(prefix.filename().ok_or_else(unnamable)?.to_owned());
        }
        // What has the name of the folder itself is its mark: the client leaves out the `/` at its end.
        let is_mark = |object: &ObjectMeta| object.location == path && object.size == 0;
        for object in found.objects.iter().filter(|object| !is_mark(object)) {
            let name =
                object.location.filename().filter(|_| object.location != path).ok_or_else(unnamable)?;
            match is_archive_name(name) {
                true => listing.folders.push(name.to_owned()),
                false => listing.files.push(listed(name, object)),
            }
        }
        listing.folders.sort();
        listing.files.sort();
        match listing.folders.iter().zip(listing.folders.iter().skip(1)).find(|(one, next)| one == next) {
            Some((name, _)) => Err(both(name)),
            None => Ok(listing),
        }
    }

    /// Whether a folder may hold nothing: only the root, where it is no object itself.
    async fn nothing_is_right(&self, path: &Path) -> io::Result<()> {
        if *path != self.root {
            return Err(io::Error::new(ErrorKind::NotFound, "there is no such folder in the object store"));
        }
        if !path.is_root() && self.object(path).await?.is_some() {
            return Err(io::Error::new(ErrorKind::NotADirectory, "it is an object, not a folder of objects"));
        }
        Ok(())
    }

    /// The bytes of an object, as many as were listed.
    async fn fetch(&self, name: &str, len: u64) -> io::Result<Arc<[u8]>> {
        let path = self.path(name)?;
        let answer = self.store.get(&path).await.map_err(|e| failure::of_request(&e))?;
        if answer.meta.size != len {
            return Err(other_length(answer.meta.size, len));
        }
        let bytes = answer.bytes().await.map_err(|e| failure::of_request(&e))?;
        let got = bytes.len() as u64;
        if got == len { Ok(Arc::from(&*bytes)) } else { Err(other_length(got, len)) }
    }

    /// The objects of a folder, some at a time, in order.
    async fn fetch_all(&self, folder: &str, files: &[Listed]) -> Result<Vec<Source>, Failure> {
        let fetches = stream::iter(files).map(|file| async move {
            let name = joined(folder, &file.name);
            match self.fetch(&name, file.len).await {
                Ok(bytes) => Ok(Source::bytes(&file.name, bytes)),
                Err(e) => Err(Failure::io(name, e)),
            }
        });
        fetches.buffered(FETCHES).try_collect().await
    }
}

impl Tree for ObjectTree {
    fn list(&self, folder: &str) -> Result<Listing, Failure> {
        self.runtime.block_on(self.read(folder)).map_err(|e| Failure::io(shown_folder(folder), e))
    }

    fn sources(&self, folder: &str, files: &[Listed]) -> Result<Vec<Source>, Failure> {
        let bytes = files.iter().fold(0_u64, |sum, file| sum.saturating_add(file.len));
        if bytes > FOLDER_BYTES_MAX {
            return Err(Failure::io(shown_folder(folder), too_large(bytes)));
        }
        match files {
            // A folder with the name of an archive holds no file of that name: it would be listed as a folder.
            [archive] if is_archive_name(folder) && last_part(folder) == archive.name => {
                let fetched = self.runtime.block_on(self.fetch(folder, archive.len));
                entries_of_bytes(folder, fetched.map_err(|e| Failure::io(folder, e))?)
            }
            _ => self.runtime.block_on(self.fetch_all(folder, files)),
        }
    }
}

fn listed(name: &str, meta: &ObjectMeta) -> Listed {
    let since_1970 = meta.last_modified.timestamp_nanos_opt().and_then(|ns| u128::try_from(ns).ok());
    Listed { name: name.to_owned(), len: meta.size, modified_ns: since_1970.unwrap_or(0), is_file: true }
}

fn unnamable() -> io::Error {
    io::Error::new(ErrorKind::InvalidData, failure::UNNAMABLE)
}

/// Two folders of one name are no tree: one of them would go missing.
fn both(name: &str) -> io::Error {
    io::Error::new(
        ErrorKind::InvalidData,
        format!("{name} in it is an archive and also a folder; rename one of them"),
    )
}

fn other_length(got: u64, listed: u64) -> io::Error {
    io::Error::new(
        ErrorKind::UnexpectedEof,
        format!("it has {got} bytes where {listed} were listed; was it changed meanwhile?"),
    )
}

fn too_large(bytes: u64) -> io::Error {
    let most = FOLDER_BYTES_MAX >> 20;
    io::Error::new(
        ErrorKind::FileTooLarge,
        format!(
            "its objects have {} MB together, and no more than {most} MB of a folder are fetched",
            bytes >> 20
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use object_store::memory::InMemory;
    use std::io::{Cursor, Write};

    fn tree(root: &str, objects: &[(&str, &[u8])]) -> ObjectTree {
        let store = Arc::new(InMemory::new());
        let tree = ObjectTree::of(Arc::clone(&store) as Arc<dyn ObjectStore>, Path::from(root)).unwrap();
        for (name, bytes) in objects {
            let path = Path::parse(name).unwrap();
            tree.runtime.block_on(store.put(&path, bytes.to_vec().into())).unwrap();
        }
        tree
    }

    /// Names of entries are their bytes.
    fn archive(names: &[&str]) -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for name in names {
            writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
            writer.write_all(name.as_bytes()).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    fn read(sources: &[Source]) -> Vec<(String, String)> {
        let bytes = |source: &Source| {
            let mut into = Vec::new();
            source.read_range(0..source.len(), &mut into).unwrap();
            String::from_utf8(into).unwrap()
        };
        sources.iter().map(|source| (source.name().to_owned(), bytes(source))).collect()
    }

    fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
        expected.iter().map(|(name, bytes)| ((*name).to_owned(), (*bytes).to_owned())).collect()
    }

    #[test]
    fn a_folder_lists_what_lies_directly_in_it() {
        let tree = tree(
            "scans",
            &[
                ("scans/b/2", b"22"),
                ("scans/b/10", b"1"),
                ("scans/b/c/3", b"3"),
                ("scans/b/x.ZIP", b"no archive yet"),
                ("scans/a%20 \u{fc}/1", b""),
                ("scans-of-others/1", b"1"),
                ("1", b"1"),
            ],
        );
        let root = tree.list("").unwrap();
        assert_eq!(
            root,
            Listing { folders: vec!["a%20 \u{fc}".to_owned(), "b".to_owned()], ..Listing::default() }
        );
        let listing = tree.list("b").unwrap();
        assert_eq!(listing.folders, ["c", "x.ZIP"]);
        let files: Vec<_> =
            listing.files.iter().map(|f| (&*f.name, f.len, f.modified_ns > 0, f.is_file)).collect();
        assert_eq!(files, [("10", 1, true, true), ("2", 2, true, true)]);
        let archive = tree.list("b/x.ZIP").unwrap();
        assert_eq!((archive.folders.len(), &*archive.files[0].name, archive.files[0].len), (0, "x.ZIP", 14));
        assert_eq!(tree.list("a%20 \u{fc}").unwrap().files[0].name, "1");
    }

    #[test]
    fn what_is_not_there_is_an_error_but_for_an_empty_root() {
        assert_eq!(tree("scans", &[("scans-of-others/1", b"1")]).list("").unwrap(), Listing::default());
        assert_eq!(tree("", &[]).list("").unwrap(), Listing::default());
        let tree = tree("a", &[("a/b/1", b"1")]);
        for folder in ["gone", "b/1", "gone.zip"] {
            let said = tree.list(folder).unwrap_err().to_string();
            let expected = format!("{folder} could not be read: there is no such folder in the object store");
            assert_eq!(said, expected);
        }
        assert!(tree.list("b/../b").is_err());
        let said = self::tree("a/b/1", &[("a/b/1", b"1")]).list("").unwrap_err().to_string();
        assert_eq!(said, "the folder could not be read: it is an object, not a folder of objects");
    }

    #[test]
    fn objects_are_fetched_in_order() {
        let names: Vec<String> = (10..99).map(|n| format!("b/{n}")).collect();
        let objects: Vec<(&str, &[u8])> = names.iter().map(|name| (&**name, name.as_bytes())).collect();
        let tree = tree("", &objects);
        let mut files = tree.list("b").unwrap().files;
        let expected: Vec<_> = names.iter().map(|name| (name[2..].to_owned(), name.clone())).collect();
        assert_eq!(read(&tree.sources("b", &files).unwrap()), expected);

        files[3].len += 1;
        let said = tree.sources("b", &files).unwrap_err().to_string();
        let expected = "it has 4 bytes where 5 were listed; was it changed meanwhile?";
        assert_eq!(said, format!("b/13 could not be read: {expected}"));
        files[2].name = "gone".to_owned();
        let said = tree.sources("b", &files).unwrap_err().to_string();
        assert_eq!(said, "b/gone could not be read: it is not in the object store");
        files[1].len = FOLDER_BYTES_MAX;
        let said = tree.sources("b", &files).unwrap_err().to_string();
        assert!(said.starts_with("b could not be read: its objects have 4096 MB together"), "{said}");
    }

    #[test]
    fn an_archive_is_its_entries() {
        let (packed, cut) = (archive(&["s/1", "s/2"]), archive(&["1"]));
        let objects: [(&str, &[u8]); 3] =
            [("t/a.zip", &packed), ("t/cut.zip", &cut[..cut.len() - 9]), ("t/d.zip/1", b"in a folder")];
        let tree = tree("t", &objects);
        assert_eq!(tree.list("").unwrap().folders, ["a.zip", "cut.zip", "d.zip"]);
        let sources = |folder: &str| tree.sources(folder, &tree.list(folder).unwrap().files);
        assert_eq!(read(&sources("a.zip").unwrap()), pairs(&[("s/1", "s/1"), ("s/2", "s/2")]));
        assert_eq!(read(&sources("d.zip").unwrap()), pairs(&[("1", "in a folder")]));
        let said = sources("cut.zip").unwrap_err().to_string();
        assert!(said.starts_with("cut.zip could not be opened as a zip archive"), "{said}");
    }

    #[test]
    fn an_archive_that_is_also_a_folder_is_refused() {
        let tree = tree("", &[("a.zip", b""), ("a.zip/1", b"1")]);
        let said = tree.list("").unwrap_err().to_string();
        assert!(said.contains("a.zip in it is an archive and also a folder"), "{said}");
    }
}
