//! Nothing that may tell of a person leaves the program: every element of the DICOM dictionary that can hold text is
//! planted with a mark of its own, and so are dates, times, sequences, private elements, the preamble and the folders
//! above the input; then whatever the program can say of such a series is searched for every mark.

use crate::support::{Said, agatston, cases, run, said, text};
use agatston_phantom::{
    Header,
    damage::{NamedFile, damages, good_volume},
    dicom::{Object, encode, file_name, slice_objects},
};
use dicom_core::{
    DataElement, PrimitiveValue, Tag, VR,
    dictionary::{DataDictionary, DataDictionaryEntry, VirtualVr},
    value::DataSetSequence,
};
use dicom_dictionary_std::{StandardDataDictionary, tags};
use dicom_object::InMemDicomObject;
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// Groups of the dictionary that a CT file may hold, without those of pixels.
const GROUPS: [u16; 22] = [
    0x0008, 0x0010, 0x0012, 0x0014, 0x0018, 0x0020, 0x0022, 0x0028, 0x0032, 0x0038, 0x003A, 0x0040, 0x0042,
    0x0044, 0x0046, 0x0048, 0x0054, 0x0070, 0x0088, 0x0400, 0x2200, 0x4008,
];

/// What the program reads to score, and may say. Free text in these is planted one by one.
const READ: [Tag; 18] = [
    tags::SPECIFIC_CHARACTER_SET,
    tags::IMAGE_TYPE,
    tags::MODALITY,
    tags::MANUFACTURER,
    tags::MANUFACTURER_MODEL_NAME,
    tags::SCAN_OPTIONS,
    tags::CONVOLUTION_KERNEL,
    tags::FILTER_TYPE,
    tags::FILTER_MATERIAL,
    tags::CARDIAC_SYNCHRONIZATION_TECHNIQUE,
    tags::CONTRAST_BOLUS_AGENT,
    tags::CONTRAST_BOLUS_ROUTE,
    tags::PHOTOMETRIC_INTERPRETATION,
    tags::BURNED_IN_ANNOTATION,
    tags::LOSSY_IMAGE_COMPRESSION,
    tags::RESCALE_TYPE,
    tags::FRAME_TYPE,
    tags::PATIENT_POSITION,
];

/// A day and a time that occur nowhere else, and the year of the scan, which may be told.
const DAY: &str = "19170319";
const SCAN_DAY: &str = "20190423";
const TIME: &str = "034751.917364";

/// Ways to write the planted days, times, ages and sizes.
const WRITTEN: [&str; 20] = [
    DAY,
    "1917-03-19",
    "19.03.1917",
    "03/19/1917",
    "19/03/1917",
    "1917/03/19",
    "19 mar 1917",
    "mar 19",
    SCAN_DAY,
    "2019-04-23",
    "23.04.2019",
    "04/23/2019",
    "0423",
    "034751",
    "03:47:51",
    "917364",
    "093y",
    "83.917",
    "1.7342",
    "phantom^agatston",
];

/// Mark number `i`. Its beginning is found in any case, and alone.
fn mark(i: usize) -> String {
    format!("QZ{i:04}X")
}

/// Marks in a text, by number.
fn marks(text: &str) -> BTreeSet<usize> {
    let upper = text.to_ascii_uppercase();
    let numbers = upper.split("QZ").skip(1).filter_map(|rest| rest.get(..4)?.parse().ok());
    numbers.collect()
}

/// A value of the VR that holds mark `i`, or a day or time; `None` when the VR holds no text.
fn planted(vr: VR, i: usize) -> Option<String> {
    let mark = mark(i);
    Some(match vr {
        VR::PN => format!("{mark}^Given{mark}={mark}"),
        VR::LO | VR::ST | VR::LT | VR::UT | VR::UC | VR::UR => format!("see {mark}, born 1917-03-19"),
        VR::SH | VR::CS | VR::AE => mark,
        VR::DA => DAY.to_owned(),
        VR::TM => TIME.to_owned(),
        VR::DT => format!("{DAY}{TIME}"),
        VR::AS => "093Y".to_owned(),
        _ => return None,
    })
}

