//! What is drawn over an image: the outlines of lesions, each with its artery and number.
//!
//! An outline runs along the edges of pixels, so that it says exactly what counted. Over a projection it is the outline
//! of the projection of the lesion.

use super::frame::Frame;
use crate::{
    outline::{Outline, Stretch, outlines},
    palette::Rgb,
    traced::{Calcium, Span},
};
use std::{collections::BTreeMap, ops::Range};

/// A lesion as drawn.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Mark {
    /// Index of the lesion in the result.
    pub(crate) lesion: usize,
    /// Artery or region, and number.
    pub(crate) label: String,
    pub(crate) colour: Rgb,
    /// Along the edges of pixels of the image.
    pub(crate) outlines: Vec<Outline>,
    /// Pixels inside.
    pub(crate) pixels: u64,
}

/// How lesions are called and coloured, by their index in the result.
pub(super) struct Names {
    pub(super) labels: Vec<String>,
    pub(super) colours: Vec<Rgb>,
}

/// The lesions of a slice.
pub(super) fn of_slice(spans: &[Span], frame: &Frame, names: &Names) -> Vec<Mark> {
    let mut stretches = Stretches::default();
    spans.iter().for_each(|span| stretches.add_axial(span, frame));
    stretches.marks(names)
}

/// The lesions of all slices, laid on each other.
pub(super) fn axial(calcium: &Calcium, frame: &Frame, names: &Names) -> Vec<Mark> {
    let mut stretches = Stretches::default();
    calcium.slices.iter().flatten().for_each(|span| stretches.add_axial(span, frame));
    stretches.marks(names)
}

/// The lesions of all rows, laid on each other, the highest slice on top.
pub(super) fn coronal(calcium: &Calcium, frame: &Frame, names: &Names) -> Vec<Mark> {
    let mut stretches = Stretches::default();
    for (slice, spans) in (0u32..).zip(&calcium.slices) {
        spans.iter().for_each(|span| stretches.add_coronal(span, slice, frame));
    }
    stretches.marks(names)
}

/// Pixels of the image, by lesion.
#[derive(Default)]
struct Stretches(BTreeMap<usize, Vec<Stretch>>);

impl Stretches {
    fn add_axial(&mut self, span: &Span, frame: &Frame) {
        for part in parts(span, frame) {
            let [[down, first], [_, last]] = part;
            if frame.down.contains(&down) {
                self.add(span.lesion, down - frame.down.start, cut([first, last], &frame.across));
            }
        }
    }

    fn add_coronal(&mut self, span: &Span, slice: u32, frame: &Frame) {
        let row = (frame.slices.end - 1).saturating_sub(slice);
        for part in parts(span, frame) {
            let [[_, first], [_, last]] = part;
            self.add(span.lesion, row, cut([first, last], &frame.across));
        }
    }

    /// Columns of a row, if there are any.
    fn add(&mut self, lesion: usize, row: u32, columns: Range<u32>) {
        let within = |x: u32| u16::try_from(x).expect("an image is no larger than a slice or a series");
        if !columns.is_empty() {
            let stretch =
                Stretch { row: within(row), start: within(columns.start), end: within(columns.end) };
            self.0.entry(lesion).or_default().push(stretch);
        }
    }

    fn marks(self, names: &Names) -> Vec<Mark> {
        let mark = |(lesion, stretches): (usize, Vec<Stretch>)| Mark {
            lesion,
            label: names.labels[lesion].clone(),
            colour: names.colours[lesion],
            outlines: outlines(&stretches),
            pixels: stretches.iter().map(|s| u64::from(s.end - s.start)).sum(),
        };
        self.0.into_iter().map(mark).collect()
    }
}

/// Columns from one to another, in either order, as far as they are shown; counted from the first that is.
fn cut([a, b]: [u32; 2], shown: &Range<u32>) -> Range<u32> {
    let from = |column: u32| column.clamp(shown.start, shown.end) - shown.start;
    from(a.min(b))..from(a.max(b) + 1)
}

/// The first and the last place of pixels of a span that are side by side in the picture.
fn parts(span: &Span, frame: &Frame) -> Vec<[[u32; 2]; 2]> {
    let place = |column| frame.view.place(span.row, column);
    if frame.view.keeps_rows() {
        return vec![[place(span.start), place(span.end - 1)]];
    }
    (span.start..span.end).map(|column| [place(column), place(column)]).collect()
}

#[cfg(test)]
mod tests {
    use super::cut;

    #[test]
    fn what_is_not_shown_is_cut_off() {
        let shown = 10..20;
        assert_eq!(cut([12, 14], &shown), 2..5);
        assert_eq!(cut([14, 12], &shown), 2..5); // a row that is stored from left to right
        assert_eq!(cut([5, 10], &shown), 0..1);
        assert_eq!(cut([19, 30], &shown), 9..10);
        assert!(cut([3, 9], &shown).is_empty() && cut([20, 25], &shown).is_empty());
    }
}
