//! The mass factor, mg/cm3 of hydroxyapatite per HU: who says it, and whom to believe.
//!
//! ```text
//! 1. the user                    --mass-factor
//! 2. (0018,9351)                 the scanner, for this patient
//! 3. reference rods              slope of density on HU
//! 4. (0018,9352)                 the scanner, for small, medium and large bodies: only where the size is known
//! ```
//!
//! The first that is certain is taken. Where only the last is there and nobody knows the size, there is no factor, and
//! every candidate is told.

use crate::{
    code::{
        MASS_FACTOR_AMBIGUOUS, MASS_FACTOR_IN_GRAMS, MASS_FACTOR_ONE_ROD, MASS_FACTOR_UNUSUAL,
        REFERENCES_CONTRADICT,
    },
    result::{MassFactorCandidateRecord, MassFactorRecord},
    scan::Unscanned,
};
use agatston_core::Finding;
use agatston_dicom::SeriesFacts;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;

/// What a factor in mg/cm3 per HU can be at all.
const POSSIBLE: RangeInclusive<f64> = 0.1..=10.0;

/// What published factors in mg/cm3 per HU are, with room for low voltages: 0.6 to 1.2.
const USUAL: RangeInclusive<f64> = 0.3..=1.5;

/// What published factors are in g/cm3 per HU, 0.0004 to 0.0012: some scanners write and some papers print them so. A
/// header has 32 bits, which round the ends outwards.
const IN_GRAMS: RangeInclusive<f64> = 0.000_399_999..=0.001_200_001;

/// Lateral width from which a body is medium, and above which it is large, mm (McCollough et al., 2007).
const MEDIUM_MM: RangeInclusive<f64> = 320.0..=380.0;

/// Where a mass factor comes from, in the order in which they are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MassFactorSource {
    /// The user.
    Option,
    /// Calcium Scoring Mass Factor Patient (0018,9351).
    HeaderPatient,
    /// Reference rods.
    Rods,
    /// Calcium Scoring Mass Factor Device (0018,9352).
    HeaderDevice,
}

impl MassFactorSource {
    /// Who says it, in words.
    fn words(self) -> &'static str {
        match self {
            Self::Option => "--mass-factor",
            Self::HeaderPatient => "(0018,9351) CalciumScoringMassFactorPatient",
            Self::Rods => "the reference rods",
            Self::HeaderDevice => "(0018,9352) CalciumScoringMassFactorDevice",
        }
    }
}

/// How large a body is, as calcium phantoms are told apart (McCollough et al., 2007).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum BodySize {
    /// Less than 320 mm wide.
    Small,
    /// 320 to 380 mm wide.
    Medium,
    /// More than 380 mm wide.
    Large,
}

impl BodySize {
    /// In the order of the factors of a device.
    pub const ALL: [Self; 3] = [Self::Small, Self::Medium, Self::Large];

    /// The size of a body of a lateral width, mm.
    fn of(width_mm: f64) -> Self {
        if width_mm < *MEDIUM_MM.start() {
            Self::Small
        } else if width_mm <= *MEDIUM_MM.end() {
            Self::Medium
        } else {
            Self::Large
        }
    }

    /// The word used in every output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Small => "small",
            Self::Medium => "medium",
            Self::Large => "large",
        }
    }
}

/// Whether a number can be a mass factor, in mg/cm3 or in g/cm3 per HU.
pub fn is_mass_factor(value: f64) -> bool {
    POSSIBLE.contains(&value) || IN_GRAMS.contains(&value)
}

/// What is known of the factor of a series.
pub(crate) struct Known<'a> {
    /// What the user typed.
    pub(crate) typed: Option<f64>,
    /// What the headers say.
    pub(crate) facts: &'a SeriesFacts,
    /// What the reference rods give.
    pub(crate) rods: Option<f64>,
    /// How large the body is, by the user.
    pub(crate) body_size: Option<BodySize>,
}

