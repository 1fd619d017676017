//! DICOM segmentations: what they draw, and what is wrong with them.

use dicom_core::{DataElement, PrimitiveValue, VR, value::DataSetSequence};
use dicom_dictionary_std::{tags, uids};

use super::{dicom_file::*, *};

/// Draws a segmentation on two slices that are candidates everywhere.
fn drawn(seg: &Seg<'_>) -> Vec<String> {
    let all = everything(geometry(), 2);
    painted(&labelled(read_object(&seg.object()), &all), &all)
}

fn code_of(object: &Object) -> &'static str {
    code_of_bytes(&file(object, uids::EXPLICIT_VR_LITTLE_ENDIAN))
}

#[test]
fn single_bits_are_read_across_bytes() {
    assert_eq!(drawn(&whole()), WHOLE);
}

#[test]
fn the_order_of_frames_decides_nothing() {
    let mut seg = whole();
    seg.frames.reverse();
    assert_eq!(drawn(&seg), WHOLE);
    seg.frames.swap(0, 2);
    assert_eq!(drawn(&seg), WHOLE);
}

#[test]
fn planes_without_frames_hold_nothing() {
    // Five slices, 2 mm apart; frames on the second and the fourth.
    let all = everything(geometry(), 5);
    let (second, fourth) = ([10.0, 20.0, 32.0], [10.0, 20.0, 36.0]);
    let seg = Seg::binary(&[(2, second, "1... .... ...."), (4, fourth, ".... .... ...1")]);
    let expected = [".... .... ....", "A... .... ....", ".... .... ....", ".... .... ...R", ".... .... ...."];
    // Without a stated step, slices as thick as 2 mm fit twice into the distance.
    let of_thickness = Seg { spacing_between_slices: None, slice_thickness: Some(2.0), ..seg.clone() };
    for seg in [&seg, &of_thickness] {
        let found = labelled(read_object(&seg.object()), &all);
        assert_eq!(painted(&found, &all), expected);
        assert_eq!(codes(&found), [""; 0], "what is left out is not cropped");
    }
    // One plane; the thickness stands for the distance.
    for (spacing_between_slices, slice_thickness) in
        [(Some(2.0), None), (None, Some(2.0)), (Some(2.0), Some(9.0))]
    {
        let frames = seg.frames[..1].to_vec();
        let seg = Seg { frames, spacing_between_slices, slice_thickness, ..seg.clone() };
        let found = labelled(read_object(&seg.object()), &all);
        assert_eq!(painted(&found, &all)[1..3], [expected[1], expected[0]]);
        assert_eq!(codes(&found), [""; 0]);
    }
    let neither = Seg { frames: seg.frames[..1].to_vec(), spacing_between_slices: None, ..seg };
    assert_eq!(code_of(&neither.object()), "labels_orientation");
}

/// Slices of 4 mm every 2 mm overlap: nothing in the file says that there are slices between its planes.
#[test]
fn a_label_does_not_spread_over_slices_that_nobody_labelled() {
    let all = everything(geometry(), 5);
    let at = |z: f64| [10.0, 20.0, z];
    let check = |planes: &[f64], labelled_slices: &[usize]| {
        let frames: Vec<_> = planes.iter().map(|z| (2, at(*z), "1... .... ....")).collect();
        let seg = Seg { spacing_between_slices: None, slice_thickness: Some(4.0), ..Seg::binary(&frames) };
        let found = labelled(read_object(&seg.object()), &all);
        let drawn = painted(&found, &all);
        let of_slice =
            |slice| if labelled_slices.contains(&slice) { "A... .... ...." } else { ".... .... ...." };
        assert_eq!(drawn, (0..5).map(of_slice).collect::<Vec<_>>(), "{planes:?}");
        let touch_nothing = codes(&found).contains(&"labels_touch_nothing");
        assert_eq!(touch_nothing, labelled_slices.is_empty(), "{planes:?}");
    };
    // The slices lie at 30, 32, 34, 36 and 38 mm. One plane, then planes with slices between them.
    check(&[34.0], &[2]);
    check(&[32.0, 36.0], &[1, 3]);
    check(&[30.0, 38.0], &[0, 4]);
    check(&[30.0, 32.0, 36.0], &[0, 1, 3]);
    // A plane a little beside its slice is that of the slice; half way between two it is of neither.
    check(&[34.9], &[2]);
    check(&[35.0], &[]);
    // Of a stated step the thickness is that of the labels.
    let seg = Seg { spacing_between_slices: Some(4.0), ..Seg::binary(&[(2, at(33.0), "1... .... ....")]) };
    let drawn = painted(&labelled(read_object(&seg.object()), &all), &all);
    assert_eq!(drawn.iter().filter(|slice| slice.starts_with('A')).count(), 2);
}

