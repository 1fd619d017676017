//! Label grids in patient space against the voxels of a series.

use proptest::prelude::*;

use super::*;

fn labelled(map: &Map, candidates: &Candidates) -> Labelled {
    map.read("agatston").unwrap().assign(candidates).unwrap()
}

#[test]
fn right_and_left_are_told_by_the_affine() {
    // The same labels, stored from left to right, from back to front and from top to bottom:
    // RAS (i - 13, j - 22, 32 - 2 k) with i = 3 - column, j = 2 - row, k = 1 - slice.
    let all = everything(geometry(), 2);
    let here = Map::drawn(&["1000 0000 0002", "0000 0340 0000"]);
    let turned = Map {
        sform: Some([[1.0, 0.0, 0.0, -13.0], [0.0, 1.0, 0.0, -22.0], [0.0, 0.0, -2.0, 32.0]]),
        ..Map::drawn(&["0000 0430 0000", "2000 0000 0001"])
    };
    for map in [here, turned] {
        let labelled = labelled(&map, &all);
        assert_eq!(painted(&labelled, &all), ["M... .... ...A", ".... .XR. ...."]);
        assert_eq!(codes(&labelled), [""; 0]);
    }
}

#[test]
fn a_qform_is_a_rotation_and_a_mirror() {
    // Half a turn about the third axis (d = 1): RAS (-i, -j, 2 k) + (-10, -20, 30), as ON_SERIES.
    let qform = Some([0.0, 0.0, 1.0, -10.0, -20.0, 30.0]);
    let pixdim = [1.0, 1.0, 1.0, 2.0];
    let all = everything(geometry(), 2);
    let map = Map { sform: None, qform, pixdim, ..Map::drawn(&["1000 0000 0002", "0000 0340 0000"]) };
    assert_eq!(painted(&labelled(&map, &all), &all), ["M... .... ...A", ".... .XR. ...."]);
    // With qfac -1 the third axis points down: from the top slice at 32, k = 1 - slice.
    let map = Map {
        sform: None,
        qform: Some([0.0, 0.0, 1.0, -10.0, -20.0, 32.0]),
        pixdim: [-1.0, 1.0, 1.0, 2.0],
        ..Map::drawn(&["0000 0340 0000", "1000 0000 0002"])
    };
    assert_eq!(painted(&labelled(&map, &all), &all), ["M... .... ...A", ".... .XR. ...."]);
    // A quarter turn (a = d = sqrt(1/2)): RAS (-j, i), so with offset (-10, -22) i counts rows backwards.
    let half = 0.5_f64.sqrt();
    let map = Map {
        sform: None,
        qform: Some([0.0, 0.0, half, -10.0, -22.0, 30.0]),
        pixdim,
        ..Map::drawn(&["001 000 000 200", "000 030 040 000"])
    };
    assert_eq!(painted(&labelled(&map, &all), &all), ["M... .... ...A", ".... .XR. ...."]);
}

#[test]
fn the_sform_wins_and_disagreement_is_found() {
    let all = everything(geometry(), 2);
    let pixdim = [1.0, 1.0, 1.0, 2.0];
    let at = |x| Some([0.0, 0.0, 1.0, x, -20.0, 30.0]);
    let map = |x| Map { qform: at(x), pixdim, ..Map::drawn(&["1000 0000 0000", "0000 0000 0000"]) };
    assert_eq!(codes(&labelled(&map(-10.05), &all)), [""; 0]);
    let found = labelled(&map(-11.0), &all);
    assert_eq!(codes(&found), ["labels_sform_qform_disagree"]);
    assert_eq!(found.findings[0].seen.as_deref(), Some("up to 1.000 mm apart"));
    assert_eq!(painted(&found, &all)[0], "M... .... ....");
}

#[test]
fn grids_without_a_usable_position_are_refused() {
    let base = Map::drawn(&["1000 0000 0000"]);
    let with = |sform| Map { sform, ..base.clone() };
    let [x, y, z] = ON_SERIES;
    for map in [
        with(None),
        with(Some([x, y, [0.0, 0.0, f64::NAN, 0.0]])),
        with(Some([x, y, [0.0; 4]])),
        with(Some([x, x, z])),
        with(Some([[-1.0, 0.1, 0.0, -10.0], y, z])),
        Map { sform: None, qform: Some([1.0, 1.0, 0.0, 0.0, 0.0, 0.0]), ..base.clone() },
    ] {
        assert_eq!(code(map.read("agatston")), "labels_orientation", "{:?}", map.sform);
    }
}

