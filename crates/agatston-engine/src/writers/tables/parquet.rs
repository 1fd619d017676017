//! A table as Parquet, which keeps the types of columns and tells null from everything else.
//!
//! One row group is in memory at a time. Every row group but the last has as many rows, nothing in the file knows the
//! time, and one thread writes it: the same rows give the same bytes.

use super::{
    Heading, Table,
    column::{Cell, CellType},
};
use crate::ResultDocument;
use parquet::{
    basic::{Compression, LogicalType, Repetition, Type as Physical},
    data_type::{BoolType, ByteArray, ByteArrayType, DoubleType, Int64Type},
    errors::{ParquetError, Result},
    file::{
        properties::{EnabledStatistics, WriterProperties},
        writer::{SerializedColumnWriter, SerializedFileWriter},
    },
    schema::types::Type,
};
use std::{
    io::{self, Write},
    sync::Arc,
};

/// Rows of a row group: some tens of MB in memory, and enough of them for a reader to share them among its threads.
pub(super) const GROUP_ROWS: usize = 65_536;

/// Writes a table row group by row group.
pub struct ParquetWriter<W: Write + Send> {
    table: Table,
    file: SerializedFileWriter<W>,
    columns: Vec<Buffer>,
    rows: usize,
}

impl<W: Write + Send> ParquetWriter<W> {
    /// Begins a file with the columns of a table.
    ///
    /// # Errors
    ///
    /// When `out` cannot be written to.
    pub fn new(table: Table, out: W) -> io::Result<Self> {
        let headings = table.headings();
        let schema = schema(table.as_str(), &headings)?;
        let properties = WriterProperties::builder()
            .set_created_by(format!("agatston version {}", env!("CARGO_PKG_VERSION")))
            .set_compression(Compression::SNAPPY)
            .set_statistics_enabled(EnabledStatistics::Chunk)
            .build();
        let file = SerializedFileWriter::new(out, Arc::new(schema), Arc::new(properties))?;
        Ok(Self { table, file, columns: headings.iter().map(Buffer::new).collect(), rows: 0 })
    }

    /// Adds the rows of a document, which has a key in a batch.
    ///
    /// # Errors
    ///
    /// When a row group is full and cannot be written.
    pub fn push(&mut self, key: Option<&str>, document: &ResultDocument) -> io::Result<()> {
        for cells in self.table.rows(key, document) {
            for (column, cell) in self.columns.iter_mut().zip(cells) {
                column.push(cell)?;
            }
            self.rows += 1;
            if self.rows == GROUP_ROWS {
                self.write_group()?;
            }
        }
        Ok(())
    }

    /// Writes what is left and gives back what was written to. A table without rows still has its columns.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn finish(mut self) -> io::Result<W> {
        if self.rows > 0 {
            self.write_group()?;
        }
        Ok(self.file.into_inner()?)
    }

    fn write_group(&mut self) -> Result<()> {
        let mut group = self.file.next_row_group()?;
        for buffer in &mut self.columns {
            let column = group.next_column()?;
            buffer.write(
                column.expect("the file has a column for each buffer: both are made of the headings"),
            )?;
        }
        group.close()?;
        self.rows = 0;
        Ok(())
    }
}

fn schema(name: &str, headings: &[Heading]) -> Result<Type> {
    let field = |heading: &Heading| {
        let (physical, logical) = match heading.cell_type {
            CellType::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
            CellType::Float64 => (Physical::DOUBLE, None),
            CellType::Int64 => (Physical::INT64, None),
            CellType::Bool => (Physical::BOOLEAN, None),
        };
        let repetition = if heading.is_nullable { Repetition::OPTIONAL } else { Repetition::REQUIRED };
        let field = Type::primitive_type_builder(heading.name, physical).with_repetition(repetition);
        field.with_logical_type(logical).build().map(Arc::new)
    };
    let fields = headings.iter().map(field).collect::<Result<_>>()?;
    Type::group_type_builder(name).with_fields(fields).build()
}

/// The cells of one column that wait for their row group.
struct Buffer {
    values: Values,
    /// For each row 1, or 0 where it is null; none where no row may be.
    levels: Option<Vec<i16>>,
    name: &'static str,
}

/// The cells that are not null.
enum Values {
    Text(Vec<ByteArray>),
    Float64(Vec<f64>),
    Int64(Vec<i64>),
    Bool(Vec<bool>),
}

