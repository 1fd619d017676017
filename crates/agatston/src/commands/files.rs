//! Files beside the result: made of a scored series, and written one by one.

use crate::{
    config::{ANATOMY_MAP, Files, PictureFiles},
    failure::{Failure, named},
    output,
};
use agatston_engine::{
    Comparison, Pictures, ResultDocument, Side, Traced, Unscanned, Workers, anatomy_pictures,
    is_anatomy_picture, pair_pictures, pictures,
    writers::{
        dicom::{self, Encoded, NotWritten},
        html, label_map,
    },
};
use std::path::Path;

/// Writes the files that a scored series gives; of a refused one those that tell why.
pub(crate) fn write(files: &Files, side: &Side, workers: Workers) -> Result<(), Failure> {
    write_pictures(&files.pictures, side, workers)?;
    write_anatomy(files, side, workers)?;
    if !side.document.status.has_score() {
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

/// Writes the page and the pictures; a refused series has the page.
fn write_pictures(files: &PictureFiles, side: &Side, workers: Workers) -> Result<(), Failure> {
    if files.is_empty() {
        return Ok(());
    }
    let drawn = side.traced.as_ref().map(|traced| pictures(&side.document, traced, workers));
    let drawn = drawn.transpose().map_err(unread)?;
    if let Some(path) = &files.report {
        output::file(path, html::report(&side.document, drawn.as_ref()).as_bytes(), files.overwrite)?;
    }
    drawn.iter().try_for_each(|pictures| write_png(files, pictures.png_files()))
}

/// Writes what the anatomy was found to be, as far as it was looked for.
fn write_anatomy(files: &Files, side: &Side, workers: Workers) -> Result<(), Failure> {
    let Some(folder) = &files.anatomy else { return Ok(()) };
    let Some(found) = &side.anatomical else {
        let why = "the series was refused before its anatomy was looked at";
        output::note(&format!("not written, {why}: {}{}\n", named(folder), older(folder)));
        return Ok(());
    };
    let map = label_map::anatomy_map(found)?;
    output::folder(folder)?;
    output::clear(folder, is_anatomy_picture)?;
    output::file(&folder.join(ANATOMY_MAP), &map, files.overwrite)?;
    for (name, bytes) in anatomy_pictures(found, workers) {
        output::file(&folder.join(name), &bytes, files.overwrite)?;
    }
    Ok(())
}

/// Writes the page of a comparison, and its pictures as far as a side has pixels.
pub(crate) fn write_pair(
    files: &PictureFiles,
    comparison: &Comparison,
    sides: [&Side; 2],
    workers: Workers,
) -> Result<(), Failure> {
    if files.is_empty() {
        return Ok(());
    }
    let drawn = pair_pictures(comparison, sides, workers).map_err(unread)?;
    if let Some(path) = &files.report {
        let page = html::comparison_report(comparison, Some(&drawn));
        output::file(path, page.as_bytes(), files.overwrite)?;
    }
    let pictures = drawn.png_files();
    if let (Some(folder), true) = (&files.png, sides.iter().any(|side| side.traced.is_none())) {
        let what = if pictures.is_empty() { "no pictures" } else { "pictures of one scan only" };
        let why = "a saved result has no pixels; name the series to have them";
        output::note(&format!("{}: {what}: {why}\n", named(folder)));
    }
    if pictures.is_empty() { Ok(()) } else { write_png(files, pictures) }
}

/// Writes the pictures into their folder, where none of an earlier run stays.
fn write_png(files: &PictureFiles, pictures: Vec<(String, Vec<u8>)>) -> Result<(), Failure> {
    let Some(folder) = &files.png else { return Ok(()) };
    output::folder(folder)?;
    output::clear(folder, Pictures::is_png_name)?;
    for (name, bytes) in pictures {
        output::file(&folder.join(name), &bytes, files.overwrite)?;
    }
    Ok(())
}

/// Why planes could not be read once more.
fn unread(error: Unscanned) -> Failure {
    match error {
        Unscanned::Failed(error) => error.into(),
        Unscanned::Refused(findings) => {
            let first = findings.first();
            let (code, message) = first.map(|f| (f.code.name(), f.message.clone())).unwrap_or_default();
            Failure::Changed { code, message }
        }
    }
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
    let seg = seg.transpose().inspect_err(|_| {
        // The report would refer to it.
        files.sr.iter().for_each(|path| output::note(&format!("not written either: {}\n", named(path))));
    })?;
    let report = || dicom::report(document, traced, date(), seg.as_ref());
    files.sr.as_ref().map(|path| put(path, report())).transpose().map(drop)
}

/// Says which files there are not, because there is no score.
fn not_written(files: &Files) {
    let label_map = files.label_map.iter().map(|l| &l.map);
    for path in files.pictures.png.iter().chain(label_map).chain(&files.seg).chain(&files.sr) {
        output::note(&format!("not written, without a score: {}{}\n", named(path), older(path)));
    }
}

/// What to know of a file that was there before and stays.
fn older(path: &Path) -> &'static str {
    if path.exists() { " (what is there is of an earlier run)" } else { "" }
}

/// Says which files there are not, because there is nothing to compare.
pub(crate) fn not_compared(files: &PictureFiles) {
    for path in files.report.iter().chain(&files.png) {
        output::note(&format!("not written, without a comparison: {}{}\n", named(path), older(path)));
    }
}