#[test]
fn fractions_need_a_threshold() {
    // Of 200: k is 20, that is a tenth; the letters are digits of base 36.
    let seg = Seg { kind: "FRACTIONAL", bits: 8, ..Seg::binary(&[(2, LOWER, "jkl. .... ....")]) };
    let object = seg.object();
    let error = read_object(&object).unwrap_err();
    assert!(error.to_string().contains("--fractional-threshold F"), "{error}");
    assert_eq!(code(Err::<(), _>(error)), "labels_fractional");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("map.nii.dcm");
    fs::write(&path, file(&object, uids::EXPLICIT_VR_LITTLE_ENDIAN)).unwrap();
    let all = everything(geometry(), 2);
    for (threshold, expected) in
        [(0.1, ".AA. .... ...."), (0.101, "..A. .... ...."), (1e-9, "AAA. .... ....")]
    {
        let options = ReadOptions { fractional_threshold: Some(threshold), ..ReadOptions::default() };
        assert_eq!(painted(&labelled(read(&path, &options), &all), &all)[0], expected, "{threshold}");
    }
    for threshold in [1.5, f64::NAN] {
        let options = ReadOptions { fractional_threshold: Some(threshold), ..ReadOptions::default() };
        assert_eq!(code(read(&path, &options)), "labels_fractional");
    }
    // A value over the maximum is none.
    let mut object = object;
    object.put(number(tags::MAXIMUM_FRACTIONAL_VALUE, 20));
    fs::write(&path, file(&object, uids::EXPLICIT_VR_LITTLE_ENDIAN)).unwrap();
    let options = ReadOptions { fractional_threshold: Some(0.5), ..ReadOptions::default() };
    assert_eq!(code(read(&path, &options)), "labels_invalid");
}

#[test]
fn segments_are_known_by_codes_and_names() {
    let of = |segment: Segment<'static>| {
        let segments = vec![segment];
        drawn(&Seg { segments, ..Seg::binary(&[(7, LOWER, "1... .... ....")]) })[0].chars().next().unwrap()
    };
    assert_eq!(of((7, "any name", &[("SCT", "3227004")])), 'M');
    assert_eq!(of((7, "LAD", &[("SCT", "41801008")])), 'A');
    assert_eq!(of((7, "", &[("SRT", "T-43120")])), 'X');
    assert_eq!(of((7, "Right Coronary Artery", &[])), 'R');
    // Anatomy beside the type of the segment; a modifier within a code.
    let artery = |modifiers| {
        let mut artery = coded("SCT", "51114001");
        artery.put(sequence(tags::SEGMENTED_PROPERTY_TYPE_MODIFIER_CODE_SEQUENCE, modifiers));
        sequence(tags::SEGMENTED_PROPERTY_TYPE_CODE_SEQUENCE, vec![artery])
    };
    let rca = || vec![coded("SCT", "13647002")];
    let bare = || object([number(tags::SEGMENT_NUMBER, 7), text(tags::SEGMENT_DESCRIPTION, VR::ST, "mine")]);
    let with = |element| {
        let mut segment = bare();
        segment.put(element);
        segment
    };
    for segment in [
        with(artery(rca())),
        with(sequence(tags::ANATOMIC_REGION_SEQUENCE, rca())),
        with(sequence(tags::PRIMARY_ANATOMIC_STRUCTURE_SEQUENCE, rca())),
    ] {
        let mut object = Seg::binary(&[(7, LOWER, "1... .... ....")]).object();
        object.put(sequence(tags::SEGMENT_SEQUENCE, vec![segment]));
        let all = everything(geometry(), 2);
        assert_eq!(painted(&labelled(read_object(&object), &all), &all)[0], "R... .... ....");
    }
    // Neither label nor code: the description, then the number, is what the refusal shows.
    for (segment, name) in [(bare(), r#"7 "mine""#), (object([number(tags::SEGMENT_NUMBER, 7)]), r#"7 "7""#)]
    {
        let mut object = Seg::binary(&[(7, LOWER, "1... .... ....")]).object();
        object.put(sequence(tags::SEGMENT_SEQUENCE, vec![segment]));
        let error = read_object(&object).unwrap_err();
        assert!(error.to_string().contains(name), "{error}");
    }
    let contradicting = Seg {
        segments: vec![(7, "LAD", &[("SCT", "13647002")])],
        ..Seg::binary(&[(7, LOWER, "1... .... ....")])
    };
    assert_eq!(code_of(&contradicting.object()), "labels_names_contradict");
}

#[test]
fn the_background_of_a_label_map_is_no_label() {
    let pictures = [(LOWER, "1.5. .... ...."), (UPPER, ".... .... ....")];
    let background: Segment<'_> = (0, "Background", &[("DCM", "125040")]);
    let with = |segments: Vec<Segment<'static>>, padding: Option<u16>| {
        let mut object = Seg { segments, ..Seg::label_map(8, &pictures) }.object();
        object.extend(padding.map(|value| number(tags::PIXEL_PADDING_VALUE, value)));
        object
    };
    let all = everything(geometry(), 2);
    let five: Segment<'_> = (5, "outside", &[("DCM", "125040")]);
    for object in [
        with(vec![background, FOUR[0]], Some(5)),
        with(vec![FOUR[0]], Some(5)),
        with(vec![FOUR[0], five], Some(5)),
        with(vec![FOUR[0], five], None),
    ] {
        assert_eq!(painted(&labelled(read_object(&object), &all), &all)[0], "M... .... ....");
    }
    for segments in [vec![FOUR[0]], vec![background, FOUR[0]], vec![(0, "LAD", &[]), FOUR[0], five]] {
        assert_eq!(code_of(&with(segments, None)), "labels_invalid");
    }
    assert_eq!(code_of(&with(vec![FOUR[0], (5, "RCA", &[])], Some(5))), "labels_invalid");
}

