//! Damages of the pixels and of what the header says about them.

use dicom_core::{DataElement, PrimitiveValue, VR, value::PixelFragmentSequence};
use dicom_dictionary_std::tags;
use dicom_object::{InMemDicomObject, Tag};

use super::{Damage, NamedFile, edit_all, finding, harmless, refused};
use crate::dicom::{put_text, put_words};

pub(super) const DAMAGES: &[Damage] = &[
    refused("monochrome1", &["photometric"], monochrome1),
    refused("colour", &["samples_per_pixel", "photometric"], colour),
    refused("eight_bit", &["bits"], eight_bit),
    refused("photometric_missing", &["photometric"], |files| {
        edit_all(files, |_, object| {
            object.remove_element(tags::PHOTOMETRIC_INTERPRETATION);
        });
    }),
    refused("bits_stored_17", &["bits"], |files| number_in_all(files, tags::BITS_STORED, 17)),
    refused("high_bit_14", &["bits"], |files| number_in_all(files, tags::HIGH_BIT, 14)),
    refused("bits_allocated_32", &["bits"], |files| number_in_all(files, tags::BITS_ALLOCATED, 32)),
    refused("representation_2", &["bits"], |files| number_in_all(files, tags::PIXEL_REPRESENTATION, 2)),
    refused("representation_missing", &["bits"], |files| {
        edit_all(files, |_, object| {
            object.remove_element(tags::PIXEL_REPRESENTATION);
        });
    }),
    refused("columns_zero", &["geometry_missing"], |files| {
        files[1].edit(|object| put_number(object, tags::COLUMNS, 0));
    }),
    refused("rows_65535", &["limits", "mixed_series", "pixel_length"], |files| {
        number_in_all(files, tags::ROWS, u16::MAX);
    }),
    harmless("samples_missing", |files| {
        edit_all(files, |_, object| {
            object.remove_element(tags::SAMPLES_PER_PIXEL);
        });
    }),
    refused("bits_outside_stored", &["bits"], bits_outside_stored).of_good_series(),
    finding("overlay_in_the_high_bits", &["bits"], overlay_in_the_high_bits).of_good_series(),
    refused("padding_takes_in_calcium", &["padding_unclear"], padding_takes_in_calcium).of_good_series(),
    finding("padding_of_two_values", &["padding_unclear"], |files| {
        edit_all(files, |_, object| {
            let values = PrimitiveValue::U16([0, 1].as_slice().into());
            object.put(DataElement::new(tags::PIXEL_PADDING_VALUE, VR::US, values));
        });
    }),
    refused("pixels_long", &["pixel_length"], pixels_long),
    refused("one_slice_blank", &["blank_slice"], |files| {
        files[1].edit(|object| map_words(object, |_| 0));
    })
    .coronary()
    .changes_score(),
    refused("range_below_calcium", &["range_cut"], |files| {
        edit_all(files, |_, object| {
            put_text(object, tags::RESCALE_SLOPE, VR::DS, "0.25");
            map_words(object, |word| word / 4);
        });
    })
    .of_good_series(),
    finding("one_slice_copied", &["repeated_pixels"], |files| {
        let (middle, mut copied) = (files.len() / 2, Vec::new());
        files[middle].edit(|object| copied = words(object));
        files[middle - 1].edit(|object| put_words(object, copied.clone()));
    })
    .coronary()
    .changes_score(),
    refused("air_lost", &["no_air"], |files| air_at(files, 1024)).coronary().of_good_series(),
    finding("air_off_by_60", &["hu_offset"], |files| air_at(files, 84)).coronary().of_good_series(),
    refused("air_off_by_90", &["hu_offset"], |files| air_at(files, 114)).coronary().of_good_series(),
    finding("metal_in_calcium", &["metal"], metal_in_calcium).coronary().of_good_series(),
    refused("pixels_short", &["pixel_length", "truncated_file"], pixels_short),
    refused("pixels_missing", &["pixel_length", "truncated_file", "decode_failed"], pixels_missing),
    refused("mpeg2", &["unsupported_syntax"], mpeg2),
    refused("jpeg_2000_garbage", &["decode_failed"], jpeg_2000_garbage),
];

fn monochrome1(files: &mut Vec<NamedFile>) {
    edit_all(files, |_, object| {
        put_text(object, tags::PHOTOMETRIC_INTERPRETATION, VR::CS, "MONOCHROME1");
    });
}

fn colour(files: &mut Vec<NamedFile>) {
    edit_all(files, |_, object| {
        put_text(object, tags::PHOTOMETRIC_INTERPRETATION, VR::CS, "RGB");
        put_number(object, tags::SAMPLES_PER_PIXEL, 3);
        put_number(object, tags::PLANAR_CONFIGURATION, 0);
        let tripled = words(object).into_iter().flat_map(|word| [word; 3]).collect();
        put_words(object, tripled);
    });
}

