//! The head of a NIfTI-1 file: where voxels are in the patient, and a label table as TotalSegmentator
//! writes it.

use super::{Labels, TooManySlices};
use agatston_core::Geometry;

/// Bytes of a NIfTI-1 header.
const HEADER: usize = 348;
/// Code of the extension that holds the label table: that of TotalSegmentator, whose own reader, and nibabel's `get_content`,
/// fail on code 30, which NIfTI-1 registered for this XML.
const ECODE: i32 = 0;

/// What voxels are.
pub(super) struct Content {
    /// Number of slices.
    pub(super) slices: usize,
    /// NIFTI_INTENT: 1002 for labels, 0 for none of those that have a number.
    pub(super) intent: i16,
    /// Whether a voxel has two bytes.
    pub(super) is_wide: bool,
    /// At most 79 bytes.
    pub(super) description: &'static [u8],
    /// At most 15 bytes.
    pub(super) name: &'static [u8],
    /// Extensions, each with its size and code.
    pub(super) extension: Vec<u8>,
}

impl Content {
    /// Labels with their table.
    pub(super) fn of(labels: &Labels) -> Self {
        Self {
            slices: labels.slices,
            intent: 1002,
            is_wide: labels.are_wide(),
            description: b"Calcium by artery or region, agatston",
            name: b"labels",
            extension: extension(labels),
        }
    }
}

/// Everything before the voxels.
pub(super) fn head(geometry: &Geometry, content: &Content) -> Result<Vec<u8>, TooManySlices> {
    let too_many = TooManySlices { slices: content.slices };
    let slices = i16::try_from(content.slices).map_err(|_| too_many)?;
    let mut head = Head { bytes: vec![0; HEADER] };
    head.integer(0, 348);
    head.shorts(40, &[3, side(geometry.columns), side(geometry.rows), slices, 1, 1, 1, 1]);
    head.shorts(68, &[content.intent]);
    head.shorts(70, if content.is_wide { &[512, 16] } else { &[2, 8] }); // type, bits
    let voxel = Voxel::of(geometry);
    let [x, y, z] = voxel.size_mm;
    head.singles(76, &[voxel.handedness, x, y, z, 1.0, 1.0, 1.0, 1.0]);
    head.singles(108, &[(HEADER + 4 + content.extension.len()) as f64, 1.0, 0.0]); // voxels begin, slope, intercept
    head.bytes[123] = 2; // mm
    head.text(148, content.description);
    head.shorts(252, &[1, 1]); // both places are of the scanner
    head.singles(256, &voxel.quaternion);
    head.singles(268, &voxel.origin_ras_mm);
    for (row, place) in [280, 296, 312].into_iter().enumerate() {
        head.singles(place, &voxel.row(row));
    }
    head.text(328, content.name);
    head.text(344, b"n+1\0");
    head.bytes.extend([u8::from(!content.extension.is_empty()), 0, 0, 0]);
    head.bytes.extend(&content.extension);
    Ok(head.bytes)
}

/// Rows and columns are at most 4,096.
fn side(n: u16) -> i16 {
    i16::try_from(n).unwrap_or(i16::MAX)
}

struct Head {
    bytes: Vec<u8>,
}

impl Head {
    fn put(&mut self, at: usize, bytes: &[u8]) {
        self.bytes[at..at + bytes.len()].copy_from_slice(bytes);
    }

    fn integer(&mut self, at: usize, value: i32) {
        self.put(at, &value.to_le_bytes());
    }

    fn shorts(&mut self, at: usize, values: &[i16]) {
        let bytes: Vec<u8> = values.iter().flat_map(|v| v.to_le_bytes()).collect();
        self.put(at, &bytes);
    }

    #[expect(clippy::cast_possible_truncation, reason = "the format has single precision only")]
    fn singles(&mut self, at: usize, values: &[f64]) {
        let bytes: Vec<u8> = values.iter().flat_map(|v| (*v as f32).to_le_bytes()).collect();
        self.put(at, &bytes);
    }

    fn text(&mut self, at: usize, text: &[u8]) {
        self.put(at, text);
    }
}

/// How voxel indices `(column, row, slice)` become RAS millimetres.
struct Voxel {
    /// Unit vectors along columns, rows and slices.
    axes: [[f64; 3]; 3],
    size_mm: [f64; 3],
    origin_ras_mm: [f64; 3],
    /// -1 where the third axis of a rotation points the other way.
    handedness: f64,
    /// b, c, d of the rotation.
    quaternion: [f64; 3],
}

impl Voxel {
    fn of(g: &Geometry) -> Self {
        let axes = [g.row_dir, g.column_dir, g.normal].map(ras);
        let handedness = determinant(axes).signum();
        let turned = [axes[0], axes[1], axes[2].map(|x| handedness * x)];
        Self {
            axes,
            size_mm: [g.spacing_mm[1], g.spacing_mm[0], g.increment_mm],
            origin_ras_mm: ras(g.origin_lps_mm),
            handedness,
            quaternion: quaternion(turned),
        }
    }

    /// One row of the matrix from indices to RAS.
    fn row(&self, row: usize) -> [f64; 4] {
        let scaled = |axis: usize| self.axes[axis][row] * self.size_mm[axis];
        [scaled(0), scaled(1), scaled(2), self.origin_ras_mm[row]]
    }
}

