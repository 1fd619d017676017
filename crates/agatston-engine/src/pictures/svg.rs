//! A picture for a page: the image at its own resolution, with outlines and labels that stay sharp at any size.
//!
//! Units are millimetres, so that pixels need not be square.

use super::{
    Picture,
    colour::hex,
    layout::{Label, layout},
    png,
};
use crate::outline::Outline;
use base64::{Engine, prelude::BASE64_STANDARD};
use image::ExtendedColorType;
use maud::{Markup, html};

/// Lines of text that a picture is wide.
const LINES_ACROSS: f64 = 30.0;

impl Picture {
    /// The picture as an inline SVG.
    pub(crate) fn svg(&self) -> Markup {
        let [height, width] = self.size_mm();
        let line = width / LINES_ACROSS;
        let layout = layout(self, line);
        let text_size = format!("{:.2}", line * 0.86);
        html! {
            svg.picture viewBox=(format!("0 0 {width:.2} {height:.2}")) role="img"
                aria-label=(self.spoken()) font-size=(text_size) {
                image href=(self.data_uri()) x="0" y="0" width=(format!("{width:.2}")) height=(format!("{height:.2}"))
                    preserveAspectRatio="none" {}
                @for mark in &self.marks {
                    path d=(path(&mark.outlines, self.pixel_mm)) stroke=(hex(mark.colour)) {
                        title { (mark.label) }
                    }
                }
                @for label in &layout.labels { (named(label, line)) }
                (self.sides(line))
                (self.bar(layout.bar.at, layout.bar.length_mm, line))
            }
        }
    }

    /// What the picture shows, for those who do not see it.
    fn spoken(&self) -> String {
        let labels: Vec<&str> = self.marks.iter().take(40).map(|mark| mark.label.as_str()).collect();
        let outlined = if labels.is_empty() {
            "Nothing is outlined.".to_owned()
        } else {
            format!("Outlined: {}.", labels.join(", "))
        };
        format!("{}. {} {outlined}", self.kind.title(), self.caption)
    }

    /// The bare image.
    fn data_uri(&self) -> String {
        let bytes =
            png::encode(self.image.columns, self.image.rows, ExtendedColorType::L8, &self.image.values);
        format!("data:image/png;base64,{}", BASE64_STANDARD.encode(bytes))
    }

    /// Letters on the sides.
    fn sides(&self, line: f64) -> Markup {
        let [height, width] = self.size_mm();
        let [left, right, top, bottom] = self.kind.sides();
        let places = [
            (left, 0.5 * line, height / 2.0, "start"),
            (right, width - 0.5 * line, height / 2.0, "end"),
            (top, width / 2.0, line, "middle"),
            (bottom, width / 2.0, height - 0.4 * line, "middle"),
        ];
        html! {
            @for (letter, x, y, anchor) in places {
                text.side x=(format!("{x:.2}")) y=(format!("{y:.2}")) text-anchor=(anchor) { (letter) }
            }
        }
    }

    fn bar(&self, [x, y]: [f64; 2], length: f64, line: f64) -> Markup {
        let (end, tick) = (x + length, line * 0.3);
        let d = format!("M{x:.2} {:.2}V{y:.2}H{end:.2}V{:.2}", y - tick, y - tick);
        html! {
            path.bar-edge d=(d) {}
            path.bar-line d=(d) {}
            text.side x=(format!("{:.2}", (x + end) / 2.0)) y=(format!("{:.2}", y - 0.5 * line)) text-anchor="middle" {
                (format!("{length} mm"))
            }
        }
    }

    /// How many lesions are outlined without a label, in words; empty where none is.
    pub(crate) fn unlabelled(&self) -> String {
        let [_, width] = self.size_mm();
        match layout(self, width / LINES_ACROSS).unlabelled {
            0 => String::new(),
            1 => " One lesion is outlined without a label, for want of room.".to_owned(),
            n => format!(" {n} lesions are outlined without a label, for want of room."),
        }
    }
}

fn named(label: &Label<'_>, line: f64) -> Markup {
    let colour = hex(label.mark.colour);
    let (x, y) = ((label.at.left + label.at.right) / 2.0, label.at.bottom - 0.22 * line);
    html! {
        @if let Some([[x1, y1], [x2, y2]]) = label.leader {
            path.leader d=(format!("M{x1:.2} {y1:.2}L{x2:.2} {y2:.2}")) stroke=(colour) {}
        }
        text.label x=(format!("{x:.2}")) y=(format!("{y:.2}")) text-anchor="middle" fill=(colour) { (label.mark.label) }
    }
}

/// Outlines as the path of an SVG, mm.
fn path(outlines: &[Outline], [row_mm, column_mm]: [f64; 2]) -> String {
    let mut d = String::new();
    for outline in outlines {
        for (i, corner) in outline.corners.iter().enumerate() {
            let (x, y) = (f64::from(corner.column) * column_mm, f64::from(corner.row) * row_mm);
            d += &format!("{}{x:.2} {y:.2}", if i == 0 { "M" } else { "L" });
        }
        d += "Z";
    }
    d
}
