//! The tables of a batch, made of its results in the order of their keys: by the same code for one batch and for the parts of
//! one, so that both have the same bytes.

use super::folder::{BatchFolder, FAILURES_CSV, INDEX, LESIONS_PARQUET, RUN, SCORES_CSV, SCORES_PARQUET};
use crate::{
    failure::{Failure, named},
    output::Replacing,
};
use agatston_engine::{
    ResultDocument,
    batch::{IndexEntry, RUN_SCHEMA, RunRecord, SeriesCounts, SeriesKey, Settings, Shard, hash},
    result,
    writers::{
        batch::{FAILURES_HEAD, failure},
        tables::{CsvWriter, ParquetWriter, Table},
    },
};
use rayon::prelude::*;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

/// Results that are read at a time.
const AT_ONCE: usize = 64;

/// A result that a batch wrote.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    pub(crate) path: PathBuf,
    /// Hash of what was written.
    pub(crate) hash: String,
}

impl Kept {
    /// Reads it, if it is what was written.
    fn read(&self) -> Result<ResultDocument, Failure> {
        let changed = || Failure::ResultChanged(self.path.clone());
        let bytes = match fs::read(&self.path) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Err(changed()),
            bytes => bytes.map_err(|source| Failure::Read { path: self.path.clone(), source })?,
        };
        if hash(&bytes) != self.hash {
            return Err(changed());
        }
        let mut documents = result::read(&bytes).map_err(|_| changed())?;
        documents.pop().filter(|_| documents.is_empty()).ok_or_else(changed)
    }
}

/// Of which batch the tables are.
pub(crate) struct Merged {
    /// The result of each series.
    pub(crate) results: BTreeMap<SeriesKey, Kept>,
    pub(crate) index: Vec<u8>,
    pub(crate) settings: Settings,
    pub(crate) shard: Option<Shard>,
    pub(crate) limit: Option<u64>,
}

/// A part of a batch that came to its end.
pub(crate) struct Part {
    folder: BatchFolder,
    run: RunRecord,
}

impl Part {
    /// Reads what a part is.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let folder = BatchFolder::new(path.to_owned());
        let run = folder.file(RUN);
        if !run.is_file() {
            let is_begun = folder.holds_a_batch();
            return Err(Failure::NoPart { path: path.to_owned(), is_begun });
        }
        if !folder.holds_results() {
            let problem = format!("{} holds tables that were merged before; give the parts", named(path));
            return Err(Failure::Parts(problem));
        }
        let unread = |source| Failure::Read { path: run.clone(), source };
        let text = fs::read_to_string(&run).map_err(unread)?;
        let run =
            RunRecord::read(&text).map_err(|problem| Failure::NoResult { name: named(&run), problem })?;
        Ok(Self { folder, run })
    }

    /// Its index: every series that was found, of other parts too.
    fn index(&self) -> Result<Vec<IndexEntry>, Failure> {
        let path = self.folder.file(INDEX);
        let text =
            fs::read_to_string(&path).map_err(|source| Failure::Read { path: path.clone(), source })?;
        IndexEntry::read(&text).map_err(|problem| Failure::NoResult { name: named(&path), problem })
    }
}

impl Merged {
    /// All parts together: of one program, protocol and set of options, no part missing, none twice.
    pub(crate) fn of(parts: Vec<Part>) -> Result<Self, Failure> {
        let wrong = |problem: String| Err(Failure::Parts(problem));
        let Some(first) = parts.first() else { return wrong("there are none".to_owned()) };
        for part in &parts {
            if part.run.settings_hash != first.run.settings_hash {
                let [a, b] = [first, part].map(|part| named(part.folder.path()));
                return wrong(format!(
                    "{a} and {b} were not made alike ({}); score one of them again",
                    difference(&first.run.settings, &part.run.settings)
                ));
            }
        }
        complete(&parts)?;
        let mut results = BTreeMap::new();
        let (mut index, mut known) = (Vec::new(), BTreeSet::new());
        for part in &parts {
            let entries = part.index()?;
            let path = part.folder.path();
            let mut done =
                part.folder.done().map_err(|source| Failure::Read { path: path.to_owned(), source })?;
            // Not every result that lies there is of this run.
            let mine = |entry: &&IndexEntry| part.run.shard.is_none_or(|shard| shard.holds(entry.key));
            for key in entries.iter().filter(mine).map(|entry| entry.key) {
                let hash = done.remove(&key).map(|entry| entry.result).unwrap_or_default();
                if let Some(other) = results.insert(key, Kept { path: part.folder.result(key), hash }) {
                    let other = other.path.ancestors().nth(2).unwrap_or(&other.path);
                    let [a, b] = [other, part.folder.path()].map(named);
                    return wrong(format!(
                        "series {key} is in two of them, {a} and {b}; give each part once"
                    ));
                }
            }
            let fresh = entries.iter().filter(|entry| known.insert(entry.key));
            index.extend(fresh.flat_map(|entry| entry.line().into_bytes()));
        }
        let limit = parts.iter().map(|part| part.run.limit).max().flatten();
        Ok(Self { results, index, settings: first.run.settings.clone(), shard: None, limit })
    }
}