fn put(set: &mut InMemDicomObject, tag: Tag, vr: VR, value: &str) {
    set.put(DataElement::new(tag, vr, PrimitiveValue::from(value)));
}

/// Every element of the dictionary that can hold text.
fn elements() -> Vec<(Tag, VR)> {
    let all = GROUPS.iter().flat_map(|group| (0..=0xFFFF).map(move |element| Tag(*group, element)));
    let entries = all.filter_map(|tag| match StandardDataDictionary.by_tag(tag).map(|entry| entry.vr()) {
        Some(VirtualVr::Exact(vr)) => Some((tag, vr)),
        _ => None,
    });
    entries.filter(|(tag, vr)| planted(*vr, 0).is_some() && !READ.contains(tag)).collect()
}

/// Plants everything; the number of marks that are used.
fn plant(object: &mut Object, elements: &[(Tag, VR)]) -> usize {
    let mut inner = InMemDicomObject::new_empty();
    for (i, (tag, vr)) in elements.iter().enumerate() {
        put(object, *tag, *vr, &planted(*vr, i).unwrap());
        if i % 40 == 0 {
            put(&mut inner, *tag, *vr, &planted(*vr, i).unwrap());
        }
    }
    let mut next = elements.len();
    let mut fresh = || {
        next += 1;
        format!("free {}", mark(next - 1))
    };
    for tag in [tags::STUDY_DATE, tags::SERIES_DATE, tags::ACQUISITION_DATE, tags::CONTENT_DATE] {
        put(object, tag, VR::DA, SCAN_DAY);
    }
    put(object, tags::PATIENT_SIZE, VR::DS, "1.7342");
    put(object, tags::PATIENT_WEIGHT, VR::DS, "83.917");
    // Private elements, overlays and their comments, and all of it again inside sequences.
    for (group, element, vr) in [
        (0x0009, 0x0010, VR::LO),
        (0x0009, 0x1001, VR::LO),
        (0x0029, 0x0010, VR::LO),
        (0x0029, 0x1010, VR::UT),
        (0x6000, 0x0022, VR::LO),
        (0x6000, 0x1500, VR::LO),
        (0x6000, 0x4000, VR::LT),
    ] {
        put(object, Tag(group, element), vr, &fresh());
    }
    for tag in [
        tags::OTHER_PATIENT_I_DS_SEQUENCE,
        tags::REQUEST_ATTRIBUTES_SEQUENCE,
        tags::REFERRING_PHYSICIAN_IDENTIFICATION_SEQUENCE,
        tags::PROCEDURE_CODE_SEQUENCE,
        tags::SOURCE_IMAGE_SEQUENCE,
    ] {
        object.put(DataElement::new(tag, VR::SQ, DataSetSequence::from(vec![inner.clone()])));
    }
    object.update_meta(|meta| {
        meta.implementation_version_name = Some("QZ9990X".into());
        meta.source_application_entity_title = Some("QZ9991X".into());
        meta.sending_application_entity_title = Some("QZ9992X".into());
    });
    next
}

fn files(objects: &[Object]) -> Vec<NamedFile> {
    let file = |(i, object): (usize, &Object)| {
        let mut bytes = encode(object).unwrap();
        bytes[..7].copy_from_slice(b"QZ9993X");
        NamedFile { name: file_name(i), bytes }
    };
    objects.iter().enumerate().map(file).collect()
}

fn series() -> Vec<Object> {
    let mut objects = slice_objects(&good_volume(8, 32), &Header::named("identity"));
    let elements = elements();
    let mut used = 0;
    objects.iter_mut().for_each(|object| used = plant(object, &elements));
    assert!(used > 1200, "only {used} elements are planted");
    objects
}

