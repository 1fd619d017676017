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
use std::collections::BTreeMap;

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
            let [[row, first], [_, last]] = part.map(|[down, across]| {
                [down.saturating_sub(frame.down.start), across.saturating_sub(frame.across.start)]
            });
            self.add(span.lesion, row, [first, last]);
        }
    }

    fn add_coronal(&mut self, span: &Span, slice: u32, frame: &Frame) {
        let row = (frame.slices.end - 1).saturating_sub(slice);
        for part in parts(span, frame) {
            let [first, last] = part.map(|[_, across]| across.saturating_sub(frame.across.start));
            self.add(span.lesion, row, [first, last]);
        }
    }

    /// Pixels of a row from one to another, in either order.
    fn add(&mut self, lesion: usize, row: u32, [a, b]: [u32; 2]) {
        let within = |x: u32| u16::try_from(x).expect("an image is no larger than a slice or a series");
        let stretch = Stretch { row: within(row), start: within(a.min(b)), end: within(a.max(b) + 1) };
        self.0.entry(lesion).or_default().push(stretch);
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

/// The first and the last place of pixels of a span that are side by side in the picture.
fn parts(span: &Span, frame: &Frame) -> Vec<[[u32; 2]; 2]> {
    let place = |column| frame.view.place(span.row, column);
    if frame.view.keeps_rows() {
        return vec![[place(span.start), place(span.end - 1)]];
    }
    (span.start..span.end).map(|column| [place(column), place(column)]).collect()
}
