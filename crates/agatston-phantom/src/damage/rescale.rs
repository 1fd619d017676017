//! Damages of what turns stored values into HU.

use dicom_core::{DataElement, Length, VR, value::DataSetSequence};
use dicom_dictionary_std::tags;
use dicom_object::{InMemDicomObject, Tag};

use super::{
    Damage, NamedFile, edit_all, finding, harmless,
    pixels::{map_words, put_number},
    refused,
};
use crate::dicom::put_text;

pub(super) const DAMAGES: &[Damage] = &[
    refused("slope_missing", &["rescale_missing"], slope_missing),
    refused("intercept_empty", &["rescale_missing"], |files| set(files, tags::RESCALE_INTERCEPT, "")),
    refused("intercept_comma", &["rescale_missing"], |files| set(files, tags::RESCALE_INTERCEPT, "-1,02")),
    refused("slope_nan", &["rescale_missing"], |files| set(files, tags::RESCALE_SLOPE, "NaN")),
    refused("slope_infinite", &["rescale_missing"], |files| set(files, tags::RESCALE_SLOPE, "1e999")),
    refused("slope_zero", &["rescale_missing"], |files| set(files, tags::RESCALE_SLOPE, "0")),
    refused("slope_of_words", &["rescale_missing"], |files| set(files, tags::RESCALE_SLOPE, "one")),
    refused("intercept_of_two_numbers", &["rescale_missing"], |files| {
        set(files, tags::RESCALE_INTERCEPT, "-1024\\-1024");
    }),
    refused("modality_lut", &["rescale_missing"], modality_lut),
    refused("one_slope_missing", &["rescale_missing"], one_slope_missing),
    refused("rescale_type_us", &["not_hu"], rescale_type_us),
    // Without the intercept, body and air alike pass the threshold.
    refused("intercept_lost", &["too_many_candidates", "no_air"], |files| {
        set(files, tags::RESCALE_INTERCEPT, "0");
    })
    .of_good_series(),
    // Applied once in the pixels and once more in the header: calcium is as dark as air.
    refused("intercept_twice", &["no_soft_tissue"], |files| set(files, tags::RESCALE_INTERCEPT, "-2048"))
        .coronary()
        .changes_score()
        .of_good_series(),
    // Everything is darker than air, so that all of it could be taken for padding.
    refused("intercept_far_too_low", &["no_soft_tissue"], |files| {
        set(files, tags::RESCALE_INTERCEPT, "-3600");
    })
    .coronary()
    .changes_score(),
    finding("intercept_off_by_60", &["hu_offset"], |files| set(files, tags::RESCALE_INTERCEPT, "-1084"))
        .coronary()
        .changes_score()
        .of_good_series(),
    refused("intercept_off_by_90", &["hu_offset"], |files| set(files, tags::RESCALE_INTERCEPT, "-1114"))
        .coronary()
        .changes_score()
        .of_good_series(),
    refused("every_second_slice_off_by_90", &["hu_offset"], |files| {
        edit_all(files, |slice, object| {
            if slice % 2 == 1 {
                put_text(object, tags::RESCALE_INTERCEPT, VR::DS, "-1114");
            }
        });
    })
    .coronary()
    .changes_score()
    .of_good_series(),
    finding("rescale_varies", &["rescale_varies"], rescale_varies).of_good_series(),
    harmless("rescale_type_in_lower_case", |files| {
        edit_all(files, |_, object| put_text(object, tags::RESCALE_TYPE, VR::LO, " hu "));
    }),
    harmless("rescale_type_missing", |files| {
        edit_all(files, |_, object| {
            object.remove_element(tags::RESCALE_TYPE);
        });
    }),
    harmless("slope_negative", slope_negative).of_good_series(),
    harmless("padding_as_unsigned", padding_as_unsigned).of_good_series(),
];

fn set(files: &mut [NamedFile], tag: Tag, text: &str) {
    edit_all(files, |_, object| put_text(object, tag, VR::DS, text));
}

fn slope_missing(files: &mut Vec<NamedFile>) {
    edit_all(files, |_, object| {
        object.remove_element(tags::RESCALE_SLOPE);
    });
}

/// A table that makes other numbers of the stored ones than slope and intercept would.
fn modality_lut(files: &mut Vec<NamedFile>) {
    edit_all(files, |_, object| {
        let mut item = InMemDicomObject::new_empty();
        put_text(&mut item, tags::MODALITY_LUT_TYPE, VR::LO, "HU");
        let sequence = DataSetSequence::new(vec![item], Length::UNDEFINED);
        object.put(DataElement::new(tags::MODALITY_LUT_SEQUENCE, VR::SQ, sequence));
    });
}

fn one_slope_missing(files: &mut Vec<NamedFile>) {
    files[1].edit(|object| {
        object.remove_element(tags::RESCALE_SLOPE);
    });
}

fn rescale_type_us(files: &mut Vec<NamedFile>) {
    edit_all(files, |_, object| put_text(object, tags::RESCALE_TYPE, VR::LO, "US"));
}

/// Odd slices store the double at half the slope: the same HU, if the slope of each slice is used.
fn rescale_varies(files: &mut Vec<NamedFile>) {
    edit_all(files, |slice, object| {
        if slice % 2 == 1 {
            put_text(object, tags::RESCALE_SLOPE, VR::DS, "0.5");
            map_words(object, |stored| stored * 2);
        }
    });
}

/// `hu = stored - 1024` written as `hu = 3071 - (4095 - stored)`: the slope is -1, the HU are the same.
fn slope_negative(files: &mut Vec<NamedFile>) {
    edit_all(files, |_, object| {
        put_text(object, tags::RESCALE_SLOPE, VR::DS, "-1");
        put_text(object, tags::RESCALE_INTERCEPT, VR::DS, "3071");
        map_words(object, |stored| 4095 - stored);
    });
}

/// Signed pixels with -2000 outside the circle, and PixelPaddingValue written as the unsigned 63536.
fn padding_as_unsigned(files: &mut Vec<NamedFile>) {
    edit_all(files, |_, object| {
        put_number(object, tags::BITS_STORED, 16);
        put_number(object, tags::HIGH_BIT, 15);
        put_number(object, tags::PIXEL_REPRESENTATION, 1);
        put_number(object, tags::PIXEL_PADDING_VALUE, 63536);
        // Air at -1000 HU is stored as 24: all of it becomes padding but a tenth, which stays air.
        let mut words = super::pixels::words(object);
        let air = words.iter_mut().filter(|word| **word == 24);
        air.enumerate().filter(|(index, _)| index % 10 != 0).for_each(|(_, word)| *word = 63536);
        crate::dicom::put_words(object, words);
    });
}
