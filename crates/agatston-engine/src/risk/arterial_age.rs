//! Arterial age: the age at which a score is the expected one.

/// Arterial age, years: 39.1 + 7.25 ln(score + 1) (McClelland et al., Am J Cardiol 2009;103:59-63).
pub(super) fn arterial_age_years(agatston: f64) -> f64 {
    39.1 + 7.25 * (agatston + 1.0).ln()
}

#[cfg(test)]
mod tests {
    use super::arterial_age_years;

    /// A score of 23 is 62.1409 years: ln 24 = 3.17805, by hand.
    #[test]
    fn the_vector_of_the_table() {
        assert!((arterial_age_years(23.0) - 62.1409).abs() < 5e-5);
        assert_eq!(arterial_age_years(0.0), 39.1);
    }
}
