//! The protocol: every choice that published scorers leave open, with a name.
//!
//! Left out: reading protocols from files, and the named ones that ship (engine).

use crate::Rescale;

/// Threshold of 130 HU (Agatston et al., 1990).
pub const THRESHOLD_HU: f64 = 130.0;
/// Peak HU from which a focus weighs 2, 3 and 4 (Agatston et al., 1990).
pub const WEIGHT_BOUNDS_HU: [f64; 3] = [200.0, 300.0, 400.0];
/// Slice distance that the score was defined with (Agatston et al., 1990).
pub const REFERENCE_INCREMENT_MM: f64 = 3.0;
/// Smallest focus, 1 mm2 (Agatston et al., 1990, at 0.5 mm pixels: 4 of them).
pub const SMALLEST_FOCUS_MM2: f64 = 1.0;
/// Relative tolerance of an area comparison, so that 4 pixels of 0.5 mm are 1.0 mm2.
pub const AREA_TOLERANCE: f64 = 1e-9;

/// How HU are compared with the threshold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `>=`
    AtLeast,
    /// `>` (MESA, orCaScore)
    Above,
}

/// Which pixels of a slice are neighbours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connectivity {
    /// Pixels that share a side.
    Four,
    /// Pixels that share a side or a corner.
    Eight,
}

/// The smallest focus that counts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum SmallestFocus {
    /// Every focus counts.
    None,
    /// An area in mm2, compared with a relative tolerance of [`AREA_TOLERANCE`].
    AreaMm2 {
        /// The bound.
        bound: f64,
        /// Whether a focus of just that area counts.
        inclusive: bool,
    },
    /// A number of pixels.
    Pixels {
        /// The bound.
        bound: u32,
        /// Whether a focus of just that many pixels counts.
        inclusive: bool,
    },
}

impl SmallestFocus {
    /// The smallest number of pixels that counts, for pixels of the given area.
    pub fn pixels(self, pixel_area_mm2: f64) -> u32 {
        match self {
            Self::None => 1,
            Self::Pixels { bound, inclusive: true } => bound.max(1),
            Self::Pixels { bound, inclusive: false } => bound.saturating_add(1),
            Self::AreaMm2 { bound, inclusive: true } => {
                first_count(|n| n * pixel_area_mm2 >= bound * (1.0 - AREA_TOLERANCE))
            }
            Self::AreaMm2 { bound, inclusive: false } => {
                first_count(|n| n * pixel_area_mm2 > bound * (1.0 + AREA_TOLERANCE))
            }
        }
    }
}

/// The smallest count from 1 on that passes; `passes` is monotone. The largest count there is when none does.
fn first_count(passes: impl Fn(f64) -> bool) -> u32 {
    let (mut below, mut reached) = (0, u32::MAX);
    while reached - below > 1 {
        let middle = below + (reached - below) / 2;
        if passes(f64::from(middle)) {
            reached = middle;
        } else {
            below = middle;
        }
    }
    reached
}

/// Whose peak decides the weight of a focus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Peak {
    /// The focus's own.
    Focus,
    /// That of the lesion it belongs to.
    Lesion,
}

/// How the distance between slices enters the score.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SliceScaling {
    /// Times increment / 3 mm.
    IncrementOver3Mm,
    /// Not at all.
    None,
}

/// How foci of neighbouring slices join into lesions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LesionConnectivity {
    /// On the same pixel.
    Six,
    /// Within the plus.
    Eighteen,
    /// Within the 3 x 3 neighbourhood.
    TwentySix,
}

/// Cut-offs of the apparent size of a lesion at the threshold, blooming included.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SizeBounds {
    /// Below this a lesion is punctate, mm.
    pub punctate_mm: f64,
    /// Below this a lesion is spotty, from it on macro, mm.
    pub spotty_mm: f64,
    /// Peak from which a macro lesion is dense, HU.
    pub dense_hu: f64,
}

/// Histology's fragments end and sheets begin at 3 mm (PMC8439554); 2 mm is what 1 mm reads on CT.
pub const SIZE_BOUNDS: SizeBounds = SizeBounds { punctate_mm: 2.0, spotty_mm: 3.0, dense_hu: 400.0 };

/// A set of choices under which a score is exact.
#[derive(Clone, Debug, PartialEq)]
pub struct Protocol {
    /// HU from which a voxel is a candidate.
    pub threshold_hu: f64,
    /// Whether the threshold itself passes.
    pub comparison: Comparison,
    /// Neighbours within a slice.
    pub connectivity: Connectivity,
    /// The smallest focus that counts.
    pub smallest_focus: SmallestFocus,
    /// Peak HU from which a focus weighs 2, 3 and 4; each bound belongs to the upper weight.
    pub weight_bounds_hu: [f64; 3],
    /// Whose peak that is.
    pub peak: Peak,
    /// How the increment enters.
    pub slice_scaling: SliceScaling,
    /// Neighbours across slices.
    pub lesion_connectivity: LesionConnectivity,
    /// HU from which voxels around a focus count for volume and mass, where that is not the threshold.
    pub volume_threshold_hu: Option<f64>,
    /// Cut-offs of the size classes.
    pub size_bounds: SizeBounds,
}

