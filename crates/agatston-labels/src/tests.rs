//! What the tests of this crate share: series typed as text, NIfTI files built byte by byte.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "tests write small numbers into narrow fields"
)]

mod coca;
mod contours;
mod dicom_damage;
mod dicom_file;
mod dicom_packing;
mod dicom_seg;
mod edits;
mod fitting;
mod folder;
mod meaning;
mod metaimage;
mod nrrd;
mod reading;
mod references;
mod regions;
mod rtstruct;
mod shared_data;
mod slicer;

use std::{fs, io::Write, path::PathBuf};

use agatston_core::{
    Artery, Candidates, Geometry, Plane, Region, Rescale, ScanSpec, Scratch, SliceScan, scan,
};
use ndarray::Array2;

use crate::{Error, Instance, LabelKind, Labelled, Labels, ReadOptions, Scheme, Series, read};

/// Columns 4, rows 3, slices 2; voxel (slice, row, column) lies at LPS (10 + column, 20 + row, 30 + 2 slice).
fn geometry() -> Geometry {
    Geometry {
        rows: 3,
        columns: 4,
        spacing_mm: [1.0, 1.0],
        increment_mm: 2.0,
        origin_lps_mm: [10.0, 20.0, 30.0],
        row_dir: [1.0, 0.0, 0.0],
        column_dir: [0.0, 1.0, 0.0],
        normal: [0.0, 0.0, 1.0],
    }
}

/// Candidates where the text has a `#`; one text a slice, rows parted by blanks.
fn candidates(geometry: Geometry, slices: &[&str]) -> Candidates {
    let slices: Vec<_> = slices.iter().map(|text| scan_text(text)).collect();
    let rescale = vec![Rescale::new(1.0, 0.0, 0).unwrap(); slices.len()];
    Candidates { geometry, rescale, slices }
}

fn scan_text(text: &str) -> SliceScan {
    let rows: Vec<&[u8]> = text.split_whitespace().map(str::as_bytes).collect();
    let columns = rows.iter().map(|row| row.len()).max().unwrap_or(0);
    let stored = Array2::from_shape_fn((rows.len(), columns), |(row, column)| {
        if rows[row].get(column) == Some(&b'#') { 200 } else { 0 }
    });
    let plane = Plane { stored: stored.view(), padding: None };
    scan(&plane, Some(130), &ScanSpec::default(), &mut Scratch::new())
}

/// Every voxel a candidate.
fn everything(geometry: Geometry, slices: usize) -> Candidates {
    let line = "#".repeat(geometry.columns.into());
    let text = vec![line; geometry.rows.into()].join(" ");
    candidates(geometry, &vec![text.as_str(); slices])
}

/// The assignment as text: M LM, A LAD, X LCX, R RCA, C coronary, 0-9 named, n not coronary, `.` in no piece.
fn painted(labelled: &Labelled, candidates: &Candidates) -> Vec<String> {
    let (rows, columns) = (candidates.geometry.rows.into(), candidates.geometry.columns.into());
    let mut slices = vec![vec![vec!['.'; columns]; rows]; candidates.slices.len()];
    for piece in labelled.assigned.listed().unwrap() {
        let slice = usize::from(piece.slice);
        let run = candidates.slices[slice].runs[piece.run as usize];
        assert!(run.start <= piece.start && piece.end <= run.end);
        for column in piece.start..piece.end {
            slices[slice][usize::from(run.row)][usize::from(column)] = letter(piece.region);
        }
    }
    let text = |slice: Vec<Vec<char>>| {
        slice.into_iter().map(|row| row.into_iter().collect::<String>()).collect::<Vec<_>>().join(" ")
    };
    slices.into_iter().map(text).collect()
}

fn letter(region: Region) -> char {
    match region {
        Region::Artery(Artery::Lm) => 'M',
        Region::Artery(Artery::Lad) => 'A',
        Region::Artery(Artery::Lcx) => 'X',
        Region::Artery(Artery::Rca) => 'R',
        Region::Coronary => 'C',
        Region::Named(i) => char::from_digit(i.into(), 10).unwrap(),
        Region::NotCoronary => 'n',
    }
}

