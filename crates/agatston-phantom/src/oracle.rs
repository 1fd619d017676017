//! The oracle: a calcium scorer so plain that one can see it is right. It visits every voxel, floods
//! every focus and every lesion breadth first, and shares no code with the scorer it judges.
//!
//! ```text
//! candidates of a region -> 2D components (foci) -> smallest focus -> 3D components of foci (lesions)
//!                        -> weight by peak -> area * weight * increment / 3 mm -> sums per region
//! ```
//!
//! A voxel that is NaN is padding and never a candidate. What is left out: speed, mass, categories.

use std::collections::{BTreeMap, VecDeque};

use ndarray::{Array2, Array3, ArrayView2};

use crate::{Volume, volume::as_f64};

/// Slice distance for which the score was defined, in mm (Agatston et al., 1990).
const REFERENCE_INCREMENT_MM: f64 = 3.0;

/// Which HU count as above the threshold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `hu >= threshold`.
    AtLeast,
    /// `hu > threshold`.
    Above,
}

/// Which pixels of a slice touch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PixelConnectivity {
    /// Through an edge.
    Four,
    /// Through an edge or a corner.
    Eight,
}

/// The smallest focus that counts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum SmallestFocus {
    /// Every focus counts.
    Any,
    /// At least this area in mm2, with a relative tolerance of 1e-9 so that 4 pixels of 0.5 mm reach 1.
    AreaMm2(f64),
    /// At least this many pixels.
    Pixels(usize),
}

/// Whose peak gives a focus its weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Peak {
    /// The focus itself.
    Focus,
    /// The lesion that the focus belongs to.
    Lesion,
}

/// Which foci of neighbouring slices touch: a pixel of one within this neighbourhood of a pixel of the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LesionConnectivity {
    /// The same pixel.
    Six,
    /// The same pixel and its four edge neighbours.
    Eighteen,
    /// The 3 x 3 pixels around.
    TwentySix,
}

/// The choices behind a score. `Default` is the protocol `standard`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rules {
    /// Threshold in HU.
    pub threshold_hu: f64,
    /// Whether the threshold itself passes.
    pub comparison: Comparison,
    /// Connectivity of a focus in its slice.
    pub pixels: PixelConnectivity,
    /// The smallest focus.
    pub smallest: SmallestFocus,
    /// Lowest peak HU of the weights 2, 3 and 4.
    pub weights_hu: [f64; 3],
    /// Whether a slice is weighted by increment / 3 mm.
    pub slice_scaling: bool,
    /// Whose peak counts.
    pub peak: Peak,
    /// Connectivity of foci across slices.
    pub lesions: LesionConnectivity,
}

impl Default for Rules {
    /// Threshold and weights of Agatston et al. (1990), `>=`, 4-connected, 1 mm2, 2D peak, 26-connected lesions.
    fn default() -> Self {
        Self {
            threshold_hu: 130.0,
            comparison: Comparison::AtLeast,
            pixels: PixelConnectivity::Four,
            smallest: SmallestFocus::AreaMm2(1.0),
            weights_hu: [200.0, 300.0, 400.0],
            slice_scaling: true,
            peak: Peak::Focus,
            lesions: LesionConnectivity::TwentySix,
        }
    }
}

/// A 2D component that counts.
#[derive(Clone, Debug, PartialEq)]
pub struct Focus {
    /// Slice, 0 lowest.
    pub slice: usize,
    /// Region number.
    pub region: u8,
    /// Its pixels as `[row, column]`, sorted.
    pub pixels: Vec<[usize; 2]>,
    /// Largest HU of the focus itself.
    pub peak_hu: f64,
    /// Sum of the HU of its pixels.
    pub sum_hu: f64,
    /// Density weight, 1 to 4, by the peak that the rules name.
    pub weight: u8,
    /// `area_mm2 * weight`, times increment / 3 mm when slices are scaled.
    pub score: f64,
}

