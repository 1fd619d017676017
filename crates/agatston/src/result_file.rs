//! Results that commands read back: `agatston.result/1`, one or JSON Lines of several.

use crate::failure::{Failure, named};
use agatston_engine::{ResultDocument, result, validate};
use std::{fs::File, io::Read, path::Path};

/// Largest file of results that is read: millions of foci.
const RESULTS_MAX: u64 = 1 << 30;

/// Reads the results of a file; at least one.
pub(crate) fn read(path: &Path) -> Result<Vec<ResultDocument>, Failure> {
    let unread = |source| Failure::Read { path: path.to_path_buf(), source };
    let mut bytes = Vec::new();
    File::open(path).and_then(|file| file.take(RESULTS_MAX + 1).read_to_end(&mut bytes)).map_err(unread)?;
    let wrong = |problem| Failure::NoResult { name: named(path), problem };
    if bytes.len() as u64 > RESULTS_MAX {
        return Err(wrong("it is larger than 1 GiB".to_owned()));
    }
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes);
    result::read(text).map_err(wrong)
}

/// Reads the one result of a file that this program wrote.
pub(crate) fn read_any(path: &Path) -> Result<ResultDocument, Failure> {
    let mut documents = read(path)?;
    let problem = "it holds several, and one is needed".to_owned();
    match (documents.pop(), documents.is_empty()) {
        (Some(document), true) => Ok(document),
        _ => Err(Failure::NoResult { name: named(path), problem }),
    }
}

/// Reads the one result of a file, which must add up.
pub(crate) fn read_one(path: &Path) -> Result<ResultDocument, Failure> {
    let document = read_any(path)?;
    if validate(&document).mismatches.is_empty() {
        return Ok(document);
    }
    let problem = "it does not add up, see `agatston validate` (result_does_not_add_up)".to_owned();
    Err(Failure::NoResult { name: named(path), problem })
}
