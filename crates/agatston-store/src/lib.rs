//! Object stores (S3) as a tree of folders, which a batch lists and reads as it does a folder of the file system.
//!
//! ```text
//! s3://BUCKET/PREFIX -> address    bucket and prefix, taken literally
//! AWS_* variables    -> settings   endpoint, region, keys, waiting times -> a store
//! both               -> tree       ObjectTree: lists one folder, fetches its objects into memory
//! what fails         -> failure    said in words that hold no credentials
//! ```
//!
//! The face is synchronous. A small runtime turns inside an `ObjectTree`; no type of it, no `async` and no type of the
//! crates below leaves this crate. Nothing is written to a store.
//!
//! Everything here needs the feature `object-store`; without it the crate is empty and compiles nothing of others,
//! because object stores double the number of dependencies.
//!
//! Variables are those of other tools for S3: `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`,
//! `AWS_REGION` or `AWS_DEFAULT_REGION` (else `us-east-1`), `AWS_ENDPOINT_URL` or `AWS_ENDPOINT` for a store that is not
//! Amazon's, `AWS_ALLOW_HTTP=true` for one without TLS, `AWS_SKIP_SIGNATURE=true` for a public bucket. Without keys, roles
//! of containers and machines are asked for. Files of profiles (`~/.aws`) are not read.

#![forbid(unsafe_code)]

#[cfg(feature = "object-store")]
mod address;
#[cfg(feature = "object-store")]
mod error;
#[cfg(feature = "object-store")]
mod failure;
#[cfg(feature = "object-store")]
mod settings;
#[cfg(feature = "object-store")]
mod tree;

#[cfg(feature = "object-store")]
pub use address::is_url;
#[cfg(feature = "object-store")]
pub use error::Error;
#[cfg(feature = "object-store")]
pub use tree::{FOLDER_BYTES_MAX, ObjectTree};
