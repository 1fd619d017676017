//! `agatston summary`

use crate::{
    cli::InspectFormat,
    config::SummaryConfig,
    exit::Exit,
    failure::{Failure, named},
    output,
};
use agatston_engine::{Summary, Unread, summarise, writers};
use std::{fs::File, path::Path};

pub(crate) fn run(config: &SummaryConfig) -> Result<Exit, Failure> {
    let summary = read(&config.scores)?;
    match config.format {
        InspectFormat::Table => config.target.show(&writers::summary::table(&summary))?,
        InspectFormat::Json => config.target.write(writers::summary::json(&summary).as_bytes())?,
    }
    if let Some(path) = &config.page.report {
        output::file(path, writers::html::summary_page(&summary).as_bytes(), config.page.overwrite)?;
    }
    Ok(Exit::Done)
}

fn read(path: &Path) -> Result<Summary, Failure> {
    let unread = |source| Failure::Read { path: path.to_path_buf(), source };
    summarise(File::open(path).map_err(unread)?).map_err(|error| match error {
        Unread::Outside(source) => unread(source),
        Unread::NoTable(problem) => Failure::NoTable { name: named(path), problem },
    })
}