/// A folder whose own path, above the input, names a person.
struct Place {
    _root: tempfile::TempDir,
    input: PathBuf,
    other: PathBuf,
}

impl Place {
    fn new(files: &[NamedFile]) -> Self {
        let root = tempfile::tempdir().unwrap();
        let above = root.path().join("QZ9994X^above 1917-03-19");
        let (input, other) = (above.join("scan"), above.join("other"));
        fs::create_dir_all(&input).unwrap();
        fs::create_dir_all(&other).unwrap();
        for file in files {
            let path = input.join(&file.name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, &file.bytes).unwrap();
        }
        Self { _root: root, input, other }
    }

    fn of(objects: &[Object]) -> Self {
        Self::new(&files(objects))
    }

    /// The path of a file beside the input, with some content.
    fn file(&self, name: &str, content: &str) -> String {
        let path = self.other.join(name);
        fs::write(&path, content).unwrap();
        text(path)
    }

    fn input(&self) -> String {
        text(&self.input)
    }
}

/// Nothing of a person in any of the texts.
fn clean(texts: &[&str], what: &str) {
    for text in texts {
        assert_eq!(marks(text), BTreeSet::new(), "{what}: {text}");
        let lower = without_identifiers(text).to_ascii_lowercase();
        for written in WRITTEN {
            assert!(!lower.contains(written), "{what} tells {written}: {text}");
        }
        assert!(!text.contains("/tmp/") && !lower.contains("^above"), "{what} tells a path: {text}");
    }
}

/// The text without UIDs and hashes, whose digits are anything: words of more than 24 digits, letters a to f and points.
fn without_identifiers(text: &str) -> String {
    let of_keys = |c: char| c.is_ascii_hexdigit() || c == '.';
    let words = text.split_inclusive(|c: char| !of_keys(c));
    words.filter(|word| word.len() < 24).collect()
}

fn is_clean(said: &Said, what: &str) {
    clean(&[&said.stdout, &said.stderr], what);
    assert!(!said.stderr.contains("panicked"), "{what}: {}", said.stderr);
}

/// Scores and inspects a place in the forms that say most.
fn say_all(place: &Place, what: &str) -> [Said; 3] {
    let input = place.input();
    let score = ["score", &input, "--region", "everything", "--withheld", "--sensitivity"];
    let all = [
        run(&[&score[..], &["--format", "json", "--detail", "foci"]].concat()),
        run(&[&score[..], &["--format", "table", "--detail", "foci"]].concat()),
        run(&["inspect", &input]),
    ];
    all.iter().for_each(|said| is_clean(said, what));
    all
}

const ARTERIES: &str = r#"{"regions": [
    {"name": "LM", "box_px": {"column": [0, 2], "row": [0, 2]}},
    {"name": "LAD", "box_px": {"column": [5, 28], "row": [5, 28]}},
    {"name": "LCX", "box_px": {"column": [29, 31], "row": [0, 2]}},
    {"name": "RCA", "box_px": {"column": [0, 2], "row": [29, 31]}}]}"#;

