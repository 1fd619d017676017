//! Writes many series of the same pixels with UIDs of their own, a folder each: what a batch is timed and broken with.
//!
//! ```text
//! cargo run --release -p agatston-phantom --example cohort -- COUNT SLICES SIDE FOLDER
//! ```
//!
//! Each series is `FOLDER/site-N/scan-00001/`, 16 of them a site: `SLICES` of `SIDE` x `SIDE` pixels of 0.5 mm every 3 mm, a body
//! in air with lungs, and plaques of 4 x 4 pixels of 450 HU in every fourth slice, which score 16 each in every protocol.

use std::{error::Error, fs, path::Path};

use agatston_phantom::{Header, Volume, dicom};
use ndarray::s;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [count, slices, side, folder] = arguments.as_slice() else {
        return Err("usage: cohort COUNT SLICES SIDE FOLDER".into());
    };
    let (count, slices, side): (usize, usize, usize) = (count.parse()?, slices.parse()?, side.parse()?);
    let volume = volume(slices, side);
    for n in 1..=count {
        let folder = Path::new(folder).join(format!("site-{}/scan-{n:05}", n / 16));
        fs::create_dir_all(&folder)?;
        dicom::write_series(&folder, &volume, &Header::named(&format!("cohort {n}")))?;
    }
    Ok(())
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
