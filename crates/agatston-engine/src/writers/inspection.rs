//! The inspection of an input, for people and for programs.

use crate::{
    inspect::{InspectedSeries, Inspection},
    result::FilesRecord,
    writers::{
        findings::findings,
        page::{Ink, Page},
        table,
        text::hanging,
    },
};

/// The inspection as JSON, indented, with a final newline.
pub fn json(inspection: &Inspection) -> String {
    let text = serde_json::to_string_pretty(inspection);
    text.expect("a document of numbers and words can always be written") + "\n"
}

/// The inspection on 80 columns.
pub fn table(inspection: &Inspection) -> Page {
    let mut out = Page::of(Ink::Plain, &files(&inspection.files));
    out.append(findings(&inspection.findings));
    if inspection.series.is_empty() {
        out += "\nNo CT series here.\n";
    }
    for series in &inspection.series {
        out.append(one(series));
    }
    out
}

/// Files read and left out, on a line each.
fn files(files: &FilesRecord) -> String {
    let mut out = format!("{} files read\n", files.read);
    for (reason, count) in &files.skipped {
        out += &format!("{count:>7} left out: {reason}\n");
    }
    out
}

fn one(s: &InspectedSeries) -> Page {
    let uid = if s.name.is_empty() { "(no SeriesInstanceUID)" } else { &s.name };
    let (ink, verdict) =
        if s.scorable { (Ink::Plain, "scorable\n") } else { (Ink::Refusal, "NOT SCORABLE\n") };
    let mut out = Page::of(Ink::Heading, "\nSeries ");
    out += &format!("{uid}\n");
    out.add(ink, verdict);
    out += &table::series_lines(&s.series);
    if let Some(mm) = s.series.z_coverage_mm {
        out += &format!("covers {} mm\n", (mm * 10.0).round() / 10.0);
    }
    if !s.image_type.is_empty() {
        out += &hanging("image type ", &s.image_type.join(" "));
    }
    if let Some(factor) = s.mass_factor_patient {
        out += &format!("calibration factor of the patient (0018,9351): {factor}\n");
    }
    out.append(findings(&s.findings));
    out
}