/// The factor of a series, and what must be said about it. `width_mm` measures the body, and is asked only where that
/// decides.
///
/// # Errors
///
/// Those of `width_mm`.
pub(crate) fn resolve(
    known: &Known<'_>,
    width_mm: impl FnOnce() -> Result<Option<f64>, Unscanned>,
) -> Result<(MassFactorRecord, Vec<Finding>), Unscanned> {
    let offers = known.offers();
    let usable = |o: &&Offer| is_mass_factor(o.value);
    let mut record = MassFactorRecord {
        candidates: offers.iter().filter(usable).map(Offer::record).collect(),
        ..MassFactorRecord::default()
    };
    let of_device = |o: &&Offer| o.source == MassFactorSource::HeaderDevice;
    let mut taken = offers.iter().find(|o| usable(o) && !of_device(o));
    if taken.is_none() && offers.iter().any(|o| usable(&o) && of_device(&o)) {
        let mut size = known.body_size;
        if size.is_none() {
            record.body_width_mm = width_mm()?;
            size = record.body_width_mm.map(BodySize::of);
        }
        taken = offers.iter().filter(usable).find(|o| size.is_some() && o.body_size == size);
    }
    let asked = |o: &&Offer| taken.is_none_or(|taken| o.source <= taken.source);
    let mut findings: Vec<Finding> =
        offers.iter().filter(asked).filter(|o| !usable(o)).map(unusable).collect();
    match taken {
        Some(offer) => {
            record.mg_cm3_per_hu = Some(offer.mg_cm3_per_hu());
            record.source = Some(offer.source);
            record.body_size = offer.body_size;
            findings.extend(offer.findings());
        }
        None => findings.extend(ambiguous(&record)),
    }
    Ok((record, findings))
}

impl Known<'_> {
    /// Every number that may be the factor, in the order in which they are asked.
    fn offers(&self) -> Vec<Offer> {
        let offer = |source| move |value| Offer { value, source, body_size: None };
        let device = &self.facts.mass_factor_device;
        let sizes = BodySize::ALL.map(Some);
        let size = |i: usize| sizes.get(i).copied().flatten().filter(|_| device.len() == sizes.len());
        let mut offers: Vec<Offer> = Vec::new();
        offers.extend(self.typed.map(offer(MassFactorSource::Option)));
        offers.extend(self.facts.mass_factor_patient.map(offer(MassFactorSource::HeaderPatient)));
        offers.extend(self.rods.map(offer(MassFactorSource::Rods)));
        offers.extend(device.iter().enumerate().map(|(i, &value)| Offer {
            value,
            source: MassFactorSource::HeaderDevice,
            body_size: size(i),
        }));
        offers
    }
}

/// A number that may be the factor, as its source has it.
#[derive(Clone, Copy)]
struct Offer {
    value: f64,
    source: MassFactorSource,
    body_size: Option<BodySize>,
}

impl Offer {
    fn is_in_grams(&self) -> bool {
        IN_GRAMS.contains(&self.value)
    }

    fn mg_cm3_per_hu(&self) -> f64 {
        if self.is_in_grams() { 1000.0 * self.value } else { self.value }
    }

    fn record(&self) -> MassFactorCandidateRecord {
        MassFactorCandidateRecord {
            mg_cm3_per_hu: self.mg_cm3_per_hu(),
            source: self.source,
            body_size: self.body_size,
        }
    }

    /// What must be said when it is taken.
    fn findings(&self) -> impl Iterator<Item = Finding> {
        let seen = format!("{} of {}", self.value, self.source.words());
        let grams = Finding::warning(
            MASS_FACTOR_IN_GRAMS,
            "the mass factor can only be in g/cm3 per HU, and was multiplied by 1000",
        );
        let grams = grams.seen(seen.clone()).expected("about 0.7 to 0.9 mg/cm3 per HU");
        let unusual = Finding::warning(
            MASS_FACTOR_UNUSUAL,
            "the mass factor is not what any published calibration gives; every mass rests on it",
        );
        let unusual = unusual
            .seen(seen)
            .expected(format!("{} to {} mg/cm3 per HU", USUAL.start(), USUAL.end()))
            .next_step("check the calibration, or give another with --mass-factor");
        let is_unusual = !USUAL.contains(&self.mg_cm3_per_hu());
        [self.is_in_grams().then_some(grams), is_unusual.then_some(unusual)].into_iter().flatten()
    }
}

fn unusable(offer: &Offer) -> Finding {
    Finding::warning(MASS_FACTOR_UNUSUAL, "a mass factor that can be none was not used")
        .seen(format!("{:e} of {}", offer.value, offer.source.words()))
        .expected("about 0.7 to 0.9 mg/cm3 per HU")
        .next_step("give the factor with --mass-factor")
}

