//! The records of what the anatomy found, and what it adds to a result.

use super::{Candidate, Found};
use crate::{
    outcome::category,
    result::{
        AnatomyMeasuredRecord, AnatomyRecord, ArteryRecord, BoundsRecord, CandidateRecord, ResultDocument,
        RootRecord, Status, TierRecord, TierWord,
    },
};
use agatston_anatomy::{AllBounds, Anatomy, Bounds, Features, Share, Tier, Vessel, parameters_version};
use agatston_core::Geometry;
use std::collections::BTreeMap;

/// What was found, with every lesion when they are `listed`; `seed_id` names a voxel.
pub(crate) fn record(
    found: &Found,
    geometry: &Geometry,
    listed: bool,
    seed_id: impl Fn([u16; 3]) -> String,
) -> AnatomyRecord {
    let candidate = |c: &Candidate| candidate(c, geometry, seed_id(c.lesion.seed));
    AnatomyRecord {
        parameters: parameters_version(),
        measured: measured(&found.anatomy),
        root: root(&found.anatomy, geometry),
        left: None,
        tiers: Vec::new(),
        candidates: if listed { found.lesions.iter().map(candidate).collect() } else { Vec::new() },
    }
}

/// Makes a scored document one of the anatomy: provisional, with bounds, tiers and reasons.
pub(crate) fn document(mut document: ResultDocument, found: &Found, record: AnatomyRecord) -> ResultDocument {
    let increment_mm = found.anatomy.grid.layout.voxel_mm()[0];
    let bounds = AllBounds::of(&shares(&found.lesions), increment_mm);
    document.status = Status::Provisional;
    if let Some(total) = &mut document.total {
        (total.lower, total.upper) = (Some(bounds.total.lower), Some(bounds.total.upper));
        let of = |bound: f64| total.category.is_some().then(|| category(bound).to_owned());
        (total.category_lower, total.category_upper) = (of(bounds.total.lower), of(bounds.total.upper));
    }
    document.arteries.iter_mut().for_each(|artery| bound(artery, &bounds.vessels));
    let by_seed: BTreeMap<&str, &CandidateRecord> = record.candidates.iter().map(|c| (&*c.id, c)).collect();
    for lesion in &mut document.lesions {
        if let Some(candidate) = by_seed.get(&*lesion.id) {
            lesion.tier = Some(candidate.tier);
            lesion.needs_review = candidate.tier != TierWord::Confident;
            lesion.reasons.clone_from(&candidate.reasons);
        }
    }
    let is_doubtful = |c: &&Candidate| matches!(c.judged.tier, Tier::Likely | Tier::Unlikely);
    if let Some(assignment) = &mut document.assignment {
        assignment.needs_review = found.lesions.iter().filter(is_doubtful).count() as u64;
    }
    let left = Some(bounds_record(&bounds.left));
    document.anatomy = Some(AnatomyRecord { left, tiers: tiers(&found.lesions), ..record });
    document
}

fn bound(artery: &mut ArteryRecord, vessels: &BTreeMap<Vessel, Bounds>) {
    let of_artery = vessels.iter().find(|(vessel, _)| vessel.as_str() == artery.artery);
    if let Some((_, bounds)) = of_artery {
        (artery.lower, artery.upper) = (Some(bounds.lower), Some(bounds.upper));
    }
}

fn shares(lesions: &[Candidate]) -> Vec<Share> {
    let share = |c: &Candidate| Share { vessel: c.judged.vessel, tier: c.judged.tier, agatston: c.agatston };
    lesions.iter().map(share).collect()
}

fn bounds_record(bounds: &Bounds) -> BoundsRecord {
    BoundsRecord { agatston: bounds.value, lower: bounds.lower, upper: bounds.upper }
}

fn tiers(lesions: &[Candidate]) -> Vec<TierRecord> {
    let record = |tier: Tier| {
        let of = || lesions.iter().filter(move |c| c.judged.tier == tier);
        TierRecord {
            tier: tier.into(),
            lesions: of().count() as u64,
            // Nothing is 0, not -0 as an empty sum of floats is.
            agatston: of().map(|c| c.agatston).fold(0.0, |sum, agatston| sum + agatston),
        }
    };
    Tier::ALL.into_iter().map(record).collect()
}

fn measured(anatomy: &Anatomy) -> AnatomyMeasuredRecord {
    let m = &anatomy.measured;
    AnatomyMeasuredRecord {
        lungs_ml: m.lungs_ml,
        spine_found: m.spine_found,
        lesser_lung: m.lesser_lung,
        aorta_score: m.aorta_score,
        heart_area_cm2: m.heart_area_cm2,
        blood_hu: m.blood.map(|blood| blood.hu),
        noise_hu: m.blood.map(|blood| blood.noise_hu).filter(|hu| hu.is_finite()),
        below_root_mm: m.below_root_mm,
        above_root_mm: m.above_root_mm,
    }
}

/// The centre of the block of the root point.
fn root(anatomy: &Anatomy, geometry: &Geometry) -> Option<RootRecord> {
    let root = anatomy.aorta.root?;
    let [slice, row, column] = anatomy.grid.layout.centre_of([root.slice, root.row, root.column]);
    Some(RootRecord {
        position_lps_mm: geometry.position_lps_mm(slice, row, column),
        radius_mm: root.radius_mm,
    })
}

fn candidate(c: &Candidate, geometry: &Geometry, id: String) -> CandidateRecord {
    let f: &Features = &c.judged.features;
    let [slice, row, column] = c.lesion.centroid_index;
    let finite = |mm: f64| Some(mm).filter(|mm| mm.is_finite());
    CandidateRecord {
        id,
        artery: c.judged.vessel.as_str().to_owned(),
        tier: c.judged.tier.into(),
        reasons: c.judged.reasons.iter().map(|reason| reason.as_str().to_owned()).collect(),
        agatston: c.agatston,
        centroid_lps_mm: geometry.position_lps_mm(slice, row, column),
        peak_hu: f.peak_hu,
        slices: f.slices as u64,
        contrast_sds: finite(f.contrast_sds),
        fat: f.fat,
        lung: f.lung,
        blood: f.blood,
        left_mm: f.left_mm,
        back_mm: f.back_mm,
        up_mm: f.up_mm,
        bone_mm: finite(f.bone_mm),
        spine_mm: f.spine_mm,
        front_mm: finite(f.front_mm),
        ascending_mm: finite(f.ascending_mm),
        descending_mm: finite(f.descending_mm),
        root_mm: finite(f.root_mm),
    }
}
