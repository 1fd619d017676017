//! Writes many series of the same pixels with UIDs of their own, a folder each: what a batch is timed and broken with.
//!
//! ```text
//! cargo run --release -p agatston-phantom --example cohort -- COUNT SLICES SIDE FOLDER
//! cargo run --release -p agatston-phantom --example cohort -- COUNT chest [SIDE] FOLDER
//! ```
//!
//! Each series is `FOLDER/site-N/scan-00001/`, 16 of them a site: `SLICES` of `SIDE` x `SIDE` pixels of 0.5 mm every 3 mm, a body
//! in air with lungs, and plaques of 4 x 4 pixels of 450 HU in every fourth slice, which score 16 each in every protocol. Or a
//! chest with every structure, 47 slices of 512 x 512 unless SIDE is given, which is scored by its anatomy.

use std::{error::Error, path::Path};

use agatston_phantom::{
    Header, Volume,
    chest::{Chest, ChestParameters},
    dicom::{Object, slice_objects, write_objects},
    uid_of,
};
use dicom_core::{DataElement, PrimitiveValue, VR};
use dicom_dictionary_std::tags;
use ndarray::s;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (count, objects, folder) = match words.as_slice() {
        [count, "chest", folder] => (count, chest(ChestParameters::seeded(1)), folder),
        [count, "chest", side, folder] => {
            (count, chest(ChestParameters { matrix: side.parse()?, ..ChestParameters::seeded(1) }), folder)
        }
        [count, slices, side, folder] => {
            (count, slice_objects(&volume(slices.parse()?, side.parse()?), &Header::named("cohort")), folder)
        }
        _ => return Err("usage: cohort COUNT (SLICES SIDE | chest [SIDE]) FOLDER".into()),
    };
    for n in 1..=count.parse::<usize>()? {
        let folder = Path::new(folder).join(format!("site-{}/scan-{n:05}", n / 16));
        write_objects(&folder, &named(&objects, n))?;
    }
    Ok(())
}

/// The same slices as another series of another study.
fn named(objects: &[Object], n: usize) -> Vec<Object> {
    let mut objects = objects.to_vec();
    for (slice, object) in objects.iter_mut().enumerate() {
        for (tag, what) in [
            (tags::STUDY_INSTANCE_UID, format!("cohort {n} study")),
            (tags::SERIES_INSTANCE_UID, format!("cohort {n} series")),
            (tags::SOP_INSTANCE_UID, format!("cohort {n} slice {slice}")),
        ] {
            object.put(DataElement::new(tag, VR::UI, PrimitiveValue::from(uid_of(&what))));
        }
        object.update_meta(|meta| {
            meta.media_storage_sop_instance_uid = uid_of(&format!("cohort {n} slice {slice}"));
        });
    }
    objects
}

fn chest(parameters: ChestParameters) -> Vec<Object> {
    Chest::new(parameters).scan().objects()
}

fn volume(slices: usize, side: usize) -> Volume {
    let mut volume = Volume::filled([slices, side, side], [3.0, 0.5, 0.5], -1000.0);
    let part = |of: usize| side * of / 16;
    volume.hu.slice_mut(s![.., part(1)..part(15), part(1)..part(15)]).fill(40.0);
    for lung in [part(2)..part(6), part(10)..part(14)] {
        volume.hu.slice_mut(s![.., part(3)..part(13), lung]).fill(-850.0);
    }
    let middle = part(8);
    volume.hu.slice_mut(s![..;4, middle..middle + 4, middle..middle + 4]).fill(450.0);
    // Texture, so that no two slices have the same pixels.
    volume.hu.indexed_iter_mut().for_each(|((z, y, x), hu)| {
        if *hu == 40.0 {
            *hu += ((z * 31 + y * 7 + x * 13) % 17) as f64 - 8.0;
        }
    });
    volume
}