impl Protocol {
    /// The default protocol: Agatston's, with every open choice made as `docs/scoring.md` says.
    pub const STANDARD: Self = Self {
        threshold_hu: THRESHOLD_HU,
        comparison: Comparison::AtLeast,
        connectivity: Connectivity::Four,
        smallest_focus: SmallestFocus::AreaMm2 { bound: SMALLEST_FOCUS_MM2, inclusive: true },
        weight_bounds_hu: WEIGHT_BOUNDS_HU,
        peak: Peak::Focus,
        slice_scaling: SliceScaling::IncrementOver3Mm,
        lesion_connectivity: LesionConnectivity::TwentySix,
        volume_threshold_hu: None,
        size_bounds: SIZE_BOUNDS,
    };

    /// The stored value from which a scan must collect candidates: that of the lowest HU bound the protocol
    /// names, itself included, so that every neighbouring protocol can be scored from the same candidates.
    pub fn scan_bound(&self, rescale: Rescale) -> Option<i16> {
        let lowest = self.volume_threshold_hu.unwrap_or(f64::INFINITY).min(self.threshold_hu);
        rescale.at_least(lowest)
    }

    /// The protocol with every HU bound that tells calcium apart multiplied by `factor` (another tube voltage).
    #[must_use]
    pub fn scaled(&self, factor: f64) -> Self {
        Self {
            threshold_hu: self.threshold_hu * factor,
            weight_bounds_hu: self.weight_bounds_hu.map(|hu| hu * factor),
            volume_threshold_hu: self.volume_threshold_hu.map(|hu| hu * factor),
            size_bounds: SizeBounds { dense_hu: self.size_bounds.dense_hu * factor, ..self.size_bounds },
            ..self.clone()
        }
    }
}

/// The HU bounds of a protocol in the stored units of one slice, exact. `None`: no stored value reaches it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bounds {
    pub(crate) candidate: Option<i16>,
    pub(crate) volume: Option<i16>,
    weights: [Option<i16>; 3],
}

impl Bounds {
    pub(crate) fn new(protocol: &Protocol, rescale: Rescale) -> Self {
        let pass = |hu| match protocol.comparison {
            Comparison::AtLeast => rescale.at_least(hu),
            Comparison::Above => rescale.above(hu),
        };
        Self {
            candidate: pass(protocol.threshold_hu),
            volume: pass(protocol.volume_threshold_hu.unwrap_or(protocol.threshold_hu)),
            weights: protocol.weight_bounds_hu.map(|hu| rescale.at_least(hu)),
        }
    }

    /// Weight 1 to 4 of a peak.
    pub(crate) fn weight(&self, peak_stored: i16) -> u8 {
        self.weights.iter().flatten().fold(1, |weight, &bound| weight + u8::from(peak_stored >= bound))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_half_open_on_unrounded_hu() {
        let check = |slope: f64, stored: i16, weight| {
            let bounds = Bounds::new(&Protocol::STANDARD, Rescale::new(slope, 0.0, 0).unwrap());
            assert_eq!(bounds.weight(stored), weight, "{slope} x {stored}");
        };
        for (hu, weight) in [(130, 1), (199, 1), (200, 2), (299, 2), (300, 3), (399, 3), (400, 4), (3000, 4)]
        {
            check(1.0, hu, weight);
        }
        check(0.5, 399, 1); // 199.5 HU
        check(0.5, 799, 3); // 399.5 HU
    }

    #[test]
    fn smallest_focus_in_pixels() {
        let area = |bound, inclusive| SmallestFocus::AreaMm2 { bound, inclusive };
        assert_eq!(area(1.0, true).pixels(0.25), 4);
        assert_eq!(area(1.0, false).pixels(0.25), 5);
        assert_eq!(area(1.0, true).pixels(0.488 * 0.488), 5);
        assert_eq!(area(1.0, true).pixels(0.68 * 0.68), 3);
        assert_eq!(area(1.0, true).pixels(0.1 * 0.1), 100); // 0.1 * 0.1 is a little over 0.01 in binary
        assert_eq!(area(0.5, true).pixels(0.4), 2);
        assert_eq!(SmallestFocus::Pixels { bound: 3, inclusive: true }.pixels(9.0), 3);
        assert_eq!(SmallestFocus::Pixels { bound: 3, inclusive: false }.pixels(9.0), 4);
        assert_eq!(SmallestFocus::None.pixels(9.0), 1);
    }

    #[test]
    fn scan_bound_is_the_lowest_and_includes_itself() {
        let r = Rescale::new(1.0, 0.0, 0).unwrap();
        let above = Protocol { comparison: Comparison::Above, ..Protocol::STANDARD };
        assert_eq!(above.scan_bound(r), Some(130));
        let lower = Protocol { volume_threshold_hu: Some(112.5), ..Protocol::STANDARD };
        assert_eq!(lower.scan_bound(r), Some(113));
    }
}
