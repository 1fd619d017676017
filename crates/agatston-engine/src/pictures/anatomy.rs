//! What the anatomy was found to be, a PNG for each slice of the work grid: masks as outlines, discs as circles, the root point
//! as a cross, lesions filled by tier. For people who judge each step by eye.
//!
//! The image is the means of the blocks, so no plane is read again. The patient's right is on the left and the front on top, as in
//! the work grid.

use super::{
    canvas::{Canvas, HEIGHT_MOST, WIDTH, never, rgb},
    gray::{Gray, of_hu},
    png,
    scale::pixels,
};
use crate::{
    Anatomical,
    palette::{Rgb, of_tier},
    shown_text::RESEARCH,
};
use agatston_anatomy::{Disc, Mask, Tier};
use agatston_dicom::Workers;
use embedded_graphics::{
    mono_font::{MonoTextStyle, iso_8859_1::FONT_10X20},
    prelude::*,
    primitives::{Circle, Line, PrimitiveStyle, Rectangle},
    text::{Baseline, Text},
};
use image::ExtendedColorType;
use ndarray::Axis;
use std::collections::BTreeMap;

/// HU that are black and white: fat, blood and bone are told apart.
const WINDOW_HU: [f64; 2] = [-160.0, 240.0];
/// Half of the line at the front of the spine, mm.
const SPINE_HALF_MM: f64 = 20.0;
/// Half of the cross of the root point, mm.
const CROSS_HALF_MM: f64 = 6.0;
/// Lines of text below the image.
const LINES: u32 = 3;
/// Height of a line and width of a character, pixels.
const CHARACTER: [i32; 2] = [20, 10];
/// Width of an outline, pixels.
const STROKE: u32 = 2;

const LUNG: Rgb = [0x56, 0xB4, 0xE9];
const BONE: Rgb = [0xFF, 0xFF, 0xFF];
const SPINE: Rgb = [0xF0, 0xE4, 0x42];
const HULL: Rgb = [0x99, 0x99, 0x99];
const CORE: Rgb = [0x9A, 0x8C, 0xFF];
const REGION: Rgb = [0xDD, 0xA0, 0xC4];
const ASCENDING: Rgb = [0xE6, 0x9F, 0x00];
const DESCENDING: Rgb = [0x55, 0xC8, 0xAA];
const ROOT: Rgb = [0xFF, 0x5A, 0x28];
const TEXT: Rgb = [0xFF, 0xFF, 0xFF];

/// A picture of every slice of the work grid as a PNG, with its name: `slice-000.png` is the most inferior.
pub fn anatomy_pictures(found: &Anatomical, workers: Workers) -> Vec<(String, Vec<u8>)> {
    let shape = found.anatomy.grid.layout.shape();
    // A series smaller than a block has no picture.
    let slices = if shape.contains(&0) { 0 } else { shape[0] };
    let picture = |_: &mut (), _: &_, z: usize| {
        let canvas = drawn(found, z);
        let bytes = png::encode_fast(WIDTH, canvas.rows, ExtendedColorType::Rgb8, &canvas.values);
        (format!("slice-{z:03}.png"), bytes)
    };
    workers.each(slices, || (), picture)
}

/// Whether a file of this name is one that [`anatomy_pictures`] makes.
pub fn is_anatomy_picture(name: &str) -> bool {
    let number = name.strip_prefix("slice-").and_then(|rest| rest.strip_suffix(".png"));
    number.is_some_and(|n| n.len() >= 3 && n.bytes().all(|b| b.is_ascii_digit()))
}

/// A slice with all that was found in it.
fn drawn(found: &Anatomical, z: usize) -> Canvas {
    let mut sheet = Sheet::new(found, z);
    let anatomy = &found.anatomy;
    if let Some(heart) = &anatomy.heart {
        sheet.hull(&heart.hulls[z].corners_mm().collect::<Vec<_>>());
        sheet.outline(&heart.region, REGION, 0);
        sheet.outline(&heart.core, CORE, STROKE);
    }
    sheet.outline(&anatomy.lungs, LUNG, 0);
    sheet.outline(&anatomy.bone, BONE, 0);
    sheet.lesions(found);
    if let Some(spine) = &anatomy.spine {
        sheet.spine(spine.front[z], spine.column);
    }
    sheet.disc(&anatomy.aorta.descending, DESCENDING);
    sheet.disc(&anatomy.aorta.ascending, ASCENDING);
    if let Some(root) = anatomy.aorta.root.filter(|root| root.slice == z) {
        sheet.cross([root.row, root.column]);
    }
    sheet.legend(found);
    sheet.canvas
}

