//! Micro- and macrocalcification: bars, and the numbers that they show.

use super::{
    number::{cell, count, fixed},
    page::scroll,
};
use crate::{
    result::{ClassRecord, ResultDocument},
    shown_text::CT_SEES,
    writers::sizes::Sizes,
};
use maud::{Markup, html};

/// Width of the longest bar.
const LONGEST: f64 = 100.0;

/// The chart and its numbers.
pub(super) fn classes(document: &ResultDocument) -> Markup {
    let p = &document.protocol;
    let rows = Sizes::all(document);
    let largest = rows.iter().map(Sizes::agatston).fold(0.0, f64::max);
    let (micro, large) =
        (format!("micro, under {} mm", p.spotty_mm), format!("macro, {} mm and more", p.spotty_mm));
    let table = html! {
        table {
            caption { span { "Agatston score by size of the lesion. Striped: " (micro) ". Filled: " (large) "." } }
            thead { tr {
                th scope="col" { "Part" }
                th scope="col" { "Agatston score, micro and macro" }
                @for head in ["Micro lesions", "Micro Agatston", "Macro lesions", "Macro Agatston", "Foci below the minimum"] {
                    th.n scope="col" { (head) }
                }
            } }
            tbody {
                @for sizes in &rows {
                    tr.total[sizes.name().is_none()] {
                        th scope="row" { (sizes.name().unwrap_or("Total")) }
                        td { (sizes.bar(largest)) }
                        (cell(&count(sizes.micro.lesions))) (cell(&fixed(sizes.micro.agatston, 2)))
                        (cell(&count(sizes.large.lesions))) (cell(&fixed(sizes.large.agatston, 2)))
                        (cell(&sizes.below.foci.to_string()))
                    }
                }
            }
        }
    };
    html! {
        (stripes())
        (scroll("Size classes", &table))
        @for sizes in rows.iter().filter(|s| s.name().is_none()) {
            p {
                "Of the total: " (Sizes::part(sizes.micro, "punctate")) " punctate (under " (p.punctate_mm) " mm) and "
                (Sizes::part(sizes.micro, "spotty")) " spotty of micro; " (Sizes::part(sizes.large, "dense")) " dense (peak of "
                (format!("{:.0}", p.dense_hu)) " HU and more) of macro."
            }
        }
        p.note { (CT_SEES) }
    }
}

/// The stripes of bars, once for all of a page.
pub(super) fn stripes() -> Markup {
    html! {
        svg.defs aria-hidden="true" width="0" height="0" {
            defs {
                pattern id="stripes" width="3" height="3" patternUnits="userSpaceOnUse" patternTransform="rotate(45)" {
                    rect.micro-back width="3" height="3" {}
                    rect.micro-stripe width="1.4" height="3" {}
                }
            }
        }
    }
}

impl Sizes<'_> {
    fn agatston(&self) -> f64 {
        self.micro.agatston.unwrap_or_default() + self.large.agatston.unwrap_or_default()
    }

    /// Micro and macro beside each other, as long as their scores.
    fn bar(&self, largest: f64) -> Markup {
        let long = |c: &ClassRecord| {
            if largest > 0.0 { c.agatston.unwrap_or_default() / largest * LONGEST } else { 0.0 }
        };
        let (micro, large) = (long(self.micro), long(self.large));
        let words =
            format!("micro {}, macro {}", fixed(self.micro.agatston, 2), fixed(self.large.agatston, 2));
        html! {
            svg.bar viewBox="0 0 100 8" role="img" aria-label=(words) preserveAspectRatio="none" {
                title { (words) }
                rect.rail width="100" height="8" {}
                rect.micro width=(format!("{micro:.2}")) height="8" fill="url(#stripes)" {}
                rect.macro x=(format!("{micro:.2}")) width=(format!("{large:.2}")) height="8" {}
            }
        }
    }
}
