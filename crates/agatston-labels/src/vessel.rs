//! The names by which arteries go. A closed list: a name that is not on it is not guessed at.
//!
//! "Left coronary artery" is left out on purpose: in one public data set it is the left main, in anatomy and in
//! SNOMED CT (50018008) it is the whole left system.

use agatston_core::Artery;

use crate::{Meaning, names::Coded};

/// What a code of a terminology says: SNOMED CT (`SCT`), or the SNOMED-RT codes that older DICOM files have (`SRT`, once
/// also called `SNM3` and `99SDM`); the pairs are those of DICOM PS3.16, annex O, for CID 3014 to 3016.
///
/// Segments of an artery are that artery, diagonals the LAD, marginals the LCX, as scores per artery count them. Left
/// out: "left coronary artery" (50018008), which is the whole left system, and the posterior descending artery without
/// a side (443113009), which belongs to one or the other.
pub(crate) fn meaning_of_code(code: &Coded) -> Option<Meaning> {
    let is_clinical_terms = match code.scheme.as_str() {
        "SCT" => true,
        "SRT" | "SNM3" | "99SDM" => false,
        _ => return None,
    };
    let value = code.value.as_str();
    let holds = |clinical: &[&str], reference: &[&str]| {
        if is_clinical_terms { clinical.contains(&value) } else { reference.contains(&value) }
    };
    if holds(&["41801008"], &["T-43000"]) {
        return Some(Meaning::Coronary);
    }
    let artery = Artery::ALL.into_iter().find(|artery| match artery {
        Artery::Lm => holds(&["3227004", "1256091001"], &["T-43107"]),
        Artery::Lad => holds(
            &["59438005", "68787002", "91748002", "36672000", "91750005", "91751009"],
            &["T-43110", "T-43111", "T-43115", "T-43112", "T-43117", "T-43118"],
        ),
        Artery::Lcx => holds(
            &["57396003", "52433000", "91753007", "6511003", "91754001", "91755000"],
            &["T-43120", "T-43121", "T-43127", "T-43122", "T-43128", "T-43129"],
        ),
        Artery::Rca => holds(
            &["13647002", "91083009", "450960006", "41879009", "53655008", "56789007"],
            &["T-43200", "T-43201", "T-D6515", "T-43202", "T-43210", "T-43205"],
        ),
    });
    artery.map(Meaning::Artery)
}

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
        // The last is what a provisional score calls what lies around the left main: coronary, and its artery is not known.
        "other coronary" | "other coronary artery" | "lm/lad/lcx" => Meaning::OtherCoronary,
        _ => return None,
    };
    Some(meaning)
}

/// The last word of a label that nobody has decided on.
const PROVISIONAL: &str = "provisional";

/// What a label is called that nobody has decided on: read again, it is refused.
pub fn provisional(name: &str) -> String {
    format!("{name} {PROVISIONAL}")
}

/// Whether a label is called as one that nobody has decided on.
pub(crate) fn is_provisional(name: &str) -> bool {
    plain(name).split(' ').next_back() == Some(PROVISIONAL)
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
        assert_eq!(meaning_of("Other_coronary"), Some(Meaning::OtherCoronary));
        assert_eq!(meaning_of("LM/LAD/LCX"), Some(Meaning::OtherCoronary));
        assert!(is_provisional(&provisional("LM/LAD/LCX")) && is_provisional("LAD_Provisional"));
        assert!(!is_provisional("LAD") && !is_provisional("provisional LAD"));
    }

    #[test]
    fn doubtful_names_are_not() {
        for name in ["Left Coronary Artery", "LAD_PROXIMAL", "aorta", "", "L"] {
            assert_eq!(meaning_of(name), None, "{name}");
        }
    }
}
