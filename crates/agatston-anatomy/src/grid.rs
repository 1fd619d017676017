//! The work grid: means and standard deviations of blocks of some 2.5 mm, the patient's right first, front first, feet first.
//!
//! However a series stores its rows and columns, blocks begin at the same corner of the patient.

use crate::parameters::Parameters;
use crate::voxels::{count, single};
use agatston_core::{BlockGrid, Blocks, Geometry, Rescale};
use ndarray::Array3;
use std::sync::{Mutex, PoisonError};

/// Largest number of voxels along a side of a block: sums stay in range, and no voxel of a scanner is so small.
const BLOCK_MOST: u16 = 16;

/// How the voxels of a series lie in the work grid.
#[derive(Clone, Debug, PartialEq)]
pub struct Layout {
    /// Slices, rows, columns of the series.
    series: [usize; 3],
    /// Voxels of a block along slices, rows, columns.
    block: [usize; 3],
    /// Distances of voxels of the series, mm.
    voxel_mm: [f64; 3],
    /// Whether rows run to the front, and columns to the patient's right.
    turned: [bool; 2],
}

impl Layout {
    /// The layout of a series of axial slices; slice 0 is the most inferior.
    pub fn new(geometry: &Geometry, slices: usize) -> Self {
        let voxel_mm = [geometry.increment_mm, geometry.spacing_mm[0], geometry.spacing_mm[1]];
        let most = Parameters::shipped().grid.block_mm;
        // A distance that divides it but for rounding still does.
        let block = voxel_mm
            .map(|mm| (1..=BLOCK_MOST).rfind(|&n| f64::from(n) * mm <= most + 1e-6 * mm).unwrap_or(1));
        Self {
            series: [slices, usize::from(geometry.rows), usize::from(geometry.columns)],
            block: block.map(usize::from),
            voxel_mm,
            turned: [geometry.column_dir[1] < 0.0, geometry.row_dir[0] < 0.0],
        }
    }

    /// Slices, rows and columns of the work grid.
    pub fn shape(&self) -> [usize; 3] {
        [0, 1, 2].map(|axis| self.series[axis] / self.block[axis])
    }

    /// Distances of the blocks, mm, `[z, y, x]`.
    pub fn spacing_mm(&self) -> [f64; 3] {
        [0, 1, 2].map(|axis| self.voxel_mm[axis] * count(self.block[axis]))
    }

    /// Distances of the voxels, mm, `[z, y, x]`.
    pub fn voxel_mm(&self) -> [f64; 3] {
        self.voxel_mm
    }

    /// Voxels of a block.
    pub fn block(&self) -> [usize; 3] {
        self.block
    }

    /// How a plane is divided.
    pub fn block_grid(&self) -> BlockGrid {
        let small = |n: usize| u16::try_from(n).expect("a plane has at most 65,535 rows and columns");
        let shape = self.shape();
        // What is left over lies at the patient's left and back.
        let first =
            |axis: usize| if self.turned[axis - 1] { self.series[axis] % self.block[axis] } else { 0 };
        BlockGrid {
            size: [small(self.block[1]), small(self.block[2])],
            first: [small(first(1)), small(first(2))],
            count: [small(shape[1]), small(shape[2])],
        }
    }

    /// A voxel index `[slice, row, column]` as counted to the head, to the back and to the left.
    pub fn turned(&self, [z, y, x]: [f64; 3]) -> [f64; 3] {
        let turn = |axis: usize, at: f64| {
            if self.turned[axis - 1] { count(self.series[axis]) - 1.0 - at } else { at }
        };
        [z, turn(1, y), turn(2, x)]
    }

    /// The block that holds a voxel `[slice, row, column]` of the series; what is left over belongs to the last.
    pub fn block_of(&self, [slice, row, column]: [usize; 3]) -> [usize; 3] {
        let turn =
            |axis: usize, at: usize| if self.turned[axis - 1] { self.series[axis] - 1 - at } else { at };
        let at = [slice, turn(1, row), turn(2, column)];
        let shape = self.shape();
        [0, 1, 2].map(|axis| (at[axis] / self.block[axis]).min(shape[axis].saturating_sub(1)))
    }

    /// The middle of a block, as a voxel index `[slice, row, column]` of the series.
    pub fn centre_of(&self, block: [usize; 3]) -> [f64; 3] {
        let middle = [0, 1, 2].map(|axis| (count(block[axis]) + 0.5) * count(self.block[axis]) - 0.5);
        self.turned(middle) // turning back is turning
    }

    /// Whether rows, and columns, are stored the other way round than the work grid has them.
    pub fn is_turned(&self) -> [bool; 2] {
        self.turned
    }
}

