//! Damages of the file as a string of bytes, and encodings other than explicit little endian.

use dicom_core::{DataElement, Length, VR, value::DataSetSequence};
use dicom_dictionary_std::{tags, uids};
use dicom_object::{InMemDicomObject, Tag};

use super::{Damage, NamedFile, edit_all, finding, harmless, refused};
use crate::dicom::put_text;

/// Retired from the standard, alive in archives.
const EXPLICIT_VR_BIG_ENDIAN: &str = "1.2.840.10008.1.2.2";

pub(super) const DAMAGES: &[Damage] = &[
    refused("truncated_pixels", &["truncated_file", "pixel_length"], |files| cut(files, 100)),
    refused("truncated_header", &["truncated_file", "decode_failed"], truncated_header),
    refused("length_4_gib", &["truncated_file", "limits", "pixel_length"], length_4_gib),
    refused("nested_5000", &["limits", "decode_failed"], nested_5000),
    // Its place at the end leaves no gap, so nothing else can tell.
    finding("end_slice_emptied", &["files_left_out"], |files| {
        if let Some(last) = files.last_mut() {
            last.bytes.clear();
        }
    })
    .changes_score(),
    finding("end_slice_all_zeros", &["files_left_out"], |files| {
        if let Some(last) = files.last_mut() {
            last.bytes.fill(0);
        }
    })
    .changes_score(),
    refused("slice_emptied", &["missing_slice"], |files| files[1].bytes.clear()),
    refused("end_slice_cut_in_its_header", &["truncated_file", "decode_failed"], |files| {
        if let Some(last) = files.last_mut() {
            last.bytes.truncate(600);
        }
    }),
    refused("report_in_the_series", &["foreign_object"], report_in_the_series),
    harmless("report_beside", report_beside),
    harmless("bytes_behind_the_pixels", bytes_behind_the_pixels),
    harmless("private_nest", private_nest),
    harmless("names_of_other_scripts", |files| {
        for (file, name) in
            files.iter_mut().zip(["心臓", "сердце", "قلب", "καρδιά", "심장", "หัวใจ", "दिल", "לב"])
        {
            file.name = format!("{name}/{name}.dcm");
        }
    }),
    finding("meta_of_another_encoding", &["meta_mismatch"], |files| {
        swap_text(files, b"1.2.840.10008.1.2.1\0", b"1.2.840.10008.1.2\0\0\0");
    }),
    refused("transfer_syntax_unknown", &["unsupported_syntax"], |files| {
        swap_text(files, b"1.2.840.10008.1.2.1\0", b"1.2.840.10008.1.2.9\0");
    }),
    finding("sop_class_leading_zeros", &["uid_invalid"], |files| {
        edit_all(files, |_, object| {
            put_text(object, tags::SOP_CLASS_UID, VR::UI, "1.2.840.10008.5.1.4.1.1.02");
        });
    }),
    harmless("no_preamble", |files| strip(files, 132)),
    harmless("dicm_at_0", |files| strip(files, 128)),
    harmless("big_endian", |files| encode_as(files, EXPLICIT_VR_BIG_ENDIAN)),
    harmless("implicit_little_endian", |files| encode_as(files, uids::IMPLICIT_VR_LITTLE_ENDIAN)),
    harmless("not_dicom_beside", not_dicom_beside),
    finding("uid_leading_zeros", &["uid_invalid"], uid_leading_zeros),
    finding("meta_mismatch", &["meta_mismatch"], meta_mismatch),
];

/// Start of PixelData in explicit little endian: tag, VR and two reserved bytes; the length follows.
const PIXEL_DATA_HEAD: [u8; 8] = [0xe0, 0x7f, 0x10, 0x00, b'O', b'W', 0, 0];

/// Swaps every occurrence of a text in every file.
fn swap_text(files: &mut [NamedFile], old: &[u8], new: &[u8]) {
    for file in files {
        let at = file.bytes.windows(old.len()).position(|window| window == old).expect("written by us");
        file.bytes[at..at + old.len()].copy_from_slice(new);
    }
}

/// A report that claims to belong to the series: it may be a slice whose class was damaged.
fn report_in_the_series(files: &mut Vec<NamedFile>) {
    let mut report = NamedFile { name: "REPORT.dcm".into(), ..files[1].clone() };
    report.edit(|object| put_text(object, tags::SOP_CLASS_UID, VR::UI, uids::BASIC_TEXT_SR_STORAGE));
    report.edit(|object| {
        object.update_meta(|meta| meta.media_storage_sop_class_uid = uids::BASIC_TEXT_SR_STORAGE.into());
    });
    files.push(report);
}

/// The same report in a series of its own.
fn report_beside(files: &mut Vec<NamedFile>) {
    report_in_the_series(files);
    if let Some(report) = files.last_mut() {
        report.edit(|object| {
            put_text(object, tags::SERIES_INSTANCE_UID, VR::UI, "2.25.21");
            put_text(object, tags::MODALITY, VR::CS, "SR");
        });
    }
}

/// Data Set Trailing Padding (FFFC,FFFC) behind the pixels.
fn bytes_behind_the_pixels(files: &mut Vec<NamedFile>) {
    for file in files {
        file.bytes.extend([0xfc, 0xff, 0xfc, 0xff, b'O', b'B', 0, 0, 8, 0, 0, 0]);
        file.bytes.extend([7; 8]);
    }
}

