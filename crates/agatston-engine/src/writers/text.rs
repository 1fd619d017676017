//! Small pieces of text that several writers need: wrapping, aligning, quoting.

/// Width of a terminal that every table fits.
pub(crate) const WIDTH: usize = 80;

/// Breaks a text at spaces into lines of at most `width` characters; a longer word stands alone.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

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

/// A text without anything that a terminal would obey: names come from files that anybody may have written.
pub fn printable(text: &str) -> String {
    text.chars().map(|c| if (c.is_control() && c != '\n') || turns_text(c) { '?' } else { c }).collect()
}

/// The same on one line: a name with a line of its own would be a row of its own.
pub(crate) fn one_line(text: &str) -> String {
    printable(text).replace(['\n', '\u{2028}', '\u{2029}'], "?")
}

/// Whether a character changes the direction of what follows, so that it reads as something else (Unicode UAX #9).
fn turns_text(c: char) -> bool {
    matches!(c, '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// A cell of a CSV row, quoted where it must be. A leading `=`, `+`, `-` or `@` of a word is no formula.
pub(crate) fn csv_cell(text: &str) -> String {
    let text: &str = &text.chars().map(|c| if c.is_control() { '?' } else { c }).collect::<String>();
    let formula = text.starts_with(['=', '+', '-', '@']) && text.parse::<f64>().is_err();
    let text = if formula { format!("'{text}") } else { text.to_owned() };
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wraps_at_spaces() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("extraordinary words", 5), ["extraordinary", "words"]);
        assert_eq!(wrap("", 5), Vec::<String>::new());
        assert_eq!(hanging("  a  ", "b c"), "  a  b c\n");
    }

    #[test]
    fn a_name_is_one_line_that_reads_one_way() {
        assert_eq!(one_line("x\ntotal\u{1b}[31m\u{202E}der"), "x?total?[31m?der");
        assert_eq!(printable("two\nlines"), "two\nlines");
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
