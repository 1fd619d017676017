//! Lists of paths, one a line, as `find` and spreadsheets write them. What the paths hold is the engine's matter.

use crate::failure::Failure;
use agatston_engine::FILES_MAX;
use std::{
    io::{self, Read},
    path::PathBuf,
};

/// Longest list that is read: a million paths of sixty characters.
const LIST_MAX: u64 = 64 << 20;

/// Why there is no list.
#[derive(Debug)]
pub(crate) enum Unlisted {
    /// It cannot be read.
    Io(io::Error),
    /// It is no list of inputs.
    Failed(Failure),
}

impl Unlisted {
    /// The failure, where `unread` makes one of trouble outside.
    pub(crate) fn or(self, unread: impl FnOnce(io::Error) -> Failure) -> Failure {
        match self {
            Self::Io(error) => unread(error),
            Self::Failed(failure) => failure,
        }
    }
}

/// The paths of a list; `name` is what messages call it.
pub(crate) fn read(name: &str, from: impl Read) -> Result<Vec<PathBuf>, Unlisted> {
    let mut bytes = Vec::new();
    from.take(LIST_MAX + 1).read_to_end(&mut bytes).map_err(Unlisted::Io)?;
    let too_long = |most: String| Unlisted::Failed(Failure::LongList { name: name.to_owned(), most });
    if bytes.len() as u64 > LIST_MAX {
        return Err(too_long(format!("{} MB", LIST_MAX >> 20)));
    }
    let paths: Vec<PathBuf> = lines(&bytes).map(path).collect::<io::Result<_>>().map_err(Unlisted::Io)?;
    if paths.len() > FILES_MAX { Err(too_long(format!("{FILES_MAX} paths"))) } else { Ok(paths) }
}

/// The lines that say something, without the line ends of either kind and without the mark that some editors put in
/// front of a text.
fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let lines = text.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    lines.filter(|line| !line.trim_ascii().is_empty())
}

/// A name of a file is bytes on Unix and need not be text.
#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "elsewhere a name must be text")]
fn path(line: &[u8]) -> io::Result<PathBuf> {
    use std::os::unix::ffi::OsStrExt;
    Ok(std::ffi::OsStr::from_bytes(line).into())
}

#[cfg(not(unix))]
fn path(line: &[u8]) -> io::Result<PathBuf> {
    let text = std::str::from_utf8(line).map_err(|e| io::Error::new(io::ErrorKind::InvalidData, e))?;
    Ok(text.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_either_kind() {
        let listed: Vec<&[u8]> = lines(b"\xEF\xBB\xBFa b\r\n\r\n  \n/c/\xFF\nd").collect();
        assert_eq!(listed, [&b"a b"[..], b"/c/\xFF", b"d"]);
    }

    #[test]
    fn a_list_without_end_is_no_list() {
        let said = match read("endless", io::repeat(b'x')) {
            Err(Unlisted::Failed(failure)) => failure.to_string(),
            other => panic!("{other:?}"),
        };
        assert!(said.starts_with("endless: the list is longer than 64 MB; give the folders"), "{said}");
        let many = "x\n".repeat(FILES_MAX + 1);
        assert!(matches!(read("many", many.as_bytes()), Err(Unlisted::Failed(_))));
    }
}
