//! A label map on a series: does it fit in the patient, and which label has each candidate.

use std::collections::BTreeSet;

use agatston_core::{Assigned, Candidates, Finding, Geometry, Region, Severity};

use crate::{
    LabelKind, Scheme, Series,
    code::{
        LABELS_CROPPED, LABELS_EMPTY, LABELS_OFF_GRID, LABELS_OVERLAP_ELSEWHERE, LABELS_RESAMPLED,
        LABELS_SHIFTED,
    },
    error::{Refusal, Trouble, refusal},
    findings::{overlap, touch_nothing, without_candidates},
    grid::Grid,
    label_file::{LabelFile, Origin, Reach, Step},
    labels::Cover,
    legend::{Found, Legend},
    names::Key,
    sampler::Sampler,
    vector::float,
    volume::{Combination, Volume},
};

/// How far the centre of a label voxel may lie outside the box of the series, in voxels of the series; the
/// thousandth is for positions stored in 32 bits.
const OUTSIDE_MAX: f64 = 0.5 + 1e-3;

/// A label map whose labels are all explained.
#[derive(Clone, Debug)]
pub(crate) struct LabelMap {
    kind: LabelKind,
    grid: Grid,
    reach: Reach,
    volume: Volume,
    origin: Origin,
    legend: Legend,
    /// What each combination of labels is, by its number.
    shares: Vec<Share>,
}

/// What the labels of a voxel come to.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Share {
    Nothing,
    One(Region),
    /// Labels of different regions share the voxel.
    Clash([Key; 2]),
}

impl LabelMap {
    pub(crate) fn new(file: LabelFile, scheme: Option<&Scheme>) -> Result<(Self, Vec<Finding>), Refusal> {
        let LabelFile { kind, grid, reach, volume, names, ids_mean, origin, mut findings } = file;
        let found = Found { counts: volume.counts(), unit: "voxels", ids_mean };
        let (legend, more) = Legend::settle(&found, &names, scheme)?;
        findings.extend(more);
        let shares = volume.combinations().map(|(keys, _)| share(keys, &legend)).collect();
        Ok((Self { kind, grid, reach, volume, origin, legend, shares }, findings))
    }

    pub(crate) fn kind(&self) -> LabelKind {
        self.kind
    }

    pub(crate) fn cover(&self) -> Cover {
        self.legend.cover.clone()
    }

    pub(crate) fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Whether a label means coronary, artery not said.
    pub(crate) fn holds_unnamed(&self) -> bool {
        self.legend.holds_unnamed()
    }

    pub(crate) fn assign(&self, series: Series<'_>) -> Result<(Assigned, Vec<Finding>), Trouble> {
        let candidates = series.candidates;
        let (geometry, slices) = (&candidates.geometry, candidates.slices.len());
        // A label decides for itself where it lies; without one the grid is all that can be checked.
        let is_told_by_grid = self.reach == Reach::Grid || self.volume.is_empty();
        if is_told_by_grid && !self.grid.meets(geometry, slices) {
            return Err(elsewhere().into());
        }
        self.check_labels_lie_within(geometry, slices)?;
        let sampler = match self.reach {
            Reach::Planes { step: Step::Inferred } => Sampler::of_slices(geometry, &self.grid),
            Reach::Planes { step: Step::Stated } | Reach::Grid => Sampler::between(geometry, &self.grid),
        };
        let (assigned, seen) = self.sample(candidates, &sampler);
        if let Some((keys, at)) = seen.clash {
            return Err(overlap("label", keys.map(|key| self.named(key)), at).into());
        }
        let (empty, all) = (self.volume.is_empty(), candidates.voxels());
        if empty && seen.outside == all && all > 0 {
            return Err(elsewhere().seen("no label, and every candidate outside the label grid").into());
        }
        let shift = sampler.shift(geometry, slices);
        let findings = [
            shift.map(shifted),
            (shift.is_none() && !sampler.same_voxels(geometry, slices)).then(|| resampled(self.reach)),
            (seen.outside > 0).then(|| cropped(seen.outside, all)),
            self.overlap_elsewhere(),
            empty.then(no_label),
            (!empty && seen.met.is_empty()).then(|| touch_nothing("label")),
            self.without_candidates(&seen.met),
        ];
        Ok((assigned, findings.into_iter().flatten().collect()))
    }