/// A slice in the making. Places are `[row, column]` in blocks from the upper left corner of the first.
struct Sheet {
    canvas: Canvas,
    z: usize,
    shape: [usize; 3],
    spacing_mm: [f64; 3],
    pixel_mm: f64,
    shown: u32,
}

impl Sheet {
    fn new(found: &Anatomical, z: usize) -> Self {
        let layout = &found.anatomy.grid.layout;
        let (shape, spacing_mm) = (layout.shape(), layout.spacing_mm());
        let [_, rows, columns] = shape;
        let pixel_mm = float(columns) * spacing_mm[2] / f64::from(WIDTH);
        let height = pixels(float(rows) * spacing_mm[1], pixel_mm).max(1);
        let shown = height.min(HEIGHT_MOST);
        let mut canvas = Canvas::black(shown + LINES * CHARACTER[0].unsigned_abs());
        let means = found.anatomy.grid.mean.index_axis(Axis(0), z);
        let side = |n: usize| u32::try_from(n).expect("a plane has at most 65,535 rows and columns");
        let values = means.iter().map(|&hu| of_hu(f64::from(hu), WINDOW_HU)).collect();
        canvas.lay(&Gray { columns: side(columns), rows: side(rows), values }, height, shown);
        Self { canvas, z, shape, spacing_mm, pixel_mm, shown }
    }

    /// The pixel of a place.
    fn at(&self, [row, column]: [f64; 2]) -> Point {
        // Beyond the canvas one place is as good as another.
        let pixel =
            |mm: f64| i32::try_from(pixels(mm, self.pixel_mm).min(2 * HEIGHT_MOST)).unwrap_or(i32::MAX);
        Point::new(pixel(column * self.spacing_mm[2]), pixel(row * self.spacing_mm[1]))
    }

    /// The voxels of a mask that have one outside beside them, on that side, so many pixels from their edge.
    fn outline(&mut self, mask: &Mask, colour: Rgb, inset: u32) {
        let [_, rows, columns] = self.shape;
        let holds = |y: Option<usize>, x: Option<usize>| match (y, x) {
            (Some(y), Some(x)) => y < rows && x < columns && mask.holds([self.z, y, x]),
            _ => false,
        };
        let mut bars = Vec::new();
        for (y, x) in (0..rows).flat_map(|y| (0..columns).map(move |x| (y, x))) {
            if !holds(Some(y), Some(x)) {
                continue;
            }
            let from = self.at([float(y), float(x)]);
            let to = self.at([float(y + 1), float(x + 1)]);
            let size = Size::new((to.x - from.x).unsigned_abs(), (to.y - from.y).unsigned_abs());
            let [width, far] = [inset, inset + STROKE].map(|n| i32::try_from(n).unwrap_or(0));
            let upright = Size::new(STROKE, size.height);
            let level = Size::new(size.width, STROKE);
            let sides = [
                (holds(Some(y), x.checked_sub(1)), Point::new(from.x + width, from.y), upright),
                (holds(Some(y), Some(x + 1)), Point::new(to.x - far, from.y), upright),
                (holds(y.checked_sub(1), Some(x)), Point::new(from.x, from.y + width), level),
                (holds(Some(y + 1), Some(x)), Point::new(from.x, to.y - far), level),
            ];
            bars.extend(sides.into_iter().filter(|(is_inner, ..)| !is_inner).map(|(_, at, size)| (at, size)));
        }
        bars.into_iter().for_each(|(at, size)| self.fill(Rectangle::new(at, size), colour));
    }

    /// Fills a rectangle of the image.
    fn fill(&mut self, rectangle: Rectangle, colour: Rgb) {
        let image = Rectangle::new(Point::zero(), Size::new(WIDTH, self.shown));
        never(self.canvas.fill_solid(&rectangle.intersection(&image), rgb(colour)));
    }

