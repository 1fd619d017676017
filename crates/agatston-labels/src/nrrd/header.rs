//! The header: fields and pairs of keys and values, as they are written. Left out: what they mean.

use std::{collections::BTreeMap, io::BufRead};

use super::Lines;
use crate::{
    code::{LABELS_FORMAT, LABELS_INVALID},
    error::{Refusal, Trouble, refusal},
    legend::shown,
    stream::broken,
};

/// Every field of the format, without blanks. Another one is refused, as teem does: it may be one of these misspelt.
const FIELDS: [&str; 31] = [
    "axismaxs",
    "axismins",
    "blocksize",
    "byteskip",
    "centerings",
    "centers",
    "content",
    "datafile",
    "dimension",
    "encoding",
    "endian",
    "kinds",
    "labels",
    "lineskip",
    "max",
    "measurementframe",
    "min",
    "number",
    "oldmax",
    "oldmin",
    "sampleunits",
    "sizes",
    "space",
    "spacedimension",
    "spacedirections",
    "spaceorigin",
    "spaceunits",
    "spacings",
    "thicknesses",
    "type",
    "units",
];

/// A header as it is written.
#[derive(Debug, Default)]
pub(super) struct Header {
    fields: BTreeMap<String, String>,
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
                None if header.fields.contains_key("datafile") => break,
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
    /// value.
    fn add(&mut self, line: &str) -> Result<(), Refusal> {
        let field = line.split_once(": ").and_then(|(name, text)| Some((field_of(name)?, text)));
        let pair = || line.split_once(":=").map(|(key, value)| (key.to_owned(), unescaped(value)));
        let (known, name, text) = match (field, pair()) {
            (Some((name, text)), _) => (&mut self.fields, name, text.trim().to_owned()),
            (None, Some((key, value))) => (&mut self.pairs, key, value),
            (None, None) => {
                return Err(refusal(LABELS_INVALID, "a line of the header is no field of the format")
                    .seen(shown(line))
                    .expected("`field: text` with a field of NRRD, or `key:=value`"));
            }
        };
        if known.contains_key(&name) {
            return Err(refusal(LABELS_INVALID, "the header says something twice")
                .seen(shown(&name))
                .expected("once"));
        }
        known.insert(name, text);
        Ok(())
    }
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

/// The name of a field in its plain form: most can be written with or without blanks, in any case.
fn field_of(name: &str) -> Option<String> {
    let plain = name.replace(' ', "").to_lowercase();
    FIELDS.contains(&plain.as_str()).then_some(plain)
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
