//! Objects that are written about a series, read back by dicom-object: what they repeat, what they say, what they refuse.

use agatston_dicom::{
    Rules, Series, Unwatched, Workers, discover, group, index,
    out::{
        DateTime, Encoded, Group, Measurement, OutError, Outline, Program, Region, Report, Segment,
        SegmentReference, Segmentation, SourceContext, VoxelSpan, concepts, derived_uid,
    },
};
use agatston_phantom::{
    Header,
    damage::good_volume,
    dicom::{Object, write_series},
    multiframe::{MultiFrame, multiframe_object},
};
use dicom_core::{DataElement, PrimitiveValue, VR};
use dicom_dictionary_std::{tags, uids};
use dicom_object::{DefaultDicomObject, InMemDicomObject, Tag};

use crate::support::{good, series, text};

fn segment(label: &str) -> Segment {
    Segment {
        label: label.to_owned(),
        property: concepts::VASCULAR_CALCIFICATION,
        anatomy: Some(concepts::LEFT_MAIN),
        cielab: [1, 2, 3],
        tracking_uid: derived_uid("test", &[label.as_bytes()]),
    }
}

fn segmentation(segments: &[&str], spans: &[VoxelSpan]) -> Segmentation {
    Segmentation {
        segments: segments.iter().map(|label| segment(label)).collect(),
        spans: spans.to_vec(),
        is_provisional: false,
        program: Program { version: "1.2.3".to_owned() },
        seed: b"seed".to_vec(),
    }
}

fn span(segment: u16, slice: u16, row: u16, start: u16, end: u16) -> VoxelSpan {
    VoxelSpan { segment, slice, row, start, end }
}

fn read(object: &Encoded) -> DefaultDicomObject {
    dicom_object::from_reader(object.bytes.as_slice()).unwrap()
}

fn written(objects: &[Object]) -> Result<DefaultDicomObject, OutError> {
    let context = SourceContext::of(&series(objects), None)?;
    Ok(read(&segmentation(&["LM"], &[]).encode(&context)?))
}

fn string(object: &InMemDicomObject, tag: Tag) -> String {
    object.element(tag).unwrap().to_str().unwrap().into_owned()
}

fn items(object: &InMemDicomObject, tag: Tag) -> &[InMemDicomObject] {
    object.element(tag).unwrap().items().unwrap()
}

/// Changes every object.
fn each(objects: &mut [Object], change: impl Fn(&mut Object)) {
    objects.iter_mut().for_each(change);
}

#[test]
fn dates_are_those_of_the_source_and_one_with_a_time_comes_first() {
    const ALL: [(Tag, Tag); 4] = [
        (tags::ACQUISITION_DATE, tags::ACQUISITION_TIME),
        (tags::CONTENT_DATE, tags::CONTENT_TIME),
        (tags::SERIES_DATE, tags::SERIES_TIME),
        (tags::STUDY_DATE, tags::STUDY_TIME),
    ];
    let check = |values: &[(Tag, &str)], expected: Option<(&str, &str)>| {
        let mut objects = good("dates");
        each(&mut objects, |object| {
            ALL.iter().flat_map(|(a, b)| [a, b]).for_each(|tag| {
                object.remove_element(*tag);
            });
            for (tag, value) in values {
                text(object, *tag, if value.len() == 8 { VR::DA } else { VR::TM }, value);
            }
        });
        let found =
            written(&objects).map(|o| (string(&o, tags::CONTENT_DATE), string(&o, tags::CONTENT_TIME)));
        match (found, expected) {
            (Ok((date, time)), Some(expected)) => assert_eq!((&*date, &*time), expected, "{values:?}"),
            (Err(OutError::NoDate), None) => {}
            (found, _) => panic!("{values:?}: {found:?}"),
        }
    };
    let [acquired, content, series, study] = ALL;
    check(
        &[(acquired.0, "20010101"), (acquired.1, "0102"), (content.0, "20020202"), (content.1, "020202")],
        Some(("20010101", "010200")),
    );
    check(
        &[(acquired.0, "20010101"), (content.0, "20020202"), (content.1, "020202")],
        Some(("20020202", "020202")),
    );
    check(&[(acquired.0, "20010101"), (study.0, "20040404")], Some(("20010101", "000000")));
    check(
        &[(series.0, "20030303"), (series.1, "030303"), (study.0, "20040404"), (study.1, "040404")],
        Some(("20030303", "030303")),
    );
    check(
        &[(acquired.0, "20011301"), (study.0, "20040404"), (study.1, "040404")],
        Some(("20040404", "040404")),
    );
    check(&[(study.1, "040404")], None);
    check(&[], None);
}

