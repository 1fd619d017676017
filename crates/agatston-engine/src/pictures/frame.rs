//! What of a series is shown: one cut-out for all slices, so that they can be flicked through, and the slabs that are
//! projected. Through the whole body a projection is ribs and spine.

use super::{scale::pixels, view::View};
use crate::traced::Calcium;
use agatston_core::Geometry;
use std::ops::Range;

/// Around calcium, mm.
const MARGIN_MM: f64 = 30.0;
/// The cut-out is at least as wide and high, mm.
const LEAST_MM: f64 = 130.0;
/// Width and height of a close-up, mm.
const CLOSE_UP_MM: f64 = 50.0;
/// Projected in front of and behind calcium, mm.
pub(super) const SLAB_MM: f64 = 15.0;

/// What is shown. Rows and columns are those of the picture of a whole slice.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Frame {
    pub(super) view: View,
    /// Distance between slices, mm.
    pub(super) increment_mm: f64,
    /// Rows.
    pub(super) down: Range<u32>,
    /// Columns.
    pub(super) across: Range<u32>,
    /// Slices that the coronal picture shows.
    pub(super) slices: Range<u32>,
    /// Slices that the axial projection goes through.
    pub(super) axial_slab: Range<u32>,
    /// Rows that the coronal projection goes through.
    pub(super) coronal_slab: Range<u32>,
}

impl Frame {
    /// The frame of a series: around its calcium, or all of it where it has none.
    pub(super) fn of(geometry: &Geometry, calcium: &Calcium) -> Self {
        let view = View::of(geometry);
        let whole = [u32::try_from(calcium.slices.len()).unwrap_or(u32::MAX), view.size[0], view.size[1]];
        let increment_mm = geometry.increment_mm;
        let [row_mm, column_mm] = view.pixel_mm;
        let Some([slices, rows, columns]) = bounds(calcium, &view) else {
            let [slices, rows, columns] = whole.map(|count| 0..count);
            return Self {
                axial_slab: slices.clone(),
                coronal_slab: rows.clone(),
                down: rows,
                across: columns,
                slices,
                increment_mm,
                view,
            };
        };
        let [of_slices, of_rows, of_columns] = whole;
        let shown = |box_: &Range<u32>, mm: f64, of: u32| {
            at_least(widened(box_, pixels(MARGIN_MM, mm), of), pixels(LEAST_MM, mm), of)
        };
        Self {
            down: shown(&rows, row_mm, of_rows),
            across: shown(&columns, column_mm, of_columns),
            slices: shown(&slices, increment_mm, of_slices),
            axial_slab: widened(&slices, pixels(SLAB_MM, increment_mm), of_slices),
            coronal_slab: widened(&rows, pixels(SLAB_MM, row_mm), of_rows),
            increment_mm,
            view,
        }
    }

    /// A square of a slice around a place in the patient, LPS, mm; `None` where the place is in no slice.
    pub(super) fn around(geometry: &Geometry, slices: usize, place_lps_mm: [f64; 3]) -> Option<Self> {
        let view = View::of(geometry);
        let index = geometry.index_of(place_lps_mm);
        let of = [slices, usize::from(geometry.rows), usize::from(geometry.columns)];
        let is_inside = |(index, count): (&f64, &usize)| {
            *index > -0.5 && pixels(*index, 1.0) < u32::try_from(*count).unwrap_or(0)
        };
        if !index.iter().zip(&of).all(is_inside) {
            return None;
        }
        let [slice, row, column] = index.map(|index| u16::try_from(pixels(index, 1.0)).unwrap_or(u16::MAX));
        let [down, across] = view.place(row, column);
        let [row_mm, column_mm] = view.pixel_mm;
        let [rows, columns] = view.size;
        let slices = u32::from(slice)..u32::from(slice) + 1;
        Some(Self {
            down: at_least(down..down + 1, pixels(CLOSE_UP_MM, row_mm), rows),
            across: at_least(across..across + 1, pixels(CLOSE_UP_MM, column_mm), columns),
            increment_mm: geometry.increment_mm,
            axial_slab: slices.clone(),
            coronal_slab: 0..0,
            slices,
            view,
        })
    }

