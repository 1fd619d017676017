//! Everything that lies in the scanner, in the order in which it is painted, in patient coordinates (LPS mm).
//!
//! Bodies are built in the coordinates of a model of average size: x from the middle to the left, y from the front
//! of the vertebral column at heart level to the back, z up from the ostium of the left main artery. [`Frame`] puts
//! the model into the patient.

use super::{
    canvas::Canvas,
    solid::{Ellipsoid, Part, Solid, Stack, Tube},
    vector::Point,
};

/// How the model lies in the scanner.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    /// Size against the model along x, y and z.
    pub(super) scale: Point,
    /// Sine of the turn about the long axis, positive turns the left side to the back.
    pub(super) turn: f64,
    /// Place of the model's origin, x and y in mm.
    pub(super) shift_mm: [f64; 2],
}

impl Frame {
    /// A direction or a length of the model in the patient.
    fn turned(&self, [x, y, z]: Point) -> Point {
        let cosine = (1.0 - self.turn * self.turn).sqrt();
        let [x, y] = [x * self.scale[0], y * self.scale[1]];
        [cosine * x - self.turn * y, self.turn * x + cosine * y, z * self.scale[2]]
    }

    /// A point of the model in the patient.
    pub(super) fn place(&self, point: Point) -> Point {
        let [x, y, z] = self.turned(point);
        [x + self.shift_mm[0], y + self.shift_mm[1], z]
    }

    /// Size of what is round and stays round.
    pub(super) fn mean_scale(&self) -> f64 {
        (self.scale[0] + self.scale[1] + self.scale[2]) / 3.0
    }

    pub(super) fn ellipsoid(&self, ellipsoid: &Ellipsoid) -> Ellipsoid {
        let axes = ellipsoid.axes.map(|axis| self.turned(axis));
        Ellipsoid { centre: self.place(ellipsoid.centre), axes }
    }

    pub(super) fn tube(&self, tube: &Tube) -> Tube {
        let place = |[x, y, z, radius]: &[f64; 4]| {
            let [x, y, z] = self.place([*x, *y, *z]);
            [x, y, z, radius * self.mean_scale()]
        };
        Tube { beads: tube.beads.iter().map(place).collect() }
    }

    fn stack(&self, stack: &Stack) -> Stack {
        let place = |corner: &[f64; 2]| {
            let [x, y, _] = self.place([corner[0], corner[1], 0.0]);
            [x, y]
        };
        let outlines = stack.outlines.iter().map(|outline| outline.iter().map(place).collect()).collect();
        Stack { lowest: stack.lowest * self.scale[2], step: stack.step * self.scale[2], outlines }
    }
}

/// Bodies in the order in which they are painted, with their lowest and highest point.
#[derive(Clone, Debug)]
pub(super) struct Scene {
    pub(super) frame: Frame,
    parts: Vec<(Part, [f64; 2])>,
}

impl Scene {
    pub(super) fn new(frame: Frame) -> Self {
        Self { frame, parts: Vec::new() }
    }

    /// Puts a part of the model over all that is there.
    pub(super) fn add(&mut self, part: Part) {
        let solid = match &part.solid {
            Solid::Ellipsoid(ellipsoid) => Solid::Ellipsoid(self.frame.ellipsoid(ellipsoid)),
            Solid::Tube(tube) => Solid::Tube(self.frame.tube(tube)),
            Solid::Stack(stack) => Solid::Stack(self.frame.stack(stack)),
        };
        let extent = solid.extent();
        self.parts.push((Part { solid, ..part }, extent));
    }

    /// Puts a part, given in patient coordinates, over all that is there.
    pub(super) fn add_fixed(&mut self, part: Part) {
        let extent = part.solid.extent();
        self.parts.push((part, extent));
    }

    pub(super) fn ellipsoid(&mut self, centre: Point, semi: Point, hu: f64) {
        self.add(Part::ellipsoid(&Ellipsoid::upright(centre, semi), hu));
    }

    /// A smooth tube through knots of centre and radius.
    pub(super) fn tube(&mut self, knots: &[[f64; 4]], hu: f64) {
        self.add(Part::tube(&Tube::through(knots, 1.5), hu));
    }

    /// Paints the plane at height z.
    pub(super) fn paint(&self, canvas: &mut Canvas, z: f64) {
        canvas.pixels.fill(AIR_HU);
        for (part, [low, high]) in &self.parts {
            if (*low..=*high).contains(&z) {
                canvas.paint(part, z);
            }
        }
    }
}

/// HU of air, by definition of the scale.
const AIR_HU: f32 = -1000.0;
