//! A table as CSV: a header line, a line a row, a comma between cells, an empty cell for what is unknown.

use super::{Table, column::Cell};
use crate::{ResultDocument, writers::text::csv_cell};
use std::{
    borrow::Cow,
    io::{self, Write},
};

/// Writes a table row by row.
#[derive(Debug)]
pub struct CsvWriter<W> {
    table: Table,
    out: W,
}

impl<W: Write> CsvWriter<W> {
    /// Begins with the header line.
    ///
    /// # Errors
    ///
    /// When `out` cannot be written to.
    pub fn new(table: Table, mut out: W) -> io::Result<Self> {
        let names: Vec<&str> = table.headings().iter().map(|heading| heading.name).collect();
        writeln!(out, "{}", names.join(","))?;
        Ok(Self { table, out })
    }

    /// Adds the rows of a document, which has a key in a batch.
    ///
    /// # Errors
    ///
    /// When they cannot be written.
    pub fn push(&mut self, key: Option<&str>, document: &ResultDocument) -> io::Result<()> {
        for cells in self.table.rows(key, document) {
            let line: Vec<String> = cells.iter().map(|cell| csv_cell(&written(cell))).collect();
            writeln!(self.out, "{}", line.join(","))?;
        }
        Ok(())
    }

    /// Gives back what was written to.
    pub fn finish(self) -> W {
        self.out
    }
}

/// A cell as text. Numbers are in the shortest form that reads back as the same number.
fn written<'a>(cell: &'a Cell<'_>) -> Cow<'a, str> {
    match cell {
        Cell::Null => "".into(),
        Cell::Text(text) => text.as_ref().into(),
        Cell::Float64(x) => x.to_string().into(),
        Cell::Int64(n) => n.to_string().into(),
        Cell::Bool(b) => b.to_string().into(),
    }
}
