//! Pictures of two scans that are compared: the same label for what is the same lesion, and close-ups side by side.
//!
//! A lesion that is in one scan only has the place where it would be in the other, where lesions were laid on each other.
//! Of that motion the translation is used; at 10 degrees, the most that is taken for a motion, a place 60 mm from the centre is
//! then 10 mm off, which a close-up of 50 mm still shows. The page says so.

use super::{
    Frame, Kind, Picture, Pictures, counts_everything, drawn, exposure::Shown, mark, names, numbered,
    pictures, raster, slice_caption,
};
use crate::{
    Comparison, Side,
    comparison::MatchRecord,
    planes::read,
    result::{LesionRecord, ResultDocument},
    scan::Unscanned,
    traced::Traced,
};
use agatston_dicom::Workers;
use std::collections::BTreeMap;

/// Groups of lesions with close-ups: those with the largest change.
const CLOSE_UPS_MAX: usize = 20;

/// The pictures of a comparison; the baseline is first everywhere.
#[derive(Clone, Debug, PartialEq)]
pub struct PairPictures {
    /// Of each scan; none of a saved result, which has no pixels.
    pub(crate) scans: [Option<Pictures>; 2],
    /// Of the groups of lesions with the largest change, in the order of the comparison.
    pub(crate) close_ups: Vec<[CloseUp; 2]>,
}

/// A lesion from near, or why it cannot be shown.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum CloseUp {
    Shown(Box<Picture>),
    /// A saved result has no pixels.
    NoPixels,
    /// Where it would be is not known, or lies outside of the scan.
    NoPlace,
}

/// The pictures of two scans, as far as their pixels can be had.
///
/// # Errors
///
/// As [`scan_series`](crate::scan_series): the files may have changed since.
pub fn pair_pictures(
    comparison: &Comparison,
    sides: [&Side; 2],
    workers: Workers,
) -> Result<PairPictures, Unscanned> {
    let [baseline, followup] = sides;
    if sides.iter().any(|side| counts_everything(&side.document)) {
        let whole = |side: &Side| {
            side.traced.as_ref().map(|traced| pictures(&side.document, traced, workers)).transpose()
        };
        return Ok(PairPictures { scans: [whole(baseline)?, whole(followup)?], close_ups: Vec::new() });
    }
    let (b, f) = (Scan::of(baseline, comparison), Scan::of(followup, comparison));
    let mut close_ups = Vec::new();
    for group in comparison.lesions.iter().take(CLOSE_UPS_MAX) {
        let [before, after] = places(group, [&baseline.document, &followup.document], comparison);
        close_ups.push([b.close_up(before, workers)?, f.close_up(after, workers)?]);
    }
    Ok(PairPictures { scans: [b.pictures(workers)?, f.pictures(workers)?], close_ups })
}

/// How the names of files of each scan begin.
const SCANS: [&str; 2] = ["baseline", "followup"];

impl PairPictures {
    /// Every picture as a PNG with a name of its own: those of [`Pictures::png_files`] after `baseline_` and `followup_`, and
    /// `lesion_01_baseline.png` for the first of the close-ups.
    pub fn png_files(&self) -> Vec<(String, Vec<u8>)> {
        let scans = SCANS.into_iter().zip(&self.scans);
        let of_scans = scans.flat_map(|(scan, pictures)| {
            let files = pictures.iter().flat_map(Pictures::png_files);
            files.map(move |(name, bytes)| (format!("{scan}_{name}"), bytes))
        });
        let of_lesions = (1..).zip(&self.close_ups).flat_map(|(number, pair)| {
            SCANS.into_iter().zip(pair).filter_map(move |(scan, close_up)| match close_up {
                CloseUp::Shown(picture) => {
                    Some((format!("lesion_{number:02}_{scan}.png"), raster::png(picture)))
                }
                CloseUp::NoPixels | CloseUp::NoPlace => None,
            })
        });
        of_scans.chain(of_lesions).collect()
    }
}

/// Whether a file of this name is one that [`PairPictures::png_files`] makes and a single scan does not.
pub(super) fn is_png_name(name: &str) -> bool {
    let of_scan = |scan: &str| name.strip_prefix(scan).and_then(|rest| rest.strip_prefix('_'));
    let of_lesion = || {
        let rest = name.strip_prefix("lesion_")?.strip_suffix(".png")?;
        let (number, scan) = rest.split_once('_')?;
        Some(number.bytes().all(|b| b.is_ascii_digit()) && SCANS.contains(&scan))
    };
    SCANS.into_iter().filter_map(of_scan).any(Pictures::is_png_name) || of_lesion().unwrap_or(false)
}

/// One side, with the labels of its lesions.
struct Scan<'a> {
    traced: Option<&'a Traced>,
    labels: Vec<String>,
}

impl<'a> Scan<'a> {
    fn of(side: &'a Side, comparison: &Comparison) -> Self {
        let traced = side.traced.as_ref();
        let own = traced.map(|t| numbered(&t.calcium)).unwrap_or_default();
        let numbers = numbers(comparison);
        let label = |lesion: &LesionRecord| match numbers.get(lesion.id.as_str()) {
            Some(number) => format!("{} {number}", lesion.artery),
            None => lesion.artery.clone(),
        };
        let labels: Vec<String> = side.document.lesions.iter().map(label).collect();
        Self { traced, labels: if labels.len() == own.len() { labels } else { own } }
    }

