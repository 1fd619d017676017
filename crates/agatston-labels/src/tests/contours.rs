//! Contours on a series, whatever file they come from: 7 columns, 6 rows and 3 slices.

use super::*;
use crate::{
    Instance, LabelKind, Series,
    contours::{Contour, Contours, Drawing},
    error::Trouble,
    label_file::Origin,
    names::{Key, Names},
    polygon::Corner,
};

const SQUARE: [Corner; 4] = [[1.0, 1.0], [5.0, 1.0], [5.0, 4.0], [1.0, 4.0]];
const INNER: [Corner; 4] = [[2.0, 1.6], [4.0, 1.6], [4.0, 3.4], [2.0, 3.4]];

fn all() -> Candidates {
    everything(Geometry { rows: 6, columns: 7, ..geometry() }, 3)
}

/// A contour of the LAD (2) or LCX (3), without pixels, as an RTSTRUCT has them.
fn contour(id: u32, slice: f64, corners: &[Corner]) -> Contour {
    Contour {
        key: Key::of(id),
        lps_mm: corners.iter().map(|[x, y]| [10.0 + x, 20.0 + y, 30.0 + 2.0 * slice]).collect(),
        pixels: None,
        sop_instance_uid: None,
        image_index: None,
    }
}

fn drawing(contours: Vec<Contour>, holes: bool) -> Drawing {
    let names = [(2, "LAD"), (3, "LCX")].map(|(id, name)| (Key::of(id), name.to_owned().into()));
    Drawing {
        kind: LabelKind::RtStruct,
        names: Names::from(names),
        contours,
        holes,
        origin: Origin::default(),
        findings: Vec::new(),
    }
}

/// The middle slice as text, and the codes of the findings.
fn assigned(drawing: Drawing, instances: &[Instance]) -> Result<(String, Vec<&'static str>), Trouble> {
    let all = all();
    let (contours, findings) = Contours::new(drawing, None)?;
    assert!(findings.is_empty());
    let (assigned, findings) = contours.assign(Series { instances, ..Series::from(&all) })?;
    let mut picture = vec![vec!['.'; 7]; 6];
    for piece in assigned.listed().unwrap().iter().filter(|piece| piece.slice == 1) {
        let row = usize::from(all.slices[1].runs[piece.run as usize].row);
        picture[row][piece.start.into()..piece.end.into()].fill(letter(piece.region));
    }
    let rows: Vec<String> = picture.into_iter().map(|row| row.into_iter().collect()).collect();
    Ok((rows.join(" "), findings.iter().map(|f| f.code.name()).collect()))
}

fn check(contours: &[Contour], expected: &str, found: &[&str]) {
    let (picture, codes) = assigned(drawing(contours.to_vec(), true), &[]).unwrap();
    assert_eq!((picture.as_str(), codes.as_slice()), (expected, found));
}

fn refused(drawing: Drawing, instances: &[Instance]) -> String {
    let outcome = assigned(drawing, instances).map_err(|trouble| trouble.in_file("map.nii"));
    let said = outcome.as_ref().unwrap_err().to_string();
    format!("{} {said}", code(outcome))
}

const WHOLE: &str = "....... .AAAAA. .AAAAA. .AAAAA. .AAAAA. .......";

#[test]
fn a_contour_within_another_is_a_hole() {
    let ring = "....... .AAAAA. .A...A. .A...A. .AAAAA. .......";
    let inner = [[1.5, 1.5], [4.5, 1.5], [4.5, 3.5], [1.5, 3.5]];
    let both = [contour(2, 1.0, &SQUARE), contour(2, 1.0, &inner)];
    check(&both, ring, &["labels_holes"]);
    // The outline of a hole belongs to the region; an island within the hole does too.
    let wide = "....... .AAAAA. .AA.AA. .AA.AA. .AAAAA. .......";
    let island = [both[0].clone(), contour(2, 1.0, &INNER)];
    check(&island, wide, &["labels_holes"]);
    let speck = [both[0].clone(), both[1].clone(), contour(2, 1.0, &[[3.0, 2.0]])];
    check(&speck, "....... .AAAAA. .A.A.A. .A...A. .AAAAA. .......", &["labels_holes"]);
    // In a file without holes it adds nothing, and of another artery it is no hole but an overlap.
    let (picture, codes) = assigned(drawing(both.to_vec(), false), &[]).unwrap();
    assert_eq!((picture.as_str(), codes), (WHOLE, vec![]));
    let other = drawing(vec![both[0].clone(), contour(3, 1.0, &inner)], true);
    assert!(refused(other, &[]).starts_with("labels_overlap"));
}

