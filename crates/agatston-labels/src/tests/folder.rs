//! Folders as label sources, on the series of 4 columns, 3 rows and 2 slices.

use super::*;
use crate::LabelKind;

const EMPTY: [&str; 2] = ["0000 0000 0000", "0000 0000 0000"];

fn mask(slices: [&str; 2]) -> Vec<u8> {
    Map::drawn(&slices).bytes()
}

fn opened(files: &[(&str, Vec<u8>)], scheme: Option<&Scheme>) -> Result<Labels, Error> {
    let outside = tempfile::tempdir().unwrap();
    let folder = outside.path().join("map.nii.folder");
    fs::create_dir_all(folder.join("more")).unwrap();
    fs::write(folder.join("more/left_out.nii"), mask(EMPTY)).unwrap();
    fs::write(folder.join(".hidden.nii"), b"damaged").unwrap();
    for (name, bytes) in files {
        fs::write(folder.join(name), bytes).unwrap();
    }
    read(&folder, &options(scheme))
}

fn fitted(files: &[(&str, Vec<u8>)], scheme: Option<&Scheme>) -> Labelled {
    opened(files, scheme).unwrap().assign(&everything(geometry(), 2)).unwrap()
}

fn check(files: &[(&str, Vec<u8>)], expected: [&str; 2]) -> Labelled {
    let labelled = fitted(files, None);
    assert_eq!(painted(&labelled, &everything(geometry(), 2)), expected);
    assert_eq!(codes(&labelled), [""; 0]);
    labelled
}

/// The refusal of the folder: its code and its text.
fn refused(files: &[(&str, Vec<u8>)]) -> (&'static str, String) {
    let outcome = opened(files, None);
    let said = outcome.as_ref().unwrap_err().to_string();
    (code(outcome), said)
}

fn lad() -> Vec<u8> {
    mask(["0000 0110 0000", "0000 0000 0000"])
}

fn rca() -> Vec<u8> {
    mask(["0000 0000 0000", "5000 5000 0000"])
}

#[test]
fn masks_are_called_after_their_arteries() {
    let packed = gzipped(&mask(["1000 0000 0000", "0000 0000 0000"]));
    let files = [("LAD.nii", lad()), ("LM.nii.gz", packed), ("right_coronary_artery.NII", rca())];
    let labelled = check(&files, ["M... .AA. ....", "R... R... ...."]);
    assert_eq!((labelled.source, labelled.separated), (LabelKind::Nifti, [true, true, false, true]));
    assert_eq!(labelled.lm_policy, crate::LmPolicy::Separate);
    // An empty mask says that its artery has no calcium.
    let labelled =
        check(&[("LAD.nii", lad()), ("LCX.nii", mask(EMPTY))], [".... .AA. ....", ".... .... ...."]);
    assert_eq!(labelled.separated, [false, true, true, false]);
    let all_empty = fitted(&[("LAD.nii", mask(EMPTY)), ("LCX.nii", mask(EMPTY))], None);
    assert_eq!(codes(&all_empty), ["labels_empty"]);
}

#[test]
fn a_mask_alone_is_called_so_too_whatever_its_id() {
    let coronary = [("coronary_arteries.nii.gz", gzipped(&lad()))];
    let labelled = check(&coronary, [".... .CC. ....", ".... .... ...."]);
    assert!(labelled.unnamed && labelled.separated == [false; 4]);
    let labelled = fitted(&[("RCA.nii", lad())], Scheme::named("agatston"));
    assert_eq!(painted(&labelled, &everything(geometry(), 2))[0], ".... .RR. ....");
    assert_eq!(labelled.separated, [false, false, false, true]);
    let labelled = fitted(&[("coronary.nii", lad())], Scheme::named("agatston"));
    assert_eq!(painted(&labelled, &everything(geometry(), 2))[0], ".... .MM. ....");
    // Another name says nothing, nor does that of a map of several labels.
    assert_eq!(refused(&[("labels.nii", lad())]).0, "labels_scheme_needed");
    assert_eq!(refused(&[("LAD.nii", mask(["1000 0020 0000", EMPTY[1]]))]).0, "labels_scheme_needed");
}