/// Foci joined across slices.
#[derive(Clone, Debug, PartialEq)]
pub struct Lesion {
    /// Region number.
    pub region: u8,
    /// Indices into [`Score::foci`], ascending.
    pub foci: Vec<usize>,
    /// Largest HU of its foci.
    pub peak_hu: f64,
    /// Sum of the scores of its foci.
    pub score: f64,
}

/// Sums over one region.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Totals {
    /// Agatston score by the rules.
    pub agatston: f64,
    /// Agatston score without slice scaling: sum of area in mm2 times weight.
    pub agatston_unscaled: f64,
    /// Accepted voxels times pixel area times increment, in mm3.
    pub volume_mm3: f64,
    /// Sum of the areas of the foci in mm2.
    pub area_mm2: f64,
    /// Sum over the foci of pixels times weight: the integer behind the score.
    pub weighted_pixels: usize,
    /// Accepted pixels.
    pub pixels: usize,
    /// Mean HU of the accepted voxels, none when there are none.
    pub mean_hu: Option<f64>,
    /// Accepted foci.
    pub foci: usize,
    /// Lesions.
    pub lesions: usize,
    /// Foci under the smallest focus; they count nowhere else.
    pub foci_below_minimum: usize,
    /// Pixels of these foci.
    pub pixels_below_minimum: usize,
}

/// What the oracle says about a volume.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Score {
    /// Accepted foci by slice, then by their first pixel in reading order.
    pub foci: Vec<Focus>,
    /// Lesions by their first focus.
    pub lesions: Vec<Lesion>,
    /// Sums per region number; a region without any candidate is absent.
    pub totals: BTreeMap<u8, Totals>,
}

impl Score {
    /// Agatston score of all regions together.
    #[must_use]
    pub fn agatston(&self) -> f64 {
        self.totals.values().map(|totals| totals.agatston).sum()
    }

    /// Volume of all regions together in mm3.
    #[must_use]
    pub fn volume_mm3(&self) -> f64 {
        self.totals.values().map(|totals| totals.volume_mm3).sum()
    }
}

/// Scores a volume. `labels` (axes `[z, y, x]`, the shape of the volume) names the region of each voxel,
/// 0 for none; without labels everything is region 1.
///
/// # Panics
///
/// When labels and volume differ in shape.
#[must_use]
pub fn score(volume: &Volume, labels: Option<&Array3<u8>>, rules: &Rules) -> Score {
    let regions = candidate_regions(volume, labels, rules);
    let (mut foci, small): (Vec<Focus>, Vec<Focus>) =
        all_foci(volume, &regions, rules).into_iter().partition(|focus| counts(focus, volume, rules));
    let mut lesions = join_lesions(&foci, volume, rules);
    for lesion in &mut lesions {
        weigh(lesion, &mut foci, volume, rules);
    }
    let totals = add_up(&foci, &lesions, &small, volume);
    Score { foci, lesions, totals }
}

/// The region of every candidate, 0 where there is none.
fn candidate_regions(volume: &Volume, labels: Option<&Array3<u8>>, rules: &Rules) -> Array3<u8> {
    if let Some(labels) = labels {
        assert_eq!(labels.dim(), volume.hu.dim(), "labels and volume must have the same shape");
    }
    Array3::from_shape_fn(volume.hu.dim(), |index| {
        let hu = volume.hu[index];
        let passes = match rules.comparison {
            Comparison::AtLeast => hu >= rules.threshold_hu,
            Comparison::Above => hu > rules.threshold_hu,
        };
        if passes { labels.map_or(1, |labels| labels[index]) } else { 0 }
    })
}

/// All 2D components of all slices, whatever their size, not yet weighted.
fn all_foci(volume: &Volume, regions: &Array3<u8>, rules: &Rules) -> Vec<Focus> {
    let mut foci = Vec::new();
    for (slice, plane) in regions.outer_iter().enumerate() {
        let mut seen = Array2::from_elem(plane.dim(), false);
        for ((row, column), region) in plane.indexed_iter() {
            if *region == 0 || seen[[row, column]] {
                continue;
            }
            let pixels = flood(plane, &mut seen, [row, column], rules.pixels);
            let values = pixels.iter().map(|[row, column]| volume.hu[[slice, *row, *column]]);
            let peak_hu = values.clone().fold(f64::NEG_INFINITY, f64::max);
            let sum_hu = values.sum();
            foci.push(Focus { slice, region: *region, pixels, peak_hu, sum_hu, weight: 0, score: 0.0 });
        }
    }
    foci
}

