//! From a file to its elements: preamble or none, file meta or none, packed or not, whatever encoding it turns
//! out to have. Real archives hold files without a preamble, with `DICM` at 0, or as a bare data set.

use std::io;

use flate2::read::DeflateDecoder;

use super::{
    elements::Elements,
    tag::{self, Key},
    walk::{Damage, Encoding, walk},
    window::Window,
};
use crate::{
    sources::{DEFLATE_RATIO_MAX, Source},
    syntax::{EXPLICIT_VR_BIG_ENDIAN, Syntax, syntax},
    text,
};

/// Preamble and prefix of a DICOM file (PS3.10 7.1).
const PREAMBLE: usize = 128;
const PREFIX: &[u8] = b"DICM";

/// The elements of one file and how it was written.
#[derive(Debug)]
pub(crate) struct Raw {
    pub(crate) elements: Elements,
    /// Transfer syntax UID of the file meta, or the one that a bare data set turned out to have.
    pub(crate) syntax_uid: String,
    /// What is known about it.
    pub(crate) syntax: Option<&'static Syntax>,
    /// The data set is written in another encoding than the file meta says.
    pub(crate) other_encoding: bool,
    /// Offset at which the packed data set begins; all other offsets are then those of the unpacked bytes.
    pub(crate) deflated_from: Option<u64>,
    /// Why the walk ended early.
    pub(crate) damage: Option<Damage>,
    /// The file has the DICOM prefix; without it, only what was found can say that it is DICOM.
    pub(crate) prefixed: bool,
}

/// What a source holds.
#[derive(Debug)]
pub(crate) enum Content {
    /// Nothing of the file arrived: no byte, a preamble and no more, or a long run of zeros or ones.
    Blank,
    /// No DICOM file.
    Other,
    /// The elements of a DICOM file.
    Dicom(Box<Raw>),
}

impl Content {
    /// The elements, of a DICOM file.
    pub(crate) fn dicom(self) -> Option<Raw> {
        match self {
            Self::Dicom(raw) => Some(*raw),
            Self::Blank | Self::Other => None,
        }
    }
}

/// Reads the elements of a source up to PixelData.
///
/// `until` says before which element of the data set to stop. `buffer` is reused.
///
/// # Errors
/// When the source cannot be read. What is wrong with its content is the [`Damage`] of the result.
pub(crate) fn read(
    source: &Source,
    buffer: &mut Vec<u8>,
    until: impl Fn(&Elements, Key) -> bool,
) -> io::Result<Content> {
    read_into(Elements::of_image(), source, buffer, until)
}

/// As [`read`], with the elements that are to be filled, which say what is kept.
///
/// # Errors
/// As [`read`].
pub(crate) fn read_into(
    elements: Elements,
    source: &Source,
    buffer: &mut Vec<u8>,
    until: impl Fn(&Elements, Key) -> bool,
) -> io::Result<Content> {
    let mut window = Window::new(source, buffer)?;
    // Only a packed archive entry can fail here: what it holds cannot be known, so it is not skipped.
    let bytes = window.up_to(0, BLANK).map_err(|fault| match Damage::from(fault) {
        Damage::Io(e) => e,
        _ => io::Error::new(io::ErrorKind::InvalidData, "packed data that cannot be unpacked"),
    })?;
    if is_blank(bytes) {
        return Ok(Content::Blank);
    }
    let Some((start, prefixed)) = begin(bytes) else { return Ok(Content::Other) };
    let mut raw = Raw {
        elements,
        syntax_uid: String::new(),
        syntax: None,
        other_encoding: false,
        deflated_from: None,
        damage: None,
        prefixed,
    };
    let result = read_sets(source, window, start, &mut raw, until);
    match result {
        Err(Damage::Io(e)) => return Err(e),
        Err(damage) => raw.damage = Some(damage),
        Ok(()) => {}
    }
    let found = raw.elements.top.get(tag::SOP_CLASS_UID).is_some()
        || raw.elements.top.get(tag::MEDIA_STORAGE_SOP_CLASS_UID).is_some()
        || raw.elements.top.get(tag::MODALITY).is_some();
    Ok(if prefixed || found { Content::Dicom(Box::new(raw)) } else { Content::Other })
}

/// So many bytes of one kind at the start of a file mean that nothing of it arrived.
const BLANK: usize = 1024;

/// Whether nothing of a file arrived, by its first bytes.
fn is_blank(start: &[u8]) -> bool {
    let shown = if start.len() < 132 { start.get(..128).unwrap_or(start) } else { start };
    shown.iter().all(|b| *b == 0) || shown.iter().all(|b| *b == 0xff)
}

