//! Categories of the coronary total. On the unrounded score; research output, no advice.

/// CAC-DRS category: 0, (0, 100), [100, 300), [300, inf) (Hecht et al., 2018).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Category {
    /// Score 0.
    A0,
    /// Over 0, below 100.
    A1,
    /// From 100, below 300.
    A2,
    /// From 300 on.
    A3,
}

impl Category {
    /// The category of a coronary total; negative scores do not exist.
    pub fn of(agatston: f64) -> Self {
        match agatston {
            s if s >= 300.0 => Self::A3,
            s if s >= 100.0 => Self::A2,
            s if s > 0.0 => Self::A1,
            _ => Self::A0,
        }
    }

    /// The name used in every output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::A0 => "A0",
            Self::A1 => "A1",
            Self::A2 => "A2",
            Self::A3 => "A3",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Category;

    #[test]
    fn bounds_belong_to_the_upper_category() {
        let check = |score, name| assert_eq!(Category::of(score).as_str(), name, "{score}");
        check(0.0, "A0");
        check(1e-9, "A1");
        check(99.999, "A1");
        check(100.0, "A2");
        check(299.999, "A2");
        check(300.0, "A3");
    }
}
