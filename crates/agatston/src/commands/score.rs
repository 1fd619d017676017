//! `agatston score`

use crate::{
    cli::Format, commands::files, config::ScoreConfig, exit::Exit, failure::Failure, output,
    progress::Progress,
};
use agatston_engine::{
    Choice, ResultDocument, Side, score_sides,
    writers::{self, Page},
};

pub(crate) fn run(config: &ScoreConfig, progress: &Progress) -> Result<Exit, Failure> {
    let sides = score_sides(&config.inputs, &config.choice, &config.request, progress);
    progress.done();
    let sides = sides?;
    let documents: Vec<&ResultDocument> = sides.iter().map(|side| &side.document).collect();
    write(&documents, config)?;
    let refused = documents.iter().filter(|d| !d.status.has_score());
    let mut exit = Exit::Done;
    for document in refused {
        exit = Exit::Refused;
        // With a table on standard output the reasons are there already; everywhere else they are said here.
        if config.format != Format::Table || config.target.path.is_some() {
            output::note(&writers::table::refusal(document).plain());
        }
    }
    sides.iter().try_for_each(|side: &Side| files::write(&config.files, side, config.request.workers))?;
    Ok(exit)
}

fn write(documents: &[&ResultDocument], config: &ScoreConfig) -> Result<(), Failure> {
    let many = config.choice == Choice::All;
    let text = match config.format {
        Format::Table => {
            return config.target.show(&Page::join(documents.iter().map(|d| writers::table::table(d))));
        }
        Format::Parquet => {
            let bytes = config.rows.parquet(documents.iter().copied()).map_err(Failure::Table)?;
            return config.target.write(&bytes);
        }
        Format::Csv => config.rows.csv(documents.iter().copied()),
        Format::Json if many => documents.iter().map(|d| writers::json::line(d)).collect(),
        Format::Json => documents.iter().map(|d| writers::json::pretty(d)).collect(),
    };
    config.target.write(text.as_bytes())
}
