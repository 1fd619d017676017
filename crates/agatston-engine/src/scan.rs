//! The one pass over pixels: each plane of a series is read and scanned strip by strip and dropped, planes in parallel.

use crate::{Error, PixelCutoffs, code, plausibility::Plausibility};
use agatston_anatomy::{Gathering, Layout, WorkGrid};
use agatston_core::{Candidates, Finding, Padding, Protocol, Scan, ScanSpec, Scratch, Severity, SliceScan};
use agatston_dicom::{Buffer, Event, PlaneError, Series, Watch, Workers};
use std::{
    collections::BTreeMap,
    ops::ControlFlow,
    sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
};

/// A scanned series.
#[derive(Debug)]
pub struct Scanned {
    /// Its candidates.
    pub candidates: Candidates,
    /// Means of blocks, where the anatomy asks for them.
    pub grid: Option<WorkGrid>,
    /// What was scored, as a hash.
    pub content_hash: String,
    /// What the pixels as a whole look like; class C, severities as without any request.
    pub findings: Vec<Finding>,
}

/// What is asked of a scan.
#[derive(Clone, Copy, Debug)]
pub struct ScanRequest<'a> {
    /// The choices of the score.
    pub protocol: &'a Protocol,
    /// What pixels are held against.
    pub cutoffs: &'a PixelCutoffs,
    /// Whether the anatomy will be looked for.
    pub anatomy: bool,
}

/// Why a scan gave no candidates.
#[derive(Debug)]
pub enum Unscanned {
    /// The pixels are refused.
    Refused(Vec<Finding>),
    /// The outside failed, or the watch said stop.
    Failed(Error),
}

/// Reads and scans every plane. The outcome does not depend on the number of workers.
///
/// # Errors
///
/// When a plane cannot be read or decoded, or there are too many candidates.
pub fn scan_series(
    series: &Series,
    request: ScanRequest<'_>,
    workers: Workers,
    watch: &dyn Watch,
) -> Result<Scanned, Unscanned> {
    let ScanRequest { protocol, cutoffs, anatomy } = request;
    let budget = Budget::new(series, cutoffs);
    let rescale = series.rescales();
    let plausibility = Plausibility::new(cutoffs);
    let done = AtomicUsize::new(0);
    let of = series.planes.len();
    let gathering = anatomy.then(|| Gathering::new(Layout::new(&series.geometry, of)));
    let first = Buffer::new();
    let state = || (first.beside(), Scratch::new());
    let slices = workers.each(of, state, |(buffer, scratch), turns, i| {
        if budget.spent() {
            return Ok(None);
        }
        let rescale = rescale[i];
        let blocks = gathering.as_ref().map(|gathering| (gathering.layout().block_grid(), rescale));
        let spec = ScanSpec { digest: true, sample: Some(plausibility.bins(rescale)), blocks };
        let mut scan = Scan::new(protocol.scan_bound(rescale), &spec, scratch);
        let mut padding = None;
        series.strips(i, buffer, turns, |strip| {
            padding = strip.padding;
            scan.strip(&strip);
        })?;
        let mut slice = scan.finish();
        plausibility.take(i, &mut slice, rescale);
        if let (Some(gathering), Some(blocks)) = (&gathering, slice.blocks.take()) {
            gathering.take(i, blocks, rescale);
        }
        budget.take(&slice);
        let done = done.fetch_add(1, Ordering::Relaxed) + 1;
        if watch.event(Event::Scanned { done, of }) == ControlFlow::Break(()) {
            budget.stop();
        }
        Ok(Some(Planed { slice, padding }))
    });
    if budget.too_many() {
        return Err(Unscanned::Refused(vec![too_many(cutoffs)]));
    }
    let slices = all_scanned(slices)?;
    let content_hash = content_hash(series, &slices);
    let slices: Vec<SliceScan> = slices.into_iter().map(|p| p.slice).collect();
    let mut findings = plausibility.findings();
    findings.extend(repeated(&slices));
    let candidates = Candidates { geometry: series.geometry.clone(), rescale, slices };
    Ok(Scanned { candidates, grid: gathering.map(Gathering::finish), content_hash, findings })
}

/// A scanned slice and the padding its plane had, which decides what could be a candidate.
struct Planed {
    slice: SliceScan,
    padding: Option<Padding>,
}

/// How many candidates and runs all slices together may have: so that one bad series cannot stall a batch.
struct Budget {
    voxels_left: AtomicU64,
    runs_left: AtomicU64,
    too_many: AtomicBool,
    stopped: AtomicBool,
}

