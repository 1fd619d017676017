//! What a summary looks at of a row of the table of scores, and how it is read from cells.

use crate::{
    Scope, Status,
    result::SeverityRecord,
    writers::tables::{CellType, Table},
};

/// A column that a summary looks at, called as in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    Status,
    RefusalCode,
    EngineVersion,
    Protocol,
    ProtocolHash,
    Scope,
    AssignedBy,
    Kind,
    Region,
    Separated,
    Agatston,
    Lower,
    Upper,
    Category,
    CategoryLower,
    CategoryUpper,
    MicroLesions,
    MicroAgatston,
    MacroLesions,
    MacroAgatston,
    Manufacturer,
    Kvp,
    SliceThickness,
    Noise,
    Findings,
}

impl Wanted {
    pub(super) const ALL: [Self; 25] = [
        Self::Status,
        Self::RefusalCode,
        Self::EngineVersion,
        Self::Protocol,
        Self::ProtocolHash,
        Self::Scope,
        Self::AssignedBy,
        Self::Kind,
        Self::Region,
        Self::Separated,
        Self::Agatston,
        Self::Lower,
        Self::Upper,
        Self::Category,
        Self::CategoryLower,
        Self::CategoryUpper,
        Self::MicroLesions,
        Self::MicroAgatston,
        Self::MacroLesions,
        Self::MacroAgatston,
        Self::Manufacturer,
        Self::Kvp,
        Self::SliceThickness,
        Self::Noise,
        Self::Findings,
    ];

    /// Its name in the table.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::RefusalCode => "refusal_code",
            Self::EngineVersion => "engine_version",
            Self::Protocol => "protocol",
            Self::ProtocolHash => "protocol_hash",
            Self::Scope => "scope",
            Self::AssignedBy => "assigned_by",
            Self::Kind => "kind",
            Self::Region => "region",
            Self::Separated => "separated",
            Self::Agatston => "agatston",
            Self::Lower => "lower",
            Self::Upper => "upper",
            Self::Category => "category",
            Self::CategoryLower => "category_lower",
            Self::CategoryUpper => "category_upper",
            Self::MicroLesions => "micro_lesions",
            Self::MicroAgatston => "micro_agatston",
            Self::MacroLesions => "macro_lesions",
            Self::MacroAgatston => "macro_agatston",
            Self::Manufacturer => "manufacturer",
            Self::Kvp => "kvp",
            Self::SliceThickness => "slice_thickness_mm",
            Self::Noise => "noise_hu",
            Self::Findings => "findings",
        }
    }

    /// What its cells are, by the definition of the table.
    pub(super) fn cell_type(self) -> CellType {
        let heading = Table::Scores.headings().into_iter().find(|heading| heading.name == self.name());
        heading.expect("every column that is wanted is one of the table: a test says so").cell_type
    }
}

/// A cell as it was read.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum Read {
    /// Unknown.
    #[default]
    Null,
    /// A text, not empty.
    Text(String),
    /// A finite number from 0 on.
    Number(f64),
    /// Yes or no.
    Bool(bool),
}

/// The wanted cells of one row, in the order of [`Wanted::ALL`].
pub(super) type Cells = [Read; Wanted::ALL.len()];

/// What a row speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Artery,
    Region,
    Total,
}

/// A row of the table.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) status: Status,
    pub(super) kind: Kind,
    /// None when refused.
    pub(super) scope: Option<Scope>,
    pub(super) findings: Vec<(SeverityRecord, String)>,
    cells: Cells,
}

impl Row {
    /// Reads the words that decide what is counted.
    ///
    /// # Errors
    ///
    /// The column with a word that no row of the table has.
    pub(super) fn new(cells: Cells) -> Result<Self, Wanted> {
        let word = |wanted: Wanted| match &cells[wanted as usize] {
            Read::Text(text) => Some(text.as_str()),
            _ => None,
        };
        let status = match word(Wanted::Status) {
            Some("scored") => Status::Scored,
            Some("provisional") => Status::Provisional,
            Some("refused") => Status::Refused,
            _ => return Err(Wanted::Status),
        };
        let kind = match word(Wanted::Kind) {
            Some("artery") => Kind::Artery,
            Some("region") => Kind::Region,
            Some("total") => Kind::Total,
            _ => return Err(Wanted::Kind),
        };
        let scope = match (word(Wanted::Scope), status) {
            (_, Status::Refused) => None,
            (Some("coronary"), _) => Some(Scope::Coronary),
            (Some("regions"), _) => Some(Scope::Regions),
            (Some("everything"), _) => Some(Scope::Everything),
            _ => return Err(Wanted::Scope),
        };
        let words = word(Wanted::Findings).unwrap_or_default().split_whitespace();
        let findings = words.map(finding).collect::<Option<_>>().ok_or(Wanted::Findings)?;
        Ok(Self { status, kind, scope, findings, cells })
    }

    /// The text of a column.
    pub(super) fn text(&self, wanted: Wanted) -> Option<String> {
        match &self.cells[wanted as usize] {
            Read::Text(text) => Some(text.clone()),
            _ => None,
        }
    }

    /// The number of a column.
    pub(super) fn number(&self, wanted: Wanted) -> Option<f64> {
        match self.cells[wanted as usize] {
            Read::Number(x) => Some(x),
            _ => None,
        }
    }

    /// A whole number of a column.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 on; saturates")]
    pub(super) fn count(&self, wanted: Wanted) -> Option<u64> {
        self.number(wanted).map(|x| x as u64)
    }

    /// Whether a column says yes.
    pub(super) fn is(&self, wanted: Wanted) -> bool {
        self.cells[wanted as usize] == Read::Bool(true)
    }
}

/// `severity:code`.
fn finding(word: &str) -> Option<(SeverityRecord, String)> {
    let (severity, code) = word.split_once(':')?;
    let severity = match severity {
        "info" => SeverityRecord::Info,
        "warning" => SeverityRecord::Warning,
        "refusal" => SeverityRecord::Refusal,
        _ => return None,
    };
    Some((severity, code.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_wanted_column_is_one_of_the_table_and_in_its_place() {
        for (i, wanted) in Wanted::ALL.into_iter().enumerate() {
            assert_eq!(wanted as usize, i);
            assert!(Table::Scores.headings().iter().any(|h| h.name == wanted.name()), "{wanted:?}");
        }
    }

    #[test]
    fn findings_have_a_severity() {
        let of = |word| finding(word).map(|(severity, code)| (severity.as_str(), code));
        assert_eq!(of("warning:metal"), Some(("warning", "metal".to_owned())));
        assert_eq!((of("metal"), of("loud:metal")), (None, None));
    }
}