#[test]
fn an_empty_segmentation_is_an_answer() {
    let all = everything(geometry(), 2);
    let found = labelled(read_object(&Seg::binary(&[(1, LOWER, ".... .... ....")]).object()), &all);
    assert_eq!((codes(&found), found.separated), (vec!["labels_empty"], [true; 4]));
    for elsewhere in [[90.0, 20.0, 30.0], [10.0, 20.0, 130.0]] {
        let seg = Seg::binary(&[(1, elsewhere, ".... .... ....")]);
        let labels = read_object(&seg.object()).unwrap();
        assert_eq!(code(labels.assign(&all)), "labels_off_grid", "{elsewhere:?}");
    }
}

#[test]
fn segments_that_overlap_on_calcium_are_refused() {
    let seg = Seg::binary(&[(2, LOWER, "11.. .... ...."), (4, LOWER, ".11. .... ....")]);
    let labels = read_object(&seg.object()).unwrap();
    let outcome = labels.assign(&everything(geometry(), 2));
    assert!(outcome.as_ref().unwrap_err().to_string().contains("2 LAD"));
    assert_eq!(code(outcome), "labels_overlap");
    let some = candidates(geometry(), &["#.#. .... ....", ".... .... ...."]);
    let found = labels.assign(&some).unwrap();
    assert_eq!(painted(&found, &some)[0], "A.R. .... ....");
    assert_eq!(codes(&found), ["labels_overlap_elsewhere"]);
}

#[test]
fn the_patient_coordinates_must_be_those_of_the_series() {
    let all = everything(geometry(), 2);
    let labels = read_object(&whole().object()).unwrap();
    let series = |frame, uid| Series {
        frame_of_reference_uid: Some(frame),
        series_uid: Some(uid),
        ..Series::from(&all)
    };
    assert_eq!(codes(&labels.assign(series(FRAME_OF_REFERENCE, SERIES)).unwrap()), [""; 0]);
    let other = labels.assign(series(FRAME_OF_REFERENCE, "1.2.9")).unwrap();
    assert_eq!(codes(&other), ["labels_other_series"]);
    assert_eq!(code(labels.assign(series("1.2.9", SERIES))), "labels_frame_of_reference");
}

#[test]
fn an_oblique_segmentation_lies_where_it_says() {
    // Rows run backwards, columns down the body: a coronal plane at y = 21 holds series row 1.
    let mut object =
        Seg { spacing_between_slices: Some(1.0), ..Seg::binary(&[(4, [13.0, 21.0, 32.0], "1... ...1")]) }
            .object();
    let measures = object_of_measures("2\\1");
    let orientation = object_of_orientation("-1\\0\\0\\0\\0\\-1");
    object.put(sequence(
        tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE,
        vec![dicom_file::object([orientation, measures])],
    ));
    let all = everything(geometry(), 2);
    assert_eq!(painted(&labelled(read_object(&object), &all), &all), [".... R... ....", ".... ...R ...."]);
}

