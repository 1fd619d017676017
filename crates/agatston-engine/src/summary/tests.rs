//! A cohort made by hand, and what it comes to by hand.

use super::{Summary, Unread, of_csv, record::GroupWord, row::Wanted};
use crate::{
    compare::sample::{provisional, stopped},
    writers::{self, tables::Table},
};

/// A row a line; a dash is null.
const COHORT: &str = "
refusal_code status      scope      assigned_by kind   region separated agatston lower upper category  category_lower category_upper micro_lesions micro_agatston macro_lesions macro_agatston noise_hu manufacturer kvp slice_thickness_mm findings
-            scored      coronary   labels      artery LM     true      0        -     -     -         -              -              0             0              0             0              -        A            120 3                  -
-            scored      coronary   labels      artery LAD    true      0        -     -     -         -              -              0             0              0             0              -        A            120 3                  -
-            scored      coronary   labels      total  total  -         0        -     -     0         -              -              0             0              0             0              -        A            120 3                  -
-            scored      coronary   labels      artery LM     true      0        -     -     -         -              -              0             0              0             0              -        A            120 3                  warning:metal
-            scored      coronary   labels      artery LAD    true      30       -     -     -         -              -              1             10             1             20             -        A            120 3                  warning:metal
-            scored      coronary   labels      region valve  -         900      -     -     -         -              -              0             0              1             900            -        A            120 3                  warning:metal
-            scored      coronary   labels      total  total  -         50       -     -     (0,100)   -              -              2             10             1             40             -        A            120 3                  warning:metal;info:kernel_unknown;warning:metal
-            scored      coronary   reader      artery LM     false     -        -     -     -         -              -              -             -              -             -              -        B            100 2.5                warning:kvp
-            scored      coronary   reader      artery LAD    true      150      -     -     -         -              -              0             0              1             150            -        B            100 2.5                warning:kvp
-            scored      coronary   reader      total  total  -         150      -     -     -         -              -              0             0              1             150            -        B            100 2.5                warning:kvp
-            scored      coronary   labels      artery LM     true      0        -     -     -         -              -              0             0              0             0              -        A            -   3                  warning:metal
-            scored      coronary   labels      artery LAD    true      250      -     -     -         -              -              0             0              1             250            -        A            -   3                  warning:metal
-            scored      coronary   labels      total  total  -         400      -     -     [300,inf) -              -              3             100            2             300            -        A            -   3                  warning:metal
-            provisional coronary   anatomy     artery LM     false     -        -     -     -         -              -              -             -              -             -              12       -            120 3                  -
-            provisional coronary   anatomy     artery LAD    true      20       -     -     -         -              -              1             20             0             0              12       -            120 3                  -
-            provisional coronary   anatomy     total  total  -         20       5     30    (0,100)   (0,100)        (0,100)        1             20             0             0              12       -            120 3                  -
-            provisional coronary   anatomy     artery LM/LAD/LCX true   90       -     -     -         -              -              -             -              -             -              20       A            120 3                  warning:duplicate_series
-            provisional coronary   anatomy     total  total  -         90       80    120   (0,100)   (0,100)        [100,300)      -             -              -             -              20       A            120 3                  warning:duplicate_series
no_lungs     refused     -          -           total  total  -         -        -     -     -         -              -              -             -              -             -              -        A            120 3                  refusal:no_lungs;warning:metal
high_noise   refused     -          -           total  total  -         -        -     -     -         -              -              -             -              -             -              40       A            120 3                  refusal:high_noise
high_noise   refused     -          -           total  total  -         -        -     -     -         -              -              -             -              -             -              -        A            120 -                  refusal:high_noise
-            scored      everything everything  total  total  -         1000     -     -     -         -              -              4             250            1             750            -        A            120 3                  -
-            scored      regions    labels      region insert true      77       -     -     -         -              -              0             0              1             77             -        A            120 3                  -
-            scored      regions    labels      total  total  -         -        -     -     -         -              -              -             -              -             -              -        A            120 3                  -
";

/// The table as CSV, with the columns that are the same in all rows.
fn csv(table: &str) -> String {
    let cell = |word: &str| match word {
        "-" => String::new(),
        word => format!("\"{}\"", word.replace(';', " ")),
    };
    let line = |(i, line): (usize, &str)| {
        let cells: Vec<String> = line.split_whitespace().map(cell).collect();
        let more = if i == 0 { "engine_version,protocol,protocol_hash" } else { "1,standard,abc" };
        format!("{},{more}\n", cells.join(","))
    };
    table.trim().lines().enumerate().map(line).collect()
}

pub(crate) fn cohort() -> Summary {
    of_csv(csv(COHORT).as_bytes()).unwrap()
}

