//! What differs from chest to chest and from scan to scan, and how a seed draws it.

use crate::Noise;

/// How much coronary calcium there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Burden {
    /// None.
    None,
    /// One to three small plaques.
    Mild,
    /// Four to seven plaques.
    Moderate,
    /// Ten to seventeen plaques.
    Severe,
}

/// Metal in or on the heart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Metal {
    /// A pacing lead from the upper caval vein to the apex of the right ventricle.
    Lead,
    /// Wires round the sternum after an operation.
    SternalWires,
    /// A stent in the left anterior descending artery.
    Stent,
}

/// What is scanned: a whole heart without contrast agent, or something a scorer should notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variant {
    /// The whole heart.
    Whole,
    /// From above the heart to the neck.
    UpperChest,
    /// Below the heart.
    Abdomen,
    /// A head.
    Head,
    /// The lower half of the heart was not scanned.
    CutBelow,
    /// The upper half of the heart was not scanned.
    CutAbove,
    /// Contrast agent in all blood.
    Contrast,
    /// The left lung was taken out.
    OneLung,
    /// Metal.
    Metal(Metal),
    /// The edge of the field cuts the heart.
    FieldEdge,
}

/// How the patient lies, and how the scanner stores the voxels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pose {
    /// On the back, head first: rows to the back, columns to the left, slices to the head.
    Supine,
    /// On the front: rows are stored to the front and columns to the right, and the table is in front.
    Prone,
    /// Feet first: slices are stored from the head down.
    FeetFirst,
    /// Columns are stored to the right.
    Mirrored,
}

/// From where to where is scanned, in mm below and above the left main ostium.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Coverage {
    /// Lowest slice, mm below the ostium; negative is above it.
    pub below_mm: f64,
    /// Highest slice, mm above the ostium; negative is below it.
    pub above_mm: f64,
}

/// A heart and its great vessels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HeartParameters {
    /// Size against the average heart.
    pub scale: f64,
    /// Sine of its turn in the frontal plane; positive is a horizontal heart.
    pub lift: f64,
    /// Fat between muscle and pericardium in mm.
    pub fat_mm: f64,
    /// Radius of the ascending aorta in mm.
    pub aorta_mm: f64,
    /// Radius of the descending aorta in mm.
    pub descending_mm: f64,
    /// Fat between the ascending aorta and its neighbours in mm.
    pub aorta_fat_mm: f64,
}

/// A chest and its scan. Draw with [`ChestParameters::seeded`], then change what a test is about.
#[derive(Clone, Debug, PartialEq)]
pub struct ChestParameters {
    /// Seed of all that is drawn: vessels, plaques, noise.
    pub seed: u64,
    /// What is scanned.
    pub variant: Variant,
    /// How the patient lies and how voxels are stored.
    pub pose: Pose,
    /// Size against the average adult along x, y and z.
    pub scale: [f64; 3],
    /// Fat under the skin in mm.
    pub fat_mm: f64,
    /// Top of the diaphragm in mm above the left main ostium of an average adult, negative.
    pub dome_mm: f64,
    /// Sine of the turn of the patient about the long axis.
    pub turn: f64,
    /// Place of the patient in the scanner, x and y in mm.
    pub shift_mm: [f64; 2],
    /// How far a rib goes down from back to front in mm.
    pub rib_drop_mm: f64,
    /// HU of spongy bone.
    pub spongy_bone_hu: f64,
    /// The heart.
    pub heart: HeartParameters,
    /// HU of blood without contrast agent.
    pub blood_hu: f64,
    /// Whether the table is in the field.
    pub table: bool,
    /// Coronary calcium.
    pub burden: Burden,
    /// Whether there is calcium elsewhere: aorta, valves, nodes, lungs, cartilage.
    pub other_calcium: bool,
    /// Rows and columns of the reconstruction.
    pub matrix: usize,
    /// Side of the reconstructed field in mm.
    pub field_mm: f64,
    /// Distance and thickness of slices in mm.
    pub increment_mm: f64,
    /// Height of slice 0 over the left main ostium in mm: where the slices fall.
    pub phase_mm: f64,
    /// Which part of the chest is scanned; the variants that cut set it.
    pub coverage: Coverage,
    /// Full width at half maximum of the point spread in the plane in mm.
    pub psf_fwhm_mm: f64,
    /// Standard deviation of the noise of a voxel in HU.
    pub noise_sd_hu: f64,
    /// Added to every HU: a scanner that is not well calibrated.
    pub offset_hu: f64,
    /// Side of the part of the field that is kept in mm, if not all.
    pub crop_mm: Option<f64>,
    /// Voxels cut off each side of the plane.
    pub crop_voxels: usize,
}

