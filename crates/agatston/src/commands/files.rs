//! Files beside the result: made of a scored series, and written one by one.

use crate::{
    config::Files,
    failure::{Failure, named},
    output,
};
use agatston_engine::{
    ResultDocument, Side, Status, Traced,
    writers::{
        dicom::{self, Encoded, NotWritten},
        label_map,
    },
};
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
    write_objects(files, &side.document, traced)
}

/// Writes the segmentation, then the report, which refers to it.
fn write_objects(files: &Files, document: &ResultDocument, traced: &Traced) -> Result<(), Failure> {
    let put = |path: &Path, object: Result<Encoded, NotWritten>| {
        let unmade = |source| Failure::Object { path: path.to_path_buf(), source };
        let object = object.map_err(unmade)?;
        output::file(path, &object.bytes, files.overwrite)?;
        Ok::<Encoded, Failure>(object)
    };
    let date = || files.date.clone();
    let seg = files.seg.as_ref().map(|path| put(path, dicom::segmentation(document, traced, date())));
    let seg = seg.transpose()?;
    let report = || dicom::report(document, traced, date(), seg.as_ref());
    files.sr.as_ref().map(|path| put(path, report())).transpose().map(drop)
}

/// Says which files there are not, because there is no score.
fn not_written(files: &Files) {
    let label_map = files.label_map.iter().map(|l| &l.map);
    for path in label_map.chain(&files.seg).chain(&files.sr) {
        output::note(&format!("not written, without a score: {}\n", named(path)));
    }
}
