//! One pass over one plane: stored values in, runs of candidates and the values under them out.
//!
//! The loop itself is in `simd`. Left out: components. They come after assignment, because a label border may cut
//! a run in two.

use crate::{
    Bins, BlockGrid, Blocks, Plane, Rescale, Run, Sample,
    blocks::{BlockSums, ColumnSums},
    simd::{Backend, Found, Passing, Rows},
};
use ndarray::ArrayView2;
use twox_hash::XxHash3_128;

/// What is kept of one plane.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SliceScan {
    /// The stored value from which voxels were collected; `None`: no stored value passes.
    pub bound: Option<i16>,
    /// Runs of candidates, ordered by row and start.
    pub runs: Vec<Run>,
    /// Stored values of the runs, concatenated in their order.
    pub values: Vec<i16>,
    /// xxh3-128 of the stored values as little-endian `i16` in `[row, column]` order, when asked for.
    pub digest: Option<u128>,
    /// How often stored values occur, when asked for.
    pub sample: Option<Sample>,
    /// Sums over blocks of pixels, when asked for.
    pub blocks: Option<Blocks>,
}

impl SliceScan {
    /// Whether every voxel reaches a bound because none was collected below it.
    pub(crate) fn all_reach(&self, bound: i16) -> bool {
        self.bound.is_some_and(|from| bound <= from)
    }

    /// Number of voxels at or over a bound; of no bound, none.
    pub(crate) fn voxels_from(&self, bound: Option<i16>) -> u64 {
        match bound {
            Some(bound) if self.all_reach(bound) => self.values.len() as u64,
            Some(bound) => self.values.iter().map(|&v| u64::from(v >= bound)).sum(),
            None => 0,
        }
    }
}

/// What a scan gathers beside the candidates.
#[derive(Clone, Copy, Debug, Default)]
pub struct ScanSpec {
    /// Hash the stored values ([`SliceScan::digest`]).
    pub digest: bool,
    /// Count how often stored values occur, in these bins ([`SliceScan::sample`]).
    pub sample: Option<Bins>,
    /// Add up blocks of pixels, which hold HU by this rescale ([`SliceScan::blocks`]).
    pub blocks: Option<(BlockGrid, Rescale)>,
}

/// Working memory of [`scan`], one a thread, grown once.
#[derive(Debug)]
pub struct Scratch {
    backend: Backend,
    runs: Vec<Run>,
    values: Vec<i16>,
    row: Vec<i16>,
    columns: ColumnSums,
}

impl Scratch {
    /// Working memory that uses the fastest instructions of this machine.
    pub fn new() -> Self {
        Self::with(Backend::detect())
    }

    /// Working memory that uses no instructions but the portable ones: for comparisons and measurements.
    pub fn portable() -> Self {
        Self::with(Backend::Portable)
    }

    fn with(backend: Backend) -> Self {
        Self {
            backend,
            runs: Vec::new(),
            values: Vec::new(),
            row: Vec::new(),
            columns: ColumnSums::default(),
        }
    }
}

impl Default for Scratch {
    fn default() -> Self {
        Self::new()
    }
}

/// Finds the runs of voxels whose stored value is at or over `bound` and not padding.
///
/// `bound` is in stored units, see [`Protocol::scan_bound`](crate::Protocol::scan_bound); `None` means that no
/// stored value reaches the threshold.
///
/// # Panics
///
/// With more than 65,535 columns or rows, which a [`Geometry`](crate::Geometry) cannot express.
pub fn scan(plane: &Plane<'_>, bound: Option<i16>, spec: &ScanSpec, scratch: &mut Scratch) -> SliceScan {
    let mut scan = Scan::new(bound, spec, scratch);
    scan.strip(plane);
    scan.finish()
}

/// A scan of one plane that comes strip by strip, from the top; every strip has the columns of the plane.
pub struct Scan<'s> {
    bound: Option<i16>,
    hash: Option<XxHash3_128>,
    sample: Option<Sample>,
    blocks: Option<BlockSums>,
    /// Rows seen so far.
    rows: usize,
    scratch: &'s mut Scratch,
}

impl<'s> Scan<'s> {
    /// Begins a plane; `bound` and `spec` as for [`scan`].
    pub fn new(bound: Option<i16>, spec: &ScanSpec, scratch: &'s mut Scratch) -> Self {
        scratch.runs.clear();
        scratch.values.clear();
        let hash = spec.digest.then(XxHash3_128::new);
        let sums = |(grid, rescale)| BlockSums::new(grid, rescale, &mut scratch.columns);
        let blocks = spec.blocks.map(sums);
        Self { bound, hash, sample: spec.sample.map(Sample::new), blocks, rows: 0, scratch }
    }

