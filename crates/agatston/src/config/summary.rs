//! What `summary` does: which table it reads, and where the summary goes.

use super::{PictureFiles, target};
use crate::{
    cli::{InspectFormat, PicturesArgs, SummaryArgs},
    failure::Failure,
    output::Target,
};
use std::path::PathBuf;

/// What `summary` does.
#[derive(Debug)]
pub(crate) struct SummaryConfig {
    pub(crate) scores: PathBuf,
    pub(crate) format: InspectFormat,
    pub(crate) target: Target,
    /// The page alone: a summary has no pictures.
    pub(crate) page: PictureFiles,
}

impl SummaryConfig {
    pub(crate) fn new(args: SummaryArgs) -> Result<Self, Failure> {
        let page = PicturesArgs { report: args.report, png: None };
        let page = PictureFiles::new(page, args.output.overwrite);
        let target = target(args.output);
        if args.scores.is_dir() {
            let problem = "is a folder; name a table of scores".to_owned();
            return Err(Failure::Usage { option: "SCORES", problem });
        }
        let reads = [args.scores];
        target.check("--output", &reads)?;
        page.check(&target, &reads)?;
        let [scores] = reads;
        Ok(Self { scores, format: args.format, target, page })
    }
}
