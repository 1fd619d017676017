//! A label map on a series: does it fit in the patient, and which label has each candidate.

use agatston_core::{Assigned, Candidates, Finding, Geometry, Region, Severity};

use crate::{
    Scheme,
    code::{LABELS_CROPPED, LABELS_EMPTY, LABELS_OFF_GRID, LABELS_RESAMPLED, LABELS_TOUCH_NOTHING},
    error::{Refusal, Trouble, refusal},
    grid::{Grid, float},
    labels::Cover,
    legend::Legend,
    nifti::{Nifti, Volume},
};

/// How far the centre of a label voxel may lie outside the box of the series, in voxels of the series; the
/// thousandth is for positions stored in 32 bits.
const OUTSIDE_MAX: f64 = 0.5 + 1e-3;

/// A label map whose labels are all explained.
#[derive(Clone, Debug)]
pub(crate) struct LabelMap {
    grid: Grid,
    volume: Volume,
    legend: Legend,
}

impl LabelMap {
    pub(crate) fn read(nifti: Nifti, scheme: Option<&Scheme>) -> Result<(Self, Vec<Finding>), Trouble> {
        let Nifti { grid, volume, names, mut findings } = nifti;
        let (legend, more) = Legend::settle(&volume, names.as_ref(), scheme)?;
        findings.extend(more);
        Ok((Self { grid, volume, legend }, findings))
    }

    pub(crate) fn cover(&self) -> Cover {
        self.legend.cover.clone()
    }

    /// Whether a label means coronary, artery not said.
    pub(crate) fn holds_unnamed(&self) -> bool {
        self.legend.regions.contains(&Some(Region::Coronary))
    }

    pub(crate) fn assign(&self, candidates: &Candidates) -> Result<(Assigned, Vec<Finding>), Trouble> {
        let (series, slices) = (&candidates.geometry, candidates.slices.len());
        if !self.grid.meets(series, slices) {
            return Err(elsewhere().into());
        }
        self.check_labels_lie_within(series, slices)?;
        let sampler = self.grid.sampler(series);
        let (mut outside, mut labelled) = (0, 0);
        let assigned = Assigned::by_voxel(candidates, self.legend.names.clone(), |slice, row, column| {
            let Some(at) = sampler.place(slice, row, column) else {
                outside += 1;
                return None;
            };
            let region = self.legend.regions.get(self.volume.number_at(at)).copied().flatten();
            labelled += u64::from(region.is_some());
            region
        });
        let (empty, all) = (self.volume.is_empty(), candidates.voxels());
        if empty && outside == all && all > 0 {
            return Err(elsewhere().seen("no label, and every candidate outside the label grid").into());
        }
        let findings = [
            (!sampler.same_voxels(series, slices)).then(resampled),
            (outside > 0).then(|| cropped(outside, all)),
            empty.then(no_label),
            (!empty && labelled == 0).then(touch_nothing),
        ];
        Ok((assigned, findings.into_iter().flatten().collect()))
    }

    /// A label map that was drawn on this series has no label outside of it.
    fn check_labels_lie_within(&self, series: &Geometry, slices: usize) -> Result<(), Refusal> {
        let size = [float(slices), f64::from(series.rows), f64::from(series.columns)];
        let within = |position| {
            let at = series.index_of(position);
            at.into_iter().zip(size).all(|(v, n)| v >= -0.5 - OUTSIDE_MAX && v <= n - 0.5 + OUTSIDE_MAX)
        };
        if self.grid.corners_lps_mm().into_iter().all(within) {
            return Ok(());
        }
        let [i, j, k] = self.grid.dims;
        let labelled = (0..i * j * k).filter(|at| self.volume.number_at(*at) != 0);
        let outside = labelled.filter(|at| !within(self.grid.centre_lps_mm(*at))).count();
        if outside == 0 {
            return Ok(());
        }
        Err(refusal(LABELS_OFF_GRID, "labels lie outside the series")
            .seen(format!("{outside} label voxels more than half a voxel outside the box of the series"))
            .expected("every label within the series, in patient space")
            .next_step("check that the labels belong to this series; crop labels that reach beyond it"))
    }
}

fn elsewhere() -> Refusal {
    refusal(LABELS_OFF_GRID, "the label map and the series are at different places in the patient")
        .expected("a label grid that overlaps the series, in patient space")
        .next_step("check that the labels belong to this series")
}

fn resampled() -> Finding {
    let message =
        "the label grid is not the voxel grid of the series; each candidate has its nearest label voxel";
    Finding::new(LABELS_RESAMPLED, Severity::Info, message)
}

fn cropped(outside: u64, all: u64) -> Finding {
    let message = "some candidates lie outside the label grid and are unlabelled";
    Finding::new(LABELS_CROPPED, Severity::Warning, message)
        .seen(format!("{outside} of {all} candidate voxels"))
        .next_step("check that the label grid covers the heart")
}

fn no_label() -> Finding {
    Finding::new(LABELS_EMPTY, Severity::Info, "the label map fits and holds no label")
}

fn touch_nothing() -> Finding {
    Finding::new(LABELS_TOUCH_NOTHING, Severity::Info, "no label lies on a candidate, so nothing is counted")
        .next_step("check that the labels belong to this series")
}
