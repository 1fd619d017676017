//! The loader through its public face, on series that the phantoms write and the tests damage.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod codecs;
mod damages;
mod grouping;
mod input;
mod objects;
mod odd_headers;
mod strips;
mod support;
mod traps;
