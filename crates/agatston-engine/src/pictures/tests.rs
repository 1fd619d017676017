//! Pictures of tiny series whose pixels can be worked out by hand.

use super::*;
use crate::traced::{Span, TracedRegion};
use agatston_core::{Geometry, Plane, Rescale};
use ndarray::Array2;

/// A box in the patient, 6 mm from right to left, 4 mm from front to back, 3 slices 2 mm apart; voxels of 1 x 1 x 2 mm.
const ACROSS: [f64; 2] = [0.0, 5.0];
const DOWN: [f64; 2] = [0.0, 3.0];

/// The box stored with these directions: it begins where they come from.
fn stored(row_dir: [f64; 3], column_dir: [f64; 3]) -> Geometry {
    let begin = |axis: usize, [low, high]: [f64; 2]| {
        if row_dir[axis] + column_dir[axis] > 0.0 { low } else { high }
    };
    let is_transposed = row_dir[1] != 0.0;
    Geometry {
        rows: if is_transposed { 6 } else { 4 },
        columns: if is_transposed { 4 } else { 6 },
        spacing_mm: [1.0, 1.0],
        increment_mm: 2.0,
        origin_lps_mm: [begin(0, ACROSS), begin(1, DOWN), 0.0],
        row_dir,
        column_dir,
        normal: [0.0, 0.0, 1.0],
    }
}

/// The pictures of air with one bright voxel, a lesion of LAD, 4 mm from the right end, 1 mm from the front, in the highest
/// slice.
fn bright(geometry: &Geometry) -> Pictures {
    let at = geometry.index_of([4.0, 1.0, 4.0]).map(|x| x.round());
    let [slice, row, column] = at.map(|x| (0u16..9).find(|i| f64::from(*i) == x).unwrap());
    assert_eq!(slice, 2);
    let mut slices = vec![Vec::new(); 3];
    slices[2] = vec![Span { row, start: column, end: column + 1, lesion: 0 }];
    let region = Region::Artery(Artery::Lad);
    let regions = vec![TracedRegion { region, name: "LAD".to_owned() }];
    let calcium = Calcium { regions, lesions: vec![0], slices, is_provisional: false };
    let frame = Frame::of(geometry, &calcium);
    let rescale = Rescale::new(1.0, 0.0, 0).unwrap();
    let mut exposure = Exposure::new(&frame);
    for index in 0..3u16 {
        let mut hu = Array2::from_elem([usize::from(geometry.rows), usize::from(geometry.columns)], -1000i16);
        if index == slice {
            hu[[usize::from(row), usize::from(column)]] = 900;
        }
        let plane = Plane { stored: hu.view(), padding: None };
        exposure.take(u32::from(index), Shown::of(&plane, rescale, &frame), index == 2);
    }
    let drawing = Drawing { calcium: &calcium, labels: numbered(&calcium), reason: "" };
    developed(exposure, &frame, &drawing)
}

/// Row and column of the only white pixel; all others are black.
fn white(picture: &Picture) -> [u32; 2] {
    let values = &picture.image.values;
    let all: Vec<u32> = (0u32..).zip(values).filter(|(_, v)| **v > 0).map(|(i, _)| i).collect();
    assert_eq!(all.len(), 1);
    [all[0] / picture.image.columns, all[0] % picture.image.columns]
}

fn corners(picture: &Picture) -> Vec<(u32, u32)> {
    assert_eq!(picture.marks.len(), 1);
    picture.marks[0].outlines[0].corners.iter().map(|c| (c.column, c.row)).collect()
}

/// However it is stored: the patient's right on the left, the front and the head on top.
#[test]
fn a_voxel_is_where_radiology_puts_it() {
    let (left, right) = ([1.0, 0.0, 0.0], [-1.0, 0.0, 0.0]);
    let (back, front) = ([0.0, 1.0, 0.0], [0.0, -1.0, 0.0]);
    // On the back, on the front, mirrored, upside down, rows and columns exchanged, the same on the other side.
    for (row_dir, column_dir) in
        [(left, back), (right, front), (right, back), (left, front), (back, left), (front, right)]
    {
        let pictures = bright(&stored(row_dir, column_dir));
        assert_eq!([pictures.axial.image.rows, pictures.axial.image.columns], [4, 6]);
        assert_eq!([pictures.coronal.image.rows, pictures.coronal.image.columns], [3, 6]);
        assert_eq!(white(&pictures.axial), [1, 4], "{row_dir:?} {column_dir:?}");
        assert_eq!(white(&pictures.slices[0]), [1, 4]);
        assert_eq!(white(&pictures.coronal), [0, 4]);
        assert_eq!(corners(&pictures.axial), [(4, 1), (5, 1), (5, 2), (4, 2)]);
        assert_eq!(corners(&pictures.slices[0]), [(4, 1), (5, 1), (5, 2), (4, 2)]);
        assert_eq!(corners(&pictures.coronal), [(4, 0), (5, 0), (5, 1), (4, 1)]);
        assert_eq!(pictures.axial.marks[0].label, "LAD 1");
    }
}