/// Every form of every result of a series that is scored.
#[test]
fn no_result_tells_of_a_person() {
    let objects = series();
    let bytes = files(&objects).remove(0).bytes;
    let inside = marks(&String::from_utf8_lossy(&bytes));
    assert!(inside.len() > 1200 && inside.contains(&9993), "the marks are in the files: {}", inside.len());
    let place = Place::of(&objects);
    let (input, labels) = (place.input(), place.file("arteries.json", ARTERIES));
    for format in ["table", "json", "csv"] {
        for detail in ["totals", "lesions", "foci"] {
            for assigned in [["--labels", &labels], ["--region", "everything"]] {
                let options = ["score", &input, "--format", format, "--detail", detail];
                let more = ["--withheld", "--sensitivity", "--series", "all"];
                let said = run(&[&options[..], &assigned, &more].concat());
                assert_eq!(said.code, 0, "{said:?}");
                let score = [" 80.00 ", "\"agatston\":80.0,", ",80,80,"]
                    .iter()
                    .any(|form| said.stdout.contains(form));
                assert!(score, "it is the score: {}", said.stdout);
                is_clean(&said, &format!("{format} {detail}"));
            }
        }
    }
    // Parquet holds the same cells, see tests/tables.rs.
    let lesions = run(&["score", &input, "--labels", &labels, "--format", "csv", "--rows", "lesions"]);
    assert_eq!((lesions.code, lesions.stdout.lines().count()), (0, 2), "{lesions:?}");
    is_clean(&lesions, "csv of lesions");
    for format in ["table", "json"] {
        let said = run(&["inspect", &input, "--format", format]);
        assert_eq!(said.code, 0, "{said:?}");
        is_clean(&said, format);
        assert!(said.stdout.contains("AGATSTON PHANTOM"), "what may be told is told: {}", said.stdout);
    }
    let json = run(&["inspect", &input, "--format", "json"]).json();
    assert_eq!(json["series"][0]["series"]["acquisition_year"], 2019, "the year, and no day");
}

/// The patient, general study and frame of reference modules of a DICOM object about a series (PS3.3 C.7.1.1, C.7.2.1,
/// C.7.2.2): what an archive files it by, and all that it may tell of the person.
const FILED_BY: [Tag; 16] = [
    tags::PATIENT_NAME,
    tags::PATIENT_ID,
    tags::ISSUER_OF_PATIENT_ID,
    tags::PATIENT_BIRTH_DATE,
    tags::PATIENT_SEX,
    tags::PATIENT_AGE,
    tags::PATIENT_SIZE,
    tags::PATIENT_WEIGHT,
    tags::STUDY_DATE,
    tags::STUDY_TIME,
    tags::REFERRING_PHYSICIAN_NAME,
    tags::STUDY_ID,
    tags::ACCESSION_NUMBER,
    tags::STUDY_DESCRIPTION,
    tags::POSITION_REFERENCE_INDICATOR,
    tags::SPECIFIC_CHARACTER_SET,
];

/// The bytes of a file as text, pictures left out: their letters are anything.
fn text_of(path: &Path) -> String {
    let bytes = fs::read(path).unwrap();
    let text = match path.extension().and_then(|e| e.to_str()) {
        Some("gz") => {
            let mut unpacked = Vec::new();
            std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&bytes[..]), &mut unpacked).unwrap();
            String::from_utf8_lossy(&unpacked).into_owned()
        }
        // The header of a NRRD file ends with an empty line; packed voxels follow.
        Some("nrrd") => String::from_utf8_lossy(&bytes).split("\n\n").next().unwrap().to_owned(),
        _ => String::from_utf8_lossy(&bytes).into_owned(),
    };
    let mut parts = text.split("data:image/png;base64,");
    let first = parts.next().unwrap().to_owned();
    parts.fold(first, |text, part| text + part.split_once('"').map_or("", |(_, rest)| rest))
}

