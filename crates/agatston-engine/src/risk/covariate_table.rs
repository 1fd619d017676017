//! The covariates CSV: a row for each series or study of a batch.
//!
//! Comma separated with a header row. `series_uid` or `study_uid` says whose row it is; the other columns are called as the
//! options are, with `_`, and `history`. An empty cell is not given. Columns of other names are left out and counted. No
//! message repeats a cell: the file speaks of people.

use super::{Covariate, CovariateSource, Covariates, Declared};
use crate::Error;
use agatston_dicom::SeriesFacts;
use csv::{Reader, ReaderBuilder, StringRecord, Trim};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io::Read,
    path::Path,
};

/// Largest table, bytes: a million rows.
const BYTES_MAX: u64 = 64 << 20;

/// What a table says of one series or study.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Row {
    pub(super) covariates: Covariates,
    pub(super) history: BTreeSet<Declared>,
    /// Where it stands, from 1.
    line: u64,
}

/// Covariates by series and study.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CovariateTable {
    by_series: BTreeMap<String, Row>,
    by_study: BTreeMap<String, Row>,
    /// Columns whose names mean nothing here.
    ignored_columns: u64,
}

/// What a column is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Column {
    SeriesUid,
    StudyUid,
    History,
    Of(Covariate),
}

impl Column {
    /// The column of a name, in any case, with `_` or `-`.
    fn of(name: &str) -> Option<Self> {
        let name = name.trim().to_ascii_lowercase().replace('-', "_");
        match name.as_str() {
            "series_uid" => Some(Self::SeriesUid),
            "study_uid" => Some(Self::StudyUid),
            "history" => Some(Self::History),
            name => Covariate::ALL.into_iter().find(|c| c.as_str() == name).map(Self::Of),
        }
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::SeriesUid => "series_uid",
            Self::StudyUid => "study_uid",
            Self::History => "history",
            Self::Of(covariate) => covariate.as_str(),
        }
    }
}

impl CovariateTable {
    /// Reads a table from a file.
    ///
    /// # Errors
    ///
    /// When the file cannot be read, is over 64 MB, or is no such table: the line and column are named.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let unread = |source| Error::Read { what: "covariates".to_owned(), source };
        let mut bytes = Vec::new();
        let file = File::open(path).map_err(unread)?;
        file.take(BYTES_MAX + 1).read_to_end(&mut bytes).map_err(unread)?;
        if bytes.len() as u64 > BYTES_MAX {
            return Err(wrong("it is larger than 64 MB".to_owned()));
        }
        Self::from_csv(&bytes)
    }

    /// Reads a table from the bytes of a CSV file.
    ///
    /// # Errors
    ///
    /// When they are no such table: the line and column are named.
    pub fn from_csv(bytes: &[u8]) -> Result<Self, Error> {
        let mut reader = ReaderBuilder::new().trim(Trim::All).from_reader(bytes);
        let columns = columns(&mut reader)?;
        let ignored = columns.iter().filter(|column| column.is_none()).count();
        let mut table = Self { ignored_columns: ignored as u64, ..Self::default() };
        for record in reader.records() {
            let record = record.map_err(|e| unreadable(&e))?;
            table.take(&columns, &record)?;
        }
        Ok(table)
    }

    /// Takes a row.
    fn take(&mut self, columns: &[Option<Column>], record: &StringRecord) -> Result<(), Error> {
        let line = record.position().map_or(0, csv::Position::line);
        // A quote that is never closed swallows the rows behind it.
        if record.iter().any(|cell| cell.contains(['\n', '\r', '"'])) {
            return Err(wrong(format!("line {line}: a cell holds a quote or goes on in the next line")));
        }
        let mut row = Row { line, ..Row::default() };
        let (mut series, mut study) = ("", "");
        let cells = columns.iter().zip(record).filter_map(|(column, cell)| Some(((*column)?, cell)));
        for (column, cell) in cells.filter(|(_, cell)| !cell.is_empty()) {
            let taken = match column {
                Column::SeriesUid => {
                    series = cell;
                    Ok(())
                }
                Column::StudyUid => {
                    study = cell;
                    Ok(())
                }
                Column::History => Declared::parse(cell).map(|history| row.history = history),
                Column::Of(covariate) => row.covariates.set(covariate, cell, CovariateSource::Csv),
            };
            taken.map_err(|needs| wrong(format!("line {line}, column {}: {needs}", column.as_str())))?;
        }
        let (rows, uid) = match (series, study) {
            ("", "") => return Err(wrong(format!("line {line}: neither series_uid nor study_uid is given"))),
            ("", study) => (&mut self.by_study, study),
            (series, _) => (&mut self.by_series, series),
        };
        match rows.insert(uid.to_owned(), row) {
            Some(first) => Err(wrong(format!("line {line} is about the same UID as line {}", first.line))),
            None => Ok(()),
        }
    }

    /// Every row of a series and of its study: what was declared in any of them holds.
    pub(super) fn rows(&self, facts: &SeriesFacts) -> impl Iterator<Item = &Row> {
        let series = self.by_series.get(&facts.series_uid);
        series.into_iter().chain(self.by_study.get(&facts.study_uid))
    }

    /// The row of a series, else of its study.
    pub(super) fn row(&self, facts: &SeriesFacts) -> Option<&Row> {
        self.by_series.get(&facts.series_uid).or_else(|| self.by_study.get(&facts.study_uid))
    }

    /// How many columns were left out because their names mean nothing here.
    pub(super) fn ignored_columns(&self) -> u64 {
        self.ignored_columns
    }
}

