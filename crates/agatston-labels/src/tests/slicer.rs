//! Segmentations of 3D Slicer: their names, codes and layers.

use super::{
    nrrd::{HEAD, file, ids, on_series, opened, refused, with},
    *,
};
use crate::{LabelKind, LmPolicy};

/// Two layers of four segments, as 3D Slicer writes them.
pub(super) const LAYERED: &str = "NRRD0004
type: unsigned char
dimension: 4
space: left-posterior-superior
sizes: 2 4 3 2
space directions: none (1,0,0) (0,1,0) (0,0,2)
kinds: list domain domain domain
encoding: raw
space origin: (10,20,30)
Segment0_ID:=Segment_1
Segment0_LabelValue:=1
Segment0_Layer:=0
Segment0_Name:=left main
Segment1_ID:=Segment_2
Segment1_LabelValue:=2
Segment1_Layer:=0
Segment1_Name:=LAD
Segment2_ID:=Segment_3
Segment2_LabelValue:=1
Segment2_Layer:=1
Segment2_Name:=LCx
Segment3_ID:=Segment_4
Segment3_LabelValue:=2
Segment3_Layer:=1
Segment3_Name:=RCA
Segmentation_MasterRepresentation:=Binary labelmap

";

const ROWS_EMPTY: &str = "0000 0000 0000";

fn layers(voxels: [&[&str]; 2]) -> Vec<u8> {
    let [first, second] = voxels.map(ids);
    first.into_iter().zip(second).flat_map(|(a, b)| [a, b]).collect()
}

fn segments(head: &str, voxels: &[u8]) -> Result<Labels, Error> {
    read_bytes("map.seg.nrrd", &file(head, voxels), None)
}

#[test]
fn segments_have_names_and_layers() {
    let voxels = layers([&["1000 0020 0000", ROWS_EMPTY], &["0100 0000 0000", "0000 0000 0002"]]);
    for head in [LAYERED.to_owned(), with(LAYERED, "kinds: list", "kinds: vector")] {
        let (picture, labelled) = on_series(&segments(&head, &voxels).unwrap());
        assert_eq!(picture, ["MX.. ..A. ....", ".... .... ...R"]);
        assert_eq!(
            (labelled.source, labelled.lm_policy),
            (LabelKind::SlicerSegmentation, LmPolicy::Separate)
        );
        assert_eq!((codes(&labelled), labelled.separated, labelled.scheme), (vec![], [true; 4], None));
    }
}

#[test]
fn segments_that_overlap_on_calcium_are_refused() {
    let both = layers([&["1000 0020 0000", ROWS_EMPTY], &["0000 0010 0000", ROWS_EMPTY]]);
    let labels = segments(LAYERED, &both).unwrap();
    let error = labels.assign(&everything(geometry(), 2)).unwrap_err();
    assert!(error.to_string().contains("2 LAD and 1 of layer 1 LCX overlap"), "{error}");
    assert_eq!(refused::<()>(Err(error)), "labels_overlap");
    let beside = candidates(geometry(), &["#... .... ....", ".... .... ...."]);
    let labelled = labels.assign(&beside).unwrap();
    assert_eq!(codes(&labelled), ["labels_overlap_elsewhere", "labels_without_candidates"]);
    // Segments of one artery may overlap.
    let same = with(LAYERED, "Segment2_Name:=LCx", "Segment2_Name:=LAD");
    assert_eq!(on_series(&segments(&same, &both).unwrap()).0[0], "M... ..A. ....");
}

#[test]
fn codes_say_what_a_segment_is() {
    let three = with(HEAD, "kinds: domain domain domain\n", "");
    let tags = |entry: &str| format!("Segmentation.Status:inprogress|TerminologyEntry:{entry}|");
    let category =
        "Segmentation category and type - 3D Slicer General Anatomy list~SCT^123037004^Anatomical Structure";
    for (entry, letter) in [
        (format!("{category}~SCT^59438005^LAD~^^~Anatomic codes - DICOM master list~^^~^^"), "A"),
        (format!("{category}~SRT^T-43200^RCA~^^~Anatomic codes - DICOM master list~^^~^^"), "R"),
        (format!("{category}~SCT^51114001^Artery~^^~Anatomic codes~SCT^3227004^LM~SCT^7771000^Left"), "M"),
        (format!("{category}~SCT^41801008^Coronary artery~^^~Anatomic codes~SCT^57396003^LCX~^^"), "X"),
        (format!("{category}~SCT^41801008^Coronary artery~^^~~^^~^^"), "C"),
    ] {
        let keys =
            format!("Segment0_LabelValue:=7\nSegment0_Name:=Segment_1\nSegment0_Tags:={}\n", tags(&entry));
        let head = with(&three, "encoding", &format!("{keys}encoding"));
        let labels = segments(&head, &ids(&["0070 0000 0000", ROWS_EMPTY])).unwrap();
        assert_eq!(on_series(&labels).0[0], format!("..{letter}. .... ...."), "{entry}");
    }
    let keys =
        format!("Segment0_Name:=RCA\nSegment0_Tags:={}\n", tags(&format!("{category}~SCT^59438005^LAD~^^")));
    let head = with(&three, "encoding", &format!("{keys}encoding"));
    assert_eq!(refused(segments(&head, &ids(&["0010 0000 0000", ROWS_EMPTY]))), "labels_names_contradict");
}

