//! One file a command, each short: ask the engine, hand the bytes to `output`.

pub(crate) mod batch;
pub(crate) mod compare;
pub(crate) mod cutoffs;
pub(crate) mod files;
pub(crate) mod inspect;
pub(crate) mod merge;
pub(crate) mod phantom;
pub(crate) mod protocols;
pub(crate) mod schema;
pub(crate) mod schemes;
pub(crate) mod score;
pub(crate) mod summary;
pub(crate) mod validate;