    /// Rows and columns of a slice as shown.
    pub(super) fn axial_size(&self) -> [u32; 2] {
        [self.down.end - self.down.start, self.across.end - self.across.start]
    }

    /// Rows and columns of the coronal picture: a row a slice.
    pub(super) fn coronal_size(&self) -> [u32; 2] {
        [self.slices.end - self.slices.start, self.across.end - self.across.start]
    }
}

/// First and behind the last slice, row and column with calcium.
fn bounds(calcium: &Calcium, view: &View) -> Option<[Range<u32>; 3]> {
    let ends = (0u32..).zip(&calcium.slices).flat_map(|(slice, spans)| {
        spans.iter().flat_map(move |span| {
            [span.start, span.end - 1].map(|column| {
                let [down, across] = view.place(span.row, column);
                [slice, down, across]
            })
        })
    });
    ends.fold(None, |bounds: Option<[Range<u32>; 3]>, place| {
        let old = bounds.unwrap_or(place.map(|at| at..at + 1));
        let with = |(old, at): (Range<u32>, u32)| old.start.min(at)..old.end.max(at + 1);
        let [a, b, c] = old;
        let [x, y, z] = place;
        Some([with((a, x)), with((b, y)), with((c, z))])
    })
}

/// A range with as much more on either side, within `0..of`.
fn widened(range: &Range<u32>, by: u32, of: u32) -> Range<u32> {
    range.start.saturating_sub(by)..range.end.saturating_add(by).min(of)
}

/// A range of at least that length where `0..of` has it, its middle kept where it can be.
fn at_least(range: Range<u32>, least: u32, of: u32) -> Range<u32> {
    let length = range.end - range.start;
    let wanted = least.min(of);
    if length >= wanted {
        return range;
    }
    let start = range.start.saturating_sub((wanted - length) / 2).min(of - wanted);
    start..start + wanted
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::traced::Span;

    /// 1 mm pixels, 3 mm slices: 400 x 400.
    fn geometry() -> Geometry {
        Geometry {
            rows: 400,
            columns: 400,
            spacing_mm: [1.0, 1.0],
            increment_mm: 3.0,
            origin_lps_mm: [0.0; 3],
            row_dir: [1.0, 0.0, 0.0],
            column_dir: [0.0, 1.0, 0.0],
            normal: [0.0, 0.0, 1.0],
        }
    }

    /// Of 40 slices.
    fn frame(slices: Vec<Vec<Span>>) -> Frame {
        Frame::of(
            &geometry(),
            &Calcium { regions: Vec::new(), lesions: vec![0], slices, is_provisional: false },
        )
    }

    #[test]
    fn a_speck_has_tissue_around_it() {
        let mut slices = vec![Vec::new(); 40];
        slices[20].push(Span { row: 200, start: 390, end: 392, lesion: 0 });
        let frame = frame(slices);
        // 30 mm above and below 200 are 61 rows, 130 are wanted: 34 more above, 35 below.
        assert_eq!(frame.down, 136..266);
        // At the edge the cut-out is moved into the image: 400 - 130.
        assert_eq!(frame.across, 270..400);
        // 15 mm are 5 slices and 15 rows; 130 mm are 43 slices, more than there are.
        assert_eq!((frame.axial_slab, frame.coronal_slab, frame.slices), (15..26, 185..216, 0..40));
    }

    /// 50 mm are 50 pixels around column 10, row 200: moved into the image at the left edge.
    #[test]
    fn a_close_up_is_of_one_size() {
        let frame = frame(vec![Vec::new(); 40]);
        let near = Frame::around(&geometry(), 40, [10.0, 200.0, 31.0]).unwrap();
        assert_eq!(near.view, frame.view);
        assert_eq!((near.down, near.across, near.slices), (176..226, 0..50, 10..11));
        for outside in [[-1.0, 200.0, 31.0], [10.0, 400.0, 31.0], [10.0, 200.0, 120.0]] {
            assert_eq!(Frame::around(&geometry(), 40, outside), None);
        }
    }

    #[test]
    fn without_calcium_all_is_shown() {
        let frame = frame(vec![Vec::new(); 40]);
        assert_eq!((frame.down, frame.across, frame.axial_slab), (0..400, 0..400, 0..40));
        assert_eq!((frame.coronal_slab, frame.slices), (0..400, 0..40));
    }
}
