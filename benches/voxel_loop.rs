//! The voxel loop: one plane scanned to runs and values, and a few planes scanned, joined to foci and added up, on one
//! thread. Each pattern checks its answer first.

#[path = "patterns.rs"]
mod patterns;

use agatston_core::{Assigned, Protocol, Scratch, foci, focus_sums};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use ndarray::Array2;
use patterns::{Numbers, SIDE, candidates, realistic, scan_plane};
use std::hint::black_box;

/// Planes that are scored together.
const PLANES: usize = 8;

/// The realistic plane of a thin slice: some 1,800 runs, most of them noise.
fn noisy() -> Array2<i16> {
    let mut numbers = Numbers(2);
    realistic().mapv(|v| if numbers.below(1000) < 6 { v + 130 } else { v })
}

/// A share of single voxels at 500 HU.
fn salt(per_mille: u64) -> Array2<i16> {
    let mut numbers = Numbers(per_mille);
    Array2::from_shape_fn((SIDE, SIDE), |_| if numbers.below(1000) < per_mille { 500 } else { 0 })
}

fn patterns() -> Vec<(&'static str, Array2<i16>)> {
    let even = |n: usize| n.is_multiple_of(2);
    vec![
        ("realistic", realistic()),
        ("noisy", noisy()),
        ("empty", Array2::zeros((SIDE, SIDE))),
        ("salt 0.5 %", salt(5)),
        ("salt 3 %", salt(30)),
        ("salt 10 %", salt(100)),
        ("noise 50 %", salt(500)),
        ("checkerboard", Array2::from_shape_fn((SIDE, SIDE), |(r, c)| if even(r + c) { 500 } else { 0 })),
        ("grid", Array2::from_shape_fn((SIDE, SIDE), |(r, c)| if even(r) && even(c) { 500 } else { 0 })),
    ]
}

/// Candidates that are in a focus, counted or not.
fn planes_to_foci(plane: &Array2<i16>, scratch: &mut Scratch) -> u64 {
    let slices = (0..PLANES).map(|_| scan_plane(black_box(plane), scratch)).collect();
    let found = foci(&candidates(slices), &Assigned::everything(), &Protocol::STANDARD);
    let accepted = focus_sums(&found).into_values();
    accepted.chain(found.withheld.below_minimum.into_values()).map(|tally| tally.pixels).sum()
}

fn voxel_loop(c: &mut Criterion) {
    let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("one thread");
    let mut group = c.benchmark_group("voxel loop");
    for (name, plane) in patterns() {
        let slice = scan_plane(&plane, &mut Scratch::new());
        let passing = plane.iter().filter(|v| **v >= 130).count();
        assert_eq!(slice.values.len(), passing, "{name}");
        assert_eq!(slice, scan_plane(&plane, &mut Scratch::portable()), "{name}");
        let all = one.install(|| planes_to_foci(&plane, &mut Scratch::new()));
        assert_eq!(all, (PLANES * passing) as u64, "{name}: every candidate is in one focus");
        for (form, mut scratch) in [("fastest", Scratch::new()), ("portable", Scratch::portable())] {
            group.throughput(Throughput::Elements((SIDE * SIDE) as u64));
            group.bench_function(BenchmarkId::new(format!("scan, {form}"), name), |b| {
                b.iter(|| scan_plane(black_box(&plane), &mut scratch));
            });
            group.throughput(Throughput::Elements((PLANES * SIDE * SIDE) as u64));
            group.bench_function(BenchmarkId::new(format!("{PLANES} planes to foci, {form}"), name), |b| {
                one.install(|| b.iter(|| planes_to_foci(&plane, &mut scratch)));
            });
        }
    }
    group.finish();
}

criterion_group!(benches, voxel_loop);
criterion_main!(benches);
