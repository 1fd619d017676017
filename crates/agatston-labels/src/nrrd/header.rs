//! The header: fields and pairs of keys and values, as they are written. Left out: what they mean.

use std::{collections::BTreeMap, io::BufRead};

use crate::{
    code::{LABELS_FORMAT, LABELS_INVALID},
    error::{Refusal, Trouble, refusal},
    shown::shown,
    stream::broken,
    text_header::Lines,
};

/// Every field of the format; its blank may be left out. Another one is refused, as teem does: it may be a misspelt one.
const FIELDS: [&str; 31] = [
    "axis maxs",
    "axis mins",
    "block size",
    "byte skip",
    "centerings",
    "centers",
    "content",
    "data file",
    "dimension",
    "encoding",
    "endian",
    "kinds",
    "labels",
    "line skip",
    "max",
    "measurement frame",
    "min",
    "number",
    "old max",
    "old min",
    "sample units",
    "sizes",
    "space",
    "space dimension",
    "space directions",
    "space origin",
    "space units",
    "spacings",
    "thicknesses",
    "type",
    "units",
];

/// A header as it is written.
#[derive(Debug, Default)]
pub(super) struct Header {
    fields: BTreeMap<&'static str, String>,
    /// Keys and values that the format gives no meaning.
    pub(super) pairs: BTreeMap<String, String>,
    /// Its length in the file.
    pub(super) bytes: u64,
}

impl Header {
    /// Reads up to the blank line before the voxels. A header without voxels may end with its file.
    pub(super) fn read(reader: &mut dyn BufRead) -> Result<Self, Trouble> {
        let mut lines = Lines::of(reader);
        check_version(&lines.next_line()?.unwrap_or_default())?;
        let mut header = Self::default();
        loop {
            match lines.next_line()? {
                Some(line) if line.is_empty() => break,
                Some(line) if line.starts_with('#') => {}
                Some(line) => header.add(&line)?,
                None if header.fields.contains_key("data file") => break,
                None => return Err(broken(std::io::ErrorKind::UnexpectedEof.into(), "header")),
            }
        }
        header.bytes = lines.bytes();
        Ok(header)
    }

    /// What a field says, if it is there.
    pub(super) fn field(&self, name: &str) -> Option<&str> {
        self.fields.get(name).map(String::as_str)
    }

    /// What a field says that must be there.
    pub(super) fn needed(&self, name: &str) -> Result<&str, Refusal> {
        self.field(name).ok_or_else(|| {
            refusal(LABELS_INVALID, format!("the header has no {name:?}"))
                .next_step("write the label map again")
        })
    }

    /// A line is a field, if what stands before the first colon and blank is the name of one; else a key and its
    /// value. Messages show no values: keys may be those of a DICOM header, patient included.
    fn add(&mut self, line: &str) -> Result<(), Refusal> {
        let field = line.split_once(": ").and_then(|(name, text)| Some((field_of(name)?, text)));
        let (name, is_new) = match (field, line.split_once(":=")) {
            (Some((name, text)), _) => (name, self.fields.insert(name, text.trim().to_owned()).is_none()),
            (None, Some((key, text))) => (key, self.pairs.insert(key.to_owned(), unescaped(text)).is_none()),
            (None, None) => return Err(no_field(line)),
        };
        if is_new {
            return Ok(());
        }
        Err(refusal(LABELS_INVALID, "the header says something twice").seen(shown(name)).expected("once"))
    }
}

fn no_field(line: &str) -> Refusal {
    let seen = match line.split_once(':') {
        Some((name, _)) => format!("field {}", shown(name)),
        None => format!("a line of {} letters without a colon", line.chars().count()),
    };
    refusal(LABELS_INVALID, "a line of the header is no field of the format")
        .seen(seen)
        .expected("`field: text` with a field of NRRD, or `key:=value`")
}

fn check_version(magic: &str) -> Result<(), Refusal> {
    let version = magic.trim_end().strip_prefix("NRRD000").and_then(|v| v.parse::<u8>().ok());
    if version.is_some_and(|v| (1..=5).contains(&v)) {
        return Ok(());
    }
    Err(refusal(LABELS_FORMAT, "the version of the NRRD format is not known")
        .seen(shown(magic))
        .expected("NRRD0001 to NRRD0005"))
}

/// The field of a name, in any case.
fn field_of(name: &str) -> Option<&'static str> {
    let name = name.to_lowercase();
    FIELDS.into_iter().find(|field| name == *field || name == field.replace(' ', ""))
}

/// A value in which `\n` stands for a new line and `\\` for a backslash.
fn unescaped(value: &str) -> String {
    let mut plain = String::with_capacity(value.len());
    let mut letters = value.chars();
    while let Some(letter) = letters.next() {
        let rest = letters.as_str();
        let (becomes, is_escape) = match (letter, rest.chars().next()) {
            ('\\', Some('n')) => ('\n', true),
            ('\\', Some('\\')) => ('\\', true),
            _ => (letter, false),
        };
        plain.push(becomes);
        if is_escape {
            letters.next();
        }
    }
    plain
}
