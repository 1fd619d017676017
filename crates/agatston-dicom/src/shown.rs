//! What of a header's text may be seen in an output. Anyone can write anything anywhere, a name into RescaleType too, so
//! a text is shown only when it is one of the words that the standard and scanners use there, a number, or a UID;
//! Manufacturer, model and kernel, which no list can hold, are shown when they look like what they are. Of every other
//! text the length is told. See docs/decisions/shown-texts.md.
//!
//! Left out: decisions. Checks look at the text as it stands.

/// Longest manufacturer, model or kernel that is shown, in characters.
const CODE_MAX: usize = 40;

/// Most digits in a row: six make a date or a number of a person.
const DIGITS_MAX: usize = 5;

/// Longest number that is shown, in characters (VR DS).
const NUMBER_MAX: usize = 16;

/// Stands for a text that is not shown.
pub(crate) fn withheld(text: &str) -> String {
    format!("{WITHHELD}{} characters", text.chars().count())
}

/// Whether an output stands for a text that is not shown, or holds one: of two such nobody knows whether they are the same.
pub fn is_withheld(shown: &str) -> bool {
    shown.contains(WITHHELD)
}

/// How what stands for a text that is not shown begins.
const WITHHELD: &str = "a text of ";

/// A UID, empty when it is.
pub(crate) fn uid(text: &str) -> String {
    if text.is_empty() || crate::text::has_uid_form(text) { text.to_owned() } else { withheld(text) }
}

/// What stands where a number should: shown when it consists of the characters of numbers, or says that there is none.
pub(crate) fn number(text: &str) -> String {
    let of_numbers =
        |c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.' | ',' | '\\' | 'e' | 'E' | ' ');
    let none = ["nan", "inf", "-inf", "infinity", "null", "none", "n/a", "na", "unknown", "undefined"];
    let fine = text.len() <= NUMBER_MAX && text.chars().all(of_numbers) && !has_long_number(text);
    if fine || none.contains(&&*text.to_ascii_lowercase()) { text.to_owned() } else { withheld(text) }
}

/// Manufacturer, model or kernel: short, of letters, digits and a few signs, without anything like a date.
pub(crate) fn code(text: &str) -> String {
    let of_codes = |c: char| c.is_ascii_alphanumeric() || " .,_+-/()[]'&:#*".contains(c);
    let fine = text.len() <= CODE_MAX && text.chars().all(of_codes) && !has_long_number(text);
    if fine { text.to_owned() } else { withheld(text) }
}

/// PhotometricInterpretation (0028,0004).
pub(crate) fn photometric(text: &str) -> String {
    of_words(text, &[PHOTOMETRIC])
}

/// RescaleType (0028,1054).
pub(crate) fn rescale_type(text: &str) -> String {
    of_words(text, &[RESCALE_TYPE])
}

/// Modality (0008,0060).
pub(crate) fn modality(text: &str) -> String {
    of_words(text, &[MODALITY])
}

/// FilterType (0018,1160) or FilterMaterial (0018,7050).
pub(crate) fn filter(text: &str) -> String {
    of_words(text, &[FILTER])
}

/// A value of ImageType (0008,0008).
pub(crate) fn image_type(value: &str) -> String {
    of_words(value, &[IMAGE_TYPE, IMAGE_TYPE_OF_SCANNERS])
}

/// All values of ImageType, as they stand in a header.
pub(crate) fn image_types(values: &[String]) -> String {
    values.iter().map(|value| image_type(value)).collect::<Vec<_>>().join("\\")
}

/// A text whose words are all known or short numbers.
fn of_words(text: &str, vocabulary: &[&str]) -> String {
    let upper = text.to_ascii_uppercase();
    let known = |word: &str| {
        let number = word.len() <= 3 && word.bytes().all(|b| b.is_ascii_digit());
        number || vocabulary.iter().any(|words| words.split_whitespace().any(|known| known == word))
    };
    let plain = upper.chars().all(|c| c.is_ascii_alphanumeric() || " _-./:%+".contains(c));
    let words = upper.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let short = !has_long_number(text);
    if plain && short && { words }.all(known) { text.to_owned() } else { withheld(text) }
}

/// Whether a text holds so many digits in a row, or with the signs of a date between them, that they may be a date or a
/// number of a person. One point alone is that of a decimal number.
fn has_long_number(text: &str) -> bool {
    let (mut row, mut digits, mut points) = (0, 0, 0);
    text.bytes().any(|byte| {
        match byte {
            b'0'..=b'9' => (row, digits) = (row + 1, digits + 1),
            b'.' => (row, points) = (0, points + 1),
            b'-' | b'/' | b':' | b' ' => (row, points) = (0, points + 2),
            _ => (row, digits, points) = (0, 0, 0),
        }
        row > DIGITS_MAX || (digits > DIGITS_MAX && points > 1)
    })
}

/// PS3.3 C.7.6.3.1.2.
const PHOTOMETRIC: &str = "\
    MONOCHROME1 MONOCHROME2 PALETTE COLOR RGB HSV ARGB CMYK YBR FULL PARTIAL ICT RCT XYB";

/// PS3.3 C.11.1.1.2 and C.8.15.3.10, and units of other modalities.
const RESCALE_TYPE: &str = "\
    HU OD US MGML MG ML Z EFF ED EDW MOD PCT BQML CNTS SUV KEV NORMALIZED UNSPECIFIED GREY GRAY";