#[test]
fn a_finer_grid_gives_the_nearest_voxel() {
    // Columns of 0.5 mm: series column c is label column 2 c; the label columns between are not asked.
    let all = everything(geometry(), 1);
    let sform = Some([[-0.5, 0.0, 0.0, -10.0], ON_SERIES[1], ON_SERIES[2]]);
    let map = Map { sform, ..Map::drawn(&["1020300 0404000 0000004"]) };
    let found = labelled(&map, &all);
    assert_eq!(painted(&found, &all), ["MAX. .... ...R"]);
    assert_eq!(codes(&found), ["labels_resampled"]);
}

#[test]
fn a_coarser_grid_gives_the_nearest_voxel() {
    // Columns of 2 mm, the first centred between series columns 0 and 1.
    let all = everything(geometry(), 1);
    let sform = Some([[-2.0, 0.0, 0.0, -10.5], ON_SERIES[1], ON_SERIES[2]]);
    let found = labelled(&Map { sform, ..Map::drawn(&["12 00 34"]) }, &all);
    assert_eq!(painted(&found, &all), ["MMAA .... XXRR"]);
    assert_eq!(codes(&found), ["labels_resampled"]);
}

#[test]
fn an_oblique_grid_gives_the_nearest_voxel() {
    // Turned by the angle of the 3-4-5 triangle about the first voxel, four label rows before it:
    // i = 0.8 c + 0.6 r, j = 0.8 r - 0.6 c + 4. Voxel (r, c) = (1, 1) is i 1.4, j 4.2; (0, 2) is i 1.6, j 2.8.
    let all = everything(geometry(), 1);
    let (ox, oy) = (-10.0 - 0.6 * 4.0, -20.0 + 0.8 * 4.0);
    let sform = Some([[-0.8, 0.6, 0.0, ox], [-0.6, -0.8, 0.0, oy], ON_SERIES[2]]);
    let map = Map { sform, ..Map::drawn(&["00000 00000 00000 00200 01000 00000 00000"]) };
    let found = labelled(&map, &all);
    assert_eq!(painted(&found, &all), ["..A. .M.. ...."]);
    assert_eq!(codes(&found), ["labels_resampled"]);
}

#[test]
fn half_way_between_two_voxels_the_right_one_wins() {
    // Label columns lie half way between series columns: the lower LPS x, the patient's right, wins.
    let all = everything(geometry(), 1);
    let sform = Some([[-1.0, 0.0, 0.0, -9.5], ON_SERIES[1], ON_SERIES[2]]);
    let found = labelled(&Map { sform, ..Map::drawn(&["12340 00000 00000"]) }, &all);
    assert_eq!(painted(&found, &all)[0], "MAXR .... ....");
    // At the edge of the grid the voxel within it wins: column 0 lies half a voxel before the first one.
    let sform = Some([[-1.0, 0.0, 0.0, -10.5], ON_SERIES[1], ON_SERIES[2]]);
    let found = labelled(&Map { sform, ..Map::drawn(&["1234 0000 0000"]) }, &all);
    assert_eq!(painted(&found, &all)[0], "MMAX .... ....");
}

#[test]
fn candidates_outside_the_label_grid_are_counted() {
    let some = candidates(geometry(), &["##.. .... ####", "##.. .... ...."]);
    let found = labelled(&Map::drawn(&["12 00"]), &some);
    assert_eq!(painted(&found, &some), ["MA.. .... ....", ".... .... ...."]);
    assert_eq!(codes(&found), ["labels_cropped"]);
    assert_eq!(found.findings[0].seen.as_deref(), Some("6 of 8 candidate voxels"));
}

#[test]
fn labels_outside_the_series_are_refused() {
    let all = everything(geometry(), 1);
    // One label column more on the left: centre 1 voxel beyond the last, that is half a voxel outside the box.
    let allowed = Map::drawn(&["10002 00000 00000"]);
    assert_eq!(painted(&labelled(&allowed, &all), &all)[0], "M... .... ....");
    let two = Map::drawn(&["100002 000000 000000"]);
    let refused = two.read("agatston").unwrap().assign(&all);
    assert!(refused.as_ref().unwrap_err().to_string().contains("1 label voxels"), "{refused:?}");
    assert_eq!(code(refused), "labels_off_grid");
    // Background may reach as far as it likes.
    let wide = Map::drawn(&["100000 000000 000000"]);
    assert_eq!(painted(&labelled(&wide, &all), &all)[0], "M... .... ....");
    // The next slice is a label voxel too far.
    let above = Map::drawn(&["0000 0000 0000", "0000 0000 0000", "0000 0000 0001"]);
    assert_eq!(code(above.read("agatston").unwrap().assign(&all)), "labels_off_grid");
}

