//! Contours that a reader drew, on a series: on which slice each lies, and what each candidate belongs to.
//!
//! Left out: the files that hold them.

use std::{
    cmp::Ordering,
    collections::{BTreeMap, BTreeSet},
};

use agatston_core::{Assigned, Finding, Geometry, Severity};

use crate::{
    LabelKind, Scheme, Series,
    code::{LABELS_EMPTY, LABELS_HOLES, LABELS_INVALID, LABELS_OFF_GRID, LABELS_SHIFTED},
    error::{Refusal, Trouble, refusal},
    findings::{overlap, touch_nothing, without_candidates},
    label_file::Origin,
    labels::Cover,
    legend::{Found, Legend},
    names::{Key, Names},
    polygon::{Corner, Cut, Effort, Exhausted, Polygon, Rings},
    vector::{Vector, exact_u32},
};

/// How far from a slice a contour may lie, in parts of the distance of the slices: positions are rounded.
const OFF_SLICE_MAX: f64 = 0.1;

/// How far from the outline the centre of a pixel is still on it, pixels: positions are written with few digits.
const OUTLINE_PX: f64 = 0.02;

/// How far a point in pixels may lie from the same point in millimetres, pixels: programs count from the corner or from
/// the centre of a pixel.
const APART_MAX_PX: f64 = 1.0;

/// How far they may lie apart without a word: positions are written with few digits.
const APART_TOLD_PX: f64 = 0.1;

/// Most points on one slice of one region; a contour around a whole image has some thousands.
const POINTS_MAX: usize = 20_000;

/// Most pairs of edges that are compared in a file to tell holes from neighbours: a second or two at the outside. Rings that
/// touch nowhere cost little, whatever the file; 100 slices with two rings of 900 points along each other cost this many.
const PAIRS_MAX: u64 = 500_000_000;

const OF_THIS_SERIES: &str = "take the contours that were drawn on this series";

/// Contours as a file has them.
#[derive(Clone, Debug)]
pub(crate) struct Drawing {
    pub(crate) kind: LabelKind,
    /// What the regions are called; a region without a contour may be among them.
    pub(crate) names: Names,
    pub(crate) contours: Vec<Contour>,
    /// Whether a contour within another of the same region is a hole in it.
    pub(crate) holes: bool,
    pub(crate) origin: Origin,
    pub(crate) findings: Vec<Finding>,
}

/// A closed contour in one plane.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Contour {
    /// Whose it is.
    pub(crate) key: Key,
    /// Its points in the patient; at least one.
    pub(crate) lps_mm: Vec<Vector>,
    /// The same points as columns and rows, where the file has them too: these are the exact ones.
    pub(crate) pixels: Option<Vec<Corner>>,
    /// SOPInstanceUID of the slice that it was drawn on.
    pub(crate) sop_instance_uid: Option<String>,
    /// Number of the slice that it was drawn on, counted from one end or the other.
    pub(crate) image_index: Option<u32>,
}

/// Contours whose regions are all explained.
#[derive(Clone, Debug)]
pub(crate) struct Contours {
    drawing: Drawing,
    legend: Legend,
}

/// Contours on a series.
struct OnSeries {
    /// The polygons of each slice.
    placed: Vec<Vec<Placed>>,
    /// Where a contour lies within another of its region, if one does.
    first_hole: Option<(usize, Key)>,
    /// How far points in pixels lie from the same points in mm, pixels.
    apart_px: f64,
}

/// A region on a slice.
struct Placed {
    key: Key,
    polygon: Polygon,
}

/// The row of a slice that is being asked about, and what decides about its pixels.
#[derive(Default)]
struct Line {
    at: Option<(usize, u16)>,
    cuts: Vec<(Key, Cut)>,
}

impl Line {
    fn move_to(&mut self, slice: usize, row: u16, placed: &[Placed]) {
        if self.at != Some((slice, row)) {
            self.at = Some((slice, row));
            self.cuts = placed.iter().map(|p| (p.key, p.polygon.cut(row.into()))).collect();
        }
    }
}

impl Contours {
    pub(crate) fn new(
        mut drawing: Drawing,
        scheme: Option<&Scheme>,
    ) -> Result<(Self, Vec<Finding>), Refusal> {
        let mut counts = BTreeMap::new();
        drawing.contours.iter().for_each(|contour| *counts.entry(contour.key).or_default() += 1);
        let found = Found { counts, unit: "contours", ids_mean: false };
        let (legend, more) = Legend::settle(&found, &drawing.names, scheme)?;
        let findings = drawing.findings.drain(..).chain(more).collect();
        Ok((Self { drawing, legend }, findings))
    }

