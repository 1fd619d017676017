//! Calcium of the chest and metal: rows of beads, so fine that the film samples them more finely than voxels. What
//! lies in an artery knows its artery.

use super::{
    Burden, Metal,
    arteries::{Artery, Course, mitral_ring},
    heart::Heart,
    scene::Frame,
    skeleton::cartilage_place,
    solid::Tube,
    vector::{Point, add, along, cross, direction, minus, spline, times, unit},
};
use crate::{Noise, volume::as_f64};

/// Where a deposit lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Site {
    /// In the wall of a coronary artery.
    Coronary(Artery),
    /// In the wall of the rising aorta, its arch or the falling aorta.
    AorticWall,
    /// In the cusps or the ring of the aortic valve.
    AorticValve,
    /// In the ring of the mitral valve.
    MitralAnnulus,
    /// In a lymph node at the root of a lung.
    LymphNode,
    /// A scar in a lung.
    Granuloma,
    /// In the cartilage of a rib.
    Cartilage,
    /// Metal, in an artery or elsewhere.
    Metal,
}

/// A deposit: beads `[x, y, z, radius]` of one density, in LPS mm.
#[derive(Clone, Debug, PartialEq)]
pub struct Plaque {
    /// Where it lies.
    pub site: Site,
    /// Centres and radii in mm.
    pub beads: Vec<[f64; 4]>,
    /// HU of the material, before the slice averages it.
    pub hu: f64,
}

impl Plaque {
    /// The mean of its beads in LPS mm.
    #[must_use]
    pub fn centre_lps_mm(&self) -> [f64; 3] {
        let sum = self.beads.iter().fold([0.0; 3], |sum, [x, y, z, _]| add(sum, [*x, *y, *z]));
        times(sum, 1.0 / as_f64(self.beads.len().max(1)))
    }

    /// Its artery, if it is calcium of one.
    #[must_use]
    pub fn artery(&self) -> Option<Artery> {
        match self.site {
            Site::Coronary(artery) => Some(artery),
            _ => None,
        }
    }
}

/// How likely a plaque lies in each artery, and between which parts of its length: most plaques are in the left anterior
/// descending artery, and in the proximal parts (McClelland et al., 2006, for the order of the arteries).
const SHARES: [(Artery, f64, [f64; 2]); 4] = [
    (Artery::Lad, 0.42, [0.03, 0.65]),
    (Artery::Rca, 0.28, [0.08, 0.95]),
    (Artery::Lcx, 0.20, [0.08, 0.85]),
    (Artery::Lm, 0.10, [0.25, 0.8]),
];

/// The plaques of the coronary arteries; the courses are in the patient.
pub(super) fn coronary(courses: &[Course; 4], burden: Burden, noise: &mut Noise) -> Vec<Plaque> {
    let count = match burden {
        Burden::None => 0,
        Burden::Mild => 1 + noise.below(3),
        Burden::Moderate => 4 + noise.below(4),
        Burden::Severe => 10 + noise.below(8),
    };
    (0..count).map(|_| plaque(courses, burden, noise)).collect()
}

fn plaque(courses: &[Course; 4], burden: Burden, noise: &mut Noise) -> Plaque {
    let mut draw = noise.between([0.0, 1.0]);
    let chosen = SHARES.iter().find(|(_, share, _)| {
        draw -= share;
        draw < 0.0
    });
    let (artery, _, part) = *chosen.unwrap_or(&SHARES[0]);
    let course = &courses[usize::from(artery.label()) - 1];
    let spotty = noise.below(3) == 0 || burden == Burden::Mild;
    let length_mm = if spotty { noise.between([0.8, 3.5]) } else { noise.between([3.0, 16.0]) };
    let thick_mm = if spotty { noise.between([0.7, 1.2]) } else { noise.between([0.8, 1.6]) };
    let hu = if spotty { noise.between([450.0, 1000.0]) } else { noise.between([500.0, 1200.0]) };
    let last = course.samples.len() - 1;
    let at = as_f64(last) * noise.between(part);
    // Samples are half a millimetre apart; a plaque of the trunk stays in it.
    let half = length_mm.min(0.4 * course.length_mm());
    let index = |place: f64| super::canvas::index_of(place.clamp(0.0, as_f64(last)));
    let side = direction(noise.below(128));
    let beads = (index(at - half)..=index(at + half)).map(|place| {
        let [x, y, z, radius] = course.samples[place];
        let off = on_wall(course, place, side);
        let [x, y, z] = along([x, y, z], off, 0.7 * radius);
        [x, y, z, thick_mm]
    });
    Plaque { site: Site::Coronary(artery), beads: beads.collect(), hu }
}