#[test]
fn a_given_date_stands_in_for_those_of_the_source() {
    let date: DateTime = "20240229070907".parse().unwrap();
    let context = SourceContext::of(&series(&good("given")), Some(date)).unwrap();
    let object = read(&segmentation(&["LM"], &[]).encode(&context).unwrap());
    assert_eq!(string(&object, tags::CONTENT_DATE), "20240229");
    assert_eq!(string(&object, tags::CONTENT_TIME), "070907");
    assert_eq!(string(&object, tags::STUDY_DATE), "20200102");
}

#[test]
fn what_cannot_be_referred_to_is_said() {
    let check = |change: &dyn Fn(&mut Object), word: &str| {
        let mut objects = good("missing");
        each(&mut objects, change);
        let error = written(&objects).unwrap_err().to_string();
        assert!(error.contains(word), "{error}");
    };
    for (tag, word) in [
        (tags::STUDY_INSTANCE_UID, "StudyInstanceUID (0020,000D)"),
        (tags::SERIES_INSTANCE_UID, "SeriesInstanceUID (0020,000E)"),
        (tags::FRAME_OF_REFERENCE_UID, "FrameOfReferenceUID (0020,0052)"),
        (tags::SOP_CLASS_UID, "SOPClassUID (0008,0016)"),
        (tags::SOP_INSTANCE_UID, "SOPInstanceUID (0008,0018)"),
    ] {
        check(
            &|object| {
                object.remove_element(tag);
                object.update_meta(|meta| match tag {
                    tags::SOP_INSTANCE_UID => meta.media_storage_sop_instance_uid.clear(),
                    tags::SOP_CLASS_UID => meta.media_storage_sop_class_uid.clear(),
                    _ => {}
                });
            },
            word,
        );
    }
    check(&|object| text(object, tags::SOP_INSTANCE_UID, VR::UI, "1.2.3"), "same SOPInstanceUID");
}

#[test]
fn a_file_that_changed_is_not_written_about() {
    let folder = tempfile::tempdir().unwrap();
    let paths = write_series(folder.path(), &good_volume(8, 32), &Header::named("changed")).unwrap();
    let found =
        index(discover(&[folder.path().to_owned()]).unwrap(), Workers::default(), &Unwatched).unwrap();
    let series = group(found).remove(0).check(&Rules::default()).unwrap();
    assert!(SourceContext::of(&series, None).is_ok());
    // Another slice of the same length stands where the lowest was.
    let lowest = folder.path().join(series.planes[0].source.name());
    std::fs::copy(paths.iter().find(|path| **path != lowest).unwrap(), &lowest).unwrap();
    let error = SourceContext::of(&series, None).unwrap_err();
    assert!(matches!(error, OutError::Changed { .. }), "{error}");
    assert!(!error.to_string().contains(&*folder.path().to_string_lossy()), "{error}");
}

