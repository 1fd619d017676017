//! What labels mean: schemes, names, and what is recorded about them.

use super::*;
use crate::{LmPolicy, Meaning};

const ALL: [bool; 4] = [true; 4];
const NONE: [bool; 4] = [false; 4];

fn assigned(map: &Map, scheme: Option<&Scheme>) -> (Vec<String>, Labelled) {
    let all = everything(geometry(), 1);
    let labelled = read_bytes("map.nii", &map.bytes(), scheme).unwrap().assign(&all).unwrap();
    (painted(&labelled, &all), labelled)
}

fn drawn(rows: &str) -> Map {
    Map::drawn(&[rows])
}

#[test]
fn every_scheme_that_ships_is_right_in_itself() {
    assert_eq!(Scheme::all().len(), 8);
    for scheme in Scheme::all() {
        assert!(!scheme.source().is_empty());
        assert_eq!(Scheme::named(scheme.name()), Some(scheme));
        assert_eq!(Scheme::open(scheme.name()).unwrap(), *scheme);
    }
}

#[test]
fn a_printed_scheme_is_read_back() {
    let odd = "source = 'a \"b\" \\ c'\nlm_policy = 'not_separated'\nlabel = [{ id = 7, name = 'x\ty', region = 'RCA' }]";
    let odd = Scheme::from_toml(odd, "odd").unwrap();
    for scheme in Scheme::all().iter().chain([&odd]) {
        assert_eq!(Scheme::from_toml(&scheme.to_string(), scheme.name()).unwrap(), *scheme);
    }
}

#[test]
fn schemes_that_ship_say_what_their_sources_say() {
    let says = |scheme: &str, id| Scheme::named(scheme).unwrap().entry(id).map(|e| e.meaning.as_str());
    let four = |scheme| [1, 2, 3, 4, 5].map(|id| says(scheme, id).unwrap_or("-"));
    assert_eq!(four("orcascore"), ["LAD", "LCX", "RCA", "coronary", "-"]);
    assert_eq!(four("agatston"), ["LM", "LAD", "LCX", "RCA", "-"]);
    assert_eq!(four("binary"), ["coronary", "-", "-", "-", "-"]);
    assert_eq!(four("cardiac-agatston-measures"), ["not_coronary", "LM", "LAD", "LCX", "RCA"]);
    assert_eq!(four("cacslabeler-artery"), ["not_coronary", "LAD", "LCX", "RCA", "-"]);
    assert_eq!(four("cacslabeler-artery-lm"), ["not_coronary", "LAD", "LCX", "RCA", "LM"]);
    assert_eq!(
        [4, 9, 12, 14, 22, 23, 30].map(|id| says("cacslabeler-segment", id).unwrap()),
        ["RCA", "LM", "LM", "LAD", "LCX", "LAD", "region"]
    );
    assert_eq!(
        [7, 9, 10, 20, 22, 26].map(|id| says("cacslabeler-17", id).unwrap()),
        ["RCA", "LM", "LAD", "LCX", "other_coronary", "region"]
    );
}

#[test]
fn the_scheme_says_which_arteries_are_separated() {
    for (scheme, lm_policy, separated) in [
        ("orcascore", LmPolicy::MergedIntoLad, [false, true, true, true]),
        ("cacslabeler-artery", LmPolicy::MergedIntoLad, [false, true, true, true]),
        ("agatston", LmPolicy::Separate, ALL),
        ("cacslabeler-17", LmPolicy::Separate, ALL),
        ("binary", LmPolicy::NotSeparated, NONE),
    ] {
        let (_, labelled) = assigned(&drawn("0000 0100 0000"), Scheme::named(scheme));
        assert_eq!((labelled.lm_policy, labelled.separated), (lm_policy, separated), "{scheme}");
        assert_eq!((labelled.scheme.as_deref(), labelled.coronary), (Some(scheme), true));
    }
}

