//! A cohort as a page for people, which prints on one sheet: how many series, their scores, arteries, findings and scans.

use super::{
    classes::stripes,
    number::{cell, fixed},
    page::{Section, facts, scroll, sheet},
};
use crate::{
    shown_text::{CT_SEES, PROVISIONAL},
    summary::record::{CategoryCount, DistributionRecord, GroupRecord, GroupWord, Summary, category_names},
    writers::summary::{
        CODES_MAX, bounds_words, cautions, listed, percent, quantiles, scan_lines, share_percent,
    },
};
use maud::{Markup, html};

/// The page of a summary.
pub fn summary_page(s: &Summary) -> String {
    let mut sections = vec![Section::new("series", "Series", series(s))];
    if !s.groups.is_empty() {
        sections.push(Section::new("scores", "Agatston scores", scores(s)));
    }
    if !s.coronary().is_empty() {
        sections.push(Section::new("parts", "Arteries and sizes", parts(s)));
    }
    if s.series.all > 0 {
        sections.push(Section::new("findings", "Findings", findings(s)));
        sections.push(Section::new("scans", "Scans", facts(&scan_facts(s))));
    }
    sheet("Summary of calcium scores", "A table of scores on one page.", &sections)
}

fn series(s: &Summary) -> Markup {
    let c = &s.series;
    if c.all == 0 {
        return html! { div.verdict { p.figure.none { "The table has no series" } } };
    }
    let part = |n: u64| with_percent(n, c.all);
    let mut pairs =
        vec![("Scored", part(c.scored)), ("Provisional", part(c.provisional)), ("Refused", part(c.refused))];
    if !c.assigned_by.is_empty() {
        pairs.push(("Scored by", listed(&c.assigned_by, CODES_MAX).join(", ")));
    }
    if !c.refusals.is_empty() {
        pairs.push(("Refused for", listed(&c.refusals, CODES_MAX).join(", ")));
    }
    html! {
        div.verdict {
            p.figure { span.value { (c.all) } " " span.unit { "series" } }
            (facts(&pairs))
            @for caution in cautions(s) { p.caution { b { "Note: " } (caution) } }
        }
    }
}

/// A count and its share; of nothing there is no share.
fn with_percent(n: u64, of: u64) -> String {
    if of == 0 { n.to_string() } else { format!("{n} ({})", percent(n, of)) }
}

/// The word of a group, as a head of a column.
fn head(group: GroupWord) -> &'static str {
    match group {
        GroupWord::Scored => "Scored",
        GroupWord::Provisional => "Provisional",
        GroupWord::Everything => "Everything",
    }
}

fn scores(s: &Summary) -> Markup {
    let groups = s.coronary();
    html! {
        (stripes())
        div.columns {
            div {
                (scroll("Agatston scores", &distribution(s)))
                @if s.groups.iter().any(|g| g.group == GroupWord::Everything) {
                    p.note { b { "Everything" } ": all over the threshold, bone and valves too; no coronary score." }
                }
                @for bounds in s.groups.iter().filter_map(|g| g.bounds.as_ref()) {
                    p.note { b { "Provisional" } ": " (PROVISIONAL) ". Bounds: " (bounds_words(bounds)) "." }
                }
                @if !groups.is_empty() {
                    p.note { "Categories: a round bracket leaves its bound out, a square one takes it in. Bars are shares of all series of a column." }
                }
            }
            div {
                @if groups.is_empty() {
                    (sizes(s))
                    p.note { "There are no categories and no arteries. " (CT_SEES) }
                } @else {
                    (scroll("Categories", &scale("Category by the bounds of CAC-DRS", &groups, |g| &g.categories)))
                    (scroll("Categories of Rumberger", &scale("Category of Rumberger et al., 1999", &groups, |g| &g.categories_rumberger)))
                }
            }
        }
    }
}