/// There are candidates, and nobody knows which. A person reads only the message of an information.
fn ambiguous(record: &MassFactorRecord) -> Option<Finding> {
    if record.candidates.is_empty() {
        return None;
    }
    let each = record.candidates.iter().map(|c| match c.body_size {
        Some(size) => format!("{} {}", size.as_str(), c.mg_cm3_per_hu),
        None => c.mg_cm3_per_hu.to_string(),
    });
    let each = each.collect::<Vec<_>>().join(", ");
    let why = match record.body_width_mm {
        _ if record.candidates.iter().any(|c| c.body_size.is_none()) => "it does not say for which",
        Some(_) => "there is none for the size of this one",
        None => "the body is not wholly in the field",
    };
    let message = format!(
        "no mass: the header has mass factors of the device by body size ({each} mg/cm3 per HU), and {why}; give \
         --body-size or --mass-factor"
    );
    Some(Finding::info(MASS_FACTOR_AMBIGUOUS, message).seen(each))
}

/// The factor of reference rods: the least-squares slope of density on HU, or of rods of one density that density over
/// their mean HU, because water is 0 HU by the definition of HU. `None` without a rod; `points` are mean HU and density
/// in mg/cm3, water included, by density.
///
/// # Errors
///
/// A refusal when no factor can be made of them.
pub(crate) fn of_rods(points: &[[f64; 2]]) -> Result<Option<(f64, Option<Finding>)>, Box<Finding>> {
    let (Some(lightest), Some(densest)) = (points.first(), points.last()) else { return Ok(None) };
    if densest[1] <= 0.0 {
        return Ok(None);
    }
    let mean = |values: &mut dyn Iterator<Item = f64>| {
        let (sum, n) = values.fold((0.0, 0.0), |(sum, n), v| (sum + v, n + 1.0));
        sum / n
    };
    let [hu, mg_cm3] = [0, 1].map(|i| mean(&mut points.iter().map(|p| p[i])));
    let of_one_density = lightest[1] == densest[1];
    let factor = if of_one_density {
        mg_cm3 / hu
    } else {
        let together: f64 = points.iter().map(|p| (p[0] - hu) * (p[1] - mg_cm3)).sum();
        let own: f64 = points.iter().map(|p| (p[0] - hu) * (p[0] - hu)).sum();
        together / own
    };
    if !POSSIBLE.contains(&factor) {
        let finding =
            Finding::refusal(REFERENCES_CONTRADICT, "the reference rods give no possible mass factor")
                .seen(format!("{factor:e} mg/cm3 per HU"))
                .expected("about 0.7 to 0.9 mg/cm3 per HU")
                .next_step("check where the regions lie and which density each of them has");
        return Err(Box::new(finding));
    }
    let alone = of_one_density.then(|| {
        Finding::info(
            MASS_FACTOR_ONE_ROD,
            "the mass factor is that of rods of one density against water at 0 HU, which is so by the definition of HU",
        )
    });
    Ok(Some((factor, alone)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use MassFactorSource::{HeaderDevice, HeaderPatient, Option as Typed, Rods};

    fn facts(patient: Option<f64>, device: &[f64]) -> SeriesFacts {
        SeriesFacts {
            mass_factor_patient: patient,
            mass_factor_device: device.to_vec(),
            ..SeriesFacts::default()
        }
    }

    fn resolved(known: &Known<'_>, width_mm: Option<f64>) -> (MassFactorRecord, Vec<&'static str>) {
        let (record, findings) = resolve(known, || Ok(width_mm)).unwrap();
        (record, findings.iter().map(|f| f.code.name()).collect())
    }

    const DEVICE: [f64; 3] = [0.7, 0.75, 0.8];

    #[test]
    fn the_first_that_is_certain_is_taken() {
        let facts = facts(Some(0.81), &DEVICE);
        let mut known =
            Known { typed: Some(0.9), facts: &facts, rods: Some(0.77), body_size: Some(BodySize::Large) };
        let check = |known: &Known<'_>, factor: f64, source| {
            let (record, codes) = resolved(known, None);
            assert_eq!((record.mg_cm3_per_hu, record.source), (Some(factor), Some(source)));
            assert_eq!(codes, [""; 0]);
            record
        };
        assert_eq!(check(&known, 0.9, Typed).candidates.len(), 6, "all are told");
        known.typed = None;
        check(&known, 0.81, HeaderPatient);
        let facts = SeriesFacts { mass_factor_patient: None, ..facts.clone() };
        known.facts = &facts;
        check(&known, 0.77, Rods);
        known.rods = None;
        assert_eq!(check(&known, 0.8, HeaderDevice).body_size, Some(BodySize::Large));
    }

    #[test]
    fn the_width_of_the_body_chooses() {
        let facts = facts(None, &DEVICE);
        let known = Known { typed: None, facts: &facts, rods: None, body_size: None };
        for (width_mm, size, factor) in [
            (319.9, BodySize::Small, 0.7),
            (320.0, BodySize::Medium, 0.75),
            (380.0, BodySize::Medium, 0.75),
            (380.1, BodySize::Large, 0.8),
        ] {
            let (record, codes) = resolved(&known, Some(width_mm));
            assert_eq!((record.body_size, record.mg_cm3_per_hu), (Some(size), Some(factor)), "{width_mm}");
            assert_eq!((record.body_width_mm, codes), (Some(width_mm), vec![]));
        }
    }

    #[test]
    fn nobody_guesses_a_size() {
        let check = |device: &[f64], width_mm, size| {
            let facts = facts(None, device);
            let known = Known { typed: None, facts: &facts, rods: None, body_size: size };
            let (record, codes) = resolved(&known, width_mm);
            assert_eq!((record.mg_cm3_per_hu, record.source, record.body_size), (None, None, None));
            assert_eq!(codes, ["mass_factor_ambiguous"]);
            record.candidates
        };
        let candidates = check(&DEVICE, None, None);
        assert_eq!(candidates.iter().map(|c| c.mg_cm3_per_hu).collect::<Vec<_>>(), DEVICE);
        assert_eq!(candidates[1].body_size, Some(BodySize::Medium));
        let candidates = check(&[0.7, 0.8], Some(350.0), Some(BodySize::Small));
        assert_eq!(candidates[0].body_size, None, "of two factors nobody knows for which size they are");
    }

    #[test]
    fn grams_and_what_is_no_factor() {
        let check = |typed: f64, patient: f64, factor: Option<f64>, expected: &[&str]| {
            let facts = facts(Some(patient), &[]);
            let typed = Some(typed).filter(|f| *f != 0.0);
            let known = Known { typed, facts: &facts, rods: None, body_size: None };
            let (record, codes) = resolved(&known, None);
            assert_eq!(record.mg_cm3_per_hu.map(|f| (f * 1e9).round()), factor.map(|f| f * 1e9));
            assert_eq!(codes, expected, "{typed:?} {patient}");
        };
        check(0.0, 0.0008, Some(0.8), &["mass_factor_in_grams"]);
        check(0.0004, 0.8, Some(0.4), &["mass_factor_in_grams"]);
        check(0.0, 2.0, Some(2.0), &["mass_factor_unusual"]);
        check(0.2, 0.8, Some(0.2), &["mass_factor_unusual"]);
        check(0.0, 0.0, None, &["mass_factor_unusual"]);
        check(0.0, f64::NAN, None, &["mass_factor_unusual"]);
        check(0.8, 55.0, Some(0.8), &[]);
    }

    /// Slope by hand: HU 0, 130, 260 and 0, 100, 200 mg/cm3 lie on a line of 10 / 13. HU 10, 110, 180 and 0, 100, 100:
    /// deviations -90, 10, 80 and -200/3, 100/3, 100/3; 9000 / 14600.
    #[test]
    fn the_slope_of_rods() {
        let factor = |points: &[[f64; 2]]| of_rods(points).unwrap().map(|(f, alone)| (f, alone.is_some()));
        let near = |points: &[[f64; 2]], expected: f64, is_alone| {
            let (found, alone) = factor(points).unwrap();
            assert!((found - expected).abs() < 1e-12 && alone == is_alone, "{found}");
        };
        near(&[[0.0, 0.0], [130.0, 100.0], [260.0, 200.0]], 10.0 / 13.0, false);
        near(&[[10.0, 0.0], [110.0, 100.0], [180.0, 100.0]], 9000.0 / 14600.0, false);
        near(&[[310.0, 200.0]], 200.0 / 310.0, true);
        near(&[[300.0, 200.0], [320.0, 200.0]], 200.0 / 310.0, true);
        assert_eq!(factor(&[]), None);
        assert_eq!(factor(&[[1.0, 0.0]]), None, "water alone calibrates nothing");
        for wrong in [&[[-5.0, 200.0]][..], &[[5.0, 200.0]], &[[0.0, 200.0]], &[[0.0, 0.0], [5.0, 200.0]]] {
            assert_eq!(of_rods(wrong).unwrap_err().code.name(), "references_contradict", "{wrong:?}");
        }
    }
}