/// The pixels that touch `start` through pixels of the same region, sorted.
fn flood(
    plane: ArrayView2<'_, u8>,
    seen: &mut Array2<bool>,
    start: [usize; 2],
    connectivity: PixelConnectivity,
) -> Vec<[usize; 2]> {
    let mut pixels = Vec::new();
    let mut queue = VecDeque::from([start]);
    seen[start] = true;
    while let Some(pixel) = queue.pop_front() {
        pixels.push(pixel);
        for neighbour in neighbours(pixel) {
            let corner = neighbour[0] != pixel[0] && neighbour[1] != pixel[1];
            if corner && connectivity == PixelConnectivity::Four {
                continue;
            }
            if plane.get(neighbour) == Some(&plane[start]) && !seen[neighbour] {
                seen[neighbour] = true;
                queue.push_back(neighbour);
            }
        }
    }
    pixels.sort_unstable();
    pixels
}

/// The pixel and those around it, edges and corners, as far as the array may reach.
fn neighbours([row, column]: [usize; 2]) -> impl Iterator<Item = [usize; 2]> {
    let around = |centre: usize| centre.saturating_sub(1)..=centre + 1;
    around(row).flat_map(move |row| around(column).map(move |column| [row, column]))
}

/// Whether a focus is large enough.
fn counts(focus: &Focus, volume: &Volume, rules: &Rules) -> bool {
    match rules.smallest {
        SmallestFocus::Any => true,
        SmallestFocus::AreaMm2(least) => area_mm2(focus, volume) >= least * (1.0 - 1e-9),
        SmallestFocus::Pixels(least) => focus.pixels.len() >= least,
    }
}

/// Area of a focus in mm2.
fn area_mm2(focus: &Focus, volume: &Volume) -> f64 {
    as_f64(focus.pixels.len()) * volume.pixel_area_mm2()
}

/// Joins foci of neighbouring slices into lesions. Weights and scores of the lesions are not yet set.
fn join_lesions(foci: &[Focus], volume: &Volume, rules: &Rules) -> Vec<Lesion> {
    let mut owner: Array3<Option<usize>> = Array3::from_elem(volume.hu.dim(), None);
    for (index, focus) in foci.iter().enumerate() {
        for [row, column] in &focus.pixels {
            owner[[focus.slice, *row, *column]] = Some(index);
        }
    }
    let mut joined = vec![false; foci.len()];
    let mut lesions = Vec::new();
    for first in 0..foci.len() {
        if joined[first] {
            continue;
        }
        joined[first] = true;
        let mut members = Vec::new();
        let mut queue = VecDeque::from([first]);
        while let Some(index) = queue.pop_front() {
            members.push(index);
            for other in touching_foci(index, foci, &owner, rules.lesions) {
                if !joined[other] {
                    joined[other] = true;
                    queue.push_back(other);
                }
            }
        }
        members.sort_unstable();
        let peak_hu = members.iter().map(|index| foci[*index].peak_hu).fold(f64::NEG_INFINITY, f64::max);
        lesions.push(Lesion { region: foci[first].region, foci: members, peak_hu, score: 0.0 });
    }
    lesions
}

/// The foci of the same region in the slices just below and above that touch focus `index`.
fn touching_foci(
    index: usize,
    foci: &[Focus],
    owner: &Array3<Option<usize>>,
    connectivity: LesionConnectivity,
) -> Vec<usize> {
    let focus = &foci[index];
    let mut touching = Vec::new();
    for slice in [focus.slice.checked_sub(1), Some(focus.slice + 1)].into_iter().flatten() {
        for pixel in &focus.pixels {
            for neighbour in neighbours(*pixel) {
                let steps = pixel[0].abs_diff(neighbour[0]) + pixel[1].abs_diff(neighbour[1]);
                let close = match connectivity {
                    LesionConnectivity::Six => steps == 0,
                    LesionConnectivity::Eighteen => steps <= 1,
                    LesionConnectivity::TwentySix => true,
                };
                let other = owner.get([slice, neighbour[0], neighbour[1]]).copied().flatten();
                touching.extend(other.filter(|other| close && foci[*other].region == focus.region));
            }
        }
    }
    touching
}

