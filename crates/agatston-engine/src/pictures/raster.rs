//! A picture as a PNG for slides and mails: square pixels, sharp outlines, and a strip that says what it shows.

use super::{
    Picture,
    canvas::{Canvas, HEIGHT_MOST, WIDTH, never, rgb},
    layout::{Label, layout},
    png,
    scale::pixels,
};
use crate::{
    palette::Rgb,
    shown_text::{RESEARCH, wrap},
};
use embedded_graphics::{
    mono_font::{MonoTextStyle, iso_8859_1::FONT_10X20},
    pixelcolor::Rgb888,
    prelude::*,
    primitives::{Line, PrimitiveStyle, Rectangle},
    text::{Alignment, Baseline, Text, TextStyleBuilder},
};
use image::ExtendedColorType;

/// Size of a character, pixels.
const CHARACTER: [u32; 2] = [10, 20];
/// Around the text of the strip, pixels.
const PADDING: u32 = 10;

/// The picture as a PNG.
pub(super) fn png(picture: &Picture) -> Vec<u8> {
    let [height_mm, width_mm] = picture.size_mm();
    let pixel_mm = width_mm / f64::from(WIDTH);
    let layout = layout(picture, f64::from(CHARACTER[1]) * pixel_mm);
    let height = pixels(height_mm, pixel_mm).max(1);
    let shown = height.min(HEIGHT_MOST);
    let cut = if shown < height { " Cut at the bottom: its pixels are too high for a picture." } else { "" };
    let lines = strip(picture, layout.unlabelled, cut);
    let line_count = u32::try_from(lines.len()).expect("a few lines");
    let mut canvas = Canvas::black(shown + 2 * PADDING + line_count * CHARACTER[1]);
    canvas.lay(&picture.image, height, shown);
    let pen = Pen { pixel_mm };
    for mark in &picture.marks {
        for outline in &mark.outlines {
            let next = outline.corners.iter().cycle().skip(1);
            for (a, b) in outline.corners.iter().zip(next) {
                let at = |c: &crate::outline::Corner| {
                    let [row_mm, column_mm] = picture.pixel_mm;
                    [f64::from(c.column) * column_mm, f64::from(c.row) * row_mm]
                };
                pen.line(&mut canvas, [at(a), at(b)], mark.colour, 2);
            }
        }
    }
    layout.labels.iter().for_each(|label| pen.label(&mut canvas, label));
    pen.frame(&mut canvas, picture);
    let [x, y] = layout.bar.at;
    let end = x + layout.bar.length_mm;
    let tick = 6.0 * pixel_mm;
    // On black, so that it is seen over bone.
    for (colour, width) in [([0; 3], 7), (WHITE, 3)] {
        for line in [[[x, y], [end, y]], [[x, y - tick], [x, y]], [[end, y - tick], [end, y]]] {
            pen.line(&mut canvas, line, colour, width);
        }
    }
    let text_y = y - 18.0 * pixel_mm;
    pen.on_black(&mut canvas, &format!("{} mm", layout.bar.length_mm), [(x + end) / 2.0, text_y]);
    for (i, line) in (0u32..).zip(&lines) {
        let middle = f64::from(shown + PADDING + i * CHARACTER[1] + CHARACTER[1] / 2) * pixel_mm;
        let half = f64::from(u32::try_from(line.chars().count()).unwrap_or(0) * CHARACTER[0]) / 2.0;
        pen.text(&mut canvas, line, [(f64::from(PADDING) + half) * pixel_mm, middle], WHITE);
    }
    png::encode(WIDTH, canvas.rows, ExtendedColorType::Rgb8, &canvas.values)
}

const WHITE: Rgb = [255, 255, 255];

/// The lines below the image.
fn strip(picture: &Picture, unlabelled: usize, cut: &str) -> Vec<String> {
    let columns = ((WIDTH - 2 * PADDING) / CHARACTER[0]) as usize;
    let mut text = format!("{}. {}", picture.kind.title(), picture.caption);
    if unlabelled > 0 {
        text += &format!(" {unlabelled} outlined without a label, for want of room.");
    }
    wrap(&format!("{text}{cut} {RESEARCH}"), columns)
}

/// Draws in millimetres.
#[derive(Clone, Copy)]
struct Pen {
    pixel_mm: f64,
}

impl Pen {
    /// The pixel of a place `[x, y]`.
    fn at(self, place: [f64; 2]) -> Point {
        // Beyond the canvas one place is as good as another, and squares of lengths stay within 32 bits.
        let beyond = 2 * HEIGHT_MOST;
        let [x, y] = place.map(|mm| i32::try_from(pixels(mm, self.pixel_mm).min(beyond)).unwrap_or(0));
        Point::new(x, y)
    }

    fn line(self, canvas: &mut Canvas, [from, to]: [[f64; 2]; 2], colour: Rgb, width: u32) {
        let style = PrimitiveStyle::with_stroke(rgb(colour), width);
        never(Line::new(self.at(from), self.at(to)).into_styled(style).draw(canvas));
    }

    /// A text around its middle.
    fn text(self, canvas: &mut Canvas, text: &str, middle: [f64; 2], colour: Rgb) {
        let centred = TextStyleBuilder::new().alignment(Alignment::Center).baseline(Baseline::Middle).build();
        let style = MonoTextStyle::new(&FONT_10X20, rgb(colour));
        never(Text::with_text_style(text, self.at(middle), style, centred).draw(canvas).map(|_| ()));
    }

    /// A text in white on black around its middle.
    fn on_black(self, canvas: &mut Canvas, text: &str, middle: [f64; 2]) {
        let letters = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
        let size = Size::new(letters.saturating_mul(CHARACTER[0]) + 6, CHARACTER[1]);
        let black = PrimitiveStyle::with_fill(Rgb888::BLACK);
        never(Rectangle::with_center(self.at(middle), size).into_styled(black).draw(canvas));
        self.text(canvas, text, middle, WHITE);
    }

    /// A label on black, so that it can be read over bone.
    fn label(self, canvas: &mut Canvas, label: &Label<'_>) {
        let at = label.at;
        if let Some(leader) = label.leader {
            self.line(canvas, leader, label.mark.colour, 1);
        }
        let (from, to) = (self.at([at.left, at.top]), self.at([at.right, at.bottom]));
        let black = PrimitiveStyle::with_fill(Rgb888::BLACK);
        never(Rectangle::with_corners(from, to).into_styled(black).draw(canvas));
        let middle = [(at.left + at.right) / 2.0, (at.top + at.bottom) / 2.0];
        self.text(canvas, &label.mark.label, middle, label.mark.colour);
    }

    /// Letters on the sides.
    fn frame(self, canvas: &mut Canvas, picture: &Picture) {
        let [height, width] = picture.size_mm();
        let near = 14.0 * self.pixel_mm;
        let [left, right, top, bottom] = picture.kind.sides();
        self.on_black(canvas, left, [near, height / 2.0]);
        self.on_black(canvas, right, [width - near, height / 2.0]);
        self.on_black(canvas, top, [width / 2.0, near]);
        self.on_black(canvas, bottom, [width / 2.0, height - near]);
    }
}
