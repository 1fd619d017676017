//! Chest phantoms scored by their anatomy alone, through the whole engine, and held against the truth.
//!
//! ```text
//! seed, group -> chest -> DICOM in memory -> score without labels
//!        bounds    hold the truth, or miss it by 10 % at most
//!        arteries  of confident lesions outside the left stem: right for 90 % of their volume at least
//!        refused   where there is no whole heart without contrast agent
//!        the same  however the patient lies and the series is stored and cropped
//! ```

use crate::failure::Failure;
use agatston_engine::{
    Choice, Request, ResultDocument, Source, Status, Unwatched,
    result::{LesionRecord, SeverityRecord, TierWord},
    score_sources, validate,
};
use agatston_phantom::{
    chest::{Chest, ChestParameters, ChestScan, Metal, Pose, Site, Variant},
    dicom,
};
use rayon::prelude::*;
use std::collections::BTreeSet;

/// How far the bounds may miss the truth, as a part of it.
const MISS_MOST: f64 = 0.10;

/// Least volume in the right artery, as a part of that of confident lesions outside the left stem.
const ARTERY_LEAST: f64 = 0.90;

/// How far the value may be from that of the same chest as it is scored everywhere: 10 %, or Agatston score 5, as the
/// bounds have it.
const SAME: (f64, f64) = (0.10, 5.0);

/// What must come of a group of chests.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Must {
    /// The bounds hold the truth of what is accepted.
    HoldTruth,
    /// It is refused, for one of these codes at least.
    Refuse(&'static [&'static str]),
    /// The same value as of the plain chest.
    Same,
    /// A finding of this code, or a refusal.
    Tell(&'static str),
}

/// Chests that differ from plain ones in one way.
struct Kind {
    name: &'static str,
    must: Must,
    /// Least part that must be accepted, tenths.
    accepted_tenths: usize,
    change: fn(ChestParameters) -> ChestParameters,
}

const fn kind(name: &'static str, must: Must, change: fn(ChestParameters) -> ChestParameters) -> Kind {
    let accepted_tenths = match must {
        Must::HoldTruth | Must::Same => 9,
        Must::Refuse(_) | Must::Tell(_) => 0,
    };
    Kind { name, must, accepted_tenths, change }
}

/// The chests as the seeds draw them, and every other kind.
const PLAIN: Kind = kind("as drawn", Must::HoldTruth, |p| p);

const KINDS: [Kind; 21] = [
    kind("no heart: above it", Must::Refuse(&["no_ascending_aorta", "heart_region_size"]), |p| {
        ChestParameters { variant: Variant::UpperChest, ..p }
    }),
    kind("no heart: abdomen", Must::Refuse(&["no_lungs"]), |p| ChestParameters {
        variant: Variant::Abdomen,
        ..p
    }),
    kind("no heart: head", Must::Refuse(&["no_lungs"]), |p| ChestParameters { variant: Variant::Head, ..p }),
    kind("half a heart: cut below", Must::Refuse(&["no_ascending_aorta", "cut_below"]), |p| {
        ChestParameters { variant: Variant::CutBelow, ..p }
    }),
    kind("half a heart: cut above", Must::Refuse(&["no_ascending_aorta", "cut_above", "cut_below"]), |p| {
        ChestParameters { variant: Variant::CutAbove, ..p }
    }),
    kind(
        "contrast agent",
        Must::Refuse(&["contrast_agent", "no_ascending_aorta", "heart_region_size"]),
        |p| ChestParameters { variant: Variant::Contrast, ..p },
    ),
    kind("one lung missing", Must::Refuse(&["one_lung", "heart_region_size"]), |p| ChestParameters {
        variant: Variant::OneLung,
        ..p
    }),
    kind("prone", Must::Same, |p| ChestParameters { pose: Pose::Prone, ..p }),
    kind("feet first", Must::Same, |p| ChestParameters { pose: Pose::FeetFirst, ..p }),
    kind("columns mirrored", Must::Same, |p| ChestParameters { pose: Pose::Mirrored, ..p }),
    kind("one voxel cut off", Must::Same, |p| ChestParameters { crop_voxels: 1, ..p }),
    kind("field of 250 mm", Must::Same, |p| crop(p, 250.0)),
    kind("field of 220 mm", Must::Same, |p| crop(p, 220.0)),
    kind("field of 190 mm", Must::Same, |p| crop(p, 190.0)),
    kind("field of 164 mm", Must::Same, |p| crop(p, 164.0)),
    kind("10 HU more", Must::HoldTruth, |p| ChestParameters { offset_hu: 10.0, ..p }),
    kind("10 HU less", Must::HoldTruth, |p| ChestParameters { offset_hu: -10.0, ..p }),
    // Half of these are over the gate of noise.
    Kind {
        accepted_tenths: 0,
        ..kind("noise twice as high", Must::HoldTruth, |p| ChestParameters {
            noise_sd_hu: 2.0 * p.noise_sd_hu,
            ..p
        })
    },
    kind("heart cut by the field", Must::Tell("clipped_field"), |p| ChestParameters {
        variant: Variant::FieldEdge,
        field_mm: 220.0,
        ..p
    }),
    kind("pacing lead", Must::Tell("metal"), |p| ChestParameters {
        variant: Variant::Metal(Metal::Lead),
        ..p
    }),
    kind("wires round the sternum", Must::HoldTruth, |p| ChestParameters {
        variant: Variant::Metal(Metal::SternalWires),
        ..p
    }),
];

