//! Results read back from what the JSON writer wrote.

use super::{RESULT_SCHEMA, ResultDocument};

/// Reads what [`pretty`](crate::writers::json::pretty) or several [`line`](crate::writers::json::line())s wrote.
///
/// # Errors
///
/// What is wrong, in words, when the text holds no result, or one of another version. No value of it is quoted.
pub fn read(bytes: &[u8]) -> Result<Vec<ResultDocument>, String> {
    let mut documents = Vec::new();
    for document in serde_json::Deserializer::from_slice(bytes).into_iter::<serde_json::Value>() {
        let value = document.map_err(|e| format!("no JSON at line {}, column {}", e.line(), e.column()))?;
        let schema = value.get("schema").and_then(serde_json::Value::as_str);
        if schema != Some(RESULT_SCHEMA) {
            return Err(format!("its schema is not {RESULT_SCHEMA}"));
        }
        let document = serde_json::from_value(value);
        documents.push(document.map_err(|_| format!("keys are missing or odd for {RESULT_SCHEMA}"))?);
    }
    if documents.is_empty() { Err("it is empty".to_owned()) } else { Ok(documents) }
}
