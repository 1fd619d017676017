//! `agatston score`

use crate::{cli::Format, config::ScoreConfig, exit::Exit, failure::Failure, output, progress::Progress};
use agatston_engine::{
    Choice, ResultDocument, Status, score,
    writers::{self, Page},
};

pub(crate) fn run(config: &ScoreConfig, progress: &Progress) -> Result<Exit, Failure> {
    let documents = score(&config.inputs, &config.choice, &config.request, progress);
    progress.done();
    let documents = documents?;
    write(&documents, config)?;
    let refused = documents.iter().filter(|d| d.status == Status::Refused);
    let mut exit = Exit::Done;
    for document in refused {
        exit = Exit::Refused;
        // With a table on standard output the reasons are there already; everywhere else they are said here.
        if config.format != Format::Table || config.target.path.is_some() {
            output::note(&writers::table::refusal(document).plain());
        }
    }
    Ok(exit)
}

fn write(documents: &[ResultDocument], config: &ScoreConfig) -> Result<(), Failure> {
    let many = config.choice == Choice::All;
    let text = match config.format {
        Format::Table => return config.target.show(&Page::join(documents.iter().map(writers::table::table))),
        Format::Parquet => {
            let bytes = config.rows.parquet(documents).map_err(Failure::Table)?;
            return config.target.write(&bytes);
        }
        Format::Csv => config.rows.csv(documents),
        Format::Json if many => documents.iter().map(writers::json::line).collect(),
        Format::Json => documents.iter().map(writers::json::pretty).collect(),
    };
    config.target.write(text.as_bytes())
}