/// Two character sets: no program here can turn them into another, so the bytes stay, and so does what says how to read
/// them. A text of our own has no place in them unless it is ASCII.
#[test]
fn a_name_in_other_characters_keeps_its_bytes() {
    let name: &[u8] = b"Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B";
    let sets: &[u8] = b"\\ISO 2022 IR 87";
    let mut objects = good("characters");
    let bytes = |value: &[u8]| PrimitiveValue::U8(value.into());
    each(&mut objects, |object| {
        object.put(DataElement::new(tags::SPECIFIC_CHARACTER_SET, VR::CS, bytes(&[sets, b" "].concat())));
        object.put(DataElement::new(tags::PATIENT_NAME, VR::PN, bytes(name)));
    });
    let context = SourceContext::of(&series(&objects), None).unwrap();
    let object = segmentation(&["Größe"], &[]).encode(&context).unwrap();
    let holds = |part: &[u8]| object.bytes.windows(part.len()).any(|window| window == part);
    assert!(holds(name) && holds(sets) && holds(b"Gr??e"));
    assert!(!format!("{context:?}{object:?}").contains("Yamada"));
}

/// Of a source in ASCII every text can be written.
#[test]
fn a_name_in_ascii_leaves_room_for_every_character() {
    let mut objects = good("ascii");
    each(&mut objects, |object| text(object, tags::PATIENT_NAME, VR::PN, "Mark^Planted"));
    let context = SourceContext::of(&series(&objects), None).unwrap();
    assert!(!format!("{context:?}").contains("Planted"));
    let object = read(&segmentation(&["Größe\\\n"], &[]).encode(&context).unwrap());
    assert_eq!(string(&object, tags::PATIENT_NAME), "Mark^Planted");
    assert_eq!(string(&object, tags::SPECIFIC_CHARACTER_SET), "ISO_IR 192");
    assert_eq!(string(&items(&object, tags::SEGMENT_SEQUENCE)[0], tags::SEGMENT_LABEL), "Größe??");
}

/// 32 x 32 pixels a frame. Segment 1 has pixels in slices 2 and 5, segment 2 none: an empty frame of slice 0.
#[test]
fn frames_hold_the_spans() {
    let of = series(&good("frames"));
    let context = SourceContext::of(&of, None).unwrap();
    let spans = [span(0, 5, 31, 30, 32), span(0, 2, 0, 0, 3), span(0, 2, 1, 4, 20)];
    let object = read(&segmentation(&["LM", "LAD"], &spans).encode(&context).unwrap());
    assert_eq!(string(&object, tags::NUMBER_OF_FRAMES), "3");
    let pixels = object.element(tags::PIXEL_DATA).unwrap().to_bytes().unwrap();
    let mut expected = vec![0u8; 3 * 32 * 32 / 8];
    expected[0] = 0b0000_0111;
    expected[4..7].copy_from_slice(&[0b1111_0000, 0xFF, 0b0000_1111]);
    expected[128 + 127] = 0b1100_0000;
    assert_eq!(&*pixels, expected);
    let frames = items(&object, tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE);
    for (frame, (segment, slice, place)) in frames.iter().zip([(1u16, 2, 2u32), (1, 5, 3), (2, 0, 1)]) {
        let one = |tag| &items(frame, tag)[0];
        let index = one(tags::FRAME_CONTENT_SEQUENCE).element(tags::DIMENSION_INDEX_VALUES).unwrap();
        assert_eq!(index.to_multi_int::<u32>().unwrap(), [u32::from(segment), place]);
        let number =
            one(tags::SEGMENT_IDENTIFICATION_SEQUENCE).element(tags::REFERENCED_SEGMENT_NUMBER).unwrap();
        assert_eq!(number.to_int::<u16>().unwrap(), segment);
        let source = &items(one(tags::DERIVATION_IMAGE_SEQUENCE), tags::SOURCE_IMAGE_SEQUENCE)[0];
        assert_eq!(string(source, tags::REFERENCED_SOP_INSTANCE_UID), of.planes[slice].sop_instance_uid);
        assert!(source.element(tags::REFERENCED_FRAME_NUMBER).is_err());
        let position = one(tags::PLANE_POSITION_SEQUENCE).element(tags::IMAGE_POSITION_PATIENT).unwrap();
        assert_eq!(position.to_multi_float64().unwrap(), of.planes[slice].position_lps_mm);
    }
    let referenced = &items(&object, tags::REFERENCED_SERIES_SEQUENCE)[0];
    assert_eq!(items(referenced, tags::REFERENCED_INSTANCE_SEQUENCE).len(), 8);
}

