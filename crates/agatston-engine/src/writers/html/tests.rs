//! Pages of the coronary fixture, of nothing and of a refusal, and what must never be in a page.

use super::*;
use crate::{
    Assign, Choice, CompareRequest, ReadOptions, Request, Side, Source, Unwatched, Workers, compare,
    pictures::{self, Pictures, pair_pictures},
    score_sides, score_source_sides,
};
use std::path::{Path, PathBuf};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures").join(name)
}

/// The coronary fixture, scored with labels or, without any, refused.
fn side(labels: Option<&str>, threads: usize) -> Side {
    let read = |name| Assign::from_labels(&fixture(name), &ReadOptions::default()).unwrap();
    let assign = labels.map_or(Assign::Anatomy, read);
    let request = Request { assign, trace: true, workers: Workers::new(threads), ..Request::default() };
    let mut sides = score_sides(&[fixture("coronary")], &Choice::Only, &request, &Unwatched).unwrap();
    sides.remove(0)
}

/// An assignment by a regions file.
fn regions_of(name: &str, text: &str) -> Assign {
    let path = std::env::temp_dir().join(format!("agatston_report_{name}_{}.json", std::process::id()));
    std::fs::write(&path, text).unwrap();
    let assign = Assign::from_labels(&path, &ReadOptions::default()).unwrap();
    std::fs::remove_file(&path).unwrap();
    assign
}

/// A phantom of the catalogue, scored by its own regions.
fn phantom(name: &str) -> Side {
    let phantom = agatston_phantom::catalog::build(name).unwrap();
    let objects = agatston_phantom::dicom::slice_objects(&phantom.volume, &phantom.header);
    let encode = |o| agatston_phantom::dicom::encode(o).unwrap();
    let sources = (0..).zip(&objects).map(|(i, o)| Source::bytes(&format!("{i}"), encode(o))).collect();
    let assign = regions_of(name, &phantom.regions_json.unwrap());
    let request = Request { assign, trace: true, ..Request::default() };
    score_source_sides(sources, &Choice::Only, &request, &Unwatched).unwrap().remove(0)
}

fn drawn(side: &Side, threads: usize) -> Pictures {
    pictures::pictures(&side.document, side.traced.as_ref().unwrap(), Workers::new(threads)).unwrap()
}

/// What no page may hold, whatever it is of.
fn asks_nobody(page: &str) {
    let lower = page.to_lowercase();
    for banned in [
        "<script",
        "http:",
        "https:",
        "javascript:",
        "onerror=",
        "onload=",
        "@import",
        "url(//",
        "<iframe",
        "<img",
        "<link",
    ] {
        assert!(!lower.contains(banned), "{banned}");
    }
    assert!(page.starts_with("<!DOCTYPE html><html lang=\"en\">"));
    assert_eq!(page.matches("For research. Not for clinical use.").count(), 2);
    assert!(page.contains("default-src 'none'; img-src data:; style-src 'unsafe-inline'"));
}

/// 262.125 from the derivation beside the fixtures, shown with two digits.
#[test]
fn the_fixture_has_its_score_and_its_pictures() {
    let side = side(Some("coronary/regions.json"), 2);
    let page = report(&side.document, Some(&drawn(&side, 2)));
    asks_nobody(&page);
    assert!(page.contains("262.1"));
    assert!(page.contains("100 to under 300"));
    let slices: std::collections::BTreeSet<u64> =
        side.document.lesions.iter().flat_map(|l| &l.foci).map(|f| f.slice).collect();
    assert_eq!(page.matches("<figure>").count(), 2 + slices.len());
    for (number, lesion) in (1..).zip(&side.document.lesions) {
        assert!(page.contains(&format!("<title>{} {number}</title>", lesion.artery)), "lesion {number}");
    }
}

#[test]
fn threads_change_no_byte() {
    let (one, four) = (side(Some("coronary/regions.json"), 1), side(Some("coronary/regions.json"), 4));
    let (a, b) = (drawn(&one, 1), drawn(&four, 4));
    assert_eq!(report(&one.document, Some(&a)), report(&four.document, Some(&b)));
    assert_eq!(a.png_files(), b.png_files());
}

#[test]
fn no_calcium_is_a_score_of_zero_with_pictures_of_all() {
    // One pixel of soft tissue in the middle of the lowest slice.
    let regions = r#"{"regions": [{"name": "LAD", "box_px": {"column": [48, 48], "row": [60, 60]}, "slices": [0, 0]}]}"#;
    let request = Request { assign: regions_of("zero", regions), trace: true, ..Request::default() };
    let side = score_sides(&[fixture("coronary")], &Choice::Only, &request, &Unwatched).unwrap().remove(0);
    let page = report(&side.document, Some(&drawn(&side, 2)));
    asks_nobody(&page);
    assert!(page.contains("0.00</span> <span class=\"unit\">Agatston"));
    assert!(page.contains("the whole series") && page.contains("because no calcium was counted"));
    assert_eq!(page.matches("<figure>").count(), 2);
    assert!(!page.contains("Outlines run"), "there is none");
}

#[test]
fn a_refusal_has_a_reason_and_no_numbers() {
    let side = side(None, 2);
    let page = report(&side.document, None);
    asks_nobody(&page);
    assert!(page.contains("NOT SCORED") && page.contains("Next step"));
    assert!(!page.contains("id=\"scores\"") && !page.contains("<figure>"));
}