    pub(crate) fn kind(&self) -> LabelKind {
        self.drawing.kind
    }

    pub(crate) fn cover(&self) -> Cover {
        self.legend.cover.clone()
    }

    pub(crate) fn origin(&self) -> &Origin {
        &self.drawing.origin
    }

    /// Whether every contour names an image, and all are of this series.
    pub(crate) fn name_images_of(&self, series: Series<'_>) -> bool {
        let known: BTreeSet<&str> = series.instances.iter().map(|i| i.sop_instance_uid.as_str()).collect();
        let mut contours = self.drawing.contours.iter();
        let is_known = |c: &Contour| c.sop_instance_uid.as_deref().is_some_and(|uid| known.contains(uid));
        contours.len() > 0 && contours.all(is_known)
    }

    /// Whether a region is coronary, artery not said.
    pub(crate) fn holds_unnamed(&self) -> bool {
        self.legend.holds_unnamed()
    }

    pub(crate) fn assign(&self, series: Series<'_>) -> Result<(Assigned, Vec<Finding>), Trouble> {
        let OnSeries { placed, first_hole, apart_px } = self.place(series)?;
        let mut clash = None;
        let mut met = BTreeSet::new();
        let mut line = Line::default();
        let names = self.legend.names.clone();
        let assigned = Assigned::by_voxel(series.candidates, names, |slice, row, column| {
            line.move_to(slice, row, placed.get(slice)?);
            let holding = line.cuts.iter().filter(|(_, cut)| cut.holds(column.into()));
            let mut holding = holding.map(|(key, _)| *key).inspect(|key| met.extend([*key]));
            let first = holding.next()?;
            let region = self.legend.regions.get(&first)?;
            if let Some(second) = holding.find(|key| self.legend.regions.get(key) != Some(region)) {
                clash.get_or_insert(([first, second], [slice, row.into(), column.into()]));
            }
            Some(*region)
        });
        if let Some((keys, at)) = clash {
            return Err(overlap("contour", keys.map(|key| self.named(key)), at).into());
        }
        let is_empty = self.drawing.contours.is_empty();
        let findings = [
            is_empty.then(no_contour),
            first_hole.map(|(slice, key)| self.holes(slice, key)),
            (apart_px > APART_TOLD_PX).then(|| apart(apart_px)),
            (!is_empty && met.is_empty()).then(|| touch_nothing("contour")),
            self.without_candidates(&met),
        ];
        Ok((assigned, findings.into_iter().flatten().collect()))
    }

    /// Regions of which no contour holds a candidate while those of others do.
    fn without_candidates(&self, met: &BTreeSet<Key>) -> Option<Finding> {
        let mut missed: BTreeMap<Key, u64> = BTreeMap::new();
        let contours = self.drawing.contours.iter().filter(|contour| !met.contains(&contour.key));
        contours.for_each(|contour| *missed.entry(contour.key).or_default() += 1);
        let missed: Vec<String> =
            missed.iter().map(|(key, count)| format!("{}: {count} contours", self.named(*key))).collect();
        let finding = without_candidates("contour", &missed).filter(|_| !met.is_empty())?;
        // A person drew around something: that it is nothing is odder than a vessel without calcium.
        Some(Finding { severity: Severity::Warning, ..finding }.next_step(OF_THIS_SERIES))
    }

    fn place(&self, series: Series<'_>) -> Result<OnSeries, Refusal> {
        let count = series.candidates.slices.len();
        let mut of_instance: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (slice, instance) in series.instances.iter().enumerate() {
            of_instance.entry(&instance.sop_instance_uid).or_default().push(slice);
        }
        let mut rings: BTreeMap<(usize, Key), Vec<Vec<Corner>>> = BTreeMap::new();
        let mut slices = Vec::with_capacity(self.drawing.contours.len());
        let mut apart_px: f64 = 0.0;
        for contour in &self.drawing.contours {
            let slice = self.slice(contour, series)?;
            self.check_instance(contour, slice, &of_instance)?;
            slices.push(slice);
            let (ring, apart) = self.ring(contour, &series.candidates.geometry)?;
            apart_px = apart_px.max(apart);
            rings.entry((slice, contour.key)).or_default().push(ring);
        }
        self.check_image_indices(&slices, count)?;
        let mut placed: Vec<Vec<Placed>> = (0..count).map(|_| Vec::new()).collect();
        let (mut first_hole, mut effort) = (None, Effort::of(PAIRS_MAX));
        for ((slice, key), rings) in rings {
            self.check_points(key, slice, &rings)?;
            let mut polygons = distinct(rings);
            if self.drawing.holes {
                if self.leave_out_same((key, slice), &mut polygons, &mut effort)? {
                    first_hole.get_or_insert((slice, key));
                }
                polygons = vec![Polygon::joined(polygons, OUTLINE_PX)];
            }
            if let Some(here) = placed.get_mut(slice) {
                here.extend(polygons.into_iter().map(|polygon| Placed { key, polygon }));
            }
        }
        Ok(OnSeries { placed, first_hole, apart_px })
    }

