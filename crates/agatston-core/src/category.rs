//! Categories of the coronary total. On the unrounded score; research output, no advice.

/// Category by the bounds of CAC-DRS: 0, (0, 100), [100, 300), [300, inf) (Hecht et al., 2018).
///
/// Not a CAC-DRS grade: that also wants gating and the number of arteries, see [`cac_drs_grade`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Category {
    /// Score 0.
    Zero,
    /// Over 0, below 100.
    Low,
    /// From 100, below 300.
    Middle,
    /// From 300 on.
    High,
}

impl Category {
    /// The category of a coronary total; negative scores do not exist.
    pub fn of(agatston: f64) -> Self {
        match agatston {
            s if s >= 300.0 => Self::High,
            s if s >= 100.0 => Self::Middle,
            s if s > 0.0 => Self::Low,
            _ => Self::Zero,
        }
    }

    /// The name used in every output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Zero => "0",
            Self::Low => "(0,100)",
            Self::Middle => "[100,300)",
            Self::High => "[300,inf)",
        }
    }

    /// The number after the A of a CAC-DRS grade, 0 to 3 (Hecht et al., 2018).
    pub const fn cac_drs_number(self) -> u8 {
        match self {
            Self::Zero => 0,
            Self::Low => 1,
            Self::Middle => 2,
            Self::High => 3,
        }
    }
}

/// Category in five steps: the bounds of CAC-DRS, and 1000 (Peng et al., 2021).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FiveCategory {
    /// Score 0.
    Zero,
    /// Over 0, below 100.
    Low,
    /// From 100, below 300.
    Middle,
    /// From 300, below 1000.
    High,
    /// From 1000 on.
    Extreme,
}

impl FiveCategory {
    /// The category of a coronary total; negative scores do not exist.
    pub fn of(agatston: f64) -> Self {
        match Category::of(agatston) {
            Category::Zero => Self::Zero,
            Category::Low => Self::Low,
            Category::Middle => Self::Middle,
            Category::High if agatston < 1000.0 => Self::High,
            Category::High => Self::Extreme,
        }
    }

    /// The name used in every output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Zero => "0",
            Self::Low => "(0,100)",
            Self::Middle => "[100,300)",
            Self::High => "[300,1000)",
            Self::Extreme => "[1000,inf)",
        }
    }
}

/// Category of Rumberger et al. (1999), whose bounds belong to the lower one: 0, (0, 10], (10, 100], (100, 400],
/// (400, inf).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RumbergerCategory {
    /// Score 0.
    None,
    /// Over 0, up to 10.
    Minimal,
    /// Over 10, up to 100.
    Mild,
    /// Over 100, up to 400.
    Moderate,
    /// Over 400.
    Extensive,
}

impl RumbergerCategory {
    /// The category of a coronary total; negative scores do not exist.
    pub fn of(agatston: f64) -> Self {
        match agatston {
            s if s > 400.0 => Self::Extensive,
            s if s > 100.0 => Self::Moderate,
            s if s > 10.0 => Self::Mild,
            s if s > 0.0 => Self::Minimal,
            _ => Self::None,
        }
    }

    /// The name used in every output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "0",
            Self::Minimal => "(0,10]",
            Self::Mild => "(10,100]",
            Self::Moderate => "(100,400]",
            Self::Extensive => "(400,inf)",
        }
    }
}

/// Whether a score is over 0 and under 1: it would round to 0 or 1, and is neither.
pub fn is_trace(agatston: f64) -> bool {
    agatston > 0.0 && agatston < 1.0
}

/// The CAC-DRS grade of a gated scan, `A0/N0` to `A3/N4` (Hecht et al., 2018); the visual grade V is never computed.
///
/// `arteries` is how many of LM, LAD, LCX and RCA hold calcium; without calcium there are none. `None` where that number
/// is not known, or cannot be.
pub fn cac_drs_grade(category: Category, arteries: Option<u64>) -> Option<String> {
    let arteries = match category {
        Category::Zero => 0,
        _ => arteries.filter(|n| (1..=4).contains(n))?,
    };
    Some(format!("A{}/N{arteries}", category.cac_drs_number()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_belong_to_the_upper_category() {
        let check = |score, name, five| {
            assert_eq!(Category::of(score).as_str(), name, "{score}");
            assert_eq!(FiveCategory::of(score).as_str(), five, "{score}");
        };
        check(0.0, "0", "0");
        check(1e-9, "(0,100)", "(0,100)");
        check(99.999, "(0,100)", "(0,100)");
        check(100.0, "[100,300)", "[100,300)");
        check(299.999, "[100,300)", "[100,300)");
        check(300.0, "[300,inf)", "[300,1000)");
        check(999.999, "[300,inf)", "[300,1000)");
        check(1000.0, "[300,inf)", "[1000,inf)");
    }

    #[test]
    fn bounds_of_rumberger_belong_to_the_lower_category() {
        let check = |score, name| assert_eq!(RumbergerCategory::of(score).as_str(), name, "{score}");
        check(0.0, "0");
        check(1e-9, "(0,10]");
        check(10.0, "(0,10]");
        check(10.001, "(10,100]");
        check(100.0, "(10,100]");
        check(100.001, "(100,400]");
        check(400.0, "(100,400]");
        check(400.001, "(400,inf)");
    }

    #[test]
    fn a_trace_is_between_0_and_1() {
        for (score, trace) in [(0.0, false), (1e-9, true), (0.999, true), (1.0, false)] {
            assert_eq!(is_trace(score), trace, "{score}");
        }
    }

    #[test]
    fn grades_want_the_number_of_arteries() {
        let check = |score, arteries, grade: Option<&str>| {
            assert_eq!(
                cac_drs_grade(Category::of(score), arteries).as_deref(),
                grade,
                "{score} {arteries:?}"
            );
        };
        check(0.0, Some(0), Some("A0/N0"));
        check(0.0, None, Some("A0/N0"));
        check(0.5, Some(1), Some("A1/N1"));
        check(150.0, Some(2), Some("A2/N2"));
        check(2000.0, Some(4), Some("A3/N4"));
        check(150.0, None, None);
        check(150.0, Some(0), None);
    }
}
