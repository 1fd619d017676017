//! The bytes of a DICOM file (PS3.10 section 7): into memory, its transfer syntax, unpacked, its data set.

use std::{borrow::Cow, io::Read};

use flate2::{Decompress, FlushDecompress, Status};

use super::{
    damaged,
    data_set::{DataSet, Head},
    syntax::{Encoding, Syntax},
    tag::{self, Tag},
};
use crate::{
    code::LABELS_ENCODING,
    error::{Refusal, Trouble, refusal},
    source::Input,
    stream::DEFLATE_RATIO_MAX,
};

/// Largest file, packed or not: a segmentation of 30 segments on 1,000 slices of 512 x 512, a bit a voxel.
const BYTES_MAX: u64 = 1 << 30;

/// Bytes by which memory grows at least while something is unpacked.
const STEP: usize = 1 << 16;

/// Length of the preamble, which holds nothing.
const PREAMBLE: usize = 128;

/// What follows the preamble.
const PREFIX: &[u8] = b"DICM";

/// A file in memory, its data set unpacked.
#[derive(Debug)]
pub(super) struct Bytes {
    data_set: Vec<u8>,
    syntax: Syntax,
}

/// A file that can be asked.
#[derive(Debug)]
pub(super) struct File<'a> {
    pub(super) data_set: DataSet<'a>,
    pub(super) syntax: Syntax,
}

/// Whether a file starts like DICOM: with its prefix, or where programs leave that out with the first elements of a
/// header.
pub(crate) fn starts(start: &[u8]) -> bool {
    let has_prefix =
        start.starts_with(PREFIX) || start.get(PREAMBLE..).is_some_and(|s| s.starts_with(PREFIX));
    has_prefix || begins_with_group_2(start) || bare_encoding(start).is_some()
}

fn begins_with_group_2(start: &[u8]) -> bool {
    Head::of(start, Encoding::EXPLICIT_LITTLE).is_ok_and(|head| matches!(head.tag, Tag(2, ..=0x0010)))
}

/// How a data set is written that nothing says: it begins with group 8, before or with its SOP class.
fn bare_encoding(start: &[u8]) -> Option<Encoding> {
    let fits = |encoding: &Encoding| {
        let head = Head::of(start, *encoding);
        head.is_ok_and(|head| matches!(head.tag, Tag(8, ..=0x0016)) && head.is_short())
    };
    [Encoding::EXPLICIT_LITTLE, Encoding::EXPLICIT_BIG, Encoding::IMPLICIT_LITTLE].into_iter().find(fits)
}

impl Bytes {
    /// Reads a whole file.
    pub(super) fn read(input: Input<'_>) -> Result<Self, Trouble> {
        let Input { reader, bytes: size, .. } = input;
        if size > BYTES_MAX {
            return Err(too_large(size).into());
        }
        let mut bytes = Vec::new();
        let claim = usize::try_from(size).unwrap_or(usize::MAX);
        bytes.try_reserve_exact(claim).map_err(|_| damaged("the file does not fit into memory"))?;
        reader.take(size).read_to_end(&mut bytes).map_err(Trouble::Io)?;
        Ok(Self::of(bytes)?)
    }

    /// Finds the data set in the bytes of a file and unpacks it.
    fn of(mut bytes: Vec<u8>) -> Result<Self, Refusal> {
        let (syntax, start) = syntax(&bytes)?;
        let data_set = bytes.get(start..).unwrap_or_default();
        if syntax.is_deflated {
            return Ok(Self { data_set: inflated(data_set, BYTES_MAX)?, syntax });
        }
        bytes.drain(..start);
        Ok(Self { data_set: bytes, syntax })
    }

    pub(super) fn file(&self) -> Result<File<'_>, Refusal> {
        let data_set = DataSet::of(&self.data_set, self.syntax.encoding)?;
        Ok(File { data_set, syntax: self.syntax })
    }
}

/// The transfer syntax, and where the data set begins.
fn syntax(bytes: &[u8]) -> Result<(Syntax, usize), Refusal> {
    let prefixed =
        [PREAMBLE, 0].into_iter().find(|at| bytes.get(*at..).is_some_and(|b| b.starts_with(PREFIX)));
    let start = prefixed.map_or(0, |at| at + PREFIX.len());
    let mut rest = bytes.get(start..).unwrap_or_default();
    let mut named = None;
    while begins_with_meta(rest) {
        let head = Head::of(rest, Encoding::EXPLICIT_LITTLE)?;
        let (value, after) = head.value(rest, Encoding::EXPLICIT_LITTLE)?;
        if head.tag == tag::TRANSFER_SYNTAX_UID {
            named = Some(String::from_utf8_lossy(value).trim_matches(['\0', ' ']).to_owned());
        }
        rest = after;
    }
    let start = bytes.len() - rest.len();
    match named {
        Some(uid) => Ok((Syntax::of_uid(&uid).ok_or_else(|| unknown(&uid))?, start)),
        None => {
            let encoding =
                bare_encoding(rest).ok_or_else(|| damaged("nothing says how the file is written"))?;
            Ok((Syntax::unnamed(encoding), start))
        }
    }
}

/// Whether an element of group 2 follows, which is written in explicit VR little endian always.
fn begins_with_meta(bytes: &[u8]) -> bool {
    bytes.starts_with(&[2, 0])
}

/// Unpacks a deflate stream of at most so many bytes; one that does not come to its end is damaged, which the readers
/// of `flate2` do not say.
pub(super) fn inflated(packed: &[u8], most: u64) -> Result<Vec<u8>, Refusal> {
    let most = most.min((packed.len() as u64).saturating_mul(DEFLATE_RATIO_MAX));
    let damage = || damaged("the compressed data are damaged").next_step("write or transfer the file again");
    let mut stream = Decompress::new(false);
    let mut bytes = Vec::new();
    loop {
        if bytes.len() as u64 > most {
            return Err(damaged("the compressed data hold more than there can be")
                .expected(format!("at most {most} bytes")));
        }
        let before = (stream.total_in(), bytes.len());
        let more = bytes.len().max(STEP);
        bytes.try_reserve(more).map_err(|_| damaged("the file does not fit into memory"))?;
        let rest = usize::try_from(before.0).ok().and_then(|at| packed.get(at..)).unwrap_or_default();
        match stream.decompress_vec(rest, &mut bytes, FlushDecompress::None) {
            Ok(Status::StreamEnd) => return Ok(bytes),
            Ok(_) if before != (stream.total_in(), bytes.len()) => {}
            _ => return Err(damage()),
        }
    }
}

fn too_large(size: u64) -> Refusal {
    damaged("the file is too large")
        .seen(format!("{size} bytes"))
        .expected(format!("at most {BYTES_MAX} bytes"))
        .next_step("crop the segmentation to the heart, or leave out other segments")
}

fn unknown(uid: &str) -> Refusal {
    let is_uid = uid.len() <= 64 && uid.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let seen = if is_uid { Cow::Owned(format!("transfer syntax {uid}")) } else { "no UID".into() };
    refusal(LABELS_ENCODING, "the transfer syntax of the file is not read")
        .seen(seen)
        .next_step("convert the file to Explicit VR Little Endian")
}