/// A direction across the course of an artery.
fn on_wall(course: &Course, place: usize, [c, s]: [f64; 2]) -> Point {
    let point = |index: usize| {
        let [x, y, z, _] = course.samples[index.min(course.samples.len() - 1)];
        [x, y, z]
    };
    let forward = minus(point(place + 2), point(place.saturating_sub(2)));
    let helper = if forward[2].abs() > forward[0].abs() { [1.0, 0.2, 0.1] } else { [0.1, 0.2, 1.0] };
    let first = unit(cross(forward, helper));
    let second = unit(cross(forward, first));
    add(times(first, c), times(second, s))
}

/// Calcium elsewhere, more of it the more the coronary arteries have; in the patient.
pub(super) fn elsewhere(heart: &Heart, frame: &Frame, burden: Burden, noise: &mut Noise) -> Vec<Plaque> {
    let often = match burden {
        Burden::None => 0.25,
        Burden::Mild => 0.4,
        Burden::Moderate => 0.6,
        Burden::Severe => 0.85,
    };
    let mut plaques = Vec::new();
    let happens = |noise: &mut Noise, chance: f64| noise.between([0.0, 1.0]) < chance;
    for (low, high) in [(6.0, 45.0), (45.0, 90.0), (-110.0, 30.0), (-110.0, 30.0)] {
        if happens(noise, 0.6 * often) {
            plaques.extend(aortic_wall(heart, [low, high], high < 40.0, noise));
        }
    }
    if happens(noise, 0.45 * often) {
        plaques.extend((0..1 + noise.below(3)).map(|_| aortic_valve(heart, noise)));
    }
    if happens(noise, 0.15 * often) {
        plaques.push(mitral_annulus(heart, noise));
    }
    if happens(noise, 0.3) {
        let place =
            [noise.between([-34.0, -24.0]), noise.between([-26.0, -18.0]), noise.between([8.0, 30.0])];
        plaques.push(lump(Site::LymphNode, place, noise.between([1.5, 3.5]), noise.between([300.0, 700.0])));
    }
    if happens(noise, 0.3) {
        let side = if noise.below(2) == 0 { 1.0 } else { -1.0 };
        let place =
            [side * noise.between([75.0, 110.0]), noise.between([-60.0, 25.0]), noise.between([-60.0, 60.0])];
        plaques.push(lump(Site::Granuloma, place, noise.between([1.5, 3.0]), noise.between([300.0, 900.0])));
    }
    for rib in 2..7 {
        for side in [-1.0, 1.0] {
            if happens(noise, 0.4 * often) {
                let radius = noise.between([1.2, 2.6]);
                plaques.push(lump(Site::Cartilage, cartilage_place(rib, side), radius, 400.0));
            }
        }
    }
    plaques.into_iter().map(|plaque| placed(frame, plaque)).collect()
}

/// A deposit of the model in the patient: the beads keep their size.
fn placed(frame: &Frame, plaque: Plaque) -> Plaque {
    let place = |[x, y, z, radius]: [f64; 4]| {
        let [x, y, z] = frame.place([x, y, z]);
        [x, y, z, radius]
    };
    Plaque { beads: plaque.beads.into_iter().map(place).collect(), ..plaque }
}

/// An egg of beads.
fn lump(site: Site, [x, y, z]: Point, radius: f64, hu: f64) -> Plaque {
    let beads = [-0.4, 0.0, 0.4].map(|share| [x + share * radius, y, z + share * radius, radius]);
    Plaque { site, beads: beads.to_vec(), hu }
}