/// Sets weight and score of the foci of a lesion, and the lesion's score.
fn weigh(lesion: &mut Lesion, foci: &mut [Focus], volume: &Volume, rules: &Rules) {
    let scaling = if rules.slice_scaling { volume.spacing_mm[0] / REFERENCE_INCREMENT_MM } else { 1.0 };
    for index in &lesion.foci {
        let focus = &mut foci[*index];
        let peak = match rules.peak {
            Peak::Focus => focus.peak_hu,
            Peak::Lesion => lesion.peak_hu,
        };
        focus.weight = 1 + rules.weights_hu.map(|bound| u8::from(peak >= bound)).iter().sum::<u8>();
        focus.score = area_mm2(focus, volume) * f64::from(focus.weight) * scaling;
        lesion.score += focus.score;
    }
}

/// Sums per region.
fn add_up(foci: &[Focus], lesions: &[Lesion], small: &[Focus], volume: &Volume) -> BTreeMap<u8, Totals> {
    let mut totals: BTreeMap<u8, Totals> = BTreeMap::new();
    let mut sums_hu: BTreeMap<u8, f64> = BTreeMap::new();
    for focus in foci {
        let region = totals.entry(focus.region).or_default();
        region.agatston += focus.score;
        region.agatston_unscaled += area_mm2(focus, volume) * f64::from(focus.weight);
        region.area_mm2 += area_mm2(focus, volume);
        region.volume_mm3 += area_mm2(focus, volume) * volume.spacing_mm[0];
        region.weighted_pixels += focus.pixels.len() * usize::from(focus.weight);
        region.pixels += focus.pixels.len();
        region.foci += 1;
        *sums_hu.entry(focus.region).or_default() += focus.sum_hu;
    }
    for focus in small {
        let region = totals.entry(focus.region).or_default();
        region.foci_below_minimum += 1;
        region.pixels_below_minimum += focus.pixels.len();
    }
    for lesion in lesions {
        totals.entry(lesion.region).or_default().lesions += 1;
    }
    for (region, sum) in sums_hu {
        let region = totals.entry(region).or_default();
        region.mean_hu = Some(sum / as_f64(region.pixels));
    }
    totals
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{self, Case};

    /// Hand-computed values of the case collection, all five conventions and the volume.
    #[test]
    fn the_25_grids() {
        type Expectation = fn(&Case) -> f64;
        let standard = Rules::default();
        let conventions: [(&str, Rules, Expectation); 5] = [
            ("standard", standard, |case| case.expected.standard),
            ("eight", Rules { pixels: PixelConnectivity::Eight, ..standard }, |case| {
                case.expected.eight_connected
            }),
            ("no minimum", Rules { smallest: SmallestFocus::Any, ..standard }, |case| {
                case.expected.no_minimum
            }),
            ("above", Rules { comparison: Comparison::Above, ..standard }, |case| case.expected.greater_than),
            ("unscaled", Rules { slice_scaling: false, ..standard }, |case| case.expected.no_slice_scaling),
        ];
        let cases = cases::all();
        assert_eq!(cases.len(), 25);
        for case in cases {
            for (name, rules, expected) in &conventions {
                let seen = score(&case.volume, case.labels.as_ref(), rules).agatston();
                assert!((seen - expected(&case)).abs() < 1e-9, "{} {name}: {seen}", case.id);
            }
            let volume = score(&case.volume, case.labels.as_ref(), &standard).volume_mm3();
            assert!((volume - case.expected.volume_mm3_standard).abs() < 1e-9, "{}: {volume} mm3", case.id);
        }
    }

    /// Lesion counts of the scoring specification: E 2 (a corner in one slice joins nothing), F 1, G 1, K 0.
    #[test]
    fn lesion_counts() {
        for (id, lesions) in [("E", 2), ("F", 1), ("G", 1), ("K", 0), ("T", 3)] {
            let case = cases::all().into_iter().find(|case| case.id == id).unwrap();
            assert_eq!(score(&case.volume, None, &Rules::default()).lesions.len(), lesions, "{id}");
        }
    }

    /// Case F: 4 mm2 at 150 HU under 4 mm2 at 450 HU is 4 + 16, and with the lesion's peak 16 + 16.
    #[test]
    fn the_peak_of_a_lesion_weighs_all_its_foci() {
        let case = cases::all().into_iter().find(|case| case.id == "F").unwrap();
        let rules = Rules { peak: Peak::Lesion, ..Rules::default() };
        assert_eq!(score(&case.volume, None, &rules).agatston(), 32.0);
    }

    /// Two foci of 2 x 2 pixels in neighbouring slices, the upper one shifted: diagonally they touch at a
    /// corner (26), shifted by two columns along an edge (18 and 26), by one column they share pixels (all).
    #[test]
    fn lesion_connectivity() {
        let cases = [([2, 2], [2, 2, 1]), ([0, 2], [2, 1, 1]), ([0, 1], [1, 1, 1]), ([0, 3], [2, 2, 2])];
        let kinds = [LesionConnectivity::Six, LesionConnectivity::Eighteen, LesionConnectivity::TwentySix];
        for ([down, right], lesions) in cases {
            let mut volume = Volume::filled([2, 9, 9], [3.0, 0.5, 0.5], 30.0);
            for [row, column] in [[2, 2], [2, 3], [3, 2], [3, 3]] {
                volume.hu[[0, row, column]] = 150.0;
                volume.hu[[1, row + down, column + right]] = 150.0;
            }
            let seen = kinds.map(|lesions| {
                let rules = Rules { lesions, ..Rules::default() };
                score(&volume, None, &rules).lesions.len()
            });
            assert_eq!(seen, lesions, "shifted by {down} down and {right} right");
        }
    }

    /// Two accepted foci two slices apart with a single pixel between them: the pixel bridges nothing.
    #[test]
    fn foci_below_the_minimum_bridge_nothing() {
        let mut volume = Volume::filled([3, 6, 6], [3.0, 0.5, 0.5], 30.0);
        for [row, column] in [[2, 2], [2, 3], [3, 2], [3, 3]] {
            volume.hu[[0, row, column]] = 150.0;
            volume.hu[[2, row, column]] = 150.0;
        }
        volume.hu[[1, 2, 2]] = 500.0;
        let score = score(&volume, None, &Rules::default());
        let totals = &score.totals[&1];
        assert_eq!(
            (totals.lesions, totals.foci, totals.foci_below_minimum, totals.pixels_below_minimum),
            (2, 2, 1, 1)
        );
        assert_eq!((totals.agatston, totals.weighted_pixels, totals.mean_hu), (2.0, 8, Some(150.0)));
    }

    /// A row of four pixels of 1 mm2 cut by the regions into 2 + 2: two foci, each with its own peak.
    #[test]
    fn components_come_after_the_assignment() {
        let mut volume = Volume::filled([1, 3, 6], [3.0, 1.0, 1.0], 30.0);
        let mut labels = Array3::zeros([1, 3, 6]);
        for (column, hu, region) in [(1, 150.0, 1), (2, 150.0, 1), (3, 450.0, 2), (4, 150.0, 2)] {
            volume.hu[[0, 1, column]] = hu;
            labels[[0, 1, column]] = region;
        }
        let score = score(&volume, Some(&labels), &Rules::default());
        assert_eq!(score.totals[&1].agatston, 2.0);
        assert_eq!(score.totals[&2].agatston, 8.0);
        assert_eq!(score.totals[&2].mean_hu, Some(300.0));
    }

    #[test]
    fn nan_is_padding() {
        let volume = Volume::filled([1, 3, 3], [3.0, 1.0, 1.0], f64::NAN);
        assert_eq!(score(&volume, None, &Rules::default()), Score::default());
    }
}
