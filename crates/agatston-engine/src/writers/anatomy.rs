//! What the anatomical pipeline adds to the table: that a score is provisional, its bounds and tiers, and what it looked at.

use crate::{
    result::{AnatomyMeasuredRecord, AnatomyRecord, CandidateRecord, ResultDocument, Status, TotalRecord},
    shown_text::{BOUNDS, ELEVEN_SCANS, PROVISIONAL, SETTLED_BY},
    writers::{
        page::{Ink, Page},
        table::{clip, count},
        text::{WIDTH, hanging},
    },
};

/// The first line of a provisional score; empty of any other.
pub(super) fn banner(document: &ResultDocument) -> Page {
    let mut out = Page::default();
    if document.status == Status::Provisional {
        out.hang(Ink::Refusal, "PROVISIONAL: ", PROVISIONAL);
        out += "\n";
    }
    out
}

/// Values with their bounds, tiers, and what would settle them.
pub(super) fn bounds(document: &ResultDocument) -> Page {
    let (Some(total), Some(anatomy)) = (&document.total, &document.anatomy) else { return Page::default() };
    let mut out = Page::of(Ink::Heading, &line("provisional score", ["Agatston", "lower", "upper", ""]));
    for artery in document.arteries.iter().filter(|a| a.separated) {
        out += &bounded(&artery.artery, artery.sums.measures.agatston, [artery.lower, artery.upper]);
    }
    if let Some(left) = anatomy.left {
        out += &bounded("all but RCA", Some(left.agatston), [Some(left.lower), Some(left.upper)]);
    }
    out += &format!("{}\n", "-".repeat(WIDTH - 1));
    let value = total.sums.measures.agatston;
    out.add(Ink::Total, &bounded("total", value, [total.lower, total.upper]));
    out += &categories(total);
    out += "\n";
    out.append(tiers(anatomy));
    let review = document.assignment.as_ref().map_or(0, |a| a.needs_review);
    let review =
        format!("{}, likely and unlikely ones; --withheld lists them.", count(review, "lesion", "lesions"));
    out.hang(Ink::Warning, "Needs review: ", &review);
    out += &hanging("Settled by: ", &format!("{SETTLED_BY}."));
    out += &hanging("", ELEVEN_SCANS);
    out += &hanging("", BOUNDS);
    out += "\n";
    out
}

/// A name and up to four cells.
fn line(name: &str, [a, b, c, d]: [&str; 4]) -> String {
    let line = format!("{:<22}{a:>12}{b:>12}{c:>12}{d:>12}", clip(name, 22));
    format!("{}\n", line.trim_end())
}

fn bounded(name: &str, value: Option<f64>, [lower, upper]: [Option<f64>; 2]) -> String {
    let cell = |x: Option<f64>| x.map_or_else(|| "-".to_owned(), |x| format!("{x:.2}"));
    line(name, [&cell(value), &cell(lower), &cell(upper), ""])
}

/// The category of the value, and a note where a bound lies in another.
fn categories(total: &TotalRecord) -> String {
    let [value, lower, upper] = [&total.category, &total.category_lower, &total.category_upper]
        .map(|category| category.as_deref().unwrap_or("-"));
    let others = another_category(total);
    line("category", [value, lower, upper, ""])
        + &others.map_or_else(String::new, |others| hanging("", &format!("{others}.")))
}

/// Which bounds lie in another category than the value, as a sentence without its point; nothing where none does.
pub(super) fn another_category(total: &TotalRecord) -> Option<&'static str> {
    let differs = [&total.category_lower, &total.category_upper]
        .map(|category| category.is_some() && *category != total.category);
    match differs {
        [false, false] => None,
        [true, false] => Some("The lower bound lies in another category"),
        [false, true] => Some("The upper bound lies in another category"),
        [true, true] => Some("Both bounds lie in other categories"),
    }
}

fn tiers(anatomy: &AnatomyRecord) -> Page {
    let mut out = Page::of(Ink::Heading, &line("how sure it is", ["lesions", "Agatston", "", ""]));
    for row in &anatomy.tiers {
        let in_what = match row.tier.is_counted() {
            true => "  in the value",
            false if row.tier.as_str() == "unlikely" => "  in the upper bound alone",
            false => "  in nothing",
        };
        let cells = [&*row.lesions.to_string(), &format!("{:.2}", row.agatston), "", ""];
        out += &format!("{}{in_what}\n", line(row.tier.as_str(), cells).trim_end());
    }
    out
}

/// What the gates looked at, as far as the search came; empty where nobody looked.
pub(super) fn looked_for(document: &ResultDocument) -> Page {
    let mut out = Page::default();
    if let Some(anatomy) = &document.anatomy {
        let found: Vec<String> = measured(&anatomy.measured)
            .into_iter()
            .map(|(what, number)| format!("{what} {number}"))
            .collect();
        out += &hanging("Anatomy: ", &format!("{}.", found.join("; ")));
    }
    out
}

