//! Where the labels of a picture go: beside their lesion, over no other lesion and no other label.
//!
//! ```text
//! the largest lesion first: right, left, above, below, then at the corners of it, as near as there is room
//! a label that is not beside its lesion has a leader to it; one that finds no place at all is left out and counted
//! ```

use super::{Mark, Picture};
use crate::outline::Corner;

/// A rectangle, mm from the upper left corner of the picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Rect {
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) right: f64,
    pub(super) bottom: f64,
}

/// A label and its place.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Label<'a> {
    pub(super) mark: &'a Mark,
    pub(super) at: Rect,
    /// From the label to the lesion, `[x, y]`; none where it stands beside it.
    pub(super) leader: Option<[[f64; 2]; 2]>,
}

/// The labels of a picture and its scale bar.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Layout<'a> {
    pub(super) labels: Vec<Label<'a>>,
    /// Lesions that are outlined without a label, for want of room.
    pub(super) unlabelled: usize,
    pub(super) bar: Bar,
}

/// The scale bar.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Bar {
    /// Its left end, `[x, y]`, mm.
    pub(super) at: [f64; 2],
    pub(super) length_mm: f64,
}

/// The eight directions from a lesion in which a label may stand, in the order in which they are asked.
const DIRECTIONS: [[f64; 2]; 8] =
    [[1.0, 0.0], [-1.0, 0.0], [0.0, -1.0], [0.0, 1.0], [1.0, -1.0], [-1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]];

/// How far from its lesion a label may stand, in lines of text.
const FARTHEST: u32 = 12;

/// Places every label that has room, in lines of text of this height; a character is half as wide.
pub(super) fn layout(picture: &Picture, line_mm: f64) -> Layout<'_> {
    let [height, width] = picture.size_mm();
    let bar = Bar {
        at: [line_mm * 0.8, height - line_mm * 0.8],
        length_mm: if width > 200.0 {
            50.0
        } else if width > 60.0 {
            20.0
        } else {
            10.0
        },
    };
    let lesions: Vec<Rect> = picture.marks.iter().map(|mark| extent(mark, picture.pixel_mm)).collect();
    let mut taken =
        Taken { within: Rect { left: 0.0, top: 0.0, right: width, bottom: height }, labels: Vec::new() };
    let foot = height - 2.6 * line_mm;
    taken.labels.push(Rect { left: 0.0, top: foot, right: bar.at[0] + bar.length_mm, bottom: height });
    let mut order: Vec<usize> = (0..lesions.len()).collect();
    order.sort_by_key(|&i| std::cmp::Reverse(picture.marks[i].pixels));
    let mut labels = Vec::new();
    for index in order {
        let mark = &picture.marks[index];
        let size = [(text_width(&mark.label) + 0.6) * line_mm, line_mm];
        if let Some((at, steps)) = taken.place(&lesions, index, size) {
            let lesion = &lesions[index];
            let leader = (steps > 0).then(|| [at.nearest(lesion.middle()), lesion.nearest(at.middle())]);
            taken.labels.push(at);
            labels.push(Label { mark, at, leader });
        }
    }
    labels.sort_by_key(|label| label.mark.lesion);
    Layout { unlabelled: lesions.len() - labels.len(), labels, bar }
}

/// Width of a text in lines.
fn text_width(text: &str) -> f64 {
    text.chars().map(|_| 0.5).sum()
}

/// What holds every pixel of a lesion.
fn extent(mark: &Mark, [row_mm, column_mm]: [f64; 2]) -> Rect {
    let nowhere = Rect { left: f64::MAX, top: f64::MAX, right: 0.0, bottom: 0.0 };
    let corners = mark.outlines.iter().flat_map(|outline| &outline.corners);
    corners.fold(nowhere, |rect, Corner { column, row }| {
        let (x, y) = (f64::from(*column) * column_mm, f64::from(*row) * row_mm);
        Rect {
            left: rect.left.min(x),
            top: rect.top.min(y),
            right: rect.right.max(x),
            bottom: rect.bottom.max(y),
        }
    })
}

/// Where no further label may stand.
struct Taken {
    within: Rect,
    labels: Vec<Rect>,
}

impl Taken {
    /// A free place for a label of a lesion, and how many lines away from it. Over other lesions only where there is none.
    fn place(&self, lesions: &[Rect], index: usize, size: [f64; 2]) -> Option<(Rect, u32)> {
        let own = lesions.get(index)?;
        let candidates = || {
            (0..=FARTHEST)
                .flat_map(|steps| DIRECTIONS.map(|direction| (beside(own, size, direction, steps), steps)))
        };
        let is_free = |at: &Rect| at.is_within(&self.within) && !self.labels.iter().any(|l| l.meets(at));
        let hides_none = |at: &Rect| !lesions.iter().any(|lesion| lesion.meets(at));
        candidates()
            .find(|(at, _)| is_free(at) && hides_none(at))
            .or_else(|| candidates().find(|(at, _)| is_free(at) && !own.meets(at)))
    }
}

/// A label in a direction of a lesion, so many lines away from its edge.
fn beside(lesion: &Rect, [width, height]: [f64; 2], [x, y]: [f64; 2], steps: u32) -> Rect {
    let away = height * (0.25 + f64::from(steps));
    let [middle_x, middle_y] = lesion.middle();
    let middle_x = middle_x + x * ((lesion.right - lesion.left + width) / 2.0 + away);
    let middle_y = middle_y + y * ((lesion.bottom - lesion.top + height) / 2.0 + away);
    Rect {
        left: middle_x - width / 2.0,
        top: middle_y - height / 2.0,
        right: middle_x + width / 2.0,
        bottom: middle_y + height / 2.0,
    }
}

impl Rect {
    fn middle(&self) -> [f64; 2] {
        [(self.left + self.right) / 2.0, (self.top + self.bottom) / 2.0]
    }

    fn meets(&self, other: &Self) -> bool {
        self.left < other.right
            && other.left < self.right
            && self.top < other.bottom
            && other.top < self.bottom
    }

    fn is_within(&self, other: &Self) -> bool {
        self.left >= other.left
            && self.right <= other.right
            && self.top >= other.top
            && self.bottom <= other.bottom
    }

    /// The point of it that is nearest to another.
    fn nearest(&self, [x, y]: [f64; 2]) -> [f64; 2] {
        [x.clamp(self.left, self.right), y.clamp(self.top, self.bottom)]
    }
}