    /// Takes the next rows.
    ///
    /// # Panics
    ///
    /// As [`scan`].
    pub fn strip(&mut self, plane: &Plane<'_>) {
        if let Some(hash) = &mut self.hash {
            digest(plane.stored, hash);
        }
        if let Some(sample) = &mut self.sample {
            sample.take(plane, self.rows);
        }
        if let Some(blocks) = &mut self.blocks {
            blocks.take(plane, self.rows, &mut self.scratch.columns);
        }
        if let Some(bound) = self.bound {
            let padding = plane.padding.filter(|p| p.high >= bound);
            find(plane, self.rows, Passing { bound, padding }, self.scratch);
        }
        self.rows += plane.stored.nrows();
    }

    /// All that was found; runs and values are allocated once and as large as needed.
    pub fn finish(self) -> SliceScan {
        SliceScan {
            bound: self.bound,
            runs: self.scratch.runs.clone(),
            values: self.scratch.values.clone(),
            digest: self.hash.map(|hash| hash.finish_128()),
            sample: self.sample,
            blocks: self.blocks.map(BlockSums::finish),
        }
    }
}

/// Appends runs and values of some rows, the first of which has index `first`.
fn find(plane: &Plane<'_>, first: usize, passing: Passing, scratch: &mut Scratch) {
    let Scratch { backend, runs, values, row: gathered, .. } = scratch;
    let mut found = Found { runs, values };
    let columns = plane.stored.ncols();
    if let Some(values) = plane.stored.as_slice() {
        return backend.scan_rows(Rows { values, columns, first }, passing, &mut found);
    }
    for (row, first) in plane.stored.rows().into_iter().zip(first..) {
        gathered.clear();
        gathered.extend(row.iter());
        backend.scan_rows(Rows { values: gathered, columns, first }, passing, &mut found);
    }
}