/// Means and standard deviations of blocks, axes `[z, y, x]`.
#[derive(Clone, Debug)]
pub struct WorkGrid {
    /// How the series lies in it.
    pub layout: Layout,
    /// Mean HU.
    pub mean: Array3<f32>,
    /// Standard deviation within the block, HU.
    pub sd: Array3<f32>,
}

impl WorkGrid {
    /// The means in the order of the grid.
    pub(crate) fn means(&self) -> &[f32] {
        self.mean.as_slice().expect("grids are in standard layout")
    }

    /// The standard deviations in the order of the grid.
    pub(crate) fn sds(&self) -> &[f32] {
        self.sd.as_slice().expect("grids are in standard layout")
    }
}

/// Work grid in the making: takes the blocks of slices in any order, from any thread, with the same outcome.
#[derive(Debug)]
pub struct Gathering {
    layout: Layout,
    slabs: Vec<Mutex<Slab>>,
}

/// The slices of one layer of blocks, until all are there.
#[derive(Debug, Default)]
struct Slab {
    waiting: Vec<Option<(Blocks, Rescale)>>,
    made: Option<Made>,
}

#[derive(Debug)]
struct Made {
    mean: Vec<f32>,
    sd: Vec<f32>,
}

impl Gathering {
    /// An empty grid.
    pub fn new(layout: Layout) -> Self {
        let slab = || Mutex::new(Slab { waiting: vec![None; layout.block[0]], made: None });
        let slabs = (0..layout.shape()[0]).map(|_| slab()).collect();
        Self { layout, slabs }
    }

    /// How the series lies in the grid.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Takes the blocks of a slice; those of slices that are left over at the top are dropped.
    pub fn take(&self, slice: usize, blocks: Blocks, rescale: Rescale) {
        let depth = self.layout.block[0];
        let Some(slab) = self.slabs.get(slice / depth) else { return };
        let mut slab = slab.lock().unwrap_or_else(PoisonError::into_inner);
        slab.waiting[slice % depth] = Some((blocks, rescale));
        if slab.waiting.iter().all(Option::is_some) {
            let slices: Vec<_> = slab.waiting.drain(..).flatten().collect();
            slab.made = Some(made(&slices, self.layout.turned));
        }
    }

    /// The grid, once every slice was taken; blocks of slices that were not are air.
    pub fn finish(self) -> WorkGrid {
        let shape = self.layout.shape();
        let blocks = shape[1] * shape[2];
        let (mut mean, mut sd) = (Vec::new(), Vec::new());
        mean.reserve_exact(shape[0] * blocks);
        sd.reserve_exact(shape[0] * blocks);
        for slab in self.slabs {
            let made = slab.into_inner().unwrap_or_else(PoisonError::into_inner).made;
            let made = made.unwrap_or_else(|| Made { mean: vec![-1000.0; blocks], sd: vec![0.0; blocks] });
            mean.extend_from_slice(&made.mean);
            sd.extend_from_slice(&made.sd);
        }
        let array = |values| Array3::from_shape_vec(shape, values).expect("as many blocks as the shape says");
        WorkGrid { mean: array(mean), sd: array(sd), layout: self.layout }
    }
}

/// Mean and standard deviation over the slices of a layer, turned so that rows run to the back and columns to the left.
fn made(slices: &[(Blocks, Rescale)], turned: [bool; 2]) -> Made {
    let grid = slices[0].0.grid; // a block is at least one slice deep
    let [rows, columns] = grid.count.map(usize::from);
    let mut moments = vec![Moments::default(); rows * columns];
    slices.iter().for_each(|(blocks, rescale)| add(blocks, *rescale, &mut moments));
    let voxels = f64::from(grid.pixels()) * count(slices.len());
    let mut made = Made { mean: Vec::with_capacity(rows * columns), sd: Vec::with_capacity(rows * columns) };
    for row in turn(rows, turned[0]) {
        for column in turn(columns, turned[1]) {
            let (mean, sd) = moments[row * columns + column].over(voxels);
            made.mean.push(mean);
            made.sd.push(sd);
        }
    }
    made
}

fn turn(length: usize, turned: bool) -> impl Iterator<Item = usize> {
    (0..length).map(move |i| if turned { length - 1 - i } else { i })
}

/// Sums over the voxels of a block, HU and HU squared. They are about 0 HU: 4,096 voxels lose no digit there that matters.
#[derive(Clone, Copy, Debug, Default)]
struct Moments {
    sum: f64,
    squares: f64,
}

