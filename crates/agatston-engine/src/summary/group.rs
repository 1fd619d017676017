//! The series with one kind of score, and what their numbers come to.

use super::{
    record::{
        ArterySummary, BoundsSummary, CategoryCount, DistributionRecord, GroupRecord, GroupWord, SizesSummary,
    },
    row::{Row, Wanted},
    statistics::{Counts, distribution, median, sum},
};
use agatston_core::{Category, RumbergerCategory};

/// The arteries of a summary.
const ARTERIES: [&str; 4] = ["LM", "LAD", "LCX", "RCA"];

const CATEGORIES: [Category; 4] = [Category::Zero, Category::Low, Category::Middle, Category::High];

const RUMBERGER: [RumbergerCategory; 5] = [
    RumbergerCategory::None,
    RumbergerCategory::Minimal,
    RumbergerCategory::Mild,
    RumbergerCategory::Moderate,
    RumbergerCategory::Extensive,
];

/// The numbers of a group that quantiles need, and counts.
#[derive(Debug, Default)]
pub(super) struct Group {
    series: u64,
    agatston: Vec<f64>,
    unknown: u64,
    categories: Counts<String>,
    rumberger: Counts<String>,
    widths: Vec<f64>,
    with_categories: u64,
    same_category: u64,
    arteries: [Artery; 4],
    of_no_one_artery: u64,
    sizes: Sizes,
}

#[derive(Debug, Default)]
struct Artery {
    separated: u64,
    /// Scores over 0.
    agatston: Vec<f64>,
}

#[derive(Debug, Default)]
struct Sizes {
    /// Agatston score of micro, and of both classes, of each series.
    micro: Vec<f64>,
    both: Vec<f64>,
    unknown: u64,
    micro_lesions: u64,
    macro_lesions: u64,
}

impl Group {
    /// Adds the total of a series.
    pub(super) fn add_total(&mut self, row: &Row) {
        self.series += 1;
        let agatston = row.number(Wanted::Agatston);
        match agatston {
            Some(agatston) => self.agatston.push(agatston),
            None => self.unknown += 1,
        }
        let category = row.text(Wanted::Category);
        let rumberger = agatston.filter(|_| category.is_some());
        self.rumberger.add(rumberger.map(|score| RumbergerCategory::of(score).as_str().to_owned()));
        self.categories.add(category);
        self.add_bounds(row);
        if agatston.is_some_and(|score| score > 0.0) {
            self.sizes.add(row);
        }
    }

    fn add_bounds(&mut self, row: &Row) {
        if let (Some(lower), Some(upper)) = (row.number(Wanted::Lower), row.number(Wanted::Upper)) {
            self.widths.push(upper - lower);
        }
        if let (Some(lower), Some(upper)) = (row.text(Wanted::CategoryLower), row.text(Wanted::CategoryUpper))
        {
            self.with_categories += 1;
            self.same_category += u64::from(lower == upper);
        }
    }

    /// Adds an artery of a series.
    pub(super) fn add_artery(&mut self, row: &Row) {
        let name = row.text(Wanted::Region);
        let known =
            ARTERIES.iter().zip(&mut self.arteries).find(|(artery, _)| name.as_deref() == Some(artery));
        let agatston = row.number(Wanted::Agatston).filter(|score| *score > 0.0);
        match known {
            None => self.of_no_one_artery += u64::from(agatston.is_some()),
            Some((_, artery)) if row.is(Wanted::Separated) => {
                artery.separated += 1;
                artery.agatston.extend(agatston);
            }
            Some(_) => {}
        }
    }

    /// What it comes to; `None` without a series.
    pub(super) fn finish(self, group: GroupWord) -> Option<GroupRecord> {
        if self.series == 0 {
            return None;
        }
        let is_coronary = group != GroupWord::Everything;
        let counted = |counts: &Counts<String>, names: &[&str]| {
            if is_coronary { in_order(counts, names) } else { Vec::new() }
        };
        let names = CATEGORIES.map(Category::as_str);
        let arteries = ARTERIES.iter().zip(self.arteries).filter(|_| is_coronary);
        let bounds = BoundsSummary {
            n: self.widths.len() as u64,
            median_width: median(self.widths),
            with_categories: self.with_categories,
            same_category: self.same_category,
        };
        let agatston: DistributionRecord = distribution(self.agatston, self.unknown);
        Some(GroupRecord {
            group,
            series: self.series,
            agatston,
            categories: counted(&self.categories, &names),
            categories_rumberger: counted(&self.rumberger, &RUMBERGER.map(RumbergerCategory::as_str)),
            bounds: (group == GroupWord::Provisional).then_some(bounds),
            arteries: arteries.map(|(name, artery)| artery.finish(name)).collect(),
            of_no_one_artery: self.of_no_one_artery,
            sizes: self.sizes.finish(),
        })
    }
}

/// Every category of a scale, also without a series, then what is of none of them.
fn in_order(counts: &Counts<String>, names: &[&str]) -> Vec<CategoryCount> {
    let seen = counts.most_first();
    let of = |name: &str| seen.iter().find(|(key, _)| key.as_deref() == Some(name)).map_or(0, |(_, n)| *n);
    let known =
        names.iter().map(|name| CategoryCount { category: Some((*name).to_owned()), series: of(name) });
    let odd = seen.iter().filter(|(key, _)| key.as_deref().is_none_or(|key| !names.contains(&key)));
    let odd = odd.map(|(key, series)| CategoryCount { category: key.clone(), series: *series });
    known.chain(odd).collect()
}

impl Artery {
    fn finish(self, name: &str) -> ArterySummary {
        ArterySummary {
            artery: name.to_owned(),
            separated: self.separated,
            with_calcium: self.agatston.len() as u64,
            median: median(self.agatston),
        }
    }
}

impl Sizes {
    fn add(&mut self, row: &Row) {
        let scores = (row.number(Wanted::MicroAgatston), row.number(Wanted::MacroAgatston));
        let (Some(micro), Some(large)) = scores else {
            self.unknown += 1;
            return;
        };
        self.micro.push(micro);
        self.both.push(micro + large);
        self.micro_lesions += row.count(Wanted::MicroLesions).unwrap_or_default();
        self.macro_lesions += row.count(Wanted::MacroLesions).unwrap_or_default();
    }

    fn finish(self) -> SizesSummary {
        let pairs = self.micro.iter().zip(&self.both);
        let shares: Vec<f64> = pairs.filter(|(_, both)| **both > 0.0).map(|(m, both)| m / both).collect();
        let n = self.both.len() as u64;
        let (micro, both) = (sum(self.micro), sum(self.both));
        SizesSummary {
            n,
            unknown: self.unknown,
            micro_lesions: self.micro_lesions,
            macro_lesions: self.macro_lesions,
            micro_share_median: median(shares),
            micro_share_pooled: (both > 0.0).then(|| micro / both),
        }
    }
}
