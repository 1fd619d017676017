//! The pixels of a PNG, drawn on.

use super::gray::Gray;
use crate::palette::Rgb;
use embedded_graphics::{pixelcolor::Rgb888, prelude::*};
use std::convert::Infallible;

/// Width of every PNG, pixels.
pub(super) const WIDTH: u32 = 1000;
/// Most rows of an image, before it is cut: a header may claim pixels as high as a house.
pub(super) const HEIGHT_MOST: u32 = 4 * WIDTH;

/// A colour as it is drawn.
pub(super) fn rgb([red, green, blue]: Rgb) -> Rgb888 {
    Rgb888::new(red, green, blue)
}

/// Nothing goes wrong on a canvas.
pub(super) fn never(drawn: Result<(), Infallible>) {
    let Ok(()) = drawn;
}

/// Pixels that are drawn on.
pub(super) struct Canvas {
    pub(super) rows: u32,
    /// Red, green, blue, row by row.
    pub(super) values: Vec<u8>,
}

impl Canvas {
    /// Without anything on it.
    pub(super) fn black(rows: u32) -> Self {
        Self { rows, values: vec![0; WIDTH as usize * rows as usize * 3] }
    }

    /// Lays an image, so many rows high, over the first rows, as far as they are shown, interpolated between the
    /// centres of its pixels.
    pub(super) fn lay(&mut self, image: &Gray, height: u32, shown: u32) {
        let across: Vec<Between> = (0..WIDTH).map(|x| Between::of(x, WIDTH, image.columns)).collect();
        for y in 0..shown {
            let down = Between::of(y, height, image.rows);
            let (above, below) = (image.row(down.before), image.row(down.after));
            for (x, between) in across.iter().enumerate() {
                let upper = between.mix(above[between.before as usize], above[between.after as usize]);
                let lower = between.mix(below[between.before as usize], below[between.after as usize]);
                let shade = down.mix(upper, lower);
                let start = (y as usize * WIDTH as usize + x) * 3;
                self.values[start..start + 3].fill(shade);
            }
        }
    }
}

/// A place between two neighbours: how much of the one after, in 256ths.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Between {
    before: u32,
    after: u32,
    part: u32,
}

impl Between {
    /// Where the centre of pixel `i` of `of` is among `count` others.
    fn of(i: u32, of: u32, count: u32) -> Self {
        // (i + 0.5) * count / of - 0.5, in 256ths, in whole numbers: the same on every machine.
        let (i, of, count) = (u64::from(i), u64::from(of), u64::from(count));
        let place = ((2 * i + 1) * count * 256 / (2 * of)).saturating_sub(128).min((count - 1) * 256);
        let whole = |x: u64| u32::try_from(x).expect("below the count of pixels");
        Self {
            before: whole(place / 256),
            after: whole((place / 256 + 1).min(count - 1)),
            part: whole(place % 256),
        }
    }

    fn mix(self, before: u8, after: u8) -> u8 {
        let sum = u32::from(before) * (256 - self.part) + u32::from(after) * self.part;
        u8::try_from((sum + 128) / 256).unwrap_or(u8::MAX)
    }
}

impl OriginDimensions for Canvas {
    fn size(&self) -> Size {
        Size::new(WIDTH, self.rows)
    }
}

impl DrawTarget for Canvas {
    type Color = Rgb888;
    type Error = Infallible;

    fn draw_iter<I: IntoIterator<Item = Pixel<Rgb888>>>(&mut self, drawn: I) -> Result<(), Infallible> {
        for Pixel(Point { x, y }, colour) in drawn {
            let (Ok(x), Ok(y)) = (u32::try_from(x), u32::try_from(y)) else { continue };
            if x < WIDTH && y < self.rows {
                let start = (y as usize * WIDTH as usize + x as usize) * 3;
                self.values[start..start + 3].copy_from_slice(&[colour.r(), colour.g(), colour.b()]);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two pixels made four: centres of the four at -0.25, 0.25, 0.75, 1.25 of the two, the outer ones at the edge.
    #[test]
    fn between_two_pixels() {
        let places = [0, 1, 2, 3].map(|i| Between::of(i, 4, 2));
        let shades = places.map(|p| p.mix([0, 200][p.before as usize], [0, 200][p.after as usize]));
        assert_eq!(shades, [0, 50, 150, 200]);
    }
}