/// Every file beside a result: no mark in any but the DICOM objects, and in these only where an archive files them by it.
#[test]
fn no_file_beside_a_result_tells_of_a_person() {
    let place = Place::of(&series());
    let (input, labels) = (place.input(), place.file("arteries.json", ARTERIES));
    let out = tempfile::tempdir().unwrap();
    let path = |name: &str| text(out.path().join(name));
    let score = ["score", &input, "--labels", &labels];
    let files = ["--report", &path("report.html"), "--png", &path("png"), "--labelmap", &path("map.nii.gz")];
    let objects =
        ["--seg", &path("seg.dcm"), "--sr", &path("sr.dcm"), "-o", &path("result.json"), "--format", "json"];
    let said = run(&[&score[..], &files, &objects].concat());
    assert_eq!(said.code, 0, "{}", said.stderr);
    is_clean(&said, "every file");
    for (format, rows) in
        [("csv", "arteries"), ("csv", "lesions"), ("parquet", "arteries"), ("parquet", "lesions")]
    {
        let table = path(&format!("{rows}.{format}"));
        let map = path(&format!("{rows}-{format}.seg.nrrd"));
        let more = ["--format", format, "--rows", rows, "-o", &table, "--labelmap", &map];
        let said = run(&[&score[..], &more].concat());
        assert_eq!(said.code, 0, "{}", said.stderr);
        is_clean(&said, &table);
    }
    let compared =
        ["--labels-baseline", &labels, "--labels-followup", &labels, "--report", &path("compared.html")];
    let said = run(&[&["compare", &input, &input][..], &compared].concat());
    assert_eq!(said.code, 0, "{}", said.stderr);
    is_clean(&said, "a comparison");
    let mut names: Vec<PathBuf> = fs::read_dir(&out).unwrap().map(|e| e.unwrap().path()).collect();
    names.extend(fs::read_dir(path("png")).unwrap().map(|e| e.unwrap().path()));
    assert!(names.len() > 15, "{names:?}");
    for name in names.iter().filter(|name| name.is_file()) {
        match name.extension().and_then(|e| e.to_str()) {
            Some("dcm") => only_filed_by(name),
            // Only chunks of pixels: a text chunk would hold a date or a program.
            Some("png") => assert!(
                chunks(&fs::read(name).unwrap()).iter().all(|c| ["IHDR", "IDAT", "IEND"].contains(&&**c))
            ),
            _ => clean(&[&text_of(name)], &name.display().to_string()),
        }
    }
}

/// Names of the chunks of a PNG file.
fn chunks(png: &[u8]) -> Vec<String> {
    let mut names = Vec::new();
    let mut rest = &png[8..];
    while let Some((head, after)) = rest.split_at_checked(8) {
        let length = u32::from_be_bytes(head[..4].try_into().unwrap());
        names.push(String::from_utf8_lossy(&head[4..]).into_owned());
        rest = &after[usize::try_from(length).unwrap() + 4..];
    }
    names
}

/// Marks stand in an object only in the elements that an archive files it by, and there are some.
fn only_filed_by(path: &Path) {
    let object = dicom_object::open_file(path).unwrap();
    let mut found = BTreeSet::new();
    for element in object.iter() {
        let value = match element.items() {
            Some(items) => format!("{items:?}"),
            None => element.to_str().map(|s| s.into_owned()).unwrap_or_default(),
        };
        let tells = !marks(&value).is_empty() || value.contains(DAY);
        if tells {
            found.insert(element.header().tag);
        }
    }
    assert!(found.contains(&tags::PATIENT_NAME) && found.contains(&tags::PATIENT_ID), "{}", path.display());
    let more: Vec<&Tag> = found.iter().filter(|tag| !FILED_BY.contains(tag)).collect();
    assert!(more.is_empty(), "{} tells more than it is filed by: {more:?}", path.display());
    assert_eq!(marks(&format!("{:?}", object.meta())), BTreeSet::new(), "file meta of {}", path.display());
}

/// Every refusal and every finding, by every damage that the phantoms know.
#[test]
fn no_finding_tells_of_a_person() {
    let good = files(&series());
    let mut codes = BTreeSet::new();
    for damage in damages() {
        let mut files = good.clone();
        (damage.apply)(&mut files);
        let [json, ..] = say_all(&Place::new(&files), damage.name);
        codes.extend(json.codes());
    }
    assert!(codes.len() >= 25, "too few findings were seen: {codes:?}");
}