/// What was measured of the anatomy, as far as it is known, with numbers in words.
pub(super) fn measured(m: &AnatomyMeasuredRecord) -> Vec<(&'static str, String)> {
    let with = |x: Option<f64>, digits: usize, unit: &str| x.map(|x| format!("{x:.digits$}{unit}"));
    let all = [
        ("lungs", with(Some(m.lungs_ml), 0, " ml")),
        ("spine found in", with(m.spine_found.map(|share| 100.0 * share), 0, " % of slices")),
        ("likeness of the ascending aorta", with(m.aorta_score, 2, "")),
        ("heart", with(m.heart_area_cm2, 0, " cm2")),
        ("blood", with(m.blood_hu, 0, " HU")),
        ("noise", with(m.noise_hu, 1, " HU")),
        ("below the aortic root", with(m.below_root_mm, 0, " mm")),
        ("above it", with(m.above_root_mm, 0, " mm")),
    ];
    all.into_iter().filter_map(|(what, number)| Some((what, number?))).collect()
}

/// Every lesion in the region of the heart, whatever its tier; empty where none is listed.
pub(super) fn candidates(document: &ResultDocument) -> Page {
    let all = document.anatomy.as_ref().map_or(&[][..], |a| &a.candidates);
    if all.is_empty() {
        return Page::default();
    }
    let head = format!(
        "\n{:<11}{:<10}{:>9}{:>8}{:>8}{:>8}{:>8}  {}\n",
        "candidate", "tier", "Agatston", "peak HU", "left", "back", "head", "reasons"
    );
    let mut out = Page::of(Ink::Heading, &head);
    all.iter().for_each(|c| out += &candidate(c));
    out += "left, back, head: millimetres to there, LPS\n";
    out
}

fn candidate(c: &CandidateRecord) -> String {
    let [x, y, z] = c.centroid_lps_mm;
    let cells = format!(
        "{:<11}{:<10}{:>9.2}{:>8.1}{x:>8.1}{y:>8.1}{z:>8.1}",
        clip(&c.artery, 11),
        c.tier.as_str(),
        c.agatston,
        c.peak_hu
    );
    let reasons = c.reasons.join(", ").replace('_', " ");
    if reasons.is_empty() { format!("{cells}\n") } else { hanging(&format!("{cells}  "), &reasons) }
}

#[cfg(test)]
mod tests {
    use crate::{
        compare::sample::{lesion, provisional, side, stopped},
        writers::table::table,
    };

    fn lines(text: &str) -> Vec<Vec<&str>> {
        text.lines().map(|line| line.split_whitespace().collect()).collect()
    }

    /// The numbers are those of the sample, by hand.
    #[test]
    fn a_provisional_score_says_so_first_and_has_its_bounds() {
        let text = table(&provisional().document).plain();
        assert!(text.starts_with("PROVISIONAL: no label and no reader decided what is coronary\n"), "{text}");
        let lines = lines(&text);
        for row in [
            ["LAD", "200.00", "180.00", "255.20"].as_slice(),
            &["LCX", "0.00", "0.00", "55.00"],
            &["RCA", "50.00", "0.00", "55.00"],
            &["LM/LAD/LCX", "32.00", "27.00", "37.00"],
            &["all", "but", "RCA", "232.00", "208.80", "255.20"],
            &["total", "282.00", "232.00", "310.20"],
            &["category", "[100,300)", "[100,300)", "[300,inf)"],
            &["confident", "2", "232.00", "in", "the", "value"],
            &["unlikely", "1", "18.00", "in", "the", "upper", "bound", "alone"],
            &["excluded", "1", "72.00", "in", "nothing"],
        ] {
            assert!(lines.iter().any(|line| line == row), "{row:?}\n{text}");
        }
        for said in [
            "The upper bound lies in another category.",
            "Needs review: 2 lesions",
            "--labels",
            "--edits",
            "The rules were set on eleven scans and fit them; expect less on others.",
            "nobody: rules about the anatomy",
        ] {
            assert!(text.contains(said), "{said}\n{text}");
        }
        assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    }

    #[test]
    fn candidates_are_listed_when_asked_for() {
        let mut document = provisional().document;
        assert!(!table(&document).plain().contains("lung border"));
        document.withheld.list = Some(Vec::new());
        let text = table(&document).plain();
        assert!(text.contains("near root, metal") && text.contains("lung border"), "{text}");
        assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    }

    #[test]
    fn a_gate_tells_what_it_measured_and_what_there_was() {
        let text = table(&stopped().document).plain();
        assert!(
            text.contains("blood 93 HU") && !text.contains("above it"),
            "what was not measured is not said"
        );
        assert!(text.contains("lung border") && text.contains("excluded"), "{text}");
        assert!(!text.contains("PROVISIONAL") && !text.contains("282"), "there is no score");
        assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    }

    #[test]
    fn a_score_of_labels_has_none_of_it() {
        let text = table(&side(&[lesion("LAD", [0.0; 3], 4.0)]).document).plain();
        assert!(!text.to_lowercase().contains("provisional") && !text.contains("Anatomy"), "{text}");
    }
}
