//! Text of headers made safe to show, and numbers of headers read without guessing.
//!
//! Left out: which tags may be shown at all; identity never reaches this module's callers' messages.

use std::borrow::Cow;

/// Longest text of a header that a message shows, in characters.
const SHOWN_MAX: usize = 64;

/// Longest name of a source that a message shows, in characters.
const NAME_MAX: usize = 240;

/// Header text without padding, control characters or characters outside ASCII, at most 64 characters.
pub(crate) fn clean(bytes: &[u8]) -> String {
    shown(bytes).into_owned()
}

/// The same, as it stands where it is fine as it is.
pub(crate) fn shown(bytes: &[u8]) -> Cow<'_, str> {
    let text = trim(bytes);
    let plain = text.len() <= SHOWN_MAX && text.iter().all(|b| (b' '..=b'~').contains(b));
    match std::str::from_utf8(text) {
        Ok(text) if plain => Cow::Borrowed(text),
        _ => Cow::Owned(text.iter().take(SHOWN_MAX).map(|&b| printable(char::from(b))).collect()),
    }
}

/// The same, however long: what serves to be compared.
pub(crate) fn whole(bytes: &[u8]) -> String {
    let text = trim(bytes);
    match std::str::from_utf8(text) {
        Ok(text) if text.bytes().all(|b| (b' '..=b'~').contains(&b)) => text.to_owned(),
        _ => text.iter().map(|&b| printable(char::from(b))).collect(),
    }
}

/// A name relative to the input: no control characters, `/` between folders, no leading `/`.
pub(crate) fn clean_path(name: &str) -> String {
    let shown = name.trim_start_matches(['/', '\\']).chars();
    shown.map(|c| if c.is_control() { '?' } else { c }).take(NAME_MAX).collect()
}

fn printable(c: char) -> char {
    if c.is_ascii_graphic() || c == ' ' { c } else { '?' }
}

/// Bytes without leading spaces and trailing spaces and NULs.
pub(crate) fn trim(bytes: &[u8]) -> &[u8] {
    let pad = |b: &u8| matches!(b, b' ' | 0 | b'\t' | b'\r' | b'\n');
    let start = bytes.iter().position(|b| !pad(b)).unwrap_or(bytes.len());
    let end = bytes.iter().rposition(|b| !pad(b)).map_or(start, |last| last + 1);
    bytes.get(start..end).unwrap_or_default()
}

/// The values of a multi-valued text, each trimmed.
pub(crate) fn values(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes.split(|&b| b == b'\\').map(trim)
}

/// All values of a text, without empty ones at the end.
pub(crate) fn list(value: &[u8]) -> Vec<String> {
    let mut all: Vec<String> = values(value).map(clean).collect();
    while all.last().is_some_and(String::is_empty) {
        all.pop();
    }
    all
}

/// A value as it stands in a header.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Field<T> {
    /// The element is absent.
    Missing,
    /// The element is there without a value.
    Empty,
    /// A value that is none; the text as it may be shown.
    Bad(String),
    /// A value.
    Is(T),
}

impl<T> Field<T> {
    /// The value, where there is one.
    pub(crate) fn value(&self) -> Option<&T> {
        match self {
            Self::Is(value) => Some(value),
            Self::Missing | Self::Empty | Self::Bad(_) => None,
        }
    }

    /// What a message says was seen.
    pub(crate) fn seen(&self) -> String
    where
        T: std::fmt::Display,
    {
        match self {
            Self::Missing => "missing".into(),
            Self::Empty => "empty".into(),
            Self::Bad(text) => format!("'{text}'"),
            Self::Is(value) => value.to_string(),
        }
    }
}

/// One decimal string (VR DS): a finite number, or the reason why it is none.
///
/// `-1,02` is no number; so is `1\2`, because a single value was asked for.
pub(crate) fn number(bytes: Option<&[u8]>) -> Field<f64> {
    let Some(bytes) = bytes else { return Field::Missing };
    let text = trim(bytes);
    if text.is_empty() {
        return Field::Empty;
    }
    parse(text).map_or_else(|| Field::Bad(crate::shown::number(&clean(text))), Field::Is)
}

/// Exactly `N` decimal strings, all finite.
pub(crate) fn numbers<const N: usize>(bytes: Option<&[u8]>) -> Option<[f64; N]> {
    let mut parsed = values(bytes?).map(parse);
    let mut all = [0.0; N];
    for slot in &mut all {
        *slot = parsed.next()??;
    }
    parsed.next().is_none().then_some(all)
}

/// A decimal string; only digits, sign, point and exponent, so that `inf` and `nan` are no numbers.
fn parse(text: &[u8]) -> Option<f64> {
    let text = std::str::from_utf8(text).ok()?;
    let plain = text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E'));
    text.parse().ok().filter(|v: &f64| plain && v.is_finite())
}

/// Whether a text is a UID: at most 64 characters of numbers without leading zeros (PS3.5 9.1).
pub(crate) fn is_uid(uid: &str) -> bool {
    let number = |part: &str| {
        let digits = !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        digits && (part == "0" || !part.starts_with('0'))
    };
    uid.len() <= 64 && uid.split('.').all(number)
}

/// Whether a text could be a UID but for leading zeros, which occur in public data and do no harm.
pub(crate) fn has_uid_form(uid: &str) -> bool {
    let number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    uid.len() <= 64 && uid.split('.').all(number)
}

/// The UID that is meant: without leading zeros.
pub(crate) fn canonical_uid(uid: &str) -> Cow<'_, str> {
    let plain = |part: &str| part.len() < 2 || !part.starts_with('0');
    if uid.split('.').all(plain) {
        return Cow::Borrowed(uid);
    }
    let meant = |part| match str::trim_start_matches(part, '0') {
        "" => "0",
        number => number,
    };
    Cow::Owned(uid.split('.').map(meant).collect::<Vec<_>>().join("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_never_guessed() {
        assert_eq!(number(Some(b"-1024 ")), Field::Is(-1024.0));
        assert_eq!(number(Some(b"1.0E+0\0")), Field::Is(1.0));
        assert_eq!(number(Some(b"-1,02")), Field::Bad("-1,02".into()));
        assert_eq!(number(Some(b"1\\2")), Field::Bad("1\\2".into()));
        assert_eq!(number(Some(b"inf")), Field::Bad("inf".into()));
        assert_eq!(number(Some(b"1e999")), Field::Bad("1e999".into()));
        assert_eq!(number(Some(b"  ")), Field::Empty);
        assert_eq!(number(None), Field::Missing);
        assert_eq!(numbers::<2>(Some(b"0.5\\ 0.25 ")), Some([0.5, 0.25]));
        assert_eq!(numbers::<2>(Some(b"0.5\\0.25\\1")), None);
        assert_eq!(numbers::<2>(Some(b"0.5")), None);
    }

    #[test]
    fn shown_text_is_harmless() {
        assert_eq!(clean(b" a\x1b[31mb\xff "), "a?[31mb?");
        assert_eq!(clean(&[b'x'; 100]).len(), 64);
    }

    #[test]
    fn uids() {
        assert!(is_uid("1.2.840.10008.1.2"));
        assert!(is_uid("1.0.3"));
        assert!(!is_uid("1.02.3"));
        assert!(!is_uid("1..3"));
        assert!(!is_uid("1.2a"));
        assert!(has_uid_form("1.02.3") && !has_uid_form("1..3") && !has_uid_form("1.2a"));
        assert_eq!(canonical_uid("01.002.0.00.30"), "1.2.0.0.30");
    }
}
