//! What is known of a person beside the images: each value with where it came from, and its range.
//!
//! Left out: names, dates, and anything that would have to be guessed.

use agatston_dicom::SeriesFacts;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;

/// Sex as the reference tables know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub enum Sex {
    /// Female.
    #[serde(rename = "f")]
    Female,
    /// Male.
    #[serde(rename = "m")]
    Male,
}

/// Race or ethnic group as MESA asked for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Race {
    /// White.
    White,
    /// Black.
    Black,
    /// Chinese.
    Chinese,
    /// Hispanic.
    Hispanic,
}

impl Race {
    /// Every group.
    pub const ALL: [Self; 4] = [Self::White, Self::Black, Self::Chinese, Self::Hispanic];

    /// The word of options, tables and outputs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::White => "white",
            Self::Black => "black",
            Self::Chinese => "chinese",
            Self::Hispanic => "hispanic",
        }
    }

    /// The group of a word, in any case.
    pub(super) fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|race| word.eq_ignore_ascii_case(race.as_str()))
    }
}

/// Where a value came from. Options beat the table, the table beats the header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum CovariateSource {
    /// An option of the command.
    Option,
    /// The covariates CSV.
    Csv,
    /// The DICOM header; only age and sex.
    Header,
}

/// A value and where it came from.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Given<T> {
    /// The value.
    pub value: T,
    /// `option`, `csv` or `header`.
    pub source: CovariateSource,
}

/// What is known of a person; null is not given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Covariates {
    /// Age in completed years.
    pub age_years: Option<Given<u16>>,
    /// Sex, `f` or `m`.
    pub sex: Option<Given<Sex>>,
    /// Race or ethnic group, `white`, `black`, `chinese` or `hispanic`.
    pub race: Option<Given<Race>>,
    /// Total cholesterol, mg/dL.
    pub total_cholesterol_mg_dl: Option<Given<f64>>,
    /// HDL cholesterol, mg/dL.
    pub hdl_mg_dl: Option<Given<f64>>,
    /// Systolic blood pressure, mmHg.
    pub sbp_mmhg: Option<Given<f64>>,
    /// Whether blood pressure is treated.
    pub bp_medication: Option<Given<bool>>,
    /// Whether lipids are treated.
    pub lipid_medication: Option<Given<bool>>,
    /// Whether the person smokes.
    pub smoker: Option<Given<bool>>,
    /// Whether the person has diabetes.
    pub diabetes: Option<Given<bool>>,
    /// Whether parents, siblings or children had a heart attack.
    pub family_history: Option<Given<bool>>,
}

/// One of the covariates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Covariate {
    /// Age, years.
    Age,
    /// Sex.
    Sex,
    /// Race or ethnic group.
    Race,
    /// Total cholesterol, mg/dL.
    TotalCholesterol,
    /// HDL cholesterol, mg/dL.
    Hdl,
    /// Systolic blood pressure, mmHg.
    Sbp,
    /// Treatment of blood pressure.
    BpMedication,
    /// Treatment of lipids.
    LipidMedication,
    /// Smoking.
    Smoker,
    /// Diabetes.
    Diabetes,
    /// Heart attacks in the family.
    FamilyHistory,
}

/// Ages that a person can have, years.
const AGE_YEARS: RangeInclusive<u16> = 1..=120;
/// Total cholesterol, mg/dL; in mmol/L it stays below.
const TOTAL_CHOLESTEROL_MG_DL: RangeInclusive<f64> = 50.0..=800.0;
/// HDL cholesterol, mg/dL; in mmol/L it stays below.
const HDL_MG_DL: RangeInclusive<f64> = 5.0..=250.0;
/// Systolic blood pressure, mmHg; in kPa it stays below.
const SBP_MMHG: RangeInclusive<f64> = 50.0..=300.0;

impl Covariate {
    /// Every covariate, in the order of outputs.
    pub const ALL: [Self; 11] = [
        Self::Age,
        Self::Sex,
        Self::Race,
        Self::TotalCholesterol,
        Self::Hdl,
        Self::Sbp,
        Self::BpMedication,
        Self::LipidMedication,
        Self::Smoker,
        Self::Diabetes,
        Self::FamilyHistory,
    ];

    /// Those that a percentile needs.
    pub(super) const OF_PERCENTILE: &[Self] = &[Self::Age, Self::Sex, Self::Race];

