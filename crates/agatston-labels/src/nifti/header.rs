//! The header: what kind of numbers, how many, where in the patient.

use std::io::Read;

use agatston_core::{Finding, Severity};

use crate::{
    code::{LABELS_INVALID, LABELS_NOT_INTEGER, LABELS_ORIENTATION, LABELS_SFORM_QFORM_DISAGREE},
    error::{Refusal, Trouble, refusal},
    grid::Grid,
    stream::fill,
    vector::exact_u32,
    volume::{DataType, Layout, Order},
};

/// Difference between sform and qform, in label voxels, from which on they disagree.
const DISAGREEMENT_VOXELS: f64 = 0.1;

/// The type of a NIfTI datatype code.
fn data_type(code: i16) -> Result<DataType, Refusal> {
    let name = match code {
        2 => return Ok(DataType::U8),
        4 => return Ok(DataType::I16),
        8 => return Ok(DataType::I32),
        16 => return Ok(DataType::F32),
        64 => return Ok(DataType::F64),
        256 => return Ok(DataType::I8),
        512 => return Ok(DataType::U16),
        768 => return Ok(DataType::U32),
        1024 => return Ok(DataType::I64),
        1280 => return Ok(DataType::U64),
        1 => "one bit a voxel",
        32 | 1792 | 2048 => "complex numbers",
        128 | 2304 => "colours",
        1536 => "128-bit numbers",
        _ => "unknown to NIfTI",
    };
    Err(DataType::unfit(format!("datatype {code}, {name}")))
}

/// The header of a label map that can be read.
#[derive(Debug)]
pub(super) struct Header {
    pub(super) layout: Layout,
    /// Where the voxels start in the file.
    pub(super) data_offset: u64,
    /// Where the header ends, 348 or 540.
    pub(super) end: u64,
    pub(super) grid: Grid,
}

/// The size of the header and the byte order, if this is one.
pub(super) fn size_and_order(start: &[u8]) -> Option<(usize, Order)> {
    let size: [u8; 4] = start.get(..4)?.try_into().ok()?;
    [(348, Order::Little), (348, Order::Big), (540, Order::Little), (540, Order::Big)].into_iter().find(
        |(bytes, order)| {
            let read =
                if *order == Order::Little { u32::from_le_bytes(size) } else { u32::from_be_bytes(size) };
            usize::try_from(read) == Ok(*bytes)
        },
    )
}

/// The bytes of a header. Offsets are constants of the standard and lie within it.
struct Fields<'a> {
    bytes: &'a [u8],
    order: Order,
}

impl Fields<'_> {
    fn raw<const N: usize>(&self, at: usize) -> [u8; N] {
        let field = self.bytes.get(at..at + N).and_then(|b| <[u8; N]>::try_from(b).ok());
        let mut field = field.expect("fields of the standard lie within the header");
        if self.order == Order::Big {
            field.reverse();
        }
        field
    }

    fn i16(&self, at: usize) -> i16 {
        i16::from_le_bytes(self.raw(at))
    }

    fn i32(&self, at: usize) -> i32 {
        i32::from_le_bytes(self.raw(at))
    }

    fn i64(&self, at: usize) -> i64 {
        i64::from_le_bytes(self.raw(at))
    }

    fn f32(&self, at: usize) -> f64 {
        f64::from(f32::from_le_bytes(self.raw(at)))
    }

    fn f64(&self, at: usize) -> f64 {
        f64::from_le_bytes(self.raw(at))
    }
}

/// The fields that matter, the same for both versions.
struct Claims {
    magic_is_right: bool,
    dim: [i64; 8],
    datatype: i16,
    bitpix: i16,
    data_offset: Option<u64>,
    scaling: [f64; 2],
    spatial_unit: u8,
    placement: Placement,
}

/// Where the header says the voxels are.
struct Placement {
    qform: bool,
    sform: bool,
    /// Sign of the third axis, then the spacings.
    pixdim: [f64; 4],
    quaternion: [f64; 3],
    offset: [f64; 3],
    rows: [[f64; 4]; 3],
}

