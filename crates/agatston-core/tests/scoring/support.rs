//! From a phantom's volume to a score: what every test here needs.

use agatston_core::{
    Assigned, Candidates, Foci, Geometry, Lesion, Protocol, Region, Rescale, Scale, Score, foci, lesions,
    scan_volume, score,
};
use agatston_phantom::Volume;
use ndarray::Array3;

/// HU per stored unit of every volume here: halves and quarters stay exact.
pub(crate) const SLOPE: f64 = 0.25;

/// Everything that comes out of scoring a volume.
pub(crate) struct Scored {
    pub(crate) foci: Foci,
    pub(crate) lesions: Vec<Lesion>,
    pub(crate) score: Score,
    pub(crate) scale: Scale,
}

impl Scored {
    pub(crate) fn agatston(&self) -> f64 {
        agatston_core::Tally::sum(self.score.regions.values()).measures(&self.scale).agatston
    }

    pub(crate) fn volume_mm3(&self) -> f64 {
        agatston_core::Tally::sum(self.score.regions.values()).measures(&self.scale).volume_mm3
    }
}

/// The candidates of a volume of HU.
pub(crate) fn candidates(volume: &Volume, protocol: &Protocol) -> Candidates {
    let rescale = Rescale::new(SLOPE, 0.0, 0).unwrap();
    #[expect(clippy::cast_possible_truncation, reason = "test values fit")]
    let stored: Array3<i16> = volume.hu.mapv(|hu| (hu / SLOPE).round() as i16);
    let slices = scan_volume(stored.view(), rescale, None, protocol);
    let (_, rows, columns) = stored.dim();
    let [z, y, x] = volume.spacing_mm;
    let geometry = Geometry {
        rows: u16::try_from(rows).unwrap(),
        columns: u16::try_from(columns).unwrap(),
        spacing_mm: [y, x],
        increment_mm: z,
        origin_lps_mm: volume.origin_lps_mm,
        row_dir: [1.0, 0.0, 0.0],
        column_dir: [0.0, 1.0, 0.0],
        normal: [0.0, 0.0, 1.0],
    };
    Candidates { geometry, rescale: vec![rescale; slices.len()], slices }
}

/// Region number 0 is none, n is `Named(n)`; without labels everything is `Named(1)`.
pub(crate) fn assign(candidates: &Candidates, labels: Option<&Array3<u8>>) -> Assigned {
    Assigned::by_voxel(candidates, vec![], |z, row, column| match labels {
        None => Some(Region::Named(1)),
        Some(labels) => {
            let label = labels[[z, usize::from(row), usize::from(column)]];
            (label != 0).then_some(Region::Named(u16::from(label)))
        }
    })
}

pub(crate) fn score_assigned(candidates: &Candidates, assigned: &Assigned, protocol: &Protocol) -> Scored {
    let foci = foci(candidates, assigned, protocol);
    let lesions = lesions(&foci, protocol, &candidates.geometry, 3.0);
    let score = score(&foci, lesions.clone(), &candidates.geometry, protocol);
    Scored { foci, lesions, score, scale: Scale::new(&candidates.geometry, protocol, None) }
}

pub(crate) fn score_volume(volume: &Volume, labels: Option<&Array3<u8>>, protocol: &Protocol) -> Scored {
    let candidates = candidates(volume, protocol);
    score_assigned(&candidates, &assign(&candidates, labels), protocol)
}