/// Free text where the program reads a code, a number or a UID, which findings repeat.
#[test]
fn what_findings_repeat_is_no_free_text() {
    let name = "QZ9995X^John";
    let plain = "QZ9996X";
    for (tag, vr, value, code) in [
        (tags::RESCALE_TYPE, VR::LO, name, "not_hu"),
        (tags::RESCALE_TYPE, VR::LO, plain, "not_hu"),
        (tags::PHOTOMETRIC_INTERPRETATION, VR::CS, plain, "photometric"),
        (tags::IMAGE_TYPE, VR::CS, "DERIVED\\PRIMARY\\QZ9996X", "derived_image"),
        (tags::IMAGE_TYPE, VR::CS, "DERIVED\\PRIMARY\\QZ9996X MIP", "derived_image"),
        (tags::RESCALE_SLOPE, VR::DS, name, "rescale_missing"),
        (tags::RESCALE_INTERCEPT, VR::DS, "1917-03-19", "rescale_missing"),
        (tags::SLICE_THICKNESS, VR::DS, name, ""),
        (tags::KVP, VR::DS, name, "kvp_missing"),
        (tags::NUMBER_OF_FRAMES, VR::IS, name, "geometry_missing"),
        (tags::IMAGE_POSITION_PATIENT, VR::DS, name, "geometry_missing"),
        (tags::PIXEL_SPACING, VR::DS, name, "geometry_missing"),
        (tags::FILTER_TYPE, VR::SH, "QZ9996X TIN", "tin_filter"),
        (tags::FILTER_MATERIAL, VR::CS, "QZ9996X_SN", "tin_filter"),
        (tags::SCAN_OPTIONS, VR::CS, plain, ""),
        (tags::CARDIAC_SYNCHRONIZATION_TECHNIQUE, VR::CS, plain, ""),
        (tags::CONTRAST_BOLUS_AGENT, VR::LO, name, "contrast_agent"),
        (tags::CONTRAST_BOLUS_ROUTE, VR::LO, name, ""),
        (tags::MANUFACTURER, VR::LO, name, ""),
        (tags::MANUFACTURER_MODEL_NAME, VR::LO, "SOMATOM, born 1917-03-19", ""),
        (tags::CONVOLUTION_KERNEL, VR::SH, name, ""),
        (tags::LOSSY_IMAGE_COMPRESSION, VR::CS, plain, ""),
        (tags::BURNED_IN_ANNOTATION, VR::CS, plain, ""),
        (tags::MODALITY, VR::CS, plain, ""),
        (tags::SPECIFIC_CHARACTER_SET, VR::CS, "ISO_IR 192", ""),
        (tags::STUDY_INSTANCE_UID, VR::UI, name, "uid_invalid"),
        (tags::SERIES_INSTANCE_UID, VR::UI, name, "uid_invalid"),
        (tags::FRAME_OF_REFERENCE_UID, VR::UI, name, "uid_invalid"),
        (tags::SOP_INSTANCE_UID, VR::UI, name, "uid_invalid"),
        (tags::SOP_CLASS_UID, VR::UI, name, "decode_failed"),
    ] {
        // In one slice, where other findings come in, when everything is asked for.
        for slices in [0..8, 5..6].into_iter().take(cases(1, 2)) {
            let mut objects = series();
            for object in &mut objects[slices.clone()] {
                put(object, tag, vr, value);
            }
            let what = format!("{tag} {value} in {slices:?}");
            let [json, ..] = say_all(&Place::of(&objects), &what);
            let told = json.codes();
            assert!(
                code.is_empty() || slices.len() == 1 || told.contains(&code.to_owned()),
                "{what}: {told:?}"
            );
        }
    }
}

