//! Whether the HU of a series can be those of a chest: a sample of every slice, looked at as a whole.
//!
//! ```text
//! share of the pixels that are air or lung        a lost intercept leaves none
//! share of the pixels that are soft tissue        an intercept that was applied twice leaves none
//! peak of the air around the body                 says where -1000 HU really is
//! ```
//!
//! What is darker than any air is padding, whatever the header says, and counts nowhere.
//! Left out: what needs to know where the heart is.

use crate::{PixelCutoffs, code};
use agatston_core::{Bins, Finding, Rescale, Sample, Severity, SliceScan};
use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

/// Least width of a bin, HU: fine enough to place the peak of air, coarse enough to be smooth.
const WIDTH_HU: f64 = 8.0;

/// What is darker is padding: below all that the search for a peak within [`WINDOW_HU`] looks at.
const LOWEST_HU: f64 = -1148.0;

/// HU of air.
const AIR_HU: f64 = -1000.0;

/// HU between which the peak of air is looked for.
const WINDOW_HU: [f64; 2] = [-1100.0, -900.0];

/// A peak is the highest point in this distance, and has fallen to its half at it, HU: air does so, lung does not.
const PEAK_HU: f64 = 40.0;

/// What the samples of a series add up to, slice by slice in any order: a sample is dropped when it was taken, and no sum
/// depends on the order.
#[derive(Debug)]
pub(crate) struct Plausibility<'c> {
    cutoffs: &'c PixelCutoffs,
    sums: Mutex<Sums>,
}

#[derive(Debug, Default)]
struct Sums {
    shares: Shares,
    /// By slope, intercept and bias: bins of slices with different ones do not add up.
    by_rescale: BTreeMap<[u64; 3], Histogram>,
    /// There are more: which of them came first depends on the threads, so no peak is looked for.
    many_rescales: bool,
    /// The lowest blank slice, how many there are, and of how many slices.
    first_blank: Option<usize>,
    blank: usize,
    slices: usize,
}

/// Most rescales that are told apart; a series has one, or one a slice.
const RESCALES_MAX: usize = 1000;

/// Sampled pixels of slices with one rescale.
#[derive(Debug)]
struct Histogram {
    rescale: Rescale,
    bins: [u64; 256],
    counted: u64,
    /// How many slices, and the lowest of them.
    slices: usize,
    lowest: usize,
}

impl<'c> Plausibility<'c> {
    /// Nothing taken yet.
    pub(crate) fn new(cutoffs: &'c PixelCutoffs) -> Self {
        Self { cutoffs, sums: Mutex::default() }
    }

    /// The bins in which a slice is to be sampled.
    pub(crate) fn bins(&self, rescale: Rescale) -> Bins {
        Bins::new(rescale, LOWEST_HU, self.cutoffs.air_hu, WIDTH_HU)
    }

    /// Takes the sample out of a scanned slice.
    pub(crate) fn take(&self, index: usize, slice: &mut SliceScan, rescale: Rescale) {
        let Some(sample) = slice.sample.take() else { return };
        let mut shares = Shares::default();
        shares.add(&sample, rescale, self.cutoffs.tissue_hu);
        // A small plaque may lie between the pixels that are sampled, one of 64; so there is no candidate, or most are.
        let blank = of_one_value(&sample)
            .is_some_and(|count| slice.runs.is_empty() || slice.values.len() as u64 > 32 * u64::from(count));
        let mut sums = self.sums.lock().unwrap_or_else(PoisonError::into_inner);
        sums.slices += 1;
        sums.shares.all += shares.all;
        sums.shares.air += shares.air;
        sums.shares.tissue += shares.tissue;
        if blank {
            sums.blank += 1;
            sums.first_blank = Some(sums.first_blank.map_or(index, |first| first.min(index)));
        }
        sums.add(index, &sample, rescale, shares.all);
    }