/// Hashes the values as little-endian bytes, row by row.
fn digest(stored: ArrayView2<'_, i16>, hash: &mut XxHash3_128) {
    if let Some(values) = stored.as_slice().filter(|_| cfg!(target_endian = "little")) {
        return hash.write(bytemuck::cast_slice(values));
    }
    stored.iter().for_each(|v| hash.write(&v.to_le_bytes()));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Padding;
    use ndarray::Array2;
    use proptest::prelude::*;

    fn scan_all(stored: &Array2<i16>, padding: Option<Padding>, bound: i16) -> SliceScan {
        let plane = Plane { stored: stored.view(), padding };
        let fast = scan(&plane, Some(bound), &ScanSpec::default(), &mut Scratch::new());
        let slow = scan(&plane, Some(bound), &ScanSpec::default(), &mut Scratch::portable());
        assert_eq!(fast, slow);
        fast
    }

    /// The definition, one voxel at a time.
    fn naive(stored: &Array2<i16>, padding: Option<Padding>, bound: i16) -> SliceScan {
        let mut out = SliceScan { bound: Some(bound), ..SliceScan::default() };
        for ((row, column), &v) in stored.indexed_iter() {
            if v < bound || padding.is_some_and(|p| p.contains(v)) {
                continue;
            }
            let (row, column) = (u16::try_from(row).unwrap(), u16::try_from(column).unwrap());
            match out.runs.last_mut() {
                Some(run) if run.row == row && run.end == column => {
                    run.end += 1;
                    run.peak_stored = run.peak_stored.max(v);
                    run.sum_stored += i32::from(v);
                }
                _ => out.runs.push(Run {
                    row,
                    start: column,
                    end: column + 1,
                    peak_stored: v,
                    sum_stored: i32::from(v),
                    first_value: u32::try_from(out.values.len()).unwrap(),
                }),
            }
            out.values.push(v);
        }
        out
    }

    /// Where the runs are.
    fn places(scan: &SliceScan) -> Vec<(u16, u16, u16)> {
        scan.runs.iter().map(|r| (r.row, r.start, r.end)).collect()
    }

    #[test]
    fn runs_cross_word_borders_and_end_with_the_row() {
        let mut stored = Array2::zeros((2, 130));
        stored.row_mut(0).slice_mut(ndarray::s![60..70]).fill(200);
        stored.row_mut(1).slice_mut(ndarray::s![127..130]).fill(200);
        let scan = scan_all(&stored, None, 130);
        assert_eq!(places(&scan), [(0, 60, 70), (1, 127, 130)]);
        assert_eq!(scan.values, [200; 13]);
    }

    #[test]
    fn a_column_major_plane_gives_the_same() {
        let stored = Array2::from_shape_fn((5, 70), |(r, c)| i16::try_from((r * c) % 150).unwrap());
        let mut turned = Array2::zeros((70, 5));
        turned.assign(&stored.t());
        let plane = Plane { stored: turned.t(), padding: None };
        let spec = ScanSpec { digest: true, ..ScanSpec::default() };
        let odd = scan(&plane, Some(100), &spec, &mut Scratch::new());
        let even =
            scan(&Plane { stored: stored.view(), padding: None }, Some(100), &spec, &mut Scratch::new());
        assert_eq!(odd, even);
    }

    #[test]
    fn no_bound_means_no_candidate() {
        let stored = Array2::from_elem((3, 3), i16::MAX);
        let plane = Plane { stored: stored.view(), padding: None };
        let scan = scan(&plane, None, &ScanSpec::default(), &mut Scratch::new());
        assert!(scan.runs.is_empty() && scan.values.is_empty());
    }

    #[test]
    fn digest_of_a_known_input() {
        // XXH3-128 of no bytes, seed 0, as published with the reference implementation.
        let plane = Plane { stored: ArrayView2::from_shape((0, 0), &[]).unwrap(), padding: None };
        let scan = scan(&plane, None, &ScanSpec { digest: true, ..ScanSpec::default() }, &mut Scratch::new());
        assert_eq!(scan.digest, Some(0x99aa_06d3_0147_98d8_6001_c324_468d_497f));
    }

    /// Lengths around every border of words and blocks, bounds at the ends of 16 bits, each voxel lit alone.
    #[test]
    fn every_length_and_every_place() {
        let check = |row: Vec<i16>, bound| {
            let stored = Array2::from_shape_vec((1, row.len()), row).unwrap();
            assert_eq!(scan_all(&stored, None, bound), naive(&stored, None, bound), "bound {bound}");
        };
        for length in [0, 1, 15, 16, 17, 31, 32, 63, 64, 65, 127, 128, 129, 192, 255, 256, 257, 512] {
            for bound in [i16::MIN, i16::MIN + 1, -1, 0, 130, i16::MAX] {
                for value in [130, i16::MIN, i16::MAX] {
                    check(vec![value; length], bound);
                }
                check((-300..).step_by(7).take(length).collect(), bound);
            }
            for lit in 0..length {
                let mut row = vec![0; length];
                row[lit] = 500;
                check(row, 130);
            }
        }
    }

    /// The longest row of the largest values: their sum is just below 2^31.
    #[test]
    fn the_sum_of_a_run_fits() {
        for value in [i16::MAX, i16::MIN] {
            let scan = scan_all(&Array2::from_elem((1, 65_535), value), None, i16::MIN);
            assert_eq!(i64::from(scan.runs[0].sum_stored), 65_535 * i64::from(value));
        }
    }

    /// Cut anywhere between rows, a plane gives the same.
    #[test]
    fn strips_make_no_difference() {
        let stored = Array2::from_shape_fn((23, 70), |(r, c)| i16::try_from(r * c % 150).unwrap());
        let (spec, mut scratch) = (ScanSpec { digest: true, ..ScanSpec::default() }, Scratch::new());
        let whole = scan(&Plane { stored: stored.view(), padding: None }, Some(100), &spec, &mut scratch);
        for rows in 1..23 {
            let mut parts = Scan::new(Some(100), &spec, &mut scratch);
            for strip in stored.axis_chunks_iter(ndarray::Axis(0), rows) {
                parts.strip(&Plane { stored: strip, padding: None });
            }
            assert_eq!(parts.finish(), whole, "{rows} rows at a time");
        }
    }

    proptest! {
        #[test]
        fn equals_the_definition(
            columns in 1usize..600,
            values in prop::collection::vec(prop_oneof![Just(0i16), Just(129), Just(130), Just(500), any::<i16>()], 1..2000),
            bound in prop_oneof![Just(130i16), any::<i16>()],
            padding in prop::option::of((any::<i16>(), any::<i16>())),
        ) {
            let rows = values.len() / columns;
            prop_assume!(rows > 0);
            let stored = Array2::from_shape_vec((rows, columns), values[..rows * columns].to_vec()).unwrap();
            let padding = padding.map(|(a, b)| Padding { low: a.min(b), high: a.max(b) });
            prop_assert_eq!(scan_all(&stored, padding, bound), naive(&stored, padding, bound));
        }
    }
}