impl Moments {
    /// Mean and standard deviation.
    fn over(self, voxels: f64) -> (f32, f32) {
        let mean = self.sum / voxels;
        (single(mean), single((self.squares / voxels - mean * mean).max(0.0).sqrt()))
    }
}

/// Adds the blocks of a slice.
#[expect(clippy::cast_precision_loss, reason = "sums of squares of 4,096 voxels of 16 bits stay below 2^53")]
fn add(blocks: &Blocks, rescale: Rescale, moments: &mut [Moments]) {
    let (slope, low) = (rescale.slope(), rescale.hu(blocks.low));
    let pixels = f64::from(blocks.grid.pixels());
    for ((moments, &sum), &squares) in moments.iter_mut().zip(&blocks.sums).zip(&blocks.squares) {
        let over = slope * f64::from(sum);
        moments.sum += over + pixels * low;
        moments.squares += slope * slope * (squares as f64) + 2.0 * low * over + pixels * low * low;
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use agatston_core::{Plane, ScanSpec, Scratch, scan};
    use ndarray::{Array3, ArrayView3, Axis, s};

    pub(crate) fn geometry(shape: [usize; 3], spacing_mm: [f64; 3]) -> Geometry {
        Geometry {
            rows: u16::try_from(shape[1]).unwrap(),
            columns: u16::try_from(shape[2]).unwrap(),
            spacing_mm: [spacing_mm[1], spacing_mm[2]],
            increment_mm: spacing_mm[0],
            origin_lps_mm: [0.0; 3],
            row_dir: [1.0, 0.0, 0.0],
            column_dir: [0.0, 1.0, 0.0],
            normal: [0.0, 0.0, 1.0],
        }
    }

    /// The work grid of a volume of HU.
    pub(crate) fn work_grid(hu: ArrayView3<'_, i16>, geometry: &Geometry) -> WorkGrid {
        let rescale = Rescale::new(1.0, 0.0, 0).unwrap();
        let gathering = Gathering::new(Layout::new(geometry, hu.len_of(Axis(0))));
        let spec =
            ScanSpec { blocks: Some((gathering.layout().block_grid(), rescale)), ..ScanSpec::default() };
        for (z, plane) in hu.outer_iter().enumerate() {
            let plane = Plane { stored: plane, padding: None };
            let found = scan(&plane, None, &spec, &mut Scratch::new());
            gathering.take(z, found.blocks.unwrap(), rescale);
        }
        gathering.finish()
    }

    #[test]
    fn blocks_are_as_large_as_fit() {
        let block = |spacing| Layout::new(&geometry([57, 512, 512], spacing), 57).block();
        assert_eq!(block([3.0, 0.68, 0.68]), [1, 3, 3]);
        assert_eq!(block([2.5, 0.5, 0.625]), [1, 5, 4]);
        assert_eq!(block([1.25, 0.9, 1.3]), [2, 2, 1]);
    }

    /// By hand: blocks of 1 x 2 x 2 of HU, mean and population SD.
    #[test]
    fn means_and_sds_by_hand() {
        let hu = ndarray::array![[[0, 10, 5], [20, 30, 5], [1, 1, 1]]].mapv(|v: i16| v);
        let grid = work_grid(hu.view(), &geometry([1, 3, 3], [3.0, 1.2, 1.2]));
        assert_eq!(grid.layout.shape(), [1, 1, 1]);
        assert_eq!(grid.mean[[0, 0, 0]], 15.0);
        assert!((f64::from(grid.sd[[0, 0, 0]]) - 125.0_f64.sqrt()).abs() < 1e-5);
    }

    /// Stored the other way round, a series has the very same work grid, left-over rows and columns included.
    #[test]
    fn the_order_of_storage_changes_nothing() {
        let hu = Array3::from_shape_fn((5, 11, 13), |(z, y, x)| {
            i16::try_from(z * 37 + y * 11 + x * x % 17).unwrap()
        });
        let plain = geometry([5, 11, 13], [1.2, 0.8, 1.1]);
        let turned = Geometry { row_dir: [-1.0, 0.0, 0.0], column_dir: [0.0, -1.0, 0.0], ..plain.clone() };
        let there = work_grid(hu.view(), &plain);
        let back = work_grid(hu.slice(s![.., ..;-1, ..;-1]), &turned);
        assert_eq!((there.mean, there.sd), (back.mean, back.sd));
        assert_eq!(there.layout.block_of([4, 10, 12]), [1, 2, 5]);
        assert_eq!(back.layout.block_of([4, 0, 0]), [1, 2, 5]);
        assert_eq!(back.layout.turned([1.0, 0.0, 2.5]), [1.0, 10.0, 9.5]);
    }
}