/// Else the even-odd rule would leave its outline alone.
#[test]
fn the_same_contour_twice_is_no_hole() {
    let mut turned = SQUARE;
    turned.rotate_left(2);
    let mut back = SQUARE;
    back.reverse();
    let closed = [&SQUARE[..], &SQUARE[..1]].concat();
    let rounded = SQUARE.map(|[x, y]| [x + 0.004, y]);
    for again in [&SQUARE[..], &turned, &back, &closed, &rounded] {
        check(&[contour(2, 1.0, &SQUARE), contour(2, 1.0, again)], WHOLE, &[]);
    }
}

#[test]
fn contours_of_one_region_that_cross_are_refused_where_holes_count() {
    let bar = [[0.0, 2.0], [6.0, 2.0], [6.0, 3.0], [0.0, 3.0]];
    let shifted = SQUARE.map(|[x, y]| [x + 1.0, y + 1.0]);
    for other in [bar, shifted] {
        let both = vec![contour(2, 1.0, &SQUARE), contour(2, 1.0, &other)];
        let said = refused(drawing(both.clone(), true), &[]);
        assert!(said.starts_with("labels_invalid") && said.contains("LAD cross"), "{said}");
        // Where a contour within another is no hole, the whole of both counts.
        assigned(drawing(both, false), &[]).unwrap();
    }
    // Neighbours along a side, also when their points are rounded.
    let right = [[4.99, 1.0], [6.0, 1.0], [6.0, 4.0], [5.01, 4.0]];
    let wider = "....... .AAAAAA .AAAAAA .AAAAAA .AAAAAA .......";
    check(&[contour(2, 1.0, &SQUARE), contour(2, 1.0, &right)], wider, &[]);
}

#[test]
fn a_contour_lies_in_a_slice() {
    for off in [-0.09, 0.09] {
        check(&[contour(2, 1.0 + off, &SQUARE)], WHOLE, &[]);
    }
    for slice in [0.5, 1.11, -1.0, 3.0, 1e9, f64::MAX, f64::NAN] {
        let said = refused(drawing(vec![contour(2, slice, &SQUARE)], true), &[]);
        assert!(said.starts_with("labels_off_grid") && said.contains("in no slice"), "{slice} {said}");
    }
    let mut slanted = contour(2, 1.0, &SQUARE);
    slanted.lps_mm[0][2] += 2.0;
    let said = refused(drawing(vec![slanted], true), &[]);
    assert!(said.contains("points from 1.00 to 2.00, counted in slices"), "{said}");
}

#[test]
fn a_contour_lies_in_the_image() {
    // On the edge of the image and up to half a pixel beyond the last centres is within it.
    let edge = [[-0.5, -0.5], [6.5, -0.5], [6.5, 5.5], [-0.5, 5.5]];
    check(&[contour(2, 1.0, &edge)], &["AAAAAAA"; 6].join(" "), &[]);
    for far in [[7.5, 1.0], [-1.5, 1.0], [1.0, 6.5], [1.0, -1.5], [f64::MAX, 1.0]] {
        let corners = [SQUARE[0], SQUARE[1], far];
        let said = refused(drawing(vec![contour(2, 1.0, &corners)], true), &[]);
        assert!(said.starts_with("labels_off_grid") && said.contains("beyond the image"), "{said}");
    }
}

#[test]
fn pixels_are_exact_and_millimetres_prove_them() {
    let with = |pixels: &[Corner]| {
        let mut contour = contour(2, 1.0, &SQUARE);
        contour.pixels = Some(pixels.to_vec());
        drawing(vec![contour], false)
    };
    // Half a pixel between the two is the corner and the centre of a pixel; the pixels count.
    let moved = |by: f64| SQUARE.map(|[x, y]| [x + by, y]);
    let (picture, _) = assigned(with(&moved(0.5)), &[]).unwrap();
    assert_eq!(picture, "....... ..AAAA. ..AAAA. ..AAAA. ..AAAA. .......");
    for apart in [&moved(1.01)[..], &SQUARE[..3]] {
        let said = refused(with(apart), &[]);
        assert!(said.starts_with("labels_off_grid") && said.contains("elsewhere in pixels"), "{said}");
    }
}