impl Header {
    pub(super) fn read(stream: &mut dyn Read) -> Result<(Self, Vec<Finding>), Trouble> {
        let mut bytes = [0; 540];
        let (start, rest) = bytes.split_at_mut(4);
        fill(stream, start, "header")?;
        let Some((size, order)) = size_and_order(start) else {
            let finding = refusal(LABELS_INVALID, "the content is no NIfTI header");
            return Err(finding.expected("a header of 348 or 540 bytes").into());
        };
        fill(stream, rest.get_mut(..size - 4).unwrap_or_default(), "header")?;
        let fields = Fields { bytes: &bytes, order };
        let claims = if size == 348 { Claims::version_1(&fields) } else { Claims::version_2(&fields) };
        let (header, findings) = claims.check(size, order)?;
        Ok((header, findings))
    }
}

impl Claims {
    fn version_1(f: &Fields<'_>) -> Self {
        Self {
            magic_is_right: f.bytes.get(344..348) == Some(b"n+1\0"),
            dim: std::array::from_fn(|i| i64::from(f.i16(40 + 2 * i))),
            datatype: f.i16(70),
            bitpix: f.i16(72),
            data_offset: whole(f.f32(108)),
            scaling: [f.f32(112), f.f32(116)],
            spatial_unit: f.raw::<1>(123)[0] & 7,
            placement: Placement {
                qform: f.i16(252) > 0,
                sform: f.i16(254) > 0,
                pixdim: std::array::from_fn(|i| f.f32(76 + 4 * i)),
                quaternion: std::array::from_fn(|i| f.f32(256 + 4 * i)),
                offset: std::array::from_fn(|i| f.f32(268 + 4 * i)),
                rows: std::array::from_fn(|r| std::array::from_fn(|c| f.f32(280 + 16 * r + 4 * c))),
            },
        }
    }

    fn version_2(f: &Fields<'_>) -> Self {
        Self {
            magic_is_right: f.bytes.get(4..12) == Some(b"n+2\0\r\n\x1a\n"),
            dim: std::array::from_fn(|i| f.i64(16 + 8 * i)),
            datatype: f.i16(12),
            bitpix: f.i16(14),
            data_offset: u64::try_from(f.i64(168)).ok(),
            scaling: [f.f64(176), f.f64(184)],
            spatial_unit: u8::try_from(f.i32(500) & 7).unwrap_or_default(),
            placement: Placement {
                qform: f.i32(344) > 0,
                sform: f.i32(348) > 0,
                pixdim: std::array::from_fn(|i| f.f64(104 + 8 * i)),
                quaternion: std::array::from_fn(|i| f.f64(352 + 8 * i)),
                offset: std::array::from_fn(|i| f.f64(376 + 8 * i)),
                rows: std::array::from_fn(|r| std::array::from_fn(|c| f.f64(400 + 32 * r + 8 * c))),
            },
        }
    }

    fn check(&self, size: usize, order: Order) -> Result<(Header, Vec<Finding>), Refusal> {
        if !self.magic_is_right {
            return Err(refusal(LABELS_INVALID, "this is no single-file NIfTI")
                .seen("another magic word (a .hdr/.img pair or Analyze has one)")
                .next_step("convert the label map to .nii.gz"));
        }
        let data_type = data_type(self.datatype)?;
        if usize::try_from(self.bitpix) != Ok(8 * data_type.bytes()) {
            return Err(refusal(LABELS_INVALID, "datatype and bits per voxel contradict each other")
                .seen(format!("datatype {}, {} bits", self.datatype, self.bitpix)));
        }
        if !matches!(self.spatial_unit, 0 | 2) {
            return Err(Grid::not_in_mm(format!("spatial unit {}", self.spatial_unit))
                .expected("2 (mm), or 0 (not said, read as mm)"));
        }
        let end = size as u64;
        let data_offset = self.data_offset.filter(|o| *o >= end + 4).ok_or_else(|| {
            refusal(LABELS_INVALID, "the voxels start within the header")
                .expected(format!("{} or more", end + 4))
        })?;
        let dims = self.dims()?;
        let (grid, findings) = self.placement.grid(dims)?;
        let layout = Layout { dims, layers: 1, data_type, order, scaling: self.scaling()? };
        Ok((Header { layout, data_offset, end, grid }, findings))
    }

