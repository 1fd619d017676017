//! The trunk without bones and heart: skin, fat, muscles, the two lungs with their vessels, the airways, the
//! diaphragm with what lies under it, and the fat between the lungs. Measures in mm are those of an adult of average
//! size, from textbooks of sectional anatomy.

use super::{
    scene::Scene,
    solid::{Part, Solid, Stack},
    vector::direction,
};
use crate::Noise;
use crate::volume::as_f64;

/// HU of tissues without contrast agent at 120 kVp, as textbooks of CT give them.
pub(super) mod hu {
    pub(crate) const FAT: f64 = -100.0;
    pub(crate) const MUSCLE: f64 = 50.0;
    pub(crate) const LUNG: f64 = -850.0;
    pub(crate) const AIR: f64 = -1000.0;
    pub(crate) const LIVER: f64 = 56.0;
    pub(crate) const SOFT: f64 = 35.0;
}

/// Top of the lungs, about the first rib.
const APEX_MM: f64 = 140.0;
/// Half the inner width of the chest where it is widest.
const HALF_WIDTH_MM: f64 = 130.0;
/// From here upwards the lungs round off to their tops.
const SHOULDER_MM: f64 = 80.0;
/// Distance of the outlines of a stack.
const STEP_MM: f64 = 6.0;
/// The model reaches from the pelvis to the neck.
const REACH_MM: [f64; 2] = [-360.0, 240.0];

/// What differs between people.
#[derive(Clone, Copy, Debug)]
pub(super) struct Build {
    /// Fat under the skin in mm.
    pub(super) fat_mm: f64,
    /// Top of the right dome of the diaphragm in mm above the left main ostium, negative.
    pub(super) dome_mm: f64,
}

/// Front of the vertebral bodies: the thoracic column is bent, its hollow to the front.
pub(super) fn spine_front(z: f64) -> f64 {
    if z > 0.0 { -0.0014 * z * z } else { (-0.0006 * z * z).max(-18.0) }
}

/// Inner front of the chest wall: the sternum slopes forwards on its way down.
pub(super) fn wall_front(z: f64) -> f64 {
    -114.0 + 0.33 * (z + 20.0).clamp(0.0, 160.0) + 0.05 * (z + 20.0).clamp(-100.0, 0.0)
}

/// Inner back of the chest wall beside the spine.
fn wall_back(z: f64) -> f64 {
    spine_front(z) + 60.0 - 0.12 * z.max(0.0)
}

/// Half the inner width of the chest.
fn half_width(z: f64) -> f64 {
    let height = ((z + 20.0) / 165.0).clamp(0.0, 0.8);
    HALF_WIDTH_MM * (1.0 - height * height).sqrt()
}

/// A round outline between circle and square: halfway between the curves of the second and the fourth power.
fn rounded(centre: [f64; 2], semi: [f64; 2], corners: usize) -> Vec<[f64; 2]> {
    let corner = |index: usize| {
        let [c, s] = direction(index * 128 / corners);
        let [cc, ss] = [c * c, s * s];
        let stretch = 0.5 + 0.5 / (cc * cc + ss * ss).sqrt().sqrt();
        [centre[0] + semi[0] * c * stretch, centre[1] + semi[1] * s * stretch]
    };
    (0..corners).map(corner).collect()
}

/// The inside of the chest wall, `margin` mm further out.
pub(super) fn wall(z: f64, margin: f64) -> Vec<[f64; 2]> {
    let (front, back) = (wall_front(z), wall_back(z));
    let semi = [half_width(z) + margin, 0.5 * (back - front) + margin];
    rounded([0.0, 0.5 * (front + back)], semi, 64)
}

/// A point on the wall, seen from the middle in a direction in turns of 128 counted from the left to the back.
pub(super) fn wall_point(z: f64, margin: f64, [c, s]: [f64; 2]) -> [f64; 2] {
    let (front, back) = (wall_front(z), wall_back(z));
    let [cc, ss] = [c * c, s * s];
    let stretch = 0.5 + 0.5 / (cc * cc + ss * ss).sqrt().sqrt();
    let semi = [half_width(z) + margin, 0.5 * (back - front) + margin];
    [semi[0] * c * stretch, 0.5 * (front + back) + semi[1] * s * stretch]
}