    fn line(&mut self, from: [f64; 2], to: [f64; 2], colour: Rgb) {
        let style = PrimitiveStyle::with_stroke(rgb(colour), STROKE);
        never(Line::new(self.at(from), self.at(to)).into_styled(style).draw(&mut self.canvas));
    }

    /// A closed line through corners `[x, y]` in mm from the first voxel's centre.
    fn hull(&mut self, corners_mm: &[[f64; 2]]) {
        let place = |[x, y]: [f64; 2]| [y / self.spacing_mm[1] + 0.5, x / self.spacing_mm[2] + 0.5];
        let corners: Vec<[f64; 2]> = corners_mm.iter().map(|&corner| place(corner)).collect();
        let following = corners.iter().cycle().skip(1);
        corners.iter().zip(following).for_each(|(&from, &to)| self.line(from, to, HULL));
    }

    /// The voxels of lesions, the surest on top.
    fn lesions(&mut self, found: &Anatomical) {
        let (layout, z) = (&found.anatomy.grid.layout, self.z);
        let [_, down, aside] = layout.block().map(float);
        for tier in Tier::ALL.into_iter().rev() {
            let slices = found.slices.iter().enumerate();
            let here = slices.filter(|(slice, _)| layout.block_of([*slice, 0, 0])[0] == z);
            for span in here.flat_map(|(_, spans)| spans).filter(|span| span.tier == tier) {
                let corner = |column: u16| layout.turned([0.0, f64::from(span.row), f64::from(column)]);
                let ([_, row, first], [_, _, last]) = (corner(span.start), corner(span.end - 1));
                let (from, to) = (first.min(last), first.max(last) + 1.0);
                let [from, to] = [[row, from], [row + 1.0, to]].map(|[y, x]| self.at([y / down, x / aside]));
                let size = Size::new((to.x - from.x).unsigned_abs(), (to.y - from.y).unsigned_abs());
                self.fill(Rectangle::new(from, size), of_tier(tier));
            }
        }
    }

    /// A line at the front of the vertebrae.
    fn spine(&mut self, front: f64, column: usize) {
        let (middle, half) = (float(column) + 0.5, SPINE_HALF_MM / self.spacing_mm[2]);
        self.line([front, middle - half], [front, middle + half], SPINE);
    }

    /// The disc of this slice.
    fn disc(&mut self, discs: &BTreeMap<usize, Disc>, colour: Rgb) {
        let Some(disc) = discs.get(&self.z) else { return };
        let centre = self.at([float(disc.row) + 0.5, float(disc.column) + 0.5]);
        let circle = Circle::with_center(centre, pixels(2.0 * disc.radius_mm, self.pixel_mm));
        let style = PrimitiveStyle::with_stroke(rgb(colour), STROKE);
        never(circle.into_styled(style).draw(&mut self.canvas));
    }

    /// A cross at the middle of a block.
    fn cross(&mut self, [row, column]: [usize; 2]) {
        let [y, x] = [row, column].map(|at| float(at) + 0.5);
        let [_, down, aside] = self.spacing_mm.map(|mm| CROSS_HALF_MM / mm);
        self.line([y - down, x], [y + down, x], ROOT);
        self.line([y, x - aside], [y, x + aside], ROOT);
    }

    /// What the lines and colours are, below the image.
    fn legend(&mut self, found: &Anatomical) {
        let [slices, _, _] = self.shape;
        let [along, down, aside] = self.spacing_mm;
        let (above, last) = (float(self.z) * along, slices - 1);
        let [black, white] = WINDOW_HU;
        let title = format!(
            "Slice {} of 0-{last}, {above:.1} mm up; blocks {along:.2} x {down:.2} x {aside:.2} mm; {black} to {white} HU; R on the left",
            self.z
        );
        let masks = [
            ("lung", LUNG),
            ("bone", BONE),
            ("spine", SPINE),
            ("hull", HULL),
            ("core", CORE),
            ("region", REGION),
            ("ascending aorta", ASCENDING),
            ("descending aorta", DESCENDING),
            ("root", ROOT),
        ];
        let judged = if found.slices.is_empty() { "lesions were not judged" } else { "lesions:" };
        let tiers = Tier::ALL.map(|tier| (tier.as_str(), of_tier(tier)));
        let last = [&[(judged, TEXT)], &tiers[..], &[(RESEARCH, TEXT)]].concat();
        for (line, words) in (0..).zip([&[(&*title, TEXT)], &masks[..], &last[..]]) {
            self.words(line, words);
        }
    }