fn near(found: Option<f64>, expected: f64) {
    assert!((found.unwrap() - expected).abs() < 1e-9, "{found:?} for {expected}");
}

#[test]
fn series_are_counted_by_what_became_of_them() {
    let c = cohort().series;
    assert_eq!([c.all, c.scored, c.provisional, c.refused], [11, 6, 2, 3]);
    assert_eq!([c.without_total, c.duplicates], [1, 1]);
    let names = |counts: &[super::record::NamedCount]| {
        counts
            .iter()
            .map(|c| format!("{} {}", c.name.as_deref().unwrap_or("?"), c.series))
            .collect::<Vec<_>>()
    };
    assert_eq!(names(&c.refusals), ["high_noise 2", "no_lungs 1"]);
    assert_eq!(names(&c.assigned_by), ["labels 4", "anatomy 2", "everything 1", "reader 1"]);
    let scans = cohort().scans;
    assert_eq!(names(&scans.manufacturers), ["A 9", "B 1", "? 1"]);
    let kvp: Vec<_> = scans.kvp.iter().map(|c| (c.value, c.series)).collect();
    assert_eq!(kvp, [(Some(120.0), 9), (Some(100.0), 1), (None, 1)]);
}

/// Scored 0, 50, 150, 400: the quartiles lie at places 0.75, 1.5, 2.25, the ninth tenth at 2.7.
#[test]
fn kinds_of_scores_are_never_mixed() {
    let s = cohort();
    let [scored, rules, all] = &s.groups[..] else { panic!("three groups") };
    assert_eq!([scored.group, rules.group, all.group], GroupWord::ALL);
    assert_eq!([scored.series, rules.series, all.series], [4, 2, 1]);
    let d = &scored.agatston;
    assert_eq!((d.n, d.unknown, d.zero), (4, 0, 1));
    near(d.minimum, 0.0);
    near(d.lower_quartile, 37.5);
    near(d.median, 100.0);
    near(d.upper_quartile, 212.5);
    near(d.percentile_90, 325.0);
    near(d.maximum, 400.0);
    near(rules.agatston.median, 55.0);
    near(all.agatston.median, 1000.0);
    assert!(all.categories.is_empty() && all.arteries.is_empty() && all.bounds.is_none());
}

/// 400 belongs to the category of Rumberger that ends there; the score without a category is in neither scale.
#[test]
fn categories_are_those_of_the_table() {
    let s = cohort();
    let series = |counts: &[super::record::CategoryCount]| {
        counts.iter().map(|c| (c.category.clone().unwrap_or_default(), c.series)).collect::<Vec<_>>()
    };
    let of = |all: &[(&str, u64)]| all.iter().map(|(name, n)| ((*name).to_owned(), *n)).collect::<Vec<_>>();
    assert_eq!(
        series(&s.groups[0].categories),
        of(&[("0", 1), ("(0,100)", 1), ("[100,300)", 0), ("[300,inf)", 1), ("", 1)])
    );
    assert_eq!(
        series(&s.groups[0].categories_rumberger),
        of(&[("0", 1), ("(0,10]", 0), ("(10,100]", 1), ("(100,400]", 1), ("(400,inf)", 0), ("", 1)])
    );
    let bounds = s.groups[1].bounds.as_ref().unwrap();
    assert_eq!((bounds.n, bounds.with_categories, bounds.same_category), (2, 2, 1));
    near(bounds.median_width, 32.5);
}

/// Shares of micro 10 of 50, 0 of 150 and 100 of 400; of all 110 of 600. Of provisional scores 20 of 20, one unknown.
#[test]
fn arteries_and_sizes() {
    let s = cohort();
    let [lm, lad, lcx, _] = &s.groups[0].arteries[..] else { panic!("four arteries") };
    assert_eq!((lm.separated, lm.with_calcium, lm.median), (3, 0, None));
    assert_eq!((lad.separated, lad.with_calcium, lad.median), (4, 3, Some(150.0)));
    assert_eq!((lcx.artery.as_str(), lcx.separated), ("LCX", 0));
    assert_eq!([s.groups[0].of_no_one_artery, s.groups[1].of_no_one_artery], [0, 1]);
    let sizes = &s.groups[0].sizes;
    assert_eq!([sizes.n, sizes.unknown, sizes.micro_lesions, sizes.macro_lesions], [3, 0, 5, 4]);
    near(sizes.micro_share_median, 0.2);
    near(sizes.micro_share_pooled, 110.0 / 600.0);
    let sizes = &s.groups[1].sizes;
    assert_eq!((sizes.n, sizes.unknown, sizes.micro_share_median), (1, 1, Some(1.0)));
}

