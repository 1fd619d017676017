//! Tidy tables over any number of results: `scores` has a row a series and artery or region, and `total`; `lesions` a
//! row a lesion.
//!
//! ```text
//! columns, each defined once --of a row--> cells --CsvWriter-----> text
//!                            \            \------ParquetWriter-> bytes, a row group in memory at a time
//!                             \--headings--> docs/formats.md
//! ```
//!
//! What is unknown is null: an empty cell of CSV, a null of Parquet; never 0, NaN or an empty text.

mod column;
mod csv;
mod lesions;
mod measures;
mod parquet;
mod scores;

pub use column::{CellType, Heading};
pub use csv::CsvWriter;
pub use parquet::ParquetWriter;

use crate::ResultDocument;
use column::{Cell, Column};
use lesions::LesionRow;
use scores::ScoreRow;
use std::io;

/// One of the tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Table {
    /// A row an artery or region, and `total`; a refused series has `total` alone.
    Scores,
    /// A row a lesion; needs results with `--detail lesions` or `foci`.
    Lesions,
}

impl Table {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Scores, Self::Lesions];

    /// The word used for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Scores => "scores",
            Self::Lesions => "lesions",
        }
    }

    /// What its columns are, in order.
    pub fn headings(self) -> Vec<Heading> {
        match self {
            Self::Scores => headings(&ScoreRow::columns()),
            Self::Lesions => headings(&LesionRow::columns()),
        }
    }

    /// The rows of all documents as CSV, under a header line.
    pub fn csv<'a>(self, documents: impl IntoIterator<Item = &'a ResultDocument>) -> String {
        let mut out = CsvWriter::new(self, Vec::new()).expect(MEMORY);
        for document in documents {
            out.push(None, document).expect(MEMORY);
        }
        String::from_utf8(out.finish()).expect("cells are text, and so is what stands between them")
    }

    /// The rows of all documents as a Parquet file.
    ///
    /// # Errors
    ///
    /// When a row group is too large for the format.
    pub fn parquet<'a>(self, documents: impl IntoIterator<Item = &'a ResultDocument>) -> io::Result<Vec<u8>> {
        let mut out = ParquetWriter::new(self, Vec::new())?;
        for document in documents {
            out.push(None, document)?;
        }
        out.finish()
    }

    /// The rows of one document, cell by cell in the order of the headings.
    fn rows<'a>(self, key: Option<&'a str>, document: &'a ResultDocument) -> Vec<Vec<Cell<'a>>> {
        match self {
            Self::Scores => cells(&ScoreRow::columns(), scores::rows(key, document)),
            Self::Lesions => cells(&LesionRow::columns(), lesions::rows(key, document)),
        }
    }
}

/// What the first column of both tables is.
const KEY_MEANING: &str = "Key of the series in a batch, which `index.jsonl` explains; null outside of one.";

const MEMORY: &str = "memory takes every byte";

fn headings<R>(columns: &[Column<R>]) -> Vec<Heading> {
    columns.iter().map(|column| column.heading).collect()
}

fn cells<'a, R: Copy>(columns: &[Column<'a, R>], rows: Vec<R>) -> Vec<Vec<Cell<'a>>> {
    rows.into_iter().map(|row| columns.iter().map(|column| column.cell(row)).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::sample::{lesion, provisional, side, stopped};

    /// The cells of these columns, row by row.
    fn cells(table: Table, document: &ResultDocument, names: &[&str]) -> Vec<Vec<String>> {
        let csv = table.csv([document]);
        let rows: Vec<Vec<&str>> = csv.lines().map(|line| line.split(',').collect()).collect();
        let place = |name: &&str| rows[0].iter().position(|head| head == name).unwrap();
        let places: Vec<usize> = names.iter().map(place).collect();
        rows[1..].iter().map(|row| places.iter().map(|&i| row[i].to_owned()).collect()).collect()
    }

    /// The numbers of the sample are by hand.
    #[test]
    fn bounds_of_a_provisional_score() {
        let document = provisional().document;
        let names = ["status", "region", "lower", "upper", "category_lower", "category_upper"];
        let rows = cells(Table::Scores, &document, &names);
        let of = |region: &str| rows.iter().find(|row| row[1] == region).unwrap().clone();
        assert_eq!(of("LAD"), ["provisional", "LAD", "180", "255.2", "", ""]);
        assert_eq!(of("LM"), ["provisional", "LM", "", "", "", ""]);
        assert_eq!(of("LM/LAD/LCX"), ["provisional", "LM/LAD/LCX", "27", "37", "", ""]);
        assert_eq!(of("total")[..4], ["provisional", "total", "232", "310.2"]);
        assert!(Table::Scores.csv([&document]).contains("\"[100,300)\",\"[100,300)\",\"[300,inf)\""));
        let lesions = cells(Table::Lesions, &document, &["artery", "tier", "needs_review", "reasons"]);
        assert_eq!(lesions[2], ["RCA", "likely", "true", "near_root metal"]);
        assert_eq!(lesions[0], ["LAD", "confident", "false", ""]);
    }

    #[test]
    fn no_bounds_without_a_provisional_score() {
        for document in [side(&[lesion("LAD", [0.0; 3], 4.0)]).document, stopped().document] {
            for row in cells(Table::Scores, &document, &["lower", "upper", "category_lower"]) {
                assert_eq!(row, ["", "", ""]);
            }
        }
        let document = side(&[lesion("LAD", [0.0; 3], 4.0)]).document;
        assert_eq!(
            cells(Table::Lesions, &document, &["tier", "needs_review", "reasons"]),
            [["", "false", ""]]
        );
    }
}
