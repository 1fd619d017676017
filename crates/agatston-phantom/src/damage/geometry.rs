//! Damages of order, spacing, orientation and identity.

use dicom_core::VR;
use dicom_dictionary_std::tags;
use dicom_object::Tag;

use super::{Damage, NamedFile, edit_all, finding, harmless, refused};
use crate::dicom::{put_decimals, put_text};

/// Sine and cosine of 15 degrees.
const TILT: [f64; 2] = [0.258_819_045_102_520_8, 0.965_925_826_289_068_3];

pub(super) const DAMAGES: &[Damage] = &[
    refused("missing_slice", &["missing_slice"], missing_slice),
    refused("slice_off_its_place", &["missing_slice"], slice_off_its_place),
    finding("duplicate_identical", &["duplicate_slice"], duplicate_identical),
    refused("duplicate_position", &["duplicate_slice"], duplicate_position),
    refused("single_slice", &["single_slice"], |files| files.truncate(1)),
    refused("patient_mixed", &["patient_mixed"], patient_mixed),
    refused("coronal", &["not_axial"], coronal),
    refused("gantry_tilt", &["gantry_tilt", "not_axial"], gantry_tilt),
    refused("sheared", &["sheared"], sheared),
    finding("gap_small", &["interslice_gap"], |files| set_thickness(files, 1.0 / 1.15)),
    refused("gap_large", &["interslice_gap"], |files| set_thickness(files, 0.5)),
    finding("overlap", &["overlap"], |files| set_thickness(files, 1.5)),
    refused("rows_disagree", &["mixed_series", "matrix_mismatch", "missing_slice"], rows_disagree),
    refused("position_missing", &["geometry_missing"], |files| remove(files, tags::IMAGE_POSITION_PATIENT)),
    refused("position_is_no_number", &["geometry_missing"], |files| {
        set_one(files, tags::IMAGE_POSITION_PATIENT, "0\\NaN\\3");
    }),
    refused("position_of_two_numbers", &["geometry_missing"], |files| {
        set_one(files, tags::IMAGE_POSITION_PATIENT, "0\\3");
    }),
    refused("orientation_missing", &["geometry_missing"], |files| {
        remove(files, tags::IMAGE_ORIENTATION_PATIENT);
    }),
    refused("orientation_not_orthogonal", &["geometry_missing"], |files| {
        set_one(files, tags::IMAGE_ORIENTATION_PATIENT, "1\\0\\0\\1\\0\\0");
    }),
    refused("one_slice_turned", &["mixed_series"], |files| {
        set_one(files, tags::IMAGE_ORIENTATION_PATIENT, "0\\1\\0\\-1\\0\\0");
    }),
    refused("spacing_missing", &["geometry_missing"], |files| remove(files, tags::PIXEL_SPACING)),
    refused("spacing_zero", &["geometry_missing"], |files| set_one(files, tags::PIXEL_SPACING, "0\\0.5")),
    refused("spacing_of_a_microscope", &["geometry_missing"], |files| {
        edit_all(files, |_, object| put_text(object, tags::PIXEL_SPACING, VR::DS, "0.00488\\0.00488"));
    }),
    refused("spacing_without_end", &["geometry_missing"], |files| {
        edit_all(files, |_, object| put_text(object, tags::PIXEL_SPACING, VR::DS, "1e300\\1e300"));
    }),
    refused("spacing_comma", &["geometry_missing"], |files| {
        set_one(files, tags::PIXEL_SPACING, "0,5\\0,5");
    }),
    refused("spacing_differs", &["mixed_series"], |files| set_one(files, tags::PIXEL_SPACING, "0.6\\0.6")),
    refused("frame_of_reference_differs", &["mixed_series"], |files| {
        files[1].edit(|object| put_text(object, tags::FRAME_OF_REFERENCE_UID, VR::UI, "2.25.18"));
    }),
    refused("series_uid_differs", &["missing_slice", "single_slice", "no_scorable_series"], |files| {
        files[1].edit(|object| put_text(object, tags::SERIES_INSTANCE_UID, VR::UI, "2.25.19"));
    }),
    refused("patient_empty_in_one", &["patient_mixed"], |files| {
        files[1].edit(|object| put_text(object, tags::PATIENT_ID, VR::LO, ""));
    }),
    harmless("patient_empty", |files| {
        edit_all(files, |_, object| {
            put_text(object, tags::PATIENT_ID, VR::LO, "");
            put_text(object, tags::PATIENT_NAME, VR::PN, "");
        });
    }),
    finding("uids_missing", &["uid_missing"], |files| {
        edit_all(files, |_, object| {
            for tag in [tags::STUDY_INSTANCE_UID, tags::SERIES_INSTANCE_UID, tags::FRAME_OF_REFERENCE_UID] {
                object.remove_element(tag);
            }
        });
    }),
    finding("one_uid_for_all_slices", &["uid_invalid"], |files| {
        edit_all(files, |_, object| put_text(object, tags::SOP_INSTANCE_UID, VR::UI, "2.25.20"));
    }),
    finding("thickness_missing", &["interslice_gap"], |files| {
        edit_all(files, |_, object| {
            object.remove_element(tags::SLICE_THICKNESS);
        });
    }),
    harmless("files_shuffled", files_shuffled),
    harmless("instance_numbers_reversed", instance_numbers_reversed),
];

