//! The heart and the great vessels. The chambers are ellipsoids about the long axis of the heart; fat fills the space
//! between them and the pericardium. Blood and muscle differ by a few HU only, as without contrast agent.
//!
//! ```text
//! fat outside -> pericardium -> fat inside -> chambers -> outflow, trunk of the lung, veins -> aorta
//! ```
//!
//! The fat in the grooves, and the arteries in it, are laid by [`super::arteries`] between chambers and aorta.

use super::{
    body::{hu, spine_front},
    scene::{Frame, Scene},
    solid::{Ellipsoid, Part, Tube},
    vector::{Point, add, along, minus, times, unit},
};
use crate::Noise;

/// What differs between hearts.
#[derive(Clone, Copy, Debug)]
pub(super) struct HeartShape {
    /// Size against the model.
    pub(super) scale: f64,
    /// Sine of the turn in the frontal plane: positive lifts the apex (a horizontal heart).
    pub(super) lift: f64,
    /// Fat between muscle and pericardium in mm.
    pub(super) fat_mm: f64,
    /// HU of blood in all chambers and vessels.
    pub(super) blood_hu: f64,
    /// Radius of the ascending aorta in mm.
    pub(super) aorta_mm: f64,
    /// Radius of the descending aorta in mm.
    pub(super) descending_mm: f64,
    /// Fat between the ascending aorta and its neighbours in mm.
    pub(super) aorta_fat_mm: f64,
}

/// A heart in the model, its chambers and landmarks where its shape puts them.
#[derive(Clone, Debug)]
pub(super) struct Heart {
    pub(super) shape: HeartShape,
    /// Left ventricle, right ventricle, right atrium, left atrium, right auricle, mitral and tricuspid opening.
    pub(super) chambers: [Ellipsoid; 7],
    /// Direction of the long axis, from the base to the apex.
    pub(super) axis: Point,
    /// The ascending aorta with the root, its arch and the descending part.
    pub(super) aorta: Tube,
    /// The trunk of the pulmonary artery with the outflow of the right ventricle.
    pub(super) outflow: Tube,
}

/// Middle of the aortic valve: the heart turns about it.
const VALVE: Point = [6.0, -64.0, -17.0];
/// From the base of the left ventricle to its apex: to the left, to the front, down.
const AXIS: Point = [0.66, -0.50, -0.56];

/// Radius of the aorta about which the average heart is built in mm.
const USUAL_AORTA_MM: f64 = 16.8;

impl HeartShape {
    /// A point of the average heart in this one.
    fn place(&self, point: Point) -> Point {
        add(VALVE, times(self.turn(minus(point, VALVE)), self.scale))
    }

    fn turn(&self, [x, y, z]: Point) -> Point {
        let (sine, cosine) = (self.lift, (1.0 - self.lift * self.lift).sqrt());
        [cosine * x - sine * z, y, sine * x + cosine * z]
    }

    fn chamber(&self, ellipsoid: &Ellipsoid) -> Ellipsoid {
        let axes = ellipsoid.axes.map(|axis| times(self.turn(axis), self.scale));
        Ellipsoid { centre: self.place(ellipsoid.centre), axes }
    }

    fn tube(&self, knots: &[[f64; 4]]) -> Tube {
        let place = |[x, y, z, radius]: &[f64; 4]| {
            let [x, y, z] = self.place([*x, *y, *z]);
            [x, y, z, radius * self.scale]
        };
        Tube::through(&knots.iter().map(place).collect::<Vec<_>>(), 1.5)
    }

