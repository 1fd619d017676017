//! `agatston batch`

use crate::{
    batch::{BatchProgress, Journal, Merged, Stop, write_tables},
    config::BatchConfig,
    exit::Exit,
    failure::Failure,
    output,
};
use agatston_engine::{
    batch::{Batch, BatchError, RunRecord, run as score_all},
    writers::batch::told,
};

pub(crate) fn run(config: &BatchConfig) -> Result<Exit, Failure> {
    let stop = Stop::on_signals().map_err(Failure::Signals)?;
    let progress = BatchProgress::new(config.said);
    let done = config.folder.open(config.begins)?;
    let kept = (config.settings.hash(), config.verify);
    let journal = Journal::new(&config.folder, (&progress, &stop), kept, done)?;
    let batch = Batch {
        tree: &*config.tree,
        places: &config.places,
        request: &config.request,
        jobs: config.jobs,
        shard: config.shard,
        limit: config.limit,
        only_index: config.only_index,
    };
    let ended = journal.keeping(|| score_all(&batch, &journal));
    progress.end(if matches!(ended, Ok(Ok(()))) { "scored" } else { "interrupted" });
    let wrong = |source| Failure::Write { path: config.folder.path().to_owned(), source };
    match ended.map_err(wrong)? {
        Ok(()) => {}
        Err(BatchError::Stopped) => {
            output::note("stopped; what is done is kept: run it again with --resume\n");
            return Ok(Exit::Stopped);
        }
        Err(BatchError::Ledger(error)) => return Err(wrong(error)),
        Err(BatchError::Threads(error)) => return Err(error.into()),
    }
    let keys = journal.finish().map_err(wrong)?;
    let index = config.folder.index().map_err(wrong)?;
    if config.only_index {
        config.folder.leave_index_alone().map_err(wrong)?;
        output::stdout(format!("{} series found, none scored; see index.jsonl\n", keys.len()).as_bytes())?;
        return Ok(Exit::Done);
    }
    let merged = Merged {
        results: keys.into_iter().map(|key| (key, config.folder.result(key))).collect(),
        index,
        settings: config.settings.clone(),
        shard: config.shard,
        limit: config.limit,
    };
    let run = write_tables(&config.folder, &merged)?;
    end(&run)
}

/// Says what came of a batch.
pub(super) fn end(run: &RunRecord) -> Result<Exit, Failure> {
    output::stdout(told(run).as_bytes())?;
    Ok(if run.series.have_all_a_score() { Exit::Done } else { Exit::SomeWithoutScore })
}
