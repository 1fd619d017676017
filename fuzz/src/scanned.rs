//! Candidates of a small volume, and what must hold of every score made of them.

use agatston_core::{
    Assigned, Candidates, Geometry, Padding, Plane, Protocol, Region, Rescale, Scale, Scan, ScanSpec, Score,
    Scratch, Tally, foci, is_coronary, lesions, score, withheld_foci,
};
use ndarray::{Array3, ArrayView2, Axis};

use super::sums::near;

/// Stored values with a place, axes `[z, y, x]`.
pub(crate) struct Stored {
    pub(crate) values: Array3<i16>,
    pub(crate) rescale: Rescale,
    pub(crate) padding: Option<Padding>,
    /// Increment, row spacing, column spacing, mm.
    pub(crate) spacing_mm: [f64; 3],
    /// Centre of the first voxel, LPS, mm.
    pub(crate) origin_lps_mm: [f64; 3],
}

impl Stored {
    /// The candidates, from strips of `rows` rows.
    pub(crate) fn candidates(&self, protocol: &Protocol, rows: usize) -> Candidates {
        let bound = protocol.scan_bound(self.rescale);
        let (mut scratch, mut slices) = (Scratch::new(), Vec::new());
        for plane in self.values.outer_iter() {
            let mut scan = Scan::new(bound, &ScanSpec::default(), &mut scratch);
            for strip in plane.axis_chunks_iter(Axis(0), rows.max(1)) {
                scan.strip(&Plane { stored: strip, padding: self.padding });
            }
            slices.push(scan.finish());
        }
        Candidates { geometry: self.geometry(), rescale: vec![self.rescale; slices.len()], slices }
    }

    fn geometry(&self) -> Geometry {
        let plane: ArrayView2<'_, i16> = self.values.index_axis(Axis(0), 0);
        let side = |n: usize| u16::try_from(n).expect("small volumes have short sides");
        let [z, y, x] = self.spacing_mm;
        Geometry {
            rows: side(plane.nrows()),
            columns: side(plane.ncols()),
            spacing_mm: [y, x],
            increment_mm: z,
            origin_lps_mm: self.origin_lps_mm,
            row_dir: [1.0, 0.0, 0.0],
            column_dir: [0.0, 1.0, 0.0],
            normal: [0.0, 0.0, 1.0],
        }
    }
}

/// A score, held against itself: voxels are scored or withheld, each once, and lesions add up to regions.
pub(crate) fn scored(candidates: &Candidates, assigned: &Assigned, protocol: &Protocol) -> Score {
    let foci = foci(candidates, assigned, protocol);
    let lesions = lesions(&foci, protocol, &candidates.geometry, 3.0);
    let score = score(&foci, lesions, &candidates.geometry, protocol);
    let of_regions = Tally::sum(score.regions.values());
    let of_lesions = Tally::sum(score.lesions.iter().map(|lesion| &lesion.tally));
    assert_eq!(of_regions.lesions, score.lesions.len() as u64);
    let counts = |t: &Tally| [t.lesions, t.foci, t.pixels, t.weighted_pixels, t.volume_voxels];
    assert_eq!(counts(&of_regions), counts(&of_lesions), "lesions add up to regions");
    let scale = Scale::new(&candidates.geometry, protocol, Some(1.0));
    let measures = of_regions.measures(&scale);
    near("mass", measures.mass_mg, of_lesions.measures(&scale).mass_mg.unwrap_or(f64::NAN));
    assert!(measures.agatston.is_finite() && measures.volume_mm3.is_finite(), "{measures:?}");
    let withheld = &score.withheld;
    let below = Tally::sum(withheld.below_minimum.values());
    let listed = withheld_foci(candidates, assigned, protocol);
    assert_eq!(listed.len() as u64, below.foci + withheld.not_coronary.foci, "withheld foci are listed");
    let voxels = of_regions.pixels + below.pixels + withheld.not_coronary.pixels + withheld.unassigned_voxels;
    assert_eq!(voxels, at_threshold(candidates, protocol), "every candidate is counted once");
    score
}

/// Candidates that reach the threshold; a scan may have gone lower.
fn at_threshold(candidates: &Candidates, protocol: &Protocol) -> u64 {
    use agatston_core::Comparison::{Above, AtLeast};
    let passes = |hu: f64| match protocol.comparison {
        AtLeast => hu >= protocol.threshold_hu,
        Above => hu > protocol.threshold_hu,
    };
    let slices = candidates.slices.iter().zip(&candidates.rescale);
    slices.map(|(s, rescale)| s.values.iter().filter(|v| passes(rescale.hu(**v))).count() as u64).sum()
}

/// The pieces of an assignment lie within their runs, in order and apart, and name regions that exist.
pub(crate) fn check_pieces(candidates: &Candidates, assigned: &Assigned) {
    let mut before = None;
    for piece in assigned.listed().unwrap_or_default() {
        let run = candidates.slices[usize::from(piece.slice)].runs[piece.run as usize];
        assert!(run.start <= piece.start && piece.start < piece.end && piece.end <= run.end, "{piece:?}");
        if let Some(last) = before.replace((piece.slice, piece.run, piece.end)) {
            assert!((piece.slice, piece.run, piece.start) >= last, "{piece:?} after {last:?}");
        }
        if let Region::Named(name) = piece.region {
            assert!(usize::from(name) < assigned.names.len(), "{piece:?} has no name");
        }
    }
}

/// Coronary Agatston score of a score, unscaled.
pub(crate) fn coronary_pixels(score: &Score) -> u64 {
    score.regions.iter().filter(|(region, _)| is_coronary(**region)).map(|(_, tally)| tally.pixels).sum()
}
