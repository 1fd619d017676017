//! Files beside the result: made of a scored series, and written one by one.

use crate::{
    config::Files,
    failure::{Failure, named},
    output,
};
use agatston_engine::{Side, Status, writers::label_map};
use std::path::Path;

/// Writes the files that a scored series gives; of a refused one those that tell why.
pub(crate) fn write(files: &Files, side: &Side) -> Result<(), Failure> {
    if side.document.status == Status::Refused {
        not_written(files);
    }
    let Some(traced) = &side.traced else { return Ok(()) };
    if let Some(wanted) = &files.label_map {
        let map = label_map::label_map(traced, wanted.form)?;
        output::file(&wanted.map, &map, files.overwrite)?;
        output::file(&wanted.colours, label_map::colour_table(traced).as_bytes(), files.overwrite)?;
    }
    Ok(())
}

/// Says which files there are not, because there is no score.
fn not_written(files: &Files) {
    let unwritten = files.label_map.iter().map(|l| &*l.map);
    unwritten
        .for_each(|path: &Path| output::note(&format!("not written, without a score: {}\n", named(path))));
}
