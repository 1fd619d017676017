//! Text as any output may show it: what names from files may hold, where lines break, what every output says of itself.

/// Stands on every output for people.
pub(crate) const RESEARCH: &str = "For research. Not for clinical use.";

/// Stands where a provisional score is the first thing to read.
pub(crate) const PROVISIONAL: &str = "no label and no reader decided what is coronary";

/// How far the rules behind a provisional score can be trusted.
pub(crate) const ELEVEN_SCANS: &str =
    "The rules were set on eleven scans and fit them; expect less on others.";

/// What makes a final score of a provisional one.
pub(crate) const SETTLED_BY: &str = "labels of the arteries (--labels), or the decisions of a reader on every lesion, the confident ones too (--edits)";

/// What the bounds of a provisional score are.
pub(crate) const BOUNDS: &str = "Bounds are sums of tiers with a least width, no confidence interval. Those of LAD and LCX hold the upper bound of LM/LAD/LCX, where they and LM cannot be told apart: arteries may add up to more than the total.";

/// What a size of calcium on CT is not.
pub(crate) const CT_SEES: &str =
    "Sizes are as they appear at the threshold, blooming included: CT shows no true microcalcification.";

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wraps_at_spaces() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("extraordinary words", 5), ["extraordinary", "words"]);
        assert_eq!(wrap("", 5), Vec::<String>::new());
    }

    #[test]
    fn a_name_is_one_line_that_reads_one_way() {
        assert_eq!(one_line("x\ntotal\u{1b}[31m\u{202E}der"), "x?total?[31m?der");
        assert_eq!(printable("two\nlines"), "two\nlines");
    }
}
