//! A CT writer: a [`Volume`] and a [`Header`] become DICOM objects, one a slice, and files that are the
//! same bytes on every call. Multi-frame objects are in [`crate::multiframe`].

use std::path::{Path, PathBuf};

use dicom_core::{DataElement, PrimitiveValue, VR};
use dicom_dictionary_std::{tags, uids};
use dicom_object::{FileDicomObject, FileMetaTableBuilder, InMemDicomObject, Tag};
use ndarray::ArrayView2;

use crate::{Error, Header, Volume, uid::uid_of};

/// A DICOM file in memory: file meta group and data set.
pub type Object = FileDicomObject<InMemDicomObject>;

/// Time of every phantom.
const TIME: &str = "030405";

/// One CT Image object for each slice, lowest first, ready to be changed by a test before it is written.
///
/// The objects carry explicit VR little endian in their file meta group. Change the SOPInstanceUID of
/// the data set and the file meta group keeps the old one, as in real damaged files.
///
/// ```
/// use agatston_phantom::{Header, Volume, dicom};
/// use dicom_dictionary_std::tags;
/// let volume = Volume::filled([4, 16, 16], [3.0, 0.5, 0.5], 40.0);
/// let mut slices = dicom::slice_objects(&volume, &Header::named("doc"));
/// slices[0].remove_element(tags::RESCALE_SLOPE);
/// assert_eq!(slices.len(), 4);
/// ```
#[must_use]
pub fn slice_objects(volume: &Volume, header: &Header) -> Vec<Object> {
    volume
        .hu
        .outer_iter()
        .enumerate()
        .map(|(slice, plane)| {
            let mut set = shared_elements(volume, header, uids::CT_IMAGE_STORAGE);
            let [x, y, z] = volume.centre_lps_mm([slice, 0, 0]);
            put_text(&mut set, tags::SOP_INSTANCE_UID, VR::UI, &header.slice_uid(slice));
            put_text(&mut set, tags::INSTANCE_NUMBER, VR::IS, &(slice + 1).to_string());
            put_decimals(&mut set, tags::IMAGE_POSITION_PATIENT, &[x, y, z]);
            put_decimals(&mut set, tags::IMAGE_ORIENTATION_PATIENT, &[1.0, 0.0, 0.0, 0.0, 1.0, 0.0]);
            put_decimals(&mut set, tags::PIXEL_SPACING, &volume.spacing_mm[1..]);
            put_decimals(&mut set, tags::SLICE_THICKNESS, &[header.slice_thickness_mm]);
            put_decimals(&mut set, tags::RESCALE_INTERCEPT, &[header.intercept]);
            put_decimals(&mut set, tags::RESCALE_SLOPE, &[header.slope]);
            put_text(&mut set, tags::RESCALE_TYPE, VR::LO, "HU");
            put_words(&mut set, stored_words(plane, header));
            with_meta(set, uids::CT_IMAGE_STORAGE, &header.slice_uid(slice))
        })
        .collect()
}

/// Writes the series into `folder` (made if missing) as `IM0001.dcm` (lowest slice) and so on, and
/// returns the paths in that order.
///
/// # Errors
///
/// [`Error::Write`] when the folder or a file cannot be written.
pub fn write_series(folder: &Path, volume: &Volume, header: &Header) -> Result<Vec<PathBuf>, Error> {
    write_objects(folder, &slice_objects(volume, header))
}

/// Writes objects, as they are, into `folder` (made if missing) as `IM0001.dcm` and so on.
///
/// # Errors
///
/// [`Error::Encode`] when an object names a transfer syntax that cannot be written, [`Error::Write`]
/// when the folder or a file cannot be written.
pub fn write_objects(folder: &Path, objects: &[Object]) -> Result<Vec<PathBuf>, Error> {
    std::fs::create_dir_all(folder).map_err(|source| Error::Write { path: folder.into(), source })?;
    objects
        .iter()
        .enumerate()
        .map(|(index, object)| {
            let path = folder.join(file_name(index));
            std::fs::write(&path, encode(object)?)
                .map_err(|source| Error::Write { path: path.clone(), source })?;
            Ok(path)
        })
        .collect()
}

/// Name of the file of object `index`, counted from 0: `IM0001.dcm` is the first.
#[must_use]
pub fn file_name(index: usize) -> String {
    format!("IM{:04}.dcm", index + 1)
}

/// The bytes of a DICOM file: preamble, file meta group, data set in the transfer syntax of the meta group.
///
/// # Errors
///
/// [`Error::Encode`] when that transfer syntax cannot be written.
pub fn encode(object: &Object) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    object.write_all(&mut bytes).map_err(|source| Error::Encode {
        transfer_syntax: object.meta().transfer_syntax().into(),
        source: Box::new(source),
    })?;
    Ok(bytes)
}