#[test]
fn regions_and_what_is_not_coronary_stay_apart() {
    let (picture, labelled) = assigned(&drawn("0000 0019 4000"), Scheme::named("cacslabeler-segment"));
    assert_eq!(picture, [".... ..nM R..."]);
    assert_eq!(labelled.assigned.names.len(), 9, "three of the aorta, four valves, papillary muscle, other");
    let text = r#"source = "a phantom"
                  lm_policy = "not_separated"
                  label = [{ id = 1, name = "rod", region = "region" }, { id = 2, name = "rod", region = "region" }]"#;
    let rods = Scheme::from_toml(text, "rods").unwrap();
    let (picture, labelled) = assigned(&drawn("0000 0120 0000"), Some(&rods));
    assert_eq!((picture, labelled.coronary), (vec![".... .00. ....".to_owned()], false));
    assert_eq!(labelled.assigned.names, ["rod"]);
}

#[test]
fn an_undetermined_artery_leaves_no_artery_complete() {
    let (picture, labelled) = assigned(&drawn("0000 0140 0000"), Scheme::named("orcascore"));
    assert_eq!(picture, [".... .CC. ...."]);
    assert_eq!((labelled.separated, labelled.lm_policy), (NONE, LmPolicy::NotSeparated));
    assert_eq!(codes(&labelled), ["labels_artery_undetermined"]);
    let (picture, labelled) = assigned(&drawn("0000 0100 0000"), Scheme::named("binary"));
    assert_eq!((picture, codes(&labelled)), (vec![".... .C.. ....".to_owned()], vec![]));
}

#[test]
fn bare_ids_need_a_scheme_also_when_there_is_none() {
    let error = read_bytes("map.nii", &drawn("0000 0110 0002").bytes(), None).unwrap_err();
    assert_eq!(error.code().unwrap().name(), "labels_scheme_needed");
    assert!(error.to_string().contains("id 1: 2 voxels, id 2: 1 voxels"), "{error}");
    assert_eq!(code(read_bytes("map.nii", &drawn("0000 0000 0000").bytes(), None)), "labels_scheme_needed");
}

#[test]
fn unknown_ids_are_listed_with_what_was_found_and_what_is_known() {
    let error = drawn("7000 0110 0007").read("orcascore").unwrap_err();
    assert_eq!(error.code().unwrap().name(), "labels_unknown_id");
    let text = error.to_string();
    assert!(text.contains("id 1: 2 voxels, id 7: 2 voxels"), "{text}");
    assert!(text.contains("scheme orcascore knows 1 LAD, 2 LCX, 3 RCA"), "{text}");
}

#[test]
fn names_in_the_file_need_no_scheme() {
    let names = [(1, "Left main"), (2, "lad"), (3, "LCx"), (4, "right_coronary_artery")];
    let (picture, labelled) = assigned(&drawn("0000 1234 0000").with_names(&names), None);
    assert_eq!(picture, [".... MAXR ...."]);
    assert_eq!((labelled.separated, labelled.lm_policy, labelled.scheme), (ALL, LmPolicy::Separate, None));
    let (_, labelled) = assigned(&drawn("0000 0002 0000").with_names(&names[1..]), None);
    assert_eq!((labelled.separated, labelled.lm_policy), ([false, true, true, true], LmPolicy::NotSeparated));
}

#[test]
fn names_beat_the_scheme() {
    // The other public table of the same name: LAD 2, LCX 3, RCA 4, LM 5.
    let names = [(2, "LAD"), (3, "LCX"), (4, "RCA"), (5, "LM")];
    let map = drawn("0000 2345 0000").with_names(&names);
    let (picture, labelled) = assigned(&map, Scheme::named("cardiac-agatston-measures"));
    assert_eq!(picture, [".... AXRM ...."]);
    assert_eq!((codes(&labelled), labelled.scheme), (vec!["labels_names_beat_scheme"], None));
    // A scheme that is wrong about a named id is not asked about an id without a name.
    let map = drawn("0000 2341 0000").with_names(&names);
    assert_eq!(code(map.read("cardiac-agatston-measures")), "labels_unknown_id");
}

