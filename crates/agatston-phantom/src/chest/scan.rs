//! A scan of a chest: voxels as they are stored, their place in the patient, and the truth.

use std::path::{Path, PathBuf};

use dicom_core::VR;
use dicom_dictionary_std::tags;
use ndarray::{Array3, Axis, s};

use super::{
    Artery, Chest, ChestTruth, Disc, Pose, Variant,
    canvas::{Grid, index_of},
    film::{Exposure, PlaqueVoxel},
    truth::score,
};
use crate::{
    Error, Header, Volume,
    dicom::{Object, put_decimals, put_text, slice_objects, write_objects},
    uid::uid_of,
    volume::as_f64,
};

/// An image with its truth.
#[derive(Clone, Debug, PartialEq)]
pub struct ChestScan {
    /// HU as the scanner stores them, axes `[z, y, x]`. For [`Pose::Supine`] slice 0 is the lowest, rows go to the
    /// back and columns to the left (LPS); for the others see `directions`.
    pub stored: Array3<i16>,
    /// Whether each axis `[z, y, x]` of `stored` runs as in LPS (1) or against it (-1).
    pub directions: [i8; 3],
    /// Distance between voxels in mm, axes `[z, y, x]`.
    pub spacing_mm: [f64; 3],
    /// Centre of the lowest, foremost, rightmost voxel in LPS mm: the first of [`ChestScan::lps`].
    pub origin_lps_mm: [f64; 3],
    /// How the patient lay.
    pub pose: Pose,
    /// Name of the series, from which its UIDs are made.
    pub name: String,
    /// What is known.
    pub truth: ChestTruth,
}

impl Chest {
    /// Takes the image.
    #[must_use]
    pub fn scan(&self) -> ChestScan {
        let exposure = self.exposure();
        let (full, voxels) = exposure.expose(&self.scene, &self.plaques);
        let margin = self.margin(&exposure);
        let image = cropped(full, margin);
        let voxels = kept(voxels, margin, image.dim());
        let grid = exposure.grid;
        let [dy, dx] = grid.spacing_mm;
        let spacing_mm = [exposure.increment_mm, dy, dx];
        let [x, y] = grid.origin_mm;
        let mut truth = ChestTruth {
            plaques: self.plaques.clone(),
            voxels,
            left_main_lps_mm: self.left_ostium(),
            ascending: self.discs(&exposure, true),
            descending: self.discs(&exposure, false),
            scores: [0.0; 4],
        };
        truth.scores = Artery::ALL.map(|artery| {
            let voxels: Vec<_> = truth.voxels_of(artery).collect();
            score(&image, spacing_mm, &voxels)
        });
        let pose = self.parameters.pose;
        let directions = directions(pose);
        ChestScan {
            stored: turned(image, directions),
            directions,
            spacing_mm,
            origin_lps_mm: [x + as_f64(margin) * dx, y + as_f64(margin) * dy, exposure.height(0)],
            pose,
            name: format!("chest-{}/{}", self.parameters.seed, uid_of(&format!("{:?}", self.parameters))),
            truth,
        }
    }

    /// The grid of the slices: small fields are centred on the heart, large ones on the trunk.
    fn exposure(&self) -> Exposure {
        let parameters = &self.parameters;
        let focus = match parameters.variant {
            Variant::FieldEdge => [-62.0, -40.0, 0.0],
            Variant::Head => [0.0, -26.0, 0.0],
            _ if parameters.field_mm < LARGE_FIELD_MM => [12.0, -56.0, 0.0],
            _ => [0.0, -26.0, 0.0],
        };
        let [x, y, _] = self.scene.frame.place(focus);
        let spacing = parameters.field_mm / as_f64(parameters.matrix);
        let half = 0.5 * (parameters.field_mm - spacing);
        let coverage = parameters.scanned();
        let level = |mm: f64| ((mm - parameters.phase_mm) / parameters.increment_mm).ceil();
        let (first, end) = (level(-coverage.below_mm), level(coverage.above_mm));
        Exposure {
            grid: Grid {
                rows: parameters.matrix,
                columns: parameters.matrix,
                spacing_mm: [spacing; 2],
                origin_mm: [x - half, y - half],
            },
            first: number(first),
            slices: index_of((end - first).max(1.0)),
            increment_mm: parameters.increment_mm,
            phase_mm: parameters.phase_mm,
            psf_fwhm_mm: parameters.psf_fwhm_mm,
            noise_sd_hu: parameters.noise_sd_hu,
            offset_hu: parameters.offset_hu,
            seed: parameters.seed,
        }
    }

    /// Voxels to cut off each side of the plane; at least one is left.
    fn margin(&self, exposure: &Exposure) -> usize {
        let full = self.parameters.field_mm;
        let kept = self.parameters.crop_mm.unwrap_or(full).min(full);
        let cut = index_of((0.5 * (full - kept) / exposure.grid.spacing_mm[0]).floor());
        (cut + self.parameters.crop_voxels).min((self.parameters.matrix - 1) / 2)
    }