#[test]
fn frames_of_a_source_are_named() {
    for class in [MultiFrame::Enhanced, MultiFrame::LegacyConverted] {
        let objects = [multiframe_object(&good_volume(8, 32), &Header::named("frames"), class)];
        let context = SourceContext::of(&series(&objects), None).unwrap();
        let object = read(&segmentation(&["LM"], &[span(0, 4, 0, 0, 1)]).encode(&context).unwrap());
        let frame = &items(&object, tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE)[0];
        let derivation = &items(frame, tags::DERIVATION_IMAGE_SEQUENCE)[0];
        let source = &items(derivation, tags::SOURCE_IMAGE_SEQUENCE)[0];
        assert_eq!(string(source, tags::REFERENCED_FRAME_NUMBER), "5");
        let referenced = &items(&object, tags::REFERENCED_SERIES_SEQUENCE)[0];
        assert_eq!(items(referenced, tags::REFERENCED_INSTANCE_SEQUENCE).len(), 1);
    }
}

#[test]
fn spans_outside_of_the_series_are_refused() {
    let context = SourceContext::of(&series(&good("outside")), None).unwrap();
    for wrong in [
        span(0, 8, 0, 0, 1),
        span(0, 0, 32, 0, 1),
        span(0, 0, 0, 0, 33),
        span(1, 0, 0, 0, 1),
        span(0, 0, 0, 2, 1),
    ] {
        let error = segmentation(&["LM"], &[wrong]).encode(&context).unwrap_err();
        assert!(matches!(error, OutError::TooLarge { .. }), "{error}");
    }
    assert!(segmentation(&[], &[]).encode(&context).is_err());
}

/// The same content has the same bytes; whatever differs, of pixels, patient, date or what the caller says, has another UID.
#[test]
fn other_content_never_shares_a_uid() {
    let plain = segmentation(&["LM"], &[span(0, 0, 0, 0, 1)]);
    let context = |objects: &[Object], date: Option<&str>| {
        SourceContext::of(&series(objects), date.map(|date| date.parse().unwrap())).unwrap()
    };
    let of = context(&good("uids"), None);
    let mut another = good("uids");
    each(&mut another, |object| text(object, tags::PATIENT_NAME, VR::PN, "Another"));
    let one = plain.encode(&of).unwrap();
    assert_eq!(plain.encode(&context(&good("uids"), None)).unwrap().bytes, one.bytes);
    let others = [
        segmentation(&["LM"], &[span(0, 0, 0, 0, 2)]).encode(&of),
        segmentation(&["LAD"], &[span(0, 0, 0, 0, 1)]).encode(&of),
        Segmentation { seed: b"other".to_vec(), ..plain.clone() }.encode(&of),
        plain.encode(&context(&good("uids"), Some("20240229"))),
        plain.encode(&context(&another, None)),
    ];
    let mut all: Vec<String> = others.into_iter().map(|o| o.unwrap().sop_instance_uid).collect();
    all.extend([one.sop_instance_uid.clone(), one.series_instance_uid]);
    let distinct: std::collections::BTreeSet<&String> = all.iter().collect();
    assert_eq!(distinct.len(), all.len());
    let object = read(&one_of(&plain, &of));
    assert_eq!(object.meta().media_storage_sop_instance_uid(), one.sop_instance_uid);
    assert_eq!(string(&object, tags::SOP_INSTANCE_UID), one.sop_instance_uid);
}

fn one_of(segmentation: &Segmentation, context: &SourceContext) -> Encoded {
    segmentation.encode(context).unwrap()
}

fn score(value: f64) -> Measurement {
    Measurement {
        concept: concepts::CALCIUM_SCORE,
        method: Some(concepts::AGATSTON_METHOD),
        derivation: None,
        value,
        unit: concepts::NO_UNITS,
    }
}

