//! The walk against dicom-object, element by element, on files that dicom-object reads safely; and the short cut for
//! plain elements against the walk of all encodings, on damaged files too.

use dicom_core::{PrimitiveValue, Tag, header::Header as _, value::Value};
use dicom_object::OpenFileOptions;

use super::{
    elements::Elements,
    read::read,
    tag,
    walk::{Encoding, Walk},
    window::Window,
};
use crate::Source;
use proptest::prelude::*;

/// Compares every kept element of the top level; the number compared, or `None` when dicom-object gives up.
fn compare(name: &str, bytes: &[u8]) -> Option<usize> {
    // Lengths that lie cost dicom-object gigabytes: files whose walk ends in damage are not compared.
    let source = Source::bytes(name, bytes.to_vec());
    let raw =
        read(&source, &mut Vec::new(), |_, _| false).unwrap().dicom().filter(|raw| raw.damage.is_none())?;
    let object = OpenFileOptions::new().read_until(dicom_dictionary_std::tags::PIXEL_DATA);
    let object = object.from_reader(bytes).ok()?;
    assert_eq!(raw.syntax_uid, object.meta().transfer_syntax().trim_end_matches('\0'), "{name}");
    let mut compared = 0;
    let first = |t: Tag| (u32::from(t.group()) << 16) | u32::from(t.element());
    for element in object.iter().filter(|e| tag::kept_at_top(first(e.tag()))) {
        let key = first(element.tag());
        let Value::Primitive(value) = element.value() else { continue };
        let own =
            raw.elements.top.get(key).unwrap_or_else(|| panic!("{name}: {} is missing", tag::shown(key)));
        if let PrimitiveValue::U8(theirs) = value {
            // VR UN: the bytes as they stand.
            assert_eq!(own, theirs.as_slice(), "{name}: {}", tag::shown(key));
        } else if let Ok(numbers) = value.to_multi_int::<u16>()
            && matches!(element.vr(), dicom_core::VR::US)
        {
            assert_eq!(raw.elements.u16(key), numbers.first().copied(), "{name}: {}", tag::shown(key));
        } else if value.to_str().is_ascii() && element.vr() != dicom_core::VR::FL {
            let theirs = value.to_str();
            let trimmed = |text: &str| text.trim_matches([' ', '\0', '\r', '\n', '\t']).to_owned();
            let signed = element.vr() == dicom_core::VR::SS;
            if !signed {
                let ours = String::from_utf8_lossy(own);
                let parts = |text: &str| text.split('\\').map(trimmed).collect::<Vec<_>>();
                assert_eq!(parts(&ours), parts(&theirs), "{name}: {}", tag::shown(key));
            }
        }
        compared += 1;
    }
    let kept = object.iter().filter(|e| tag::kept_at_top(first(e.tag()))).count();
    assert!(compared == kept, "{name}: {compared} of {kept}");
    Some(compared)
}

#[test]
fn the_walk_sees_what_dicom_object_sees() {
    use agatston_phantom::{Header, damage::good_volume, dicom, multiframe};
    let header = Header { padding: Some(-2000), signed: true, ..Header::named("differential") };
    let volume = good_volume(3, 16);
    let mut objects = dicom::slice_objects(&volume, &header);
    objects.push(multiframe::multiframe_object(&volume, &header, multiframe::MultiFrame::Enhanced));
    for syntax in ["1.2.840.10008.1.2", "1.2.840.10008.1.2.1", crate::syntax::EXPLICIT_VR_BIG_ENDIAN] {
        for object in &mut objects {
            object.update_meta(|meta| meta.transfer_syntax = syntax.into());
            let compared = compare(syntax, &dicom::encode(object).unwrap());
            assert!(compared.is_some_and(|n| n > 20), "{syntax}: {compared:?}");
        }
    }
}

/// Well-formed files that cost dicom-object gigabytes all the same.
const COSTLY: [&str; 2] = ["UN_sequence.dcm", "SC_rgb_jpeg.dcm"];