/// Fails where parts of a whole are missing.
fn complete(parts: &[Part]) -> Result<(), Failure> {
    let mut shards: BTreeMap<(&str, u32), BTreeSet<u32>> = BTreeMap::new();
    for part in parts {
        if let Some(shard) = part.run.shard {
            shards.entry((&part.run.index_hash, shard.of())).or_default().insert(shard.index());
        }
    }
    for ((index, of), there) in shards {
        let missing: Vec<String> =
            (1..=of).filter(|i| !there.contains(i)).map(|i| format!("{i}/{of}")).collect();
        if !missing.is_empty() {
            let missing = missing.join(", ");
            return Err(Failure::Parts(match parts.iter().any(|part| part.run.index_hash != index) {
                false => format!("shards are missing: {missing}"),
                true => format!(
                    "shards are missing: {missing}; shards of different indexes do not go together, as when scans were added \
                     between them: make one index with --only-index and give it to all"
                ),
            }));
        }
    }
    Ok(())
}

/// What differs first between two settings.
fn difference(a: &Settings, b: &Settings) -> String {
    if a.engine != b.engine {
        return format!("version {} and {}", a.engine.version, b.engine.version);
    }
    if a.protocol != b.protocol {
        return format!("protocol {} and {}", a.protocol.name, b.protocol.name);
    }
    let names: BTreeSet<&String> = a.options.keys().chain(b.options.keys()).collect();
    let differs = names.into_iter().find(|name| a.options.get(*name) != b.options.get(*name));
    differs.map_or_else(|| "their settings".to_owned(), |name| format!("--{name}"))
}

/// Writes every table and the record of the run into a folder, where the index is already. `go_on` fails when it is time to
/// stop.
pub(crate) fn write_tables(
    folder: &BatchFolder,
    merged: &Merged,
    go_on: impl Fn() -> Result<(), Failure>,
) -> Result<RunRecord, Failure> {
    let wrong = |source| Failure::Write { path: folder.path().to_owned(), source };
    let mut writers = Writers::new(folder).map_err(wrong)?;
    each(&merged.results, |key, document| {
        go_on()?;
        writers.add(key, document).map_err(wrong)
    })?;
    let Writers { scores_csv, scores, lesions, failures, counts, refusals } = writers;
    let run = RunRecord {
        schema: RUN_SCHEMA.to_owned(),
        settings_hash: merged.settings.hash(),
        settings: merged.settings.clone(),
        index_hash: hash(&merged.index),
        shard: merged.shard,
        limit: merged.limit,
        series: counts,
        refusals,
    };
    let finish = || {
        scores_csv.finish().commit()?;
        scores.finish()?.commit()?;
        lesions.finish()?.commit()?;
        failures.commit()?;
        folder.put(&folder.file(RUN), run.pretty().as_bytes()) // last: what has it is complete
    };
    finish().map_err(wrong)?;
    Ok(run)
}

/// Does something with every result, in the order of keys.
pub(crate) fn each(
    results: &BTreeMap<SeriesKey, Kept>,
    mut take: impl FnMut(SeriesKey, &ResultDocument) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let results: Vec<(&SeriesKey, &Kept)> = results.iter().collect();
    for some in results.chunks(AT_ONCE) {
        let documents: Vec<_> = some.par_iter().map(|(_, kept)| kept.read()).collect();
        for ((key, _), document) in some.iter().zip(documents) {
            take(**key, &document?)?;
        }
    }
    Ok(())
}

/// The tables in the making.
struct Writers {
    scores_csv: CsvWriter<Replacing>,
    scores: ParquetWriter<Replacing>,
    lesions: ParquetWriter<Replacing>,
    failures: Replacing,
    counts: SeriesCounts,
    refusals: BTreeMap<String, u64>,
}

impl Writers {
    fn new(folder: &BatchFolder) -> io::Result<Self> {
        let file = |name: &str| Replacing::new(&folder.file(name));
        let mut failures = file(FAILURES_CSV)?;
        failures.write_all(FAILURES_HEAD.as_bytes())?;
        Ok(Self {
            scores_csv: CsvWriter::new(Table::Scores, file(SCORES_CSV)?)?,
            scores: ParquetWriter::new(Table::Scores, file(SCORES_PARQUET)?)?,
            lesions: ParquetWriter::new(Table::Lesions, file(LESIONS_PARQUET)?)?,
            failures,
            counts: SeriesCounts::default(),
            refusals: BTreeMap::new(),
        })
    }

    fn add(&mut self, key: SeriesKey, document: &ResultDocument) -> io::Result<()> {
        let named = key.to_string();
        self.scores_csv.push(Some(&named), document)?;
        self.scores.push(Some(&named), document)?;
        self.lesions.push(Some(&named), document)?;
        if let Some(row) = failure(key, document) {
            self.failures.write_all(row.as_bytes())?;
        }
        self.counts.add(document);
        if let Some(refusal) = &document.refusal {
            *self.refusals.entry(refusal.code.clone()).or_default() += 1;
        }
        Ok(())
    }
}