    /// The slice of a contour: the one whose plane holds it.
    fn slice(&self, contour: &Contour, series: Series<'_>) -> Result<usize, Refusal> {
        let (geometry, count) = (&series.candidates.geometry, series.candidates.slices.len());
        let along: Vec<f64> = contour.lps_mm.iter().map(|p| geometry.index_of(*p)[0]).collect();
        let [low, high] =
            along.iter().fold([f64::INFINITY, f64::NEG_INFINITY], |[l, h], v| [l.min(*v), h.max(*v)]);
        let nearest = ((low + high) / 2.0).round();
        let off = (high - nearest).max(nearest - low);
        let slice = exact_u32(nearest).and_then(|v| usize::try_from(v).ok()).filter(|v| *v < count);
        slice.filter(|_| off <= OFF_SLICE_MAX).ok_or_else(|| {
            let message = format!("a contour of {} lies in no slice of the series", self.named(contour.key));
            refusal(LABELS_OFF_GRID, message)
                .seen(format!("points from {low:.2} to {high:.2}, counted in slices"))
                .expected(format!("a slice from 0 to {}, 0 the lowest", count.saturating_sub(1)))
                .next_step(OF_THIS_SERIES)
        })
    }

    /// Where the file names an image of the series, the contour must lie in it. It may name another: then it was drawn
    /// on another series, and its points alone tell.
    fn check_instance(
        &self,
        contour: &Contour,
        slice: usize,
        of_instance: &BTreeMap<&str, Vec<usize>>,
    ) -> Result<(), Refusal> {
        let named = contour.sop_instance_uid.as_deref().and_then(|uid| of_instance.get(uid));
        let Some(first) = named.filter(|slices| !slices.contains(&slice)).and_then(|slices| slices.first())
        else {
            return Ok(());
        };
        let message =
            format!("a contour of {} lies in another slice than the one it names", self.named(contour.key));
        Err(refusal(LABELS_INVALID, message)
            .at_slice(slice)
            .seen(format!("its points lie in slice {slice}, the image that it names is slice {first}"))
            .expected("the same slice")
            .next_step("export the contours again from the program that drew them"))
    }

    /// The points of a contour as columns and rows, and how many pixels they lie from the same points in mm.
    fn ring(&self, contour: &Contour, geometry: &Geometry) -> Result<(Vec<Corner>, f64), Refusal> {
        let of_mm: Vec<Corner> = contour
            .lps_mm
            .iter()
            .map(|p| {
                let [_, row, column] = geometry.index_of(*p);
                [column, row]
            })
            .collect();
        let ring = contour.pixels.clone().unwrap_or_else(|| of_mm.clone());
        let apart = ring.iter().zip(&of_mm).map(|(a, b)| (a[0] - b[0]).abs().max((a[1] - b[1]).abs()));
        let apart = apart.fold(0.0, f64::max);
        if apart > APART_MAX_PX || ring.len() != of_mm.len() {
            let message =
                format!("a contour of {} lies elsewhere in pixels than in mm", self.named(contour.key));
            return Err(refusal(LABELS_OFF_GRID, message)
                .seen(format!("{apart:.1} pixels apart"))
                .expected(format!("at most {APART_MAX_PX}"))
                .next_step(OF_THIS_SERIES));
        }
        let reach = [[-1.0, f64::from(geometry.columns)], [-1.0, f64::from(geometry.rows)]];
        let beyond = |c: &&Corner| !c.iter().zip(reach).all(|(v, [low, high])| (low..=high).contains(v));
        if let Some([column, row]) = ring.iter().find(beyond) {
            let message = format!("a contour of {} reaches beyond the image", self.named(contour.key));
            return Err(refusal(LABELS_OFF_GRID, message)
                .seen(format!("column {column:.1}, row {row:.1}"))
                .expected(format!("columns 0 to {}, rows 0 to {}", geometry.columns - 1, geometry.rows - 1))
                .next_step(OF_THIS_SERIES));
        }
        Ok((ring, apart))
    }

