//! A table of scores as CSV.

use super::{
    NEITHER, Unread, add,
    capped::{Allowance, Capped, RECORD_MAX},
    no_table, number, odd, places,
};
use crate::{
    summary::{
        row::{Cells, Read, Wanted},
        tally::Tally,
    },
    writers::tables::CellType,
};
use std::io;

/// Adds every row.
pub(super) fn read(file: impl io::Read, tally: &mut Tally) -> Result<(), Unread> {
    let allowance = Allowance::new();
    let capped = Capped { inner: file, allowance: allowance.clone() };
    let mut reader = csv::Reader::from_reader(capped);
    let wrong = |error: csv::Error, row: u64| wrong(error, row, &allowance);
    let names: Vec<String> =
        reader.headers().map_err(|error| wrong(error, 0))?.iter().map(str::to_owned).collect();
    let places = places(&names.iter().map(String::as_str).collect::<Vec<_>>())?;
    let types = Wanted::ALL.map(Wanted::cell_type);
    let mut record = csv::StringRecord::new();
    for row in 1.. {
        allowance.renew();
        if !reader.read_record(&mut record).map_err(|error| wrong(error, row))? {
            break;
        }
        let mut cells = Cells::default();
        for (i, wanted) in Wanted::ALL.into_iter().enumerate() {
            let text = record.get(places[i]).unwrap_or_default();
            cells[i] = cell(text, types[i]).ok_or_else(|| odd(wanted, row))?;
        }
        add(tally, cells, row)?;
    }
    Ok(())
}

/// A cell by its type; `None` where it is of another.
fn cell(text: &str, kind: CellType) -> Option<Read> {
    match (text, kind) {
        ("", _) => Some(Read::Null),
        (_, CellType::Text) => Some(Read::Text(unguarded(text).to_owned())),
        (_, CellType::Float64 | CellType::Int64) => number(text.parse().ok()?),
        ("true" | "True" | "TRUE", CellType::Bool) => Some(Read::Bool(true)),
        ("false" | "False" | "FALSE", CellType::Bool) => Some(Read::Bool(false)),
        (_, CellType::Bool) => None,
    }
}

/// A text without the `'` that keeps a spreadsheet from running it.
fn unguarded(text: &str) -> &str {
    text.strip_prefix('\'').filter(|rest| rest.starts_with(['=', '+', '-', '@'])).unwrap_or(text)
}

fn wrong(error: csv::Error, row: u64, allowance: &Allowance) -> Unread {
    let problem = match error.into_kind() {
        csv::ErrorKind::Io(_) if allowance.is_spent() => format!("is longer than {} MiB", RECORD_MAX >> 20),
        csv::ErrorKind::Io(error) => return error.into(),
        _ if row == 0 => return no_table(NEITHER),
        csv::ErrorKind::Utf8 { .. } => "is no text in UTF-8".to_owned(),
        csv::ErrorKind::UnequalLengths { .. } => "has more or fewer cells than the header line".to_owned(),
        _ => "is no CSV".to_owned(),
    };
    no_table(if row == 0 { format!("its first line {problem}") } else { format!("row {row} {problem}") })
}