    /// Builds the heart in the model.
    pub(super) fn heart(self) -> Heart {
        let axis = unit(AXIS);
        // The neighbours lie against the aorta, be it wide or narrow.
        let slack = USUAL_AORTA_MM - self.aorta_mm;
        let chambers = [
            Ellipsoid::directed([35.0, -68.0, -50.0], axis, [48.0, 31.0, 31.0]),
            Ellipsoid::directed([9.0, -88.0, -48.0], unit([0.80, -0.32, -0.50]), [44.0, 23.0, 33.0]),
            Ellipsoid::upright([-28.0 + slack, -62.0, -36.0], [25.0, 27.0, 36.0]),
            Ellipsoid::upright([8.0, -34.0 - slack, -18.0], [35.0, 19.0, 26.0]),
            Ellipsoid::directed([-20.0 + slack, -86.0, -16.0], unit([0.6, -0.5, 0.6]), [15.0, 11.0, 13.0]),
            // The chambers open into each other, so that the grooves between them are shallow.
            Ellipsoid::directed([24.0, -47.0, -33.0], axis, [16.0, 20.0, 19.0]),
            Ellipsoid::directed([-9.0, -76.0, -42.0], unit([0.85, -0.4, -0.3]), [16.0, 19.0, 21.0]),
        ];
        let near = |[x, y, z, radius]: [f64; 4]| [x - 0.7 * slack, y + 0.7 * slack, z, radius];
        let outflow = self.tube(
            &[
                [18.0, -93.0, -36.0, 17.0],
                [17.0, -91.0, -18.0, 15.5],
                [20.0, -89.0, -2.0, 13.5],
                [25.0, -78.0, 12.0, 13.5],
                [25.0, -62.0, 22.0, 12.0],
            ]
            .map(near),
        );
        Heart {
            chambers: chambers.map(|chamber| self.chamber(&chamber)),
            axis: unit(self.turn(axis)),
            aorta: self.aorta(),
            outflow,
            shape: self,
        }
    }

    /// From the valve up, over the arch, down beside the spine.
    fn aorta(&self) -> Tube {
        let (rising, falling) = (self.aorta_mm, self.descending_mm);
        // The arch rides over the left main bronchus, and comes to lie on the left front of the spine.
        let beside =
            |z: f64| [22.0 - 0.05 * (-z).max(0.0), spine_front(z) + 1.0 - 0.04 * (-z).max(0.0), z, falling];
        let knots = [
            [8.0, -62.5, -24.0, 0.86 * rising],
            [6.0, -64.0, -17.0, 0.95 * rising],
            [2.0, -66.0, -8.0, 1.05 * rising],
            [-2.0, -67.0, 2.0, 1.0 * rising],
            [-7.0, -69.0, 15.0, rising],
            [-12.0, -70.0, 32.0, rising],
            [-12.0, -66.0, 50.0, rising],
            [-6.0, -54.0, 66.0, 0.95 * rising],
            [8.0, -34.0, 72.0, 0.5 * (rising + falling)],
            [19.0, -12.0, 66.0, 1.04 * falling],
            beside(48.0),
            beside(20.0),
            beside(-20.0),
            beside(-60.0),
            beside(-110.0),
            beside(-180.0),
            beside(-260.0),
            beside(-360.0),
        ];
        Tube::through(&knots, 1.5)
    }
}

impl Heart {
    /// Index of the highest bead of the ascending part: where the arch begins.
    fn arch_bead(&self) -> usize {
        let beads = &self.aorta.beads;
        (0..beads.len()).max_by(|a, b| beads[*a][2].total_cmp(&beads[*b][2])).unwrap_or(0)
    }

    /// Where the axis of the rising or the falling aorta crosses a height, and its radius, in the patient.
    pub(super) fn aorta_at(&self, frame: &Frame, z: f64, rising: bool) -> Option<[f64; 3]> {
        let (up, down) = self.aorta.beads.split_at(self.arch_bead());
        let placed = frame.tube(&Tube { beads: if rising { up.to_vec() } else { down.to_vec() } });
        let nearest =
            placed.beads.into_iter().min_by(|a, b| (a[2] - z).abs().total_cmp(&(b[2] - z).abs()))?;
        let [x, y, height, radius] = nearest;
        ((height - z).abs() <= 2.0).then_some([x, y, radius])
    }

