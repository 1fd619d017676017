//! Small pieces of text that several writers need: aligning, quoting.

use crate::shown_text::{one_line, wrap};

/// Width of a terminal that every table fits.
pub(crate) const WIDTH: usize = 80;

/// Wraps a text into lines that begin with `first`, and later ones with as many spaces.
pub fn hanging(first: &str, text: &str) -> String {
    let indent = first.chars().count();
    let mut out = String::new();
    for (i, line) in wrap(text, WIDTH - indent).iter().enumerate() {
        let start = if i == 0 { first.to_owned() } else { " ".repeat(indent) };
        out += &format!("{start}{line}\n");
    }
    out
}

/// A cell of a CSV row, quoted where it must be. A leading `=`, `+`, `-` or `@` of a word is no formula.
pub(crate) fn csv_cell(text: &str) -> String {
    let text = one_line(text);
    let formula = text.starts_with(['=', '+', '-', '@']) && text.parse::<f64>().is_err();
    let text = if formula { format!("'{text}") } else { text };
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hangs_on_what_comes_first() {
        assert_eq!(hanging("  a  ", "b c"), "  a  b c\n");
    }

    #[test]
    fn quotes_what_must_be_quoted() {
        assert_eq!(csv_cell("plain"), "plain");
        assert_eq!(csv_cell("a,b"), "\"a,b\"");
        assert_eq!(csv_cell("say \"x\""), "\"say \"\"x\"\"\"");
        assert_eq!(csv_cell("=1+1"), "'=1+1");
        assert_eq!(csv_cell("-12.5"), "-12.5");
    }
}