impl Budget {
    fn new(series: &Series, cutoffs: &PixelCutoffs) -> Self {
        let planes = series.planes.len() as u64;
        let pixels = planes * u64::from(series.geometry.rows) * u64::from(series.geometry.columns);
        Self {
            voxels_left: AtomicU64::new(pixels * cutoffs.candidates_percent / 100),
            runs_left: AtomicU64::new(planes * cutoffs.runs_a_slice),
            too_many: AtomicBool::new(false),
            stopped: AtomicBool::new(false),
        }
    }

    /// Takes what a slice needs. The sums decide, not their order: once spent in any order, spent in every order.
    fn take(&self, slice: &SliceScan) {
        for (left, used) in [(&self.voxels_left, slice.values.len()), (&self.runs_left, slice.runs.len())] {
            let used = used as u64;
            let taken =
                left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(used));
            if taken.is_err() {
                self.too_many.store(true, Ordering::Relaxed);
            }
        }
    }

    fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    fn too_many(&self) -> bool {
        self.too_many.load(Ordering::Relaxed)
    }

    fn spent(&self) -> bool {
        self.too_many() || self.stopped.load(Ordering::Relaxed)
    }
}

/// Slices with the same pixels, among those that hold candidates: a scanner never makes them twice.
fn repeated(slices: &[SliceScan]) -> Option<Finding> {
    let mut first: BTreeMap<u128, usize> = BTreeMap::new();
    let (mut copies, mut at) = (0, None);
    for (index, slice) in slices.iter().enumerate().filter(|(_, slice)| !slice.runs.is_empty()) {
        let Some(digest) = slice.digest else { continue };
        if *first.entry(digest).or_insert(index) != index {
            (copies, at) = (copies + 1, at.or(Some(index)));
        }
    }
    let text = "slices at different places hold the same pixels, which no scanner makes: copies stand where others belong";
    Some(
        Finding::warning(code::REPEATED_PIXELS, text)
            .at_slice(at?)
            .expected("noise, which never repeats; only a simulated series may be without")
            .seen(format!("{copies} of {} slices are copies of one below them", slices.len()))
            .next_step("get a complete copy of the series from its archive"),
    )
}

fn too_many(cutoffs: &PixelCutoffs) -> Finding {
    Finding::new(
        code::TOO_MANY_CANDIDATES,
        Severity::Refusal,
        "more voxels reach the threshold than in any chest without contrast",
    )
    .expected(format!(
        "at most {} % of the pixels and {} runs a slice",
        cutoffs.candidates_percent, cutoffs.runs_a_slice
    ))
    .seen("more than that")
    .next_step("check for contrast agent, a wrong rescale or pure noise; this is no calcium scan")
}

/// All slices, or every reason why not, in the order of the slices.
fn all_scanned(slices: Vec<Result<Option<Planed>, PlaneError>>) -> Result<Vec<Planed>, Unscanned> {
    let mut refusals = Vec::new();
    let mut scanned = Vec::with_capacity(slices.len());
    let mut stopped = false;
    for slice in slices {
        match slice {
            Ok(Some(slice)) => scanned.push(slice),
            Ok(None) => stopped = true,
            Err(PlaneError::Refused(finding)) => refusals.push(*finding),
            Err(PlaneError::Outside(error)) => return Err(Unscanned::Failed(error.into())),
        }
    }
    if !refusals.is_empty() {
        return Err(Unscanned::Refused(refusals));
    }
    if stopped {
        return Err(Unscanned::Failed(agatston_dicom::Error::Stopped.into()));
    }
    Ok(scanned)
}

/// xxh3-128 over the pixel spacing and directions, and slice by slice SOPInstanceUID, frame, position, rescale,
/// padding and digest of the stored values: all that a score is made of, in a fixed order.
fn content_hash(series: &Series, slices: &[Planed]) -> String {
    let mut hash = twox_hash::XxHash3_128::new();
    let g = &series.geometry;
    for numbers in [&g.spacing_mm[..], &g.row_dir, &g.column_dir] {
        numbers.iter().for_each(|x| hash.write(&x.to_le_bytes()));
    }
    for (plane, scanned) in series.planes.iter().zip(slices) {
        hash.write(plane.sop_instance_uid.as_bytes());
        hash.write(&[0]); // ends the text
        hash.write(&(plane.frame as u64).to_le_bytes());
        plane.position_lps_mm.iter().for_each(|mm| hash.write(&mm.to_le_bytes()));
        hash.write(&plane.rescale.slope().to_le_bytes());
        hash.write(&plane.rescale.intercept().to_le_bytes());
        hash.write(&plane.rescale.bias().to_le_bytes());
        let padding = scanned.padding.map_or([i16::MAX, i16::MIN], |p| [p.low, p.high]);
        padding.iter().for_each(|p| hash.write(&p.to_le_bytes()));
        hash.write(&scanned.slice.digest.unwrap_or_default().to_le_bytes());
    }
    format!("{:032x}", hash.finish_128())
}