/// An arc in the wall of the aorta, somewhere between two heights on the rising or the falling side.
fn aortic_wall(heart: &Heart, z: [f64; 2], falling: bool, noise: &mut Noise) -> Option<Plaque> {
    let height = noise.between(z);
    let first = noise.below(128);
    let (steps, thick_mm, hu) =
        (3 + noise.below(14), noise.between([0.6, 1.2]), noise.between([450.0, 1100.0]));
    let rise = noise.between([-0.3, 0.3]);
    let near = |bead: &&[f64; 4]| (bead[2] - height).abs() < 2.0 && falling == (bead[1] > -30.0);
    let [x, y, z, radius] = *heart.aorta.beads.iter().find(near)?;
    let bead = |step: usize| {
        let [c, s] = direction((first + 2 * step) % 128);
        let off = radius - 0.5;
        [x + off * c, y + off * s, z + rise * as_f64(step), thick_mm]
    };
    Some(Plaque { site: Site::AorticWall, beads: (0..steps).map(bead).collect(), hu })
}

/// A cusp: from the ring towards the middle of the valve.
fn aortic_valve(heart: &Heart, noise: &mut Noise) -> Plaque {
    let [x, y, z] = [5.0, -64.5, -15.0 + noise.between([-3.0, 4.0])];
    let [c, s] = direction(noise.below(128));
    let (thick_mm, hu) = (noise.between([0.8, 1.8]), noise.between([400.0, 1000.0]));
    let off = noise.between([0.3, 0.8]) * heart.shape.aorta_mm;
    let bead = |step: usize| {
        let out = off - 0.7 * as_f64(step);
        [x + out * c, y + out * s, z + 0.3 * as_f64(step), thick_mm]
    };
    Plaque { site: Site::AorticValve, beads: (0..3 + noise.below(5)).map(bead).collect(), hu }
}

/// A piece of the ring between left atrium and left ventricle, at its back.
fn mitral_annulus(heart: &Heart, noise: &mut Noise) -> Plaque {
    let (thick_mm, hu) = (noise.between([0.8, 2.0]), noise.between([450.0, 1100.0]));
    let ring = mitral_ring(heart, 104 + noise.below(16), 4 + noise.below(10));
    let knots: Vec<[f64; 4]> = ring.iter().map(|[x, y, z]| [*x, *y, *z, thick_mm]).collect();
    Plaque { site: Site::MitralAnnulus, beads: spline(&knots, 0.8), hu }
}

/// HU of metal, above what twelve bits hold.
const METAL_HU: f64 = 8000.0;
/// HU of the mesh of a stent, as wide as the beads are.
const STENT_HU: f64 = 2600.0;

/// Metal in the patient.
pub(super) fn metal(metal: Metal, courses: &[Course; 4], frame: &Frame) -> Vec<Plaque> {
    match metal {
        Metal::Lead => {
            let knots = [
                [-40.0, -54.0, 100.0, 1.0],
                [-36.0, -58.0, 40.0, 1.0],
                [-34.0, -62.0, -20.0, 1.0],
                [-20.0, -80.0, -60.0, 1.0],
                [30.0, -100.0, -72.0, 1.2],
            ];
            let beads = Tube::through(&knots, 0.8).beads;
            vec![placed(frame, Plaque { site: Site::Metal, beads, hu: METAL_HU })]
        }
        Metal::SternalWires => {
            let wire = |z: f64| {
                let y = super::body::wall_front(z) - 8.0;
                let ring = (0..64).map(|step| {
                    let [c, s] = direction(2 * step);
                    [20.0 * c, y + 8.0 * s, z, 0.6]
                });
                placed(frame, Plaque { site: Site::Metal, beads: ring.collect(), hu: METAL_HU })
            };
            [60.0, 35.0, 12.0, -12.0, -36.0].map(wire).to_vec()
        }
        Metal::Stent => {
            let course = &courses[usize::from(Artery::Lad.label()) - 1];
            let mesh = (20..60).flat_map(|place: usize| {
                [0, 32, 64, 96].map(|turn| {
                    let [x, y, z, radius] = course.samples[place];
                    let off = on_wall(course, place, direction((turn + 8 * place) % 128));
                    let [x, y, z] = along([x, y, z], off, 0.9 * radius);
                    [x, y, z, 0.35]
                })
            });
            vec![Plaque { site: Site::Metal, beads: mesh.collect(), hu: STENT_HU }]
        }
    }
}
