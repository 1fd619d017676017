//! From what the user names to sources: folders at any depth, files, zip archives, a DICOMDIR.
//!
//! The result is sorted by name, so that it depends on what is there and not on the file system. A link that
//! leads back into its own folder is followed once; a link that leads nowhere is an error, because a slice may
//! be missing behind it. What a DICOMDIR names must lie in its folder, links resolved.

use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
};

use super::{FILES_MAX, Source, archive};
use crate::{Error, header::read_referenced};

/// Finds the sources behind some inputs: folders (any depth), files, `.zip` archives, a DICOMDIR.
///
/// # Errors
/// [`Error::Io`] for anything that cannot be read, [`Error::Archive`] for a zip archive that cannot be opened,
/// [`Error::Directory`] for a DICOMDIR that cannot be used, [`Error::TooManyFiles`] for more than [`FILES_MAX`].
pub fn discover(inputs: &[PathBuf]) -> Result<Vec<Source>, Error> {
    let mut found = Vec::new();
    for input in inputs {
        enough(&found)?;
        let name = last_part(input);
        let kind = fs::metadata(input).map_err(|e| Error::io(&name, e))?;
        if kind.is_dir() {
            let prefix = if inputs.len() > 1 { name } else { String::new() };
            folder(input, &prefix, &mut found, &mut BTreeSet::new())?;
        } else if kind.is_file() {
            let prefix = if inputs.len() > 1 { name.clone() } else { String::new() };
            file(input, (&name, &prefix), &mut found)?;
        } else {
            let what = io::Error::new(io::ErrorKind::InvalidInput, "neither a file nor a folder");
            return Err(Error::io(&name, what));
        }
    }
    found.sort_by(|a, b| a.name().cmp(b.name()));
    Ok(found)
}

/// Everything under a folder.
fn folder(
    path: &Path,
    prefix: &str,
    found: &mut Vec<Source>,
    visited: &mut BTreeSet<PathBuf>,
) -> Result<(), Error> {
    let failed = |e: io::Error| Error::io(if prefix.is_empty() { "the folder" } else { prefix }, e);
    if !visited.insert(fs::canonicalize(path).map_err(failed)?) {
        return Ok(());
    }
    let mut entries = fs::read_dir(path).and_then(Iterator::collect::<io::Result<Vec<_>>>).map_err(failed)?;
    entries.sort_by_cached_key(fs::DirEntry::file_name);
    for entry in entries {
        let name = join(prefix, &entry.file_name().to_string_lossy());
        let path = entry.path();
        // The folder is open, so asking of its own entry is cheaper than finding it again by its path.
        let own = entry.metadata().map_err(|e| Error::io(&name, e))?;
        let kind = if own.is_symlink() { fs::metadata(&path).map_err(|e| Error::io(&name, e))? } else { own };
        if kind.is_dir() {
            folder(&path, &name, found, visited)?;
        } else if kind.is_file() {
            found.push(Source::file_of_length(path, &name, kind.len()));
        } else {
            found.push(Source::no_file(&name));
        }
        enough(found)?;
    }
    Ok(())
}

/// No more files than are believed of one input.
fn enough(found: &[Source]) -> Result<(), Error> {
    if found.len() > FILES_MAX { Err(Error::TooManyFiles { most: FILES_MAX }) } else { Ok(()) }
}

/// A single file: an archive, a DICOMDIR, or itself. `prefix` tells apart what several archives hold.
fn file(path: &Path, (name, prefix): (&str, &str), found: &mut Vec<Source>) -> Result<(), Error> {
    let source = Source::file(path, name).map_err(|e| Error::io(name, e))?;
    if archive::is_archive(&source).map_err(|e| Error::io(name, e))? {
        return archive::entries(path, (name, prefix), found);
    }
    match read_referenced(&source).map_err(|e| Error::io(name, e))? {
        None => found.push(source),
        Some(referenced) => {
            let unusable = |reason: &str| Error::directory(name, reason);
            let referenced = referenced.map_err(unusable)?;
            if referenced.is_empty() {
                return Err(unusable("it holds no references"));
            }
            let folder = match path.parent() {
                Some(parent) if parent != Path::new("") => parent,
                _ => Path::new("."),
            };
            let root = fs::canonicalize(folder).map_err(|e| Error::io(name, e))?;
            for id in &referenced {
                let path = referenced_file(folder, &root, id)?;
                found.push(Source::file(path, &id.join("/")).map_err(|e| Error::io(id.join("/"), e))?);
            }
        }
    }
    Ok(())
}

