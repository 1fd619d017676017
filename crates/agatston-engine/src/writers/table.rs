//! The table on 80 columns: verdict and numbers first, then what they do not cover, then every finding.

use crate::{
    AssignedBy, BodySize, MassFactorSource, Scope,
    outcome::UNNAMED,
    result::{
        ClassRecord, CountsRecord, FindingRecord, MassFactorRecord, ResultDocument, SeriesRecord,
        SeverityRecord, Status, TotalRecord, WithheldReason, WithheldRecord,
    },
    shown_text::{CT_SEES, RESEARCH},
    writers::{
        anatomy::{banner, bounds, candidates, looked_for},
        findings::{findings, refused},
        measures::measures,
        page::{Ink, Page},
        risk::risk,
        sizes::Sizes,
        text::{WIDTH, hanging},
    },
};

/// The document as a table for people.
pub fn table(document: &ResultDocument) -> Page {
    let mut out = banner(document);
    out.append(heading(document));
    let blocks: &[fn(&ResultDocument) -> Page] = match document.status {
        Status::Refused => &[refused, looked_for, candidates],
        Status::Scored => &[scores, measures, classes, risk, sensitivity, not_covered],
        Status::Provisional => {
            &[bounds, scores, measures, classes, risk, sensitivity, not_covered, looked_for]
        }
    };
    blocks.iter().for_each(|block| out.append(block(document)));
    out.append(findings(&document.findings));
    out += &end();
    out
}

/// Ends every table.
pub(crate) fn end() -> String {
    format!("\n{RESEARCH}\n")
}

/// Why a document holds no score: for standard error, beside another format on standard output.
pub fn refusal(document: &ResultDocument) -> Page {
    let uid = document.series.as_ref().and_then(|s| s.series_uid.clone());
    let mut out = Page::default();
    out += &uid.map_or_else(String::new, |uid| format!("series {uid}\n"));
    let reasons: Vec<FindingRecord> =
        document.findings.iter().filter(|f| f.severity == SeverityRecord::Refusal).cloned().collect();
    out.append(refused(document));
    out.append(findings(&reasons));
    out
}

fn heading(document: &ResultDocument) -> Page {
    let title = match document.total.as_ref().map(|t| t.scope) {
        Some(Scope::Coronary) => "Coronary calcium score",
        Some(Scope::Regions) => "Calcium score by region",
        Some(Scope::Everything) => "Calcium score of everything over the threshold",
        None => "Calcium score",
    };
    let protocol = format!("protocol {}", document.protocol.name);
    let gap = WIDTH.saturating_sub(title.len() + protocol.len()).max(2);
    let mut out = Page::of(Ink::Heading, title);
    out += &format!("{}{protocol}\n", " ".repeat(gap));
    if let Some(series) = &document.series {
        out += &series.series_uid.as_ref().map_or_else(String::new, |uid| hanging("Series ", uid));
        out += &series_lines(series);
    }
    let differences = document.protocol.differences();
    if !differences.is_empty() {
        out += &hanging("", &format!("Differs from standard: {}.", differences.join("; ")));
    }
    out += "\n";
    out
}

pub(crate) fn series_lines(s: &SeriesRecord) -> String {
    let pixel = s.pixel_spacing_mm.map_or_else(|| "? x ?".to_owned(), |[r, c]| format!("{r} x {c}"));
    let mut device: Vec<String> = [&s.manufacturer, &s.model].into_iter().flatten().cloned().collect();
    device.push(s.kvp.map_or_else(|| "tube voltage unknown or mixed".to_owned(), |kv| format!("{kv} kV")));
    if !s.kernel.is_empty() {
        device.push(format!("kernel {}", s.kernel.join("+")));
    }
    let slices = if s.slices == 1 { "slice" } else { "slices" };
    let mut stack = format!("{} {slices}", s.slices);
    stack += &s.slice_thickness_mm.map_or_else(String::new, |mm| format!(" of {mm} mm"));
    stack += &s.increment_mm.map_or_else(String::new, |mm| format!(" every {mm} mm"));
    let geometry = format!("{stack}, {} x {} pixels of {pixel} mm", s.rows, s.columns);
    hanging("", &geometry) + &hanging("", &device.join(", "))
}

