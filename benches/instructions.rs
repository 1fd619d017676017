//! Work whose instructions are counted: the same planes over and over, so that two runs of different length differ by
//! the work alone. `instructions.sh` runs it under callgrind; without arguments it checks its answers once.
//!
//! ```text
//! instructions kernel fastest|portable TIMES     planes to foci and their sums
//! instructions voxels                            how many voxels are looked at each time
//! instructions series FOLDER SLICES              writes a series of such planes for the whole program
//! ```
#![expect(clippy::print_stdout, reason = "a script reads what it says")]

#[path = "patterns.rs"]
mod patterns;

use agatston_core::{Assigned, Protocol, Scratch, foci, focus_sums};
use agatston_phantom::{Header, Volume, dicom};
use patterns::{SIDE, candidates, realistic, scan_plane};
use std::{hint::black_box, path::Path};

/// Slices that are scored together.
const SLICES: usize = 8;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|w| w != "--bench").collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let count = |text: &str| text.parse().expect("a number");
    match words[..] {
        ["kernel", "fastest", times] => kernel(&mut Scratch::new(), count(times)),
        ["kernel", "portable", times] => kernel(&mut Scratch::portable(), count(times)),
        ["series", folder, slices] => series(Path::new(folder), count(slices)),
        ["voxels"] => println!("{}", SLICES * SIDE * SIDE),
        [] => {
            kernel(&mut Scratch::new(), 1);
            kernel(&mut Scratch::portable(), 1);
        }
        _ => panic!("not understood: {words:?}"),
    }
}

/// Scans planes and adds up their foci.
fn kernel(scratch: &mut Scratch, times: usize) {
    let plane = realistic();
    let voxels = plane.iter().filter(|v| **v >= 130).count();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("one thread");
    let assigned = Assigned::everything();
    pool.install(|| {
        for _ in 0..times {
            let slices = (0..SLICES).map(|_| scan_plane(black_box(&plane), scratch)).collect();
            let foci = foci(&candidates(slices), &assigned, &Protocol::STANDARD);
            let pixels: u64 = focus_sums(&foci).values().map(|tally| tally.pixels).sum();
            assert_eq!(pixels, (SLICES * voxels) as u64, "every plaque is over the smallest focus");
        }
    });
}

/// Writes a series, explicit little endian, each slice the plane of the kernel.
fn series(folder: &Path, slices: usize) {
    let plane = realistic().mapv(f64::from);
    let mut volume = Volume::filled([slices, SIDE, SIDE], [1.0, 0.5, 0.5], 0.0);
    volume.hu.outer_iter_mut().for_each(|mut slice| slice.assign(&plane));
    dicom::write_series(folder, &volume, &Header::named("bench")).expect("the series can be written");
}