/// Texts in the file meta, and files that are no CT and name a person where their kind should be.
#[test]
fn what_is_left_out_is_named_by_its_kind() {
    let mut objects = series();
    objects
        .iter_mut()
        .for_each(|o| o.update_meta(|meta| meta.media_storage_sop_class_uid = "QZ9996X".into()));
    say_all(&Place::of(&objects), "SOP class of the meta");
    let mut objects = series();
    let other = &mut objects[0];
    for (tag, vr, value) in [
        (tags::SOP_CLASS_UID, VR::UI, "1.2.840.10008.5.1.4.1.1.4"),
        (tags::MODALITY, VR::CS, "QZ9996X"),
        (tags::SOP_INSTANCE_UID, VR::UI, "1.2.3"),
    ] {
        put(other, tag, vr, value);
    }
    other.update_meta(|meta| meta.media_storage_sop_class_uid = "1.2.840.10008.5.1.4.1.1.4".into());
    let [json, ..] = say_all(&Place::of(&objects), "modality of another object");
    assert_eq!(json.json()["files"]["skipped"]["not a CT image (a text of 7 characters)"], 1, "{json:?}");
    // A transfer syntax of the same length that is none.
    let mut files = files(&series());
    for file in &mut files {
        let at = file.bytes.windows(19).position(|w| w == b"1.2.840.10008.1.2.1").unwrap();
        file.bytes[at..at + 12].copy_from_slice(b"QZ9996X^John");
    }
    let [json, ..] = say_all(&Place::new(&files), "transfer syntax");
    assert!(json.codes().contains(&"unsupported_syntax".to_owned()));
}