fn group_of(region: Region, value: f64) -> Group {
    Group {
        tracking_id: "LAD lesion 1".to_owned(),
        tracking_uid: "2.25.1".to_owned(),
        finding: concepts::VASCULAR_CALCIFICATION,
        site: Some(concepts::LEFT_ANTERIOR_DESCENDING),
        region,
        measurements: vec![score(value)],
    }
}

fn report(groups: Vec<Group>) -> Report {
    let segmentation =
        Some(SegmentReference { sop_instance_uid: "2.25.2".into(), series_instance_uid: "2.25.3".into() });
    let program = Program { version: "1.2.3".into() };
    Report { groups, segmentation, provisional: None, program, seed: Vec::new() }
}

/// What nobody decided is said in words and in the flag that readers know; anything else has neither.
#[test]
fn provisional_objects_say_so() {
    let context = SourceContext::of(&series(&good("provisional")), None).unwrap();
    let last = report(vec![group_of(Region::None, 1.0)]);
    let said = Some("PROVISIONAL: total 232.00 to 310.20".to_owned());
    let [last, first] =
        [last.clone(), Report { provisional: said, ..last }].map(|r| r.encode(&context).unwrap());
    assert_ne!(last.sop_instance_uid, first.sop_instance_uid);
    let [last, first] = [read(&last), read(&first)];
    assert!(last.element(tags::PRELIMINARY_FLAG).is_err());
    assert_eq!(string(&last, tags::SERIES_DESCRIPTION), "Calcium measurements (agatston)");
    assert_eq!(string(&first, tags::PRELIMINARY_FLAG), "PRELIMINARY");
    assert_eq!(string(&first, tags::COMPLETION_FLAG), "COMPLETE");
    assert_eq!(string(&first, tags::SERIES_DESCRIPTION), "PROVISIONAL calcium measurements (agatston)");
    let (before, after) = (items(&last, tags::CONTENT_SEQUENCE), items(&first, tags::CONTENT_SEQUENCE));
    assert_eq!(after.len(), before.len() + 1);
    let container = after.last().unwrap();
    assert_eq!(code(container, tags::CONCEPT_NAME_CODE_SEQUENCE), "C0034375");
    let comment = &items(container, tags::CONTENT_SEQUENCE)[0];
    assert_eq!(code(comment, tags::CONCEPT_NAME_CODE_SEQUENCE), "121106");
    assert_eq!(string(comment, tags::TEXT_VALUE), "PROVISIONAL: total 232.00 to 310.20");

    let last = segmentation(&["LM/LAD/LCX"], &[span(0, 0, 0, 0, 1)]);
    let first = Segmentation { is_provisional: true, ..last.clone() };
    let [last, first] = [last, first].map(|s| read(&s.encode(&context).unwrap()));
    assert_eq!(string(&last, tags::SERIES_DESCRIPTION), "Calcium (agatston)");
    assert_eq!(string(&first, tags::SERIES_DESCRIPTION), "PROVISIONAL calcium (agatston)");
    assert!(string(&first, tags::CONTENT_DESCRIPTION).starts_with("PROVISIONAL: "));
    let how = |object| string(&items(object, tags::SEGMENT_SEQUENCE)[0], tags::SEGMENT_ALGORITHM_TYPE);
    assert_eq!([how(&last), how(&first)], ["SEMIAUTOMATIC", "AUTOMATIC"]);
    assert_eq!(string(&items(&first, tags::SEGMENT_SEQUENCE)[0], tags::SEGMENT_LABEL), "LM/LAD/LCX");
}

/// Value of the first code of a sequence.
fn code(item: &InMemDicomObject, sequence: Tag) -> String {
    string(&items(item, sequence)[0], tags::CODE_VALUE)
}

/// The content item of a group by the code of its name.
fn named<'a>(group: &'a InMemDicomObject, name: &str) -> Option<&'a InMemDicomObject> {
    items(group, tags::CONTENT_SEQUENCE)
        .iter()
        .find(|item| code(item, tags::CONCEPT_NAME_CODE_SEQUENCE) == name)
}

