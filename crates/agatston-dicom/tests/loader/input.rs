//! The same series in other clothes: folder, archive, DICOMDIR, multi-frame, other encodings.

use std::{
    fs,
    io::Write,
    ops::ControlFlow,
    path::{Path, PathBuf},
};

use agatston_dicom::{Error, Event, Series, Source, Unwatched, Watch, Workers, discover, group, index};
use agatston_phantom::{
    Header,
    damage::good_volume,
    dicom::{Object, encode, write_objects},
    multiframe::{MultiFrame, multiframe_object},
};
use dicom_core::{DataElement, Length, PrimitiveValue, VR, value::DataSetSequence};
use dicom_dictionary_std::{tags, uids};
use dicom_object::{FileMetaTableBuilder, InMemDicomObject};
use flate2::{Compression, write::DeflateEncoder};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use crate::support::{good, hu, passes, series, text};

fn from(inputs: &[PathBuf]) -> Series {
    passes(group(index(discover(inputs).unwrap(), Workers::default(), &Unwatched).unwrap()))
}

fn written(objects: &[Object]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    write_objects(folder.path(), objects).unwrap();
    folder
}

#[test]
fn a_folder_and_an_archive_hold_the_same_series() {
    let objects = good("archive");
    let folder = written(&objects);
    let expected = hu(&from(&[folder.path().to_owned()])).unwrap();
    for method in [CompressionMethod::Stored, CompressionMethod::Deflated] {
        let path = folder.path().join("series.zip");
        let mut archive = ZipWriter::new(fs::File::create(&path).unwrap());
        let options = SimpleFileOptions::default().compression_method(method);
        archive.add_directory("deep/", options).unwrap();
        for (i, object) in objects.iter().enumerate() {
            archive.start_file(format!("deep/{i}"), options).unwrap();
            archive.write_all(&encode(object).unwrap()).unwrap();
        }
        archive.start_file("deep/README", options).unwrap();
        archive.write_all(b"not DICOM").unwrap();
        archive.finish().unwrap();
        let series = from(&[path]);
        assert_eq!(series.planes[0].source.name(), "deep/0");
        assert_eq!(hu(&series).unwrap(), expected, "{method:?}");
    }
}

/// An archive that is cut short, or whose entry claims what it cannot hold, is an error of its own.
#[test]
fn broken_archives_are_errors() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("series.zip");
    let mut archive = ZipWriter::new(fs::File::create(&path).unwrap());
    archive.start_file("a", SimpleFileOptions::default()).unwrap();
    archive.write_all(&encode(&good("cut")[0]).unwrap()).unwrap();
    archive.finish().unwrap();
    let bytes = fs::read(&path).unwrap();
    fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
    assert!(matches!(discover(std::slice::from_ref(&path)), Err(Error::Archive { .. })));
    // A packed entry that cannot be unpacked is not skipped as something else.
    let mut damaged = bytes.clone();
    damaged[35..60].fill(0xFF);
    fs::write(&path, &damaged).unwrap();
    let found = discover(&[path]).map(|sources| index(sources, Workers::default(), &Unwatched));
    assert!(!matches!(found, Ok(Ok(_))), "{found:?}");
}

/// A DICOMDIR with records for some files: those are read, whatever else lies beside them.
fn directory(folder: &Path, files: &[&str]) -> PathBuf {
    let record = |name: &&str| {
        let mut item = InMemDicomObject::new_empty();
        item.put(DataElement::new(tags::DIRECTORY_RECORD_TYPE, VR::CS, PrimitiveValue::from("IMAGE")));
        let parts: Vec<String> = name.split('/').map(str::to_owned).collect();
        let id = PrimitiveValue::Strs(parts.into_iter().collect());
        item.put(DataElement::new(tags::REFERENCED_FILE_ID, VR::CS, id));
        item
    };
    let mut set = InMemDicomObject::new_empty();
    let records = DataSetSequence::new(files.iter().map(record).collect::<Vec<_>>(), Length::UNDEFINED);
    set.put(DataElement::new(tags::DIRECTORY_RECORD_SEQUENCE, VR::SQ, records));
    let meta = FileMetaTableBuilder::new()
        .media_storage_sop_class_uid(uids::MEDIA_STORAGE_DIRECTORY_STORAGE)
        .media_storage_sop_instance_uid("2.25.1")
        .transfer_syntax(uids::EXPLICIT_VR_LITTLE_ENDIAN);
    let path = folder.join("DICOMDIR");
    set.with_meta(meta).unwrap().write_to_file(&path).unwrap();
    path
}

