//! Transfer syntaxes: how a data set is written, which decoder its pixels need, and whether they lost anything.

use dicom_dictionary_std::uids;

use crate::header::Encoding;

/// Retired, and common in old archives.
pub(crate) const EXPLICIT_VR_BIG_ENDIAN: &str = "1.2.840.10008.1.2.2";

/// What turns the bytes of a frame into stored values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Codec {
    /// Plain samples.
    Native { big_endian: bool },
    /// PackBits by byte plane (PS3.5 annex G).
    Rle,
    /// JPEG, lossless or not.
    Jpeg,
    /// JPEG-LS.
    JpegLs,
    /// JPEG 2000 and high-throughput JPEG 2000.
    Jpeg2000,
}

/// Whether a syntax loses information.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Loss {
    Never,
    /// Unless LossyImageCompression says otherwise.
    Possibly,
    Always,
}

/// What the loader knows about a transfer syntax.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Syntax {
    pub(crate) uid: &'static str,
    pub(crate) name: &'static str,
    pub(crate) encoding: Encoding,
    /// The whole data set is packed.
    pub(crate) deflated: bool,
    /// `None`: known by name, not decoded.
    pub(crate) codec: Option<Codec>,
    pub(crate) loss: Loss,
}

const fn native(uid: &'static str, name: &'static str, encoding: Encoding) -> Syntax {
    let codec = Some(Codec::Native { big_endian: encoding.big_endian });
    Syntax { uid, name, encoding, deflated: false, codec, loss: Loss::Never }
}

const fn packed(uid: &'static str, name: &'static str, codec: Option<Codec>, loss: Loss) -> Syntax {
    Syntax { uid, name, encoding: Encoding::EXPLICIT_LITTLE, deflated: false, codec, loss }
}

/// Every syntax that is known by name (PS3.6 table A-1); retired and video syntaxes are named, not decoded.
const SYNTAXES: &[Syntax] = &[
    native(uids::IMPLICIT_VR_LITTLE_ENDIAN, "Implicit VR Little Endian", Encoding::IMPLICIT_LITTLE),
    native(uids::EXPLICIT_VR_LITTLE_ENDIAN, "Explicit VR Little Endian", Encoding::EXPLICIT_LITTLE),
    native(EXPLICIT_VR_BIG_ENDIAN, "Explicit VR Big Endian", Encoding::EXPLICIT_BIG),
    Syntax {
        deflated: true,
        ..native(
            uids::DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
            "Deflated Explicit VR Little Endian",
            Encoding::EXPLICIT_LITTLE,
        )
    },
    packed(uids::RLE_LOSSLESS, "RLE Lossless", Some(Codec::Rle), Loss::Never),
    packed(uids::JPEG_BASELINE8_BIT, "JPEG Baseline", Some(Codec::Jpeg), Loss::Always),
    packed(uids::JPEG_EXTENDED12_BIT, "JPEG Extended", Some(Codec::Jpeg), Loss::Always),
    packed(uids::JPEG_LOSSLESS, "JPEG Lossless", Some(Codec::Jpeg), Loss::Never),
    packed(uids::JPEG_LOSSLESS_SV1, "JPEG Lossless SV1", Some(Codec::Jpeg), Loss::Never),
    packed(uids::JPEGLS_LOSSLESS, "JPEG-LS Lossless", Some(Codec::JpegLs), Loss::Never),
    packed(uids::JPEGLS_NEAR_LOSSLESS, "JPEG-LS Near-Lossless", Some(Codec::JpegLs), Loss::Possibly),
    packed(uids::JPEG2000_LOSSLESS, "JPEG 2000 Lossless", Some(Codec::Jpeg2000), Loss::Never),
    packed(uids::JPEG2000, "JPEG 2000", Some(Codec::Jpeg2000), Loss::Possibly),
    packed(uids::HTJ2K_LOSSLESS, "HTJ2K Lossless", Some(Codec::Jpeg2000), Loss::Never),
    packed(uids::HTJ2K_LOSSLESS_RPCL, "HTJ2K Lossless RPCL", Some(Codec::Jpeg2000), Loss::Never),
    packed(uids::HTJ2K, "HTJ2K", Some(Codec::Jpeg2000), Loss::Possibly),
    packed(
        uids::ENCAPSULATED_UNCOMPRESSED_EXPLICIT_VR_LITTLE_ENDIAN,
        "Encapsulated Uncompressed",
        None,
        Loss::Never,
    ),
    packed("1.2.840.10008.1.2.4.52", "JPEG Extended (Process 3 & 5)", None, Loss::Always),
    packed("1.2.840.10008.1.2.4.53", "JPEG Spectral Selection (Process 6 & 8)", None, Loss::Always),
    packed("1.2.840.10008.1.2.4.55", "JPEG Full Progression (Process 10 & 12)", None, Loss::Always),
    packed("1.2.840.10008.1.2.4.92", "JPEG 2000 Part 2 Lossless", None, Loss::Never),
    packed("1.2.840.10008.1.2.4.93", "JPEG 2000 Part 2", None, Loss::Possibly),
    packed("1.2.840.10008.1.2.4.94", "JPIP Referenced", None, Loss::Possibly),
    packed("1.2.840.10008.1.2.4.95", "JPIP Referenced Deflate", None, Loss::Possibly),
    packed("1.2.840.10008.1.2.4.100", "MPEG2 Main Profile", None, Loss::Always),
    packed("1.2.840.10008.1.2.4.110", "JPEG XL Lossless", None, Loss::Never),
    packed("1.2.840.10008.1.2.4.111", "JPEG XL Recompression", None, Loss::Always),
    packed("1.2.840.10008.1.2.4.112", "JPEG XL", None, Loss::Possibly),
];

/// A syntax by its UID.
pub(crate) fn syntax(uid: &str) -> Option<&'static Syntax> {
    SYNTAXES.iter().find(|syntax| syntax.uid == uid)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uids_are_unique() {
        for (i, a) in SYNTAXES.iter().enumerate() {
            assert!(SYNTAXES.iter().skip(i + 1).all(|b| a.uid != b.uid), "{}", a.uid);
        }
        assert_eq!(syntax("1.2.840.10008.1.2.4.202").and_then(|s| s.codec), Some(Codec::Jpeg2000));
    }
}