#[test]
fn a_report_says_what_it_was_given() {
    let of: Series = series(&good("report"));
    let context = SourceContext::of(&of, None).unwrap();
    let outline = Outline { slice: 3, corners: vec![[4, 5], [6, 5], [6, 7], [4, 7]] };
    let third = 1.0 / 3.0; // has no decimal string
    let groups = vec![
        group_of(Region::Outlines(vec![outline]), third),
        group_of(Region::Segment(2), 262.125),
        group_of(Region::None, 0.0),
    ];
    let encoded = report(groups).encode(&context).unwrap();
    let object = read(&encoded);
    assert_eq!(object.meta().media_storage_sop_class_uid(), uids::COMPREHENSIVE_SR_STORAGE);
    assert_eq!(
        string(&items(&object, tags::CONTENT_TEMPLATE_SEQUENCE)[0], tags::TEMPLATE_IDENTIFIER),
        "1500"
    );
    let measurements = named(&object, "126010").unwrap();
    let groups = items(measurements, tags::CONTENT_SEQUENCE);
    let templates: Vec<String> = groups
        .iter()
        .map(|group| string(&items(group, tags::CONTENT_TEMPLATE_SEQUENCE)[0], tags::TEMPLATE_IDENTIFIER))
        .collect();
    assert_eq!(templates, ["1411", "1411", "1501"]);
    for (group, (value, shown)) in
        groups.iter().zip([(third, "0.33333333333333"), (262.125, "262.125"), (0.0, "0")])
    {
        let number = named(group, "450360000").unwrap();
        let measured = &items(number, tags::MEASURED_VALUE_SEQUENCE)[0];
        assert_eq!(measured.element(tags::FLOATING_POINT_VALUE).unwrap().to_float64().unwrap(), value);
        assert_eq!(string(measured, tags::NUMERIC_VALUE), shown);
        assert_eq!(code(named(number, "370129005").unwrap(), tags::CONCEPT_CODE_SEQUENCE), "112055");
        assert_eq!(code(named(group, "363698007").unwrap(), tags::CONCEPT_CODE_SEQUENCE), "59438005");
    }
    let region = named(&groups[0], "111030").unwrap();
    let corners = region.element(tags::GRAPHIC_DATA).unwrap().to_multi_float32().unwrap();
    assert_eq!(corners, [4.0, 5.0, 6.0, 5.0, 6.0, 7.0, 4.0, 7.0, 4.0, 5.0]);
    let image = &items(&items(region, tags::CONTENT_SEQUENCE)[0], tags::REFERENCED_SOP_SEQUENCE)[0];
    assert_eq!(string(image, tags::REFERENCED_SOP_INSTANCE_UID), of.planes[3].sop_instance_uid);
    let segment = &items(named(&groups[1], "121191").unwrap(), tags::REFERENCED_SOP_SEQUENCE)[0];
    assert_eq!(segment.element(tags::REFERENCED_SEGMENT_NUMBER).unwrap().to_int::<u16>().unwrap(), 2);
    assert!(named(&groups[2], "111030").is_none() && named(&groups[2], "121191").is_none());
    let evidence = &items(&object, tags::CURRENT_REQUESTED_PROCEDURE_EVIDENCE_SEQUENCE)[0];
    let counts: Vec<usize> = items(evidence, tags::REFERENCED_SERIES_SEQUENCE)
        .iter()
        .map(|series| items(series, tags::REFERENCED_SOP_SEQUENCE).len())
        .collect();
    assert_eq!(counts, [8, 1]);
}

#[test]
fn a_measure_that_is_no_number_is_refused() {
    let context = SourceContext::of(&series(&good("numbers")), None).unwrap();
    for value in [f64::NAN, f64::INFINITY] {
        let error = report(vec![group_of(Region::None, value)]).encode(&context).unwrap_err();
        assert!(matches!(error, OutError::NotFinite { .. }), "{error}");
    }
}
