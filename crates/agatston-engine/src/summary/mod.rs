//! A cohort on one page: from the rows of a table of scores to `agatston.summary/1`.
//!
//! ```text
//! file --read--> Row, one at a time --Tally--> the few numbers that quantiles need --finish--> Summary
//! ```
//!
//! Scored and provisional series, and those of which everything was counted, are never in one distribution. What is null is
//! unknown and counted as such, never 0. The order of the rows changes nothing.

mod group;
mod read;
pub mod record;
mod row;
mod statistics;
mod tally;

#[cfg(test)]
pub(crate) mod tests;

#[cfg(test)]
use read::of_csv;
pub use read::{Unread, summarise};
pub use record::Summary;
