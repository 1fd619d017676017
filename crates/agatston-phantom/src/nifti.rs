//! A minimal NIfTI-1 writer for label maps, one file with header and voxels (`.nii`, `.nii.gz`), for
//! fixtures. Only axial grids; anything else that NIfTI can say is left out.
//!
//! NIfTI is RAS, our volumes are LPS: x and y change sign in the affine, the voxels stay where they are.

use std::{fs, io::Write, path::Path};

use flate2::{Compression, write::GzEncoder};

use crate::{Error, LabelVolume, Volume};

/// How many bits a label takes in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LabelDepth {
    /// Unsigned bytes (NIfTI data type 2).
    U8,
    /// Unsigned 16-bit little-endian words (NIfTI data type 512).
    U16,
}

/// Bytes of the header, with the four bytes that say "no extension".
const HEADER_BYTES: usize = 352;

/// The bytes of a `.nii` file: the labels on the grid of `volume`, with sform and qform.
///
/// # Errors
///
/// [`Error::TooLarge`] when an axis has more than 32767 voxels.
pub fn encode(labels: &LabelVolume, volume: &Volume, depth: LabelDepth) -> Result<Vec<u8>, Error> {
    let mut bytes = header(labels, volume, depth)?;
    for label in &labels.labels {
        match depth {
            LabelDepth::U8 => bytes.push(*label),
            LabelDepth::U16 => bytes.extend(u16::from(*label).to_le_bytes()),
        }
    }
    Ok(bytes)
}

/// Writes the labels to `path`; a name that ends in `.gz` is compressed.
///
/// # Errors
///
/// [`Error::TooLarge`] as for [`encode`], [`Error::Write`] when the file cannot be written.
pub fn write(path: &Path, labels: &LabelVolume, volume: &Volume, depth: LabelDepth) -> Result<(), Error> {
    let plain = encode(labels, volume, depth)?;
    let compressed = path.extension().is_some_and(|extension| extension == "gz");
    let bytes = if compressed { gzip(&plain) } else { Ok(plain) };
    bytes
        .and_then(|bytes| fs::write(path, bytes))
        .map_err(|source| Error::Write { path: path.into(), source })
}

/// Gzip without a time or name, so that the same labels give the same bytes.
fn gzip(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes)?;
    encoder.finish()
}

/// The 348 bytes of the NIfTI-1 header and the empty extension mark.
fn header(labels: &LabelVolume, volume: &Volume, depth: LabelDepth) -> Result<Vec<u8>, Error> {
    let mut bytes = vec![0_u8; HEADER_BYTES];
    let mut put = |at: usize, value: &[u8]| bytes[at..at + value.len()].copy_from_slice(value);
    let (slices, rows, columns) = labels.labels.dim();
    let [dz, dy, dx] = volume.spacing_mm;
    let [x, y, z] = volume.origin_lps_mm;
    let (data_type, bits) = match depth {
        LabelDepth::U8 => (2_i16, 8_i16),
        LabelDepth::U16 => (512, 16),
    };
    put(0, &348_i32.to_le_bytes());
    put(40, &shorts([3, axis_length(columns)?, axis_length(rows)?, axis_length(slices)?, 1, 1, 1, 1]));
    put(70, &shorts([data_type, bits]));
    // pixdim[0] is qfac: the rotation below is proper, so it is +1.
    put(76, &floats([1.0, dx, dy, dz]));
    put(108, &floats([352.0, 1.0, 0.0]));
    put(123, &[2]);
    put(252, &shorts([1, 1]));
    // Half a turn about z, (a, b, c, d) = (0, 0, 0, 1), takes voxel axes to RAS.
    put(256, &floats([0.0, 0.0, 1.0, -x, -y, z]));
    put(280, &floats([-dx, 0.0, 0.0, -x, 0.0, -dy, 0.0, -y, 0.0, 0.0, dz, z]));
    put(344, b"n+1\0");
    Ok(bytes)
}

/// A number of voxels as NIfTI-1 keeps it.
fn axis_length(voxels: usize) -> Result<i16, Error> {
    i16::try_from(voxels).map_err(|_| Error::TooLarge { voxels })
}

/// Little-endian 16-bit integers in a row.
fn shorts<const N: usize>(values: [i16; N]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

/// Little-endian 32-bit floats in a row: NIfTI-1 knows no others for the affine.
fn floats<const N: usize>(values: [f64; N]) -> Vec<u8> {
    #[expect(clippy::cast_possible_truncation, reason = "NIfTI-1 keeps its affine in 32-bit floats")]
    let narrow = |value: &f64| (*value as f32).to_le_bytes();
    values.iter().flat_map(narrow).collect()
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use ndarray::Array3;

    use super::*;

    fn example() -> (LabelVolume, Volume) {
        let mut labels = Array3::zeros([2, 3, 4]);
        labels[[1, 2, 3]] = 4;
        (LabelVolume { labels, scheme: "agatston" }, Volume::filled([2, 3, 4], [3.0, 0.5, 0.25], 0.0))
    }

    fn float_at(bytes: &[u8], at: usize) -> f32 {
        f32::from_le_bytes(bytes[at..at + 4].try_into().unwrap())
    }

    /// Offsets and meanings from the NIfTI-1 header definition (nifti1.h).
    #[test]
    fn header_fields_are_where_nifti1_h_says() {
        let (labels, volume) = example();
        let bytes = encode(&labels, &volume, LabelDepth::U8).unwrap();
        assert_eq!(bytes.len(), 352 + 24);
        assert_eq!(bytes[40..48], [3, 0, 4, 0, 3, 0, 2, 0], "dim: 3 axes of 4, 3, 2");
        assert_eq!(bytes[70..74], [2, 0, 8, 0], "datatype and bitpix");
        assert_eq!(float_at(&bytes, 108), 352.0, "vox_offset");
        assert_eq!(&bytes[344..348], b"n+1\0");
        assert_eq!(bytes[351 + 24], 4, "the last voxel is the last byte");
    }

    /// Voxel 0 is at LPS (-0.375, -0.5, 0), which is RAS (+0.375, +0.5, 0).
    #[test]
    fn the_affine_turns_lps_into_ras() {
        let (labels, volume) = example();
        let bytes = encode(&labels, &volume, LabelDepth::U8).unwrap();
        let row = |at: usize| [0, 4, 8, 12].map(|step| float_at(&bytes, at + step));
        assert_eq!(row(280), [-0.25, 0.0, 0.0, 0.375]);
        assert_eq!(row(296), [0.0, -0.5, 0.0, 0.5]);
        assert_eq!(row(312), [0.0, 0.0, 3.0, 0.0]);
        assert_eq!([256, 260, 264].map(|at| float_at(&bytes, at)), [0.0, 0.0, 1.0], "quaternion b, c, d");
    }

    #[test]
    fn compressed_files_hold_the_plain_bytes() {
        let (labels, volume) = example();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("labels.nii.gz");
        write(&path, &labels, &volume, LabelDepth::U16).unwrap();
        let mut plain = Vec::new();
        flate2::read::GzDecoder::new(fs::File::open(&path).unwrap()).read_to_end(&mut plain).unwrap();
        assert_eq!(plain, encode(&labels, &volume, LabelDepth::U16).unwrap());
        assert_eq!(plain.len(), 352 + 48);
    }
}