impl ChestParameters {
    /// A plausible adult and a plausible scan for each seed: supine, whole heart, no contrast agent.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        let mut noise = Noise::new(seed.wrapping_mul(PARAMETER_STEP) ^ PARAMETER_STREAM);
        let noise = &mut noise;
        let size = noise.between([0.95, 1.06]);
        let scale = [0.97, 0.97, 0.96].map(|low| size * noise.between([low, 2.0 - low]));
        let heart = HeartParameters {
            scale: noise.between([0.93, 1.07]),
            lift: noise.between([-0.16, 0.18]),
            fat_mm: noise.between([4.0, 8.0]),
            aorta_mm: noise.between([14.5, 18.5]),
            descending_mm: noise.between([10.5, 13.5]),
            aorta_fat_mm: noise.between([0.3, 1.4]),
        };
        let burden = match noise.below(10) {
            0 | 1 => Burden::None,
            2..=4 => Burden::Mild,
            5..=7 => Burden::Moderate,
            _ => Burden::Severe,
        };
        let field_mm =
            if noise.below(4) == 0 { noise.between([300.0, 380.0]) } else { noise.between([200.0, 260.0]) };
        let increment_mm = match noise.below(20) {
            0 => 1.0,
            1 | 2 => 5.0,
            3..=5 => 2.5,
            _ => 3.0,
        };
        Self {
            seed,
            variant: Variant::Whole,
            pose: Pose::Supine,
            scale,
            fat_mm: noise.between([8.0, 34.0]),
            dome_mm: noise.between([-74.0, -56.0]),
            turn: noise.between([-0.07, 0.07]),
            shift_mm: [noise.between([-12.0, 12.0]), noise.between([-10.0, 10.0])],
            rib_drop_mm: noise.between([54.0, 74.0]),
            spongy_bone_hu: noise.between([150.0, 240.0]),
            heart,
            blood_hu: noise.between([34.0, 47.0]),
            table: noise.below(10) > 0,
            burden,
            other_calcium: true,
            matrix: 512,
            field_mm,
            increment_mm,
            phase_mm: noise.between([0.0, increment_mm]),
            coverage: Coverage {
                below_mm: noise.between([95.0, 125.0]),
                above_mm: noise.between([24.0, 60.0]),
            },
            psf_fwhm_mm: noise.between([1.1, 1.6]),
            noise_sd_hu: noise.between([10.0, 18.0]),
            offset_hu: 0.0,
            crop_mm: None,
            crop_voxels: 0,
        }
    }

    /// The part that the variant scans.
    pub(super) fn scanned(&self) -> Coverage {
        let Coverage { below_mm, above_mm } = self.coverage;
        match self.variant {
            Variant::UpperChest => Coverage { below_mm: -42.0, above_mm: 150.0 },
            Variant::Abdomen => Coverage { below_mm: 320.0, above_mm: -130.0 },
            Variant::Head => Coverage { below_mm: 80.0, above_mm: 80.0 },
            Variant::CutBelow => Coverage { below_mm: 45.0, above_mm },
            Variant::CutAbove => Coverage { below_mm, above_mm: -22.0 },
            _ => Coverage { below_mm, above_mm },
        }
    }
}

const PARAMETER_STEP: u64 = 0x9e37_79b9_7f4a_7c15;
const PARAMETER_STREAM: u64 = 0x7061_7261_6d73_0000;
