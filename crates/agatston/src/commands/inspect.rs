//! `agatston inspect`

use crate::{cli::InspectFormat, config::InspectConfig, exit::Exit, failure::Failure, progress::Progress};
use agatston_engine::{inspect, writers};

pub(crate) fn run(config: &InspectConfig, progress: &Progress) -> Result<Exit, Failure> {
    let inspection = inspect(&config.inputs, &config.request, progress);
    progress.done();
    let inspection = inspection?;
    match config.format {
        InspectFormat::Table => config.target.show(&writers::inspection::table(&inspection))?,
        InspectFormat::Json => config.target.write(writers::inspection::json(&inspection).as_bytes())?,
    }
    Ok(if inspection.series.is_empty() { Exit::Refused } else { Exit::Done })
}
