//! Damages of the pixels and of what the header says about them.

use dicom_core::{DataElement, PrimitiveValue, VR, value::PixelFragmentSequence};
use dicom_dictionary_std::tags;
use dicom_object::{InMemDicomObject, Tag};

use super::{Damage, NamedFile, edit_all, refused};
use crate::dicom::{put_text, put_words};

pub(super) const DAMAGES: &[Damage] = &[
    refused("monochrome1", &["photometric"], monochrome1),
    refused("colour", &["samples_per_pixel", "photometric"], colour),
    refused("eight_bit", &["bits"], eight_bit),
    refused("bits_outside_stored", &["bits"], bits_outside_stored),
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