/// A stack from outlines at even heights.
fn stack(z: [f64; 2], outline: impl Fn(f64) -> Vec<[f64; 2]>) -> Stack {
    let steps = super::canvas::index_of(((z[1] - z[0]) / STEP_MM).ceil()).max(1);
    let step = (z[1] - z[0]) / as_f64(steps);
    let outlines = (0..=steps).map(|index| outline(z[0] + step * as_f64(index))).collect();
    Stack { lowest: z[0], step, outlines }
}

/// Skin, fat and the muscles of the wall, with the chest filled by soft tissue.
pub(super) fn trunk(scene: &mut Scene, build: &Build) {
    let skin = |depth: f64| {
        stack(REACH_MM, move |z| {
            let z = z.min(90.0);
            let (front, back) =
                (wall_front(z) - 24.0 - 0.6 * build.fat_mm, wall_back(z) + 32.0 + 0.5 * build.fat_mm);
            let semi = [HALF_WIDTH_MM + 20.0 + build.fat_mm - depth, 0.5 * (back - front) - depth];
            rounded([0.0, 0.5 * (front + back)], semi, 64)
        })
    };
    scene.add(Part::stack(skin(0.0), hu::SOFT));
    scene.add(Part::stack(skin(2.0), hu::FAT));
    for side in [-1.0, 1.0] {
        // Latissimus and subscapular muscles, pectoral muscles, and the erector beside the spine.
        scene.ellipsoid([side * 122.0, 22.0, 60.0], [30.0, 42.0, 110.0], hu::MUSCLE);
        scene.ellipsoid([side * 70.0, wall_front(50.0) - 6.0, 60.0], [60.0, 16.0, 60.0], hu::MUSCLE);
    }
    scene.add(Part::stack(stack([REACH_MM[0], 150.0], |z| wall(z, 15.0)), hu::MUSCLE));
    scene.add(Part::stack(stack([REACH_MM[0], 150.0], |z| wall(z, 1.5)), hu::FAT));
    for side in [-1.0, 1.0] {
        let knot = |z: f64| [side * 32.0, spine_front(z) + 62.0, z, 22.0];
        scene.tube(&[-360.0, -240.0, -120.0, -40.0, 40.0, 120.0, 200.0].map(knot), hu::MUSCLE);
    }
    // Neck, above the chest.
    scene.ellipsoid([0.0, -15.0, 220.0], [62.0, 62.0, 90.0], hu::MUSCLE);
}

/// The table under the patient: two thin shells with foam between them; over the patient's front when prone.
pub(super) fn table(scene: &mut Scene, build: &Build, in_front: bool) {
    let (scale, shift) = (scene.frame.scale[1], scene.frame.shift_mm);
    let behind = shift[1] + scale * (wall_back(-20.0) + 34.0 + 0.5 * build.fat_mm);
    let before = shift[1] + scale * (wall_front(-100.0) - 30.0 - 0.6 * build.fat_mm);
    let slab = |depth: [f64; 2], hu: f64| {
        let y = depth.map(|depth| if in_front { before - depth } else { behind + depth });
        let outline = vec![[-210.0, y[0]], [210.0, y[0]], [210.0, y[1]], [-210.0, y[1]]];
        Part::stack(Stack::prism(outline, REACH_MM), hu)
    };
    for part in [
        slab([0.0, 9.0], -940.0),
        slab([11.0, 13.0], 60.0),
        slab([13.0, 42.0], -930.0),
        slab([42.0, 44.0], 60.0),
    ] {
        scene.add_fixed(part);
    }
}

/// Which lungs hold air.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lungs {
    Both,
    /// The left one was taken out: its place is soft tissue.
    RightOnly,
}

