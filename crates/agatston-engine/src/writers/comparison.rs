//! The comparison for people and for programs: verdict first, then the numbers it rests on, then what it does not cover.

use crate::{
    Scope, Verdict,
    compare::record::{
        ChangeRecord, Comparison, IntervalSource, PartKind, PartRecord, PublishedRecord, ReasonRecord,
    },
    shown_text::CT_SEES,
    writers::{
        findings::findings,
        page::{Ink, Page},
        table::{clip, end},
        text::{WIDTH, hanging},
    },
};

/// Width of the column of names.
const NAME: usize = 11;

/// The comparison as JSON, indented, with a final newline.
pub fn json(comparison: &Comparison) -> String {
    let text = serde_json::to_string_pretty(comparison);
    text.expect("a document of numbers and words can always be written") + "\n"
}

/// The comparison on 80 columns.
pub fn table(c: &Comparison) -> Page {
    let mut out = heading(c);
    for block in [verdict, comparability, scores, verdicts, masses] {
        out.append(block(c));
    }
    out += &lesions(c);
    out += &mesa(c);
    out.append(published(c));
    out += "\n";
    out += &hanging("", CT_SEES);
    out.append(findings(&c.findings));
    out += &end();
    out
}

fn heading(c: &Comparison) -> Page {
    let title = match c.baseline.scope {
        Some(Scope::Coronary) => "Change of coronary calcium",
        Some(Scope::Regions) => "Change of calcium by region",
        Some(Scope::Everything) => "Change of everything over the threshold",
        None => "Change of calcium",
    };
    let protocol = format!("protocol {}", c.baseline.protocol);
    let gap = WIDTH.saturating_sub(title.len() + protocol.len()).max(2);
    let uid = |uid: &Option<String>| uid.clone().unwrap_or_else(|| "series without a UID".to_owned());
    let mut out = Page::of(Ink::Heading, title);
    out += &format!("{}{protocol}\n", " ".repeat(gap));
    out += &hanging("Baseline   ", &uid(&c.baseline.series_uid));
    out += &hanging("Follow-up  ", &uid(&c.followup.series_uid));
    let by = match c.interval.source {
        Some(IntervalSource::Option) => "as given",
        Some(IntervalSource::Headers) => "by the headers",
        None => "",
    };
    match (c.interval.days, c.interval.years) {
        (Some(days), Some(years)) => out += &format!("{days} days ({years:.2} years) between them, {by}\n"),
        _ => out += "time between them not known\n",
    }
    out += "\n";
    out
}

fn verdict(c: &Comparison) -> Page {
    let Some(verdict) = c.verdict else {
        return Page::of(Ink::Plain, "No total: each region has a verdict of its own.\n");
    };
    let mut out = Page::of(Ink::Heading, &format!("VERDICT: {}\n", verdict.as_str()));
    out += &hanging("         ", verdict.sentence());
    out
}

/// What differs, and what is not known to be the same.
fn comparability(c: &Comparison) -> Page {
    let text = |r: &ReasonRecord| {
        let seen = match (&r.baseline, &r.followup) {
            (None, None) => String::new(),
            (b, f) => {
                let shown = |s: &Option<String>| s.clone().unwrap_or_else(|| "unknown".to_owned());
                format!(" (baseline {}; follow-up {})", shown(b), shown(f))
            }
        };
        format!("{}: {}{seen}", r.code, r.message)
    };
    let mut out = Page::default();
    for reason in &c.comparability.reasons {
        out.hang(Ink::Refusal, "  reason   ", &text(reason));
    }
    for warning in &c.comparability.warnings {
        out.hang(Ink::Warning, "  warning  ", &text(warning));
    }
    out
}

/// Arteries or regions first, the total last, under a rule.
fn rows(c: &Comparison, row: impl Fn(&PartRecord) -> String) -> Page {
    let all = |kind: PartKind| c.parts.iter().filter(|p| p.kind == kind).map(&row).collect::<String>();
    let (total, regions) = (all(PartKind::Total), all(PartKind::Region));
    let mut out = Page::of(Ink::Plain, &all(PartKind::Artery));
    if !total.is_empty() {
        out += &format!("{}\n", "-".repeat(WIDTH - 1));
        out.add(Ink::Total, &total);
        out += if regions.is_empty() { "" } else { "in no total:\n" };
    }
    out += &regions;
    out
}

fn name(part: &PartRecord) -> String {
    clip(&part.name, NAME)
}

fn number(x: Option<f64>) -> String {
    x.map_or_else(|| "-".to_owned(), |x| format!("{x:.1}"))
}

fn signed(x: Option<f64>) -> String {
    // Plus zero, so that no change is never shown as -0.0.
    x.map_or_else(|| "-".to_owned(), |x| format!("{:+.1}", (x * 10.0).round() / 10.0 + 0.0))
}

fn cells(change: &ChangeRecord) -> String {
    let ChangeRecord { baseline, followup, difference, limit, .. } = *change;
    format!("{:>8} {:>7} {:>8} {:>7}", number(baseline), number(followup), signed(difference), number(limit))
}

const CELLS: &str = "  before   after   change   limit";

