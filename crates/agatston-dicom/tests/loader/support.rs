//! Files in memory, changed and loaded.

use agatston_core::Severity;
use agatston_dicom::{
    Buffer, Group, Index, PlaneError, Refusal, Rules, Series, Source, Unwatched, Workers, group, index,
};
use agatston_phantom::{
    Header, Volume,
    damage::{NamedFile, good_volume},
    dicom::{Object, encode, file_name, slice_objects},
};
use dicom_core::{DataElement, PrimitiveValue, VR};
use dicom_object::Tag;

/// The objects of the good series of the fault matrix: 8 slices of 32 x 32.
pub(crate) fn good(name: &str) -> Vec<Object> {
    slice_objects(&good_volume(8, 32), &Header::named(name))
}

/// A volume of this project's usual size: 25 slices, 16 x 16, body in air.
pub(crate) fn volume() -> Volume {
    good_volume(25, 16)
}

/// The objects as files.
pub(crate) fn files(objects: &[Object]) -> Vec<NamedFile> {
    let file = |(i, o): (usize, &Object)| NamedFile { name: file_name(i), bytes: encode(o).unwrap() };
    objects.iter().enumerate().map(file).collect()
}

/// Pass 1 over files in memory.
pub(crate) fn indexed(files: &[NamedFile]) -> Index {
    let sources = files.iter().map(|f| Source::bytes(&f.name, f.bytes.clone())).collect();
    index(sources, Workers::default(), &Unwatched).unwrap()
}

/// The groups of some objects.
pub(crate) fn groups(objects: &[Object]) -> Vec<Group> {
    group(indexed(&files(objects)))
}

/// The one series of some objects, which must pass.
pub(crate) fn series(objects: &[Object]) -> Series {
    passes(groups(objects))
}

/// The one group must pass.
pub(crate) fn passes(mut groups: Vec<Group>) -> Series {
    assert_eq!(groups.len(), 1, "one group");
    groups.remove(0).check(&Rules::default()).unwrap_or_else(|refusal| panic!("{:?}", refusal.findings))
}

/// The codes that refuse the one group.
pub(crate) fn refused(mut groups: Vec<Group>) -> Vec<&'static str> {
    assert_eq!(groups.len(), 1, "one group");
    match groups.remove(0).check(&Rules::default()) {
        Ok(_) => Vec::new(),
        Err(refusal) => refusals(&refusal),
    }
}

/// The codes of the refusals.
pub(crate) fn refusals(refusal: &Refusal) -> Vec<&'static str> {
    let refused = refusal.findings.iter().filter(|f| f.severity == Severity::Refusal);
    refused.map(|f| f.code.name()).collect()
}

/// The codes of all findings.
pub(crate) fn codes(series: &Series) -> Vec<&'static str> {
    series.findings.iter().map(|f| f.code.name()).collect()
}

/// HU of every voxel, slice by slice; `None` for padding.
pub(crate) fn hu(series: &Series) -> Result<Vec<Vec<Option<f64>>>, PlaneError> {
    let mut buffer = Buffer::new();
    let mut slices = Vec::new();
    for (slice, rescale) in series.rescales().into_iter().enumerate() {
        let plane = series.plane(slice, &mut buffer)?;
        let pads = |s: i16| plane.padding.is_some_and(|p| p.contains(s));
        slices.push(plane.stored.iter().map(|s| (!pads(*s)).then(|| rescale.hu(*s))).collect());
    }
    Ok(slices)
}

/// The code that refuses the first plane that cannot be had.
pub(crate) fn plane_code(series: &Series) -> Option<&'static str> {
    match hu(series) {
        Ok(_) => None,
        Err(PlaneError::Refused(finding)) => Some(finding.code.name()),
        Err(other) => panic!("{other}"),
    }
}

/// Puts a text into a data set.
pub(crate) fn text(object: &mut Object, tag: Tag, vr: VR, value: &str) {
    object.put(DataElement::new(tag, vr, PrimitiveValue::from(value)));
}

/// Puts a 16-bit number into a data set.
pub(crate) fn number(object: &mut Object, tag: Tag, value: u16) {
    object.put(DataElement::new(tag, VR::US, PrimitiveValue::from(value)));
}
