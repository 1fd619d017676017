//! `agatston schema`

use crate::{cli::Document, exit::Exit, failure::Failure, output};
use agatston_engine::writers::schema;

pub(crate) fn run(document: Document) -> Result<Exit, Failure> {
    let text = match document {
        Document::Result => schema::result(),
        Document::Inspection => schema::inspection(),
        Document::Compare => schema::comparison(),
        Document::Run => schema::run(),
        Document::Summary => schema::summary(),
    };
    output::stdout(text.as_bytes())
}
