//! Shapes on tiny grids; every expected picture is drawn by hand.

use super::*;

fn regions(shapes: &str) -> Result<Labels, Error> {
    read_bytes("regions.json", format!(r#"{{"regions": [{shapes}]}}"#).as_bytes(), None)
}

/// One slice of 7 x 7 pixels of 1 mm, pixel (0, 0) at LPS (0, 0, 0).
fn square() -> Geometry {
    Geometry { rows: 7, columns: 7, origin_lps_mm: [0.0; 3], ..geometry() }
}

fn check(shapes: &str, expected: &str) {
    let all = everything(square(), 1);
    let labelled = regions(shapes).unwrap().assign(&all).unwrap();
    let expected = expected.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(painted(&labelled, &all), [expected], "{shapes}");
    assert_eq!(codes(&labelled), [""; 0]);
}

#[test]
fn a_circle_holds_the_pixels_at_its_radius() {
    check(
        r#"{"name": "LAD", "circle_px": {"column": 3, "row": 2, "radius": 2}}"#,
        "...A... ..AAA.. .AAAAA. ..AAA.. ...A... ....... .......",
    );
    // 3-4-5: column 4, row 5 is 1.5 and 2 away, exactly the radius.
    check(
        r#"{"name": "RCA", "circle_px": {"column": 2.5, "row": 3, "radius": 2.5}}"#,
        "....... .RRRR.. .RRRR.. RRRRRR. .RRRR.. .RRRR.. .......",
    );
    check(
        r#"{"name": "LM", "circle_px": {"column": 1, "row": 1, "radius": 0}}"#,
        "....... .M..... ....... ....... ....... ....... .......",
    );
}

#[test]
fn a_box_holds_its_ends() {
    check(
        r#"{"name": "insert", "box_px": {"column": [1, 3], "row": [4, 5.9]}}"#,
        "....... ....... ....... ....... .000... .000... .......",
    );
}

#[test]
fn a_polygon_holds_its_outline() {
    // A triangle with a slanted edge through pixel centres.
    check(
        r#"{"name": "LCX", "polygon_px": [[1, 1], [5, 1], [1, 5]]}"#,
        "....... .XXXXX. .XXXX.. .XXX... .XX.... .X..... .......",
    );
    // A slanted edge that passes beside the centres: x + 2 y <= 7 from (1, 3) to (5, 1).
    check(
        r#"{"name": "LCX", "polygon_px": [[1, 1], [5, 1], [1, 3]]}"#,
        "....... .XXXXX. .XXX... .X..... ....... ....... .......",
    );
}

#[test]
fn a_polygon_that_crosses_itself_is_even_odd() {
    // The inner square is wound twice, so it is outside; its outline is drawn, so it counts.
    let twice = "[0, 0], [6, 0], [6, 6], [0, 6], [0, 0], [2, 2], [4, 2], [4, 4], [2, 4], [2, 2]";
    check(
        &format!(r#"{{"name": "a", "polygon_px": [{twice}]}}"#),
        "0000000 0000000 0000000 000.000 0000000 0000000 0000000",
    );
}

#[test]
fn the_way_round_a_polygon_does_not_matter() {
    for corners in ["[1, 1], [5, 1], [1, 3]", "[1, 3], [5, 1], [1, 1]"] {
        check(
            &format!(r#"{{"name": "a", "polygon_px": [{corners}]}}"#),
            "....... .00000. .000... .0..... ....... ....... .......",
        );
    }
}

#[test]
fn shapes_in_patient_space_hold_their_boundary() {
    check(
        r#"{"name": "LAD", "sphere_lps_mm": {"center": [3, 2, 0], "radius": 2}}"#,
        "...A... ..AAA.. .AAAAA. ..AAA.. ...A... ....... .......",
    );
    check(
        r#"{"name": "LAD", "box_lps_mm": {"min": [1, 4, -1], "max": [3, 5, 0]}}"#,
        "....... ....... ....... ....... .AAA... .AAA... .......",
    );
    // Along x from 1 to 4, radius 1 around y = 3.
    check(
        r#"{"name": "LAD", "cylinder_lps_mm": {"from": [1, 3, 0], "to": [4, 3, 0], "radius": 1}}"#,
        "....... ....... .AAAA.. .AAAA.. .AAAA.. ....... .......",
    );
}

#[test]
fn rounding_does_not_decide_the_boundary() {
    // 0.1 + 0.2 is not 0.3 in floating point: column 3 of spacing 0.1 lies on the boundary all the same.
    let g = Geometry { spacing_mm: [1.0, 0.1], rows: 1, columns: 7, origin_lps_mm: [0.0; 3], ..geometry() };
    let all = everything(g, 1);
    let shape = r#"{"name": "a", "box_lps_mm": {"min": [0.1, -1, -1], "max": [0.3, 1, 1]}}"#;
    let labelled = regions(shape).unwrap().assign(&all).unwrap();
    assert_eq!(painted(&labelled, &all), [".000..."]);
}

#[test]
fn slices_are_inclusive_and_lowest_first() {
    let all = everything(geometry(), 4);
    let shape = r#""box_px": {"column": [0, 3], "row": [0, 0]}"#;
    let file = format!(r#"{{"name": "LAD", {shape}, "slices": [1, 2]}}"#);
    let labelled = regions(&file).unwrap().assign(&all).unwrap();
    let (none, some) = (".... .... ....", "AAAA .... ....");
    assert_eq!(painted(&labelled, &all), [none, some, some, none]);
    // A tall cylinder, cut to slice 3 at z = 36.
    let tall = r#""cylinder_lps_mm": {"from": [10, 20, 0], "to": [10, 20, 90], "radius": 1}"#;
    let file = format!(r#"{{"name": "LAD", {tall}, "slices": [3, 3]}}"#);
    let labelled = regions(&file).unwrap().assign(&all).unwrap();
    assert_eq!(painted(&labelled, &all), [none, none, none, "AA.. A... ...."]);
}

#[test]
fn only_candidates_are_assigned_and_names_repeat() {
    let some = candidates(geometry(), &["#.## .... ####", "##.. .... ...."]);
    let file = r#"{"name": "rod", "box_px": {"column": [0, 0], "row": [0, 2]}},
                  {"name": "RCA", "box_px": {"column": [2, 2], "row": [0, 2]}},
                  {"name": "rod", "box_px": {"column": [1, 1], "row": [2, 2]}},
                  {"name": "block", "box_px": {"column": [3, 3], "row": [0, 0]}}"#;
    let labels = regions(file).unwrap();
    assert!(labels.is_coronary());
    let labelled = labels.assign(&some).unwrap();
    assert_eq!(painted(&labelled, &some), ["0.R1 .... 00R.", "0... .... ...."]);
    assert_eq!(labelled.assigned.names, ["rod", "block"]);
    assert_eq!(labelled.separated, [false, false, false, true]);
    assert_eq!((labelled.lm_policy.as_str(), labelled.source.as_str()), ("not_separated", "regions"));
    assert!(labelled.coronary && labelled.scheme.is_none());
}

#[test]
fn toml_says_the_same_as_json() {
    let toml =
        b"[[regions]]\nname = \"LM\"\nslices = [0, 0]\ncircle_px = { column = 1, row = 1, radius = 1.5 }\n";
    let json = r#"{"name": "LM", "slices": [0, 0], "circle_px": {"column": 1, "row": 1, "radius": 1.5}}"#;
    let all = everything(geometry(), 2);
    let one = read_bytes("regions.toml", toml, None).unwrap().assign(&all).unwrap();
    assert_eq!(one, regions(json).unwrap().assign(&all).unwrap());
    assert_eq!(painted(&one, &all), ["MMM. MMM. MMM.", ".... .... ...."]);
    assert_eq!((one.lm_policy.as_str(), one.separated), ("separate", [true, false, false, false]));
}

#[test]
fn overlap_is_refused() {
    let all = everything(geometry(), 2);
    let pair = |a: &str, b: &str| code(regions(&format!("{a}, {b}")).unwrap().assign(&all));
    let circle = r#"{"name": "LAD", "circle_px": {"column": 0, "row": 0, "radius": 1}}"#;
    let sphere = r#"{"name": "LCX", "sphere_lps_mm": {"center": [11, 20, 30], "radius": 0.1}}"#;
    assert_eq!(
        pair(circle, r#"{"name": "LCX", "box_px": {"column": [1, 2], "row": [0, 0]}}"#),
        "labels_overlap"
    );
    assert_eq!(pair(circle, sphere), "labels_overlap");
    // The same name, other slices, or neighbours that share no pixel: no overlap.
    for other in [
        r#"{"name": "LAD", "box_px": {"column": [1, 2], "row": [0, 0]}}"#,
        r#"{"name": "LCX", "box_px": {"column": [2, 3], "row": [0, 0]}}"#,
    ] {
        regions(&format!("{circle}, {other}")).unwrap().assign(&all).unwrap();
    }
    let a = r#"{"name": "a", "box_px": {"column": [0, 1], "row": [0, 0]}, "slices": [0, 0]}"#;
    let b = r#"{"name": "b", "box_px": {"column": [0, 1], "row": [0, 0]}, "slices": [1, 1]}"#;
    regions(&format!("{a}, {b}")).unwrap().assign(&all).unwrap();
}

#[test]
fn shapes_in_pixels_may_not_overlap_even_beside_the_candidates() {
    let none = candidates(geometry(), &[".... .... ....", ".... .... ...."]);
    let file = r#"{"name": "a", "box_px": {"column": [0, 1], "row": [0, 2]}},
                  {"name": "b", "box_px": {"column": [1, 2], "row": [2, 2]}}"#;
    assert_eq!(code(regions(file).unwrap().assign(&none)), "labels_overlap");
}

#[test]
fn shapes_off_the_series_are_refused() {
    let all = everything(geometry(), 2);
    for shape in [
        r#""box_px": {"column": [0, 1], "row": [0, 1]}, "slices": [0, 2]"#,
        r#""box_px": {"column": [4, 9], "row": [0, 1]}"#,
        r#""circle_px": {"column": 0.5, "row": 0.5, "radius": 0.7}"#,
        r#""sphere_lps_mm": {"center": [0, 0, 0], "radius": 5}"#,
        r#""sphere_lps_mm": {"center": [10, 20, 31], "radius": 0.9}"#,
    ] {
        let labels = regions(&format!(r#"{{"name": "LAD", {shape}}}"#)).unwrap();
        assert_eq!(code(labels.assign(&all)), "labels_off_grid", "{shape}");
    }
}

#[test]
fn what_is_odd_is_found() {
    let one = candidates(geometry(), &["#... .... ...."]);
    let labels = regions(r#"{"name": "LAD", "box_px": {"column": [2, 6], "row": [0, 1]}}"#).unwrap();
    assert_eq!(codes(&labels.assign(&one).unwrap()), ["labels_beyond_image", "labels_touch_nothing"]);
    let text = br#"{"regions": [{"name": "a", "box_px": {"column": [0, 1], "row": [0, 1]}}]}"#;
    let labels = read_bytes("regions", text, Scheme::named("binary")).unwrap();
    let labelled = labels.assign(&one).unwrap();
    assert_eq!(codes(&labelled), ["labels_scheme_unused"]);
    assert!(!labels.is_coronary() && !labelled.coronary && labelled.separated == [false; 4]);
}

#[test]
fn what_is_wrong_in_itself_is_refused() {
    for shape in [
        r#""circle_px": {"column": 1, "row": 1, "radius": -1}"#,
        r#""circle_px": {"column": 1, "row": 1}"#,
        r#""circle_px": {"column": 1, "row": 1, "radius": 1, "slice": 3}"#,
        r#""circle_px": {"column": 1, "row": 1, "radius": 1e999}"#,
        r#""circle_px": {"column": 1, "row": 1, "radius": 1}, "colour": "red""#,
        r#""circle_px": {"column": 1, "row": 1, "radius": 1}, "slices": [3, 2]"#,
        r#""circle_px": {"column": 1, "row": 1, "radius": 1}, "slices": [-1, 2]"#,
        r#""circle_px": {"column": 1, "row": 1, "radius": 1}, "slices": [1]"#,
        r#""circle_px": {"column": 1, "row": 1, "radius": 1}, "box_px": {"column": [0, 1], "row": [0, 1]}"#,
        r#""box_px": {"column": [3, 2], "row": [0, 1]}"#,
        r#""polygon_px": [[0, 0], [1, 1]]"#,
        r#""cylinder_lps_mm": {"from": [1, 1, 1], "to": [1, 1, 1], "radius": 1}"#,
        r#""box_lps_mm": {"min": [0, 0, 0], "max": [1, -1, 1]}"#,
        r#""sphere_lps_mm": {"center": [0, 0, 0], "radius": -0.1}"#,
        r#""slices": [1, 2]"#,
    ] {
        assert_eq!(code(regions(&format!(r#"{{"name": "LAD", {shape}}}"#))), "labels_invalid", "{shape}");
    }
    for text in ["", "{", "{}", r#"{"regions": []}"#, r#"{"regions": [], "more": 1}"#, "[]"] {
        assert_eq!(code(read_bytes("regions.json", text.as_bytes(), None)), "labels_invalid", "{text}");
    }
    let nan = b"[[regions]]\nname = \"LM\"\ncircle_px = { column = nan, row = 1, radius = 1 }\n";
    assert_eq!(code(read_bytes("regions.toml", nan, None)), "labels_invalid");
    let blank = r#"{"name": " LAD", "box_px": {"column": [0, 1], "row": [0, 1]}}"#;
    assert_eq!(code(regions(blank)), "labels_invalid");
}

#[test]
fn a_name_that_looks_like_an_artery_is_refused() {
    for name in ["lad", "LCx", "Left main", "coronary"] {
        let file = format!(r#"{{"name": "{name}", "box_px": {{"column": [0, 1], "row": [0, 1]}}}}"#);
        assert_eq!(code(regions(&file)), "labels_unknown_name", "{name}");
    }
}
