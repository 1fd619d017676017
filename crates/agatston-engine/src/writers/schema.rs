//! JSON Schema of the documents, made from the types.

use crate::{
    batch::RunRecord, compare::Comparison, inspect::Inspection, result::ResultDocument, summary::Summary,
};

/// JSON Schema of [`ResultDocument`], with a final newline.
pub fn result() -> String {
    text(&schemars::schema_for!(ResultDocument))
}

/// JSON Schema of [`Inspection`], with a final newline.
pub fn inspection() -> String {
    text(&schemars::schema_for!(Inspection))
}

/// JSON Schema of [`Comparison`], with a final newline.
pub fn comparison() -> String {
    text(&schemars::schema_for!(Comparison))
}

/// JSON Schema of [`RunRecord`], with a final newline.
pub fn run() -> String {
    text(&schemars::schema_for!(RunRecord))
}

/// JSON Schema of [`Summary`], with a final newline.
pub fn summary() -> String {
    text(&schemars::schema_for!(Summary))
}

fn text(schema: &schemars::Schema) -> String {
    serde_json::to_string_pretty(schema).expect("a schema can always be written") + "\n"
}