fn eight_bit(files: &mut Vec<NamedFile>) {
    edit_all(files, |_, object| {
        for (tag, number) in [(tags::BITS_ALLOCATED, 8), (tags::BITS_STORED, 8), (tags::HIGH_BIT, 7)] {
            put_number(object, tag, number);
        }
        let bytes: Vec<u8> = words(object).into_iter().map(|word| (word >> 4).to_le_bytes()[0]).collect();
        object.put(DataElement::new(tags::PIXEL_DATA, VR::OW, PrimitiveValue::U8(bytes.into())));
    });
}

/// 5296 needs 13 bits: cut to the 12 of the header it would be 176 HU instead of 4272.
fn bits_outside_stored(files: &mut Vec<NamedFile>) {
    files[1].edit(|object| {
        let mut words = words(object);
        let middle = words.len() / 2;
        words[middle] = 5296;
        put_words(object, words);
    });
}

/// Puts a number into every file.
fn number_in_all(files: &mut [NamedFile], tag: Tag, number: u16) {
    edit_all(files, |_, object| put_number(object, tag, number));
}

/// Bit 12 of some pixels belongs to an overlay that says so.
fn overlay_in_the_high_bits(files: &mut Vec<NamedFile>) {
    edit_all(files, |_, object| {
        put_number(object, Tag(0x6000, 0x0100), 16);
        put_number(object, Tag(0x6000, 0x0102), 12);
        let mut words = words(object);
        words.iter_mut().step_by(5).for_each(|word| *word |= 1 << 12);
        put_words(object, words);
    });
}

/// Padding from 100 to 500 HU, where all the calcium of the good series is.
fn padding_takes_in_calcium(files: &mut Vec<NamedFile>) {
    number_in_all(files, tags::PIXEL_PADDING_VALUE, 1124);
    number_in_all(files, tags::PIXEL_PADDING_RANGE_LIMIT, 1524);
}

fn pixels_long(files: &mut Vec<NamedFile>) {
    files[1].edit(|object| {
        let mut words = words(object);
        words.extend([1064; 8]);
        put_words(object, words);
    });
}

/// Gives air, which is stored as 24, another stored value.
fn air_at(files: &mut [NamedFile], stored: u16) {
    edit_all(files, |_, object| map_words(object, |word| if word == 24 { stored } else { word }));
}

/// Four pixels of the plaque of 450 HU at the largest stored value, 3071 HU: its weight is 4 already.
fn metal_in_calcium(files: &mut Vec<NamedFile>) {
    for file in files.iter_mut().skip(3).take(1) {
        file.edit(|object| {
            let mut words = words(object);
            words.iter_mut().filter(|word| **word == 1474).take(4).for_each(|word| *word = 4095);
            put_words(object, words);
        });
    }
}

fn pixels_short(files: &mut Vec<NamedFile>) {
    files[1].edit(|object| {
        let words = words(object);
        put_words(object, words[..words.len() - 8].to_vec());
    });
}

fn pixels_missing(files: &mut Vec<NamedFile>) {
    files[1].edit(|object| {
        object.remove_element(tags::PIXEL_DATA);
    });
}

/// MPEG2 Main Profile, which is no way to keep a CT.
fn mpeg2(files: &mut Vec<NamedFile>) {
    encapsulate(files, "1.2.840.10008.1.2.4.100");
}

/// JPEG 2000 lossless whose codestream is none.
fn jpeg_2000_garbage(files: &mut Vec<NamedFile>) {
    encapsulate(files, "1.2.840.10008.1.2.4.90");
}

/// Puts a fragment of zeros under a compressed transfer syntax.
fn encapsulate(files: &mut [NamedFile], transfer_syntax: &str) {
    edit_all(files, |_, object| {
        let fragments = PixelFragmentSequence::new_fragments(vec![vec![0_u8; 64]]);
        object.put(DataElement::new(tags::PIXEL_DATA, VR::OB, fragments));
        object.update_meta(|meta| meta.transfer_syntax = transfer_syntax.into());
    });
}

/// The stored words of an object of our own writer.
pub(super) fn words(object: &InMemDicomObject) -> Vec<u16> {
    let element = object.element(tags::PIXEL_DATA).expect("written by us");
    element.to_multi_int::<u16>().expect("native 16-bit pixels")
}

/// Replaces every stored word.
pub(super) fn map_words(object: &mut InMemDicomObject, change: impl Fn(u16) -> u16) {
    let changed = words(object).into_iter().map(change).collect();
    put_words(object, changed);
}

/// Puts an unsigned 16-bit number.
pub(super) fn put_number(object: &mut InMemDicomObject, tag: Tag, number: u16) {
    object.put(DataElement::new(tag, VR::US, PrimitiveValue::from(number)));
}