/// The numbers of the sample are by hand.
#[test]
fn a_provisional_score_says_so_first() {
    let page = report(&crate::compare::sample::provisional().document, None);
    asks_nobody(&page);
    assert!(page.contains("<h1>Provisional coronary calcium score</h1>"));
    assert!(page.contains("<b>PROVISIONAL</b>: no label and no reader decided what is coronary."));
    assert!(page.contains("Between <b>232.00</b> and <b>310.20</b>"));
    assert!(page.contains(
        "The upper bound lies in another category: the lower 100 to under 300, the upper 300 and more."
    ));
    assert!(page.contains("2 lesions need review") && page.contains("--edits"));
    let rows = page.replace("<td class=\"n\">", "|").replace("</td>", "");
    for row in [
        "LAD</th>|200.00|180.00|255.20|",
        "LM/LAD/LCX</th>|32.00|27.00|37.00|",
        "Total</th>|282.00|232.00|310.20|",
    ] {
        assert!(rows.contains(row), "{row}");
    }
    assert!(page.contains("<b>232.00</b>, between 208.80 and 255.20"), "all but RCA");
    assert!(page.contains("near root, metal") && page.contains("lung border") && page.contains("bone"));
    let refused = report(&crate::compare::sample::stopped().document, None);
    assert!(refused.contains("93 HU") && refused.contains("lung border") && !refused.contains("PROVISIONAL"));
    let labels = report(&side(Some("coronary/regions.json"), 2).document, None).to_lowercase();
    assert!(!labels.contains("class=\"banner\"") && !labels.contains(">lower<"));
}

/// A name that would run, with a control character, as region, lesion, label, finding and scanner.
#[test]
fn hostile_texts_stay_texts() {
    let mut side = side(Some("coronary/regions.json"), 2);
    let hostile = "<img src=x onerror=alert(1)>\u{1b}[2J\"'&";
    let document = &mut side.document;
    document.arteries[0].artery = hostile.to_owned();
    document.lesions.iter_mut().for_each(|l| l.artery = hostile.to_owned());
    let of = document.total.as_ref().unwrap().sums.clone();
    document.regions.push(crate::result::RegionRecord { name: hostile.to_owned(), sums: of });
    document.classes[3].artery = Some(hostile.to_owned());
    document.findings[0].message = hostile.to_owned();
    document.findings[0].seen = Some(hostile.to_owned());
    document.protocol.name = hostile.to_owned();
    let series = document.series.as_mut().unwrap();
    (series.manufacturer, series.model) = (Some(hostile.to_owned()), Some(hostile.to_owned()));
    series.kernel = vec![hostile.to_owned()];
    let traced = side.traced.as_mut().unwrap();
    traced.calcium.regions.iter_mut().for_each(|r| r.name = hostile.to_owned());
    let page = report(&side.document, Some(&drawn(&side, 2))).replace("onerror=alert", "onerror alert");
    asks_nobody(&page);
    assert!(page.contains("&lt;img src=x onerror alert(1)&gt;?[2J&quot;'&amp;"));
    assert!(!page.contains('\u{1b}'));
}

/// 45 slices: the 40 with most calcium are shown, and 5 left out by name. 510 lesions: 500.
#[test]
fn a_page_stays_bearable() {
    let mut side = side(Some("coronary/regions.json"), 2);
    let mut drawn = drawn(&side, 2);
    let first = drawn.slices[0].clone();
    drawn.slices = vec![first; 45];
    for (i, slice) in (0..).zip(&mut drawn.slices) {
        slice.marks[0].pixels = if i % 9 == 0 { 1 } else { 10 };
        slice.kind = pictures::Kind::Slice(i);
    }
    let lesion = side.document.lesions[0].clone();
    side.document.lesions = vec![lesion; 510];
    let page = report(&side.document, Some(&drawn));
    assert_eq!(page.matches("<figure>").count(), 2 + 40);
    assert!(page.contains("40 slices with most calcium; 5"));
    assert!(!page.contains("<b>Slice 9. </b>") && page.contains("<b>Slice 10. </b>"));
    assert!(page.contains("The 500 lesions with the largest scores; 10 more"));
    assert_eq!(page.matches("<th scope=\"row\">RCA ").count(), 500);
}

/// The chest three years later, as its phantom says: a plaque of LAD is new, one of LCX vanished.
#[test]
fn both_scans_are_side_by_side() {
    let (before, after) = (phantom("coronary"), phantom("coronary-later"));
    let comparison = compare(&before, &after, &CompareRequest::default());
    let pictures = |threads| pair_pictures(&comparison, [&before, &after], Workers::new(threads)).unwrap();
    let (one, four) = (pictures(1), pictures(4));
    assert_eq!(one, four);
    let page = comparison_report(&comparison, Some(&one));
    asks_nobody(&page);
    let groups = comparison.lesions.len();
    assert_eq!(page.matches("<figure>").count(), 4 + 2 * groups);
    for (number, group) in (1..).zip(&comparison.lesions) {
        let label = format!("<title>{} {number}</title>", group.artery);
        let sides = [!group.baseline.is_empty(), !group.followup.is_empty()];
        // In both projections of each scan that has it, and in its close-up at least.
        let least = 3 * sides.iter().filter(|has| **has).count();
        assert!(page.matches(&label).count() >= least, "{label}");
    }
    assert_eq!(page.matches(", new: +").count(), 1);
    assert_eq!(page.matches(", vanished: -").count(), 1);
    let saved = Side::from(after.document);
    let pictures = pair_pictures(&comparison, [&before, &saved], Workers::new(2)).unwrap();
    let page = comparison_report(&comparison, Some(&pictures));
    assert_eq!(page.matches("a saved result: it has no pixels").count(), 2 + groups);
    assert!(comparison_report(&comparison, None).contains("both sides are saved results"));
}
