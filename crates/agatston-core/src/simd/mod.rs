//! The hot voxel loop: which voxels of a row reach a bound, and where the stretches of them begin and end.
//!
//! Idea: move the threshold, not the pixels. Voxels are compared as they are stored with the smallest stored
//! value that passes. Most blocks hold no candidate, and their maximum says so; of the others, 64 answers make a
//! word, and the edges of the word are the ends of the runs.
//!
//! ```text
//! for each block of 128 voxels:
//!     no run is open and the maximum is below the bound -> next block
//!     for each 64 voxels:
//!         m     = bit i is (voxel i >= bound)       ..0011 1100..
//!         edges = m ^ (m << 1 | carry)              ..0100 0100..    carry: a run is open
//!         walk the set bits of edges: they open and close runs in turn
//! ```
//!
//! 1. One type (`i16`) and one comparison (`>=`): the loader and `rescale` have moved everything else away.
//! 2. The loop is written once. Each form of it says whether a block reaches the bound, how 64 answers become a word,
//!    and what values add up to, and is compiled with its own instructions; the instruction set is asked for once a
//!    thread, with its working memory.
//! 3. `portable` is the twin that every other form must equal, bit for bit.
//!
//! All unsafe code of the workspace is in this folder, behind the safe face of [`Backend::scan_rows`].

#[cfg(target_arch = "x86_64")]
mod avx2;
mod portable;

pub(crate) use portable::peak_and_sum;

use crate::{Padding, Run};

/// Voxels per word of answers.
const LANES: usize = 64;

/// Voxels that are looked at together before any of them is.
const BLOCK: usize = 2 * LANES;

/// The form of the loop that this machine runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Backend {
    /// Plain Rust, shaped so that the compiler can vectorise it for any machine.
    Portable,
    /// AVX2 and nothing newer: AVX-512 gained nothing reliable.
    #[cfg(target_arch = "x86_64")]
    Avx2(avx2::Detected),
}

/// Which voxels are candidates, in stored units.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Passing {
    /// The smallest value that passes.
    pub(crate) bound: i16,
    /// Values that never pass; only given where some of them reach the bound.
    pub(crate) padding: Option<Padding>,
}

/// Where the loop puts what it finds; both grow.
#[derive(Debug)]
pub(crate) struct Found<'a> {
    pub(crate) runs: &'a mut Vec<Run>,
    pub(crate) values: &'a mut Vec<i16>,
}

/// Neighbouring rows, one after the other.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rows<'a> {
    pub(crate) values: &'a [i16],
    pub(crate) columns: usize,
    /// Index of the first.
    pub(crate) first: usize,
}

impl Backend {
    /// The fastest form that this machine can run.
    pub(crate) fn detect() -> Self {
        #[cfg(target_arch = "x86_64")]
        if let Some(detected) = avx2::Detected::detect() {
            return Self::Avx2(detected);
        }
        Self::Portable
    }

    /// Appends the runs of some rows, and their values.
    ///
    /// # Panics
    ///
    /// With more than 65,535 rows or columns, or more than 4,294,967,295 values in all: a plane has fewer.
    pub(crate) fn scan_rows(self, rows: Rows<'_>, passing: Passing, found: &mut Found<'_>) {
        match self {
            Self::Portable => portable::scan_rows(rows, passing, found),
            #[cfg(target_arch = "x86_64")]
            Self::Avx2(detected) => detected.scan_rows(rows, passing, found),
        }
    }
}

/// What a form of the loop does in its own way.
struct Form<R, W, M> {
    /// Whether any voxel of a block reaches the bound.
    reaches: R,
    /// Walks along a block.
    walk: W,
    /// Largest value and sum of some values. 65,535 values of 16 bits add up to less than 2^31.
    peak_and_sum: M,
}