/// Where the elements begin and whether there is a prefix; `None` when this is no DICOM file.
fn begin(bytes: &[u8]) -> Option<(u64, bool)> {
    if bytes.get(PREAMBLE..PREAMBLE + 4) == Some(PREFIX) {
        return Some((PREAMBLE as u64 + 4, true));
    }
    if bytes.starts_with(PREFIX) {
        return Some((4, true));
    }
    // File meta where it belongs: only the prefix was damaged, and the slice must not go missing.
    let meta = bytes.get(PREAMBLE + PREFIX.len()..).unwrap_or_default();
    if matches!(meta, [2, 0, _, 0, vr @ ..] if vr.get(..2).is_some_and(is_vr)) {
        return Some((PREAMBLE as u64 + 4, true));
    }
    // A bare data set begins with group 0002 or 0008; anything else is another kind of file.
    let bare = matches!(bytes, [2 | 8, 0, _, 0, ..] | [0, 2 | 8, 0, _, ..]) && sniff(bytes).is_some();
    bare.then_some((0, false))
}

fn read_sets(
    source: &Source,
    mut window: Window<'_>,
    start: u64,
    raw: &mut Raw,
    until: impl Fn(&Elements, Key) -> bool,
) -> Result<(), Damage> {
    let after_meta =
        walk(&mut window, start, Encoding::EXPLICIT_LITTLE, &mut raw.elements, |_, key| key >> 16 != 2)?;
    let named = raw.elements.top.get(tag::TRANSFER_SYNTAX_UID).map(text::clean).unwrap_or_default();
    raw.syntax = syntax(&text::canonical_uid(&named));
    raw.syntax_uid = named;
    if raw.syntax.is_some_and(|syntax| syntax.deflated) {
        raw.deflated_from = Some(after_meta);
        let mut unpacked = Vec::new();
        let reader = Box::new(DeflateDecoder::new(source.reader(after_meta).map_err(Damage::Io)?));
        let most = (source.len() - after_meta.min(source.len())).saturating_mul(DEFLATE_RATIO_MAX);
        let mut window = Window::stream(reader, most, &mut unpacked);
        return walk(&mut window, 0, Encoding::EXPLICIT_LITTLE, &mut raw.elements, until).map(|_| ());
    }
    let found = sniff(window.up_to(after_meta, 12)?);
    let encoding = match (raw.syntax, found) {
        (Some(named), Some(found)) if found != named.encoding => {
            raw.other_encoding = true;
            // Samples are in the byte order of the data set that holds them.
            if found.big_endian != named.encoding.big_endian {
                raw.syntax = syntax_of_bare(found);
            }
            found
        }
        (Some(syntax), _) => syntax.encoding,
        (None, Some(found)) => {
            if raw.syntax_uid.is_empty() {
                raw.syntax = syntax_of_bare(found);
                raw.syntax_uid = raw.syntax.map(|bare| bare.uid.to_owned()).unwrap_or_default();
            }
            found
        }
        (None, None) => Encoding::EXPLICIT_LITTLE,
    };
    raw.elements.big_endian = encoding.big_endian;
    walk(&mut window, after_meta, encoding, &mut raw.elements, until).map(|_| ())
}

/// The syntax of samples that are as they are in a data set of this encoding.
fn syntax_of_bare(encoding: Encoding) -> Option<&'static Syntax> {
    syntax(match (encoding.big_endian, encoding.explicit) {
        (true, _) => EXPLICIT_VR_BIG_ENDIAN,
        (false, true) => dicom_dictionary_std::uids::EXPLICIT_VR_LITTLE_ENDIAN,
        (false, false) => dicom_dictionary_std::uids::IMPLICIT_VR_LITTLE_ENDIAN,
    })
}

/// The encoding that the first element shows; `None` when it looks like no element.
fn sniff(bytes: &[u8]) -> Option<Encoding> {
    let (group, rest) = bytes.split_first_chunk::<2>()?;
    let vr = rest.get(2..4)?;
    let explicit = is_vr(vr);
    let (little, big) = (u16::from_le_bytes(*group), u16::from_be_bytes(*group));
    match (explicit, little < 0x100, big < 0x100) {
        (true, true, _) => Some(Encoding::EXPLICIT_LITTLE),
        (true, _, true) => Some(Encoding::EXPLICIT_BIG),
        // The first value of an implicit data set (a group length, a character set, an image type) is short.
        (false, true, _) => (rest.get(4..6) == Some(&[0, 0])).then_some(Encoding::IMPLICIT_LITTLE),
        _ => None,
    }
}

/// Whether two bytes are a value representation of PS3.5 6.2.
fn is_vr(vr: &[u8]) -> bool {
    const ALL: &[u8] = b"AEASATCSDADSDTFDFLISLOLTOBODOFOLOVOWPNSHSLSQSSSTSVTMUCUIULUNURUSUTUV";
    ALL.chunks_exact(2).any(|known| known == vr)
}