#[test]
fn a_scheme_that_agrees_adds_what_the_names_leave_out() {
    let map = drawn("0000 0220 1000").with_names(&[(2, "LAD")]);
    let (picture, labelled) = assigned(&map, Scheme::named("agatston"));
    assert_eq!(picture, [".... .AA. M..."]);
    assert_eq!((labelled.separated, labelled.scheme.as_deref()), (ALL, Some("agatston")));
    let map = drawn("0000 0120 3000").with_names(&[(1, "LAD"), (2, "LCX"), (3, "RCA")]);
    assert_eq!(assigned(&map, Scheme::named("orcascore")).1.lm_policy, LmPolicy::MergedIntoLad);
}

#[test]
fn unknown_names_are_refused_until_someone_says_what_they_are() {
    let names = [(1, "LAD"), (2, "Left Coronary Artery"), (3, "spleen")];
    let map = drawn("0000 0120 0003").with_names(&names);
    let error = read_bytes("map.nii", &map.bytes(), None).unwrap_err();
    assert_eq!(error.code().unwrap().name(), "labels_unknown_name");
    assert!(
        error.to_string().contains(r#"2 "Left Coronary Artery": 1 voxels, 3 "spleen": 1 voxels"#),
        "{error}"
    );
    // Names that do not occur are no trouble; a scheme that has the names settles the others.
    assert_eq!(assigned(&drawn("0000 0100 0000").with_names(&names), None).0, [".... .A.. ...."]);
    let text = r#"source = "COCA calls its left main so"
                  lm_policy = "separate"
                  label = [{ id = 1, name = "LAD", region = "LAD" },
                           { id = 2, name = "left coronary artery", region = "LM" },
                           { id = 3, name = "spleen", region = "region" }]"#;
    let (picture, labelled) = assigned(&map, Some(&Scheme::from_toml(text, "coca").unwrap()));
    assert_eq!((picture, codes(&labelled)), (vec![".... .AM. ...0".to_owned()], vec![]));
}

#[test]
fn an_empty_map_of_organs_is_no_score_of_zero() {
    let map = drawn("0000 0000 0000").with_names(&[(1, "spleen"), (2, "liver")]);
    assert_eq!(code(read_bytes("map.nii", &map.bytes(), None)), "labels_unknown_name");
}

#[test]
fn schemes_of_others_are_checked() {
    let scheme = |lm_policy: &str, labels: &str| {
        Scheme::from_toml(&format!("source = 'x'\nlm_policy = '{lm_policy}'\nlabel = [{labels}]"), "theirs")
    };
    let lad = "{ id = 1, name = 'a', region = 'LAD' }";
    let lm = "{ id = 2, name = 'b', region = 'LM' }";
    let two = format!("{lad}, {lm}");
    for (policy, labels) in [("merged_into_lad", lad), ("not_separated", lad), ("separate", &two)] {
        let scheme = scheme(policy, labels).unwrap();
        assert_eq!(scheme.entries()[0].meaning, Meaning::Artery(Artery::Lad));
    }
    for (policy, labels) in [
        ("separate", lad),
        ("merged_into_lad", &two),
        ("not_separated", lm),
        ("merged_into_lad", "{ id = 1, name = 'a', region = 'RCA' }"),
        ("perhaps", lad),
        ("not_separated", ""),
        ("not_separated", "{ id = 0, name = 'a', region = 'LAD' }"),
        ("not_separated", "{ id = -1, name = 'a', region = 'LAD' }"),
        ("not_separated", "{ id = 1, name = '', region = 'LAD' }"),
        ("not_separated", "{ id = 1, name = 'a', region = 'lad' }"),
        ("not_separated", "{ id = 1, name = 'a', region = 'LAD', colour = 1 }"),
        ("not_separated", "{ id = 1, name = 'a', region = 'LAD' }, { id = 1, name = 'b', region = 'LCX' }"),
        ("not_separated", "{ id = 1, name = 'a', region = 'LAD' }, { id = 2, name = 'a', region = 'LCX' }"),
    ] {
        let error = scheme(policy, labels).unwrap_err();
        assert!(matches!(error, Error::InvalidScheme { .. }) && error.code().is_none(), "{labels}");
    }
    assert!(matches!(Scheme::open("no-such-scheme"), Err(Error::UnknownScheme { .. })));
    assert!(matches!(Scheme::open("no/such/scheme.toml"), Err(Error::Io { .. })));
}