/// PS3.3 C.7.3.1.1.1, retired ones included.
const MODALITY: &str = "\
    ANN AR AS ASMT AU BDUS BI BMD CD CF CFM CP CR CS CT CTPROTOCOL DD DF DG DM DMS DOC DS DX EC ECG \
    EEG EMG EOG EPS ES FA FID FS GM HC HD IO IOL IVOCT IVUS KER KO LEN LP LS M3D MA MG MR MS NM OAM \
    OCT OP OPM OPR OPT OPTBSV OPTENF OPV OSS OT PA PLAN POS PR PT PX REG RESP RF RG RTDOSE RTIMAGE \
    RTINTENT RTPLAN RTRAD RTRECORD RTSEGANN RTSTRUCT RWV SEG SM SMR SR SRF ST STAIN TEXTUREMAP TG US \
    VA VF XA XAPROTOCOL XC";

/// PS3.3 C.8.15.3.9 (Filter Type, Filter Material) and what scanners write.
const FILTER: &str = "\
    TIN SN ALUMINUM AL COPPER CU WEDGE BUTTERFLY BOWTIE STRIP MULTIPLE FLAT NONE MIXED TEFLON \
    TITANIUM TI MOLYBDENUM CARBON MM BODY HEAD LARGE SMALL MEDIUM FILTER";

/// PS3.3 C.7.6.1.1.2 and C.8.16.1: words that the standard defines.
const IMAGE_TYPE: &str = "\
    ORIGINAL DERIVED MIXED PRIMARY SECONDARY AXIAL LOCALIZER VOLUME ANGIO CARDIAC CASCORE CTA GATED \
    REST STRESS PERFUSION FLUOROSCOPY MOTION ATTENUATION POST CONTRAST PRE NONE ADDITION DIVISION \
    MASKED MAXIMUM MEAN MINIMUM MULTIPLICATION RESAMPLED STD DEVIATION SUBTRACTION QUANTITY MAX IP \
    MIN MULTIPLANAR REFORMATTED PROJECTION MPR MAP MONO ENERGETIC MATERIAL SPECIFIC REMOVED \
    FRACTIONAL EFF ATOMIC NUM ELECTRON DENSITY VALUE MODIFIED BASED COMPOUND FILTERED OTHER";

/// Words of scanners and workstations.
const IMAGE_TYPE_OF_SCANNERS: &str = "\
    ADD AVERAGE AVERAGED BONE CAPTURE CINE CSA CSAMPR CSAPARALLEL CT CURVED DE DET AB A B DIS2D \
    DIS3D DOSE INFO E1 E2 EFFECTIVE EFFECTIVEZ ELECTRONDENSITY FBP FUSION HEAD HELICAL HELIX IODINE \
    IR JP2K KEV LOSSY LUNG M MAXIP MINIP MINMIP MIP MIX MONOE MONOENERGETIC MOCO MTT ND NORM NORMAL \
    OVERLAY PARALLEL PBV RADIAL RANGE RCBF RCBV REBINNED REFORMAT RESULT SAVE SBI SCANOGRAM SCOUT \
    SCREEN SCREENSHOT SECONDARYCAPTURE SOM4 SOM5 SOM7 SOM10 SPECTRAL SPI SPO SSD STACK STDDEV \
    SUBTRACT SUBTRACTED SUM SUPPRESSED TABLE TMAX TOP TOPOGRAM TTD TTP VIRTUAL VMI VNC VRT VUE Z \
    ZEFF ZEFFECTIVE";

#[cfg(test)]
mod tests {
    use super::*;

    fn hidden(shown: &str) -> bool {
        shown.starts_with("a text of ") && shown.ends_with(" characters")
    }

    #[test]
    fn words_of_the_element_are_shown() {
        for value in ["ORIGINAL", "MIN_IP", "CT_SOM5 SPI", "CARDIAC_CASCORE", "MONOE 70 KEV", "axial"] {
            assert_eq!(image_type(value), value);
        }
        assert_eq!(photometric("YBR_FULL_422"), "YBR_FULL_422");
        assert_eq!(rescale_type("US"), "US");
        assert_eq!(modality("SR"), "SR");
        assert_eq!(filter("TIN 0.4 MM"), "TIN 0.4 MM");
        assert_eq!(image_types(&["DERIVED".into(), "ROE".into()]), "DERIVED\\a text of 3 characters");
    }

    #[test]
    fn other_texts_are_not() {
        for text in ["DOE", "DOE^JOHN", "HU DOE", "19470813", "1947 08 13", "D\u{f6}e"] {
            for show in [photometric, rescale_type, modality, filter, image_type] {
                assert!(hidden(&show(text)), "{text}");
            }
        }
        assert_eq!(rescale_type("DOE^JOHN"), "a text of 8 characters");
    }

    #[test]
    fn numbers_and_uids() {
        for text in ["-1,02", "1\\1", "1e999", "NaN", "", "0.48828"] {
            assert_eq!(number(text), text);
        }
        for text in ["DOE", "19470813", "1947-08-13", "13.08.1947", "0123456789012345678"] {
            assert!(hidden(&number(text)), "{text}");
        }
        assert_eq!(uid("1.2.840.0019"), "1.2.840.0019");
        assert!(hidden(&uid("1.2.DOE")) && hidden(&uid("DOE^JOHN")));
    }

    #[test]
    fn makers_models_and_kernels() {
        for text in [
            "SIEMENS",
            "GE MEDICAL SYSTEMS",
            "Philips (Cleveland)",
            "NAEOTOM Alpha.Peak",
            "Qr36f\u{20}3",
            "['B35f', '3']",
            "HiSpeed CT/i",
        ] {
            assert_eq!(code(text), text);
        }
        for text in ["DOE^JOHN", "born 1947-08-13", "born 13.08.1947", "id 4711 0815", "a@b.org", "D?E"] {
            assert!(hidden(&code(text)), "{text}");
        }
        assert!(hidden(&code(&"x".repeat(41))));
    }
}
