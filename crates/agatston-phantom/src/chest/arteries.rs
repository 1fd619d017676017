//! The coronary arteries, laid as the textbooks of anatomy describe them: the left main artery leaves the left sinus
//! and divides after a centimetre; one branch goes down the groove between the ventricles to the apex, one round the
//! left groove between atrium and ventricle; the right artery leaves the right sinus and goes round the right groove
//! to the crux. A groove is found as the place where a ray from inside leaves the chambers.

use super::{
    body::hu,
    heart::Heart,
    scene::{Frame, Scene},
    solid::{Part, Tube, exit},
    vector::{Point, add, along, cross, direction, length, minus, spline, times, unit},
};

/// A coronary artery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Artery {
    /// Left main.
    Lm,
    /// Left anterior descending.
    Lad,
    /// Left circumflex.
    Lcx,
    /// Right coronary.
    Rca,
}

impl Artery {
    /// All, in the order of their labels.
    pub const ALL: [Self; 4] = [Self::Lm, Self::Lad, Self::Lcx, Self::Rca];

    /// Its number in the label scheme `agatston`: LM 1, LAD 2, LCX 3, RCA 4.
    #[must_use]
    pub fn label(self) -> u8 {
        match self {
            Self::Lm => 1,
            Self::Lad => 2,
            Self::Lcx => 3,
            Self::Rca => 4,
        }
    }

    /// Its usual abbreviation.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Lm => "LM",
            Self::Lad => "LAD",
            Self::Lcx => "LCX",
            Self::Rca => "RCA",
        }
    }
}

/// An artery as a curve: samples `[x, y, z, radius]` half a millimetre apart.
#[derive(Clone, Debug)]
pub(super) struct Course {
    pub(super) artery: Artery,
    pub(super) samples: Vec<[f64; 4]>,
}

impl Course {
    /// Length in mm.
    pub(super) fn length_mm(&self) -> f64 {
        self.samples.windows(2).map(|pair| length(minus(point(&pair[1]), point(&pair[0])))).sum()
    }
}

fn point(sample: &[f64; 4]) -> Point {
    [sample[0], sample[1], sample[2]]
}

/// How far outside the muscle the middle of an artery lies in mm.
const LIFT_MM: f64 = 2.2;
/// Radius of the fat around an artery in mm; wider in the deep grooves.
const GROOVE_MM: f64 = 6.0;

/// The four arteries of a heart in the model, [`Artery::ALL`] in order.
pub(super) fn courses(heart: &Heart) -> [Course; 4] {
    let trunk = left_main(heart);
    let fork = trunk[trunk.len() - 1];
    let anterior = with_radius(&anterior_groove(heart, fork), [1.9, 1.1]);
    let left = with_radius(&left_groove(heart, fork), [1.7, 1.1]);
    let right = with_radius(&right_groove(heart), [1.9, 1.3]);
    let trunk = with_radius(&trunk, [2.2, 2.0]);
    let course = |artery, knots: Vec<[f64; 4]>| Course { artery, samples: spline(&knots, 0.5) };
    [
        course(Artery::Lm, trunk),
        course(Artery::Lad, anterior),
        course(Artery::Lcx, left),
        course(Artery::Rca, right),
    ]
}

/// The radius tapers from the first to the last knot.
fn with_radius(knots: &[Point], [from, to]: [f64; 2]) -> Vec<[f64; 4]> {
    let last = crate::volume::as_f64(knots.len() - 1);
    let radius = |index: usize| from + (to - from) * crate::volume::as_f64(index) / last;
    knots.iter().enumerate().map(|(index, [x, y, z])| [*x, *y, *z, radius(index)]).collect()
}

/// The ostium of the left main artery in the model: on the wall of the left sinus, by definition at height 0.
pub(super) fn left_ostium(heart: &Heart) -> Point {
    let [x, y, _] = heart.root();
    let radius = heart.shape.aorta_mm;
    [x + 0.94 * radius, y + 0.36 * radius, 0.0]
}

/// Ten millimetres to the left, between the trunk of the lung and the left auricle.
fn left_main(heart: &Heart) -> Vec<Point> {
    let ostium = left_ostium(heart);
    vec![ostium, add(ostium, [5.0, 0.3, -0.5]), add(ostium, [10.0, 0.0, -2.0])]
}

/// Where a ray leaves the first `count` chambers, and a little further out.
fn surface(heart: &Heart, count: usize, from: Point, towards: Point) -> Point {
    let towards = unit(towards);
    let chambers = &heart.chambers[..count];
    along(from, towards, exit(chambers, from, towards, 90.0) + LIFT_MM)
}

/// Down the front between the ventricles: the side of the septum that faces forwards and up.
fn anterior_groove(heart: &Heart, fork: Point) -> Vec<Point> {
    let [left, right] = [heart.chambers[0].centre, heart.chambers[1].centre];
    let septum = times(add(left, right), 0.5);
    let outwards = unit(cross(unit(minus(right, left)), heart.axis));
    let size = heart.shape.scale;
    // Round the left side of the outflow into the groove.
    let mut knots = vec![fork, add(fork, [9.0 * size, -10.0 * size, -3.0 * size])];
    for step in [4.0, 14.0, 24.0, 34.0, 43.0] {
        let middle = along(septum, heart.axis, (step - 2.0) * size);
        let lean = minus(left, right);
        knots.push(surface(heart, 2, middle, along(outwards, unit(lean), 0.12)));
    }
    let tip = length(heart.chambers[0].axes[0]) + LIFT_MM;
    knots.push(along(left, heart.axis, tip));
    knots
}

