//! Ten-year risk of coronary heart disease by the MESA score, with and without calcium.
//!
//! McClelland RL et al., J Am Coll Cardiol 2015;66:1643-53, doi:10.1016/j.jacc.2015.08.035. The endpoint is myocardial
//! infarction, resuscitated arrest, death of coronary disease, and revascularisation with angina. The result is not
//! clipped; outside the ages there is none.

use super::{Covariates, Race, Sex};
use std::ops::RangeInclusive;

/// What the risk is of.
pub(super) const REFERENCE: &str = "MESA, McClelland et al., J Am Coll Cardiol 2015;66:1643-53";

/// Ages of the score, years.
pub(super) const AGES_YEARS: RangeInclusive<u16> = 45..=85;

/// Everything that the risk is made of but calcium.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Person {
    age_years: u16,
    sex: Sex,
    race: Race,
    total_cholesterol_mg_dl: f64,
    hdl_mg_dl: f64,
    sbp_mmhg: f64,
    bp_medication: bool,
    lipid_medication: bool,
    smoker: bool,
    diabetes: bool,
    family_history: bool,
}

impl Person {
    /// The person that covariates tell of; `None` unless all of them are known.
    pub(super) fn of(known: &Covariates) -> Option<Self> {
        Some(Self {
            age_years: known.age_years?.value,
            sex: known.sex?.value,
            race: known.race?.value,
            total_cholesterol_mg_dl: known.total_cholesterol_mg_dl?.value,
            hdl_mg_dl: known.hdl_mg_dl?.value,
            sbp_mmhg: known.sbp_mmhg?.value,
            bp_medication: known.bp_medication?.value,
            lipid_medication: known.lipid_medication?.value,
            smoker: known.smoker?.value,
            diabetes: known.diabetes?.value,
            family_history: known.family_history?.value,
        })
    }
}

/// Coefficients of one of the two models: a year, mg/dL or mmHg where it is a measure, else a yes.
struct Model {
    /// Ten-year survival at nought.
    survival: f64,
    age: f64,
    male: f64,
    black: f64,
    chinese: f64,
    hispanic: f64,
    diabetes: f64,
    smoker: f64,
    total_cholesterol: f64,
    hdl: f64,
    lipid_medication: f64,
    sbp: f64,
    bp_medication: f64,
    family_history: f64,
    /// Of the logarithm of the score and 1.
    ln_cac_plus_1: f64,
}

/// The model with calcium.
const WITH_CAC: Model = Model {
    survival: 0.99833,
    age: 0.0172,
    male: 0.4079,
    black: 0.0353,
    chinese: -0.3475,
    hispanic: -0.0222,
    diabetes: 0.3892,
    smoker: 0.3717,
    total_cholesterol: 0.0043,
    hdl: -0.0114,
    lipid_medication: 0.1206,
    sbp: 0.0066,
    bp_medication: 0.2278,
    family_history: 0.3239,
    ln_cac_plus_1: 0.2743,
};

/// The model without calcium.
const WITHOUT_CAC: Model = Model {
    survival: 0.99963,
    age: 0.0455,
    male: 0.7496,
    black: -0.2111,
    chinese: -0.5055,
    hispanic: -0.19,
    diabetes: 0.5168,
    smoker: 0.4732,
    total_cholesterol: 0.0053,
    hdl: -0.014,
    lipid_medication: 0.2473,
    sbp: 0.0085,
    bp_medication: 0.3381,
    family_history: 0.4522,
    ln_cac_plus_1: 0.0,
};

impl Model {
    /// 1 - survival ^ exp(sum of coefficients), percent.
    fn risk_percent(&self, person: &Person, agatston: f64) -> f64 {
        let yes = |answer: bool| if answer { 1.0 } else { 0.0 };
        let race = match person.race {
            Race::White => 0.0,
            Race::Black => self.black,
            Race::Chinese => self.chinese,
            Race::Hispanic => self.hispanic,
        };
        let sum = self.age * f64::from(person.age_years)
            + self.male * yes(person.sex == Sex::Male)
            + race
            + self.diabetes * yes(person.diabetes)
            + self.smoker * yes(person.smoker)
            + self.total_cholesterol * person.total_cholesterol_mg_dl
            + self.hdl * person.hdl_mg_dl
            + self.lipid_medication * yes(person.lipid_medication)
            + self.sbp * person.sbp_mmhg
            + self.bp_medication * yes(person.bp_medication)
            + self.family_history * yes(person.family_history)
            + self.ln_cac_plus_1 * (agatston + 1.0).ln();
        100.0 * (1.0 - self.survival.powf(sum.exp()))
    }
}

