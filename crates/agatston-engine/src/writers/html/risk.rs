//! Categories, percentile and risk as research reads them from a coronary total. No advice.

use super::{number::range_words, page::facts};
use crate::risk::{Covariates, Given, RiskRecord, Sex};
use maud::{Markup, html};

/// The block, with what each number rests on or why it is not given.
pub(super) fn risk(r: &RiskRecord) -> Markup {
    let none = |reason: &Option<String>| format!("none: {}", reason.as_deref().unwrap_or("not known"));
    let of = |category: &Option<String>| {
        category.as_deref().map_or_else(|| "none: the total has no category".to_owned(), range_words)
    };
    let p = &r.percentile;
    let percentile = p.value.map_or_else(|| none(&p.reason), |value| value.to_string());
    let chd = &r.chd_10_year_percent;
    let with =
        |with: Option<f64>| with.map_or_else(|| none(&chd.reason), |percent| format!("{percent:.1} %"));
    let age = r.arterial_age_years.map_or_else(
        || format!("withheld: {}", r.withheld.join(", ")),
        |years| format!("{years:.1} years (McClelland et al., 2009)"),
    );
    let mut pairs = vec![
        ("Category in five steps", of(&r.categories.five)),
        ("Category of Rumberger", of(&r.categories.rumberger)),
        ("CAC-DRS", r.cac_drs.grade.clone().unwrap_or_else(|| none(&r.cac_drs.reason))),
        ("Percentile", percentile),
        ("10-year CHD risk with the score", with(chd.with_cac)),
        ("10-year CHD risk without it", with(chd.without_cac)),
        ("Arterial age", age),
    ];
    if let Some(percent) = p.probability_of_calcium_percent {
        pairs.insert(4, ("Of the same people with calcium", format!("{percent} %")));
    }
    html! {
        p { b { "Research output, no advice." } @if r.trace { " The total is a trace, over 0 and under 1." } }
        (facts(&pairs))
        @if let Some(people) = people(&r.covariates) { p.note { "Resting on: " (people) "." } }
        @if let Some(note) = &p.note { p.note { (note) "." } }
        p.note { "Percentile: " (p.reference) ". Risk: " (chd.reference) "." }
    }
}

/// What of a person a number rests on; nothing where none does.
fn people(c: &Covariates) -> Option<String> {
    let sex = |s: Sex| match s {
        Sex::Female => "female",
        Sex::Male => "male",
    };
    fn yes(name: &str, given: Option<Given<bool>>) -> Option<String> {
        given.map(|g| format!("{name}: {}", if g.value { "yes" } else { "no" }))
    }
    let all = [
        c.age_years.map(|g| format!("{} years", g.value)),
        c.sex.map(|g| sex(g.value).to_owned()),
        c.race.map(|g| g.value.as_str().to_owned()),
        c.total_cholesterol_mg_dl.map(|g| format!("total cholesterol {} mg/dL", g.value)),
        c.hdl_mg_dl.map(|g| format!("HDL {} mg/dL", g.value)),
        c.sbp_mmhg.map(|g| format!("systolic pressure {} mmHg", g.value)),
        yes("blood pressure treated", c.bp_medication),
        yes("lipids treated", c.lipid_medication),
        yes("smoker", c.smoker),
        yes("diabetes", c.diabetes),
        yes("heart attack in the family", c.family_history),
    ];
    let known: Vec<String> = all.into_iter().flatten().collect();
    (!known.is_empty()).then(|| known.join(", "))
}
