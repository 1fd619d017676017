//! What is given, what is withheld and what is said of it.

use super::*;
use crate::{KvpMode, Request};

/// A person of whom everything is known: the man of the series in the shared facts.
fn known() -> Covariates {
    let mut covariates = Covariates::default();
    for (covariate, text) in
        Covariate::ALL.into_iter().zip(["60", "m", "white", "200", "45", "130", "no", "no", "no", "no", "no"])
    {
        covariates.set(covariate, text, CovariateSource::Option).unwrap();
    }
    covariates
}

fn aged(age: u16) -> Covariates {
    let age_years = Some(Given { value: age, source: CovariateSource::Header });
    Covariates { age_years, ..known() }
}

/// The record of a gated, whole score with these findings.
fn of(agatston: f64, findings: &[Finding], covariates: &Covariates) -> RiskRecord {
    assigned(AssignedBy::Labels, agatston, findings, covariates)
}

fn assigned(
    assigned_by: AssignedBy,
    agatston: f64,
    findings: &[Finding],
    covariates: &Covariates,
) -> RiskRecord {
    let protocol = NamedProtocol::standard();
    let basis = Basis {
        allow: &BTreeSet::new(),
        agatston,
        assigned_by,
        has_category: true,
        arteries: Some(2),
        gating: Some(true),
        findings,
        protocol: &protocol,
    };
    record(&basis, covariates)
}

#[test]
fn everything_is_given_when_everything_is_known() {
    let risk = of(100.0, &[], &known());
    assert_eq!(risk.categories.five.as_deref(), Some("[100,300)"));
    assert_eq!(risk.categories.rumberger.as_deref(), Some("(10,100]"));
    assert_eq!(risk.cac_drs.grade.as_deref(), Some("A2/N2"));
    assert_eq!(risk.percentile.value, Some(68), "the least score of 68 is 99, of 69 it is 106");
    assert_eq!(risk.percentile.probability_of_calcium_percent, Some(68));
    assert!(risk.percentile.note.as_ref().unwrap().contains("read by standard"));
    assert_eq!(risk.chd_10_year_percent.with_cac, Some(8.008));
    assert_eq!(risk.arterial_age_years, Some(72.56), "39.1 + 7.25 ln 101 = 72.5596");
    assert_eq!((risk.covariates, risk.missing, risk.withheld, risk.trace), (known(), vec![], vec![], false));
    assert!(of(0.5, &[], &known()).trace);
}

/// Of a provisional total the categories are given, and nothing else, also at 0.
#[test]
fn a_provisional_total_has_its_category_alone() {
    for agatston in [0.0, 100.0] {
        let risk = assigned(AssignedBy::Anatomy, agatston, &[], &known());
        assert_eq!(risk.withheld, ["provisional"]);
        assert_eq!(risk.categories, of(agatston, &[], &known()).categories);
        assert_eq!((risk.percentile.value, risk.percentile.probability_of_calcium_percent), (None, None));
        assert_eq!(risk.percentile.reason.as_deref(), Some("withheld: provisional"));
        assert_eq!((risk.chd_10_year_percent.with_cac, risk.arterial_age_years), (None, None));
        assert_eq!(risk.cac_drs.grade, None);
        assert_eq!(risk.cac_drs.reason.as_deref(), Some("the total is provisional"));
        assert_eq!(risk.covariates, Covariates::default(), "no number rests on them");
    }
}

#[test]
fn a_score_of_0_has_a_probability_and_no_percentile() {
    let risk = of(0.0, &[], &known());
    assert_eq!(risk.percentile.value, None);
    assert_eq!(risk.percentile.probability_of_calcium_percent, Some(68));
    assert_eq!(risk.percentile.reason.as_deref(), Some("a score of 0 has no percentile"));
    assert_eq!(risk.chd_10_year_percent.with_cac, Some(2.326));
    assert_eq!(risk.cac_drs.grade.as_deref(), Some("A0/N0"));
}

#[test]
fn a_score_read_as_mesa_reads_has_no_note() {
    let protocol = NamedProtocol::load("mesa").unwrap();
    let basis = Basis {
        allow: &BTreeSet::new(),
        agatston: 10.0,
        has_category: true,
        assigned_by: AssignedBy::Labels,
        arteries: None,
        gating: None,
        findings: &[],
        protocol: &protocol,
    };
    assert_eq!(record(&basis, &known()).percentile.note, None);
}

