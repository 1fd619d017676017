//! `agatston compare`

use crate::{
    cli::Format,
    config::{CompareConfig, SideConfig},
    exit::Exit,
    failure::Failure,
    output,
    progress::Progress,
};
use agatston_engine::{Comparison, Error, ResultDocument, Side, Status, compare, score_sides, writers};

pub(crate) fn run(config: CompareConfig, progress: &Progress) -> Result<Exit, Failure> {
    let CompareConfig { baseline, followup, request, format, target } = config;
    let sides = side(baseline, progress).and_then(|b| Ok([b, side(followup, progress)?]));
    progress.done();
    let [baseline, followup] = sides?;
    let refused: Vec<(&str, &ResultDocument)> = [("baseline", &baseline), ("follow-up", &followup)]
        .into_iter()
        .filter(|(_, side)| side.document.status == Status::Refused)
        .map(|(name, side)| (name, &side.document))
        .collect();
    if refused.is_empty() {
        target.write(render(&compare(&baseline, &followup, &request), format).as_bytes())?;
        return Ok(Exit::Done);
    }
    let text: String = refused.iter().map(|(_, document)| refusal(document, format)).collect();
    let header = if format == Format::Csv { writers::csv::header() } else { String::new() };
    target.write((header + &text).as_bytes())?;
    let is_said = format == Format::Table && target.path.is_none();
    for (name, document) in refused {
        let reasons = if is_said { "refused, as said above\n" } else { &writers::table::refusal(document) };
        output::note(&format!("{name}: {reasons}"));
    }
    Ok(Exit::Refused)
}

/// The side, scored where it is a series.
fn side(config: SideConfig, progress: &Progress) -> Result<Side, Error> {
    match config {
        SideConfig::Result(side) => Ok(*side),
        SideConfig::Series(score) => {
            let mut sides = score_sides(&score.inputs, &score.choice, &score.request, progress)?;
            Ok(sides.pop().expect("an input makes one result at least"))
        }
    }
}

fn render(comparison: &Comparison, format: Format) -> String {
    match format {
        Format::Table => writers::comparison::table(comparison),
        Format::Json => writers::comparison::json(comparison),
        Format::Csv => writers::comparison_csv::header() + &writers::comparison_csv::rows(comparison),
    }
}

/// A side that was refused: its result, as `score` writes it, one a line in JSON.
fn refusal(document: &ResultDocument, format: Format) -> String {
    match format {
        Format::Table => writers::table::table(document),
        Format::Json => writers::json::line(document),
        Format::Csv => writers::csv::rows(document),
    }
}
