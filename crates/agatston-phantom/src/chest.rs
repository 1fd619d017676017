//! A chest with everything a search for coronary calcium can stumble over: body and table, lungs, airways, bones and
//! cartilage, heart and great vessels, the coronary arteries in their fat, and calcium whose artery is known.
//!
//! ```text
//! ChestParameters -> model: trunk, skeleton, heart, arteries -> Scene -> film -> image ---+-> ChestScan
//!                           plaques along the arteries, calcium elsewhere -> film -> voxels -> oracle -> ChestTruth
//! ```
//!
//! The anatomy follows textbooks; nothing was taken from a patient or from the rules that are judged with it. The
//! same parameters give the same bytes on every platform. Left out: motion, streaks, beam hardening, arms.
//!
//! ```
//! use agatston_phantom::chest::{Burden, Chest, ChestParameters};
//! let small = ChestParameters { matrix: 64, burden: Burden::None, ..ChestParameters::seeded(1) };
//! let scan = Chest::new(small).scan();
//! assert_eq!(scan.truth.agatston(None), 0.0);
//! ```

mod arteries;
mod body;
mod calcium;
mod canvas;
mod film;
mod head;
mod heart;
mod parameters;
mod scan;
mod scene;
mod skeleton;
mod solid;
mod truth;
mod vector;

pub use arteries::Artery;
pub use calcium::{Plaque, Site};
pub use film::PlaqueVoxel;
pub use parameters::{Burden, ChestParameters, Coverage, HeartParameters, Metal, Pose, Variant};
pub use scan::ChestScan;
pub use truth::{ChestTruth, Disc};

use crate::{Header, LabelVolume, Noise, Phantom, catalog::Entry};
use arteries::{Course, courses, left_ostium, placed};
use body::{Build, Lungs};
use heart::{Heart, HeartShape};
use scene::{Frame, Scene};
use skeleton::Bone;

/// A chest, ready to be scanned.
#[derive(Clone, Debug)]
pub struct Chest {
    parameters: ChestParameters,
    scene: Scene,
    heart: Heart,
    courses: [Course; 4],
    plaques: Vec<Plaque>,
}

/// Keeps the numbers drawn for the anatomy apart from those drawn for parameters and for calcium.
const ANATOMY_STREAM: u64 = 0x616e_6174_6f6d_7900;
const CALCIUM_STREAM: u64 = 0x6361_6c63_6975_6d00;

impl Chest {
    /// Builds the chest that the parameters describe.
    #[must_use]
    pub fn new(parameters: ChestParameters) -> Self {
        let frame = Frame {
            scale: parameters.scale,
            turn: parameters.turn,
            // The middle of the trunk lies in the middle of the scanner.
            shift_mm: [parameters.shift_mm[0], parameters.shift_mm[1] + 26.0 * parameters.scale[1]],
        };
        let heart = shape(&parameters, &frame).heart();
        let model = courses(&heart);
        let courses = model.clone().map(|course| placed(&frame, &course));
        let plaques = deposits(&parameters, &heart, &frame, &courses);
        let scene = if parameters.variant == Variant::Head {
            head::scene(frame)
        } else {
            chest_scene(&parameters, frame, &heart, &model)
        };
        Self { parameters, scene, heart, courses, plaques }
    }

    /// The calcium and metal, wherever it lies.
    #[must_use]
    pub fn plaques(&self) -> &[Plaque] {
        &self.plaques
    }

    /// Samples of an artery half a millimetre apart: centre in LPS mm and radius.
    #[must_use]
    pub fn course(&self, artery: Artery) -> &[[f64; 4]] {
        &self.courses[usize::from(artery.label()) - 1].samples
    }

    /// What the parameters are.
    #[must_use]
    pub fn parameters(&self) -> &ChestParameters {
        &self.parameters
    }

    fn left_ostium(&self) -> [f64; 3] {
        self.scene.frame.place(left_ostium(&self.heart))
    }
}