fn without_limit(change: &ChangeRecord) -> String {
    let ChangeRecord { baseline, followup, difference, .. } = *change;
    format!("{:>8} {:>7} {:>8}", number(baseline), number(followup), signed(difference))
}

const WITHOUT_LIMIT: &str = "  before   after   change";

fn scores(c: &Comparison) -> Page {
    let mut head = format!("\n{:<NAME$}{:>33} {:>33}\n", "", "Agatston", "volume, mm3");
    head += &format!("{:<NAME$}{CELLS:>33} {CELLS:>33}\n", "");
    let mut out = Page::of(Ink::Heading, &head);
    out.append(rows(c, |p| {
        let (score, volume) = (cells(&p.changes.agatston), cells(&p.changes.volume_mm3));
        format!("{:<NAME$}{score:>33} {volume:>33}\n", name(p))
    }));
    out
}

fn masses(c: &Comparison) -> Page {
    let how = if c.mass.calibrated { "" } else { " uncalibrated" };
    let mass = format!("mass, mg{how} x {}", c.mass.factor);
    let mut head = format!("\n{:<NAME$}{mass:>33} {:>25}\n", "", "at half maximum, mm3");
    head += &format!("{:<NAME$}{CELLS:>33} {:>25}\n", "", WITHOUT_LIMIT);
    let mut out = Page::of(Ink::Heading, &head);
    out.append(rows(c, |p| {
        let (mass, size) = (cells(&p.changes.mass_mg), without_limit(&p.changes.volume_half_maximum_mm3));
        format!("{:<NAME$}{mass:>33} {size:>25}\n", name(p))
    }));
    out += &hanging("Limit of mass: ", &format!("{}.", c.mass.limit_source));
    out
}

fn verdicts(c: &Comparison) -> Page {
    let mut head = format!("\n{:<NAME$} {:<25}{:>42}\n", "", "", "change of the Agatston score by");
    head += &format!(
        "{:<NAME$} {:<25}{:>8} {:>8} {:>8} {:>7} {:>8}\n",
        "", "verdict", "area", "density", "existing", "new", "vanished"
    );
    let mut out = Page::of(Ink::Heading, &head);
    out.append(rows(c, |p| {
        let (d, l) = (p.decomposition.as_ref(), p.by_lesion.as_ref());
        format!(
            "{:<NAME$} {:<25}{:>8} {:>8} {:>8} {:>7} {:>8}\n",
            name(p),
            p.verdict.verdict.as_str(),
            signed(d.map(|d| d.by_area)),
            signed(d.map(|d| d.by_density)),
            signed(l.map(|l| l.existing)),
            signed(l.map(|l| l.new)),
            signed(l.map(|l| l.vanished))
        )
    }));
    out
}

fn lesions(c: &Comparison) -> String {
    let Some(n) = &c.lesion_counts else { return String::new() };
    let text = format!(
        "{} persistent, {} new, {} vanished, {} merged, {} split, {} regrouped; {} micro became macro, {} macro became micro. \
         Foci below the smallest focus are not followed.",
        n.persistent, n.new, n.vanished, n.merged, n.split, n.regrouped, n.micro_to_macro, n.macro_to_micro
    );
    let mut out = "\n".to_owned() + &hanging("Lesions: ", &text);
    if let Some(r) = &c.registration {
        let [x, y, z] = r.translation_mm.map(|mm| (mm * 10.0).round() / 10.0 + 0.0);
        let text = format!(
            "moved by {x}, {y}, {z} mm, turned by {:.1} degrees, resting on {} pairs of lesions {:.1} mm apart (rms).",
            r.rotation_deg, r.pairs, r.rms_mm
        );
        out += &hanging("Laid on each other: ", &text);
    }
    out
}

fn mesa(c: &Comparison) -> String {
    let Some(bmi) = c.bmi else { return String::new() };
    let of = |p: &PartRecord| {
        p.mesa.as_ref().map(|m| {
            let volume = number(m.volume_limit_mm3);
            format!("{} {} and {volume} mm3", p.name, number(m.agatston_limit))
        })
    };
    let limits: Vec<String> = c.parts.iter().filter_map(of).collect();
    let text = format!("with a BMI of {bmi}, beside the verdict: {}.", limits.join("; "));
    "\n".to_owned() + &hanging("Limits of MESA: ", &text)
}

fn published(c: &Comparison) -> Page {
    let line = |p: &PublishedRecord| {
        let value = match (p.value, &p.reason) {
            (Some(value), _) => format!("{value:.2} {}", p.unit),
            (None, Some(reason)) => reason.clone(),
            (None, None) => "-".to_owned(),
        };
        let bound = p.bound.map_or_else(String::new, |bound| format!(", progression from {bound}"));
        let met = match p.met {
            Some(true) => ": met",
            Some(false) => ": not met",
            None => "",
        };
        hanging(&format!("  {:<17}", p.definition), &format!("{value}{bound}{met} ({})", p.source))
    };
    if c.published.is_empty() || c.verdict == Some(Verdict::NotComparable) {
        return Page::default();
    }
    let mut out = Page::of(Ink::Heading, "\nPublished definitions of progression, beside the verdict\n");
    out += &c.published.iter().map(line).collect::<String>();
    out
}