#[test]
fn a_map_of_another_place_is_refused_even_when_it_is_empty() {
    let all = everything(geometry(), 2);
    for shift in [-20.0, 5.0] {
        let mut sform = ON_SERIES;
        sform[0][3] += shift;
        let map = Map { sform: Some(sform), ..Map::drawn(&["0000 0000 0000"]) };
        assert_eq!(code(map.read("agatston").unwrap().assign(&all)), "labels_off_grid", "{shift}");
    }
    // Same grid, left and right mixed up: RAS x positive.
    let mirrored = Map {
        sform: Some([[1.0, 0.0, 0.0, 10.0], ON_SERIES[1], ON_SERIES[2]]),
        ..Map::drawn(&["1000 0000 0000"])
    };
    assert_eq!(code(mirrored.read("agatston").unwrap().assign(&all)), "labels_off_grid");
    // It meets the series in a corner without a candidate.
    let corner = candidates(geometry(), &["...# .... ...."]);
    assert_eq!(code(Map::drawn(&["00 00"]).read("agatston").unwrap().assign(&corner)), "labels_off_grid");
}

#[test]
fn an_empty_map_that_fits_is_an_answer() {
    let all = everything(geometry(), 2);
    let found = labelled(&Map::drawn(&["0000 0000 0000", "0000 0000 0000"]), &all);
    assert_eq!((found.assigned.listed().unwrap().len(), codes(&found)), (0, vec!["labels_empty"]));
    assert_eq!((found.separated, found.coronary), ([true; 4], true));
    let without = candidates(geometry(), &[".... .... ....", ".... .... ...."]);
    assert_eq!(codes(&labelled(&Map::drawn(&["0000 0000 0000"; 2]), &without)), ["labels_empty"]);
}

#[test]
fn labels_beside_every_candidate_are_found() {
    let some = candidates(geometry(), &["##.. .... ...."]);
    let found = labelled(&Map::drawn(&["0011 0000 0000"]), &some);
    assert_eq!((found.assigned.listed().unwrap().len(), codes(&found)), (0, vec!["labels_touch_nothing"]));
}

/// A label map stored with its axes in another order and direction: the same voxels at the same places.
fn stored(map: &Map, order: [usize; 3], flip: [bool; 3]) -> Map {
    let from: Vec<usize> = map.dim.iter().map(|d| *d as usize).collect();
    let dims = order.map(|axis| from[axis]);
    let rows = map.sform.unwrap();
    let mut sform = rows;
    for (row, old) in sform.iter_mut().zip(rows) {
        for (to, axis) in order.into_iter().enumerate() {
            row[to] = if flip[axis] { -old[axis] } else { old[axis] };
            row[3] += if flip[axis] { old[axis] * (from[axis] - 1) as f64 } else { 0.0 };
        }
    }
    let mut values = Vec::new();
    for c in 0..dims[2] {
        for b in 0..dims[1] {
            for a in 0..dims[0] {
                let mut at = [0; 3];
                for (index, axis) in [a, b, c].into_iter().zip(order) {
                    at[axis] = if flip[axis] { from[axis] - 1 - index } else { index };
                }
                let place = 2 * ((at[2] * from[1] + at[1]) * from[0] + at[0]);
                values.extend(&map.values[place..place + 2]);
            }
        }
    }
    Map { dim: dims.map(|d| d as i64).to_vec(), values, sform: Some(sform), ..map.clone() }
}

const ORDERS: [[usize; 3]; 6] = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// How a file stores its axes decides nothing, not even half way between two voxels.
    #[test]
    fn storage_order_changes_nothing(
        ids in prop::collection::vec(0_i16..=4, 24),
        order in prop::sample::select(ORDERS.to_vec()),
        flip in prop::array::uniform3(any::<bool>()),
        half in prop::array::uniform3(any::<bool>()),
        turn in prop::sample::select(vec![0.0_f64, 30.0, 77.0]),
    ) {
        let (sin, cos) = turn.to_radians().sin_cos();
        let series = Geometry { row_dir: [cos, sin, 0.0], column_dir: [-sin, cos, 0.0], ..geometry() };
        // The grid of the series, moved by half a voxel along some axes.
        let move_by = half.map(|h| if h { 0.5 } else { 0.0 });
        let o = series.position_lps_mm(move_by[0], move_by[1], move_by[2]);
        let sform = [[-cos, sin, 0.0, -o[0]], [-sin, -cos, 0.0, -o[1]], [0.0, 0.0, 2.0, o[2]]];
        let map = Map { sform: Some(sform), ..Map::of(&ids, [4, 3, 2]) };
        let all = everything(series, 2);
        let expected = labelled(&map, &all);
        prop_assert_eq!(&expected, &labelled(&stored(&map, order, flip), &all));
        if half == [false; 3] {
            let letters = ['.', 'M', 'A', 'X', 'R'];
            let drawn: String = ids.iter().map(|id| letters[*id as usize]).collect();
            prop_assert_eq!(drawn, painted(&expected, &all).join("").replace(' ', ""));
        }
    }
}
