//! Several series in one folder, from files to a result each; every answer is checked first.

use agatston_engine::{Assign, Choice, Detail, Request, Unwatched, score};
use agatston_phantom::{Header, Volume, dicom};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::{hint::black_box, path::PathBuf};

const SERIES: usize = 6;
const SLICES: usize = 32;
const SIDE: usize = 512;

/// Series number `n` has a plaque of 4 x 4 pixels of 0.5 mm in its first `n + 1` slices, 450 HU: 16 each.
fn volume(n: usize) -> Volume {
    let mut volume = Volume::filled([SLICES, SIDE, SIDE], [3.0, 0.5, 0.5], -1000.0);
    volume.hu.slice_mut(ndarray::s![.., 50..460, 50..460]).fill(40.0);
    volume.hu.slice_mut(ndarray::s![..=n, 200..204, 200..204]).fill(450.0);
    volume
}

fn batch(c: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for n in 0..SERIES {
        let header = Header::named(&format!("batch {n}"));
        let below = folder.path().join(n.to_string());
        std::fs::create_dir(&below).expect("a folder");
        dicom::write_series(&below, &volume(n), &header).expect("the series can be written");
    }
    let inputs: [PathBuf; 1] = [folder.path().to_path_buf()];
    let request = Request { assign: Assign::Everything, detail: Detail::Totals, ..Request::default() };
    let run = || score(&inputs, &Choice::All, &request, &Unwatched).expect("nothing outside fails");
    let mut totals: Vec<_> =
        run().iter().map(|d| d.total.as_ref().and_then(|t| t.sums.measures.agatston)).collect();
    totals.sort_by(|a, b| a.partial_cmp(b).expect("numbers"));
    let expected = (1..=SERIES).map(|n| Some(16.0 * f64::from(u32::try_from(n).expect("few"))));
    assert_eq!(totals, expected.collect::<Vec<_>>());
    let mut group = c.benchmark_group("batch");
    group.throughput(Throughput::Elements((SERIES * SLICES * SIDE * SIDE) as u64)).sample_size(20);
    group.bench_function(format!("{SERIES} series of {SLICES} slices, files to results"), |b| {
        b.iter(|| black_box(run()));
    });
    group.finish();
}

criterion_group!(benches, batch);
criterion_main!(benches);