/// A label map to be written; by default on the grid of [`geometry`], ids as `i16`, NIfTI-1, little-endian.
#[derive(Clone)]
struct Map {
    version: u8,
    big: bool,
    dim: Vec<i64>,
    datatype: i16,
    bitpix: i16,
    values: Vec<u8>,
    scaling: [f64; 2],
    sform: Option<[[f64; 4]; 3]>,
    /// Quaternion b, c, d and offset; the spacings are those of `pixdim`.
    qform: Option<[f64; 6]>,
    pixdim: [f64; 4],
    unit: u8,
    extension: Option<String>,
    tail: Vec<u8>,
}

/// i is the column, j the row, k the slice: RAS (-10 - i, -20 - j, 30 + 2 k).
const ON_SERIES: [[f64; 4]; 3] = [[-1.0, 0.0, 0.0, -10.0], [0.0, -1.0, 0.0, -20.0], [0.0, 0.0, 2.0, 30.0]];

impl Map {
    /// Digits, rows parted by blanks, one text for each k.
    fn drawn(slices: &[&str]) -> Self {
        let ids = slices.iter().flat_map(|s| s.split_whitespace()).flat_map(str::chars);
        let values: Vec<i16> = ids.map(|c| c.to_digit(10).unwrap() as i16).collect();
        let rows: Vec<_> = slices[0].split_whitespace().collect();
        Self::of(&values, [rows[0].len(), rows.len(), slices.len()])
    }

    fn of(values: &[i16], dims: [usize; 3]) -> Self {
        Self {
            version: 1,
            big: false,
            dim: dims.map(|d| d as i64).to_vec(),
            datatype: 4,
            bitpix: 16,
            values: values.iter().flat_map(|v| v.to_le_bytes()).collect(),
            scaling: [0.0, 0.0],
            sform: Some(ON_SERIES),
            qform: None,
            pixdim: [1.0; 4],
            unit: 2,
            extension: None,
            tail: Vec::new(),
        }
    }

    fn with_names(mut self, names: &[(u32, &str)]) -> Self {
        let labels: String = names
            .iter()
            .map(|(id, n)| format!("<Label Key=\"{id}\" Red=\"1\"><![CDATA[{n}]]></Label>\n"))
            .collect();
        let head = r#"<?xml version="1.0" encoding="UTF-8"?> <CaretExtension> <VolumeInformation Index="0">"#;
        self.extension =
            Some(format!("{head}<LabelTable>{labels}</LabelTable></VolumeInformation></CaretExtension>\n  "));
        self
    }

    fn bytes(&self) -> Vec<u8> {
        let mut extension = Vec::new();
        if let Some(text) = &self.extension {
            let size = (8 + text.len()).next_multiple_of(16);
            extension.extend(self.order((size as i32).to_le_bytes()));
            extension.extend([0; 4]);
            extension.extend(text.as_bytes());
            extension.resize(size, 0);
        }
        let mut bytes =
            if self.version == 1 { self.header_1(extension.len()) } else { self.header_2(extension.len()) };
        bytes.extend([u8::from(self.extension.is_some()), 0, 0, 0]);
        bytes.extend(extension);
        let step = usize::try_from(self.bitpix / 8).unwrap().max(1);
        for value in self.values.chunks(step) {
            let turned = value.iter().rev();
            if self.big { bytes.extend(turned) } else { bytes.extend(value) }
        }
        bytes.extend(&self.tail);
        bytes
    }

    fn order<const N: usize>(&self, mut bytes: [u8; N]) -> [u8; N] {
        if self.big {
            bytes.reverse();
        }
        bytes
    }

