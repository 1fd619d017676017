//! Pairs of phantom scans with a known change, compared through the whole engine and held against the truth.
//!
//! ```text
//! recipe -> both scans as DICOM in memory -> score by the arteries' regions -> compare
//!        verdict     one of those that the truth allows
//!        lesions     true relations (persistent, new, vanished, merged) found, of these or of the matches, whichever are more
//!        both ways   every change of a part negates exactly; a scan and itself do not differ
//!        sums        each result adds up
//! ```

use crate::failure::Failure;
use agatston_engine::{
    Assign, Choice, CompareRequest, Comparison, Request, Side, Source, Unwatched, Verdict, compare,
    comparison::{ChangeRecord, MatchRecord},
    score_source_sides, validate,
};
use agatston_phantom::{
    dicom,
    pairs::{Kind, Pair, Plaque, Recipe, Relation, Scan, Truth, recipes},
};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Most totals of unchanged pairs that may be outside noise, percent.
const UNCHANGED_OUTSIDE_MAX_PERCENT: usize = 5;

/// Least true relations of lesions that must be found, percent.
const RELATIONS_MIN_PERCENT: usize = 95;

/// What came of one pair.
struct Row {
    name: String,
    verdict: &'static str,
    is_right: bool,
    relations: usize,
    found: usize,
    /// What is wrong whatever the truth is.
    wrong: Vec<String>,
}

/// What came of all pairs of a kind.
pub(crate) struct Group {
    kind: Kind,
    rows: Vec<Row>,
}

/// Compares the first `most` pairs of a kind, or all.
pub(crate) fn group(kind: Kind, most: Option<u32>) -> Result<Group, Failure> {
    let most = most.and_then(|most| usize::try_from(most).ok());
    let count = most.unwrap_or(usize::MAX).min(kind.count());
    let recipes: Vec<Recipe> = recipes(kind, count).collect();
    let rows: Result<Vec<Row>, Failure> = recipes.par_iter().map(|r| Row::of(&r.build())).collect();
    Ok(Group { kind, rows: rows? })
}

impl Row {
    fn of(pair: &Pair) -> Result<Self, Failure> {
        let [baseline, followup] = [side(&pair.baseline)?, side(&pair.followup)?];
        let request = CompareRequest::default();
        let forth = compare(&baseline, &followup, &request);
        let mut wrong = Vec::new();
        for side in [&baseline, &followup] {
            if !side.document.status.has_score() {
                wrong.push(format!("refused: {:?}", side.document.refusal.as_ref().map(|r| &r.code)));
            }
            wrong.extend(validate(&side.document).mismatches.iter().map(|m| format!("sum of {}", m.at)));
            let own = compare(side, side, &request);
            wrong.extend((!is_unchanged(&own)).then(|| "a scan differs from itself".to_owned()));
        }
        wrong.extend(
            (!negate(&forth, &compare(&followup, &baseline, &request)))
                .then(|| "the other way round is not the opposite".to_owned()),
        );
        let verdict = forth.verdict.map_or("none", Verdict::as_str);
        let sides = Sides { baseline: &baseline, followup: &followup, truth: &pair.truth };
        Ok(Self {
            name: pair.name.clone(),
            verdict,
            is_right: pair.truth.verdicts.contains(&verdict),
            // A match that the truth does not have is a miss as much as one that is not found.
            relations: pair.truth.relations.len().max(forth.lesions.len()),
            found: pair.truth.relations.iter().filter(|r| sides.holds(r, &forth.lesions)).count(),
            wrong,
        })
    }
}

/// Scores a scan as DICOM in memory, through the loader.
fn side(scan: &Scan) -> Result<Side, Failure> {
    let objects = dicom::slice_objects(&scan.volume, &scan.header);
    let source = |(i, object)| Ok(Source::bytes(&dicom::file_name(i), dicom::encode(object)?));
    let sources: Vec<Source> = objects.iter().enumerate().map(source).collect::<Result<_, Failure>>()?;
    let request = Request { assign: Assign::from_regions_json(&scan.regions_json)?, ..Request::default() };
    let mut sides = score_source_sides(sources, &Choice::Only, &request, &Unwatched)?;
    Ok(sides.remove(0)) // there is at least one
}

/// Whether nothing changed at all.
fn is_unchanged(comparison: &Comparison) -> bool {
    let within = [Verdict::WithinScanRescanNoise, Verdict::NoCalcium];
    let zero = |c: &ChangeRecord| c.difference.is_none_or(|d| d == 0.0);
    comparison.verdict.is_some_and(|v| within.contains(&v))
        && comparison.parts.iter().all(|p| zero(&p.changes.agatston) && zero(&p.changes.volume_mm3))
}

