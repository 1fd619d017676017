//! Bones of the trunk: vertebrae with discs and processes, ribs with their cartilage, sternum, scapulae and collar
//! bones. Compact bone is a shell, spongy bone fills it.

use super::{
    body::{spine_front, wall_front, wall_point},
    scene::Scene,
    solid::{Part, Stack, Tube},
    vector::direction,
};

/// HU of spongy and compact bone in an adult; what differs between people.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bone {
    pub(super) spongy_hu: f64,
    pub(super) compact_hu: f64,
    pub(super) cartilage_hu: f64,
    /// How far a rib of the middle goes down from back to front in mm.
    pub(super) rib_drop_mm: f64,
}

/// Height of the middle of the first thoracic vertebra.
const FIRST_MM: f64 = 137.0;
/// Height of a vertebra with its disc.
const VERTEBRA_MM: f64 = 23.5;
/// Half the height of a disc.
const HALF_DISC_MM: f64 = 2.6;

/// Middle of a thoracic vertebra, 0 the first; negative are of the neck, from 12 on of the loins.
fn vertebra_z(index: i32) -> f64 {
    FIRST_MM - VERTEBRA_MM * f64::from(index)
}

/// An ellipse with 32 corners.
fn oval(centre: [f64; 2], semi: [f64; 2]) -> Vec<[f64; 2]> {
    let corner = |step: usize| {
        let [c, s] = direction(4 * step);
        [centre[0] + semi[0] * c, centre[1] + semi[1] * s]
    };
    (0..32).map(corner).collect()
}

/// The column, from the neck to the loins.
pub(super) fn spine(scene: &mut Scene, bone: &Bone) {
    for index in -3..21 {
        vertebra(scene, bone, vertebra_z(index));
    }
}

fn vertebra(scene: &mut Scene, bone: &Bone, z: f64) {
    let front = spine_front(z);
    // Vertebrae grow from the neck to the loins.
    let size = (1.0 - 0.0022 * z).clamp(0.72, 1.35);
    let semi = [17.5 * size, 13.5 * size];
    let middle = [0.0, front + semi[1]];
    let half = 0.5 * VERTEBRA_MM;
    let prism = |centre: [f64; 2], semi: [f64; 2], z: [f64; 2]| Stack::prism(oval(centre, semi), z);
    // The bony ring behind the body, the canal in it, and the processes.
    let arch = [0.0, front + 2.0 * semi[1] + 9.0];
    scene.add(Part::stack(prism(arch, [17.0, 14.0], [z - 7.0, z + 8.0]), bone.compact_hu));
    scene.add(Part::stack(prism(arch, [14.5, 12.0], [z - 6.0, z + 7.0]), bone.spongy_hu));
    for side in [-1.0, 1.0] {
        let knots = [[side * 13.0, arch[1] + 2.0, z, 5.0], [side * 33.0, arch[1] + 13.0, z + 3.0, 4.5]];
        hollow(scene, bone, &knots);
    }
    hollow(scene, bone, &[[0.0, arch[1] + 13.0, z - 2.0, 4.0], [0.0, arch[1] + 31.0, z - 15.0, 3.5]]);
    scene.add(Part::stack(prism(arch, [10.5, 9.5], [z - half, z + half]), bone.compact_hu));
    scene.add(Part::stack(
        prism(middle, semi.map(|axis| axis - 1.0), [z + half - HALF_DISC_MM, z + half]),
        DISC_HU,
    ));
    scene.add(Part::stack(
        prism(middle, semi.map(|axis| axis - 1.0), [z - half, z - half + HALF_DISC_MM]),
        DISC_HU,
    ));
    // Compact bone all round; the end plates are a little denser than what they close.
    let body = [z - half + HALF_DISC_MM, z + half - HALF_DISC_MM];
    scene.add(Part::stack(prism(middle, semi, body), bone.compact_hu));
    let inner = semi.map(|axis| axis - 1.6);
    scene.add(Part::stack(prism(middle, inner, body), bone.spongy_hu + 60.0));
    scene.add(Part::stack(prism(middle, inner, [body[0] + 2.0, body[1] - 2.0]), bone.spongy_hu));
    scene.add(Part::stack(prism(arch, [9.0, 8.0], [z - half, z + half]), CANAL_HU));
}

/// HU of a disc between vertebrae.
const DISC_HU: f64 = 80.0;
/// HU of the spinal canal: cord and fluid.
const CANAL_HU: f64 = 22.0;

/// A tube of compact bone filled with spongy bone.
fn hollow(scene: &mut Scene, bone: &Bone, knots: &[[f64; 4]]) {
    let tube = Tube::through(knots, 1.5);
    scene.add(Part::tube(&tube, bone.compact_hu));
    scene.add(Part::tube(&tube.grown(-1.7), bone.spongy_hu));
}

/// Twelve pairs of ribs and the cartilage of the upper ten.
pub(super) fn ribs(scene: &mut Scene, bone: &Bone) {
    for index in 0..12 {
        for side in [-1.0, 1.0] {
            rib(scene, bone, index, side);
        }
    }
}