    /// What is wrong with the HU of the series as a whole.
    pub(crate) fn findings(&self) -> Vec<Finding> {
        let sums = self.sums.lock().unwrap_or_else(PoisonError::into_inner);
        if sums.slices == 0 {
            return Vec::new();
        }
        let mut findings = Vec::new();
        findings.extend(blank_slices(&sums));
        findings.extend(no_air(&sums.shares, self.cutoffs));
        findings.extend(no_soft_tissue(&sums.shares, self.cutoffs));
        findings.extend(self.offset(&sums));
        findings
    }

    /// The peak of air that is furthest from where it belongs, among the slices of every rescale.
    fn offset(&self, sums: &Sums) -> Option<Finding> {
        let peak = |histogram: &Histogram| {
            let bins = self.bins(histogram.rescale);
            air_peak(histogram, bins, self.cutoffs.offset_share)
        };
        if sums.many_rescales {
            return None;
        }
        let peaks = sums.by_rescale.values().filter_map(|histogram| Some((peak(histogram)?, histogram)));
        let far = |(peak, _): &(f64, &Histogram)| (peak - AIR_HU).abs();
        let (peak, histogram) = peaks.max_by(|a, b| far(a).total_cmp(&far(b)))?;
        offset(peak, histogram, sums.slices, self.cutoffs)
    }
}

impl Sums {
    fn add(&mut self, index: usize, sample: &Sample, rescale: Rescale, counted: u64) {
        let key = [
            rescale.slope().to_bits(),
            rescale.intercept().to_bits(),
            u64::from(rescale.bias().cast_unsigned()),
        ];
        if self.by_rescale.len() >= RESCALES_MAX && !self.by_rescale.contains_key(&key) {
            self.many_rescales = true;
            return;
        }
        let new = || Histogram { rescale, bins: [0; 256], counted: 0, slices: 0, lowest: index };
        let histogram = self.by_rescale.entry(key).or_insert_with(new);
        histogram.counted += counted;
        histogram.slices += 1;
        histogram.lowest = histogram.lowest.min(index);
        for (sum, &count) in histogram.bins.iter_mut().zip(sample.histogram()) {
            *sum += u64::from(count);
        }
    }
}

/// Sampled pixels by what they can be.
#[derive(Debug, Default)]
struct Shares {
    all: u64,
    air: u64,
    tissue: u64,
}

impl Shares {
    fn add(&mut self, sample: &Sample, rescale: Rescale, tissue_hu: f64) {
        let half = sample.bins.width_hu(rescale) / 2.0;
        for (bin, &count) in (0..).zip(sample.histogram()) {
            let middle = sample.bins.low_hu(rescale, bin) + half;
            self.all += u64::from(count);
            self.air += if bin < sample.bins.below_edge() { u64::from(count) } else { 0 };
            self.tissue += if middle.abs() < tissue_hu { u64::from(count) } else { 0 };
        }
        self.all += u64::from(sample.above());
    }

    /// Share of a part; where there is nothing but padding, it is 0.
    fn of(&self, part: u64) -> f64 {
        as_f64(part) / as_f64(self.all.max(1))
    }
}

/// Fewer sampled pixels than this say nothing of a slice.
const FEW: u32 = 16;

/// The number of sampled pixels, where all have one value, or are in one bin, which noise never is.
fn of_one_value(sample: &Sample) -> Option<u32> {
    let ends = [sample.padded, sample.below(), sample.above()];
    let mut taken = sample.histogram().iter().chain(&ends).filter(|&&count| count > 0);
    let count = *taken.next()?;
    (count >= FEW && taken.next().is_none()).then_some(count)
}

/// Slices of one value among others: a file whose pixels were never written, or overwritten with nothing.
fn blank_slices(sums: &Sums) -> Option<Finding> {
    let first = sums.first_blank.filter(|_| sums.blank < sums.slices)?;
    let seen = if sums.blank == 1 { "1 slice".to_owned() } else { format!("{} slices", sums.blank) };
    Some(
        Finding::refusal(code::BLANK_SLICE, "slices hold one value only: their pixels were lost")
            .at_slice(first)
            .expected("pixels of tissue and air in every slice")
            .seen(seen)
            .next_step("get a complete copy of the series; if the scanner wrote it so, allow this code"),
    )
}