/// Ten-year risks, percent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Risks {
    pub(super) with_cac: f64,
    pub(super) without_cac: f64,
}

/// The risks of a person with this score; `None` outside the ages.
pub(super) fn risks_percent(person: &Person, agatston: f64) -> Option<Risks> {
    AGES_YEARS.contains(&person.age_years).then(|| Risks {
        with_cac: WITH_CAC.risk_percent(person, agatston),
        without_cac: WITHOUT_CAC.risk_percent(person, agatston),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    /// The man of the vectors published with CVrisk (CRAN).
    const PUBLISHED: Person = Person {
        age_years: 70,
        sex: Sex::Male,
        race: Race::Hispanic,
        total_cholesterol_mg_dl: 190.0,
        hdl_mg_dl: 50.0,
        sbp_mmhg: 130.0,
        bp_medication: true,
        lipid_medication: false,
        smoker: false,
        diabetes: false,
        family_history: false,
    };

    /// The man of the series in the shared facts.
    const SERIES: Person = Person {
        age_years: 60,
        race: Race::White,
        total_cholesterol_mg_dl: 200.0,
        hdl_mg_dl: 45.0,
        bp_medication: false,
        ..PUBLISHED
    };

    #[test]
    fn published_vectors() {
        let risks = risks_percent(&PUBLISHED, 0.0).unwrap();
        assert_eq!(format!("{:.2} {:.2}", risks.with_cac, risks.without_cac), "3.06 8.61");
    }

    /// Computed by another program from the coefficients, to three decimals.
    #[test]
    fn a_series_of_scores() {
        for (cac, percent) in
            [(0.0, 2.326), (1.0, 2.806), (10.0, 4.442), (100.0, 8.008), (400.0, 11.471), (1000.0, 14.495)]
        {
            let risk = risks_percent(&SERIES, cac).unwrap().with_cac;
            assert!((risk - percent).abs() <= 5.001e-4, "{cac}: {risk}");
        }
    }

    #[test]
    fn ages_end_and_risks_are_not_clipped() {
        let of = |age_years, cac| risks_percent(&Person { age_years, ..SERIES }, cac);
        for age in [0, 44, 86, 120] {
            assert_eq!(of(age, 10.0), None, "{age}");
        }
        assert!(of(45, 10.0).is_some() && of(85, 10.0).is_some());
        let high = Person {
            age_years: 85,
            smoker: true,
            diabetes: true,
            bp_medication: true,
            lipid_medication: true,
            family_history: true,
            sbp_mmhg: 200.0,
            ..SERIES
        };
        assert!(risks_percent(&high, 4000.0).unwrap().with_cac > 30.0);
        let low = Person { age_years: 45, sex: Sex::Female, race: Race::Chinese, sbp_mmhg: 90.0, ..SERIES };
        assert!(risks_percent(&low, 0.0).unwrap().with_cac < 1.0);
    }

    /// Every coefficient is that of the shared facts.
    #[test]
    fn coefficients_are_those_of_the_shared_facts() {
        let Some(bytes) = crate::risk::shared_table("mesa_chd_risk_2015.json") else { return };
        let facts: Value = serde_json::from_slice(&bytes).unwrap();
        for (name, m) in [("with_cac", &WITH_CAC), ("without_cac", &WITHOUT_CAC)] {
            let ours = [
                ("S0", m.survival),
                ("age", m.age),
                ("male", m.male),
                ("black", m.black),
                ("chinese", m.chinese),
                ("hispanic", m.hispanic),
                ("diabetes", m.diabetes),
                ("smoker", m.smoker),
                ("totchol", m.total_cholesterol),
                ("hdl", m.hdl),
                ("lipid_med", m.lipid_medication),
                ("sbp", m.sbp),
                ("bp_med", m.bp_medication),
                ("fh_heart_attack", m.family_history),
                ("ln_cac_plus_1", m.ln_cac_plus_1),
            ];
            for (key, value) in ours {
                assert_eq!(facts[name][key].as_f64().unwrap_or(0.0), value, "{name} {key}");
            }
        }
        assert_eq!(facts["age_range"], serde_json::json!([45, 85]));
    }
}