/// Turns of 128 along the wall from behind, where a rib leaves the spine, to where it ends in front.
const BACK: usize = 22;

fn rib(scene: &mut Scene, bone: &Bone, index: i32, side: f64) {
    let z = vertebra_z(index);
    let front = spine_front(z);
    let number = f64::from(index);
    // The upper ribs are flatter; the last two end in the flank.
    let drop = bone.rib_drop_mm * (0.45 + 0.11 * number).min(1.0);
    let end = if index < 10 { 21 } else { 6 };
    let mut knots =
        vec![[side * 20.0, front + 19.0, z + 4.0, 4.5], [side * 34.0, front + 40.0, z + 3.0, 4.8]];
    for step in (0..=(BACK + end)).step_by(4) {
        // 128 less than nothing is one turn less: from the back (32) over the side (0) to the front (96).
        let [c, s] = direction((128 + BACK - step) % 128);
        let share = f64::from(u32::try_from(step).expect("few steps")) / 43.0;
        let height = z - drop * share * (1.6 - 0.6 * share);
        let [x, y] = wall_point(height, 6.0, [c, s]);
        knots.push([side * x, y, height, 5.0]);
    }
    let bony = Tube::through(&knots, 1.5);
    if index < 10 {
        cartilage(scene, bone, index, side, knots[knots.len() - 1]);
    }
    scene.add(Part::tube(&bony, bone.compact_hu));
    scene.add(Part::tube(&bony.grown(-1.8), bone.spongy_hu));
}

/// Where the cartilages of the ribs meet the sternum or each other: distance from the middle and height.
const JOINTS: [[f64; 2]; 10] = [
    [24.0, 86.0],
    [19.0, 50.0],
    [18.0, 28.0],
    [18.0, 9.0],
    [18.0, -9.0],
    [18.0, -26.0],
    [16.0, -42.0],
    [36.0, -62.0],
    [56.0, -84.0],
    [78.0, -110.0],
];

/// The way of the cartilage from the end of a rib to the sternum.
fn cartilage(scene: &mut Scene, bone: &Bone, index: i32, side: f64, end: [f64; 4]) {
    let [x, z] = JOINTS[usize::try_from(index).expect("ribs are counted from 0")];
    let knots = [
        end,
        [0.5 * (end[0] + side * x), wall_front(0.5 * (z + end[2])) - 6.0, 0.65 * end[2] + 0.35 * z, 5.5],
        [side * x, wall_front(z) - 7.0, z, 5.5],
    ];
    scene.tube(&knots, bone.cartilage_hu);
}

/// Middle of the cartilage of a rib (0 the first) near the sternum: where flecks of calcium form.
pub(super) fn cartilage_place(index: usize, side: f64) -> [f64; 3] {
    let [x, z] = JOINTS[index];
    [side * (x + 9.0), wall_front(z) - 7.0, z - 3.0]
}

/// Manubrium, body and xiphoid of the sternum.
pub(super) fn sternum(scene: &mut Scene, bone: &Bone) {
    let levels = [
        (98.0, 30.0),
        (80.0, 28.0),
        (56.0, 17.0),
        (45.0, 17.0),
        (20.0, 15.0),
        (-10.0, 17.0),
        (-40.0, 18.0),
        (-58.0, 10.0),
        (-72.0, 5.0),
    ];
    for (shell, hu) in [(0.0, bone.compact_hu), (1.6, bone.spongy_hu)] {
        for pair in levels.windows(2) {
            let outline =
                |(z, half): (f64, f64)| oval([0.0, wall_front(z) - 8.0], [half - shell, 5.8 - shell]);
            let (upper, lower) = (pair[0], pair[1]);
            let outlines = vec![outline(lower), outline(upper)];
            scene.add(Part::stack(Stack { lowest: lower.0, step: upper.0 - lower.0, outlines }, hu));
        }
    }
}

/// Shoulder blades behind the upper ribs, and collar bones.
pub(super) fn shoulders(scene: &mut Scene, bone: &Bone) {
    for side in [-1.0, 1.0] {
        let blade = |thick: f64| {
            let inner = [[72.0, 68.0], [98.0, 60.0], [126.0, 34.0]].map(|[x, y]| [side * x, y - thick]);
            let outer = [[130.0, 36.0], [100.0, 63.5], [72.0, 71.5]].map(|[x, y]| [side * x, y]);
            [inner, outer].concat()
        };
        let outlines = vec![blade(1.0), blade(3.0)];
        scene.add(Part::stack(Stack { lowest: 15.0, step: 95.0, outlines }, bone.compact_hu));
        let collar = [
            [side * 24.0, -78.0, 104.0, 7.0],
            [side * 70.0, -74.0, 122.0, 6.0],
            [side * 130.0, -30.0, 138.0, 6.0],
        ];
        hollow(scene, bone, &collar);
    }
}
