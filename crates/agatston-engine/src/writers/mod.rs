//! Writers: a result document, a comparison or a traced series in, bytes out. One place, the binary, does the writing.

mod anatomy;
pub mod batch;
pub mod comparison;
pub mod comparison_csv;
pub mod dicom;
mod findings;
pub mod html;
pub mod inspection;
pub mod json;
pub mod label_map;
mod measures;
mod page;
mod risk;
pub mod schema;
mod sizes;
pub mod summary;
pub mod table;
pub mod tables;
mod text;

pub use crate::shown_text::printable;
pub use page::Page;
pub use text::hanging as wrapped;
