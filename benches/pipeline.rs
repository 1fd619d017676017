//! A series of 64 slices of 512 x 512, from files to a result; its answer is checked first.

use agatston_engine::{Assign, Choice, Detail, Request, Unwatched, score};
use agatston_phantom::{Header, Volume, dicom};
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

criterion_group!(benches, pipeline);
criterion_main!(benches);
