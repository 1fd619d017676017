//! `agatston validate`

use crate::{cli::ValidateArgs, exit::Exit, failure::Failure, output, result_file};
use agatston_engine::{ResultDocument, Validation, validate, writers};

/// Longest list of mismatches of one result that is printed.
const SHOWN_MAX: usize = 20;

pub(crate) fn run(args: &ValidateArgs) -> Result<Exit, Failure> {
    let documents = result_file::read(&args.result)?;
    let mut text = String::new();
    let mut exit = Exit::Done;
    for document in &documents {
        let validation = validate(document);
        if !validation.mismatches.is_empty() {
            exit = Exit::Refused;
        }
        text += &said(document, &validation);
    }
    output::stdout(writers::printable(&text).as_bytes())?;
    Ok(exit)
}

fn said(document: &ResultDocument, validation: &Validation) -> String {
    let uid = document.series.as_ref().and_then(|s| s.series_uid.clone());
    let mut out = uid.map_or_else(String::new, |uid| writers::wrapped("Series ", &uid));
    if !document.status.has_score() {
        out += "a refused result: there is no score to add up\n";
    }
    for m in validation.mismatches.iter().take(SHOWN_MAX) {
        out += &writers::wrapped(
            "  MISMATCH ",
            &format!("{}: {} by its parts, written {}", m.at, m.expected, m.seen),
        );
    }
    if validation.mismatches.len() > SHOWN_MAX {
        out += &format!("  and {} more\n", validation.mismatches.len() - SHOWN_MAX);
    }
    for what in &validation.not_checked {
        out += &writers::wrapped("  not checked: ", what);
    }
    let verdict = match validation.mismatches.len() {
        0 => "adds up".to_owned(),
        1 => "1 does not add up (result_does_not_add_up)".to_owned(),
        n => format!("{n} do not add up (result_does_not_add_up)"),
    };
    out + &format!("{} numbers computed again: {verdict}\n", validation.checked)
}
