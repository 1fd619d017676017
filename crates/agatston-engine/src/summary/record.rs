//! The summary, `agatston.summary/1`: what a table of scores holds, in one document.

use crate::result::{EngineRecord, SeverityRecord};
use schemars::JsonSchema;
use serde::Serialize;

/// Name and version of the form of this document.
pub const SUMMARY_SCHEMA: &str = "agatston.summary/1";

/// A cohort: counts, distributions, findings and scans of a table of scores.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Summary {
    /// `agatston.summary/1`.
    pub schema: String,
    /// The program that summed up.
    pub engine: EngineRecord,
    /// How many series there are, and what became of them.
    pub series: SeriesCounts,
    /// Distributions of the series with a total: `scored`, `provisional` and `everything`, each alone; only those that there are.
    pub groups: Vec<GroupRecord>,
    /// Noise of blood, HU, of every series where it was measured, refused ones too; null without one.
    pub noise_hu: Option<SpreadRecord>,
    /// Findings: warnings first, then refusals and infos, the most frequent first.
    pub findings: Vec<FindingCount>,
    /// How the series were scanned and scored.
    pub scans: ScansRecord,
}

impl Summary {
    /// Groups of coronary scores: the only ones with categories and arteries.
    pub(crate) fn coronary(&self) -> Vec<&GroupRecord> {
        self.groups.iter().filter(|g| !g.categories.is_empty()).collect()
    }
}

/// Series by what became of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SeriesCounts {
    /// Rows of kind `total`.
    pub all: u64,
    /// Those that are scored.
    pub scored: u64,
    /// Those with a provisional score.
    pub provisional: u64,
    /// Those that were refused.
    pub refused: u64,
    /// The refused by the code of their first reason, the most frequent first.
    pub refusals: Vec<NamedCount>,
    /// Those with a score by whose decision the arteries are, the most frequent first.
    pub assigned_by: Vec<NamedCount>,
    /// Those scored by region alone: they have no total and are in no group.
    pub without_total: u64,
    /// Those with the finding `duplicate_series`. They are in every other count.
    pub duplicates: u64,
}

/// How many series have a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct NamedCount {
    /// The name; null where it is not known.
    pub name: Option<String>,
    /// How many series.
    pub series: u64,
}

/// How many series have a number.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct NumberCount {
    /// The number; null where it is not known.
    pub value: Option<f64>,
    /// How many series.
    pub series: u64,
}

/// What kind of score a group has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum GroupWord {
    /// Coronary scores by labels or a reader.
    Scored,
    /// Coronary scores by rules about the anatomy.
    Provisional,
    /// Everything over the threshold: no coronary score.
    Everything,
}

impl GroupWord {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Scored, Self::Provisional, Self::Everything];

    /// The word used in every output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Scored => "scored",
            Self::Provisional => "provisional",
            Self::Everything => "everything",
        }
    }
}

/// The scores of one kind.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct GroupRecord {
    /// `scored`, `provisional` or `everything`.
    pub group: GroupWord,
    /// How many series.
    pub series: u64,
    /// Agatston scores of the totals.
    pub agatston: DistributionRecord,
    /// Series by the column `category`, the bounds of CAC-DRS, the lowest first, those without one last; empty for `everything`.
    pub categories: Vec<CategoryCount>,
    /// The same by the bounds of Rumberger et al., 1999, from the unrounded score of the series that have a category.
    pub categories_rumberger: Vec<CategoryCount>,
    /// Bounds of provisional scores; null for the others.
    pub bounds: Option<BoundsSummary>,
    /// LM, LAD, LCX and RCA; empty for `everything`.
    pub arteries: Vec<ArterySummary>,
    /// Series with coronary calcium of no one artery: in `LM/LAD/LCX` of a provisional score, or in `coronary`.
    pub of_no_one_artery: u64,
    /// Micro- and macrocalcification.
    pub sizes: SizesSummary,
}

