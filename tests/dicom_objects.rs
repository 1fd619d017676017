//! Segmentations and reports that are written: given back as labels a segmentation gives the same score, and a report has the
//! numbers of the result, no more arteries than are told apart, and the same bytes every time.

use crate::support::fixture;
use agatston_engine::{
    Assign, Choice, NamedProtocol, ReadOptions, Request, ResultDocument, Scheme, Side, Unwatched,
    score_sides,
    writers::{
        dicom::{NotWritten, report, segmentation},
        label_map::{LabelMapForm, label_map},
    },
};
use dicom_dictionary_std::tags;
use dicom_object::InMemDicomObject;
use std::path::Path;

fn scored(assign: Assign, protocol: &str) -> Side {
    let protocol = NamedProtocol::load(protocol).unwrap();
    let request = Request { protocol, assign, trace: true, ..Request::default() };
    score_sides(&[fixture("coronary")], &Choice::Only, &request, &Unwatched).unwrap().remove(0)
}

fn labelled(labels: &Path, scheme: Option<&Scheme>) -> Assign {
    let options = scheme.cloned().map_or_else(ReadOptions::default, ReadOptions::from);
    Assign::from_labels(labels, &options).unwrap()
}

/// A vessel that is none of the four arteries, and a region that is no coronary artery.
const OTHERS: &str = r#"
source = "a test"
lm_policy = "separate"
label = [
    { id = 1, name = "LM", region = "LM" },
    { id = 2, name = "LAD", region = "LAD" },
    { id = 3, name = "RIM", region = "other_coronary" },
    { id = 4, name = "AORTA", region = "region" },
]
"#;

/// Holds total, arteries, regions and lesions of two results against each other, bit by bit.
fn same_score(first: &ResultDocument, again: &ResultDocument, what: &str) {
    assert_eq!(first.total, again.total, "{what}");
    assert_eq!(first.arteries, again.arteries, "{what}");
    assert_eq!(first.regions, again.regions, "{what}");
    let plain = |document: &ResultDocument| {
        let lesions = document.lesions.iter();
        lesions
            .map(|l| (l.id.clone(), l.artery.clone(), l.measures.clone(), l.foci.clone()))
            .collect::<Vec<_>>()
    };
    assert_eq!(plain(first), plain(again), "{what}");
}

/// Sources of every kind, a vessel that is none of the four arteries among them, and a protocol whose volume reaches beyond
/// the foci; as a DICOM Segmentation and as label maps.
#[test]
fn a_segmentation_given_back_as_labels_gives_the_same_score() {
    let folder = tempfile::tempdir().unwrap();
    let others = Scheme::from_toml(OTHERS, "others").unwrap();
    let (arteries, mask) = (Scheme::named("agatston").unwrap(), Scheme::from_toml(
        "source = \"a test\"\nlm_policy = \"not_separated\"\nlabel = [\n{ id = 1, name = \"coronary\", region = \"coronary\" },\n{ id = 2, name = \"coronary\", region = \"coronary\" },\n{ id = 3, name = \"coronary\", region = \"coronary\" },\n{ id = 4, name = \"coronary\", region = \"coronary\" },\n]",
        "mask",
    ).unwrap());
    for (labels, scheme) in [
        ("coronary/regions.json", None),
        ("labels/slicer_codes.seg.nrrd", None),
        ("labels/seg_binary.dcm", None),
        ("labels/rtstruct_named.dcm", None),
        ("coronary/labels.nii.gz", Some(arteries)),
        ("coronary/labels.nii.gz", Some(&mask)),
        ("coronary/labels.nii.gz", Some(&others)),
    ] {
        for protocol in ["standard", "philips-like"] {
            let first = scored(labelled(&fixture(labels), scheme), protocol);
            let traced = first.traced.as_ref().unwrap();
            let names = scheme.filter(|scheme| scheme.name() == "others");
            assert!(first.document.total.as_ref().unwrap().sums.measures.agatston > Some(0.0));
            for (file, bytes) in [
                ("calcium.dcm", segmentation(&first.document, traced, None).unwrap().bytes),
                ("calcium.nii.gz", label_map(traced, LabelMapForm::NiftiPacked).unwrap()),
                ("calcium.seg.nrrd", label_map(traced, LabelMapForm::Nrrd).unwrap()),
            ] {
                let path = folder.path().join(file);
                std::fs::write(&path, &bytes).unwrap();
                let again = scored(labelled(&path, names), protocol);
                let what = format!("{labels} {protocol} {:?} {file}", scheme.map(Scheme::name));
                same_score(&first.document, &again.document, &what);
            }
        }
    }
}

fn items(object: &InMemDicomObject, tag: dicom_object::Tag) -> &[InMemDicomObject] {
    object.element(tag).unwrap().items().unwrap()
}

