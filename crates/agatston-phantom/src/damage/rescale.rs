//! Damages of what turns stored values into HU.

use dicom_core::VR;
use dicom_dictionary_std::tags;
use dicom_object::Tag;

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
    refused("one_slope_missing", &["rescale_missing"], one_slope_missing),
    refused("rescale_type_us", &["not_hu"], rescale_type_us),
    // Without the intercept, body and air alike pass the threshold.
    refused("intercept_lost", &["too_many_candidates", "no_air"], |files| {
        set(files, tags::RESCALE_INTERCEPT, "0");
    }),
    finding("rescale_varies", &["rescale_varies"], rescale_varies),
    harmless("slope_negative", slope_negative),
    harmless("padding_as_unsigned", padding_as_unsigned),
];

fn set(files: &mut [NamedFile], tag: Tag, text: &str) {
    edit_all(files, |_, object| put_text(object, tag, VR::DS, text));
}

fn slope_missing(files: &mut Vec<NamedFile>) {
    edit_all(files, |_, object| {
        object.remove_element(tags::RESCALE_SLOPE);
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