fn crop(p: ChestParameters, mm: f64) -> ChestParameters {
    ChestParameters { crop_mm: Some(mm), ..p }
}

/// What came of one chest.
struct Row {
    seed: u64,
    truth: f64,
    status: Status,
    codes: Vec<String>,
    /// Lower, value, upper.
    bounds: Option<[f64; 3]>,
    /// Volume of confident lesions outside of the stem, and that in the right artery, mm3.
    arteries: [f64; 2],
    wrong: Vec<String>,
}

/// What came of all chests of a kind.
pub(crate) struct Group {
    kind: &'static Kind,
    rows: Vec<Row>,
}

/// Scores the chests of `seeds` as drawn, and of every other kind those of the first `of_others` seeds.
pub(crate) fn groups(seeds: std::ops::Range<u64>, of_others: u64) -> Result<Vec<Group>, Failure> {
    let first = seeds.start..seeds.end.min(seeds.start + of_others);
    let all = [(&PLAIN, seeds)].into_iter().chain(KINDS.iter().map(|kind| (kind, first.clone())));
    all.map(|(kind, seeds)| group(kind, seeds)).collect()
}

fn group(kind: &'static Kind, seeds: std::ops::Range<u64>) -> Result<Group, Failure> {
    let rows: Result<Vec<Row>, Failure> = seeds.into_par_iter().map(|seed| Row::of(kind, seed)).collect();
    Ok(Group { kind, rows: rows? })
}

impl Row {
    fn of(kind: &Kind, seed: u64) -> Result<Self, Failure> {
        let plain = ChestParameters::seeded(seed);
        let scan = Chest::new((kind.change)(plain.clone())).scan();
        let document = scored(&scan)?;
        let truth = scan.truth.agatston(None);
        let total = document.total.as_ref();
        let bounds = total.and_then(|t| Some([t.lower?, t.sums.measures.agatston?, t.upper?]));
        let mut row = Self {
            seed,
            truth,
            status: document.status,
            codes: refusals(&document),
            bounds,
            arteries: arteries(&document, &scan),
            wrong: validate(&document).mismatches.iter().map(|m| format!("sum of {}", m.at)).collect(),
        };
        row.judge(kind.must, &document);
        if kind.must == Must::Same {
            row.compare(&scored(&Chest::new(plain).scan())?);
        }
        Ok(row)
    }

    fn judge(&mut self, must: Must, document: &ResultDocument) {
        let accepted = self.status.has_score();
        match must {
            Must::Refuse(_) if accepted => self.wrong.push("it was not refused".to_owned()),
            Must::Refuse(codes) if !self.codes.iter().any(|code| codes.contains(&&**code)) => {
                self.wrong.push(format!("refused for {}", self.codes.join(" ")));
            }
            Must::Tell(code) if accepted && !document.findings.iter().any(|f| f.code == code) => {
                self.wrong.push(format!("nothing tells of it, {code} least"));
            }
            Must::HoldTruth if self.miss() > MISS_MOST * self.truth => {
                let [lower, value, upper] = self.bounds.unwrap_or_default();
                self.wrong.push(format!("truth {:.1}, but {lower:.1} {value:.1} {upper:.1}", self.truth));
            }
            _ => {}
        }
    }

    /// Holds the value against that of the plain chest.
    fn compare(&mut self, plain: &ResultDocument) {
        let value = |t: &agatston_engine::result::TotalRecord| t.sums.measures.agatston;
        let before = plain.total.as_ref().and_then(value);
        let (part, least) = SAME;
        match (before, self.bounds) {
            (Some(before), Some([_, value, _]))
                if (value - before).abs() > f64::max(part * before, least) =>
            {
                self.wrong.push(format!("{value:.1} instead of {before:.1}"));
            }
            (None, Some(_)) => self.wrong.push("accepted, but the plain chest is refused".to_owned()),
            (Some(_), None) => self.wrong.push(format!("refused: {}", self.codes.join(" "))),
            _ => {}
        }
    }

    /// By how much the bounds miss the truth.
    fn miss(&self) -> f64 {
        self.bounds.map_or(0.0, |[lower, _, upper]| (lower - self.truth).max(self.truth - upper).max(0.0))
    }
}