    /// Fat, pericardium and chambers.
    pub(super) fn paint_chambers(&self, scene: &mut Scene) {
        let (blood, fat) = (self.shape.blood_hu, self.shape.fat_mm);
        // Most fat lies on the ventricles, least at the root of the caval vein.
        for (index, chamber) in self.chambers.iter().enumerate() {
            let outside = if index == RIGHT_ATRIUM { 2.5 } else { fat + 4.5 };
            scene.add(Part::ellipsoid(&chamber.grown(outside), hu::FAT));
        }
        scene.add(Part::tube(&self.outflow.grown(fat), hu::FAT));
        // The pericardium shows where it faces the lungs: along the ventricles.
        for (margin, hu) in [(fat + 1.2, PERICARDIUM_HU), (fat, hu::FAT)] {
            for chamber in &self.chambers[..2] {
                scene.add(Part::ellipsoid(&chamber.grown(margin), hu));
            }
        }
        self.paint_vessel_fat(scene);
        // The pad of fat between the apex, the sternum and the diaphragm on either side.
        let tip = along(self.chambers[0].centre, self.axis, 42.0 * self.shape.scale);
        scene.ellipsoid(add(tip, [-8.0, -4.0, -6.0]), [20.0, 16.0, 16.0], hu::FAT);
        for (chamber, muscle) in self.chambers.iter().zip([6.0, 4.0, 0.0, 0.0, 0.0, 0.0, 0.0]) {
            scene.add(Part::ellipsoid(chamber, blood + muscle));
        }
        // The septum between the atria, behind the root.
        let septum = Ellipsoid::upright([-6.0, -53.0, -30.0], [12.0, 14.0, 21.0]);
        scene.add(Part::ellipsoid(&self.shape.chamber(&septum), blood));
        scene.add(Part::ellipsoid(&self.chambers[0].grown(-11.0), blood));
    }

    /// What leaves and enters the heart beside the aorta, with some fat around it.
    fn vessels(&self) -> Vec<Tube> {
        let turning: [&[[f64; 4]]; 6] = [
            // Right and left pulmonary artery.
            &[
                [24.0, -58.0, 22.0, 11.0],
                [2.0, -43.0, 20.0, 10.5],
                [-26.0, -36.0, 16.0, 10.0],
                [-50.0, -26.0, 8.0, 7.0],
            ],
            &[
                [26.0, -60.0, 23.0, 11.5],
                [36.0, -38.0, 29.0, 11.0],
                [46.0, -20.0, 26.0, 10.0],
                [54.0, -8.0, 6.0, 7.0],
            ],
            // Veins of the right and the left lung into the left atrium.
            &[[-18.0, -33.0, -10.0, 7.0], [-44.0, -30.0, -4.0, 5.5], [-60.0, -34.0, 6.0, 3.5]],
            &[[-18.0, -29.0, -28.0, 7.0], [-42.0, -16.0, -34.0, 5.5], [-58.0, -2.0, -46.0, 3.5]],
            &[[24.0, -31.0, -8.0, 7.0], [46.0, -28.0, 0.0, 5.5], [62.0, -36.0, 10.0, 3.5]],
            &[[24.0, -27.0, -28.0, 7.0], [44.0, -12.0, -34.0, 5.5], [60.0, 2.0, -46.0, 3.5]],
        ];
        let still: [&[[f64; 4]]; 4] = [
            // Upper and lower caval vein, the vein that crosses to the upper one, and the azygos vein.
            &[
                [-42.0, -52.0, 110.0, 7.0],
                [-34.0, -58.0, 80.0, 8.5],
                [-34.0, -58.0, 40.0, 9.5],
                [-35.0, -57.0, 10.0, 9.5],
                [-33.0, -58.0, -18.0, 10.0],
            ],
            &[
                [-29.0, -54.0, -56.0, 12.0],
                [-26.0, -42.0, -84.0, 12.0],
                [-22.0, -24.0, -130.0, 12.0],
                [-22.0, -22.0, -360.0, 11.0],
            ],
            &[[34.0, -66.0, 108.0, 6.0], [6.0, -82.0, 96.0, 6.0], [-28.0, -66.0, 86.0, 6.5]],
            &[[-9.0, -8.0, 60.0, 3.0], [-9.0, 1.0, 0.0, 3.0], [-7.0, -3.0, -120.0, 3.0]],
        ];
        let turning = turning.iter().map(|knots| self.shape.tube(knots));
        turning.chain(still.iter().map(|knots| Tube::through(knots, 1.5))).collect()
    }

    /// The fat around the vessels: laid before anything that holds blood.
    fn paint_vessel_fat(&self, scene: &mut Scene) {
        let vessels = self.vessels();
        for (_, vessel) in vessels.iter().enumerate().filter(|(index, _)| *index != LOWER_CAVAL) {
            scene.add(Part::tube(&vessel.grown(2.0), hu::FAT));
        }
    }

    pub(super) fn paint_vessels(&self, scene: &mut Scene) {
        for vessel in self.vessels() {
            scene.add(Part::tube(&vessel, self.shape.blood_hu));
        }
        scene.add(Part::tube(&self.outflow, self.shape.blood_hu));
    }