/// A comparison uses identity and dates, and tells of neither: only how many days lie between.
#[test]
fn no_comparison_tells_of_a_person() {
    let place = |day: &str, patient: Option<&str>, sex: &str| {
        let mut objects = series();
        for object in &mut objects {
            for tag in [tags::STUDY_DATE, tags::SERIES_DATE, tags::ACQUISITION_DATE, tags::CONTENT_DATE] {
                put(object, tag, VR::DA, day);
            }
            put(object, tags::PATIENT_SEX, VR::CS, sex);
            if let Some(patient) = patient {
                put(object, tags::PATIENT_ID, VR::LO, patient);
            }
        }
        Place::of(&objects)
    };
    let first = place(SCAN_DAY, None, "F");
    let labels = first.file("arteries.json", ARTERIES);
    let compare = |other: &Place, format: &str| {
        let (a, b) = (first.input(), other.input());
        let labels = ["--labels-baseline", &labels, "--labels-followup", &labels];
        let said = run(&[&["compare", &a, &b, "--format", format], &labels[..]].concat());
        assert_eq!(said.code, 0, "{said:?}");
        is_clean(&said, format);
        said
    };
    let later = place("20210423", None, "F");
    for format in ["table", "csv"] {
        compare(&later, format);
    }
    let json = compare(&later, "json").json();
    assert_eq!(json["interval"]["days"], 731, "from one 23 April to the next but one, with a leap day");
    assert_eq!(json["comparability"]["comparable"], true, "{json}");
    let other = compare(&place("20210423", Some("QZ9998X"), "M"), "json");
    let reasons = other.json()["comparability"]["reasons"].as_array().unwrap().clone();
    let codes: Vec<&str> = reasons.iter().map(|r| r["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["patient_differs", "sex_differs"]);
    assert!(reasons.iter().all(|r| r["baseline"].is_null() && r["followup"].is_null()));
    compare(&place("20210423", Some("QZ9998X"), "M"), "table");
}

/// Errors of every exit code name what is needed to act, and no folder above it.
#[test]
fn no_error_tells_of_a_person_or_a_place() {
    let place = Place::of(&series());
    let input = place.input();
    let path = |name: &str| text(place.other.join(name));
    let exists = place.file("there.json", "x");
    let labels = place.file("arteries.json", ARTERIES);
    let nonsense = place.file("nonsense.json", "{]");
    let protocol = place.file("odd.toml", "base = 'nonesuch'");
    let everything = ["score", &input, "--region", "everything"];
    let with = |more: &[&str]| -> Vec<String> {
        [&everything[..], more].concat().iter().map(|s| s.to_string()).collect()
    };
    let labelled = |more: &[&str]| -> Vec<String> {
        [&["score", &input][..], more].concat().iter().map(|s| s.to_string()).collect()
    };
    let other = text(&place.other);
    for (code, words, arguments) in [
        (2, "gone.toml", with(&["--protocol", &path("gone.toml")])),
        (2, "odd", with(&["--protocol", &protocol])),
        (2, "is a folder", with(&["-o", &other])),
        (2, "cannot be its output", labelled(&["--labels", &labels, "-o", &labels, "--overwrite"])),
        (2, "unexpected argument", vec!["schema".into(), "result".into(), path("more")]),
        (2, "invalid value", with(&[&format!("--format={}", path("x"))])),
        (2, "scheme", labelled(&["--labels", &labels, "--label-scheme", &path("none")])),
        (3, "NOT SCORED", labelled(&["--labels", &nonsense, "--format", "json"])),
        (3, "no CT series", vec!["score".into(), other.clone(), "--region".into(), "everything".into()]),
        (3, "", vec!["inspect".into(), other.clone()]),
        (
            4,
            "gone could not be read",
            vec!["score".into(), path("gone"), "--region".into(), "everything".into()],
        ),
        (4, "gone could not be read", vec!["inspect".into(), input.clone(), path("gone")]),
        (3, "gone.json", labelled(&["--labels", &path("gone.json")])),
        (4, "gone.txt", vec!["inspect".into(), "--files-from".into(), path("gone.txt")]),
        (4, "gone.toml", labelled(&["--labels", &labels, "--label-scheme", &path("gone.toml")])),
        (4, "result.json", with(&["-o", &path("no/such/folder/result.json")])),
        (6, "there.json exists already", with(&["-o", &exists])),
        (
            6,
            "scan exists already",
            vec!["phantom".into(), "write".into(), "staircase".into(), "-o".into(), input.clone()],
        ),
    ] {
        let said = run(&arguments);
        assert_eq!(said.code, code, "{arguments:?}: {said:?}");
        let all = format!("{}{}", said.stdout, said.stderr);
        assert!(all.contains(words), "{words:?} is not in {all}");
        is_clean(&said, words);
    }
}

/// What is written to a file is what is printed, and what is said beside it tells no more.
#[test]
fn no_file_tells_of_a_person() {
    let place = Place::of(&series());
    let out = place.other.join("result");
    for format in ["json", "table", "csv"] {
        let options = ["--format", format, "--withheld", "--overwrite", "-o", &text(&out)];
        let input = place.input();
        let said = run(&[&["score", &input, "--region", "everything"][..], &options].concat());
        assert_eq!(said.code, 0, "{said:?}");
        is_clean(&said, format);
        clean(&[&fs::read_to_string(&out).unwrap()], format);
    }
    let made = run(&["phantom", "write", "staircase", "-o", &text(place.other.join("made"))]);
    assert_eq!(made.code, 0, "{made:?}");
    is_clean(&made, "phantom write");
}

/// A relative path is the user's own word and stays; the folders that it does not name do not come in.
#[test]
fn relative_names_stay() {
    let place = Place::of(&series());
    fs::write(place.input.join("deep.zip"), "PK\x03\x04 no archive").unwrap();
    let here = |arguments: &[&str]| {
        said(agatston(arguments).current_dir(Path::new(&place.input).parent().unwrap()).output().unwrap())
    };
    let broken = here(&["score", "scan/deep.zip", "--region", "everything"]);
    assert_eq!(broken.code, 3, "{broken:?}");
    assert!(broken.stdout.contains("deep.zip could not be opened"), "{}", broken.stdout);
    is_clean(&broken, "a broken archive");
    let exists = here(&["score", "scan", "--region", "everything", "-o", "scan/IM0001.dcm"]);
    assert!(exists.stderr.contains("scan/IM0001.dcm exists already"), "{}", exists.stderr);
    is_clean(&exists, "an output that exists");
}