/// DICOM counts to the left and to posterior, NIfTI to the right and to anterior.
fn ras([left, posterior, superior]: [f64; 3]) -> [f64; 3] {
    [-left, -posterior, superior]
}

fn determinant([a, b, c]: [[f64; 3]; 3]) -> f64 {
    a[0] * (b[1] * c[2] - b[2] * c[1]) - a[1] * (b[0] * c[2] - b[2] * c[0])
        + a[2] * (b[0] * c[1] - b[1] * c[0])
}

/// b, c and d of the unit quaternion of a rotation whose columns are `axes`; a is never negative.
///
/// Of the four squares the largest is at least 1/4: no small number is divided by.
fn quaternion(axes: [[f64; 3]; 3]) -> [f64; 3] {
    let r = |row: usize, column: usize| axes[column][row];
    let diagonal = [r(0, 0), r(1, 1), r(2, 2)];
    let trace: f64 = diagonal.iter().sum();
    let squares = [
        1.0 + trace,
        1.0 + 2.0 * diagonal[0] - trace,
        1.0 + 2.0 * diagonal[1] - trace,
        1.0 + 2.0 * diagonal[2] - trace,
    ];
    let differences = [r(2, 1) - r(1, 2), r(0, 2) - r(2, 0), r(1, 0) - r(0, 1)];
    let sums = [r(1, 0) + r(0, 1), r(0, 2) + r(2, 0), r(2, 1) + r(1, 2)];
    let largest = (1..4).fold(0, |best, i| if squares[i] > squares[best] { i } else { best });
    let root = 2.0 * squares[largest].max(0.0).sqrt(); // four times the largest component
    let own = root / 4.0;
    let [a, b, c, d] = match largest {
        0 => [own, differences[0] / root, differences[1] / root, differences[2] / root],
        1 => [differences[0] / root, own, sums[0] / root, sums[1] / root],
        2 => [differences[1] / root, sums[0] / root, own, sums[2] / root],
        _ => [differences[2] / root, sums[1] / root, sums[2] / root, own],
    };
    if a < 0.0 { [-b, -c, -d] } else { [b, c, d] }
}

/// The label table, with its size and code, padded to 16 bytes.
fn extension(labels: &Labels) -> Vec<u8> {
    let text = label_table(labels);
    let size = (8 + text.len()).next_multiple_of(16);
    let mut bytes = Vec::with_capacity(size);
    bytes.extend(u32::try_from(size).unwrap_or(u32::MAX).to_le_bytes());
    bytes.extend(ECODE.to_le_bytes());
    bytes.extend(text.as_bytes());
    bytes.resize(size, 0);
    bytes
}

fn label_table(labels: &Labels) -> String {
    let share = |part: u8| f64::from(part) / 255.0;
    let mut table = String::from(
        "<Label Key=\"0\" Red=\"0\" Green=\"0\" Blue=\"0\" Alpha=\"0\"><![CDATA[Background]]></Label>\n",
    );
    for label in &labels.list {
        let [r, g, b] = label.colour.map(share);
        let name = label.name.replace("]]>", "]] >"); // ends the text
        table += &format!(
            "<Label Key=\"{}\" Red=\"{r:.4}\" Green=\"{g:.4}\" Blue=\"{b:.4}\" Alpha=\"1\"><![CDATA[{name}]]></Label>\n",
            label.id
        );
    }
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<CaretExtension>\n<VolumeInformation Index=\"0\">\n<LabelTable>\n{table}\
         </LabelTable>\n<StudyMetaDataLinkSet>\n</StudyMetaDataLinkSet>\n<VolumeType><![CDATA[Label]]></VolumeType>\n\
         </VolumeInformation>\n</CaretExtension>\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rotation of a unit quaternion, as NIfTI-1 writes it (nifti1.h, "METHOD 2").
    fn rotation([b, c, d]: [f64; 3]) -> [[f64; 3]; 3] {
        let a = (1.0 - b * b - c * c - d * d).max(0.0).sqrt();
        let rows = [
            [a * a + b * b - c * c - d * d, 2.0 * (b * c - a * d), 2.0 * (b * d + a * c)],
            [2.0 * (b * c + a * d), a * a + c * c - b * b - d * d, 2.0 * (c * d - a * b)],
            [2.0 * (b * d - a * c), 2.0 * (c * d + a * b), a * a + d * d - c * c - b * b],
        ];
        std::array::from_fn(|column| std::array::from_fn(|row| rows[row][column]))
    }

    #[test]
    fn a_quaternion_gives_its_rotation_back() {
        let s = 0.5f64.sqrt();
        let axes = [
            [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
            [[-1.0, 0.0, 0.0], [0.0, -1.0, 0.0], [0.0, 0.0, 1.0]],
            [[1.0, 0.0, 0.0], [0.0, -1.0, 0.0], [0.0, 0.0, -1.0]],
            [[-1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, -1.0]],
            [[s, s, 0.0], [-s, s, 0.0], [0.0, 0.0, 1.0]],
            [[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]],
            [[-s, 0.0, s], [0.0, -1.0, 0.0], [s, 0.0, s]],
        ];
        for axes in axes {
            assert!((determinant(axes) - 1.0).abs() < 1e-12, "a rotation");
            let back = rotation(quaternion(axes));
            let apart = axes.iter().flatten().zip(back.iter().flatten()).map(|(x, y)| (x - y).abs());
            assert!(apart.fold(0.0, f64::max) < 1e-12, "{axes:?} {back:?}");
        }
    }
}
