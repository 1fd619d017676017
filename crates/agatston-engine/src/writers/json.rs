//! JSON: pretty for one document, one line each for many. Read again by [`crate::result::read`].

use crate::result::ResultDocument;

/// The document, indented, with a final newline.
pub fn pretty(document: &ResultDocument) -> String {
    let text = serde_json::to_string_pretty(document);
    text.expect("a document of numbers and words can always be written") + "\n"
}

/// The document on one line, with its newline: JSON Lines.
pub fn line(document: &ResultDocument) -> String {
    let text = serde_json::to_string(document);
    text.expect("a document of numbers and words can always be written") + "\n"
}