fn scores(document: &ResultDocument) -> Page {
    let head = |cells: [&str; 8]| {
        let [name, agatston, volume, mass, lesions, foci, peak, mean] = cells;
        format!("{name:<14}{agatston:>11}{volume:>11}{mass:>10}{lesions:>9}{foci:>6}{peak:>9}{mean:>9}\n")
    };
    let names = head(["", "Agatston", "volume", "mass", "lesions", "foci", "peak", "mean"]);
    let mut out = Page::of(Ink::Heading, &(names + &head(["", "", "mm3", "mg", "", "", "HU", "HU"])));
    for artery in &document.arteries {
        if artery.separated {
            out += &score_row(&artery.artery, &artery.sums);
        } else if artery.artery != UNNAMED {
            out += &format!("{:<14}{:>11}  not told apart by the source\n", artery.artery, "-");
        }
    }
    let Some(total) = &document.total else { return out };
    let regions: String = document.regions.iter().map(|r| score_row(&r.name, &r.sums)).collect();
    if total.scope == Scope::Coronary && !regions.is_empty() {
        out.append(total_rows(total));
        out += "not coronary, in no total:\n";
        out += &regions;
    } else {
        out += &regions;
        out.append(total_rows(total));
    }
    out
}

fn total_rows(total: &TotalRecord) -> Page {
    let mut out = Page::default();
    match total.scope {
        Scope::Regions => {
            out += "no total: none of these regions is a coronary artery\n";
            return out;
        }
        Scope::Everything => {
            out.add(Ink::Total, &score_row("everything", &total.sums));
            out += "This counts bone, valves and everything else. It is not a coronary score.\n";
        }
        Scope::Coronary => {
            out += &format!("{}\n", "-".repeat(WIDTH - 1));
            out.add(Ink::Total, &score_row("total", &total.sums));
        }
    }
    match &total.category {
        Some(category) => out += &format!("{:<14}{category:>11}\n", "category"),
        None if total.scope == Scope::Coronary => {
            out += &format!("{:<14}{:>11}  none: see the warnings on voltage or arteries\n", "category", "-");
        }
        None => {}
    }
    out
}

fn score_row(name: &str, sums: &CountsRecord) -> String {
    let m = &sums.measures;
    let number =
        |x: Option<f64>, digits: usize| x.map_or_else(|| "-".to_owned(), |x| format!("{x:.digits$}"));
    let count = |n: Option<u64>| n.map_or_else(|| "-".to_owned(), |n| n.to_string());
    format!(
        "{:<14} {:>10} {:>10} {:>9} {:>8} {:>5} {:>8} {:>8}\n",
        clip(name, 14),
        number(m.agatston, 2),
        number(m.volume_mm3, 2),
        number(m.mass_mg, 2),
        count(sums.lesions),
        count(sums.foci),
        number(m.peak_hu, 1),
        number(m.mean_hu, 1)
    )
}

/// A name that leaves room for the column beside it.
pub(crate) fn clip(name: &str, width: usize) -> String {
    if name.chars().count() < width {
        return name.to_owned();
    }
    name.chars().take(width - 2).chain("~".chars()).collect()
}

fn classes(document: &ResultDocument) -> Page {
    let p = &document.protocol;
    let sizes = format!(
        "\n{:<21} {:>19} {:>19} {:>17}\n",
        "size at the threshold",
        format!("micro < {} mm", p.spotty_mm),
        format!("macro >= {} mm", p.spotty_mm),
        "below the minimum"
    );
    let columns = format!(
        "{:<21} {:>8} {:>10} {:>8} {:>10} {:>17}\n",
        "", "lesions", "Agatston", "lesions", "Agatston", "foci"
    );
    let mut out = Page::of(Ink::Heading, &(sizes + &columns));
    for sizes in Sizes::all(document) {
        if sizes.name().is_none() {
            out.add(Ink::Total, &sizes.row());
            out += &sizes.parts(document);
        } else if !sizes.is_empty() {
            out += &sizes.row();
        }
    }
    out += &hanging("", CT_SEES);
    out
}

impl Sizes<'_> {
    fn row(&self) -> String {
        let name = self.name().unwrap_or("total");
        let agatston = |c: &ClassRecord| c.agatston.map_or_else(|| "-".to_owned(), |a| format!("{a:.2}"));
        let lesions = |c: &ClassRecord| c.lesions.map_or_else(|| "-".to_owned(), |n| n.to_string());
        format!(
            "{:<21} {:>8} {:>10} {:>8} {:>10} {:>17}\n",
            clip(name, 21),
            lesions(self.micro),
            agatston(self.micro),
            lesions(self.large),
            agatston(self.large),
            self.below.foci
        )
    }

    fn parts(&self, document: &ResultDocument) -> String {
        let p = &document.protocol;
        format!(
            "micro: {} punctate (< {} mm), {} spotty; macro: {} dense (peak >= {} HU)\n",
            Sizes::part(self.micro, "punctate"),
            p.punctate_mm,
            Sizes::part(self.micro, "spotty"),
            Sizes::part(self.large, "dense"),
            round(p.dense_hu)
        )
    }
}

fn round(x: f64) -> f64 {
    (x * 10.0).round() / 10.0
}

