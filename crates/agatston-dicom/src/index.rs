//! Pass 1: the header of every source, in parallel, whatever the order of the files.

use std::{
    collections::BTreeSet,
    ops::ControlFlow,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
};

use agatston_core::{Finding, Severity};

use crate::{
    Error, Event, Skip, Source, Watch, Workers, code,
    header::{Found, Header, HeaderBuffer, read_header},
    stack::normal,
};

/// Every header of an input, and every file that has none.
#[derive(Clone, Debug, Default)]
pub struct Index {
    /// CT images, damaged ones included.
    pub headers: Vec<Header>,
    /// Files that are no part of any series, and why.
    pub skipped: Vec<(Source, Skip)>,
    /// Files that were looked at.
    pub read: usize,
}

/// Reads the header of every source.
///
/// # Errors
/// [`Error::Io`] when a source cannot be read, [`Error::Stopped`] when `watch` asks for it.
pub fn index(sources: Vec<Source>, workers: Workers, watch: &dyn Watch) -> Result<Index, Error> {
    let (index, unread) = index_readable(sources, workers, watch)?;
    unread.into_iter().next().map_or(Ok(index), Err)
}

/// Reads the header of every source that can be read, and says which cannot, in the order of the sources: any of them may
/// be a slice of any series.
///
/// # Errors
/// [`Error::Stopped`] when `watch` asks for it.
pub fn index_readable(
    sources: Vec<Source>,
    workers: Workers,
    watch: &dyn Watch,
) -> Result<(Index, Vec<Error>), Error> {
    let (done, of) = (AtomicUsize::new(0), sources.len());
    let stopped = AtomicBool::new(false);
    let found = workers.each(of, HeaderBuffer::default, |buffer, _, i| {
        if stopped.load(Ordering::Relaxed) {
            return Err(Error::Stopped);
        }
        let found = read_header(&sources[i], buffer).map_err(|e| Error::io(sources[i].name(), e));
        let done = done.fetch_add(1, Ordering::Relaxed) + 1;
        if watch.event(Event::Indexed { done, of }) == ControlFlow::Break(()) {
            stopped.store(true, Ordering::Relaxed);
        }
        found
    });
    if stopped.into_inner() {
        return Err(Error::Stopped);
    }
    let series = series_of_images(&found);
    let mut index = Index { read: of, ..Index::default() };
    let mut unread = Vec::new();
    for (source, found) in sources.into_iter().zip(found) {
        let found = match found {
            Ok(found) => found,
            Err(error) => {
                unread.push(error);
                continue;
            }
        };
        match found {
            Found::Ct(header) if is_localizer(&header) => index.skipped.push((source, Skip::Localizer)),
            Found::Ct(header) => match header.foreign.clone() {
                None => index.headers.push(*header),
                Some(_) if series.contains(&header.identity.series) => {
                    index.headers.push(among_images(*header))
                }
                Some(class) => index.skipped.push((source, Skip::NotCt(format!("SOP class {class}")))),
            },
            Found::Other(skip) => index.skipped.push((source, skip)),
        }
    }
    Ok((index, unread))
}

/// SeriesInstanceUIDs that hold CT images.
fn series_of_images(found: &[Result<Found, Error>]) -> BTreeSet<String> {
    let images = found.iter().flatten().filter_map(|f| match f {
        Found::Ct(header) if header.foreign.is_none() => Some(header.identity.series.clone()),
        _ => None,
    });
    images.filter(|uid| !uid.is_empty()).collect()
}

/// An object that is no CT image among the CT images of a series: held against the series, because it may be a
/// slice whose header was damaged.
fn among_images(mut header: Header) -> Header {
    let class = header.foreign.clone().unwrap_or_default();
    let finding =
        Finding::new(code::FOREIGN_OBJECT, Severity::Refusal, "a file of the series is no CT image")
            .expected("SOPClassUID (0008,0016) of a CT image")
            .seen(class)
            .next_step(
                "take the file out of the folder if it is no slice of this scan, else get a good copy",
            );
    header.damage = Some(finding);
    header
}

/// A projection that says so. An axial image that calls itself a localizer stays and is refused by a check.
fn is_localizer(header: &Header) -> bool {
    let named = header.acquisition(0).image_type.iter().any(|value| value == "LOCALIZER");
    let orientation = header.frames.first().and_then(|frame| frame.orientation);
    named && header.damage.is_none() && orientation.is_some_and(|o| normal(o)[2].abs() < 0.9)
}
