//! A series of 64 slices of 512 x 512, and a chest of 57 without labels, from files to a result; the answers are checked first.

use agatston_engine::{Assign, Choice, Detail, Request, Unwatched, score};
use agatston_phantom::{
    Header, Volume,
    chest::{Chest, ChestParameters, Coverage},
    dicom,
};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::{hint::black_box, path::PathBuf};

const SLICES: usize = 64;
const SIDE: usize = 512;

/// A body in air with one plaque of 4 x 4 pixels of 0.5 mm at 450 HU in each slice: 16 a slice.
fn volume() -> Volume {
    let mut volume = Volume::filled([SLICES, SIDE, SIDE], [3.0, 0.5, 0.5], -1000.0);
    volume.hu.slice_mut(ndarray::s![.., 50..460, 50..460]).fill(40.0);
    volume.hu.slice_mut(ndarray::s![.., 200..204, 200..204]).fill(450.0);
    volume
}

fn pipeline(c: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    dicom::write_series(folder.path(), &volume(), &Header::named("bench"))
        .expect("the series can be written");
    let inputs: [PathBuf; 1] = [folder.path().to_path_buf()];
    let request = Request { assign: Assign::Everything, detail: Detail::Totals, ..Request::default() };
    let run = || score(&inputs, &Choice::Only, &request, &Unwatched).expect("nothing outside fails");
    let total = run()[0].total.as_ref().and_then(|t| t.sums.measures.agatston);
    assert_eq!(total, Some(16.0 * 64.0));
    let mut group = c.benchmark_group("pipeline");
    group.throughput(Throughput::Elements((SLICES * SIDE * SIDE) as u64)).sample_size(20);
    group.bench_function("64 slices, files to result", |b| b.iter(|| black_box(run())));
    group.finish();
}

/// A chest scored by its anatomy: 57 slices of 3 mm, as the goal of docs/performance.md asks for.
fn anatomy(c: &mut Criterion) {
    let plain = ChestParameters::seeded(2);
    let below_mm = plain.coverage.below_mm;
    let slices = 57;
    let height_mm = f64::from(slices - 1) * 3.0;
    let coverage = Coverage { below_mm, above_mm: height_mm - below_mm };
    let scan = Chest::new(ChestParameters { increment_mm: 3.0, matrix: SIDE, coverage, ..plain }).scan();
    let folder = tempfile::tempdir().expect("a temporary folder");
    scan.write(folder.path()).expect("the series can be written");
    let inputs: [PathBuf; 1] = [folder.path().to_path_buf()];
    let request = Request::default();
    let run = || score(&inputs, &Choice::Only, &request, &Unwatched).expect("nothing outside fails");
    let document = run().remove(0);
    let total = document.total.expect("the chest is accepted");
    let truth = scan.truth.agatston(None);
    assert!(
        total.lower.is_some_and(|lower| lower <= truth) && total.upper.is_some_and(|upper| truth <= upper)
    );
    let mut group = c.benchmark_group("anatomy");
    group.throughput(Throughput::Elements(scan.stored.len() as u64)).sample_size(20);
    let name = format!("{} slices, files to provisional result", scan.stored.shape()[0]);
    group.bench_function(name, |b| b.iter(|| black_box(run())));
    group.finish();
}

criterion_group!(benches, pipeline, anatomy);
criterion_main!(benches);
