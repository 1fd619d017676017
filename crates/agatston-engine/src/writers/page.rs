//! A page for people: text, and the ink of the few words that a terminal may show in colour.
//!
//! 1. A writer lays its lines out in plain text; ink has no width.
//! 2. What is added to a page is made printable there and then, so that no name from a file brings a control sequence.
//! 3. Only [`Page::painted`] makes control sequences, and only of inks.

use super::text::hanging;
use crate::shown_text::printable;
use anstyle::{AnsiColor, Style};
use std::ops::AddAssign;

/// What a piece of text is, where it is more than text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ink {
    /// Text.
    Plain,
    /// A title, or the head of a column.
    Heading,
    /// The row of a total.
    Total,
    /// A word that says that there is no score.
    Refusal,
    /// A word that says that a reader must know this.
    Warning,
    /// A word that says that this is worth recording.
    Info,
}

impl Ink {
    fn style(self) -> Style {
        match self {
            Self::Plain => Style::new(),
            Self::Heading | Self::Total => Style::new().bold(),
            Self::Refusal => AnsiColor::Red.on_default().bold(),
            Self::Warning => AnsiColor::Yellow.on_default(),
            Self::Info => Style::new().dimmed(),
        }
    }
}

/// A page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// Pieces of text, each printable.
    pieces: Vec<(Ink, String)>,
}

impl Page {
    /// A page that begins with a piece of text.
    pub(crate) fn of(ink: Ink, text: &str) -> Self {
        let mut page = Self::default();
        page.add(ink, text);
        page
    }

    /// Adds a piece of text.
    pub(crate) fn add(&mut self, ink: Ink, text: &str) {
        self.pieces.push((ink, printable(text)));
    }

    /// Adds wrapped lines that hang on `first`, which has an ink of its own.
    pub(crate) fn hang(&mut self, ink: Ink, first: &str, text: &str) {
        let lines = hanging(first, text);
        match lines.strip_prefix(first) {
            Some(rest) => {
                self.add(ink, first);
                self.add(Ink::Plain, rest);
            }
            None => self.add(Ink::Plain, &lines),
        }
    }

    /// Adds another page.
    pub fn append(&mut self, page: Self) {
        self.pieces.extend(page.pieces);
    }

    /// Pages one below the other, with an empty line between them.
    pub fn join(pages: impl IntoIterator<Item = Self>) -> Self {
        let mut all = Self::default();
        for (i, page) in pages.into_iter().enumerate() {
            all += if i == 0 { "" } else { "\n" };
            all.append(page);
        }
        all
    }

    /// The text alone.
    pub fn plain(&self) -> String {
        self.pieces.iter().map(|(_, text)| text.as_str()).collect()
    }

    /// The text with control sequences for its inks, which end before each line does.
    pub fn painted(&self) -> String {
        self.pieces
            .iter()
            .flat_map(|(ink, text)| text.split_inclusive('\n').map(|line| paint(*ink, line)))
            .collect()
    }
}

impl AddAssign<&str> for Page {
    fn add_assign(&mut self, text: &str) {
        self.add(Ink::Plain, text);
    }
}

fn paint(ink: Ink, line: &str) -> String {
    let style = ink.style();
    let (text, end) = line.strip_suffix('\n').map_or((line, ""), |text| (text, "\n"));
    if text.trim().is_empty() { line.to_owned() } else { format!("{style}{text}{style:#}{end}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ink_is_painted_around_words_and_ends_with_the_line() {
        let mut page = Page::of(Ink::Heading, "a\n\nb\n");
        page.hang(Ink::Refusal, "NOT: ", "so");
        page += "plain\n";
        assert_eq!(page.plain(), "a\n\nb\nNOT: so\nplain\n");
        assert_eq!(
            page.painted(),
            "\x1b[1ma\x1b[0m\n\n\x1b[1mb\x1b[0m\n\x1b[1m\x1b[31mNOT: \x1b[0mso\nplain\n"
        );
    }

    #[test]
    fn no_text_brings_a_control_sequence() {
        let hostile = "RCA\x1b[31m\x1b]0;title\x07\u{9b}2J\r";
        let mut page = Page::of(Ink::Warning, hostile);
        page += hostile;
        page.hang(Ink::Info, hostile, hostile);
        let painted = page.painted();
        let ours = [Ink::Warning, Ink::Info].map(|ink| ink.style().render().to_string());
        let left = ours.iter().fold(painted.replace("\x1b[0m", ""), |text, ours| text.replace(ours, ""));
        assert!(left.chars().all(|c| !c.is_control() || c == '\n'), "{left:?}");
        assert!(page.plain().starts_with("RCA?[31m?]0;title??2J?"), "{:?}", page.plain());
    }
}