/// A row of the coronal picture is a slice, 2 mm high; a column is 1 mm wide.
#[test]
fn pixels_of_a_coronal_picture_are_not_square() {
    let pictures = bright(&stored([1.0, 0.0, 0.0], [0.0, 1.0, 0.0]));
    assert_eq!(pictures.coronal.size_mm(), [6.0, 6.0]);
    assert_eq!(pictures.axial.size_mm(), [4.0, 6.0]);
}

/// A pixel of 5000 by 1 mm would make a picture of gigabytes.
#[test]
fn a_picture_of_impossible_pixels_is_cut() {
    let mut picture = bright(&stored([1.0, 0.0, 0.0], [0.0, 1.0, 0.0])).axial;
    picture.pixel_mm[0] = 5000.0 * picture.pixel_mm[1];
    let image = image::load_from_memory(&raster::png(&picture)).unwrap();
    assert!((4000..4200).contains(&image.height()), "{} rows", image.height());
}

#[test]
fn names_of_files_tell_the_slice() {
    let files = bright(&stored([1.0, 0.0, 0.0], [0.0, 1.0, 0.0])).png_files();
    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["axial_mip.png", "coronal_mip.png", "slice_0002.png"]);
    assert!(files.iter().all(|(_, bytes)| bytes.starts_with(b"\x89PNG")));
}

/// Read back: 1000 pixels wide, 4 of 6 mm high, and the strip. The bright pixel is 4 to 5 mm from the left and 1 to 2 mm from
/// the top; the outline around it is in the colour of LAD, (213, 94, 0) with
/// a third of white.
#[test]
fn a_png_has_the_outline_where_the_lesion_is() {
    let picture = bright(&stored([1.0, 0.0, 0.0], [0.0, 1.0, 0.0])).axial;
    let bytes = raster::png(&picture);
    let image = image::load_from_memory(&bytes).unwrap().into_rgb8();
    assert_eq!(image.width(), 1000);
    let at = |x: u32, y: u32| image.get_pixel(x, y).0;
    // A mm is 166.67 pixels.
    assert_eq!(at(750, 250), [255; 3], "inside");
    assert_eq!((at(667, 250), at(750, 167)), ([227, 147, 85], [227, 147, 85]), "on the outline");
    assert_eq!(at(100, 250), [0; 3], "air");
}

/// Lesions of 1 mm, every 10 mm: each has its label beside it, on no lesion and on no other label.
#[test]
fn labels_keep_out_of_each_others_way() {
    let mut picture = bright(&stored([1.0, 0.0, 0.0], [0.0, 1.0, 0.0])).axial;
    picture.image = Gray::black([100, 100]);
    let pixel = |row: u16, column: u16| crate::outline::Stretch { row, start: column, end: column + 1 };
    let one = picture.marks[0].clone();
    picture.marks = (0..81u16)
        .map(|i| Mark {
            lesion: usize::from(i),
            outlines: crate::outline::outlines(&[pixel(10 + i / 9 * 10, 10 + i % 9 * 10)]),
            ..one.clone()
        })
        .collect();
    let layout = layout::layout(&picture, 2.0);
    assert_eq!((layout.labels.len(), layout.unlabelled), (81, 0));
    let apart = |a: &layout::Rect, b: &layout::Rect| {
        a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top
    };
    for (i, label) in layout.labels.iter().enumerate() {
        assert!(layout.labels[..i].iter().all(|other| apart(&label.at, &other.at)), "label {i}");
        for row in 0..9 {
            for column in 0..9 {
                let (left, top) = (10.0 + 10.0 * f64::from(column), 10.0 + 10.0 * f64::from(row));
                let lesion = layout::Rect { left, top, right: left + 1.0, bottom: top + 1.0 };
                assert!(apart(&label.at, &lesion), "label {i} over a lesion");
            }
        }
    }
    // Ten times as large there is no room for all, and that is counted.
    let crowded = layout::layout(&picture, 20.0);
    assert!(crowded.unlabelled > 0);
    assert_eq!(crowded.labels.len() + crowded.unlabelled, 81);
}