fn string(object: &InMemDicomObject, tag: dicom_object::Tag) -> String {
    object.element(tag).unwrap().to_str().unwrap().into_owned()
}

/// Name, template and score of every group of a report.
fn groups(bytes: &[u8]) -> Vec<(String, String, f64)> {
    let object = dicom_object::from_reader(bytes).unwrap();
    let measurements = items(&object, tags::CONTENT_SEQUENCE).last().unwrap().clone();
    let group = |group: &InMemDicomObject| {
        let content = items(group, tags::CONTENT_SEQUENCE);
        let template = string(&items(group, tags::CONTENT_TEMPLATE_SEQUENCE)[0], tags::TEMPLATE_IDENTIFIER);
        let score = content.iter().find(|item| string(item, tags::VALUE_TYPE) == "NUM").unwrap();
        let value =
            items(score, tags::MEASURED_VALUE_SEQUENCE)[0].element(tags::FLOATING_POINT_VALUE).unwrap();
        (string(&content[0], tags::TEXT_VALUE), template, value.to_float64().unwrap())
    };
    items(&measurements, tags::CONTENT_SEQUENCE).iter().map(group).collect()
}

/// The scores are those of fixtures/expected.json, which the phantom derives; an artery of the segmentation that holds voxels
/// is a volume, the total is none.
#[test]
fn a_report_has_the_numbers_of_the_result() {
    let side = scored(labelled(&fixture("coronary/regions.json"), None), "standard");
    let traced = side.traced.as_ref().unwrap();
    let segments = segmentation(&side.document, traced, None).unwrap();
    let with = report(&side.document, traced, None, Some(&segments)).unwrap();
    let alone = report(&side.document, traced, None, None).unwrap();
    assert_ne!(with.sop_instance_uid, alone.sop_instance_uid);
    assert_eq!(with, report(&side.document, traced, None, Some(&segments)).unwrap());
    let (with, alone) = (groups(&with.bytes), groups(&alone.bytes));
    let lesions = side.document.lesions.len();
    let names: Vec<&str> = with[lesions..].iter().map(|(name, ..)| name.as_str()).collect();
    assert_eq!(names, ["LM", "LAD", "LCX", "RCA", "total"]);
    for (group, lesion) in with.iter().zip(&side.document.lesions) {
        assert!(group.0.starts_with(&format!("{} lesion ", lesion.artery)));
        assert_eq!((&*group.1, Some(group.2)), ("1411", lesion.measures.agatston));
    }
    let scores: Vec<Option<f64>> =
        side.document.arteries.iter().filter(|a| a.separated).map(|a| a.sums.measures.agatston).collect();
    assert_eq!(with[lesions..lesions + 4].iter().map(|g| Some(g.2)).collect::<Vec<_>>(), scores);
    assert_eq!(with.last().unwrap().2, with[lesions..lesions + 4].iter().map(|g| g.2).sum::<f64>());
    let templates =
        |groups: &[(String, String, f64)]| groups[lesions..].iter().map(|g| g.1.clone()).collect::<Vec<_>>();
    assert_eq!(templates(&with), ["1411", "1411", "1411", "1411", "1501"]);
    assert_eq!(templates(&alone), ["1501"; 5]);
}

/// An artery that is not told apart has no group: its score is not known, which is not 0.
#[test]
fn arteries_that_are_not_told_apart_have_no_group() {
    let folder = tempfile::tempdir().unwrap();
    let regions = folder.path().join("regions.json");
    std::fs::write(
        &regions,
        r#"{"regions": [{"name": "LAD", "box_px": {"column": [0, 95], "row": [0, 95]}, "slices": [0, 0]}]}"#,
    )
    .unwrap();
    let side = scored(labelled(&regions, None), "standard");
    let traced = side.traced.as_ref().unwrap();
    let segments = segmentation(&side.document, traced, None).unwrap();
    let found = groups(&report(&side.document, traced, None, Some(&segments)).unwrap().bytes);
    let expected =
        [("LAD", "1501", 0.0), ("total", "1501", 0.0)].map(|(n, t, s)| (n.to_owned(), t.to_owned(), s));
    assert_eq!(found, expected);
}

#[test]
fn what_is_no_score_of_an_artery_is_not_written() {
    let side = scored(Assign::Everything, "standard");
    let traced = side.traced.as_ref().unwrap();
    assert!(matches!(segmentation(&side.document, traced, None), Err(NotWritten::Everything)));
    assert!(matches!(report(&side.document, traced, None, None), Err(NotWritten::Everything)));
    let refused = scored(Assign::Anatomy, "standard").document;
    assert!(matches!(segmentation(&refused, traced, None), Err(NotWritten::Refused)));
    assert!(matches!(report(&refused, traced, None, None), Err(NotWritten::Refused)));
}
