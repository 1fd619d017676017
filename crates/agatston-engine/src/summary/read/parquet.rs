//! A table of scores as Parquet, of which the wanted columns are read a batch at a time.

use super::{Unread, add, no_table, number, odd, places};
use crate::{
    summary::{
        row::{Cells, Read, Wanted},
        tally::Tally,
    },
    writers::tables::CellType,
};
use agatston_dicom::quietly;
use parquet::{
    errors::ParquetError,
    file::reader::{FileReader, SerializedFileReader},
    record::Field,
    schema::types::Type,
};
use std::fs::File;

/// Adds every row. The library of the format may panic on damaged data, which is damaged data and no bug of ours.
pub(super) fn read(file: File, tally: &mut Tally) -> Result<(), Unread> {
    quietly(|| rows(file, tally)).unwrap_or_else(|| Err(no_table("it begins as Parquet and is damaged")))
}

fn rows(file: File, tally: &mut Tally) -> Result<(), Unread> {
    let reader = SerializedFileReader::new(file).map_err(wrong)?;
    let schema = reader.metadata().file_metadata().schema();
    let names: Vec<&str> = schema.get_fields().iter().map(|field| field.name()).collect();
    // The rows have these columns alone, in this order.
    let fields = places(&names)?.map(|place| schema.get_fields()[place].clone());
    let types = Wanted::ALL.map(Wanted::cell_type);
    let wanted =
        Type::group_type_builder(schema.name()).with_fields(fields.to_vec()).build().map_err(wrong)?;
    for (row, fields) in (1..).zip(reader.get_row_iter(Some(wanted)).map_err(wrong)?) {
        let columns = fields.map_err(wrong)?.into_columns();
        let mut cells = Cells::default();
        for (i, (wanted, (_, field))) in Wanted::ALL.into_iter().zip(columns).enumerate() {
            cells[i] = cell(field, types[i]).ok_or_else(|| odd(wanted, row))?;
        }
        add(tally, cells, row)?;
    }
    Ok(())
}

/// A cell by its type, also where another program wrote the numbers; `None` where it is of another.
fn cell(field: Field, kind: CellType) -> Option<Read> {
    let of_numbers = matches!(kind, CellType::Float64 | CellType::Int64);
    match field {
        Field::Null => Some(Read::Null),
        Field::Str(text) if kind == CellType::Text && text.is_empty() => Some(Read::Null),
        Field::Str(text) if kind == CellType::Text => Some(Read::Text(text)),
        Field::Bool(yes) if kind == CellType::Bool => Some(Read::Bool(yes)),
        Field::Double(x) if of_numbers => number(x),
        Field::Float(x) if of_numbers => number(x.into()),
        Field::Int(n) if of_numbers => number(n.into()),
        #[expect(clippy::cast_precision_loss, reason = "a count of lesions, far under 2^53")]
        Field::Long(n) if of_numbers => number(n as f64),
        _ => None,
    }
}

fn wrong(error: ParquetError) -> Unread {
    match error {
        ParquetError::External(source) => match source.downcast::<std::io::Error>() {
            Ok(source) => Unread::Outside(*source),
            Err(_) => no_table("it begins as Parquet and cannot be read"),
        },
        _ => no_table("it begins as Parquet and is damaged, or in a form that this version does not read"),
    }
}
