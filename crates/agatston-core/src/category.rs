//! Categories of the coronary total. On the unrounded score; research output, no advice.

/// Category by the bounds of CAC-DRS: 0, (0, 100), [100, 300), [300, inf) (Hecht et al., 2018).
///
/// Not a CAC-DRS grade: that also wants gating and the number of arteries.
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
}

#[cfg(test)]
mod tests {
    use super::Category;

    #[test]
    fn bounds_belong_to_the_upper_category() {
        let check = |score, name| assert_eq!(Category::of(score).as_str(), name, "{score}");
        check(0.0, "0");
        check(1e-9, "(0,100)");
        check(99.999, "(0,100)");
        check(100.0, "[100,300)");
        check(299.999, "[100,300)");
        check(300.0, "[300,inf)");
    }
}