/// The heart of the model; radii are those in the patient.
fn shape(parameters: &ChestParameters, frame: &Frame) -> HeartShape {
    let round = frame.mean_scale();
    HeartShape {
        scale: parameters.heart.scale,
        lift: parameters.heart.lift,
        fat_mm: parameters.heart.fat_mm / round,
        blood_hu: if parameters.variant == Variant::Contrast { CONTRAST_HU } else { parameters.blood_hu },
        aorta_mm: parameters.heart.aorta_mm / round,
        descending_mm: parameters.heart.descending_mm / round,
        aorta_fat_mm: parameters.heart.aorta_fat_mm / round,
    }
}

/// HU of blood with contrast agent, as in an angiography.
const CONTRAST_HU: f64 = 300.0;

fn deposits(
    parameters: &ChestParameters,
    heart: &Heart,
    frame: &Frame,
    courses: &[Course; 4],
) -> Vec<Plaque> {
    let mut noise = Noise::new(parameters.seed ^ CALCIUM_STREAM);
    let mut plaques = Vec::new();
    if parameters.variant == Variant::Head {
        return plaques;
    }
    plaques.extend(calcium::coronary(courses, parameters.burden, &mut noise));
    if parameters.other_calcium {
        plaques.extend(calcium::elsewhere(heart, frame, parameters.burden, &mut noise));
    }
    if let Variant::Metal(metal) = parameters.variant {
        plaques.extend(calcium::metal(metal, courses, frame));
    }
    plaques
}

/// Everything of the trunk, in the order of painting.
fn chest_scene(parameters: &ChestParameters, frame: Frame, heart: &Heart, model: &[Course; 4]) -> Scene {
    let mut noise = Noise::new(parameters.seed ^ ANATOMY_STREAM);
    let build = Build { fat_mm: parameters.fat_mm, dome_mm: parameters.dome_mm };
    let bone = Bone {
        spongy_hu: parameters.spongy_bone_hu,
        compact_hu: noise.between([420.0, 650.0]),
        cartilage_hu: noise.between([80.0, 118.0]),
        rib_drop_mm: parameters.rib_drop_mm,
    };
    let mut scene = Scene::new(frame);
    if parameters.table {
        body::table(&mut scene, &build, parameters.pose == Pose::Prone);
    }
    body::trunk(&mut scene, &build);
    skeleton::shoulders(&mut scene, &bone);
    let lungs = if parameters.variant == Variant::OneLung { Lungs::RightOnly } else { Lungs::Both };
    body::lungs(&mut scene, lungs, &mut noise);
    body::mediastinum(&mut scene);
    body::abdomen(&mut scene, &build);
    heart.paint_chambers(&mut scene);
    heart.paint_nodes(&mut scene, &mut noise);
    body::airways(&mut scene);
    heart.paint_vessels(&mut scene);
    heart.paint_auricle(&mut scene);
    arteries::paint_fat(&mut scene, heart, model);
    heart.paint_aorta(&mut scene);
    arteries::paint(&mut scene, heart, model);
    skeleton::spine(&mut scene, &bone);
    skeleton::sternum(&mut scene, &bone);
    skeleton::ribs(&mut scene, &bone);
    scene
}

/// The chest of the catalogue: seed 1, a moderate amount of calcium. What it scores is in its label map.
pub(crate) fn phantom(entry: &Entry) -> Phantom {
    let parameters = ChestParameters { burden: Burden::Moderate, ..ChestParameters::seeded(1) };
    let scan = Chest::new(parameters).scan();
    Phantom {
        name: entry.name,
        about: entry.about,
        volume: scan.volume(),
        header: Header { name: entry.name.into(), ..scan.header() },
        regions_json: None,
        labels: Some(LabelVolume { labels: scan.labels(), scheme: "agatston" }),
        mass_factor: None,
        checks: Vec::new(),
    }
}

#[cfg(test)]
mod tests;
