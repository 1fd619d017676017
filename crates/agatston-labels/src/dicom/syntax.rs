//! Transfer syntaxes (PS3.5 section 10): how a data set is written, and how its pixels are packed.

/// How elements are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Encoding {
    pub(super) explicit: bool,
    pub(super) big_endian: bool,
}

impl Encoding {
    pub(super) const EXPLICIT_LITTLE: Self = Self { explicit: true, big_endian: false };
    pub(super) const IMPLICIT_LITTLE: Self = Self { explicit: false, big_endian: false };
    pub(super) const EXPLICIT_BIG: Self = Self { explicit: true, big_endian: true };

    pub(super) fn u16(self, bytes: [u8; 2]) -> u16 {
        if self.big_endian { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) }
    }

    pub(super) fn u32(self, bytes: [u8; 4]) -> u32 {
        if self.big_endian { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) }
    }
}

/// What turns the bytes of pixels into samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Packing {
    /// Plain samples, all frames together.
    Native,
    /// Frame by frame.
    Packed(Codec),
    /// A packing that is known by name and not read.
    Unread,
}

/// What unpacks a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Codec {
    /// PackBits by byte plane (PS3.5 annex G).
    Rle,
    /// A deflate stream (PS3.5 8.2.16).
    DeflatedFrames,
}

/// A transfer syntax.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Syntax {
    pub(super) uid: &'static str,
    pub(super) name: &'static str,
    pub(super) encoding: Encoding,
    /// The whole data set is packed.
    pub(super) is_deflated: bool,
    pub(super) packing: Packing,
}

impl Syntax {
    const fn native(uid: &'static str, name: &'static str, encoding: Encoding) -> Self {
        Self { uid, name, encoding, is_deflated: false, packing: Packing::Native }
    }

    const fn packed(uid: &'static str, name: &'static str, packing: Packing) -> Self {
        Self { uid, name, encoding: Encoding::EXPLICIT_LITTLE, is_deflated: false, packing }
    }

    /// A syntax by its UID.
    pub(super) fn of_uid(uid: &str) -> Option<Self> {
        SYNTAXES.iter().find(|syntax| syntax.uid == uid).copied()
    }

    /// The syntax of a data set that names none.
    pub(super) fn unnamed(encoding: Encoding) -> Self {
        Self::native("", "unnamed", encoding)
    }
}

/// Those that are read, then those that are refused by name: they are lossy, or nobody writes labels in them.
const SYNTAXES: [Syntax; 18] = [
    Syntax::native("1.2.840.10008.1.2", "Implicit VR Little Endian", Encoding::IMPLICIT_LITTLE),
    Syntax::native("1.2.840.10008.1.2.1", "Explicit VR Little Endian", Encoding::EXPLICIT_LITTLE),
    Syntax::native("1.2.840.10008.1.2.2", "Explicit VR Big Endian", Encoding::EXPLICIT_BIG),
    Syntax {
        is_deflated: true,
        ..Syntax::native(
            "1.2.840.10008.1.2.1.99",
            "Deflated Explicit VR Little Endian",
            Encoding::EXPLICIT_LITTLE,
        )
    },
    Syntax::packed("1.2.840.10008.1.2.5", "RLE Lossless", Packing::Packed(Codec::Rle)),
    Syntax::packed(
        "1.2.840.10008.1.2.8.1",
        "Deflated Image Frame Compression",
        Packing::Packed(Codec::DeflatedFrames),
    ),
    Syntax::packed("1.2.840.10008.1.2.4.80", "JPEG-LS Lossless", Packing::Unread),
    Syntax::packed("1.2.840.10008.1.2.4.90", "JPEG 2000 Lossless", Packing::Unread),
    Syntax::packed("1.2.840.10008.1.2.1.98", "Encapsulated Uncompressed", Packing::Unread),
    Syntax::packed("1.2.840.10008.1.2.4.50", "JPEG Baseline", Packing::Unread),
    Syntax::packed("1.2.840.10008.1.2.4.51", "JPEG Extended", Packing::Unread),
    Syntax::packed("1.2.840.10008.1.2.4.57", "JPEG Lossless", Packing::Unread),
    Syntax::packed("1.2.840.10008.1.2.4.70", "JPEG Lossless SV1", Packing::Unread),
    Syntax::packed("1.2.840.10008.1.2.4.81", "JPEG-LS Near-Lossless", Packing::Unread),
    Syntax::packed("1.2.840.10008.1.2.4.91", "JPEG 2000", Packing::Unread),
    Syntax::packed("1.2.840.10008.1.2.4.201", "HTJ2K Lossless", Packing::Unread),
    Syntax::packed("1.2.840.10008.1.2.4.202", "HTJ2K Lossless RPCL", Packing::Unread),
    Syntax::packed("1.2.840.10008.1.2.4.203", "HTJ2K", Packing::Unread),
];
