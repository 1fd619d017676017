//! The pictures of a report: the projections, and slices with lesions as many as a page can bear.

use crate::pictures::{Picture, Pictures};
use maud::{Markup, html};
use std::collections::BTreeSet;

/// Slices that a page shows.
const SLICES_MAX: usize = 40;

/// The projections.
pub(super) fn projections(pictures: &Pictures) -> Markup {
    html! {
        div.pictures {
            @for picture in [&pictures.axial, &pictures.coronal] { (figure(picture)) }
        }
        p.note {
            "R and L are the patient's right and left, A and P front and back, H and F head and feet."
            @if !pictures.axial.marks.is_empty() {
                " Outlines run along the edges of the pixels that count; each has its artery and the number of the lesion in the result."
            }
        }
    }
}

/// The slices with most calcium, in order.
pub(super) fn slices(pictures: &Pictures) -> Markup {
    let shown = most_calcium(&pictures.slices);
    let left_out = pictures.slices.len() - shown.len();
    html! {
        @if pictures.slices.is_empty() {
            p { "No slice holds a lesion that is listed here." }
        } @else {
            p.note {
                "From the lowest to the highest, all cut alike."
                @if left_out > 0 {
                    " These are the " (shown.len()) " slices with most calcium; " (left_out)
                    " more are left out, and " code { "--png FOLDER" } " writes all of them."
                }
            }
            div.pictures.slices { @for picture in shown { (figure(picture)) } }
        }
    }
}

/// The slices with most calcium, as many as a page shows, in their order.
fn most_calcium(slices: &[Picture]) -> Vec<&Picture> {
    let pixels = |picture: &Picture| picture.marks.iter().map(|mark| mark.pixels).sum::<u64>();
    let mut order: Vec<usize> = (0..slices.len()).collect();
    order.sort_by_key(|&i| std::cmp::Reverse(pixels(&slices[i])));
    let kept: BTreeSet<usize> = order.into_iter().take(SLICES_MAX).collect();
    kept.into_iter().map(|i| &slices[i]).collect()
}

/// A picture with its caption.
pub(super) fn figure(picture: &Picture) -> Markup {
    html! {
        figure {
            (picture.svg())
            figcaption { b { (picture.kind.title()) ". " } (picture.caption) (picture.unlabelled()) }
        }
    }
}