#[test]
fn the_walk_sees_what_dicom_object_sees_in_real_files() {
    let Some(data) = crate::real_data::data() else { return };
    let (mut files, mut folders) = (0, std::collections::BTreeMap::new());
    for source in crate::discover(&[data]).unwrap().iter().filter(|s| s.len() < 2 << 20) {
        if COSTLY.iter().any(|name| source.name().ends_with(name)) {
            continue;
        }
        // Slices of one series are alike: the first few of a folder will do.
        let seen = folders.entry(source.folder().to_owned()).or_insert(0);
        *seen += 1;
        if *seen > 9 && source.len() > 400_000 {
            continue;
        }
        let bytes = std::fs::read(source.path().unwrap()).unwrap();
        if bytes.get(128..132) == Some(b"DICM") && compare(source.name(), &bytes).is_some() {
            files += 1;
        }
    }
    assert!(files > 250, "{files}");
}

/// Everything that both walks make of some bytes; the outcome as text, because errors cannot be compared.
fn both_walks(bytes: &[u8]) -> [(String, Elements); 2] {
    let source = Source::bytes("walk", bytes.to_vec());
    let walked = |general: bool| {
        let (mut buffer, mut elements) = (Vec::new(), Elements::of_image());
        let mut window = Window::new(&source, &mut buffer).unwrap();
        // Stops once, as the reader of headers does: at the first element behind group 0008 of what is no CT.
        let asked = std::cell::Cell::new(false);
        let until = |elements: &Elements, key: tag::Key| {
            key >> 16 > 8 && !asked.replace(true) && elements.top.get(tag::MODALITY) == Some(b"MR".as_slice())
        };
        let walk = Walk::new(&mut window, 132, Encoding::EXPLICIT_LITTLE, &mut elements);
        let end = if general { walk.in_general() } else { walk }.run(until);
        (format!("{end:?}"), elements)
    };
    [walked(false), walked(true)]
}

/// A slice whose data set begins with a private element of some length, so that every element may stand across the
/// border of the first 16 kB.
fn padded_slice(length: usize) -> Vec<u8> {
    use agatston_phantom::{Header, damage::good_volume, dicom};
    let objects = dicom::slice_objects(&good_volume(1, 16), &Header::named("walk"));
    let mut bytes = dicom::encode(&objects[0]).unwrap();
    let meta = 144 + usize::try_from(u32::from_le_bytes(bytes[140..144].try_into().unwrap())).unwrap();
    let mut element = b"\x07\x00\x10\x10OB\0\0".to_vec();
    element.extend(u32::try_from(length).unwrap().to_le_bytes());
    element.extend(vec![7; length]);
    bytes.splice(meta..meta, element);
    bytes
}

#[test]
fn the_short_cut_changes_nothing_wherever_the_window_ends() {
    let mut ends = std::collections::BTreeSet::new();
    for length in (13_000..17_000).step_by(2) {
        let [bare, general] = both_walks(&padded_slice(length));
        assert_eq!(bare, general, "{length}");
        assert!(
            bare.1.pixels.is_some() && bare.1.top.get(tag::MODALITY) == Some(b"CT"),
            "{length}: {bare:?}"
        );
        ends.insert(bare.0);
    }
    assert_eq!(ends.len(), 2000, "the pixels begin somewhere else each time");
}

proptest! {
    #[test]
    fn the_short_cut_changes_nothing_in_damaged_files(
        length in 0usize..20_000,
        damage in prop::collection::vec((0usize..1600, any::<u8>()), 0..6),
    ) {
        let mut bytes = padded_slice(length - length % 2);
        let skip = |place: usize| if place < 400 { place } else { place + length - length % 2 };
        for (place, byte) in damage {
            if let Some(b) = bytes.get_mut(132 + skip(place)) {
                *b = byte;
            }
        }
        let [bare, general] = both_walks(&bytes);
        prop_assert_eq!(bare, general);
    }
}