/// The lungs, paler to the front, and their vessels.
pub(super) fn lungs(scene: &mut Scene, lungs: Lungs, noise: &mut Noise) {
    for side in [-1.0, 1.0] {
        let air = side < 0.0 || lungs == Lungs::Both;
        let outline = stack([-190.0, APEX_MM], |z| lung(side, z));
        let (hu, hu_per_mm) = if air { (hu::LUNG, 0.25) } else { (hu::SOFT, 0.0) };
        scene.add(Part { solid: Solid::Stack(outline), hu, hu_per_mm });
        if air {
            vessels(scene, side, noise);
        }
    }
}

/// Outline of the lung of a side (-1 right, 1 left): the wall, cut off near the middle, round at the top.
fn lung(side: f64, z: f64) -> Vec<[f64; 2]> {
    let inner = (0.22 * z).max(0.0);
    let rise = ((z - SHOULDER_MM) / (APEX_MM + 1.0 - SHOULDER_MM)).max(0.0);
    let shrink = (1.0 - rise * rise).sqrt();
    let middle = [side * 0.5 * (inner + half_width(z)), 0.5 * (wall_front(z) + wall_back(z))];
    let corner = |[x, y]: [f64; 2]| {
        let x = side * (side * x).max(inner);
        [middle[0] + shrink * (x - middle[0]), middle[1] + shrink * (y - middle[1])]
    };
    wall(z, 0.0).into_iter().map(corner).collect()
}

/// Vessels from the hilum outwards.
fn vessels(scene: &mut Scene, side: f64, noise: &mut Noise) {
    for _ in 0..28 {
        let goal =
            [side * noise.between([70.0, 112.0]), noise.between([-75.0, 30.0]), noise.between([-95.0, 90.0])];
        let [x, y, z] = [side * 46.0, -24.0, 8.0];
        let bend = |from: f64, to: f64, share: f64| from + share * (to - from) + noise_free(share);
        let knot = |share: f64, radius: f64| {
            [bend(x, goal[0], share), bend(y, goal[1], share), bend(z, goal[2], share), radius]
        };
        scene.tube(&[knot(0.0, 4.5), knot(0.35, 3.0), knot(0.7, 1.8), knot(1.0, 0.9)], hu::SOFT);
    }
}

/// A gentle bow between the ends of a vessel.
fn noise_free(share: f64) -> f64 {
    12.0 * share * (1.0 - share)
}

/// The fat between the lungs, from the sternum to the spine.
pub(super) fn mediastinum(scene: &mut Scene) {
    let outline = |z: f64| {
        let (front, spine) = (wall_front(z) - 2.0, spine_front(z));
        // Wide where heart and vessels lie, narrow behind the sternum where the lungs nearly meet.
        let upper = z.clamp(0.0, 100.0) / 100.0;
        let half_widths = [
            (front, 15.0 + 11.0 * upper),
            (front + 14.0, 12.0 + 15.0 * upper),
            (0.55 * front + 0.45 * spine, 22.0 + 13.0 * upper),
            (0.3 * front + 0.7 * spine, 20.0 + 12.0 * upper),
            (spine - 4.0, 18.0),
            (spine + 24.0, 24.0),
            (spine + 62.0, 30.0),
        ];
        let left = half_widths.iter().map(|(y, half)| [*half, *y]);
        let right = half_widths.iter().rev().map(|(y, half)| [-*half, *y]);
        left.chain(right).collect()
    };
    scene.add(Part::stack(stack([-190.0, 150.0], outline), hu::FAT));
}

