//! A table of scores read row by row, Parquet or CSV, told by how the file begins.

mod capped;
mod csv;
mod parquet;

use super::{
    Summary,
    row::{Cells, Read, Row, Wanted},
    tally::Tally,
};
use std::{
    fs::File,
    io::{self, Read as _, Seek},
};

/// How a Parquet file begins.
const PARQUET: &[u8; 4] = b"PAR1";

/// What is said of a file that is something else.
const NEITHER: &str = "it is neither Parquet nor CSV with the columns of a table of scores";

/// Why there is no summary.
#[derive(Debug, thiserror::Error)]
pub enum Unread {
    /// The file could not be read.
    #[error(transparent)]
    Outside(#[from] io::Error),
    /// It is no table of scores that this version reads: what is wrong, without a value of it.
    #[error("{0}")]
    NoTable(String),
}

/// Sums up a table of scores.
///
/// # Errors
///
/// When the file cannot be read, or holds no table of scores with every column that a summary needs.
pub fn summarise(mut file: File) -> Result<Summary, Unread> {
    let mut start = Vec::new();
    file.by_ref().take(PARQUET.len() as u64).read_to_end(&mut start)?;
    if start != PARQUET {
        return of_csv(io::Cursor::new(start).chain(file));
    }
    file.rewind()?;
    let mut tally = Tally::default();
    parquet::read(file, &mut tally)?;
    Ok(tally.finish())
}

/// Sums up what is no Parquet file.
pub(super) fn of_csv(text: impl io::Read) -> Result<Summary, Unread> {
    let mut tally = Tally::default();
    csv::read(text, &mut tally)?;
    Ok(tally.finish())
}

fn no_table(problem: impl Into<String>) -> Unread {
    Unread::NoTable(problem.into())
}

/// Where the wanted columns are among the names of a file.
fn places(names: &[&str]) -> Result<[usize; Wanted::ALL.len()], Unread> {
    let place = |wanted: Wanted| names.iter().position(|name| *name == wanted.name());
    let missing: Vec<&str> =
        Wanted::ALL.into_iter().filter(|&w| place(w).is_none()).map(Wanted::name).collect();
    if names.contains(&"lesion_id") {
        return Err(no_table(
            "it is the table of lesions (lesions.parquet or .csv); the table of scores, with a row an artery, is wanted (scores.parquet or .csv)",
        ));
    }
    if missing.len() > Wanted::ALL.len() / 2 {
        return Err(no_table(NEITHER));
    }
    if !missing.is_empty() {
        let what = if missing.len() == 1 { "column" } else { "columns" };
        let problem = format!("the {what} {} is missing, as in tables of older versions", missing.join(", "));
        return Err(no_table(if missing.len() == 1 { problem } else { problem.replace(" is ", " are ") }));
    }
    Ok(Wanted::ALL.map(|wanted| place(wanted).unwrap_or_default()))
}

/// Adds the row with these cells; `row` counts from 1, below the header.
fn add(tally: &mut Tally, cells: Cells, row: u64) -> Result<(), Unread> {
    let row = Row::new(cells).map_err(|wanted| {
        no_table(format!("row {row} has an unknown word, or none, in the column {}", wanted.name()))
    })?;
    tally.add(&row);
    Ok(())
}

/// A number of a cell: finite and not under 0, as every number that is wanted.
fn number(x: f64) -> Option<Read> {
    (x.is_finite() && x >= 0.0).then_some(Read::Number(x + 0.0)) // plus zero: there is no -0
}

/// A cell that is not of the type of its column.
fn odd(wanted: Wanted, row: u64) -> Unread {
    let kind = wanted.cell_type().as_str();
    no_table(format!("row {row} has no {kind} that can be in the column {}", wanted.name()))
}
