//! `agatston merge`

use super::batch::end;
use crate::{
    batch::{INDEX, Merged, Part, each, write_tables},
    config::{MergeConfig, MergeTarget},
    exit::Exit,
    failure::Failure,
    output,
};
use agatston_engine::writers::tables::{CsvWriter, ParquetWriter};

pub(crate) fn run(config: &MergeConfig) -> Result<Exit, Failure> {
    let parts = config.parts.iter().map(|path| Part::read(path)).collect::<Result<_, _>>()?;
    let merged = Merged::of(parts)?;
    match &config.to {
        MergeTarget::Folder(folder) => {
            output::folder(folder.path())?;
            let wrong = |source| Failure::Write { path: folder.path().to_owned(), source };
            folder.withdraw_tables().map_err(wrong)?;
            folder.put(&folder.file(INDEX), &merged.index).map_err(wrong)?;
            end(&write_tables(folder, &merged, || Ok(()))?).map(|_| Exit::Done)
        }
        MergeTarget::File { table, is_parquet: true, target } => {
            let mut out = ParquetWriter::new(*table, Vec::new()).map_err(Failure::Table)?;
            each(&merged.results, |key, document| {
                out.push(Some(&key.to_string()), document).map_err(Failure::Table)
            })?;
            target.write(&out.finish().map_err(Failure::Table)?)?;
            Ok(Exit::Done)
        }
        MergeTarget::File { table, is_parquet: false, target } => {
            let mut out = CsvWriter::new(*table, Vec::new()).map_err(Failure::Table)?;
            each(&merged.results, |key, document| {
                out.push(Some(&key.to_string()), document).map_err(Failure::Table)
            })?;
            target.write(&out.finish())?;
            Ok(Exit::Done)
        }
    }
}