/// A private sequence of undefined length within another before the pixels, and a private text.
fn private_nest(files: &mut Vec<NamedFile>) {
    edit_all(files, |_, object| {
        put_text(object, Tag(0x0029, 0x0010), VR::LO, "AGATSTON PHANTOM");
        let mut inner = InMemDicomObject::new_empty();
        put_text(&mut inner, Tag(0x0029, 0x1003), VR::UT, &"text ".repeat(20_000));
        let mut outer = InMemDicomObject::new_empty();
        let nest = |item| DataSetSequence::new(vec![item], Length::UNDEFINED);
        outer.put(DataElement::new(Tag(0x0029, 0x1002), VR::SQ, nest(inner)));
        object.put(DataElement::new(Tag(0x0029, 0x1001), VR::SQ, nest(outer)));
    });
}

/// Where PixelData begins.
fn pixel_data_at(file: &NamedFile) -> usize {
    let windows = file.bytes.windows(PIXEL_DATA_HEAD.len());
    windows.into_iter().rposition(|window| window == PIXEL_DATA_HEAD).expect("written by us")
}

/// Cuts bytes from the end of the second file.
fn cut(files: &mut [NamedFile], bytes: usize) {
    let kept = files[1].bytes.len() - bytes;
    files[1].bytes.truncate(kept);
}

/// The second file ends in the middle of its header.
fn truncated_header(files: &mut Vec<NamedFile>) {
    let kept = pixel_data_at(&files[1]) / 2;
    files[1].bytes.truncate(kept);
}

/// PixelData of the second file claims all but two bytes of 4 GiB.
fn length_4_gib(files: &mut Vec<NamedFile>) {
    let at = pixel_data_at(&files[1]) + PIXEL_DATA_HEAD.len();
    files[1].bytes[at..at + 4].copy_from_slice(&0xffff_fffe_u32.to_le_bytes());
}

/// 5,000 sequences in one another before PixelData of the second file: a reader that recurses dies of it.
fn nested_5000(files: &mut Vec<NamedFile>) {
    /// WaveformSequence (5400,0100), SQ of undefined length, and an item of undefined length.
    const OPEN: [u8; 20] = [
        0x00, 0x54, 0x00, 0x01, b'S', b'Q', 0, 0, 0xff, 0xff, 0xff, 0xff, //
        0xfe, 0xff, 0x00, 0xe0, 0xff, 0xff, 0xff, 0xff,
    ];
    /// End of the item and of the sequence.
    const CLOSE: [u8; 16] = [
        0xfe, 0xff, 0x0d, 0xe0, 0, 0, 0, 0, //
        0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0,
    ];
    const DEPTH: usize = 5000;
    let at = pixel_data_at(&files[1]);
    let nest = [OPEN.repeat(DEPTH), CLOSE.repeat(DEPTH)].concat();
    files[1].bytes.splice(at..at, nest);
}

/// Takes bytes off the front of every file.
fn strip(files: &mut [NamedFile], bytes: usize) {
    for file in files {
        file.bytes.drain(..bytes);
    }
}

fn encode_as(files: &mut [NamedFile], transfer_syntax: &str) {
    edit_all(files, |_, object| object.update_meta(|meta| meta.transfer_syntax = transfer_syntax.into()));
}

fn not_dicom_beside(files: &mut Vec<NamedFile>) {
    files.push(NamedFile { name: "README.txt".into(), bytes: b"not a DICOM file\n".to_vec() });
    files.push(NamedFile { name: "empty.dcm".into(), bytes: Vec::new() });
}

/// Components of a UID must not begin with 0; public data has such UIDs.
fn uid_leading_zeros(files: &mut Vec<NamedFile>) {
    edit_all(files, |slice, object| {
        let uid = format!("1.2.003.{:04}", slice + 1);
        put_text(object, tags::SOP_INSTANCE_UID, VR::UI, &uid);
        object.update_meta(|meta| meta.media_storage_sop_instance_uid = uid);
    });
}

fn meta_mismatch(files: &mut Vec<NamedFile>) {
    edit_all(files, |slice, object| {
        object.update_meta(|meta| meta.media_storage_sop_instance_uid = format!("2.25.{}", slice + 1));
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::damage::good_series;

    /// Calcium of 450 HU in slice 3 is stored as 1474 = 0x05c2, background as 1064 = 0x0428, low byte first
    /// or high byte first.
    #[test]
    fn big_endian_pixels_are_swapped() {
        let mut files = good_series("endian", 4, 14).unwrap();
        let contains =
            |bytes: &[u8], wanted: &[u8]| bytes.windows(wanted.len()).any(|window| window == wanted);
        assert!(contains(&files[3].bytes, &[0x28, 0x04, 0xc2, 0x05]));
        encode_as(&mut files, EXPLICIT_VR_BIG_ENDIAN);
        assert!(contains(&files[3].bytes, &[0x04, 0x28, 0x05, 0xc2]));
        assert!(!contains(&files[3].bytes, &[0x28, 0x04, 0xc2, 0x05]));
    }
}