    fn header_1(&self, extension: usize) -> Vec<u8> {
        let mut h = vec![0; 348];
        let mut put = |at: usize, bytes: &[u8]| h[at..at + bytes.len()].copy_from_slice(bytes);
        put(0, &self.order(348_i32.to_le_bytes()));
        put(40, &self.order((self.dim.len() as i16).to_le_bytes()));
        for (i, d) in self.dim.iter().enumerate() {
            put(42 + 2 * i, &self.order((*d as i16).to_le_bytes()));
        }
        put(70, &self.order(self.datatype.to_le_bytes()));
        put(72, &self.order(self.bitpix.to_le_bytes()));
        let single = |v: f64| self.order((v as f32).to_le_bytes());
        self.pixdim.iter().enumerate().for_each(|(i, v)| put(76 + 4 * i, &single(*v)));
        put(108, &single((352 + extension) as f64));
        put(112, &single(self.scaling[0]));
        put(116, &single(self.scaling[1]));
        put(123, &[self.unit]);
        put(252, &self.order(i16::from(self.qform.is_some()).to_le_bytes()));
        put(254, &self.order(i16::from(self.sform.is_some()).to_le_bytes()));
        let qform = self.qform.unwrap_or_default();
        qform.iter().enumerate().for_each(|(i, v)| put(256 + 4 * i, &single(*v)));
        let sform = self.sform.unwrap_or_default();
        sform.iter().flatten().enumerate().for_each(|(i, v)| put(280 + 4 * i, &single(*v)));
        put(344, b"n+1\0");
        h
    }

    fn header_2(&self, extension: usize) -> Vec<u8> {
        let mut h = vec![0; 540];
        let mut put = |at: usize, bytes: &[u8]| h[at..at + bytes.len()].copy_from_slice(bytes);
        put(0, &self.order(540_i32.to_le_bytes()));
        put(4, b"n+2\0\r\n\x1a\n");
        put(12, &self.order(self.datatype.to_le_bytes()));
        put(14, &self.order(self.bitpix.to_le_bytes()));
        put(16, &self.order((self.dim.len() as i64).to_le_bytes()));
        self.dim.iter().enumerate().for_each(|(i, d)| put(24 + 8 * i, &self.order(d.to_le_bytes())));
        let double = |v: f64| self.order(v.to_le_bytes());
        self.pixdim.iter().enumerate().for_each(|(i, v)| put(104 + 8 * i, &double(*v)));
        put(168, &self.order((544 + extension as i64).to_le_bytes()));
        put(176, &double(self.scaling[0]));
        put(184, &double(self.scaling[1]));
        put(344, &self.order(i32::from(self.qform.is_some()).to_le_bytes()));
        put(348, &self.order(i32::from(self.sform.is_some()).to_le_bytes()));
        let qform = self.qform.unwrap_or_default();
        qform.iter().enumerate().for_each(|(i, v)| put(352 + 8 * i, &double(*v)));
        let sform = self.sform.unwrap_or_default();
        sform.iter().flatten().enumerate().for_each(|(i, v)| put(400 + 8 * i, &double(*v)));
        put(500, &self.order(i32::from(self.unit).to_le_bytes()));
        h
    }

    fn read(&self, scheme: &str) -> Result<Labels, Error> {
        read_bytes("map.nii", &self.bytes(), Scheme::named(scheme))
    }
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn read_bytes(name: &str, bytes: &[u8], scheme: Option<&Scheme>) -> Result<Labels, Error> {
    let folder = tempfile::tempdir().unwrap();
    let path: PathBuf = folder.path().join(name);
    fs::write(&path, bytes).unwrap();
    read(&path, &options(scheme))
}

fn options(scheme: Option<&Scheme>) -> ReadOptions {
    scheme.cloned().map(ReadOptions::from).unwrap_or_default()
}

/// The code of a refusal; its text must name the file and no folder.
fn code<T: std::fmt::Debug>(outcome: Result<T, Error>) -> &'static str {
    let error = outcome.unwrap_err();
    let text = error.to_string();
    assert!(text.starts_with("map.nii") || text.starts_with("regions."), "{text}");
    assert!(!text.contains('/') || !text.contains("tmp"), "{text}");
    error.code().unwrap_or_else(|| panic!("no refusal: {text}")).name()
}

fn codes(labelled: &Labelled) -> Vec<&'static str> {
    labelled.findings.iter().map(|f| f.code.name()).collect()
}
