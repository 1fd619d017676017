//! What a table has a row of, and how much of a result is listed for it.

use crate::{
    cli::{DetailArg, Format, RegionArg, RowsArg, ScoreArgs},
    failure::Failure,
};
use agatston_engine::{Detail, writers::tables::Table};

/// The table of csv and parquet.
///
/// # Errors
///
/// `--rows` where there are none of them, or of what would not be listed.
pub(super) fn table(args: &ScoreArgs) -> Result<Table, Failure> {
    let wrong = |problem: &str| Failure::Usage { option: "--rows", problem: problem.to_owned() };
    if args.rows.is_some() && !matches!(args.format, Format::Csv | Format::Parquet) {
        return Err(wrong("says what csv and parquet have a row of; give --format csv or parquet"));
    }
    match (args.rows, args.detail) {
        (Some(RowsArg::Lesions), Some(DetailArg::Totals)) => {
            Err(wrong("there are no lesions with --detail totals; give --detail lesions, or none"))
        }
        (Some(RowsArg::Lesions), _) => Ok(Table::Lesions),
        (Some(RowsArg::Arteries) | None, _) => Ok(Table::Scores),
    }
}

/// What is listed below the totals. Everything over the threshold is as many lesions as nobody wants, unless rows of them
/// are asked for.
pub(super) fn detail(args: &ScoreArgs) -> Detail {
    match args.detail {
        Some(DetailArg::Totals) => Detail::Totals,
        Some(DetailArg::Lesions) => Detail::Lesions,
        Some(DetailArg::Foci) => Detail::Foci,
        None if args.rows == Some(RowsArg::Lesions) => Detail::Lesions,
        None if matches!(args.region, Some(RegionArg::Everything)) => Detail::Totals,
        None => Detail::Foci,
    }
}