/// A row of a table with a column a group: its name and its cells.
type NumberRow = (&'static str, Vec<String>);

fn number_row(s: &Summary, name: &'static str, of: impl Fn(&GroupRecord) -> String) -> NumberRow {
    (name, s.groups.iter().map(of).collect())
}

fn distribution(s: &Summary) -> Markup {
    let mut rows = vec![number_row(s, "n", |g| g.agatston.n.to_string())];
    if s.groups.iter().any(|g| g.agatston.unknown > 0) {
        rows.push(number_row(s, "without a number", |g| g.agatston.unknown.to_string()));
    }
    rows.push(number_row(s, "exactly 0", |g| with_percent(g.agatston.zero, g.agatston.n)));
    for (i, (name, _)) in quantiles(&DistributionRecord::default()).into_iter().enumerate() {
        rows.push(number_row(s, name, |g| fixed(quantiles(&g.agatston)[i].1, 2)));
    }
    group_table(s, "Agatston score of the total", &rows)
}

/// A table with a column a group.
fn group_table(s: &Summary, caption: &str, rows: &[NumberRow]) -> Markup {
    html! {
        table.dense {
            caption { span { (caption) } }
            thead { tr { th scope="col" { "" } @for g in &s.groups { th.n scope="col" { (head(g.group)) } } } }
            tbody { @for (name, cells) in rows { tr {
                th scope="row" { (name) }
                @for text in cells { (cell(text)) }
            } } }
        }
    }
}

fn scale(caption: &str, groups: &[&GroupRecord], of: impl Fn(&GroupRecord) -> &[CategoryCount]) -> Markup {
    html! {
        table.scale.dense {
            caption { span { (caption) } }
            thead { tr {
                th scope="col" { "" }
                @for g in groups { th.n scope="col" { (head(g.group)) } th scope="col" aria-label=(format!("{}, bar", head(g.group))) {} }
            } }
            tbody { @for name in category_names(groups, &of) { tr {
                th scope="row" { (name.unwrap_or("not given")) }
                @for g in groups {
                    @let n = of(g).iter().find(|c| c.category.as_deref() == name).map_or(0, |c| c.series);
                    (cell(&with_percent(n, g.series)))
                    td.barred { (bar(g.group, n, g.series)) }
                }
            } } }
        }
    }
}

/// A bar as long as the share of a group; striped where the scores are provisional.
fn bar(group: GroupWord, n: u64, of: u64) -> Markup {
    #[expect(clippy::cast_precision_loss, reason = "a length on a page")]
    let long = format!("{:.2}", 100.0 * n as f64 / of.max(1) as f64);
    html! {
        svg.bar viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" {
            rect.rail width="100" height="8" {}
            @if group == GroupWord::Provisional {
                rect.micro width=(long) height="8" fill="url(#stripes)" {}
            } @else {
                rect.macro width=(long) height="8" {}
            }
        }
    }
}

fn parts(s: &Summary) -> Markup {
    let groups = s.coronary();
    html! {
        div.columns.uneven {
            div {
                (scroll("Arteries", &arteries(&groups)))
                @for group in groups.iter().filter(|group| group.of_no_one_artery > 0) {
                    p.note {
                        (head(group.group)) ": " (with_percent(group.of_no_one_artery, group.series))
                        " have calcium of no one artery, as where LM, LAD and LCX part."
                    }
                }
                p.note { (CT_SEES) }
            }
            div { (sizes(s)) }
        }
    }
}

fn sizes(s: &Summary) -> Markup {
    let mut rows = vec![number_row(s, "series with calcium", |g| g.sizes.n.to_string())];
    if s.groups.iter().any(|g| g.sizes.unknown > 0) {
        rows.push(number_row(s, "of unknown sizes", |g| g.sizes.unknown.to_string()));
    }
    rows.push(number_row(s, "micro share, median", |g| share_percent(g.sizes.micro_share_median)));
    rows.push(number_row(s, "micro share of the sum", |g| share_percent(g.sizes.micro_share_pooled)));
    rows.push(number_row(s, "micro lesions", |g| g.sizes.micro_lesions.to_string()));
    rows.push(number_row(s, "macro lesions", |g| g.sizes.macro_lesions.to_string()));
    scroll("Sizes", &group_table(s, "Part of the Agatston score that is of micro lesions", &rows))
}

fn arteries(groups: &[&GroupRecord]) -> Markup {
    html! {
        table.dense {
            caption { span { "Series that tell an artery apart, those with calcium in it, their median" } }
            thead {
                tr { th scope="col" { "" } @for g in groups { th.n scope="colgroup" colspan="3" { (head(g.group)) } } }
                tr { th scope="col" { "Artery" } @for _ in groups {
                    @for head in ["Told apart", "Calcium", "Median"] { th.n scope="col" { (head) } }
                } }
            }
            tbody { @for (i, first) in groups.iter().take(1).flat_map(|g| g.arteries.iter().enumerate()) { tr {
                th.artery scope="row" { (first.artery) }
                @for a in groups.iter().filter_map(|g| g.arteries.get(i)) {
                    (cell(&a.separated.to_string()))
                    (cell(&with_percent(a.with_calcium, a.separated)))
                    (cell(&fixed(a.median, 2)))
                }
            } } }
        }
    }
}

fn findings(s: &Summary) -> Markup {
    let left_out = s.findings.len().saturating_sub(CODES_MAX);
    html! {
        @if s.findings.is_empty() {
            p { "Nothing was noticed." }
        } @else {
            ul.counts {
                @for f in s.findings.iter().take(CODES_MAX) {
                    li class=(f.severity.as_str()) {
                        span.severity { (f.severity.as_str()) } " " code { (f.code) } " "
                        span.n { (with_percent(f.series, s.series.all)) }
                    }
                }
            }
            @if left_out > 0 { p.note { "And " (left_out) " more, in the summary as JSON." } }
        }
    }
}

fn scan_facts(s: &Summary) -> Vec<(&'static str, String)> {
    let noise = s.noise_hu.as_ref().map_or_else(
        || "not measured".to_owned(),
        |n| format!("median {:.1} HU, {:.1} to {:.1} (n = {})", n.median, n.minimum, n.maximum, n.n),
    );
    scan_lines(s)
        .into_iter()
        .map(|(name, items)| (name, items.join(", ")))
        .chain([("Noise of blood", noise)])
        .collect()
}
