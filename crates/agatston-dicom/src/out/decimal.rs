//! Decimal strings (VR DS): at most 16 characters, as close to the number as they allow.

/// Most characters of a decimal string (PS3.5 6.2).
const LENGTH_MAX: usize = 16;

/// The number as a decimal string. It reads back as the same number where that fits into 16 characters; otherwise the
/// last digits are rounded away.
pub(super) fn decimal(number: f64) -> String {
    let shortest = if number == 0.0 { "0".to_owned() } else { number.to_string() };
    let exact = [shortest, format!("{number:e}")];
    if let Some(exact) = exact.into_iter().find(|text| text.len() <= LENGTH_MAX) {
        return exact;
    }
    // With digits behind the point, or with an exponent: whichever keeps more of the number.
    let plain = (0..LENGTH_MAX).rev().map(|digits| format!("{number:.digits$}"));
    let exponent = (0..LENGTH_MAX).rev().map(|digits| format!("{number:.digits$e}"));
    let fits = |text: &String| text.len() <= LENGTH_MAX;
    let error = |text: &String| text.parse::<f64>().map_or(f64::INFINITY, |n| (n - number).abs());
    let candidates = plain.filter(fits).take(1).chain(exponent.filter(fits).take(1));
    candidates.min_by(|a, b| error(a).total_cmp(&error(b))).expect("an exponent with one digit fits")
}

/// Several, as one value.
pub(super) fn decimals(numbers: &[f64]) -> String {
    numbers.iter().map(|number| decimal(*number)).collect::<Vec<_>>().join("\\")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_fit() {
        let check = |number: f64, expected: &str| assert_eq!(decimal(number), expected);
        check(-0.0, "0");
        check(0.5, "0.5");
        check(-100.0, "-100");
        check(1.0 / 3.0, "0.33333333333333");
        check(-1.0 / 3.0, "-0.3333333333333");
        check(1234567.0 + 1.0 / 3.0, "1234567.33333333");
        check(-1.0e-9 / 3.0, "-3.333333333e-10");
        check(1.0e300, "1e300");
        assert_eq!(decimals(&[0.5, -1.0]), "0.5\\-1");
    }

    proptest! {
        #[test]
        fn every_number_fits_closely(number in prop::num::f64::NORMAL) {
            let text = decimal(number);
            prop_assert!(text.len() <= 16, "{}", text);
            let read: f64 = text.parse().unwrap();
            prop_assert!((read - number).abs() <= 1e-8 * number.abs(), "{} for {}", text, number);
        }
    }
}
