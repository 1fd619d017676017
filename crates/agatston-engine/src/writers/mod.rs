//! Writers: a result document in, bytes out. One place, the binary, does the writing.

pub mod comparison;
pub mod comparison_csv;
pub mod csv;
pub mod dicom;
pub mod html;
pub mod inspection;
pub mod json;
pub mod label_map;
mod measures;
mod risk;
pub mod schema;
pub mod table;
mod text;

pub(crate) use text::wrap;
pub use text::{hanging as wrapped, printable};