#[test]
fn a_dicomdir_names_its_files() {
    let objects = good("directory");
    let folder = tempfile::tempdir().unwrap();
    write_objects(&folder.path().join("SER1"), &objects).unwrap();
    let names: Vec<String> = (1..=8).map(|i| format!("SER1/IM{i:04}.dcm")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let listed = from(&[directory(folder.path(), &names)]);
    assert_eq!(listed.planes.len(), 8);
    assert_eq!(listed.planes[0].source.name(), "SER1/IM0001.dcm");
    assert_eq!(from(&[folder.path().to_owned()]).planes.len(), 8, "in a folder it is skipped");
    let missing = directory(folder.path(), &["SER1/IM0001.dcm", "SER1/IM0099.dcm"]);
    assert!(matches!(discover(&[missing]), Err(Error::Directory { .. })));
    let outside = directory(folder.path(), &["../secret"]);
    assert!(matches!(discover(&[outside]), Err(Error::Directory { .. })));
}

#[test]
fn multi_frame_images_are_the_same_series() {
    let expected = series(&good("frames"));
    let voxels = hu(&expected).unwrap();
    for class in [MultiFrame::Enhanced, MultiFrame::LegacyConverted] {
        let object = multiframe_object(&good_volume(8, 32), &Header::named("frames"), class);
        let series = series(&[object]);
        assert_eq!(series.geometry, expected.geometry, "{class:?}");
        assert_eq!(hu(&series).unwrap(), voxels, "{class:?}");
        assert_eq!(series.facts.slice_thickness_mm, Some(3.0));
    }
}

/// Bytes of a file and of the data set in it, after the file meta.
fn data_set(object: &Object) -> Vec<u8> {
    let bytes = encode(object).unwrap();
    let length = u32::from_le_bytes(bytes[140..144].try_into().unwrap());
    bytes[144 + usize::try_from(length).unwrap()..].to_vec()
}

/// A file whose data set is packed as a whole.
fn deflated(object: &Object) -> Vec<u8> {
    let mut bytes = vec![0; 128];
    bytes.extend_from_slice(b"DICM");
    let meta = FileMetaTableBuilder::new()
        .media_storage_sop_class_uid(uids::CT_IMAGE_STORAGE)
        .media_storage_sop_instance_uid("2.25.1")
        .transfer_syntax(uids::DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN)
        .build()
        .unwrap();
    meta.write(&mut bytes).unwrap();
    let mut packer = DeflateEncoder::new(bytes, Compression::default());
    packer.write_all(&data_set(object)).unwrap();
    packer.finish().unwrap()
}

fn in_memory(files: Vec<Vec<u8>>) -> Vec<agatston_dicom::Group> {
    let sources = files.into_iter().enumerate().map(|(i, b)| Source::bytes(&i.to_string(), b)).collect();
    group(index(sources, Workers::default(), &Unwatched).unwrap())
}

#[test]
fn deflated_data_sets_are_the_same_series() {
    let objects = good("deflated");
    let series = passes(in_memory(objects.iter().map(deflated).collect()));
    assert_eq!(hu(&series).unwrap(), hu(&crate::support::series(&objects)).unwrap());
    // Frames of a packed file are unpacked once and kept.
    let object = multiframe_object(&good_volume(8, 32), &Header::named("deflated"), MultiFrame::Enhanced);
    let frames = passes(in_memory(vec![deflated(&object)]));
    assert_eq!(hu(&frames).unwrap(), hu(&series).unwrap());
}

/// A deflated file that ends early is refused: at once when the header is cut, else when its pixels are read.
#[test]
fn cut_deflated_files_are_refused() {
    let objects = good("deflated-cut");
    for part in [3, 10] {
        let mut files: Vec<_> = objects.iter().map(deflated).collect();
        let keep = files[2].len() * part / 11;
        files[2].truncate(keep);
        let refused =
            in_memory(files).into_iter().all(|g| match g.check(&agatston_dicom::Rules::default()) {
                Ok(series) => crate::support::plane_code(&series).is_some(),
                Err(_) => true,
            });
        assert!(refused, "{part} parts of 11");
    }
}

/// A data set without preamble and file meta, in implicit little endian: old archives are full of them.
#[test]
fn bare_data_sets_are_read() {
    let objects = good("bare");
    let implicit = |object: &Object| {
        let mut object = object.clone();
        object.update_meta(|meta| meta.transfer_syntax = uids::IMPLICIT_VR_LITTLE_ENDIAN.into());
        data_set(&object)
    };
    let expected = hu(&series(&objects)).unwrap();
    for files in [objects.iter().map(implicit).collect::<Vec<_>>(), objects.iter().map(data_set).collect()] {
        assert_eq!(hu(&passes(in_memory(files))).unwrap(), expected);
    }
}

/// The file meta says implicit, the data set is explicit: what is there is read, and said.
#[test]
fn encodings_that_contradict_the_meta_are_seen() {
    let objects = good("contradiction");
    let files: Vec<_> = objects
        .iter()
        .map(|object| {
            let mut bytes = encode(object).unwrap();
            // "1.2.840.10008.1.2.1" loses its last part, and its length stays.
            let at = bytes.windows(19).position(|w| w == b"1.2.840.10008.1.2.1").unwrap();
            bytes[at + 17..at + 19].fill(0);
            bytes
        })
        .collect();
    let read = passes(in_memory(files));
    assert!(crate::support::codes(&read).contains(&"meta_mismatch"));
    assert_eq!(hu(&read).unwrap(), hu(&series(&objects)).unwrap());
}

/// A file that vanishes between listing and reading, or between reading its header and its pixels, is an error.
#[test]
fn files_that_vanish_are_errors() {
    let folder = written(&good("vanish"));
    let sources = discover(&[folder.path().to_owned()]).unwrap();
    let series = passes(group(index(sources.clone(), Workers::default(), &Unwatched).unwrap()));
    fs::remove_file(folder.path().join("IM0008.dcm")).unwrap();
    let error = index(sources, Workers::default(), &Unwatched).unwrap_err();
    assert!(error.to_string().starts_with("IM0008.dcm could not be read"), "{error}");
    match hu(&series).unwrap_err() {
        agatston_dicom::PlaneError::Outside(error) => assert!(matches!(error, Error::Io { .. }), "{error}"),
        other => panic!("{other}"),
    }
}

/// A name with signs that steer a terminal is shown without them.
#[cfg(unix)]
#[test]
fn names_steer_no_terminal() {
    let folder = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink("nowhere", folder.path().join("a\u{1b}[2Jb")).unwrap();
    let error = discover(&[folder.path().to_owned()]).unwrap_err();
    assert!(error.to_string().starts_with("a?[2Jb could not be read"), "{error}");
}

/// Other files lie beside every scan: reports, segmentations, screenshots.
#[test]
fn other_files_are_skipped_with_a_reason() {
    let mut report = good("report").remove(0);
    text(&mut report, tags::SOP_CLASS_UID, VR::UI, uids::BASIC_TEXT_SR_STORAGE);
    text(&mut report, tags::MODALITY, VR::CS, "SR");
    report.meta_mut().media_storage_sop_class_uid = uids::BASIC_TEXT_SR_STORAGE.into();
    let mut screenshot = good("screenshot").remove(0);
    text(&mut screenshot, tags::SOP_CLASS_UID, VR::UI, uids::SECONDARY_CAPTURE_IMAGE_STORAGE);
    screenshot.meta_mut().media_storage_sop_class_uid = uids::SECONDARY_CAPTURE_IMAGE_STORAGE.into();
    let files = [encode(&report).unwrap(), encode(&screenshot).unwrap(), b"PK, perhaps".to_vec(), Vec::new()];
    let sources = files.into_iter().map(|bytes| Source::bytes("x", bytes)).collect();
    let found = index(sources, Workers::default(), &Unwatched).unwrap();
    let reasons: Vec<String> = found.skipped.iter().map(|(_, skip)| skip.to_string()).collect();
    assert_eq!(
        reasons,
        [
            "not a CT image (SR)",
            "not a CT image (SOP class 1.2.840.10008.5.1.4.1.1.7)",
            "not a DICOM file",
            "an empty file"
        ]
    );
}

#[test]
fn a_watch_can_stop_the_index() {
    struct Stop;
    impl Watch for Stop {
        fn event(&self, _: Event) -> ControlFlow<()> {
            ControlFlow::Break(())
        }
    }
    let sources = vec![Source::bytes("a", b"x".as_slice())];
    assert!(matches!(index(sources, Workers::default(), &Stop), Err(Error::Stopped)));
}
