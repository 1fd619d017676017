//! Age and sex of the person, as far as a header says them. Left out: birth dates, which no score reads.

use super::{
    elements::Elements,
    tag::{self, Key},
};
use crate::{Sex, text};

/// Age and sex of the person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Person {
    /// PatientAge (0010,1010), years.
    pub(crate) age_years: Option<u16>,
    /// PatientSex (0010,0040).
    pub(crate) sex: Option<Sex>,
}

impl Person {
    /// What the top level says.
    pub(crate) fn of(elements: &Elements) -> Self {
        let value = |key: Key| elements.top.get(key).map(text::trim);
        Self { age_years: value(tag::PATIENT_AGE).and_then(age), sex: value(tag::PATIENT_SEX).and_then(sex) }
    }
}

/// An age string (VR AS) in years, `nnnY`. `000Y` is what removes an age, and weeks and months are of children.
fn age(value: &[u8]) -> Option<u16> {
    let (digits, unit) = value.split_at_checked(3)?;
    let years =
        digits.iter().try_fold(0, |sum: u16, d| d.is_ascii_digit().then(|| 10 * sum + u16::from(d - b'0')));
    years.filter(|years| *years > 0 && unit == b"Y")
}

/// `F` or `M`; `O` is neither.
fn sex(value: &[u8]) -> Option<Sex> {
    match value {
        b"F" => Some(Sex::Female),
        b"M" => Some(Sex::Male),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_is_three_digits_and_a_y() {
        let check = |text: &str, years| assert_eq!(age(text.as_bytes()), years, "{text}");
        check("061Y", Some(61));
        check("101Y", Some(101));
        for none in ["000Y", "061", "61Y", "006M", "0061Y", "+61Y", "061y", "061D", "", "Y"] {
            check(none, None);
        }
    }

    #[test]
    fn a_header_says_age_and_sex_or_nothing() {
        let of = |values: &[(Key, &str)]| {
            let mut elements = Elements::of_image();
            values.iter().for_each(|(key, value)| elements.take(&[], *key, value.as_bytes()));
            Person::of(&elements)
        };
        let both = of(&[(tag::PATIENT_SEX, "F "), (tag::PATIENT_AGE, "061Y")]);
        assert_eq!(both, Person { age_years: Some(61), sex: Some(Sex::Female) });
        assert_eq!(of(&[(tag::PATIENT_SEX, "M")]).sex, Some(Sex::Male));
        assert_eq!(of(&[(tag::PATIENT_SEX, "O"), (tag::PATIENT_AGE, "000Y")]), Person::default());
        assert_eq!(of(&[]), Person::default());
    }
}