/// A decimal string of at most 16 characters (VR DS): the shortest exact form when it fits, else rounded.
#[must_use]
pub fn decimal_string(value: f64) -> String {
    let mut text = value.to_string();
    for decimals in (0..=14_usize).rev() {
        if text.len() <= 16 {
            break;
        }
        text = format!("{value:.decimals$}");
    }
    text
}

/// Stored values of one plane, row by row, as the 16 bits they are kept in.
pub(crate) fn stored_words(plane: ArrayView2<'_, f64>, header: &Header) -> Vec<u16> {
    plane.iter().map(|hu| header.stored_bits(*hu)).collect()
}

/// Everything that a slice and a multi-frame object say alike: patient, study, series, equipment and the
/// layout of the pixels.
pub(crate) fn shared_elements(volume: &Volume, header: &Header, sop_class: &str) -> InMemDicomObject {
    let mut set = InMemDicomObject::new_empty();
    let texts: &[(Tag, VR, &str)] = &[
        (tags::SPECIFIC_CHARACTER_SET, VR::CS, "ISO_IR 100"),
        (tags::IMAGE_TYPE, VR::CS, &header.image_type),
        (tags::SOP_CLASS_UID, VR::UI, sop_class),
        (tags::STUDY_DATE, VR::DA, &header.date),
        (tags::SERIES_DATE, VR::DA, &header.date),
        (tags::ACQUISITION_DATE, VR::DA, &header.date),
        (tags::CONTENT_DATE, VR::DA, &header.date),
        (tags::STUDY_TIME, VR::TM, TIME),
        (tags::SERIES_TIME, VR::TM, TIME),
        (tags::ACQUISITION_TIME, VR::TM, TIME),
        (tags::CONTENT_TIME, VR::TM, TIME),
        (tags::ACCESSION_NUMBER, VR::SH, ""),
        (tags::MODALITY, VR::CS, "CT"),
        (tags::MANUFACTURER, VR::LO, &header.manufacturer),
        (tags::MANUFACTURER_MODEL_NAME, VR::LO, &header.model),
        (tags::REFERRING_PHYSICIAN_NAME, VR::PN, ""),
        (tags::STUDY_DESCRIPTION, VR::LO, "AGATSTON PHANTOM"),
        (tags::SERIES_DESCRIPTION, VR::LO, &header.series_description),
        (tags::PATIENT_NAME, VR::PN, &header.patient_name),
        (tags::PATIENT_ID, VR::LO, &header.patient_id),
        (tags::PATIENT_BIRTH_DATE, VR::DA, ""),
        (tags::PATIENT_SEX, VR::CS, "O"),
        (tags::BODY_PART_EXAMINED, VR::CS, "HEART"),
        (tags::SCAN_OPTIONS, VR::CS, &header.scan_options),
        (tags::CONVOLUTION_KERNEL, VR::SH, &header.kernel),
        (tags::PATIENT_POSITION, VR::CS, "HFS"),
        (tags::STUDY_INSTANCE_UID, VR::UI, &header.study_uid()),
        (tags::SERIES_INSTANCE_UID, VR::UI, &header.series_uid()),
        (tags::STUDY_ID, VR::SH, "1"),
        (tags::SERIES_NUMBER, VR::IS, "1"),
        (tags::ACQUISITION_NUMBER, VR::IS, "1"),
        (tags::FRAME_OF_REFERENCE_UID, VR::UI, &header.frame_of_reference_uid()),
        (tags::POSITION_REFERENCE_INDICATOR, VR::LO, ""),
        (tags::PHOTOMETRIC_INTERPRETATION, VR::CS, "MONOCHROME2"),
    ];
    for (tag, vr, text) in texts {
        put_text(&mut set, *tag, *vr, text);
    }
    put_decimals(&mut set, tags::KVP, &[header.kvp]);
    put_pixel_layout(&mut set, volume, header);
    set
}

/// The data set as a file: explicit VR little endian, with the given SOP class and instance.
pub(crate) fn with_meta(set: InMemDicomObject, sop_class: &str, sop_instance: &str) -> Object {
    let meta = FileMetaTableBuilder::new()
        .media_storage_sop_class_uid(sop_class)
        .media_storage_sop_instance_uid(sop_instance)
        .transfer_syntax(uids::EXPLICIT_VR_LITTLE_ENDIAN)
        .implementation_class_uid(uid_of("agatston-phantom"))
        .implementation_version_name("AGATSTON_PHANTOM")
        .build()
        .expect("the builder only needs a transfer syntax, and it has one");
    set.with_exact_meta(meta)
}