    /// The name of the column of a CSV; the option has hyphens.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Age => "age",
            Self::Sex => "sex",
            Self::Race => "race",
            Self::TotalCholesterol => "total_cholesterol",
            Self::Hdl => "hdl",
            Self::Sbp => "sbp",
            Self::BpMedication => "bp_medication",
            Self::LipidMedication => "lipid_medication",
            Self::Smoker => "smoker",
            Self::Diabetes => "diabetes",
            Self::FamilyHistory => "family_history",
        }
    }

    /// What its value must be.
    const fn needs(self) -> &'static str {
        match self {
            Self::Age => "needs completed years, a whole number from 1 to 120",
            Self::Sex => "needs f or m",
            Self::Race => "needs white, black, chinese or hispanic",
            Self::TotalCholesterol => "needs mg/dL, from 50 to 800; mmol/L times 38.67",
            Self::Hdl => "needs mg/dL, from 5 to 250; mmol/L times 38.67",
            Self::Sbp => "needs mmHg, from 50 to 300",
            Self::BpMedication
            | Self::LipidMedication
            | Self::Smoker
            | Self::Diabetes
            | Self::FamilyHistory => "needs yes or no",
        }
    }
}

impl Covariates {
    /// Takes the value of a covariate from a text.
    ///
    /// # Errors
    ///
    /// What is needed, when the text is no such value or out of range. The text is not repeated.
    pub fn set(
        &mut self,
        covariate: Covariate,
        text: &str,
        source: CovariateSource,
    ) -> Result<(), &'static str> {
        self.take(covariate, text.trim(), source).ok_or(covariate.needs())
    }

    fn take(&mut self, covariate: Covariate, text: &str, source: CovariateSource) -> Option<()> {
        let number = |range| measure(text, range).map(|value| Given { value, source });
        let answer = || answer(text).map(|value| Given { value, source });
        match covariate {
            Covariate::Age => self.age_years = Some(Given { value: age(text)?, source }),
            Covariate::Sex => self.sex = Some(Given { value: sex(text)?, source }),
            Covariate::Race => self.race = Some(Given { value: Race::parse(text)?, source }),
            Covariate::TotalCholesterol => {
                self.total_cholesterol_mg_dl = Some(number(TOTAL_CHOLESTEROL_MG_DL)?);
            }
            Covariate::Hdl => self.hdl_mg_dl = Some(number(HDL_MG_DL)?),
            Covariate::Sbp => self.sbp_mmhg = Some(number(SBP_MMHG)?),
            Covariate::BpMedication => self.bp_medication = Some(answer()?),
            Covariate::LipidMedication => self.lipid_medication = Some(answer()?),
            Covariate::Smoker => self.smoker = Some(answer()?),
            Covariate::Diabetes => self.diabetes = Some(answer()?),
            Covariate::FamilyHistory => self.family_history = Some(answer()?),
        }
        Some(())
    }

    /// What a header says: age and sex, and nothing else of it is ever taken.
    pub(super) fn of_header(facts: &SeriesFacts) -> Self {
        let source = CovariateSource::Header;
        let sex = facts.patient_sex.map(|sex| match sex {
            agatston_dicom::Sex::Female => Sex::Female,
            agatston_dicom::Sex::Male => Sex::Male,
        });
        Self {
            age_years: facts.patient_age_years.map(|value| Given { value, source }),
            sex: sex.map(|value| Given { value, source }),
            ..Self::default()
        }
    }

    /// These, and of others what these lack.
    pub(super) fn or(self, other: Self) -> Self {
        Self {
            age_years: self.age_years.or(other.age_years),
            sex: self.sex.or(other.sex),
            race: self.race.or(other.race),
            total_cholesterol_mg_dl: self.total_cholesterol_mg_dl.or(other.total_cholesterol_mg_dl),
            hdl_mg_dl: self.hdl_mg_dl.or(other.hdl_mg_dl),
            sbp_mmhg: self.sbp_mmhg.or(other.sbp_mmhg),
            bp_medication: self.bp_medication.or(other.bp_medication),
            lipid_medication: self.lipid_medication.or(other.lipid_medication),
            smoker: self.smoker.or(other.smoker),
            diabetes: self.diabetes.or(other.diabetes),
            family_history: self.family_history.or(other.family_history),
        }
    }

    /// Of these, what a percentile is made of.
    pub(super) fn of_percentile(&self) -> Self {
        Self { age_years: self.age_years, sex: self.sex, race: self.race, ..Self::default() }
    }

    /// Those that are not given.
    pub(super) fn missing(&self) -> Vec<Covariate> {
        Covariate::ALL.into_iter().filter(|covariate| !self.has(*covariate)).collect()
    }

    fn has(&self, covariate: Covariate) -> bool {
        match covariate {
            Covariate::Age => self.age_years.is_some(),
            Covariate::Sex => self.sex.is_some(),
            Covariate::Race => self.race.is_some(),
            Covariate::TotalCholesterol => self.total_cholesterol_mg_dl.is_some(),
            Covariate::Hdl => self.hdl_mg_dl.is_some(),
            Covariate::Sbp => self.sbp_mmhg.is_some(),
            Covariate::BpMedication => self.bp_medication.is_some(),
            Covariate::LipidMedication => self.lipid_medication.is_some(),
            Covariate::Smoker => self.smoker.is_some(),
            Covariate::Diabetes => self.diabetes.is_some(),
            Covariate::FamilyHistory => self.family_history.is_some(),
        }
    }
}