/// The grooves between atria and ventricles: the left one rounds the mitral valve, the right one the tricuspid valve.
#[derive(Clone, Copy, PartialEq)]
enum Groove {
    Left,
    Right,
}

/// The plane between atria and ventricles: the middle of a valve, a direction to the left and back, and one up.
fn valve_plane(heart: &Heart, side: Groove) -> [Point; 3] {
    let size = heart.shape.scale;
    let level = unit([-heart.axis[1], heart.axis[0], 0.0]);
    let up = cross(heart.axis, level);
    let below = along(along(heart.root(), heart.axis, 12.0 * size), up, -26.0 * size);
    let aside = if side == Groove::Left { 12.0 } else { 0.0 };
    [along(below, level, aside * size), level, up]
}

/// A place in a groove, in turns of 128 from the left over the top. Of the rays that lean a little to either side, the
/// one that leaves first shows where the groove is deepest.
fn groove(heart: &Heart, side: Groove, step: usize) -> Point {
    let [middle, level, up] = valve_plane(heart, side);
    let [c, s] = direction(step);
    let flat = add(times(level, c), times(up, s));
    let lean = |share: f64| surface(heart, 7, middle, along(flat, heart.axis, share));
    let near = |share: &f64| length(minus(lean(*share), middle)) + 12.0 * share * share;
    let leans = [0.0, -0.12, 0.12, -0.24, 0.24, -0.36, 0.36];
    let best = leans.into_iter().min_by(|a, b| near(a).total_cmp(&near(b))).unwrap_or(0.0);
    lean(best)
}

/// Each place halfway between itself and its neighbours: no sharp turns.
fn smoothed(knots: &[Point]) -> Vec<Point> {
    let at = |index: usize| knots[index.min(knots.len() - 1)];
    let mean = |index: usize| {
        let sides = add(at(index.saturating_sub(1)), at(index + 1));
        add(times(at(index), 0.5), times(sides, 0.25))
    };
    (0..knots.len()).map(mean).collect()
}

/// From the fork under the left auricle round the left side; the right artery is the one that reaches the crux, as in
/// most people.
fn left_groove(heart: &Heart, fork: Point) -> Vec<Point> {
    let ring: Vec<Point> = [18, 11, 4, 125, 119].map(|step| groove(heart, Groove::Left, step)).to_vec();
    let mut knots = vec![fork];
    knots.extend(smoothed(&ring));
    knots
}

/// From the right sinus between auricle and outflow into the right groove and round to the crux.
fn right_groove(heart: &Heart) -> Vec<Point> {
    let [x, y, _] = heart.root();
    let (radius, size) = (heart.shape.aorta_mm, heart.shape.scale);
    let ostium = [x - 0.45 * radius, y - 0.92 * radius, -7.0];
    let first = add(ostium, [-4.0 * size, -9.0 * size, -3.0 * size]);
    let ring: Vec<Point> =
        [54, 61, 68, 75, 82, 89, 95].map(|step| groove(heart, Groove::Right, step)).to_vec();
    let mut knots = vec![ostium, first];
    knots.extend(smoothed(&ring));
    // Under the heart, where the four chambers meet.
    knots.push(add(knots[knots.len() - 1], [10.0 * size, 14.0 * size, 4.0 * size]));
    knots
}

/// The largest vein of the heart: it fills the back of the left groove and ends in the right atrium.
fn coronary_sinus(heart: &Heart) -> Tube {
    let [middle, ..] = valve_plane(heart, Groove::Left);
    let deeper = |step: usize| {
        let place = groove(heart, Groove::Left, step);
        along(place, unit(minus(middle, place)), 4.5)
    };
    let [x, y, z] = add(heart.chambers[2].centre, [12.0, 16.0, -16.0]);
    let mut knots = with_radius(&smoothed(&[0, 121, 114, 107, 100].map(deeper)), [2.5, 5.0]);
    knots.push([x, y, z, 6.0]);
    Tube::through(&knots, 1.5)
}

/// The ring of the mitral valve between two steps of 128 round the left groove: a centimetre inside the groove.
pub(super) fn mitral_ring(heart: &Heart, from: usize, steps: usize) -> Vec<Point> {
    let [middle, ..] = valve_plane(heart, Groove::Left);
    let inside = |step: usize| {
        let place = groove(heart, Groove::Left, step % 128);
        along(place, unit(minus(middle, place)), 10.0)
    };
    smoothed(&smoothed(&(from..=from + steps).map(inside).collect::<Vec<_>>()))
}

/// Carves the grooves into the muscle and fills them with fat.
pub(super) fn paint_fat(scene: &mut Scene, heart: &Heart, courses: &[Course; 4]) {
    for course in courses {
        // The trunk lies close between its neighbours, its ostium in the wall of the aorta.
        let room = if course.artery == Artery::Lm { 4.2 } else { GROOVE_MM + 0.2 * heart.shape.fat_mm };
        let beads = course.samples.iter().step_by(2).map(|[x, y, z, _]| [*x, *y, *z, room]).collect();
        scene.add(Part::tube(&Tube { beads }, hu::FAT));
    }
}

/// The arteries and the great vein, filled with blood.
pub(super) fn paint(scene: &mut Scene, heart: &Heart, courses: &[Course; 4]) {
    scene.add(Part::tube(&coronary_sinus(heart), heart.shape.blood_hu));
    for course in courses {
        scene.add(Part::tube(&Tube { beads: course.samples.clone() }, heart.shape.blood_hu));
    }
}

/// A course in the patient.
pub(super) fn placed(frame: &Frame, course: &Course) -> Course {
    Course { artery: course.artery, samples: frame.tube(&Tube { beads: course.samples.clone() }).beads }
}
