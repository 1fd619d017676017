//! A batch on disk: its folder, its journal, its tables, its progress.

mod folder;
mod journal;
mod progress;
mod stop;
mod tables;

pub(crate) use folder::{BatchFolder, INDEX};
pub(crate) use journal::{Ended, Journal, Keeping, Trust};
pub(crate) use progress::{BatchProgress, Said};
pub(crate) use stop::Stop;
pub(crate) use tables::{Kept, Merged, Part, each, write_tables};
