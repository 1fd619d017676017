//! A plane that comes in strips is the plane: whatever its samples, and wherever in it something is wrong.

use crate::support::{files, indexed, number, passes, series};
use agatston_dicom::{Buffer, PlaneError, Series, Unwatched, Workers, discover, group, index};
use agatston_phantom::{
    Header,
    damage::good_volume,
    dicom::{Object, slice_objects, write_series},
    multiframe::{MultiFrame, multiframe_object},
};
use dicom_dictionary_std::tags;
use std::fs::{self, OpenOptions};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

/// Slices of 300 x 300: 180 kB, so two strips of 128 kB each.
const SIDE: usize = 300;

fn objects(header: &Header) -> Vec<Object> {
    slice_objects(&good_volume(3, SIDE), header)
}

/// Rows of the strips of each slice, and the code that refused it.
fn strips(series: &Series) -> Vec<(Vec<usize>, Option<&'static str>)> {
    Workers::new(2).each(series.planes.len(), Buffer::new, |buffer, turns, slice| {
        let whole = series.plane(slice, &mut Buffer::new()).map(|p| (p.stored.to_owned(), p.padding));
        let (mut rows, mut stored, mut paddings) = (Vec::new(), Vec::new(), Vec::new());
        let taken = series.strips(slice, buffer, turns, |strip| {
            rows.push(strip.stored.nrows());
            stored.extend(strip.stored.iter().copied());
            paddings.push(strip.padding);
        });
        match (whole, taken) {
            (Ok((whole, padding)), Ok(())) => {
                assert!(whole.iter().copied().eq(stored), "slice {slice}");
                assert!(paddings.iter().all(|p| *p == padding), "{paddings:?}, not {padding:?}");
                (rows, None)
            }
            (Err(PlaneError::Refused(a)), Err(PlaneError::Refused(b))) => {
                assert_eq!(a, b);
                (rows, Some(a.code.name()))
            }
            other => panic!("slice {slice}: {other:?}"),
        }
    })
}

/// Every slice comes in strips of 218 and 82 rows, 218 being what fits into 128 kB.
fn check(series: &Series) {
    for slice in strips(series) {
        assert_eq!(slice, (vec![218, 82], None));
    }
}

#[test]
fn strips_are_the_plane_whatever_its_samples() {
    let named = Header::named("strips");
    check(&series(&objects(&named)));
    check(&series(&objects(&Header {
        signed: false,
        bits_stored: 16,
        intercept: -32_768.0,
        ..named.clone()
    })));
    check(&series(&objects(&Header { signed: false, bits_stored: 12, intercept: -1024.0, ..named.clone() })));
    check(&series(&objects(&Header {
        signed: true,
        bits_stored: 12,
        padding: Some(-2000),
        ..named.clone()
    })));
    check(&series(&objects(&Header { slope: -0.5, intercept: 1000.0, ..named.clone() })));
    let mut big_endian = objects(&named);
    for object in &mut big_endian {
        object.update_meta(|meta| meta.transfer_syntax = "1.2.840.10008.1.2.2".into());
    }
    check(&series(&big_endian));
    check(&series(&[multiframe_object(&good_volume(3, SIDE), &named, MultiFrame::Enhanced)]));
}

/// One odd sample in the second strip alone: padding beyond the stored bits, then a stray bit.
#[test]
fn what_is_odd_in_one_strip() {
    let mut objects =
        objects(&Header { signed: false, bits_stored: 12, intercept: -1024.0, ..Header::named("odd strip") });
    for object in &mut objects {
        number(object, tags::PIXEL_PADDING_VALUE, 63_536);
    }
    let with_last_sample = |value: u16| {
        let mut files = files(&objects);
        for file in &mut files {
            let end = file.bytes.len();
            file.bytes[end - 2..].copy_from_slice(&value.to_le_bytes());
        }
        passes(group(indexed(&files)))
    };
    check(&with_last_sample(63_536));
    for slice in strips(&with_last_sample(0x1234)) {
        assert_eq!(slice, (vec![218], Some("bits")));
    }
}

#[test]
fn a_file_that_is_cut_while_it_is_scored() {
    let folder = tempfile::tempdir().unwrap();
    let paths = write_series(folder.path(), &good_volume(3, SIDE), &Header::named("cut")).unwrap();
    let found = index(discover(&[folder.path().to_owned()]).unwrap(), Workers::new(2), &Unwatched).unwrap();
    let series = passes(group(found));
    for (missing, rows) in [(2, vec![218]), (100_000, vec![])] {
        for path in &paths {
            let length = fs::metadata(path).unwrap().len();
            OpenOptions::new().write(true).open(path).unwrap().set_len(length - missing).unwrap();
        }
        for slice in strips(&series) {
            assert_eq!(slice, (rows.clone(), Some("truncated_file")));
        }
    }
}

/// Frames of a file inside an archive are found where they are, or unpacked once for all readers.
#[test]
fn frames_in_an_archive() {
    let folder = tempfile::tempdir().unwrap();
    let object = multiframe_object(&good_volume(3, SIDE), &Header::named("zip"), MultiFrame::Enhanced);
    let plain = series(std::slice::from_ref(&object));
    for (method, rows) in
        [(CompressionMethod::Stored, vec![218, 82]), (CompressionMethod::Deflated, vec![300])]
    {
        let path = folder.path().join(format!("{method}.zip"));
        let mut archive = ZipWriter::new(fs::File::create(&path).unwrap());
        let options = SimpleFileOptions::default().compression_method(method);
        archive.start_file("frames.dcm", options).unwrap();
        std::io::Write::write_all(&mut archive, &agatston_phantom::dicom::encode(&object).unwrap()).unwrap();
        archive.finish().unwrap();
        let found = index(discover(&[path]).unwrap(), Workers::new(2), &Unwatched).unwrap();
        let archived = passes(group(found));
        for slice in strips(&archived) {
            assert_eq!(slice, (rows.clone(), None), "{method}");
        }
        let buffer = Buffer::new();
        for slice in 0..3 {
            let (mut a, mut b) = (buffer.beside(), Buffer::new());
            let (a, b) = (archived.plane(slice, &mut a).unwrap(), plain.plane(slice, &mut b).unwrap());
            assert_eq!(a.stored, b.stored, "{method}");
        }
    }
}