    /// A line of words below the image.
    fn words(&mut self, line: i32, words: &[(&str, Rgb)]) {
        let top = i32::try_from(self.shown).unwrap_or(0) + line * CHARACTER[0];
        let mut left = CHARACTER[1];
        for (word, colour) in words {
            let style = MonoTextStyle::new(&FONT_10X20, rgb(*colour));
            let text = Text::with_baseline(word, Point::new(left, top), style, Baseline::Top);
            never(text.draw(&mut self.canvas).map(|_| ()));
            let letters = i32::try_from(word.chars().count()).unwrap_or(0);
            left += (letters + 1) * CHARACTER[1];
        }
    }
}

/// A number of voxels as a float.
fn float(n: usize) -> f64 {
    f64::from(u32::try_from(n).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::anatomical::tests::small;

    /// Red, green and blue of a pixel.
    fn at(canvas: &Canvas, [x, y]: [usize; 2]) -> Rgb {
        let start = (y * WIDTH as usize + x) * 3;
        [0, 1, 2].map(|i| canvas.values[start + i])
    }

    /// Pixels of the image in a colour, as the ends of the box around them.
    fn extent(canvas: &Canvas, colour: Rgb) -> Option<[[usize; 2]; 2]> {
        let places = (0..1000).flat_map(|y| (0..1000).map(move |x| [x, y]));
        places.filter(|&place| at(canvas, place) == colour).fold(None, |known, [x, y]| {
            let [[a, b], [c, d]] = known.unwrap_or([[x, y]; 2]);
            Some([[a.min(x), b.min(y)], [c.max(x), d.max(y)]])
        })
    }

    /// Of 40 blocks of 2.5 mm each is 25 pixels wide. The root is in block 25 of row 15: its middle is pixel 637.5, 387.5, and
    /// the cross reaches 6 mm, 60 pixels.
    #[test]
    fn the_cross_is_at_the_root_in_its_slice() {
        let found = small(false);
        let [[left, top], [right, bottom]] = extent(&drawn(&found, 5), ROOT).unwrap();
        for (seen, expected) in [(left, 577), (right, 697), (top, 327), (bottom, 447)] {
            assert!(seen.abs_diff(expected) <= 2, "{seen} for {expected}");
        }
        assert_eq!(extent(&drawn(&found, 4), ROOT), None);
    }

    /// Likely voxels in columns 20 and 21 of row 20, an excluded one in column 34, also when columns are stored to the right.
    #[test]
    fn lesions_are_filled_by_tier() {
        for turned in [false, true] {
            let canvas = drawn(&small(turned), 5);
            assert_eq!(extent(&canvas, of_tier(Tier::Likely)), Some([[500, 500], [549, 524]]));
            assert_eq!(at(&canvas, [862, 512]), of_tier(Tier::Excluded));
            assert_eq!(extent(&drawn(&small(turned), 6), of_tier(Tier::Likely)), None);
        }
    }

    /// Lungs are outlined within their voxels, in rows 10 to 29 and columns 8 to 17, and not filled.
    #[test]
    fn masks_are_outlined() {
        let canvas = drawn(&small(false), 5);
        assert_eq!(extent(&canvas, LUNG), Some([[200, 250], [449, 749]]));
        assert_eq!(at(&canvas, [325, 500]), [0; 3], "lung is black in this window");
    }

    /// The shade of 40 HU: 200 of the 400 HU of the window.
    #[test]
    fn a_picture_a_slice() {
        let files = anatomy_pictures(&small(false), Workers::new(2));
        assert_eq!(files.len(), 10);
        assert_eq!((files[0].0.as_str(), files[9].0.as_str()), ("slice-000.png", "slice-009.png"));
        assert!(files.iter().all(|(name, bytes)| is_anatomy_picture(name) && bytes.starts_with(b"\x89PNG")));
        assert!(!is_anatomy_picture("slice_0001.png") && !is_anatomy_picture("slice-1.png"));
        assert_eq!(at(&drawn(&small(false), 0), [600, 150]), [128; 3]);
    }
}
