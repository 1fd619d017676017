//! `agatston batch`

use crate::{
    batch::{BatchProgress, Ended, Journal, Keeping, Kept, Merged, Stop, write_tables},
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
    match complete(config, &stop) {
        Err(Failure::Stopped) => {
            output::note(&format!("{}\n", Failure::Stopped)); // asked for, and no error
            Ok(Exit::Stopped)
        }
        ended => ended,
    }
}

/// Scores every series, then makes the tables.
fn complete(config: &BatchConfig, stop: &Stop) -> Result<Exit, Failure> {
    let wrong = |source| Failure::Write { path: config.folder.path().to_owned(), source };
    let (done, _lock) = config.folder.open(config.begins)?;
    let progress = BatchProgress::new(config.said);
    let keeping = Keeping { settings: config.settings.hash(), trust: config.trust };
    let journal = Journal::new(&config.folder, (&progress, stop), keeping, done)?;
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
    ended.map_err(wrong)?.map_err(|error| match error {
        BatchError::Stopped => Failure::Stopped,
        BatchError::Ledger(error) => wrong(error),
        BatchError::Threads(problem) => Failure::Threads(problem),
    })?;
    let Ended { results, others } = journal.finish().map_err(wrong)?;
    let index = config.folder.index().map_err(wrong)?;
    if config.only_index {
        config.folder.leave_index_alone().map_err(wrong)?;
        let found = index.iter().filter(|&&byte| byte == b'\n').count();
        output::stdout(format!("{found} series found, none scored; see index.jsonl\n").as_bytes())?;
        return if found == 0 { Err(Failure::NothingFound) } else { Ok(Exit::Done) };
    }
    let merged = Merged {
        results: results
            .into_iter()
            .map(|(key, hash)| (key, Kept { path: config.folder.result(key), hash }))
            .collect(),
        index,
        settings: config.settings.clone(),
        shard: config.shard,
        limit: config.limit,
    };
    let go_on = || if stop.is_asked() { Err(Failure::Stopped) } else { Ok(()) };
    let run = write_tables(&config.folder, &merged, go_on)?;
    if others > 0 {
        output::note(&format!(
            "{others} results of an earlier run stay in results/ and are in no table: their series are not in this run\n"
        ));
    }
    if merged.index.is_empty() {
        return Err(Failure::NothingFound);
    }
    end(&run)
}

/// Says what came of a batch.
pub(super) fn end(run: &RunRecord) -> Result<Exit, Failure> {
    output::stdout(told(run).as_bytes())?;
    Ok(if run.series.have_all_a_score() { Exit::Done } else { Exit::SomeWithoutScore })
}