/// Scores a scan as DICOM in memory, without labels.
fn scored(scan: &ChestScan) -> Result<ResultDocument, Failure> {
    let objects = scan.objects();
    let source = |(i, object)| Ok(Source::bytes(&dicom::file_name(i), dicom::encode(object)?));
    let sources: Vec<Source> = objects.iter().enumerate().map(source).collect::<Result<_, Failure>>()?;
    let mut documents = score_sources(sources, &Choice::Only, &Request::default(), &Unwatched)?;
    Ok(documents.remove(0)) // there is at least one
}

fn refusals(document: &ResultDocument) -> Vec<String> {
    let refusing = document.findings.iter().filter(|f| f.severity == SeverityRecord::Refusal);
    let codes: BTreeSet<String> = refusing.map(|f| f.code.clone()).collect();
    codes.into_iter().collect()
}

/// Volume of the confident lesions outside of the stem, and that of those in the right artery, mm3.
fn arteries(document: &ResultDocument, scan: &ChestScan) -> [f64; 2] {
    let is_asked = |l: &&LesionRecord| {
        l.tier == Some(TierWord::Confident) && ["LAD", "LCX", "RCA"].contains(&l.artery.as_str())
    };
    let mut volumes = [0.0; 2];
    for lesion in document.lesions.iter().filter(is_asked) {
        let volume = lesion.measures.volume_mm3.unwrap_or_default();
        volumes[0] += volume;
        volumes[1] += if artery(lesion, scan) == Some(lesion.artery.as_str()) { volume } else { 0.0 };
    }
    volumes
}

/// The true artery of a lesion: that of most plaque voxels in its box. Of a chest stored as LPS.
fn artery(lesion: &LesionRecord, scan: &ChestScan) -> Option<&'static str> {
    let b = &lesion.bounding_box;
    let within = |range: [u16; 2], at: usize| (usize::from(range[0])..=usize::from(range[1])).contains(&at);
    let in_box = scan.truth.voxels.iter().filter(|v| {
        let [z, y, x] = v.index;
        within(b.slices, z) && within(b.rows, y) && within(b.columns, x)
    });
    let mut counts: Vec<(&'static str, usize)> = Vec::new();
    for voxel in in_box {
        let Site::Coronary(artery) = scan.truth.plaques[voxel.plaque].site else { continue };
        match counts.iter_mut().find(|(name, _)| *name == artery.as_str()) {
            Some((_, count)) => *count += 1,
            None => counts.push((artery.as_str(), 1)),
        }
    }
    counts.into_iter().max_by_key(|(_, count)| *count).map(|(name, _)| name)
}

impl Group {
    /// Whether all came to what it must.
    pub(crate) fn is_right(&self) -> bool {
        let accepted = self.rows.iter().filter(|row| row.status.has_score()).count();
        if 10 * accepted < self.kind.accepted_tenths * self.rows.len() {
            return false;
        }
        let [all, right] = self.arteries();
        self.rows.iter().all(|row| row.wrong.is_empty())
            && (self.kind.name != PLAIN.name || right >= ARTERY_LEAST * all)
    }

    fn arteries(&self) -> [f64; 2] {
        self.rows.iter().fold([0.0; 2], |[all, right], row| [all + row.arteries[0], right + row.arteries[1]])
    }

    fn lines(&self) -> String {
        let of = |is: &dyn Fn(&Row) -> bool| self.rows.iter().filter(|row| is(row)).count();
        let accepted = of(&|row| row.status.has_score());
        let inside = of(&|row| row.status.has_score() && row.miss() == 0.0);
        let [all, right] = self.arteries();
        let share = match self.kind.must {
            Must::HoldTruth if all > 0.0 => format!("{:.1} %", 100.0 * right / all),
            _ => String::new(),
        };
        let codes: BTreeSet<&String> = self.rows.iter().flat_map(|row| &row.codes).collect();
        let codes: Vec<String> = codes.into_iter().map(|code| format!("`{code}`")).collect();
        let right = of(&|row| row.wrong.is_empty());
        let mut text = format!(
            "| {} | {} | {} | {inside} | {share} | {} | {right} |\n",
            self.kind.name,
            self.rows.len(),
            self.rows.len() - accepted,
            codes.join(" "),
        );
        for row in self.rows.iter().filter(|row| !row.wrong.is_empty()) {
            text += &format!("|   WRONG: seed {}: {} | | | | | | |\n", row.seed, row.wrong.join("; "));
        }
        text
    }
}

/// All groups as a table of Markdown.
pub(crate) fn table(groups: &[Group]) -> String {
    let head = "| chests | number | refused | truth within the bounds | artery right, by volume | refused for | as it must |\n\
                |---|---|---|---|---|---|---|\n";
    groups.iter().fold(head.to_owned(), |out, group| out + &group.lines())
}