#[test]
fn the_image_that_a_contour_names_must_be_that_of_its_points() {
    let instance = |uid: &str, frame| Instance { sop_instance_uid: uid.to_owned(), frame };
    let single = ["1.0", "1.1", "1.2"].map(|uid| instance(uid, 1));
    let frames = [1, 2, 3].map(|frame| instance("1.9", frame));
    let named = |uid: &str| {
        let mut contour = contour(2, 1.0, &SQUARE);
        contour.sop_instance_uid = Some(uid.to_owned());
        drawing(vec![contour], true)
    };
    for (uid, instances) in [("1.1", &single), ("1.9", &frames)] {
        assert_eq!(assigned(named(uid), instances).unwrap().0, WHOLE);
    }
    // Another series, which its origin tells, or a series of which nobody knows the names.
    assert_eq!(assigned(named("1.7"), &single).unwrap().0, WHOLE);
    assert_eq!(assigned(named("1.2"), &[]).unwrap().0, WHOLE);
    let said = refused(named("1.2"), &single);
    assert!(said.starts_with("labels_invalid"), "{said}");
    assert!(said.contains("lie in slice 1, the image that it names is slice 2"), "{said}");
}

#[test]
fn regions_that_hold_no_candidate_are_told_while_others_hold_some() {
    let calcium = candidates(all().geometry, &["....... ....... ..#.... ....... ....... ......."; 3]);
    let told = |contours: Vec<Contour>| -> Vec<_> {
        let (contours, _) = Contours::new(drawing(contours, true), None).unwrap();
        let (_, findings) = contours.assign(Series::from(&calcium)).unwrap();
        findings.into_iter().map(|f| (f.code.name(), f.seen)).collect()
    };
    let beside = [[4.0, 4.0], [6.0, 4.0], [6.0, 5.0]];
    let lcx = [contour(3, 1.0, &beside), contour(3, 2.0, &beside)];
    let both = told([&[contour(2, 1.0, &SQUARE)][..], &lcx].concat());
    assert_eq!(both, [("labels_without_candidates", Some("LCX: 2 contours".to_owned()))]);
    assert_eq!(told(lcx.to_vec()), [("labels_touch_nothing", None)]);
}

/// Points on one slice are limited, and as many as that are answered at once.
#[test]
fn many_points_take_no_time() {
    let wave = |count: u32, from: f64| -> Vec<Corner> {
        let turn = |i: u32| f64::from(i) / f64::from(count) * std::f64::consts::TAU;
        (0..count).map(|i| [3.0 + from * turn(i).cos(), 2.5 + from * turn(i).sin()]).collect()
    };
    let both = vec![contour(2, 1.0, &wave(10_000, 2.4)), contour(2, 1.0, &wave(10_000, 1.2))];
    let (picture, codes) = assigned(drawing(both, true), &[]).unwrap();
    // Rows 1.5 and 0.5 from the centre are cut 1.87 and 2.35 from it, and by the inner circle not at all and at 1.09.
    assert_eq!(picture, "....... ..AAA.. .A...A. .A...A. ..AAA.. .......");
    assert_eq!(codes, ["labels_holes"]);
    let said = refused(drawing(vec![contour(2, 1.0, &wave(20_001, 2.0))], true), &[]);
    assert!(said.starts_with("labels_invalid") && said.contains("20001 points"), "{said}");
}

/// Rings of 10,000 points each along each other: 6 x 10^8 pairs of edges.
#[test]
fn contours_that_would_take_too_long_are_refused() {
    let ring = |by: f64| -> Vec<Corner> {
        let angles = (0..10_000).map(|i| f64::from(i) / 10_000.0 * std::f64::consts::TAU);
        angles.map(|a| [3.0 + by + a.cos(), 2.0 + a.sin()]).collect()
    };
    let both = vec![contour(2, 1.0, &ring(0.0)), contour(2, 1.0, &ring(0.001))];
    let said = refused(drawing(both.clone(), true), &[]);
    assert!(said.starts_with("labels_invalid") && said.contains("too intricate"), "{said}");
    // Where nothing is a hole, nothing is compared.
    assigned(drawing(both, false), &[]).unwrap();
}
