//! What a person has in the heart that is no calcium: declared by the user, for no header says it and no threshold sees it.

use crate::code;
use agatston_core::Finding;
use std::collections::BTreeSet;

/// What can be declared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Declared {
    /// A coronary stent.
    Stent,
    /// A coronary bypass.
    Bypass,
    /// A device: leads, a valve.
    Device,
}

impl Declared {
    /// Everything that can be declared.
    pub const ALL: [Self; 3] = [Self::Stent, Self::Bypass, Self::Device];

    /// The word of options and tables.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Stent => "stent",
            Self::Bypass => "bypass",
            Self::Device => "device",
        }
    }

    /// Words with commas between them; none of an empty text.
    ///
    /// # Errors
    ///
    /// What is needed, when a word is none of these.
    pub fn parse(text: &str) -> Result<BTreeSet<Self>, &'static str> {
        let known = |word: &str| Self::ALL.into_iter().find(|d| word.eq_ignore_ascii_case(d.as_str()));
        let words = text.split(',').map(str::trim).filter(|word| !word.is_empty());
        words
            .map(|word| known(word).ok_or("needs stent, bypass or device, with commas between them"))
            .collect()
    }

    /// What is said of it.
    pub(super) fn finding(self) -> Finding {
        match self {
            Self::Stent => Finding::warning(
                code::DECLARED_STENT,
                "a stent was declared: its struts may count as calcium, and no percentile or risk is given",
            )
            .next_step("take lesions in the stent out of the labels; the rest is no score of the whole tree"),
            Self::Bypass => Finding::warning(
                code::DECLARED_BYPASS,
                "a bypass was declared: clips may count as calcium, and no percentile or risk is given",
            )
            .next_step("take clips and grafts out of the labels"),
            Self::Device => Finding::warning(
                code::DECLARED_DEVICE,
                "a device was declared: its leads or metal may count as calcium, or darken what is near",
            )
            .next_step("look at the lesions beside it"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_with_commas_between_them() {
        let check = |text, expected: Option<&[Declared]>| {
            let parsed = Declared::parse(text).ok().map(|set| set.into_iter().collect::<Vec<_>>());
            assert_eq!(parsed.as_deref(), expected, "{text:?}");
        };
        check("stent", Some(&[Declared::Stent]));
        check("device, Bypass,device", Some(&[Declared::Bypass, Declared::Device]));
        check("", Some(&[]));
        check("stents", None);
        check("stent;bypass", None);
    }
}
