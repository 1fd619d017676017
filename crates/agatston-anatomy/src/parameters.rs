//! Every number that the pipeline decides by, from `parameters.toml`, where each has its source.

use serde::Deserialize;
use std::sync::LazyLock;

/// The parameters as text: TOML with the source of each value beside it.
pub const PARAMETERS_TOML: &str = include_str!("../parameters.toml");

static PARAMETERS: LazyLock<Parameters> =
    LazyLock::new(|| toml::from_str(PARAMETERS_TOML).expect("a test reads the parameters"));

/// Declares a table of the file with its keys; what each means is said there.
macro_rules! table {
    ($(#[$doc:meta])* $name:ident { $($key:ident: $type:ty),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(crate) struct $name { $(pub(crate) $key: $type),+ }
    };
}

table!(
    /// All of them.
    Parameters {
        version: u32,
        grid: Grid,
        lungs: Lungs,
        bone: Bone,
        disc: Disc,
        aorta: Aorta,
        heart: Heart,
        blood: Blood,
        ring: Ring,
        place: Place,
        artery: Artery,
        tier: TierRules,
        bounds: BoundsRules,
    }
);

table!(Grid { block_mm: f64 });

table!(Lungs {
    body_over_hu: f32,
    body_erosion_mm: f64,
    small_field_mm: f64,
    air_below_hu: f32,
    least_part_ml: f64,
    inside_share: f64,
    mean_over_hu: f64,
    lesser_least_share: f64,
    least_ml: f64,
});

table!(Bone {
    from_hu: f32,
    least_part_ml: f64,
    spine_window_mm: f64,
    spine_half_mm: f64,
    spine_median_mm: f64,
    spine_least_share: f64,
});

table!(Disc {
    clip_hu: [f32; 2],
    ray_inside_mm: [f64; 2],
    ray_outside_mm: [f64; 3],
    inside_most_hu: f32,
    contrast_hu: f32,
    hole_below_hu: f32,
    hole_over_hu: f32,
    rays: u16,
});

table!(Aorta {
    descending_x: [f64; 2],
    descending_y: [f64; 2],
    descending_radii: Vec<f64>,
    ascending_x: [f64; 2],
    ascending_y: [f64; 2],
    ascending_radii: Vec<f64>,
    ascending_from_mm: f64,
    ascending_lung_share: f64,
    step_mm: f64,
    step_per_increment: f64,
    cost_per_mm: f64,
    cost_per_radius_step: f64,
    side_cost_per_mm: f64,
    side_free_mm: f64,
    anchor_mm: f64,
    radius_cost: f64,
    radius_expected_mm: f64,
    walk_least_score: f64,
    walk_radius: [f64; 2],
    walk_left_mm: f64,
    walk_back_score: f64,
    walk_back_mm: f64,
    walk_back_over_mm: f64,
    walk_bad_mm: f64,
    least_score: f64,
    least_below_mm: f64,
    least_above_mm: f64,
});

table!(Heart {
    tissue_over_hu: f32,
    off_bone_mm: f64,
    off_spine_mm: f64,
    core_erosion_mm: f64,
    core_dilation_mm: f64,
    carry_from_mm: f64,
    carry_to_mm: f64,
    up_to_mm: f64,
    region_dilation_mm: f64,
    region_off_bone_mm: f64,
    edge_below_mm: f64,
    edge_rows_mm: [f64; 2],
    area_cm2: [f64; 2],
});

table!(Blood {
    inner_mm: f64,
    below_root_mm: f64,
    contrast_over_hu: f64,
    plain_below_hu: f64,
    noise_over_hu: f64,
});

table!(Ring {
    from_mm: f64,
    to_mm: f64,
    smooth_mm: f64,
    below_hu: f64,
    fat_under_blood_hu: [f64; 2],
    lung_below_hu: f64,
    blood_under_hu: f64,
});

table!(Place {
    bone_within_mm: f64,
    wall_percentile: f64,
    inferior_mm: f64,
    root_leans: [f64; 2],
    root_lean_most_mm: f64,
    root_from_mm: f64,
    root_to_mm: f64,
});

table!(Artery {
    rca_x: f64,
    rca_angle: f64,
    rca_inferior_x: f64,
    stem_mm: f64,
    stem_up_mm: f64,
    stem_angle: [f64; 2],
    lad_from_mm: f64,
    lad_from_angle: f64,
    lad_angle: f64,
});

table!(TierRules {
    noise_two_slices: f64,
    noise_one_slice: f64,
    noise_one_slice_fat: f64,
    descending_mm: f64,
    ascending_mm: f64,
    bone_mm: f64,
    valve_fat: f64,
    valve_blood: f64,
    valve_root_mm: f64,
    near_root_mm: f64,
    near_root_blood: f64,
    near_ascending_mm: f64,
    near_root_fat: f64,
    no_fat: f64,
    metal_hu: f64,
    high_mm: f64,
    high_no_fat_mm: f64,
    high_fat: f64,
    lung_share: f64,
    lung_fat: f64,
    noise_sd: f64,
    wall_bone_mm: f64,
    wall_front_mm: f64,
    posterior_descending_mm: f64,
    posterior_x: f64,
    posterior_spine_mm: f64,
    posterior_aorta_mm: f64,
    behind: [f64; 2],
    right: [f64; 2],
    far_x: [f64; 2],
});

table!(BoundsRules { share: f64, share_otherwise: f64, increments_mm: [f64; 2], least: f64 });

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_has_a_source() {
        assert_eq!(parameters_version(), 1);
        for line in PARAMETERS_TOML.lines().filter(|l| l.contains('=') && !l.starts_with("version")) {
            let (_, source) = line.split_once('#').unwrap_or_else(|| panic!("no source: {line}"));
            let known = ["anatomy", "dev", "gate", "design"];
            assert!(known.iter().any(|k| source.trim().starts_with(k)), "{line}");
        }
    }
}