/// A distribution. Quantiles lie on straight lines between ordered values (type 7 of Hyndman and Fan, 1996, as in R and NumPy).
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct DistributionRecord {
    /// How many series have a score.
    pub n: u64,
    /// How many of the group have none.
    pub unknown: u64,
    /// How many scores are 0.
    pub zero: u64,
    /// The smallest; null without a score, as all below.
    pub minimum: Option<f64>,
    /// A quarter is up to this.
    pub lower_quartile: Option<f64>,
    /// Half is up to this.
    pub median: Option<f64>,
    /// Three quarters are up to this.
    pub upper_quartile: Option<f64>,
    /// Nine tenths are up to this.
    pub percentile_90: Option<f64>,
    /// The largest.
    pub maximum: Option<f64>,
}

/// How many series are of a category.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CategoryCount {
    /// The category; null for series whose category a finding took away.
    pub category: Option<String>,
    /// How many series.
    pub series: u64,
}

/// The categories that any of the groups has, each once; `None`, for those that are not given, comes last.
pub(crate) fn category_names<'a>(
    groups: &[&'a GroupRecord],
    of: impl Fn(&'a GroupRecord) -> &'a [CategoryCount],
) -> Vec<Option<&'a str>> {
    let mut names = Vec::new();
    for name in groups.iter().flat_map(|g| of(g)).map(|count| count.category.as_deref()) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.sort_by_key(Option::is_none); // stable: the others stay in their order
    names
}

/// Bounds of provisional scores.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct BoundsSummary {
    /// How many series have both bounds.
    pub n: u64,
    /// Median of the upper less the lower bound; null without one.
    pub median_width: Option<f64>,
    /// How many series have a category at both bounds.
    pub with_categories: u64,
    /// How many of these have the same category at both.
    pub same_category: u64,
}

/// One artery.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct ArterySummary {
    /// `LM`, `LAD`, `LCX` or `RCA`.
    pub artery: String,
    /// In how many series it is told apart.
    pub separated: u64,
    /// In how many of these its score is over 0.
    pub with_calcium: u64,
    /// Median Agatston score of those with calcium; null without one.
    pub median: Option<f64>,
}

/// Micro- and macrocalcification of series whose total is over 0.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct SizesSummary {
    /// How many series have calcium and both size classes.
    pub n: u64,
    /// How many have calcium, and their size classes are not known.
    pub unknown: u64,
    /// Lesions of the class `micro`, of all `n`.
    pub micro_lesions: u64,
    /// Lesions of the class `macro`.
    pub macro_lesions: u64,
    /// Median of the part of the Agatston score that is of micro lesions, 0 to 1; null without calcium.
    pub micro_share_median: Option<f64>,
    /// That part of the sum of all scores, 0 to 1; null without calcium.
    pub micro_share_pooled: Option<f64>,
}

/// How a number spreads.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct SpreadRecord {
    /// How many series have it.
    pub n: u64,
    /// The smallest.
    pub minimum: f64,
    /// The middle.
    pub median: f64,
    /// The largest.
    pub maximum: f64,
}

/// How many series have a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FindingCount {
    /// How much it matters.
    pub severity: SeverityRecord,
    /// Its stable code.
    pub code: String,
    /// How many series, each counted once.
    pub series: u64,
}

/// How the series were scanned and scored: each list the most frequent first, what is not known last.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct ScansRecord {
    /// SliceThickness, mm.
    pub slice_thickness_mm: Vec<NumberCount>,
    /// Tube voltage, kV.
    pub kvp: Vec<NumberCount>,
    /// Manufacturers.
    pub manufacturers: Vec<NamedCount>,
    /// Protocols by name. Scores of different ones are not comparable.
    pub protocols: Vec<NamedCount>,
    /// How many different sets of choices these are, by `protocol_hash`.
    pub protocol_hashes: u64,
    /// Versions of the program that scored.
    pub engine_versions: Vec<NamedCount>,
}