fn object_of_measures(spacing: &str) -> DataElement<Object> {
    let spacing = text(tags::PIXEL_SPACING, VR::DS, spacing);
    let between = text(tags::SPACING_BETWEEN_SLICES, VR::DS, "1");
    sequence(tags::PIXEL_MEASURES_SEQUENCE, vec![object([spacing, between])])
}

fn object_of_orientation(orientation: &str) -> DataElement<Object> {
    let orientation = text(tags::IMAGE_ORIENTATION_PATIENT, VR::DS, orientation);
    sequence(tags::PLANE_ORIENTATION_SEQUENCE, vec![object([orientation])])
}

#[test]
fn planes_that_make_no_grid_are_refused() {
    let at = |positions: &[[f64; 3]]| {
        let frames: Vec<_> = positions.iter().map(|at| (1, *at, "1... .... ....")).collect();
        Seg { spacing_between_slices: None, ..Seg::binary(&frames) }.object()
    };
    assert_eq!(code_of(&at(&[LOWER, UPPER, [10.0, 20.0, 33.2]])), "labels_orientation", "uneven");
    assert_eq!(code_of(&at(&[LOWER, [10.0, 20.5, 32.0]])), "labels_orientation", "drift");
    assert_eq!(
        code_of(&at(&[LOWER, [10.0, 20.0, 30.1], [10.0, 20.0, 900.0]])),
        "labels_dimensions",
        "too many"
    );
    // Positions rounded to 0.1 mm, of a step of 0.625 mm that is stated as 0.63.
    let rounded: Vec<_> = (0..40)
        .map(|i| (1, [10.0, 20.0, 30.0 + f64::from(i * 6 + i / 4) / 10.0], "1... .... ...."))
        .collect();
    let seg = Seg { spacing_between_slices: Some(0.625), ..Seg::binary(&rounded) };
    assert!(read_object(&seg.object()).is_ok());
}

#[test]
fn frames_of_several_volumes_are_refused() {
    let own = |element: DataElement<Object>| {
        let mut object = whole().object();
        object.update_value(tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE, |value| {
            value.items_mut().unwrap()[2].put(element.clone());
        });
        object
    };
    assert_eq!(code_of(&own(object_of_measures("2\\2"))), "labels_dimensions");
    assert_eq!(code_of(&own(object_of_orientation("0\\1\\0\\1\\0\\0"))), "labels_dimensions");
    assert_eq!(code_of(&own(object_of_orientation("1\\0\\0\\0\\1"))), "labels_invalid");
    assert_eq!(code_of(&own(object_of_orientation("1\\0\\0\\0\\1\\Secret"))), "labels_invalid");
}

