//! Why a tree could not be opened. What fails later is an error of [`agatston_dicom`], as it is with files.

use std::io;

/// A request or a setting that cannot be used. No message repeats an address or a value: both may hold credentials.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The address is not one of an object store.
    #[error("the address of an object store is not s3://BUCKET/PREFIX: {reason}")]
    Address {
        /// What is wrong with it.
        reason: String,
    },
    /// The variables of the environment do not describe a store.
    #[error("the object store cannot be used: {reason}; look at the variables AWS_*")]
    Settings {
        /// What is wrong with them.
        reason: String,
    },
    /// The system gives no threads to wait for a store with.
    #[error("no thread could be started to read an object store: {source}")]
    Threads {
        /// What the system said.
        #[source]
        source: io::Error,
    },
}
