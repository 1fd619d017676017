//! `agatston compare`

use crate::{
    cli::CompareFormat,
    commands::files,
    config::{CompareConfig, SideConfig},
    exit::Exit,
    failure::Failure,
    output::{self, Target},
    progress::Progress,
};
use agatston_engine::{
    Comparison, Error, ResultDocument, Side, compare, score_sides,
    writers::{self, Page, tables::Table},
};

pub(crate) fn run(config: CompareConfig, progress: &Progress) -> Result<Exit, Failure> {
    let CompareConfig { baseline, followup, request, format, target, pictures, workers } = config;
    let sides = side(baseline, progress).and_then(|b| Ok([b, side(followup, progress)?]));
    progress.done();
    let [baseline, followup] = sides?;
    let refused: Vec<(&str, &ResultDocument)> = [("baseline", &baseline), ("follow-up", &followup)]
        .into_iter()
        .filter(|(_, side)| !side.document.status.has_score())
        .map(|(name, side)| (name, &side.document))
        .collect();
    if refused.is_empty() {
        let comparison = compare(&baseline, &followup, &request);
        write(&comparison, format, &target)?;
        files::write_pair(&pictures, &comparison, [&baseline, &followup], workers)?;
        return Ok(Exit::Done);
    }
    let documents: Vec<&ResultDocument> = refused.iter().map(|(_, document)| *document).collect();
    write_refused(&documents, format, &target)?;
    let is_said = format == CompareFormat::Table && target.path.is_none();
    for (name, document) in refused {
        let reasons =
            if is_said { "refused, as said above\n" } else { &writers::table::refusal(document).plain() };
        output::note(&format!("{name}: {reasons}"));
    }
    files::not_compared(&pictures);
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

fn write(comparison: &Comparison, format: CompareFormat, target: &Target) -> Result<(), Failure> {
    let text = match format {
        CompareFormat::Table => return target.show(&writers::comparison::table(comparison)),
        CompareFormat::Json => writers::comparison::json(comparison),
        CompareFormat::Csv => writers::comparison_csv::header() + &writers::comparison_csv::rows(comparison),
    };
    target.write(text.as_bytes())
}

/// Sides that were refused: their results, as `score` writes them, one a line in JSON.
fn write_refused(
    documents: &[&ResultDocument],
    format: CompareFormat,
    target: &Target,
) -> Result<(), Failure> {
    let text = match format {
        CompareFormat::Table => {
            let mut page = Page::default();
            documents.iter().for_each(|document| page.append(writers::table::table(document)));
            return target.show(&page);
        }
        CompareFormat::Json => documents.iter().map(|document| writers::json::line(document)).collect(),
        CompareFormat::Csv => Table::Scores.csv(documents.iter().copied()),
    };
    target.write(text.as_bytes())
}
