//! The summary of a cohort for people and for programs: one page of 80 columns, and JSON.

use crate::{
    result::SeverityRecord,
    shown_text::PROVISIONAL,
    summary::record::{
        BoundsSummary, CategoryCount, DistributionRecord, GroupRecord, NamedCount, NumberCount, Summary,
        category_names,
    },
    writers::{
        page::{Ink, Page},
        table::{clip, end},
        text::{WIDTH, hanging},
    },
};

/// Width of the column of names.
const NAME: usize = 24;
/// Longest name that is shown of what a file may call as it likes.
const LONGEST_NAME: usize = 40;
/// Names of a list on one line.
pub(crate) const NAMES_MAX: usize = 6;
/// Findings, and codes of refusals, that a page lists.
pub(crate) const CODES_MAX: usize = 12;

/// The summary as JSON, indented, with a final newline.
pub fn json(summary: &Summary) -> String {
    let text = serde_json::to_string_pretty(summary);
    text.expect("a document of numbers and words can always be written") + "\n"
}

/// The summary on 80 columns.
pub fn table(s: &Summary) -> Page {
    let mut out = Page::of(Ink::Heading, "Summary of calcium scores\n");
    if s.series.all == 0 {
        out += "\nThe table has no series.\n";
        out += &end();
        return out;
    }
    for block in [series, scores, categories, arteries, sizes, findings, scans] {
        out.append(block(s));
    }
    out += &end();
    out
}

/// A share in percent; a dash of nothing.
pub(crate) fn percent(part: u64, of: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "no table has 2^53 rows")]
    let share = (of > 0).then(|| part as f64 / of as f64);
    share_percent(share)
}

/// The same of a share from 0 to 1.
pub(crate) fn share_percent(share: Option<f64>) -> String {
    share.map_or_else(|| "-".to_owned(), |share| format!("{:.1} %", 100.0 * share))
}

