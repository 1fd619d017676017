//! A column: its name, type, unit and meaning, and how its cell is read from a row.

use crate::shown_text::one_line;
use std::borrow::Cow;

/// What the cells of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellType {
    /// Text in UTF-8.
    Text,
    /// A floating-point number of 64 bits.
    Float64,
    /// A whole number of 64 bits.
    Int64,
    /// `true` or `false`.
    Bool,
}

impl CellType {
    /// The word used in the documentation.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Float64 => "float64",
            Self::Int64 => "int64",
            Self::Bool => "bool",
        }
    }
}

/// What a column is, for those who read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Heading {
    /// Its name.
    pub name: &'static str,
    /// What its cells are.
    pub cell_type: CellType,
    /// The unit of its numbers; empty for counts, scores and text.
    pub unit: &'static str,
    /// What it means, in one line.
    pub meaning: &'static str,
    /// Whether a cell may be null.
    pub is_nullable: bool,
}

/// One cell.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cell<'a> {
    Null,
    Text(Cow<'a, str>),
    Float64(f64),
    Int64(i64),
    Bool(bool),
}

/// A column of rows `R`, which borrow from a document that lives as long as `'a`.
pub(super) struct Column<'a, R> {
    pub(super) heading: Heading,
    read: Read<'a, R>,
}

/// How the cell of a row is read; `None` is null.
enum Read<'a, R> {
    Text(fn(R) -> Option<Cow<'a, str>>),
    Float64(fn(R) -> Option<f64>),
    Int64(fn(R) -> Option<u64>),
    Bool(fn(R) -> Option<bool>),
}

/// A column of text.
pub(super) fn text<'a, R>(
    name: &'static str,
    meaning: &'static str,
    read: fn(R) -> Option<Cow<'a, str>>,
) -> Column<'a, R> {
    Column { heading: heading(name, CellType::Text, "", meaning), read: Read::Text(read) }
}

/// A column of numbers with a unit.
pub(super) fn float<'a, R>(
    name: &'static str,
    unit: &'static str,
    meaning: &'static str,
    read: fn(R) -> Option<f64>,
) -> Column<'a, R> {
    Column { heading: heading(name, CellType::Float64, unit, meaning), read: Read::Float64(read) }
}

/// A column of counts and indices.
pub(super) fn int<'a, R>(
    name: &'static str,
    meaning: &'static str,
    read: fn(R) -> Option<u64>,
) -> Column<'a, R> {
    Column { heading: heading(name, CellType::Int64, "", meaning), read: Read::Int64(read) }
}

/// A column of `true` and `false`.
pub(super) fn yes_no<'a, R>(
    name: &'static str,
    meaning: &'static str,
    read: fn(R) -> Option<bool>,
) -> Column<'a, R> {
    Column { heading: heading(name, CellType::Bool, "", meaning), read: Read::Bool(read) }
}

/// The same column, of which every row has a cell.
pub(super) fn never_null<R>(mut column: Column<'_, R>) -> Column<'_, R> {
    column.heading.is_nullable = false;
    column
}

fn heading(name: &'static str, cell_type: CellType, unit: &'static str, meaning: &'static str) -> Heading {
    Heading { name, cell_type, unit, meaning, is_nullable: true }
}

impl<'a, R> Column<'a, R> {
    /// Its cell in a row. An empty text is null where there may be one, because CSV cannot tell them apart.
    pub(super) fn cell(&self, row: R) -> Cell<'a> {
        let is_nullable = self.heading.is_nullable;
        let cell = match self.read {
            Read::Text(read) => {
                read(row).filter(|t| !(is_nullable && t.is_empty())).map(|t| Cell::Text(one_line(&t).into()))
            }
            Read::Float64(read) => read(row).map(Cell::Float64),
            // No count comes near the bound: only a document from elsewhere can go beyond it.
            Read::Int64(read) => read(row).map(|n| Cell::Int64(i64::try_from(n).unwrap_or(i64::MAX))),
            Read::Bool(read) => read(row).map(Cell::Bool),
        };
        cell.unwrap_or(Cell::Null)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_text_is_null_where_it_may_be() {
        let of = |column: &Column<'static, &'static str>, row| column.cell(row);
        let nullable = text("a", "", |row: &'static str| Some(row.into()));
        assert_eq!(of(&nullable, ""), Cell::Null);
        assert_eq!(of(&nullable, "x"), Cell::Text("x".into()));
        assert_eq!(of(&never_null(nullable), ""), Cell::Text("".into()));
    }

    #[test]
    fn control_characters_and_counts_beyond_the_type() {
        let named = text("a", "", |row: &'static str| Some(row.into()));
        assert_eq!(named.cell("a\x1b[31m\nb"), Cell::Text("a?[31m?b".into()));
        let count = int("n", "", Some);
        assert_eq!(count.cell(7), Cell::Int64(7));
        assert_eq!(count.cell(u64::MAX), Cell::Int64(i64::MAX));
    }
}
