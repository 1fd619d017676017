//! Pass 1: the header of every source, in parallel, whatever the order of the files.

use std::{
    ops::ControlFlow,
    sync::atomic::{AtomicUsize, Ordering},
};

use rayon::prelude::*;

use crate::{
    Error, Event, Skip, Source, Watch,
    header::{Found, Header, read_header},
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
pub fn index(sources: Vec<Source>, watch: &dyn Watch) -> Result<Index, Error> {
    let (done, of) = (AtomicUsize::new(0), sources.len());
    let found = sources
        .par_iter()
        .map_init(Vec::new, |buffer, source| {
            let found = read_header(source, buffer).map_err(|e| Error::io(source.name(), e))?;
            let done = done.fetch_add(1, Ordering::Relaxed) + 1;
            match watch.event(Event::Indexed { done, of }) {
                ControlFlow::Continue(()) => Ok(found),
                ControlFlow::Break(()) => Err(Error::Stopped),
            }
        })
        .collect::<Result<Vec<_>, Error>>()?;
    let mut index = Index { read: of, ..Index::default() };
    for (source, found) in sources.into_iter().zip(found) {
        match found {
            Found::Ct(header) if is_localizer(&header) => index.skipped.push((source, Skip::Localizer)),
            Found::Ct(header) => index.headers.push(*header),
            Found::Other(skip) => index.skipped.push((source, skip)),
        }
    }
    Ok(index)
}

/// A projection that says so. An axial image that calls itself a localizer stays and is refused by a check.
fn is_localizer(header: &Header) -> bool {
    let named = header.acquisition.image_type.iter().any(|value| value == "LOCALIZER");
    let orientation = header.frames.first().and_then(|frame| frame.orientation);
    named && header.damage.is_none() && orientation.is_some_and(|o| normal(o)[2].abs() < 0.9)
}