/// What is known of a distribution, in words and in order.
pub(crate) fn quantiles(d: &DistributionRecord) -> [(&'static str, Option<f64>); 6] {
    [
        ("minimum", d.minimum),
        ("lower quartile", d.lower_quartile),
        ("median", d.median),
        ("upper quartile", d.upper_quartile),
        ("90th percentile", d.percentile_90),
        ("maximum", d.maximum),
    ]
}

/// Names with their counts, some of many.
pub(crate) fn listed(counts: &[NamedCount], most: usize) -> Vec<String> {
    let name = |c: &NamedCount| c.name.as_deref().map_or("not known".to_owned(), |n| clip(n, LONGEST_NAME));
    some_of(counts.iter().map(|c| (name(c), c.series)), most)
}

/// The same of numbers with a unit.
pub(crate) fn listed_numbers(counts: &[NumberCount], unit: &str, most: usize) -> Vec<String> {
    let name = |c: &NumberCount| c.value.map_or("not known".to_owned(), |x| format!("{x} {unit}"));
    some_of(counts.iter().map(|c| (name(c), c.series)), most)
}

fn some_of(all: impl ExactSizeIterator<Item = (String, u64)>, most: usize) -> Vec<String> {
    let left_out = all.len().saturating_sub(most);
    let mut out: Vec<String> = all.take(most).map(|(name, n)| format!("{name}: {n}")).collect();
    if left_out > 0 {
        out.push(format!("and {left_out} more"));
    }
    out
}

/// Lines that hang on `first` and break between the items of a list.
fn hanging_list(first: &str, items: &[String]) -> String {
    let mut lines = vec![first.to_owned()];
    for (i, item) in items.iter().enumerate() {
        let item = if i + 1 < items.len() { format!("{item}, ") } else { item.clone() };
        let width = lines.last().map_or(0, |line| line.chars().count());
        if i > 0 && width + item.trim_end().chars().count() > WIDTH {
            lines.push(" ".repeat(first.chars().count()));
        }
        lines.iter_mut().last().into_iter().for_each(|line| *line += &item);
    }
    lines.iter().map(|line| format!("{}\n", line.trim_end())).collect()
}

/// What to know before a number of the page is used; each is a sentence.
pub(crate) fn cautions(s: &Summary) -> Vec<String> {
    let mut out = Vec::new();
    let is = |n: u64| if n == 1 { "is" } else { "are" };
    let (duplicates, regions) = (s.series.duplicates, s.series.without_total);
    if duplicates > 0 {
        out.push(format!(
            "{duplicates} of {} series {} told to be a copy of another one (duplicate_series). None is left out: each is in every count.",
            s.series.all,
            is(duplicates)
        ));
    }
    if s.scans.protocol_hashes > 1 {
        out.push(format!(
            "The series were scored by {} different sets of choices: their scores are not comparable.",
            s.scans.protocol_hashes
        ));
    }
    if regions > 0 {
        out.push(format!(
            "{regions} series {} scored by region alone: without a total, and in no score below.",
            is(regions)
        ));
    }
    out
}

/// What the bounds of provisional scores say.
pub(crate) fn bounds_words(b: &BoundsSummary) -> String {
    let width = b.median_width.map_or_else(|| "-".to_owned(), |x| format!("{x:.2}"));
    format!(
        "median width {width} (n = {}); the category is the same over the bounds of {} of {} ({})",
        b.n,
        b.same_category,
        b.with_categories,
        percent(b.same_category, b.with_categories)
    )
}

fn series(s: &Summary) -> Page {
    let c = &s.series;
    let mut out = Page::of(Ink::Heading, &format!("\n{:<NAME$}{:>8}\n", "Series", c.all));
    for (name, n) in [("scored", c.scored), ("provisional", c.provisional), ("refused", c.refused)] {
        out += &format!("  {name:<22}{n:>8}{:>10}\n", percent(n, c.all));
    }
    if !c.refusals.is_empty() {
        out += &hanging_list("  refused for  ", &listed(&c.refusals, CODES_MAX));
    }
    if !c.assigned_by.is_empty() {
        out += &hanging_list("  scored by    ", &listed(&c.assigned_by, CODES_MAX));
    }
    for caution in cautions(s) {
        out.hang(Ink::Warning, "  note  ", &caution);
    }
    out
}

fn heads(s: &Summary, title: &str) -> Page {
    let heads: String = s.groups.iter().map(|g| format!("{:>16}", g.group.as_str())).collect();
    Page::of(Ink::Heading, &format!("\n{title:<NAME$}{heads}\n"))
}

/// A line with a cell a group.
fn line(s: &Summary, name: &str, cell: impl Fn(&GroupRecord) -> String) -> String {
    let cells: String = s.groups.iter().map(|g| format!("{:>16}", cell(g))).collect();
    format!("  {name:<22}{cells}\n")
}

fn number(x: Option<f64>) -> String {
    x.map_or_else(|| "-".to_owned(), |x| format!("{x:.2}"))
}

fn scores(s: &Summary) -> Page {
    if s.groups.is_empty() {
        return Page::default();
    }
    let mut out = heads(s, "Agatston score");
    out += &line(s, "n", |g| g.agatston.n.to_string());
    if s.groups.iter().any(|g| g.agatston.unknown > 0) {
        out += &line(s, "without a number", |g| g.agatston.unknown.to_string());
    }
    out += &line(s, "exactly 0", |g| {
        format!("{} {:>8}", g.agatston.zero, percent(g.agatston.zero, g.agatston.n))
    });
    for (i, (name, _)) in quantiles(&DistributionRecord::default()).into_iter().enumerate() {
        out += &line(s, name, |g| number(quantiles(&g.agatston)[i].1));
    }
    for bounds in s.groups.iter().filter_map(|g| g.bounds.as_ref()) {
        out.hang(Ink::Warning, "  provisional: ", &format!("{PROVISIONAL}."));
        out += &hanging("  its bounds:  ", &format!("{}.", bounds_words(bounds)));
    }
    out
}

fn categories(s: &Summary) -> Page {
    let groups = s.coronary();
    let mut out = scale("Category, CAC-DRS", &groups, |g| &g.categories);
    out.append(scale("Rumberger et al.", &groups, |g| &g.categories_rumberger));
    out
}

/// Longest bar, which stands for all series of a group.
const BAR: usize = 12;

fn scale(title: &str, groups: &[&GroupRecord], of: impl Fn(&GroupRecord) -> &[CategoryCount]) -> Page {
    if groups.is_empty() {
        return Page::default();
    }
    let heads: String = groups.iter().map(|g| format!("{:>17}{:<13}", g.group.as_str(), "")).collect();
    let mut out = Page::of(Ink::Heading, &format!("\n{}\n", format!("{title:<18}{heads}").trim_end()));
    for name in category_names(groups, &of) {
        let shown = name.map_or("not given".to_owned(), |name| clip(name, 15));
        let cells: String = groups.iter().map(|g| cells(g, of(g), name)).collect();
        out += &format!("{}\n", format!("  {shown:<16}{cells}").trim_end());
    }
    out
}

/// How many series of a group are of a category, with a bar.
fn cells(group: &GroupRecord, counts: &[CategoryCount], name: Option<&str>) -> String {
    let n = counts.iter().find(|c| c.category.as_deref() == name).map_or(0, |c| c.series);
    format!("{n:>8}{:>9} {:<12}", percent(n, group.series), bar(n, group.series))
}

/// A bar; what is there has a sign at least.
fn bar(n: u64, of: u64) -> String {
    let (n, of, longest) = (u128::from(n), u128::from(of.max(1)), BAR as u128);
    let signs = (n * longest + of / 2) / of;
    "#".repeat(usize::try_from(signs.max(u128::from(n > 0))).unwrap_or(BAR))
}

fn arteries(s: &Summary) -> Page {
    let groups = s.coronary();
    let Some(first) = groups.first() else { return Page::default() };
    let names: String = groups.iter().map(|g| format!("{:>36}", g.group.as_str())).collect();
    let heads = format!("{:>11}{:>16}{:>9}", "told apart", "with calcium", "median");
    let heads = heads.repeat(groups.len());
    let mut out = Page::of(Ink::Heading, &format!("\n{:<8}{names}\n{:<8}{heads}\n", "Artery", ""));
    for (i, artery) in first.arteries.iter().enumerate() {
        let cells = groups.iter().filter_map(|g| g.arteries.get(i)).map(|a| {
            let calcium = format!("{} {:>8}", a.with_calcium, percent(a.with_calcium, a.separated));
            format!("{:>11}{calcium:>16}{:>9}", a.separated, number(a.median))
        });
        out += &format!("  {:<6}{}\n", artery.artery, cells.collect::<String>());
    }
    out += "  Median of the Agatston scores of the artery that are over 0.\n";
    for group in groups.iter().filter(|group| group.of_no_one_artery > 0) {
        let (n, of) = (group.of_no_one_artery, group.series);
        out += &format!(
            "  {}: {n} of {of} have calcium of no one artery (as LM/LAD/LCX).\n",
            group.group.as_str()
        );
    }
    out
}

fn sizes(s: &Summary) -> Page {
    let mut out = Page::default();
    if !s.groups.is_empty() {
        out.append(heads(s, "Share of micro lesions"));
        out += &line(s, "series with calcium", |g| g.sizes.n.to_string());
        if s.groups.iter().any(|g| g.sizes.unknown > 0) {
            out += &line(s, "of unknown sizes", |g| g.sizes.unknown.to_string());
        }
        out += &line(s, "of a score, median", |g| share_percent(g.sizes.micro_share_median));
        out += &line(s, "of the sum of scores", |g| share_percent(g.sizes.micro_share_pooled));
        out += &line(s, "lesions, micro", |g| g.sizes.micro_lesions.to_string());
        out += &line(s, "lesions, macro", |g| g.sizes.macro_lesions.to_string());
    }
    out
}

fn findings(s: &Summary) -> Page {
    let mut out = Page::of(Ink::Heading, "\nFindings, by series\n");
    if s.findings.is_empty() {
        out += "  none\n";
    }
    for f in s.findings.iter().take(CODES_MAX) {
        let ink = match f.severity {
            SeverityRecord::Refusal => Ink::Refusal,
            SeverityRecord::Warning => Ink::Warning,
            SeverityRecord::Info => Ink::Info,
        };
        out.add(ink, &format!("  {:<9}", f.severity.as_str()));
        let n = format!("{:>8}{:>9}", f.series, percent(f.series, s.series.all));
        out += &format!("{n}  {}\n", clip(&f.code, WIDTH - 30));
    }
    let left_out = s.findings.len().saturating_sub(CODES_MAX);
    if left_out > 0 {
        out += &format!("  and {left_out} more, with --format json\n");
    }
    out
}

/// How the series were scanned and scored, a line each.
pub(crate) fn scan_lines(s: &Summary) -> [(&'static str, Vec<String>); 5] {
    let scans = &s.scans;
    [
        ("Slice thickness", listed_numbers(&scans.slice_thickness_mm, "mm", NAMES_MAX)),
        ("Tube voltage", listed_numbers(&scans.kvp, "kV", NAMES_MAX)),
        ("Manufacturer", listed(&scans.manufacturers, NAMES_MAX)),
        ("Protocol", listed(&scans.protocols, NAMES_MAX)),
        ("Program", listed(&scans.engine_versions, NAMES_MAX)),
    ]
}

fn scans(s: &Summary) -> Page {
    let mut out = Page::of(Ink::Heading, "\nScans, by series\n");
    for (name, items) in scan_lines(s) {
        out += &hanging_list(&format!("  {name:<17}"), &items);
    }
    let noise = s.noise_hu.as_ref().map_or_else(
        || "not measured in any series.".to_owned(),
        |n| {
            let of = format!("n = {} of {}", n.n, s.series.all);
            format!("median {:.1} HU, from {:.1} to {:.1} ({of}).", n.median, n.minimum, n.maximum)
        },
    );
    out += &format!("  {:<17}{noise}\n", "Noise of blood");
    out
}
