//! Series of sources in memory, and their pixels: in strips they are what they are as planes.

use agatston_core::{Padding, Rescale};
use agatston_dicom::{Buffer, PlaneError, Rules, Series, Source, Turns, Unwatched, Workers, group, index};

/// One plane as core would see it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Image {
    pub(crate) rescale: Rescale,
    pub(crate) padding: Option<Padding>,
    pub(crate) stored: Vec<i16>,
}

/// The series that pass the checks that any score needs.
pub(crate) fn series(sources: Vec<Source>) -> Vec<Series> {
    let rules = Rules { coronary: false, ..Rules::default() };
    // Memory cannot fail: an error here is damaged input that was taken for a fault of the outside.
    let found = index(sources, Workers::new(1), &Unwatched).expect("memory can be read");
    group(found).into_iter().filter_map(|group| group.check(&rules).ok()).collect()
}

/// Every plane of a series; `None` when one is refused.
pub(crate) fn images(series: &Series) -> Option<Vec<Image>> {
    first_images(series, series.planes.len())
}

/// The first planes of a series; `None` when one is refused.
pub(crate) fn first_images(series: &Series, planes: usize) -> Option<Vec<Image>> {
    // One unit of work, because workers alone have turns to give.
    let mut all = Workers::new(1).each(
        1,
        || (),
        |(), turns, _| {
            let (mut whole, mut strips) = (Buffer::new(), Buffer::new());
            (0..planes).map(|slice| image(series, slice, [&mut whole, &mut strips], turns)).collect()
        },
    );
    all.pop().expect("one unit of work has one outcome")
}

fn image(series: &Series, slice: usize, buffers: [&mut Buffer; 2], turns: &Turns) -> Option<Image> {
    let [whole, strips] = buffers;
    let rescale = series.planes[slice].rescale;
    let plane = series.plane(slice, whole).map(|plane| Image {
        rescale,
        padding: plane.padding,
        stored: plane.stored.iter().copied().collect(),
    });
    let (mut stored, mut padding) = (Vec::new(), None);
    let in_strips = series.strips(slice, strips, turns, |strip| {
        stored.extend(strip.stored.iter());
        padding = strip.padding;
    });
    let in_strips = in_strips.map(|()| Image { rescale, padding, stored });
    match (plane, in_strips) {
        (Ok(plane), Ok(in_strips)) => {
            assert_eq!(plane, in_strips, "slice {slice} differs in strips");
            let pixels = usize::from(series.geometry.rows) * usize::from(series.geometry.columns);
            assert_eq!(plane.stored.len(), pixels, "slice {slice} is not whole");
            Some(plane)
        }
        (Err(a), Err(b)) => {
            assert_eq!(refusal(&a), refusal(&b), "slice {slice} is refused otherwise in strips");
            None
        }
        (plane, in_strips) => panic!("slice {slice}: {plane:?} as a plane, {in_strips:?} in strips"),
    }
}

/// Code and message; memory cannot fail.
fn refusal(error: &PlaneError) -> (&'static str, &str) {
    match error {
        PlaneError::Refused(finding) => (finding.code.name(), &finding.message),
        PlaneError::Outside(error) => panic!("memory could not be read: {error}"),
    }
}