    fn discs(&self, exposure: &Exposure, rising: bool) -> Vec<Option<Disc>> {
        let disc = |slice: usize| {
            let [x, y, radius_mm] = self.heart.aorta_at(&self.scene.frame, exposure.height(slice), rising)?;
            Some(Disc { centre_mm: [x, y], radius_mm })
        };
        (0..exposure.slices).map(disc).collect()
    }
}

/// From this field on the whole trunk is in it.
const LARGE_FIELD_MM: f64 = 300.0;

/// A whole number of slices, a few hundred at most.
#[expect(clippy::cast_possible_truncation, reason = "whole and small")]
fn number(whole: f64) -> i32 {
    whole as i32
}

fn cropped(image: Array3<i16>, margin: usize) -> Array3<i16> {
    if margin == 0 {
        return image;
    }
    let (_, rows, columns) = image.dim();
    image.slice(s![.., margin..rows - margin, margin..columns - margin]).to_owned()
}

/// The voxels that are left by a crop.
fn kept(voxels: Vec<PlaqueVoxel>, margin: usize, dim: (usize, usize, usize)) -> Vec<PlaqueVoxel> {
    let moved = |voxel: PlaqueVoxel| {
        let [z, y, x] = voxel.index;
        let index = [z, y.checked_sub(margin)?, x.checked_sub(margin)?];
        (index[1] < dim.1 && index[2] < dim.2).then_some(PlaqueVoxel { index, ..voxel })
    };
    voxels.into_iter().filter_map(moved).collect()
}

/// How a scanner stores the axes `[z, y, x]`.
fn directions(pose: Pose) -> [i8; 3] {
    match pose {
        Pose::Supine => [1, 1, 1],
        Pose::Prone => [1, -1, -1],
        Pose::FeetFirst => [-1, 1, 1],
        Pose::Mirrored => [1, 1, -1],
    }
}

/// Turns the axes that run against LPS; doing it twice changes nothing.
fn turned(mut image: Array3<i16>, directions: [i8; 3]) -> Array3<i16> {
    if directions == [1; 3] {
        return image;
    }
    for (axis, direction) in directions.iter().enumerate() {
        if *direction < 0 {
            image.invert_axis(Axis(axis));
        }
    }
    image.as_standard_layout().into_owned()
}

impl ChestScan {
    /// The image in LPS order: slice 0 lowest, rows to the back, columns to the left.
    #[must_use]
    pub fn lps(&self) -> Array3<i16> {
        turned(self.stored.clone(), self.directions)
    }

    /// The image in LPS order as a volume.
    #[must_use]
    pub fn volume(&self) -> Volume {
        Volume {
            hu: self.lps().mapv(f64::from),
            spacing_mm: self.spacing_mm,
            origin_lps_mm: self.origin_lps_mm,
        }
    }

    /// The true coronary calcium in LPS order, in the label scheme `agatston`.
    #[must_use]
    pub fn labels(&self) -> Array3<u8> {
        let mut labels = Array3::zeros(self.stored.dim());
        for artery in Artery::ALL {
            self.truth.voxels_of(artery).for_each(|voxel| labels[voxel] = artery.label());
        }
        labels
    }

    /// What its DICOM header says.
    #[must_use]
    pub fn header(&self) -> Header {
        Header { name: self.name.clone(), slice_thickness_mm: self.spacing_mm[0], ..Header::default() }
    }

    /// The series as the scanner stores it, one object a slice, the first stored slice first.
    #[must_use]
    pub fn objects(&self) -> Vec<Object> {
        let [dz, dy, dx] = self.directions.map(f64::from);
        let hu = self.stored.mapv(f64::from);
        let last = |axis: usize| as_f64(hu.len_of(Axis(axis)) - 1) * self.spacing_mm[axis];
        let corner = |axis: usize, direction: f64| if direction < 0.0 { last(axis) } else { 0.0 };
        let [x, y, z] = self.origin_lps_mm;
        let first = [x + corner(2, dx), y + corner(1, dy), z + corner(0, dz)];
        let volume = Volume { hu, spacing_mm: self.spacing_mm, origin_lps_mm: first };
        let mut objects = slice_objects(&volume, &self.header());
        for (slice, object) in objects.iter_mut().enumerate() {
            let height = first[2] + dz * as_f64(slice) * self.spacing_mm[0];
            put_decimals(object, tags::IMAGE_POSITION_PATIENT, &[first[0], first[1], height]);
            put_decimals(object, tags::IMAGE_ORIENTATION_PATIENT, &[dx, 0.0, 0.0, 0.0, dy, 0.0]);
            put_text(object, tags::PATIENT_POSITION, VR::CS, position(self.pose));
        }
        objects
    }

    /// Writes the series as the scanner stores it, as `IM0001.dcm` (the first stored slice) and so on.
    ///
    /// # Errors
    ///
    /// As [`crate::dicom::write_series`].
    pub fn write(&self, folder: &Path) -> Result<Vec<PathBuf>, Error> {
        write_objects(folder, &self.objects())
    }
}

/// PatientPosition.
fn position(pose: Pose) -> &'static str {
    match pose {
        Pose::Supine | Pose::Mirrored => "HFS",
        Pose::Prone => "HFP",
        Pose::FeetFirst => "FFS",
    }
}