/// Whether every change of one is that of the other with its sign changed, to the last bit.
fn negate(forth: &Comparison, back: &Comparison) -> bool {
    let changes = |c: &Comparison| -> Vec<Option<f64>> {
        let of = |c: &ChangeRecord| [c.difference, c.relative];
        let part = |p: &agatston_engine::comparison::PartRecord| {
            let c = &p.changes;
            let all =
                [&c.agatston, &c.volume_mm3, &c.mass_mg, &c.volume_half_maximum_mm3, &c.area_mm2, &c.density];
            let split = p.decomposition.as_ref();
            let split = [split.map(|d| d.by_area), split.map(|d| d.by_density)];
            all.into_iter().flat_map(of).chain(split).collect::<Vec<_>>()
        };
        c.parts.iter().flat_map(part).collect()
    };
    let back: Vec<Option<f64>> = changes(back).into_iter().map(|x| x.map(|x| 0.0 - x)).collect();
    let forth: Vec<Option<f64>> = changes(forth).into_iter().map(|x| x.map(|x| x + 0.0)).collect();
    forth == back
}

/// Both scans and what truly lies between them.
struct Sides<'a> {
    baseline: &'a Side,
    followup: &'a Side,
    truth: &'a Truth,
}

impl Sides<'_> {
    /// Whether a true relation was found: a match of its kind, of as many lesions, each in a plaque of its own part.
    fn holds(&self, relation: &Relation, matches: &[MatchRecord]) -> bool {
        let plaques =
            |ids: &[String], side, at| ids.iter().map(|id| self.plaque(id, side, at)).collect::<Vec<_>>();
        matches.iter().any(|m| {
            m.kind.as_str() == relation.fate.as_str()
                && is_same(&relation.baseline, &plaques(&m.baseline, self.baseline, |p| p[0]))
                && is_same(&relation.followup, &plaques(&m.followup, self.followup, |p| p[1]))
        })
    }

    /// The plaque whose surface is nearest to the centroid of a lesion.
    fn plaque(&self, id: &str, side: &Side, at: fn([Option<Plaque>; 2]) -> Option<Plaque>) -> Option<usize> {
        let centre = side.document.lesions.iter().find(|l| l.id == id)?.centroid_lps_mm;
        let plaques = self.truth.plaques.iter().enumerate();
        let distances =
            plaques.filter_map(|(i, p)| Some((i, at([p.baseline, p.followup])?.distance_mm(centre))));
        distances.min_by(|a, b| a.1.total_cmp(&b.1)).map(|(i, _)| i)
    }
}

/// Whether each lesion is in another of the groups of plaques, and every group has one.
fn is_same(groups: &[Vec<usize>], lesions: &[Option<usize>]) -> bool {
    let holds = |group: &Vec<usize>| lesions.iter().flatten().filter(|p| group.contains(p)).count() == 1;
    groups.len() == lesions.len() && groups.iter().all(holds)
}

impl Group {
    fn right(&self) -> usize {
        self.rows.iter().filter(|row| row.is_right).count()
    }

    /// What the pairs of a kind must show.
    pub(crate) fn is_right(&self) -> bool {
        let outside = self.rows.len() - self.right();
        let verdicts = match self.kind {
            Kind::Unchanged => {
                let reversal = Verdict::ApparentReversal.as_str();
                self.rows.iter().all(|row| row.verdict != reversal)
                    && outside * 100 <= UNCHANGED_OUTSIDE_MAX_PERCENT * self.rows.len()
            }
            _ => outside == 0,
        };
        let (found, relations) = self.relations();
        verdicts
            && found * 100 >= RELATIONS_MIN_PERCENT * relations
            && self.rows.iter().all(|row| row.wrong.is_empty())
    }

    fn relations(&self) -> (usize, usize) {
        (self.rows.iter().map(|r| r.found).sum(), self.rows.iter().map(|r| r.relations).sum())
    }

    /// One line of the table, the verdicts, and every pair that is not as the truth has it.
    fn text(&self) -> String {
        let (found, relations) = self.relations();
        let mut verdicts: BTreeMap<&str, usize> = BTreeMap::new();
        self.rows.iter().for_each(|row| *verdicts.entry(row.verdict).or_default() += 1);
        let verdicts: Vec<String> = verdicts.iter().map(|(verdict, n)| format!("{n} {verdict}")).collect();
        format!(
            "| {} | {} | {} | {} | {found} of {relations} | {} |\n",
            self.kind.as_str(),
            self.kind.about(),
            self.rows.len(),
            self.right(),
            verdicts.join(", ")
        )
    }

    fn misses(&self) -> String {
        let mut out = String::new();
        for row in &self.rows {
            if !row.is_right {
                out += &format!("- {}: {} is not what the truth allows\n", row.name, row.verdict);
            }
            if row.found < row.relations {
                out += &format!(
                    "- {}: {} of {} lesions found again rightly\n",
                    row.name, row.found, row.relations
                );
            }
            out.extend(row.wrong.iter().map(|wrong| format!("- {}: {wrong}\n", row.name)));
        }
        out
    }
}

/// The table of docs/validation.md.
pub(crate) fn table(groups: &[Group]) -> String {
    let head = "| kind | what lies between the scans | pairs | right | lesions | verdicts |\n|---|---|---|---|---|---|\n";
    let rows: String = groups.iter().map(Group::text).collect();
    let misses: String = groups.iter().map(Group::misses).collect();
    format!("{head}{rows}\n{misses}")
}