/// The loop.
#[inline(always)]
fn scan_rows<R, W, M>(rows: Rows<'_>, form: &Form<R, W, M>, found: &mut Found<'_>)
where
    R: Fn(&[i16; BLOCK]) -> bool,
    W: Fn(&mut Walk<'_>, &[i16], usize),
    M: Fn(&[i16]) -> (i16, i32),
{
    for (row, index) in rows.values.chunks_exact(rows.columns.max(1)).zip(rows.first..) {
        let index = u16::try_from(index).expect("at most 65,535 rows");
        let known = found.runs.len();
        find(row, Walk { row: index, open: None, runs: found.runs }, form);
        for run in &mut found.runs[known..] {
            let values = &row[usize::from(run.start)..usize::from(run.end)];
            run.first_value = u32::try_from(found.values.len()).expect("fewer than 2^32 pixels");
            if let [value] = values {
                (run.peak_stored, run.sum_stored) = (*value, i32::from(*value));
                found.values.push(*value);
            } else {
                (run.peak_stored, run.sum_stored) = (form.peak_and_sum)(values);
                found.values.extend_from_slice(values);
            }
        }
    }
}

/// Finds where the runs of a row begin and end.
#[inline(always)]
fn find<R, W, M>(row: &[i16], mut walk: Walk<'_>, form: &Form<R, W, M>)
where
    R: Fn(&[i16; BLOCK]) -> bool,
    W: Fn(&mut Walk<'_>, &[i16], usize),
{
    let (blocks, rest) = row.as_chunks::<BLOCK>();
    for (i, block) in blocks.iter().enumerate() {
        if (form.reaches)(block) || walk.open.is_some() {
            (form.walk)(&mut walk, block, i * BLOCK);
        }
    }
    if !rest.is_empty() {
        (form.walk)(&mut walk, rest, row.len() - rest.len());
    }
    walk.end(row.len());
}

/// Takes padding out of the answers.
#[cold]
fn without(word: u64, voxels: &[i16; LANES], padding: Padding) -> u64 {
    let mut kept = word;
    let mut left = word;
    while left != 0 {
        let bit = left.trailing_zeros();
        if padding.contains(voxels[bit as usize]) {
            kept &= !(1 << bit);
        }
        left &= left - 1;
    }
    kept
}

/// A walk along a row from word to word.
struct Walk<'a> {
    row: u16,
    /// Where the open run began.
    open: Option<u16>,
    runs: &'a mut Vec<Run>,
}

impl Walk<'_> {
    /// Walks along some voxels, the first of which is column `at`; `pack` sets bit `i` where voxel `i` of 64 reaches
    /// the bound.
    #[inline(always)]
    fn along(&mut self, voxels: &[i16], at: usize, passing: Passing, pack: impl Fn(&[i16; LANES]) -> u64) {
        let answers = |voxels: &[i16; LANES]| {
            let word = pack(voxels);
            passing.padding.map_or(word, |padding| without(word, voxels, padding))
        };
        let (words, rest) = voxels.as_chunks::<LANES>();
        for (i, voxels) in words.iter().enumerate() {
            self.word(at + i * LANES, answers(voxels));
        }
        if !rest.is_empty() {
            let mut voxels = [i16::MIN; LANES];
            voxels[..rest.len()].copy_from_slice(rest);
            self.word(at + words.len() * LANES, answers(&voxels) & (u64::MAX >> (LANES - rest.len())));
        }
    }

    /// Opens and closes runs where the answers change; bit 0 is column `at`.
    #[inline(always)]
    fn word(&mut self, at: usize, word: u64) {
        let mut edges = word ^ ((word << 1) | u64::from(self.open.is_some()));
        while edges != 0 {
            self.edge(at + edges.trailing_zeros() as usize);
            edges &= edges - 1;
        }
    }

    #[inline(always)]
    fn end(mut self, columns: usize) {
        if self.open.is_some() {
            self.edge(columns);
        }
    }

    /// A run begins or ends here; what is under it is not looked at yet.
    #[inline(always)]
    fn edge(&mut self, column: usize) {
        let column = u16::try_from(column).expect("at most 65,535 columns");
        let Some(start) = self.open.take() else {
            self.open = Some(column);
            return;
        };
        let nothing =
            Run { row: self.row, start, end: column, peak_stored: 0, sum_stored: 0, first_value: 0 };
        self.runs.push(nothing);
    }
}