    /// Numbers of images count the slices from the lowest or from the highest, all in the same way.
    fn check_image_indices(&self, slices: &[usize], count: usize) -> Result<(), Refusal> {
        let indices = self.drawing.contours.iter().zip(slices);
        let numbered: BTreeSet<(usize, usize)> = indices
            .filter_map(|(c, slice)| Some((usize::try_from(c.image_index?).unwrap_or(usize::MAX), *slice)))
            .collect();
        let upwards = numbered.iter().find(|(index, slice)| index != slice);
        let downwards = numbered.iter().find(|(index, slice)| count.checked_sub(1 + index) != Some(*slice));
        let (Some(&(index, slice)), Some(_)) = (upwards, downwards) else { return Ok(()) };
        Err(refusal(LABELS_INVALID, "the numbers of images contradict the positions of their contours")
            .at_slice(slice)
            .seen(format!("ImageIndex {index}, whose points lie in slice {slice} of {count}"))
            .expected("numbers from 0 that count the slices from one end to the other")
            .next_step(OF_THIS_SERIES))
    }

    fn check_points(&self, key: Key, slice: usize, rings: &[Vec<Corner>]) -> Result<(), Refusal> {
        let points = rings.iter().map(Vec::len).sum::<usize>();
        if points <= POINTS_MAX {
            return Ok(());
        }
        Err(refusal(LABELS_INVALID, format!("the contours of {} have too many points", self.named(key)))
            .at_slice(slice)
            .seen(format!("{points} points on one slice"))
            .expected(format!("at most {POINTS_MAX}")))
    }

    /// Leaves out outlines that are there before, and tells whether one lies within another, and so is a hole. Contours
    /// of one region that cross say two things.
    fn leave_out_same(
        &self,
        (key, slice): (Key, usize),
        polygons: &mut Vec<Polygon>,
        effort: &mut Effort,
    ) -> Result<bool, Refusal> {
        let mut kept: Vec<Polygon> = Vec::with_capacity(polygons.len());
        let mut nested = false;
        for polygon in polygons.drain(..) {
            let mut known = false;
            for other in &kept {
                match polygon.compared(other, effort).map_err(|Exhausted| self.intricate(key, slice))? {
                    Rings::Apart => {}
                    Rings::Nested => nested = true,
                    Rings::Same => known = true,
                    Rings::Crossing => return Err(self.crossing(key, slice)),
                }
            }
            if !known {
                kept.push(polygon);
            }
        }
        *polygons = kept;
        Ok(nested)
    }

    /// Whether a contour within a contour is a hole is a convention; who drew the same plaque twice means something else.
    fn holes(&self, slice: usize, key: Key) -> Finding {
        let message = "contours lie within others of the same region, and were read as holes in them";
        Finding::new(LABELS_HOLES, Severity::Warning, message)
            .at_slice(slice)
            .seen(format!("the first of {}", self.named(key)))
            .next_step("look whether there is a hole; if not, leave one of the two contours out")
    }

    fn intricate(&self, key: Key, slice: usize) -> Refusal {
        let message = "the contours of the file are too intricate to tell which of them are holes";
        refusal(LABELS_INVALID, message)
            .at_slice(slice)
            .seen(format!("over {PAIRS_MAX} pairs of edges, the last of {}", self.named(key)))
            .expected("contours of one region and slice that have fewer points where they touch")
            .next_step("leave out regions that are not of the heart, or draw the contours with fewer points")
    }

    fn crossing(&self, key: Key, slice: usize) -> Refusal {
        refusal(LABELS_INVALID, format!("two contours of {} cross", self.named(key)))
            .at_slice(slice)
            .expected("contours beside each other, or one within another, which is a hole")
            .next_step("join the contours in the program that drew them")
    }

    fn named(&self, key: Key) -> String {
        self.legend.called(key).to_owned()
    }
}

/// Contours that were drawn once count once: twice the same outline would be a hole over its whole region.
fn distinct(mut rings: Vec<Vec<Corner>>) -> Vec<Polygon> {
    rings.sort_by(|a, b| a.partial_cmp(b).unwrap_or(Ordering::Equal)); // finite: within the image
    rings.dedup();
    rings.into_iter().map(|ring| Polygon::drawn(vec![ring], OUTLINE_PX)).collect()
}

fn no_contour() -> Finding {
    Finding::new(LABELS_EMPTY, Severity::Info, "the file holds no contour")
}

/// Points in pixels and in millimetres should be the same: some program counts pixels from their corner, or from 1.
fn apart(by_px: f64) -> Finding {
    let message = "points in pixels lie beside the same points in mm; the pixels were used";
    Finding::new(LABELS_SHIFTED, Severity::Warning, message)
        .seen(format!("up to {by_px:.2} pixels"))
        .expected(format!("at most {APART_TOLD_PX}"))
        .next_step("look whether the contours lie on the calcium, or half a pixel or a pixel beside it")
}