#[test]
fn noise_and_findings() {
    let s = cohort();
    let noise = s.noise_hu.unwrap();
    assert_eq!((noise.n, noise.minimum, noise.median, noise.maximum), (3, 12.0, 20.0, 40.0));
    let findings: Vec<String> =
        s.findings.iter().map(|f| format!("{}:{} {}", f.severity.as_str(), f.code, f.series)).collect();
    assert_eq!(
        findings,
        [
            "warning:metal 3",
            "warning:duplicate_series 1",
            "warning:kvp 1",
            "refusal:high_noise 2",
            "refusal:no_lungs 1",
            "info:kernel_unknown 1"
        ]
    );
}

/// Sums run over sorted numbers: neither order of rows nor order of columns changes a bit.
#[test]
fn the_order_of_rows_changes_nothing() {
    let text = csv(COHORT);
    let mut lines: Vec<&str> = text.lines().collect();
    lines[1..].reverse();
    let turned = of_csv((lines.join("\r\n") + "\r\n").as_bytes()).unwrap();
    assert_eq!(turned, cohort());
}

#[test]
fn tables_of_the_program_are_read() {
    let documents = [provisional().document, stopped().document];
    let s = of_csv(Table::Scores.csv(&documents).as_bytes()).unwrap();
    assert_eq!([s.series.all, s.series.provisional, s.series.refused], [2, 1, 1]);
    let bounds = s.groups[0].bounds.as_ref().unwrap();
    near(bounds.median_width, 78.2);
    assert_eq!((bounds.with_categories, bounds.same_category), (1, 0));
    assert_eq!(s.noise_hu.map(|n| n.n), Some(2));
    let none = of_csv(Table::Scores.csv([]).as_bytes()).unwrap();
    assert_eq!((none.series.all, none.groups.len()), (0, 0));
    assert!(writers::summary::table(&none).plain().contains("The table has no series."));
}

fn problem(text: &str) -> String {
    match of_csv(text.as_bytes()) {
        Err(Unread::NoTable(problem)) => problem,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_no_table_of_scores_says_why() {
    assert!(problem("").starts_with("it is neither"));
    assert!(problem("a,b\n1,2\n").starts_with("it is neither"));
    assert!(problem(&Table::Lesions.csv([])).contains("scores.parquet"));
    let text = csv(COHORT);
    assert_eq!(
        problem(&text.replacen("noise_hu", "noise", 1)),
        "the column noise_hu is missing, as in tables of older versions"
    );
    let old = text.replacen("micro_agatston", "x", 1).replacen("noise_hu", "y", 1);
    assert_eq!(
        problem(&old),
        "the columns micro_agatston, noise_hu are missing, as in tables of older versions"
    );
    assert_eq!(
        problem(&text.replacen("\"provisional\"", "\"likely\"", 1)),
        "row 14 has an unknown word, or none, in the column status"
    );
    assert_eq!(
        problem(&text.replacen("\"400\"", "\"-400\"", 1)),
        "row 13 has no float64 that can be in the column agatston"
    );
    assert_eq!(
        problem(&text.replacen("\"150\"", "\"NaN\"", 1)),
        "row 9 has no float64 that can be in the column agatston"
    );
    assert_eq!(problem(&text[..text.len() - 20]), "row 24 has more or fewer cells than the header line");
    let endless = format!("{}\"{}", text, "x".repeat(3 << 20));
    assert_eq!(problem(&endless), "row 25 is longer than 1 MiB");
    assert!(Wanted::ALL.iter().all(|w| text.contains(w.name())));
}

/// A name of a file that would run, or be wider than a page.
#[test]
fn hostile_names_stay_names() {
    let long = format!("\"<img src=x onerror=alert(1)>\u{1b}[2J{}\"", "W".repeat(200));
    let s =
        of_csv(csv(COHORT).replace("\"A\"", &long).replace("metal", &"m".repeat(300)).as_bytes()).unwrap();
    let page = writers::html::summary_page(&s);
    assert!(page.contains("&lt;img src=x") && !page.contains("<img") && !page.contains('\u{1b}'));
    let text = writers::summary::table(&s).plain();
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    assert!(!text.contains('\u{1b}'));
}

#[test]
fn the_page_for_a_terminal_is_80_wide_and_one_page_long() {
    let text = writers::summary::table(&cohort()).plain();
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    assert!(text.lines().count() <= 75, "{text}");
    for line in [
        "  scored                       6    54.5 %",
        "  median                          100.00           55.00         1000.00",
        "  LAD             4      3   75.0 %   150.00          1      1  100.0 %    20.00",
        "  warning         3   27.3 %  metal",
    ] {
        assert!(text.lines().any(|found| found == line), "{line}\n{text}");
    }
    assert!(text.contains("1 of 11 series is told to be a copy of another one (duplicate_series)."));
}