/// Liver, spleen and stomach under the domes, kidneys further down.
pub(super) fn abdomen(scene: &mut Scene, build: &Build) {
    let top = build.dome_mm;
    // The diaphragm is a few millimetres thick.
    let dome = |scene: &mut Scene, x: f64, y: f64, drop: f64, semi: [f64; 3], hu: f64| {
        let centre = [x, y, top - drop - semi[2]];
        scene.ellipsoid(centre, semi.map(|axis| axis + 3.0), hu::MUSCLE);
        scene.ellipsoid(centre, semi, hu);
    };
    dome(scene, 60.0, -34.0, 12.0, [76.0, 90.0, 84.0], hu::FAT);
    dome(scene, 14.0, -66.0, 8.0, [76.0, 54.0, 80.0], hu::LIVER);
    dome(scene, -66.0, -30.0, 14.0, [82.0, 98.0, 70.0], hu::LIVER);
    dome(scene, -54.0, -34.0, 0.0, [74.0, 88.0, 88.0], hu::LIVER);
    let fill = |z: f64| wall(z.max(-100.0), -2.0);
    scene.add(Part::stack(stack([REACH_MM[0], top - 98.0], fill), hu::FAT));
    scene.ellipsoid([-58.0, -28.0, top - 100.0], [66.0, 84.0, 75.0], hu::LIVER);
    scene.ellipsoid([88.0, 8.0, top - 66.0], [30.0, 46.0, 46.0], 48.0);
    scene.ellipsoid([52.0, -48.0, top - 76.0], [46.0, 40.0, 44.0], 40.0);
    scene.ellipsoid([50.0, -66.0, top - 64.0], [26.0, 18.0, 14.0], hu::AIR);
    for side in [-1.0, 1.0] {
        scene.ellipsoid([side * 62.0, 14.0, top - 150.0], [28.0, 26.0, 54.0], 34.0);
        scene.ellipsoid([side * 34.0, 22.0, top - 190.0], [22.0, 24.0, 80.0], hu::MUSCLE);
    }
    for (x, y, z) in
        [(-20.0, -70.0, 190.0), (34.0, -60.0, 200.0), (-60.0, -50.0, 230.0), (70.0, -40.0, 220.0)]
    {
        scene.ellipsoid([x, y, top - z], [24.0, 22.0, 20.0], hu::SOFT);
        scene.ellipsoid([x, y - 6.0, top - z], [14.0, 10.0, 12.0], -900.0);
    }
}

/// Trachea and main bronchi down into the lungs, where they end blind; and the oesophagus behind them.
pub(super) fn airways(scene: &mut Scene) {
    let trachea = [200.0, 150.0, 110.0, 75.0, 42.0].map(|z| [-2.0, spine_front(z) - 21.0, z, 9.0]);
    let [carina_x, carina_y, carina_z, _] = trachea[4];
    let right = [
        [carina_x - 3.0, carina_y, carina_z, 7.5],
        [-20.0, -21.0, 29.0, 7.0],
        [-40.0, -18.0, 14.0, 5.5],
        [-56.0, -10.0, -8.0, 3.5],
        [-66.0, 2.0, -34.0, 2.0],
    ];
    let left = [
        [carina_x + 3.0, carina_y, carina_z, 7.0],
        [16.0, -21.0, 30.0, 6.5],
        [40.0, -16.0, 15.0, 5.5],
        [54.0, -6.0, -8.0, 3.2],
        [64.0, 6.0, -36.0, 2.0],
    ];
    let upper = [[-34.0, -19.0, 20.0, 5.0], [-52.0, -22.0, 28.0, 3.5], [-66.0, -24.0, 42.0, 2.0]];
    let branches: [&[[f64; 4]]; 4] = [&trachea, &right, &left, &upper];
    for branch in branches {
        let walled: Vec<_> = branch.iter().map(|[x, y, z, radius]| [*x, *y, *z, radius + 1.6]).collect();
        scene.tube(&walled, hu::SOFT);
    }
    for branch in branches {
        scene.tube(branch, hu::AIR);
    }
    let gullet = [200.0, 120.0, 60.0, 20.0, -20.0, -60.0, -95.0, -130.0]
        .map(|z: f64| [5.0 + 0.08 * (-z).max(0.0), spine_front(z) - 7.5, z, 5.5]);
    for shift in [-3.0, 0.0, 3.0] {
        scene.tube(&gullet.map(|[x, y, z, radius]| [x + shift, y, z, radius]), hu::SOFT);
    }
}