fn age(text: &str) -> Option<u16> {
    let digits = text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|years| digits && AGE_YEARS.contains(years))
}

fn sex(text: &str) -> Option<Sex> {
    match text.to_ascii_lowercase().as_str() {
        "f" | "female" => Some(Sex::Female),
        "m" | "male" => Some(Sex::Male),
        _ => None,
    }
}

fn measure(text: &str, range: RangeInclusive<f64>) -> Option<f64> {
    text.parse().ok().filter(|value| range.contains(value))
}

fn answer(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_have_a_form_and_a_range() {
        let check = |covariate, good: &[&str], bad: &[&str]| {
            for (text, fine) in good.iter().map(|t| (t, true)).chain(bad.iter().map(|t| (t, false))) {
                let mut covariates = Covariates::default();
                let set = covariates.set(covariate, text, CovariateSource::Option);
                assert_eq!(set.is_ok(), fine, "{covariate:?} {text:?}");
                assert_eq!(covariates.has(covariate), fine, "{covariate:?} {text:?}");
            }
        };
        check(Covariate::Age, &["1", "61", " 120 "], &["0", "121", "60.5", "+60", "-1", "sixty", ""]);
        check(Covariate::Sex, &["f", "M", "female"], &["x", "o", ""]);
        check(Covariate::Race, &["white", "Black", "chinese", "hispanic"], &["asian", ""]);
        check(Covariate::TotalCholesterol, &["50", "199.5", "800"], &["5.2", "801", "nan", "inf", ""]);
        check(Covariate::Hdl, &["5", "45", "250"], &["1.3", "251", "-45"]);
        check(Covariate::Sbp, &["50", "130", "300"], &["16", "301", "NaN"]);
        check(Covariate::BpMedication, &["yes", "NO"], &["1", "true", ""]);
        check(Covariate::FamilyHistory, &["no"], &["maybe"]);
    }

    #[test]
    fn what_is_given_first_stands() {
        let of = |covariate, text: &str, source| {
            let mut covariates = Covariates::default();
            covariates.set(covariate, text, source).unwrap();
            covariates
        };
        let options = of(Covariate::Age, "50", CovariateSource::Option);
        let table = of(Covariate::Age, "60", CovariateSource::Csv).or(of(
            Covariate::Race,
            "black",
            CovariateSource::Csv,
        ));
        let facts = SeriesFacts {
            patient_age_years: Some(70),
            patient_sex: Some(agatston_dicom::Sex::Female),
            ..SeriesFacts::default()
        };
        let all = options.or(table).or(Covariates::of_header(&facts));
        assert_eq!(all.age_years, Some(Given { value: 50, source: CovariateSource::Option }));
        assert_eq!(all.race, Some(Given { value: Race::Black, source: CovariateSource::Csv }));
        assert_eq!(all.sex, Some(Given { value: Sex::Female, source: CovariateSource::Header }));
        assert_eq!(all.missing().len(), 8);
        assert_eq!(Covariates::default().missing(), Covariate::ALL);
    }
}