/// What each column is; `None` for one that is left out.
fn columns(reader: &mut Reader<&[u8]>) -> Result<Vec<Option<Column>>, Error> {
    let header = reader.headers().map_err(|e| unreadable(&e))?;
    let columns: Vec<Option<Column>> = header.iter().map(Column::of).collect();
    let mut seen = BTreeSet::new();
    if let Some(twice) = columns.iter().flatten().find(|column| !seen.insert(**column)) {
        return Err(wrong(format!("two columns are called {}", twice.as_str())));
    }
    if !seen.contains(&Column::SeriesUid) && !seen.contains(&Column::StudyUid) {
        return Err(wrong("the header row has neither a column series_uid nor study_uid".to_owned()));
    }
    Ok(columns)
}

fn wrong(problem: String) -> Error {
    Error::Covariates { problem }
}

/// What the reader says of a row that is none, without what stands in it.
fn unreadable(error: &csv::Error) -> Error {
    let line = error.position().map_or_else(|| "a line".to_owned(), |at| format!("line {}", at.line()));
    wrong(match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("{line} has {len} cells, and the header row {expected_len}")
        }
        csv::ErrorKind::Utf8 { .. } => format!("{line} is not in UTF-8"),
        _ => format!("{line} cannot be read"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::risk::Given;

    fn facts(study: &str, series: &str) -> SeriesFacts {
        SeriesFacts { study_uid: study.to_owned(), series_uid: series.to_owned(), ..SeriesFacts::default() }
    }

    #[test]
    fn rows_are_found_by_series_and_then_by_study() {
        let text = "\u{feff}Study_UID, series-uid ,AGE,name,race,history\r\n\
                    1.1,1.1.5,61,Doe,white,\r\n1.1,,62,Doe,black,\"stent, device\"\r\n1.2,,,Roe,,\r\n";
        let table = CovariateTable::from_csv(text.as_bytes()).unwrap();
        assert_eq!(table.ignored_columns(), 1);
        let age = |study, series| table.row(&facts(study, series)).map(|row| row.covariates.age_years);
        let years = |value| Some(Some(Given { value, source: CovariateSource::Csv }));
        assert_eq!(age("1.1", "1.1.5"), years(61));
        assert_eq!(age("1.1", "1.1.6"), years(62));
        assert_eq!(age("1.2", "1.2.1"), Some(None));
        assert_eq!(age("1.3", "1.3.1"), None);
        let history = &table.row(&facts("1.1", "1.1.6")).unwrap().history;
        assert_eq!(history, &[Declared::Stent, Declared::Device].into());
    }

    /// Every message names the line, and none what stands in a cell.
    #[test]
    fn what_is_wrong_is_named_by_its_place() {
        let check = |text: &[u8], words: &str| {
            let error = CovariateTable::from_csv(text).unwrap_err().to_string();
            assert!(error.contains(words), "{words}: {error}");
            assert!(!error.contains("Doe") && !error.contains("QZ"), "{error}");
        };
        check(b"series_uid,age,name\n1.1,61,Doe\n1.2,QZ,Doe\n", "line 3, column age: needs completed years");
        check(b"series_uid,hdl,name\n1.1,1.2,Doe\n", "line 2, column hdl: needs mg/dL");
        check(b"series_uid,history\n1.1,QZ\n", "line 2, column history: needs stent");
        check(b"series_uid,name\n1.1,Doe,QZ\n", "line 2 has 3 cells, and the header row 2");
        check(b"name,age\nDoe,61\n", "neither a column series_uid nor study_uid");
        check(b"series_uid;age\n1.1;61\n", "neither a column series_uid nor study_uid");
        check(b"", "neither a column series_uid nor study_uid");
        check(b"series_uid,age,Age\n", "two columns are called age");
        check(b"series_uid,age\n,61\n", "line 2: neither");
        check(b"series_uid,age\n1.1,61\n1.2,62\n1.1,61\n", "line 4 is about the same UID as line 2");
        check(b"series_uid,name\n1.1,Doe\xff\n", "line 2 is not in UTF-8");
    }
}
