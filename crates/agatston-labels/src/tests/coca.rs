//! Property lists of the COCA data set, typed by hand, on a series of 7 columns, 6 rows and 3 slices.

use std::io::Cursor;

use proptest::prelude::*;

use super::*;
use crate::LmPolicy;

const LAD: &str = "Left Anterior Descending Artery";
const LM: &str = "Left Coronary Artery";
const RCA: &str = "Right Coronary Artery";

/// Corners of a square of 5 x 4 pixels: columns 1 to 5, rows 1 to 4.
const SQUARE: [[f64; 2]; 4] = [[1.0, 1.0], [5.0, 1.0], [5.0, 4.0], [1.0, 4.0]];

fn all() -> Candidates {
    everything(Geometry { rows: 6, columns: 7, ..geometry() }, 3)
}

/// A contour, its millimetres as the geometry has them.
fn roi(name: &str, slice: u8, corners: &[[f64; 2]]) -> String {
    let z = 30.0 + 2.0 * f64::from(slice);
    let px: String = corners.iter().map(|[x, y]| format!("<string>({x:.6}, {y:.6})</string>")).collect();
    let mm =
        corners.iter().map(|[x, y]| format!("<string>({:.6}, {:.6}, {z:.6})</string>", 10.0 + x, 20.0 + y));
    let mm: String = mm.collect();
    let count = corners.len();
    format!(
        "<dict><key>Area</key><real>0.5</real><key>Center</key><string>(1, 2, 3)</string>
         <key>IndexInImage</key><integer>0</integer><key>Name</key><string>{name}</string>
         <key>NumberOfPoints</key><integer>{count}</integer>
         <key>Point_mm</key><array>{mm}</array><key>Point_px</key><array>{px}</array>
         <key>Total</key><real>12.5</real><key>Type</key><integer>15</integer></dict>\n"
    )
}

fn image(index: u32, rois: &[String]) -> String {
    format!(
        "<dict><key>ImageIndex</key><integer>{index}</integer>
         <key>NumberOfROIs</key><integer>{}</integer><key>ROIs</key><array>{}</array></dict>\n",
        rois.len(),
        rois.concat()
    )
}

