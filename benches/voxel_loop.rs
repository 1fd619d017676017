//! The kernel on one slice: scan to runs and values, then foci. Each pattern checks its answer first.

#[path = "patterns.rs"]
mod patterns;

use agatston_core::{Assigned, Protocol, Scratch, foci};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use patterns::{SIDE, candidates, patterns, scan_plane};
use std::hint::black_box;

fn voxel_loop(c: &mut Criterion) {
    let mut group = c.benchmark_group("voxel loop");
    group.throughput(Throughput::Elements((SIDE * SIDE) as u64));
    for (name, plane) in patterns() {
        let slice = scan_plane(&plane, &mut Scratch::new());
        assert_eq!(slice.values.len(), plane.iter().filter(|v| **v >= 130).count(), "{name}");
        assert_eq!(slice, scan_plane(&plane, &mut Scratch::portable()), "{name}");
        for (form, mut scratch) in [("fastest", Scratch::new()), ("portable", Scratch::portable())] {
            group.bench_function(BenchmarkId::new(format!("scan, {form}"), name), |b| {
                b.iter(|| scan_plane(black_box(&plane), &mut scratch));
            });
        }
        let candidates = candidates(vec![slice]);
        let assigned = Assigned::everything();
        let pixels: u64 =
            foci(&candidates, &assigned, &Protocol::STANDARD).iter().map(|f| u64::from(f.pixels)).sum();
        assert_eq!(pixels, candidates.voxels(), "{name}: every candidate is in one focus");
        group.bench_function(BenchmarkId::new("foci", name), |b| {
            b.iter(|| foci(black_box(&candidates), &assigned, &Protocol::STANDARD));
        });
    }
    group.finish();
}

criterion_group!(benches, voxel_loop);
criterion_main!(benches);