fn sensitivity(document: &ResultDocument) -> Page {
    let Some(rows) = &document.sensitivity else { return Page::default() };
    let head =
        format!("\n{:<48}{:>12}{:>12}\n", "had one choice been made otherwise", "Agatston", "difference");
    let mut out = Page::of(Ink::Heading, &head);
    for row in rows {
        let region = row.region.as_ref().map_or_else(String::new, |r| format!("{}: ", clip(r, 14)));
        let change = match &row.category {
            Some(category) if row.category_changes => format!("  -> {category}"),
            _ => String::new(),
        };
        let label = clip(&format!("  {region}{}", row.choice), 48);
        out += &format!("{label:<48}{:>12.2}{:>+12.2}{change}\n", row.agatston, row.difference);
    }
    out
}

fn not_covered(document: &ResultDocument) -> Page {
    let parts = not_counted(&document.withheld, document);
    let mut out = Page::default();
    if !parts.is_empty() {
        out += "\n";
        out += &hanging("Not counted: ", &format!("{}.", parts.join("; ")));
    }
    out += &mass_factor(&document.mass_factor);
    if let Some(a) = &document.assignment {
        let scheme = a.label_scheme.as_ref().map_or_else(String::new, |s| format!(", scheme {s}"));
        let by = match (a.assigned_by, a.edits) {
            (AssignedBy::Everything, _) => "nobody: everything counts".to_owned(),
            (AssignedBy::Anatomy, None) => "nobody: rules about the anatomy, provisional".to_owned(),
            (by, None) => format!("{} ({}{scheme})", by.as_str(), a.source),
            (_, Some(n)) if a.source == "edits" => format!("reader ({})", count(n, "edit", "edits")),
            (_, Some(n)) => format!("reader ({} over {}{scheme})", count(n, "edit", "edits"), a.source),
        };
        out += &hanging("Assigned by: ", &format!("{by}."));
    }
    if !document.not_checked.is_empty() {
        out += &hanging("Not checked: ", &format!("{}.", document.not_checked.join(", ")));
    }
    out.append(withheld_list(document));
    if document.withheld.list.is_some() {
        out.append(candidates(document));
    }
    out
}

/// What was left out, in words.
fn not_counted(w: &WithheldRecord, document: &ResultDocument) -> Vec<String> {
    let is_provisional = document.status == Status::Provisional;
    let mut parts = Vec::new();
    if w.below_smallest_focus > 0 {
        let bound = document.protocol.smallest_focus.words();
        let foci = count(w.below_smallest_focus, "focus", "foci");
        parts.push(format!("{foci} below the smallest focus ({bound})"));
    }
    if w.not_coronary > 0 {
        let by = if is_provisional { "the rules do not take for" } else { "the labels call not" };
        parts.push(format!("{} that {by} coronary", count(w.not_coronary, "focus", "foci")));
    }
    if w.unassigned_voxels > 0 {
        let voxels = count(w.unassigned_voxels, "candidate voxel", "candidate voxels");
        let place = if is_provisional { "outside of what was judged" } else { "in no labelled region" };
        parts.push(format!("{voxels} {place}"));
    }
    parts
}

/// Which factor every mass rests on, and whence.
fn mass_factor(m: &MassFactorRecord) -> String {
    let (Some(factor), Some(source)) = (m.mg_cm3_per_hu, m.source) else {
        return hanging("No mass: ", "it needs a calibration factor, --mass-factor or --references.");
    };
    let whence = match (source, m.body_size) {
        (MassFactorSource::Option, _) => "as given".to_owned(),
        (MassFactorSource::HeaderPatient, _) => "of the scanner for this patient".to_owned(),
        (MassFactorSource::Rods, _) => "from the reference rods".to_owned(),
        (MassFactorSource::HeaderDevice, size) => {
            let width = m.body_width_mm.map_or_else(String::new, |mm| format!(", {mm:.0} mm wide"));
            format!("of the scanner for a {} body{width}", size.map_or("", BodySize::as_str))
        }
    };
    hanging("Mass factor: ", &format!("{factor:.4} mg/cm3 per HU, {whence}."))
}

/// A number with its noun.
pub(super) fn count(n: u64, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

fn withheld_list(document: &ResultDocument) -> Page {
    let Some(list) = &document.withheld.list else { return Page::default() };
    let head = format!(
        "\n{:<22}{:<15}{:>6}{:>6}{:>7}{:>8}{:>9}\n",
        "withheld", "region", "slice", "row", "column", "mm2", "peak HU"
    );
    let mut out = Page::of(Ink::Heading, &head);
    for f in list {
        out += &format!(
            "{:<22}{:<15}{:>6}{:>6}{:>7}{:>8.2}{:>9.1}\n",
            match f.reason {
                WithheldReason::BelowSmallestFocus => "below smallest focus",
                WithheldReason::NotCoronary => "not coronary",
            },
            clip(&f.artery, 14),
            f.slice,
            f.row,
            f.column,
            f.area_mm2,
            f.peak_hu
        );
    }
    out
}