    fn pictures(&self, workers: Workers) -> Result<Option<Pictures>, Unscanned> {
        self.traced.map(|traced| drawn(traced, &self.labels, workers)).transpose()
    }

    /// The surroundings of a place in the patient, LPS, mm.
    fn close_up(&self, place_lps_mm: Option<[f64; 3]>, workers: Workers) -> Result<CloseUp, Unscanned> {
        let Some(Traced { series, calcium }) = self.traced else { return Ok(CloseUp::NoPixels) };
        let around = |place| Frame::around(&series.geometry, series.planes.len(), place);
        let Some(frame) = place_lps_mm.and_then(around) else { return Ok(CloseUp::NoPlace) };
        let index = frame.slices.start;
        let slice = u16::try_from(index).expect("a series has fewer than 65,536 planes");
        let planes = read(series, &[slice], workers)?;
        let rescale = series.planes[usize::from(slice)].rescale;
        let shown = planes.iter().map(|kept| Shown::of(&kept.plane(), rescale, &frame)).next();
        let image = shown.expect("as many planes as were asked for").into_cut();
        Ok(CloseUp::Shown(Box::new(Picture {
            kind: Kind::Slice(index),
            caption: slice_caption(index, &frame),
            image,
            pixel_mm: frame.view.pixel_mm,
            marks: mark::of_slice(&calcium.slices[usize::from(slice)], &frame, &names(calcium, &self.labels)),
        })))
    }
}

/// The number of the group of each lesion, from 1, by its id.
fn numbers(comparison: &Comparison) -> BTreeMap<&str, usize> {
    let groups = (1..).zip(&comparison.lesions);
    groups
        .flat_map(|(number, group)| {
            group.baseline.iter().chain(&group.followup).map(move |id| (id.as_str(), number))
        })
        .collect()
}

/// Where a group of lesions is in each scan, LPS, mm.
fn places(
    group: &MatchRecord,
    [baseline, followup]: [&ResultDocument; 2],
    comparison: &Comparison,
) -> [Option<[f64; 3]>; 2] {
    let (before, after) = (centre(&group.baseline, baseline), centre(&group.followup, followup));
    let moved = |place: Option<[f64; 3]>, sign: f64| {
        let by = comparison.registration.as_ref()?.translation_mm;
        place.map(|place| std::array::from_fn(|axis| place[axis] + sign * by[axis]))
    };
    [before.or_else(|| moved(after, -1.0)), after.or_else(|| moved(before, 1.0))]
}

/// The middle of lesions by their volumes.
fn centre(ids: &[String], document: &ResultDocument) -> Option<[f64; 3]> {
    let lesions: Vec<&LesionRecord> = document.lesions.iter().filter(|l| ids.contains(&l.id)).collect();
    let volume = |l: &LesionRecord| l.measures.volume_mm3.unwrap_or(1.0);
    let total: f64 = lesions.iter().map(|l| volume(l)).sum();
    let along =
        |axis: usize| lesions.iter().map(|l| l.centroid_lps_mm[axis] * volume(l)).sum::<f64>() / total;
    (total > 0.0).then(|| [along(0), along(1), along(2)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        CompareRequest, compare,
        compare::sample::{lesion, side},
        comparison::RegistrationRecord,
    };

    /// Two lesions of LAD 40 mm apart, the second scan 3 mm to the left, and a third that only the second has.
    fn pair() -> (Side, Side, Comparison) {
        let (near, far, new) = ([0.0; 3], [40.0, 0.0, 0.0], [0.0, 30.0, 0.0]);
        let left = |[x, y, z]: [f64; 3]| [x + 3.0, y, z];
        let baseline = side(&[lesion("LAD", near, 4.0), lesion("LAD", far, 4.0)]);
        let all = [near, far, new].map(|at| lesion("LAD", left(at), 4.0));
        let followup = side(&all);
        let comparison = compare(&baseline, &followup, &CompareRequest::default());
        (baseline, followup, comparison)
    }

    #[test]
    fn a_new_lesion_has_its_place_in_the_baseline() {
        let (baseline, followup, mut comparison) = pair();
        let documents = [&baseline.document, &followup.document];
        let new = comparison.lesions.iter().position(|g| g.baseline.is_empty()).unwrap();
        let [before, after] = places(&comparison.lesions[new], documents, &comparison);
        assert_eq!(after, Some([3.0, 30.0, 0.0]));
        let before = before.unwrap();
        assert!(before.iter().zip([0.0, 30.0, 0.0]).all(|(a, b)| (a - b).abs() < 1e-9), "{before:?}");
        // Laid on each other by nothing, its place is not known; what is in both scans has its own.
        comparison.registration = None::<RegistrationRecord>;
        assert_eq!(places(&comparison.lesions[new], documents, &comparison)[0], None);
        let old = comparison.lesions.iter().find(|g| !g.baseline.is_empty()).unwrap();
        assert!(places(old, documents, &comparison).iter().all(Option::is_some));
    }

    #[test]
    fn saved_results_have_no_pixels() {
        let (baseline, followup, comparison) = pair();
        let pictures = pair_pictures(&comparison, [&baseline, &followup], Workers::new(1)).unwrap();
        assert_eq!(pictures.scans, [None, None]);
        assert_eq!(pictures.close_ups, vec![[CloseUp::NoPixels, CloseUp::NoPixels]; 3]);
    }
}