fn list(images: &[String]) -> String {
    let doctype = r#"<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "PropertyList-1.0.dtd">"#;
    let head = format!(r#"<?xml version="1.0" encoding="UTF-8"?> {doctype} <plist version="1.0">"#);
    format!("{head}\n<dict><key>Images</key><array>{}</array></dict>\n</plist>\n", images.concat())
}

fn open(text: &str) -> Result<Labels, Error> {
    read_bytes("map.nii.xml", text.as_bytes(), None)
}

fn of_slice(index: u32, slice: u8, name: &str) -> String {
    image(index, &[roi(name, slice, &SQUARE)])
}

fn fitted(text: &str) -> Result<Labelled, Error> {
    open(text).unwrap().assign(&all())
}

/// What the images come to, and the codes of the findings.
fn check(images: &[String], expected: [&str; 3], found: &[&str]) {
    let labelled = fitted(&list(images)).unwrap();
    assert_eq!(painted(&labelled, &all()), expected);
    assert_eq!(codes(&labelled), found);
}

const NONE: &str = "....... ....... ....... ....... ....... .......";
const BOX: &str = "....... .AAAAA. .AAAAA. .AAAAA. .AAAAA. .......";

#[test]
fn a_contour_holds_its_inside_and_its_outline() {
    check(&[of_slice(1, 1, LAD)], [NONE, BOX, NONE], &[]);
    // Slanted edges from (3, 0) and (6, 3): centres on them count. Row 4 is cut at 2 1/3 and 4 1/2.
    let diamond = [[3.0, 0.0], [6.0, 3.0], [3.0, 5.0], [1.0, 2.0]];
    let picture = "...A... ..AAA.. .AAAAA. ..AAAAA ...AA.. ...A...";
    check(&[image(1, &[roi(LAD, 1, &diamond)])], [NONE, picture, NONE], &[]);
    // Rounded corners are on the outline all the same; a point and a line are all outline.
    let rounded = SQUARE.map(|[x, y]| [x + 0.004, y - 0.004]);
    check(&[image(1, &[roi(LAD, 1, &rounded)])], [NONE, BOX, NONE], &[]);
    let specks = [roi(LAD, 1, &[[2.0, 1.0]]), roi(RCA, 1, &[[4.0, 2.0], [6.0, 2.0]])];
    let picture = "....... ..A.... ....RRR ....... ....... .......";
    check(&[image(1, &specks)], [NONE, picture, NONE], &[]);
}

#[test]
fn what_the_result_says_of_its_origin() {
    let labelled = fitted(&list(&[of_slice(1, 1, LAD)])).unwrap();
    assert_eq!((labelled.source.as_str(), labelled.coronary, labelled.unnamed), ("coca_xml", true, false));
    assert!(labelled.source.is_of_a_reader() && labelled.scheme.is_none());
    // An artery without a contour has no calcium: it is covered all the same.
    assert_eq!((labelled.separated, labelled.lm_policy), ([true; 4], LmPolicy::Separate));
}

#[test]
fn images_may_be_counted_from_either_end() {
    let box_of = |letter: &str| BOX.replace('A', letter);
    let [m, x] = [box_of("M"), box_of("X")];
    let lcx = "Left Circumflex Artery";
    check(&[of_slice(0, 0, LM), of_slice(2, 2, lcx)], [&m, NONE, &x], &[]);
    check(&[of_slice(2, 0, LM), of_slice(0, 2, lcx)], [&m, NONE, &x], &[]);
    // The middle slice has the same number from both ends; without numbers the points alone tell.
    check(&[of_slice(1, 1, LM)], [NONE, &m, NONE], &[]);
    let unnumbered = list(&[of_slice(1, 2, LM)]).replace("ImageIndex", "Other");
    assert_eq!(painted(&fitted(&unnumbered).unwrap(), &all()), [NONE, NONE, &m]);
    for images in [
        [of_slice(0, 0, LM), of_slice(0, 2, lcx)],
        [of_slice(0, 1, LM), of_slice(2, 2, lcx)],
        [of_slice(9, 0, LM), of_slice(2, 2, lcx)],
    ] {
        let error = fitted(&list(&images)).unwrap_err();
        assert!(error.to_string().contains("the numbers of images contradict"), "{error}");
        assert_eq!(code(Err::<(), _>(error)), "labels_invalid");
    }
}

#[test]
fn contours_without_points_are_skipped_whatever_their_name() {
    let images = [image(1, &[roi("a scribble", 1, &[]), roi(LAD, 1, &SQUARE), roi("", 1, &[])])];
    check(&images, [NONE, BOX, NONE], &[]);
    let bare = "<dict><key>Name</key><string>x</string></dict>".to_owned();
    for nothing in [vec![], vec![image(0, &[])], vec![image(1, &[roi("x", 1, &[]), bare])]] {
        check(&nothing, [NONE; 3], &["labels_empty"]);
        assert_eq!(fitted(&list(&nothing)).unwrap().separated, [true; 4]);
    }
}

#[test]
fn a_name_that_is_no_artery_is_refused_unless_a_scheme_explains_it() {
    let text = list(&[of_slice(1, 1, "Aorta"), of_slice(2, 2, LAD)]);
    let error = open(&text).unwrap_err();
    assert_eq!(error.code().unwrap().name(), "labels_unknown_name");
    assert!(error.to_string().contains(r#""Aorta": 1 contours"#), "{error}");
    let scheme = "source = 'a reader'
                  lm_policy = 'not_separated'
                  label = [{ id = 9, name = 'aorta', region = 'region' }]";
    let scheme = Scheme::from_toml(scheme, "theirs").unwrap();
    let labels = read_bytes("map.nii.xml", text.as_bytes(), Some(&scheme)).unwrap();
    let labelled = labels.assign(&all()).unwrap();
    assert_eq!(painted(&labelled, &all()), [NONE, &BOX.replace('A', "0"), BOX]);
    assert_eq!(labelled.assigned.names, ["aorta"]);
}

#[test]
fn the_left_coronary_artery_is_the_left_main_however_it_is_written() {
    for name in [LM, "left_coronary_artery", "LM", "Left Main"] {
        check(&[of_slice(1, 1, name)], [NONE, &BOX.replace('A', "M"), NONE], &[]);
    }
}

#[test]
fn two_arteries_on_one_candidate_are_refused() {
    let below = [[2.0, 4.0], [4.0, 4.0], [4.0, 5.0], [2.0, 5.0]];
    let text = list(&[image(1, &[roi(LAD, 1, &SQUARE), roi(RCA, 1, &below)])]);
    let labels = open(&text).unwrap();
    let error = labels.assign(&all()).unwrap_err();
    assert!(error.to_string().contains("slice 1, row 4, column 2"), "{error}");
    assert_eq!(code(Err::<(), _>(error)), "labels_overlap");
    // They share pixels, but no calcium.
    let none = "....... ....... ....... ....... ....... .......";
    let some = "....... .#..... ....... ....... ....... ..#....";
    let parted = candidates(all().geometry, &[none, some, none]);
    let labelled = labels.assign(&parted).unwrap();
    assert_eq!(painted(&labelled, &parted)[1], "....... .A..... ....... ....... ....... ..R....");
}

#[test]
fn contours_of_one_artery_may_touch_overlap_or_come_twice() {
    let right = [[5.0, 1.0], [6.0, 1.0], [6.0, 4.0], [5.0, 4.0]];
    let wider = "....... .AAAAAA .AAAAAA .AAAAAA .AAAAAA .......";
    check(&[image(1, &[roi(LAD, 1, &SQUARE), roi("LAD", 1, &right)])], [NONE, wider, NONE], &[]);
    check(&[image(1, &[roi(LAD, 1, &SQUARE), roi(LAD, 1, &SQUARE)])], [NONE, BOX, NONE], &[]);
    // One within another adds nothing: these contours know no holes.
    let inner = [[2.0, 2.0], [4.0, 2.0], [4.0, 3.0], [2.0, 3.0]];
    check(&[image(1, &[roi(LAD, 1, &SQUARE), roi(LAD, 1, &inner)])], [NONE, BOX, NONE], &[]);
}

#[test]
fn contours_of_another_series_are_refused() {
    let far = [[1.0, 1.0], [9.0, 1.0], [9.0, 4.0]];
    for text in [
        list(&[of_slice(1, 3, LAD)]), // over the highest slice
        list(&[of_slice(1, 1, LAD)]).replace("32.000000)", "32.500000)"), // between two slices
        list(&[of_slice(1, 1, LAD)]).replacen("32.000000)", "34.000000)", 1), // across slices
        list(&[image(1, &[roi(LAD, 1, &far)])]), // beyond the image
        list(&[of_slice(1, 1, LAD)]).replace("<string>(11.", "<string>(13."), // elsewhere in mm
    ] {
        assert_eq!(code(fitted(&text)), "labels_off_grid", "{text}");
    }
    let nothing = candidates(all().geometry, &["", NONE, ""]);
    let labelled = open(&list(&[of_slice(1, 1, LAD)])).unwrap().assign(&nothing).unwrap();
    assert_eq!(codes(&labelled), ["labels_touch_nothing"]);
}

#[test]
fn a_file_that_contradicts_itself_is_refused() {
    let whole = list(&[image(7, &[roi("x", 1, &[]), roi(LAD, 1, &SQUARE)])]);
    open(&whole).unwrap();
    for (part, by) in [
        ("<integer>4</integer>", "<integer>5</integer>"), // NumberOfPoints
        ("<integer>0</integer>\n         <key>Point", "<integer>1</integer>\n         <key>Point"),
        ("<integer>2</integer>", "<integer>3</integer>"), // NumberOfROIs
        ("<integer>4</integer>", "<integer>-4</integer>"),
        ("<integer>7</integer>", "<integer>-7</integer>"), // ImageIndex
        ("<integer>7</integer>", "<integer>4294967296</integer>"),
        ("<integer>7</integer>", "<string>7</string>"),
        ("Point_mm", "Point_cm"),
        ("Point_px", "Point_cm"),
        ("<string>(5.000000, 1.000000)</string>", ""),
        ("(5.000000, 1.000000)", "(5.000000, nan)"),
        ("(5.000000, 1.000000)", "(5.000000, inf)"),
        ("(5.000000, 1.000000)", "(5.000000, 1e999)"),
        ("(5.000000, 1.000000)", "(5.000000)"),
        ("(5.000000, 1.000000)", "(5.000000, 1.000000, 2)"),
        ("(5.000000, 1.000000)", "5.000000, 1.000000"),
        ("(5.000000, 1.000000)", "(5.0.0, 1)"),
        ("(5.000000, 1.000000)", ""),
        ("<string>(5.000000, 1.000000)</string>", "<integer>5</integer>"),
        ("<key>Name</key><string>Left", "<key>Title</key><string>Left"),
        ("<key>ROIs</key>", "<key>Regions</key>"),
    ] {
        let text = whole.replace(part, by);
        assert_ne!(text, whole, "{part}");
        let error = open(&text).unwrap_err();
        let said = error.to_string();
        assert!(
            said.contains("the image with ImageIndex 7") || said.contains("image 1 of the file"),
            "{said}"
        );
        assert!(said.contains("next step"), "{said}");
        assert_eq!(code(Err::<(), _>(error)), "labels_invalid", "{part} {by}");
    }
}

#[test]
fn other_property_lists_are_told_apart() {
    let around = |inside: &str| format!("<plist version='1.0'>{inside}</plist>");
    for inside in ["<dict><key>Title</key><string>x</string></dict>", "<dict/>", "<array/>", "<true/>"] {
        assert_eq!(code(open(&around(inside))), "labels_format", "{inside}");
    }
    for inside in [
        "",
        "<dict><key>Images</key><dict/></dict>",
        "<dict><key>Images</key><array><string>x</string></array></dict>",
        "<dict><key>Images</key></dict>",
        "<dict><key>Images</key><array/><key>Images</key><array/></dict>",
        "<dict><key>Images</key><array/></dict><dict/>",
        "<dict><key>Images</key><array/></dict></dict>",
        "<dict><integer>1</integer><array/></dict>",
        "<dict><key>Images</key><array/><unknown/></dict>",
        "<dict><key>Images</key><array/></dict>&b;",
        "<dict><key>Im<![CDATA[x]]>ages</key><array/></dict>",
    ] {
        assert_eq!(code(open(&around(inside))), "labels_invalid", "{inside}");
    }
    assert_eq!(code(open("<?xml version='1.0'?><svg></svg>")), "labels_format");
    let mut marked = b"\xef\xbb\xbf \n".to_vec();
    marked.extend(around("<dict><key>Images</key><array/></dict>").as_bytes());
    read_bytes("map.nii.xml", &marked, None).unwrap();
    marked.splice(3..3, *b"<!-- \xff -->");
    assert_eq!(code(read_bytes("map.nii.xml", &marked, None)), "labels_invalid");
}

/// The same list in the binary form.
fn binary(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    plist::Value::from_reader_xml(Cursor::new(text)).unwrap().to_writer_binary(&mut bytes).unwrap();
    bytes
}

#[test]
fn the_binary_form_says_the_same() {
    let text = list(&[image(1, &[roi(LAD, 1, &SQUARE), roi("x", 1, &[])])]);
    let labelled = read_bytes("map.nii", &binary(&text), None).unwrap().assign(&all()).unwrap();
    assert_eq!(labelled, fitted(&text).unwrap());
    assert_eq!(painted(&labelled, &all()), [NONE, BOX, NONE]);
}

#[test]
fn files_that_are_cut_off_are_refused_wherever_it_is() {
    let text = list(&[of_slice(1, 1, LAD)]);
    let start = text.find("<dict>").unwrap();
    for end in start..text.trim_end().len() {
        assert_eq!(code(open(&text[..end])), "labels_invalid", "{end}");
    }
    let bytes = binary(&text);
    for end in 8..bytes.len() {
        assert_eq!(code(read_bytes("map.nii", &bytes[..end], None)), "labels_invalid", "{end}");
    }
}

#[test]
fn bombs_are_refused() {
    let nested = |depth| format!("<plist>{}{}</plist>", "<array>".repeat(depth), "</array>".repeat(depth));
    let entity = "<!DOCTYPE plist [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]><plist><dict/></plist>";
    let long = format!("<plist>{}</plist>", " ".repeat(17 << 20));
    let wide = format!("<plist><array>{}</array></plist>", "<true/>".repeat(2_100_000));
    for text in [nested(17), nested(100_000), entity.to_owned(), long, wide] {
        assert_eq!(code(open(&text)), "labels_invalid");
    }
    assert_eq!(code(open(&nested(16))), "labels_format");
}

/// A binary list of objects, of which the first is the root; one byte an offset and a reference.
fn binary_of(objects: &[&[u8]]) -> Vec<u8> {
    let mut bytes = b"bplist00".to_vec();
    let mut offsets = Vec::new();
    for object in objects {
        offsets.push(bytes.len() as u8);
        bytes.extend(*object);
    }
    let table = bytes.len() as u64;
    bytes.extend(&offsets);
    bytes.extend([0, 0, 0, 0, 0, 0, 1, 1]);
    for number in [objects.len() as u64, 0, table] {
        bytes.extend(number.to_be_bytes());
    }
    bytes
}

#[test]
fn binary_bombs_are_refused() {
    // Arrays of ten references to the next: ten to the tenth entries.
    let doubling: Vec<Vec<u8>> = (1..=10_u8).map(|next| [vec![0xaa], vec![next; 10]].concat()).collect();
    let mut doubling: Vec<&[u8]> = doubling.iter().map(Vec::as_slice).collect();
    doubling.push(&[0x09]);
    // An array that holds itself, a claim of 2^62 entries, a claim of 2^62 letters, a reference to nothing.
    let huge = [&[0xaf, 0x13, 0x40][..], &[0; 7]].concat();
    let letters = [&[0x5f, 0x13, 0x40][..], &[0; 7]].concat();
    for objects in [doubling, vec![&[0xa1, 0]], vec![&huge], vec![&letters], vec![&[0xa1, 9]]] {
        assert_eq!(code(read_bytes("map.nii", &binary_of(&objects), None)), "labels_invalid");
    }
    let mut claim = binary_of(&[&[0xa0]]);
    let at = claim.len() - 24;
    claim[at..at + 8].copy_from_slice(&(1_u64 << 60).to_be_bytes());
    assert_eq!(code(read_bytes("map.nii", &claim, None)), "labels_invalid");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is damaged, the answer is an assignment or a refusal, never a panic.
    #[test]
    fn damage_never_panics(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        is_binary in any::<bool>(),
    ) {
        let text = list(&[image(1, &[roi(LAD, 1, &SQUARE), roi(RCA, 1, &[])])]);
        let mut bytes = if is_binary { binary(&text) } else { text.into_bytes() };
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if let Ok(labels) = read_bytes("map.nii.xml", &bytes, None) {
            let _ = labels.assign(&all());
        }
    }
}
