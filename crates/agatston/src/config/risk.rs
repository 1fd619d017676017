//! Covariates and history of the command line: each value checked, each message with its option.

use crate::{cli::RiskArgs, failure::Failure};
use agatston_engine::{Covariate, CovariateSource, CovariateSources, CovariateTable, Covariates, Declared};
use std::collections::BTreeSet;

/// What the options and the table say of the person.
pub(crate) fn covariates(args: &RiskArgs) -> Result<CovariateSources, Failure> {
    let typed = [
        ("--age", Covariate::Age, &args.age),
        ("--sex", Covariate::Sex, &args.sex),
        ("--race", Covariate::Race, &args.race),
        ("--total-cholesterol", Covariate::TotalCholesterol, &args.total_cholesterol),
        ("--hdl", Covariate::Hdl, &args.hdl),
        ("--sbp", Covariate::Sbp, &args.sbp),
        ("--bp-medication", Covariate::BpMedication, &args.bp_medication),
        ("--lipid-medication", Covariate::LipidMedication, &args.lipid_medication),
        ("--smoker", Covariate::Smoker, &args.smoker),
        ("--diabetes", Covariate::Diabetes, &args.diabetes),
        ("--family-history", Covariate::FamilyHistory, &args.family_history),
    ];
    let mut given = Covariates::default();
    for (option, covariate, value) in typed {
        if let Some(value) = value {
            given.set(covariate, value, CovariateSource::Option).map_err(|needs| usage(option, needs))?;
        }
    }
    let table = args.covariates.as_deref().map(CovariateTable::read).transpose()?;
    Ok(CovariateSources { given, table })
}

/// What was declared for every series.
pub(crate) fn history(args: &RiskArgs) -> Result<BTreeSet<Declared>, Failure> {
    let Some(words) = &args.history else { return Ok(BTreeSet::new()) };
    let problem = "needs stent, bypass or device, with commas between them";
    match Declared::parse(words) {
        Ok(declared) if declared.is_empty() => Err(usage("--history", problem)),
        Ok(declared) => Ok(declared),
        Err(needs) => Err(usage("--history", needs)),
    }
}

fn usage(option: &'static str, needs: &str) -> Failure {
    Failure::Usage { option, problem: needs.to_owned() }
}