#[test]
fn names_that_are_there_are_read_as_they_are() {
    let head = with(
        HEAD,
        "encoding",
        "Segment0_ID:=id\nSegment3_Name:=a \\\\ b\\nc\\d\nSegment3_Layer:=0\nencoding",
    );
    let file = opened(&file(&with(&head, "encoding", "Segment0_LabelValue:=9\nencoding"), &[0; 24]));
    let named = |id: u32| file.names[&crate::names::Key::of(id)].label.as_str();
    assert_eq!((named(9), named(1), file.names.len()), ("id", "a \\ b\nc\\d", 2));
}

/// Older files have a layer a segment and no values.
#[test]
fn old_segmentations_have_a_layer_a_segment() {
    let mut old = LAYERED.to_owned();
    for line in LAYERED
        .lines()
        .filter(|l| ["_LabelValue", "_Layer", "Segment2_", "Segment3_"].iter().any(|k| l.contains(k)))
    {
        old = with(&old, &format!("{line}\n"), "");
    }
    let voxels = layers([&["1000 0000 0000", ROWS_EMPTY], &["0100 0000 0000", ROWS_EMPTY]]);
    assert_eq!(on_series(&segments(&old, &voxels).unwrap()).0[0], "MA.. .... ....");
    let two = layers([&["2000 0000 0000", ROWS_EMPTY], &["0100 0000 0000", ROWS_EMPTY]]);
    assert_eq!(refused(segments(&old, &two)), "labels_unknown_id");
}

#[test]
fn segmentations_that_contradict_themselves_are_refused() {
    let voxels = layers([&[ROWS_EMPTY, ROWS_EMPTY], &[ROWS_EMPTY, ROWS_EMPTY]]);
    assert_eq!(on_series(&segments(LAYERED, &voxels).unwrap()).1.separated, [true; 4]);
    let names: String =
        LAYERED.lines().filter(|l| l.starts_with("Segment")).map(|l| format!("{l}\n")).collect();
    for (code, from, to) in [
        ("labels_invalid", "Segment1_LabelValue:=2", "Segment1_LabelValue:=1"),
        ("labels_invalid", "Segment1_LabelValue:=2", "Segment1_LabelValue:=0"),
        ("labels_invalid", "Segment1_LabelValue:=2", "Segment1_LabelValue:=-2"),
        ("labels_invalid", "Segment1_LabelValue:=2", "Segment1_LabelValue:=two"),
        ("labels_invalid", "Segment1_Layer:=0", "Segment1_Layer:=2"),
        ("labels_invalid", "Segment1_Layer:=0", "Segment1_Layer:=-1"),
        ("labels_invalid", "Segment3_Layer:=1\n", ""),
        ("labels_invalid", "Segment1_Name", "Segment0_Name"),
        ("labels_fractional", "Binary labelmap", "Fractional labelmap"),
        ("labels_dimensions", names.as_str(), ""),
        ("labels_dimensions", "kinds: list", "kinds: RGB-color"),
        ("labels_dimensions", "kinds: list", "kinds: time"),
        ("labels_dimensions", "none (1,0,0) (0,1,0) (0,0,2)", "(1,0,0) (0,1,0) (0,0,2) none"),
        ("labels_dimensions", "none (1,0,0) (0,1,0)", "none none (1,0,0)"),
        ("labels_dimensions", "none (1,0,0)", "(1,0,0) (1,0,0)"),
        ("labels_dimensions", "sizes: 2 4", "sizes: 70000 4"),
        ("labels_invalid", "sizes: 2 4 3 2", "sizes: 3 4 3 2"),
        (
            "labels_dimensions",
            "dimension: 4\nspace: left-posterior-superior\nsizes: 2 4",
            "dimension: 5\nspace: lps\nsizes: 1 2 4",
        ),
    ] {
        assert_eq!(refused(segments(&with(LAYERED, from, to), &voxels)), code, "{to}");
    }
}
