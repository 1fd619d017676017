//! Values of elements, read without guessing: what is not quite a number or a UID is a refusal, not a 0.

use super::{
    damaged,
    data_set::DataSet,
    tag::{SPECIFIC_CHARACTER_SET, Tag},
};
use crate::error::Refusal;

/// Longest name that is read, in bytes; the standard allows 64 characters for most.
const TEXT_MAX: usize = 1024;

/// How names are written (PS3.3 C.12.1.1.2); ASCII is common to all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Characters {
    /// Nothing is said: ASCII, or UTF-8 from programs that do not say so.
    Unsaid,
    Latin1,
    Utf8,
    /// What is not ASCII is shown as a replacement character; no artery is called so.
    Other,
}

impl Characters {
    pub(super) fn of(data_set: &DataSet<'_>) -> Self {
        match data_set.trimmed(SPECIFIC_CHARACTER_SET) {
            None | Some(b"" | b"ISO_IR 6") => Self::Unsaid,
            Some(b"ISO_IR 100") => Self::Latin1,
            Some(b"ISO_IR 192") => Self::Utf8,
            Some(_) => Self::Other,
        }
    }

    fn decoded(self, bytes: &[u8]) -> String {
        let ascii = |b: &u8| if b.is_ascii() { char::from(*b) } else { char::REPLACEMENT_CHARACTER };
        match (self, std::str::from_utf8(bytes)) {
            (Self::Unsaid | Self::Utf8, Ok(text)) => text.to_owned(),
            (Self::Latin1, _) => bytes.iter().copied().map(char::from).collect(),
            _ => bytes.iter().map(ascii).collect(),
        }
    }
}

impl<'a> DataSet<'a> {
    /// The bytes of a value without the spaces and NULs around it.
    pub(super) fn trimmed(&self, tag: Tag) -> Option<&'a [u8]> {
        self.element(tag).map(|element| trim(element.value))
    }

    /// A name or another text; nothing where it is empty.
    pub(super) fn text(&self, tag: Tag, characters: Characters) -> Result<Option<String>, Refusal> {
        match self.trimmed(tag) {
            None | Some([]) => Ok(None),
            Some(text) if text.len() > TEXT_MAX => {
                Err(damaged(format!("the text {tag} is over {TEXT_MAX} bytes long")))
            }
            Some(text) => Ok(Some(characters.decoded(text))),
        }
    }

    /// A UID; nothing where it is empty.
    pub(super) fn uid(&self, tag: Tag) -> Result<Option<String>, Refusal> {
        let Some(bytes) = self.trimmed(tag).filter(|bytes| !bytes.is_empty()) else { return Ok(None) };
        // What is no UID is not shown: it may be a name.
        let is_uid = bytes.len() <= 64 && bytes.iter().all(|b| b.is_ascii_digit() || *b == b'.');
        let uid = std::str::from_utf8(bytes).ok().filter(|_| is_uid);
        uid.map(|uid| Some(uid.to_owned())).ok_or_else(|| damaged(format!("the value of {tag} is no UID")))
    }

    /// An unsigned 16-bit number (US).
    pub(super) fn u16(&self, tag: Tag) -> Result<Option<u16>, Refusal> {
        match self.element(tag).map(|element| element.value) {
            None | Some([]) => Ok(None),
            Some(&[a, b]) => Ok(Some(self.encoding.u16([a, b]))),
            Some(other) => Err(damaged(format!("the value of {tag} is no number"))
                .seen(format!("{} bytes", other.len()))
                .expected("2 bytes")),
        }
    }

    /// An unsigned number in decimals (IS).
    pub(super) fn integer(&self, tag: Tag) -> Result<Option<u32>, Refusal> {
        let Some(bytes) = self.trimmed(tag).filter(|bytes| !bytes.is_empty()) else { return Ok(None) };
        let number = std::str::from_utf8(bytes).ok().and_then(|text| text.parse().ok());
        number.map(Some).ok_or_else(|| damaged(format!("the value of {tag} is no integer from 0 on")))
    }

    /// Exactly so many decimal numbers (DS), all finite.
    pub(super) fn decimals<const N: usize>(&self, tag: Tag) -> Result<Option<[f64; N]>, Refusal> {
        let Some(bytes) = self.trimmed(tag).filter(|bytes| !bytes.is_empty()) else { return Ok(None) };
        let wrong = || damaged(format!("the value of {tag} is not {N} numbers")).expected("decimal numbers");
        let mut parsed = decimals(bytes);
        let mut all = [0.0; N];
        for slot in &mut all {
            *slot = parsed.next().flatten().ok_or_else(wrong)?;
        }
        if parsed.next().is_some() { Err(wrong()) } else { Ok(Some(all)) }
    }
}

/// Decimal numbers, parted by backslashes; nothing in the place of what is none.
pub(super) fn decimals(bytes: &[u8]) -> impl Iterator<Item = Option<f64>> {
    bytes.split(|b| *b == b'\\').map(decimal)
}

/// Digits, sign, point and exponent only, so that `inf` and `nan` are no numbers.
fn decimal(bytes: &[u8]) -> Option<f64> {
    let text = trim(bytes);
    let plain = text.iter().all(|b| matches!(b, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E'));
    let number = std::str::from_utf8(text).ok().filter(|_| plain)?.parse().ok()?;
    Some(number).filter(|v: &f64| v.is_finite())
}

fn trim(bytes: &[u8]) -> &[u8] {
    let pad = |b: &u8| matches!(b, b' ' | 0 | b'\t' | b'\r' | b'\n');
    let start = bytes.iter().position(|b| !pad(b)).unwrap_or(bytes.len());
    let end = bytes.iter().rposition(|b| !pad(b)).map_or(start, |last| last + 1);
    bytes.get(start..end).unwrap_or_default()
}