/// Each change, and the code that it must be refused with.
#[test]
fn what_does_not_go_together_is_refused() {
    type Change = fn(&mut Object);
    let changes: [(&str, Change); 26] = [
        ("labels_invalid", |o| drop(o.put(number(tags::ROWS, 4)))),
        ("labels_invalid", |o| drop(o.put(number(tags::COLUMNS, 3)))),
        ("labels_invalid", |o| drop(o.put(number(tags::ROWS, 0)))),
        ("labels_invalid", |o| assert!(o.remove_element(tags::ROWS))),
        ("labels_invalid", |o| drop(o.put(text(tags::NUMBER_OF_FRAMES, VR::IS, "3")))),
        ("labels_invalid", |o| drop(o.put(text(tags::NUMBER_OF_FRAMES, VR::IS, "5")))),
        ("labels_invalid", |o| drop(o.put(text(tags::NUMBER_OF_FRAMES, VR::IS, "0")))),
        ("labels_invalid", |o| drop(o.put(text(tags::NUMBER_OF_FRAMES, VR::IS, "999999999")))),
        ("labels_invalid", |o| drop(o.put(text(tags::NUMBER_OF_FRAMES, VR::IS, "Secret")))),
        ("labels_invalid", |o| assert!(o.remove_element(tags::NUMBER_OF_FRAMES))),
        ("labels_invalid", |o| assert!(o.remove_element(tags::PIXEL_DATA))),
        ("labels_invalid", |o| assert!(o.remove_element(tags::SEGMENT_SEQUENCE))),
        ("labels_invalid", |o| assert!(o.remove_element(tags::SEGMENTATION_TYPE))),
        ("labels_invalid", |o| drop(o.put(text(tags::SEGMENTATION_TYPE, VR::CS, "OTHER")))),
        ("labels_invalid", |o| drop(o.put(text(tags::FRAME_OF_REFERENCE_UID, VR::UI, "Secret")))),
        ("labels_datatype", |o| drop(o.put(text(tags::SEGMENTATION_TYPE, VR::CS, "LABELMAP")))),
        ("labels_datatype", |o| drop(o.put(number(tags::BITS_ALLOCATED, 16)))),
        ("labels_datatype", |o| drop(o.put(number(tags::BITS_ALLOCATED, 32)))),
        ("labels_datatype", |o| drop(o.put(number(tags::SAMPLES_PER_PIXEL, 3)))),
        ("labels_encoding", |o| drop(o.put(text(tags::CONCATENATION_UID, VR::UI, "1.2.7")))),
        ("labels_format", |o| drop(o.put(text(tags::SOP_CLASS_UID, VR::UI, uids::CT_IMAGE_STORAGE)))),
        ("labels_format", |o| drop(o.put(text(tags::SOP_CLASS_UID, VR::UI, "1.2.3")))),
        ("labels_orientation", |o| assert!(o.remove_element(tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE))),
        ("labels_orientation", |o| assert!(o.remove_element(tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE))),
        ("labels_invalid", |o| {
            let segments = vec![object([number(tags::SEGMENT_NUMBER, 1)])];
            drop(o.put(sequence(tags::SEGMENT_SEQUENCE, segments)));
        }),
        ("labels_invalid", |o| {
            let one = || object([number(tags::SEGMENT_NUMBER, 1)]);
            drop(o.put(sequence(tags::SEGMENT_SEQUENCE, vec![one(), one()])));
        }),
    ];
    for (i, (code, change)) in changes.into_iter().enumerate() {
        let mut object = whole().object();
        change(&mut object);
        assert_eq!(code_of(&object), code, "change {i}");
    }
    let too_narrow = Seg::binary(&[(2, LOWER, "1... .... ...1")]);
    let mut object = too_narrow.object();
    object.put(number(tags::COLUMNS, 3));
    assert_eq!(code_of(&object), "labels_invalid", "9 bits of 12, in the same word");
    let twice = Seg::binary(&[(2, LOWER, "1... .... ...."), (2, LOWER, ".1.. .... ....")]);
    assert_eq!(code_of(&twice.object()), "labels_invalid");
    let twice = Seg::label_map(8, &[(LOWER, "1... .... ...."), (LOWER, ".1.. .... ....")]);
    assert_eq!(code_of(&twice.object()), "labels_invalid");
    let larger = Seg { bits: 8, ..Seg::binary(&[(2, LOWER, "2... .... ....")]) };
    assert_eq!(code_of(&larger.object()), "labels_invalid");
}

#[test]
fn a_voxel_with_too_many_labels_is_refused() {
    let segments: Vec<Segment<'_>> = (1..=300).map(|n| (n, "LAD", &[][..])).collect();
    let frames: Vec<_> = (1..=300).map(|n| (n, LOWER, "1")).collect();
    let seg = Seg { segments, ..Seg::binary(&frames) };
    assert_eq!(code_of(&seg.object()), "labels_invalid");
}

#[test]
fn other_programs_write_names_in_their_alphabets() {
    let shown = |set: &str, name: &[u8]| {
        let mut object = Seg::binary(&[(7, LOWER, "1... .... ....")]).object();
        let name = DataElement::new(tags::SEGMENT_LABEL, VR::UN, PrimitiveValue::U8(name.into()));
        let segment = dicom_file::object([number(tags::SEGMENT_NUMBER, 7), name]);
        object.put(text(tags::SPECIFIC_CHARACTER_SET, VR::CS, set));
        object.put(DataElement::new(tags::SEGMENT_SEQUENCE, VR::SQ, DataSetSequence::from(vec![segment])));
        read_object(&object).unwrap_err().to_string()
    };
    assert!(shown("ISO_IR 192", "Äste".as_bytes()).contains("\"Äste\""));
    assert!(shown("ISO_IR 100", b"\xC4ste").contains("\"Äste\""));
    assert!(shown("", "Äste".as_bytes()).contains("\"Äste\""));
    assert!(shown("ISO_IR 144", b"\xC4ste").contains("\"\u{FFFD}ste\""));
    assert!(shown("ISO_IR 192", b"\xC4ste").contains("\"\u{FFFD}ste\""));
    assert!(shown("ISO_IR 192", &[b'x'; 2000]).contains("over 1024 bytes"));
}
