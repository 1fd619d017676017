//! Numbers and words as a page shows them. What is not known is a dash, never 0.

use maud::{Markup, html};

/// What stands for a number that is not known.
pub(super) const UNKNOWN: &str = "\u{2013}";

/// A number with so many digits behind the point.
pub(super) fn fixed(x: Option<f64>, digits: usize) -> String {
    x.map_or_else(|| UNKNOWN.to_owned(), |x| format!("{x:.digits$}"))
}

/// A count.
pub(super) fn count(n: Option<u64>) -> String {
    n.map_or_else(|| UNKNOWN.to_owned(), |n| n.to_string())
}

/// A count with its noun.
pub(super) fn counted(n: u64, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

/// A cell with a number.
pub(super) fn cell(text: &str) -> Markup {
    html! { td.n { (text) } }
}

/// The bounds of a category in words.
pub(super) fn range_words(category: &str) -> String {
    let bounds = category.trim_matches(['[', '(', ']', ')']).split_once(',');
    match bounds {
        None => format!("exactly {category}"),
        Some((low, "inf")) => match category.starts_with('(') {
            true => format!("over {low}"),
            false => format!("{low} and more"),
        },
        Some((low, high)) => {
            let from = if category.starts_with('(') { format!("over {low}") } else { low.to_owned() };
            let to = if category.ends_with(')') { format!("under {high}") } else { high.to_owned() };
            format!("{from} to {to}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn categories_in_words() {
        let all = ["0", "(0,100)", "[100,300)", "[300,inf)", "(10,100]", "(400,inf)"].map(range_words);
        assert_eq!(
            all,
            [
                "exactly 0",
                "over 0 to under 100",
                "100 to under 300",
                "300 and more",
                "over 10 to 100",
                "over 400"
            ]
        );
    }

    #[test]
    fn the_unknown_is_no_zero() {
        assert_eq!(
            (fixed(None, 2), fixed(Some(0.0), 2), count(None)),
            ("–".to_owned(), "0.00".to_owned(), "–".to_owned())
        );
    }
}