fn no_air(shares: &Shares, cutoffs: &PixelCutoffs) -> Option<Finding> {
    let share = shares.of(shares.air);
    let text = "almost nothing in these images is as dark as air or lung: the values are no HU of a chest";
    (share < cutoffs.air_share).then(|| {
        Finding::refusal(code::NO_AIR, text)
            .expected(format!(
                "{} % of the pixels or more below {} HU",
                100.0 * cutoffs.air_share,
                cutoffs.air_hu
            ))
            .seen(format!("{:.2} %", 100.0 * share))
            .next_step("check RescaleIntercept (0028,1052) against the archive; a phantom may be scored with --region everything")
    })
}

fn no_soft_tissue(shares: &Shares, cutoffs: &PixelCutoffs) -> Option<Finding> {
    let share = shares.of(shares.tissue);
    let text =
        "almost nothing in these images is as bright as blood or muscle: the values are no HU of a chest";
    (share < cutoffs.tissue_share).then(|| {
        Finding::refusal(code::NO_SOFT_TISSUE, text)
            .expected(format!(
                "{} % of the pixels or more between -{hu} and {hu} HU",
                100.0 * cutoffs.tissue_share,
                hu = cutoffs.tissue_hu
            ))
            .seen(format!("{:.2} %", 100.0 * share))
            .next_step("check RescaleSlope (0028,1053) and RescaleIntercept (0028,1052) against the archive")
    })
}

/// HU of the peak of air; `None` without a peak.
fn air_peak(of: &Histogram, bins: Bins, least_share: f64) -> Option<f64> {
    let (histogram, rescale) = (&of.bins, of.rescale);
    let width = bins.width_hu(rescale);
    let least = (least_share * as_f64(of.counted)).max(1.0);
    let hu = |bin: usize| u16::try_from(bin).map_or(0.0, |bin| bins.low_hu(rescale, bin) + width / 2.0);
    let is_near = |bin: usize| (WINDOW_HU[0]..=WINDOW_HU[1]).contains(&hu(bin));
    let reach = (0..histogram.len()).take_while(|&n| hu(n) - hu(0) <= PEAK_HU).count() - 1;
    let is_peak = |bin: usize| {
        let around = bin.saturating_sub(reach)..=(bin + reach).min(histogram.len() - 1);
        let ends = [*around.start(), *around.end()];
        let highest = histogram[around].iter().all(|&other| other <= histogram[bin]);
        highest && ends.iter().all(|&end| end != bin && 2 * histogram[end] <= histogram[bin])
    };
    let peaks =
        (0..histogram.len()).filter(|&bin| is_near(bin) && as_f64(histogram[bin]) >= least && is_peak(bin));
    peaks.max_by_key(|&bin| histogram[bin]).map(hu)
}

#[expect(clippy::cast_precision_loss, reason = "counts of pixels stay below 2^53")]
fn as_f64(count: u64) -> f64 {
    count as f64
}

