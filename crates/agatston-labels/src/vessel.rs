//! The names by which arteries go. A closed list: a name that is not on it is not guessed at.
//!
//! "Left coronary artery" is left out on purpose: in one public data set it is the left main, in anatomy and in
//! SNOMED CT (50018008) it is the whole left system.

use agatston_core::Artery;

use crate::Meaning;

/// What a name says, whatever its case and whether blanks, underscores or hyphens part its words.
pub(crate) fn meaning_of(name: &str) -> Option<Meaning> {
    let meaning = match plain(name).as_str() {
        "lm"
        | "lmca"
        | "lms"
        | "left main"
        | "left main stem"
        | "left main artery"
        | "left main coronary"
        | "left main coronary artery" => Meaning::Artery(Artery::Lm),
        "lad"
        | "left anterior descending"
        | "left anterior descending artery"
        | "left anterior descending coronary artery"
        | "anterior descending branch of left coronary artery" => Meaning::Artery(Artery::Lad),
        "lcx"
        | "cx"
        | "lcf"
        | "circumflex"
        | "left circumflex"
        | "circumflex artery"
        | "left circumflex artery"
        | "circumflex coronary artery"
        | "left circumflex coronary artery" => Meaning::Artery(Artery::Lcx),
        "rca" | "right coronary" | "right coronary artery" => Meaning::Artery(Artery::Rca),
        "coronary"
        | "coronary artery"
        | "coronary arteries"
        | "coronary calcium"
        | "coronary calcification"
        | "coronary artery calcium"
        | "coronary artery calcification"
        | "cac" => Meaning::Coronary,
        _ => return None,
    };
    Some(meaning)
}

/// A name in lower case with single blanks between its words.
pub(crate) fn plain(name: &str) -> String {
    let words = name.split(|c: char| c.is_whitespace() || c == '_' || c == '-').filter(|w| !w.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_field_are_known_in_any_spelling() {
        for (name, artery) in [
            ("LM", Artery::Lm),
            ("Left_Main", Artery::Lm),
            ("left-anterior  descending", Artery::Lad),
            ("LCx", Artery::Lcx),
            (" Right coronary artery ", Artery::Rca),
        ] {
            assert_eq!(meaning_of(name), Some(Meaning::Artery(artery)), "{name}");
        }
        assert_eq!(meaning_of("coronary_arteries"), Some(Meaning::Coronary));
    }

    #[test]
    fn doubtful_names_are_not() {
        for name in ["Left Coronary Artery", "LAD_PROXIMAL", "aorta", "", "L"] {
            assert_eq!(meaning_of(name), None, "{name}");
        }
    }
}