    /// Fluid in the pocket of the pericardium behind the aorta, and lymph nodes in the fat between the great vessels.
    pub(super) fn paint_nodes(&self, scene: &mut Scene, noise: &mut Noise) {
        let radius = self.shape.aorta_mm;
        let thick = noise.between([2.0, 4.5]);
        scene.ellipsoid([-8.0, -69.0 + radius + 0.5 * thick, 34.0], [12.0, thick, 12.0], FLUID_HU);
        for place in NODES {
            let away = [0, 1, 2].map(|axis: usize| place[axis] + noise.between([-4.0, 4.0]));
            let semi = [2.0, 2.0, 2.5].map(|least| noise.between([least, 2.5 * least]));
            scene.ellipsoid(away, semi, hu::SOFT);
        }
    }

    /// The left auricle, a blind sac over the left groove.
    pub(super) fn paint_auricle(&self, scene: &mut Scene) {
        let sac = [[26.0, -40.0, -12.0, 9.0], [42.0, -54.0, -4.0, 8.5], [47.0, -66.0, 0.0, 6.0]];
        scene.add(Part::tube(&self.shape.tube(&sac), self.shape.blood_hu));
    }

    /// The aorta with a thin sleeve of fat, and the arteries of head and arms.
    pub(super) fn paint_aorta(&self, scene: &mut Scene) {
        let blood = self.shape.blood_hu;
        // Where it leaves the heart it touches its neighbours; further up a thin layer of fat lies between.
        let sleeve = |[x, y, z, radius]: &[f64; 4]| {
            let thick = if *y < -50.0 { (0.2 + 0.06 * z).clamp(0.0, self.shape.aorta_fat_mm) } else { 2.5 };
            [*x, *y, *z, radius + thick]
        };
        let beads = self.aorta.beads.iter().map(sleeve).collect();
        scene.add(Part::tube(&Tube { beads }, hu::FAT));
        let branches: [&[[f64; 4]]; 3] = [
            &[[-8.0, -50.0, 72.0, 6.0], [-14.0, -50.0, 96.0, 6.0], [-26.0, -46.0, 130.0, 5.0]],
            &[[4.0, -40.0, 78.0, 4.0], [8.0, -44.0, 104.0, 4.0], [16.0, -44.0, 150.0, 4.0]],
            &[[14.0, -24.0, 76.0, 5.0], [22.0, -28.0, 104.0, 5.0], [36.0, -28.0, 140.0, 5.0]],
        ];
        for knots in branches {
            scene.tube(knots, blood);
        }
        scene.add(Part::tube(&self.aorta, blood));
        // The three sinuses bulge where the arteries leave.
        for [dx, dy] in [[0.9, 0.42], [-0.35, -0.94], [-0.75, 0.66]] {
            let radius = self.shape.aorta_mm;
            let centre = [2.5 + 0.45 * radius * dx, -66.0 + 0.45 * radius * dy, -8.0];
            scene.ellipsoid(centre, [0.66 * radius, 0.66 * radius, 9.0], blood);
        }
    }

    /// The middle of the root at the level of the sinuses.
    pub(super) fn root(&self) -> Point {
        [1.5, -66.0, -5.0]
    }
}

/// HU of the fluid in the pericardium.
const FLUID_HU: f64 = 12.0;
/// Lymph nodes: before the trachea, beside the arch, under the carina, in front of the aorta and the caval vein.
const NODES: [Point; 9] = [
    [-18.0, -44.0, 56.0],
    [-12.0, -40.0, 44.0],
    [28.0, -44.0, 50.0],
    [20.0, -62.0, 56.0],
    [4.0, -20.0, 24.0],
    [-8.0, -90.0, 44.0],
    [8.0, -92.0, 58.0],
    [-28.0, -78.0, 46.0],
    [-24.0, -74.0, 22.0],
];
/// Index of the right atrium among the chambers.
const RIGHT_ATRIUM: usize = 2;
/// Which of the vessels runs through the liver, without fat of its own.
const LOWER_CAVAL: usize = 7;
/// HU of the pericardium: a sheet thinner than a voxel, seen as a grey line in the fat.
const PERICARDIUM_HU: f64 = 0.0;