    fn sample(&self, candidates: &Candidates, sampler: &Sampler) -> (Assigned, Seen) {
        let mut seen = Seen::default();
        let assigned = Assigned::by_voxel(candidates, self.legend.names.clone(), |slice, row, column| {
            let Some(at) = sampler.place(slice, row, column) else {
                let left_out = self.reach != Reach::Grid && sampler.within_planes(slice, row, column);
                seen.outside += u64::from(!left_out);
                return None;
            };
            let number = self.volume.number_at(at);
            match self.shares.get(number).expect("a share of each combination") {
                Share::Nothing => None,
                Share::One(region) => {
                    seen.met.insert(number);
                    Some(*region)
                }
                Share::Clash(keys) => {
                    seen.clash.get_or_insert((*keys, [slice, row.into(), column.into()]));
                    None
                }
            }
        });
        (assigned, seen)
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

    fn overlap_elsewhere(&self) -> Option<Finding> {
        let both = self.shares.iter().zip(self.volume.combinations());
        let mut clashes = both.filter_map(|(share, (_, count))| match share {
            Share::Clash(keys) if count > 0 => Some((*keys, count)),
            _ => None,
        });
        let (keys, count) = clashes.next()?;
        let all = count + clashes.map(|(_, count)| count).sum::<u64>();
        let [a, b] = keys.map(|key| self.named(key));
        let message = "labels overlap, but on no candidate, so the score does not depend on it";
        let finding = Finding::new(LABELS_OVERLAP_ELSEWHERE, Severity::Info, message);
        Some(finding.seen(format!("{all} voxels, the first of labels {a} and {b}")))
    }

    /// Labels that lie on no candidate while others do.
    fn without_candidates(&self, met: &BTreeSet<usize>) -> Option<Finding> {
        let all = self.volume.combinations().enumerate();
        let met: BTreeSet<Key> =
            all.filter(|(number, _)| met.contains(number)).flat_map(|(_, (keys, _))| keys).copied().collect();
        let counts = self.volume.counts();
        let missed = counts.iter().filter(|(key, _)| !met.contains(key));
        let missed: Vec<String> =
            missed.map(|(key, count)| format!("{}: {count} voxels", self.named(*key))).collect();
        if met.is_empty() { None } else { without_candidates("label", &missed) }
    }

    fn named(&self, key: Key) -> String {
        format!("{key} {}", self.legend.called(key))
    }
}

/// What was met while candidates were asked.
#[derive(Debug, Default)]
struct Seen {
    /// Candidates off the label grid.
    outside: u64,
    /// Numbers of the combinations of labels that lie on candidates.
    met: BTreeSet<usize>,
    /// The first voxel that labels of two regions claim: slice, row, column.
    clash: Option<([Key; 2], [usize; 3])>,
}

fn share(keys: &Combination, legend: &Legend) -> Share {
    let mut known = keys.iter().filter_map(|key| Some((*key, *legend.regions.get(key)?)));
    let Some((first, region)) = known.next() else { return Share::Nothing };
    match known.find(|(_, other)| *other != region) {
        Some((second, _)) => Share::Clash([first, second]),
        None => Share::One(region),
    }
}

fn elsewhere() -> Refusal {
    refusal(LABELS_OFF_GRID, "the label map and the series are at different places in the patient")
        .expected("a label grid that overlaps the series, in patient space")
        .next_step("check that the labels belong to this series")
}

fn resampled(reach: Reach) -> Finding {
    let message =
        "the label grid is not the voxel grid of the series; each candidate has its nearest label voxel";
    if reach != (Reach::Planes { step: Step::Inferred }) {
        return Finding::new(LABELS_RESAMPLED, Severity::Info, message);
    }
    let message = "the segmentation does not say how far its planes are apart, and its grid is not that of the series: \
                   only slices that a plane lies in have labels";
    Finding::new(LABELS_RESAMPLED, Severity::Warning, message)
        .expected("SpacingBetweenSlices (0018,0088), or the grid of the series")
        .next_step(
            "look whether every slice with calcium is labelled; write the segmentation on the series itself",
        )
}

fn shifted(by: [f64; 3]) -> Finding {
    let [slices, rows, columns] = by.map(|v| (100.0 * v).round() / 100.0 + 0.0); // no -0
    let message = "the label grid has the voxels of the series, but lies beside it";
    Finding::new(LABELS_SHIFTED, Severity::Warning, message)
        .seen(format!("a shift of {slices} slices, {rows} rows, {columns} columns"))
        .expected("no shift: the position of the series")
        .next_step("look whether the labels lie on the calcium; write them with the position of the series")
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