impl Buffer {
    fn new(heading: &Heading) -> Self {
        let values = match heading.cell_type {
            CellType::Text => Values::Text(Vec::new()),
            CellType::Float64 => Values::Float64(Vec::new()),
            CellType::Int64 => Values::Int64(Vec::new()),
            CellType::Bool => Values::Bool(Vec::new()),
        };
        Self { values, levels: heading.is_nullable.then(Vec::new), name: heading.name }
    }

    fn push(&mut self, cell: Cell<'_>) -> Result<()> {
        let level = i16::from(cell != Cell::Null);
        match (&mut self.values, cell) {
            (Values::Text(all), Cell::Text(text)) => all.push(text.as_bytes().to_vec().into()),
            (Values::Float64(all), Cell::Float64(x)) => all.push(x),
            (Values::Int64(all), Cell::Int64(n)) => all.push(n),
            (Values::Bool(all), Cell::Bool(b)) => all.push(b),
            (_, Cell::Null) if self.levels.is_some() => {}
            _ => return Err(ParquetError::General(format!("the column {} has no such cell", self.name))),
        }
        if let Some(levels) = &mut self.levels {
            levels.push(level);
        }
        Ok(())
    }

    /// Writes the cells and forgets them.
    fn write(&mut self, mut column: SerializedColumnWriter<'_>) -> Result<()> {
        let levels = self.levels.as_deref();
        match &mut self.values {
            Values::Text(all) => column.typed::<ByteArrayType>().write_batch(all, levels, None)?,
            Values::Float64(all) => column.typed::<DoubleType>().write_batch(all, levels, None)?,
            Values::Int64(all) => column.typed::<Int64Type>().write_batch(all, levels, None)?,
            Values::Bool(all) => column.typed::<BoolType>().write_batch(all, levels, None)?,
        };
        column.close()?;
        match &mut self.values {
            Values::Text(all) => all.clear(),
            Values::Float64(all) => all.clear(),
            Values::Int64(all) => all.clear(),
            Values::Bool(all) => all.clear(),
        }
        if let Some(levels) = &mut self.levels {
            levels.clear();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::sample::{lesion, side};
    use bytes::Bytes;
    use parquet::{
        file::reader::{FileReader, SerializedFileReader},
        record::{Field, Row},
    };

    const EACH: u32 = 5_000;

    /// A result with lesions that score 0, 1, 2 and so on.
    fn numbered() -> ResultDocument {
        let of = |i| {
            let mut lesion = lesion("LAD", [0.0; 3], 2.0);
            lesion.measures.agatston = Some(f64::from(i));
            lesion
        };
        side(&(0..EACH).map(of).collect::<Vec<_>>()).document
    }

    #[test]
    fn row_groups_are_of_one_size_but_the_last() {
        let document = numbered();
        let mut out = ParquetWriter::new(Table::Lesions, Vec::new()).unwrap();
        for _ in 0..14 {
            out.push(None, &document).unwrap();
            assert!(out.rows < GROUP_ROWS, "what is full is written");
        }
        let file = SerializedFileReader::new(Bytes::from(out.finish().unwrap())).unwrap();
        let groups: Vec<i64> = file.metadata().row_groups().iter().map(|g| g.num_rows()).collect();
        assert_eq!(groups, [65_536, 70_000 - 65_536]);
        let agatston = Table::Lesions.headings().iter().position(|h| h.name == "agatston").unwrap();
        let number = |row: Row| row.get_column_iter().nth(agatston).unwrap().1.clone();
        for (i, row) in (0..).zip(file.get_row_iter(None).unwrap()) {
            assert_eq!(number(row.unwrap()), Field::Double(f64::from(i % EACH)));
        }
    }

    #[test]
    fn without_rows_the_columns_stay() {
        for table in Table::ALL {
            let file = SerializedFileReader::new(Bytes::from(table.parquet([]).unwrap())).unwrap();
            assert_eq!(file.metadata().num_row_groups(), 0);
            let columns = file.metadata().file_metadata().schema_descr().num_columns();
            assert_eq!(columns, table.headings().len());
        }
    }

    #[test]
    fn a_cell_of_another_kind_is_no_cell() {
        let heading = Table::Scores.headings().into_iter().find(|h| !h.is_nullable).unwrap();
        let mut column = Buffer::new(&heading);
        assert!(column.push(Cell::Text("a".into())).is_ok());
        assert!(column.push(Cell::Null).is_err() && column.push(Cell::Int64(1)).is_err());
    }
}
