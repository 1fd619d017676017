//! How near the voxel loop comes to what the machine can do: 300 planes in memory only read, and read, scanned, joined to
//! foci and added up, on one and on two threads. The smallest time of some rounds counts, because other work only adds.
#![expect(clippy::print_stdout, reason = "a bench tells what it measured")]

#[path = "patterns.rs"]
mod patterns;

use agatston_core::{Assigned, Protocol, Scratch, foci, focus_sums};
use ndarray::Array2;
use patterns::{SIDE, candidates, realistic, scan_plane};
use rayon::prelude::*;
use std::{
    hint::black_box,
    time::{Duration, Instant},
};

fn main() {
    let timed = std::env::args().any(|word| word == "--bench");
    let (planes, rounds) = if timed { (300, 15) } else { (4, 1) };
    let plane = realistic();
    let volume = vec![plane.clone(); planes];
    let passing = plane.iter().filter(|v| **v >= 130).count();
    println!("{planes} planes of {SIDE} x {SIDE}, best of {rounds} rounds");
    println!(
        "{:>8}{:>14}{:>14}{:>14}{:>10}{:>10}",
        "threads", "read GB/s", "fastest", "portable", "ratio", "ratio"
    );
    for threads in [1, 2] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        let (mut read, mut fast, mut plain) = (Duration::MAX, Duration::MAX, Duration::MAX);
        for _ in 0..rounds {
            pool.install(|| {
                read = read.min(time(|| volume.par_iter().map(only_read).reduce(|| 0, |a, b| a ^ b)));
                fast = fast.min(time(|| scored(&volume, Scratch::new, passing)));
                plain = plain.min(time(|| scored(&volume, Scratch::portable, passing)));
            });
        }
        #[expect(clippy::cast_precision_loss, reason = "a few hundred MB")]
        let speed = |t: Duration| (planes * SIDE * SIDE * 2) as f64 / t.as_secs_f64() / 1e9;
        let ratio = |t: Duration| t.as_secs_f64() / read.as_secs_f64();
        println!(
            "{threads:>8}{:>14.1}{:>14.1}{:>14.1}{:>10.2}{:>10.2}",
            speed(read),
            speed(fast),
            speed(plain),
            ratio(fast),
            ratio(plain)
        );
    }
}

fn time<T>(work: impl FnOnce() -> T) -> Duration {
    let start = Instant::now();
    black_box(work());
    start.elapsed()
}

/// Touches every voxel and does nothing else with it.
fn only_read(plane: &Array2<i16>) -> i16 {
    plane.as_slice().expect("standard layout").iter().fold(0, |a, &v| a ^ v)
}

/// Everything that the score needs of the voxels.
fn scored(volume: &[Array2<i16>], scratch: fn() -> Scratch, passing: usize) {
    let slices = volume.par_iter().map_init(scratch, |scratch, plane| scan_plane(plane, scratch)).collect();
    let sums = focus_sums(&foci(&candidates(slices), &Assigned::everything(), &Protocol::STANDARD));
    let pixels: u64 = sums.values().map(|tally| tally.pixels).sum();
    assert_eq!(pixels, (volume.len() * passing) as u64, "every plaque is over the smallest focus");
}
