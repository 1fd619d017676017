//! The risk block of the table: a line a number, with what it rests on or why it is not given. The references are whole in
//! the result.

use crate::{
    result::ResultDocument,
    risk::{ChdRecord, Covariate, CovariateSource, Covariates, PercentileRecord, RiskRecord, Sex},
    writers::{
        page::{Ink, Page},
        text::hanging,
    },
};

/// The block; empty unless the total is a coronary one.
///
/// Categories and the CAC-DRS grade are always there; the rest where anything is known of the person or was declared.
pub(crate) fn risk(document: &ResultDocument) -> Page {
    let Some(risk) = &document.risk else { return Page::default() };
    let mut out = Page::of(Ink::Heading, "\nRisk (research output, no advice)\n");
    let categories = &risk.categories;
    if let (Some(five), Some(rumberger)) = (&categories.five, &categories.rumberger) {
        let trace = if risk.trace { "; a trace, under 1" } else { "" };
        out += &line("categories", &format!("five steps {five}, Rumberger {rumberger}{trace}"));
    }
    let reason = risk.cac_drs.reason.as_deref().map(none);
    out += &line("CAC-DRS", &risk.cac_drs.grade.clone().or(reason).unwrap_or_default());
    let declared = document.findings.iter().any(|f| f.code.starts_with("declared_"));
    if declared || risk.missing.len() < Covariate::ALL.len() {
        out += &numbers(risk);
    }
    out
}

fn numbers(risk: &RiskRecord) -> String {
    let mut out = line("percentile", &percentile(&risk.percentile, &risk.covariates));
    out += &risk.percentile.note.as_ref().map_or_else(String::new, |note| line("", note));
    out += &line("10-year CHD risk", &chd(&risk.chd_10_year_percent));
    let age = risk.arterial_age_years.map(|years| format!("{years:.1} years (McClelland 2009)"));
    let withheld = || none(&format!("withheld: {}", risk.withheld.join(", ")));
    out + &line("arterial age", &age.unwrap_or_else(withheld))
}

fn percentile(p: &PercentileRecord, of: &Covariates) -> String {
    let reason = p.reason.as_deref().map(none).unwrap_or_default();
    let (Some(calcium), Some(people)) = (p.probability_of_calcium_percent, people(of)) else { return reason };
    let value = p.value.map_or(reason, |value| value.to_string());
    format!("{value}, among {people}; {calcium} % have calcium (MESA 2006)")
}

/// The people of a percentile, with what of it the header said.
fn people(of: &Covariates) -> Option<String> {
    let (age, sex, race) = (of.age_years?, of.sex?, of.race?);
    let word = match sex.value {
        Sex::Female => "women",
        Sex::Male => "men",
    };
    let of_header = [age.source, sex.source].map(|source| source == CovariateSource::Header);
    let header = match of_header {
        [true, true] => " (age and sex by the header)",
        [true, false] => " (age by the header)",
        [false, true] => " (sex by the header)",
        [false, false] => "",
    };
    Some(format!("{} {word} of {}{header}", race.value.as_str(), age.value))
}

fn chd(c: &ChdRecord) -> String {
    match (c.with_cac, c.without_cac) {
        (Some(with), Some(without)) => {
            format!("{with:.1} % with the score, {without:.1} % without (MESA 2015)")
        }
        _ => c.reason.as_deref().map(none).unwrap_or_default(),
    }
}

fn none(reason: &str) -> String {
    format!("none: {reason}")
}

fn line(name: &str, text: &str) -> String {
    hanging(&format!("{name:<18}"), text)
}