#[test]
fn the_one_label_file_of_a_folder_is_taken() {
    let names = [(1, "LAD"), (5, "RCA")];
    let map = Map::drawn(&["0000 0110 0000", "5000 0000 0000"]).with_names(&names).bytes();
    let files = [
        ("labels.nii", map),
        ("notes.txt", b"LAD as discussed".to_vec()),
        ("statistics.json", br#"{"LAD": {"volume": 1}}"#.to_vec()),
        ("done", Vec::new()),
        ("archive.tar.gz", gzipped(b"no label map")),
        ("settings.plist", b"<plist><dict/></plist>".to_vec()),
    ];
    check(&files, [".... .AA. ....", "R... .... ...."]);
    let shape =
        r#"{"regions": [{"name": "LAD", "box_px": {"column": [1, 2], "row": [1, 1]}, "slices": [0, 0]}]}"#;
    check(&[("a.json", shape.into()), files[1].clone()], [".... .AA. ....", ".... .... ...."]);
    let nothing = br"<plist><dict><key>Images</key><array/></dict></plist>".to_vec();
    assert_eq!(codes(&fitted(&[("scan.xml", nothing)], None)), ["labels_empty"]);
}

#[test]
fn overlap_of_masks_is_seen() {
    let labels = opened(&[("LAD.nii", lad()), ("LCX.nii", lad())], None).unwrap();
    let error = labels.assign(&everything(geometry(), 2)).unwrap_err();
    assert!(error.to_string().contains("1 LAD and 2 LCX"), "{error}");
    assert_eq!(code(Err::<(), _>(error)), "labels_overlap");
    let beside = candidates(geometry(), &["#... .... ....", ".... .... ...."]);
    assert_eq!(codes(&labels.assign(&beside).unwrap()), ["labels_overlap_elsewhere", "labels_touch_nothing"]);
}

#[test]
fn masks_of_no_artery_are_refused_by_name_unless_a_scheme_explains_them() {
    let files = [("LAD.nii", lad()), ("aorta.nii", rca())];
    let (code, said) = refused(&files);
    assert!(code == "labels_unknown_name" && said.contains(r#""aorta": 2 voxels"#), "{said}");
    let text = "source = 'theirs'
                lm_policy = 'not_separated'
                label = [{ id = 1, name = 'aorta', region = 'not_coronary' }, { id = 2, name = 'LAD', region = 'LAD' }]";
    let scheme = Scheme::from_toml(text, "theirs").unwrap();
    let labelled = fitted(&files, Some(&scheme));
    assert_eq!(painted(&labelled, &everything(geometry(), 2)), [".... .AA. ....", "n... n... ...."]);
    assert_eq!((codes(&labelled), labelled.scheme.as_deref()), (vec![], Some("theirs")));
    // A scheme that knows one of the names explains that one; nobody numbered the masks, so no number contradicts it.
    let text = "source = 'theirs'
                lm_policy = 'not_separated'
                label = [{ id = 1, name = 'aorta', region = 'not_coronary' }]";
    let scheme = Scheme::from_toml(text, "theirs").unwrap();
    let labelled = fitted(&files, Some(&scheme));
    assert_eq!(painted(&labelled, &everything(geometry(), 2)), [".... .AA. ....", "n... n... ...."]);
    assert_eq!((codes(&labelled), labelled.scheme.as_deref()), (vec![], Some("theirs")));
}

#[test]
fn files_that_do_not_go_together_are_refused() {
    let moved = |by: f64| {
        let sform = ON_SERIES.map(|[x, y, z, origin]| [x, y, z, origin + by]);
        Map { sform: Some(sform), ..Map::drawn(&EMPTY) }.bytes()
    };
    check(&[("LAD.nii", lad()), ("LCX.nii", moved(0.001))], [".... .AA. ....", ".... .... ...."]);
    let smaller = Map::drawn(&["0000 0000 0000"]).bytes();
    let named = Map::drawn(&EMPTY).with_names(&[(1, "LCX")]).bytes();
    let several = mask(["1000 0020 0000", EMPTY[1]]);
    let shapes = br#"{"regions": []}"#.to_vec();
    for (other, name, why) in [
        (moved(0.5), "LCX.nii", "another grid"),
        (smaller, "LCX.nii", "another grid"),
        (named, "LCX.nii", "no mask of one label"),
        (several, "LCX.nii", "no mask of one label"),
        (gzipped(&lad()), "lad.nii.gz", "two are called"),
        (shapes, "shapes.json", "not all are label maps"),
    ] {
        for files in
            [[("LAD.nii", lad()), (name, other.clone())], [(name, other.clone()), ("LAD.nii", lad())]]
        {
            let (code, said) = refused(&files);
            assert_eq!(code, "labels_folder");
            assert!(said.contains(why) && said.contains(r#""LAD.nii""#) && said.contains(name), "{said}");
        }
    }
}

#[test]
fn a_folder_without_labels_is_refused() {
    let (code, said) = refused(&[("notes.txt", b"x".to_vec()), ("report.json", b"{}".to_vec())]);
    assert_eq!(code, "labels_folder");
    assert!(said.contains(r#"seen: "notes.txt", "report.json""#) && said.contains("LM.nii.gz"), "{said}");
    assert!(refused(&[]).1.contains("seen: no file"));
    let many: Vec<String> = (0..=1_000).map(|i| format!("{i}.txt")).collect();
    let many: Vec<_> = many.iter().map(|name| (name.as_str(), Vec::new())).collect();
    let (code, said) = refused(&many);
    assert!(code == "labels_folder" && said.contains("too many files"), "{said}");
    assert!(refused(&many[..1_000]).1.contains("970 more"));
}

/// Without it, an artery would be missing, and its score 0.
#[test]
fn a_damaged_label_file_stands_in_the_way() {
    let half = rca().split_off(200);
    let cut = gzipped(&rca()).split_at(60).0.to_vec();
    for (name, bytes, expected) in [
        ("RCA.nii", Vec::new(), "labels_invalid"),
        ("RCA.nii", rca().split_at(360).0.to_vec(), "labels_invalid"),
        ("RCA.nii.gz", cut, "labels_invalid"),
        ("RCA.nii.gz", b"garbage".to_vec(), "labels_invalid"),
        ("RCA.nii", half, "labels_invalid"),
        ("RCA.mha", b"garbage".to_vec(), "labels_format"),
        ("scan.xml", b"<plist><dict><key>Images</key>".to_vec(), "labels_invalid"),
    ] {
        let (code, said) = refused(&[("LAD.nii", lad()), (name, bytes)]);
        assert_eq!(code, expected, "{said}");
        assert!(said.contains(&format!(" {name}: ")), "{said}");
    }
    assert_eq!(refused(&[("shapes.json", br#"{"regions": ["#.to_vec())]).0, "labels_invalid");
}

#[cfg(unix)]
#[test]
fn a_link_to_nothing_is_a_missing_label_file() {
    let outside = tempfile::tempdir().unwrap();
    let folder = outside.path().join("map.nii.folder");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("LAD.nii"), lad()).unwrap();
    std::os::unix::fs::symlink("nowhere", folder.join("RCA.nii")).unwrap();
    let error = read(&folder, &options(None)).unwrap_err();
    assert!(error.to_string().contains("RCA.nii: there is no such label file"), "{error}");
    assert_eq!(code(Err::<(), _>(error)), "labels_missing");
}

/// The voxels of a header are no label file of their own, packed or not.
#[test]
fn data_files_are_left_to_their_headers() {
    let data = gzipped(&lad());
    let mhd = b"ObjectType = Image\nDimSize = 4 3 2\nElementDataFile = data.nii.gz\n".to_vec();
    let nhdr = b"NRRD0004\ntype: short\ndata file: ./data.nii.gz\n".to_vec();
    let list = b"NRRD0004\ndata file: LIST\ndata.nii.gz\n".to_vec();
    for (name, header) in [("a.mhd", mhd), ("a.nhdr", nhdr), ("a.nhdr", list)] {
        let said = match opened(&[(name, header), ("data.nii.gz", data.clone())], None) {
            Err(error) => error.to_string(),
            Ok(labels) => panic!("{labels:?}"),
        };
        assert!(said.contains(&format!(" {name}: ")) && !said.contains("data.nii.gz:"), "{said}");
    }
}