/// Puts a text value; an empty text is an element without a value.
pub(crate) fn put_text(set: &mut InMemDicomObject, tag: Tag, vr: VR, text: &str) {
    let value = if text.is_empty() { PrimitiveValue::Empty } else { PrimitiveValue::from(text) };
    set.put(DataElement::new(tag, vr, value));
}

/// Puts one or more decimal strings, separated by a backslash.
pub(crate) fn put_decimals(set: &mut InMemDicomObject, tag: Tag, values: &[f64]) {
    let texts: Vec<String> = values.iter().map(|value| decimal_string(*value)).collect();
    put_text(set, tag, VR::DS, &texts.join("\\"));
}

/// Puts PixelData from 16-bit words.
pub(crate) fn put_words(set: &mut InMemDicomObject, words: Vec<u16>) {
    set.put(DataElement::new(tags::PIXEL_DATA, VR::OW, PrimitiveValue::U16(words.into())));
}

/// Rows, columns, bits, sign and padding of the pixels.
fn put_pixel_layout(set: &mut InMemDicomObject, volume: &Volume, header: &Header) {
    let (_, rows, columns) = volume.hu.dim();
    let side =
        |voxels: usize| u16::try_from(voxels).expect("phantoms have fewer than 65536 rows and columns");
    let numbers = [
        (tags::SAMPLES_PER_PIXEL, 1),
        (tags::ROWS, side(rows)),
        (tags::COLUMNS, side(columns)),
        (tags::BITS_ALLOCATED, 16),
        (tags::BITS_STORED, header.bits_stored),
        (tags::HIGH_BIT, header.bits_stored - 1),
        (tags::PIXEL_REPRESENTATION, u16::from(header.signed)),
    ];
    for (tag, number) in numbers {
        set.put(DataElement::new(tag, VR::US, PrimitiveValue::from(number)));
    }
    if let Some(padding) = header.padding {
        let bits = crate::header::bits_of(padding);
        let element = if header.signed {
            DataElement::new(tags::PIXEL_PADDING_VALUE, VR::SS, PrimitiveValue::from(bits.cast_signed()))
        } else {
            DataElement::new(tags::PIXEL_PADDING_VALUE, VR::US, PrimitiveValue::from(bits))
        };
        set.put(element);
    }
}

#[cfg(test)]
mod tests {
    use dicom_object::from_reader;

    use super::*;

    fn tiny() -> Volume {
        let mut volume = Volume::filled([3, 4, 5], [3.0, 0.5, 0.75], 40.0);
        volume.hu[[2, 1, 3]] = 500.0;
        volume
    }

    #[test]
    fn files_are_the_same_bytes_on_every_call() {
        let header = Header::named("bytes");
        let first: Vec<_> = slice_objects(&tiny(), &header).iter().map(|o| encode(o).unwrap()).collect();
        let second: Vec<_> = slice_objects(&tiny(), &header).iter().map(|o| encode(o).unwrap()).collect();
        assert_eq!(first, second);
        assert_eq!(&first[0][128..132], b"DICM");
    }

    /// Read back with dicom-rs: 500 + 1024 = 1524 at row 1, column 3 of the highest slice.
    #[test]
    fn slices_read_back() {
        let objects = slice_objects(&tiny(), &Header::named("read-back"));
        let read = from_reader(encode(&objects[2]).unwrap().as_slice()).unwrap();
        let pixels = read.element(tags::PIXEL_DATA).unwrap().to_multi_int::<u16>().unwrap();
        assert_eq!((pixels.len(), pixels[5 + 3], pixels[0]), (20, 1524, 1064));
        let position = read.element(tags::IMAGE_POSITION_PATIENT).unwrap().to_multi_float64().unwrap();
        assert_eq!(position, [-1.5, -0.75, 6.0]);
        let spacing = read.element(tags::PIXEL_SPACING).unwrap().to_multi_float64().unwrap();
        assert_eq!(spacing, [0.5, 0.75], "row spacing first");
    }

    #[test]
    fn a_series_is_written_lowest_first() {
        let folder = tempfile::tempdir().unwrap();
        let paths = write_series(folder.path(), &tiny(), &Header::named("written")).unwrap();
        let names: Vec<_> = paths.iter().map(|p| p.file_name().unwrap().to_str().unwrap()).collect();
        assert_eq!(names, ["IM0001.dcm", "IM0002.dcm", "IM0003.dcm"]);
    }

    #[test]
    fn decimal_strings_fit_sixteen_characters() {
        assert_eq!(decimal_string(-1024.0), "-1024");
        assert_eq!(decimal_string(0.488), "0.488");
        assert_eq!(decimal_string(-1.0 / 3.0), "-0.3333333333333");
        assert_eq!(decimal_string(1e-20), "0.00000000000000");
    }
}