/// Every code that withholds takes all three numbers, and nothing of the person is repeated then.
#[test]
fn codes_withhold_every_number() {
    for code in WITHHOLDING {
        let risk = of(100.0, &[Finding::warning(code, "")], &known());
        assert_eq!(risk.withheld, [code.name()]);
        assert_eq!((risk.percentile.value, risk.percentile.probability_of_calcium_percent), (None, None));
        assert_eq!(risk.percentile.reason, Some(format!("withheld: {code}")));
        assert_eq!((risk.chd_10_year_percent.with_cac, risk.chd_10_year_percent.without_cac), (None, None));
        assert_eq!((risk.arterial_age_years, risk.covariates), (None, Covariates::default()));
    }
    let device = of(100.0, &[Finding::warning(code::DECLARED_DEVICE, "")], &known());
    assert!(device.withheld.is_empty() && device.percentile.value.is_some());
    let scaled = Finding::warning(code::KVP_SCALED, "");
    let scaled = of(100.0, &[Finding::warning(dicom_code::NONSTANDARD_KVP, ""), scaled], &known());
    assert_eq!(scaled.withheld, ["nonstandard_kvp"]);
    assert!(scaled.categories.five.is_some(), "a scaled score keeps its category");
}

#[test]
fn without_a_category_there_is_nothing_but_the_reason() {
    let protocol = NamedProtocol::standard();
    let basis = Basis {
        allow: &BTreeSet::new(),
        agatston: 100.0,
        has_category: false,
        assigned_by: AssignedBy::Labels,
        arteries: Some(2),
        gating: Some(true),
        findings: &[],
        protocol: &protocol,
    };
    let risk = record(&basis, &known());
    assert_eq!((risk.categories, risk.arterial_age_years), (CategoriesRecord::default(), None));
    assert_eq!(risk.cac_drs.reason.as_deref(), Some("the total has no category"));
    assert_eq!(risk.percentile.reason.as_deref(), Some("withheld: the total has no category"));
}

#[test]
fn what_is_missing_is_named_and_age_stands_alone() {
    let header = Covariates { age_years: known().age_years, sex: known().sex, ..Covariates::default() };
    let risk = of(100.0, &[], &header);
    assert_eq!(risk.percentile.reason.as_deref(), Some("missing: race"));
    assert_eq!(risk.missing.len(), 9);
    assert_eq!(risk.covariates, Covariates::default(), "not used, not repeated");
    assert_eq!(risk.arterial_age_years, Some(72.56), "it needs the score alone");
    let with_race = Covariates { race: known().race, ..header };
    let risk = of(100.0, &[], &with_race);
    assert_eq!((risk.percentile.value, risk.covariates), (Some(68), with_race));
    assert!(risk.chd_10_year_percent.reason.unwrap().starts_with("missing: total_cholesterol, hdl, sbp"));
}

/// Ages are never clamped to the reference, and one of over 89 of a header is repeated nowhere.
#[test]
fn ages_outside_have_no_number() {
    for (age, percentile, chd) in [(44, false, false), (45, true, true), (84, true, true), (85, false, true)]
    {
        let risk = of(100.0, &[], &aged(age));
        assert_eq!(risk.percentile.value.is_some(), percentile, "{age}");
        assert_eq!(risk.chd_10_year_percent.with_cac.is_some(), chd, "{age}");
    }
    for age in [86, 90, 93, 110] {
        let risk = of(100.0, &[], &aged(age));
        assert_eq!(risk.covariates, Covariates::default());
        let text = serde_json::to_string(&risk).unwrap();
        assert!(text.contains("outside the ages of the reference, 45 to 84 years"));
        assert!(!text.contains(&age.to_string()), "{text}");
    }
}

#[test]
fn grades_say_what_they_lack() {
    let protocol = NamedProtocol::standard();
    let grade = |gating, arteries| {
        let basis = Basis {
            allow: &BTreeSet::new(),
            agatston: 100.0,
            has_category: true,
            assigned_by: AssignedBy::Labels,
            arteries,
            gating,
            findings: &[],
            protocol: &protocol,
        };
        let CacDrsRecord { grade, reason } = record(&basis, &Covariates::default()).cac_drs;
        assert_eq!(grade.is_none(), reason.is_some());
        grade.or(reason).unwrap()
    };
    assert_eq!(grade(Some(true), Some(4)), "A2/N4");
    assert_eq!(grade(Some(false), Some(4)), "the scan was not gated");
    assert_eq!(grade(None, Some(4)), "nothing says whether the scan was gated");
    assert_eq!(grade(Some(true), None), "the number of arteries with calcium is not known");
}

#[test]
fn what_is_declared_and_what_is_not_found_is_said() {
    let table = CovariateTable::from_csv(b"series_uid,age,note,history\n1.2,61,x,bypass\n").unwrap();
    let request = Request {
        covariates: CovariateSources { table: Some(table), ..CovariateSources::default() },
        history: [Declared::Stent].into(),
        kvp_mode: KvpMode::As120,
        ..Request::default()
    };
    let codes = |series: &str| -> Vec<&str> {
        let facts = SeriesFacts { series_uid: series.to_owned(), ..SeriesFacts::default() };
        findings(&request, &facts).iter().map(|f| f.code.name()).collect()
    };
    assert_eq!(codes("1.2"), ["covariates_columns_ignored", "declared_stent", "declared_bypass"]);
    assert_eq!(codes("1.3"), ["covariates_not_found", "covariates_columns_ignored", "declared_stent"]);
}
