//! The tables of a comparison: how each part changed, of what the change is made, and which lesions are which.

use super::{
    number::{UNKNOWN, cell, fixed},
    page::scroll,
};
use crate::{
    comparison::{
        ChangeRecord, ChangesRecord, Comparison, MatchRecord, PartKind, PartRecord, PublishedRecord,
    },
    result::ClassWord,
};
use maud::{Markup, html};

/// Groups of lesions that a page lists.
const GROUPS_MAX: usize = 500;

/// A measure of the tables: caption and where it is.
type Measure = (&'static str, fn(&ChangesRecord) -> &ChangeRecord);

const MEASURES: [Measure; 4] = [
    ("Agatston score", |c| &c.agatston),
    ("Volume, mm³", |c| &c.volume_mm3),
    ("Mass, mg", |c| &c.mass_mg),
    ("Volume at half maximum, mm³", |c| &c.volume_half_maximum_mm3),
];

/// A verdict for each part, and how each measure changed.
pub(super) fn parts(c: &Comparison) -> Markup {
    html! {
        @for (name, of) in MEASURES { (scroll(name, &change_table(c, name, of))) }
        p.note {
            "Change is follow-up less baseline; relative to the mean of the two. Up to its limit the two may be of unchanged calcium. Mass "
            @if c.mass.calibrated { "calibrated" } @else { "uncalibrated" }
            ", " (c.mass.factor) " mg/cm³ per HU; its limit: " (c.mass.limit_source) "."
        }
    }
}

fn change_table(c: &Comparison, name: &str, of: fn(&ChangesRecord) -> &ChangeRecord) -> Markup {
    let is_score = name == MEASURES[0].0;
    html! {
        table {
            caption { span { (name) } }
            thead { tr {
                th scope="col" { "Part" }
                @for head in ["Baseline", "Follow-up", "Change", "Change, %", "Limit"] { th.n scope="col" { (head) } }
                th scope="col" { "Against the limit" }
                @if is_score { th scope="col" { "Verdict" } }
            } }
            tbody { @for part in ordered(c) {
                @let change = of(&part.changes);
                tr.total[part.kind == PartKind::Total] {
                    (part_name(part))
                    (cell(&fixed(change.baseline, 2))) (cell(&fixed(change.followup, 2)))
                    (cell(&signed(change.difference, 2)))
                    (cell(&signed(change.relative.map(|r| r * 100.0), 1)))
                    (cell(&fixed(change.limit, 2)))
                    td { (match change.beyond { Some(true) => "beyond", Some(false) => "within", None => UNKNOWN }) }
                    @if is_score { td { (words(part.verdict.verdict.as_str())) } }
                }
            } }
        }
    }
}

/// Arteries, the total, then what is in no total.
fn ordered(c: &Comparison) -> impl Iterator<Item = &PartRecord> {
    let of = |kind| c.parts.iter().filter(move |part| part.kind == kind);
    of(PartKind::Artery).chain(of(PartKind::Total)).chain(of(PartKind::Region))
}

fn part_name(part: &PartRecord) -> Markup {
    let name = if part.kind == PartKind::Total { "Total" } else { part.name.as_str() };
    html! { th scope="row" { (name) @if part.kind == PartKind::Region { " (in no total)" } } }
}

/// The change of the score by area and density, and by lesions.
pub(super) fn decomposition(c: &Comparison) -> Markup {
    let table = html! {
        table {
            caption { span { "Change of the Agatston score, taken apart twice; each time the parts add up to it." } }
            thead { tr {
                th scope="col" { "Part" }
                @for head in ["By area", "By density", "Existing lesions", "New lesions", "Vanished lesions"] {
                    th.n scope="col" { (head) }
                }
            } }
            tbody { @for part in ordered(c) {
                @let (d, l) = (part.decomposition.as_ref(), part.by_lesion.as_ref());
                tr.total[part.kind == PartKind::Total] {
                    (part_name(part))
                    (cell(&signed(d.map(|d| d.by_area), 2))) (cell(&signed(d.map(|d| d.by_density), 2)))
                    (cell(&signed(l.map(|l| l.existing), 2))) (cell(&signed(l.map(|l| l.new), 2)))
                    (cell(&signed(l.map(|l| l.vanished), 2)))
                }
            } }
        }
    };
    scroll("Change taken apart", &table)
}

/// Which lesions are which.
pub(super) fn lesions(c: &Comparison) -> Markup {
    let left_out = c.lesions.len().saturating_sub(GROUPS_MAX);
    let table = html! {
        table.long {
            caption { span { "Lesions, the largest change first. The number is that of the pictures of both scans." } }
            thead { tr {
                th scope="col" { "Lesion" } th scope="col" { "What became of it" }
                @for head in [
                    "Lesions, baseline", "Lesions, follow-up", "Change, Agatston", "Change, volume, mm³",
                    "At half maximum, baseline, mm³", "At half maximum, follow-up, mm³",
                ] { th.n scope="col" { (head) } }
                th scope="col" { "Size class" }
            } }
            tbody { @for (number, group) in (1..).zip(c.lesions.iter().take(GROUPS_MAX)) { (row(number, group)) } }
        }
    };
    html! {
        @match &c.lesion_counts {
            None => p { "Lesions are not followed: at least one of the results does not list all of them." },
            Some(n) => p {
                (n.persistent) " persistent, " (n.new) " new, " (n.vanished) " vanished, " (n.merged) " merged, "
                (n.split) " split, " (n.regrouped) " regrouped; " (n.micro_to_macro) " micro became macro, "
                (n.macro_to_micro) " macro became micro. Foci below the smallest focus are not followed."
            },
        }
        @if let Some(r) = &c.registration {
            p.note {
                "Laid on each other: moved by "
                (r.translation_mm.map(|mm| signed(Some(mm), 1)).join(", ")) " mm to the left, back and head, turned by "
                (format!("{:.1}", r.rotation_deg)) " degrees, resting on " (r.pairs) " pairs of lesions "
                (format!("{:.1}", r.rms_mm)) " mm apart (rms)."
            }
        }
        @if left_out > 0 { p.note { "The " (GROUPS_MAX) " with the largest change; " (left_out) " more are in the comparison as JSON." } }
        @if !c.lesions.is_empty() { (scroll("Lesions", &table)) }
    }
}

fn row(number: usize, m: &MatchRecord) -> Markup {
    let class = |class: Option<ClassWord>| class.map_or(UNKNOWN, ClassWord::as_str);
    html! {
        tr {
            th scope="row" { (m.artery) " " (number) }
            td { (m.kind.as_str()) }
            (cell(&m.baseline.len().to_string())) (cell(&m.followup.len().to_string()))
            (cell(&signed(Some(m.agatston_difference), 2))) (cell(&signed(Some(m.volume_difference_mm3), 2)))
            (cell(&fixed(m.baseline_half_maximum_mm3, 2))) (cell(&fixed(m.followup_half_maximum_mm3, 2)))
            td {
                (class(m.baseline_class))
                @if m.baseline_class != m.followup_class { " to " (class(m.followup_class)) }
            }
        }
    }
}

/// Definitions from papers, and limits of MESA.
pub(super) fn published(c: &Comparison) -> Markup {
    let table = html! {
        table {
            caption { span { "Published definitions of progression, beside the verdict: they decide nothing." } }
            thead { tr {
                th scope="col" { "Definition" } th.n scope="col" { "Value" } th.n scope="col" { "Progression from" }
                th scope="col" { "Met" } th scope="col" { "Source" }
            } }
            tbody { @for p in &c.published { (definition(p)) } }
        }
    };
    html! {
        (scroll("Published definitions", &table))
        @if let Some(bmi) = c.bmi {
            @for part in ordered(c) {
                @if let Some(mesa) = &part.mesa {
                    p.note {
                        "Limits of MESA with a BMI of " (bmi) " kg/m², " (part.name) ": Agatston "
                        (fixed(mesa.agatston_limit, 1)) ", volume " (fixed(mesa.volume_limit_mm3, 1)) " mm³ (" (mesa.source) ")."
                    }
                }
            }
        }
    }
}

fn definition(p: &PublishedRecord) -> Markup {
    let met = match (p.met, &p.reason) {
        (Some(true), _) => "met",
        (Some(false), _) => "not met",
        (None, Some(reason)) => reason.as_str(),
        (None, None) => UNKNOWN,
    };
    html! {
        tr {
            th scope="row" { (words(&p.definition)) }
            (cell(&p.value.map_or_else(|| UNKNOWN.to_owned(), |v| format!("{v:.2} {}", p.unit))))
            (cell(&p.bound.map_or_else(|| UNKNOWN.to_owned(), |b| format!("{b} {}", p.unit))))
            td { (met) }
            td { (p.source) }
        }
    }
}

/// A change with its sign. Plus zero, so that no change is never shown as -0.
pub(super) fn signed(x: Option<f64>, digits: usize) -> String {
    let Some(x) = x else { return UNKNOWN.to_owned() };
    let text = format!("{x:+.digits$}");
    if text.chars().all(|c| matches!(c, '-' | '+' | '0' | '.')) { text.replace('-', "+") } else { text }
}

/// A code in words.
pub(super) fn words(code: &str) -> String {
    code.replace('_', " ")
}

#[cfg(test)]
mod tests {
    use super::signed;

    #[test]
    fn no_change_has_no_minus() {
        let texts = [Some(-0.001), Some(-1.25), Some(2.0), None].map(|x| signed(x, 2));
        assert_eq!(texts, ["+0.00", "-1.25", "+2.00", "–"]);
    }
}