    fn dims(&self) -> Result<[usize; 3], Refusal> {
        let [rank, first, second, third, more @ ..] = self.dim;
        let sizes = || format!("{rank} dimensions: {:?}", &self.dim[1..]);
        let used = usize::try_from(rank).ok().filter(|r| (1..=7).contains(r));
        let used = used.ok_or_else(|| {
            refusal(LABELS_INVALID, "the number of dimensions is not 1 to 7").seen(rank.to_string())
        })?;
        if used < 3 || more.iter().take(used - 3).any(|d| *d != 1) {
            return Err(Layout::not_a_volume(sizes())
                .next_step("write one label map with one id a label; layers and time series are not read"));
        }
        let size = |d: i64| usize::try_from(d).ok().filter(|d| *d > 0);
        match (size(first), size(second), size(third)) {
            (Some(i), Some(j), Some(k)) => Ok([i, j, k]),
            _ => Err(refusal(LABELS_INVALID, "a dimension is not positive").seen(sizes())),
        }
    }

    /// Slope 0, or one that is not a number as some writers leave it, means that values are stored as they are.
    fn scaling(&self) -> Result<Option<[f64; 2]>, Refusal> {
        let [slope, intercept] = self.scaling;
        if slope == 0.0 || !slope.is_finite() || (slope == 1.0 && intercept == 0.0) {
            return Ok(None);
        }
        if !intercept.is_finite() {
            return Err(refusal(LABELS_NOT_INTEGER, "the intercept of the label values is not a number")
                .seen(format!("slope {slope}, intercept {intercept}")));
        }
        Ok(Some([slope, intercept]))
    }
}

impl Placement {
    /// The sform (method 3) before the qform (method 2); bare spacings (method 1) say nothing about the patient.
    fn grid(&self, dims: [usize; 3]) -> Result<(Grid, Vec<Finding>), Refusal> {
        let sform = self.sform.then_some(self.rows);
        let qform = self.qform.then(|| self.qform_rows()).transpose()?;
        let Some(rows) = sform.or(qform) else {
            return Err(Grid::placeless("sform_code 0 and qform_code 0").expected("an sform or a qform"));
        };
        let grid = Grid::from_ras(dims, rows)?;
        let mut findings = Vec::new();
        if let (Some(_), Some(qform)) = (sform, qform) {
            let other = Grid::from_ras(dims, qform)?;
            let apart = grid.corner_distance_mm(&other);
            if apart > DISAGREEMENT_VOXELS * grid.smallest_step_mm() {
                findings.push(disagreement(apart));
            }
        }
        Ok((grid, findings))
    }

    /// Rotation from a unit quaternion of which three numbers are stored (nifti1.h, method 2).
    fn qform_rows(&self) -> Result<[[f64; 4]; 3], Refusal> {
        let [sign, dx, dy, dz] = self.pixdim;
        let [mut b, mut c, mut d] = self.quaternion;
        let square = b * b + c * c + d * d;
        if !square.is_finite() || square > 1.001 {
            return Err(refusal(LABELS_ORIENTATION, "the qform is no rotation")
                .seen(format!("quaternion {b} {c} {d}")));
        }
        let mut a = (1.0 - square).max(0.0).sqrt();
        if 1.0 - square < 1e-7 {
            a = 0.0;
            let length = square.sqrt();
            (b, c, d) = (b / length, c / length, d / length);
        }
        let (x, y, z) = (dx, dy, if sign < 0.0 { -dz } else { dz });
        let [ox, oy, oz] = self.offset;
        Ok([
            [(a * a + b * b - c * c - d * d) * x, 2.0 * (b * c - a * d) * y, 2.0 * (b * d + a * c) * z, ox],
            [2.0 * (b * c + a * d) * x, (a * a + c * c - b * b - d * d) * y, 2.0 * (c * d - a * b) * z, oy],
            [2.0 * (b * d - a * c) * x, 2.0 * (c * d + a * b) * y, (a * a + d * d - c * c - b * b) * z, oz],
        ])
    }
}

fn disagreement(apart_mm: f64) -> Finding {
    let message = "sform and qform of the label map place it differently; the sform was used";
    Finding::new(LABELS_SFORM_QFORM_DISAGREE, Severity::Warning, message)
        .seen(format!("up to {apart_mm:.3} mm apart"))
        .expected("the same place")
        .next_step("look whether the labels lie on the calcium; if not, write the label map again")
}

/// A whole number in a float field.
fn whole(value: f64) -> Option<u64> {
    exact_u32(value).map(u64::from)
}
