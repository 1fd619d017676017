//! What is true of a scan: where the plaques are, which voxels are theirs, and what they score.

use ndarray::{Array3, s};

use super::{
    arteries::Artery,
    calcium::{Plaque, Site},
    film::PlaqueVoxel,
};
use crate::{
    Volume,
    oracle::{self, Rules},
};

/// A cross-section of the aorta.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Disc {
    /// Centre in LPS mm, x and y.
    pub centre_mm: [f64; 2],
    /// Radius in mm.
    pub radius_mm: f64,
}

/// What is known of a chest scan.
#[derive(Clone, Debug, PartialEq)]
pub struct ChestTruth {
    /// All deposits and metal, in or out of the field.
    pub plaques: Vec<Plaque>,
    /// Voxels of at least 130 HU to which a deposit adds noticeably, each with the deposit that adds most; slice by
    /// slice, row by row. Indices are `[z, y, x]` of the image in LPS order.
    pub voxels: Vec<PlaqueVoxel>,
    /// Where the left main artery leaves the aorta, LPS mm.
    pub left_main_lps_mm: [f64; 3],
    /// The rising aorta with its root in each slice, lowest first.
    pub ascending: Vec<Option<Disc>>,
    /// The falling aorta in each slice, lowest first.
    pub descending: Vec<Option<Disc>>,
    /// Agatston score per artery in the order of [`Artery::ALL`].
    pub(super) scores: [f64; 4],
}

impl ChestTruth {
    /// Agatston score of an artery, or of all four together: the oracle's, over the voxels of their plaques. It is
    /// what a careful reader marks: the whole of each plaque with its blurred rim, as far as it is at least 130 HU. With
    /// contrast agent, where blood is over 130 HU as well, the number means nothing.
    #[must_use]
    pub fn agatston(&self, artery: Option<Artery>) -> f64 {
        match artery {
            Some(artery) => self.scores[usize::from(artery.label()) - 1],
            None => self.scores.iter().sum(),
        }
    }

    /// The voxels of an artery.
    pub fn voxels_of(&self, artery: Artery) -> impl Iterator<Item = [usize; 3]> {
        let site = Site::Coronary(artery);
        self.voxels
            .iter()
            .filter(move |voxel| self.plaques[voxel.plaque].site == site)
            .map(|voxel| voxel.index)
    }
}

/// Scores the voxels of an artery, in the box that holds them.
pub(super) fn score(image: &Array3<i16>, spacing_mm: [f64; 3], voxels: &[[usize; 3]]) -> f64 {
    let Some(first) = voxels.first() else { return 0.0 };
    let (mut low, mut high) = (*first, *first);
    for voxel in voxels {
        low = std::array::from_fn(|axis| low[axis].min(voxel[axis]));
        high = std::array::from_fn(|axis| high[axis].max(voxel[axis]));
    }
    let part = image.slice(s![low[0]..=high[0], low[1]..=high[1], low[2]..=high[2]]);
    let mut labels = Array3::zeros(part.dim());
    for [z, y, x] in voxels {
        labels[[z - low[0], y - low[1], x - low[2]]] = 1;
    }
    let volume = Volume { hu: part.mapv(f64::from), spacing_mm, origin_lps_mm: [0.0; 3] };
    oracle::score(&volume, Some(&labels), &Rules::default()).agatston()
}