/// A file that a DICOMDIR names: one in its own folder, whose resolved path is `root`.
fn referenced_file(folder: &Path, root: &Path, id: &[String]) -> Result<PathBuf, Error> {
    let name = id.join("/");
    let unusable = |reason: &str| Error::directory(&name, reason);
    let plain =
        |part: &String| !matches!(part.as_str(), "" | "." | "..") && !part.contains(['/', '\\', ':', '\0']);
    if !id.iter().all(plain) {
        return Err(unusable("it leads out of the folder"));
    }
    let mut path = folder.to_owned();
    for part in id {
        path = part_of(path, part);
    }
    let kind = fs::metadata(&path).map_err(|e| match e.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => unusable("there is no such file"),
        _ => Error::io(&*name, e),
    })?;
    if !fs::canonicalize(&path).map_err(|e| Error::io(&*name, e))?.starts_with(root) {
        return Err(unusable("it leads out of the folder through a link"));
    }
    if kind.is_file() { Ok(path) } else { Err(unusable("it is no file")) }
}

/// A part of a path that a DICOMDIR names; on disk it may be in lower case (ISO 9660 without extensions).
fn part_of(folder: PathBuf, part: &str) -> PathBuf {
    let (exact, lower) = (folder.join(part), folder.join(part.to_lowercase()));
    if !exact.exists() && lower.exists() { lower } else { exact }
}

fn join(prefix: &str, name: &str) -> String {
    if prefix.is_empty() { name.to_owned() } else { format!("{prefix}/{name}") }
}

/// The last part of a path, for messages.
fn last_part(path: &Path) -> String {
    path.file_name().map_or_else(|| "the input".into(), |name| name.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(sources: &[Source]) -> Vec<&str> {
        sources.iter().map(Source::name).collect()
    }

    #[test]
    fn folders_are_walked_in_order() {
        let root = tempfile::tempdir().unwrap();
        for name in ["b/2", "b/1", "a", "c/d/e"] {
            let path = root.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, name).unwrap();
        }
        let found = discover(&[root.path().to_owned()]).unwrap();
        assert_eq!(names(&found), ["a", "b/1", "b/2", "c/d/e"]);
        assert_eq!(found[3].folder(), "c/d");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_its_own_folder_ends() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("a"), "a").unwrap();
        std::os::unix::fs::symlink(root.path(), root.path().join("loop")).unwrap();
        assert_eq!(names(&discover(&[root.path().to_owned()]).unwrap()), ["a"]);
        std::os::unix::fs::symlink("nowhere", root.path().join("dangling")).unwrap();
        let error = discover(&[root.path().to_owned()]).unwrap_err();
        assert!(matches!(error, Error::Io { .. }) && error.to_string().starts_with("dangling "), "{error}");
    }

    #[test]
    fn more_files_than_any_scan_has() {
        let mut found = vec![Source::no_file("x"); FILES_MAX];
        assert!(enough(&found).is_ok());
        found.push(Source::no_file("x"));
        assert_eq!(enough(&found).unwrap_err().to_string(), "the input holds more than 1048576 files");
    }

    #[test]
    fn a_missing_input_is_an_error_without_its_path() {
        let error = discover(&[PathBuf::from("/no/such/input")]).unwrap_err();
        assert!(error.to_string().starts_with("input could not be read"), "{error}");
    }
}