fn offset(peak: f64, of: &Histogram, slices: usize, cutoffs: &PixelCutoffs) -> Option<Finding> {
    let off = (peak - AIR_HU).abs();
    let [told, refused] = cutoffs.offset_hu;
    let severity = match off {
        off if off > refused => Severity::Refusal,
        off if off > told => Severity::Warning,
        _ => return None,
    };
    let (text, next) = (
        "the air around the body is not at -1000 HU: all values may be shifted",
        "check RescaleIntercept (0028,1052) against the archive, or the calibration of the scanner",
    );
    let finding = Finding::new(code::HU_OFFSET, severity, text)
        .expected(format!("a peak within {told} HU of {AIR_HU} HU; refused from {refused} HU on"))
        .next_step(next);
    Some(if of.slices == slices {
        finding.seen(format!("a peak at {peak:.0} HU"))
    } else {
        finding
            .seen(format!("a peak at {peak:.0} HU in {} of {slices} slices", of.slices))
            .at_slice(of.lowest)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use agatston_core::{Plane, ScanSpec, Scratch, scan};
    use ndarray::Array2;

    /// A slice whose pixels are `parts` of so many rows at a HU, each spread over +-`spread` HU.
    fn slice(parts: &[(usize, i16, i16)], r: Rescale) -> SliceScan {
        slice_of(parts, r, &Plausibility::new(&PixelCutoffs::default()))
    }

    #[expect(clippy::cast_possible_truncation, reason = "HU of a CT")]
    fn slice_of(parts: &[(usize, i16, i16)], r: Rescale, look: &Plausibility<'_>) -> SliceScan {
        let rows = parts.iter().flat_map(|&(rows, hu, spread)| std::iter::repeat_n((hu, spread), 8 * rows));
        let rows: Vec<(i16, i16)> = rows.collect();
        let stored = Array2::from_shape_fn((rows.len(), 800), |(row, column)| {
            let (hu, spread) = rows[row];
            // The sum of two that are spread evenly: a triangle, half as high at half of its reach.
            let (pixel, even) = (row / 8 * 100 + column / 8, |n: usize| i32::try_from(n % 101).unwrap() - 50);
            let away = i32::from(spread) * (even(pixel * 37) + even(pixel * pixel * 53)) / 100;
            // As it would be stored with this slope and an intercept of -1024 HU.
            ((f64::from(hu) + 1024.0 + f64::from(away)) / r.slope()).round() as i16
        });
        let plane = Plane { stored: stored.view(), padding: None };
        let spec = ScanSpec { sample: Some(look.bins(r)), ..ScanSpec::default() };
        scan(&plane, None, &spec, &mut Scratch::new())
    }

    fn found(slices: Vec<SliceScan>, r: Rescale) -> Vec<Finding> {
        let cutoffs = PixelCutoffs::default();
        let look = Plausibility::new(&cutoffs);
        slices.into_iter().enumerate().rev().for_each(|(i, mut slice)| look.take(i, &mut slice, r));
        look.findings()
    }

    fn codes(parts: &[(usize, i16, i16)], intercept: f64) -> Vec<String> {
        let r = Rescale::new(1.0, intercept, 0).unwrap();
        let found = found(vec![slice(parts, r)], r);
        found.iter().map(|f| format!("{} {}", f.code, f.severity.as_str())).collect()
    }

    /// A chest: air around it, lung, soft tissue, bone.
    const CHEST: [(usize, i16, i16); 4] = [(30, -1000, 30), (25, -860, 140), (40, 40, 60), (5, 700, 400)];

    #[test]
    fn a_chest_is_a_chest() {
        assert_eq!(codes(&CHEST, -1024.0), Vec::<String>::new());
    }

    /// The intercept is lost (1024 HU too much, which makes muscle of lung), applied twice, or a little off.
    #[test]
    fn an_intercept_that_is_wrong() {
        assert_eq!(codes(&CHEST, 0.0), ["no_air refusal"]);
        assert_eq!(codes(&CHEST[1..3], -2048.0), ["no_soft_tissue refusal"]);
        assert_eq!(codes(&CHEST, -1024.0 + 60.0), ["hu_offset warning"]);
        assert_eq!(codes(&CHEST, -1024.0 - 60.0), ["hu_offset warning"]);
        assert_eq!(codes(&CHEST, -1024.0 + 90.0), ["hu_offset refusal"]);
        assert_eq!(codes(&CHEST, -1024.0 + 40.0), Vec::<String>::new());
    }

    /// Whatever the slope and the border of air, a shift is what it is: bins are of another width, not of another place.
    #[test]
    fn slopes_and_borders() {
        for slope in [0.25, 0.5, 0.75, 1.0, 1.5, 3.0, 7.0] {
            for air_hu in [-900.0, -500.0, -300.0] {
                for (shift, expected) in [
                    (0.0, None),
                    (60.0, Some("warning")),
                    (-60.0, Some("warning")),
                    (92.0, Some("refusal")),
                    (-92.0, Some("refusal")),
                ] {
                    let cutoffs = PixelCutoffs { air_hu, ..PixelCutoffs::default() };
                    let r = Rescale::new(slope, -1024.0 + shift, 0).unwrap();
                    let look = Plausibility::new(&cutoffs);
                    look.take(0, &mut slice_of(&CHEST, r, &look), r);
                    let found = look.findings();
                    let told: Vec<_> = found.iter().map(|f| (f.code.name(), f.severity.as_str())).collect();
                    let expected: Vec<_> =
                        expected.map(|severity| ("hu_offset", severity)).into_iter().collect();
                    assert_eq!(told, expected, "slope {slope}, air {air_hu}, shift {shift}");
                }
            }
        }
    }

    /// Half of the slices are 90 HU too bright: no rescale hides behind another.
    #[test]
    fn an_offset_of_some_slices() {
        let cutoffs = PixelCutoffs::default();
        let look = Plausibility::new(&cutoffs);
        for slice in (0..8).rev() {
            let own = Rescale::new(1.0, if slice % 2 == 0 { -1024.0 } else { -934.0 }, 0).unwrap();
            look.take(slice, &mut slice_of(&CHEST, own, &look), own);
        }
        let found = look.findings();
        assert_eq!(found.len(), 1);
        assert_eq!(
            (found[0].code.name(), found[0].severity, found[0].slice),
            ("hu_offset", Severity::Refusal, Some(1))
        );
        assert!(found[0].seen.as_ref().unwrap().ends_with("in 4 of 8 slices"), "{:?}", found[0].seen);
    }

    /// The lung of the golden phantom peaks at -890 HU and holds over 1 % of the pixels at -900; it is no air.
    #[test]
    fn lung_is_no_air() {
        assert_eq!(codes(&[(50, -890, 140), (50, 40, 60)], -1024.0), Vec::<String>::new());
        assert_eq!(codes(&[(50, -930, 140), (50, 40, 60)], -1024.0), Vec::<String>::new());
    }

    /// A slice of zeros between two others, by its first value below, among or above the bins; not if all are so.
    #[test]
    fn a_slice_of_one_value() {
        let r = Rescale::new(1.0, -1024.0, 0).unwrap();
        for hu in [-2000, -1024, 40, 100, 150] {
            let blank = || slice(&[(10, hu, 0)], r);
            let among = found(vec![slice(&CHEST, r), blank(), slice(&CHEST, r)], r);
            let told: Vec<_> = among.iter().map(|f| (f.code.name(), f.slice)).collect();
            assert_eq!(told, [("blank_slice", Some(1))], "{hu}");
            let all = found(vec![blank(), blank()], r);
            assert!(all.iter().all(|f| f.code.name() != "blank_slice"), "{hu}");
        }
    }

    #[test]
    fn a_block_of_water_has_no_air() {
        assert_eq!(codes(&[(10, 0, 20)], -1024.0), ["no_air refusal"]);
    }

    /// What is darker than air is padding: it makes no air where there is none.
    #[test]
    fn values_below_air_count_nowhere() {
        assert_eq!(codes(&[(50, -2000, 0), (50, 40, 20)], -1024.0), ["no_air refusal"]);
    }

    /// The intercept is so wrong that calcium, too, is darker than any air: that is no padding.
    #[test]
    fn a_series_of_nothing_but_padding_is_no_chest() {
        let lost = ["no_air refusal", "no_soft_tissue refusal"];
        assert_eq!(codes(&[(50, -2000, 0)], -1024.0), lost);
        assert_eq!(codes(&CHEST, -3600.0), lost);
    }
}
