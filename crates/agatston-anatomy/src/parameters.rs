//! Every number that the rules decide by, from `parameters.toml`, where each is explained and has its source.

use serde::Deserialize;
use std::sync::LazyLock;

/// The parameters as text: TOML with the source of each value beside it.
pub const PARAMETERS_TOML: &str = include_str!("../parameters.toml");

static PARAMETERS: LazyLock<Parameters> =
    LazyLock::new(|| toml::from_str(PARAMETERS_TOML).expect("a test reads the parameters"));

/// All of them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Parameters {
    pub(crate) version: u32,
    pub(crate) grid: Grid,
    pub(crate) lungs: Lungs,
    pub(crate) bone: Bone,
    pub(crate) disc: Disc,
    pub(crate) aorta: Aorta,
    pub(crate) heart: Heart,
    pub(crate) blood: Blood,
    pub(crate) ring: Ring,
    pub(crate) place: Place,
    pub(crate) artery: Artery,
    pub(crate) tier: TierRules,
    pub(crate) bounds: BoundsRules,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Grid {
    pub(crate) block_mm: f64,
    pub(crate) increment_most_mm: f64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Lungs {
    pub(crate) body_over_hu: f32,
    pub(crate) body_erosion_mm: f64,
    pub(crate) small_field_mm: f64,
    pub(crate) air_below_hu: f32,
    pub(crate) least_part_ml: f64,
    pub(crate) inside_share: f64,
    pub(crate) mean_over_hu: f64,
    pub(crate) lesser_least_share: f64,
    pub(crate) least_ml: f64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Bone {
    pub(crate) from_hu: f32,
    pub(crate) least_part_ml: f64,
    pub(crate) spine_window_mm: f64,
    pub(crate) spine_half_mm: f64,
    pub(crate) spine_median_mm: f64,
    pub(crate) spine_least_share: f64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Disc {
    pub(crate) clip_hu: [f32; 2],
    pub(crate) ray_inside_mm: [f64; 2],
    pub(crate) ray_outside_mm: [f64; 3],
    pub(crate) inside_most_hu: f32,
    pub(crate) contrast_hu: f32,
    pub(crate) hole_below_hu: f32,
    pub(crate) hole_over_hu: f32,
    pub(crate) rays: u16,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Aorta {
    pub(crate) descending_x: [f64; 2],
    pub(crate) descending_y: [f64; 2],
    pub(crate) descending_radii: Vec<f64>,
    pub(crate) ascending_x: [f64; 2],
    pub(crate) ascending_y: [f64; 2],
    pub(crate) ascending_radii: Vec<f64>,
    pub(crate) ascending_from_mm: f64,
    pub(crate) ascending_lung_share: f64,
    pub(crate) step_mm: f64,
    pub(crate) step_per_increment: f64,
    pub(crate) cost_per_mm: f64,
    pub(crate) cost_per_radius_step: f64,
    pub(crate) side_cost_per_mm: f64,
    pub(crate) side_free_mm: f64,
    pub(crate) anchor_mm: f64,
    pub(crate) radius_cost: f64,
    pub(crate) radius_expected_mm: f64,
    pub(crate) walk_least_score: f64,
    pub(crate) walk_radius: [f64; 2],
    pub(crate) walk_left_mm: f64,
    pub(crate) walk_back_score: f64,
    pub(crate) walk_back_mm: f64,
    pub(crate) walk_back_over_mm: f64,
    pub(crate) walk_bad_mm: f64,
    pub(crate) least_score: f64,
    pub(crate) least_below_mm: f64,
    pub(crate) least_above_mm: f64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Heart {
    pub(crate) tissue_over_hu: f32,
    pub(crate) off_bone_mm: f64,
    pub(crate) off_spine_mm: f64,
    pub(crate) core_erosion_mm: f64,
    pub(crate) core_dilation_mm: f64,
    pub(crate) carry_from_mm: f64,
    pub(crate) carry_to_mm: f64,
    pub(crate) up_to_mm: f64,
    pub(crate) region_dilation_mm: f64,
    pub(crate) region_off_bone_mm: f64,
    pub(crate) edge_below_mm: f64,
    pub(crate) edge_rows_mm: [f64; 2],
    pub(crate) edge_least_mm2: f64,
    pub(crate) metal_depth_mm: f64,
    pub(crate) area_cm2: [f64; 2],
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Blood {
    pub(crate) inner_mm: f64,
    pub(crate) below_root_mm: f64,
    pub(crate) contrast_over_hu: f64,
    pub(crate) plain_below_hu: f64,
    pub(crate) noise_over_hu: f64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ring {
    pub(crate) from_mm: f64,
    pub(crate) to_mm: f64,
    pub(crate) smooth_mm: f64,
    pub(crate) below_hu: f64,
    pub(crate) fat_under_blood_hu: [f64; 2],
    pub(crate) lung_below_hu: f64,
    pub(crate) blood_under_hu: f64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Place {
    pub(crate) bone_within_mm: f64,
    pub(crate) wall_percentile: f64,
    pub(crate) inferior_mm: f64,
    pub(crate) root_leans: [f64; 2],
    pub(crate) root_lean_most_mm: f64,
    pub(crate) root_from_mm: f64,
    pub(crate) root_to_mm: f64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Artery {
    pub(crate) rca_x: f64,
    pub(crate) rca_angle: f64,
    pub(crate) rca_inferior_x: f64,
    pub(crate) stem_mm: f64,
    pub(crate) stem_up_mm: f64,
    pub(crate) stem_angle: [f64; 2],
    pub(crate) lad_from_mm: f64,
    pub(crate) lad_from_angle: f64,
    pub(crate) lad_angle: f64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TierRules {
    pub(crate) noise_two_slices: f64,
    pub(crate) noise_one_slice: f64,
    pub(crate) noise_one_slice_fat: f64,
    pub(crate) descending_mm: f64,
    pub(crate) ascending_mm: f64,
    pub(crate) bone_mm: f64,
    pub(crate) valve_fat: f64,
    pub(crate) valve_blood: f64,
    pub(crate) valve_root_mm: f64,
    pub(crate) annulus_fat: f64,
    pub(crate) annulus_blood: f64,
    pub(crate) near_root_mm: f64,
    pub(crate) near_root_blood: f64,
    pub(crate) near_ascending_mm: f64,
    pub(crate) near_root_fat: f64,
    pub(crate) no_fat: f64,
    pub(crate) metal_hu: f64,
    pub(crate) high_mm: f64,
    pub(crate) high_no_fat_mm: f64,
    pub(crate) high_fat: f64,
    pub(crate) lung_share: f64,
    pub(crate) lung_fat: f64,
    pub(crate) noise_sd: f64,
    pub(crate) wall_bone_mm: f64,
    pub(crate) wall_front_mm: f64,
    pub(crate) posterior_descending_mm: f64,
    pub(crate) posterior_x: f64,
    pub(crate) posterior_spine_mm: f64,
    pub(crate) posterior_aorta_mm: f64,
    pub(crate) behind: [f64; 2],
    pub(crate) right: [f64; 2],
    pub(crate) far_x: [f64; 2],
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BoundsRules {
    pub(crate) share: f64,
    pub(crate) share_otherwise: f64,
    pub(crate) increments_mm: [f64; 2],
    pub(crate) least: f64,
}

impl Parameters {
    /// Those of this version.
    pub(crate) fn shipped() -> &'static Self {
        &PARAMETERS
    }
}

/// Version of the parameters, which a result records.
pub fn parameters_version() -> u32 {
    Parameters::shipped().version
}

/// Largest distance of slices in which the anatomy is looked for, mm.
pub fn increment_most_mm() -> f64 {
    Parameters::shipped().grid.increment_most_mm
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_has_a_source() {
        assert_eq!(parameters_version(), 1);
        for line in PARAMETERS_TOML.lines().filter(|l| l.contains('=') && !l.starts_with("version")) {
            let (_, source) = line.split_once('#').unwrap_or_else(|| panic!("no source: {line}"));
            let known = ["anatomy", "dev", "gate", "phantom", "design"];
            assert!(known.iter().any(|k| source.trim().starts_with(k)), "{line}");
        }
    }
}