/// Takes an element out of the second file.
fn remove(files: &mut [NamedFile], tag: Tag) {
    files[1].edit(|object| {
        object.remove_element(tag);
    });
}

/// Gives the second file another value.
fn set_one(files: &mut [NamedFile], tag: Tag, text: &str) {
    files[1].edit(|object| put_text(object, tag, VR::DS, text));
}

fn missing_slice(files: &mut Vec<NamedFile>) {
    files.remove(files.len() / 2);
}

/// The second slice 1.2 mm too high: no gap, but off the line.
fn slice_off_its_place(files: &mut Vec<NamedFile>) {
    move_slices(files, |slice, z| if slice == 1 { [0.0, z + 1.2] } else { [0.0, z] });
}

fn duplicate_identical(files: &mut Vec<NamedFile>) {
    let copy = NamedFile { name: "COPY.dcm".into(), ..files[1].clone() };
    files.push(copy);
}

/// A second image at the place of the second slice, with other pixels and a UID of its own.
fn duplicate_position(files: &mut Vec<NamedFile>) {
    let mut other = NamedFile { name: "OTHER.dcm".into(), ..files[2].clone() };
    let z = position(&files[1])[2];
    other.edit(|object| {
        put_text(object, tags::SOP_INSTANCE_UID, VR::UI, "2.25.17");
        object.update_meta(|meta| meta.media_storage_sop_instance_uid = "2.25.17".into());
    });
    files.push(other);
    let last = files.len() - 1;
    move_slices(&mut files[last..], |_, _| [0.0, z]);
}

fn patient_mixed(files: &mut Vec<NamedFile>) {
    files[1].edit(|object| {
        put_text(object, tags::PATIENT_ID, VR::LO, "PHANTOM2");
        put_text(object, tags::PATIENT_NAME, VR::PN, "PHANTOM^OTHER");
    });
}

/// Coronal planes stacked from front to back.
fn coronal(files: &mut Vec<NamedFile>) {
    edit_all(files, |slice, object| {
        put_decimals(object, tags::IMAGE_ORIENTATION_PATIENT, &[1.0, 0.0, 0.0, 0.0, 0.0, -1.0]);
        let y = 3.0 * crate::volume::as_f64(slice);
        put_decimals(object, tags::IMAGE_POSITION_PATIENT, &[0.0, y, 0.0]);
    });
}

/// A gantry tilted by 15 degrees while the table moves along z.
fn gantry_tilt(files: &mut Vec<NamedFile>) {
    edit_all(files, |_, object| {
        put_decimals(object, tags::GANTRY_DETECTOR_TILT, &[15.0]);
        put_decimals(object, tags::IMAGE_ORIENTATION_PATIENT, &[1.0, 0.0, 0.0, 0.0, TILT[1], TILT[0]]);
    });
}

/// Axial planes, each 2 mm further back than the one below.
fn sheared(files: &mut Vec<NamedFile>) {
    move_slices(files, |slice, z| [2.0 * crate::volume::as_f64(slice), z]);
}

/// Gives all slices a thickness of so many increments.
fn set_thickness(files: &mut [NamedFile], increments: f64) {
    let increment = position(&files[1])[2] - position(&files[0])[2];
    edit_all(files, |_, object| put_decimals(object, tags::SLICE_THICKNESS, &[increments * increment]));
}

/// One slice has half the rows.
fn rows_disagree(files: &mut Vec<NamedFile>) {
    files[1].edit(|object| {
        let rows = object.element(tags::ROWS).expect("written by us").to_int::<u16>().expect("a number");
        let words = super::pixels::words(object);
        super::pixels::put_number(object, tags::ROWS, rows / 2);
        crate::dicom::put_words(object, words[..words.len() / 2].to_vec());
    });
}

/// The names say nothing about the order.
fn files_shuffled(files: &mut Vec<NamedFile>) {
    files.reverse();
    for (index, file) in files.iter_mut().enumerate() {
        file.name = format!("{}.ima", index * 5 % 8);
    }
    files.swap(0, 1);
}

fn instance_numbers_reversed(files: &mut Vec<NamedFile>) {
    let count = files.len();
    edit_all(files, |slice, object| {
        put_text(object, tags::INSTANCE_NUMBER, VR::IS, &(count - slice).to_string());
    });
}

/// ImagePositionPatient in LPS mm.
fn position(file: &NamedFile) -> Vec<f64> {
    let object = file.decode();
    let element = object.element(tags::IMAGE_POSITION_PATIENT).expect("written by us");
    element.to_multi_float64().expect("three numbers")
}

/// Gives each slice a shift along y and a new z, both in mm.
fn move_slices(files: &mut [NamedFile], place: impl Fn(usize, f64) -> [f64; 2]) {
    for (slice, file) in files.iter_mut().enumerate() {
        let old = position(file);
        let [shift_y, z] = place(slice, old[2]);
        file.edit(|object| {
            put_decimals(object, tags::IMAGE_POSITION_PATIENT, &[old[0], old[1] + shift_y, z])
        });
    }
}
